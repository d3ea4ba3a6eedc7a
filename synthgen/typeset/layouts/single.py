"""One word, or one line of words, on a sheet of its own: the material of recognisers.

The lines of many samples can be set at once, for a tenth of what each costs alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.text.copy import Ask, Copy
from synthgen.typeset.design import pick_faces, text_style
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.galley import Galley
from synthgen.typeset.layout import LoneLines
from synthgen.typeset.layouts.lone import Lone
from synthgen.typeset.registry import Brief, register_layout
from synthgen.typeset.shape import Shaper
from synthgen.typeset.slugs import Casting, Columns, Slug
from synthgen.typeset.text import Style

Float = npt.NDArray[np.float64]

# The ground around the text, in em: what the camera may show of it.
PAD_EM = 1.0
LEAST_BAND = 0.8
# A line has as much room as it wants, px.
_ROOM_PX = 1e9


class _Single(Lone):
    """Sets the copy's only block as one line."""

    role = "word"

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
        starts = layout.characters.line.searchsorted(np.arange(len(slugs)))
        # Side by side, whole rows of numbers are compared and not two at a time.
        corners = np.ascontiguousarray(layout.characters.ink.T)
        low = np.minimum.reduceat(corners.min(axis=1), starts, axis=1)
        high = np.maximum.reduceat(corners.max(axis=1), starts, axis=1)
        pad, foot = np.array(pads), np.array(pads) + casting.columns.line_px
        sides = np.array([casting.edges[:, 1] + pad, foot + pad]).astype(int) + 1
        faces = shaper.faces.faces
        bands = np.array([faces[style.face].hangul_band_em for style in styles]).T
        top, bottom = _band(casting.columns, bands, foot)
        contents = np.array([low[0], np.minimum(low[1], top), high[0], np.maximum(high[1], bottom)])
        parameters: tuple[dict[str, object], ...] = tuple([{"size_px": style.size_px} for style in styles])
        return LoneLines(layout, _tuples(sides), _tuples(contents), parameters)


def _tuples(columns: npt.NDArray[Any]) -> tuple[Any, ...]:
    """Return columns (N, K) as K tuples of plain numbers."""
    return tuple(zip(*columns.tolist(), strict=True))


def _band(of: Columns, bands_em: Float, foot_px: Float) -> Float:
    """Return top and bottom (2, K) of most of a syllable's height on lines with their feet at ``foot_px``.

    That is what is in view: cells would leave the small drawing of pen and brush faces in a wide margin, and ink alone
    would blow up a dash. ``bands_em`` (2, K) are those of the lines' faces.
    """
    lead_px = (of.line_px - (of.ascent_em + of.descent_em) * of.size_px) / 2
    baseline = foot_px - lead_px - of.descent_em * of.size_px
    return baseline + bands_em * LEAST_BAND * of.size_px


@register_layout("word")
class Word(_Single):
    """One word on a small sheet."""

    role = "word"


@register_layout("line")
class Line(_Single):
    """One line of several words on a small sheet."""

    role = "line"
