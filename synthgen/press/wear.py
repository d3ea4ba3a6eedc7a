"""How ink lies, or no longer does: effects on its coverage."""

from __future__ import annotations

import math
from functools import cache

import cv2
import numpy as np

from synthgen.geometry import Picture
from synthgen.press.bank import bank, cut, look_up, stretched
from synthgen.press.effects import WEARS, Parameters, register, stroke_px
from synthgen.press.impression import inked_box
from synthgen.randomness import Stream

# A needle strikes where this much of its dot is inked: thin strokes are one dot thick, and whole.
_STRUCK = 52
# What a stamp leaves of its ink, and a felt pen's streaks.
_STAMPED = np.clip(255 - (np.arange(256) - 112) * 1.7, 0, 255)
_STREAKS = np.clip(232 + (np.arange(256) - 128) * 0.5, 150, 255).astype(np.uint8)


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
def squeeze(coverage: Picture, dose: float, stream: Stream) -> tuple[Picture, Parameters]:
    """Return letterpress coverage: ink is squeezed out to the rim, and the inside of strokes is up to half paler."""
    inner = cv2.erode(coverage, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_REPLICATE)
    soft = np.asarray(cv2.blur(inner, (3, 3), borderType=cv2.BORDER_REPLICATE), dtype=np.uint8)
    # Type that stands a hair higher or lower prints fuller or paler.
    pressed = cut(_pressures(), coverage.shape[::-1], stream)
    pale = cv2.addWeighted(coverage, 1.0, _times(soft.reshape(coverage.shape), pressed), -0.55 * dose, 0.0)
    return np.asarray(pale, dtype=np.uint8).reshape(coverage.shape), {}


@cache
def _pressures() -> Picture:
    """Return how much of what can be missing inside a stroke is missing, in 255ths: periodic, read-only."""
    pressures = look_up(bank("mottle"), np.clip(90 + (np.arange(256) - 96) * 2.4, 40, 255).astype(np.uint8))
    pressures.flags.writeable = False
    return pressures


@register(WEARS, "dot_matrix")
def dot_matrix(coverage: Picture, dose: float, stream: Stream) -> tuple[Picture, Parameters]:  # noqa: ARG001 - a Wear
    """Return coverage made of the round dots of a needle printer; at 1 strokes are about one dot thick."""
    height, width = coverage.shape
    pitch = max(stroke_px(coverage) * (0.4 + 0.3 * dose), 1.8)
    columns, rows = max(round(width / pitch), 1), max(round(height / pitch), 1)
    struck = cv2.resize(coverage, (columns, rows), interpolation=cv2.INTER_AREA)
    struck = look_up(np.asarray(struck, dtype=np.uint8), np.where(np.arange(256) > _STRUCK, 255, 0).astype(np.uint8))
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
    kept = 1 - dose * (0.16 + 0.15 * (np.asarray(bands) / 2 + 1) + 0.05 * fine)
    kept = np.clip(kept, 0, 1)
    mask = np.empty((height, width), dtype=np.uint8)
    mask[:] = np.rint(255 * kept).astype(np.uint8)[:, None]
    dead, columns = stream.integer(0, 4), dict[int, float]()
    for _ in range(dead):
        at = stream.integer(0, width)
        columns[at] = columns.get(at, 255.0) * (1 - dose)
    for at, level in columns.items():
        mask[:, at] = np.rint(level * kept)
    # Warm hands and light fade some places before others.
    held = stretched(255 - 110 * dose * stream.generator.random((7, 5)) ** 2, (width, height))
    return _times(_times(coverage, mask), held), {"dead_lines": dead}


def stamped(coverage: Picture, depth: float, stream: Stream) -> Picture:
    """Return the coverage of a seal or a rubber stamp: patchy, heavier to one side, fullest along its rims.

    ``depth`` is the share of the ink that may be missing in a patch.
    """
    box = inked_box(coverage)
    part = np.ascontiguousarray(coverage[box])
    if not part.size:
        return coverage
    size = part.shape[::-1]
    patches = np.clip(255 - depth * (255 - _STAMPED), 0, 255).astype(np.uint8)
    inner = np.asarray(cv2.erode(part, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_REPLICATE), dtype=np.uint8)
    thinned = cv2.addWeighted(part, 1.0, inner.reshape(part.shape), -0.3 * depth, 0.0)
    weights = np.array([stream.random() for _ in range(9)]).reshape(3, 3)
    pressed = stretched(255 * (1 - depth * weights**2), size)
    thinned = _times(np.asarray(thinned, dtype=np.uint8).reshape(part.shape), pressed)
    worn = coverage.copy()
    worn[box] = _times(thinned, look_up(cut(bank("mottle"), size, stream), patches))
    return worn


def streaked(coverage: Picture, stream: Stream) -> Picture:
    """Return the coverage of a highlighter: streaks along its way, where the felt is dry or worn."""
    box = inked_box(coverage)
    part = np.ascontiguousarray(coverage[box])
    if not part.size:
        return coverage
    height, width = part.shape
    felt = cut(bank("noise"), (max(width // 90, 2), max(height // 2, 1)), stream)
    felt = np.asarray(cv2.resize(felt, (width, height), interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
    worn = coverage.copy()
    worn[box] = _times(part, look_up(felt.reshape(part.shape), _STREAKS))
    return worn
