"""Grounds of signs and posters that are neither paper nor wall: a banner's cloth, a run of shades."""

from __future__ import annotations

import math

import cv2
import numpy as np

from synthgen import recipe
from synthgen.geometry import Picture
from synthgen.press.bank import cut, levelled, stretched
from synthgen.press.grounds import Grounds, textures_named
from synthgen.press.painters import Parameters, register_paper
from synthgen.randomness import Stream


@register_paper("cloth")
def cloth(
    size: tuple[int, int],
    paper: recipe.Paper,
    stream: Stream,
    grounds: Grounds,  # noqa: ARG001 - every painter is called alike
) -> tuple[Picture, Parameters]:
    """Return a banner's cloth: its weave, and soft folds hanging in it."""
    texture = textures_named(("cloth",))[0]
    level, sd, folds = stream.between(paper.level_range), stream.uniform(3.0, 8.0), stream.uniform(2.0, 16.0)
    image = levelled(cut(texture.picture, size, stream), level, sd, texture.mean, texture.sd)
    x = np.linspace(0, 1, 65)
    rates = [(stream.uniform(2.0, 9.0), stream.uniform(0.0, 6.3), stream.uniform(-2.0, 2.0)) for _ in range(3)]
    lean = np.linspace(0, 1, 17)[:, None]
    hung = sum(np.sin(rate * 2 * x[None, :] + phase + slant * lean) for rate, phase, slant in rates)
    field = stretched(128 + folds * np.asarray(hung) / 3, size)
    draped = cv2.addWeighted(image, 1.0, field, 1.0, -128)
    return np.asarray(draped, dtype=np.uint8).reshape(size[::-1]), {"level": level, "weave_sd": sd, "folds": folds}


@register_paper("gradient")
def gradient(
    size: tuple[int, int],
    paper: recipe.Paper,
    stream: Stream,
    grounds: Grounds,  # noqa: ARG001 - every painter is called alike
) -> tuple[Picture, Parameters]:
    """Return a smooth run from one shade to another, as screens and posters have; of two hues in RGB."""
    level, depth, angle = stream.between(paper.level_range), stream.uniform(8.0, 46.0), stream.uniform(0.0, 2 * math.pi)
    step = np.linspace(-0.5, 0.5, 33)
    cos, sin = math.cos(angle), math.sin(angle)
    run = (step[None, :] * cos + step[:, None] * sin) / (abs(cos) + abs(sin))
    hues = [stream.uniform(-0.5, 0.5) for _ in range(3)]
    parameters = {"level": level, "depth": depth, "angle_deg": math.degrees(angle)}
    if paper.colour != "rgb":
        return stretched(level + depth * run, size), parameters
    planes = [np.clip(np.rint(level + depth * run * (1 + hue)), 0, 255) for hue in hues]
    image = cv2.resize(np.stack(planes, axis=-1).astype(np.uint8), size)
    return np.asarray(image, dtype=np.uint8).reshape(*size[::-1], 3), parameters
