"""Which of very many things are equal, found with little memory: by digests of 8 bytes, sorted in parts on disk."""

from __future__ import annotations

import hashlib
import tempfile
from array import array
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import numpy as np
import numpy.typing as npt

_PARTS = 64
_ENTRY = np.dtype([("fingerprint", "<u8"), ("place", "<i8")])


def fingerprint(*parts: bytes) -> int:
    """Return 64 bits of a digest over the parts; among 1e8 things a chance collision has odds of 1 in 4,000."""
    digest = hashlib.blake2b(digest_size=8)
    for part in parts:
        digest.update(len(part).to_bytes(8, "little"))
        digest.update(part)
    return int.from_bytes(digest.digest(), "little")


class Duplicates:
    """Collects (fingerprint, place) pairs in temporary files; a context manager."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="synthgen-verify-")
        self._paths = [Path(self._folder.name, str(part)) for part in range(_PARTS)]

    def __enter__(self) -> Duplicates:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._folder.cleanup()

    def add(self, fingerprints: array[int], places: array[int]) -> None:
        """Add as many fingerprints (``Q``) as places (``q``)."""
        entries = np.empty(len(fingerprints), _ENTRY)
        entries["fingerprint"] = np.frombuffer(fingerprints, np.uint64) if len(fingerprints) else 0
        entries["place"] = np.frombuffer(places, np.int64) if len(places) else 0
        part = entries["fingerprint"] % np.uint64(_PARTS)
        for at in np.unique(part).tolist():
            with open(self._paths[at], "ab") as file:
                file.write(entries[part == at].tobytes())

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Yield (first place, later place) of things that are equal, each later one once."""
        for path in self._paths:
            if path.exists():
                entries: npt.NDArray[np.void] = np.fromfile(path, _ENTRY)
                entries.sort(order=("fingerprint", "place"))
                prints, places = entries["fingerprint"], entries["place"]
                for at in np.flatnonzero(prints[1:] == prints[:-1]).tolist():
                    yield int(places[at]), int(places[at + 1])
