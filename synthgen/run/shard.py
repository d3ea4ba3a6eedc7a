"""One shard: the unit of work, of commit and of resume.

A worker renders the indices [start, stop) into a temporary folder, flushes it, gives the pictures' folders their
names, and writes the sidecar last: the sidecar is the commit. With ``scenes tar`` a split's pictures and metadata are
one tar instead of a folder. Word pictures wait in two files until they are assembled: ``values`` holds each picture
followed by its label, ``index`` four uint32 for each of them: sample (counted from the shard's start), direction (0
``ltr``, 1 ``ttb``) plus twice the number of the sample's split, bytes of the picture, bytes of the label.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from synthgen.errors import FormatError, OutputError, SampleError
from synthgen.formats.filing import sync_folder
from synthgen.formats.metadata import METADATA_NAME, encode_scene
from synthgen.formats.mjsynth import check_labels
from synthgen.formats.pictures import SUFFIXES, encode
from synthgen.formats.scene_tar import TAR_END, tar_member
from synthgen.run.durable import make_folder, place_folder, sync_tree, write_file
from synthgen.run.folder import WORD_KINDS, Folder
from synthgen.run.plan import FORMAT_VERSION, Maker, Plan
from synthgen.run.usage import Usage
from synthgen.scene import DIRECTIONS

if TYPE_CHECKING:
    from synthgen.generator import Sample

COUNTS = ("scenes", "words", "words-vertical")
MAX_SIDECAR_BYTES = 256 << 20
INDEX_DTYPE = np.dtype("<u4")

# Gathered before it is written and digested: a call for each of a million small values costs more than their bytes.
_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Done:
    """What a worker sends back: ``samples``, ``words`` and ``size_bytes`` written, ``seconds``, all of one shard."""

    shard: int
    samples: int
    words: int
    size_bytes: int
    seconds: float = 0.0


class Staged(NamedTuple):
    """One word picture, encoded: its label in UTF-8, its direction's number."""

    image: bytes
    label: bytes
    direction: int


class Encoded(NamedTuple):
    """One sample as bytes: its ``picture`` and ``line`` of metadata (empty without scenes) and its ``words``."""

    picture: bytes
    line: bytes
    words: tuple[Staged, ...]


class _File:
    """An open file that is written in large blocks and knows its size and digest; :meth:`flush` ends it."""

    def __init__(self, path: Path, stack: ExitStack) -> None:
        self.size_bytes = 0
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._file: IO[bytes] = stack.enter_context(path.open("wb"))
        self._digest = hashlib.sha256()

    def write(self, *parts: bytes) -> None:
        """Add some bytes, which may wait in memory for more."""
        self._waiting += parts
        self._waiting_bytes += sum(map(len, parts))
        if self._waiting_bytes >= _BLOCK_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        block = b"".join(self._waiting)
        self._waiting, self._waiting_bytes = [], 0
        self._file.write(block)
        self._digest.update(block)
        self.size_bytes += len(block)

    @property
    def stamp(self) -> list[Any]:
        """[size in bytes, sha256] of what is flushed, as in sidecars."""
        return [self.size_bytes, self._digest.hexdigest()]


class _Writer:
    """Writes one shard's samples below its temporary folder and counts what its sidecar tells."""

    def __init__(self, plan: Plan, folder: Folder, shard: int, stack: ExitStack) -> None:
        self.plan, self.folder, self.shard = plan, folder, shard
        self.start, self.stop = plan.bounds(shard)
        self.path = folder.open_shard(shard)
        self.stack = stack
        self.files: dict[str, list[Any]] = {}
        self.split_number = {name: number for number, (name, _) in enumerate(plan.splits)}
        self.counts = {name: dict.fromkeys(COUNTS, 0) for name, _ in plan.splits}
        self.sizes = {name: dict.fromkeys(COUNTS, 0) for name, _ in plan.splits}
        self.per_sample = {kind: [0] * (self.stop - self.start) for kind in WORD_KINDS}
        self.usage = Usage()
        self.rejections: Counter[str] = Counter()
        self.skipped: list[int] = []
        self.words = self.size_bytes = 0
        self.suffix = SUFFIXES[plan.recipe.output.image_format]
        # Where a split's pictures are written, and where they will lie.
        self.places: dict[str, tuple[str, str]] = {}
        self.metadata: dict[str, _File] = {}
        self.tars: dict[str, _File] = {}
        self.staged: dict[str, _File] = {}
        self.rows: list[int] = []
        if plan.recipe.output.words:
            (self.path / "staged").mkdir()
            self.staged = {name: _File(self.path / "staged" / name, stack) for name in ("index", "values")}

    def add(self, index: int, sample: Sample, encoded: Encoded) -> None:
        if sample.rejections:
            self.rejections.update(sample.rejections)
        if sample.scene is None:
            self.skipped.append(index)
            return
        split = self.plan.split(index)
        self.usage.add(sample.scene, self.plan.recipe.output.min_visible)
        if self.plan.recipe.output.scenes:
            self._add_scene(split, index, encoded.picture, encoded.line)
        if encoded.words:
            self._add_words(split, index - self.start, encoded.words)

    def _add_scene(self, split: str, index: int, picture: bytes, line: bytes) -> None:
        if self.plan.scene_store == "tar":
            self._add_members(split, index, picture, line)
        else:
            self._add_files(split, index, picture, line)
        self.counts[split]["scenes"] += 1
        self.sizes[split]["scenes"] += len(picture) + len(line)
        self.size_bytes += len(picture) + len(line)

    def _add_members(self, split: str, index: int, picture: bytes, line: bytes) -> None:
        if split not in self.tars:
            (self.path / "scenes").mkdir(exist_ok=True)
            self.tars[split] = _File(self.path / "scenes" / split, self.stack)
        self.tars[split].write(tar_member(f"{index:09d}{self.suffix}", picture))
        self.tars[split].write(tar_member(f"{index:09d}.json", line.rstrip(b"\n")))

    def _add_files(self, split: str, index: int, picture: bytes, line: bytes) -> None:
        if split not in self.places:
            below = self.path / "scenes" / split
            below.mkdir(parents=True)
            self.metadata[split] = _File(below / METADATA_NAME, self.stack)
            self.places[split] = str(below), self._final(split)
        place, final = self.places[split]
        name = f"{index:09d}{self.suffix}"
        _write_new(f"{place}/{name}", picture)
        self.metadata[split].write(line)
        self.files[f"{final}/{name}"] = [len(picture), hashlib.sha256(picture).hexdigest()]

    def _add_words(self, split: str, at: int, words: tuple[Staged, ...]) -> None:
        """Stage the word pictures of the shard's sample ``at``."""
        rows: list[int] = []
        values: list[bytes] = []
        code, counts, sizes = 2 * self.split_number[split], [0, 0], [0, 0]
        for image, label, direction in words:
            image_bytes, label_bytes = len(image), len(label)
            rows += (at, code + direction, image_bytes, label_bytes)
            values += (image, label)
            counts[direction] += 1
            sizes[direction] += image_bytes + label_bytes
        self.staged["values"].write(*values)
        self.rows += rows
        if len(self.rows) >= _BLOCK_BYTES // INDEX_DTYPE.itemsize:
            self._write_rows()
        for kind, count, size_bytes in zip(WORD_KINDS, counts, sizes, strict=True):
            if count:
                self.per_sample[kind][at] = count
                self.counts[split][kind] += count
                self.sizes[split][kind] += size_bytes
                self.words += count
                self.size_bytes += size_bytes

    def _write_rows(self) -> None:
        self.staged["index"].write(np.array(self.rows, dtype=INDEX_DTYPE).tobytes())
        self.rows = []

    def _final(self, split: str) -> str:
        return self.folder.name_of(self.folder.scenes(split, self.shard))

    def end(self) -> None:
        """Write what follows the last sample."""
        for file in self.tars.values():
            file.write(TAR_END)
        if self.staged:
            self._write_rows()
        for file in (*self.tars.values(), *self.metadata.values(), *self.staged.values()):
            file.flush()

    def sidecar(self) -> str:
        """Return the text of the sidecar."""
        tars = {self.folder.name_of(self.folder.tar(name, self.shard)): file.stamp for name, file in self.tars.items()}
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
            "usage": self.usage.to_table(),
            **{kind: numbers if any(numbers) else [] for kind, numbers in self.per_sample.items()},
            "files": dict(sorted({**self.files, **metadata, **tars}.items())),
            "staged": {name: file.stamp for name, file in self.staged.items()},
        }
        return json.dumps(table, ensure_ascii=False, separators=(",", ":")) + "\n"


def render_shard(
    plan: Plan, maker: Maker, folder: Folder, shard: int, on_sample: Callable[[int, int, int], None]
) -> Done:
    """Render and commit one shard; ``on_sample(samples, words, size_bytes)`` hears of each sample as it is done.

    SampleError when a sample cannot be made, OutputError when it cannot be written; nothing is committed then.
    """
    path, began = folder.open_shard(shard), time.perf_counter()
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
            writer.end()
        _commit(writer)
    except OSError as error:
        # What was written of this shard only takes room now.
        shutil.rmtree(path, ignore_errors=True)
        raise OutputError(
            f"{folder.root}: {error.strerror or error} while writing shard {shard}; free space or restore access, then "
            "repeat the command: it goes on where it stopped."
        ) from error
    seconds = time.perf_counter() - began
    return Done(shard, writer.stop - writer.start, writer.words, writer.size_bytes, seconds)


def _write_new(path: str, data: bytes) -> None:
    """Write a file at once: an object around it would cost a quarter of what a small file does."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    try:
        while data:
            data = data[os.write(handle, data) :]
    finally:
        os.close(handle)


def _commit(writer: _Writer) -> None:
    """Flush, name, and then say so: after the sidecar the shard is done, before it nothing has happened."""
    folder, shard, path = writer.folder, writer.shard, writer.path
    sync_tree(path)
    for split in writer.metadata:
        place_folder(path / "scenes" / split, folder.scenes(split, shard))
    for split in writer.tars:
        tar = folder.tar(split, shard)
        make_folder(tar.parent)
        (path / "scenes" / split).replace(tar)
        sync_folder(tar.parent)
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
        line = encode_scene(sample.scene, name) + b"\n"
    if not (output.words and sample.crops):
        return Encoded(picture, line, ())
    kind = crops.image_format
    words = [
        Staged(encode(image, kind, quality), text.encode(), DIRECTIONS.index(direction))
        for image, text, direction, _, quality in sample.crops
    ]
    check_labels([label for _, label, _ in words])
    return Encoded(picture, line, tuple(words))


@dataclass(frozen=True, slots=True)
class Sidecar:
    """A finished shard as its sidecar tells it; see :func:`read_sidecar`."""

    counts: dict[str, dict[str, int]]
    size_bytes: dict[str, dict[str, int]]
    rejections: dict[str, int]
    skipped: list[int]
    usage: dict[str, Any]
    per_sample: dict[str, list[int]]
    files: dict[str, list[Any]]

    def well_formed(self, plan: Plan, shard: int) -> bool:
        """Return whether everything is of the kind and within the bounds that a worker writes."""
        start, stop = plan.bounds(shard)
        tables = [table[name] for table in (self.counts, self.size_bytes) for name, _ in plan.splits]
        return (
            all(_wholes(table[kind] for kind in COUNTS) for table in tables)
            and _wholes(self.rejections.values())
            and _wholes(self.skipped)
            and self.skipped == sorted({*self.skipped} & {*range(start, stop)})
            and all(len(counts) in (0, stop - start) and _wholes(counts) for counts in self.per_sample.values())
            and all(_wholes([size]) and isinstance(digest, str) for size, digest in self.files.values())
        )


def _wholes(values: Iterable[Any]) -> bool:
    held = list(values)
    return not held or ({*map(type, held)} == {int} and min(held) >= 0 and max(held) < 1 << 60)


def read_sidecar(plan: Plan, folder: Folder, shard: int) -> Sidecar:
    """Return a finished shard's sidecar; FormatError when it is damaged or belongs to another plan."""
    path = folder.sidecar(shard)
    try:
        with open(path, "rb") as file:
            table = json.loads(file.read(MAX_SIDECAR_BYTES))
        ours = table["fingerprint"] == plan.fingerprint and (table["start"], table["stop"]) == plan.bounds(shard)
        sidecar = Sidecar(
            counts=table["counts"],
            size_bytes=table["size_bytes"],
            rejections=table["rejections"],
            skipped=table["skipped"],
            usage=table["usage"],
            per_sample={kind: table[kind] for kind in WORD_KINDS},
            files=table["files"],
        )
        ours = ours and sidecar.well_formed(plan, shard)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
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
