"""An atlas of small type: a glyph is drawn once for its size and its place in a px, then laid as it was.

A page's text is some hundred syllables of one face in one size, most of which stand on it more than once, and again on
the next page. Where typesetting has set them on its grid (:data:`~synthgen.typeset.runs.PER_PX`) they need not be drawn
anew: their pictures are kept column by column of px, and a line of text is such columns side by side. What is kept is a
function of the glyph, its size and its place in a px alone, so no picture depends on what was drawn before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import cv2
import numpy as np
import numpy.typing as npt
import uharfbuzz as hb

from synthgen.typeset.face import Face
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.runs import MOST_GRID_PX, PER_PX

Float = npt.NDArray[np.float64]
Int = npt.NDArray[np.int32]
Index = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Picture = npt.NDArray[np.uint8]

S = TypeVar("S", bound=np.generic)

# What a thread keeps takes so many bytes; then the sizes that were asked for longest ago are forgotten. One of a size
# that takes so many is begun anew.
MOST_BYTES = 96_000_000
MOST_BYTES_OF_SIZE = 32_000_000
# A size has room for a little more from the beginning: memory that is not touched costs nothing, and tables that grow
# leave holes in it.
_ROOM_BYTES = 36_000_000
# What a kept glyph takes beside its px.
_ENTRY_BYTES = 200
# The rows of px that are kept, above and below the baseline, in em: all Hangul and nearly all print lies in them.
ABOVE_EM, BELOW_EM = 0.9, 0.25
# Fewer glyphs are drawn as fast as they are looked up.
_FEW = 32
# A glyph is not in line with the one before where more blank columns lie between them.
_FAR_PX = 64
_FIRST_GLYPHS = 1024
# A glyph's key holds its face's number, its own, its em's width and its place in a px.
_GLYPH_BITS, _SIDES = 16, MOST_GRID_PX + 1


class Lettering(NamedTuple):
    """Glyphs on a picture: ``face``, ``glyph`` int32 (G,); ``linear`` (G, 4) em to px, y down; ``origin`` (G, 2) px."""

    face: Int
    glyph: Int
    linear: Float
    origin: Float

    def where(self, chosen: Mask | Index) -> Lettering:
        """Return some of the glyphs."""
        return Lettering(self.face[chosen], self.glyph[chosen], self.linear[chosen], self.origin[chosen])


class _Size:
    """The glyphs of one height that are kept: their columns of px, uint8 (columns, rows), of which the first is blank.

    ``numbers`` tells by its key which row of ``spans`` is a glyph's: its first column, how many it has, and how far
    from its pen's px they begin. A glyph that reaches beyond the rows has -1.
    """

    def __init__(self, high_px: int) -> None:
        self.above = int(ABOVE_EM * high_px) + 1
        self.rows = self.above + int(BELOW_EM * high_px) + 1
        self.columns = np.zeros((_ROOM_BYTES // self.rows, self.rows), dtype=np.uint8)
        self.spans = np.zeros((_FIRST_GLYPHS, 3), dtype=np.int64)
        self.numbers: dict[int, int] = {}
        self._used, self._count = 1, 0

    @property
    def size_bytes(self) -> int:
        """About how much memory it takes."""
        return self._used * self.rows + _ENTRY_BYTES * len(self.numbers)

    def keep(self, key: int, drawn: Picture, left: int) -> None:
        """Keep a glyph's px (rows, columns), which begin ``left`` px from its pen's px."""
        first, count = self._used, drawn.shape[1]
        self.columns = _with_room(self.columns, first + count)
        self.spans = _with_room(self.spans, self._count + 1)
        self.columns[first : first + count] = drawn.T
        self.spans[self._count] = first, count, left
        self.numbers[key] = self._count
        self._used, self._count = first + count, self._count + 1


def _with_room(table: npt.NDArray[S], count: int) -> npt.NDArray[S]:
    """Return a table that has at least so many rows."""
    if count <= len(table):
        return table
    larger = np.zeros((max(count, 2 * len(table)), *table.shape[1:]), dtype=table.dtype)
    larger[: len(table)] = table
    return larger


class Kept(NamedTuple):
    """Glyphs of one height (N,) that need not be drawn: their ``spans`` (N, 3) in ``size``, and their pens' px (N,)."""

    size: _Size
    spans: Index
    pen_x: Index
    pen_y: Index

    def lay(self, covered: Picture) -> None:
        """Cover a picture (H, W) with them, in place."""
        first, count, left = self.spans.T
        x0, y = self.pen_x + left, self.pen_y
        x1 = x0 + count
        # Glyphs that follow one another along a line are one strip of columns, blank ones between them.
        begins = np.ones(len(x0), dtype=np.bool_)
        begins[1:] = (y[1:] != y[:-1]) | (x0[1:] < x1[:-1]) | (x0[1:] > x1[:-1] + _FAR_PX)
        starts = begins.nonzero()[0]
        begin_x = x0[starts]
        lengths = x1[np.append(starts[1:] - 1, len(x0) - 1)] - begin_x
        ends = lengths.cumsum()
        to_strips = (ends - lengths - begin_x)[begins.cumsum() - 1]
        order = np.arange(int(count.sum())) - np.repeat(count.cumsum() - count, count)
        columns = np.zeros(int(ends[-1]), dtype=np.int64)
        columns[np.repeat(x0 + to_strips, count) + order] = np.repeat(first, count) + order
        strips = cv2.transpose(self.size.columns.take(columns, axis=0))
        height, width = covered.shape
        rows, tops = self.size.rows, (y[starts] - self.size.above).tolist()
        for x, top, end, length in zip(begin_x.tolist(), tops, ends.tolist(), lengths.tolist(), strict=True):
            x_from, x_to = max(x, 0), min(x + length, width)
            y_from, y_to = max(top, 0), min(top + rows, height)
            if x_from < x_to and y_from < y_to:
                part, at = covered[y_from:y_to, x_from:x_to], end - length - x
                cv2.add(part, strips[y_from - top : y_to - top, at + x_from : at + x_to], dst=part)


class Atlas:
    """The glyphs that a thread keeps."""

    def __init__(self) -> None:
        self._draw = hb.RasterDraw()
        self._faces: dict[Face, int] = {}
        self._sizes: dict[int, _Size] = {}

    @property
    def sizes_px(self) -> list[int]:
        """The heights of what is kept, that which was asked for last at the end."""
        return [*self._sizes]

    @property
    def size_bytes(self) -> int:
        """About how much memory all that is kept takes."""
        return sum(size.size_bytes for size in self._sizes.values())

    def kept(self, letters: Lettering, faces: FaceSet) -> tuple[list[Kept], Lettering]:
        """Return those of G glyphs that stand on the grid, and those that are left to be drawn."""
        if len(letters.face) < _FEW:
            return [], letters
        (wide, high, x, y), at = _on_grid(letters)
        if len(at) < _FEW:
            return [], letters
        pen_x, pen_y = x // PER_PX, y // PER_PX
        ids = np.array([self._faces.setdefault(face, len(self._faces)) for face in faces.faces])
        keys = (ids[letters.face[at]] << _GLYPH_BITS) + letters.glyph[at]
        for part, count in ((wide, _SIDES), (x - PER_PX * pen_x, PER_PX), (y - PER_PX * pen_y, PER_PX)):
            keys = keys * count + part
        left = np.ones(len(letters.face), dtype=np.bool_)
        left[at] = False
        found = []
        for height in sorted({*high.tolist()}):
            of = (high == height).nonzero()[0]
            size = self._size(height)
            numbers = self._numbers(size, keys[of], letters, at[of], faces)
            if numbers.min() < 0:
                left[at[of[numbers < 0]]] = True
                of, numbers = of[numbers >= 0], numbers[numbers >= 0]
            if len(of):
                found.append(Kept(size, size.spans[numbers], pen_x[of], pen_y[of]))
        return found, letters.where(left)

    def _size(self, height: int) -> _Size:
        """Return what is kept of a height, px, as that which was asked for last; others may be forgotten for it."""
        size = self._sizes.pop(height, None)
        if size is None or size.size_bytes > MOST_BYTES_OF_SIZE:
            size = _Size(height)
        while self._sizes and self.size_bytes + size.size_bytes > MOST_BYTES:
            del self._sizes[next(iter(self._sizes))]
        self._sizes[height] = size
        return size

    def _numbers(self, size: _Size, keys: Index, letters: Lettering, at: Index, faces: FaceSet) -> Index:
        """Return the rows (N,) of ``size.spans`` of the glyphs ``at`` (N,), drawn now where they are not yet kept."""
        numbers = size.numbers
        found = list(map(numbers.get, keys.tolist()))
        if None in found:
            missing = np.array([number is None for number in found]).nonzero()[0]
            missing = missing[np.sort(np.unique(keys[missing], return_index=True)[1])]
            self._keep(size, keys[missing].tolist(), letters.where(at[missing]), faces)
            found = list(map(numbers.get, keys.tolist()))
        return np.array(found, dtype=np.int64)

    def _keep(self, size: _Size, keys: Sequence[int], letters: Lettering, faces: FaceSet) -> None:
        """Draw glyphs of one height, none twice, and keep them."""
        face, glyph, linear, origin = letters
        places = origin - np.floor(origin)
        boxes = faces.bounds_em(face, glyph).reshape(-1, 2, 2) * linear[:, None, ::3] + places[:, None]
        spans = np.concatenate([np.floor(boxes[:, 0]), np.ceil(boxes[:, 1])], axis=1).astype(np.int64)
        scales = linear[:, ::3] / faces.upem[face, None]
        draw, fonts, below = self._draw, faces.fonts, size.rows - size.above
        for key, its_face, its_glyph, (x0, y0, x1, y1), (wide, high), (x, y) in zip(
            keys, face.tolist(), glyph.tolist(), spans.tolist(), scales.tolist(), places.tolist(), strict=True
        ):
            if y0 < -size.above or y1 > below:
                size.numbers[key] = -1
                continue
            # Whatever was not rendered because of an error before.
            draw.clear()
            # HarfBuzz counts y up from the lowest row and stores rows from the bottom.
            draw.extents = hb.RasterExtents(x0, 0, max(x1 - x0, 1), size.rows, 0)
            draw.transform = (wide, 0.0, 0.0, high, x, below - y)
            draw.draw_glyph(fonts[its_face], its_glyph)
            image = draw.render()
            if image is None:
                drawn = np.zeros((size.rows, 0), dtype=np.uint8)
            else:
                drawn = np.frombuffer(image.buffer, dtype=np.uint8).reshape(size.rows, -1)[::-1, : x1 - x0]
            size.keep(key, drawn, x0)


def _on_grid(letters: Lettering) -> tuple[Index, Index]:
    """Return of the glyphs that stand on the grid the em's width and height in px and the pens in its steps (4, N).

    Also which they are (N,).
    """
    numbers = np.concatenate([letters.linear[:, ::3], PER_PX * letters.origin], axis=1).T
    whole = np.rint(numbers)
    mine = (whole == numbers).all(axis=0)
    mine &= ((whole[:2] > 0) & (whole[:2] < _SIDES)).all(axis=0)
    mine &= ~letters.linear[:, 1:3].any(axis=1)
    at = mine.nonzero()[0]
    return whole[:, at].astype(np.int64), at
