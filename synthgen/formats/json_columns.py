"""Columns of texts and numbers as compact JSON, in bytes: what a scene's line of metadata is made of.

Numbers are looked up all at once, in cells of fixed width from which the empty bytes are then taken out: the shortest
text of a float costs ten times as much, and a page has ten thousand of them. All is bytes from the first, because a
page's hundred thousand digits would be widened to the Hangul beside them and narrowed again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Float = npt.NDArray[np.float64]

# Numbers whose whole part is below this are written from a table.
_TABLE = 8192

# The places of rows of eight numbers.
_EVERY_QUAD = slice(0, None, 8)

# So few whole numbers are printed faster than they are looked up.
_FEW = 128

_encoder = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def json_value(value: Any) -> bytes:
    """Return plain values as JSON; ValueError when a number is not finite."""
    return _encoder.encode(value).encode()


def json_object(**parts: bytes) -> bytes:
    """Return a JSON object from the JSON of its values."""
    return b"{" + b",".join([_key(name) + value for name, value in parts.items()]) + b"}"


@cache
def _key(name: str) -> bytes:
    """Return what stands before a value of an object; names are few."""
    return b'"%s":' % name.encode()


def json_texts(texts: tuple[str, ...]) -> bytes:
    """Return texts as a JSON list."""
    joined = "".join(texts)
    # Most pages hold nothing that JSON must escape.
    if not texts or '"' in joined or "\\" in joined or not joined.isprintable():
        return json_value(texts)
    return ('["' + '","'.join(texts) + '"]').encode()


def json_ids(columns: Sequence[npt.NDArray[np.int32]]) -> list[bytes]:
    """Return columns of whole numbers, int32 (N,) each, as JSON lists."""
    if sum(map(len, columns)) <= _FEW:
        return [str(column.tolist()).replace(" ", "").encode() for column in columns]
    numbers = np.concatenate(columns)
    if not (numbers.min() >= 0 and numbers.max() < _TABLE):
        return [json_value(column.tolist()) for column in columns]
    kind = np.zeros(len(numbers), np.intp)
    at = 0
    for column in columns:
        if len(column):
            kind[at] = _GROUP
        at += len(column)
    before, whole, _ = _pieces()
    cells = np.empty((len(numbers), 2), np.uint32)
    cells[:, 0] = before.take(kind)
    cells[:, 1] = whole.take(numbers)
    texts = iter(cells.tobytes().translate(None, b"\0").split(b"\n")[1:])
    return [b"[%s]" % next(texts) if len(column) else b"[]" for column in columns]


def json_shares(shares: npt.NDArray[np.float32]) -> bytes:
    """Return shares float32 (N,) as a JSON list, to 1/1000."""
    # Nearly all characters are wholly visible.
    if len(shares) and (shares == 1).all():
        return b"[" + b"1.0," * (len(shares) - 1) + b"1.0]"
    return json_value(np.round(shares.astype(np.float64), 3).tolist())


def json_flags(flags: npt.NDArray[np.bool_]) -> bytes:
    """Return flags (N,) as a JSON list."""
    # Nearly all are False.
    if len(flags) and not flags.any():
        return b"[" + b"false," * (len(flags) - 1) + b"false]"
    return json_value(flags.tolist())


class Rows(NamedTuple):
    """Numbers float64 (N,) px and the places at which their rows begin."""

    numbers: Float
    starts: slice | npt.NDArray[np.intp]

    def json(self) -> bytes:
        """Return the rows as JSON to 1/1000 px; ValueError when a number is not finite."""
        starts = np.arange(len(self.numbers))[self.starts]
        rows = np.split(np.round(self.numbers, 3) + 0.0, starts[1:]) if len(starts) else []
        return json_value([row.tolist() for row in rows])


def quad_rows(quads: Float) -> Rows:
    """Return quads (N, 4, 2) as rows of eight numbers."""
    return Rows(quads.reshape(-1), _EVERY_QUAD)


def polygon_rows(polygons: Sequence[Float]) -> Rows:
    """Return polygons (K, 2), one at least, as a row each."""
    sizes = np.array([polygon.size for polygon in polygons])
    return Rows(np.concatenate([polygon.ravel() for polygon in polygons]), np.cumsum(sizes) - sizes)


# What precedes a number, by its place in the table of such texts; one further on it is the same with a minus.
_ROW, _GROUP = 2, 4
_BEFORE = (",", ",-", "],[", "],[-", "\n", "\n-")


@cache
def _pieces() -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """Return the texts of :data:`_BEFORE`, of whole parts and of thousandths: four bytes each, filled up with zeros."""
    whole = [str(i) for i in range(_TABLE)]
    fraction = [f".{i:03d}".rstrip("0").ljust(2, "0") for i in range(1000)]
    return _cells(_BEFORE), _cells(whole), _cells(fraction)


def _cells(texts: Sequence[str]) -> npt.NDArray[np.uint32]:
    return np.frombuffer(b"".join(text.encode().ljust(4, b"\0") for text in texts), np.uint32)


def json_rows(groups: Sequence[Rows]) -> list[bytes]:
    """Return each group as a JSON list of rows of numbers to 1/1000 px; ValueError when one is not finite."""
    filled = [group for group in groups if len(group.numbers)]
    if not filled:
        return [b"[]"] * len(groups)
    thousandths = np.concatenate([group.numbers for group in filled])
    thousandths *= 1000
    np.rint(thousandths, out=thousandths)
    size = np.abs(thousandths)
    if not size.max() < _TABLE * 1000:
        return [group.json() for group in groups]
    kind = (thousandths < 0).astype(np.intp)
    at = 0
    for group in filled:
        of = kind[at : at + len(group.numbers)]
        of[group.starts] += _ROW
        of[0] += _GROUP - _ROW
        at += len(of)
    number = size.astype(np.int32)
    whole = number // 1000
    before_cells, whole_cells, fraction_cells = _pieces()
    cells = np.empty((len(number), 3), np.uint32)
    cells[:, 0] = before_cells.take(kind)
    cells[:, 1] = whole_cells.take(whole)
    cells[:, 2] = fraction_cells.take(number - 1000 * whole)
    texts = iter(cells.tobytes().translate(None, b"\0").split(b"\n")[1:])
    return [b"[[%s]]" % next(texts) if len(group.numbers) else b"[]" for group in groups]
