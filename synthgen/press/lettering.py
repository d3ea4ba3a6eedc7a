"""Letters among the ink: which of it they are, what is put under them, and whether they can be read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from copy import copy
from typing import Any

import numpy as np
import numpy.typing as npt

from synthgen.errors import Rejected
from synthgen.geometry import Picture

# Each of the two registers its effects as it is imported.
from synthgen.press import dress, wear
from synthgen.press.colours import grey_of
from synthgen.press.effects import DRESSES, WEARS, Colour, stroke_px
from synthgen.press.impression import Rows, inked_bands, inked_box
from synthgen.randomness import Stream

__all__ = [
    "check_level",
    "check_reverse",
    "dress",
    "letters_of",
    "lower_quartile",
    "put_under",
    "wear",
    "well_rimmed",
    "worn",
]

Float = npt.NDArray[np.float64]
Doses = Sequence[tuple[str, float]]
Told = dict[str, dict[str, Any]]

# A rim this wide and dense is what letters are read against, whatever lies beyond it.
_RIM_PX, _RIM_DOSE = 1.2, 0.4
_MOST_LINES = 6
# How far dresses reach beyond letters: in strokes, and in px.
_REACH, _REACH_PX = 7, 5


def well_rimmed(covered: Picture, effects: Doses) -> bool:
    """Return whether letters of this coverage get a rim that they can be read by on any ground."""
    dose = dict(effects).get("outline", 0.0)
    return dose >= _RIM_DOSE and dress.rim_px(stroke_px(covered, inked_bands(covered)), dose) >= _RIM_PX


def letters_of(covered: Picture, boxes: Float | None) -> Picture:
    """Return coverage without the rulings and areas that were printed with the same ink."""
    if boxes is None or not len(boxes):
        return covered
    letters = covered.copy()
    outwards = np.column_stack([np.floor(boxes[:, :2]), np.ceil(boxes[:, 2:])]).astype(int)
    for x0, y0, x1, y1 in np.maximum(outwards, 0).tolist():
        letters[y0:y1, x0:x1] = 0
    return letters


def put_under(
    sheet: Picture, letters: Picture, bands: Sequence[Rows], colour: Colour, effects: Doses, stream: Stream
) -> Told:
    """Lay what goes under an ink's letters on the sheet, in place; return its parameters, those of the finest line.

    ``bands`` are the :func:`inked_bands` of the ``letters``.
    The same is drawn for every ink and line of a sign; how deep and wide it is follows each line's own strokes.
    """
    told: Told = {}
    chosen = [(name, dose) for name, dose in effects if name in DRESSES]
    lines = _lines(letters, bands) if chosen else []
    for stroke, (rows, columns) in lines:
        same = copy(stream)
        # No dress reaches further, and what lies beyond need not be looked at.
        far = math.ceil(_REACH * stroke) + _REACH_PX
        top, left = max(rows.start - far, 0), max(columns.start - far, 0)
        near = (slice(top, rows.stop + far), slice(left, columns.stop + far))
        line = np.zeros_like(letters[near])
        line[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left] = letters[rows, columns]
        for name, dose in chosen:
            told[name] = DRESSES[name](sheet[near], line, stroke, colour, dose, same)
    return told


def _lines(letters: Picture, bands: Sequence[Rows]) -> list[tuple[float, Rows]]:
    """Return each line of a sign, how thick its strokes are and its box, the finest last; one for many lines."""
    boxes = bands if len(bands) <= _MOST_LINES else [inked_box(letters)]
    return sorted([(stroke_px(letters, [box]), box) for box in boxes], key=lambda one: one[0], reverse=True)


def worn(covered: Picture, effects: Doses, stream: Stream) -> tuple[Picture, Told]:
    """Return coverage as it is worn, and the effects' parameters; the same for every ink."""
    told: Told = {}
    same = copy(stream)
    for name, dose in effects:
        if name in WEARS:
            covered, told[name] = WEARS[name](covered, dose, same)
    return covered, told


def _rim_distance(level: float, told: Told) -> float:
    """Return the grey distance of letters to the rim they were given, 0 where that is too thin to read them by."""
    rim = told.get("outline", {})
    return abs(level - grey_of(tuple(rim["colour"]))) if rim.get("radius_px", 0.0) >= _RIM_PX else 0.0


def check_level(blocks: Picture, shares: Picture, level: float, uneven: float, wanted: float, told: Told) -> float:
    """Return the least distance of an ink's grey level to the inked blocks; Rejected when too small to be read."""
    inked = shares > 0
    if not inked.any():
        return 255.0
    nearest = float(np.abs(blocks[inked] - np.float32(level)).min())
    distance = max(nearest, _rim_distance(level, told)) * (1 - uneven)
    if distance < wanted:
        raise Rejected("low-contrast")
    return distance


def lower_quartile(values: npt.NDArray[np.float32]) -> float:
    """Return the 25th percentile of values, at least one: NumPy's own does much else besides.

    >>> lower_quartile(np.array([8.0, 1.0, 3.0], np.float32))
    2.0
    """
    ranked, place = np.sort(values), 0.25 * (len(values) - 1)
    low = int(place)
    below, above = float(ranked[low]), float(ranked[min(low + 1, len(ranked) - 1)])
    return below + (above - below) * (place - low)


def check_reverse(printed: Picture, of: Picture | float, shares: Picture, wanted: float, told: Told) -> float:
    """Return the least distance of type to the printed area that it is left out of; Rejected as above.

    ``of`` is the type's level, or the ground's blocks that show in it.
    """
    inked = shares > 0
    if not inked.any():
        return 255.0
    levels = np.float32(of) if isinstance(of, float) else of[inked].astype(np.float32)
    # At the area's edge a block is part ground: the blocks' middle half is judged.
    nearest = lower_quartile(np.abs(printed[inked] - levels))
    distance = max(nearest, _rim_distance(float(np.mean(levels)), told))
    if distance < wanted:
        raise Rejected("low-contrast")
    return distance
