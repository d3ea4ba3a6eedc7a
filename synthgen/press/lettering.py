"""Letters among the ink: which of it they are, what is put under them, and whether they can be read."""

from __future__ import annotations

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
from synthgen.press.impression import inked_bands
from synthgen.randomness import Stream

__all__ = ["check_level", "check_reverse", "dress", "dressed", "letters_of", "wear", "well_rimmed", "worn"]

Float = npt.NDArray[np.float64]
Doses = Sequence[tuple[str, float]]
Told = dict[str, dict[str, Any]]

# A rim this wide and dense is what letters are read against, whatever lies beyond it.
_RIM_PX, _RIM_DOSE = 1.2, 0.4
_MOST_LINES = 6


def well_rimmed(covered: Picture, effects: Doses) -> bool:
    """Return whether letters of this coverage get a rim that they can be read by on any ground."""
    dose = dict(effects).get("outline", 0.0)
    return dose >= _RIM_DOSE and dress.rim_px(covered, dose) >= _RIM_PX


def letters_of(covered: Picture, boxes: Float | None) -> Picture:
    """Return coverage without the rulings and areas that were printed with the same ink."""
    if boxes is None or not len(boxes):
        return covered
    letters = covered.copy()
    outwards = np.column_stack([np.floor(boxes[:, :2]), np.ceil(boxes[:, 2:])]).astype(int)
    for x0, y0, x1, y1 in np.maximum(outwards, 0).tolist():
        letters[y0:y1, x0:x1] = 0
    return letters


def dressed(sheet: Picture, letters: Picture, colour: Colour, effects: Doses, stream: Stream) -> tuple[Picture, Told]:
    """Return the sheet with what goes under an ink's letters, and its parameters, those of the finest line.

    The same is drawn for every ink and line of a sign; how deep and wide it is follows each line's own strokes.
    """
    told: Told = {}
    chosen = [(name, dose) for name, dose in effects if name in DRESSES]
    for line in _lines(letters) if chosen else ():
        same = copy(stream)
        for name, dose in chosen:
            sheet, told[name] = DRESSES[name](sheet, line, colour, dose, same)
    return sheet, told


def _lines(letters: Picture) -> list[Picture]:
    """Return the coverage of each line of a sign, the finest last; of all together where there are many."""
    boxes = list(inked_bands(letters))
    if not 1 < len(boxes) <= _MOST_LINES:
        return [letters] if boxes else []
    lines = []
    for box in boxes:
        line = np.zeros_like(letters)
        line[box] = letters[box]
        lines.append(line)
    return sorted(lines, key=stroke_px, reverse=True)


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


def check_reverse(printed: Picture, of: Picture | float, shares: Picture, wanted: float, told: Told) -> float:
    """Return the least distance of type to the printed area that it is left out of; Rejected as above.

    ``of`` is the type's level, or the ground's blocks that show in it.
    """
    inked = shares > 0
    if not inked.any():
        return 255.0
    levels = np.float32(of) if isinstance(of, float) else of[inked].astype(np.float32)
    # At the area's edge a block is part ground: the blocks' middle half is judged.
    nearest = float(np.percentile(np.abs(printed[inked] - levels), 25))
    distance = max(nearest, _rim_distance(float(np.mean(levels)), told))
    if distance < wanted:
        raise Rejected("low-contrast")
    return distance
