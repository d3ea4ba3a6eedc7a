"""Pages of books: one, or two with the fold between; running heads, folios, chapters that begin low, notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.text.copy import Ask, Copy
from synthgen.typeset.design import headline_style, pick_face, size_for_words, text_style, words_in
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.flow import Cell, Flow, Item
from synthgen.typeset.layout import Layout
from synthgen.typeset.layouts.composed import Composed, Composition
from synthgen.typeset.registry import Brief, register_layout
from synthgen.typeset.ruling import Box, Ruling
from synthgen.typeset.shape import Shaper
from synthgen.typeset.text import Style


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
        body = replace(body, align="justify", indent_em=1.0)
        small = replace(body, size_px=size * 0.78, line_px=size * 1.1, indent_em=0.0, align="left", by_syllable=False)
        heads = stream.pick(("top", "bottom", "folio"))
        flows: list[Flow] = []
        opening = self._opening(recipe, faces, body, areas[0], stream) if stream.chance(0.3) else []
        boxes, notes = [], []
        headed: list[tuple[bool, Flow]] = []
        for number, area in enumerate(areas):
            note = self._notes(small, area, stream) if stream.chance(0.2) else None
            if note is not None:
                notes.append(note)
                area = (area[0], area[1], area[2], note.boxes[0][1] - 0.4 * size)
            # Both pages keep the same lines.
            lines = int((area[3] - area[1]) / body.line_px)
            boxes.append((area[0], area[1], area[2], area[1] + lines * body.line_px))
            if not (opening and number == 0 and heads == "top"):
                right_hand = number == 1 or first
                headed.append((right_hand, _head(small, areas[number], right_hand, heads, page.height_px)))
                flows.append(headed[-1][1])
        words = sum(words_in(x1 - x0, y1 - y0, body) for x0, y0, x1, y1 in boxes)
        text = Item("body", body, (Ask("body", int(words * 1.1) + 4, "book"),), 0, marked=True)
        flows.insert(0, Flow(tuple(boxes), (*opening, text)))
        fold = ((Ruling("left", stream.uniform(0.2, 0.5)), (wide, 0.0, wide, float(page.height_px))),) if spread else ()
        return Composition(
            (*flows, *notes),
            fold if stream.chance(0.6) else (),
            drawn={"size_px": size, "pages": len(areas)},
            own=tuple(right_hand for right_hand, _ in headed),
        )

    def set(self, brief: Brief, copy: Copy, recipe: Recipe, shaper: Shaper, bleed_px: int, stream: Stream) -> Layout:
        """Return the pages, their numbers following one another, the even ones at the left."""
        return super().set(brief, _numbered(copy, brief.plan.own), recipe, shaper, bleed_px, stream)

    def _opening(self, recipe: Recipe, faces: FaceSet, body: Style, area: Box, stream: Stream) -> list[Item]:
        bold = pick_face(recipe, faces, stream, heavy=stream.chance(0.5))
        style = headline_style(recipe, bold, body.size_px * stream.uniform(1.3, 1.8), stream)
        style = replace(style, align=stream.pick(("left", "center", "right")))
        drop = (area[3] - area[1]) * stream.uniform(0.12, 0.25)
        lines = max(1, round(drop / body.line_px))
        return [
            Item("rule", style, height_px=lines * body.line_px),
            Item("heading", style, (Ask("chapter", 3, "book"),), height_px=2 * body.line_px),
            Item("rule", style, height_px=2 * body.line_px),
        ]

    def _notes(self, small: Style, area: Box, stream: Stream) -> Flow:
        count = stream.integer(1, 4)
        style = replace(small, indent_em=-1.1)
        line = Item(
            "rule",
            style,
            height_px=0.5 * style.size_px,
            right_px=0.65 * (area[2] - area[0]),
            rulings=(Ruling("above", 0.7),),
        )
        notes = [
            Item("footnote", style, (Ask("footnote", 8, "book", f"{at + 1})"),), 2, left_px=1.1 * style.size_px)
            for at in range(count)
        ]
        high = 0.6 * style.size_px + 1.6 * count * style.line_px
        return Flow(((area[0], area[3] - high, area[2], area[3]),), (line, *notes))


def _numbered(copy: Copy, right_hand: Sequence[bool]) -> Copy:
    """Return the copy with the page numbers of its running heads made to follow one another, odd at the right hand."""
    blocks, number, hands = [], 0, iter(right_hand)
    for block in copy.blocks:
        text = block.paragraphs[0]
        if block.role == "page" and text.isdecimal():
            odd = next(hands, False)
            number = number + 1 if number else int(text) + (int(text) % 2 != odd)
            block = replace(block, paragraphs=(str(number),))
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
        return Flow((box,), (Item("page", replace(small, align="center"), asks[1:]),))
    # Head and folio stand on one line, the folio at the outer edge.
    width, inset = area[2] - area[0], 3.2 * small.size_px
    if right_hand:
        cells = (
            Cell(0.0, width - inset, replace(small, align="right"), "running"),
            Cell(width - inset, width, replace(small, align="right"), "page"),
        )
    else:
        asks = asks[::-1]
        cells = (Cell(0.0, inset, small, "page"), Cell(inset, width, small, "running"))
    return Flow((box,), (Item("running", small, asks, cells=cells),))
