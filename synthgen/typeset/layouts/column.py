"""A single column of words from top to bottom, on a sheet of its own: the material of recognisers of vertical text."""

from __future__ import annotations

from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.text.copy import Ask, Copy
from synthgen.typeset.design import pick_face, text_style
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.galley import Galley
from synthgen.typeset.layout import Layout
from synthgen.typeset.registry import Brief, register_layout
from synthgen.typeset.shape import Shaper
from synthgen.typeset.text import Style
from synthgen.typeset.vertical import LATIN_MODES, VerticalText, place_columns

PAD_EM = 1.0


@register_layout("column")
class Column:
    """One vertical line."""

    def brief(self, recipe: Recipe, faces: FaceSet, stream: Stream) -> Brief:
        """Draw face and style, and how figures stand; ask for one line."""
        face = pick_face(recipe, faces, stream)
        style = text_style(recipe, face, stream.between(recipe.type.body_px_range), stream)
        size = style.size_px * 0.92 / faces.faces[face].hangul_height_em
        style = style._replace(align="left", size_px=size, line_px=1.3 * size, slant=0.0, raised="", stretch=1.0)
        low, high = recipe.page.words_range
        words = stream.integer(low, high + 1)
        return Brief((Ask("word" if words == 1 else "line", words),), (style, stream.pick(LATIN_MODES)))

    def set(self, brief: Brief, copy: Copy, recipe: Recipe, shaper: Shaper, bleed_px: int, stream: Stream) -> Layout:
        """Return the column on a sheet just large enough, with one em of ground around."""
        style: Style
        style, latin = brief.plan
        galley = Galley(shaper)
        text = VerticalText(copy.blocks[0].paragraphs[:1], style, shaper, float("inf"), latin)
        pad = PAD_EM * style.size_px
        right = pad + style.line_px
        place_columns(galley, galley.block(copy.blocks[0].role), text, slice(0, 1), right, pad)
        size = (int(right + pad) + 1, int(text.lines[0].width_px + 2 * pad) + 1)
        return galley.finish(size, {"size_px": style.size_px, "latin": latin})
