"""The coverage of ink: glyph outlines and rules drawn on the sheet, unhinted, by exact area.

HarfBuzz's rasteriser gives each pixel the share of it that the outline covers, at any place and through any affine
map, so a glyph's ink is where its quad says to a fraction of a grey level.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import uharfbuzz as hb

from synthgen.typeset.faces import FaceSet
from synthgen.typeset.layout import Glyphs

Float = npt.NDArray[np.float64]
Picture = npt.NDArray[np.uint8]

# Signs of a matrix's entries when y points up instead of down, and the entries by columns.
_UP = np.array([1.0, -1.0, -1.0, 1.0])
_IN_COLUMNS = np.array([0, 2, 1, 3])


def coverage(
    glyphs: Glyphs, rules: Float, faces: FaceSet, size: tuple[int, int], corner: tuple[int, int] = (0, 0)
) -> Picture:
    """Return the inked share of each sheet pixel, uint8 (height, width), 255 where wholly inked.

    Overlapping glyphs unite; ``rules`` (R, 4) are boxes x0, y0, x1, y1. The picture shows the part of the sheet of
    ``size`` (width, height) whose top-left is ``corner``; what lies off it is not drawn.
    """
    width, height = size
    draw = hb.RasterDraw()
    # HarfBuzz counts y up from the sheet's lower edge and stores rows from the bottom.
    draw.extents = hb.RasterExtents(0, 0, width, height, 0)
    # ``linear`` maps (x, y down) to (x, y down); fonts and the rasteriser both have y up, so the mixed terms change
    # sign.
    transforms = np.empty((len(glyphs), 6))
    linear = glyphs.linear.reshape(-1, 4) * (_UP / faces.upem[glyphs.face, None])
    transforms[:, :4] = linear[:, _IN_COLUMNS]
    transforms[:, 4] = glyphs.origin[:, 0] - corner[0]
    transforms[:, 5] = height + corner[1] - glyphs.origin[:, 1]
    fonts, draw_glyph = faces.fonts, draw.draw_glyph
    for face, glyph, transform in zip(
        glyphs.face.tolist(), glyphs.glyph.tolist(), transforms.tolist(), strict=True
    ):
        draw.transform = transform
        draw_glyph(fonts[face], glyph)
    image = draw.render()
    if image is None:
        covered = np.zeros((height, width), dtype=np.uint8)
    else:
        stride = image.extents.stride
        covered = np.frombuffer(image.buffer, dtype=np.uint8).reshape(height, stride)[::-1, :width].copy()
    if len(rules):
        for x0, y0, x1, y1 in (rules - (*corner, *corner)).tolist():
            _cover_box(covered, x0, y0, x1, y1)
    return covered


def _cover_box(covered: Picture, x0: float, y0: float, x1: float, y1: float) -> None:
    """Cover a box by exact area, in place."""
    height, width = covered.shape
    left, right = max(math.floor(x0), 0), min(math.ceil(x1), width)
    top, bottom = max(math.floor(y0), 0), min(math.ceil(y1), height)
    if left >= right or top >= bottom:
        return
    xs, ys = np.arange(left, right), np.arange(top, bottom)
    across = np.clip(np.minimum(xs + 1, x1) - np.maximum(xs, x0), 0, 1)
    down = np.clip(np.minimum(ys + 1, y1) - np.maximum(ys, y0), 0, 1)
    part = covered[top:bottom, left:right]
    # Only the rim is covered in part.
    part[1:-1, 1:-1] = 255
    for row in {0, len(ys) - 1}:
        np.maximum(part[row], np.rint(255 * down[row] * across).astype(np.uint8), out=part[row])
    for column in {0, len(xs) - 1}:
        np.maximum(part[:, column], np.rint(255 * down * across[column]).astype(np.uint8), out=part[:, column])
