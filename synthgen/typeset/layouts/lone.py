"""Layouts of one line on a sheet of its own, which the lines of many samples are set by at once."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace

from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.text.copy import Copy
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.layout import Layout, LoneLines
from synthgen.typeset.registry import Brief
from synthgen.typeset.shape import Shaper


class Lone(ABC):
    """What a layout of one line does for one sample: the same as for many together."""

    def brief(self, recipe: Recipe, faces: FaceSet, stream: Stream) -> Brief:
        """Draw face and style; ask for the line."""
        return self.brief_together(recipe, faces, 1, stream)[0]

    def set(self, brief: Brief, copy: Copy, recipe: Recipe, shaper: Shaper, bleed_px: int, stream: Stream) -> Layout:
        """Return the line's layout on a sheet just large enough for it, with some ground around."""
        lines = self.set_together((brief,), (copy,), shaper, stream)
        return replace(lines.layout, size=lines.sizes[0], content=lines.contents[0], parameters=lines.parameters[0])

    @abstractmethod
    def brief_together(self, recipe: Recipe, faces: FaceSet, count: int, stream: Stream) -> list[Brief]:
        """Return the briefs of some samples, each with a face and a style of its own."""

    @abstractmethod
    def set_together(
        self, briefs: Sequence[Brief], copies: Sequence[Copy], shaper: Shaper, stream: Stream
    ) -> LoneLines:
        """Return the lines of some samples, each on a sheet of its own."""
