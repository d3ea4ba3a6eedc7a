"""Pictures in newspapers and on screens: a made-up scene of shapes, in dots of ink on a turned screen or in tones."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from synthgen.press.bank import BANK_MEAN, bank, cut, stretched
from synthgen.randomness import Stream

Float = npt.NDArray[np.float64]
Picture = npt.NDArray[np.uint8]

PITCH_PX = (3.0, 5.5)
SHAPES = (4, 12)
_SCENE_PX = 64
# A scene without dots is seen as it is: it is drawn this much finer.
_FINER = 4


def print_pictures(
    covered: Picture, boxes: Float, corner: tuple[int, int], stream: Stream, *, continuous: bool = False
) -> None:
    """Ink the pictures of ``boxes`` (P, 4) x0, y0, x1, y1, sheet px, into a coverage, in place.

    ``covered`` is uint8 (H, W), the part of the sheet whose top-left is ``corner``. Pictures are in halftone, as print
    is, or ``continuous`` in tone, as screens are.
    """
    picture_of = continuous_tone if continuous else halftone
    height, width = covered.shape
    for x0, y0, x1, y1 in np.rint(boxes - (*corner, *corner)).astype(int).tolist():
        picture = picture_of((max(x1 - x0, 1), max(y1 - y0, 1)), stream)
        left, top, right, bottom = max(x0, 0), max(y0, 0), min(x1, width), min(y1, height)
        if left < right and top < bottom:
            part = covered[top:bottom, left:right]
            np.maximum(part, picture[top - y0 : bottom - y0, left - x0 : right - x0], out=part)


def halftone(size: tuple[int, int], stream: Stream) -> Picture:
    """Return the coverage, uint8 (height, width), of a screened picture of ``size`` (width, height)."""
    width, height = size
    tone = cv2.resize(_scene(stream), size, interpolation=cv2.INTER_CUBIC).astype(np.float32) / 255
    pitch, angle = stream.between(PITCH_PX), np.deg2rad(stream.pick((45.0, 45.0, 30.0, 15.0)))
    x = np.arange(width, dtype=np.float32)[None, :] * np.float32(2 * np.pi / pitch)
    y = np.arange(height, dtype=np.float32)[:, None] * np.float32(2 * np.pi / pitch)
    cosine, sine = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    # A dot's threshold is lowest in its middle: dots grow, meet and leave holes as the tone darkens.
    screen = 0.5 - 0.25 * (np.cos(x * cosine + y * sine) + np.cos(y * cosine - x * sine))
    soft = np.clip((tone - screen) * 4 + 0.5, 0, 1)
    return np.rint(soft * 255).astype(np.uint8)


def continuous_tone(size: tuple[int, int], stream: Stream) -> Picture:
    """Return the coverage, uint8 (height, width), of a picture of ``size`` (width, height) whose tones are its own."""
    scene = _scene(stream, _FINER)
    how = cv2.INTER_AREA if max(size) < len(scene) else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(scene, size, interpolation=how), dtype=np.uint8).reshape(size[::-1])


def _scene(stream: Stream, finer: int = 1) -> Picture:
    """Return a small picture of a ground, a horizon and some shapes with light and shade, dark where there is ink."""
    side = _SCENE_PX * finer
    sky, land = stream.integer(20, 110), stream.integer(70, 200)
    scene = np.full((side, side), sky, dtype=np.uint8)
    horizon = stream.integer(side // 4, side)
    scene[horizon:] = land
    for _ in range(stream.integer(*SHAPES)):
        x, y = stream.integer(0, side), stream.integer(horizon // 2, side)
        wide, high = stream.integer(3 * finer, side // 4), stream.integer(4 * finer, side // 3)
        shade = stream.integer(25, 240)
        if stream.chance(0.45):
            # Someone: a head on shoulders.
            head = max(2, wide // 2)
            cv2.ellipse(scene, (x, y + high), (max(wide, 3 * finer), high), 0, 180, 360, shade, -1, cv2.LINE_AA)
            cv2.circle(scene, (x, y - head // 2), head, 255 - shade // 2, -1, cv2.LINE_AA)
        elif stream.chance(0.6):
            cv2.rectangle(scene, (x, y - high), (x + wide, y + high), shade, -1)
        else:
            cv2.ellipse(scene, (x, y), (wide, high), stream.integer(0, 180), 0, 360, shade, -1, cv2.LINE_AA)
    if finer > 1:
        return _lit(scene, stream)
    grain = stream.generator.normal(0, 14, (side, side))
    soft = cv2.GaussianBlur(np.clip(scene + grain, 0, 255).astype(np.uint8), (0, 0), 0.9)
    return np.asarray(soft, dtype=np.uint8)


def _lit(scene: Picture, stream: Stream) -> Picture:
    """Return a scene in the light of its place: texture over all of it, shade that runs across, edges a little soft."""
    side = len(scene)
    soft = np.asarray(cv2.GaussianBlur(scene, (0, 0), 1.1), dtype=np.uint8)
    rough, run = cut(bank("mottle"), (side, side), stream), stream.uniform(-40.0, 40.0) * np.linspace(-0.5, 0.5, 16)
    light = stretched(BANK_MEAN + run[:, None] + stream.uniform(-40.0, 40.0) * np.linspace(-0.5, 0.5, 16), (side, side))
    lit = cv2.addWeighted(soft, 1.0, light, 1.0, -BANK_MEAN)
    share = stream.uniform(0.1, 0.35)
    return np.asarray(cv2.addWeighted(lit, 1.0, rough, share, -BANK_MEAN * share), dtype=np.uint8).reshape(side, side)
