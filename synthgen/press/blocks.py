"""Coarse levels of a sheet, in blocks: whether ink can be read on it is judged there, and followed from ink to ink."""

from __future__ import annotations

import math

import cv2
import numpy as np

from synthgen.geometry import Picture

# Larger than paper's grain, smaller than a shadow.
BLOCK_PX = 16
# Every second row tells enough of a block.
_LINE_STEP = 2


def block_levels(sheet: Picture) -> Picture:
    """Return the mean grey levels (luminance for RGB) of a sheet's blocks, uint8 (rows, columns)."""
    lines = sheet[::_LINE_STEP]
    grey = lines if sheet.ndim == 2 else np.asarray(cv2.cvtColor(lines, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    return _means(grey, sheet.shape[0], cv2.BORDER_REPLICATE)


def block_shares(coverage: Picture) -> Picture:
    """Return how much of each block is covered, in 255ths, uint8 (rows, columns)."""
    return _means(coverage[::_LINE_STEP], coverage.shape[0], cv2.BORDER_CONSTANT)


def mean_level(blocks: Picture) -> float:
    """Return the mean of some levels, at least one."""
    total: float = cv2.sumElems(blocks)[0]
    return total / blocks.size


def printed_blocks(blocks: Picture, shares: Picture, level: float) -> Picture:
    """Return the blocks' levels after ink of a grey ``level`` was laid on their ``shares``."""
    printed: Picture = np.rint(blocks + (level - blocks) * (shares.astype(np.float32) / 255)).astype(np.uint8)
    return printed


def _means(lines: Picture, height: int, border: int) -> Picture:
    """Return the means of blocks of some of the rows of a picture that is ``height`` px high."""
    width = lines.shape[1]
    columns, rows, deep = math.ceil(width / BLOCK_PX), math.ceil(height / BLOCK_PX), BLOCK_PX // _LINE_STEP
    right, below = columns * BLOCK_PX - width, rows * deep - len(lines)
    if right or below:
        lines = np.asarray(cv2.copyMakeBorder(lines, 0, below, 0, right, border), dtype=np.uint8)
    # A block's sum fits in 16 bits; along rows ``einsum`` adds them four times faster than ``sum``.
    sums = np.add.reduce(lines.reshape(rows, deep, columns * BLOCK_PX), axis=1, dtype=np.uint16)
    sums = np.einsum("ijk->ij", sums.reshape(rows, columns, BLOCK_PX))
    means = cv2.convertScaleAbs(sums, alpha=1 / (deep * BLOCK_PX))
    return np.asarray(means, dtype=np.uint8).reshape(rows, columns)
