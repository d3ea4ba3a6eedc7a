"""Places in focus, as film and television have them: house fronts, thickets, open country, shelves, rooms.

They are painted at full size, with the edges and the texture that letters are lost in: windows, leaves, books, boards.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from synthgen.geometry import Picture
from synthgen.press.bank import BANK_MEAN, BANK_SD, bank, cut, in_channels, wrapped
from synthgen.press.colours import mixed
from synthgen.press.effects import Colour
from synthgen.press.surfaces import JOINT_TONES, surface
from synthgen.randomness import Stream

Real = npt.NDArray[np.float64]
Box = tuple[int, int, int, int]

# A surface, and the colours of its joints, of what is dark in it and what is light.
_Wall = tuple[str, Colour, Colour, Colour]
_WALLS: tuple[_Wall, ...] = (
    ("bricks", (120, 116, 110), (96, 42, 34), (190, 108, 84)),
    ("bricks", (70, 68, 66), (62, 58, 58), (138, 132, 128)),
    ("bricks", (168, 162, 152), (150, 122, 92), (226, 202, 168)),
    ("planks", (30, 24, 20), (92, 60, 38), (176, 132, 90)),
    ("tiles", (150, 148, 142), (170, 172, 170), (232, 234, 232)),
    ("tiles", (90, 92, 92), (84, 110, 116), (158, 186, 186)),
)
_FLOORS: tuple[_Wall, ...] = (
    ("planks", (30, 22, 16), (92, 62, 40), (170, 128, 86)),
    ("tiles", (110, 106, 100), (134, 128, 120), (196, 190, 180)),
)
_FRAMES: tuple[Colour, ...] = ((232, 230, 224), (62, 52, 46), (104, 110, 114), (40, 62, 54))
_PANES: tuple[Colour, ...] = ((34, 42, 52), (70, 88, 104), (126, 146, 160), (246, 214, 150), (22, 24, 30))
_GREENS: tuple[Colour, ...] = ((34, 62, 30), (58, 92, 40), (88, 118, 50), (120, 140, 66), (52, 80, 56), (146, 130, 58))
_SKIES: tuple[tuple[Colour, Colour], ...] = (
    ((84, 136, 204), (206, 222, 236)), ((120, 160, 206), (232, 234, 228)), ((168, 176, 184), (216, 218, 218)),
    ((70, 74, 116), (232, 164, 110)),
)  # fmt: skip
_SPINES: tuple[Colour, ...] = (
    (120, 36, 34), (38, 62, 92), (214, 206, 188), (60, 78, 56), (160, 120, 60), (46, 42, 44), (96, 70, 110),
    (190, 92, 50), (226, 222, 214), (40, 96, 100),
)  # fmt: skip


def _clad(canvas: Picture, box: Box, wall: _Wall, px: float, stream: Stream) -> None:
    """Lay a wall on a box (x0, y0, x1, y1), in place: ``px`` px of its surface on each of the canvas."""
    x0, y0, x1, y1 = box
    if x0 >= x1 or y0 >= y1:
        return
    name, joint, dark, light = wall
    tones, size = surface(name, 1 if px > 1.0 else 0), (x1 - x0, y1 - y0)
    px = px / 2 if px > 1.0 else px
    left, top = stream.integer(0, tones.shape[1]), stream.integer(0, tones.shape[0])
    part = wrapped(tones, left, top, math.ceil(size[0] * px), math.ceil(size[1] * px))
    part = np.asarray(cv2.resize(part, size), dtype=np.uint8).reshape(size[::-1])
    tone = np.arange(256.0)[:, None]
    share = np.clip((tone - JOINT_TONES) / (255 - JOINT_TONES), 0, 1)
    faces = np.array(dark) + (np.array(light) - np.array(dark)) * share
    table = np.where(tone < JOINT_TONES, np.array(joint, dtype=np.float64) * (0.7 + 0.5 * tone / JOINT_TONES), faces)
    colours = cv2.applyColorMap(part, np.clip(np.rint(table), 0, 255).astype(np.uint8).reshape(256, 1, 3))
    canvas[y0:y1, x0:x1] = np.asarray(colours, dtype=np.uint8).reshape(y1 - y0, x1 - x0, 3)


def _run(canvas: Picture, top: Colour, bottom: Colour, first: int, last: int) -> None:
    """Paint rows ``first`` to ``last`` from one colour down to another, in place."""
    share = np.linspace(0, 1, max(last - first, 1))[:, None]
    run: Real = np.array(top) + (np.array(bottom) - np.array(top)) * share
    canvas[first:last] = np.rint(run).astype(np.uint8)[: last - first, None]


def _grained(canvas: Picture, first: int, last: int, depth: float, stream: Stream) -> None:
    """Give rows the light and shade of what grows or lies there, ``depth`` levels deep, in place."""
    if first >= last:
        return
    part = canvas[first:last]
    field, share = cut(bank("mottle"), (part.shape[1], part.shape[0]), stream), depth / BANK_SD
    grained = cv2.addWeighted(part, 1.0, in_channels(field, part), share, -BANK_MEAN * share)
    canvas[first:last] = np.asarray(grained, dtype=np.uint8).reshape(part.shape)


def _rectangle(canvas: Picture, x0: float, y0: float, x1: float, y1: float, colour: Colour, px: int = -1) -> None:
    cv2.rectangle(canvas, (round(x0), round(y0)), (round(x1), round(y1)), colour, px)


def _window(canvas: Picture, box: tuple[float, float, float, float], frame: Colour, pane: Colour, px: int) -> None:
    """Paint a window of four panes in its frame, the sky mirrored in the upper ones."""
    x0, y0, x1, y1 = box
    x, y = (x0 + x1) / 2, y0 + 0.4 * (y1 - y0)
    _rectangle(canvas, x0, y0, x1, y1, pane)
    _rectangle(canvas, x0, y0, x1, y, mixed(pane, (214, 224, 232), 0.3))
    across, down = np.array([0.1, 0.5, 0.65, 0.3]), np.array([y1, y0, y0, y1])
    gleam = np.rint(np.column_stack([x0 + across * (x1 - x0), down])).astype(np.int32)
    cv2.fillConvexPoly(canvas, gleam, mixed(pane, (230, 236, 240), 0.22))
    _rectangle(canvas, x0, y0, x1, y1, frame, 2 * px)
    _rectangle(canvas, x - px / 2, y0, x + px / 2, y1, frame)
    _rectangle(canvas, x0, y - px / 2, x1, y + px / 2, frame)
    _rectangle(canvas, x0 - 2 * px, y1 + px, x1 + 2 * px, y1 + 3 * px, mixed(frame, (30, 28, 26), 0.35))


def _front(canvas: Picture, stream: Stream) -> None:
    """A house front near by: its wall, rows of windows, a ledge, a cable or two before it."""
    height, width = canvas.shape[:2]
    _clad(canvas, (0, 0, width, height), stream.pick(_WALLS), 480 / height * stream.uniform(1.2, 3.2), stream)
    frame, px = stream.pick(_FRAMES), max(round(height / 160), 1)
    columns, rows = stream.integer(2, 6), stream.integer(1, 4)
    wide, high = stream.uniform(0.4, 0.7) * width / columns, stream.uniform(0.45, 0.7) * height / rows
    left, top = stream.uniform(-0.3, 0.1) * width / columns, stream.uniform(-0.2, 0.2) * height / rows
    for at in range((columns + 1) * rows):
        x, y = left + at % (columns + 1) * width / columns, top + at // (columns + 1) * height / rows
        _window(canvas, (x, y, x + wide, y + high), frame, stream.pick(_PANES), px)
    ledge = top + high + stream.uniform(0.1, 0.25) * height / rows
    if stream.chance(0.5):
        _rectangle(canvas, 0, ledge, width, ledge + 4 * px, mixed(frame, (150, 146, 140), 0.5))
        _rectangle(canvas, 0, ledge + 4 * px, width, ledge + 6 * px, (38, 36, 34))
    for _ in range(stream.integer(0, 4)):
        ends = [stream.uniform(-0.1, 1.1) * height for _ in range(2)]
        sag, x = stream.uniform(0.0, 0.12) * height, np.linspace(0, 1, 25)
        line = np.column_stack([x * width, ends[0] + (ends[1] - ends[0]) * x + 4 * sag * x * (1 - x)])
        cv2.polylines(canvas, [np.rint(line).astype(np.int32)], False, (30, 30, 32), px, cv2.LINE_AA)


def _thicket(canvas: Picture, stream: Stream) -> None:
    """Leaves of a hedge or a tree, those in front lit, those behind in the shade."""
    height, width = canvas.shape[:2]
    green, other = stream.pick(_GREENS), stream.pick(_GREENS)
    _run(canvas, mixed(green, (10, 14, 8), 0.55), mixed(green, (6, 8, 6), 0.75), 0, height)
    _grained(canvas, 0, height, 9.0, stream)
    long, n = stream.uniform(0.025, 0.07) * height, 420
    # Numbers of all leaves at once: place, turn, size, shade and hue.
    drawn = stream.generator.random((n, 6))
    step = np.array([[0.0, 0.0], [0.3, -0.3], [0.7, -0.25], [1.0, 0.0], [0.7, 0.25], [0.3, 0.3]])
    turn, size = 2 * np.pi * drawn[:, 2], long * (0.6 + 1.1 * drawn[:, 3])
    cos, sin = (np.cos(turn) * size)[:, None], (np.sin(turn) * size)[:, None]
    x, y = drawn[:, :1] * 1.1 * width - 0.05 * width, drawn[:, 1:2] * 1.1 * height - 0.05 * height
    outlines = np.stack([x + cos * step[:, 0] - sin * step[:, 1], y + sin * step[:, 0] + cos * step[:, 1]], axis=-1)
    lit, hue = np.sort(drawn[:, 4]), drawn[:, 5]
    leaves = _blended(_blended(green, other, hue), (8, 12, 6), 0.7 * (1 - lit))
    leaves = _blended(leaves, (236, 240, 190), np.maximum(lit - 0.6, 0.0) * hue)
    ribs, whole = _blended(leaves, (220, 226, 170), np.full(n, 0.25)).tolist(), np.rint(outlines).astype(np.int32)
    ends = whole[:, [0, 3]].tolist()
    in_front = int(np.searchsorted(lit, 0.5))
    for at, leaf in enumerate(leaves.tolist()):
        cv2.fillConvexPoly(canvas, whole[at], leaf, cv2.LINE_AA)
        if at > in_front:
            cv2.line(canvas, ends[at][0], ends[at][1], ribs[at], 1, cv2.LINE_AA)


def _blended(one: Colour | Real, other: Colour, shares: Real) -> Real:
    """Return colours (N, 3) that have shares (N,) of ``other`` in them."""
    blended: Real = np.asarray(one, dtype=np.float64) * (1 - shares[:, None]) + np.array(other) * shares[:, None]
    return blended


def _country(canvas: Picture, stream: Stream) -> None:
    """Clouds, wooded hills, and a field whose blades are seen one by one."""
    height, width = canvas.shape[:2]
    sky, horizon = stream.pick(_SKIES), round(height * stream.uniform(0.35, 0.6))
    _run(canvas, *sky, 0, horizon)
    _grained(canvas, 0, horizon, stream.uniform(3.0, 14.0), stream)
    green = stream.pick(_GREENS)
    for depth in (0.2, 0.5, 0.9)[stream.integer(0, 3) :]:
        n = 140
        rough = np.cumsum(stream.generator.normal(0, 0.012 * height, n))
        tops = horizon - height * (0.24 - 0.2 * depth) * stream.uniform(0.5, 1.2) - (rough - rough.mean())
        tops -= np.abs(stream.generator.normal(0, 0.008 * height * (0.4 + depth), n))
        line = np.column_stack([np.linspace(0, width, n), tops])
        outline = np.concatenate([line, [[width, height], [0, height]]])
        hill = mixed(mixed(sky[1], green, 0.25 + 0.7 * depth), (12, 18, 14), 0.3 * depth)
        cv2.fillPoly(canvas, [np.rint(outline).astype(np.int32)], hill, cv2.LINE_AA)
    _grained(canvas, round(0.75 * horizon), horizon, 9.0, stream)
    field = stream.pick(_GREENS)
    _run(canvas, mixed(field, sky[1], 0.35), mixed(field, (24, 26, 16), 0.35), horizon, height)
    _grained(canvas, horizon, height, 11.0, stream)
    drawn = stream.generator.random((480, 4))
    feet = horizon + (height - horizon) * drawn[:, 0] ** 0.8
    near = (feet - horizon) / max(height - horizon, 1)
    tall, lean = height * (0.004 + 0.07 * near * (0.4 + drawn[:, 1])), height * 0.04 * near * (drawn[:, 2] - 0.35)
    x = drawn[:, 3] * width
    ends = np.rint(np.column_stack([x, feet, x + lean, feet - tall])).astype(np.int32)
    dry = 2 * drawn[:, 2] - 1
    blades = _blended(field, (222, 214, 150), np.maximum(0.6 * dry, 0.0))
    blades = _blended(blades, (14, 24, 12), np.maximum(-0.6 * dry, 0.0)).tolist()
    for (x0, y0, x1, y1), blade in zip(ends[np.argsort(feet)].tolist(), blades, strict=True):
        cv2.line(canvas, (x0, y0), (x1, y1), blade, 1, cv2.LINE_AA)


def _shelves(canvas: Picture, stream: Stream) -> None:
    """Shelves full of books, from one side of the picture to the other."""
    height, width = canvas.shape[:2]
    _clad(canvas, (0, 0, width, height), _FLOORS[0], 480 / height * stream.uniform(0.5, 1.2), stream)
    rows = stream.integer(2, 5)
    high, board = height / rows, max(0.035 * height, 2.0)
    for row in range(rows + 1):
        foot = (row + stream.uniform(0.55, 0.65)) * high
        _rectangle(canvas, 0, foot - high + board, width, foot, (30, 24, 20))
        x = -stream.uniform(0.0, 0.05) * width
        while x < width:
            wide, tall = stream.uniform(0.012, 0.045) * width, stream.uniform(0.58, 0.86) * (high - board)
            spine = mixed(stream.pick(_SPINES), (20, 18, 16), stream.uniform(0.0, 0.3))
            _rectangle(canvas, x, foot - tall, x + wide, foot, spine)
            _rectangle(canvas, x, foot - tall, x + 0.2 * wide, foot, mixed(spine, (240, 236, 224), 0.18))
            _rectangle(canvas, x + 0.85 * wide, foot - tall, x + wide, foot, mixed(spine, (0, 0, 0), 0.4))
            for at in (0.12, stream.uniform(0.2, 0.7)):
                y, gold = foot - tall * (1 - at), mixed(spine, (236, 214, 150), 0.6)
                _rectangle(canvas, x + 0.2 * wide, y, x + 0.8 * wide, y + 0.03 * tall, gold)
            x += wide + (stream.uniform(0.02, 0.1) * width if stream.chance(0.06) else 1.0)


def _hall(canvas: Picture, stream: Stream) -> None:
    """A room with a floor of boards or tiles, a panelled wall, windows with blinds."""
    height, width = canvas.shape[:2]
    floor, px = round(height * stream.uniform(0.6, 0.85)), max(round(height / 200), 1)
    wall = mixed(stream.pick(_WALLS)[3], (236, 232, 224), 0.3)
    _run(canvas, wall, mixed(wall, (30, 28, 26), 0.25), 0, floor)
    _grained(canvas, 0, floor, 3.0, stream)
    _clad(canvas, (0, floor, width, height), stream.pick(_FLOORS), 480 / height * stream.uniform(0.8, 1.8), stream)
    frame, pitch = stream.pick(_FRAMES), width / stream.integer(4, 10)
    rail = floor - 0.3 * height * stream.uniform(0.6, 1.2)
    for at in range(math.ceil(width / pitch)):
        left, right, foot = (at + 0.1) * pitch, (at + 0.9) * pitch, floor - 8 * px
        _rectangle(canvas, left, rail + 4 * px, right, foot, mixed(wall, (40, 36, 32), 0.3), px)
        _rectangle(canvas, left, foot, right, foot + px, mixed(wall, (255, 255, 255), 0.5))
    for y, thick in ((rail, 3), (floor - 4 * px, 4)):
        _rectangle(canvas, 0, y, width, y + thick * px, mixed(wall, frame, 0.5))
        _rectangle(canvas, 0, y + thick * px, width, y + (thick + 1) * px, mixed(wall, (20, 18, 16), 0.6))
    left, wide = stream.uniform(0.0, 0.6) * width, stream.uniform(0.18, 0.4) * width
    _window(canvas, (left, 0.07 * height, left + wide, rail - 0.04 * height), frame, (204, 218, 228), 2 * px)
    slat = stream.uniform(0.012, 0.03) * height
    drop = stream.uniform(0.0, 1.0) * (rail - 0.11 * height)
    for at in range(int(drop / slat)):
        y = 0.07 * height + at * slat
        _rectangle(canvas, left, y, left + wide, y + 0.55 * slat, mixed(frame, (228, 222, 210), 0.6))


SETTINGS: tuple[tuple[str, Callable[[Picture, Stream], None]], ...] = (
    ("front", _front), ("thicket", _thicket), ("country", _country), ("shelves", _shelves), ("hall", _hall),
)  # fmt: skip
