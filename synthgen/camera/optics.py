"""Taking the picture: which effects of light, lens, sensor and copying it has, and in what order.

Light falls on the sheet, the lens blurs, the sensor adds noise, a copier or a coder does the rest. A real picture has
two or three such flaws, not all: of those drawn, at most ``optics.most_effects`` are kept.
"""

from __future__ import annotations

# Each module registers its effects as it is imported.
from synthgen.camera import coding, copying
from synthgen.camera.effects import (
    EFFECTS,
    Effect,
    Parameters,
    always_drawn,
    effect_of,
    effects,
    register_effect,
)
from synthgen.camera.lens import defocus, line_kernel, motion
from synthgen.camera.light import light
from synthgen.camera.sensor import noise
from synthgen.geometry import Picture
from synthgen.randomness import Stream
from synthgen.recipe import Optics

__all__ = [
    "EFFECTS",
    "Effect",
    "check_effects",
    "coding",
    "copying",
    "defocus",
    "effects",
    "expose",
    "light",
    "line_kernel",
    "motion",
    "noise",
    "register_effect",
]


def check_effects(optics: Optics) -> None:
    """Raise RecipeError for a name in ``optics.effects`` that no effect has."""
    for name in optics.effects:
        effect_of(name)


def expose(image: Picture, optics: Optics, stream: Stream) -> tuple[Picture, Parameters]:
    """Return the image as light, lens and sensor make it, and for each effect that was drawn its dose and parameters.

    The image itself is returned when no effect was drawn.
    """
    plan = _plan(optics, stream)
    if image.ndim == 2:
        plan = [one for one in plan if not one[1].in_colour]
    drawn: Parameters = {}
    for _, effect, dose in _kept(plan, optics.most_effects):
        image, parameters = effect.apply(image, dose, stream)
        drawn[effect.name] = {"dose": dose, **parameters}
    return image, drawn


def _plan(optics: Optics, stream: Stream) -> list[tuple[float, Effect, float]]:
    """Return the effects that were hit, each with its draw in [0, 1), the lower the surer, and its dose.

    Chances and doses are drawn ahead, whatever is hit, so that one effect's presence does not shift another's dose.
    """
    plan = []
    named = [effect_of(name) for name in optics.effects] if optics.effects else []
    for effect in (*always_drawn(), *(one for one in named if not one.always)):
        draw, dose = stream.random(), stream.between(effect.dose_range(optics))
        probability = effect.probability(optics)
        if draw < probability:
            plan.append((draw / probability, effect, dose))
    return plan


def _kept(plan: list[tuple[float, Effect, float]], most: int) -> list[tuple[float, Effect, float]]:
    """Return at most ``most`` of the planned effects, one of each group, in the order in which they are applied."""
    kept: list[tuple[float, Effect, float]] = []
    for one in sorted(plan, key=lambda one: (one[0], one[1].name)):
        group = one[1].group
        if len(kept) < most and not (group and any(other[1].group == group for other in kept)):
            kept.append(one)
    return sorted(kept, key=lambda one: (one[1].place, one[1].name))
