"""One ink on one sheet: the sums that lay a colour on paper.

They are done on rows of interleaved channels, and only in the bands of the sheet that hold ink.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from synthgen.geometry import Picture
from synthgen.press.colours import grey_of
from synthgen.press.effects import Colour

# Bare rows between two lines of text that are cheaper to print over than to step over.
_BRIDGED_PX = 24


def composite(ground: Picture, coverage: Picture, level: int) -> Picture:
    """Return ``ground + (level - ground) * coverage / 255`` rounded to the nearest level; ground may have channels.

    >>> composite(np.array([[200]], np.uint8), np.array([[51]], np.uint8), 100).tolist()
    [[180]]
    """
    bare = _in_rows(np.bitwise_not(coverage), 1 if ground.ndim == 2 else ground.shape[2])
    row = np.full(bare.shape[1], level, dtype=np.uint8)
    return _towards(ground.reshape(bare.shape), bare, row).reshape(ground.shape)


def _in_rows(mask: Picture, channels: int) -> Picture:
    """Return a mask (H, W) with each value repeated for every channel, (H, W * channels)."""
    if channels == 1:
        return mask
    repeated = np.asarray(cv2.cvtColor(mask, cv2.COLOR_GRAY2RGB), dtype=np.uint8)
    return repeated.reshape(mask.shape[0], mask.shape[1] * channels)


def _kept(rows: Picture, mask: Picture) -> Picture:
    return np.asarray(cv2.multiply(rows, mask, scale=1 / 255), dtype=np.uint8).reshape(rows.shape)


def _towards(ground: Picture, bare: Picture, level: Picture) -> Picture:
    """Return rows (H, V) brought to the levels of a row (V,) where they are not bare."""
    # A row of levels is ten times faster than one level for all: NumPy compares with a scalar value by value.
    # Only one product is rounded, so the sum is exact; 255 is odd, so there are no halves to round either way.
    lighter = np.maximum(ground, level)
    lighter -= level
    sheet = _kept(lighter, bare)
    sheet += level
    if ground.size and ground.min() < level.max():
        darker = level - np.minimum(ground, level)
        sheet -= _kept(darker, bare)
    return sheet


def inked_box(coverage: Picture) -> tuple[slice, slice]:
    """Return the rows and columns that hold all ink; empty ones where there is none."""
    x, y, width, height = cv2.boundingRect(coverage)
    return slice(y, y + height), slice(x, x + width)


def inked_bands(coverage: Picture) -> Iterator[tuple[slice, slice]]:
    """Yield boxes of rows and columns, one below the other, that hold all ink between them."""
    if not coverage.size:
        return
    rows = np.flatnonzero(coverage.max(axis=1))
    if not len(rows):
        return
    last = np.flatnonzero(np.diff(rows) > _BRIDGED_PX)
    tops, ends = rows[[0, *(last + 1)]], rows[[*last, -1]] + 1
    for top, end in zip(tops.tolist(), ends.tolist(), strict=True):
        _, columns = inked_box(coverage[top:end])
        yield slice(top, end), columns


def impressed(ground: Picture, coverage: Picture, colour: Colour) -> Picture:
    """Return the ground with a colour laid on where it is covered; a grey ground takes the colour's grey."""
    sheet = ground.copy()
    impress(sheet, coverage, colour)
    return sheet


def impress(sheet: Picture, coverage: Picture, colour: Colour) -> None:
    """Lay a colour on a sheet where it is covered, in place."""
    channels = 1 if sheet.ndim == 2 else sheet.shape[2]
    levels = (round(grey_of(colour)),) if channels == 1 else colour
    row = np.tile(np.array(levels, dtype=np.uint8), sheet.shape[1])
    for box in inked_bands(coverage):
        part = sheet[box]
        bare = _in_rows(np.bitwise_not(coverage[box]), channels)
        sheet[box] = _towards(part.reshape(bare.shape), bare, row[: bare.shape[1]]).reshape(part.shape)


def impress_through(sheet: Picture, coverage: Picture, colour: Colour) -> None:
    """Lay a transparent colour on a sheet where it is covered, in place: black stays black."""
    channels = 1 if sheet.ndim == 2 else sheet.shape[2]
    levels = (grey_of(colour),) if channels == 1 else colour
    table = np.rint(255 - np.arange(256)[:, None] * (255 - np.array(levels)) / 255).astype(np.uint8)
    for box in inked_bands(coverage):
        part = sheet[box]
        rows = part.reshape(part.shape[0], part.shape[1] * channels)
        kept = cv2.LUT(_in_rows(coverage[box], channels).reshape(part.shape), table.reshape(1, 256, channels))
        sheet[box] = _kept(rows, np.asarray(kept, dtype=np.uint8).reshape(rows.shape)).reshape(part.shape)


def uncover(sheet: Picture, coverage: Picture, ground: Picture) -> None:
    """Show the ground again where it is covered, in place: type left out of a printed area."""
    channels = 1 if ground.ndim == 2 else ground.shape[2]
    for box in inked_bands(coverage):
        part, cover = sheet[box], _in_rows(coverage[box], channels)
        kept = _kept(part.reshape(cover.shape), np.bitwise_not(cover))
        # Of two rounded halves the sum may be a level too high, and white must not turn over into black.
        back = cv2.add(kept, _kept(ground[box].reshape(cover.shape), cover))
        sheet[box] = np.asarray(back, dtype=np.uint8).reshape(part.shape)
