"""Boards of light-emitting diodes: letters made of lit points on a dark lattice of unlit ones."""

from __future__ import annotations

import math
from functools import lru_cache

import cv2
import numpy as np

from synthgen.geometry import Picture
from synthgen.press.bank import look_up
from synthgen.press.colours import mixed
from synthgen.press.effects import Colour, stroke_px
from synthgen.press.impression import impress, inked_bands
from synthgen.randomness import Stream

# Points across a stroke, and the bounds of their pitch.
_PER_STROKE, _LEAST_PITCH_PX, _MOST_PITCH_PX = (1.6, 3.2), 2, 9
_RADIUS_FRAC = 0.42
# A point is lit when this much of its cell is covered, so that thin strokes stay whole.
_LIT = 84
_UNLIT_SHARE, _HALO_SHARE = 0.16, 0.5


def pitch_px(letters: Picture, stream: Stream) -> int:
    """Return the pitch of a board on which the finest line of these letters can be read; 0 when there are none."""
    lines = [stroke_px(np.ascontiguousarray(letters[box])) for box in inked_bands(letters)]
    if not lines:
        return 0
    wanted = round(min(lines) / stream.uniform(*_PER_STROKE))
    return min(max(wanted, _LEAST_PITCH_PX), _MOST_PITCH_PX)


@lru_cache(maxsize=16)
def _point(pitch: int) -> Picture:
    """Return one cell of the lattice (pitch, pitch): a round point, its edge by area."""
    away = np.arange(pitch) + 0.5 - pitch / 2
    disc = np.clip(_RADIUS_FRAC * pitch + 0.5 - np.hypot(away[None, :], away[:, None]), 0, 1)
    point: Picture = np.rint(255 * disc).astype(np.uint8)
    return point


def _lattice(shape: tuple[int, int], pitch: int) -> Picture:
    rows, columns = math.ceil(shape[0] / pitch), math.ceil(shape[1] / pitch)
    return np.ascontiguousarray(np.tile(_point(pitch), (rows, columns))[: shape[0], : shape[1]])


def lit_points(coverage: Picture, pitch: int) -> Picture:
    """Return the coverage of the points that show letters."""
    height, width = coverage.shape
    rows, columns = math.ceil(height / pitch), math.ceil(width / pitch)
    whole = cv2.copyMakeBorder(coverage, 0, rows * pitch - height, 0, columns * pitch - width, cv2.BORDER_CONSTANT)
    cells = np.asarray(cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA), dtype=np.uint8)
    cells = look_up(cells, np.where(np.arange(256) > _LIT, 255, 0).astype(np.uint8)).reshape(rows, columns)
    lit: Picture = np.repeat(np.repeat(cells, pitch, axis=0), pitch, axis=1)[:height, :width]
    return np.minimum(lit, _lattice((height, width), pitch))


def unlit_points(sheet: Picture, board: Picture, colour: Colour, pitch: int) -> None:
    """Show a board's lattice of unlit points where ``board`` covers the sheet, in place."""
    points = np.minimum(_lattice(board.shape, pitch), board)
    shown = look_up(points, np.rint(np.arange(256) * _UNLIT_SHARE).astype(np.uint8))
    impress(sheet, shown, mixed(colour, (200, 200, 200), 0.5))


def lit_halo(sheet: Picture, lit: Picture, colour: Colour, pitch: int) -> None:
    """Light the board around lit points, in place."""
    side = 2 * pitch + 1
    soft = np.asarray(cv2.GaussianBlur(lit, (side, side), 0.6 * pitch), dtype=np.uint8).reshape(lit.shape)
    impress(sheet, look_up(soft, np.rint(np.arange(256) * _HALO_SHARE).astype(np.uint8)), colour)
