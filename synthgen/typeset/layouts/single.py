"""One word, or one line of words, on a sheet of its own: the material of recognisers.

The lines of many samples can be set at once, for a tenth of what each costs alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.text.copy import Ask, Copy
from synthgen.typeset.design import pick_faces, text_style
from synthgen.typeset.face import Face
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.galley import Galley
from synthgen.typeset.layout import Layout, LoneLines
from synthgen.typeset.registry import Brief, register_layout
from synthgen.typeset.shape import Shaper
from synthgen.typeset.slugs import Casting, Slug
from synthgen.typeset.text import Style

# The ground around the text, in em: what the camera may show of it.
PAD_EM = 1.0
LEAST_BAND = 0.8
# A line has as much room as it wants, px.
_ROOM_PX = 1e9


class _Single:
    """Sets the copy's only block as one line."""

    role = "word"

    def brief(self, recipe: Recipe, faces: FaceSet, stream: Stream) -> Brief:
        """Draw face and style; ask for one word or one line."""
        return self.brief_together(recipe, faces, 1, stream)[0]

    def brief_together(self, recipe: Recipe, faces: FaceSet, count: int, stream: Stream) -> list[Brief]:
        """Return the briefs of some samples, each with a face and a style of its own."""
        styles = [
            # Faces of small drawing (pen, brush) are enlarged, so that the letters of all faces come out about equally
            # high.
            text_style(
                recipe,
                face,
                stream.between(recipe.type.body_px_range),
                stream,
                align="left",
                enlarged=0.92 / faces.faces[face].hangul_height_em,
            )
            for face in pick_faces(recipe, faces, count, stream)
        ]
        if self.role == "word":
            asks = (Ask(self.role, 1),)
            return [Brief(asks, style) for style in styles]
        low, high = recipe.page.words_range
        return [Brief((Ask(self.role, stream.integer(low, high + 1)),), style) for style in styles]

    def set(self, brief: Brief, copy: Copy, recipe: Recipe, shaper: Shaper, bleed_px: int, stream: Stream) -> Layout:
        """Return the line's layout on a sheet just large enough for it, with one em of ground around."""
        lines = self.set_together((brief,), (copy,), shaper, stream)
        return replace(lines.layout, size=lines.sizes[0], content=lines.contents[0], parameters=lines.parameters[0])

    def set_together(
        self, briefs: Sequence[Brief], copies: Sequence[Copy], shaper: Shaper, stream: Stream
    ) -> LoneLines:
        """Return the lines of some samples, each on a sheet of its own, with one em of ground around."""
        styles: list[Style] = [brief.plan for brief in briefs]
        pads = [PAD_EM * style.size_px for style in styles]
        texts = [copy.blocks[0].paragraphs[0] for copy in copies]
        slugs = [
            Slug(text, style, pad, _ROOM_PX, self.role) for text, style, pad in zip(texts, styles, pads, strict=True)
        ]
        casting = Casting(slugs, shaper)
        casting.stand(pads, stream)
        galley = Galley(shaper)
        casting.add(galley, 0, len(slugs))
        layout = galley.finish((0, 0), {}, (0.0, 0.0, 0.0, 0.0))
        ink, line = layout.characters.ink, layout.characters.line
        starts = line.searchsorted(np.arange(len(slugs)))
        low = np.minimum.reduceat(ink.min(axis=1), starts).tolist()
        high = np.maximum.reduceat(ink.max(axis=1), starts).tolist()
        sizes, contents = [], []
        rows = zip(styles, pads, casting.edges[:, 1].tolist(), low, high, strict=True)
        for style, pad, right, (x0, y0), (x1, y1) in rows:
            foot = pad + style.line_px
            sizes.append((int(right + pad) + 1, int(foot + pad) + 1))
            top, bottom = _band(style, shaper.faces.faces[style.face], foot)
            contents.append((x0, min(y0, top), x1, max(y1, bottom)))
        parameters: tuple[dict[str, object], ...] = tuple({"size_px": style.size_px} for style in styles)
        return LoneLines(layout, tuple(sizes), tuple(contents), parameters)


def _band(style: Style, face: Face, foot_px: float) -> tuple[float, float]:
    """Return top and bottom of most of a syllable's height on a line with its foot at ``foot_px``: what is in view.

    Cells would leave the small drawing of pen and brush faces in a wide margin, and ink alone would blow up a dash.
    """
    lead_px = (style.line_px - (face.ascent_em + face.descent_em) * style.size_px) / 2
    baseline = foot_px - lead_px - face.descent_em * style.size_px
    top, bottom = face.hangul_band_em
    return baseline + top * LEAST_BAND * style.size_px, baseline + bottom * LEAST_BAND * style.size_px


@register_layout("word")
class Word(_Single):
    """One word on a small sheet."""

    role = "word"


@register_layout("line")
class Line(_Single):
    """One line of several words on a small sheet."""

    role = "line"
