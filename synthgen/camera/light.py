"""Light: how it falls on the sheet and into the lens."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from synthgen.camera.effects import Parameters, register_effect
from synthgen.geometry import Picture
from synthgen.press.bank import in_channels, stretched
from synthgen.randomness import Stream

Real = npt.NDArray[np.float64]

# What is lower or narrower than this is a piece cut out of a photograph at least so wide and high.
_PIECE_PX = 200
_PHOTO_PX = (1200, 900)
_ENDS = np.array([0.0, 1.0])
_GRID = 17
# A shadow's edge is drawn on a raster this much coarser than the picture, which also softens it.
_COARSE = 4
_SHADOW_MOST = 0.55
_LEAST_SLAT_PX = 70.0
_GLARE_MOST = 170.0
_VIGNETTE_MOST = 0.55


@dataclass(frozen=True, slots=True)
class View:
    """Which part of the photograph a picture is: its top-left ``at`` and ``size`` as shares of the photograph's.

    ``photo_px`` is the photograph's (width, height). A page is the whole of its photograph.
    """

    at: tuple[float, float]
    size: tuple[float, float]
    photo_px: tuple[int, int]

    @property
    def piece(self) -> bool:
        """Whether the picture is not all of its photograph."""
        return self.size != (1.0, 1.0)

    def nodes(self, columns: int, rows: int) -> tuple[Real, Real]:
        """Return the x (columns,) and y (rows,) of the middles of a grid over the picture, of the photograph's."""
        x = self.at[0] + self.size[0] * (np.arange(columns) + 0.5) / columns
        y = self.at[1] + self.size[1] * (np.arange(rows) + 0.5) / rows
        return x, y


def view_of(image: Picture, stream: Stream) -> View:
    """Return the view of a picture: all of a photograph, or some place in one for a word's picture."""
    height, width = image.shape[:2]
    if min(width, height) >= _PIECE_PX:
        return View((0.0, 0.0), (1.0, 1.0), (width, height))
    photo = (max(width, _PHOTO_PX[0]), max(height, _PHOTO_PX[1]))
    wide, high = width / photo[0], height / photo[1]
    return View((stream.uniform(0.0, 1 - wide), stream.uniform(0.0, 1 - high)), (wide, high), photo)


def _shaded(image: Picture, mask: Picture) -> Picture:
    """Return the image times a mask (H, W) in 255ths, whose memory the product takes where it can."""
    product = in_channels(mask, image)
    cv2.multiply(image, product, dst=product, scale=1 / 255)
    return np.asarray(product, dtype=np.uint8).reshape(image.shape)


@register_effect("light", 10, lambda optics: optics.light_probability, lambda optics: optics.light_range, in_room=True)
def light(image: Picture, dose: float, stream: Stream) -> tuple[Picture, Parameters]:
    """Return the image lit unevenly: the darkest place loses the share ``dose`` of its light.

    Either falling off from one side (``side``) or around a bright spot (``spot``).
    """
    view = view_of(image, stream)
    kind = "side" if stream.chance(0.5) else "spot"
    if kind == "side":
        angle = stream.uniform(0.0, 2 * math.pi)
        parameters: Parameters = {"kind": kind, "angle_deg": math.degrees(angle)}
    else:
        x, y = stream.uniform(0.1, 0.9), stream.uniform(0.1, 0.9)
        parameters = {"kind": kind, "x_frac": x, "y_frac": y}
    columns, rows = (math.ceil(_GRID * share) + 1 if share < 1 else _GRID for share in view.size)
    shade = _shade(parameters, *view.nodes(columns, rows))
    # Of a piece, what the whole photograph's brightest and darkest places have.
    low, high = (0.0, _darkest(parameters)) if view.piece else (float(shade.min()), float(shade.max()))
    field = 255.0 * (1 - dose * (shade - low) / (high - low))
    return _shaded(image, stretched(field, (image.shape[1], image.shape[0]))), parameters


def _shade(parameters: Parameters, x: Real, y: Real) -> Real:
    """Return how much less light falls at columns x and rows y than in the brightest place, to some scale."""
    if parameters["kind"] == "side":
        angle = math.radians(parameters["angle_deg"])
        cos, sin = math.cos(angle), -math.sin(angle)
        side: Real = 0.5 + ((x[None, :] - 0.5) * cos + (y[:, None] - 0.5) * sin) / (abs(cos) + abs(sin))
        return side
    far = (x[None, :] - parameters["x_frac"]) ** 2 + (y[:, None] - parameters["y_frac"]) ** 2
    # Lambert's law under a lamp at the height of the sheet's half width: cos^4 of the angle of incidence.
    spot: Real = 1 - (0.25 / (0.25 + far)) ** 2
    return spot


def _darkest(parameters: Parameters) -> float:
    """Return the most that :func:`_shade` is anywhere in a photograph: in one of its corners."""
    return float(_shade(parameters, _ENDS, _ENDS).max())


@register_effect("cast_shadow", 12, in_room=True)
def cast_shadow(image: Picture, dose: float, stream: Stream) -> tuple[Picture, Parameters]:
    """Return the image with something's shadow over part of it: a hand and telephone, a blind's slats, a straight edge.

    Within the shadow up to 0.55 of the light is missing; its edge is as soft as its caster was far.
    """
    height, width = image.shape[:2]
    size = (max(width // _COARSE, 2), max(height // _COARSE, 2))
    view = view_of(image, stream)
    kind = stream.pick(("edge", "hand", "slats"))
    angle_deg, place, soft = stream.uniform(0.0, 360.0), stream.uniform(0.3, 0.65), stream.uniform(0.008, 0.05)
    x, y = (nodes - 0.5 for nodes in view.nodes(*size))
    angle = math.radians(angle_deg)
    along = x[None, :] * math.cos(angle) - y[:, None] * math.sin(angle)
    if kind == "edge":
        depth = place - 0.5 - along
    elif kind == "hand":
        waves = [(stream.uniform(4.0, 14.0), stream.uniform(0.0, 6.3), stream.uniform(0.01, 0.05)) for _ in range(3)]
        depth = place - 0.5 - along + _waved(x * math.sin(angle), y * math.cos(angle), waves)
    else:
        pitch = max(stream.uniform(0.12, 0.3), _LEAST_SLAT_PX / max(view.photo_px))
        slat = along / pitch + place
        # The remainder of 1, for which NumPy takes thirty times as long.
        slat -= np.floor(slat)
        depth = (np.abs(slat - 0.5) - 0.28) * pitch
    shadow = 1 / (1 + np.exp(-np.clip(depth / (0.35 * soft), -30, 30)))
    field = np.rint(255 * (1 - _SHADOW_MOST * dose * shadow))
    mask = stretched(field, (width, height))
    return _shaded(image, mask), {"kind": kind, "angle_deg": angle_deg, "place_frac": place, "softness_frac": soft}


def _waved(x: Real, y: Real, waves: Sequence[tuple[float, float, float]]) -> Real:
    """Return sums (rows, columns) of ``size * sin(rate * (x + y) + phase)`` for x (columns,) and y (rows,)."""
    rates, phases, sizes = np.array(waves).T[:, :, None]
    # The sine of a sum is made of products of sines and cosines: few of these, and one product of matrices.
    across, down = rates * x + phases, rates * y
    left = np.concatenate([sizes * np.cos(down), sizes * np.sin(down)])
    waved: Real = left.T @ np.concatenate([np.sin(across), np.cos(across)])
    return waved


@register_effect("glare", 16, in_room=True)
def glare(image: Picture, dose: float, stream: Stream) -> tuple[Picture, Parameters]:
    """Return the image with a lamp's or window's sheen: up to 170 levels are added where it is brightest."""
    height, width = image.shape[:2]
    size = (max(width // (2 * _COARSE), 2), max(height // (2 * _COARSE), 2))
    view = view_of(image, stream)
    kind = stream.pick(("spot", "tube"))
    x0, y0 = stream.uniform(0.1, 0.9), stream.uniform(0.1, 0.9)
    angle_deg, reach = stream.uniform(0.0, 180.0), stream.uniform(0.1, 0.28)
    columns, rows = view.nodes(*size)
    x, y = columns[None, :] - x0, (rows[:, None] - y0) * (view.photo_px[1] / view.photo_px[0])
    cos, sin = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    along, across = x * cos - y * sin, x * sin + y * cos
    long_reach = reach * (1.3 if kind == "spot" else 4.0)
    far = (along / long_reach) ** 2 + (across / (reach * (1.0 if kind == "spot" else 0.45))) ** 2
    field = _GLARE_MOST * dose * np.exp(-0.5 * far)
    added = in_channels(stretched(field, (width, height)), image)
    # Light adds, and what is nearly white already gains little: film and sensors shoulder off.
    room = np.uint8(255) - image
    gained = cv2.multiply(room, added, scale=1 / 255)
    lit = image + np.asarray(gained, dtype=np.uint8).reshape(image.shape)
    return lit, {"kind": kind, "x_frac": x0, "y_frac": y0, "angle_deg": angle_deg, "reach_frac": reach}


@register_effect("vignette", 20, in_room=True)
def vignette(image: Picture, dose: float, stream: Stream) -> tuple[Picture, Parameters]:
    """Return the image darkened towards its corners, which lose up to 0.55 of their light, as a wide open lens does."""
    view, power = view_of(image, stream), stream.uniform(1.0, 2.0)
    x, y = ((nodes - 0.5) * math.sqrt(2) for nodes in view.nodes(2 * _GRID, 2 * _GRID))
    far = (x[None, :] ** 2 + y[:, None] ** 2) ** power
    field = 255 * (1 - _VIGNETTE_MOST * dose * far)
    return _shaded(image, stretched(field, (image.shape[1], image.shape[0]))), {"power": power}
