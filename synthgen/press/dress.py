"""What signs put under their letters: outlines, shadows, depth and glow. The letters are printed over it, unchanged."""

from __future__ import annotations

import math

import cv2
import numpy as np

from synthgen.geometry import Picture
from synthgen.press.bank import in_channels
from synthgen.press.colours import grey_of, mixed
from synthgen.press.effects import DRESSES, Colour, Parameters, register, stroke_px
from synthgen.press.impression import impressed
from synthgen.randomness import Stream

_SHADOW_MOST = 0.6
_LIGHT_RIMS: tuple[Colour, Colour] = ((250, 250, 248), (255, 240, 180))
_DARK_RIMS: tuple[Colour, Colour] = ((16, 16, 18), (40, 20, 70))


def _shifted(coverage: Picture, right: int, down: int) -> Picture:
    """Return coverage moved by whole px; what comes in is bare."""
    height, width = coverage.shape
    moved = np.zeros_like(coverage)
    if abs(right) < width and abs(down) < height:
        to = (slice(max(down, 0), height + min(down, 0)), slice(max(right, 0), width + min(right, 0)))
        of = (slice(max(-down, 0), height + min(-down, 0)), slice(max(-right, 0), width + min(-right, 0)))
        moved[to] = coverage[of]
    return moved


def _blurred(coverage: Picture, sigma: float) -> Picture:
    side = 2 * math.ceil(2.5 * sigma) + 1
    soft = cv2.GaussianBlur(coverage, (side, side), sigma, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(soft, dtype=np.uint8).reshape(coverage.shape)


def _widened(coverage: Picture, radius: float) -> Picture:
    side = 2 * math.ceil(radius) + 1
    round_brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    wide = cv2.dilate(coverage, round_brush, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return np.asarray(wide, dtype=np.uint8).reshape(coverage.shape)


def _thinned(coverage: Picture, share: float) -> Picture:
    thinned: Picture = np.rint(coverage * share).astype(np.uint8)
    return thinned


def _towards(stream: Stream, length: float) -> tuple[int, int]:
    """Return a step right and down of about this length, to the lower right as a rule, at least one px."""
    angle = math.radians(stream.pick((45.0, 45.0, 45.0, 135.0, 90.0)) + stream.uniform(-12.0, 12.0))
    right, down = round(length * math.cos(angle)), round(length * math.sin(angle))
    return (right, down) if right or down else (1, 1)


@register(DRESSES, "shadow")
def shadow(
    sheet: Picture, coverage: Picture, colour: Colour, dose: float, stream: Stream
) -> tuple[Picture, Parameters]:
    """Return the sheet with the letters' soft shadow beside them, up to 0.6 of the light taken."""
    stroke = stroke_px(coverage)
    right, down = _towards(stream, stroke * stream.uniform(0.4, 1.1))
    dark = _blurred(_shifted(coverage, right, down), stroke * stream.uniform(0.1, 0.5) + 0.4)
    # Dark letters on a light ground would drown in a shadow as dark as they.
    most = _SHADOW_MOST * (0.5 if grey_of(colour) < 128 else 1.0)
    mask = np.uint8(255) - _thinned(dark, most * dose)
    shaded = cv2.multiply(sheet, in_channels(mask, sheet), scale=1 / 255)
    return np.asarray(shaded, dtype=np.uint8).reshape(sheet.shape), {"offset_px": [right, down]}


@register(DRESSES, "outline")
def outline(
    sheet: Picture, coverage: Picture, colour: Colour, dose: float, stream: Stream
) -> tuple[Picture, Parameters]:
    """Return the sheet with a rim around the letters: light around dark ones, dark around light; half a stroke wide."""
    radius = max(stroke_px(coverage) * 0.55 * dose, 0.5)
    ends = _LIGHT_RIMS if grey_of(colour) < 128 else _DARK_RIMS
    rim = mixed(*ends, stream.random())
    laid = impressed(sheet, _thinned(_widened(coverage, radius), min(2 * dose, 1.0)), rim)
    return laid, {"radius_px": radius, "colour": list(rim)}


@register(DRESSES, "extrusion")
def extrusion(
    sheet: Picture, coverage: Picture, colour: Colour, dose: float, stream: Stream
) -> tuple[Picture, Parameters]:
    """Return the sheet with the letters' sides, as cut from board: up to one and a half strokes deep."""
    deep = stroke_px(coverage) * 1.5 * dose
    right, down = _towards(stream, max(deep, 1.0))
    n = max(abs(right), abs(down))
    sides = coverage
    for step in range(1, n + 1):
        sides = np.maximum(sides, _shifted(coverage, round(right * step / n), round(down * step / n)))
    # The sides lie in the shade; of dark letters they catch more light than the face does.
    side = mixed(colour, (0, 0, 0), 0.55) if grey_of(colour) >= 128 else mixed(colour, (255, 255, 255), 0.45)
    laid = impressed(sheet, _thinned(sides, min(2 * dose, 1.0)), side)
    return laid, {"depth_px": [right, down], "colour": list(side)}


@register(DRESSES, "glow")
def glow(sheet: Picture, coverage: Picture, colour: Colour, dose: float, stream: Stream) -> tuple[Picture, Parameters]:
    """Return the sheet lit around the letters, by their own colour when that is light, as neon and screens are."""
    stroke = stroke_px(coverage)
    reach = stroke * stream.uniform(0.8, 1.8)
    lit = colour if grey_of(colour) >= 128 else (255, 252, 236)
    halo = _blurred(_widened(coverage, 0.4 * stroke), reach)
    return impressed(sheet, _thinned(halo, 0.75 * dose), lit), {"reach_px": reach, "colour": list(lit)}
