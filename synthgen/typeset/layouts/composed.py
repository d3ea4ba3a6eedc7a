"""What layouts made of flows have alike: a subclass composes the page, the rest is the same for all."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field

from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.text.copy import Copy
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.flow import Flow, asks_of, set_flow
from synthgen.typeset.galley import Galley
from synthgen.typeset.layout import INKS, Layout
from synthgen.typeset.registry import Brief
from synthgen.typeset.ruling import Box, Ruling, draw_ruling
from synthgen.typeset.shape import Shaper

# Areas are printed before what stands on them.
PRINTING_ORDER = ("tint", "marker", "accent", "text", "reverse", "pen", "seal")


@dataclass(frozen=True, slots=True)
class Composition:
    """A page as decided before its text is known: flows in reading order, rulings about boxes, and pictures, page px.

    ``inks`` are all that its rulings and styles use; ``drawn`` plain values for the provenance.
    """

    flows: tuple[Flow, ...]
    rulings: tuple[tuple[Ruling, Box], ...] = ()
    pictures: tuple[Box, ...] = ()
    inks: frozenset[str] = frozenset({"text"})
    drawn: dict[str, object] = field(default_factory=dict)


class Composed(ABC):
    """A layout whose page is a composition."""

    @abstractmethod
    def compose(self, recipe: Recipe, faces: FaceSet, stream: Stream) -> Composition:
        """Return the page's composition."""

    def brief(self, recipe: Recipe, faces: FaceSet, stream: Stream) -> Brief:
        """Compose the page; ask for what its flows hold."""
        composition = self.compose(recipe, faces, stream)
        return Brief(asks_of(composition.flows), composition)

    def set(self, brief: Brief, copy: Copy, recipe: Recipe, shaper: Shaper, bleed_px: int, stream: Stream) -> Layout:
        """Return the page: its areas and pictures, then the flows in reading order."""
        plan: Composition = brief.plan
        galley = Galley(shaper)
        for ink in PRINTING_ORDER:
            if ink in plan.inks and ink in INKS:
                galley.ink(ink)
        for ruling, box in plan.rulings:
            x0, y0, x1, y1 = (edge + bleed_px for edge in box)
            draw_ruling(galley, ruling, (x0, y0, x1, y1))
        for box in plan.pictures:
            x0, y0, x1, y1 = (edge + bleed_px for edge in box)
            galley.picture(x0, y0, x1, y1)
        blocks = iter(copy.blocks)
        for flow in plan.flows:
            set_flow(galley, flow, blocks, shaper, bleed_px, recipe.type, stream)
        page = recipe.page
        size = (page.width_px + 2 * bleed_px, page.height_px + 2 * bleed_px)
        return galley.finish(size, dict(plan.drawn))


def bars(box: Box, stream: Stream) -> list[tuple[Ruling, Box]]:
    """Return the bars of a barcode that fills a box: rulings that are no text."""
    x0, y0, x1, y1 = box
    module = max((x1 - x0) / 95, 1.0)
    found = []
    x = x0
    while x < x1 - 4 * module:
        wide = module * stream.integer(1, 4)
        found.append((Ruling("fill"), (x, y0, x + wide, y1)))
        x += wide + module * stream.integer(1, 4)
    return found
