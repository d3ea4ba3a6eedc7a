"""Flows: items of text one below the other, through one box or several, with the rulings that belong to them.

A layout that is no newspaper says what it holds as items (a heading, running text, a row of cells, a gap with a rule)
and where they run; nothing here knows whether it becomes a receipt, a form or a book.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from synthgen.randomness import Stream
from synthgen.recipe import Type
from synthgen.text.copy import Ask, Block
from synthgen.typeset.galley import Galley
from synthgen.typeset.horizontal import place_lines
from synthgen.typeset.ruling import Box, Ruling, draw_ruling, mark_words
from synthgen.typeset.shape import Shaper
from synthgen.typeset.text import Style, Text

ANCHORS = ("top", "middle", "bottom")
# A line that is to fit its width is reduced to this share of its size at most.
LEAST_FIT = 0.55


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a row: left and right edge in px from the flow's, its style, role and area's ink ("" for none).

    ``shift_px`` moves the text off its place, as hands do that fill in forms.
    """

    left_px: float
    right_px: float
    style: Style
    role: str = "cell"
    fill: str = ""
    shift_px: tuple[float, float] = (0.0, 0.0)
    pad_px: float = 0.0


@dataclass(frozen=True, slots=True)
class Item:
    """A piece of a flow. Without asks it is a gap, with its rulings.

    ``lines`` is the most lines it may take, 0 for as many as there are, which then may run on in the next box;
    ``most_fit`` above 0 keeps it on one line by scaling it, up to that factor; a row has ``cells``; ``gap_px`` is the
    space before it, ``pad_px`` above and below its text inside its rulings, ``height_px`` its least height, ``keep_px``
    what must be left below it in the same box; ``left_px``, ``right_px`` are insets.
    """

    role: str
    style: Style
    asks: tuple[Ask, ...] = ()
    lines: int = 1
    most_fit: float = 0.0
    cells: tuple[Cell, ...] = ()
    gap_px: float = 0.0
    pad_px: float = 0.0
    height_px: float = 0.0
    keep_px: float = 0.0
    left_px: float = 0.0
    right_px: float = 0.0
    paragraph_gap_px: float = 0.0
    rulings: tuple[Ruling, ...] = ()
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Flow:
    """Items that run through boxes of one width, in page px; in a single box they may stand at ``anchor``."""

    boxes: tuple[Box, ...]
    items: tuple[Item, ...]
    anchor: str = "top"


@dataclass(slots=True)
class _Ready:
    """An item with its texts, and how high it is when all of it stands in one place."""

    item: Item
    texts: list[tuple[Text, Cell | None]]
    height_px: float


def asks_of(flows: Sequence[Flow]) -> tuple[Ask, ...]:
    """Return what the flows want written, in the order of reading."""
    return tuple(ask for flow in flows for item in flow.items for ask in item.asks)


def set_flow(
    galley: Galley, flow: Flow, blocks: Iterator[Block], shaper: Shaper, shift_px: float, kind: Type, stream: Stream
) -> float:
    """Set a flow's items until they or the boxes end; return the lower edge of the last, sheet px.

    ``shift_px`` is the sheet's bleed; ``kind`` how often words are marked.
    """
    boxes: list[Box] = [tuple(edge + shift_px for edge in box) for box in flow.boxes]  # type: ignore[misc]
    width = boxes[0][2] - boxes[0][0]
    ready = [_prepared(item, blocks, width, shaper) for item in flow.items]
    at, y, fresh = 0, boxes[0][1], True
    if flow.anchor != "top":
        total = sum(one.height_px + one.item.gap_px * bool(number) for number, one in enumerate(ready))
        spare = boxes[0][3] - y - total
        y += max(spare, 0.0) * (0.5 if flow.anchor == "middle" else 1.0)
    for one in ready:
        if one.item.asks and not one.texts:
            continue
        # Nothing stands above the first item of a box: it needs no space before it.
        y += 0.0 if fresh else one.item.gap_px
        runs_on = one.item.lines == 0 and not one.item.cells
        least = one.texts[0][0].style.line_px + 2 * one.item.pad_px if runs_on else one.height_px
        if y + least + one.item.keep_px > boxes[at][3] + 0.01:
            if not fresh and at + 1 < len(boxes):
                at, y = at + 1, boxes[at + 1][1]
            if y + least > boxes[at][3] + 0.01:
                if galley.word_count or not one.texts:
                    break
                one = _cut_short(one, boxes[at][3] - y)
        first_word, fresh = galley.word_count, False
        if runs_on:
            at, y = _run_on(galley, one, boxes, at, y, stream)
        else:
            y = _placed(galley, one, boxes[at], y, stream)
        if one.item.marked and galley.word_count > first_word:
            face = shaper.faces.faces[one.item.style.face]
            mark_words(galley, first_word, one.item.style, face.descent_em, kind, stream)
    return y


def _prepared(item: Item, blocks: Iterator[Block], width: float, shaper: Shaper) -> _Ready:
    """Shape and break an item's text."""
    paragraphs = [paragraph for _ in item.asks for paragraph in next(blocks).paragraphs]
    inner = width - item.left_px - item.right_px
    texts: list[tuple[Text, Cell | None]] = []
    if item.cells:
        for cell, paragraph in zip(item.cells, paragraphs, strict=False):
            room = cell.right_px - cell.left_px - 2 * cell.pad_px - abs(cell.shift_px[0])
            text = _one_line(paragraph, cell.style, shaper, room, 1.0)
            texts.append((text, cell))
    elif item.most_fit:
        texts = [(_one_line(paragraph, item.style, shaper, inner, item.most_fit), None) for paragraph in paragraphs]
    else:
        texts = [(Text((paragraph,), item.style, shaper, inner), None) for paragraph in paragraphs]
    texts = [(text, cell) for text, cell in texts if text.lines]
    return _Ready(item, texts, _height(item, texts))


def _height(item: Item, texts: list[tuple[Text, Cell | None]]) -> float:
    heights = [_lines_of(item, text) * text.style.line_px for text, _ in texts]
    high = max(heights, default=0.0) if item.cells else sum(heights) + item.paragraph_gap_px * max(len(heights) - 1, 0)
    return max(high + 2 * item.pad_px, item.height_px)


def _lines_of(item: Item, text: Text) -> int:
    return min(len(text.lines), item.lines) if item.lines else len(text.lines)


def _one_line(paragraph: str, style: Style, shaper: Shaper, width: float, most: float) -> Text:
    """Return a text on one line, scaled so that it fills the width as far as it may; else it loses words at its end."""
    if style.indent_em:
        style = replace(style, indent_em=0.0)
    text = Text((paragraph,), style, shaper, float("inf"))
    if not text.lines:
        return text
    natural = text.lines[0].width_px
    ratio = max(min(width / natural, most), LEAST_FIT)
    if ratio != 1.0:
        # A hair less, so that rounding does not break the line.
        ratio *= 0.9999
        style = replace(style, size_px=style.size_px * ratio, line_px=style.line_px * ratio)
        text = Text((paragraph,), style, shaper, float("inf"))
    if natural * ratio > width:
        return Text((paragraph,), style, shaper, width)
    # Broken to no width, it is aligned within this one.
    text.width_px = width
    return text


def _cut_short(one: _Ready, room: float) -> _Ready:
    """Return an item that is too high for an empty page with as many of its lines as there is room for."""
    line = one.texts[0][0].style.line_px
    item = replace(one.item, lines=max(1, int((room - 2 * one.item.pad_px) // line)), height_px=0.0)
    texts = one.texts if item.cells else one.texts[:1]
    return _Ready(item, texts, _height(item, texts))


def _run_on(galley: Galley, one: _Ready, boxes: list[Box], at: int, y: float, stream: Stream) -> tuple[int, float]:
    """Set running text through the boxes; return the last one's number and the lower edge."""
    item, block = one.item, galley.block(one.item.role)
    y += item.pad_px
    for number, (text, _) in enumerate(one.texts):
        if number and y > boxes[at][1]:
            y += item.paragraph_gap_px
        done = 0
        while done < len(text.lines):
            x0, _, _, bottom = boxes[at]
            room = int((bottom - y + 0.01) // text.style.line_px)
            if room <= 0:
                if at + 1 >= len(boxes):
                    return at, y
                at, y = at + 1, boxes[at + 1][1]
                continue
            y = place_lines(galley, block, text, slice(done, done + room), x0 + item.left_px, y, stream)
            done += room
    return at, y + item.pad_px


def _placed(galley: Galley, one: _Ready, box: Box, y: float, stream: Stream) -> float:
    """Set an item whole, with its rulings; return its lower edge."""
    item = one.item
    left, right = box[0] + item.left_px, box[2] - item.right_px
    whole = (left, y, right, y + one.height_px)
    hugged = _hugged(one, left, y) if any(ruling.hug for ruling in item.rulings) else whole
    for ruling in item.rulings:
        if ruling.where == "fill":
            draw_ruling(galley, ruling, _padded(hugged, ruling) if ruling.hug else whole)
    for cell in item.cells:
        if cell.fill:
            galley.rule(box[0] + cell.left_px, y, box[0] + cell.right_px, y + one.height_px, cell.fill)
    block = -1
    inner = y + item.pad_px
    for text, part in one.texts:
        lines = _lines_of(item, text)
        if part is None:
            block = galley.block(item.role) if block < 0 else block
            spare = one.height_px - 2 * item.pad_px - lines * text.style.line_px if len(one.texts) == 1 else 0.0
            inner = place_lines(galley, block, text, slice(0, lines), left, inner + spare / 2, stream)
            inner += item.paragraph_gap_px
        else:
            top = y + (one.height_px - lines * text.style.line_px) / 2 + part.shift_px[1]
            x = box[0] + part.left_px + part.pad_px + part.shift_px[0]
            place_lines(galley, galley.block(part.role), text, slice(0, lines), x, top, stream)
    across = tuple(box[0] + cell.left_px for cell in item.cells[1:])
    for ruling in item.rulings:
        if ruling.where != "fill":
            draw_ruling(galley, ruling, _padded(hugged, ruling) if ruling.hug else whole, across)
    return y + one.height_px


def _hugged(one: _Ready, left: float, y: float) -> Box:
    """Return the box around an item's text as wide as its widest line."""
    edges = []
    for text, cell in one.texts:
        x = left + (cell.left_px + cell.pad_px if cell is not None else 0.0)
        for line in text.lines[: _lines_of(one.item, text)]:
            start = x + text.fit(line).left_px
            edges.append((start, start + min(line.width_px, text.width_px)))
    if not edges:
        return (left, y, left, y + one.height_px)
    return (min(start for start, _ in edges), y, max(end for _, end in edges), y + one.height_px)


def _padded(box: Box, ruling: Ruling) -> Box:
    pad = ruling.pad_px
    return (box[0] - pad, box[1], box[2] + pad, box[3])
