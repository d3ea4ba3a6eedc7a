"""What signs put under their letters: outlines, shadows, depth and glow. The letters are printed over it, unchanged."""

from __future__ import annotations

import math

import cv2
import numpy as np

from synthgen.geometry import Picture
from synthgen.press.bank import in_channels, look_up
from synthgen.press.colours import grey_of, mixed
from synthgen.press.effects import DRESSES, Colour, Parameters, register
from synthgen.press.impression import impress, inked_box, thinned
from synthgen.randomness import Stream

_SHADOW_MOST = 0.6
_LIGHT_RIMS: tuple[Colour, Colour] = ((250, 250, 248), (255, 240, 180))
_DARK_RIMS: tuple[Colour, Colour] = ((16, 16, 18), (40, 20, 70))
# A blur wider than this is made on a coarser raster.
_FINE_SIGMA = 1.8


def _near(coverage: Picture, reach: float) -> tuple[slice, slice]:
    """Return the rows and columns that hold all ink and ``reach`` px around it."""
    rows, columns = inked_box(coverage)
    far = math.ceil(reach)
    return (
        slice(max(rows.start - far, 0), min(rows.stop + far, coverage.shape[0])),
        slice(max(columns.start - far, 0), min(columns.stop + far, coverage.shape[1])),
    )


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
    height, width = coverage.shape
    coarse = min(max(int(sigma / _FINE_SIGMA), 1), max(min(height, width), 1), 16)
    if coarse > 1:
        small = (math.ceil(width / coarse), math.ceil(height / coarse))
        coverage = np.asarray(cv2.resize(coverage, small, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        coverage = coverage.reshape(small[::-1])
    side = 2 * math.ceil(2.5 * sigma / coarse) + 1
    soft = cv2.GaussianBlur(coverage, (side, side), sigma / coarse, borderType=cv2.BORDER_REPLICATE)
    if coarse > 1:
        soft = cv2.resize(np.asarray(soft).reshape(coverage.shape), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(soft, dtype=np.uint8).reshape(height, width)


def _widened(coverage: Picture, radius: float) -> Picture:
    """Return coverage grown by ``radius`` px all around, its corners rounded.

    It is blurred by a Gaussian of that width; a straight edge then has the value erfc(1 / sqrt 2) / 2 a radius outside.
    """
    edge = 127.5 * math.erfc(math.sqrt(0.5))
    slope = 255 * math.exp(-0.5) / math.sqrt(2 * math.pi) / radius
    # As sharp as one and a half px, and bare where nothing is near.
    gain = max(170 / max(slope, 1.0), 127.5 / edge)
    table = np.clip(np.rint((np.arange(256) - edge) * gain + 127.5), 0, 255).astype(np.uint8)
    return np.maximum(look_up(_blurred(coverage, radius), table).reshape(coverage.shape), coverage)


def _towards(stream: Stream, length: float) -> tuple[int, int]:
    """Return a step right and down of about this length, to the lower right as a rule, at least one px."""
    angle = math.radians(stream.pick((45.0, 45.0, 45.0, 135.0, 90.0)) + stream.uniform(-12.0, 12.0))
    right, down = round(length * math.cos(angle)), round(length * math.sin(angle))
    return (right, down) if right or down else (1, 1)


@register(DRESSES, "shadow")
def shadow(
    sheet: Picture, coverage: Picture, stroke_px: float, colour: Colour, dose: float, stream: Stream
) -> Parameters:
    """Lay the letters' soft shadow beside them, up to 0.6 of the light taken."""
    right, down = _towards(stream, stroke_px * stream.uniform(0.4, 1.1))
    sigma = stroke_px * stream.uniform(0.1, 0.5) + 0.4
    box = _near(coverage, 3 * sigma + max(abs(right), abs(down)))
    dark = _blurred(_shifted(coverage[box], right, down), sigma)
    # Dark letters on a light ground would drown in a shadow as dark as they.
    most = _SHADOW_MOST * (0.5 if grey_of(colour) < 128 else 1.0)
    part = sheet[box]
    if part.size:
        left = 255 - np.rint(np.arange(256) * (most * dose)).astype(np.uint8)
        mask = in_channels(look_up(dark, left).reshape(dark.shape), sheet)
        part[...] = np.asarray(cv2.multiply(part, mask, scale=1 / 255), dtype=np.uint8).reshape(part.shape)
    return {"offset_px": [right, down]}


def rim_px(stroke_px: float, dose: float) -> float:
    """Return how wide an outline of this dose is around letters whose strokes are so thick."""
    return max(stroke_px * 0.55 * dose, 0.5)


@register(DRESSES, "outline")
def outline(
    sheet: Picture, coverage: Picture, stroke_px: float, colour: Colour, dose: float, stream: Stream
) -> Parameters:
    """Lay a rim around the letters: light around dark ones, dark around light; half a stroke wide."""
    radius = rim_px(stroke_px, dose)
    ends = _LIGHT_RIMS if grey_of(colour) < 128 else _DARK_RIMS
    rim, box = mixed(*ends, stream.random()), _near(coverage, 2 * radius + 2)
    if coverage[box].size:
        impress(sheet[box], thinned(_widened(coverage[box], radius), min(2 * dose, 1.0)), rim)
    return {"radius_px": radius, "colour": list(rim)}


@register(DRESSES, "extrusion")
def extrusion(
    sheet: Picture, coverage: Picture, stroke_px: float, colour: Colour, dose: float, stream: Stream
) -> Parameters:
    """Lay the letters' sides, as cut from board: up to one and a half strokes deep."""
    deep = stroke_px * 1.5 * dose
    right, down = _towards(stream, max(deep, 1.0))
    n, box = max(abs(right), abs(down)), _near(coverage, max(abs(right), abs(down)))
    sides, done = np.ascontiguousarray(coverage[box]), 0
    # Each step doubles how deep the sides are drawn: all places between the face and the depth are met.
    while done < n:
        step = min(max(done, 1), n - done)
        sides = np.maximum(sides, _shifted(sides, round(right * step / n), round(down * step / n)))
        done += step
    # The sides lie in the shade; of dark letters they catch more light than the face does.
    side = mixed(colour, (0, 0, 0), 0.55) if grey_of(colour) >= 128 else mixed(colour, (255, 255, 255), 0.45)
    if sides.size:
        impress(sheet[box], thinned(sides, min(2 * dose, 1.0)), side)
    return {"depth_px": [right, down], "colour": list(side)}


@register(DRESSES, "glow")
def glow(
    sheet: Picture, coverage: Picture, stroke_px: float, colour: Colour, dose: float, stream: Stream
) -> Parameters:
    """Light the sheet around the letters, by their own colour when that is light, as neon and screens are."""
    reach = stroke_px * stream.uniform(0.8, 1.8)
    lit, box = colour if grey_of(colour) >= 128 else (255, 252, 236), _near(coverage, 3 * reach + stroke_px)
    if coverage[box].size:
        halo = _blurred(_widened(coverage[box], 0.4 * stroke_px), reach)
        impress(sheet[box], thinned(halo, 0.75 * dose), lit)
    return {"reach_px": reach, "colour": list(lit)}
