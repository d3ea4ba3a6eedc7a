"""Pages of books: one, or two with the fold between; running heads, folios, chapters that begin low, notes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.text.copy import Ask, Block, Copy
from synthgen.typeset.design import headline_style, pick_face, size_for_words, text_style, words_in
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.flow import Cell, Flow, Item
from synthgen.typeset.layout import Layout
from synthgen.typeset.layouts.composed import Composed, Composition
from synthgen.typeset.layouts.notes import MARK, SENTENCE_END, fitting, lead_of
from synthgen.typeset.registry import Brief, register_layout
from synthgen.typeset.ruling import Box, Ruling
from synthgen.typeset.shape import Shaper
from synthgen.typeset.text import Style, Text

_FIGURES = re.compile(r"\d+")
MOST_NOTES = 3
# Marks make the lines longer: at the foot of a page no word bears one that may go to the next page.
_UNMARKED_LINES = 2


@dataclass(frozen=True, slots=True)
class _Pages:
    """What a book knows of its pages: of those with a head, whether each is at the right hand; of all, how many notes
    each has; and the height in px of what stands above the text of the first.
    """

    right_hand: tuple[bool, ...]
    notes: tuple[int, ...]
    opening_px: float


@register_layout("book")
class Book(Composed):
    """A page, or a spread where the picture is wider than high."""

    def compose(self, recipe: Recipe, faces: FaceSet, stream: Stream) -> Composition:
        """Draw the type area, mirrored about the fold, and what stands in it."""
        page = recipe.page
        spread = page.width_px > page.height_px * 1.05
        wide = page.width_px / (2 if spread else 1)
        low, high = page.margin_frac_range
        outer, inner = (wide * max(stream.uniform(low, high), 0.06) for _ in range(2))
        inner = max(inner, wide * 0.09)
        top, bottom = (page.height_px * stream.uniform(0.08, 0.12) for _ in range(2))
        first = stream.pick((False, True)) if not spread else False
        areas = []
        for number in range(2 if spread else 1):
            right_hand = number == 1 or first
            left_margin, right_margin = (inner, outer) if right_hand else (outer, inner)
            areas.append(
                (number * wide + left_margin, top, (number + 1) * wide - right_margin, page.height_px - bottom)
            )
        size = size_for_words(
            stream.integer(page.words_range[0], page.words_range[1] + 1),
            sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in areas),
            recipe,
            recipe.type.line_spacing_range[1],
        )
        body = text_style(recipe, pick_face(recipe, faces, stream, heavy=False), size, stream)
        body = body._replace(align="justify", indent_em=1.0)
        small = body._replace(size_px=size * 0.78, line_px=size * 1.1, indent_em=0.0, align="left", by_syllable=False)
        heads = stream.pick(("top", "bottom", "folio"))
        flows: list[Flow] = []
        opening = self._opening(recipe, faces, body, areas[0], stream) if stream.chance(0.3) else []
        boxes, notes, counts = [], [], []
        headed: list[tuple[bool, Flow]] = []
        for number, area in enumerate(areas):
            counts.append(stream.integer(1, MOST_NOTES + 1) if stream.chance(0.2) else 0)
            if counts[-1]:
                notes.append(_notes(small, area, counts[-1]))
                area = (area[0], area[1], area[2], notes[-1].boxes[0][1] - 0.4 * size)
            # Both pages keep the same lines.
            lines = int((area[3] - area[1]) / body.line_px)
            boxes.append((area[0], area[1], area[2], area[1] + lines * body.line_px))
            if not (opening and number == 0 and heads == "top"):
                right_hand = number == 1 or first
                headed.append((right_hand, _head(small, areas[number], right_hand, heads, page.height_px)))
                flows.append(headed[-1][1])
        words = sum(words_in(x1 - x0, y1 - y0, body) for x0, y0, x1, y1 in boxes)
        text = Item("body", body, (Ask("body", int(words * 1.1) + 4, "book"),), 0, marked=True, continues=True)
        flows.insert(0, Flow(tuple(boxes), (*opening, text)))
        fold = ((Ruling("left", stream.uniform(0.2, 0.5)), (wide, 0.0, wide, float(page.height_px))),) if spread else ()
        return Composition(
            (*flows, *notes),
            fold if stream.chance(0.6) else (),
            drawn={"size_px": size, "pages": len(areas)},
            own=_Pages(
                tuple(right_hand for right_hand, _ in headed), tuple(counts), sum(item.height_px for item in opening)
            ),
        )

    def set(self, brief: Brief, copy: Copy, recipe: Recipe, shaper: Shaper, bleed_px: int, stream: Stream) -> Layout:
        """Return the pages, their numbers following one another, the even ones at the left, a mark for each note."""
        plan: Composition = brief.plan
        plan, copy = _noted(plan, _numbered(copy, plan.own.right_hand), shaper)
        return super().set(replace(brief, plan=plan), copy, recipe, shaper, bleed_px, stream)

    def _opening(self, recipe: Recipe, faces: FaceSet, body: Style, area: Box, stream: Stream) -> list[Item]:
        bold = pick_face(recipe, faces, stream, heavy=stream.chance(0.5))
        style = headline_style(recipe, bold, body.size_px * stream.uniform(1.3, 1.8), stream)
        style = style._replace(align=stream.pick(("left", "center", "right")))
        drop = (area[3] - area[1]) * stream.uniform(0.12, 0.25)
        lines = max(1, round(drop / body.line_px))
        return [
            Item("rule", style, height_px=lines * body.line_px),
            Item("heading", style, (Ask("chapter", 3, "book"),), height_px=2 * body.line_px),
            Item("rule", style, height_px=2 * body.line_px),
        ]


def _notes(small: Style, area: Box, count: int) -> Flow:
    """Return so many notes at the foot of a page, below a rule, with room for one line more."""
    style = small._replace(indent_em=-1.1)
    line = Item(
        "rule",
        style,
        height_px=0.5 * style.size_px,
        right_px=0.65 * (area[2] - area[0]),
        rulings=(Ruling("above", 0.7),),
    )
    notes = [
        Item("footnote", style, (Ask("footnote", 8, "book", lead_of(at + 1)),), 2, left_px=1.1 * style.size_px)
        for at in range(count)
    ]
    high = 0.6 * style.size_px + (count + 1) * style.line_px
    return Flow(((area[0], area[3] - high, area[2], area[3]),), (line, *notes), "bottom")


def _noted(plan: Composition, copy: Copy, shaper: Shaper) -> tuple[Composition, Copy]:
    """Return the pages and their copy with one mark in a page's text for each of its notes, in rising order.

    Marks that templates bring are taken out; notes for which a page has no sentence are left out.
    """
    pages: _Pages = plan.own
    main = plan.flows[0]
    at = sum(len(item.asks) for item in main.items) - 1
    paragraphs = tuple(MARK.sub("", paragraph) for paragraph in copy.blocks[at].paragraphs)
    blocks, flows = list(copy.blocks), list(plan.flows)
    if total := sum(pages.notes):
        noted = sum(count > 0 for count in pages.notes)
        written, flows, ends = iter(blocks[-total:]), flows[:-noted], iter(flows[-noted:])
        del blocks[-total:]
        text = Text(paragraphs, main.items[-1].style, shaper, main.boxes[0][2] - main.boxes[0][0])
        marks: dict[tuple[int, int], str] = {}
        kept: list[Block] = []
        for count, places in zip(pages.notes, _places(text, main.boxes, pages.opening_px), strict=True):
            if not count:
                continue
            notes, flow = [next(written) for _ in range(count)], next(ends)
            most = fitting(notes, flow, shaper)
            chosen = sorted({places[int((one + 0.5) * len(places) / most)] for one in range(most)}) if places else []
            marks |= {place: lead_of(number) for number, place in enumerate(chosen, 1)}
            if chosen:
                kept += notes[: len(chosen)]
                flows.append(replace(flow, items=flow.items[: 1 + len(chosen)]))
        paragraphs = tuple(_with_marks(text, number, marks) for number in range(len(text.words))) or paragraphs
        blocks += kept
    blocks[at] = replace(blocks[at], paragraphs=paragraphs)
    return replace(plan, flows=tuple(flows)), replace(copy, blocks=tuple(blocks))


def _places(text: Text, boxes: Sequence[Box], opening_px: float) -> list[list[tuple[int, int]]]:
    """Return for each page where a note's mark may stand: paragraph and word, in the order of reading."""
    pages, first = [], 0
    for number, (_, top, _, bottom) in enumerate(boxes):
        high = bottom - top - (0.0 if number else opening_px)
        last = first + max(0, int((high + 0.01) // text.style.line_px))
        pages.append(
            [
                (line.paragraph, word)
                for line in text.lines[first + (number > 0) : max(last - _UNMARKED_LINES, first)]
                for word in range(line.first, line.last)
                if word not in text.broken[line.paragraph] and SENTENCE_END.match(text.words[line.paragraph][word])
            ]
        )
        first = last
    return pages


def _with_marks(text: Text, paragraph: int, marks: dict[tuple[int, int], str]) -> str:
    """Return a paragraph as it was before it was broken, with the marks behind its words."""
    words, broken = text.words[paragraph], frozenset(text.broken[paragraph])
    parts = [word + marks.get((paragraph, at), "") + ("" if at in broken else " ") for at, word in enumerate(words)]
    return "".join(parts).rstrip()


def _numbered(copy: Copy, right_hand: Sequence[bool]) -> Copy:
    """Return the copy with the page numbers of its running heads made to follow one another, odd at the right hand.

    All are written as the first one is: ``26``, ``- 26 -``.
    """
    blocks, number, hands, way = [], 0, iter(right_hand), ""
    for block in copy.blocks:
        if block.role == "page" and (found := _FIGURES.search(block.paragraphs[0])):
            odd = next(hands, False)
            way = way or found.string
            number = number + 1 if number else int(found[0]) + (int(found[0]) % 2 != odd)
            block = replace(block, paragraphs=(_FIGURES.sub(str(number), way, count=1),))
        blocks.append(block)
    return replace(copy, blocks=tuple(blocks))


def _head(small: Style, area: Box, right_hand: bool, heads: str, height_px: int) -> Flow:
    """Return the running head and folio of one page, at its outer edge."""
    high = 1.4 * small.line_px
    y = (
        max(area[1] - 1.9 * small.line_px, 2.0)
        if heads == "top"
        else min(area[3] + 0.7 * small.line_px, height_px - high - 2)
    )
    box = (area[0], y, area[2], y + high)
    asks = (Ask("running", 2, "book"), Ask("page", 1, "book"))
    if heads == "folio":
        return Flow((box,), (Item("page", small._replace(align="center"), asks[1:]),))
    # Head and folio stand on one line, the folio at the outer edge.
    width, inset = area[2] - area[0], 3.2 * small.size_px
    if right_hand:
        cells = (
            Cell(0.0, width - inset, small._replace(align="right"), "running"),
            Cell(width - inset, width, small._replace(align="right"), "page"),
        )
    else:
        asks = asks[::-1]
        cells = (Cell(0.0, inset, small, "page"), Cell(inset, width, small, "running"))
    return Flow((box,), (Item("running", small, asks, cells=cells),))
