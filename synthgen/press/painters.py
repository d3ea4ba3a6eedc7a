"""The registry of papers: who paints which kind of ground.

A paper is a function ``(size, paper, stream, grounds) -> (image, parameters)``: ``size`` is (width, height), ``paper``
the recipe's section, ``grounds`` the user's pictures; the image is uint8 (H, W), or (H, W, 3) RGB where it has colours
of its own, and the parameters are plain JSON values; ``natural`` among them says that it is no stock that is dyed or
painted all over but a wall or a scene, which keeps its hues, and a ``gradient`` that it is darker to one side already.
Packages add kinds through the entry-point group ``synthgen.papers``; the built-in ones are registered the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.metadata import entry_points
from typing import Any

import cv2
import numpy as np

from synthgen import recipe
from synthgen.errors import RecipeError, did_you_mean
from synthgen.geometry import Picture
from synthgen.press.grounds import Grounds
from synthgen.randomness import Stream

Parameters = dict[str, Any]
Painter = Callable[[tuple[int, int], recipe.Paper, Stream, Grounds], tuple[Picture, Parameters]]

PAPERS: dict[str, Painter] = {}
ENTRY_POINTS = "synthgen.papers"


def register_paper(name: str) -> Callable[[Painter], Painter]:
    """Return the decorator that registers a painter under ``name``; ValueError when the name is taken."""

    def register(painter: Painter) -> Painter:
        if name in PAPERS:
            raise ValueError(f"paper {name!r}: registered twice; choose another name.")
        PAPERS[name] = painter
        return painter

    return register


def painter_of(name: str) -> Painter:
    """Return the painter registered under ``name``, here or by an installed package; RecipeError when there is none."""
    if name not in PAPERS:
        for point in entry_points(group=ENTRY_POINTS, name=name):
            PAPERS[name] = point.load()
    if name not in PAPERS:
        raise RecipeError(f"paper.kinds: {name!r}: no such paper.{did_you_mean(name, PAPERS)}")
    return PAPERS[name]


def tinted(image: Picture, warmth: float) -> Picture:
    """Return a grey sheet in RGB, its blue lowered by the share ``warmth`` and its red raised a little."""
    return dyed(image, tints(warmth))


def tints(warmth: float) -> tuple[float, float, float]:
    """Return the gains of red, green and blue that give a grey sheet its ``warmth``."""
    return 1 + 0.25 * warmth, 1 - 0.1 * warmth, 1 - warmth


def dyed(image: Picture, gains: Sequence[float], offsets: Sequence[float] = (0.0, 0.0, 0.0)) -> Picture:
    """Return a sheet in RGB, each channel its own levels times a gain plus an offset; a grey sheet has three alike."""
    sheet = image if image.ndim == 3 else cv2.cvtColor(image, cv2.COLOR_GRAY2RGB)
    table = np.column_stack([np.diag(gains), offsets]).astype(np.float32)
    return np.asarray(cv2.transform(sheet, table), dtype=np.uint8).reshape(*image.shape[:2], 3)
