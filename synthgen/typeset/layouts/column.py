"""A single column of words from top to bottom, on a sheet of its own: the material of recognisers of vertical text.

The columns of many samples can be set at once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

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
from synthgen.typeset.text import Style
from synthgen.typeset.vertical import LATIN_MODES, LoneColumn, add_lone_columns

PAD_EM = 1.0
# A column that would be longer than so many of its highest pictures is set smaller: the camera would reduce it too
# much.
_MOST_PICTURES = 1.3


class _Plan(NamedTuple):
    """What a brief has decided: the style, how figures stand, the length in px that a column is not to pass."""

    style: Style
    latin: str
    most_px: float


@register_layout("column")
class Column(Lone):
    """One vertical line."""

    def brief_together(self, recipe: Recipe, faces: FaceSet, count: int, stream: Stream) -> list[Brief]:
        """Return the briefs of some samples, each with a face and a style of its own."""
        low, high = recipe.page.words_range
        highest = recipe.camera.content_height_px_range[1] if recipe.camera.frame == "content" else math.inf
        briefs = []
        for face in pick_faces(recipe, faces, count, stream):
            style = text_style(recipe, face, stream.between(recipe.type.body_px_range), stream, align="left")
            size = style.size_px * 0.92 / faces.faces[face].hangul_height_em
            style = style._replace(size_px=size, line_px=1.3 * size, slant=0.0, raised="", stretch=1.0)
            words = stream.integer(low, high + 1)
            plan = _Plan(style, stream.pick(LATIN_MODES), _MOST_PICTURES * highest)
            briefs.append(Brief((Ask("word" if words == 1 else "line", words),), plan))
        return briefs

    def set_together(
        self, briefs: Sequence[Brief], copies: Sequence[Copy], shaper: Shaper, stream: Stream
    ) -> LoneLines:
        """Return the columns of some samples, each on a sheet of its own, with one em of ground around."""
        plans: list[_Plan] = [brief.plan for brief in briefs]
        pads = [PAD_EM * plan.style.size_px for plan in plans]
        columns = [
            LoneColumn(
                copy.blocks[0].paragraphs[0], style, latin, copy.blocks[0].role, pad + style.line_px, pad, most_px
            )
            for copy, (style, latin, most_px), pad in zip(copies, plans, pads, strict=True)
        ]
        galley = Galley(shaper)
        sizes = add_lone_columns(galley, columns)
        layout = galley.finish((0, 0), {}, (0.0, 0.0, 0.0, 0.0))
        characters = layout.characters
        quads = np.concatenate([characters.ink, characters.cell], axis=1)
        starts = characters.line.searchsorted(np.arange(len(columns)))
        low = np.minimum.reduceat(quads.min(axis=1), starts).tolist()
        high = np.maximum.reduceat(quads.max(axis=1), starts).tolist()
        return LoneLines(
            layout,
            sizes=tuple(
                (int(column.right_px + pad) + 1, int(length + 2 * pad) + 1)
                for column, pad, (_, length) in zip(columns, pads, sizes, strict=True)
            ),
            contents=tuple((x0, y0, x1, y1) for (x0, y0), (x1, y1) in zip(low, high, strict=True)),
            parameters=tuple(
                {"size_px": em, "latin": column.latin} for column, (em, _) in zip(columns, sizes, strict=True)
            ),
        )
