"""Flows: items of text one below the other, through one box or several, with the rulings that belong to them.

A layout that is no newspaper says what it holds as items (a heading, running text, a row of cells, a gap with a rule)
and where they run; nothing here knows whether it becomes a receipt, a form or a book. Single lines of all flows, the
cells of rows among them, are cast together as :mod:`~synthgen.typeset.slugs`; only what is broken into lines is set
text by text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from synthgen.randomness import Stream
from synthgen.recipe import Type
from synthgen.text.copy import Ask, Block
from synthgen.typeset.galley import Galley
from synthgen.typeset.horizontal import place_lines
from synthgen.typeset.ruling import Box, Ruling, draw_ruling, mark_words, moved
from synthgen.typeset.shape import Shaper
from synthgen.typeset.slugs import Casting, Slug
from synthgen.typeset.text import MOST_DROPPED, Style, Text

ANCHORS = ("top", "middle", "bottom")
# So much of a px may a line stand out of its box before there is no room for it.
_HAIR_PX = 0.01


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
    space before it, ``pad_px`` above and below its text inside its rulings, ``height_px`` its least height;
    ``left_px``, ``right_px`` are insets. ``keep_px`` above 0 keeps it with the item below: it stands only where there
    is so much room under it, and room for that item's first line. Text that is cut ends with its sentence where that
    costs little, unless it ``continues`` on another page.
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
    continues: bool = False


@dataclass(frozen=True, slots=True)
class Fixed(Item):
    """An item whose words are the layout's own, one text for each cell: what is printed on every form of a kind."""

    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """Items that run through boxes of one width, in page px; in a single box they may stand at ``anchor``."""

    boxes: tuple[Box, ...]
    items: tuple[Item, ...]
    anchor: str = "top"


@dataclass(slots=True)
class _Row:
    """An item as it is set: its slugs [first, last) of the casting or its texts, its height, and what is below it.

    ``need_px`` is the room without which it does not begin; ``box`` where it stands, None where there is no room;
    ``pieces`` the lines of its texts and where they begin: text, lines, left, top, sheet px.
    """

    item: Item
    first: int
    last: int
    texts: tuple[Text, ...]
    high_px: float = 0.0
    need_px: float = 0.0
    box: Box | None = None
    pieces: list[tuple[Text, slice, float, float]] = field(default_factory=list)

    @property
    def runs_on(self) -> bool:
        """Whether it may go on in the next box."""
        return self.item.lines == 0 and bool(self.texts)

    @property
    def least_px(self) -> float:
        """The height of what of it must stand in one place."""
        return self.texts[0].style.line_px + 2 * self.item.pad_px if self.runs_on else self.high_px


def asks_of(flows: Sequence[Flow]) -> tuple[Ask, ...]:
    """Return what the flows want written, in the order of reading."""
    return tuple(ask for flow in flows for item in flow.items for ask in item.asks)


class Flows:
    """Flows with what was written for each: measured and given their places at once, then set one by one.

    ``shift_px`` is the sheet's bleed. ``feet`` are the flows' lower edges in sheet px: that of the last item.
    """

    def __init__(
        self, shaper: Shaper, flows: Sequence[tuple[Flow, Sequence[Block]]], shift_px: float, stream: Stream
    ) -> None:
        self._shaper = shaper
        self._stream = stream
        self._slugs: list[Slug] = []
        boxes = [[moved(box, shift_px) for box in flow.boxes] for flow, _ in flows]
        self._rows = [self._measured(flow, blocks, box[0]) for (flow, blocks), box in zip(flows, boxes, strict=True)]
        self._casting = Casting(self._slugs, shaper)
        self._tops: list[float | None] = [None] * len(self._slugs)
        self.feet = [
            self._stack([row for row in rows if self._standing(row)], theirs, flow.anchor)
            for (flow, _), rows, theirs in zip(flows, self._rows, boxes, strict=True)
        ]
        self._casting.stand(self._tops, stream)

    def _measured(self, flow: Flow, blocks: Sequence[Block], box: Box) -> list[_Row]:
        """Return a flow's rows, their single lines among the slugs, their running text broken."""
        rows, left = [], iter(blocks)
        for item in flow.items:
            texts = item.said if isinstance(item, Fixed) else _paragraphs(islice(left, len(item.asks)))
            first = len(self._slugs)
            broken: tuple[Text, ...] = ()
            if item.cells or item.most_fit:
                self._slugs += _cast_of(item, texts, box)
            elif texts:
                width = box[2] - box[0] - item.left_px - item.right_px
                whole = (Text((text,), item.style, self._shaper, width) for text in texts)
                broken = tuple(text for text in whole if text.lines)
                for text in broken if item.lines else ():
                    text.close(item.lines)
            rows.append(_Row(item, first, len(self._slugs), broken))
        return rows

    def _standing(self, row: _Row) -> bool:
        """Return whether there is anything of a row to set: it has words left, or is a gap; and measure it."""
        item, cast = row.item, self._casting.slugs[row.first : row.last]
        full = [slug for slug in cast if slug.text]
        if (item.asks or isinstance(item, Fixed)) and not full and not row.texts:
            return False
        high = max((slug.style.line_px for slug in full), default=0.0)
        if full and not item.cells:
            # A line alone takes its pitch with it as it shrinks or grows.
            high *= float(self._casting.ratio[row.first])
        if row.texts:
            high = sum(_lines_of(item, text) * text.style.line_px for text in row.texts)
            high += item.paragraph_gap_px * (len(row.texts) - 1)
        row.high_px = max(high + 2 * item.pad_px, item.height_px)
        return True

    def _stack(self, rows: Sequence[_Row], boxes: Sequence[Box], anchor: str) -> float:
        """Give each row its place, one below the other, until the boxes are full; return the lower edge."""
        below = 0.0
        for row in reversed(rows):
            row.need_px = row.least_px + (max(row.item.keep_px, below) if row.item.keep_px > 0 else 0.0)
            below = row.item.gap_px + row.need_px
        at, y, fresh = 0, boxes[0][1], True
        if anchor != "top":
            total = sum(row.high_px for row in rows) + sum(row.item.gap_px for row in rows[1:])
            y += max(boxes[0][3] - y - total, 0.0) * (0.5 if anchor == "middle" else 1.0)
        for row in rows:
            # Nothing stands above the first item of a box: it needs no space before it.
            top = y if fresh else y + row.item.gap_px
            if top + row.need_px > boxes[at][3] + _HAIR_PX and not fresh:
                if at + 1 >= len(boxes):
                    break
                at, fresh = at + 1, True
                top = boxes[at][1]
            if row.runs_on:
                at, y = self._run_on(row, boxes, at, top)
            elif row.texts and top + row.high_px > boxes[at][3] + _HAIR_PX and not self._cut_short(row, boxes[at], top):
                break
            else:
                y = self._place(row, boxes[at], top)
            fresh = False
        return y

    def _cut_short(self, row: _Row, box: Box, top: float) -> bool:
        """Leave a row that is too high for an empty box as many of its lines as there is room for; False when none."""
        pitch = row.texts[0].style.line_px
        lines = int((box[3] - top - 2 * row.item.pad_px + _HAIR_PX) // pitch)
        row.texts = row.texts[:1]
        row.texts[0].close(max(lines, 1))
        row.item = replace(row.item, lines=max(lines, 1), height_px=0.0)
        row.high_px = _lines_of(row.item, row.texts[0]) * pitch + 2 * row.item.pad_px
        return lines > 0

    def _place(self, row: _Row, box: Box, top: float) -> float:
        """Give a row its place whole; return its lower edge."""
        item, high = row.item, row.high_px
        row.box = (box[0] + item.left_px, top, box[2] - item.right_px, top + high)
        for at in range(row.first, row.last):
            drop = item.cells[at - row.first].shift_px[1] if item.cells else 0.0
            self._tops[at] = top + (high - self._casting.slugs[at].style.line_px) / 2 + drop
        y = top + item.pad_px
        if len(row.texts) == 1:
            y = top + (high - _lines_of(item, row.texts[0]) * row.texts[0].style.line_px) / 2
        for text in row.texts:
            lines = _lines_of(item, text)
            row.pieces.append((text, slice(0, lines), row.box[0], y))
            y += lines * text.style.line_px + item.paragraph_gap_px
        return top + high

    def _run_on(self, row: _Row, boxes: Sequence[Box], at: int, top: float) -> tuple[int, float]:
        """Lead a row's texts through the boxes; return the last one's number and the lower edge."""
        item, y = row.item, top + row.item.pad_px
        for number, text in enumerate(row.texts):
            if number and y > boxes[at][1]:
                y += item.paragraph_gap_px
            done, pitch = 0, text.style.line_px
            while done < len(text.lines):
                x0, _, _, bottom = boxes[at]
                room = int((bottom - y + _HAIR_PX) // pitch)
                if room <= 0:
                    if at + 1 >= len(boxes):
                        return at, y if item.continues else self._close(row, number, done, y)
                    at, y = at + 1, boxes[at + 1][1]
                    continue
                taken = min(room, len(text.lines) - done)
                row.pieces.append((text, slice(done, done + taken), x0 + item.left_px, y))
                done, y = done + taken, y + taken * pitch
        return at, y + item.pad_px

    def _close(self, row: _Row, number: int, done: int, y: float) -> float:
        """Let a row that ends at ``y`` after so many lines of a text end with a sentence; return its lower edge."""
        if not done:
            return y
        text = row.texts[number]
        of = sum(part.stop - part.start for _, part, _, _ in row.pieces)
        kept = text.close(done, of)
        if number and not text.lines[kept - 1].ends and kept <= MOST_DROPPED * of:
            # Of its last paragraph not one sentence would be whole.
            kept = 0
        pieces = [piece for piece in row.pieces if piece[0] is not text or piece[1].start < kept]
        last, lines, x, top = pieces[-1]
        lines = slice(lines.start, min(lines.stop, kept) if last is text else lines.stop)
        row.pieces = [*pieces[:-1], (last, lines, x, top)]
        high: float = (lines.stop - lines.start) * last.style.line_px
        return top + high

    def set(self, galley: Galley, number: int, kind: Type) -> None:
        """Set one of the flows: its areas, lines and rulings; ``kind`` says how often words are marked."""
        rows = self._rows[number]
        first = rows[0].first if rows else 0
        for row in rows:
            if row.box is not None:
                self._rule(galley, row, row.box)
            if row.pieces:
                # Lines cast together are added together, up to a text that stands below them.
                self._casting.add(galley, first, row.first)
                first = row.last
                self._set_texts(galley, row, kind)
        if rows:
            self._casting.add(galley, first, rows[-1].last)

    def _rule(self, galley: Galley, row: _Row, box: Box) -> None:
        """Ink the areas of a row's cells, and its rulings."""
        left = box[0] - row.item.left_px
        for cell in row.item.cells:
            if cell.fill:
                galley.rule(left + cell.left_px, box[1], left + cell.right_px, box[3], cell.fill)
        across = tuple(left + cell.left_px for cell in row.item.cells[1:])
        for ruling in row.item.rulings:
            draw_ruling(galley, ruling, box, across)

    def _set_texts(self, galley: Galley, row: _Row, kind: Type) -> None:
        """Set what is broken into lines, one block, and mark some of its words."""
        block, first_word = galley.block(row.item.role), galley.word_count
        for text, lines, x, y in row.pieces:
            place_lines(galley, block, text, lines, x, y, self._stream)
        if row.item.marked and galley.word_count > first_word:
            face = self._shaper.faces.faces[row.item.style.face]
            mark_words(galley, first_word, row.item.style, face.descent_em, kind, self._stream)


def set_flow(
    galley: Galley, flow: Flow, blocks: Sequence[Block], shaper: Shaper, shift_px: float, kind: Type, stream: Stream
) -> float:
    """Set one flow's items until they or the boxes end; return the lower edge of the last, sheet px.

    ``shift_px`` is the sheet's bleed; ``kind`` how often words are marked.
    """
    flows = Flows(shaper, [(flow, blocks)], shift_px, stream)
    flows.set(galley, 0, kind)
    return flows.feet[0]


def _paragraphs(blocks: Iterable[Block]) -> tuple[str, ...]:
    return tuple(paragraph for block in blocks for paragraph in block.paragraphs)


def _lines_of(item: Item, text: Text) -> int:
    return min(len(text.lines), item.lines) if item.lines else len(text.lines)


def _cast_of(item: Item, texts: Sequence[str], box: Box) -> list[Slug]:
    """Return the slugs of an item's cells, or of its only line; texts beyond them are left out."""
    if not item.cells:
        style = item.style._replace(indent_em=0.0) if item.style.indent_em else item.style
        left, right = box[0] + item.left_px, box[2] - item.right_px
        return [Slug(text, style, left, right, item.role, item.most_fit) for text in texts[:1]]
    slugs = []
    for cell, text in zip(item.cells, texts, strict=False):
        left = box[0] + cell.left_px + cell.pad_px + cell.shift_px[0]
        room = cell.right_px - cell.left_px - 2 * cell.pad_px - abs(cell.shift_px[0])
        slugs.append(Slug(text, cell.style, left, left + room, cell.role))
    return slugs
