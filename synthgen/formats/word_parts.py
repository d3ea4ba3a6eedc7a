"""Word pictures kept as one LMDB, or as several of limited size in folders ``000``, ``001`` and so on."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from types import TracebackType

from synthgen.errors import FormatError
from synthgen.formats.mjsynth import MjsynthReader

_PART = re.compile(r"[0-9]{3,9}")
# An LMDB's page, the header of a page, and what an entry in it needs beside key and value.
_PAGE_BYTES, _HEADER_BYTES, _ENTRY_BYTES = 4_096, 16, 10
_KEY_BYTES = len("image-000000001")
# Longer entries leave a reference behind and fill whole pages of their own.
_ENTRY_LIMIT_BYTES = 2_038
# The tables of a small LMDB, and pages that each transaction copies and leaves free.
_SPARE_PAGES, _PAGES_PER_RECORDS = 32, (4, 10_000)


class WordParts:
    """The records of several LMDBs, one after the other; used like :class:`MjsynthReader`."""

    def __init__(self, folders: list[Path]) -> None:
        self.parts = [MjsynthReader(folder) for folder in folders]
        self._starts: list[int] = []

    def __enter__(self) -> WordParts:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files; the next access opens them again."""
        for part in self.parts:
            part.close()

    def __len__(self) -> int:
        return self._offsets()[-1]

    def __getitem__(self, i: int) -> tuple[bytes, str]:
        starts = self._offsets()
        if not -starts[-1] <= i < starts[-1]:
            raise IndexError(f"record {i}: the LMDBs have {starts[-1]}.")
        i %= starts[-1]
        at = bisect_right(starts, i) - 1
        return self.parts[at][i - starts[at]]

    def __iter__(self) -> Iterator[tuple[bytes, str]]:
        for part in self.parts:
            yield from part
            part.close()

    def _offsets(self) -> list[int]:
        if not self._starts:
            self._starts = [0, *accumulate(len(part) for part in self.parts)]
        return self._starts


def part_folder(folder: Path, number: int) -> Path:
    """Return the folder of one of several LMDBs."""
    return folder / f"{number:03d}"


def part_folders(folder: Path) -> list[Path]:
    """Return the folders of a split's LMDBs in order: the split's own when it is one.

    FormatError when several do not count from 000 without gaps.
    """
    if (folder / "data.mdb").is_file() or not folder.is_dir():
        return [folder]
    names = sorted((one.name for one in folder.iterdir() if _PART.fullmatch(one.name)), key=lambda name: int(name))
    if names != [part_folder(folder, at).name for at in range(len(names))]:
        raise FormatError(f"{folder}: LMDBs must count from 000 without gaps; the dataset is damaged; make it again.")
    return [folder / name for name in names] or [folder]


def open_words(folder: Path) -> MjsynthReader | WordParts:
    """Return the reader of a split's word pictures, however many LMDBs they are kept in."""
    folders = part_folders(folder)
    return MjsynthReader(folders[0]) if len(folders) == 1 else WordParts(folders)


class SizeModel:
    """How large an LMDB's file becomes as records are appended: a bound from above, close to the file itself."""

    def __init__(self) -> None:
        self.records = 0
        self._pages = 0
        self._leaves = 0
        self._room = {"image": 0, "label": 0}

    def add(self, image_bytes: int, label_bytes: int) -> None:
        """Count one more record."""
        self.records += 1
        for kind, size_bytes in (("image", image_bytes), ("label", label_bytes)):
            entry = _ENTRY_BYTES + _KEY_BYTES + size_bytes + 1
            if entry > _ENTRY_LIMIT_BYTES:
                self._pages += -(-(_HEADER_BYTES + size_bytes) // _PAGE_BYTES)
                entry = _ENTRY_BYTES + _KEY_BYTES + 9
            if entry > self._room[kind]:
                self._leaves += 1
                self._room[kind] = _PAGE_BYTES - _HEADER_BYTES
            self._room[kind] -= entry

    @property
    def file_bytes(self) -> int:
        """The bound, in bytes."""
        # Branch pages hold over a hundred leaves each; one in sixty covers all levels.
        pages, every = _PAGES_PER_RECORDS
        spare = _SPARE_PAGES + pages * (2 * self.records // every + 2) + self._leaves // 60
        return _PAGE_BYTES * (self._pages + self._leaves + spare)
