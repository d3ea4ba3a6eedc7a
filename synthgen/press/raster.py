"""The coverage of ink: glyph outlines and rules drawn on the sheet, unhinted, by exact area.

HarfBuzz's rasteriser gives each pixel the share of it that the outline covers, at any place and through any affine
map, so a glyph's ink is where its quad says to a fraction of a grey level.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import uharfbuzz as hb

from synthgen.press.atlas import Atlas, Lettering
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.layout import Glyphs

Float = npt.NDArray[np.float64]
Int = npt.NDArray[np.int32]
Picture = npt.NDArray[np.uint8]

# Signs of a matrix's entries when y points up instead of down, and the entries by columns.
_UP = np.array([1.0, -1.0, -1.0, 1.0])
_IN_COLUMNS = np.array([0, 2, 1, 3])
# A glyph's face, its number there, and the affine map that takes it to the rasteriser's px.
_Drawn = tuple[int, int, list[float]]
# Many boxes of few px, dots and dashes, are covered all at once.
_MANY = 8
_FEW_PX = 64


class _OfThread(threading.local):
    """A thread's own rasteriser, which between two sheets holds nothing but memory for its rows, and its own atlas."""

    def __init__(self) -> None:
        self.draw = hb.RasterDraw()
        self.atlas = Atlas()


OF_THREAD = _OfThread()


class Columns(NamedTuple):
    """Parts of a picture side by side, whose glyphs have no ink in other parts.

    ``lefts`` (C,) their left edges, rising from 0, px; ``of`` int (N,) the part that each character stands in.
    """

    lefts: Sequence[int]
    of: Int


def coverage(
    glyphs: Glyphs,
    rules: Float,
    faces: FaceSet,
    size: tuple[int, int],
    corner: tuple[int, int] = (0, 0),
    columns: Columns | None = None,
) -> Picture:
    """Return the inked share of each sheet pixel, uint8 (height, width), 255 where wholly inked.

    Overlapping glyphs unite; ``rules`` (R, 4) are boxes x0, y0, x1, y1. The picture shows the part of the sheet of
    ``size`` (width, height) whose top-left is ``corner``; what lies off it is not drawn. Where text stands in
    ``columns`` far apart, each drawn alone is the same in half the time.
    """
    if len(glyphs):
        covered = _glyphs_drawn(glyphs, faces, size, corner, columns)
    else:
        covered = np.zeros(size[::-1], dtype=np.uint8)
    if len(rules):
        boxes = rules - (*corner, *corner)
        if len(boxes) >= _MANY:
            boxes = _small_covered(covered, boxes)
        for x0, y0, x1, y1 in boxes.tolist():
            _cover_box(covered, x0, y0, x1, y1)
    return covered


def _glyphs_drawn(
    glyphs: Glyphs, faces: FaceSet, size: tuple[int, int], corner: tuple[int, int], columns: Columns | None
) -> Picture:
    """Return the coverage of some glyphs, at least one."""
    width, height = size
    face, glyph, char = glyphs.face, glyphs.glyph, glyphs.char
    linear, origin = glyphs.linear.reshape(-1, 4), glyphs.origin - corner
    if origin.min() < 0 or (origin > size).any():
        # Of a page that the picture cuts some glyphs lie wholly off it; a px is more than drawing rounds.
        reach = (faces.reach_em[face] * np.abs(linear).sum(axis=1) + 1)[:, None]
        seen = ((origin >= -reach) & (origin <= size + reach)).all(axis=1)
        face, glyph, char, linear, origin = face[seen], glyph[seen], char[seen], linear[seen], origin[seen]
    letters = Lettering(face, glyph, linear, origin)
    if columns is None:
        kept, left = OF_THREAD.atlas.kept(letters, faces)
        covered = _rendered(_drawn(left, faces, height), faces, (0, width), height).copy()
        for standing in kept:
            standing.lay(covered)
        return covered
    drawn = _drawn(letters, faces, height)
    apart: list[list[_Drawn]] = [[] for _ in columns.lefts]
    for number, one in zip(columns.of[char].tolist(), drawn, strict=True):
        apart[number].append(one)
    covered = np.empty((height, width), dtype=np.uint8)
    # A row is swept from its first ink to its last: between columns there is nothing to be found.
    for mine, x0, x1 in zip(apart, columns.lefts, (*columns.lefts[1:], width), strict=True):
        covered[:, x0:x1] = _rendered(mine, faces, (x0, x1), height)
    return covered


def _drawn(letters: Lettering, faces: FaceSet, height: int) -> Iterator[_Drawn]:
    """Return glyphs as they are drawn on a picture that is so many px high."""
    face, glyph, linear, origin = letters
    # ``linear`` maps (x, y down) to (x, y down); fonts and the rasteriser both have y up, so the mixed terms change
    # sign.
    transforms = np.empty((len(face), 6))
    transforms[:, :4] = (linear * (_UP / faces.upem[face, None]))[:, _IN_COLUMNS]
    transforms[:, 4] = origin[:, 0]
    transforms[:, 5] = height - origin[:, 1]
    return zip(face.tolist(), glyph.tolist(), transforms.tolist(), strict=True)


def _rendered(drawn: Iterable[_Drawn], faces: FaceSet, span: tuple[int, int], height: int) -> Picture:
    """Return the coverage of glyphs by the columns of px [x0, x1) that ``span`` tells, as a view of its own memory."""
    x0, x1 = span
    draw = OF_THREAD.draw
    # Whatever was not rendered because of an error before.
    draw.clear()
    # HarfBuzz counts y up from the sheet's lower edge and stores rows from the bottom.
    draw.extents = hb.RasterExtents(x0, 0, x1 - x0, height, 0)
    fonts, draw_glyph = faces.fonts, draw.draw_glyph
    for face, glyph, transform in drawn:
        draw.transform = transform
        draw_glyph(fonts[face], glyph)
    image = draw.render()
    if image is None:
        return np.zeros((height, x1 - x0), dtype=np.uint8)
    stride = image.extents.stride
    return np.frombuffer(image.buffer, dtype=np.uint8).reshape(height, stride)[::-1, : x1 - x0]


def _small_covered(covered: Picture, boxes: Float) -> Float:
    """Cover those boxes (R, 4) that hold few px each by exact area, in place, and return the others."""
    height, width = covered.shape
    starts = np.clip(np.floor(boxes[:, :2]), 0, (width, height)).astype(np.intp)
    sides = np.clip(np.ceil(boxes[:, 2:]), 0, (width, height)).astype(np.intp) - starts
    n_px = sides[:, 0] * sides[:, 1]
    few = n_px <= _FEW_PX
    mine = np.flatnonzero(few & (sides > 0).all(axis=1))
    # One entry for each px of each of these boxes.
    box = np.repeat(mine, n_px[mine])
    ends = np.cumsum(n_px[mine])
    down, right = np.divmod(np.arange(len(box)) - np.repeat(ends - n_px[mine], n_px[mine]), sides[box, 0])
    x, y = starts[box, 0] + right, starts[box, 1] + down
    x0, y0, x1, y1 = boxes[box].T
    levels = 255 * _overlaps(y, y0, y1) * _overlaps(x, x0, x1)
    np.maximum.at(covered.reshape(-1), y * width + x, np.rint(levels).astype(np.uint8))
    return boxes[~few]


def _overlaps(first: npt.NDArray[np.intp], start: Float, stop: Float) -> Float:
    """Return which share of each px lies between two places."""
    shares: Float = np.maximum(np.minimum(first + 1, stop) - np.maximum(first, start), 0.0)
    return shares


def _cover_box(covered: Picture, x0: float, y0: float, x1: float, y1: float) -> None:
    """Cover a box by exact area, in place."""
    height, width = covered.shape
    left, right = max(math.floor(x0), 0), min(math.ceil(x1), width)
    top, bottom = max(math.floor(y0), 0), min(math.ceil(y1), height)
    if left >= right or top >= bottom:
        return
    part = covered[top:bottom, left:right]
    rows, columns = part.shape
    across, down = _shares(left, right, x0, x1), _shares(top, bottom, y0, y1)
    # Only the rim is covered in part.
    if rows > 2:
        part[1:-1, 1:-1] = 255
        for column in range(min(columns, 2)):
            _cover(part[1:-1, -column], round(255 * across[column]))
    for row in range(min(rows, 2)):
        line, level = part[-row], 255 * down[row]
        _cover(line[1:-1], round(level))
        for column in range(min(columns, 2)):
            line[-column] = max(int(line[-column]), round(level * across[column]))


def _shares(first: int, end: int, start: float, stop: float) -> tuple[float, float]:
    """Return which share of the first px and of the last before ``end`` lies between two places in them."""
    return (
        max(min(first + 1, stop) - max(first, start), 0.0),
        max(min(end, stop) - max(end - 1, start), 0.0),
    )


def _cover(part: Picture, level: int) -> None:
    np.maximum(part, level, out=part)
