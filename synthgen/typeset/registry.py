"""Layouts by name. A layout first says what it wants written, then sets what was written.

Between the two the text room writes; a layout never sees a corpus and a corpus never sees a page. Third parties add
layouts through the entry-point group ``synthgen.layouts``, whose objects are called without arguments and register
themselves. The built-in ones register themselves as well, when their module is imported: for a sample, one of them is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, Protocol, runtime_checkable

from synthgen.errors import RecipeError, did_you_mean
from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.text.copy import Ask, Copy
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.layout import Layout, LoneLines
from synthgen.typeset.shape import Shaper


@dataclass(frozen=True, slots=True)
class Brief:
    """What a layout wants written, block by block, and what it has decided already (``plan`` is its own)."""

    asks: tuple[Ask, ...]
    plan: Any


class LayoutKind(Protocol):
    """One way of laying out a sheet; stateless."""

    def brief(self, recipe: Recipe, faces: FaceSet, stream: Stream) -> Brief:
        """Draw the page's design and return what is to be written for it."""
        ...

    def set(self, brief: Brief, copy: Copy, recipe: Recipe, shaper: Shaper, bleed_px: int, stream: Stream) -> Layout:
        """Return the layout of what was written, on a sheet that is ``bleed_px`` larger than the page on each side."""
        ...


@runtime_checkable
class SetsTogether(Protocol):
    """A layout of one line, which can brief and set the lines of many samples at once."""

    def brief_together(self, recipe: Recipe, faces: FaceSet, count: int, stream: Stream) -> list[Brief]:
        """Draw the design of some samples and return what is to be written for each."""
        ...

    def set_together(
        self, briefs: Sequence[Brief], copies: Sequence[Copy], shaper: Shaper, stream: Stream
    ) -> LoneLines:
        """Return the lines of some samples, each on a sheet of its own."""
        ...


_LAYOUTS: dict[str, LayoutKind] = {}
ENTRY_POINTS = "synthgen.layouts"
# The module of synthgen.typeset.layouts that registers each of the built-in layouts.
_BUILT_IN = {
    "book": "book",
    "card": "card",
    "column": "column",
    "document": "document",
    "form": "form",
    "label": "label",
    "letter": "document",
    "line": "single",
    "newspaper": "newspaper",
    "newspaper-old": "newspaper_old",
    "paragraph": "paragraph",
    "receipt": "receipt",
    "screen": "screen",
    "sign": "sign",
    "subtitle": "subtitle",
    "table": "table",
    "word": "single",
}


def register_layout(name: str) -> Callable[[type[LayoutKind]], type[LayoutKind]]:
    """Return a class decorator that makes a layout known by a name; ValueError when the name is taken."""

    def register(kind: type[LayoutKind]) -> type[LayoutKind]:
        if name in _LAYOUTS or (name in _BUILT_IN and kind.__module__ != _module_of(name)):
            raise ValueError(f"layout {name!r} is registered already; choose another name.")
        _LAYOUTS[name] = kind()
        return kind

    return register


def layout_names() -> list[str]:
    """Return the names of all layouts, sorted."""
    for name in _BUILT_IN:
        layout_kind(name)
    _load_installed()
    return sorted(_LAYOUTS)


def layout_kind(name: str) -> LayoutKind:
    """Return the layout of a name; RecipeError with the nearest one when there is none."""
    if name not in _LAYOUTS:
        if name in _BUILT_IN:
            import_module(_module_of(name))
        else:
            _load_installed()
    if name not in _LAYOUTS:
        raise RecipeError(f"page.layout = {name!r}: no such layout.{did_you_mean(name, layout_names())}")
    return _LAYOUTS[name]


def _module_of(name: str) -> str:
    return f"synthgen.typeset.layouts.{_BUILT_IN[name]}"


@cache
def _load_installed() -> None:
    """Call the entry points of installed packages, which register their layouts."""
    for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda point: point.name):
        point.load()()
