"""Light, lens and sensor: registered effects, each with a dose, applied in the order in which light meets them.

An effect is a function ``(image, dose, stream) -> (image, parameters)``: the image is uint8 (H, W) or (H, W, 3), never
modified in place; the dose is a number drawn from the recipe, whose unit the effect's docstring names; the parameters
are plain JSON values. No effect moves anything: blur kernels are symmetric about their middle. Packages add effects
through the entry-point group ``synthgen.effects``, whose entries are :class:`Effect` objects.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import entry_points
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from synthgen.geometry import Picture
from synthgen.press.bank import BANK_MEAN, BANK_SD, bank, cut, in_channels, look_up, stretched
from synthgen.randomness import Stream
from synthgen.recipe import Optics, Range

Parameters = dict[str, Any]
Apply = Callable[[Picture, float, Stream], tuple[Picture, Parameters]]

ENTRY_POINTS = "synthgen.effects"
_GRID = 17


@dataclass(frozen=True, slots=True)
class Effect:
    """A registered effect: ``place`` orders it among the others, from scene (0) to sensor (100).

    ``probability`` and ``dose_range`` read the recipe's section; an effect from elsewhere may bring its own numbers.
    """

    name: str
    place: int
    probability: Callable[[Optics], float]
    dose_range: Callable[[Optics], Range]
    apply: Apply


EFFECTS: dict[str, Effect] = {}


def register_effect(
    name: str, place: int, probability: Callable[[Optics], float], dose_range: Callable[[Optics], Range]
) -> Callable[[Apply], Apply]:
    """Return the decorator that registers an effect under ``name``; ValueError when the name is taken."""

    def register(apply: Apply) -> Apply:
        if name in EFFECTS:
            raise ValueError(f"effect {name!r}: registered twice; choose another name.")
        EFFECTS[name] = Effect(name, place, probability, dose_range, apply)
        effects.cache_clear()
        return apply

    return register


@lru_cache(maxsize=1)
def effects() -> tuple[Effect, ...]:
    """Return all effects, built in and installed, in the order in which they are applied."""
    for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda point: point.name):
        EFFECTS.setdefault(point.name, point.load())
    return tuple(sorted(EFFECTS.values(), key=lambda effect: (effect.place, effect.name)))


def expose(image: Picture, optics: Optics, stream: Stream) -> tuple[Picture, Parameters]:
    """Return the image as light, lens and sensor make it, and for each effect that was drawn its dose and parameters.

    The image itself is returned when no effect was drawn.
    """
    drawn: Parameters = {}
    # Chances and doses are drawn ahead and always, so that one effect's presence does not shift another's dose.
    plan = [
        (effect, stream.chance(effect.probability(optics)), stream.between(effect.dose_range(optics)))
        for effect in effects()
    ]
    for effect, hit, dose in plan:
        if hit:
            image, parameters = effect.apply(image, dose, stream)
            drawn[effect.name] = {"dose": dose, **parameters}
    return image, drawn


@register_effect("light", 10, lambda optics: optics.light_probability, lambda optics: optics.light_range)
def light(image: Picture, dose: float, stream: Stream) -> tuple[Picture, Parameters]:
    """Return the image lit unevenly: the darkest place loses the share ``dose`` of its light.

    Either falling off from one side (``side``) or around a bright spot (``spot``).
    """
    step = (np.arange(_GRID) + 0.5) / _GRID
    kind = "side" if stream.chance(0.5) else "spot"
    if kind == "side":
        angle = stream.uniform(0.0, 2 * math.pi)
        x, y = math.cos(angle), -math.sin(angle)
        shade = (step[None, :] - 0.5) * x + (step[:, None] - 0.5) * y
        shade = 0.5 + shade / (abs(x) + abs(y))
        parameters: Parameters = {"kind": kind, "angle_deg": math.degrees(angle)}
    else:
        x, y = stream.uniform(0.1, 0.9), stream.uniform(0.1, 0.9)
        far = (step[None, :] - x) ** 2 + (step[:, None] - y) ** 2
        # Lambert's law under a lamp at the height of the sheet's half width: cos^4 of the angle of incidence.
        shade = 1 - (0.25 / (0.25 + far)) ** 2
        parameters = {"kind": kind, "x_frac": x, "y_frac": y}
    low, high = float(shade.min()), float(shade.max())
    field = 255.0 * (1 - dose * (shade - low) / (high - low))
    mask = in_channels(stretched(field, (image.shape[1], image.shape[0])), image)
    return np.asarray(cv2.multiply(image, mask, scale=1 / 255), dtype=np.uint8).reshape(image.shape), parameters


@register_effect("motion", 30, lambda optics: optics.motion_probability, lambda optics: optics.motion_px_range)
def motion(image: Picture, dose: float, stream: Stream) -> tuple[Picture, Parameters]:
    """Return the image smeared along a straight line of ``dose`` px, at a random angle."""
    angle_deg = stream.uniform(0.0, 180.0)
    kernel = line_kernel(dose, angle_deg)
    smeared = cv2.filter2D(image, -1, kernel, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(smeared, dtype=np.uint8).reshape(image.shape), {"angle_deg": angle_deg}


def line_kernel(length_px: float, angle_deg: float) -> npt.NDArray[np.float32]:
    """Return the kernel (side, side) of a line of this length through its middle: sum 1, symmetric about the middle."""
    reach = math.ceil(length_px / 2 + 1)
    side = 2 * reach + 1
    kernel = np.zeros((side, side))
    n = max(4 * math.ceil(length_px), 1)
    along = ((np.arange(n) + 0.5) / n - 0.5) * length_px
    x, y = reach + along * math.cos(math.radians(angle_deg)), reach - along * math.sin(math.radians(angle_deg))
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    u, v = x - left, y - top
    np.add.at(kernel, (top, left), (1 - u) * (1 - v))
    np.add.at(kernel, (top, left + 1), u * (1 - v))
    np.add.at(kernel, (top + 1, left), (1 - u) * v)
    np.add.at(kernel, (top + 1, left + 1), u * v)
    # Rounding may leave the two halves unequal in the last bit; their mean is symmetric exactly.
    kernel = (kernel + kernel[::-1, ::-1]) / 2
    normal: npt.NDArray[np.float32] = (kernel / kernel.sum()).astype(np.float32)
    return normal


@register_effect("defocus", 40, lambda optics: optics.defocus_probability, lambda optics: optics.defocus_px_range)
def defocus(image: Picture, dose: float, stream: Stream) -> tuple[Picture, Parameters]:  # noqa: ARG001 - an Apply
    """Return the image out of focus: a Gaussian of standard deviation ``dose`` px."""
    side = 2 * math.ceil(2.7 * dose) + 1
    if side == 1:
        return image, {}
    soft = cv2.GaussianBlur(image, (side, side), dose, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(soft, dtype=np.uint8).reshape(image.shape), {}


@register_effect("noise", 80, lambda optics: optics.noise_probability, lambda optics: optics.noise_sd_range)
def noise(image: Picture, dose: float, stream: Stream) -> tuple[Picture, Parameters]:
    """Return the image with a sensor's noise, whose standard deviation on white is ``dose`` levels.

    Its variance is a constant (read noise) plus a part that grows with the light (shot noise); ``shot_share`` is the
    latter's on white. Grain is either of single pixels or smoothed as by demosaicing.
    """
    shot_share, grain = stream.uniform(0.2, 0.9), "noise" if stream.chance(0.4) else "grain"
    size = (image.shape[1], image.shape[0])
    pieces = [cut(bank(grain), size, stream) for _ in range(1 if image.ndim == 2 else image.shape[2])]
    piece = pieces[0] if image.ndim == 2 else np.asarray(cv2.merge(pieces), dtype=np.uint8)
    table = np.rint(255 * np.sqrt(1 - shot_share + shot_share * np.arange(256) / 255)).astype(np.uint8)
    weight = look_up(image, table)
    # Up and down are added apart: uint8 has no sign, and saturating sums of uint8 are the fastest there are.
    middle, scale = np.uint8(BANK_MEAN), dose / BANK_SD / 255
    up = cv2.multiply(np.maximum(piece, middle) - middle, weight, scale=scale)
    down = cv2.multiply(middle - np.minimum(piece, middle), weight, scale=scale)
    noisy = cv2.subtract(cv2.add(image, up), down)
    return np.asarray(noisy, dtype=np.uint8).reshape(image.shape), {"shot_share": shot_share, "grain": grain}
