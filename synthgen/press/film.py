"""The film of ink on a sheet: how far it creeps, how evenly it lies, what a stamp and a felt pen leave out."""

from __future__ import annotations

import math
from copy import copy
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from synthgen.geometry import Picture
from synthgen.press.bank import BANK_MEAN, Box, bank, cut, look_up
from synthgen.press.blur import blur_weights, weighted
from synthgen.press.impression import inked_bands
from synthgen.press.wear import stamped, streaked
from synthgen.randomness import Stream

LEAST_SPREAD_PX = 0.06
LEAST_UNEVEN = 0.004
# Ink whose box takes no more of a sheet than this is worth a sheet of its own.
_MOST_APART = 0.8
# Every so many rows are looked at first; ink that is more of these steps apart lies in boxes of its own.
_ROW_STEP, _STEPS_APART = 8, 4


@dataclass(frozen=True, slots=True)
class Film:
    """How far ink creeps, the share that is missing where it lies thinnest, and the share that a stamp leaves out."""

    spread_px: float
    uneven: float
    stamp: float = 0.0


def inked(covered: Picture, film: Film, stream: Stream) -> Picture:
    """Return coverage with a film's spread and unevenness, where they are felt at all."""
    if not (_spreads(film) or _thins(film)):
        return covered
    boxes, laid = _felt(covered, _reach(film)), np.zeros(0, np.uint8)
    for at, box in enumerate(boxes, start=1):
        # Patches are those of the sheet, whichever part of it is looked at.
        part = _inked(covered, box, film, stream if at == len(boxes) else copy(stream))
        if part.shape == covered.shape:
            return part
        laid = laid if laid.size else np.zeros_like(covered)
        x0, y0, x1, y1 = box
        laid[y0:y1, x0:x1] = part
    return laid


def inked_part(covered: Picture, film: Film, stream: Stream) -> tuple[Picture, tuple[int, int]]:
    """Return the part of what :func:`inked` returns that holds all ink, at least one px, and its corner (x, y)."""
    box = _bounds(covered, _reach(film))
    return _inked(covered, box, film, stream), box[:2]


def _spreads(film: Film) -> bool:
    return film.spread_px > LEAST_SPREAD_PX


def _thins(film: Film) -> bool:
    return film.uneven > LEAST_UNEVEN


def _reach(film: Film) -> int:
    """Return how many px beyond itself ink may creep."""
    return len(_creep(film.spread_px)) // 2 if _spreads(film) else 0


def _inked(covered: Picture, box: Box, film: Film, stream: Stream) -> Picture:
    """Return a part of the coverage, beyond which there is no ink, as the film lies."""
    x0, y0, x1, y1 = box
    part = covered[y0:y1, x0:x1]
    if _spreads(film):
        part = spread_ink(part, film.spread_px)
    if _thins(film):
        missing = cut(_patches(), (covered.shape[1], covered.shape[0]), stream, box)
        # Each result lies where the last one lay: memory that is not in the cache takes longer than the sums.
        cv2.multiply(part, missing, dst=missing, scale=film.uneven / 255)
        part = np.subtract(part, missing, out=missing)
    return part


def _felt(covered: Picture, reach: int) -> list[Box]:
    """Return boxes x0, y0, x1, y1, one at least, that hold all ink and what lies within ``reach`` px of it.

    A little on a large sheet, as a seal or some lines in a form, is looked at alone; else the box is all of the sheet.
    """
    height, width = covered.shape
    whole = [(0, 0, width, height)]
    # Of text a few rows tell as much.
    rows = np.asarray(cv2.reduce(covered[::_ROW_STEP], 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S)).ravel().nonzero()[0]
    near = np.minimum(rows[1:] - rows[:-1], _STEPS_APART).sum() * _ROW_STEP
    _, _, wide, _ = cv2.boundingRect(covered[::_ROW_STEP])
    if wide * near > _MOST_APART * covered.size:
        return whole
    boxes = [
        (max(x.start - reach, 0), max(y.start - reach, 0), min(x.stop + reach, width), min(y.stop + reach, height))
        for y, x in inked_bands(covered)
    ]
    felt = sum([(x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in boxes])
    return whole if felt > _MOST_APART * covered.size else boxes or [(0, 0, 1, 1)]


def _bounds(covered: Picture, reach: int) -> Box:
    """Return a box x0, y0, x1, y1 of at least one px that holds all ink and what lies within ``reach`` px of it."""
    x, y, width, height = cv2.boundingRect(covered)
    x0, y0 = max(x - reach, 0), max(y - reach, 0)
    x1, y1 = min(x + max(width, 1) + reach, covered.shape[1]), min(y + max(height, 1) + reach, covered.shape[0])
    return x0, y0, x1, y1


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
