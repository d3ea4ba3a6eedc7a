"""The film of ink on a sheet: how far it creeps, how evenly it lies, what a stamp and a felt pen leave out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from synthgen.geometry import Picture
from synthgen.press.bank import BANK_MEAN, bank, cut, look_up
from synthgen.press.wear import stamped, streaked
from synthgen.randomness import Stream

LEAST_SPREAD_PX = 0.06
LEAST_UNEVEN = 0.004


@dataclass(frozen=True, slots=True)
class Film:
    """How far ink creeps, the share that is missing where it lies thinnest, and the share that a stamp leaves out."""

    spread_px: float
    uneven: float
    stamp: float = 0.0


def inked(covered: Picture, film: Film, stream: Stream) -> Picture:
    """Return coverage with a film's spread and unevenness, where they are felt at all."""
    if film.spread_px > LEAST_SPREAD_PX:
        covered = spread_ink(covered, film.spread_px)
    return thinned(covered, film.uneven, stream) if film.uneven > LEAST_UNEVEN else covered


def sealed(covered: Picture, film: Film, stream: Stream) -> Picture:
    """Return the coverage of a seal or a rubber stamp."""
    return stamped(inked(covered, Film(film.spread_px, 0.0), stream), film.stamp, stream)


def marked(covered: Picture, film: Film, stream: Stream) -> Picture:  # noqa: ARG001 - called as the others are
    """Return the coverage of a highlighter."""
    return streaked(covered, stream)


def spread_ink(coverage: Picture, spread_px: float) -> Picture:
    """Return coverage whose edges have crept outwards by ``spread_px``.

    It is blurred, then raised until straight edges cross one half that far outside. Blur and table are the same in
    every direction: the middle of a glyph stays where it was.
    """
    sigma = 0.5 + 0.6 * spread_px
    side = 2 * math.ceil(2.5 * sigma) + 1
    soft = np.asarray(cv2.GaussianBlur(coverage, (side, side), sigma, borderType=cv2.BORDER_REPLICATE), dtype=np.uint8)
    # A straight edge blurred with sigma has the value erfc(d / (sigma sqrt 2)) / 2 at the distance d outside it.
    outside = 0.5 * math.erfc(spread_px / sigma / math.sqrt(2))
    return np.asarray(cv2.convertScaleAbs(soft, alpha=0.5 / outside), dtype=np.uint8).reshape(coverage.shape)


@cache
def _patches() -> Picture:
    """Return where a roller leaves ink out, in 255ths of what it can leave out: periodic, read-only."""
    share = np.clip((np.arange(256) - (BANK_MEAN - 40)) / 120, 0, 1)
    patches = look_up(bank("mottle"), np.rint(255 * share).astype(np.uint8))
    patches.flags.writeable = False
    return patches


def thinned(coverage: Picture, uneven: float, stream: Stream) -> Picture:
    """Return coverage with patches where up to the share ``uneven`` of the ink is missing."""
    patches = cut(_patches(), (coverage.shape[1], coverage.shape[0]), stream)
    mask = np.asarray(cv2.convertScaleAbs(patches, alpha=-uneven, beta=255.0), dtype=np.uint8).reshape(coverage.shape)
    return np.asarray(cv2.multiply(coverage, mask, scale=1 / 255), dtype=np.uint8).reshape(coverage.shape)
