"""Blur by a Gaussian of few px, in sums of as few px as have its standard deviation."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from synthgen.geometry import Picture

Real = npt.NDArray[np.float64]

# Up to here three weights have any standard deviation, and the middle one counts twice the others at least: half the
# work of five, and no pattern is turned over into its opposite.
_THREE_PX_SIGMA = math.sqrt(0.5)
_REACH = 2.5


def blur_weights(sigma_px: float) -> Real:
    """Return the weights (side,) of a blur in one direction: symmetric, of sum 1, of standard deviation ``sigma_px``.

    >>> blur_weights(0.5).tolist()
    [0.125, 0.75, 0.125]
    """
    if sigma_px <= _THREE_PX_SIGMA:
        aside = sigma_px**2 / 2
        return np.array([aside, 1 - 2 * aside, aside])
    weights = cv2.getGaussianKernel(2 * math.ceil(_REACH * sigma_px) + 1, sigma_px)
    return np.asarray(weights, dtype=np.float64).ravel()


def weighted(image: Picture, weights: Real) -> Picture:
    """Return the image (H, W) or (H, W, 3) with each px the weighted sum of those about it, across and down.

    The image goes on with its border. A third less work than ``cv2.GaussianBlur``, which is exact to the last bit.
    """
    sums = cv2.sepFilter2D(image, -1, weights, weights, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(sums, dtype=np.uint8).reshape(image.shape)


def blurred(image: Picture, sigma_px: float) -> Picture:
    """Return the image (H, W) or (H, W, 3) blurred by a Gaussian of this standard deviation; itself for 0."""
    return weighted(image, blur_weights(sigma_px)) if sigma_px > 0 else image
