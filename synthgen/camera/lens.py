"""The lens: what it does not resolve. Every kernel is symmetric about its middle, so nothing moves."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from synthgen.camera.effects import Parameters, register_effect
from synthgen.geometry import Picture
from synthgen.press.blur import blurred
from synthgen.randomness import Stream

# Text at the dose of 1 keeps this share of its pixels in each direction.
LOWEST_RESOLUTION = 0.42
_ENLARGERS = {"nearest": cv2.INTER_NEAREST_EXACT, "linear": cv2.INTER_LINEAR, "cubic": cv2.INTER_CUBIC}


@register_effect(
    "motion", 30, lambda optics: optics.motion_probability, lambda optics: optics.motion_px_range, in_room=True
)
def motion(image: Picture, dose: float, stream: Stream) -> tuple[Picture, Parameters]:
    """Return the image smeared along a straight line of ``dose`` px, at a random angle."""
    angle_deg = stream.uniform(0.0, 180.0)
    kernel = line_kernel(dose, angle_deg)
    smeared = cv2.filter2D(image, -1, kernel, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(smeared, dtype=np.uint8).reshape(image.shape), {"angle_deg": angle_deg}


def line_kernel(length_px: float, angle_deg: float) -> npt.NDArray[np.float32]:
    """Return the kernel (side, side) of a line of this length through its middle: sum 1, symmetric about the middle."""
    reach = math.ceil(length_px / 2 + 1)
    side = 2 * reach + 1
    kernel = np.zeros((side, side))
    n = max(4 * math.ceil(length_px), 1)
    along = ((np.arange(n) + 0.5) / n - 0.5) * length_px
    x, y = reach + along * math.cos(math.radians(angle_deg)), reach - along * math.sin(math.radians(angle_deg))
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    u, v = x - left, y - top
    np.add.at(kernel, (top, left), (1 - u) * (1 - v))
    np.add.at(kernel, (top, left + 1), u * (1 - v))
    np.add.at(kernel, (top + 1, left), (1 - u) * v)
    np.add.at(kernel, (top + 1, left + 1), u * v)
    # Rounding may leave the two halves unequal in the last bit; their mean is symmetric exactly.
    kernel = (kernel + kernel[::-1, ::-1]) / 2
    normal: npt.NDArray[np.float32] = (kernel / kernel.sum()).astype(np.float32)
    return normal


@register_effect("defocus", 40, lambda optics: optics.defocus_probability, lambda optics: optics.defocus_px_range)
def defocus(image: Picture, dose: float, stream: Stream) -> tuple[Picture, Parameters]:  # noqa: ARG001 - an Apply
    """Return the image out of focus: a Gaussian of standard deviation ``dose`` px."""
    return blurred(image, dose), {}


@register_effect("low_resolution", 50)
def low_resolution(image: Picture, dose: float, stream: Stream) -> tuple[Picture, Parameters]:
    """Return the image reduced, down to 0.42 of its size, and enlarged again by one of the usual ways."""
    height, width = image.shape[:2]
    how = stream.pick(("nearest", "linear", "linear", "cubic"))
    share = 1 - (1 - LOWEST_RESOLUTION) * dose
    small_size = (max(round(width * share), 1), max(round(height * share), 1))
    parameters = {"kernel": how, "size": list(small_size)}
    if small_size == (width, height):
        return image, parameters
    # A px that averages 1 / share of them, by a Gaussian of as much variance: three times faster than by areas.
    sigma = math.sqrt((1 / share**2 - 1) / 12)
    small = cv2.resize(blurred(image, sigma), small_size, interpolation=cv2.INTER_LINEAR)
    large = cv2.resize(small, (width, height), interpolation=_ENLARGERS[how])
    return np.asarray(large, dtype=np.uint8).reshape(image.shape), parameters
