"""Receipts: a narrow strip with the shop on top, goods and prices in columns, dashed rules, totals and a barcode."""

from __future__ import annotations

from dataclasses import replace

from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.text.copy import Ask
from synthgen.typeset.design import margins, pick_face, text_style
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.flow import Cell, Flow, Item
from synthgen.typeset.layouts.composed import Composed, Composition, bars
from synthgen.typeset.registry import register_layout
from synthgen.typeset.ruling import Box, Ruling
from synthgen.typeset.text import Style

# Shares of the width that goods, price, count and amount take.
COLUMNS = (0.0, 0.47, 0.66, 0.77, 1.0)
ALIGNS = ("left", "right", "right", "right")


@register_layout("receipt")
class Receipt(Composed):
    """A till's strip."""

    def compose(self, recipe: Recipe, faces: FaceSet, stream: Stream) -> Composition:
        """Draw one face for all of it, as a till has, and how much was bought."""
        left, top, right, bottom = margins(recipe, stream)
        box = (left, top, recipe.page.width_px - right, recipe.page.height_px - bottom)
        width = box[2] - box[0]
        size = min(stream.between(recipe.type.body_px_range), width / 17)
        face = pick_face(recipe, faces, stream, heavy=False if stream.chance(0.85) else None)
        style = replace(text_style(recipe, face, size, stream), align="left", by_syllable=False, raised="")
        style = replace(style, line_px=size * stream.uniform(1.25, 1.45))
        dash = Ruling("below", max(0.06 * size, 1.0), dash_px=stream.pick((0.0, 0.25, 0.4, 0.4)) * size)
        line = Item("rule", style, height_px=0.35 * size, rulings=(dash,))
        gap = Item("rule", style, height_px=0.4 * size)
        items = [*self._shop(style, face, recipe, faces, stream), line, gap]
        columns = self._row(style, width)
        if stream.chance(0.75):
            items += [replace(columns, role="heading", asks=(Ask("heads", 4, "receipt", cells=True),)), line, gap]
        room = box[3] - box[1] - 17 * style.line_px - 4 * size
        goods = max(2, min(stream.integer(3, 12), int(room / style.line_px)))
        items += [columns] * goods
        items += [line, gap]
        sums = Item("row", style, (Ask("sum", 2, "receipt", cells=True),), cells=_two(style, width))
        strong = replace(style, size_px=size * stream.uniform(1.2, 1.7), line_px=style.line_px * 1.5)
        if stream.chance(0.5):
            strong = replace(strong, face=pick_face(recipe, faces, stream, heavy=True))
        items += [sums] * stream.integer(1, 4)
        items.append(Item("total", strong, (Ask("total", 2, "receipt", cells=True),), cells=_two(strong, width)))
        items += [line, gap, *[sums] * stream.integer(2, 5), line, gap]
        center = replace(style, align="center")
        items += [Item("line", center, (Ask("thanks", 3, "receipt"),), 2)] * stream.integer(1, 3)
        flows = [Flow((box,), tuple(items))]
        rulings: list[tuple[Ruling, Box]] = []
        if stream.chance(0.6):
            high = 2.2 * size
            code = (box[0] + 0.15 * width, box[3] - high - style.line_px, box[2] - 0.15 * width, box[3] - style.line_px)
            rulings = bars(code, stream)
            number = Item("code", replace(center, tracking_em=0.15), (Ask("code", 1, "receipt"),), most_fit=1.0)
            flows[0] = Flow(((box[0], box[1], box[2], code[1] - 0.5 * size),), tuple(items))
            flows.append(Flow(((box[0], code[3], box[2], box[3] + 1),), (number,)))
        return Composition(tuple(flows), tuple(rulings), drawn={"size_px": size, "goods": goods})

    def _shop(self, style: Style, face: int, recipe: Recipe, faces: FaceSet, stream: Stream) -> list[Item]:
        big = style.size_px * stream.uniform(1.4, 2.1)
        name = face if stream.chance(0.5) else pick_face(recipe, faces, stream, heavy=True)
        title = replace(style, face=name, size_px=big, line_px=big * 1.4, align="center")
        about = replace(style, align=stream.pick(("left", "left", "center")))
        return [
            Item("headline", title, (Ask("shop", 1, "receipt"),), most_fit=1.0),
            *[Item("line", about, (Ask("about", 3, "receipt"),), most_fit=1.0)] * stream.integer(2, 6),
        ]

    def _row(self, style: Style, width: float) -> Item:
        cells = tuple(
            Cell(left * width, right * width, replace(style, align=align), pad_px=0.1 * style.size_px)
            for left, right, align in zip(COLUMNS, COLUMNS[1:], ALIGNS, strict=False)
        )
        return Item("row", style, (Ask("goods", 4, "receipt", cells=True),), cells=cells)


def _two(style: Style, width: float) -> tuple[Cell, ...]:
    return (
        Cell(0.0, 0.45 * width, style, "label"),
        Cell(0.45 * width, width, replace(style, align="right"), "value"),
    )
