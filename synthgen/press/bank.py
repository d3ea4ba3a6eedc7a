"""Banks of noise: periodic squares made once per process, from which every sample cuts its own piece.

Drawing Gaussian noise for a page costs more than everything else that is done to it; a cut at a random offset, flipped
at random, costs fifty times less. A bank is a pure function of its name, so a sample stays one of its own streams.
Each is uint8 with mean 128 and a standard deviation of :data:`BANK_SD` levels, and continues itself at its edges.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from synthgen.geometry import Picture
from synthgen.randomness import Stream

Real = npt.NDArray[np.float32]
Box = tuple[int, int, int, int]
Spectrum = npt.NDArray[np.complexfloating]
# What each part of a spectrum is multiplied by, from its horizontal (1, A) and vertical (D, 1) frequencies in cycles
# per px. None of these is negative: a gain is the same to all sides.
Gain = Callable[[Real, Real], Real]

BANK_SIDE_PX = 1024
BANK_MEAN = 128
BANK_SD = 32


def filtered(white: Real, gain: Gain) -> Real:
    """Return ``white`` (side, side) with its spectrum times ``gain``: periodic, mean 0, standard deviation 1.

    The side is even.
    """
    return _shaped(_spectrum(white), gain)


def _spectrum(white: Real) -> Spectrum:
    spectrum: Spectrum = np.fft.rfft2(white)
    spectrum[0, 0] = 0
    return spectrum


def _shaped(spectrum: Spectrum, gain: Gain) -> Real:
    """Return the field (side, side) of a spectrum times ``gain``, of standard deviation 1."""
    frequencies = np.fft.rfftfreq(len(spectrum)).astype(np.float32)
    downwards = gain(frequencies[None, :], frequencies[:, None])
    both_ways = np.concatenate([downwards, downwards[-2:0:-1]])
    field = np.fft.irfft2(spectrum * both_ways).astype(np.float32, copy=False)
    field /= field.std()
    return field


def _shaped_across(spectrum: Spectrum, gain: Gain) -> Real:
    """Return the field of the turned noise, by the one spectrum: it is the field of the turned gain, turned."""
    return _shaped(spectrum, lambda across, down: gain(down, across)).T


def _band(longest_px: float, shortest_px: float, slope: float, flatness: float = 1.0) -> Gain:
    """Return a gain that falls as ``frequency ** -slope`` between two wavelengths.

    ``flatness`` above 1 draws the structure out sideways by that factor, as the wire of a paper machine does.
    """

    def gain(across: Real, down: Real) -> Real:
        f = np.sqrt((across * flatness) ** 2 + down**2) + np.float32(1e-6)
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
    spectrum = _spectrum(white)
    flocks = _shaped(spectrum, _band(60.0, 3.0, 0.9, flatness=1.6))
    felt = _shaped_across(spectrum, _band(8.0, 1.2, 0.3, flatness=2.5))
    # Fibres that lie on top are few and darker: the square makes the tail one-sided.
    stray = _shaped_across(spectrum, _band(14.0, 1.6, 0.2, flatness=3.0))[:, ::-1]
    strays: Real = np.maximum(stray - np.float32(1.8), 0) ** 2
    fibre: Real = flocks * np.float32(0.55) + felt * np.float32(0.75) - strays * np.float32(1.2)
    return fibre


def _mottle(white: Real) -> Real:
    """How ink lies: rollers press unevenly over a hundred px, paper drinks unevenly over a few."""
    spectrum = _spectrum(white)
    both: Real = _shaped(spectrum, _band(300.0, 30.0, 1.0)) + _shaped_across(spectrum, _band(12.0, 1.5, 0.5))
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
    triangles = np.asarray(mesh.getTriangleList(), dtype=np.float32).reshape(-1, 3, 2)
    inside = (triangles.min(axis=1) <= side_px).all(axis=1) & (triangles.max(axis=1) >= 0).all(axis=1)
    for corners in ([(x, y) for x, y in triangle] for triangle in triangles[inside].tolist()):
        (x0, y0), (x1, y1), (x2, y2) = corners
        area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        if area == 0 or not all(corner in height_at for corner in corners):
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
    # In place: new memory costs as much as the sums.
    field -= field.mean()
    field /= field.std()
    field *= BANK_SD
    field += BANK_MEAN
    picture: Picture = np.clip(np.rint(field, out=field), 0, 255, out=field).astype(np.uint8)
    picture.flags.writeable = False
    return picture


def cut(source: Picture, size: tuple[int, int], stream: Stream, box: Box | None = None) -> Picture:
    """Return a new picture of ``size`` (width, height) from a periodic one, at a random offset, randomly flipped.

    With a ``box`` x0, y0, x1, y1 only this part of that picture is made and returned.
    """
    width, height = size
    rows, columns = source.shape[:2]
    left, top = stream.integer(0, columns), stream.integer(0, rows)
    flip = stream.integer(0, 4)
    across, down = flip in (0, 2), flip in (0, 1)
    if box is not None:
        x0, y0, x1, y1 = box
        left, top = (left + (width - x1 if across else x0)) % columns, (top + (height - y1 if down else y0)) % rows
        width, height = x1 - x0, y1 - y0
    piece = np.empty((height, width, *source.shape[2:]), dtype=np.uint8)
    # Each part is turned over on its way to where it then belongs.
    for part, x, y in _parts(source, left, top, width, height):
        high, wide = part.shape[:2]
        x, y = width - x - wide if across else x, height - y - high if down else y
        to = piece[y : y + high, x : x + wide]
        if flip == 3:
            to[:] = part
        else:
            cv2.flip(part, flip - 1, dst=to)
    return piece


def wrapped(source: Picture, left: int, top: int, width: int, height: int) -> Picture:
    """Return a part of the endless repetition of a picture; a view of it where it crosses no edge."""
    rows, columns = source.shape[:2]
    if left + width <= columns and top + height <= rows:
        return source[top : top + height, left : left + width]
    piece = np.empty((height, width, *source.shape[2:]), dtype=np.uint8)
    for part, x, y in _parts(source, left, top, width, height):
        piece[y : y + part.shape[0], x : x + part.shape[1]] = part
    return piece


def _parts(source: Picture, left: int, top: int, width: int, height: int) -> Iterator[tuple[Picture, int, int]]:
    """Yield what makes up a part of the endless repetition of a picture: views of it, and where (x, y) each lies."""
    rows, columns = source.shape[:2]
    if left + width <= columns and top + height <= rows:
        yield source[top : top + height, left : left + width], 0, 0
        return
    for y in range(-top, height, rows):
        for x in range(-left, width, columns):
            yield source[max(-y, 0) : height - y, max(-x, 0) : width - x], max(x, 0), max(y, 0)


def levels(mean: float, sd: float, from_mean: float = BANK_MEAN, from_sd: float = BANK_SD) -> Picture:
    """Return the look-up table (256,) that takes grey values of one mean and standard deviation to another's."""
    values = mean + (np.arange(256) - from_mean) * (sd / from_sd)
    table: Picture = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    return table


def levelled(
    picture: Picture, mean: float, sd: float, from_mean: float = BANK_MEAN, from_sd: float = BANK_SD, lowest: int = 0
) -> Picture:
    """Return a picture with grey values of one mean and standard deviation brought to another's, as by :func:`levels`.

    Three times faster than the table wherever no value falls below 0; ``lowest`` is the least that the picture has.
    """
    gain = sd / from_sd
    offset = mean - from_mean * gain
    if gain * lowest + offset < 0 or picture.ndim != 2:
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
    # On small arrays ``clip`` takes longer than all else that is done here.
    grid = np.minimum(np.maximum(np.rint(nodes), 0), 255).astype(np.uint8)
    return np.asarray(cv2.resize(grid, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8).reshape(size[::-1])
