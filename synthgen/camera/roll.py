"""A roll of film: small pictures taken one after another of one sheet, and developed together.

What light, lens and sensor do to a picture costs as much for a thousand pixels as for ten thousand. Pictures that share
them are laid on one strip, each in a rim of its own border pixels, and cut apart again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property

import cv2
import numpy as np

from synthgen.camera.pose import Pose
from synthgen.geometry import Picture

# Wider than any blur reaches, so that no picture shines into its neighbour.
RIM_PX = 6
# How much wider than high a sheet or strip may be.
_ASPECTS = (1.0, 1.4, 1.8, 2.3, 2.9)

Size = tuple[int, int]
Place = tuple[int, int]


class Roll:
    """Pictures to be taken of small sheets of ``sheet_sizes`` (width, height), which are printed as one.

    ``boxes`` are what each shows of its own sheet, whole px; ``places`` (x, y) where that is printed on the common
    sheet of ``size``; ``frames`` (x, y) where the pictures stand on the strip.
    """

    def __init__(self, poses: Sequence[Pose], sheet_sizes: Sequence[Size]) -> None:
        self.poses = tuple(poses)
        self.boxes = [pose.seen_box(size) for pose, size in zip(poses, sheet_sizes, strict=True)]
        self.places, self.size = packed([(x1 - x0, y1 - y0) for x0, y0, x1, y1 in self.boxes])

    @property
    def shifts(self) -> list[tuple[int, int]]:
        """How far each small sheet is moved to its place on the common one, px."""
        return [(x - box[0], y - box[1]) for (x, y), box in zip(self.places, self.boxes, strict=True)]

    @cached_property
    def _packing(self) -> tuple[list[Place], Size]:
        return packed([(width + 2 * RIM_PX, height + 2 * RIM_PX) for width, height in self.sizes])

    @property
    def sizes(self) -> list[Size]:
        """The pictures' (width, height)."""
        return [pose.size for pose in self.poses]

    @property
    def frames(self) -> list[Place]:
        """Where the pictures' own top-left corners stand on the strip."""
        return [(x + RIM_PX, y + RIM_PX) for x, y in self._packing[0]]

    def photographed(self, sheet: Picture) -> Picture:
        """Return the strip of all pictures, uint8 (H, W) or (H, W, 3) as the common ``sheet`` is."""
        corners, (width, height) = self._packing
        strip = np.empty((height, width, *sheet.shape[2:]), dtype=np.uint8)
        # Behind short rows, too, lies paper.
        strip[:] = sheet[0, 0]
        for pose, (x0, y0, x1, y1), (x, y), (u, v) in zip(self.poses, self.boxes, self.places, corners, strict=True):
            width, height = pose.size
            rimmed = strip[v : v + height + 2 * RIM_PX, u : u + width + 2 * RIM_PX]
            inner = rimmed[RIM_PX:-RIM_PX, RIM_PX:-RIM_PX]
            inner[...] = pose.photograph(sheet[y : y + y1 - y0, x : x + x1 - x0], (x0, y0))
            # A picture that stands in the middle of what it is to get a rim in is not copied.
            cv2.copyMakeBorder(inner, RIM_PX, RIM_PX, RIM_PX, RIM_PX, cv2.BORDER_REPLICATE, dst=rimmed)
        return strip

    def apart(self, strip: Picture) -> list[Picture]:
        """Return the pictures on a strip, each as an array of its own."""
        return [
            strip[y : y + height, x : x + width].copy()
            for (x, y), (width, height) in zip(self.frames, self.sizes, strict=True)
        ]


def packed(sizes: Sequence[Size]) -> tuple[list[Place], Size]:
    """Return a place (x, y) for each box of (width, height), in rows from high to low, and the size of the whole.

    Of several widths the one is taken that leaves least room between the boxes.
    """
    order = sorted(range(len(sizes)), key=lambda at: -sizes[at][1])
    area = sum([width * height for width, height in sizes])
    widest = max([width for width, _ in sizes])
    limits = {max(math.ceil(math.sqrt(aspect * area)), widest) for aspect in _ASPECTS}
    return min([_in_rows(sizes, order, limit) for limit in sorted(limits)], key=lambda one: one[1][0] * one[1][1])


def _in_rows(sizes: Sequence[Size], order: Sequence[int], limit: int) -> tuple[list[Place], Size]:
    """Return the places of boxes, taken in an order, in rows of at most ``limit`` px, and the size of the whole."""
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
    return places, (reach, y + row)
