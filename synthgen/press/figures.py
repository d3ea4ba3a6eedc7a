"""People before the camera but not in its focus: silhouettes against the light, and figures too soft for a face."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from synthgen.geometry import Picture
from synthgen.press.bank import in_channels
from synthgen.press.colours import mixed
from synthgen.press.effects import Colour
from synthgen.press.places import softened
from synthgen.randomness import Stream

Points = npt.NDArray[np.float64]

_SKINS: tuple[Colour, ...] = ((222, 178, 150), (206, 158, 128), (190, 140, 112), (228, 190, 166))
_HAIRS: tuple[Colour, ...] = ((24, 20, 20), (34, 27, 24), (48, 36, 30), (22, 22, 26), (112, 108, 106))
_CLOTHES: tuple[Colour, ...] = (
    (30, 34, 44), (212, 208, 202), (82, 34, 38), (52, 70, 96), (70, 76, 68), (142, 122, 102), (22, 22, 24),
    (150, 96, 70), (176, 178, 182),
)  # fmt: skip
# From the neck over the shoulder down to the picture's foot, in heads from the middle of the crown; the right half.
_SHOULDER: Points = np.array(
    [(0.17, 0.8), (0.2, 1.02), (0.42, 1.17), (0.78, 1.3), (0.98, 1.48), (1.08, 1.85), (1.15, 2.6), (1.18, 6.0)]
)
_MEAN_LIGHT = 120.0


def _body(x: float, top: float, head: float, lean: float) -> npt.NDArray[np.int32]:
    """Return the outline of neck, shoulders and trunk in sixteenths of a px."""
    right = _SHOULDER * (1 + lean, 1.0)
    left = (_SHOULDER * (-1 + lean, 1.0))[::-1]
    outline = np.concatenate([right, left]) * head + (x, top)
    return np.rint(outline * 16).astype(np.int32)


def _oval(canvas: Picture, middle: tuple[float, float], axes: tuple[float, float], colour: Colour) -> None:
    whole = (round(middle[0]), round(middle[1])), (max(round(axes[0]), 1), max(round(axes[1]), 1))
    cv2.ellipse(canvas, *whole, 0.0, 0, 360, colour, -1, cv2.LINE_AA)


def _paint(layers: tuple[Picture, Picture], x: float, top: float, head: float, stream: Stream) -> None:
    """Paint someone into a layer of colours (H, W, 3) and a mask (H, W), in place."""
    skin, hair, clothes = stream.pick(_SKINS), stream.pick(_HAIRS), stream.pick(_CLOTHES)
    lean, turn, long = stream.uniform(-0.15, 0.15), stream.uniform(-0.1, 0.1) * head, stream.chance(0.3)
    body, middle = _body(x, top, head, lean), top + 0.5 * head
    for canvas, colours in ((layers[0], (skin, hair, clothes)), (layers[1], ((255, 255, 255),) * 3)):
        cv2.fillPoly(canvas, [body], colours[2], cv2.LINE_AA, 4)
        if long:
            _oval(canvas, (x, middle + 0.25 * head), (0.45 * head, 0.72 * head), colours[1])
            # It falls behind the neck, and over the shoulders beside it.
            _oval(canvas, (x, top + 1.5 * head), (0.3 * head, 0.42 * head), colours[2])
        _oval(canvas, (x, top + 1.02 * head), (0.17 * head, 0.2 * head), mixed(colours[0], colours[2], 0.3))
        _oval(canvas, (x, middle - 0.02 * head), (0.4 * head, 0.52 * head), colours[1])
        _oval(canvas, (x + turn, middle + 0.1 * head), (0.32 * head, 0.4 * head), colours[0])
        _oval(canvas, (x + 0.5 * turn, top + 0.14 * head), (0.37 * head, 0.17 * head), colours[1])


def _laid(canvas: Picture, layers: tuple[Picture, Picture], sigma: float) -> Picture:
    """Return a canvas with figures laid on it, their edges as soft as they are out of focus."""
    colours, mask = softened(layers[0], sigma), softened(layers[1], sigma)
    bare = np.asarray(cv2.bitwise_not(mask), dtype=np.uint8)
    behind = cv2.multiply(canvas, in_channels(bare, canvas), scale=1 / 255)
    return np.asarray(cv2.add(behind, colours), dtype=np.uint8)


def with_people(canvas: Picture, count: int, stream: Stream) -> tuple[Picture, str]:
    """Return a canvas with one or two people before it, and how they are seen: ``silhouette``, ``soft``, ``back``.

    ``back`` is someone near the camera at the picture's edge, from behind. They are as light as what is behind them
    lets them be.
    """
    height, width = canvas.shape[:2]
    layers = np.zeros_like(canvas), np.zeros((height, width), np.uint8)
    form = stream.pick(("silhouette", "soft", "soft", "back"))
    side = stream.pick((-1.0, 1.0))
    head = height * (stream.uniform(0.6, 0.95) if form == "back" else stream.uniform(0.2, 0.46))
    places = (0.5 + side * stream.uniform(0.0, 0.25), 0.5 - side * stream.uniform(0.3, 0.4))[:count]
    if form == "back":
        places = (0.5 + side * stream.uniform(0.42, 0.58),)
    for place in places:
        own = head * stream.uniform(0.92, 1.08)
        _paint(layers, width * place, height * stream.uniform(0.06, 0.3), own, stream)
    sigma = head * stream.uniform(0.05, 0.09) if form != "back" else head * stream.uniform(0.06, 0.12)
    light = float(canvas[::4, ::4].mean()) / _MEAN_LIGHT
    if form == "soft":
        # A key light from one side; what it does not reach is as dim as the place.
        run = np.linspace(0.35, 1.05, 16)[:: int(side)] * min(max(light, 0.3), 1.0)
        key = np.asarray(cv2.resize(np.rint(255 * np.minimum(run, 1.0)).astype(np.uint8)[None], (width, height)))
        lit = cv2.multiply(layers[0], in_channels(np.asarray(key, dtype=np.uint8), canvas), scale=1 / 255)
        return _laid(canvas, (np.asarray(lit, dtype=np.uint8), layers[1]), max(1.3 * sigma, 1.5)), form
    # Against the light there is one dark colour, a little of the place's own.
    dim = np.asarray(cv2.convertScaleAbs(layers[1], alpha=0.03 + 0.05 * min(light, 1.0)), dtype=np.uint8)
    dark = cv2.addWeighted(in_channels(dim, canvas), 1.0, layers[0], 0.05, 0)
    shown = _laid(canvas, (np.asarray(dark, dtype=np.uint8), layers[1]), 0.6 * sigma)
    if form == "silhouette" and stream.chance(0.6):
        # The light behind them creeps around one side.
        step = max(round(0.03 * head), 1)
        # As if moved down and away from the light; what comes in is bare.
        moved, columns = np.zeros_like(layers[1]), slice(step, None) if side < 0 else slice(None, -step)
        others = slice(None, -step) if side < 0 else slice(step, None)
        moved[step:, columns] = layers[1][:-step, others]
        rim = softened(np.asarray(cv2.subtract(layers[1], moved), dtype=np.uint8), max(0.03 * head, 0.6))
        glow = cv2.multiply(in_channels(rim, canvas), softened(canvas, 6.0), scale=0.7 / 255)
        shown = np.asarray(cv2.add(shown, glow), dtype=np.uint8)
    return shown, form
