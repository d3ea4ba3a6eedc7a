"""One word, or one line of words, on a sheet of its own: the material of recognisers."""

from __future__ import annotations

from dataclasses import replace

from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.text.copy import Ask, Copy
from synthgen.typeset.design import pick_face, text_style
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.galley import Galley
from synthgen.typeset.horizontal import place_lines
from synthgen.typeset.layout import Layout
from synthgen.typeset.registry import Brief, register_layout
from synthgen.typeset.shape import Shaper
from synthgen.typeset.text import Style, Text

# The ground around the text, in em: what the camera may show of it.
PAD_EM = 1.0
LEAST_BAND = 0.8


class _Single:
    """Sets the copy's only block as one line."""

    role = "word"

    def brief(self, recipe: Recipe, faces: FaceSet, stream: Stream) -> Brief:
        """Draw face and style; ask for one word or one line."""
        face = pick_face(recipe, faces, stream)
        style = text_style(recipe, face, stream.between(recipe.type.body_px_range), stream)
        # Faces of small drawing (pen, brush) are enlarged, so that the letters of all faces come out about equally
        # high.
        style = replace(style, align="left", size_px=style.size_px * 0.92 / faces.faces[face].hangul_height_em)
        low, high = recipe.page.words_range
        words = 1 if self.role == "word" else stream.integer(low, high + 1)
        return Brief((Ask(self.role, words),), style)

    def set(self, brief: Brief, copy: Copy, recipe: Recipe, shaper: Shaper, bleed_px: int, stream: Stream) -> Layout:
        """Return the line's layout on a sheet just large enough for it, with one em of ground around."""
        style: Style = brief.plan
        galley = Galley(shaper)
        block = galley.block(self.role)
        text = Text(copy.blocks[0].paragraphs[:1], style, shaper, width_px=float("inf"))
        pad = PAD_EM * style.size_px
        bottom = place_lines(galley, block, text, slice(0, 1), pad, pad)
        width = text.lines[0].width_px
        size = (int(width + 2 * pad) + 1, int(bottom + pad) + 1)
        return galley.finish(size, {"size_px": style.size_px}, self._content(galley, text, bottom))

    def _content(self, galley: Galley, text: Text, foot_px: float) -> tuple[float, float, float, float]:
        """Return the box around the ink, and at least as high as most of a syllable is in this face.

        Cells would leave the small drawing of pen and brush faces in a wide margin, and ink alone would blow up a dash.
        """
        style = text.style
        face = text.shaper.faces.faces[style.face]
        lead_px = (style.line_px - (face.ascent_em + face.descent_em) * style.size_px) / 2
        baseline = foot_px - lead_px - face.descent_em * style.size_px
        top, bottom = (baseline + edge * LEAST_BAND * style.size_px for edge in face.hangul_band_em)
        x0, y0, x1, y1 = galley.ink_box()
        return x0, min(y0, top), x1, max(y1, bottom)


@register_layout("word")
class Word(_Single):
    """One word on a small sheet."""

    role = "word"


@register_layout("line")
class Line(_Single):
    """One line of several words on a small sheet."""

    role = "line"
