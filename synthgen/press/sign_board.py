"""The board of a sign, before a wall: what it is made of, and the shadow it throws."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from synthgen.geometry import Picture
from synthgen.press.bank import BANK_MEAN, BANK_SD, bank, cut, in_channels, levels, look_up, stretched
from synthgen.press.colours import grey_of
from synthgen.press.effects import Colour, Parameters
from synthgen.press.impression import inked_box, uncover
from synthgen.press.painters import dyed
from synthgen.randomness import Stream

Real = npt.NDArray[np.float64]

MATERIALS = ("vinyl", "vinyl", "acrylic", "lightbox", "metal")
_COARSE = 4
_SHADOW_MOST = 0.55


def boarded(sheet: Picture, covered: Picture, colour: Colour, stream: Stream) -> tuple[Picture, Parameters]:
    """Return the sheet with a board of a colour laid where it is covered, its shadow under it, and what was drawn.

    Boards are printed film, glossy acrylic, a box lit from within, or enamelled metal.
    """
    material, depth = stream.pick(MATERIALS), stream.uniform(0.1, 1.0)
    reach, soft = stream.uniform(0.004, 0.02), stream.uniform(0.3, 0.8)
    laid, box = _shaded(sheet, covered, reach * max(covered.shape), soft, depth), inked_box(covered)
    part, cover = laid[box], covered[box]
    if part.size:
        field, share = _material(material, (cover.shape[1], cover.shape[0]), colour, stream)
        if sheet.ndim == 2:
            board = look_up(field, levels(grey_of(colour), BANK_SD * share))
        else:
            board = dyed(field, (share,) * 3, [level - BANK_MEAN * share for level in colour])
        hung, edged = np.ascontiguousarray(part), cv2.blur(cover, (3, 3), borderType=cv2.BORDER_REPLICATE)
        uncover(hung, np.asarray(edged, dtype=np.uint8).reshape(cover.shape), board)
        laid[box] = hung
    return laid, {"material": material, "shadow_depth": depth}


def _shaded(sheet: Picture, covered: Picture, reach: float, soft: float, depth: float) -> Picture:
    """Return the sheet with the soft shadow of what will cover it, ``reach`` px down and half as far to the right."""
    height, width = covered.shape
    cast = np.ascontiguousarray(covered[::_COARSE, ::_COARSE])
    small = cast.shape[::-1]
    sigma = max(reach * soft / _COARSE, 0.6)
    side = 2 * math.ceil(2.5 * sigma) + 1
    cast = np.asarray(cv2.GaussianBlur(cast, (side, side), sigma), dtype=np.uint8).reshape(small[::-1])
    down, right = max(round(reach / _COARSE), 1), max(round(0.5 * reach / _COARSE), 0)
    moved = np.zeros_like(cast)
    moved[down:, right:] = cast[: max(small[1] - down, 0), : max(small[0] - right, 0)]
    kept = np.rint(255 - moved * (_SHADOW_MOST * depth)).astype(np.uint8)
    mask = np.asarray(cv2.resize(kept, (width, height)), dtype=np.uint8).reshape(height, width)
    return np.asarray(cv2.multiply(sheet, in_channels(mask, sheet), scale=1 / 255), dtype=np.uint8).reshape(sheet.shape)


def _material(material: str, size: tuple[int, int], colour: Colour, stream: Stream) -> tuple[Picture, float]:
    """Return a board's light and grain (H, W) about the banks' mean, and how strongly it is seen."""
    if material == "metal":
        # Enamel is rolled on: streaks as long as the board.
        rolled = cut(bank("noise"), (max(size[0] // 64, 1), size[1]), stream)
        streaks = np.asarray(cv2.resize(rolled, size), dtype=np.uint8).reshape(size[::-1])
        return streaks, stream.uniform(0.5, 3.0) / BANK_SD
    if material == "vinyl":
        return cut(bank("grain"), size, stream), stream.uniform(0.4, 2.0) / BANK_SD
    return stretched(_light(material, colour, stream), size), 1.0


def _light(material: str, colour: Colour, stream: Stream) -> Real:
    """Return a coarse field of light about 128: a gloss from above, or tubes behind a pane."""
    y, x = np.linspace(0, 1, 24)[:, None], np.linspace(0, 1, 24)[None, :]
    most = stream.uniform(4.0, 22.0)
    if material == "lightbox":
        rows = stream.pick((1, 2, 3))
        tubes = np.cos(2 * math.pi * rows * (y - 0.5 / rows)) * stream.uniform(0.1, 0.5)
        away = (2 * x - 1) ** 4 + (2 * y - 1) ** 4
        # A pane that is nearly white has no more light to give.
        bright = min((255 - grey_of(colour)) / 60, 1.0)
        field: Real = 128 + most * (bright * (0.4 + tubes) - 1.2 * away)
        return field
    edge, lean = stream.uniform(0.25, 0.6), stream.uniform(-0.25, 0.25)
    gloss = 1 / (1 + np.exp(np.clip((y + lean * x - edge) * (30.0 if material == "acrylic" else 6.0), -30, 30)))
    sheen: Real = 128 + most * (gloss * (1 - 0.6 * y) - 0.3)
    return sheen
