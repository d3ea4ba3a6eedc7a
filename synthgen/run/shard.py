"""One shard: the unit of work, of commit and of resume.

A worker renders the indices [start, stop) into a temporary folder, flushes it, gives the pictures' folders their
names, and writes the sidecar last: the sidecar is the commit. Word pictures wait in two files until they are
assembled: ``values`` holds each picture followed by its label, ``index`` four uint32 for each of them: sample (counted
from the shard's start), direction (0 ``ltr``, 1 ``ttb``), bytes of the picture, bytes of the label.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from synthgen.errors import FormatError, OutputError, SampleError
from synthgen.formats.metadata import METADATA_NAME, dump_scene
from synthgen.formats.mjsynth import check_label
from synthgen.formats.pictures import SUFFIXES, encode
from synthgen.run.durable import make_folder, place_folder, sync_tree, write_file
from synthgen.run.folder import WORD_KINDS, Folder
from synthgen.run.plan import FORMAT_VERSION, Maker, Plan
from synthgen.scene import DIRECTIONS

if TYPE_CHECKING:
    from synthgen.generator import Sample

COUNTS = ("scenes", "words", "words-vertical")
INDEX_DTYPE = np.dtype("<u4")


@dataclass(frozen=True, slots=True)
class Done:
    """What a worker sends back: ``samples``, ``words`` and ``size_bytes`` written, all of one shard."""

    shard: int
    samples: int
    words: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Staged:
    """One word picture, encoded: its label in UTF-8, its direction's number."""

    image: bytes
    label: bytes
    direction: int


@dataclass(frozen=True, slots=True)
class Encoded:
    """One sample as bytes: its ``picture`` and ``line`` of metadata (empty without scenes) and its ``words``."""

    picture: bytes
    line: bytes
    words: tuple[Staged, ...]


class _File:
    """An open file that knows its size and digest."""

    def __init__(self, path: Path, stack: ExitStack) -> None:
        self.size_bytes = 0
        self._file: IO[bytes] = stack.enter_context(path.open("wb"))
        self._digest = hashlib.sha256()

    def write(self, data: bytes) -> None:
        self._file.write(data)
        self._digest.update(data)
        self.size_bytes += len(data)

    @property
    def stamp(self) -> list[Any]:
        """[size in bytes, sha256], as in sidecars."""
        return [self.size_bytes, self._digest.hexdigest()]


class _Writer:
    """Writes one shard's samples below its temporary folder and counts what its sidecar tells."""

    def __init__(self, plan: Plan, folder: Folder, shard: int, stack: ExitStack) -> None:
        self.plan, self.folder, self.shard = plan, folder, shard
        self.start, self.stop = plan.bounds(shard)
        self.path = folder.open_shard(shard)
        self.stack = stack
        self.files: dict[str, list[Any]] = {}
        self.counts = {name: dict.fromkeys(COUNTS, 0) for name, _ in plan.splits}
        self.sizes = {name: dict.fromkeys(COUNTS, 0) for name, _ in plan.splits}
        self.per_sample = {kind: [0] * (self.stop - self.start) for kind in WORD_KINDS}
        self.characters: set[str] = set()
        self.rejections: Counter[str] = Counter()
        self.skipped: list[int] = []
        self.words = self.size_bytes = 0
        self.metadata: dict[str, _File] = {}
        self.staged: dict[str, _File] = {}
        if plan.recipe.output.words:
            (self.path / "staged").mkdir()
            self.staged = {name: _File(self.path / "staged" / name, stack) for name in ("index", "values")}

    def add(self, index: int, sample: Sample, encoded: Encoded) -> None:
        self.rejections.update(sample.rejections)
        if sample.scene is None:
            self.skipped.append(index)
            return
        split = self.plan.split(index)
        self.characters.update(sample.scene.characters.text)
        if self.plan.recipe.output.scenes:
            self._add_scene(split, index, encoded.picture, encoded.line)
        for crop in encoded.words:
            self._add_crop(split, index, crop)

    def _add_scene(self, split: str, index: int, picture: bytes, line: bytes) -> None:
        below = self.path / "scenes" / split
        if split not in self.metadata:
            below.mkdir(parents=True)
            self.metadata[split] = _File(below / METADATA_NAME, self.stack)
        name = f"{index:09d}{SUFFIXES[self.plan.recipe.output.image_format]}"
        with open(below / name, "wb") as file:
            file.write(picture)
        self.metadata[split].write(line)
        self.files[f"{self._final(split)}/{name}"] = [len(picture), hashlib.sha256(picture).hexdigest()]
        self.counts[split]["scenes"] += 1
        self.sizes[split]["scenes"] += len(picture) + len(line)
        self.size_bytes += len(picture) + len(line)

    def _add_crop(self, split: str, index: int, crop: Staged) -> None:
        kind = WORD_KINDS[crop.direction]
        entry = (index - self.start, crop.direction, len(crop.image), len(crop.label))
        self.staged["index"].write(np.array(entry, dtype=INDEX_DTYPE).tobytes())
        self.staged["values"].write(crop.image)
        self.staged["values"].write(crop.label)
        self.per_sample[kind][index - self.start] += 1
        self.counts[split][kind] += 1
        size_bytes = len(crop.image) + len(crop.label)
        self.sizes[split][kind] += size_bytes
        self.words += 1
        self.size_bytes += size_bytes

    def _final(self, split: str) -> str:
        return self.folder.scenes(split, self.shard).relative_to(self.folder.root).as_posix()

    def sidecar(self) -> str:
        """Return the text of the sidecar."""
        metadata = {f"{self._final(split)}/{METADATA_NAME}": file.stamp for split, file in self.metadata.items()}
        table = {
            "format_version": FORMAT_VERSION,
            "fingerprint": self.plan.fingerprint,
            "start": self.start,
            "stop": self.stop,
            "counts": self.counts,
            "size_bytes": self.sizes,
            "rejections": dict(sorted(self.rejections.items())),
            "skipped": self.skipped,
            "characters": "".join(sorted(self.characters)),
            **{kind: numbers if any(numbers) else [] for kind, numbers in self.per_sample.items()},
            "files": dict(sorted({**self.files, **metadata}.items())),
            "staged": {name: file.stamp for name, file in self.staged.items()},
        }
        return json.dumps(table, ensure_ascii=False, separators=(",", ":")) + "\n"


def render_shard(
    plan: Plan, maker: Maker, folder: Folder, shard: int, on_sample: Callable[[int, int, int], None]
) -> Done:
    """Render and commit one shard; ``on_sample(samples, words, size_bytes)`` hears of each sample as it is done.

    SampleError when a sample cannot be made, OutputError when it cannot be written; nothing is committed then.
    """
    path = folder.open_shard(shard)
    try:
        if path.exists():
            shutil.rmtree(path)
        path.mkdir()
        with ExitStack() as stack:
            mark = stack.enter_context(open(path / "at", "wb", buffering=0))
            writer = _Writer(plan, folder, shard, stack)
            for index in range(writer.start, writer.stop):
                # Survives the death of this process: it names the sample that caused it.
                os.pwrite(mark.fileno(), b"%20d" % index, 0)
                words, size_bytes = writer.words, writer.size_bytes
                writer.add(index, *encode_sample(plan, maker, index))
                on_sample(1, writer.words - words, writer.size_bytes - size_bytes)
        _commit(writer)
    except OSError as error:
        # What was written of this shard only takes room now.
        shutil.rmtree(path, ignore_errors=True)
        raise OutputError(
            f"{folder.root}: {error.strerror or error} while writing shard {shard}; free space or restore access, then "
            "repeat the command: it goes on where it stopped."
        ) from error
    return Done(shard, writer.stop - writer.start, writer.words, writer.size_bytes)


def _commit(writer: _Writer) -> None:
    """Flush, name, and then say so: after the sidecar the shard is done, before it nothing has happened."""
    folder, shard, path = writer.folder, writer.shard, writer.path
    sync_tree(path)
    for split in writer.metadata:
        place_folder(path / "scenes" / split, folder.scenes(split, shard))
    if writer.staged:
        place_folder(path / "staged", folder.staged(shard))
    sidecar = folder.sidecar(shard)
    make_folder(sidecar.parent)
    write_file(sidecar, writer.sidecar(), path / "sidecar")
    shutil.rmtree(path)


def marked_sample(folder: Folder, shard: int) -> int | None:
    """Return the index at which an unfinished shard stood, None when it had not begun."""
    try:
        return int((folder.open_shard(shard) / "at").read_bytes())
    except (OSError, ValueError):
        return None


def encode_sample(plan: Plan, maker: Maker, index: int) -> tuple[Sample, Encoded]:
    """Return a sample and its bytes; SampleError, which names recipe, seed and index, when it cannot be made."""
    try:
        sample = maker.sample(index, crops=plan.recipe.output.words)
        return sample, _encoded(plan, index, sample)
    # Nothing is swallowed: every error goes on, with the sample's name.
    except Exception as error:
        reason = " ".join(str(error).split()) or "no message"
        raise SampleError(f"{type(error).__name__}: {reason} - in {plan.reproduce(index)}") from error


def _encoded(plan: Plan, index: int, sample: Sample) -> Encoded:
    output, crops = plan.recipe.output, plan.recipe.crops
    picture = line = b""
    if sample.scene is not None and output.scenes:
        name = f"{index:09d}{SUFFIXES[output.image_format]}"
        picture = encode(sample.scene.image, output.image_format, sample.quality)
        line = dump_scene(sample.scene, name).encode() + b"\n"
    words = tuple(
        Staged(
            encode(crop.image, crops.image_format, crop.quality),
            check_label(crop.text).encode(),
            DIRECTIONS.index(crop.direction),
        )
        for crop in (sample.crops if output.words else ())
    )
    return Encoded(picture, line, words)


@dataclass(frozen=True, slots=True)
class Sidecar:
    """A finished shard as its sidecar tells it; see :func:`read_sidecar`."""

    counts: dict[str, dict[str, int]]
    size_bytes: dict[str, dict[str, int]]
    rejections: dict[str, int]
    skipped: list[int]
    characters: str
    per_sample: dict[str, list[int]]


def read_sidecar(plan: Plan, folder: Folder, shard: int) -> Sidecar:
    """Return a finished shard's sidecar; FormatError when it is damaged or belongs to another plan."""
    path = folder.sidecar(shard)
    try:
        table = json.loads(path.read_bytes())
        ours = table["fingerprint"] == plan.fingerprint and (table["start"], table["stop"]) == plan.bounds(shard)
        sidecar = Sidecar(
            counts=table["counts"],
            size_bytes=table["size_bytes"],
            rejections=table["rejections"],
            skipped=table["skipped"],
            characters=table["characters"],
            per_sample={kind: table[kind] for kind in WORD_KINDS},
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        ours = False
    if not ours:
        raise FormatError(
            f"{path}: damaged or of another run; remove this file and repeat the command: it is made again."
        )
    return sidecar


def read_index(folder: Path) -> npt.NDArray[np.uint32]:
    """Return the index of a staged shard: uint32 (N, 4), see the module; FormatError when it is damaged."""
    data = (folder / "index").read_bytes()
    if len(data) % (4 * INDEX_DTYPE.itemsize):
        raise FormatError(f"{folder}: damaged; remove the shard's sidecar and repeat the command.")
    return np.frombuffer(data, dtype=INDEX_DTYPE).reshape(-1, 4)
