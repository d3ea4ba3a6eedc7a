"""Banks of noise: periodic squares made once per process, from which every sample cuts its own piece.

Drawing Gaussian noise for a page costs more than everything else that is done to it; a cut at a random offset, flipped
at random, costs fifty times less. A bank is a pure function of its name, so a sample stays one of its own streams.
Each is uint8 with mean 128 and a standard deviation of :data:`BANK_SD` levels, and continues itself at its edges.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from synthgen.geometry import Picture
from synthgen.randomness import Stream

Real = npt.NDArray[np.float32]

BANK_SIDE_PX = 1024
BANK_MEAN = 128
BANK_SD = 32


def _frequencies(side_px: int) -> tuple[Real, Real]:
    """Return the horizontal (1, side/2+1) and vertical (side, 1) frequencies of a real FFT, in cycles per px."""
    across = np.fft.rfftfreq(side_px).astype(np.float32)[None, :]
    down = np.fft.fftfreq(side_px).astype(np.float32)[:, None]
    return across, down


def filtered(white: Real, gain: Callable[[Real, Real], Real]) -> Real:
    """Return ``white`` (side, side) with its spectrum times ``gain``: periodic, mean 0, standard deviation 1."""
    spectrum = np.fft.rfft2(white) * gain(*_frequencies(len(white)))
    spectrum[0, 0] = 0
    field = np.fft.irfft2(spectrum, s=white.shape).astype(np.float32)
    scaled: Real = field / field.std()
    return scaled


def _band(longest_px: float, shortest_px: float, slope: float, flatness: float = 1.0) -> Callable[[Real, Real], Real]:
    """Return a gain that falls as ``frequency ** -slope`` between two wavelengths.

    ``flatness`` above 1 draws the structure out sideways by that factor, as the wire of a paper machine does.
    """

    def gain(across: Real, down: Real) -> Real:
        f = np.hypot(across * flatness, down) + np.float32(1e-6)
        shape: Real = f**-slope * np.exp(-((f * shortest_px) ** 2)) * (1 - np.exp(-((f * longest_px) ** 2)))
        return shape

    return gain


def _noise(white: Real) -> Real:
    return white


def _grain(white: Real) -> Real:
    """Noise as it leaves a camera: smoothed a little by its demosaicing."""
    return filtered(white, _band(1e4, 1.3, 0.0))


def _fibre(white: Real) -> Real:
    """Paper's formation: flocks of fibres some 4-40 px long over a finer felt, both drawn out along the sheet."""
    flocks = filtered(white, _band(60.0, 3.0, 0.9, flatness=1.6))
    felt = filtered(np.ascontiguousarray(white.T), _band(8.0, 1.2, 0.3, flatness=2.5))
    # Fibres that lie on top are few and darker: the square makes the tail one-sided.
    stray = filtered(np.ascontiguousarray(white[::-1].T), _band(14.0, 1.6, 0.2, flatness=3.0))
    strays: Real = np.maximum(stray - np.float32(1.8), 0) ** 2
    fibre: Real = flocks * np.float32(0.55) + felt * np.float32(0.75) - strays * np.float32(1.2)
    return fibre


def _mottle(white: Real) -> Real:
    """How ink lies: rollers press unevenly over a hundred px, paper drinks unevenly over a few."""
    broad = filtered(white, _band(300.0, 30.0, 1.0))
    fine = filtered(np.ascontiguousarray(white.T), _band(12.0, 1.5, 0.5))
    both: Real = broad + fine
    return both


def _crumple(white: Real) -> Real:
    """The light on a crumpled sheet: flat facets with straight edges, small upon large, each with its own slope."""
    lit = np.zeros_like(white)
    heights = white.ravel()
    for n, weight, soft_px in ((28, 1.0, 2.5), (110, 0.8, 1.2), (420, 0.35, 0.8)):
        # The vertices' places and heights are the white noise's own numbers, brought to [0, side).
        place = (np.abs(heights[: 2 * n].reshape(n, 2)) * np.float32(0.37) % 1) * len(white)
        facets = _facets(place.astype(np.float64), heights[2 * n : 3 * n].astype(np.float64), len(white))
        soft = cv2.GaussianBlur(np.tile(facets, (2, 2)), (0, 0), soft_px)
        at = slice(len(white) // 2, len(white) // 2 + len(white))
        lit += np.float32(weight) * np.roll(soft[at, at], len(white) // 2, axis=(0, 1)) / soft.std()
    return lit


def _facets(points: npt.NDArray[np.float64], heights: npt.NDArray[np.float64], side_px: int) -> Real:
    """Return the slope towards the light of a periodic triangulated relief, even within each triangle."""
    shifts = [(x * side_px, y * side_px) for y in (-1, 0, 1) for x in (-1, 0, 1)]
    tiled = np.concatenate([points + shift for shift in shifts]).astype(np.float32)
    vertices = [(x, y) for x, y in tiled.tolist()]
    height_at = dict(zip(vertices, np.tile(heights, 9).tolist(), strict=True))
    # OpenCV's triangulation: importing another would take longer than all else that is done here.
    mesh = cv2.Subdiv2D((-side_px - 1, -side_px - 1, 3 * side_px + 2, 3 * side_px + 2))
    mesh.insert(vertices)
    canvas = np.zeros((side_px, side_px), np.float32)
    for row in np.asarray(mesh.getTriangleList(), dtype=np.float32).reshape(-1, 6).tolist():
        (x0, y0), (x1, y1), (x2, y2) = corners = [(row[0], row[1]), (row[2], row[3]), (row[4], row[5])]
        area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        outside = any(min(line) > side_px or max(line) < 0 for line in ((x0, x1, x2), (y0, y1, y2)))
        if outside or area == 0 or not all(corner in height_at for corner in corners):
            continue
        h0, h1, h2 = (height_at[corner] for corner in corners)
        slope_x = ((h1 - h0) * (y2 - y0) - (h2 - h0) * (y1 - y0)) / area
        slope_y = ((h2 - h0) * (x1 - x0) - (h1 - h0) * (x2 - x0)) / area
        triangle = np.rint(np.array(corners)).astype(np.int32)
        cv2.fillConvexPoly(canvas, triangle, math.atan(60 * (0.6 * slope_x + 0.8 * slope_y)))
    return canvas


_BANKS: dict[str, Callable[[Real], Real]] = {
    "noise": _noise,
    "grain": _grain,
    "fibre": _fibre,
    "mottle": _mottle,
    "crumple": _crumple,
}


@cache
def bank(name: str) -> Picture:
    """Return the bank ``noise``, ``grain``, ``fibre``, ``mottle`` or ``crumple`` (side, side) uint8, read-only."""
    white = Stream(0, 0, f"bank:{name}").generator.standard_normal((BANK_SIDE_PX, BANK_SIDE_PX), dtype=np.float32)
    field = _BANKS[name](white)
    field = (field - field.mean()) / field.std()
    picture: Picture = np.clip(np.rint(BANK_MEAN + BANK_SD * field), 0, 255).astype(np.uint8)
    picture.flags.writeable = False
    return picture


def cut(source: Picture, size: tuple[int, int], stream: Stream) -> Picture:
    """Return a new picture of ``size`` (width, height) from a periodic one, at a random offset, randomly flipped."""
    width, height = size
    rows, columns = source.shape[:2]
    left, top = stream.integer(0, columns), stream.integer(0, rows)
    flip = stream.integer(0, 4)
    piece = wrapped(source, left, top, width, height)
    return piece.copy() if flip == 3 else np.asarray(cv2.flip(piece, flip - 1), dtype=np.uint8).reshape(piece.shape)


def wrapped(source: Picture, left: int, top: int, width: int, height: int) -> Picture:
    """Return a part of the endless repetition of a picture; a view of it where it crosses no edge."""
    rows, columns = source.shape[:2]
    if left + width <= columns and top + height <= rows:
        return source[top : top + height, left : left + width]
    piece = np.empty((height, width, *source.shape[2:]), dtype=np.uint8)
    for y in range(-top, height, rows):
        for x in range(-left, width, columns):
            part = source[max(-y, 0) : height - y, max(-x, 0) : width - x]
            piece[max(y, 0) : max(y, 0) + part.shape[0], max(x, 0) : max(x, 0) + part.shape[1]] = part
    return piece


def levels(mean: float, sd: float, from_mean: float = BANK_MEAN, from_sd: float = BANK_SD) -> Picture:
    """Return the look-up table (256,) that takes grey values of one mean and standard deviation to another's."""
    values = mean + (np.arange(256) - from_mean) * (sd / from_sd)
    table: Picture = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    return table


def levelled(
    picture: Picture, mean: float, sd: float, from_mean: float = BANK_MEAN, from_sd: float = BANK_SD
) -> Picture:
    """Return a picture with grey values of one mean and standard deviation brought to another's, as by :func:`levels`.

    Three times faster than the table wherever no value falls below 0.
    """
    gain = sd / from_sd
    offset = mean - from_mean * gain
    if offset < 0 or picture.ndim != 2:
        return look_up(picture, levels(mean, sd, from_mean, from_sd))
    scaled = cv2.convertScaleAbs(picture, alpha=gain, beta=offset)
    return np.asarray(scaled, dtype=np.uint8).reshape(picture.shape)


def look_up(picture: Picture, table: Picture) -> Picture:
    """Return the picture with every value replaced by the table's (256,)."""
    return np.asarray(cv2.LUT(picture, table), dtype=np.uint8)


def in_channels(field: Picture, like: Picture) -> Picture:
    """Return a grey field with as many channels as ``like`` has."""
    return field if like.ndim == 2 else np.asarray(cv2.cvtColor(field, cv2.COLOR_GRAY2RGB), dtype=np.uint8)


def stretched(nodes: npt.NDArray[np.float64], size: tuple[int, int]) -> Picture:
    """Return a coarse grid of levels (rows, columns), spread smoothly over a picture of ``size``."""
    grid = np.clip(np.rint(nodes), 0, 255).astype(np.uint8)
    return np.asarray(cv2.resize(grid, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8).reshape(size[::-1])
