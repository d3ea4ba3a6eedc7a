"""What layouts made of flows have alike: a subclass composes the page, the rest is the same for all."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any, ClassVar

from synthgen.assets import corpora_dir
from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.text.charset import load_charset
from synthgen.text.copy import Block, Copy
from synthgen.text.library import genre_files
from synthgen.text.template import sections
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.flow import Flow, Flows, asks_of
from synthgen.typeset.galley import Galley
from synthgen.typeset.layout import INKS, Layout
from synthgen.typeset.registry import Brief
from synthgen.typeset.ruling import Box, Ruling, draw_ruling, moved
from synthgen.typeset.shape import Shaper

# Areas are printed before what stands on them.
PRINTING_ORDER = ("tint", "marker", "accent", "text", "reverse", "pen", "seal")


@lru_cache(maxsize=256)
def can_say(text: str, lang: str, charset: str) -> bool:
    """Return whether a page in a language and charset may bear Korean words of the layout's own."""
    return "ko" in lang.split("+") and load_charset(charset).covers(text)


@lru_cache(maxsize=256)
def can_write(role: str, genre: str, lang: str) -> bool:
    """Return whether every language of a page has templates of a role in a genre, or in a kind of it."""
    found = [genre_files(corpora_dir(), name).get(genre) for name in lang.split("+")]
    texts = [path.read_text(encoding="utf-8") for path in found if path is not None]
    return len(texts) == len(found) and all(
        any(role in by_role for by_role in sections(text, genre).values()) for text in texts
    )


@dataclass(frozen=True, slots=True)
class Composition:
    """A page as decided before its text is known: flows in reading order, and rulings about boxes, page px.

    ``inks`` are all that its rulings and styles use; ``drawn`` plain values for the provenance; ``own`` what its layout
    alone knows.
    """

    flows: tuple[Flow, ...]
    rulings: tuple[tuple[Ruling, Box], ...] = ()
    inks: frozenset[str] = frozenset({"text"})
    drawn: dict[str, object] = field(default_factory=dict)
    own: Any = None


@dataclass(frozen=True, slots=True)
class Setting:
    """A page as it is being set: the galley and the plan, and for each flow what was written and its lower edge.

    ``feet`` are in sheet px; that of a flow that is not set yet is its box's. ``shift_px`` is the sheet's bleed.
    """

    galley: Galley
    plan: Composition
    written: tuple[tuple[Block, ...], ...]
    feet: list[float]
    shaper: Shaper
    shift_px: float
    recipe: Recipe
    stream: Stream


class Composed(ABC):
    """A layout whose page is a composition; ``continuous_pictures`` where it is a display and not print."""

    continuous_pictures: ClassVar[bool] = False

    @abstractmethod
    def compose(self, recipe: Recipe, faces: FaceSet, stream: Stream) -> Composition:
        """Return the page's composition."""

    def brief(self, recipe: Recipe, faces: FaceSet, stream: Stream) -> Brief:
        """Compose the page; ask for what its flows hold."""
        composition = self.compose(recipe, faces, stream)
        return Brief(asks_of(composition.flows), composition)

    def set(self, brief: Brief, copy: Copy, recipe: Recipe, shaper: Shaper, bleed_px: int, stream: Stream) -> Layout:
        """Return the page: its areas, then the flows in reading order."""
        plan: Composition = brief.plan
        galley = Galley(shaper)
        for ink in PRINTING_ORDER:
            if ink in plan.inks and ink in INKS:
                galley.ink(ink)
        for ruling, box in plan.rulings:
            draw_ruling(galley, ruling, moved(box, bleed_px))
        blocks = iter(copy.blocks)
        written = [tuple(islice(blocks, sum(len(item.asks) for item in flow.items))) for flow in plan.flows]
        later = [self.unset(flow, plan) for flow in plan.flows]
        now = [one for one, last in zip(zip(plan.flows, written, strict=True), later, strict=True) if not last]
        flows = Flows(shaper, now, bleed_px, stream)
        for number in range(len(now)):
            flows.set(galley, number, recipe.type)
        feet = iter(flows.feet)
        lower = [
            flow.boxes[-1][3] + bleed_px if last else next(feet) for flow, last in zip(plan.flows, later, strict=True)
        ]
        page_so_far = Setting(galley, plan, tuple(written), lower, shaper, bleed_px, recipe, stream)
        self.complete(page_so_far)
        page = recipe.page
        size = (page.width_px + 2 * bleed_px, page.height_px + 2 * bleed_px)
        return galley.finish(size, dict(plan.drawn), continuous_pictures=self.continuous_pictures)

    def unset(self, flow: Flow, plan: Composition) -> bool:
        """Return whether a flow only asks for text, which :meth:`complete` sets."""
        return False

    def complete(self, setting: Setting) -> None:  # noqa: B027 - most layouts have nothing to add
        """Add what depends on what was written, or on how much room it took."""
