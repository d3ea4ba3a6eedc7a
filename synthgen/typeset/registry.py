"""Layouts by name. A layout first says what it wants written, then sets what was written.

Between the two the text room writes; a layout never sees a corpus and a corpus never sees a page. Third parties add
layouts through the entry-point group ``synthgen.layouts``, whose objects are called without arguments and register
themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
    """A layout of one line, which can set the lines of many samples at once."""

    def set_together(
        self, briefs: Sequence[Brief], copies: Sequence[Copy], shaper: Shaper, stream: Stream
    ) -> LoneLines:
        """Return the lines of some samples, each on a sheet of its own."""
        ...


_LAYOUTS: dict[str, LayoutKind] = {}


def register_layout(name: str) -> Callable[[type[LayoutKind]], type[LayoutKind]]:
    """Return a class decorator that makes a layout known by a name; ValueError when the name is taken."""

    def register(kind: type[LayoutKind]) -> type[LayoutKind]:
        if name in _LAYOUTS:
            raise ValueError(f"layout {name!r} is registered already; choose another name.")
        _LAYOUTS[name] = kind()
        return kind

    return register


def layout_names() -> list[str]:
    """Return the names of all layouts, sorted."""
    _load()
    return sorted(_LAYOUTS)


def layout_kind(name: str) -> LayoutKind:
    """Return the layout of a name; RecipeError with the nearest one when there is none."""
    _load()
    if name not in _LAYOUTS:
        raise RecipeError(f"page.layout = {name!r}: no such layout.{did_you_mean(name, _LAYOUTS)}")
    return _LAYOUTS[name]


def _load() -> None:
    """Import the built-in layouts, which register themselves, and call the entry points."""
    if _LAYOUTS:
        return
    from importlib.metadata import entry_points

    import synthgen.typeset.layouts  # noqa: F401 - registers on import

    for point in sorted(entry_points(group="synthgen.layouts"), key=lambda point: point.name):
        point.load()()
