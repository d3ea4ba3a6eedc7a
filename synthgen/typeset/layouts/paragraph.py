"""A page of plain paragraphs under an optional heading: letters, reports, books."""

from __future__ import annotations

from dataclasses import dataclass

from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.text.copy import Ask, Copy
from synthgen.typeset.design import headline_style, margins, pick_face, size_for_words, text_style, words_in
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.galley import Galley
from synthgen.typeset.horizontal import place_lines
from synthgen.typeset.layout import Layout
from synthgen.typeset.registry import Brief, register_layout
from synthgen.typeset.shape import Shaper
from synthgen.typeset.text import Style, Text


@dataclass(frozen=True, slots=True)
class _Plan:
    box: tuple[float, float, float, float]
    body: Style
    heading: Style | None
    gap_px: float


@register_layout("paragraph")
class Paragraph:
    """Paragraphs from margin to margin."""

    def brief(self, recipe: Recipe, faces: FaceSet, stream: Stream) -> Brief:
        """Draw margins, styles and a heading; ask for as much body as the page holds."""
        left, top, right, bottom = margins(recipe, stream)
        box = (left, top, recipe.page.width_px - right, recipe.page.height_px - bottom)
        width, height = box[2] - box[0], box[3] - box[1]
        low, high = recipe.page.words_range
        size = size_for_words(stream.integer(low, high + 1), width * height, recipe, recipe.type.line_spacing_range[0])
        body = text_style(recipe, pick_face(recipe, faces, stream, heavy=False), size, stream)
        body = body._replace(indent_em=stream.pick((0.0, 1.0, 1.0, 2.0)))
        heading = None
        if stream.chance(0.7):
            face = pick_face(recipe, faces, stream, heavy=True)
            heading = headline_style(recipe, face, size * stream.uniform(1.3, 1.9), stream)
            heading = heading._replace(align=stream.pick(("left", "center")))
        gap = body.line_px * stream.pick((0.0, 0.0, 0.5, 1.0))
        asks = [Ask("body", words_in(width, height, body))]
        if heading is not None:
            asks.insert(0, Ask("headline", 5))
        return Brief(tuple(asks), _Plan(box, body, heading, gap))

    def set(self, brief: Brief, copy: Copy, recipe: Recipe, shaper: Shaper, bleed_px: int, stream: Stream) -> Layout:
        """Return the page: heading, then paragraphs until the page or the text ends."""
        plan: _Plan = brief.plan
        x0, y0, x1, y1 = (value + bleed_px for value in plan.box)
        galley = Galley(shaper)
        blocks = list(copy.blocks)
        if plan.heading is not None:
            heading = Text(blocks.pop(0).paragraphs[:1], plan.heading, shaper, x1 - x0)
            y0 = place_lines(galley, galley.block("headline"), heading, slice(0, 2), x0, y0) + 0.6 * plan.body.line_px
        block = galley.block("body")
        for paragraph in blocks[0].paragraphs:
            text = Text((paragraph,), plan.body, shaper, x1 - x0)
            room = int((y1 - y0) // plan.body.line_px)
            if room <= 0:
                break
            y0 = place_lines(galley, block, text, slice(0, text.close(room)), x0, y0) + plan.gap_px
        page = recipe.page
        size = (page.width_px + 2 * bleed_px, page.height_px + 2 * bleed_px)
        return galley.finish(size, {"size_px": plan.body.size_px})
