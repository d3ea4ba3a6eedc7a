"""Taking the picture: which effects of light, lens, sensor and copying it has, and in what order.

Light falls on the sheet, the lens blurs, the sensor adds noise, a copier or a coder does the rest. A real picture has
two or three such flaws, not all: of those drawn, at most ``optics.most_effects`` are kept.
"""

from __future__ import annotations

from collections.abc import Callable

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
    "Exposure",
    "coding",
    "copying",
    "defocus",
    "effects",
    "light",
    "line_kernel",
    "motion",
    "noise",
    "register_effect",
]


# What has this place and later ones happens behind the filters of a sensor.
SENSOR_PLACE = 60

Colouring = Callable[[Picture], Picture]


class Exposure:
    """What light, lens and sensor do under a recipe's section; holds its chances and no state.

    Raises RecipeError for a name in ``optics.effects`` that no effect has.
    """

    def __init__(self, optics: Optics) -> None:
        named = [effect_of(name) for name in optics.effects]
        drawn = (*always_drawn(), *(one for one in named if not one.always))
        self._most = optics.most_effects
        self._chances = tuple((one, one.probability(optics), one.dose_range(optics)) for one in drawn)

    def expose(
        self, image: Picture, stream: Stream, *, level: bool = False, colour: Colouring | None = None
    ) -> tuple[Picture, Parameters]:
        """Return the image as light, lens and sensor make it, and for each effect drawn its dose and parameters.

        A ``level`` one, of a scanner or a screen, has none of a camera's in the room. ``colour`` makes a grey image of
        RGB where the sensor takes it: light and lens do the same to every channel. The image itself is returned when
        nothing is done to it.
        """
        plan = self._plan(stream)
        if level:
            plan = [one for one in plan if not one[1].in_room]
        if image.ndim == 2 and colour is None:
            plan = [one for one in plan if not one[1].in_colour]
        drawn: Parameters = {}
        for _, effect, dose in _kept(plan, self._most) if plan else ():
            if colour is not None and effect.place >= SENSOR_PLACE:
                image, colour = colour(image), None
            image, parameters = effect.apply(image, dose, stream)
            drawn[effect.name] = {"dose": dose, **parameters}
        return (image if colour is None else colour(image)), drawn

    def _plan(self, stream: Stream) -> list[tuple[float, Effect, float]]:
        """Return the effects that were hit, each with its draw in [0, 1), the lower the surer, and its dose.

        Chances and doses are drawn ahead, whatever is hit, so that one effect's presence does not shift another's dose.
        """
        plan = []
        random = stream.random
        for effect, probability, (low, high) in self._chances:
            draw, share = random(), random()
            if draw < probability:
                plan.append((draw / probability, effect, low + (high - low) * share))
        return plan


def _kept(plan: list[tuple[float, Effect, float]], most: int) -> list[tuple[float, Effect, float]]:
    """Return at most ``most`` of the planned effects, one of each group, in the order in which they are applied."""
    kept: list[tuple[float, Effect, float]] = []
    for one in sorted(plan, key=lambda one: (one[0], one[1].name)):
        group = one[1].group
        if len(kept) < most and not (group and any(other[1].group == group for other in kept)):
            kept.append(one)
    return sorted(kept, key=lambda one: (one[1].place, one[1].name))
