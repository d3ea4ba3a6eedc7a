"""Pictures that frame their content alone, such as words: in plain numbers, which for a few boxes are faster."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from synthgen.camera.attitude import (
    LEAST_FRONT,
    LEAST_SCALE,
    LOWERED,
    MOST_CONTENT_SCALE,
    MOST_SCALE,
    Attitude,
    Entries,
    seen_about,
)
from synthgen.camera.view import Pose, Sight, WholeBox, around, in_front, posed, shown_box, whole_box
from synthgen.geometry import Box, Homography


class Height(NamedTuple):
    """How high a picture is to be, whole px from ``low`` to ``high``; ``share`` in [0, 1) tells which of them."""

    low: int
    high: int
    share: float

    def px(self, least_px: float = 0.0) -> int:
        """Return the height, of those that are no less than ``least_px`` where there are such, else ``high``."""
        low = max(self.low, math.ceil(min(least_px, self.high)))
        return low + int((self.high + 1 - low) * self.share)


def close_up(attitude: Attitude, sight: Sight, drawn: Height, margins: Sequence[float], *, level: bool) -> Pose | None:
    """Return the pose of a picture that content and its margins fill; None where not even the upright is moderate.

    ``margins`` at left, top, right and bottom are in heights of the content. Small content that would be enlarged too
    much has more margin instead, as far as there is sheet; then the picture is lower than was drawn. Of the heights to
    be ``drawn`` only those count in which the content is not reduced too much, where there are such.
    """
    for step, (tilt, rotation) in enumerate(LOWERED):
        tried = attitude.lowered(tilt, rotation)
        framed = _framed(tried, sight, drawn, margins)
        if framed is None:
            continue
        view, size, shown, (least, most) = framed
        if least >= LEAST_SCALE and most <= MOST_SCALE:
            return posed(tried.told("content", step, (least, most), level=level), (view, size), sight, shown)
    return None


def _framed(
    attitude: Attitude, sight: Sight, drawn: Height, margins: Sequence[float]
) -> tuple[Homography, tuple[int, int], WholeBox, tuple[float, float]] | None:
    """Return a picture's map, size (width, height), the sheet's box that it shows, and the least and most stretch.

    None where what the picture shows is behind the camera.
    """
    x0, y0, x1, y1 = sight.content
    xx, xy, yx, yy, wx, wy = entries = attitude.about_middle(max(x1 - x0, y1 - y0))
    right, down = (x1 - x0) / 2, (y1 - y0) / 2
    # The corners lie around the middle: TL, TR, BR and BL are sums of the same products.
    a, b, c, d, e, f = xx * right, xy * down, yx * right, yy * down, wx * right, wy * down
    depths = (1 - e - f, 1 + e - f, 1 + e + f, 1 - e + f)
    if min(depths) <= LEAST_FRONT:
        return None
    tl, tr, br, bl = depths
    us = ((-a - b) / tl, (a - b) / tr, (a + b) / br, (b - a) / bl)
    vs = ((-c - d) / tl, (c - d) / tr, (c + d) / br, (d - c) / bl)
    begin, upper, lower = min(us), min(vs), max(vs)
    high = lower - upper
    least, most = _stretch(entries, us, vs, depths)
    # What a lower picture would reduce too much.
    lowest = LEAST_SCALE * high * (1 + margins[1] + margins[3]) / least if least > 0 else math.inf
    height = float(drawn.px(lowest))
    spare = sight.spare_px * high / height
    left, top, end, bottom = margins
    left, top, end, bottom = left * high + spare, top * high + spare, end * high + spare, bottom * high + spare
    scale = height / (high + top + bottom)
    if scale >= MOST_CONTENT_SCALE:
        scale = MOST_CONTENT_SCALE
        above, below = _room(attitude.view(sight.content), sight.sheet, upper, lower)
        more = max((height / scale - (high + top + bottom)) / 2, 0.0)
        top, bottom = max(top, min(top + more, above - spare)), max(bottom, min(bottom + more, below - spare))
        height = min(height, math.ceil(scale * (high + top + bottom)))
    exact_px = scale * (max(us) - begin + left + end)
    size = max(math.ceil(exact_px), 1), int(height)
    # What the whole number of px adds is shared by both sides.
    x = (size[0] - exact_px) / 2 + scale * (left - begin)
    y = (height - scale * (high + top + bottom)) / 2 + scale * (top - upper)
    view = seen_about(
        (scale * xx + x * wx, scale * xy + x * wy, x, scale * yx + y * wx, scale * yy + y * wy, y, wx, wy, 1.0),
        x0 + right,
        y0 + down,
    )
    shown = around(view.box_corners_inverse(shown_box(size, sight)))
    if not in_front(view, shown):
        return None
    return view, size, whole_box(shown), (scale * least, scale * most)


def _room(view: Homography, sheet: Box, y0: float, y1: float) -> tuple[float, float]:
    """Return how far the sheet reaches above and below the content all along, as the view shows it."""
    if not in_front(view, sheet):
        return 0.0, 0.0
    (_, top_left), (_, top_right), (_, bottom_right), (_, bottom_left) = view.box_corners(sheet)
    return y0 - max(top_left, top_right), min(bottom_left, bottom_right) - y1


def stretch_range(view: Homography, box: Box) -> tuple[float, float]:
    """Return the least and the most by which the map stretches lengths at the corners of a box (x0, y0, x1, y1)."""
    a, b, _, d, e, _, g, h, i = view.numbers
    x0, y0, x1, y1 = box
    us, vs = zip(*view.box_corners(box), strict=True)
    depths = [g * x + h * y + i for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))]
    return _stretch((a, b, d, e, g, h), us, vs, depths)


def _stretch(
    entries: Entries, us: Sequence[float], vs: Sequence[float], depths: Sequence[float]
) -> tuple[float, float]:
    """Return the least and the most singular value of a map's Jacobians where it takes points to (u, v)."""
    a, b, d, e, g, h = entries
    least, most, hypot = math.inf, 0.0, math.hypot
    for u, v, w in zip(us, vs, depths, strict=True):
        ux, uy, vx, vy = a - u * g, b - u * h, d - v * g, e - v * h
        even, odd = hypot(ux + vy, vx - uy) / w, hypot(ux - vy, vx + uy) / w
        low, high = abs(even - odd), even + odd
        if low < least:
            least = low
        if high > most:
            most = high
        if g == 0.0 == h:
            # The same everywhere.
            break
    return least / 2, most / 2
