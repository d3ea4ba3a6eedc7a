"""An atlas of small type: a glyph is drawn once for its size and its place in a px, then laid as it was.

A page's text is some hundred syllables of one face in one size, most of which stand on it more than once, and again on
the next page. Where typesetting has set them on its grid (:data:`~synthgen.typeset.runs.PER_PX`) they need not be drawn
anew: their pictures are kept column by column of px, and a line of text is such columns side by side. What is kept is a
function of the glyph, its size and its place in a px alone, so no picture depends on what was drawn before it.
"""

from __future__ import annotations

import mmap
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

# What a thread keeps takes so many bytes; then the ems that were asked for longest ago are forgotten. One that takes so
# many is begun anew.
MOST_BYTES = 96_000_000
MOST_BYTES_OF_EM = 8_000_000
# What a page may add to an em before it is looked at again; more is made room for.
_PAGE_BYTES = 1_000_000
# Memory that a forked process does not share with its parent; where there is no forking, none is shared.
_PRIVATE = {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS} if hasattr(mmap, "MAP_PRIVATE") else {}
# The rows of px that are kept, above and below the baseline, in em: all Hangul and nearly all print lies in them.
ABOVE_EM, BELOW_EM = 0.9, 0.25
# Fewer glyphs are drawn as fast as they are looked up.
_FEW = 32
# A glyph is not in line with the one before where more blank columns lie between them.
_FAR_PX = 64
_SIDES, _PLACES = MOST_GRID_PX + 1, PER_PX * PER_PX
_FIRST_GLYPHS = 1024
# Fonts number their glyphs by 16 bits.
_GLYPHS, _FIRST_FACES = 1 << 16, 16


class Lettering(NamedTuple):
    """Glyphs on a picture: ``face``, ``glyph`` int32 (G,); ``linear`` (G, 4) em to px, y down; ``origin`` (G, 2) px."""

    face: Int
    glyph: Int
    linear: Float
    origin: Float

    def where(self, chosen: Mask | Index) -> Lettering:
        """Return some of the glyphs."""
        return Lettering(self.face[chosen], self.glyph[chosen], self.linear[chosen], self.origin[chosen])


class _Em:
    """The glyphs of one em, so many px wide and high, that are kept.

    ``columns`` are their columns of px, uint8 (columns, rows), of which the first is blank. ``numbers`` tells, by a
    glyph's number in the atlas and its place in a px, which of ``spans`` (K, 3) is its: its first column, how many it
    has, and how far from its pen's px they begin. Number 0 is of those not known yet; a glyph that reaches beyond the
    rows has -1 columns.
    """

    def __init__(self, high_px: int) -> None:
        self.above = int(ABOVE_EM * high_px) + 1
        self.rows = self.above + int(BELOW_EM * high_px) + 1
        # Memory of its own, which costs nothing before it is touched and is given back as one: tables that grow among
        # others leave holes.
        room = mmap.mmap(-1, MOST_BYTES_OF_EM + _PAGE_BYTES, **_PRIVATE)
        count = len(room) // self.rows
        self.columns = np.frombuffer(room, dtype=np.uint8, count=count * self.rows).reshape(count, self.rows)
        self.numbers = np.zeros(_PLACES * _FIRST_GLYPHS, dtype=np.int32)
        self.spans = np.zeros((_FIRST_GLYPHS, 3), dtype=np.int64)
        self._used = self._count = 1

    @property
    def size_bytes(self) -> int:
        """How much memory it takes."""
        return self._used * self.rows + self.numbers.nbytes + self.spans.nbytes

    def numbers_of(self, places: Index) -> Int:
        """Return the numbers (N,) of glyphs by four times their number in the atlas and their place in a px."""
        self.numbers = _with_room(self.numbers, int(places.max()) + 1)
        return self.numbers[places]

    def keep(self, places: Index, drawn: Sequence[Picture | None], left: Index) -> None:
        """Keep glyphs (N,): their px (rows, columns) from ``left`` of their pens' px on, None for what is not kept."""
        counts = np.array([-1 if one is None else one.shape[1] for one in drawn])
        ends = self._used + np.maximum(counts, 0).cumsum()
        self.columns = _with_room(self.columns, int(ends[-1]))
        for one, end in zip(drawn, ends.tolist(), strict=True):
            if one is not None:
                self.columns[end - one.shape[1] : end] = one.T
        first, stop = self._count, self._count + len(places)
        self.spans = _with_room(self.spans, stop)
        self.spans[first:stop] = np.stack([ends - np.maximum(counts, 0), counts, left], axis=1)
        self.numbers[places] = np.arange(first, stop)
        self._used, self._count = int(ends[-1]), stop


def _with_room(table: npt.NDArray[S], count: int) -> npt.NDArray[S]:
    """Return a table that has at least so many rows, new ones zero."""
    if count <= len(table):
        return table
    larger = np.zeros((max(count, 2 * len(table)), *table.shape[1:]), dtype=table.dtype)
    larger[: len(table)] = table
    return larger


class Kept(NamedTuple):
    """Glyphs of one em (N,) that need not be drawn: their ``spans`` (N, 3) in ``em``, and their pens' px (N,)."""

    em: _Em
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
        strips = cv2.transpose(self.em.columns.take(columns, axis=0))
        height, width = covered.shape
        rows, tops = self.em.rows, (y[starts] - self.em.above).tolist()
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
        # By face and glyph: its number in the order in which glyphs were met, 0 for those that were not.
        self._numbers = np.zeros((_FIRST_FACES, _GLYPHS), dtype=np.int32)
        self._met = 0
        self._ems: dict[int, _Em] = {}

    @property
    def ems_px(self) -> list[tuple[int, int]]:
        """The width and height of what is kept, that which was asked for last at the end."""
        return [divmod(number, _SIDES) for number in self._ems]

    @property
    def size_bytes(self) -> int:
        """How much memory all that is kept takes."""
        return sum(em.size_bytes for em in self._ems.values())

    def kept(self, letters: Lettering, faces: FaceSet) -> tuple[list[Kept], Lettering]:
        """Return those of G glyphs that stand on the grid, and those that are left to be drawn."""
        if len(letters.face) < _FEW:
            return [], letters
        (wide, high, x, y), at = _on_grid(letters)
        if len(at) < _FEW:
            return [], letters
        pen_x, pen_y = x // PER_PX, y // PER_PX
        places = _PLACES * self._numbered(letters, at, faces) + PER_PX * (x - PER_PX * pen_x) + (y - PER_PX * pen_y)
        left = np.ones(len(letters.face), dtype=np.bool_)
        left[at] = False
        found, ems = [], wide * _SIDES + high
        for number in sorted({*ems.tolist()}):
            of = (ems == number).nonzero()[0]
            em = self._em(number)
            spans = self._spans(em, places[of], letters, at[of], faces)
            if spans[:, 1].min() < 0:
                whole = spans[:, 1] >= 0
                left[at[of[~whole]]] = True
                of, spans = of[whole], spans[whole]
            if len(of):
                found.append(Kept(em, spans, pen_x[of], pen_y[of]))
        return found, letters.where(left)

    def _numbered(self, letters: Lettering, at: Index, faces: FaceSet) -> Index:
        """Return the numbers (N,) of the glyphs ``at`` (N,), those met for the first time among them."""
        of = np.array([self._faces.setdefault(face, len(self._faces)) for face in faces.faces])
        self._numbers = _with_room(self._numbers, len(self._faces))
        glyphs = of[letters.face[at]] * _GLYPHS + letters.glyph[at]
        by_glyph = self._numbers.reshape(-1)
        numbers = by_glyph[glyphs]
        if not numbers.all():
            new = np.unique(glyphs[numbers == 0])
            by_glyph[new] = np.arange(self._met + 1, self._met + 1 + len(new))
            self._met += len(new)
            numbers = by_glyph[glyphs]
        return numbers.astype(np.int64)

    def _em(self, number: int) -> _Em:
        """Return what is kept of an em as that which was asked for last; others may be forgotten for it."""
        em = self._ems.pop(number, None)
        if em is None or em.size_bytes > MOST_BYTES_OF_EM:
            em = _Em(number % _SIDES)
        while self._ems and self.size_bytes + em.size_bytes > MOST_BYTES:
            del self._ems[next(iter(self._ems))]
        self._ems[number] = em
        return em

    def _spans(self, em: _Em, places: Index, letters: Lettering, at: Index, faces: FaceSet) -> Index:
        """Return the spans (N, 3) of the glyphs ``at`` (N,), drawn now where they are not yet kept."""
        numbers = em.numbers_of(places)
        if not numbers.all():
            missing = (numbers == 0).nonzero()[0]
            new, first = np.unique(places[missing], return_index=True)
            self._keep(em, new, letters.where(at[missing[first]]), faces)
            numbers = em.numbers_of(places)
        return em.spans[numbers]

    def _keep(self, em: _Em, places: Index, letters: Lettering, faces: FaceSet) -> None:
        """Draw glyphs of one em, none twice, and keep them."""
        face, glyph, linear, origin = letters
        pens = origin - np.floor(origin)
        boxes = faces.bounds_em(face, glyph).reshape(-1, 2, 2) * linear[:, None, ::3] + pens[:, None]
        x0, y0 = np.floor(boxes[:, 0]).astype(np.int64).T
        x1, y1 = np.ceil(boxes[:, 1]).astype(np.int64).T
        below = em.rows - em.above
        within = (y0 >= -em.above) & (y1 <= below)
        scales = linear[:, ::3] / faces.upem[face, None]
        drawn = [
            self._drawn(faces.fonts[of], number, (wide, 0.0, 0.0, high, x, below - y), (first, end), em.rows)
            if fits
            else None
            for of, number, (wide, high), (x, y), first, end, fits in zip(
                face.tolist(), glyph.tolist(), scales.tolist(), pens.tolist(), x0.tolist(), x1.tolist(),
                within.tolist(), strict=True,
            )
        ]  # fmt: skip
        em.keep(places, drawn, x0)

    def _drawn(
        self, font: hb.Font, glyph: int, transform: tuple[float, ...], span: tuple[int, int], rows: int
    ) -> Picture:
        """Return the px (rows, columns) of a glyph that has its ink in the columns [first, end) of a ``span``."""
        first, end = span
        draw = self._draw
        # Whatever was not rendered because of an error before.
        draw.clear()
        # HarfBuzz counts y up from the lowest row and stores rows from the bottom.
        draw.extents = hb.RasterExtents(first, 0, max(end - first, 1), rows, 0)
        draw.transform = transform
        draw.draw_glyph(font, glyph)
        image = draw.render()
        if image is None:
            return np.zeros((rows, 0), dtype=np.uint8)
        return np.frombuffer(image.buffer, dtype=np.uint8).reshape(rows, -1)[::-1, : end - first]


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
