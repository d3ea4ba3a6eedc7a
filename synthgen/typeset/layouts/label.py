"""Labels on packages: a large name, what it claims, small print in a ruled table, a barcode."""

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
from synthgen.typeset.layouts.composed import Composed, Composition
from synthgen.typeset.registry import Brief, register_layout
from synthgen.typeset.ruling import Box, Ruling
from synthgen.typeset.shape import Shaper


@register_layout("label")
class Label(Composed):
    """One side of a package."""

    def compose(self, recipe: Recipe, faces: FaceSet, stream: Stream) -> Composition:
        """Draw the face of the brand, the areas and what small print there is."""
        left, top, right, bottom = margins(recipe, stream)
        box = (left, top, recipe.page.width_px - right, recipe.page.height_px - bottom)
        width, height = box[2] - box[0], box[3] - box[1]
        size = min(stream.between(recipe.type.body_px_range), width / 24)
        style = text_style(recipe, pick_face(recipe, faces, stream, heavy=False), size, stream)._replace(
            by_syllable=False,
            raised="",
            align="left",
            line_px=size * 1.3,
        )
        bold = pick_face(recipe, faces, stream, heavy=True)
        front = box[1] + height * stream.uniform(0.32, 0.45)
        reverse = stream.chance(0.45)
        ink = "reverse" if reverse else stream.pick(("text", "accent"))
        name = style._replace(face=bold, size_px=width / 3.2, line_px=width / 3.2 * 1.05, align="center", ink=ink)
        name = name._replace(size_px=min(name.size_px, 0.5 * (front - box[1])), line_px=0.55 * (front - box[1]))
        claim = style._replace(face=bold, size_px=size * 1.4, line_px=size * 1.9, align="center", ink=ink)
        brand = [
            Item("line", claim, (Ask("claim", 2, "product"),), most_fit=1.0),
            Item(
                "headline",
                name,
                (Ask("name", 1, "product"),),
                most_fit=1.0,
                left_px=0.04 * width,
                right_px=0.04 * width,
            ),
        ]
        if stream.chance(0.6):
            brand.append(replace(brand[0], gap_px=0.3 * size))
        rulings: list[tuple[Ruling, Box]] = []
        if reverse:
            edge = 0.6 * min(box[0], box[1])
            area = (edge, edge, recipe.page.width_px - edge, front + 0.3 * size)
            rulings.append((Ruling("fill", ink="accent", round_px=stream.pick((0.0, 0.8)) * size), area))
        elif stream.chance(0.5):
            rulings.append((Ruling("below", 2.0, "accent"), (box[0], front, box[2], front)))
        foot = box[3]
        flows = [Flow(((box[0], box[1], box[2], front),), tuple(brand), "middle")]
        code = stream.chance(0.6)
        if code:
            foot = box[3] - 3.6 * size
            place = (box[2] - 0.36 * width, foot + 0.3 * size, box[2], box[3] - 1.2 * style.line_px)
            rulings.append((Ruling("bars"), place))
            number = Item("code", style._replace(align="center"), (Ask("code", 1, "product"),), most_fit=1.0)
            flows.append(Flow(((place[0], place[3], place[2], box[3] + 0.3 * size),), (number,)))
        pad = 0.15 * size
        cells = (
            Cell(0.0, 0.3 * width, style._replace(face=bold), "label", pad_px=0.3 * size),
            Cell(0.3 * width, width, style, "value", pad_px=0.3 * size),
        )
        ruled = stream.pick(("grid", "below", "none"))
        row = Item(
            "row",
            style,
            (Ask("fact", 3, "product", cells=True),),
            cells=cells,
            pad_px=pad,
            rulings=() if ruled == "none" else (Ruling(ruled, 0.9),),
        )
        facts = max(1, min(stream.integer(3, 8), int((foot - front - 6 * size) / (style.line_px + 2 * pad))))
        small = style._replace(size_px=size * 0.85, line_px=size * 1.08)
        print_ = [
            *[row] * facts,
            Item("body", small, (Ask("stuff", 8, "product"),), 4, gap_px=0.5 * size),
            Item("body", small, (Ask("body", 20, "product"),), 0, gap_px=0.3 * size),
        ]
        flows.insert(1, Flow(((box[0], front + 0.9 * size, box[2], foot),), tuple(print_)))
        inks = {"text", "accent"} | ({"reverse"} if reverse else set())
        return Composition(tuple(flows), tuple(rulings), inks=frozenset(inks), drawn={"size_px": size})

    def set(self, brief: Brief, copy: Copy, recipe: Recipe, shaper: Shaper, bleed_px: int, stream: Stream) -> Layout:
        """Return the side, its barcode saying the number below it."""
        plan, copy = coded(brief.plan, copy)
        return super().set(replace(brief, plan=plan), copy, recipe, shaper, bleed_px, stream)
