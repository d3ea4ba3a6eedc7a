"""One ink on one sheet: the sums that lay a colour on paper."""

from __future__ import annotations

import cv2
import numpy as np

from synthgen.geometry import Picture
from synthgen.press.bank import in_channels
from synthgen.press.colours import grey_of
from synthgen.press.effects import Colour


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


def inked_box(coverage: Picture) -> tuple[slice, slice]:
    """Return the rows and columns that hold all ink; empty ones where there is none."""
    x, y, width, height = cv2.boundingRect(coverage)
    return slice(y, y + height), slice(x, x + width)


def impressed(ground: Picture, coverage: Picture, colour: Colour) -> Picture:
    """Return the ground with a colour laid on where it is covered; a grey ground takes the colour's grey."""
    sheet, box = ground.copy(), inked_box(coverage)
    part, cover = ground[box], np.ascontiguousarray(coverage[box])
    if not cover.size:
        return sheet
    if ground.ndim == 2:
        sheet[box] = composite(np.ascontiguousarray(part), cover, round(grey_of(colour)))
    else:
        for at, level in enumerate(colour):
            sheet[(*box, at)] = composite(np.ascontiguousarray(part[..., at]), cover, level)
    return sheet


def multiplied(ground: Picture, coverage: Picture, colour: Colour) -> Picture:
    """Return the ground seen through a transparent colour where it is covered: black stays black."""
    sheet, box = ground.copy(), inked_box(coverage)
    part, cover = ground[box], np.ascontiguousarray(coverage[box])
    if not cover.size:
        return sheet
    for at, level in enumerate((grey_of(colour),) if ground.ndim == 2 else colour):
        plane = np.ascontiguousarray(part if ground.ndim == 2 else part[..., at])
        table = np.rint(255 - np.arange(256) * (255 - level) / 255).astype(np.uint8)
        passed = cv2.multiply(plane, cv2.LUT(cover, table), scale=1 / 255)
        sheet[box if ground.ndim == 2 else (*box, at)] = np.asarray(passed, dtype=np.uint8).reshape(plane.shape)
    return sheet


def uncovered(ground: Picture, sheet: Picture, coverage: Picture) -> Picture:
    """Return the sheet with the ground shown again where it is covered: type left out of a printed area."""
    shown, box = sheet.copy(), inked_box(coverage)
    part = sheet[box]
    if not part.size:
        return shown
    cover = in_channels(np.ascontiguousarray(coverage[box]), part)
    kept = cv2.multiply(np.ascontiguousarray(part), 255 - cover, scale=1 / 255)
    back = cv2.multiply(np.ascontiguousarray(ground[box]), cover, scale=1 / 255)
    shown[box] = np.asarray(cv2.add(kept, back), dtype=np.uint8).reshape(part.shape)
    return shown
