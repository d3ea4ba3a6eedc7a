"""Places out of focus: what lies far behind a film's people, painted small and told by its light alone.

A painter takes the size (width, height) of a small canvas and returns it uint8 RGB, as soft as its lens makes it.
Lights out of focus are discs with a faint rim, which add up where they overlap; all else is blurred until only its
colour and the way the light falls on it are left.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import cv2
import numpy as np
import numpy.typing as npt

from synthgen.geometry import Picture
from synthgen.press.bank import in_channels
from synthgen.press.colours import mixed
from synthgen.press.effects import Colour
from synthgen.press.settings import SETTINGS
from synthgen.randomness import Stream

Size = tuple[int, int]
Place = Callable[[Size, Stream], Picture]
Real = npt.NDArray[np.float64]

_LEAST_BOXED_SIGMA, _LEAST_HALVED_SIGMA, _RIMMED_PX = 1.6, 4.8, 3.0
# Sodium and tungsten, white diodes, tail lights, signs.
_LAMPS: tuple[Colour, ...] = (
    (255, 176, 84), (255, 176, 84), (255, 206, 140), (255, 206, 140), (255, 240, 220), (230, 240, 255), (255, 64, 40),
    (255, 64, 40), (90, 170, 255), (110, 240, 190), (255, 90, 170),
)  # fmt: skip
_NIGHTS: tuple[tuple[Colour, Colour, Colour], ...] = (
    ((8, 10, 22), (54, 40, 38), (14, 13, 18)), ((14, 20, 44), (60, 62, 84), (16, 18, 28)),
    ((10, 14, 18), (30, 46, 50), (8, 12, 14)), ((22, 12, 22), (74, 40, 44), (18, 12, 16)),
)  # fmt: skip
_GREENS: tuple[tuple[Colour, Colour], ...] = (
    ((14, 30, 12), (150, 176, 84)), ((18, 34, 22), (120, 158, 110)), ((30, 30, 10), (206, 180, 84)),
    ((12, 24, 26), (110, 146, 138)), ((34, 22, 10), (210, 140, 70)),
)  # fmt: skip
# Walls by day and by lamplight; what stands before them takes their colour.
_ROOMS: tuple[Colour, ...] = (
    (196, 182, 160), (150, 158, 162), (112, 92, 74), (214, 208, 198), (64, 70, 80), (132, 104, 82), (104, 118, 108),
    (52, 44, 40), (172, 150, 126),
)  # fmt: skip
_GOODS: tuple[Colour, ...] = (
    (84, 56, 38), (46, 50, 58), (140, 58, 46), (206, 196, 178), (42, 66, 90), (116, 92, 60), (226, 220, 212),
    (62, 76, 58), (28, 26, 26),
)  # fmt: skip
_DAYS: tuple[Colour, ...] = ((236, 242, 250), (216, 230, 244), (255, 238, 206), (244, 236, 222))
_STAGES: tuple[tuple[Colour, Colour], ...] = (
    ((10, 24, 66), (70, 150, 240)), ((36, 10, 60), (200, 90, 220)), ((6, 40, 50), (80, 210, 210)),
    ((70, 12, 24), (250, 130, 90)), ((24, 26, 34), (170, 180, 196)), ((12, 20, 48), (120, 200, 255)),
    ((52, 36, 12), (250, 200, 110)),
)  # fmt: skip
_PASTELS: tuple[Colour, ...] = (
    (250, 214, 110), (120, 202, 220), (244, 150, 150), (170, 214, 140), (200, 170, 230), (250, 240, 226),
    (255, 184, 120),
)  # fmt: skip


def graded(size: Size, stops: Sequence[Colour]) -> Picture:
    """Return a canvas that runs through colours from top to bottom."""
    column = np.array(stops, dtype=np.uint8).reshape(len(stops), 1, 3)
    return np.asarray(cv2.resize(column, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def field(size: Size, nodes: tuple[int, int], span: tuple[float, float], stream: Stream) -> Picture:
    """Return a grey field (H, W) that wanders between two levels, with so many nodes across and down."""
    grid = span[0] + (span[1] - span[0]) * stream.generator.random(nodes[::-1])
    return np.asarray(cv2.resize(np.rint(grid).astype(np.uint8), size, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)


def shaded(canvas: Picture, light: Picture) -> Picture:
    """Return a canvas under a grey field of light, 255 for all of it."""
    return np.asarray(cv2.multiply(canvas, in_channels(light, canvas), scale=1 / 255), dtype=np.uint8)


def softened(canvas: Picture, sigma: float) -> Picture:
    """Return a canvas blurred evenly, nearly as by a Gaussian."""
    if sigma < _LEAST_BOXED_SIGMA:
        side = 2 * math.ceil(2.2 * sigma) + 1
        soft = cv2.GaussianBlur(canvas, (side, side), sigma, borderType=cv2.BORDER_REPLICATE)
        return np.asarray(soft, dtype=np.uint8)
    size = (canvas.shape[1], canvas.shape[0])
    # What is this soft is blurred on a coarser raster; each step of it means two by two.
    while sigma >= _LEAST_HALVED_SIGMA and min(canvas.shape[:2]) > 1:
        half = ((canvas.shape[1] + 1) // 2, (canvas.shape[0] + 1) // 2)
        canvas, sigma = np.asarray(cv2.resize(canvas, half, interpolation=cv2.INTER_LINEAR), dtype=np.uint8), sigma / 2
    # Three boxes, whose cost does not grow with their width.
    side = 2 * round((math.sqrt(4 * sigma * sigma + 1) - 1) / 2) + 1
    for _ in range(3):
        canvas = np.asarray(cv2.blur(canvas, (side, side), borderType=cv2.BORDER_REPLICATE), dtype=np.uint8)
    if canvas.shape[1::-1] == size:
        return canvas
    return np.asarray(cv2.resize(canvas, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def fill(canvas: Picture, x0: float, y0: float, x1: float, y1: float, colour: Colour) -> None:
    """Paint a box, in place."""
    cv2.rectangle(canvas, (round(x0), round(y0)), (round(x1), round(y1)), colour, -1)


def _disc(layer: Picture, middle: tuple[int, int], radius: float, colour: Sequence[float], px: int = -1) -> None:
    """Paint a disc or a ring about a point in sixteenths of a px, in place."""
    cv2.circle(layer, middle, max(round(16 * radius), 12), colour, px, cv2.LINE_AA, 4)


def lit(canvas: Picture, spots: Real, colours: Sequence[Colour]) -> Picture:
    """Return a canvas with lights out of focus: ``spots`` (N, 4) are x, y, radius in px and strength from 0 to 1."""
    layers = np.zeros((min(3, len(spots)), *canvas.shape), np.uint8)
    for at, ((x, y, radius, strength), colour) in enumerate(zip(spots.tolist(), colours, strict=True)):
        layer, middle = layers[at % 3], (round(16 * x), round(16 * y))
        _disc(layer, middle, radius, tuple(one * strength for one in colour))
        if radius > _RIMMED_PX:
            rim = min(strength * 1.35, 1.0)
            _disc(layer, middle, radius, tuple(one * rim for one in colour), 1)
    for layer in layers:
        canvas = np.asarray(cv2.add(canvas, cv2.blur(layer, (3, 3))), dtype=np.uint8)
    return canvas


def _glow(canvas: Picture, middle: tuple[float, float], reach: tuple[float, float], colour: Colour) -> Picture:
    """Return a canvas with light around a point, fading over ``reach`` px across and down."""
    x = np.exp(-(((np.arange(canvas.shape[1]) - middle[0]) / reach[0]) ** 2))
    y = np.exp(-(((np.arange(canvas.shape[0]) - middle[1]) / reach[1]) ** 2))
    across = np.outer(x, colour).ravel().astype(np.float32)
    light = (y.astype(np.float32)[:, None] * across).astype(np.uint8).reshape(canvas.shape)
    return np.asarray(cv2.add(canvas, light), dtype=np.uint8)


def _night(size: Size, stream: Stream) -> Picture:
    """A street at night: dark house fronts, lamps and tail lights as discs, at times mirrored on a wet road."""
    width, height = size
    canvas, horizon = graded(size, stream.pick(_NIGHTS)), height * stream.uniform(0.42, 0.68)
    for _ in range(stream.integer(3, 9)):
        x, wide = stream.uniform(-0.1, 1.0) * width, stream.uniform(0.06, 0.3) * width
        front = mixed((14, 14, 20), (70, 60, 60), stream.random())
        fill(canvas, x, height * stream.uniform(-0.2, 0.4), x + wide, horizon, front)
    for _ in range(stream.integer(0, 6)):
        x, y = stream.uniform(0.0, 1.0) * width, horizon - height * stream.uniform(0.05, 0.4)
        sign = mixed(stream.pick(_LAMPS), (20, 20, 24), stream.uniform(0.2, 0.6))
        fill(canvas, x, y, x + width * stream.uniform(0.02, 0.1), y + height * stream.uniform(0.03, 0.16), sign)
    canvas = softened(canvas, height * stream.uniform(0.03, 0.06))
    n = stream.integer(14, 60)
    drawn = stream.generator.random((n, 5))
    near = drawn[:, 1] ** 1.5
    spots = np.empty((n, 4))
    spots[:, 0] = drawn[:, 0] * width
    spots[:, 1] = horizon + (drawn[:, 2] - 0.58) * height * (0.12 + 0.8 * near)
    spots[:, 2] = height * stream.uniform(0.03, 0.075) * (0.5 + 0.5 * near)
    spots[:, 3] = 0.22 + 0.6 * drawn[:, 3] * (1 - 0.4 * near)
    canvas = lit(canvas, spots, [_LAMPS[int(at * len(_LAMPS))] for at in drawn[:, 4].tolist()])
    if stream.chance(0.4):
        road = round(min(horizon + 0.08 * height, height - 4))
        above = cv2.flip(canvas[max(2 * road - height, 0) : road], 0)
        mirrored = cv2.blur(above, (3, 2 * round(0.12 * height) + 1))[: height - road]
        part = canvas[road : road + len(mirrored)]
        canvas[road : road + len(mirrored)] = cv2.addWeighted(part, 0.75, mirrored, 0.5, 0)
    return canvas


def _foliage(size: Size, stream: Stream) -> Picture:
    """Leaves far behind, dark against light, with the sky shining through as discs."""
    width, height = size
    dark, light = stream.pick(_GREENS)
    canvas = graded(size, (mixed(dark, light, stream.uniform(0.4, 0.9)), mixed(dark, light, 0.35), dark))
    drawn = stream.generator.random((70, 5))
    for x, y, r, share, _ in drawn.tolist():
        leaf = mixed(dark, light, share * (1.1 - 0.8 * y))
        cv2.circle(canvas, (int(x * width), int(y * height)), int(height * (0.03 + 0.1 * r)), leaf, -1)
    if stream.chance(0.4):
        for _ in range(stream.integer(2, 7)):
            x, wide = stream.random() * width, width * stream.uniform(0.01, 0.05)
            fill(canvas, x, 0, x + wide, height, mixed(dark, (30, 24, 20), 0.6))
    canvas = softened(canvas, height * stream.uniform(0.03, 0.07))
    n = stream.integer(6, 34)
    spots = np.empty((n, 4))
    spots[:, 0] = drawn[:n, 0] * width
    spots[:, 1] = drawn[:n, 3] ** 1.6 * height
    spots[:, 2] = height * stream.uniform(0.028, 0.06) * (0.6 + 0.6 * drawn[:n, 2])
    spots[:, 3] = 0.12 + 0.4 * drawn[:n, 4]
    white = mixed(light, (255, 250, 224), 0.55)
    return shaded(lit(canvas, spots, [white] * n), field(size, (4, 3), (130, 255), stream))


def _room(size: Size, stream: Stream) -> Picture:
    """A room: soft patches where furniture, doors and pictures are, lit by a window or a lamp from one side."""
    width, height = size
    wall = stream.pick(_ROOMS)
    floor = height * stream.uniform(0.68, 1.1)
    canvas = graded(size, (mixed(wall, (255, 250, 240), 0.08), wall, mixed(wall, (10, 8, 8), 0.3)))
    fill(canvas, 0, floor, width, height, mixed(stream.pick(_GOODS), wall, 0.35))
    for _ in range(stream.integer(7, 18)):
        x, y = stream.uniform(-0.15, 1.0) * width, stream.uniform(0.05, 0.8) * height
        wide, high = stream.uniform(0.04, 0.26) * width, stream.uniform(0.08, 0.5) * height
        fill(canvas, x, y, x + wide, y + high, mixed(wall, stream.pick(_GOODS), stream.uniform(0.25, 0.9)))
    side = stream.pick((0.0, 1.0))
    by_day = stream.chance(0.6)
    spot: tuple[float, float] = (0.0, 0.0)
    if by_day:
        left, wide = (stream.uniform(0.0, 0.25) + 0.6 * side) * width, stream.uniform(0.12, 0.3) * width
        day = stream.pick(_DAYS)
        fill(canvas, left, -2, left + wide, height * stream.uniform(0.4, 0.8), mixed(day, (120, 140, 110), 0.2))
        fill(canvas, left, -2, left + wide, height * stream.uniform(0.2, 0.4), day)
        bars = stream.integer(0, 4)
        for at in range(bars):
            x = left + wide * (at + 0.5) / bars
            fill(canvas, x, 0, x + 0.012 * width, height * 0.8, mixed(wall, (40, 36, 32), 0.6))
        spot = (left + wide / 2, 0.3 * height)
    canvas = softened(canvas, height * stream.uniform(0.025, 0.06))
    light = field(size, (4, 3), (90, 255) if by_day else (40, 190), stream)
    canvas = shaded(canvas, light)
    if by_day:
        return _glow(canvas, spot, (0.4 * width, 0.6 * height), mixed(stream.pick(_DAYS), (0, 0, 0), 0.75))
    for _ in range(stream.integer(1, 4)):
        spot = stream.uniform(0.05, 0.95) * width, stream.uniform(0.1, 0.6) * height
        warm = mixed((255, 190, 110), (0, 0, 0), 0.55)
        canvas = _glow(canvas, spot, (0.16 * width, 0.3 * height), warm)
        disc = np.array([[*spot, 0.05 * height, 0.4]])
        canvas = lit(canvas, disc, [(255, 226, 170)])
    return canvas


def _plain(size: Size, stream: Stream) -> Picture:
    """A wall in the light of one lamp, or a cloth behind a speaker: nothing but how the light falls off."""
    colour = stream.pick(_ROOMS + _GOODS)
    canvas = graded(size, (mixed(colour, (255, 250, 240), 0.12), mixed(colour, (0, 0, 0), 0.35)))
    canvas = shaded(canvas, field(size, (3, 2), (70, 255), stream))
    spot = stream.random() * size[0], stream.uniform(-0.1, 0.6) * size[1]
    return _glow(canvas, spot, (0.5 * size[0], 0.7 * size[1]), mixed(colour, (0, 0, 0), 0.55))


def _near(size: Size, stream: Stream) -> Picture:
    """Things so near or so far that the lens dissolves them."""
    colour, other = stream.pick(_GOODS), stream.pick(_ROOMS)
    share = stream.generator.random((stream.integer(3, 6), stream.integer(4, 9), 1))
    grid = np.array(colour) + (np.array(other, dtype=np.float64) - np.array(colour)) * share
    grid *= 0.5 + 0.6 * stream.generator.random(share.shape)
    soft = np.clip(grid, 0, 255).astype(np.uint8)
    canvas = np.asarray(cv2.resize(soft, size, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
    n = stream.integer(0, 12)
    spots = stream.generator.random((n, 4)) * (size[0], size[1], 0.09 * size[1], 0.35)
    return lit(canvas, spots + np.array((0.0, 0.0, 2.0, 0.05)), [mixed(other, (255, 246, 226), 0.6)] * n)


def _beams(canvas: Picture, colour: Colour, count: int, stream: Stream) -> Picture:
    """Return a canvas with beams of light from above, through haze."""
    height, width = canvas.shape[:2]
    for _ in range(count):
        layer = np.zeros_like(canvas)
        x, lean = stream.uniform(-0.1, 1.1) * width, stream.uniform(-0.5, 0.5) * width
        wide = stream.uniform(0.02, 0.12) * width
        beam = mixed(colour, (255, 255, 255), stream.uniform(0.0, 0.6))
        strength = stream.uniform(0.1, 0.4)
        corners = np.rint(
            [(x - 1, -2), (x + 1, -2), (x + lean + wide, 1.05 * height), (x + lean - wide, 1.05 * height)]
        ).astype(np.int32)
        cv2.fillConvexPoly(layer, corners, tuple(one * strength for one in beam), cv2.LINE_AA)
        canvas = np.asarray(cv2.add(canvas, layer), dtype=np.uint8)
    return softened(canvas, 0.012 * height)


def _stage(size: Size, stream: Stream) -> Picture:
    """A concert's stage: haze lit from above, lamps in rows, heads of the crowd before it."""
    width, height = size
    dark, light = stream.pick(_STAGES)
    canvas = graded(size, (mixed(dark, (0, 0, 0), 0.5), mixed(dark, light, 0.3), mixed(dark, (0, 0, 0), 0.7)))
    canvas = shaded(canvas, field(size, (6, 3), (120, 255), stream))
    canvas = _beams(canvas, light, stream.integer(3, 8), stream)
    n = stream.integer(4, 16)
    spots = np.empty((n, 4))
    spots[:, 0] = (np.arange(n) + stream.random()) * width / n
    spots[:, 1] = height * stream.uniform(0.05, 0.35)
    spots[:, 2], spots[:, 3] = height * stream.uniform(0.01, 0.04), 0.9
    canvas = lit(canvas, spots, [mixed(light, (255, 255, 255), 0.7)] * n)
    if stream.chance(0.6):
        heads = stream.generator.random((stream.integer(14, 40), 3))
        for x, y, r in heads[np.argsort(heads[:, 1])].tolist():
            radius, foot = height * (0.035 + 0.04 * r * y), height * (0.82 + 0.2 * y)
            shade = mixed(dark, (2, 2, 4), 0.75 + 0.2 * y)
            cv2.circle(canvas, (int(x * width), int(foot)), int(radius), shade, -1, cv2.LINE_AA)
            below, axes = (int(x * width), int(foot + 2.3 * radius)), (int(1.9 * radius), int(1.6 * radius))
            cv2.ellipse(canvas, below, axes, 0, 0, 360, shade, -1, cv2.LINE_AA)
        canvas = softened(canvas, 0.008 * height)
    return canvas


def _studio(size: Size, stream: Stream) -> Picture:
    """A studio's back wall: panels and bands of light out of focus, mirrored in the floor."""
    width, height = size
    dark, light = stream.pick(_STAGES)
    canvas = graded(size, (mixed(dark, light, 0.25), mixed(dark, light, 0.5), mixed(dark, (0, 0, 0), 0.3)))
    for _ in range(stream.integer(3, 9)):
        left, wide = stream.uniform(-0.1, 1.0) * width, stream.uniform(0.02, 0.3) * width
        top, tall = stream.uniform(-0.1, 0.5) * height, stream.uniform(0.1, 0.7) * height
        panel = mixed(dark, mixed(light, (255, 255, 255), 0.3), stream.uniform(0.1, 0.9))
        fill(canvas, left, top, left + wide, top + tall, panel)
    for _ in range(stream.integer(0, 4)):
        y = stream.uniform(0.0, 0.9) * height
        fill(canvas, 0, y, width, y + height * stream.uniform(0.01, 0.03), mixed(light, (255, 255, 255), 0.5))
    floor = min(round(height * stream.uniform(0.72, 1.0)), height - 1)
    mirrored = cv2.flip(canvas[max(2 * floor - height, 0) : floor], 0)[: height - floor]
    canvas[floor : floor + len(mirrored)] = mirrored // 2
    canvas = softened(canvas, height * stream.uniform(0.02, 0.05))
    return shaded(canvas, field(size, (5, 3), (150, 255), stream))


def _set(size: Size, stream: Stream) -> Picture:
    """The set of a show by day: painted panels in light colours, evenly lit."""
    width, height = size
    base = stream.pick(_PASTELS)
    canvas = graded(size, (mixed(base, (255, 255, 255), 0.5), base))
    for _ in range(stream.integer(5, 14)):
        x, y, r = stream.random() * width, stream.random() * height, height * stream.uniform(0.05, 0.3)
        patch = mixed(stream.pick(_PASTELS), base, stream.uniform(0.0, 0.5))
        if stream.chance(0.5):
            cv2.circle(canvas, (int(x), int(y)), int(r), patch, -1)
        else:
            fill(canvas, x, y, x + r * stream.uniform(0.3, 2.0), y + r * stream.uniform(0.5, 3.0), patch)
    fill(canvas, 0, height * stream.uniform(0.75, 1.05), width, height, mixed(base, (120, 90, 70), 0.5))
    canvas = softened(canvas, height * stream.uniform(0.03, 0.06))
    return shaded(canvas, field(size, (4, 3), (180, 255), stream))


def _behind(place: Callable[[Picture, Stream], None]) -> Place:
    """Return a place in focus as it is seen behind what the lens looks at."""

    def painted(size: Size, stream: Stream) -> Picture:
        canvas = np.zeros((size[1], size[0], 3), np.uint8)
        place(canvas, stream)
        return softened(canvas, size[1] * stream.uniform(0.03, 0.06))

    return painted


# By name: the painter and its weight.
PLACES: dict[str, tuple[Place, float]] = {
    "night": (_night, 3.0), "foliage": (_foliage, 2.0), "room": (_room, 4.0), "plain": (_plain, 1.0),
    "near": (_near, 1.2), "stage": (_stage, 1.0), "studio": (_studio, 1.8), "set": (_set, 0.9),
    **{name: (_behind(place), 0.15) for name, place in SETTINGS},
}  # fmt: skip
