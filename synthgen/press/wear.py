"""How ink lies, or no longer does: effects on its coverage."""

from __future__ import annotations

import math

import cv2
import numpy as np

from synthgen.geometry import Picture
from synthgen.press.bank import bank, cut, look_up
from synthgen.press.effects import WEARS, Parameters, register, stroke_px
from synthgen.randomness import Stream


def _times(coverage: Picture, mask: Picture) -> Picture:
    return np.asarray(cv2.multiply(coverage, mask, scale=1 / 255), dtype=np.uint8).reshape(coverage.shape)


@register(WEARS, "broken")
def broken(coverage: Picture, dose: float, stream: Stream) -> tuple[Picture, Parameters]:
    """Return coverage with gaps: worn type, dry ribbons, thin strokes that broke. At 1 a sixth of the ink is gone."""
    limit = 128 + 32 * (4.1 - 3.1 * dose)
    table = np.clip(255 - (np.arange(256) - limit) * 22, 0, 255).astype(np.uint8)
    gaps = look_up(cut(bank("mottle"), (coverage.shape[1], coverage.shape[0]), stream), table)
    return _times(coverage, gaps), {}


@register(WEARS, "squeeze")
def squeeze(coverage: Picture, dose: float, stream: Stream) -> tuple[Picture, Parameters]:  # noqa: ARG001 - a Wear
    """Return letterpress coverage: ink is squeezed out to the rim, and the inside of strokes is up to half paler."""
    inner = cv2.erode(coverage, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_REPLICATE)
    inner = cv2.blur(inner, (3, 3), borderType=cv2.BORDER_REPLICATE)
    pale = cv2.addWeighted(coverage, 1.0, inner, -0.5 * dose, 0.0)
    return np.asarray(pale, dtype=np.uint8).reshape(coverage.shape), {}


@register(WEARS, "dot_matrix")
def dot_matrix(coverage: Picture, dose: float, stream: Stream) -> tuple[Picture, Parameters]:  # noqa: ARG001 - a Wear
    """Return coverage made of the round dots of a needle printer; at 1 strokes are about one dot thick."""
    height, width = coverage.shape
    pitch = max(stroke_px(coverage) * (0.4 + 0.3 * dose), 1.8)
    columns, rows = max(round(width / pitch), 1), max(round(height / pitch), 1)
    struck = cv2.resize(coverage, (columns, rows), interpolation=cv2.INTER_AREA)
    struck = look_up(np.asarray(struck, dtype=np.uint8), np.where(np.arange(256) > 80, 255, 0).astype(np.uint8))
    struck = cv2.resize(struck, (width, height), interpolation=cv2.INTER_NEAREST_EXACT)
    x = ((np.arange(width, dtype=np.float32) + 0.5) * columns / width) % 1.0 - 0.5
    y = ((np.arange(height, dtype=np.float32) + 0.5) * rows / height) % 1.0 - 0.5
    far = np.sqrt(x[None, :] ** 2 + y[:, None] ** 2)
    dots = np.clip((np.float32(0.68) - far) * np.float32(255 * pitch), 0, 255).astype(np.uint8)
    dotted = _times(np.asarray(struck, dtype=np.uint8).reshape(height, width), dots)
    share = min(2 * dose, 1.0)
    made = cv2.addWeighted(coverage, 1 - share, dotted, share, 0.0)
    return np.asarray(made, dtype=np.uint8).reshape(coverage.shape), {"pitch_px": pitch}


@register(WEARS, "thermal")
def thermal(coverage: Picture, dose: float, stream: Stream) -> tuple[Picture, Parameters]:
    """Return coverage as a thermal head burns it and time fades it: pale bands across, lines down that never print.

    At 1 up to 0.55 of the ink is missing in a band; lines come from dead points of the head.
    """
    height, width = coverage.shape
    y = (np.arange(height) + 0.5) / 96.0
    bands = sum(stream.uniform(0.5, 1.0) * np.sin(2 * math.pi * (y * rate + stream.random())) for rate in (0.35, 0.9))
    fine = np.sin(2 * math.pi * y * 96.0 / stream.uniform(3.0, 5.0))
    kept = 1 - dose * (0.2 + 0.175 * (np.asarray(bands) / 2 + 1) + 0.06 * fine)
    across = np.full(width, 255.0)
    dead = stream.integer(0, 4)
    for _ in range(dead):
        across[stream.integer(0, width)] *= 1 - dose
    mask = np.rint(np.clip(kept, 0, 1)[:, None] * across[None, :]).astype(np.uint8)
    return _times(coverage, mask), {"dead_lines": dead}
