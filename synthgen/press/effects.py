"""What may happen to a print: registries of effects, and which of them a sample gets.

Three kinds of effect, each applied at its own moment. A **wear** changes how ink covers, a **dress** is printed under
the letters of a sign, a **handling** happens to the printed sheet. All are pure but for the sheet that a dress is laid
on, take a dose from 0, nothing, to 1, as strong as it comes, return plain JSON parameters, and leave letters where they
are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import cv2
import numpy as np

from synthgen.errors import RecipeError, did_you_mean
from synthgen.geometry import Picture
from synthgen.randomness import Stream
from synthgen.recipe import Range

Parameters = dict[str, Any]
Colour = tuple[int, int, int]

# (coverage, dose, stream) -> (coverage, parameters): uint8 (H, W), how much of each pixel is inked.
Wear = Callable[[Picture, float, Stream], tuple[Picture, Parameters]]
# (sheet, coverage, how thick its strokes are in px, ink's colour, dose, stream) -> parameters: laid on the sheet in
# place, before the coverage itself is printed.
Dress = Callable[[Picture, Picture, float, Colour, float, Stream], Parameters]
# (sheet, coverage of all ink, dose, stream) -> (sheet, parameters): after everything is printed.
Handling = Callable[[Picture, Picture, float, Stream], tuple[Picture, Parameters]]

WEARS: dict[str, Wear] = {}
DRESSES: dict[str, Dress] = {}
HANDLINGS: dict[str, Handling] = {}

E = TypeVar("E")


def register(table: dict[str, E], name: str) -> Callable[[E], E]:
    """Return the decorator that registers an effect in one of the tables; ValueError when the name is taken."""

    def add(effect: E) -> E:
        if name in table:
            raise ValueError(f"effect {name!r}: registered twice; choose another name.")
        table[name] = effect
        return effect

    return add


def check_names(names: Iterable[str], known: Iterable[str], field: str) -> None:
    """Raise RecipeError for a name that is not known; ``field`` is the recipe's that holds the names."""
    known = tuple(known)
    for name in names:
        if name not in known:
            raise RecipeError(f"{field}: {name!r}: no such effect.{did_you_mean(name, known)}")


def drawn_effects(
    chances: Mapping[str, float], dose_range: Range, most: int, stream: Stream
) -> list[tuple[str, float]]:
    """Return names and doses of the effects that a sample gets, at most ``most``, in the order of their names.

    Chance and dose are drawn for every name, so that one effect's presence does not shift another's dose.
    """
    hits = []
    for name in sorted(chances):
        draw, dose = stream.random(), stream.between(dose_range)
        if draw < chances[name]:
            hits.append((draw / chances[name], name, dose))
    return sorted((name, dose) for _, name, dose in sorted(hits)[:most])


def stroke_px(coverage: Picture, bands: Iterable[tuple[slice, slice]] | None = None) -> float:
    """Return about how thick strokes are: twice the inked area over its outline's length, at least 1 px.

    ``bands`` are boxes of rows and columns, some px apart, that hold all ink, where these are known.
    """
    if bands is None:
        x, y, width, height = cv2.boundingRect(coverage)
        bands = [(slice(y, y + height), slice(x, x + width))]
    area, steps = 0, 0
    for rows, columns in bands:
        # One px more on each side: the outline is where ink ends.
        inked = coverage[max(rows.start - 1, 0) : rows.stop + 1, max(columns.start - 1, 0) : columns.stop + 1] > 127
        area += int(np.count_nonzero(inked))
        steps += int(np.count_nonzero(inked[:, 1:] != inked[:, :-1]) + np.count_nonzero(inked[1:] != inked[:-1]))
    # Steps along both axes overstate a slanted outline's length by 4 / pi on average.
    return max(2 * area / (steps * math.pi / 4), 1.0) if steps else 1.0
