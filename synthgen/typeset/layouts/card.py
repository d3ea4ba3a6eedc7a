"""Business cards: a name set wide, what its bearer does, and how to reach them."""

from __future__ import annotations

from dataclasses import replace

from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.text.copy import Ask
from synthgen.typeset.design import margins, pick_face, text_style
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.flow import Flow, Item
from synthgen.typeset.layouts.composed import Composed, Composition
from synthgen.typeset.registry import register_layout
from synthgen.typeset.ruling import Box, Ruling
from synthgen.typeset.text import Style

# How many cards lie on their face.
BACKS = 0.12


@register_layout("card")
class Card(Composed):
    """The front of a business card, or its back."""

    def compose(self, recipe: Recipe, faces: FaceSet, stream: Stream) -> Composition:
        """Draw one of four arrangements and its colours; or a back, with the company's name alone."""
        if stream.chance(BACKS):
            return self._back(recipe, faces, stream)
        left, top, right, bottom = (max(one, 0.06 * recipe.page.height_px) for one in margins(recipe, stream))
        box = (left, top, recipe.page.width_px - right, recipe.page.height_px - bottom)
        width, height = box[2] - box[0], box[3] - box[1]
        size = min(stream.between(recipe.type.body_px_range), height / 13)
        face = pick_face(recipe, faces, stream, heavy=False)
        bold = pick_face(recipe, faces, stream, heavy=True)
        style = text_style(recipe, face, size, stream)._replace(by_syllable=False, raised="", line_px=size * 1.42)
        shape = stream.pick(("left", "center", "split", "right"))
        align = "left" if shape == "split" else shape
        style = style._replace(align=align)
        accent = stream.chance(0.55)
        company = style._replace(face=bold, size_px=size * stream.uniform(1.2, 1.6), ink="accent" if accent else "text")
        company = company._replace(line_px=company.size_px * 1.4)
        name_px = size * stream.uniform(1.8, 2.5)
        name = style._replace(
            face=stream.pick((face, bold)),
            size_px=name_px,
            line_px=name_px * 1.3,
            tracking_em=stream.pick((0.0, 0.15, 0.4, 0.7)),
        )
        job = style._replace(size_px=size * 0.95)
        who: tuple[Item, ...] = (Item("company", company, (Ask("company", 2, "card"),), most_fit=1.0),)
        if stream.chance(0.3):
            who += (Item("line", job, (Ask("motto", 2, "card"),), most_fit=1.0),)
        bearer = [
            Item("job", job, (Ask("job", 2, "card"),), most_fit=1.0),
            Item("name", name, (Ask("name", 1, "card"),), most_fit=1.0, gap_px=0.15 * size),
        ]
        if stream.chance(0.4):
            bearer = [replace(bearer[1], gap_px=0.0), replace(bearer[0], gap_px=0.2 * size)]
        reach = [Item("line", style, (Ask("address", 4, "card"),), most_fit=1.0)]
        reach += [Item("line", style, (Ask("contact", 2, "card"),), most_fit=1.0)] * stream.integer(2, 5)
        low_box = (box[0], box[1] + 0.48 * height, box[2], box[3])
        if shape == "split":
            low_box = (box[0] + 0.36 * width, low_box[1], box[2], box[3])
        mark, inset = self._mark(box, company, accent, stream) if align == "left" and stream.chance(0.4) else ([], 0.0)
        flows = (
            Flow(((box[0] + inset, box[1], box[2], box[1] + 0.24 * height),), who),
            Flow(((low_box[0], box[1] + 0.2 * height, box[2], box[1] + 0.52 * height),), tuple(bearer), "middle"),
            Flow(((low_box[0], box[1] + 0.53 * height, box[2], box[3]),), tuple(reach), "bottom"),
        )
        rulings = mark + self._ornament(box, low_box, shape, size, recipe, accent, stream)
        return Composition(
            flows,
            tuple(rulings),
            inks=frozenset({"text", "accent"} if accent else {"text"}),
            drawn={"size_px": size, "shape": shape},
        )

    def _back(self, recipe: Recipe, faces: FaceSet, stream: Stream) -> Composition:
        """Return a card's other side: mark and name large in the middle, a motto or an address below; on colour."""
        wide, high = float(recipe.page.width_px), float(recipe.page.height_px)
        large, filled = high * stream.uniform(0.1, 0.17), stream.chance(0.5)
        ink = "reverse" if filled else stream.pick(("text", "accent"))
        face = pick_face(recipe, faces, stream, heavy=True)
        name = text_style(recipe, face, large, stream)._replace(by_syllable=False, raised="", line_px=1.35 * large)
        name = name._replace(align="center", ink=ink, tracking_em=stream.pick((0.0, 0.05, 0.2)))
        small = min(0.42 * large, stream.between(recipe.type.body_px_range))
        below = name._replace(face=pick_face(recipe, faces, stream, heavy=False), size_px=small, line_px=1.5 * small)
        below = below._replace(tracking_em=0.0)
        items = [Item("company", name, (Ask("company", 2, "card"),), most_fit=1.0)]
        said = stream.pick((("motto",), ("motto",), (), ("address", "contact"), ("contact",)))
        items += [
            Item("line", below, (Ask(role, 2, "card"),), most_fit=1.0, gap_px=0.0 if at else 0.5 * small)
            for at, role in enumerate(said)
        ]
        rulings: list[tuple[Ruling, Box]] = []
        if filled:
            rulings.append((Ruling("fill", ink="accent"), (0.0, 0.0, wide, high)))
        middle = (0.08 * wide, 0.12 * high, 0.92 * wide, 0.88 * high)
        if stream.chance(0.5):
            # A mark above the name, as high as it.
            side = 1.2 * large
            y = middle[1] + 0.06 * high
            place = (wide / 2 - side / 2, y, wide / 2 + side / 2, y + side)
            shape = stream.pick((Ruling("ring", 0.16 * side, ink), Ruling("frame", 0.12 * side, ink)))
            rulings.append((shape, place))
            middle = (middle[0], place[3] + 0.04 * high, middle[2], middle[3])
        flow = Flow((middle,), tuple(items), "middle")
        inks = frozenset({"accent", ink})
        return Composition((flow,), tuple(rulings), inks=inks, drawn={"size_px": small, "shape": "back"})

    def _mark(self, box: Box, company: Style, accent: bool, stream: Stream) -> tuple[list[tuple[Ruling, Box]], float]:
        """Return a company's mark before its name, and the room it takes in px."""
        high = 0.95 * company.size_px
        y = box[1] + (company.line_px - high) / 2
        place, ink = (box[0], y, box[0] + high, y + high), "accent" if accent else "text"
        shape = stream.pick((
            (Ruling("fill", ink=ink, round_px=stream.pick((0.0, 0.25, 0.5)) * high),),
            (Ruling("ring", 0.16 * high, ink),),
            (Ruling("frame", 0.12 * high, ink), Ruling("above", 0.3 * high, ink)),
        ))  # fmt: skip
        return [(ruling, place) for ruling in shape], 1.35 * high

    def _ornament(
        self, box: Box, low_box: Box, shape: str, size: float, recipe: Recipe, accent: bool, stream: Stream
    ) -> list[tuple[Ruling, Box]]:
        ink = "accent" if accent else "text"
        kind = stream.pick(("none", "line", "edge", "line"))
        if kind == "edge":
            high = recipe.page.height_px * 0.025
            return [(Ruling("fill", ink=ink), (0.0, 0.0, float(recipe.page.width_px), high))]
        if kind == "line" and shape == "split":
            x = low_box[0] - 0.6 * size
            return [(Ruling("left", 1.5, ink), (x, box[1] + 0.3 * (box[3] - box[1]), x, box[3]))]
        if kind == "line":
            y = box[1] + 0.525 * (box[3] - box[1])
            return [(Ruling("below", 1.2, ink), (box[0], y, box[2], y))]
        return []
