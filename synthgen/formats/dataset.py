"""A finished dataset folder, opened for reading.

``scenes/<split>/<shard>/`` holds pictures and one ``metadata.jsonl``, or ``scenes/<split>/<shard>.tar`` holds both;
``words/<split>/`` and ``words-vertical/<split>/`` hold an LMDB each, or several in ``000/``, ``001/``, ...;
``charset.txt`` the characters in one line; ``recipe.toml`` the recipe; and ``manifest.json`` is written last: a folder
without it is not a dataset.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from synthgen.errors import FormatError, UsageError, did_you_mean
from synthgen.formats.filing import read_stored
from synthgen.formats.metadata import METADATA_NAME, SceneRecord, read_metadata
from synthgen.formats.mjsynth import MjsynthReader
from synthgen.formats.scene_tar import TAR_SUFFIX, read_scene_tar
from synthgen.formats.word_parts import WordParts, open_words

# 2 differs from 1 in what only runs and their verification read: staged word pictures, sidecars, the order in a window.
FORMAT_VERSION = 2
READABLE_VERSIONS = (1, 2)
MANIFEST_NAME = "manifest.json"
MAX_MANIFEST_BYTES = 256 << 20
WORD_FOLDERS = {"ltr": "words", "ttb": "words-vertical"}

_SPLIT_NAME = re.compile(r"[A-Za-z0-9_]{1,100}")
_SHARD = re.compile(r"[0-9]{1,20}(\.tar)?")
_COUNTS = ("scenes", "words", "words_vertical")


@dataclass(frozen=True, slots=True)
class Dataset:
    """A finished dataset: ``folder``; ``manifest`` as stored; ``splits`` name -> counts of scenes and words."""

    folder: Path
    manifest: Mapping[str, Any]
    splits: Mapping[str, Mapping[str, int]]

    def records(self, split: str) -> Iterator[SceneRecord]:
        """Yield the split's scenes in the order of their index; ``file_name`` is the path from the dataset's folder.

        A picture in a tar has the path that it would have in its shard's folder; :meth:`picture` reads either.
        UsageError for an unknown split; FormatError for a malformed file, an index out of order or a wrong count.
        """
        expected = self._counts(split)["scenes"]
        found, last = 0, -1
        for shard in self._shards(split) if expected else ():
            for record in _scenes_of(shard):
                if record.index <= last:
                    raise FormatError(f"{shard}: scene {record.index} follows {last}; must rise; make it again.")
                found, last = found + 1, record.index
                path = shard.with_name(shard.name.removesuffix(TAR_SUFFIX)) / record.file_name
                yield replace(record, file_name=path.relative_to(self.folder).as_posix())
        if found != expected:
            raise FormatError(f"{self.folder}: {found} scenes in {split}, the manifest says {expected}; make it again.")

    def scene(self, index: int) -> tuple[str, SceneRecord]:
        """Return (split, record) of scene ``index``, reading only the shard that can hold it; UsageError without it."""
        size = self.manifest.get("shard_size")
        if type(size) is not int or size < 1 or not any(one["scenes"] for one in self.splits.values()):
            raise UsageError(f"{self.folder}: holds no scenes; name its recipe.toml and its seed instead.")
        for split in self.splits:
            shard = f"scenes/{split}/{index // size:06d}"
            for place in (self.folder / shard, self.folder / f"{shard}{TAR_SUFFIX}"):
                for record in _scenes_of(place) if place.exists() else ():
                    if record.index == index:
                        return split, replace(record, file_name=f"{shard}/{record.file_name}")
        last = self.manifest.get("n", 0) - 1
        raise UsageError(f"index {index}: no such scene in {self.folder}; samples are 0 to {last}, some are skipped.")

    def picture(self, record: SceneRecord) -> bytes:
        """Return the encoded picture of one of :meth:`records`; FormatError when it is missing."""
        return read_stored(self.folder / record.file_name)

    def words(self, split: str, direction: str = "ltr") -> MjsynthReader | WordParts:
        """Return the reader of the split's word pictures, read ``ltr`` or ``ttb``.

        UsageError for an unknown split or one without such words.
        """
        if direction not in WORD_FOLDERS:
            raise UsageError(f"direction {direction!r}: must be one of {', '.join(WORD_FOLDERS)}.")
        kind = WORD_FOLDERS[direction].replace("-", "_")
        if not self._counts(split)[kind]:
            raise UsageError(f"{self.folder}: {split} has no {WORD_FOLDERS[direction]}; choose another split.")
        return open_words(self.folder / WORD_FOLDERS[direction] / split)

    def charset(self) -> tuple[str, ...]:
        """Return the characters that labels are made of; FormatError when ``charset.txt`` is missing or damaged."""
        path = self.folder / "charset.txt"
        try:
            return tuple(path.read_bytes().decode().rstrip("\n"))
        except (OSError, UnicodeDecodeError) as error:
            raise FormatError(f"{path}: missing or not UTF-8; the dataset is damaged; make it again.") from error

    def _counts(self, split: str) -> Mapping[str, int]:
        if split not in self.splits:
            raise UsageError(f"split {split!r}: not in {self.folder}.{did_you_mean(split, self.splits)}")
        return self.splits[split]

    def _shards(self, split: str) -> list[Path]:
        folder = self.folder / "scenes" / split
        try:
            shards = [one for one in folder.iterdir() if _SHARD.fullmatch(one.name)]
        except OSError as error:
            raise FormatError(f"{folder}: {error.strerror}; the dataset is incomplete; make it again.") from error
        # Numbers grow beyond their padding in very large runs; the longer name is the larger number.
        return sorted(shards, key=lambda one: (len(one.stem), one.name))


def _scenes_of(shard: Path) -> Iterator[SceneRecord]:
    return read_scene_tar(shard) if shard.suffix == TAR_SUFFIX else read_metadata(shard / METADATA_NAME)


def open_dataset(folder: Path) -> Dataset:
    """Return the dataset in ``folder``; FormatError when it is not a dataset, of an unknown version, or damaged."""
    folder = Path(folder)
    path = folder / MANIFEST_NAME
    try:
        with path.open("rb") as file:
            data = file.read(MAX_MANIFEST_BYTES + 1)
    except OSError:
        raise FormatError(
            f"{folder}: is not a dataset; it must hold {MANIFEST_NAME}, which is written last; finish the run."
        ) from None
    try:
        manifest = json.loads(data.decode()) if len(data) <= MAX_MANIFEST_BYTES else None
    except (ValueError, RecursionError):
        manifest = None
    if not isinstance(manifest, dict):
        raise FormatError(f"{path}: not an object in JSON; the dataset is damaged; make it again.")
    version = manifest.get("format_version")
    if type(version) is not int or version not in READABLE_VERSIONS:
        known = " and ".join(map(str, READABLE_VERSIONS))
        raise FormatError(
            f"{path}: format_version {str(version)[:20]!a}: this synthgen reads {known}; use the synthgen that made it."
        )
    return Dataset(folder, manifest, _splits(manifest.get("splits"), path))


def _splits(value: Any, path: Path) -> dict[str, dict[str, int]]:
    if not isinstance(value, dict) or not value:
        raise FormatError(f"{path}: splits: must be an object with at least one split; make the dataset again.")
    splits: dict[str, dict[str, int]] = {}
    for name, counts in value.items():
        if not _SPLIT_NAME.fullmatch(name):
            raise FormatError(f"{path}: split {name[:40]!a}: must be ASCII letters, digits, '_'; make it again.")
        if not isinstance(counts, dict) or not all(
            type(counts.get(one)) is int and counts[one] >= 0 for one in _COUNTS
        ):
            raise FormatError(f"{path}: split {name}: must count {', '.join(_COUNTS)}; make the dataset again.")
        splits[name] = {one: counts[one] for one in _COUNTS}
    return splits
