"""Gradients: sheets and pictures that are darker towards one side, steadily."""

from __future__ import annotations

import math

import cv2
import numpy as np

from synthgen import recipe
from synthgen.geometry import Picture
from synthgen.press.bank import in_channels
from synthgen.press.painters import Parameters
from synthgen.randomness import Stream

_LEAST_LEVELS = 0.5


def drawn_gradient(paper: recipe.Paper, stream: Stream) -> Parameters:
    """Return how many levels darker a sheet is at its far corner, and towards where, as a paper's parameters."""
    dose, angle_deg = stream.between(paper.gradient_range), stream.uniform(0.0, 360.0)
    return {"gradient": dose, "gradient_deg": angle_deg} if dose >= _LEAST_LEVELS else {"gradient": 0.0}


def darkened(image: Picture, gradient: Parameters) -> Picture:
    """Return a sheet or a picture of any size darkened by a drawn gradient; itself where that is none."""
    if not gradient["gradient"]:
        return image
    angle = math.radians(gradient["gradient_deg"])
    x, y = math.cos(angle), -math.sin(angle)
    most = gradient["gradient"] / (abs(x) + abs(y))
    # An even slope is the sum of one down and one across, a third of the work of spreading a grid.
    down, across = _slope(image.shape[0], most * y), _slope(image.shape[1], most * x)
    field = in_channels(down[:, None] + across[None, :], image)
    cv2.subtract(image, field, dst=field)
    return field


def _slope(length: int, rise: float) -> Picture:
    """Return levels (length,) from 0 that rise by so much, or fall to 0 by as much."""
    levels: Picture = np.rint(abs(rise) / length * np.arange(0.5, length)).astype(np.uint8)
    return levels if rise > 0 else np.ascontiguousarray(levels[::-1])
