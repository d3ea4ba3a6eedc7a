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
from synthgen.press.impression import impress, inked_box
from synthgen.randomness import Stream

# Points across a stroke, and the bounds of their pitch.
_PER_STROKE, _LEAST_PITCH_PX, _MOST_PITCH_PX = (1.6, 3.2), 2, 9
# A syllable of several strokes needs this many rows of points.
_LEAST_ROWS = 14
# Bare rows within a syllable are at most this share of the lower part, or of the higher where the lower is a stroke,
# and bare columns between words at least this share of their line's height.
_BETWEEN_PARTS, _STROKE, _BETWEEN_WORDS = 0.3, 0.2, 0.5
_RADIUS_FRAC = 0.42
# A point is lit when this much of its cell is covered, so that thin strokes stay whole.
_LIT = 84
_UNLIT_SHARE, _HALO_SHARE = 0.16, 0.5


Rows = tuple[slice, slice]


def lattice_of(letters: Picture, stream: Stream) -> tuple[int, list[Rows]]:
    """Return the pitch of a board on which these letters can be read, and the lines and words too small for any.

    The latter as boxes of rows and columns: they are no diodes. The pitch is 0 where there are no others.
    """
    boxes = _blocks(letters, (slice(0, letters.shape[0]), slice(0, letters.shape[1])))
    least = _LEAST_ROWS * _LEAST_PITCH_PX
    small = [box for box in boxes if box[0].stop - box[0].start < least]
    large = [box for box in boxes if box[0].stop - box[0].start >= least]
    if not large:
        return 0, small
    share = stream.uniform(*_PER_STROKE)
    wanted = round(min(stroke_px(np.ascontiguousarray(letters[box])) for box in large) / share)
    wanted = min(wanted, min(box[0].stop - box[0].start for box in large) // _LEAST_ROWS)
    return min(max(wanted, _LEAST_PITCH_PX), _MOST_PITCH_PX), small


def _blocks(letters: Picture, whole: Rows) -> list[Rows]:
    """Return the boxes of what stands apart: lines, and in them what wide gaps part, each again in lines, and so on.

    Beside a shop's name there may be two lines of its telephone and hours, and another board beside that.
    """
    top, left = whole[0].start, whole[1].start
    lines = _lines(np.ascontiguousarray(letters[whole]))
    found: list[Rows] = []
    for rows, columns in lines:
        box = slice(rows.start + top, rows.stop + top), slice(columns.start + left, columns.stop + left)
        inked = np.flatnonzero(letters[box].max(axis=0)) + box[1].start
        last = np.flatnonzero(np.diff(inked) > _BETWEEN_WORDS * (rows.stop - rows.start))
        if len(lines) == 1 and not len(last):
            found.append(box)
            continue
        starts, ends = inked[[0, *(last + 1)]].tolist(), (inked[[*last, -1]] + 1).tolist()
        for start, end in zip(starts, ends, strict=True):
            found += _blocks(letters, (box[0], slice(start, end)))
    return found


def _lines(letters: Picture) -> list[Rows]:
    """Return the boxes of lines, from above: what bare rows part, unless these are as narrow as within a syllable."""
    inked = np.flatnonzero(letters.max(axis=1)) if letters.size else np.zeros(0, np.intp)
    if not len(inked):
        return []
    last = np.flatnonzero(np.diff(inked) > 1)
    runs = list(zip(inked[[0, *(last + 1)]].tolist(), (inked[[*last, -1]] + 1).tolist(), strict=True))
    merged = [runs[0]]
    for top, end in runs[1:]:
        above, below = merged[-1]
        lower, higher = sorted((below - above, end - top))
        if top - below <= _BETWEEN_PARTS * (higher if lower < _STROKE * higher else lower):
            merged[-1] = (above, end)
        else:
            merged.append((top, end))
    return [(slice(top, end), inked_box(letters[top:end])[1]) for top, end in merged]


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
