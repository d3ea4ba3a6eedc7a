"""The film of ink on a sheet: how far it creeps, how evenly it lies, what a stamp and a felt pen leave out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from synthgen.geometry import Picture
from synthgen.press.bank import BANK_MEAN, Box, bank, cut, look_up
from synthgen.press.blur import blur_weights, weighted
from synthgen.press.wear import stamped, streaked
from synthgen.randomness import Stream

LEAST_SPREAD_PX = 0.06
LEAST_UNEVEN = 0.004
# Ink whose box takes no more of a sheet than this is worth a sheet of its own.
_MOST_APART = 0.6
_ROW_STEP = 32


@dataclass(frozen=True, slots=True)
class Film:
    """How far ink creeps, the share that is missing where it lies thinnest, and the share that a stamp leaves out."""

    spread_px: float
    uneven: float
    stamp: float = 0.0


def inked(covered: Picture, film: Film, stream: Stream) -> Picture:
    """Return coverage with a film's spread and unevenness, where they are felt at all."""
    spreads, thins = film.spread_px > LEAST_SPREAD_PX, film.uneven > LEAST_UNEVEN
    if not spreads and not thins:
        return covered
    x0, y0, x1, y1 = box = _felt(covered, len(_creep(film.spread_px)) // 2 if spreads else 1)
    part = covered[y0:y1, x0:x1]
    if spreads:
        part = spread_ink(part, film.spread_px)
    if thins:
        missing = cut(_patches(), (covered.shape[1], covered.shape[0]), stream, box)
        # Each result lies where the last one lay: memory that is not in the cache takes longer than the sums.
        cv2.multiply(part, missing, dst=missing, scale=film.uneven / 255)
        part = np.subtract(part, missing, out=missing)
    if part.shape == covered.shape:
        return part
    laid = np.zeros_like(covered)
    laid[y0:y1, x0:x1] = part
    return laid


def _felt(covered: Picture, reach: int) -> Box:
    """Return a box x0, y0, x1, y1 of at least one px that holds all ink and what lies within ``reach`` px of it.

    A little on a large sheet, as a seal, is looked at alone; else the box is all of the sheet.
    """
    whole = (0, 0, covered.shape[1], covered.shape[0])
    # Of text a few rows tell as much.
    _, _, width, height = cv2.boundingRect(covered[::_ROW_STEP])
    if width * (height - 1) * _ROW_STEP > _MOST_APART * covered.size:
        return whole
    x, y, width, height = cv2.boundingRect(covered)
    x0, y0 = max(x - reach, 0), max(y - reach, 0)
    x1, y1 = min(x + width + reach, covered.shape[1]), min(y + height + reach, covered.shape[0])
    return whole if (x1 - x0) * (y1 - y0) > _MOST_APART * covered.size else (x0, y0, x1, y1)


def sealed(covered: Picture, film: Film, stream: Stream) -> Picture:
    """Return the coverage of a seal or a rubber stamp."""
    return stamped(inked(covered, Film(film.spread_px, 0.0), stream), film.stamp, stream)


def marked(covered: Picture, film: Film, stream: Stream) -> Picture:  # noqa: ARG001 - called as the others are
    """Return the coverage of a highlighter."""
    return streaked(covered, stream)


def spread_ink(coverage: Picture, spread_px: float) -> Picture:
    """Return coverage whose edges have crept outwards by ``spread_px``.

    It is blurred, then raised until straight edges cross one half that far outside. Blur and gain are the same in
    every direction: the middle of a glyph stays where it was.
    """
    return weighted(coverage, _creep(spread_px))


def _creep(spread_px: float) -> npt.NDArray[np.float64]:
    """Return the weights (side,) of the blur that lets ink creep so far, in each direction; their sum is above 1."""
    sigma = 0.5 + 0.6 * spread_px
    # A straight edge blurred with sigma has the value erfc(d / (sigma sqrt 2)) / 2 at the distance d outside it.
    outside = 0.5 * math.erfc(spread_px / sigma / math.sqrt(2))
    # A part of the gain down, as much across: it costs nothing within the blur's own sums.
    return blur_weights(sigma) * math.sqrt(0.5 / outside)


@cache
def _patches() -> Picture:
    """Return where a roller leaves ink out, in 255ths of what it can leave out: periodic, read-only."""
    share = np.clip((np.arange(256) - (BANK_MEAN - 40)) / 120, 0, 1)
    patches = look_up(bank("mottle"), np.rint(255 * share).astype(np.uint8))
    patches.flags.writeable = False
    return patches
