"""The sensor: its noise, and how it sees colours."""

from __future__ import annotations

import cv2
import numpy as np

from synthgen.camera.effects import Parameters, register_effect
from synthgen.geometry import Picture
from synthgen.press.bank import BANK_MEAN, BANK_SD, bank, cut, look_up
from synthgen.randomness import Stream

_CHROMA_MOST_SD = 14.0
# The gains of red and blue between a warm lamp's light and an overcast sky's, at the dose of 1.
_BALANCE_MOST = 0.13


@register_effect("white_balance", 60, in_colour=True)
def white_balance(image: Picture, dose: float, stream: Stream) -> tuple[Picture, Parameters]:
    """Return the RGB image under a light that the camera took for another: too warm, too cold, a little green."""
    warmth, green = stream.uniform(-1.0, 1.0) * _BALANCE_MOST * dose, stream.uniform(-0.2, 0.2) * _BALANCE_MOST * dose
    gains = (1 + warmth, 1 + green, 1 - warmth)
    most = max(gains)
    values = np.arange(256)
    # The brightest channel keeps its scale: a camera exposes for what it sees.
    tables = [np.clip(np.rint(values * (gain / most)), 0, 255).astype(np.uint8) for gain in gains]
    balanced = cv2.merge([look_up(image[..., at], table) for at, table in enumerate(tables)])
    return np.asarray(balanced, dtype=np.uint8).reshape(image.shape), {"warmth": warmth, "green": green}


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
    size = (image.shape[1], image.shape[0])
    pieces = [cut(bank(grain), size, stream) for _ in range(1 if image.ndim == 2 else image.shape[2])]
    piece = pieces[0] if image.ndim == 2 else np.asarray(cv2.merge(pieces), dtype=np.uint8)
    table = np.rint(255 * np.sqrt(1 - shot_share + shot_share * np.arange(256) / 255)).astype(np.uint8)
    weight = look_up(image, table)
    # Up and down are added apart: uint8 has no sign, and saturating sums of uint8 are the fastest there are.
    middle, scale = np.uint8(BANK_MEAN), dose / BANK_SD / 255
    up = cv2.multiply(np.maximum(piece, middle) - middle, weight, scale=scale)
    down = cv2.multiply(middle - np.minimum(piece, middle), weight, scale=scale)
    noisy = cv2.subtract(cv2.add(image, up), down)
    return np.asarray(noisy, dtype=np.uint8).reshape(image.shape), {"shot_share": shot_share, "grain": grain}
