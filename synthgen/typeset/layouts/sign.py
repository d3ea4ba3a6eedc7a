"""Signs: one to three lines of different sizes, side by side, stacked in columns or along an arc; on areas or bare."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from synthgen.errors import Rejected
from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.text.copy import Ask, Block, Copy
from synthgen.typeset.curve import arc, place_on_curve, wave
from synthgen.typeset.design import pick_face, text_style
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.flow import Flow, Item, set_flow
from synthgen.typeset.galley import Galley
from synthgen.typeset.horizontal import place_lines
from synthgen.typeset.layout import Layout
from synthgen.typeset.registry import Brief, register_layout
from synthgen.typeset.ruling import Box, Ruling, draw_ruling
from synthgen.typeset.shape import Shaper
from synthgen.typeset.text import Style, Text
from synthgen.typeset.vertical import VerticalText, place_columns

SHAPES = ("level", "level", "level", "road", "stacked", "arc", "wave")
# The share of a circle that an arched line may take, in degrees.
ARC_DEG = (60.0, 150.0)


@dataclass(frozen=True, slots=True)
class _Plan:
    """A sign's shape, its main line's style and box, the flow of the other lines, and its areas, page px."""

    shape: str
    style: Style
    box: Box
    others: Flow
    rulings: tuple[tuple[Ruling, Box], ...]
    ground: bool
    bend: float


@register_layout("sign")
class Sign:
    """A shop's or a road's sign."""

    def brief(self, recipe: Recipe, faces: FaceSet, stream: Stream) -> Brief:
        """Draw the shape, the areas and the sizes."""
        page = recipe.page
        wide, high = float(page.width_px), float(page.height_px)
        edge = min(wide, high) * max(stream.between(page.margin_frac_range), 0.03)
        box = (edge, edge, wide - edge, high - edge)
        shape = stream.pick(SHAPES)
        bold = pick_face(recipe, faces, stream, heavy=True if stream.chance(0.75) else None)
        rulings, ground = self._areas(shape, box, stream)
        ink = "reverse" if ground else stream.pick(("text", "text", "accent"))
        style = replace(
            text_style(recipe, bold, 0.3 * (box[3] - box[1]), stream),
            align="center",
            by_syllable=False,
            raised="",
            ink=ink,
            tracking_em=stream.pick((-0.03, 0.0, 0.0, 0.08)),
        )
        pad = 0.06 * min(wide, high)
        inner = (box[0] + pad, box[1] + pad, box[2] - pad, box[3] - pad)
        small = replace(style, face=pick_face(recipe, faces, stream), tracking_em=0.0)
        if shape == "stacked":
            main, others = self._stacked(inner, style, small, stream)
        elif shape in ("arc", "wave"):
            main, others = self._bent(inner, style, small, stream)
        else:
            main, others = self._level(inner, style, small, shape == "road", stream)
        genre = "sign_road" if shape == "road" else "sign_shop"
        role = "headline" if shape == "road" else "short" if shape == "stacked" and stream.chance(0.5) else "name"
        own = () if shape in ("level", "road") else (Ask(role, 1, genre),)
        asks = (*own, *(ask for item in others.items for ask in item.asks))
        plan = _Plan(shape, style, main, others, tuple(rulings), ground, stream.uniform(*ARC_DEG))
        return Brief(asks, plan)

    def _areas(self, shape: str, box: Box, stream: Stream) -> tuple[list[tuple[Ruling, Box]], bool]:
        """Return the sign's areas and frames, and whether its text stands on an inked ground."""
        short = min(box[2] - box[0], box[3] - box[1])
        radius = stream.pick((0.0, 0.0, 0.06, 0.15)) * short
        if shape == "road" or stream.chance(0.5):
            rulings = [(Ruling("fill", ink="accent", round_px=radius), box)]
            if stream.chance(0.5):
                gap = 0.025 * short
                inside = (box[0] + gap, box[1] + gap, box[2] - gap, box[3] - gap)
                rulings.append((Ruling("frame", 0.012 * short, "reverse", round_px=max(radius - gap, 0)), inside))
            return rulings, True
        if stream.chance(0.4):
            return [(Ruling("frame", stream.uniform(0.01, 0.03) * short, "accent", round_px=radius), box)], False
        return [], False

    def _level(self, box: Box, style: Style, small: Style, road: bool, stream: Stream) -> tuple[Box, Flow]:
        """Return lines one below the other; the main one is as large as the width allows."""
        genre, high = ("sign_road" if road else "sign_shop"), box[3] - box[1]
        count = stream.pick((1, 2, 2, 3))
        shares = {1: (0.75,), 2: (0.5, 0.22), 3: (0.18, 0.4, 0.18)}[count]
        main = max(range(count), key=shares.__getitem__)
        items = []
        for at, share in enumerate(shares):
            size = share * high
            own = replace(style if at == main else small, size_px=size, line_px=size * 1.15)
            role = ("headline" if road else "name") if at == main else "line" if road else "tail"
            items.append(Item(role, own, (Ask(role, 2, genre),), most_fit=1.0, gap_px=0.04 * high if at else 0.0))
        return box, Flow((box,), tuple(items), "middle")

    def _stacked(self, box: Box, style: Style, small: Style, stream: Stream) -> tuple[Box, Flow]:
        """Return a column for the main line, and a small line below it or none."""
        foot = box[3]
        items: tuple[Item, ...] = ()
        if stream.chance(0.6):
            size = 0.09 * (box[3] - box[1])
            foot -= 1.6 * size
            own = replace(small, size_px=size, line_px=1.3 * size)
            items = (Item("tail", own, (Ask("tail", 2, "sign_shop"),), most_fit=1.0),)
        return (box[0], box[1], box[2], foot), Flow(((box[0], foot, box[2], box[3]),), items, "bottom")

    def _bent(self, box: Box, style: Style, small: Style, stream: Stream) -> tuple[Box, Flow]:
        """Return the upper part for the bent line, and one or two lines below it."""
        split = box[1] + (box[3] - box[1]) * 0.62
        size = 0.16 * (box[3] - box[1])
        own = replace(small, size_px=size, line_px=1.2 * size)
        items = [Item("tail", own, (Ask("tail", 2, "sign_shop"),), most_fit=1.0)] * stream.integer(1, 3)
        return (box[0], box[1], box[2], split), Flow(((box[0], split, box[2], box[3]),), tuple(items), "middle")

    def set(self, brief: Brief, copy: Copy, recipe: Recipe, shaper: Shaper, bleed_px: int, stream: Stream) -> Layout:
        """Return the sign; a line that its curve cannot hold stands straight instead."""
        plan: _Plan = brief.plan
        galley = Galley(shaper)
        for ink in dict.fromkeys([one.ink for one, _ in plan.rulings] + [plan.style.ink]):
            galley.ink(ink)
        for ruling, box in plan.rulings:
            draw_ruling(galley, ruling, _moved(box, bleed_px))
        blocks = iter(copy.blocks)
        if plan.shape == "stacked":
            self._set_column(galley, plan, next(blocks), shaper, bleed_px)
        elif plan.shape in ("arc", "wave"):
            self._set_bent(galley, plan, next(blocks), shaper, bleed_px)
        set_flow(galley, plan.others, blocks, shaper, bleed_px, recipe.type, stream)
        page = recipe.page
        size = (page.width_px + 2 * bleed_px, page.height_px + 2 * bleed_px)
        return galley.finish(size, {"shape": plan.shape})

    def _set_column(self, galley: Galley, plan: _Plan, block: Block, shaper: Shaper, bleed_px: int) -> None:
        """Set the main line as one column, or two when it has many words, as large as the box allows."""
        x0, y0, x1, y1 = _moved(plan.box, bleed_px)
        high, wide = y1 - y0, x1 - x0
        style = replace(plan.style, line_px=plan.style.size_px * 1.1)
        whole = VerticalText(block.paragraphs[:1], style, shaper, float("inf"), "upright")
        if not whole.lines:
            return
        ratio = min(high / whole.lines[0].width_px, 0.7 * wide / style.line_px, 1.6) * 0.999
        style = replace(style, size_px=style.size_px * ratio, line_px=style.line_px * ratio)
        text = VerticalText(block.paragraphs[:1], style, shaper, high, "upright")
        place_columns(galley, galley.block("headline"), text, slice(0, 1), (x0 + x1) / 2 + style.line_px / 2, y0)

    def _set_bent(self, galley: Galley, plan: _Plan, block: Block, shaper: Shaper, bleed_px: int) -> None:
        x0, y0, x1, y1 = _moved(plan.box, bleed_px)
        wide, high = x1 - x0, y1 - y0
        style = replace(plan.style, align="left", size_px=0.3 * high, line_px=0.36 * high)
        text = Text(block.paragraphs[:1], style, shaper, float("inf"))
        if not text.lines:
            return
        ratio = min(0.86 * wide / text.lines[0].width_px, 1.5)
        style = replace(style, size_px=style.size_px * ratio, line_px=style.line_px * ratio)
        text = Text(block.paragraphs[:1], style, shaper, float("inf"))
        length, em = text.lines[0].width_px, style.size_px
        number = galley.block("headline")
        if plan.shape == "wave":
            curve = wave(
                ((x0 + x1 - length) / 2 - 0.1 * em, (y0 + y1) / 2 + 0.3 * em),
                length + 0.2 * em,
                min(0.16 * em, 0.1 * high),
                length * 1.1,
                0.0,
            )
            start = 0.05 * em
        else:
            radius = length / (math.radians(plan.bend))
            # The arch may rise no higher than its box.
            rise = radius * (1 - _cosine(plan.bend / 2))
            if rise + 1.2 * em > high:
                radius *= (rise + 1.2 * em) / high * 2
            curve = arc(((x0 + x1) / 2, y0 + 1.05 * em + radius), radius, 90.0, length * 1.04)
            start = length * 0.02
        try:
            place_on_curve(galley, number, text, curve, start)
        except Rejected:
            flat = Text(block.paragraphs[:1], replace(style, align="center"), shaper, wide)
            place_lines(galley, number, flat, slice(0, 1), x0, y0 + 0.3 * high)


def _cosine(angle_deg: float) -> float:
    return math.cos(math.radians(angle_deg))


def _moved(box: Box, by: float) -> Box:
    return (box[0] + by, box[1] + by, box[2] + by, box[3] + by)
