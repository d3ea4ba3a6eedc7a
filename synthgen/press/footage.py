"""What lies behind subtitles: frames of film and television, out of focus or views that need no drawing.

A place out of focus (:mod:`synthgen.press.places`) is painted small, people are put before it as silhouettes or too
soft for a face (:mod:`synthgen.press.figures`), and the whole is graded and enlarged: it holds no detail that a
full-sized picture could show. A view in focus (:mod:`synthgen.press.vistas`) is painted at nearly full size.
"""

from __future__ import annotations

from itertools import accumulate
from typing import NamedTuple

import cv2
import numpy as np

from synthgen import recipe
from synthgen.geometry import Picture
from synthgen.press.bank import BANK_MEAN, BANK_SD, bank, cut, in_channels, look_up, stretched
from synthgen.press.figures import with_people
from synthgen.press.gradients import darkened, drawn_gradient
from synthgen.press.grounds import Grounds
from synthgen.press.painters import Parameters, register_paper
from synthgen.press.places import PLACES, softened
from synthgen.press.vistas import VISTAS
from synthgen.randomness import Stream

# A place is painted this much smaller than the picture.
_COARSE = 3
_LEAST_SIDE_PX = 24
_MOST_GAIN = 1.25
_LEAST_GRAIN_SD = 0.8
# How many photographs are in focus; how high the bars of 1.85:1 and of 2.39:1 are on a picture of 16:9.
_FOCUSED = 1 / 3
_BAR_FRACS, _WIDE_BAR_FRACS, _BAR_LEVEL = (0.018, 0.034), (0.1, 0.128), 4
_WIDE_BARS = 0.35
# Where light spills over its edges.
_BLOOM_LEVEL = 176
# How far it spreads: the standard deviation, in heights of the picture.
_BLOOM = 0.072
_PLACE_SUMS = tuple(accumulate(weight for _, weight in PLACES.values()))
_VISTA_SUMS = tuple(accumulate(weight for _, weight, _ in VISTAS.values()))
_RAMP = np.arange(256)[:, None] / 255
# How far places of a grid are from a frame's middle: what the corners lose of their light.
_FAR = np.linspace(-1, 1, 24) ** 2
_CORNERS = ((_FAR[:, None] + _FAR[None, :]) / 2) ** 1.5
_SPLIT = (2 * _RAMP - 1) * (1.0, 0.1, -1.0)


def _graded(canvas: Picture, level: float, stream: Stream) -> Picture:
    """Return a frame as light as asked for, toned as films are, darker towards its corners."""
    mean = cv2.mean(canvas)
    own = max(0.299 * mean[0] + 0.587 * mean[1] + 0.114 * mean[2], 1.0)
    contrast, warmth, green = stream.uniform(0.8, 1.15), stream.uniform(-0.1, 0.1), stream.uniform(-0.03, 0.03)
    split = stream.uniform(-4.0, 10.0)
    # What was dark is not made glaring.
    gain = min(level / own, _MOST_GAIN)
    gains = gain * contrast * np.array((1 + warmth, 1 + green, 1 - warmth))
    levels = 255 * _RAMP * gains + gain * own * (1 - contrast)
    # Shadows go to teal and lights to orange.
    levels += split * _SPLIT
    # Film's shoulder: what is nearly white gains little more.
    levels = np.where(levels > 200, 200 + 55 * np.tanh((levels - 200) / 55), levels)
    tables = np.minimum(np.maximum(np.rint(levels), 0), 255).astype(np.uint8).T
    # A table for each channel: OpenCV is faster with planes than with pixels of three.
    planes = [look_up(np.asarray(plane), table) for plane, table in zip(cv2.split(canvas), tables, strict=True)]
    graded = np.asarray(cv2.merge(planes), dtype=np.uint8)
    dark = stretched(255 - stream.uniform(0.0, 70.0) * _CORNERS, (canvas.shape[1], canvas.shape[0]))
    cv2.multiply(graded, in_channels(dark, graded), dst=graded, scale=1 / 255)
    return graded.reshape(canvas.shape)


def _in_focus(size: tuple[int, int], level: float, stream: Stream) -> tuple[Picture, Parameters]:
    """Return a view in focus, without people."""
    name = tuple(VISTAS)[stream.weighted(_VISTA_SUMS)]
    paint, _, coarse = VISTAS[name]
    small = (max(round(size[0] / coarse), _LEAST_SIDE_PX), max(round(size[1] / coarse), _LEAST_SIDE_PX))
    canvas = paint(small, stream)
    return _graded(canvas, level, stream), {"place": name, "people": 0, "focused": True}


def _out_of_focus(size: tuple[int, int], level: float, stream: Stream) -> tuple[Picture, Parameters]:
    """Return a place out of focus, with or without people before it."""
    name = tuple(PLACES)[stream.weighted(_PLACE_SUMS)]
    small = (max(round(size[0] / _COARSE), _LEAST_SIDE_PX), max(round(size[1] / _COARSE), _LEAST_SIDE_PX))
    canvas = PLACES[name][0](small, stream)
    # Nobody, someone, or two who talk.
    count, form = stream.pick((0, 0, 0, 1, 1, 2)), ""
    if count:
        canvas, form = with_people(canvas, count, stream)
    bright = cv2.subtract(canvas, np.full_like(canvas, _BLOOM_LEVEL))
    canvas = np.asarray(cv2.add(canvas, softened(np.asarray(bright), _BLOOM * small[1])), dtype=np.uint8)
    told = {"place": name, "people": 1 if form == "back" else count, "focused": False}
    return _graded(canvas, level, stream), told | ({"form": form} if form else {})


@register_paper("photo")
def photo(
    size: tuple[int, int],
    paper: recipe.Paper,
    stream: Stream,
    grounds: Grounds,  # noqa: ARG001 - every painter is called alike
) -> tuple[Picture, Parameters]:
    """Return a photograph of a place with or without people; two of three are out of focus."""
    taken = _taken(size, paper, stream)
    gradient = drawn_gradient(paper, stream)
    return _enlarged(taken, size, gradient), {**taken.told, **gradient}


class _Taken(NamedTuple):
    """A photograph before it is enlarged: its ``canvas``, the ``grain`` (H, W) it will have and that one's share."""

    canvas: Picture
    grain: Picture | None
    share: float
    told: Parameters


def _taken(size: tuple[int, int], paper: recipe.Paper, stream: Stream) -> _Taken:
    """Return a photograph that is to be enlarged to a size."""
    level = stream.between(paper.level_range)
    canvas, told = (_in_focus if stream.chance(_FOCUSED) else _out_of_focus)(size, level, stream)
    if paper.colour != "rgb":
        canvas = np.asarray(cv2.cvtColor(canvas, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    sd = 0.4 * stream.between(paper.noise_sd_range)
    grain = cut(bank("grain"), size, stream) if sd >= _LEAST_GRAIN_SD else None
    return _Taken(canvas, grain, sd / BANK_SD, {"level": level, **told, "natural": True})


def _enlarged(taken: _Taken, size: tuple[int, int], gradient: Parameters) -> Picture:
    """Return a photograph at its size, darkened to one side while it is small, and with its grain."""
    canvas, share = darkened(taken.canvas, gradient), taken.share
    frame = np.asarray(cv2.resize(canvas, size, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
    frame = frame.reshape(*size[::-1], *canvas.shape[2:])
    if taken.grain is not None:
        cv2.addWeighted(frame, 1.0, in_channels(taken.grain, frame), share, -BANK_MEAN * share, dst=frame)
    return frame


@register_paper("film")
def film(
    size: tuple[int, int],
    paper: recipe.Paper,
    stream: Stream,
    grounds: Grounds,  # noqa: ARG001 - every painter is called alike
) -> tuple[Picture, Parameters]:
    """Return a photograph as a film's frame, between the bars of a wide format.

    Subtitles stand above those of 1.85:1, and in or over the lower one of 2.39:1.
    """
    taken = _taken(size, paper, stream)
    bar = max(round(size[1] * stream.uniform(*(_WIDE_BAR_FRACS if stream.chance(_WIDE_BARS) else _BAR_FRACS))), 1)
    gradient = drawn_gradient(paper, stream)
    frame = _enlarged(taken, size, gradient)
    # Bars are as much darker as the frame's middle.
    frame[:bar] = frame[-bar:] = max(_BAR_LEVEL - round(gradient["gradient"] / 2), 0)
    return frame, {**taken.told, "bar_px": bar, **gradient}
