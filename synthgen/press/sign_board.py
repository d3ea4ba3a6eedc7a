"""The boards of signs, before a wall: what they are made of, their colours, and the shadows they throw."""

from __future__ import annotations

import math
from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

from synthgen.geometry import Picture
from synthgen.press.bank import BANK_MEAN, BANK_SD, bank, cut, in_channels, levels, look_up, stretched
from synthgen.press.colours import grey_of, neighbours_of
from synthgen.press.effects import Colour, Parameters
from synthgen.press.impression import inked_box, uncover
from synthgen.press.painters import dyed
from synthgen.randomness import Stream

Real = npt.NDArray[np.float64]
Box = tuple[slice, slice]

MATERIALS = ("vinyl", "vinyl", "acrylic", "lightbox", "metal")
_COARSE = 4
_SHADOW_MOST = 0.55
# How many scenes of several boards have them in several colours. Boards are told apart by gaps of so many px; what
# has a smaller area, in squares of that side, is none.
_MOTLEY, _MOST_BOARDS, _APART_PX, _LEAST_AREA = 0.7, 12, 8, 4
# Within this rim most boards hide all that is behind them; it pays to know where that is so many px at least.
_RIM_PX, _LEAST_CORE_PX = 8, 40_000


def hang_boards(sheet: Picture, covered: Picture, colour: Colour, stream: Stream) -> Parameters:
    """Lay boards on a sheet where it is covered, in place, their shadows under them, and return what was drawn.

    Boards are printed film, glossy acrylic, a box lit from within, or enamelled metal. The largest has the ``colour``;
    others that hang apart from it may have one on which the same letters can be read.
    """
    material, depth = stream.pick(MATERIALS), stream.uniform(0.1, 1.0)
    reach, soft = stream.uniform(0.004, 0.02), stream.uniform(0.3, 0.8)
    boxes = _boards(covered)
    edged = np.asarray(cv2.blur(covered, (3, 3), borderType=cv2.BORDER_REPLICATE), dtype=np.uint8)
    edged = edged.reshape(covered.shape)
    cores = [_core(edged, box) for box in boxes]
    _shade(sheet, covered, cores[0], reach * max(covered.shape), soft, depth)
    motley, colours = len(boxes) > 1 and stream.chance(_MOTLEY), list[list[int]]()
    # Neighbours are of few colours.
    others = [stream.pick(neighbours_of(colour)) for _ in range(2)] if motley else []
    for number, box in enumerate(boxes):
        own = stream.pick((colour, *others)) if number else colour
        _hang(sheet, edged, box, cores[number], own, material, stream)
        colours.append(list(own))
    told: Parameters = {"material": material, "shadow_depth": depth}
    return told | ({"colours": colours} if motley else {})


def _boards(covered: Picture) -> list[Box]:
    """Return the boxes of boards that hang apart, the largest first; of all together where there are very many."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(covered[::_APART_PX, ::_APART_PX]))
    if not 2 < count <= _MOST_BOARDS:
        return [inked_box(covered)]
    found = []
    for x, y, wide, high, area in sorted(stats[1:].tolist(), key=lambda one: -one[4]):
        if area < _LEAST_AREA:
            continue
        # The edge lies between two of the coarse px; between boards there is one at least.
        x0, y0 = max((x - 1) * _APART_PX + 1, 0), max((y - 1) * _APART_PX + 1, 0)
        part = covered[y0 : (y + high) * _APART_PX, x0 : (x + wide) * _APART_PX]
        rows, columns = inked_box(np.ascontiguousarray(part))
        found.append((slice(y0 + rows.start, y0 + rows.stop), slice(x0 + columns.start, x0 + columns.stop)))
    return found or [inked_box(covered)]


def _core(edged: Picture, box: Box) -> Box:
    """Return the inside of a large board's box where all of it is covered, else an empty part at the box's end."""
    rows, columns = (slice(one.start + _RIM_PX, max(one.stop - _RIM_PX, one.start + _RIM_PX)) for one in box)
    inside = edged[rows, columns]
    if inside.size >= _LEAST_CORE_PX and int(inside.min()) == 255:
        return rows, columns
    return slice(box[0].stop, box[0].stop), slice(box[1].stop, box[1].stop)


def _around(box: Box, core: Box) -> Iterator[Box]:
    """Yield the parts of a box, at most four, that lie around a core in it."""
    (rows, columns), (inner, across) = box, core
    for part in (
        (slice(rows.start, inner.start), columns),
        (slice(inner.stop, rows.stop), columns),
        (inner, slice(columns.start, across.start)),
        (inner, slice(across.stop, columns.stop)),
    ):
        if part[0].start < part[0].stop and part[1].start < part[1].stop:
            yield part


def _within(part: Box, box: Box) -> Box:
    """Return a part of a sheet as a part of the box that it lies in."""
    rows, columns = (slice(one.start - of.start, one.stop - of.start) for one, of in zip(part, box, strict=True))
    return rows, columns


def _hang(sheet: Picture, edged: Picture, box: Box, core: Box, colour: Colour, material: str, stream: Stream) -> None:
    """Lay one board on a box of the sheet, in place, as far as it is covered; its ``core`` is covered wholly."""
    high, wide = edged[box].shape
    if not high or not wide:
        return
    field, share = _material(material, (wide, high), colour, stream)
    if sheet.ndim == 2:
        board = look_up(field, levels(grey_of(colour), BANK_SD * share))
    else:
        board = dyed(field, (share,) * 3, [level - BANK_MEAN * share for level in colour])
    sheet[core] = board[_within(core, box)]
    for part in _around(box, core):
        uncover(sheet[part], edged[part], board[_within(part, box)])


def _shade(sheet: Picture, covered: Picture, hidden: Box, reach: float, soft: float, depth: float) -> None:
    """Throw the soft shadow of what will cover a sheet, ``reach`` px down and half as far to the right, in place.

    What is ``hidden`` need not be shaded.
    """
    sigma = max(reach * soft / _COARSE, 0.6)
    side = 2 * math.ceil(2.5 * sigma) + 1
    near, far = inked_box(covered), _COARSE * (side + 1) + math.ceil(reach)
    seen = [slice(max(one.start - far, 0), min(one.stop + far, n)) for one, n in zip(near, covered.shape, strict=True)]
    box = (seen[0], seen[1])
    cover = covered[box]
    if not cover.size:
        return
    size = (cover.shape[1], cover.shape[0])
    cast = np.ascontiguousarray(cover[::_COARSE, ::_COARSE])
    small = cast.shape
    cast = np.asarray(cv2.GaussianBlur(cast, (side, side), sigma), dtype=np.uint8).reshape(small)
    down, right = max(round(reach / _COARSE), 1), max(round(0.5 * reach / _COARSE), 0)
    moved = np.zeros_like(cast)
    moved[down:, right:] = cast[: max(small[0] - down, 0), : max(small[1] - right, 0)]
    kept = look_up(moved, np.rint(255 - np.arange(256) * (_SHADOW_MOST * depth)).astype(np.uint8)).reshape(small)
    mask = np.asarray(cv2.resize(kept, size), dtype=np.uint8).reshape(size[::-1])
    for part in _around(box, hidden):
        light = in_channels(mask[_within(part, box)], sheet)
        sheet[part] = np.asarray(cv2.multiply(sheet[part], light, scale=1 / 255), dtype=np.uint8).reshape(light.shape)


def _material(material: str, size: tuple[int, int], colour: Colour, stream: Stream) -> tuple[Picture, float]:
    """Return a board's light and grain (H, W) about the banks' mean, and how strongly it is seen."""
    if material == "metal":
        # Enamel is rolled on: streaks as long as the board.
        rolled = cut(bank("noise"), (max(size[0] // 64, 1), size[1]), stream)
        streaks = np.asarray(cv2.resize(rolled, size), dtype=np.uint8).reshape(size[::-1])
        return streaks, stream.uniform(0.5, 3.0) / BANK_SD
    if material == "vinyl":
        return cut(bank("grain"), size, stream), stream.uniform(0.4, 2.0) / BANK_SD
    return stretched(_light(material, colour, stream), size), 1.0


def _light(material: str, colour: Colour, stream: Stream) -> Real:
    """Return a coarse field of light about 128: a gloss from above, or tubes behind a pane."""
    y, x = np.linspace(0, 1, 24)[:, None], np.linspace(0, 1, 24)[None, :]
    most = stream.uniform(4.0, 22.0)
    if material == "lightbox":
        rows = stream.pick((1, 2, 3))
        tubes = np.cos(2 * math.pi * rows * (y - 0.5 / rows)) * stream.uniform(0.1, 0.5)
        away = (2 * x - 1) ** 4 + (2 * y - 1) ** 4
        # A pane that is nearly white has no more light to give.
        bright = min((255 - grey_of(colour)) / 60, 1.0)
        field: Real = 128 + most * (bright * (0.4 + tubes) - 1.2 * away)
        return field
    edge, lean = stream.uniform(0.25, 0.6), stream.uniform(-0.25, 0.25)
    gloss = 1 / (1 + np.exp(np.clip((y + lean * x - edge) * (30.0 if material == "acrylic" else 6.0), -30, 30)))
    sheen: Real = 128 + most * (gloss * (1 - 0.6 * y) - 0.3)
    return sheen
