"""Entries of forms: room for what is long, and boxes that are ticked, by machine or by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.text.copy import Block, Copy
from synthgen.typeset.flow import Cell, Item
from synthgen.typeset.galley import Galley
from synthgen.typeset.layouts.composed import Composition, can_say
from synthgen.typeset.layouts.measure import width_px
from synthgen.typeset.ruling import stroke
from synthgen.typeset.shape import Shaper

EMPTY_BOX, FILLED_BOX = "□", "■"
# How many lines of boxes are answered.
ANSWERED = 0.85
# An entry that would have to be made smaller than this takes room from its neighbour, or the whole row.
LEAST_ENTRY = 0.82
# A value cell is never made narrower than this, in em.
LEAST_ROOM_EM = 3.0


def entered(plan: Composition, copy: Copy, recipe: Recipe, shaper: Shaper, stream: Stream) -> tuple[Composition, Copy]:
    """Return a form whose rows give long entries room, and its copy; boxes are printed, and ticked where machines are.

    Of a row whose entries do not fit side by side the longest alone remains, with its label.
    """
    blocks, flows, written = iter(copy.blocks), [], list[Block]()
    filled = FILLED_BOX if can_say(FILLED_BOX, recipe.lang, recipe.text.charset) else EMPTY_BOX
    for flow in plan.flows:
        items, rows = [], False
        for item in flow.items:
            own = list(islice(blocks, len(item.asks)))
            if item.role == "row" and own:
                item, own = _entries(item, own, filled, shaper, stream)
                rows = True
            items.append(item)
            written += own
        flows.append(replace(flow, items=tuple(items)) if rows else flow)
    return replace(plan, flows=tuple(flows)), replace(copy, blocks=tuple(written))


def _entries(item: Item, blocks: list[Block], filled: str, shaper: Shaper, stream: Stream) -> tuple[Item, list[Block]]:
    """Return a row of pairs of label and value fitted to what its blocks say, and the blocks."""
    if any(len(block.paragraphs) != 2 for block in blocks):
        return item, blocks
    cells = list(item.cells)
    for at, block in enumerate(blocks):
        label, value = block.paragraphs
        if EMPTY_BOX in value:
            # Boxes are part of the form; only the tick is the writer's.
            cell = cells[2 * at + 1]
            if cell.style.ink != "pen" and stream.chance(ANSWERED):
                blocks[at] = replace(block, paragraphs=(label, _ticked(value, filled, stream)))
            cells[2 * at + 1] = replace(cell, style=item.style, shift_px=(0.0, 0.0))
    rooms = [cell.right_px - cell.left_px for cell in cells[1::2]]
    # No character is wider than an em: most entries need not be measured.
    if len(blocks) > 1 and any(
        len(block.paragraphs[1]) * cell.style.size_px > room - 2 * cell.pad_px
        for cell, block, room in zip(cells[1::2], blocks, rooms, strict=True)
    ):
        needs = [_need_px(cell, block.paragraphs[1], shaper) for cell, block in zip(cells[1::2], blocks, strict=True)]
        if sum(needs) * LEAST_ENTRY > sum(rooms):
            longest = needs.index(max(needs))
            blocks.insert(0, blocks.pop(longest))
            alone = replace(cells[2 * longest + 1], left_px=cells[1].left_px, right_px=cells[-1].right_px)
            cells = [cells[0], alone]
        elif any(need * LEAST_ENTRY > room for need, room in zip(needs, rooms, strict=True)):
            cells = _shared(cells, needs, rooms, LEAST_ROOM_EM * item.style.size_px)
    return (item if cells == list(item.cells) else replace(item, cells=tuple(cells))), blocks


def _need_px(cell: Cell, text: str, shaper: Shaper) -> float:
    """Return about how wide a cell must be for a text at its full size."""
    return width_px(text, cell.style, shaper) + 2 * cell.pad_px + abs(cell.shift_px[0])


def _shared(cells: Sequence[Cell], needs: Sequence[float], rooms: Sequence[float], least: float) -> list[Cell]:
    """Return a row's cells, the values' widths made to follow what each needs; labels keep theirs."""
    asked = [max(need, least) for need in needs]
    spare = sum(rooms) - sum(asked)
    wide = [one + spare / len(asked) if spare > 0 else one * sum(rooms) / sum(asked) for one in asked]
    found, x = [], cells[0].left_px
    for at, value in enumerate(wide):
        label = cells[2 * at]
        middle = x + label.right_px - label.left_px
        found += [
            replace(label, left_px=x, right_px=middle),
            replace(cells[2 * at + 1], left_px=middle, right_px=middle + value),
        ]
        x = middle + value
    return found


def _ticked(value: str, filled: str, stream: Stream) -> str:
    """Return a value one of whose boxes is filled."""
    words = value.split(" ")
    places = [at for at, word in enumerate(words) if word == EMPTY_BOX]
    if places:
        words[stream.pick(places)] = filled
    return " ".join(words)


def tick_boxes(galley: Galley, stream: Stream) -> None:
    """Tick one of the boxes of most lines that have some, with a pen: a check mark or a blot.

    A box that is drawn over is no empty box any more: it is not to be learned from.
    """
    places = [at for at, word in enumerate(galley.words) if word == EMPTY_BOX]
    if not places:
        return
    lines, cells = galley.line_of_words(), galley.word_cells(0)
    hand = stream.pick(("check", "check", "check", "blot"))
    by_line: dict[int, list[int]] = {}
    for at in places:
        by_line.setdefault(int(lines[at]), []).append(at)
    for boxes in by_line.values():
        if stream.chance(ANSWERED):
            box = stream.pick(boxes)
            galley.ignore([box])
            x0, y0, x1, y1 = cells[box].tolist()
            _tick(galley, hand, ((x0 + x1) / 2, (y0 + y1) / 2), x1 - x0, stream)


def _tick(galley: Galley, hand: str, middle: tuple[float, float], em: float, stream: Stream) -> None:
    """Draw one mark about a box of an em, a little off its middle."""
    x, y = (at + stream.uniform(-0.08, 0.08) * em for at in middle)
    px = max(0.085 * em, 1.3)
    if hand == "check":
        rise, reach = stream.uniform(0.55, 0.85) * em, stream.uniform(0.5, 0.8) * em
        stroke(galley, ((x - 0.34 * em, y - 0.1 * em), (x - 0.02 * em, y + 0.3 * em), (x + reach, y - rise)), px, "pen")
    else:
        # To and fro, from the upper left to the lower right.
        rows = [(x + (0.3 if at % 2 else -0.3) * em, y + (-0.28 + 0.14 * at) * em) for at in range(5)]
        stroke(galley, rows, 1.2 * px, "pen")
