"""Coding: what a lossy file keeps. The picture is encoded and decoded in memory, before it is filed."""

from __future__ import annotations

import cv2
import numpy as np

from synthgen.camera.effects import Parameters, register_effect
from synthgen.geometry import Picture
from synthgen.randomness import Stream

_JPEG_RANGE = (96, 14)
_WEBP_RANGE = (96, 8)


def _quality(dose: float, interval: tuple[int, int]) -> int:
    return round(interval[0] + (interval[1] - interval[0]) * dose)


def _coded(image: Picture, suffix: str, settings: list[int]) -> Picture:
    """Return the image as it is read back from a file; RGB within and without, BGR for the coder alone."""
    grey = image.ndim == 2
    _, data = cv2.imencode(suffix, image if grey else cv2.cvtColor(image, cv2.COLOR_RGB2BGR), settings)
    read = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE if grey else cv2.IMREAD_COLOR)
    turned = read if grey else cv2.cvtColor(np.asarray(read, dtype=np.uint8), cv2.COLOR_BGR2RGB)
    return np.asarray(turned, dtype=np.uint8).reshape(image.shape)


def _jpeg(image: Picture, quality: int) -> Picture:
    return _coded(image, ".jpg", [cv2.IMWRITE_JPEG_QUALITY, quality])


@register_effect("jpeg", 90, group="coding")
def jpeg(image: Picture, dose: float, stream: Stream) -> tuple[Picture, Parameters]:  # noqa: ARG001 - an Apply
    """Return the image out of a JPEG file of quality 96 down to 14."""
    quality = _quality(dose, _JPEG_RANGE)
    return _jpeg(image, quality), {"quality": quality}


@register_effect("double_jpeg", 92, group="coding")
def double_jpeg(image: Picture, dose: float, stream: Stream) -> tuple[Picture, Parameters]:
    """Return the image out of two JPEG files, the second's grid of blocks shifted, as in a picture cropped and sent."""
    first = _quality(dose, _JPEG_RANGE)
    second = min(first + stream.integer(5, 40), 95)
    right, down = stream.integer(1, 8), stream.integer(1, 8)
    # Blocks begin at the corner: border pixels put before it shift them, and are taken off again.
    framed = cv2.copyMakeBorder(_jpeg(image, first), down, 0, right, 0, cv2.BORDER_REPLICATE)
    again = _jpeg(np.asarray(framed, dtype=np.uint8), second)
    parameters = {"qualities": [first, second], "grid_shift": [right, down]}
    return np.ascontiguousarray(again[down:, right:]), parameters


@register_effect("webp", 91, group="coding")
def webp(image: Picture, dose: float, stream: Stream) -> tuple[Picture, Parameters]:  # noqa: ARG001 - an Apply
    """Return the image out of a lossy WebP file of quality 96 down to 8."""
    quality = _quality(dose, _WEBP_RANGE)
    return _coded(image, ".webp", [cv2.IMWRITE_WEBP_QUALITY, quality]), {"quality": quality}
