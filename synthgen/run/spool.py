"""Records that come with picture and label, given as an LMDB takes them: all pictures, then all labels."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import IO

# Pictures and labels of some records.
Lot = tuple[list[bytes], list[bytes]]


class Spool:
    """The pictures of some records and then their labels, which wait in a file: an LMDB has all pictures first.

    ``images`` yields the next pictures, whose labels :meth:`labels` yields later.
    """

    def __init__(self, lots: Iterator[Lot], writer: IO[bytes], reader: IO[bytes]) -> None:
        self._writer, self._reader = writer, reader
        self.images = chain.from_iterable(map(self._noted, lots))

    def _noted(self, lot: Lot) -> list[bytes]:
        images, labels = lot
        # Labels hold no line ends: that is checked when they are staged.
        self._writer.write(b"".join([label + b"\n" for label in labels]))
        return images

    def labels(self, count: int) -> Iterator[bytes]:
        """Yield the next labels."""
        self._writer.flush()
        for line in islice(self._reader, count):
            yield line[:-1]
