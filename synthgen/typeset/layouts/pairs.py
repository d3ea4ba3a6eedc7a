"""Rows of a form: its pairs of label and value arranged once they are known, by the headings that they stand under.

A pair's third cell names its heading (:data:`synthgen.text.template.PART_MARK`). What stands under one heading is
ruled as one group; a place for a photograph is set beside the applicant's rows, the clerk's entries stand above them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from synthgen.text.copy import Ask, Block
from synthgen.text.template import PART_MARK
from synthgen.typeset.flow import Cell, Fixed, Flow, Item
from synthgen.typeset.ruling import Box, Ruling
from synthgen.typeset.text import Style

# What templates call the entries that any form may have, those of the office, and the photograph's place.
COMMON, OFFICE, PHOTO = "공통", "접수", "사진"
# Entries common to all forms fill up a form that has fewer of its own.
LEAST_OWN = 6
# A photograph's place, in em: wide as one of a passport is, with room around it; and how low it may be of its height.
PHOTO_EM = (6.0, 7.6)
LEAST_PHOTO = 0.9
# The column that holds a group's name, in em; names longer than three syllables take two lines of it.
GROUP_EM = 3.6
LONG_NAME = 4
# Rows are at least and at most so high, in em.
LEAST_EM, MOST_EM = 1.6, 3.1
# What is not Hangul is about so wide, in em.
NARROW_EM = 0.56
_HANGUL = 0x2E80
_SHRUNK = 0.9

Ruled = list[tuple[Ruling, Box]]


@dataclass(frozen=True, slots=True)
class Hands:
    """A form's styles of printed text, labels, and what is filled in, whose syllables ``drop_em`` centres in a line."""

    plain: Style
    label: Style
    value: Style
    drop_em: float


@dataclass(frozen=True, slots=True)
class Grid:
    """How a form's rows are ruled: their box, px, the height of a row and the width of a label, px, pairs in a row.

    ``grouped`` is how headings are shown: in a ``column`` of their own, as ``bars`` over their rows, or not at all, "".
    ``shifts`` are a hand's offsets from its line, in px, which the rows take in turn.
    """

    box: Box
    hands: Hands
    high_px: float
    label_px: float
    shade: str
    ruled: str
    per_row: int
    grouped: str
    photo_left: bool
    shifts: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """A row's pairs, the name of its group and its left and right edge in px from the box's left; no pairs: a bar."""

    pairs: tuple[Block, ...]
    group: str
    left: float
    right: float


def heading_of(block: Block) -> str:
    """Return the name of the heading that a pair stands under, "" where it has none."""
    last = block.paragraphs[-1]
    return last[len(PART_MARK) :] if len(block.paragraphs) > 2 and last.startswith(PART_MARK) else ""


def arranged(grid: Grid, blocks: Sequence[Block]) -> tuple[list[Flow], Ruled, list[Block]]:
    """Return the flows and rulings of a form's rows, and the pairs that they hold, in order, of two cells each."""
    named = [(heading_of(block), replace(block, paragraphs=block.paragraphs[:2])) for block in blocks]
    own = [pair for pair in named if pair[0] != COMMON]
    photo = next((block for name, block in own if name == PHOTO), None)
    rest = [pair for pair in (own if len(own) >= LEAST_OWN else named) if pair[0] != PHOTO]
    rest.sort(key=lambda pair: pair[0] != OFFICE)
    x0, y0, x1, y1 = grid.box
    size = grid.hands.plain.size_px
    beside = _photo_rows(grid) if photo else 0
    while True:
        rows, before = _all_rows(grid, rest, beside)
        rows = rows[: int((y1 - y0) / (LEAST_EM * size))]
        count = max(len(rows), 1)
        high = min(max(grid.high_px, 0.92 * (y1 - y0) / count), (y1 - y0) / count, MOST_EM * size)
        # Rows that had to become lower stand in greater number beside a photograph.
        if not photo or beside * high > LEAST_PHOTO * PHOTO_EM[1] * size or beside >= len(rows) - before:
            break
        beside += 1
    flows, rulings = _set(grid, rows, high)
    if photo and len(rows) > before:
        x = x0 if grid.photo_left else x1 - PHOTO_EM[0] * size
        place = (x, y0 + before * high, x + PHOTO_EM[0] * size, y0 + min(before + beside, len(rows)) * high)
        rulings.append((Ruling("frame", 1.0), place))
        label = grid.hands.plain._replace(align="center")
        small = label._replace(size_px=0.72 * size, line_px=size)
        said = [Fixed("label", label, most_fit=1.0, said=photo.paragraphs[:1])]
        said += [Fixed("note", small, most_fit=1.0, gap_px=0.2 * size, said=photo.paragraphs[1:])]
        flows.append(Flow((place,), tuple(said), "middle"))
    return flows, rulings, [block for row in rows for block in row.pairs]


def _all_rows(grid: Grid, named: Sequence[tuple[str, Block]], beside: int) -> tuple[list[_Row], int]:
    """Return the rows of all groups, and how many of them stand above the place for a photograph."""
    width = grid.box[2] - grid.box[0]
    rows: list[_Row] = []
    before = 0
    for name, members in groupby(named, key=lambda pair: pair[0]):
        pairs = [block for _, block in members]
        if name == OFFICE:
            # What the office enters stands above the applicant's block.
            rows += _rows(grid, name, pairs, 0, width)
            before = len(rows)
            continue
        if grid.grouped == "bars" and name and len(pairs) > 1:
            rows.append(_row(grid, name, (), len(rows) - before < beside, width))
        rows += _rows(grid, name, pairs, max(beside - (len(rows) - before), 0), width)
    return rows, before


def _photo_rows(grid: Grid) -> int:
    return max(round(PHOTO_EM[1] * grid.hands.plain.size_px / grid.high_px), 2)


def _row(grid: Grid, name: str, pairs: tuple[Block, ...], beside: bool, width: float) -> _Row:
    size = grid.hands.plain.size_px
    photo = PHOTO_EM[0] * size if beside else 0.0
    left, right = (photo, width) if grid.photo_left else (0.0, width - photo)
    return _Row(pairs, name, left + (GROUP_EM * size if grid.grouped == "column" and name else 0.0), right)


def _rows(grid: Grid, name: str, pairs: Sequence[Block], beside: int, width: float) -> list[_Row]:
    """Return the rows of one group's pairs, the first ``beside`` of them beside a photograph's place."""
    rows: list[_Row] = []
    waiting: list[Block] = []

    def room() -> float:
        row = _row(grid, name, (), len(rows) < beside, width)
        return row.right - row.left

    def close() -> None:
        if waiting:
            rows.append(_row(grid, name, tuple(waiting), len(rows) < beside, width))
            waiting.clear()

    for pair in pairs:
        if sum(_need_px(grid, one) for one in (*waiting, pair)) > room():
            close()
        waiting.append(pair)
        # Less than two labels' room is not divided.
        most = grid.per_row if room() > 4.2 * grid.label_px else 1
        if len(waiting) >= most:
            close()
    close()
    return rows


def _need_px(grid: Grid, pair: Block) -> float:
    """Return about how much room a pair takes."""
    size = grid.hands.value.size_px
    value = sum(1.0 if ord(char) > _HANGUL else NARROW_EM for char in pair.paragraphs[-1])
    return max(grid.label_px, 0.0) + _SHRUNK * value * size + grid.hands.plain.size_px


def _set(grid: Grid, rows: Sequence[_Row], high: float) -> tuple[list[Flow], Ruled]:
    """Return the rows as flows, one of each group, and the groups' names and their frames."""
    x0, y, x1, _ = grid.box
    flows: list[Flow] = []
    rulings: Ruled = []
    number = 0
    for name, members in groupby(rows, key=lambda row: row.group):
        theirs = list(members)
        deep = len(theirs) * high
        if grid.grouped == "column" and name:
            left = x0 + theirs[0].left - GROUP_EM * grid.hands.plain.size_px
            place = (left, y, x0 + theirs[0].left, y + deep)
            rulings.append((Ruling("frame", 1.0), place))
            flows.append(_name(grid, name, place))
        items = []
        for row in theirs:
            items.append(_bar(grid, row, high) if not row.pairs else _item(grid, row, high, x1 - x0, number))
            number += 1
        flows.append(Flow(((x0, y, x1, y + deep + 1),), tuple(items)))
        y += deep
    return flows, rulings


def _name(grid: Grid, name: str, place: Box) -> Flow:
    """Return a group's name in its cell, in two lines where it is long and there is room."""
    style = grid.hands.label._replace(align="center")
    words = name.split("_")
    high = place[3] - place[1]
    if high > 2.6 * style.size_px and (len(words) > 1 or len(name) >= LONG_NAME):
        parts = words if len(words) > 1 else [name[: (len(name) + 1) // 2], name[(len(name) + 1) // 2 :]]
    else:
        parts = [" ".join(words)]
    pad = 0.2 * style.size_px
    return Flow(
        (place,),
        tuple(Fixed("label", style, most_fit=1.0, left_px=pad, right_px=pad, said=(part,)) for part in parts),
        "middle",
    )


def _bar(grid: Grid, row: _Row, high: float) -> Item:
    """Return a group's name over its rows."""
    size = grid.hands.plain.size_px
    style = grid.hands.label._replace(align="left")
    cell = Cell(row.left, row.right, style, "label", grid.shade or "tint", pad_px=0.5 * size)
    rulings = (Ruling("frame" if grid.ruled == "grid" else "below", 1.0),)
    return Fixed(
        "label",
        style,
        cells=(cell,),
        height_px=high,
        left_px=row.left,
        right_px=grid.box[2] - grid.box[0] - row.right,
        rulings=rulings,
        said=(row.group.replace("_", " "),),
    )


def _item(grid: Grid, row: _Row, high: float, whole_px: float, number: int) -> Item:
    """Return a row of pairs of cells between its edges."""
    hands, size = grid.hands, grid.hands.plain.size_px
    # What stands alone in the last row of a group has all of it.
    share = (row.right - row.left) / len(row.pairs)
    edges = [row.left + at * share for at in range(len(row.pairs))] + [row.right]
    cells: list[Cell] = []
    for at, (left, right) in enumerate(pairwise(edges)):
        shift = (0.0, 0.0)
        if hands.value.ink == "pen":
            # A hand keeps to no line: its strokes run into the rules.
            across, down = grid.shifts[(number + 5 * at) % len(grid.shifts)]
            shift = (across, hands.drop_em * hands.value.size_px + down)
        middle = left + min(grid.label_px, 0.45 * (right - left))
        cells.append(Cell(left, middle, hands.label, "label", grid.shade, pad_px=0.25 * size))
        cells.append(Cell(middle, right, hands.value, "value", "", shift, pad_px=0.45 * size))
    return Item(
        "row",
        hands.plain,
        (Ask("pair", 3, "form", cells=True),) * len(row.pairs),
        cells=tuple(cells),
        height_px=high,
        left_px=row.left,
        right_px=whole_px - row.right,
        rulings=(Ruling(grid.ruled, 1.0),),
    )
