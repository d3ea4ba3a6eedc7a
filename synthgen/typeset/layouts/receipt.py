"""Receipts: a narrow strip with the shop on top, goods and prices in columns, dashed rules, totals and a barcode."""

from __future__ import annotations

from dataclasses import replace

from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.text.copy import Ask, Copy
from synthgen.typeset.design import margins, pick_face, text_style
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.flow import Cell, Flow, Item
from synthgen.typeset.layout import Layout
from synthgen.typeset.layouts.barcodes import coded
from synthgen.typeset.layouts.composed import Composed, Composition, can_say
from synthgen.typeset.registry import Brief, register_layout
from synthgen.typeset.ruling import Ruling
from synthgen.typeset.shape import Shaper
from synthgen.typeset.text import Style

# Shares of the width that goods, price, count and amount take.
COLUMNS = (0.0, 0.42, 0.63, 0.76, 1.0)
ALIGNS = ("left", "right", "right", "right")
# How many strips say over the shop's name, or under it, what they are: that follows from how it was paid.
HEADED, HEAD = 0.45, "영수증"


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
        style = text_style(recipe, face, size, stream)._replace(align="left", by_syllable=False, raised="")
        style = style._replace(line_px=size * stream.uniform(1.25, 1.45))
        line = self._divider(style, stream)
        doubled = replace(
            line,
            height_px=0.2 * size,
            gap_px=0.3 * size,
            rulings=(*line.rulings, replace(line.rulings[-1], where="above")),
        )
        gap = Item("rule", style, height_px=0.4 * size)
        head = [*self._shop(style, face, recipe, faces, stream), line, gap]
        wide = stream.chance(0.25)
        goods = self._goods(style, width, wide)
        if stream.chance(0.75):
            heads = self._goods(style, width, wide=False)
            head += [replace(heads, role="heading", asks=(Ask("heads", 4, "receipt", cells=True),)), line, gap]
        foot = self._foot(style, width, line, doubled, gap, recipe, faces, stream)
        room = box[3] - box[1] - sum(_high(item) for item in (*head, *foot))
        most = max(int(room / _high(goods)), 2)
        count = most if stream.chance(0.3) else stream.integer(min(3, most), most + 1)
        flow = Flow((box,), (*head, *[goods] * count, *foot))
        return Composition((flow,), drawn={"size_px": size, "goods": count})

    def set(self, brief: Brief, copy: Copy, recipe: Recipe, shaper: Shaper, bleed_px: int, stream: Stream) -> Layout:
        """Return the strip, its barcode saying the number below it."""
        plan, copy = coded(brief.plan, copy)
        return super().set(replace(brief, plan=plan), copy, recipe, shaper, bleed_px, stream)

    def _divider(self, style: Style, stream: Stream) -> Item:
        """Return the rule that parts the strip's sections: solid, dashed, or of short strokes."""
        size = style.size_px
        dash = stream.pick((0.0, 0.25, 0.4, 0.4)) * size
        ruling = Ruling("below", max(stream.uniform(0.04, 0.09) * size, 1.0), dash_px=dash)
        return Item("rule", style, height_px=0.35 * size, rulings=(ruling,))

    def _shop(self, style: Style, face: int, recipe: Recipe, faces: FaceSet, stream: Stream) -> list[Item]:
        """Return the shop's name and what is told about it, centred on most tills."""
        big = style.size_px * stream.uniform(1.4, 2.1)
        name = face if stream.chance(0.5) else pick_face(recipe, faces, stream, heavy=True)
        title = style._replace(face=name, size_px=big, line_px=big * 1.4, align="center")
        about = style._replace(align=stream.pick(("left", "center", "center")))
        items = [
            Item("headline", title, (Ask("shop", 1, "receipt"),), most_fit=1.0),
            *[Item("line", about, (Ask("about", 3, "receipt"),), most_fit=1.0)] * stream.integer(2, 6),
        ]
        if stream.chance(HEADED) and can_say(HEAD, recipe.lang, recipe.text.charset):
            center = style._replace(align="center", tracking_em=stream.pick((0.0, 0.3)), size_px=style.size_px * 1.15)
            head = Item("heading", center, (Ask("headline", 2, "receipt"),), most_fit=1.0)
            items.insert(stream.pick((0, 1)), head)
        return items

    def _goods(self, style: Style, width: float, wide: bool) -> Item:
        """Return the row of one thing bought; ``wide`` gives its name a line of its own, over the figures."""
        pad, half = 0.1 * style.size_px, 0.5 * style.line_px if wide else 0.0
        cells = [
            Cell(left * width, right * width, style._replace(align=align), pad_px=pad, shift_px=(0.0, half))
            for left, right, align in zip(COLUMNS, COLUMNS[1:], ALIGNS, strict=False)
        ]
        if wide:
            cells[0] = replace(cells[0], right_px=width, shift_px=(0.0, -half))
        high = style.line_px * (2.0 if wide else 1.0)
        return Item("row", style, (Ask("goods", 4, "receipt", cells=True),), cells=tuple(cells), height_px=high)

    def _foot(
        self,
        style: Style,
        width: float,
        line: Item,
        doubled: Item,
        gap: Item,
        recipe: Recipe,
        faces: FaceSet,
        stream: Stream,
    ) -> list[Item]:
        """Return what stands below the goods: sums, the total, how it was paid, thanks, and a barcode at times."""
        size = style.size_px
        sums = Item("row", style, (Ask("sum", 2, "receipt", cells=True),), cells=_two(style, width, 0.1 * size))
        large = stream.uniform(1.2, 1.7)
        strong = style._replace(size_px=size * large, line_px=style.line_px * max(large, 1.3))
        if stream.chance(0.5):
            strong = strong._replace(face=pick_face(recipe, faces, stream, heavy=True))
        total = Item("total", strong, (Ask("total", 2, "receipt", cells=True),), cells=_two(strong, width, 0.1 * size))
        items = [line, gap, *[sums] * stream.integer(1, 4)]
        items += [doubled, gap, total, doubled, gap] if stream.chance(0.35) else [total, line, gap]
        items += [*[sums] * stream.integer(2, 5), line, gap]
        center = style._replace(align="center")
        items += [Item("line", center, (Ask("thanks", 3, "receipt"),), most_fit=1.0)] * stream.integer(1, 3)
        if stream.chance(0.6):
            inset = width * stream.uniform(0.1, 0.22)
            code = Ruling("bars")
            high = size * stream.uniform(1.6, 2.6)
            items += [
                Item("rule", style, gap_px=0.7 * size, height_px=high, left_px=inset, right_px=inset, rulings=(code,)),
                Item("code", center._replace(tracking_em=0.15), (Ask("code", 1, "receipt"),), most_fit=1.0),
            ]
        return items


def _high(item: Item) -> float:
    """Return about how high an item stands, the space above it included; fitted lines are no higher."""
    line = item.style.line_px if item.asks or item.cells else 0.0
    return item.gap_px + max(line, item.height_px)


def _two(style: Style, width: float, pad: float) -> tuple[Cell, ...]:
    return (
        Cell(0.0, 0.45 * width, style, "label", pad_px=pad),
        Cell(0.45 * width, width, style._replace(align="right"), "value", pad_px=pad),
    )
