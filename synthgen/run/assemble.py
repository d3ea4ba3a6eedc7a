"""Finished shards become a dataset: one LMDB for each split and direction, then the manifest.

Records are shuffled within windows of :data:`WINDOW` samples, because readers look at prefixes and the words of one
page must not stand together. The place of a record follows from (seed, sample, number in the sample) alone, so a
longer run changes nothing before its first new window, and memory holds one window whatever n is.

The LMDB is written by one ordered, append-only writer below ``.parts``, checked, and moved to its name; where the plan
limits its size, several are written one after the other. Word pictures come from the shards' staged files, or from the
LMDBs of the complete dataset that the run extends.
"""

from __future__ import annotations

import json
import os
import shutil
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, islice
from pathlib import Path
from typing import Any

import numpy as np

from synthgen.errors import FormatError, OutputError
from synthgen.formats.filing import sync_folder
from synthgen.formats.mjsynth import LmdbSummary, MjsynthReader, write_lmdb
from synthgen.formats.scene_tar import TAR_SUFFIX
from synthgen.formats.word_parts import SizeModel, open_words, part_folder
from synthgen.randomness import digest_fraction
from synthgen.run.durable import place_folder
from synthgen.run.folder import WORD_KINDS, Folder, listing
from synthgen.run.manifest import Totals, manifest, survey, vouched_files
from synthgen.run.plan import Plan
from synthgen.run.progress import Progress, Silent
from synthgen.run.room import free_bytes, need_bytes
from synthgen.run.shard import read_index, read_sidecar
from synthgen.run.usage import COVERAGE_NAME

WINDOW = 1024
_MAX_OPEN_SHARDS = 256
_MAPPED_RECORDS = 50_000


def assemble(plan: Plan, folder: Folder, done: bytearray, progress: Progress) -> Totals:
    """Make the dataset of the finished shards and write its manifest, last; return the sums.

    The staged word pictures stay; the caller removes them when every shard of the plan is in. OutputError when the
    disk is full; FormatError when a part is damaged.
    """
    try:
        totals = survey(plan, folder, done)
        _check_room(folder, totals)
        folder.manifest_file.unlink(missing_ok=True)
        _remove_unfinished(folder, done)
        progress.begin("assemble", sum(totals.count(kind) for kind in WORD_KINDS), 0)
        lmdbs = _write_lmdbs(plan, folder, done, totals, progress)
        folder.write(COVERAGE_NAME, totals.usage.coverage())
        folder.write("manifest.json", manifest(plan, totals, lmdbs, vouched_files(folder)))
    except OSError as error:
        raise OutputError(
            f"{folder.root}: {error.strerror or error} while assembling; free space or restore access, then repeat the "
            "command: the finished shards are kept."
        ) from error
    return totals


def _check_room(folder: Folder, totals: Totals) -> None:
    words = sum(sizes[kind] for sizes in totals.size_bytes.values() for kind in WORD_KINDS)
    need, free = need_bytes(words), free_bytes(folder.root)
    if need > free:
        raise OutputError(
            f"{folder.root}: {need / 1e6:.0f} MB are needed to assemble, {free / 1e6:.0f} MB are free; free space and "
            "repeat the command: the finished shards are kept."
        )


def _remove_unfinished(folder: Folder, done: bytearray) -> None:
    """Remove pictures of shards that have no sidecar: they are in no count."""
    scenes = folder.root / "scenes"
    for split in listing(scenes):
        for name in listing(scenes / split):
            stem = name.removesuffix(TAR_SUFFIX)
            if stem.isdecimal() and not (int(stem) < len(done) and done[int(stem)]):
                if stem == name:
                    shutil.rmtree(scenes / split / name)
                else:
                    (scenes / split / name).unlink()
        if not listing(scenes / split):
            (scenes / split).rmdir()


def _write_lmdbs(
    plan: Plan, folder: Folder, done: bytearray, totals: Totals, progress: Progress
) -> dict[str, LmdbSummary]:
    build = folder.parts / "build"
    if build.exists():
        shutil.rmtree(build)
    summaries = {}
    for kind in WORD_KINDS:
        for split, counts in totals.counts.items():
            if counts[kind]:
                size = totals.size_bytes[split][kind]
                for path, summary in _write_split(plan, folder, done, kind, split, counts[kind], size, progress):
                    summaries[path.relative_to(build).as_posix()] = summary
    for kind in WORD_KINDS:
        final = folder.root / kind
        if (build / kind).is_dir():
            place_folder(build / kind, final)
        elif final.exists():
            shutil.rmtree(final)
    sync_folder(folder.root)
    return summaries


def _write_split(
    plan: Plan, folder: Folder, done: bytearray, kind: str, split: str, count: int, size_bytes: int, progress: Progress
) -> Iterator[tuple[Path, LmdbSummary]]:
    """Write the LMDBs of one kind and split, and yield the folder and the summary of each."""
    path = folder.parts / "build" / kind / split
    records = iter(_Records(plan, folder, done, kind, split, progress))
    if plan.max_lmdb_bytes:
        # The division follows from all sizes before the first LMDB is begun: once over the records, unheard.
        sizes = ((len(image), len(label)) for image, label in _Records(plan, folder, done, kind, split, Silent()))
        for number, (some, some_bytes) in enumerate(_divided(sizes, plan.max_lmdb_bytes)):
            part = part_folder(path, number)
            yield part, _write_lmdb(part, records, some, some_bytes)
    else:
        yield path, _write_lmdb(path, records, count, size_bytes)
    if next(records, None) is not None:
        raise FormatError(f"{path}: more records than the sidecars' {count}; make the dataset again in a new folder.")


def _divided(sizes: Iterable[tuple[int, int]], limit_bytes: int) -> Iterator[tuple[int, int]]:
    """Yield (records, bytes of their values) of each LMDB, as many as fit under the limit but one at least."""
    model, held = SizeModel(), 0
    for image_bytes, label_bytes in sizes:
        before = model.records
        model.add(image_bytes, label_bytes)
        if before and model.file_bytes > limit_bytes:
            yield before, held
            model, held = SizeModel(), 0
            model.add(image_bytes, label_bytes)
        held += image_bytes + label_bytes
    if model.records:
        yield model.records, held


def _write_lmdb(path: Path, records: Iterator[tuple[bytes, bytes]], count: int, size_bytes: int) -> LmdbSummary:
    """Write one LMDB of the next records and read it back; FormatError when it does not hold what was put into it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    spool = path.with_name(f"{path.name}.labels")
    put = read = 0

    def images() -> Iterator[bytes]:
        nonlocal put
        with open(spool, "wb") as labels:
            for image, label in islice(records, count):
                labels.write(label + b"\n")
                put = zlib.crc32(label, zlib.crc32(image, put))
                yield image

    summary = write_lmdb(path, count, images, lambda: _spooled(spool), size_bytes)
    spool.unlink()
    for image, label in _read(path, count):
        read = zlib.crc32(label.encode(), zlib.crc32(image, read))
    if read != put:
        raise FormatError(f"{path}: does not read back as written; the disk may be failing; use another one.")
    return summary


def _read(path: Path, count: int) -> Iterator[tuple[bytes, str]]:
    """Yield the records of an LMDB; FormatError when it is damaged or does not hold ``count``."""
    with MjsynthReader(path) as reader:
        if len(reader) != count:
            raise FormatError(f"{path}: holds {len(reader)} records for {count}; the disk may be failing.")
        for number in range(count):
            if number % _MAPPED_RECORDS == 0:
                # Every page that was read stays in this process's memory until the file is let go.
                reader.close()
            yield reader[number]


def _spooled(spool: Path) -> Iterator[str]:
    # Labels hold no line ends: that is checked when they are staged.
    with open(spool, encoding="utf-8", newline="\n") as file:
        for line in file:
            yield line[:-1]


class _Records:
    """The records (picture, label) of one kind and split, in the order in which the LMDB holds them."""

    def __init__(self, plan: Plan, folder: Folder, done: bytearray, kind: str, split: str, progress: Progress) -> None:
        self.plan, self.folder, self.done = plan, folder, done
        self.kind, self.split, self.progress = kind, split, progress
        self.shards: dict[int, _Staged | _Kept | None] = {}
        self.previous = _Previous.of(folder, kind, split)

    def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
        try:
            for start in range(0, self.plan.n, WINDOW):
                yield from self._window(start)
        finally:
            self._drop(0)

    def _window(self, start: int) -> Iterator[tuple[bytes, bytes]]:
        words = size_bytes = 0
        stop = min(start + WINDOW, self.plan.n)
        for _, index, number in sorted(self._places(start, stop)):
            found = self._record(index, number)
            if found is not None:
                words += 1
                size_bytes += len(found[0]) + len(found[1])
                yield found
        self.progress.advance(0, words, size_bytes)

    def _places(self, start: int, stop: int) -> Iterator[tuple[float, int, int]]:
        """Yield (order, sample, number in the sample) of every record of the window that exists or once did."""
        plan = self.plan
        for index in range(start, stop):
            shard = self._shard(index // plan.shard_size)
            if shard is not None and plan.split(index) == self.split:
                for number in range(shard.count(index)):
                    yield digest_fraction(plan.seed, index, number), index, number

    def _record(self, index: int, number: int) -> tuple[bytes, bytes] | None:
        """Return (picture, label); None for a record of the previous LMDB whose shard is to be made again."""
        # Every old record is counted, also those that come from a new file, because they have a place there.
        old = self.previous.next_record() if self.previous is not None and index < self.previous.n else -1
        number_of_shard = index // self.plan.shard_size
        shard = self._shard(number_of_shard)
        if isinstance(shard, _Staged):
            return shard.record(index, number)
        if old < 0 or self.previous is None or not self.done[number_of_shard]:
            return None
        return self.previous.record(old)

    def _shard(self, number: int) -> _Staged | _Kept | None:
        if number not in self.shards:
            self._drop(min(WINDOW // self.plan.shard_size + 2, _MAX_OPEN_SHARDS))
            self.shards[number] = self._load(number)
        return self.shards[number]

    def _load(self, number: int) -> _Staged | _Kept | None:
        start, _ = self.plan.bounds(number)
        if self.done[number]:
            staged = self.folder.staged(number)
            if staged.is_dir():
                return _Staged(staged, start, WORD_KINDS.index(self.kind))
            if self.previous is None and not self.previous_exists():
                raise FormatError(
                    f"{staged}: the shard's word pictures are missing; remove {self.folder.sidecar(number)} and repeat "
                    "the command: it is made again."
                )
            return _Kept(start, read_sidecar(self.plan, self.folder, number).per_sample[self.kind])
        if self.previous is None or start >= self.previous.n:
            return None
        if start + self.plan.shard_size <= self.previous.n:
            raise FormatError(
                f"{self.folder.sidecar(number)}: missing, and the old records cannot be told apart without it; repeat "
                "the command: the shard is made again."
            )
        return _Kept(start, self.previous.tail)

    def previous_exists(self) -> bool:
        """Whether this run extends a complete dataset; that one may have had no records of this kind and split."""
        return self.folder.previous_file.is_file()

    def _drop(self, keep: int) -> None:
        while len(self.shards) > keep:
            oldest = self.shards.pop(next(iter(self.shards)))
            if isinstance(oldest, _Staged):
                oldest.close()


class _Staged:
    """The word pictures of one direction of a finished shard, from its staged files."""

    def __init__(self, folder: Path, start: int, direction: int) -> None:
        index = read_index(folder).astype(np.int64)
        sizes = index[:, 2] + index[:, 3]
        mine = index[:, 1] == direction
        self.start = start
        self.offsets = (np.cumsum(sizes) - sizes)[mine]
        self.image_bytes, self.label_bytes = index[mine, 2], index[mine, 3]
        counts = np.bincount(index[mine, 0])
        self.counts, self.first = counts.tolist(), [0, *accumulate(counts.tolist())]
        self.path = folder / "values"
        self.handle = os.open(self.path, os.O_RDONLY)

    def count(self, index: int) -> int:
        """Return the number of the sample's records."""
        at = index - self.start
        return self.counts[at] if at < len(self.counts) else 0

    def record(self, index: int, number: int) -> tuple[bytes, bytes]:
        """Return (picture, label) of one record."""
        at = self.first[index - self.start] + number
        image_bytes, label_bytes = int(self.image_bytes[at]), int(self.label_bytes[at])
        data = os.pread(self.handle, image_bytes + label_bytes, int(self.offsets[at]))
        if len(data) != image_bytes + label_bytes:
            raise FormatError(f"{self.path}: cut short; remove the shard's sidecar and repeat the command.")
        return data[:image_bytes], data[image_bytes:]

    def close(self) -> None:
        """Let go of the file."""
        os.close(self.handle)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A shard whose word pictures are in the previous LMDBs: only its samples' counts are known."""

    start: int
    counts: list[int]

    def count(self, index: int) -> int:
        """Return the number of the sample's records."""
        at = index - self.start
        return self.counts[at] if at < len(self.counts) else 0


class _Previous:
    """The LMDB of the complete dataset of ``n`` samples that is being extended, read in its own order."""

    def __init__(self, n: int, tail: list[int], path: Path) -> None:
        self.n, self.tail = n, tail
        self._reader = open_words(path)
        self._next = 0

    @classmethod
    def of(cls, folder: Folder, kind: str, split: str) -> _Previous | None:
        """Return the previous LMDB of a kind and split, None where there is none."""
        path = folder.previous / kind / split
        if not path.is_dir():
            return None
        note: dict[str, Any] = json.loads(folder.previous_file.read_bytes())
        return cls(note["n"], note["tail"].get(kind, []), path)

    def next_record(self) -> int:
        """Return the number of the next record, counted from 0."""
        self._next += 1
        return self._next - 1

    def record(self, number: int) -> tuple[bytes, bytes]:
        """Return (picture, label) of a record."""
        if number % _MAPPED_RECORDS == 0:
            self._reader.close()
        image, label = self._reader[number]
        return image, label.encode()
