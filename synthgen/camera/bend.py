"""Sheets that do not lie flat, and lenses that do not draw straight: registered bends, each a smooth field.

A bend lives in a frame: ``sheet`` ones bend the paper before it is seen in perspective, ``image`` ones bend the picture
after. Its shape is a function of unit coordinates, whose origin is the middle of a box in that frame and whose unit is
the box's longer side; the displacement it returns is in the same unit. Name, dose, box and a few numbers make the
field, its shading and its bound again: that is all a sample's provenance keeps.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from synthgen.errors import RecipeError, did_you_mean
from synthgen.geometry import Field, Float
from synthgen.mesh import lattice
from synthgen.randomness import Stream

Parameters = dict[str, Any]
Box = tuple[float, float, float, float]

# No bend at any dose displaces by more than this share of the box's longer side.
MOST_BEND = 0.04
_NODES = 64
_LEAST_PITCH_PX = 4.0
_AROUND = 0.3
# What is bent more sharply than over this length would not be straight between the nodes of a resampling lattice.
_LEAST_RADIUS_PX = 60.0


@dataclass(frozen=True, slots=True)
class Bend:
    """A registered bend.

    ``draw(stream)`` returns its numbers; ``displace(numbers, dose, points, longer_px)`` the displacement D (..., 2) at
    unit points (..., 2): a target point p shows the source's p + D(p); ``shade(numbers, dose, points)`` how much of the
    light each point keeps (...). A scanner's glass presses a sheet flat, but for bends that it ``stays`` in.
    """

    name: str
    frame: str
    draw: Callable[[Stream], Parameters]
    displace: Callable[[Parameters, float, Float, float], Float]
    shade: Callable[[Parameters, float, Float], Float]
    stays: bool = False


BENDS: dict[str, Bend] = {}


def register_bend(bend: Bend) -> Bend:
    """Return the bend, now registered under its name; ValueError when the name is taken."""
    if bend.name in BENDS:
        raise ValueError(f"bend {bend.name!r}: registered twice; choose another name.")
    BENDS[bend.name] = bend
    return bend


def bend_of(name: str) -> Bend:
    """Return the bend of this name; RecipeError when there is none."""
    if name not in BENDS:
        raise RecipeError(f"camera.bends: {name!r}: no such bend.{did_you_mean(name, BENDS)}")
    return BENDS[name]


def draw_bend(name: str, dose: float, box: Box, stream: Stream) -> Parameters:
    """Return the plain JSON parameters of a bend of this dose over a box (x0, y0, x1, y1) of its frame."""
    return {"name": name, "dose": dose, "box": list(box), **bend_of(name).draw(stream)}


def field_of(parameters: Parameters) -> Field:
    """Return the field that the parameters of :func:`draw_bend` describe."""
    x0, y0, x1, y1 = parameters["box"]
    longer = max(x1 - x0, y1 - y0, 1.0)
    pitch = max(longer / _NODES, _LEAST_PITCH_PX)
    around = _AROUND * longer
    columns, rows = (math.ceil((side + 2 * around) / pitch) + 1 for side in (x1 - x0, y1 - y0))
    nodes = lattice(x0 - around + np.arange(columns) * pitch, y0 - around + np.arange(rows) * pitch)
    bend = bend_of(parameters["name"])
    displacement = longer * bend.displace(parameters, parameters["dose"], _unit(nodes, parameters["box"]), longer)
    return Field(displacement, pitch, (x0 - around, y0 - around))


def reach_px(field: Field) -> float:
    """Return how far the field displaces anything, in px along x or y."""
    return float(np.abs(field.displacement).max(initial=0.0))


def shading_of(parameters: Parameters, points: Float) -> Float:
    """Return the share of light (...) that points (..., 2) of the bend's frame keep."""
    return bend_of(parameters["name"]).shade(parameters, parameters["dose"], _unit(points, parameters["box"]))


def _unit(points: Float, box: Any) -> Float:
    x0, y0, x1, y1 = box
    middle = np.array([(x0 + x1) / 2, (y0 + y1) / 2])
    unit: Float = points - middle
    unit /= max(x1 - x0, y1 - y0, 1.0)
    return unit


def _turned(points: Float, side: int) -> tuple[Float, Float]:
    """Return coordinates u away from a side (left, top, right, bottom) and v along it, both 0 in the middle."""
    x, y = points[..., 0], points[..., 1]
    return ((x, y), (y, x), (-x, y), (-y, x))[side]


def _returned(du: Float, dv: Float, side: int) -> Float:
    """Return the displacement (..., 2) in x and y of one in u and v of :func:`_turned`."""
    return np.stack(((du, dv), (dv, du), (-du, dv), (dv, -du))[side], axis=-1)


def _draw_curl(stream: Stream) -> Parameters:
    # Books open sideways; sheets bend up at their ends too.
    return {
        "side": stream.pick((0, 0, 2, 2, 1, 3)),
        "radius": stream.uniform(0.2, 0.34),
        "lift": stream.pick((-1.0, 1.0)) * stream.uniform(0.55, 1.0),
        "taper": stream.uniform(-0.5, 0.5),
    }


def _displace_curl(numbers: Parameters, dose: float, points: Float, longer_px: float) -> Float:
    """Towards the spine a page turns away from the eye: lines rise or sink, and letters are seen from the side."""
    u, v = _turned(points, numbers["side"])
    radius = max(numbers["radius"], _LEAST_RADIUS_PX / longer_px)
    # Capped where the box's own edge is left behind, so that the field stays bounded.
    fall = np.exp(-np.maximum(u + 0.5, -0.12) / radius) - math.exp(-0.5 / radius)
    lift = numbers["lift"] * (1 + numbers["taper"] * np.clip(v, -0.6, 0.6))
    return _returned(-0.35 * MOST_BEND * dose * fall, 0.4 * MOST_BEND * dose * lift * fall, numbers["side"])


def _shade_curl(numbers: Parameters, dose: float, points: Float) -> Float:
    u, _ = _turned(points, numbers["side"])
    lit: Float = 1 - 0.5 * dose * np.exp(-np.maximum(u + 0.5, 0.0) / (0.4 * numbers["radius"]))
    return lit


def _draw_spine(stream: Stream) -> Parameters:
    return {
        "side": stream.pick((-1, 1)),
        "radius": stream.uniform(0.05, 0.1),
        "lift": stream.pick((-1.0, 1.0)) * stream.uniform(0.3, 1.0),
        "taper": stream.uniform(-0.5, 0.5),
        "dark": stream.uniform(0.5, 1.0),
    }


def _from_spine(numbers: Parameters, points: Float) -> Float:
    """Return how far points (...) lie to the right of the fold: the middle of a spread, just beyond a single page."""
    x0, y0, x1, y1 = numbers["box"]
    wide, high = x1 - x0, y1 - y0
    at = 0.0 if wide > 1.05 * high else numbers["side"] * (0.5 * wide / max(wide, high, 1.0) + 0.02)
    right: Float = points[..., 0] - at
    return right


def _displace_spine(numbers: Parameters, dose: float, points: Float, longer_px: float) -> Float:
    """Both pages of an open book go down into the fold: lines bow there, and letters are seen from the side."""
    u, v = _from_spine(numbers, points), points[..., 1]
    soft = _LEAST_RADIUS_PX / longer_px
    radius = max(numbers["radius"], soft)
    fall = np.exp((soft - np.sqrt(u * u + soft * soft)) / radius)
    lift = numbers["lift"] * (1 + numbers["taper"] * np.clip(v, -0.6, 0.6))
    aside = np.tanh(u / radius) - np.clip(2 * u, -1, 1)
    return np.stack([0.3 * MOST_BEND * dose * aside, 0.5 * MOST_BEND * dose * lift * fall], axis=-1)


def _shade_spine(numbers: Parameters, dose: float, points: Float) -> Float:
    """The fold lies in the dark, and the page that leans away from the light more than the other."""
    u = _from_spine(numbers, points)
    leaning = 1 + 0.35 * numbers["side"] * np.tanh(u / 0.02)
    band = 0.55 * np.exp(-((u / 0.013) ** 2)) + 0.4 * leaning * np.exp(-np.abs(u) / (0.6 * numbers["radius"]))
    lit: Float = 1 - np.clip(dose * numbers["dark"] * band, 0, 0.9)
    return lit


def _draw_fold(stream: Stream) -> Parameters:
    n = stream.pick((1, 1, 2))
    middle = [0.0] if n == 1 else [-0.17, 0.17]
    return {
        "side": stream.pick((1, 1, 0)),
        "at": [place + stream.uniform(-0.03, 0.03) for place in middle],
        "soft": stream.uniform(0.03, 0.06),
        "lift": stream.uniform(-1.0, 1.0),
        "tilt": stream.pick((-1.0, 1.0)) * stream.uniform(0.4, 1.0),
    }


def _displace_fold(numbers: Parameters, dose: float, points: Float, longer_px: float) -> Float:
    """A sheet that was folded lies like a roof: each panel is seen under its own angle, round at the crease."""
    u, v = _turned(points, numbers["side"])
    soft = max(numbers["soft"], 0.5 * _LEAST_RADIUS_PX / longer_px)
    u = np.clip(u, -0.7, 0.7)
    roof = sum((-1) ** i * np.sqrt((u - at) ** 2 + soft**2) for i, at in enumerate(numbers["at"]))
    level = sum((-1) ** i * math.sqrt(at**2 + soft**2) for i, at in enumerate(numbers["at"]))
    rise = 0.9 * MOST_BEND * dose * (roof - level)
    lift = numbers["lift"] * (1 + 0.4 * np.clip(v, -0.6, 0.6))
    return _returned(numbers["tilt"] * rise, lift * rise, numbers["side"])


def _shade_fold(numbers: Parameters, dose: float, points: Float) -> Float:
    u, _ = _turned(points, numbers["side"])
    lit = np.ones_like(u)
    for i, at in enumerate(numbers["at"]):
        slope = (u - at) / np.sqrt((u - at) ** 2 + 0.01**2)
        lit += 0.06 * dose * numbers["tilt"] * (-1) ** i * slope
        lit -= 0.12 * dose * np.exp(-(((u - at) / 0.008) ** 2))
    return lit / max(1 + 0.06 * dose * len(numbers["at"]), 1.0)


def _draw_wave(stream: Stream) -> Parameters:
    waves = [
        [stream.uniform(0.0, 180.0), stream.uniform(0.55, 1.3), stream.uniform(0.0, 2 * math.pi), stream.uniform(-1, 1)]
        for _ in range(3)
    ]
    return {"waves": waves}


def _waves(numbers: Parameters, points: Float, longer_px: float) -> list[tuple[Float, float]]:
    """Return the phase (...) of each of a limp sheet's waves at points (..., 2), and the wave's size."""
    x, y = np.clip(points[..., 0], -0.75, 0.75), np.clip(points[..., 1], -0.75, 0.75)
    waves = []
    for angle_deg, length, phase, size in numbers["waves"]:
        length = max(length, 5 * _LEAST_RADIUS_PX / longer_px)
        cos, sin = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
        waves.append(((x * cos + y * sin) * (2 * math.pi / length) + phase, size))
    return waves


def _displace_wave(numbers: Parameters, dose: float, points: Float, longer_px: float) -> Float:
    """A limp sheet in the hand, or one that was damp: long low waves, moved by at most the bound of all bends."""
    high = np.sum([np.sin(wave) * size for wave, size in _waves(numbers, points, longer_px)], axis=0) / 3
    # Height shifts what is seen towards where the eye is not: mostly down the sheet, whatever the wave's run.
    swell: Float = 0.3 * MOST_BEND * dose * high
    return np.stack([0.35 * swell, swell], axis=-1)


def _shade_wave(numbers: Parameters, dose: float, points: Float) -> Float:
    slope = np.sum([np.cos(wave) * size for wave, size in _waves(numbers, points, 1e9)], axis=0) / 3
    lit: Float = 1 - 0.1 * dose * (1 + slope)
    return lit


def _draw_lens(stream: Stream) -> Parameters:
    # Telephones and wide lenses draw barrels; a few corrections overshoot.
    return {"strength": stream.uniform(0.4, 1.0) * stream.pick((1.0, 1.0, -0.6))}


def _displace_lens(numbers: Parameters, dose: float, points: Float, longer_px: float) -> Float:  # noqa: ARG001
    """Brown's first radial term, scaled so that a circle through the corners, or nearly, stays where it is."""
    far = np.minimum(np.sum(points * points, axis=-1, keepdims=True) / 0.36, 1.5)
    bent: Float = 0.09 * dose * numbers["strength"] * points * (far - 1)
    return bent


def _shade_none(numbers: Parameters, dose: float, points: Float) -> Float:  # noqa: ARG001 - a Bend's shade
    return np.ones(points.shape[:-1])


register_bend(Bend("curl", "sheet", _draw_curl, _displace_curl, _shade_curl))
register_bend(Bend("spine", "sheet", _draw_spine, _displace_spine, _shade_spine, stays=True))
register_bend(Bend("fold", "sheet", _draw_fold, _displace_fold, _shade_fold))
register_bend(Bend("wave", "sheet", _draw_wave, _displace_wave, _shade_wave))
register_bend(Bend("lens", "image", _draw_lens, _displace_lens, _shade_none))
