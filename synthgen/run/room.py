"""Room on the disk: rendering stops while what is done can still be assembled, so that a full disk leaves a dataset."""

from __future__ import annotations

import shutil
from pathlib import Path

from synthgen.errors import OutputError
from synthgen.run.folder import WORD_KINDS, Folder, listing

# An LMDB against the values in it, with pages that are not full.
LMDB_FACTOR = 1.45
# Beside the records: the pages of an LMDB's first batch, the manifest and the sums.
SPARE_BYTES = 16 << 20
# Shards of one run differ; what is being written may be this much larger than the largest so far.
_LARGER = 2


class NoRoom(OutputError):  # noqa: N818 - what is so, not a fault
    """Going on would take the room that assembling what is done needs."""


def free_bytes(path: Path) -> int:
    """Return the bytes that are free on the disk of an existing folder."""
    return shutil.disk_usage(path).free


def need_bytes(word_bytes: int) -> int:
    """Return the bytes that must be free to assemble word pictures and labels of ``word_bytes`` in all."""
    return int(word_bytes * LMDB_FACTOR) + SPARE_BYTES


class Room:
    """Knows how much assembling will take, and asks the disk after each shard.

    ``finished`` holds one byte for each shard, 1 where it is done. A disk that others fill in the meantime cannot be
    foreseen: the run then ends with the system's error, and the finished shards stay.
    """

    def __init__(self, folder: Folder, finished: bytearray) -> None:
        self._folder = folder
        self._largest = 0
        kept = [folder.previous / kind for kind in WORD_KINDS]
        self._word_bytes = sum(_tree_bytes(path) for path in kept)
        # A million shards may be finished and none of them be staged: only what is there is looked at.
        for name in listing(folder.staged(0).parent):
            if name.isdecimal() and int(name) < len(finished) and finished[int(name)]:
                self._word_bytes += self._staged_bytes(int(name))

    def add(self, shard: int, size_bytes: int) -> None:
        """Count a finished shard of ``size_bytes`` in all."""
        self._word_bytes += self._staged_bytes(shard)
        self._largest = max(self._largest, size_bytes)

    def check(self, coming: int) -> None:
        """Raise NoRoom when after ``coming`` more shards what is done could not be assembled."""
        # The words of these must be assembled as well.
        shards_bytes = int(coming * _LARGER * self._largest * (1 + LMDB_FACTOR))
        need, free = need_bytes(self._word_bytes) + shards_bytes, free_bytes(self._folder.root)
        if free < need:
            raise NoRoom(
                f"{self._folder.root}: the disk is nearly full: {free / 1e6:.0f} MB are free, {need / 1e6:.0f} MB are "
                "needed to go on and to assemble; free space"
            )

    def _staged_bytes(self, shard: int) -> int:
        try:
            return (self._folder.staged(shard) / "values").stat().st_size
        except FileNotFoundError:  # without words, or held by the LMDBs of the dataset that is extended
            return 0


def _tree_bytes(path: Path) -> int:
    return sum(one.stat().st_size for one in path.rglob("*") if one.is_file())
