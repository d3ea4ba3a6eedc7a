"""Ruling lines and areas around what was set: rules, dashes, frames, rounded boxes, words that are marked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from synthgen.randomness import Stream
from synthgen.recipe import Type
from synthgen.typeset.galley import Galley
from synthgen.typeset.text import Style

Box = tuple[float, float, float, float]

# What a ruling can be, about the box of an item: a line on a side of it, its four sides, only the lines between its
# cells, its whole area, the ellipse that fills it, a barcode, a picture in halftone.
PLACES = ("above", "below", "left", "frame", "grid", "columns", "fill", "ring", "bars", "picture")
# How many steps a rounded corner is cut into at most; small ones have a step for each px.
_CORNER_STEPS = 40
# Where lines under, through and above words run, in em from the baseline, y down; and how thick they are.
MARK_EM = {"underline": 0.14, "strike": -0.3, "overline": -0.98}
MARK_THICKNESS_EM = 0.055
# The widths of the stripes that make a barcode's figures 0 to 9, and which of the six in its left half are mirrored for
# each figure that stands before them, in no bars of its own.
_EAN_FIGURES = (
    (3, 2, 1, 1), (2, 2, 2, 1), (2, 1, 2, 2), (1, 4, 1, 1), (1, 1, 3, 2),
    (1, 2, 3, 1), (1, 1, 1, 4), (1, 3, 1, 2), (1, 2, 1, 3), (3, 1, 1, 2),
)  # fmt: skip
_EAN_MIRRORED = ((), (2, 4, 5), (2, 3, 5), (2, 3, 4), (1, 4, 5), (1, 2, 5), (1, 2, 3), (1, 3, 5), (1, 3, 4), (1, 2, 4))
EAN_LENGTH = 13


@dataclass(frozen=True, slots=True)
class Ruling:
    """A line or an area drawn with an item of text.

    ``where`` is one of :data:`PLACES`; ``px`` its thickness; ``dash_px`` 0 for a solid line; ``round_px`` the corners'
    radius of a frame or an area; ``modules`` the widths of a barcode's bars and gaps in turn, of any unit;
    ``inset_px`` what is taken off the box at its left and right.
    """

    where: str
    px: float = 1.0
    ink: str = "text"
    dash_px: float = 0.0
    round_px: float = 0.0
    modules: tuple[int, ...] = ()
    inset_px: tuple[float, float] = (0.0, 0.0)


def moved(box: Box, by: float) -> Box:
    """Return a box moved down and to the right."""
    return (box[0] + by, box[1] + by, box[2] + by, box[3] + by)


def draw_ruling(galley: Galley, ruling: Ruling, box: Box, across: tuple[float, ...] = ()) -> None:
    """Ink a ruling about a box; ``across`` are the x of a grid's inner lines."""
    x0, y0, x1, y1 = box
    if ruling.inset_px != (0.0, 0.0):
        x0, x1 = x0 + ruling.inset_px[0], x1 - ruling.inset_px[1]
        box = (x0, y0, x1, y1)
    half = ruling.px / 2
    if ruling.where == "fill":
        area(galley, box, ruling.round_px, ruling.ink)
    elif ruling.where in ("above", "below"):
        y = y0 if ruling.where == "above" else y1
        level(galley, x0, x1, y, ruling)
    elif ruling.where == "left":
        galley.rule(x0 - half, y0, x0 + half, y1, ruling.ink)
    elif ruling.where == "columns":
        for x in across:
            galley.rule(x - half, y0, x + half, y1, ruling.ink)
    elif ruling.where == "ring":
        ring(galley, box, ruling.px, ruling.ink)
    elif ruling.where == "picture":
        galley.picture(*box)
    elif ruling.where == "bars":
        bars(galley, box, ruling.modules, ruling.ink)
    else:
        frame(galley, box, ruling.px, ruling.ink, ruling.round_px)
        for x in across if ruling.where == "grid" else ():
            galley.rule(x - half, y0, x + half, y1, ruling.ink)


def level(galley: Galley, x0: float, x1: float, y: float, ruling: Ruling) -> None:
    """Ink a line from left to right about the height ``y``, dashed when the ruling is."""
    half, dash = ruling.px / 2, ruling.dash_px
    if dash <= 0:
        galley.rule(x0, y - half, x1, y + half, ruling.ink)
        return
    x = x0
    while x < x1:
        galley.rule(x, y - half, min(x + dash, x1), y + half, ruling.ink)
        x += 1.8 * dash


def frame(galley: Galley, box: Box, px: float, ink: str, round_px: float = 0.0) -> None:
    """Ink the four sides of a box, centred on them; corners are arcs of radius ``round_px``."""
    x0, y0, x1, y1 = box
    half = px / 2
    cut = min(round_px, (x1 - x0) / 2, (y1 - y0) / 2)
    if cut <= half:
        for y in (y0, y1):
            galley.rule(x0 - half, y - half, x1 + half, y + half, ink)
        for x in (x0, x1):
            galley.rule(x - half, y0 - half, x + half, y1 + half, ink)
        return
    for y in (y0, y1):
        # A px further on both sides: the arcs begin within one.
        galley.rule(x0 + cut - 1, y - half, x1 - cut + 1, y + half, ink)
    # The corners' arcs go through whole rows of px, as boxes that share a px do not add up.
    upper, lower = math.ceil(y0 + cut), math.floor(y1 - cut)
    for x in (x0, x1):
        galley.rule(x - half, upper, x + half, lower, ink)
    rows = [*range(math.floor(y0 - half), upper), *range(lower, math.ceil(y1 + half))]
    outer, inner = cut + half, cut - half
    for row in rows:
        middle = row + 0.5
        rise = max(y0 + cut - middle, middle - y1 + cut, 0.0)
        if rise >= outer:
            continue
        right = (outer * outer - rise * rise) ** 0.5
        left = (inner * inner - rise * rise) ** 0.5 if rise < inner else 0.0
        galley.rule(x0 + cut - right, row, x0 + cut - left, row + 1, ink)
        galley.rule(x1 - cut + left, row, x1 - cut + right, row + 1, ink)


def area(galley: Galley, box: Box, round_px: float, ink: str) -> None:
    """Ink a whole box, its corners rounded in steps of whole px."""
    x0, y0, x1, y1 = box
    radius = int(min(round_px, (x1 - x0) / 2, (y1 - y0) / 2))
    if radius < 1:
        galley.rule(x0, y0, x1, y1, ink)
        return
    y0, y1 = float(round(y0)), float(round(y1))
    galley.rule(x0, y0 + radius, x1, y1 - radius, ink)
    count = min(radius, _CORNER_STEPS)
    edges = sorted({round(radius * step / count) for step in range(count + 1)})
    for low, high in pairwise(edges):
        # A circle's edge in the middle of the step, from the corner's centre.
        rise = radius - (low + high) / 2
        inset = radius - (radius * radius - rise * rise) ** 0.5
        galley.rule(x0 + inset, y0 + low, x1 - inset, y0 + high, ink)
        galley.rule(x0 + inset, y1 - high, x1 - inset, y1 - low, ink)


def ring(galley: Galley, box: Box, px: float, ink: str) -> None:
    """Ink an ellipse's outline, ``px`` thick inside a box, in spans of whole rows of px."""
    x0, y0, x1, y1 = box
    middle, center = (x0 + x1) / 2, (y0 + y1) / 2
    wide, high = (x1 - x0) / 2, (y1 - y0) / 2
    for row in range(math.floor(y0), math.ceil(y1)):
        away = abs(row + 0.5 - center)
        if away >= high:
            continue
        outer = wide * (1 - (away / high) ** 2) ** 0.5
        within = 1 - (away / max(high - px, 1e-6)) ** 2
        inner = max(wide - px, 0.0) * within**0.5 if within > 0 else 0.0
        if inner <= 0:
            galley.rule(middle - outer, row, middle + outer, row + 1, ink)
        else:
            galley.rule(middle - outer, row, middle - inner, row + 1, ink)
            galley.rule(middle + inner, row, middle + outer, row + 1, ink)


def stroke(galley: Galley, points: Sequence[tuple[float, float]], px: float, ink: str) -> None:
    """Ink a line of straight strokes, ``px`` thick, as a pen draws it: in squares that overlap by half."""
    half = px / 2
    for (x0, y0), (x1, y1) in pairwise(points):
        steps = max(math.ceil(max(abs(x1 - x0), abs(y1 - y0)) / half), 1)
        for step in range(steps + 1):
            x, y = x0 + (x1 - x0) * step / steps, y0 + (y1 - y0) * step / steps
            galley.rule(x - half, y - half, x + half, y + half, ink)


def bars(galley: Galley, box: Box, modules: tuple[int, ...], ink: str) -> None:
    """Ink every other one of the stripes that divide a box by ``modules``, beginning with the first."""
    x0, y0, x1, y1 = box
    module = (x1 - x0) / max(sum(modules), 1)
    x = x0
    for at, wide in enumerate(modules):
        if at % 2 == 0:
            galley.rule(x, y0, x + wide * module, y1, ink)
        x += wide * module


def barcode(figures: str) -> tuple[int, ...]:
    """Return the stripes of an EAN-13 barcode, bars and gaps in turn from the first bar, in modules; 95 in all.

    ``figures`` are thirteen, the last one their check digit (:func:`check_digit`). As the GS1 General Specifications
    have it, section 5.2: guards, six figures of four stripes in seven modules, guards, six figures, guards; the first
    figure says which of the six at the left are mirrored.
    """
    numbers = [int(figure) for figure in figures]
    if len(numbers) != EAN_LENGTH:
        raise ValueError(f"barcode {figures!r}: it has {len(numbers)} figures; EAN-13 has {EAN_LENGTH}.")
    mirrored = _EAN_MIRRORED[numbers[0]]
    left = [_EAN_FIGURES[one][:: -1 if at in mirrored else 1] for at, one in enumerate(numbers[1:7])]
    right = [_EAN_FIGURES[one] for one in numbers[7:]]
    return (1, 1, 1, *sum(left, ()), 1, 1, 1, 1, 1, *sum(right, ()), 1, 1, 1)


def check_digit(figures: str) -> str:
    """Return the figure that follows twelve in an EAN-13 number: their sum, every other one thrice, up to tens.

    >>> check_digit("400638133393")
    '1'
    """
    return str(-sum(int(figure) * (3 if at % 2 else 1) for at, figure in enumerate(figures)) % 10)


def mark_words(galley: Galley, first_word: int, style: Style, descent_em: float, kind: Type, stream: Stream) -> None:
    """Underline, strike, overline or box some of the words set since ``first_word``, as often as the recipe says.

    The words must run from left to right in one style. A mark reaches over one to four words of a line.
    """
    chances = {
        "underline": kind.underline_probability,
        "strike": kind.strike_probability,
        "overline": kind.overline_probability,
        "box": kind.box_probability,
    }
    drawn = [name for name, chance in chances.items() if chance > 0 and stream.chance(chance)]
    count = galley.word_count - first_word
    if not drawn or count <= 0:
        return
    cells = galley.word_cells(first_word).tolist()
    em, taken = style.size_px, set[int]()
    for name in drawn:
        for _ in range(1 + count // 40):
            first = stream.integer(0, count)
            last = min(first + stream.integer(0, 4), count - 1)
            while last > first and abs(cells[last][1] - cells[first][1]) > 0.3 * em:
                last -= 1
            if taken.isdisjoint(range(first, last + 1)):
                taken.update(range(first, last + 1))
                _mark(galley, name, cells[first], cells[last], em, descent_em, style.ink)


def _mark(
    galley: Galley, name: str, first: list[float], last: list[float], em: float, descent_em: float, ink: str
) -> None:
    thick = max(MARK_THICKNESS_EM * em, 0.7)
    x0, x1 = first[0], last[2]
    baseline = first[3] - descent_em * em
    if name == "box":
        gap = 0.06 * em
        frame(galley, (x0 - gap, baseline - 0.92 * em, x1 + gap, baseline + 0.2 * em), thick, ink)
    else:
        y = baseline + MARK_EM[name] * em
        galley.rule(x0, y - thick / 2, x1, y + thick / 2, ink)
