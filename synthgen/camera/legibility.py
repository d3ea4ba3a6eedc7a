"""Which words a person can still read: from their size, what blurred them, and how they stand out where they are.

Three limits, each on a quantity that is known or cheap: the em's height in the picture, the blur's standard deviation
against it, and the text's contrast against the noise around it. What fails one of them is in the picture and labelled,
but not to be learned from.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from synthgen.camera.lens import LOWEST_RESOLUTION
from synthgen.geometry import Float, Picture
from synthgen.press.bank import BANK_SD
from synthgen.quads import side_lengths
from synthgen.scene import Words

# A syllable of three rows of strokes needs about nine px; Latin letters and digits need fewer.
LEAST_EM_PX = 9.0
LEAST_EM_PX_LATIN = 7.0
# A Hangul stroke and the gap beside it are some 0.2 em together; a Gaussian this wide leaves them a tenth of their
# contrast.
MOST_BLUR_EM = 0.075
LEAST_CONTRAST = 22.0
LEAST_CONTRAST_TO_NOISE = 2.0
# A cell is as high as the face's ascent and descent: about this many em.
_CELL_EM = 1.2
_ACROSS, _DOWN = 24, 5
_DENSE = "\u2e80"


def legible(words: Words, image: Picture, optics: Mapping[str, Any], scale: float = 1.0) -> npt.NDArray[np.bool_]:
    """Return for each of M words whether a person can read it, bool (M,).

    ``words`` lie in the frame of ``image``; ``optics`` are the parameters that :func:`~synthgen.camera.optics.expose`
    returned; ``scale`` tells how many px of the picture the blur's doses are counted in (1 for the picture itself).
    """
    if not len(words):
        return np.zeros(0, dtype=np.bool_)
    em_px, blur, noise = em_heights(words), scale * blur_px(optics), noise_sd(optics)
    # Too small or too much blurred: both are limits on the em.
    least_px, least_latin_px = (
        max(least_em, blur / (MOST_BLUR_EM * stroke))
        for least_em, stroke in ((LEAST_EM_PX, 1.0), (LEAST_EM_PX_LATIN, 1.4))
    )
    readable: npt.NDArray[np.bool_] = em_px >= least_px
    for at in np.flatnonzero((em_px >= least_latin_px) & ~readable).tolist():
        # A text's largest character tells whether it has any that is dense.
        readable[at] = max(words.text[at]) < _DENSE
    if readable.any():
        readable &= contrasts(words, image, noise) >= max(LEAST_CONTRAST, LEAST_CONTRAST_TO_NOISE * noise)
    return readable


def em_heights(words: Words) -> Float:
    """Return about how high each word's em is in the picture, px (M,), from its quad: the shorter of opposite sides."""
    top, right, bottom, left = side_lengths(words.quad).T
    heights: Float = np.minimum(left, right) / _CELL_EM
    if "ttb" in words.direction:
        upright = np.array([direction == "ttb" for direction in words.direction])
        # A vertical word's cells are one em wide.
        heights = np.where(upright, np.minimum(top, bottom), heights)
    return heights


def blur_px(optics: Mapping[str, Any]) -> float:
    """Return the standard deviation of all that blurs, px: blurs after one another add their variances."""
    variance = 0.0
    if "defocus" in optics:
        variance += optics["defocus"]["dose"] ** 2
    if "motion" in optics:
        # A line's variance, along itself alone, is its length squared over 12.
        variance += optics["motion"]["dose"] ** 2 / 12
    for share in _shares(optics):
        # A px that is 1 / share wide, averaged and drawn out again.
        variance += (1 / share**2 - 1) / 6
    if "photocopy" in optics:
        variance += optics["photocopy"]["generations"] * optics["photocopy"]["sigma_px"] ** 2 / 2
    return math.sqrt(variance)


def _shares(optics: Mapping[str, Any]) -> list[float]:
    """Return which shares of the px in each direction were kept, by whatever reduced the picture."""
    shares = [1 - (1 - LOWEST_RESOLUTION) * optics["low_resolution"]["dose"]] if "low_resolution" in optics else []
    return [*shares, optics["fax"]["share"]] if "fax" in optics else shares


def noise_sd(optics: Mapping[str, Any]) -> float:
    """Return the standard deviation of the noise that was added last, grey levels."""
    sd = float(optics["noise"]["dose"]) if "noise" in optics else 0.0
    if "chroma_noise" in optics:
        sd = math.hypot(sd, 4.0 * optics["chroma_noise"]["dose"])
    if "fax" in optics:
        sd = math.hypot(sd, 0.45 * BANK_SD * optics["fax"]["roughness"])
    return sd


def contrasts(words: Words, image: Picture, sd: float) -> Float:
    """Return about how far text and ground are apart within each word's quad, grey levels (M,).

    From the spread of the levels at a grid of points in the quad, less the noise's: ink covers about a seventh of a
    word's cells, so two levels that far apart spread by a third of their distance, less where they are blurred.
    """
    height, width = image.shape[:2]
    # (2, M, points): a place in the picture for each point of each word's grid.
    places = (words.quad.transpose(2, 0, 1) @ _grid_weights()).astype(np.int32)
    x, y = places
    if places.min() < 0 or x.max() >= width or y.max() >= height:
        x, y = np.minimum(np.maximum(places, 0, out=places), np.array([[[width - 1]], [[height - 1]]], dtype=np.int32))
    y *= width
    y += x
    if image.ndim == 3:
        # Green stands for grey: it bears most of the light.
        y *= 3
        y += 1
    # Where each value lies in the picture's memory: looked up three times as fast as by rows and columns.
    levels = image.ravel().take(y)
    n = levels.shape[1]
    sums = cv2.reduce(levels, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S)[:, 0].astype(np.float64)
    # Whole numbers below 2**24: exact.
    levels = levels.astype(np.float32)
    squares = np.einsum("mp,mp->m", levels, levels).astype(np.float64)
    variance = (squares - sums * sums / n) / n - sd * sd
    distances: Float = np.sqrt(np.maximum(variance, 0)) / 0.34
    return distances


@cache
def _grid_weights() -> Float:
    """Return the bilinear weights (4, points) of a quad's corners at a grid of points inside it."""
    u = (np.arange(_ACROSS) + 0.5) / _ACROSS
    v = 0.15 + 0.7 * (np.arange(_DOWN) + 0.5) / _DOWN
    corners = [np.outer(1 - v, 1 - u), np.outer(1 - v, u), np.outer(v, u), np.outer(v, 1 - u)]
    weights: Float = np.stack(corners).reshape(4, -1)
    return weights
