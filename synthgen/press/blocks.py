"""Coarse levels of a sheet, in blocks: whether ink can be read on it is judged there, and followed from ink to ink."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np

from synthgen.geometry import Picture
from synthgen.press.bank import look_up
from synthgen.press.painters import tinted

# Larger than paper's grain, smaller than a shadow.
BLOCK_PX = 16
# Every fourth row tells enough of a block's paper, every second one of what is printed there.
LEVEL_STEP, SHARE_STEP = 4, 2


def block_levels(sheet: Picture) -> Picture:
    """Return the mean grey levels (luminance for RGB) of a sheet's blocks, uint8 (rows, columns).

    Blocks that reach beyond the sheet go on with its last row and column.
    """
    return _means(_grey(sheet[::LEVEL_STEP]), sheet.shape[0], LEVEL_STEP, cv2.BORDER_REPLICATE)


def tinted_block_levels(sheet: Picture, warmth: float) -> Picture:
    """Return the levels that the blocks of a grey sheet have once it is :func:`~synthgen.press.painters.tinted`."""
    shades = _grey(tinted(np.arange(256, dtype=np.uint8)[:, None], warmth)).ravel()
    return _means(look_up(sheet[::LEVEL_STEP], shades), sheet.shape[0], LEVEL_STEP, cv2.BORDER_REPLICATE)


def _grey(picture: Picture) -> Picture:
    return picture if picture.ndim == 2 else np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def block_shares(coverage: Picture, bands: Sequence[tuple[slice, slice]] | None = None) -> Picture:
    """Return how much of each block is covered, in 255ths, uint8 (rows, columns); nothing beyond the sheet.

    ``bands`` are boxes of rows and columns, from above, that hold all of the coverage, where these are known.
    """
    if bands is None:
        return _means(coverage[::SHARE_STEP], coverage.shape[0], SHARE_STEP, cv2.BORDER_CONSTANT)
    shares = np.zeros([math.ceil(side / BLOCK_PX) for side in coverage.shape], dtype=np.uint8)
    if bands:
        left, right = min([columns.start for _, columns in bands]), max([columns.stop for _, columns in bands])
        # The blocks that hold any of it, whole.
        rows, columns = _blocks(bands[0][0].start, bands[-1][0].stop), _blocks(left, right)
        part = coverage[
            rows.start * BLOCK_PX : rows.stop * BLOCK_PX, columns.start * BLOCK_PX : columns.stop * BLOCK_PX
        ]
        shares[rows, columns] = _means(part[::SHARE_STEP], part.shape[0], SHARE_STEP, cv2.BORDER_CONSTANT)
    return shares


def _blocks(start_px: int, stop_px: int) -> slice:
    return slice(start_px // BLOCK_PX, math.ceil(stop_px / BLOCK_PX))


def mean_level(blocks: Picture) -> float:
    """Return the mean of some levels, at least one."""
    total: float = cv2.sumElems(blocks)[0]
    return total / blocks.size


def printed_blocks(blocks: Picture, shares: Picture, level: float) -> Picture:
    """Return the blocks' levels after ink of a grey ``level`` was laid on their ``shares``."""
    printed: Picture = np.rint(blocks + (level - blocks) * (shares.astype(np.float32) / 255)).astype(np.uint8)
    return printed


def _means(lines: Picture, height: int, step: int, border: int) -> Picture:
    """Return the means of blocks of every ``step``-th row, the ``lines``, of a picture that is ``height`` px high."""
    width = lines.shape[1]
    columns, rows, deep = math.ceil(width / BLOCK_PX), math.ceil(height / BLOCK_PX), BLOCK_PX // step
    # A block's sum fits in 16 bits.
    sums = np.empty((rows, columns * BLOCK_PX), dtype=np.uint16)
    within = sums[:, :width]
    whole = len(lines) // deep
    np.add.reduce(lines[: whole * deep].reshape(whole, deep, width), axis=1, dtype=np.uint16, out=within[:whole])
    if whole < rows:
        rest = lines[whole * deep :]
        np.add.reduce(rest, axis=0, dtype=np.uint16, out=within[whole])
        if border == cv2.BORDER_REPLICATE:
            within[whole] += np.uint16(deep - len(rest)) * rest[-1]
    sums[:, width:] = within[:, -1:] if border == cv2.BORDER_REPLICATE else 0
    # Along rows ``einsum`` adds four times faster than ``sum``.
    totals = np.einsum("ijk->ij", sums.reshape(rows, columns, BLOCK_PX))
    means = cv2.convertScaleAbs(totals, alpha=1 / (deep * BLOCK_PX))
    return np.asarray(means, dtype=np.uint8).reshape(rows, columns)
