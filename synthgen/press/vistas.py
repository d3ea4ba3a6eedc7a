"""Views that are in focus and need no drawing: skies, ridges in haze, the sea, towns at night, stars, twigs, stuff.

Their forms are those of noise with the spectrum that such things have, or silhouettes, so that no outline has to look
like something drawn. A painter takes a size (width, height) and returns the picture uint8 RGB.
"""

from __future__ import annotations

import math
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from synthgen.geometry import Homography, Picture
from synthgen.press.bank import BANK_MEAN, BANK_SD, bank, cut, filtered, in_channels, look_up
from synthgen.press.colours import mixed
from synthgen.press.effects import Colour
from synthgen.press.grounds import textures_named
from synthgen.press.impression import lay
from synthgen.press.painters import dyed
from synthgen.press.places import Place, Size, fill, graded, shaded, softened
from synthgen.press.surfaces import surface
from synthgen.randomness import Stream

Float32 = npt.NDArray[np.float32]
Real = npt.NDArray[np.float64]

_SIDE_PX = 512
_LEVELS = np.arange(256)
# A cloud hides no more than this of the sky, in 255ths.
_MOST_CLOUDED = 235

# Colours from the zenith down to the horizon; then what clouds are lit with, and their shade.
_Sky = tuple[tuple[Colour, ...], Colour, Colour]
_SKIES: tuple[_Sky, ...] = (
    (((52, 98, 170), (120, 166, 214), (206, 222, 234)), (252, 250, 246), (150, 164, 184)),
    (((90, 132, 186), (168, 196, 222), (226, 232, 234)), (255, 254, 250), (170, 180, 194)),
    (((134, 144, 156), (176, 182, 188), (206, 208, 208)), (226, 228, 230), (120, 128, 140)),
    (((38, 46, 80), (120, 92, 108), (216, 150, 104)), (236, 176, 132), (74, 62, 88)),
    (((74, 82, 112), (160, 128, 124), (226, 192, 150)), (236, 206, 172), (104, 92, 108)),
    (((10, 16, 36), (30, 44, 78), (84, 90, 116)), (110, 116, 140), (16, 20, 38)),
    (((96, 112, 130), (160, 160, 160), (222, 200, 170)), (240, 224, 200), (100, 104, 114)),
)
_DUSKS = _SKIES[3:6]
# x, y, angle, length and thickness of a straight piece.
_Twig = tuple[float, float, float, float, float]
_STUFFS: tuple[tuple[Colour, Colour], ...] = (
    ((60, 36, 22), (186, 140, 98)), ((30, 30, 34), (110, 112, 118)), ((70, 30, 26), (176, 108, 88)),
    ((90, 84, 74), (214, 206, 190)), ((24, 36, 46), (92, 122, 140)), ((40, 48, 34), (140, 146, 110)),
)  # fmt: skip


@cache
def _bank(name: str) -> Picture:
    """Return the bank ``clouds`` or ``waves`` (side, side) uint8, periodic and read-only, made as those of ink are."""
    slope, flat = {"clouds": (1.75, 1.0), "waves": (1.25, 0.35)}[name]

    def gain(across: Float32, down: Float32) -> Float32:
        # Flatter than wide: what lies on water is seen from the side.
        f = np.hypot(across, down * np.float32(flat)) + np.float32(1e-4)
        shape: Float32 = f**-slope * (1 - np.exp(-((f * 500) ** 2)))
        return shape

    white = Stream(0, 0, f"footage:{name}").generator.standard_normal((_SIDE_PX, _SIDE_PX), dtype=np.float32)
    made: Picture = np.clip(np.rint(BANK_MEAN + 48 * filtered(white, gain)), 0, 255).astype(np.uint8)
    made.flags.writeable = False
    return made


def _noise(name: str, size: Size, zoom: float, stream: Stream) -> Picture:
    """Return a part of a bank, each of its px ``zoom`` px large."""
    piece = cut(_bank(name), (max(round(size[0] / zoom), 1), max(round(size[1] / zoom), 1)), stream)
    return np.asarray(cv2.resize(piece, size, interpolation=cv2.INTER_CUBIC), dtype=np.uint8).reshape(size[::-1])


def _laid(canvas: Picture, mask: Picture, colour: Colour) -> None:
    """Lay a colour on a canvas where a mask (H, W) is 255, in place."""
    lay(canvas, in_channels(mask, canvas), colour)


def _blended(canvas: Picture, other: Picture, mask: Picture) -> Picture:
    """Return a canvas with another where a mask (H, W) is 255."""
    share = in_channels(mask, canvas)
    kept = cv2.multiply(canvas, cv2.bitwise_not(share), scale=1 / 255)
    return np.asarray(cv2.add(kept, cv2.multiply(other, share, scale=1 / 255)), dtype=np.uint8)


def _clouded(size: Size, stream: Stream, skies: tuple[_Sky, ...] = _SKIES) -> tuple[Picture, _Sky]:
    """Return a sky with clouds, and its colours."""
    sky = stream.pick(skies)
    stops, light, shade = sky
    canvas = graded(size, stops)
    zoom = stream.uniform(0.7, 1.8)
    noise = _noise("clouds", size, zoom, stream)
    cover, edge = stream.uniform(110.0, 180.0), stream.uniform(2.0, 6.0)
    mask = look_up(noise, np.clip(np.rint(edge * (_LEVELS - round(cover))), 0, _MOST_CLOUDED).astype(np.uint8))
    # Thick clouds are lit at their upper edges: what is above them is thinner.
    down = max(round(0.03 * size[1]), 1)
    steep = cv2.addWeighted(noise[down:], 2.2, noise[:-down], -2.2, 150)
    slope = np.asarray(cv2.resize(steep, size), dtype=np.uint8)
    clouds = dyed(slope, [(bright - dim) / 255 for bright, dim in zip(light, shade, strict=True)], shade)
    return _blended(canvas, clouds, mask), sky


def _sky(size: Size, stream: Stream) -> Picture:
    """Clouds, and nothing below them."""
    return _clouded(size, stream)[0]


def _ridge(width: int, rough: float, stream: Stream) -> Real:
    """Return heights (width,) of a ridge, mean 0 and within about 1: mountains, with trees on them where rough."""
    rows = _bank("clouds")
    line = cut(rows, (max(width // 2, 2), 1), stream)[0].astype(np.float64)
    heights = np.interp(np.arange(width), np.linspace(0, width - 1, len(line)), line - line.mean()) / 60
    trees = cut(bank("mottle"), (max(width // 2, 2), 1), stream)[0].astype(np.float64) - BANK_MEAN
    tops: Real = np.interp(np.arange(width), np.linspace(0, width - 1, len(trees)), trees) / BANK_SD
    ridge: Real = heights + rough * tops
    return ridge


def _below(canvas: Picture, tops: Real, colours: tuple[Colour, Colour], depth: float, stream: Stream) -> None:
    """Paint all that lies below a line, from one colour down to another, its slopes ``depth`` deep, in place."""
    height, width = canvas.shape[:2]
    outline = np.concatenate([np.column_stack([np.arange(width), tops]), [[width, height], [0, height]]])
    first = min(max(int(tops.min()), 0), height - 1)
    # Below the line's deepest place, and what its edge is smoothed over, nothing else is seen.
    deep = min(max(math.ceil(float(tops.max())) + 2, first + 1), height)
    mask = np.zeros((deep - first, width), np.uint8)
    cv2.fillPoly(mask, [np.rint((outline - (0, first)) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    ground = graded((width, height - first), colours)
    slopes = in_channels(_noise("clouds", (width, height - first), 0.6, stream), ground)
    ground = np.asarray(cv2.addWeighted(ground, 1.0, slopes, depth, -depth * BANK_MEAN), dtype=np.uint8)
    canvas[first:deep] = _blended(canvas[first:deep], ground[: deep - first], mask)
    canvas[deep:] = ground[deep - first :]


def _hills(size: Size, stream: Stream) -> Picture:
    """Ridges one before the other, the farther the paler, under a sky."""
    width, height = size
    canvas, (stops, _, shade) = _clouded(size, stream)
    haze = mixed(stops[-1], shade, 0.15)
    dark = stream.pick(((18, 30, 30), (26, 34, 24), (24, 26, 40), (14, 16, 18)))
    count, horizon = stream.integer(3, 6), stream.uniform(0.35, 0.6)
    for at in range(count):
        near = (at + 1) / count
        level = height * (horizon + (1 - horizon) * 0.85 * (at / count) ** 1.2)
        tops = level - height * (0.15 - 0.06 * near) * _ridge(width, 0.02 + 0.05 * near, stream)
        colours = mixed(haze, dark, near**0.8), mixed(haze, dark, 0.6 * near**0.8)
        _below(canvas, tops, colours, 0.06 + 0.1 * near, stream)
    return cv2.blur(canvas, (2, 2)) if stream.chance(0.5) else canvas  # type: ignore[return-value]


def _waves(size: Size, stream: Stream) -> Picture:
    """Return waves (H, W) as they lie on a level sea, seen towards the horizon."""
    width, deep = size
    far, near = 1.2 * width, stream.uniform(0.25, 0.45) * width
    piece = cut(_bank("waves"), (round(far), round(far / 2)), stream)
    left, right = (far - near) / 2, (far + near) / 2
    seen = np.array([(0, 0), (far, 0), (right, far / 2), (left, far / 2)])
    onto = np.array([(0, 0), (width, 0), (width, deep), (0, deep)], dtype=np.float64)
    return Homography.from_quads(seen, onto).warp(piece, size)


def _sea(size: Size, stream: Stream) -> Picture:
    """Water up to the horizon, the sky's colours on its waves, the sun's path at times."""
    width, height = size
    canvas, (stops, light, shade) = _clouded(size, stream)
    horizon = round(height * stream.uniform(0.3, 0.6))
    deep = height - horizon
    far = mixed(mixed(stops[-1], shade, 0.5), stops[0], 0.45)
    water = graded((width, deep), (far, mixed(far, (8, 24, 34), 0.45), mixed(stops[0], (8, 24, 34), 0.7)))
    waves = _waves((width, deep), stream)
    canvas[horizon:] = cv2.addWeighted(water, 1.0, in_channels(waves, water), 0.24, -0.24 * BANK_MEAN)
    if stream.chance(0.5):
        x = (np.arange(width) - width * stream.uniform(0.2, 0.8)) / (0.14 * width)
        sun = np.exp(-(x[None, :] ** 2) / (0.15 + np.linspace(0, 1, deep)[:, None]))
        glints = cv2.convertScaleAbs(cv2.subtract(waves, np.full_like(waves, 128)), alpha=4.0)
        path = cv2.multiply(np.asarray(glints, dtype=np.uint8), np.rint(255 * sun).astype(np.uint8), scale=1 / 255)
        _laid(canvas[horizon:], np.asarray(path, dtype=np.uint8), light)
    if stream.chance(0.5):
        tops = horizon - height * 0.03 * np.maximum(_ridge(width, 0.05, stream) + stream.uniform(-0.6, 0.6), 0)
        line = np.concatenate([np.column_stack([np.arange(width), tops]), [[width, horizon], [0, horizon]]])
        cv2.fillPoly(canvas, [np.rint(line).astype(np.int32)], mixed(stops[-1], shade, 0.7))
    return canvas


def _town(size: Size, stream: Stream) -> Picture:
    """A town at night from above: thousands of lights that crowd towards the horizon."""
    width, height = size
    glow = stream.pick(((74, 52, 44), (40, 44, 66), (66, 44, 60)))
    horizon = height * stream.uniform(0.1, 0.45)
    canvas = graded(size, (mixed(glow, (9, 9, 15), 0.7), (10, 10, 14), (8, 8, 12)))
    canvas[: round(horizon)] = graded((width, round(horizon)), ((6, 8, 18), (9, 10, 20), mixed(glow, (9, 9, 15), 0.7)))
    n = 2600
    drawn = stream.generator.random((n, 4))
    deep = drawn[:, 0] ** 2.2
    y = (horizon + (height - horizon) * deep).astype(np.intp)
    # Streets: lights gather along lines that meet far away.
    streets = stream.generator.random(26) * 6 - 2.5
    along = streets[(drawn[:, 1] * 26).astype(np.intp)] + 0.06 * (drawn[:, 2] - 0.5)
    loose = drawn[:, 2] < 0.45
    along[loose] = drawn[loose, 1] * 6 - 2.5
    x = (width * (0.5 + (along - 0.5) * (0.22 + 0.8 * deep))).astype(np.intp)
    seen = (x >= 0) & (x < width - 1) & (y < height - 1)
    hues = np.array([(255, 190, 110), (255, 214, 160), (240, 244, 255), (255, 96, 60), (150, 210, 255)])
    share = (0.3 + 0.7 * drawn[:, 3] ** 2)[:, None] * (0.55 + 0.45 * deep)[:, None]
    hue = hues[np.minimum((drawn[:, 1] * 997 % 1 * 7).astype(np.intp), 4)] * share
    points = np.zeros_like(canvas)
    points[y[seen], x[seen]] = hue[seen].astype(np.uint8)
    bloom = cv2.convertScaleAbs(softened(points, stream.uniform(0.6, 0.9)), alpha=stream.uniform(2.5, 4.5))
    return np.asarray(cv2.add(canvas, bloom), dtype=np.uint8)


def _stars(size: Size, stream: Stream) -> Picture:
    """The night sky: stars, and the milky way's haze."""
    width, height = size
    hue = stream.pick(((46, 52, 84), (70, 46, 66), (30, 62, 70)))
    haze = _noise("clouds", size, 2.2, stream)
    span = np.maximum(np.linspace(-0.6, 1.0, 256), 0)[:, None] ** 1.5
    table = np.rint(np.array((6, 7, 14)) + 1.6 * np.array(hue) * span).astype(np.uint8).reshape(256, 1, 3)
    canvas = np.asarray(cv2.applyColorMap(haze, table), dtype=np.uint8)
    n = stream.integer(300, 1200)
    drawn = stream.generator.random((n, 3))
    light = (40 + 215 * drawn[:, 2] ** 6)[:, None] * np.array((1.0, 0.97, 0.92))
    points = np.zeros_like(canvas)
    points[(drawn[:, 1] * height).astype(np.intp), (drawn[:, 0] * width).astype(np.intp)] = light.astype(np.uint8)
    return np.asarray(cv2.add(canvas, cv2.convertScaleAbs(cv2.blur(points, (2, 2)), alpha=2.2)), dtype=np.uint8)


def _skyline(size: Size, stream: Stream) -> Picture:
    """A town's outline against the evening sky, hardly in focus, some of its windows lit."""
    width, height = size
    canvas, (stops, _, shade) = _clouded(size, stream, _DUSKS)
    dark = mixed(shade, (8, 8, 14), 0.8)
    low = stream.uniform(0.0, 0.25)
    for row, share in ((0.45, 0.3), (0.52, 0.5), (0.6, 0.75), (0.68, 1.0)):
        colour = mixed(mixed(stops[-1], shade, 0.5), dark, share)
        x = -stream.random() * 0.1 * width
        while x < width:
            wide = width * stream.uniform(0.01, 0.07)
            top = height * (row + low + 0.12 * stream.random() ** 0.5 - 0.1 * stream.chance(0.12))
            fill(canvas, x, top, x + wide, height, colour)
            if share > 0.6:
                _windows(canvas, (x, top, wide), colour, stream)
            x += wide * stream.uniform(0.8, 1.2)
    # Haze lies lowest.
    veil = np.asarray(cv2.resize(np.array([[0], [0], [60], [130]], np.uint8), size), dtype=np.uint8)
    _laid(canvas, veil, mixed(stops[-1], shade, 0.55))
    return softened(canvas, stream.uniform(0.8, 2.4))


def _windows(canvas: Picture, house: tuple[float, float, float], colour: Colour, stream: Stream) -> None:
    """Light some of a house's windows, in place; ``house`` is its left, top and width."""
    x, top, wide = house
    rows, columns = 14, max(int(wide / (0.007 * canvas.shape[1])), 1)
    lamp = mixed(colour, stream.pick(((255, 214, 150), (236, 240, 250))), stream.uniform(0.35, 0.9))
    step, pane = 0.02 * canvas.shape[0], wide / columns
    lefts = [x + pane * (at + 0.3) for at in range(columns)]
    across = [slice(max(round(left), 0), max(round(left + 0.4 * pane) + 1, 0)) for left in lefts]
    tops = [top + step * (at + 0.6) for at in range(rows)]
    down = [slice(max(round(y), 0), max(round(y + 0.35 * step) + 1, 0)) for y in tops]
    for at in np.flatnonzero(stream.generator.random(rows * columns) < 0.22).tolist():
        canvas[down[at // columns], across[at % columns]] = lamp


def _twigs(size: Size, stream: Stream) -> Picture:
    """Bare twigs, black against a sky out of focus."""
    width, height = size
    sky, (_, _, shade) = _clouded((max(width // 4, 2), max(height // 4, 2)), stream)
    canvas = np.asarray(cv2.resize(softened(sky, 1.5), size, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
    dark = mixed(shade, (10, 10, 10), 0.85)
    lines: list[_Twig] = []
    for _ in range(stream.integer(2, 5)):
        side, rise = stream.pick((0.0, 1.0)), stream.uniform(-0.7, 0.5)
        root = side * width, height * stream.uniform(-0.05, 0.75)
        angle = rise if side == 0 else math.pi - rise
        lines += _grown((*root, angle, width * stream.uniform(0.14, 0.28), 0.018 * height), 5, stream)
    for x, y, angle, long, thick in lines:
        end = (round(x + long * math.cos(angle)), round(y + long * math.sin(angle)))
        cv2.line(canvas, (round(x), round(y)), end, dark, max(round(thick), 1), cv2.LINE_AA)
    return canvas


def _grown(twig: _Twig, depth: int, stream: Stream) -> list[_Twig]:
    """Return a twig and what grows from it."""
    x, y, angle, long, thick = twig
    grown = [twig]
    if depth:
        for share, turn in ((1.0, stream.uniform(-0.25, 0.25)), (stream.uniform(0.4, 0.9), stream.uniform(-0.9, 0.9))):
            root = x + share * long * math.cos(angle), y + share * long * math.sin(angle)
            more = (*root, angle + turn, long * stream.uniform(0.6, 0.85), thick * 0.62)
            grown += _grown(more, depth - 1, stream)
    return grown


def _stuff(size: Size, stream: Stream) -> Picture:
    """Wood, stone or cloth close by, in light from one side."""
    dark, light = stream.pick(_STUFFS)
    name = stream.pick(("planks", "cloth", "concrete"))
    if name == "planks":
        tones, mean, sd, spread = surface(name), 150.0, 46.0, 5.0
    else:
        texture = textures_named((name,))[0]
        tones, mean, sd, spread = texture.picture, texture.mean, texture.sd, 9.0
    zoom = stream.uniform(0.7, 1.4)
    piece = cut(tones, (math.ceil(size[0] / zoom), math.ceil(size[1] / zoom)), stream)
    piece = np.asarray(cv2.resize(piece, size, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
    span = np.clip(0.5 + (np.arange(256) - mean) / (spread * sd), 0, 1)[:, None]
    table = np.rint(np.array(dark) + (np.array(light) - np.array(dark)) * span).astype(np.uint8).reshape(256, 1, 3)
    canvas = np.asarray(cv2.applyColorMap(piece, table), dtype=np.uint8)
    x, y = np.linspace(-1, 1, 24)[None, :], np.linspace(-1, 1, 16)[:, None]
    cx, cy, reach = stream.uniform(-1.0, 1.0), stream.uniform(-1.2, 0.4), stream.uniform(0.8, 1.8)
    fall = 60 + 195 * np.exp(-(((x - cx) / reach) ** 2) - ((y - cy) / reach) ** 2)
    lamp = np.asarray(cv2.resize(np.rint(fall).astype(np.uint8), size), dtype=np.uint8)
    return shaded(canvas, lamp)


# By name: the painter, its weight, and how much smaller than the picture it is painted.
VISTAS: dict[str, tuple[Place, float, float]] = {
    "sky": (_sky, 1.2, 2.0), "hills": (_hills, 1.4, 2.0), "sea": (_sea, 1.0, 1.6), "town": (_town, 1.2, 1.6),
    "stars": (_stars, 0.5, 1.25), "skyline": (_skyline, 0.6, 2.0), "twigs": (_twigs, 1.0, 1.25),
    "stuff": (_stuff, 1.2, 1.6),
}  # fmt: skip
