"""Subtitles: one or two short lines in the middle of the picture's lower edge, and what television adds to them."""

from __future__ import annotations

from dataclasses import replace

from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.text.copy import Ask
from synthgen.typeset.design import pick_face, text_style
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.flow import Flow, Item
from synthgen.typeset.layouts.composed import Composed, Composition
from synthgen.typeset.registry import register_layout
from synthgen.typeset.ruling import Ruling


@register_layout("subtitle")
class Subtitle(Composed):
    """A film's subtitle, at times a caption for a speaker or a channel's mark above it."""

    def compose(self, recipe: Recipe, faces: FaceSet, stream: Stream) -> Composition:
        """Draw one or two lines, on a bar or on the picture itself."""
        page = recipe.page
        wide, high = float(page.width_px), float(page.height_px)
        size = min(stream.between(recipe.type.body_px_range), wide / 16, high / 8)
        style = text_style(recipe, pick_face(recipe, faces, stream), size, stream)
        style = replace(style, align="center", by_syllable=False, line_px=size * 1.3, raised="")
        barred = stream.chance(0.25)
        style = replace(style, ink="reverse" if barred else "text")
        low = high * stream.uniform(0.9, 0.97)
        rulings = (Ruling("fill", ink="text", hug=True, pad_px=0.3 * size),) if barred else ()
        lines = stream.pick((1, 1, 2, 2))
        items = [
            Item("subtitle", style, (Ask("line", 5, "subtitle"),), most_fit=1.0, rulings=rulings) for _ in range(lines)
        ]
        flows = [Flow(((0.05 * wide, low - 3 * style.line_px, 0.95 * wide, low),), tuple(items), "bottom")]
        if stream.chance(0.2):
            name = replace(style, size_px=size * 0.8, line_px=size * 1.1, align="left", ink="text")
            who = Item("caption", name, (Ask("line", 3, "subtitle"),), most_fit=1.0)
            flows.insert(0, Flow(((0.05 * wide, 0.05 * high, 0.6 * wide, 0.25 * high),), (who,)))
        inks = frozenset({"text", "reverse"} if barred else {"text"})
        return Composition(tuple(flows), inks=inks, drawn={"size_px": size, "lines": lines})
