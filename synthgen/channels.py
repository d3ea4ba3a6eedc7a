"""Channels: how pictures in RGB are brought to OpenCV's warps.

OpenCV resamples four channels in the time of one, and three in more than twice that, to the same levels. So RGB goes
through a warp with an empty fourth channel beside its own.
"""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]

# Where a picture is this many times as large as all that is shown of it, its way there and back does not pay.
_MOST_TIMES = 12


def padded(picture: Picture, area_px: float) -> Picture:
    """Return a picture in RGB as (H, W, 4), where ``area_px`` of its px to be shown are enough; else as it is."""
    if picture.shape[2:] != (3,) or picture.shape[0] * picture.shape[1] > _MOST_TIMES * area_px:
        return picture
    return cv2.cvtColor(picture, cv2.COLOR_RGB2RGBA)  # type: ignore[return-value]


def padded_each(pictures: Iterable[Picture], area_px: float) -> dict[int, Picture]:
    """Return each of some pictures once, by ``id``, as :func:`padded` by the mean area shown of one."""
    distinct = {id(picture): picture for picture in pictures}
    return {key: padded(picture, area_px / len(distinct)) for key, picture in distinct.items()}


def unpadded(seen: cv2.typing.MatLike, picture: Picture) -> Picture:
    """Return what is seen of a picture without the fourth channel that :func:`padded` gave this one, if it did."""
    return seen if seen.shape[2:] == picture.shape[2:] else cv2.cvtColor(seen, cv2.COLOR_RGBA2RGB)  # type: ignore[return-value]
