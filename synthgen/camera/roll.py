"""A roll of film: small pictures taken one after another of one sheet, and developed together.

What light, lens and sensor do to a picture costs as much for a thousand pixels as for ten thousand. Pictures that share
them are laid on one strip, each in a rim of its own border pixels, and cut apart again.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from synthgen.camera.poses import Poses
from synthgen.channels import padded, unpadded
from synthgen.geometry import Picture, warp_each

# Wider than any blur reaches, so that no picture shines into its neighbour.
RIM_PX = 6
# How much longer than wide a sheet or strip may be, along its rows or columns.
_ASPECTS = (1.0, 1.4, 1.8, 2.3, 2.9)

Size = tuple[int, int]
Place = tuple[int, int]


class Packing(NamedTuple):
    """Where boxes stand: ``places`` (x, y), the ``size`` (width, height) of the whole.

    ``lefts`` are the left edges of the columns that they stand in, rising from 0; of boxes in rows there is only that.
    """

    places: list[Place]
    size: Size
    lefts: tuple[int, ...] = (0,)


class Roll:
    """Pictures to be taken of small sheets, which are printed as one; those whose pose is None are not taken.

    ``taken`` are the numbers of the others. In their order ``boxes`` are what each shows of its own sheet, whole px;
    ``places`` (x, y) where that is printed on the common sheet of ``size``, moved by ``shifts``, and ``lefts`` the left
    edges of the columns there; ``frames`` (x, y) where the pictures' own top-left corners stand on the strip.
    """

    def __init__(self, poses: Poses) -> None:
        self.poses, self.taken = poses, poses.taken
        self.boxes = [poses.boxes[at] for at in self.taken]
        self._sizes = [poses.sizes[at] for at in self.taken]
        self.places, self.size, self.lefts = packed([(x1 - x0, y1 - y0) for x0, y0, x1, y1 in self.boxes])
        self.shifts = [(x - box[0], y - box[1]) for (x, y), box in zip(self.places, self.boxes, strict=True)]
        rimmed = [(width + 2 * RIM_PX, height + 2 * RIM_PX) for width, height in self._sizes]
        corners, self._strip_size, _ = packed(rimmed)
        self.frames = [(x + RIM_PX, y + RIM_PX) for x, y in corners]

    @property
    def columns(self) -> list[int]:
        """The column of the common sheet in which each picture's part of it is printed."""
        return [bisect_right(self.lefts, x) - 1 for x, _ in self.places]

    def photographed(self, sheet: Picture) -> Picture:
        """Return the strip of all pictures, uint8 (H, W) or (H, W, 3) as the common ``sheet`` is."""
        (width, height), poses = self._strip_size, self.poses
        shown = sheet if poses.bent else padded(sheet, width * height)
        strip = np.empty((height, width, *shown.shape[2:]), dtype=np.uint8)
        # Behind short rows, too, lies paper.
        strip[:] = shown[0, 0]
        parts = [
            shown[y : y + y1 - y0, x : x + x1 - x0]
            for (x, y), (x0, y0, x1, y1) in zip(self.places, self.boxes, strict=True)
        ]
        pictures, corners = self._framed(strip), [box[:2] for box in self.boxes]
        if poses.bent:
            for at, part, corner, picture in zip(self.taken, parts, corners, pictures, strict=True):
                pose = poses[at]
                if pose is not None:
                    picture[...] = pose.photograph(part, corner)
        else:
            warp_each(parts, corners, poses.backs[:, self.taken], poses.affine[self.taken], pictures)
        for picture, (x, y), (width, height) in zip(pictures, self.frames, self._sizes, strict=True):
            around = strip[y - RIM_PX : y + height + RIM_PX, x - RIM_PX : x + width + RIM_PX]
            # A picture that stands in the middle of what it is to get a rim in is not copied.
            cv2.copyMakeBorder(picture, RIM_PX, RIM_PX, RIM_PX, RIM_PX, cv2.BORDER_REPLICATE, dst=around)
        return unpadded(strip, sheet)

    def apart(self, strip: Picture) -> list[Picture]:
        """Return the pictures on a strip, each as an array of its own."""
        return [picture.copy() for picture in self._framed(strip)]

    def _framed(self, strip: Picture) -> list[Picture]:
        """Return the pictures as parts of a strip."""
        return [
            strip[y : y + height, x : x + width]
            for (x, y), (width, height) in zip(self.frames, self._sizes, strict=True)
        ]


def packed(sizes: Sequence[Size]) -> Packing:
    """Return where boxes of (width, height) stand: wide ones in rows, tall ones in columns.

    Of several widths, or heights, the one is taken that leaves least room between the boxes.
    """
    area = sum([width * height for width, height in sizes])
    if sum([height - width for width, height in sizes]) > 0:
        order = sorted(range(len(sizes)), key=lambda at: -sizes[at][0])
        limits = _limits(area, max([height for _, height in sizes]))
        found = [_in_columns(sizes, order, limit) for limit in limits]
    else:
        order = sorted(range(len(sizes)), key=lambda at: -sizes[at][1])
        limits = _limits(area, max([width for width, _ in sizes]))
        found = [_in_rows(sizes, order, limit) for limit in limits]
    return min(found, key=lambda one: one.size[0] * one.size[1])


def _limits(area: int, longest: int) -> list[int]:
    """Return how long rows or columns may be that hold boxes of this area, the longest of them too, px."""
    return sorted({max(math.ceil(math.sqrt(aspect * area)), longest) for aspect in _ASPECTS})


def _in_rows(sizes: Sequence[Size], order: Sequence[int], limit: int) -> Packing:
    """Return boxes, taken from high to low in an order, in rows of at most ``limit`` px."""
    places = [(0, 0)] * len(sizes)
    x = y = row = reach = 0
    for at in order:
        width, height = sizes[at]
        if x + width > limit:
            x, y, row = 0, y + row, 0
        if x == 0:
            row = height
        places[at] = (x, y)
        x += width
        if x > reach:
            reach = x
    return Packing(places, (reach, y + row))


def _in_columns(sizes: Sequence[Size], order: Sequence[int], limit: int) -> Packing:
    """Return boxes, taken from wide to narrow in an order, each in the first column with room for it."""
    places = [(0, 0)] * len(sizes)
    edge, lefts, feet = 0, list[int](), list[int]()
    for at in order:
        width, height = sizes[at]
        for number, foot in enumerate(feet):
            if foot + height <= limit:
                places[at] = (lefts[number], foot)
                feet[number] = foot + height
                break
        else:
            places[at] = (edge, 0)
            lefts.append(edge)
            feet.append(height)
            edge += width
    return Packing(places, (edge, max(feet)), tuple(lefts))
