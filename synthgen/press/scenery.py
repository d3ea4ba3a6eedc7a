"""Surfaces that signs stand on: brick, metal, board, cloth, gradients, and what a photograph shows out of focus.

None is taken from a photograph. Their spread of levels is bounded, because text must be read on all of them.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from synthgen import recipe
from synthgen.geometry import Picture
from synthgen.press.bank import BANK_MEAN, BANK_SD, bank, cut, levels, look_up, stretched
from synthgen.press.grounds import Grounds, textures_named
from synthgen.press.painters import Parameters, dyed, register_paper
from synthgen.randomness import Stream

Real = npt.NDArray[np.float32]

# No scene's levels spread more than this, or text on it is lost.
_MOST_SD = 20.0
_BRICKS = ((1.0, 0.72, 0.62), (0.98, 0.8, 0.7), (1.0, 0.97, 0.92), (0.86, 0.88, 0.9))
_WOODS = ((1.0, 0.84, 0.64), (0.98, 0.88, 0.74), (0.92, 0.78, 0.64), (1.0, 0.98, 0.95))


def _levelled(field: Real, level: float, sd: float) -> Picture:
    """Return a field with the mean and standard deviation asked for; a field of one value is even."""
    spread = float(field.std())
    scaled = (field - field.mean()) * (sd / spread if spread > 1e-6 else 0.0) + level
    image: Picture = np.clip(np.rint(scaled), 0, 255).astype(np.uint8)
    return image


def _roughened(image: Picture, sd: float, stream: Stream) -> Picture:
    share = sd / BANK_SD
    grain = cut(bank("grain"), (image.shape[1], image.shape[0]), stream)
    rough = cv2.addWeighted(image, 1.0, grain, share, -BANK_MEAN * share)
    return np.asarray(rough, dtype=np.uint8).reshape(image.shape)


def _in_colour(image: Picture, paper: recipe.Paper, gains: tuple[float, float, float]) -> Picture:
    return dyed(image, gains) if paper.colour == "rgb" else image


@register_paper("brick")
def brick(
    size: tuple[int, int],
    paper: recipe.Paper,
    stream: Stream,
    grounds: Grounds,  # noqa: ARG001 - every painter is called alike
) -> tuple[Picture, Parameters]:
    """Return a painted or bare brick wall in running bond, 18-44 px a course."""
    width, height = size
    level, sd = stream.between(paper.level_range), stream.uniform(4.0, 11.0)
    course, gap = stream.uniform(18.0, 44.0), stream.uniform(0.07, 0.14)
    long, gains = course * stream.uniform(2.4, 3.2), stream.pick(_BRICKS)
    y = (np.arange(height) + 0.5) / course + stream.random()
    row = y.astype(np.int64)
    # Courses of either parity are all laid alike: two of them tell where the upright joints are.
    x = (np.arange(width) + 0.5)[None, :] / long + np.array([[0.0], [0.5]]) + stream.random()
    column = x.astype(np.int64)
    shades = stream.generator.normal(0.0, sd, (int(row.max()) + 1, int(column.max()) + 2)).astype(np.float32)
    # How deep in a brick a px lies, 0 in the joint: a brick's rim is round.
    across = np.clip((np.minimum(x % 1.0, 1 - x % 1.0) * long - 0.5 * gap * course) / 1.6, 0, 1)
    down = np.clip((np.minimum(y % 1.0, 1 - y % 1.0) * course - 0.5 * gap * course) / 1.6, 0, 1)
    inside = np.minimum(across.astype(np.float32)[row % 2], down.astype(np.float32)[:, None])
    joint = np.float32(stream.pick((-1.0, 1.0)) * stream.uniform(14.0, 30.0))
    courses = np.stack([shades[at][column[at % 2]] for at in range(len(shades))]) - joint
    field = courses[row] * inside + (joint + np.float32(level + 0.5))
    image = _roughened(np.clip(field, 0, 255).astype(np.uint8), 4.0, stream)
    return _in_colour(image, paper, gains), {"level": level, "course_px": course, "brick_sd": sd}


@register_paper("metal")
def metal(
    size: tuple[int, int],
    paper: recipe.Paper,
    stream: Stream,
    grounds: Grounds,  # noqa: ARG001 - every painter is called alike
) -> tuple[Picture, Parameters]:
    """Return brushed or painted sheet metal: fine straight scratches and a broad sheen."""
    level, sd, sheen = stream.between(paper.level_range), stream.uniform(1.0, 6.0), stream.uniform(4.0, 26.0)
    width, height = size
    brushed = cut(bank("noise"), (max(width // 48, 1), height), stream)
    image = np.asarray(cv2.resize(brushed, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
    image = look_up(image.reshape(size[::-1]), levels(level, sd))
    angle, phase = stream.uniform(0.0, 2 * math.pi), stream.uniform(0.0, 2 * math.pi)
    step = np.linspace(-0.5, 0.5, 33)
    along = step[None, :] * math.cos(angle) + step[:, None] * math.sin(angle)
    waves = 128 + 0.5 * sheen * np.sin(along * stream.uniform(3.0, 9.0) + phase)
    lit = cv2.addWeighted(image, 1.0, stretched(waves, size), 1.0, -128)
    return _in_colour(np.asarray(lit, dtype=np.uint8).reshape(size[::-1]), paper, (0.98, 1.0, 1.02)), {
        "level": level,
        "scratch_sd": sd,
        "sheen": sheen,
    }


@register_paper("board")
def board(
    size: tuple[int, int],
    paper: recipe.Paper,
    stream: Stream,
    grounds: Grounds,  # noqa: ARG001 - every painter is called alike
) -> tuple[Picture, Parameters]:
    """Return planks side by side: grain along them, each a little lighter or darker, dark gaps between."""
    level, sd = stream.between(paper.level_range), stream.uniform(4.0, 12.0)
    plank, gains, upright = stream.uniform(60.0, 190.0), stream.pick(_WOODS), stream.chance(0.4)
    width, height = size[::-1] if upright else size
    grain = cut(bank("fibre"), (max(width // 10, 1), height), stream)
    image = np.asarray(cv2.resize(grain, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
    field = (image.reshape(height, width).astype(np.float32) - BANK_MEAN) * np.float32(sd / BANK_SD)
    y = (np.arange(height) + 0.5) / plank + stream.random()
    shades = stream.generator.normal(0.0, 6.0, int(y.max()) + 1)
    gap = np.clip(1.4 - np.minimum(y % 1.0, 1 - y % 1.0) * plank, 0, 1) * 44
    profile = (level + shades[y.astype(np.int64)] - gap).astype(np.float32)
    image = np.clip(np.rint(field + profile[:, None]), 0, 255).astype(np.uint8)
    image = np.ascontiguousarray(image.T) if upright else image
    return _in_colour(image, paper, gains), {"level": level, "grain_sd": sd, "plank_px": plank, "upright": upright}


@register_paper("cloth")
def cloth(
    size: tuple[int, int],
    paper: recipe.Paper,
    stream: Stream,
    grounds: Grounds,  # noqa: ARG001 - every painter is called alike
) -> tuple[Picture, Parameters]:
    """Return a banner's cloth: its weave, and soft folds hanging in it."""
    texture = textures_named(("cloth",))[0]
    level, sd, folds = stream.between(paper.level_range), stream.uniform(3.0, 8.0), stream.uniform(2.0, 16.0)
    image = look_up(cut(texture.picture, size, stream), levels(level, sd, texture.mean, texture.sd))
    x = np.linspace(0, 1, 65)
    rates = [(stream.uniform(2.0, 9.0), stream.uniform(0.0, 6.3), stream.uniform(-2.0, 2.0)) for _ in range(3)]
    lean = np.linspace(0, 1, 17)[:, None]
    hung = sum(np.sin(rate * 2 * x[None, :] + phase + slant * lean) for rate, phase, slant in rates)
    field = stretched(128 + folds * np.asarray(hung) / 3, size)
    draped = cv2.addWeighted(image, 1.0, field, 1.0, -128)
    return np.asarray(draped, dtype=np.uint8).reshape(size[::-1]), {"level": level, "weave_sd": sd, "folds": folds}


@register_paper("gradient")
def gradient(
    size: tuple[int, int],
    paper: recipe.Paper,
    stream: Stream,
    grounds: Grounds,  # noqa: ARG001 - every painter is called alike
) -> tuple[Picture, Parameters]:
    """Return a smooth run from one shade to another, as screens and posters have; of two hues in RGB."""
    level, depth, angle = stream.between(paper.level_range), stream.uniform(8.0, 46.0), stream.uniform(0.0, 2 * math.pi)
    step = np.linspace(-0.5, 0.5, 33)
    cos, sin = math.cos(angle), math.sin(angle)
    run = (step[None, :] * cos + step[:, None] * sin) / (abs(cos) + abs(sin))
    hues = [stream.uniform(-0.5, 0.5) for _ in range(3)]
    planes = [stretched(level + depth * run * (1 + (hue if paper.colour == "rgb" else 0.0)), size) for hue in hues]
    parameters = {"level": level, "depth": depth, "angle_deg": math.degrees(angle)}
    if paper.colour != "rgb":
        return planes[0], parameters
    return np.asarray(cv2.merge(planes), dtype=np.uint8), parameters


@register_paper("photo")
def photo(
    size: tuple[int, int],
    paper: recipe.Paper,
    stream: Stream,
    grounds: Grounds,  # noqa: ARG001 - every painter is called alike
) -> tuple[Picture, Parameters]:
    """Return what lies behind a subtitle: soft blocks, round shapes and clouds, a street out of focus."""
    level, sd = stream.between(paper.level_range), stream.uniform(8.0, _MOST_SD)
    small = (max(size[0] // 4, 4), max(size[1] // 4, 4))
    n, shapes = 3 if paper.colour == "rgb" else 1, stream.integer(4, 14)
    canvas = np.zeros((small[1], small[0], 3), np.float32)
    for _ in range(shapes):
        shade = [stream.uniform(-1.0, 1.0)] * 3
        tint = [stream.uniform(-0.4, 0.4) for _ in range(3)]
        colour = [a + b for a, b in zip(shade, tint, strict=True)]
        centre = (stream.integer(0, small[0]), stream.integer(0, small[1]))
        reach = (1 + stream.integer(0, max(small[0] // 3, 1)), 1 + stream.integer(0, max(small[1] // 3, 1)))
        if stream.chance(0.6):
            corner = (centre[0] + reach[0], centre[1] + reach[1])
            cv2.rectangle(canvas, centre, corner, colour, -1)
        else:
            cv2.ellipse(canvas, centre, reach, stream.uniform(0.0, 180.0), 0, 360, colour, -1)
    sigma = 0.4 + stream.uniform(0.004, 0.05) * max(small)
    canvas = np.asarray(cv2.GaussianBlur(canvas, (0, 0), sigma, borderType=cv2.BORDER_REFLECT), dtype=np.float32)
    clouds = (cut(bank("mottle"), small, stream).astype(np.float32) - np.float32(BANK_MEAN)) * np.float32(0.0024)
    planes = [_levelled(canvas[..., at] + clouds, level, sd) for at in range(n)]
    large = [np.asarray(cv2.resize(plane, size), dtype=np.uint8).reshape(size[::-1]) for plane in planes]
    image = large[0] if n == 1 else np.asarray(cv2.merge(large), dtype=np.uint8)
    return image, {"level": level, "spread": sd, "shapes": shapes, "blur_px": 4 * sigma}
