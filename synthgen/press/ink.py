"""Ink on paper: how much of it, how evenly it lies, how far it creeps; and whether it can be read."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np

from synthgen import recipe
from synthgen.errors import Rejected
from synthgen.geometry import Picture
from synthgen.press.bank import BANK_MEAN, bank, cut, in_channels, look_up
from synthgen.randomness import Stream

# No printed black swallows all light: a drawn contrast is lowered rather than printed darker than this.
DARKEST_LEVEL = 12
# The paper's level is judged over blocks of this size: larger than its grain, smaller than a shadow.
BLOCK_PX = 16
LEAST_SPREAD_PX = 0.02
LEAST_UNEVEN = 0.004


def print_ink(ground: Picture, coverage: Picture, ink: recipe.Ink, stream: Stream) -> tuple[Picture, dict[str, Any]]:
    """Return the printed sheet, shaped like ``ground``, and what was drawn for it as plain JSON values.

    ``ground`` is uint8 (H, W) or (H, W, 3); ``coverage`` uint8 (H, W), how much of each pixel glyphs cover, in 255ths.
    Without spread and unevenness the sheet is ``ground + (ink - ground) * coverage / 255``, to the nearest level.
    Raises Rejected ``low-contrast`` when ink and paper come nearer than ``ink.min_contrast`` anywhere that is inked.
    """
    blocks = _block_levels(ground)
    paper_level = float(blocks.mean())
    highest = paper_level - DARKEST_LEVEL
    contrast = stream.between((min(ink.contrast_range[0], highest), min(ink.contrast_range[1], highest)))
    level = min(max(round(paper_level - contrast), 0), 255)
    uneven, spread = stream.between(ink.uneven_range), stream.between(ink.spread_px_range)

    least = (_least_level(blocks, coverage, level + ink.min_contrast / max(1 - uneven, 1e-6)) - level) * (1 - uneven)
    if least < ink.min_contrast:
        raise Rejected("low-contrast")
    if spread > LEAST_SPREAD_PX:
        coverage = spread_ink(coverage, spread)
    if uneven > LEAST_UNEVEN:
        coverage = _thinned(coverage, uneven, stream)
    parameters = {
        "level": level,
        "paper_level": paper_level,
        "contrast": paper_level - level,
        "least_contrast": least,
        "uneven": uneven,
        "spread_px": spread,
    }
    return composite(ground, coverage, level), parameters


def composite(ground: Picture, coverage: Picture, level: int) -> Picture:
    """Return ``ground + (level - ground) * coverage / 255`` rounded to the nearest level; ground may have channels.

    >>> composite(np.array([[200]], np.uint8), np.array([[51]], np.uint8), 100).tolist()
    [[180]]
    """
    bare = in_channels(255 - coverage, ground)
    # Only one product is rounded, so the sum is exact; 255 is odd, so there are no halves to round either way.
    lighter = np.maximum(ground, level) - np.uint8(level)
    sheet = np.asarray(cv2.multiply(lighter, bare, scale=1 / 255), dtype=np.uint8) + np.uint8(level)
    if ground.size and int(ground.min()) < level:
        darker = np.uint8(level) - np.minimum(ground, level)
        sheet = sheet - np.asarray(cv2.multiply(darker, bare, scale=1 / 255), dtype=np.uint8)
    return sheet.reshape(ground.shape)


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
    table = np.clip(np.rint(np.arange(256) * (0.5 / outside)), 0, 255).astype(np.uint8)
    return look_up(soft, table).reshape(coverage.shape)


def _thinned(coverage: Picture, uneven: float, stream: Stream) -> Picture:
    """Return coverage with patches where up to the share ``uneven`` of the ink is missing."""
    patches = np.clip((np.arange(256) - (BANK_MEAN - 40)) / 120, 0, 1)
    table = np.rint(255 * (1 - uneven * patches)).astype(np.uint8)
    mask = look_up(cut(bank("mottle"), (coverage.shape[1], coverage.shape[0]), stream), table)
    return np.asarray(cv2.multiply(coverage, mask, scale=1 / 255), dtype=np.uint8).reshape(coverage.shape)


def _blocks(picture: Picture) -> Picture:
    height, width = picture.shape[:2]
    size = (math.ceil(width / BLOCK_PX), math.ceil(height / BLOCK_PX))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _block_levels(ground: Picture) -> Picture:
    """Return the grey levels (luminance for RGB) of the ground's blocks, (rows, columns)."""
    blocks = _blocks(ground)
    grey = blocks if ground.ndim == 2 else np.asarray(cv2.cvtColor(blocks, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    height, width = ground.shape[:2]
    return grey.reshape(math.ceil(height / BLOCK_PX), math.ceil(width / BLOCK_PX))


def _least_level(blocks: Picture, coverage: Picture, wanted: float) -> float:
    """Return the level of the darkest block; of the darkest inked one when the former is below ``wanted``."""
    darkest = int(blocks.min())
    if darkest >= wanted:
        return float(darkest)
    height, width = coverage.shape
    padded = np.zeros((blocks.shape[0] * BLOCK_PX, blocks.shape[1] * BLOCK_PX), dtype=np.uint8)
    padded[:height, :width] = coverage
    inked = padded.reshape(blocks.shape[0], BLOCK_PX, blocks.shape[1], BLOCK_PX).max(axis=(1, 3)) > 0
    return float(blocks[inked].min()) if inked.any() else 255.0
