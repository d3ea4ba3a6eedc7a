"""The registry of what light, lens, sensor and copying do to a picture.

An effect is a function ``(image, dose, stream) -> (image, parameters)``: the image is uint8 (H, W) or (H, W, 3), never
modified in place; the parameters are plain JSON values. The dose of the four effects that have a range of their own in
the recipe is in the unit that their docstring names; every other's goes from 0, nothing, to 1, as strong as it comes.
No effect moves anything. Packages add effects through the entry-point group ``synthgen.effects``, whose entries are
:class:`Effect` objects.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import entry_points
from typing import Any

from synthgen.errors import RecipeError, did_you_mean
from synthgen.geometry import Picture
from synthgen.randomness import Stream
from synthgen.recipe import Optics, Range

Parameters = dict[str, Any]
Apply = Callable[[Picture, float, Stream], tuple[Picture, Parameters]]

ENTRY_POINTS = "synthgen.effects"


@dataclass(frozen=True, slots=True)
class Effect:
    """A registered effect: ``place`` orders it among the others, from scene (0) to file (100).

    ``probability`` and ``dose_range`` read the recipe's section; an effect from elsewhere may bring its own numbers.
    Of a ``group`` with a name at most one effect is applied; ``in_colour`` ones are for RGB pictures alone, ``in_room``
    ones for pictures taken by a camera in the light of a room. An ``always`` effect has fields of its own in the recipe
    and is drawn for every picture.
    """

    name: str
    place: int
    probability: Callable[[Optics], float]
    dose_range: Callable[[Optics], Range]
    apply: Apply
    group: str = ""
    in_colour: bool = False
    always: bool = True
    in_room: bool = False


EFFECTS: dict[str, Effect] = {}


def register_effect(
    name: str,
    place: int,
    probability: Callable[[Optics], float] | None = None,
    dose_range: Callable[[Optics], Range] | None = None,
    *,
    group: str = "",
    in_colour: bool = False,
    in_room: bool = False,
) -> Callable[[Apply], Apply]:
    """Return the decorator that registers an effect under ``name``; ValueError when the name is taken.

    Without a probability of its own the effect is one of the recipe's table ``optics.effects``.
    """
    if name in EFFECTS:
        raise ValueError(f"effect {name!r}: registered twice; choose another name.")

    def register(apply: Apply) -> Apply:
        EFFECTS[name] = Effect(
            name,
            place,
            probability or (lambda optics: optics.effects.get(name, 0.0)),
            dose_range or (lambda optics: optics.effect_dose_range),
            apply,
            group,
            in_colour,
            probability is not None,
            in_room,
        )
        effects.cache_clear()
        always_drawn.cache_clear()
        return apply

    return register


@lru_cache(maxsize=1)
def effects() -> tuple[Effect, ...]:
    """Return all effects, built in and installed, in the order in which they are applied."""
    for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda point: point.name):
        EFFECTS.setdefault(point.name, point.load())
    return tuple(sorted(EFFECTS.values(), key=lambda effect: (effect.place, effect.name)))


@lru_cache(maxsize=1)
def always_drawn() -> tuple[Effect, ...]:
    """Return the effects that are drawn for whichever recipe, in order."""
    return tuple(effect for effect in effects() if effect.always)


def effect_of(name: str) -> Effect:
    """Return the effect of this name; RecipeError when there is none."""
    effects()  # so that installed ones are among them
    if name not in EFFECTS:
        raise RecipeError(f"optics.effects: {name!r}: no such effect.{did_you_mean(name, EFFECTS)}")
    return EFFECTS[name]
