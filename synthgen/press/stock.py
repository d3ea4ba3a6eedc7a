"""Kinds of paper stock: old, recycled, coated, ruled, squared."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from synthgen import recipe
from synthgen.geometry import Picture
from synthgen.press.bank import BANK_MEAN, BANK_SD, bank, cut, levelled, look_up, stretched
from synthgen.press.grounds import Grounds, textures_named
from synthgen.press.painters import Parameters, dyed, register_paper, tinted
from synthgen.randomness import Stream

Real = npt.NDArray[np.float64]

# Colours of ruling, as shares of the light that each channel keeps.
_RULINGS = ((0.62, 0.78, 0.95), (0.72, 0.72, 0.74), (0.95, 0.68, 0.66), (0.66, 0.88, 0.78))

# How much darker than its middle a sheet is that light has come to from its edges, at the nodes of a coarse grid.
_FROM_MIDDLE = np.abs(np.linspace(-1, 1, 25)) ** 5
_DARK_EDGES = np.minimum(_FROM_MIDDLE[None, :] + _FROM_MIDDLE[:, None], 1.0)


def _darkened(image: Picture, mask: Picture) -> Picture:
    return np.asarray(cv2.multiply(image, mask, scale=1 / 255), dtype=np.uint8).reshape(image.shape)


@register_paper("aged")
def aged(
    size: tuple[int, int],
    paper: recipe.Paper,
    stream: Stream,
    grounds: Grounds,  # noqa: ARG001 - every painter is called alike
) -> tuple[Picture, Parameters]:
    """Return paper that has lain for decades: fibrous, cloudy, darker towards its edges, with foxing; yellow in RGB."""
    level, age = stream.between(paper.level_range), stream.uniform(0.3, 1.0)
    sd = min(stream.between(paper.noise_sd_range), 9.0)
    image = levelled(cut(bank("fibre"), size, stream), level, 0.6 * sd)
    # Age is soft: a third of the size holds all of it. Clouds of a few hundred px are the bank's own, coarsened.
    third = (max(size[0] // 3, 1), max(size[1] // 3, 1))
    coarse = cut(bank("mottle"), (max(size[0] // 8, 1), max(size[1] // 8, 1)), stream)
    clouds = np.asarray(cv2.resize(coarse, third), dtype=np.uint8).reshape(third[::-1])
    edges = 255 * (1 - 0.22 * age * _DARK_EDGES)
    spots = np.clip((np.arange(256) - (250 - 18 * age)) * 6, 0, 90)
    foxing = look_up(cut(bank("grain"), third, stream), (255 - spots).astype(np.uint8)).reshape(third[::-1])
    kept = _darkened(_darkened(levelled(clouds, 255 - 13 * age, 8 * age), stretched(edges, third)), foxing)
    image = _darkened(image, np.asarray(cv2.resize(kept, size), dtype=np.uint8).reshape(size[::-1]))
    parameters = {"level": level, "age": age, "fibre_sd": 0.6 * sd}
    if paper.colour == "rgb":
        warmth = 0.1 + 0.24 * age
        return tinted(image, warmth), {**parameters, "warmth": warmth}
    return image, parameters


@register_paper("recycled")
def recycled(
    size: tuple[int, int],
    paper: recipe.Paper,
    stream: Stream,
    grounds: Grounds,  # noqa: ARG001 - every painter is called alike
) -> tuple[Picture, Parameters]:
    """Return recycled stock: greyish, with flecks of old print and threads, whatever textures the recipe names."""
    texture = textures_named(("recycled",))[0]
    level = stream.between(paper.level_range)
    sd = min(max(stream.between(paper.noise_sd_range), 0.5 * texture.sd), 1.4 * texture.sd)
    image = texture.laid(size, level, sd, stream)
    return image, {"level": level, "texture_sd": sd}


@register_paper("coated")
def coated(
    size: tuple[int, int],
    paper: recipe.Paper,
    stream: Stream,
    grounds: Grounds,  # noqa: ARG001 - every painter is called alike
) -> tuple[Picture, Parameters]:
    """Return calendered or coated paper: hardly any grain, and a faint sheen that varies over a hand's breadth."""
    level, sheen = stream.between(paper.level_range), stream.uniform(0.5, 2.5)
    sd = 0.25 * stream.between(paper.noise_sd_range)
    nodes = sheen * stream.generator.standard_normal((4, 5)) + 128
    smooth = cv2.resize(nodes, (48, 40), interpolation=cv2.INTER_CUBIC)
    grain, broad = cut(bank("grain"), size, stream), stretched(np.asarray(smooth, dtype=np.float64), size)
    share = sd / BANK_SD
    image = cv2.addWeighted(grain, share, broad, 1.0, level - BANK_MEAN * (1 + share))
    return np.asarray(image, dtype=np.uint8).reshape(size[::-1]), {"level": level, "grain_sd": sd, "sheen": sheen}


@register_paper("ruled")
def ruled(
    size: tuple[int, int],
    paper: recipe.Paper,
    stream: Stream,
    grounds: Grounds,  # noqa: ARG001 - every painter is called alike
) -> tuple[Picture, Parameters]:
    """Return a notebook's ruled page: thin lines across, 24-48 px apart, often a margin line in red."""
    return _lined(size, paper, stream, both=False)


@register_paper("squared")
def squared(
    size: tuple[int, int],
    paper: recipe.Paper,
    stream: Stream,
    grounds: Grounds,  # noqa: ARG001 - every painter is called alike
) -> tuple[Picture, Parameters]:
    """Return squared paper: thin lines across and down, 14-30 px apart."""
    return _lined(size, paper, stream, both=True)


def _lined(size: tuple[int, int], paper: recipe.Paper, stream: Stream, *, both: bool) -> tuple[Picture, Parameters]:
    level, sd = stream.between(paper.level_range), 0.5 * stream.between(paper.noise_sd_range)
    image = levelled(cut(bank("grain"), size, stream), level, sd)
    pitch = stream.uniform(14.0, 30.0) if both else stream.uniform(24.0, 48.0)
    thick, depth, ruling = stream.uniform(0.7, 1.5), stream.uniform(0.35, 0.8), stream.pick(_RULINGS)
    across = _comb(size[1], pitch, stream.random() * pitch, thick)
    down = _comb(size[0], pitch, stream.random() * pitch, thick) if both else np.zeros(size[0])
    margin = not both and stream.chance(0.5)
    at = stream.uniform(0.06, 0.16) * size[0]
    parameters = {"level": level, "grain_sd": sd, "pitch_px": pitch, "thickness_px": thick, "ruling": list(ruling)}
    red = _line(size[0], at, thick) if margin else np.zeros(size[0])

    def kept(ruled_share: float, red_share: float) -> Picture:
        rows = np.rint(255 * (1 - depth * (1 - ruled_share) * across)).astype(np.uint8)
        columns = 255 * (1 - depth * (1 - ruled_share) * down) * (1 - depth * (1 - red_share) * red)
        return np.minimum(rows[:, None], np.rint(columns).astype(np.uint8)[None, :])

    if paper.colour != "rgb":
        return _darkened(image, kept(float(np.mean(ruling)), 0.7)), parameters
    planes = [np.asarray(plane, dtype=np.uint8) for plane in cv2.split(dyed(image, (1.0, 1.0, 0.985)))]
    shares = zip(planes, ruling, (0.9, 0.55, 0.6), strict=True)
    return np.asarray(cv2.merge([_darkened(plane, kept(*both)) for plane, *both in shares]), dtype=np.uint8), parameters


def _line(length: int, at: float, thick: float) -> Real:
    """Return how much of each px (length,) a line of this thickness about ``at`` covers."""
    left = np.arange(length)
    covered: Real = np.clip(np.minimum(left + 1, at + thick / 2) - np.maximum(left, at - thick / 2), 0, 1)
    return covered


def _comb(length: int, pitch: float, first: float, thick: float) -> Real:
    """Return how much of each px (length,) the lines of a comb cover."""
    comb: Real = np.zeros(length)
    for n in range(math.ceil((length - first) / pitch) + 1):
        comb += _line(length, first + n * pitch, thick)
    return comb
