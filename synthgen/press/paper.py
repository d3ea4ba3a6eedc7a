"""The ground under the ink: which kind of paper a sample has, and the four kinds that need no scene of their own."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate

import cv2
import numpy as np

from synthgen import recipe
from synthgen.errors import AssetError
from synthgen.geometry import Picture

# Each of these registers its papers as it is imported.
from synthgen.press import footage, scenery, stock, walls
from synthgen.press.bank import BANK_MEAN, BANK_SD, bank, cut, levelled, levels, look_up
from synthgen.press.gradients import darkened, drawn_gradient
from synthgen.press.grounds import Grounds, textures_named
from synthgen.press.painters import PAPERS, Painter, Parameters, painter_of, register_paper
from synthgen.randomness import Stream

__all__ = [
    "PAPERS",
    "Painter",
    "draw_paper",
    "footage",
    "painter_of",
    "register_paper",
    "scenery",
    "stock",
    "walls",
]

# A picture of the user's is squeezed to this spread of levels, so that text printed on it can be read.
USER_MAX_SD = 26.0


def draw_paper(
    size: tuple[int, int], paper: recipe.Paper, stream: Stream, grounds: Grounds
) -> tuple[Picture, Parameters]:
    """Return an empty sheet of ``size`` (width, height), uint8 (H, W) or (H, W, 3) RGB, and what was drawn for it.

    A sheet without hues of its own is grey also where it is to be RGB: what was drawn then holds a ``warmth``, with
    which :func:`~synthgen.press.painters.tinted` makes it so when something with a hue is laid on it.

    The user's pictures, where there are any, take the place of the recipe's kinds unless these weigh ``user``.
    Raises RecipeError for an unknown kind or texture, AssetError when ``user`` is asked for and no picture was given.
    """
    kinds = dict(sorted(paper.kinds.items()))
    if grounds.files and "user" not in kinds:
        kinds = {"user": 1.0}
    if paper.colour_probability and paper.colour == "grey" and stream.chance(paper.colour_probability):
        paper = replace(paper, colour="rgb")
    kind = tuple(kinds)[stream.weighted(tuple(accumulate(kinds.values())))]
    image, parameters = painter_of(kind)(size, paper, stream, grounds)
    if "gradient" not in parameters:
        gradient = drawn_gradient(paper, stream)
        image, parameters = darkened(image, gradient), {**parameters, **gradient}
    if paper.colour == "rgb" and image.ndim == 2:
        parameters = {**parameters, "warmth": stream.between(paper.warmth_range)}
    return image, {"kind": kind, **parameters}


@register_paper("noise")
def noise(
    size: tuple[int, int],
    paper: recipe.Paper,
    stream: Stream,
    grounds: Grounds,  # noqa: ARG001 - every painter is called alike
) -> tuple[Picture, Parameters]:
    """Return even grey paper under independent Gaussian noise."""
    level, sd = stream.between(paper.level_range), stream.between(paper.noise_sd_range)
    image = levelled(cut(bank("noise"), size, stream), level, sd)
    return image, {"level": level, "noise_sd": sd}


@register_paper("newsprint")
def newsprint(
    size: tuple[int, int],
    paper: recipe.Paper,
    stream: Stream,
    grounds: Grounds,  # noqa: ARG001 - every painter is called alike
) -> tuple[Picture, Parameters]:
    """Return cheap uncalendered paper: flocks of fibres over a finer felt, with a little grain."""
    level = stream.between(paper.level_range)
    # The eye and a camera average fibres out at reading distance: less of them than of a noise paper's noise.
    fibre_sd, grain_sd = (stream.between(paper.noise_sd_range) * share for share in (0.5, 0.3))
    fibre, grain = cut(bank("fibre"), size, stream), cut(bank("grain"), size, stream)
    offset = level - BANK_MEAN * (fibre_sd + grain_sd) / BANK_SD
    cv2.addWeighted(fibre, fibre_sd / BANK_SD, grain, grain_sd / BANK_SD, offset, dst=fibre)
    return fibre, {"level": level, "fibre_sd": fibre_sd, "grain_sd": grain_sd}


@register_paper("texture")
def texture(
    size: tuple[int, int],
    paper: recipe.Paper,
    stream: Stream,
    grounds: Grounds,  # noqa: ARG001 - every painter is called alike
) -> tuple[Picture, Parameters]:
    """Return one of the bundled textures, laid on endlessly from a random place, turned and flipped."""
    chosen = stream.pick(textures_named(paper.textures))
    level, sd = stream.between(paper.level_range), stream.between(paper.noise_sd_range)
    turned = stream.chance(0.5)
    # A texture's own spread tells how rough the stuff is: the dose may soften it, and double it at most.
    sd = min(sd, 2.0 * chosen.sd)
    image = chosen.laid(size, level, sd, stream, turned=turned)
    return image, {"texture": chosen.id, "level": level, "texture_sd": sd, "turned": turned}


@register_paper("user")
def user(size: tuple[int, int], paper: recipe.Paper, stream: Stream, grounds: Grounds) -> tuple[Picture, Parameters]:
    """Return a random part of one of the user's pictures at a random scale, brought to the recipe's level.

    The part keeps the sheet's proportions. Its mean level becomes the drawn one and its spread is limited, because
    text on a dark or glaring ground would only be rejected again.
    """
    if not grounds.files:
        raise AssetError("paper.kinds: user has weight but no picture was given; add --backgrounds DIR.")
    at = stream.integer(0, len(grounds.files))
    picture = grounds.picture(at, paper.colour)
    part, box = _part(picture, size, stream)
    level = stream.between(paper.level_range)
    mean, sd = float(part.mean()), max(float(part.std()), 1.0)
    image = look_up(part, levels(level, min(sd, USER_MAX_SD), mean, sd))
    return image, {"picture": grounds.names[at], "box": box, "level": level}


def _part(picture: Picture, size: tuple[int, int], stream: Stream) -> tuple[Picture, list[int]]:
    """Return a part of the picture resized to ``size`` and its box (x0, y0, x1, y1) in the picture."""
    rows, columns = picture.shape[:2]
    fit = min(columns / size[0], rows / size[1])
    # Between the largest part that fits and one half as large, never stretched more than fourfold.
    share = max(fit * stream.uniform(0.5, 1.0), min(fit, 0.25))
    width, height = max(int(size[0] * share), 1), max(int(size[1] * share), 1)
    left, top = stream.integer(0, columns - width + 1), stream.integer(0, rows - height + 1)
    how = cv2.INTER_AREA if share > 1 else cv2.INTER_LINEAR
    part = cv2.resize(picture[top : top + height, left : left + width], size, interpolation=how)
    return np.asarray(part, dtype=np.uint8), [left, top, left + width, top + height]
