"""Light: how it falls on the sheet and into the lens."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from synthgen.camera.effects import Parameters, register_effect
from synthgen.geometry import Picture
from synthgen.press.bank import in_channels, stretched
from synthgen.randomness import Stream

Real = npt.NDArray[np.float64]

_GRID = 17
# A shadow's edge is drawn on a raster this much coarser than the picture, which also softens it.
_COARSE = 4
_SHADOW_MOST = 0.55
_LEAST_SLAT_PX = 70.0
_GLARE_MOST = 170.0
_VIGNETTE_MOST = 0.55


def _shaded(image: Picture, mask: Picture) -> Picture:
    """Return the image times a mask (H, W) in 255ths."""
    product = cv2.multiply(image, in_channels(mask, image), scale=1 / 255)
    return np.asarray(product, dtype=np.uint8).reshape(image.shape)


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
    return _shaded(image, stretched(field, (image.shape[1], image.shape[0]))), parameters


@register_effect("cast_shadow", 12)
def cast_shadow(image: Picture, dose: float, stream: Stream) -> tuple[Picture, Parameters]:
    """Return the image with something's shadow over part of it: a hand and telephone, a blind's slats, a straight edge.

    Within the shadow up to 0.55 of the light is missing; its edge is as soft as its caster was far.
    """
    height, width = image.shape[:2]
    size = (max(width // _COARSE, 2), max(height // _COARSE, 2))
    kind = stream.pick(("edge", "hand", "slats"))
    angle_deg, place, soft = stream.uniform(0.0, 360.0), stream.uniform(0.3, 0.65), stream.uniform(0.008, 0.05)
    x = (np.arange(size[0]) + 0.5) / size[0] - 0.5
    y = (np.arange(size[1]) + 0.5) / size[1] - 0.5
    angle = math.radians(angle_deg)
    along = x[None, :] * math.cos(angle) - y[:, None] * math.sin(angle)
    across = x[None, :] * math.sin(angle) + y[:, None] * math.cos(angle)
    if kind == "edge":
        depth = place - 0.5 - along
    elif kind == "hand":
        waves = [(stream.uniform(4.0, 14.0), stream.uniform(0.0, 6.3), stream.uniform(0.01, 0.05)) for _ in range(3)]
        depth = place - 0.5 - along + sum(size * np.sin(rate * across + phase) for rate, phase, size in waves)
    else:
        # A word's picture is a small part of what a blind's shadow falls on.
        pitch = max(stream.uniform(0.12, 0.3), _LEAST_SLAT_PX / max(width, height))
        depth = (np.abs((along / pitch + place) % 1.0 - 0.5) - 0.28) * pitch
    shadow = 1 / (1 + np.exp(-np.clip(depth / (0.35 * soft), -30, 30)))
    field = np.rint(255 * (1 - _SHADOW_MOST * dose * shadow))
    mask = stretched(field, (width, height))
    return _shaded(image, mask), {"kind": kind, "angle_deg": angle_deg, "place_frac": place, "softness_frac": soft}


@register_effect("glare", 16)
def glare(image: Picture, dose: float, stream: Stream) -> tuple[Picture, Parameters]:
    """Return the image with a lamp's or window's sheen: up to 170 levels are added where it is brightest."""
    height, width = image.shape[:2]
    size = (max(width // (2 * _COARSE), 2), max(height // (2 * _COARSE), 2))
    kind = stream.pick(("spot", "tube"))
    x0, y0 = stream.uniform(0.1, 0.9), stream.uniform(0.1, 0.9)
    angle_deg, reach = stream.uniform(0.0, 180.0), stream.uniform(0.1, 0.28)
    ratio = height / max(width, 1)
    x = (np.arange(size[0]) + 0.5)[None, :] / size[0] - x0
    y = ((np.arange(size[1]) + 0.5)[:, None] / size[1] - y0) * ratio
    cos, sin = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    along, across = x * cos - y * sin, x * sin + y * cos
    long_reach = reach * (1.3 if kind == "spot" else 4.0)
    far = (along / long_reach) ** 2 + (across / (reach * (1.0 if kind == "spot" else 0.45))) ** 2
    field = _GLARE_MOST * dose * np.exp(-0.5 * far)
    added = in_channels(stretched(field, (width, height)), image)
    # Light adds, and what is nearly white already gains little: film and sensors shoulder off.
    room = np.uint8(255) - image
    gained = cv2.multiply(room, added, scale=1 / 255)
    lit = image + np.asarray(gained, dtype=np.uint8).reshape(image.shape)
    return lit, {"kind": kind, "x_frac": x0, "y_frac": y0, "angle_deg": angle_deg, "reach_frac": reach}


@register_effect("vignette", 20)
def vignette(image: Picture, dose: float, stream: Stream) -> tuple[Picture, Parameters]:
    """Return the image darkened towards its corners, which lose up to 0.55 of their light, as a wide open lens does."""
    power = stream.uniform(1.0, 2.0)
    step = ((np.arange(2 * _GRID) + 0.5) / (2 * _GRID) - 0.5) * math.sqrt(2)
    far = (step[None, :] ** 2 + step[:, None] ** 2) ** power
    field = 255 * (1 - _VIGNETTE_MOST * dose * far)
    return _shaded(image, stretched(field, (image.shape[1], image.shape[0]))), {"power": power}
