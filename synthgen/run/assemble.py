"""Finished shards become a dataset: one LMDB for each split and direction, then the manifest.

Records are shuffled within windows of :data:`WINDOW` samples, because readers look at prefixes and the words of one
page must not stand together. They stand in the order of numbers that follow from (seed, sample, number in the sample)
alone, so a longer run changes nothing before its first new window, and memory holds one window whatever n is.

The LMDB is written by one ordered, append-only writer below ``.parts``, checked, and moved to its name; where the plan
limits its size, several are written one after the other. Word pictures come from the shards' staged files, or from the
LMDBs of the complete dataset that the run extends.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from synthgen.errors import FormatError, OutputError
from synthgen.formats.filing import sync_folder
from synthgen.formats.mjsynth import LmdbSummary, MjsynthReader, write_values
from synthgen.formats.scene_tar import TAR_SUFFIX
from synthgen.formats.word_parts import SizeModel, open_words, part_folder
from synthgen.randomness import Stream
from synthgen.run.durable import place_folder
from synthgen.run.folder import WORD_KINDS, Folder, listing
from synthgen.run.manifest import Totals, manifest, survey, vouched_files
from synthgen.run.plan import Plan
from synthgen.run.progress import Progress, Silent
from synthgen.run.room import free_bytes, need_bytes
from synthgen.run.shard import read_index, read_sidecar
from synthgen.run.spool import Lot, Spool
from synthgen.run.usage import COVERAGE_NAME

WINDOW = 1024
_MAX_OPEN_SHARDS = 256
_MAPPED_RECORDS = 50_000
# How much of staged word pictures is held in memory at most: those of a window of full pages.
_BLOCKS_BYTES = 192 << 20

# How many records are read at a time.
_LOT_RECORDS = 250

Int = npt.NDArray[np.int64]
# Shard, offset, bytes of the picture, bytes of the label, number in the previous LMDBs; see _Places.
_Row = tuple[int, int, int, int, int]
# By shard the offset of what was read of its file at once.
_Blocks = dict[int, tuple[int, bytes]]


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
    path.parent.mkdir(parents=True, exist_ok=True)
    spool = path.with_name(f"{path.name}.labels")
    with open(spool, "wb") as writer, open(spool, "rb") as reader:
        values = Spool(_Records(plan, folder, done, kind, split, progress).lots(), writer, reader)
        if plan.max_lmdb_bytes:
            # The division follows from all sizes before the first LMDB is begun.
            sizes = _Records(plan, folder, done, kind, split, Silent()).sizes()
            for number, (some, some_bytes) in enumerate(_divided(sizes, plan.max_lmdb_bytes)):
                part = part_folder(path, number)
                yield part, _write_lmdb(part, values, some, some_bytes)
        else:
            yield path, _write_lmdb(path, values, count, size_bytes)
        if next(values.images, None) is not None:
            raise FormatError(
                f"{path}: more records than the sidecars' {count}; make the dataset again in a new folder."
            )
    spool.unlink()


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


def _write_lmdb(path: Path, values: Spool, count: int, size_bytes: int) -> LmdbSummary:
    """Write one LMDB of the next records and read it back; FormatError when it does not hold what was put into it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    summary = write_values(path, count, lambda: islice(values.images, count), lambda: values.labels(count), size_bytes)
    with MjsynthReader(path) as reader:
        if len(reader) != count or reader.digest() != summary.digest:
            raise FormatError(f"{path}: does not read back as written; the disk may be failing; use another one.")
    return summary


def window_order(seed: int, window: int, at: Int, number: Int) -> Int:
    """Return the places (N,) of a window's records in the order in which they are kept.

    ``at`` (N,) are their samples counted from the window's first and ``number`` (N,) their numbers in the sample; they
    must rise, sample first. A record's number for the order is drawn by these alone, whatever stands beside it.
    """
    if not len(at):
        return at
    streams = [Stream(seed, window, "order", one) for one in range(int(number.max()) + 1)]
    # A stream has a number for each sample of the window; what follows the last one's is not asked for.
    draws = np.stack([stream.generator.random(int(at[-1]) + 1) for stream in streams])[number, at]
    order: Int = np.argsort(draws, kind="stable")
    return order


@dataclass(frozen=True, slots=True)
class _Rows:
    """Records of one kind and split, int64 (N,) each, ordered by sample and number.

    ``sample`` (its index), ``number`` in the sample, ``offset`` of the picture in its shard's file, ``image_bytes``
    and ``label_bytes``, which follow one another there; offset and sizes are 0 for records in a previous LMDB.
    """

    sample: Int
    number: Int
    offset: Int
    image_bytes: Int
    label_bytes: Int

    def within(self, first: int, stop: int) -> _Rows:
        """Return the records of the samples [first, stop)."""
        low, high = np.searchsorted(self.sample, (first, stop)).tolist()
        if (low, high) == (0, len(self.sample)):
            return self
        columns = (self.sample, self.number, self.offset, self.image_bytes, self.label_bytes)
        return _Rows(*(column[low:high] for column in columns))


_NO_ROWS = _Rows(*(np.zeros(0, dtype=np.int64),) * 5)


@dataclass(frozen=True, slots=True)
class _Places:
    """Where a window's records are, int64 (N,) each, in the LMDB's order.

    ``shard``, or -1 for records of the previous LMDBs; ``offset`` and sizes as in :class:`_Rows`; ``old``, the number
    in the previous LMDBs, or -1.
    """

    shard: Int
    offset: Int
    image_bytes: Int
    label_bytes: Int
    old: Int

    def rows(self) -> Iterator[_Row]:
        """Yield (shard, offset, bytes of the picture, bytes of the label, old) of each record."""
        columns = (self.shard, self.offset, self.image_bytes, self.label_bytes, self.old)
        return zip(*(column.tolist() for column in columns), strict=True)


def _numbers(sample: Int) -> Int:
    """Return for each record (N,) its number in its sample; ``sample`` rises."""
    first = np.flatnonzero(np.diff(sample, prepend=-1))
    return np.arange(len(sample)) - np.repeat(first, np.diff(np.append(first, len(sample))))


class _Records:
    """The records (picture, label) of one kind and split, in the order in which the LMDB holds them."""

    def __init__(self, plan: Plan, folder: Folder, done: bytearray, kind: str, split: str, progress: Progress) -> None:
        self.plan, self.folder, self.done = plan, folder, done
        self.kind, self.split, self.progress = kind, split, progress
        # As the staged index has it: see the shard's module.
        self.code = WORD_KINDS.index(kind) + 2 * [name for name, _ in plan.splits].index(split)
        self.rows: dict[int, _Rows] = {}
        self.values = _Values(folder)
        self.previous = _Previous.of(folder, kind, split)

    def lots(self) -> Iterator[Lot]:
        """Yield the pictures and the labels of the next records, many at a time."""
        with closing(self.values):
            for window in range(self._windows()):
                places = self._places(window)
                blocks = self.values.blocks(places)
                rows = places.rows()
                while some := list(islice(rows, _LOT_RECORDS)):
                    lot = self._lot(some, blocks)
                    yield lot
                    self.progress.advance(0, len(some), sum(map(len, lot[0])) + sum(map(len, lot[1])))

    def sizes(self) -> Iterator[tuple[int, int]]:
        """Yield (bytes of the picture, bytes of the label) of each record; staged pictures are not read for it."""
        for window in range(self._windows()):
            for shard, _, image_bytes, label_bytes, old in self._places(window).rows():
                if shard < 0 and self.previous is not None:
                    image, label = self.previous.record(old)
                    image_bytes, label_bytes = len(image), len(label)
                yield image_bytes, label_bytes

    def _windows(self) -> int:
        return -(-self.plan.n // WINDOW)

    def _lot(self, rows: list[_Row], blocks: _Blocks) -> Lot:
        images, labels = [], []
        for shard, offset, image_bytes, label_bytes, old in rows:
            if shard in blocks:
                low, block = blocks[shard]
                start = offset - low
                middle = start + image_bytes
                image, label = block[start:middle], block[middle : middle + label_bytes]
            elif shard < 0 and self.previous is not None:
                image, label = self.previous.record(old)
            else:
                data = self.values.read(shard, offset, image_bytes + label_bytes)
                image, label = data[:image_bytes], data[image_bytes:]
            images.append(image)
            labels.append(label)
        return images, labels

    def _places(self, window: int) -> _Places:
        """Return where the window's records are, in the LMDB's order."""
        size, first = self.plan.shard_size, window * WINDOW
        stop = min(first + WINDOW, self.plan.n)
        shards = range(first // size, (stop - 1) // size + 1)
        self.rows = {shard: self.rows[shard] if shard in self.rows else self._load(shard) for shard in shards}
        parts = [rows.within(first, stop) for rows in self.rows.values()]
        at = np.concatenate([part.sample for part in parts]) - first
        number = np.concatenate([part.number for part in parts])
        order = window_order(self.plan.seed, window, at, number)
        label_bytes = np.concatenate([part.label_bytes for part in parts])[order]
        shard = np.where(label_bytes > 0, (at[order] + first) // size, -1)
        old = np.full(len(order), -1)
        if self.previous is not None:
            # Every old record is counted, also those that come from a new file, because they have a place there.
            was = at[order] + first < self.previous.n
            old[was] = self.previous.take(int(was.sum()))
            done = np.frombuffer(self.done, np.uint8)[(at[order] + first) // size] > 0
            # An old record whose shard is to be made again is left out until then.
            kept = (shard >= 0) | (was & done)
            order, label_bytes, shard, old = order[kept], label_bytes[kept], shard[kept], old[kept]
        offset, image_bytes = (
            np.concatenate([getattr(part, name) for part in parts])[order] for name in ("offset", "image_bytes")
        )
        return _Places(shard, offset, image_bytes, label_bytes, old)

    def _load(self, shard: int) -> _Rows:
        start, stop = self.plan.bounds(shard)
        if self.done[shard]:
            staged = self.folder.staged(shard)
            if staged.is_dir():
                return _staged_rows(staged, start, stop, self.code)
            if self.previous is None and not self._previous_exists():
                raise FormatError(
                    f"{staged}: the shard's word pictures are missing; remove {self.folder.sidecar(shard)} and repeat "
                    "the command: it is made again."
                )
            return self._kept_rows(start, read_sidecar(self.plan, self.folder, shard).per_sample[self.kind])
        if self.previous is None or start >= self.previous.n:
            # A run that was broken off early has hundreds of thousands of these.
            return _NO_ROWS
        if start + self.plan.shard_size <= self.previous.n:
            raise FormatError(
                f"{self.folder.sidecar(shard)}: missing, and the old records cannot be told apart without it; repeat "
                "the command: the shard is made again."
            )
        return self._kept_rows(start, self.previous.tail)

    def _kept_rows(self, start: int, counts: list[int]) -> _Rows:
        """Return the records of a shard whose word pictures are in the previous LMDBs, by its samples' counts."""
        mine = [count if count and self.plan.split(start + at) == self.split else 0 for at, count in enumerate(counts)]
        sample = np.repeat(np.arange(start, start + len(mine)), np.array(mine, np.int64))
        none = np.zeros(len(sample), np.int64)
        return _Rows(sample, _numbers(sample), none, none, none)

    def _previous_exists(self) -> bool:
        """Whether this run extends a complete dataset; that one may have had no records of this kind and split."""
        return self.folder.previous_file.is_file()


def _staged_rows(folder: Path, start: int, stop: int, code: int) -> _Rows:
    """Return a finished shard's records of one kind and split, from its staged index; its samples are [start, stop)."""
    index = read_index(folder)
    offset = np.cumsum(index[:, 2:].sum(axis=1, dtype=np.int64))
    mine = np.flatnonzero(index[:, 1] == code)
    sample, image_bytes, label_bytes = (index[mine, column].astype(np.int64) for column in (0, 2, 3))
    if not (label_bytes.all() and (np.diff(sample, append=stop - start - 1) >= 0).all()):
        raise FormatError(f"{folder}: damaged; remove the shard's sidecar and repeat the command.")
    return _Rows(sample + start, _numbers(sample), offset[mine] - image_bytes - label_bytes, image_bytes, label_bytes)


class _Values:
    """The staged files of word pictures, open while they are read."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self._handles: dict[int, int] = {}

    def blocks(self, places: _Places) -> _Blocks:
        """Return by shard (offset, bytes) of what can be read at once because the places lie close together.

        As far as :data:`_BLOCKS_BYTES` reach; the other places are to be read one by one.
        """
        blocks: _Blocks = {}
        room, ends = _BLOCKS_BYTES, places.offset + places.image_bytes + places.label_bytes
        for shard in np.unique(places.shard[places.shard >= 0]).tolist():
            mine = places.shard == shard
            low, high = int(places.offset[mine].min()), int(ends[mine].max())
            wanted = int((ends[mine] - places.offset[mine]).sum())
            if high - low <= min(room, 2 * wanted):
                room -= high - low
                blocks[shard] = low, self.read(shard, low, high - low)
        return blocks

    def read(self, shard: int, offset: int, size_bytes: int) -> bytes:
        """Return some bytes of a shard; FormatError where it is cut short."""
        if shard not in self._handles:
            if len(self._handles) >= _MAX_OPEN_SHARDS:
                os.close(self._handles.pop(next(iter(self._handles))))
            self._handles[shard] = os.open(self.folder.staged(shard) / "values", os.O_RDONLY)
        data = os.pread(self._handles[shard], size_bytes, offset)
        if len(data) != size_bytes:
            path = self.folder.staged(shard) / "values"
            raise FormatError(f"{path}: cut short; remove the shard's sidecar and repeat the command.")
        return data

    def close(self) -> None:
        """Let go of the files."""
        for handle in self._handles.values():
            os.close(handle)
        self._handles.clear()


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

    def take(self, count: int) -> Int:
        """Return the numbers (count,) of the next records, counted from 0."""
        self._next += count
        return np.arange(self._next - count, self._next)

    def record(self, number: int) -> tuple[bytes, bytes]:
        """Return (picture, label) of a record."""
        if number % _MAPPED_RECORDS == 0:
            self._reader.close()
        image, label = self._reader[number]
        return image, label.encode()
