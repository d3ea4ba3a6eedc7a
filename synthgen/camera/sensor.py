"""The sensor: its noise, and how it sees colours."""

from __future__ import annotations

import math
from functools import cache

import cv2
import numpy as np

from synthgen.camera.effects import Parameters, register_effect
from synthgen.geometry import Picture
from synthgen.press.bank import BANK_MEAN, BANK_SD, bank, cut, look_up
from synthgen.press.painters import dyed
from synthgen.randomness import Stream

_CHROMA_MOST_SD = 14.0
# The gains of red and blue between a warm lamp's light and an overcast sky's, at the dose of 1.
_BALANCE_MOST = 0.13
# What a byte's number from 0 to 255 and that from -128 to 127 which is as much above the middle differ in.
_TOP_BIT = np.uint8(128)
# What a bank has farthest from its mean, in standard deviations.
_FARTHEST = BANK_MEAN / BANK_SD


@register_effect("white_balance", 60, in_colour=True)
def white_balance(image: Picture, dose: float, stream: Stream) -> tuple[Picture, Parameters]:
    """Return the RGB image under a light that the camera took for another: too warm, too cold, a little green."""
    warmth, green = stream.uniform(-1.0, 1.0) * _BALANCE_MOST * dose, stream.uniform(-0.2, 0.2) * _BALANCE_MOST * dose
    gains = (1 + warmth, 1 + green, 1 - warmth)
    # The brightest channel keeps its scale: a camera exposes for what it sees.
    return dyed(image, [gain / max(gains) for gain in gains]), {"warmth": warmth, "green": green}


@register_effect("chroma_noise", 78, in_colour=True)
def chroma_noise(image: Picture, dose: float, stream: Stream) -> tuple[Picture, Parameters]:
    """Return the RGB image with blotches of colour a few px wide, as demosaicing leaves of a sensor's noise.

    ``dose`` 1 has a standard deviation of 14 levels in red and blue; luminance is nearly kept.
    """
    height, width = image.shape[:2]
    grain_px = stream.uniform(1.5, 3.5)
    small = (max(round(width / grain_px), 1), max(round(height / grain_px), 1))
    blotches = []
    for _ in range(2):
        piece = cut(bank("grain"), small, stream)
        blotches.append(np.asarray(cv2.resize(piece, (width, height)), dtype=np.uint8).reshape(height, width))
    red, blue = blotches
    # 0.299 red + 0.114 blue is taken out of green's 0.587, so that grey stays as light as it was.
    level = -BANK_MEAN * (-0.299 / 0.587 - 0.114 / 0.587) + BANK_MEAN
    green = cv2.addWeighted(red, -0.299 / 0.587, blue, -0.114 / 0.587, level)
    scale = _CHROMA_MOST_SD * dose / BANK_SD
    noise_field = np.asarray(cv2.merge([red, np.asarray(green, dtype=np.uint8), blue]), dtype=np.uint8)
    noisy = cv2.addWeighted(image, 1.0, noise_field.reshape(image.shape), scale, -BANK_MEAN * scale)
    return np.asarray(noisy, dtype=np.uint8).reshape(image.shape), {"grain_px": grain_px}


@register_effect("noise", 80, lambda optics: optics.noise_probability, lambda optics: optics.noise_sd_range)
def noise(image: Picture, dose: float, stream: Stream) -> tuple[Picture, Parameters]:
    """Return the image with a sensor's noise, whose standard deviation on white is ``dose`` levels.

    Its variance is a constant (read noise) plus a part that grows with the light (shot noise); ``shot_share`` is the
    latter's on white. Grain is either of single pixels or smoothed as by demosaicing.
    """
    shot_share, grain = stream.uniform(0.2, 0.9), "noise" if stream.chance(0.4) else "grain"
    source = _signed(grain) if image.ndim == 2 else _signed_in_colour(grain)
    piece = cut(source, (image.shape[1], image.shape[0]), stream).view(np.int8)
    depth, unit = _depths(image, shot_share, dose)
    # Signed bytes: a product and a sum are the least that can be done; each result takes the place of the last.
    cv2.multiply(piece, depth.view(np.int8), dst=piece, scale=dose * unit / BANK_SD)
    # So is a sum that stops at black and white: in bytes that are signed too it takes a tenth of the time.
    signed = np.bitwise_xor(image, _TOP_BIT, out=depth).view(np.int8)
    noisy = np.asarray(cv2.add(signed, piece, dst=piece), dtype=np.int8).reshape(image.shape).view(np.uint8)
    noisy ^= _TOP_BIT
    return noisy, {"shot_share": shot_share, "grain": grain}


def _depths(image: Picture, shot_share: float, dose: float) -> tuple[Picture, float]:
    """Return how deep noise is at each level of an image, as a share of white's: up to 127 units, and what a unit is.

    That is the root of ``1 - shot_share + shot_share * light``. A line is three times faster than a table, and is taken
    where it makes no pixel's noise differ by as much as a level.
    """
    black = math.sqrt(1 - shot_share)
    # The curve's chord, raised by half of what it lies below: the line is off by so much at both ends and between.
    off = (1 - black) ** 2 / (8 * (1 + black))
    # Units are rounded too, the line's as well as the table's.
    if dose * _FARTHEST * (off + 1 / 120) < 1:
        most = 127 / (1 + off)
        depth = cv2.convertScaleAbs(image, alpha=most * (1 - black) / 255, beta=most * (black + off))
        return np.asarray(depth, dtype=np.uint8).reshape(image.shape), 1 / most
    table = np.rint(127 * np.sqrt(1 - shot_share + shot_share * np.arange(256) / 255)).astype(np.uint8)
    return look_up(image, table), 1 / 127


@cache
def _signed(name: str) -> Picture:
    """Return a bank of mean 0: the bytes (side, side) of signed numbers, which are uint8 less their top bit."""
    signed: Picture = bank(name) ^ _TOP_BIT
    return signed


@cache
def _signed_in_colour(name: str) -> Picture:
    """Return a bank of mean 0 for RGB (side, side, 3): three far parts of the grey one."""
    signed = _signed(name)
    shifts = ((0, 0), (len(signed) // 3, len(signed) // 2), (2 * len(signed) // 3, len(signed) // 5))
    return np.stack([np.roll(signed, shift, axis=(0, 1)) for shift in shifts], axis=-1)
