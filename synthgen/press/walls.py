"""What signs hang on: walls of brick, tile and concrete, planks, sheet metal and shutters, acrylic panes."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from synthgen import recipe
from synthgen.geometry import Picture
from synthgen.press.bank import BANK_MEAN, BANK_SD, bank, cut, levelled, look_up, stretched, wrapped
from synthgen.press.colours import grey_of, mixed
from synthgen.press.effects import Colour
from synthgen.press.grounds import Grounds, textures_named
from synthgen.press.painters import Parameters, dyed, register_paper
from synthgen.press.surfaces import JOINT_TONES, surface
from synthgen.randomness import Stream

Real = npt.NDArray[np.float64]

# The darkest and the lightest of a brick, a plank or a tile.
_BRICKS: tuple[tuple[Colour, Colour], ...] = (
    ((92, 36, 28), (198, 112, 86)), ((128, 58, 36), (222, 144, 104)), ((66, 44, 36), (156, 118, 98)),
    ((50, 48, 50), (124, 121, 120)), ((186, 182, 174), (246, 243, 237)), ((146, 116, 86), (230, 204, 168)),
    ((108, 46, 40), (176, 92, 74)),
)  # fmt: skip
_MORTARS: tuple[Colour, ...] = ((168, 162, 154), (196, 192, 184), (92, 88, 84), (124, 118, 110))
_WOODS: tuple[tuple[Colour, Colour], ...] = (
    ((104, 66, 36), (206, 160, 110)), ((60, 36, 22), (132, 90, 60)), ((150, 112, 72), (236, 204, 160)),
    ((84, 78, 70), (172, 164, 152)), ((38, 30, 26), (86, 72, 62)), ((176, 168, 156), (244, 240, 232)),
)  # fmt: skip
_TILES: tuple[tuple[Colour, Colour], ...] = (
    ((196, 196, 192), (252, 252, 250)), ((150, 142, 128), (228, 218, 200)), ((96, 104, 110), (176, 184, 190)),
    ((44, 46, 50), (112, 114, 120)), ((92, 128, 132), (190, 216, 214)),
)  # fmt: skip
_METALS = ((0.98, 1.0, 1.02), (1.0, 1.0, 1.0), (0.94, 0.99, 1.05), (1.04, 0.99, 0.93))
# No surface is washed or darkened all the way to a level that is asked of it.
_MOST_WASHED = 0.8
_HALVED_BELOW = 0.6


def _laid(
    name: str, size: tuple[int, int], scale: float, ends: tuple[Colour, Colour], joint: Colour, level: float,
    paper: recipe.Paper, stream: Stream, *, turned: bool = False,
) -> Picture:  # fmt: skip
    """Return a surface of tones at a scale, in colours between two ends and as light as asked for."""
    width, height = size[::-1] if turned else size
    halvings = 1 if scale < _HALVED_BELOW else 0
    scale *= 2**halvings
    tones = surface(name, halvings)
    left, top = stream.integer(0, tones.shape[1]), stream.integer(0, tones.shape[0])
    tones = wrapped(tones, left, top, max(math.ceil(width / scale), 1), max(math.ceil(height / scale), 1))
    if stream.chance(0.5):
        # Sideways only: light falls from above.
        tones = np.asarray(cv2.flip(tones, 1), dtype=np.uint8).reshape(tones.shape)
    tones = np.asarray(cv2.resize(tones, (width, height)), dtype=np.uint8).reshape(height, width)
    tones = np.ascontiguousarray(tones.T) if turned else tones
    table = _table(ends, joint, level)
    if paper.colour != "rgb":
        return look_up(tones, np.rint(table @ [0.299, 0.587, 0.114]).astype(np.uint8))
    colours = cv2.applyColorMap(tones, np.rint(table).astype(np.uint8).reshape(256, 1, 3))
    return np.asarray(colours, dtype=np.uint8).reshape(size[1], size[0], 3)


def _table(ends: tuple[Colour, Colour], joint: Colour, level: float) -> Real:
    """Return the colours (256, 3) of tones, washed with white or darkened until faces are about as light as asked."""
    tone = np.arange(256.0)[:, None]
    low, high, grout = (np.array(one, dtype=np.float64) for one in (*ends, joint))
    share = np.clip((tone - JOINT_TONES) / (255 - JOINT_TONES), 0, 1)
    faces = low + (high - low) * share
    joints = grout * (0.72 + 0.5 * np.clip(tone / JOINT_TONES, 0, 1))
    table = np.where(tone < JOINT_TONES, joints, faces)
    own = grey_of(mixed(*ends, 0.55))
    if level > own:
        washed = min((level - own) / max(255 - own, 1), _MOST_WASHED)
        table = table + (255 - table) * washed
    else:
        table = table * max(level / own, 1 - _MOST_WASHED)
    clipped: Real = np.clip(table, 0, 255)
    return clipped


@register_paper("brick")
def brick(
    size: tuple[int, int],
    paper: recipe.Paper,
    stream: Stream,
    grounds: Grounds,  # noqa: ARG001 - every painter is called alike
) -> tuple[Picture, Parameters]:
    """Return a wall of bare or whitewashed brick in running bond, 18-44 px a course."""
    level, course = stream.between(paper.level_range), stream.uniform(18.0, 44.0)
    ends, mortar = stream.pick(_BRICKS), stream.pick(_MORTARS)
    image = _laid("bricks", size, course * 24 / 1024, ends, mortar, level, paper, stream)
    return image, {"level": level, "course_px": course, "natural": True}


@register_paper("board")
def board(
    size: tuple[int, int],
    paper: recipe.Paper,
    stream: Stream,
    grounds: Grounds,  # noqa: ARG001 - every painter is called alike
) -> tuple[Picture, Parameters]:
    """Return planks side by side, level or upright: grain and rings along them, dark gaps between."""
    level, plank, upright = stream.between(paper.level_range), stream.uniform(60.0, 190.0), stream.chance(0.4)
    ends = stream.pick(_WOODS)
    gap = mixed(ends[0], (0, 0, 0), 0.6)
    image = _laid("planks", size, plank * 6 / 1024, ends, gap, level, paper, stream, turned=upright)
    return image, {"level": level, "plank_px": plank, "upright": upright, "natural": True}


@register_paper("tile")
def tile(
    size: tuple[int, int],
    paper: recipe.Paper,
    stream: Stream,
    grounds: Grounds,  # noqa: ARG001 - every painter is called alike
) -> tuple[Picture, Parameters]:
    """Return a tiled wall, as in stations and kitchens, 40-130 px a tile."""
    level, pitch = stream.between(paper.level_range), stream.uniform(40.0, 130.0)
    grout = stream.pick(((206, 204, 198), (120, 118, 112), (160, 156, 148)))
    image = _laid("tiles", size, pitch * 8 / 1024, stream.pick(_TILES), grout, level, paper, stream)
    return image, {"level": level, "tile_px": pitch, "natural": True}


@register_paper("concrete")
def concrete(
    size: tuple[int, int],
    paper: recipe.Paper,
    stream: Stream,
    grounds: Grounds,  # noqa: ARG001 - every painter is called alike
) -> tuple[Picture, Parameters]:
    """Return smoothed concrete or plaster: pores and sand, and the clouds and runs of many rains."""
    texture = textures_named(("concrete",))[0]
    level, sd, worn = stream.between(paper.level_range), stream.uniform(3.0, 8.0), stream.uniform(1.0, 7.0)
    level = min(level, 232.0)
    image = levelled(cut(texture.picture, size, stream), level, sd, texture.mean, texture.sd)
    coarse = (max(size[0] // 12, 1), max(size[1] // 40, 1))
    runs = np.asarray(cv2.resize(cut(bank("mottle"), coarse, stream), size), dtype=np.uint8).reshape(size[::-1])
    share = worn / BANK_SD
    rained = cv2.addWeighted(image, 1.0, runs, share, -BANK_MEAN * share)
    image = np.asarray(rained, dtype=np.uint8).reshape(size[::-1])
    warmth = stream.uniform(-0.02, 0.07)
    parameters = {"level": level, "sd": sd, "worn": worn, "natural": True}
    return _in_colour(image, paper, (1 + 0.3 * warmth, 1.0, 1 - warmth)), parameters


@register_paper("metal")
def metal(
    size: tuple[int, int],
    paper: recipe.Paper,
    stream: Stream,
    grounds: Grounds,  # noqa: ARG001 - every painter is called alike
) -> tuple[Picture, Parameters]:
    """Return sheet metal under a broad sheen: brushed, in panels with seams and rivets, or a shutter's slats."""
    form, gains = stream.pick(("brushed", "panels", "shutter")), stream.pick(_METALS)
    level, sd, sheen = stream.between(paper.level_range), stream.uniform(1.0, 5.0), stream.uniform(4.0, 26.0)
    width, height = size
    brushed = cut(bank("noise"), (max(width // 48, 1), height), stream)
    image = np.asarray(cv2.resize(brushed, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
    image = levelled(image.reshape(size[::-1]), level, sd if form == "brushed" else 0.4 * sd)
    angle, phase = stream.uniform(0.0, 2 * math.pi), stream.uniform(0.0, 2 * math.pi)
    step = np.linspace(-0.5, 0.5, 33)
    along = step[None, :] * math.cos(angle) + step[:, None] * math.sin(angle)
    waves = 128 + 0.5 * sheen * np.sin(along * stream.uniform(3.0, 9.0) + phase)
    image = _plus(image, stretched(waves, size))
    pitch = stream.uniform(13.0, 30.0) if form == "shutter" else stream.uniform(0.3, 0.6) * max(size)
    if form == "shutter":
        y = ((np.arange(height) + 0.5) / pitch + stream.random()) % 1.0
        # A slat is a shallow arch with a groove: light above, dark below, darkest in the groove.
        slat = 128 + 15 * np.cos(2 * math.pi * (y - 0.25)) - 62 * np.exp(-((np.minimum(y, 1 - y) * pitch / 1.3) ** 2))
        image = _plus(image, np.repeat(np.rint(slat).astype(np.uint8)[:, None], width, axis=1))
    elif form == "panels":
        image = _seamed(image, pitch, stream)
    # A plate is enamelled; a shutter keeps the colour it came in.
    natural = {"natural": True} if form == "shutter" else {}
    return _in_colour(image, paper, gains), {"level": level, "form": form, "scratch_sd": sd, "sheen": sheen} | natural


def _seamed(image: Picture, pitch: float, stream: Stream) -> Picture:
    """Return panels with upright seams, a rivet every now and then beside them."""
    height, width = image.shape
    seamed, gap = image.copy(), stream.uniform(24.0, 60.0)
    riveted = stream.chance(0.6)
    x = stream.random() * pitch
    while x < width:
        at = int(x)
        seamed[:, at : at + 2] = seamed[:, at : at + 2] // 2
        seamed[:, at + 2 : at + 3] = np.minimum(seamed[:, at + 2 : at + 3], 237) + 18
        for y in np.arange(gap / 2, height, gap).tolist() if riveted else ():
            for side in (-9, 11):
                middle = (at + side, int(y))
                cv2.circle(seamed, middle, 3, int(image[int(y), min(max(at + side, 0), width - 1)]) * 3 // 5, -1)
                cv2.circle(seamed, (middle[0] - 1, middle[1] - 1), 2, min(int(image[int(y), 0]) + 26, 255), -1)
        x += pitch
    return seamed


@register_paper("acrylic")
def acrylic(
    size: tuple[int, int],
    paper: recipe.Paper,
    stream: Stream,
    grounds: Grounds,  # noqa: ARG001 - every painter is called alike
) -> tuple[Picture, Parameters]:
    """Return a glossy pane: even, the sky's edge mirrored across it, or lit from behind by tubes."""
    level, most = stream.between(paper.level_range), stream.uniform(6.0, 26.0)
    backlit = stream.chance(0.4)
    y, x = np.linspace(0, 1, 48)[:, None], np.linspace(0, 1, 48)[None, :]
    if backlit:
        tubes = np.cos(2 * math.pi * (stream.pick((1.0, 2.0, 3.0)) * y + 0.5))
        field = 0.35 * tubes - 0.7 * ((2 * x - 1) ** 4 + (2 * y - 1) ** 4)
    else:
        edge = stream.uniform(0.25, 0.7) + stream.uniform(-0.3, 0.3) * x + 0.08 * np.sin(x * stream.uniform(1.0, 6.0))
        field = 1 / (1 + np.exp(np.clip((y - edge) * 60, -30, 30))) * (1 - 0.5 * y) - 0.4
    pane, grain = stretched(level + most * field, size), cut(bank("grain"), size, stream)
    pane = np.asarray(cv2.addWeighted(pane, 1.0, grain, 0.02, -BANK_MEAN * 0.02), dtype=np.uint8)
    image = pane.reshape(size[::-1])
    return _in_colour(image, paper, (1.0, 1.0, 1.0)), {"level": level, "gloss": most, "backlit": backlit}


def _plus(image: Picture, field: Picture) -> Picture:
    """Return an image lit by a field about 128."""
    return np.asarray(cv2.addWeighted(image, 1.0, field, 1.0, -128), dtype=np.uint8).reshape(image.shape)


def _in_colour(image: Picture, paper: recipe.Paper, gains: tuple[float, float, float]) -> Picture:
    return dyed(image, gains) if paper.colour == "rgb" else image
