"""What lies behind subtitles: frames of film and television, made up from shapes out of focus or in it.

A place out of focus is painted small and blurred, people are painted into it less blurred, and the whole is graded and
enlarged: it holds no detail that a full-sized picture could show. One that is in focus is painted full-sized
(:mod:`synthgen.press.settings`).
"""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from synthgen import recipe
from synthgen.geometry import Picture
from synthgen.press.bank import BANK_MEAN, BANK_SD, bank, cut, in_channels, stretched
from synthgen.press.colours import mixed
from synthgen.press.effects import Colour
from synthgen.press.grounds import Grounds
from synthgen.press.painters import Parameters, dyed, register_paper
from synthgen.press.settings import SETTINGS
from synthgen.randomness import Stream

Real = npt.NDArray[np.float64]

# The place is painted this much smaller than the picture, people half as small.
_COARSE, _NEARER = 8, 2
_LEAST_SIDE_PX = 12
_MOST_GAIN = 1.3
# How many photographs are in focus; how high the bars are of 1.85:1 and a little wider on a picture of 16:9.
_FOCUSED = 1 / 3
_BAR_FRACS, _BAR_LEVEL = (0.018, 0.034), 4
_DAYLIGHT = 120.0
_SKIES: tuple[tuple[Colour, Colour], ...] = (
    ((84, 136, 204), (206, 222, 236)), ((120, 160, 206), (232, 234, 228)), ((58, 64, 112), (238, 158, 96)),
    ((168, 176, 184), (216, 218, 218)), ((12, 16, 34), (46, 50, 78)), ((92, 74, 110), (236, 176, 150)),
)  # fmt: skip
_LEAVES: tuple[Colour, ...] = ((44, 70, 38), (72, 98, 46), (96, 116, 62), (58, 76, 60), (120, 110, 58))
_SOILS: tuple[Colour, ...] = ((150, 134, 106), (118, 110, 98), (88, 104, 60), (70, 92, 108), (186, 176, 156))
_ROOMS: tuple[Colour, ...] = (
    (196, 182, 160), (164, 170, 172), (128, 104, 84), (210, 204, 192), (84, 90, 100), (146, 120, 100), (120, 132, 120),
)  # fmt: skip
_GOODS: tuple[Colour, ...] = (
    (92, 60, 40), (60, 66, 76), (160, 60, 48), (200, 190, 170), (40, 70, 96), (120, 96, 60), (220, 214, 206),
    (70, 84, 60),
)  # fmt: skip
_LIGHTS: tuple[Colour, ...] = (
    (255, 214, 150), (255, 240, 214), (255, 120, 84), (150, 200, 255), (255, 90, 90), (140, 255, 190),
)  # fmt: skip
_SKINS: tuple[Colour, ...] = ((226, 184, 156), (212, 166, 136), (198, 150, 120), (236, 200, 176), (170, 122, 94))
_HAIRS: tuple[Colour, ...] = ((26, 22, 22), (40, 30, 26), (62, 44, 34), (24, 24, 30), (120, 116, 114))
_CLOTHES: tuple[Colour, ...] = (
    (36, 40, 52), (224, 222, 218), (96, 34, 38), (52, 74, 104), (74, 80, 72), (150, 128, 104), (24, 24, 26),
    (176, 96, 60),
)  # fmt: skip
_STAGES: tuple[tuple[Colour, Colour], ...] = (
    ((18, 42, 104), (84, 150, 226)), ((60, 22, 92), (190, 110, 210)), ((16, 60, 70), (110, 200, 200)),
    ((120, 30, 40), (240, 170, 120)), ((34, 36, 44), (150, 156, 168)),
)  # fmt: skip


def _run(canvas: Picture, top: Colour, bottom: Colour, first: int, last: int) -> None:
    """Paint rows ``first`` to ``last`` from one colour down to another, in place."""
    rows = np.linspace(0, 1, max(last - first, 1))[:, None]
    ends = np.array(top, dtype=np.float64), np.array(bottom, dtype=np.float64)
    canvas[first:last] = np.rint(ends[0] + (ends[1] - ends[0]) * rows).astype(np.uint8)[: last - first, None]


def _spot(canvas: Picture, middle: tuple[float, float], radius: float, colour: Colour) -> None:
    centre = round(middle[0]), round(middle[1])
    cv2.circle(canvas, centre, max(round(radius), 1), colour, -1, cv2.LINE_AA)


def _box(canvas: Picture, x0: float, y0: float, x1: float, y1: float, colour: Colour) -> None:
    cv2.rectangle(canvas, (round(x0), round(y0)), (max(round(x1), round(x0)), max(round(y1), round(y0))), colour, -1)


def _speckled(canvas: Picture, first: int, last: int, depth: float, stream: Stream) -> None:
    """Add the light and shade of leaves, sand or walls to some rows, in place."""
    if last <= first:
        return
    part = canvas[first:last]
    field = in_channels(cut(bank("mottle"), (part.shape[1], part.shape[0]), stream), part)
    share = depth / BANK_SD
    canvas[first:last] = np.asarray(cv2.addWeighted(part, 1.0, field, share, -BANK_MEAN * share)).reshape(part.shape)


def _outdoors(canvas: Picture, stream: Stream) -> None:
    """Sky over hills and trees, one behind the other, over a field, sand or water."""
    height, width = canvas.shape[:2]
    sky, horizon = stream.pick(_SKIES), round(height * stream.uniform(0.35, 0.7))
    _run(canvas, *sky, 0, horizon)
    _speckled(canvas, 0, horizon, stream.uniform(0.0, 9.0), stream)
    for depth in sorted(stream.random() for _ in range(stream.integer(1, 4))):
        # What is far takes the sky's colour.
        leaf = mixed(mixed(sky[1], sky[0], 0.4), stream.pick(_LEAVES), 0.25 + 0.75 * depth)
        nodes, tall = [stream.uniform(0.0, 1.0) for _ in range(7)], height * (0.06 + 0.26 * stream.random())
        tops = horizon - tall * np.interp(np.arange(width), np.linspace(0, width, 7), nodes)
        line = np.column_stack([np.arange(width), tops + depth * 0.1 * height])
        outline = np.concatenate([line, [[width, height], [0, height]]])
        cv2.fillPoly(canvas, [np.rint(outline).astype(np.int32)], leaf)
    soil = mixed(stream.pick(_SOILS), sky[1], 0.25)
    _run(canvas, soil, mixed(soil, (20, 20, 20), 0.35), horizon, height)
    _speckled(canvas, round(horizon * 0.8), height, stream.uniform(4.0, 14.0), stream)


def _street(canvas: Picture, stream: Stream) -> None:
    """House fronts on both sides of a road, lit windows and signs, and lamps as discs of light."""
    height, width = canvas.shape[:2]
    night = stream.chance(0.5)
    sky = ((10, 12, 26), (44, 46, 70)) if night else stream.pick(_SKIES[:4])
    _run(canvas, *sky, 0, height)
    road = round(height * stream.uniform(0.6, 0.8))
    x = -0.1 * width
    while x < width:
        wide = width * stream.uniform(0.08, 0.24)
        front = mixed(stream.pick(_ROOMS), sky[0] if night else sky[1], 0.75 if night else 0.25)
        top = road - height * stream.uniform(0.2, 0.75)
        _box(canvas, x, top, x + wide, road, front)
        rows, columns = stream.integer(2, 6), stream.integer(2, 5)
        for at in range(rows * columns):
            left, upper = x + wide * (at % columns + 0.25) / columns, top + (road - top) * (at // columns + 0.3) / rows
            pane = mixed(front, (20, 24, 32), 0.45)
            pane = stream.pick(_LIGHTS[:2]) if stream.chance(0.35 if night else 0.08) else pane
            _box(canvas, left, upper, left + 0.5 * wide / columns, upper + 0.4 * (road - top) / rows, pane)
        if stream.chance(0.6):
            _box(canvas, x, road - 0.14 * height, x + wide, road - 0.07 * height, stream.pick(_LIGHTS + _GOODS))
        x += wide * stream.uniform(0.9, 1.2)
    ground = (40, 40, 44) if night else (128, 126, 122)
    _run(canvas, mixed(ground, sky[1], 0.3), ground, road, height)
    for _ in range(stream.integer(3, 14) if night else stream.integer(0, 4)):
        place = stream.uniform(0.0, width), road + height * stream.uniform(-0.3, 0.12)
        lamp, radius = stream.pick(_LIGHTS), height * stream.uniform(0.01, 0.05)
        _spot(canvas, place, radius, mixed(lamp, ground, 0.2))


def _indoors(canvas: Picture, stream: Stream) -> None:
    """A room: wall and floor, a window or a lamp, shelves, pictures and furniture."""
    height, width = canvas.shape[:2]
    wall, floor = stream.pick(_ROOMS), round(height * stream.uniform(0.62, 0.9))
    _run(canvas, mixed(wall, (255, 250, 236), stream.uniform(0.0, 0.25)), mixed(wall, (10, 10, 12), 0.25), 0, floor)
    _run(canvas, mixed(stream.pick(_GOODS), wall, 0.4), mixed(wall, (16, 12, 10), 0.7), floor, height)
    if stream.chance(0.5):
        left, wide = stream.uniform(0.0, 0.75) * width, stream.uniform(0.14, 0.34) * width
        top, bottom = 0.08 * height, height * stream.uniform(0.45, 0.7)
        _box(canvas, left, top, left + wide, bottom, stream.pick(((236, 240, 244), (206, 222, 236), (250, 236, 206))))
        _box(canvas, left + 0.48 * wide, top, left + 0.52 * wide, bottom, mixed(wall, (40, 36, 32), 0.5))
        for side in (left - 0.14 * wide, left + 0.98 * wide):
            _box(canvas, side, top - 1, side + 0.16 * wide, floor, mixed(wall, (240, 232, 220), 0.5))
    for _ in range(stream.integer(0, 3)):
        left, top = stream.uniform(0.0, 0.9) * width, stream.uniform(0.1, 0.5) * height
        wide, high, colour = 0.16 * width, 0.3 * height, stream.pick(_GOODS)
        _box(canvas, left, top, left + wide, top + high, mixed(colour, (0, 0, 0), 0.3))
        for at in range(14):
            tall, x = stream.uniform(0.55, 0.9) * high / 2, left + wide * (at % 7 + 0.1) / 7
            foot = top + high * (0.47 if at < 7 else 0.97)
            _box(canvas, x, foot - tall, x + wide / 8, foot, mixed(stream.pick(_GOODS), wall, 0.3))
    for _ in range(stream.integer(1, 4)):
        left, wide = stream.uniform(-0.1, 0.9) * width, stream.uniform(0.15, 0.45) * width
        high = stream.uniform(0.1, 0.3)
        colour = mixed(stream.pick(_GOODS), wall, 0.25)
        _run_box(canvas, (left, floor - high * height, left + wide, floor + 0.08 * height), colour)
    if stream.chance(0.4):
        place = stream.uniform(0.1, 0.9) * width, stream.uniform(0.15, 0.45) * height
        _spot(canvas, place, 0.09 * height, (255, 226, 170))


def _run_box(canvas: Picture, box: tuple[float, float, float, float], colour: Colour) -> None:
    """Paint a thing that light falls on from above."""
    x0, y0, x1, y1 = box
    _box(canvas, x0, y0, x1, y1, mixed(colour, (0, 0, 0), 0.25))
    _box(canvas, x0, y0, x1, y0 + 0.35 * (y1 - y0), colour)


def _leaves(canvas: Picture, stream: Stream) -> None:
    """Foliage close behind, with the sky shining through as discs."""
    height, width = canvas.shape[:2]
    dark, light = stream.pick(_LEAVES), mixed(stream.pick(_LEAVES), (226, 232, 170), 0.4)
    _run(canvas, light, mixed(dark, (8, 14, 8), 0.4), 0, height)
    for _ in range(stream.integer(30, 70)):
        place = stream.uniform(0.0, width), stream.uniform(0.0, height)
        leaf = mixed(mixed(dark, light, stream.random()), (10, 16, 8), 0.5 * place[1] / height)
        _spot(canvas, place, height * stream.uniform(0.02, 0.1), leaf)
    for _ in range(stream.integer(3, 22)):
        place = stream.uniform(0.0, width), height * stream.random() ** 1.6
        _spot(canvas, place, height * stream.uniform(0.012, 0.04), mixed(light, (255, 252, 224), 0.75))


def _studio(canvas: Picture, stream: Stream) -> None:
    """A studio: panels of light on the back wall, a desk across the foot."""
    height, width = canvas.shape[:2]
    dark, light = stream.pick(_STAGES)
    _run(canvas, mixed(dark, light, 0.35), dark, 0, height)
    for _ in range(stream.integer(2, 7)):
        left, wide = stream.uniform(-0.1, 1.0) * width, stream.uniform(0.05, 0.3) * width
        top, tall = stream.uniform(-0.1, 0.4) * height, stream.uniform(0.2, 0.6) * height
        _box(canvas, left, top, left + wide, top + tall, mixed(dark, light, stream.uniform(0.2, 1.0)))
    for _ in range(stream.integer(0, 4)):
        lean = stream.uniform(-0.4, 0.4) * width
        x = stream.uniform(0.0, width)
        cv2.line(canvas, (round(x), 0), (round(x + lean), height), mixed(light, (255, 255, 255), 0.4), 1, cv2.LINE_AA)
    desk = height * stream.uniform(0.72, 0.95)
    _box(canvas, 0, desk, width, height, mixed(dark, (236, 236, 240), stream.uniform(0.05, 0.5)))
    _box(canvas, 0, desk, width, desk + 1, mixed(light, (255, 255, 255), 0.5))


_PLACES: tuple[tuple[str, Callable[[Picture, Stream], None]], ...] = (
    ("outdoors", _outdoors), ("street", _street), ("indoors", _indoors), ("indoors", _indoors), ("leaves", _leaves),
    ("studio", _studio),
)  # fmt: skip


def _person(canvas: Picture, x: float, head: float, top: float, dark: float, stream: Stream) -> None:
    """Paint someone's head and shoulders about ``x``, the head ``head`` px wide with its crown at ``top``, in place.

    ``dark`` is the share of light that they lack in a place as dim as theirs.
    """
    lit = stream.pick(_SKINS), stream.pick(_HAIRS), stream.pick(_CLOTHES)
    skin, hair, clothes = (mixed(one, (0, 0, 0), dark) for one in lit)
    turn, side = stream.uniform(-0.12, 0.12) * head, stream.pick((-1.0, 1.0))
    long = stream.chance(0.45)
    tall, middle = 1.32 * head, (x, top + 0.66 * head)
    shade = mixed(skin, (60, 30, 24), 0.3)

    def oval(cx: float, cy: float, rx: float, ry: float, colour: Colour, first: int = 0, last: int = 360) -> None:
        axes = (max(round(rx), 1), max(round(ry), 1))
        cv2.ellipse(canvas, (round(cx), round(cy)), axes, 0.0, first, last, colour, -1, cv2.LINE_AA)

    if long:
        oval(x, middle[1] + 0.3 * head, 0.64 * head, 0.98 * head, hair)
    shoulders = top + tall + 0.22 * head
    for wide, lean, colour in ((1.16, 0.0, mixed(clothes, (0, 0, 0), 0.25)), (0.92, 0.2 * side, clothes)):
        oval(x + lean * head, shoulders + 0.8 * head, wide * head, 0.85 * head, colour)
        _box(canvas, x + (lean - wide) * head, shoulders + 0.8 * head, x + (lean + wide) * head, len(canvas), colour)
    _box(canvas, x - 0.2 * head, middle[1] + 0.4 * head, x + 0.2 * head, shoulders + 0.06 * head, shade)
    oval(x, shoulders + 0.02 * head, 0.24 * head, 0.2 * head, skin)
    oval(x, middle[1] - 0.06 * head, 0.53 * head, 0.68 * head, hair)
    face = (x + turn, middle[1] + 0.06 * head)
    oval(*face, 0.44 * head, 0.6 * head, shade)
    oval(face[0] + 0.07 * side * head, face[1] - 0.02 * head, 0.36 * head, 0.55 * head, skin)
    for eye in (-0.17, 0.17):
        place = face[0] + turn + eye * head, face[1] - 0.06 * head
        oval(*place, 0.075 * head, 0.04 * head, mixed(shade, hair, 0.5))
        oval(place[0], place[1] - 0.11 * head, 0.1 * head, 0.03 * head, mixed(shade, hair, 0.35))
    oval(face[0] + turn, face[1] + 0.14 * head, 0.05 * head, 0.06 * head, shade)
    oval(face[0] + turn, face[1] + 0.3 * head, 0.12 * head, 0.045 * head, mixed(skin, (150, 50, 50), 0.55))
    oval(x, middle[1] - 0.28 * head, 0.5 * head, 0.42 * head, hair, 180)


def _people(canvas: Picture, stream: Stream) -> int:
    """Paint nobody, someone, or two who talk, in place; return how many."""
    height, width = canvas.shape[:2]
    count = stream.pick((0, 0, 1, 1, 1, 2))
    places = {0: (), 1: (stream.pick((0.3, 0.5, 0.5, 0.68)),), 2: (0.28, 0.72)}[count]
    head = height * stream.uniform(0.17, 0.42)
    dark = min(max(0.75 * (1 - float(canvas[::4, ::4].mean()) / _DAYLIGHT), 0.0), 0.6)
    for place in places:
        own = head * stream.uniform(0.9, 1.1)
        top = max(height * stream.uniform(0.08, 0.3), 0.0)
        _person(canvas, width * (place + stream.uniform(-0.06, 0.06)), own, top, dark, stream)
    return count


def _soft(canvas: Picture, sigma: float) -> Picture:
    side = 2 * math.ceil(2.5 * sigma) + 1
    return np.asarray(cv2.GaussianBlur(canvas, (side, side), sigma, borderType=cv2.BORDER_REPLICATE), dtype=np.uint8)


def _graded(canvas: Picture, level: float, stream: Stream) -> Picture:
    """Return a frame as light as asked for, in a grade's tone, darker towards its corners."""
    mean = cv2.mean(canvas)
    own = max(0.299 * mean[0] + 0.587 * mean[1] + 0.114 * mean[2], 1.0)
    contrast, warmth, green = stream.uniform(0.75, 1.15), stream.uniform(-0.14, 0.14), stream.uniform(-0.04, 0.04)
    # What was dark is not made glaring.
    gain = min(level / own, _MOST_GAIN)
    gains = [gain * contrast * one for one in (1 + warmth, 1 + green, 1 - warmth)]
    graded = dyed(canvas, gains, [gain * own * (1 - contrast)] * 3)
    far = np.linspace(-1, 1, 24)[:, None] ** 2 + np.linspace(-1, 1, 24)[None, :] ** 2
    dark = stretched(255 - stream.uniform(0.0, 70.0) * (far / 2) ** 1.5, (canvas.shape[1], canvas.shape[0]))
    seen = cv2.multiply(graded, in_channels(dark, graded), scale=1 / 255)
    return np.asarray(seen, dtype=np.uint8).reshape(canvas.shape)


def _in_focus(size: tuple[int, int], level: float, stream: Stream) -> tuple[Picture, Parameters]:
    """Return a place that is in focus, people in one frame of four."""
    name, place = stream.pick(SETTINGS)
    canvas = np.zeros((max(size[1], _LEAST_SIDE_PX), max(size[0], _LEAST_SIDE_PX), 3), np.uint8)
    place(canvas, stream)
    count = _people(canvas, stream) if stream.chance(0.25) else 0
    canvas = _graded(canvas, level, stream)[: size[1], : size[0]]
    return canvas, {"place": name, "people": count, "blur_px": 0.0}


def _out_of_focus(size: tuple[int, int], level: float, stream: Stream) -> tuple[Picture, Parameters]:
    """Return a place out of focus, with or without people before it."""
    name, place = stream.pick(_PLACES)
    small = tuple(max(round(one / _COARSE), _LEAST_SIDE_PX) for one in size)
    canvas = np.zeros((small[1], small[0], 3), np.uint8)
    place(canvas, stream)
    far, near = stream.uniform(0.5, 2.6), stream.uniform(0.9, 2.2)
    nearer = (small[0] * _NEARER, small[1] * _NEARER)
    canvas = np.asarray(cv2.resize(_soft(canvas, far), nearer, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
    count = _people(canvas, stream)
    canvas = _graded(_soft(canvas, near), level, stream)
    return canvas, {"place": name, "people": count, "blur_px": far * _COARSE}


@register_paper("photo")
def photo(
    size: tuple[int, int],
    paper: recipe.Paper,
    stream: Stream,
    grounds: Grounds,  # noqa: ARG001 - every painter is called alike
) -> tuple[Picture, Parameters]:
    """Return a photograph of a place with or without people; two of three are out of focus."""
    level = stream.between(paper.level_range)
    canvas, told = (_in_focus if stream.chance(_FOCUSED) else _out_of_focus)(size, level, stream)
    if paper.colour != "rgb":
        canvas = np.asarray(cv2.cvtColor(canvas, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    frame = np.asarray(cv2.resize(canvas, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
    frame = frame.reshape(*size[::-1], *canvas.shape[2:])
    sd = 0.4 * stream.between(paper.noise_sd_range)
    if sd >= 0.5:
        grain, share = in_channels(cut(bank("grain"), size, stream), frame), sd / BANK_SD
        frame = np.asarray(cv2.addWeighted(frame, 1.0, grain, share, -BANK_MEAN * share), dtype=np.uint8)
        frame = frame.reshape(*size[::-1], *canvas.shape[2:])
    return frame, {"level": level, **told, "natural": True}


@register_paper("film")
def film(size: tuple[int, int], paper: recipe.Paper, stream: Stream, grounds: Grounds) -> tuple[Picture, Parameters]:
    """Return a photograph as a film's frame, between the narrow bars of a wide format: subtitles stand above them."""
    frame, parameters = photo(size, paper, stream, grounds)
    bar = max(round(size[1] * stream.uniform(*_BAR_FRACS)), 1)
    frame[:bar] = _BAR_LEVEL
    frame[-bar:] = _BAR_LEVEL
    return frame, {**parameters, "bar_px": bar}
