"""Close-ups of many contents at once, in arrays: a tenth of what each costs alone.

Only for views that are moderate as drawn, of what is neither bent nor enlarged to the utmost; :mod:`~.close_up` makes
the others. What both can make is the same to the last bit: the sums are the same, and tangents and lengths, which
NumPy may round otherwise, are the same functions'.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from synthgen.camera.attitude import LEAST_FRONT, LEAST_SCALE, MOST_CONTENT_SCALE, MOST_SCALE
from synthgen.camera.poses import Poses
from synthgen.camera.view import AROUND_PX
from synthgen.geometry import Box, Float
from synthgen.matrices import corners_each, inverse_entries

# The corners TL, TR, BR and BL, as seen from the middle.
_RIGHT, _DOWN = np.array([[-1.0], [1.0], [1.0], [-1.0]]), np.array([[-1.0], [-1.0], [1.0], [1.0]])


class Heights(NamedTuple):
    """How high pictures are to be, as :class:`~.close_up.Height` has it for one; ``shares`` (K,)."""

    low: int
    high: int
    shares: Float

    def px(self, least_px: Float) -> Float:
        """Return the heights (K,), of those that are no less than ``least_px`` (K,) where there are such."""
        low = np.maximum(self.low, np.ceil(np.minimum(least_px, self.high)))
        return low + np.floor((self.high + 1 - low) * self.shares)


@np.errstate(divide="ignore", invalid="ignore", over="ignore")
def close_ups(
    attitudes: Float, contents: Sequence[Box], heights: Heights, margins: Float, *, level: bool
) -> tuple[Poses, npt.NDArray[np.intp]]:
    """Return the poses of K pictures that contents and their margins fill, and which of them are still to be made.

    These :func:`~.close_up.close_up` must make. ``attitudes`` (5, K) are the columns of
    :class:`~.attitude.Attitude`, ``contents`` boxes in sheet px, ``heights`` how high the pictures are to be,
    ``margins`` (4, K) at left, top, right and bottom in heights of the content.
    """
    x0, y0, x1, y1 = np.array(contents).T
    xx, xy, yx, yy, wx, wy = _about_middle(attitudes, np.maximum(x1 - x0, y1 - y0))
    across, down = (x1 - x0) / 2, (y1 - y0) / 2
    # The corners lie around the middle.
    depths = 1 + _RIGHT * (wx * across) + _DOWN * (wy * down)
    us = (_RIGHT * (xx * across) + _DOWN * (xy * down)) / depths
    vs = (_RIGHT * (yx * across) + _DOWN * (yy * down)) / depths
    begin, upper = us.min(axis=0), vs.min(axis=0)
    high = vs.max(axis=0) - upper
    stretch = _stretched((xx, xy, yx, yy, wx, wy), us, vs, depths)
    # What a lower picture would reduce too much.
    heights_px = heights.px(LEAST_SCALE * high * (1 + margins[1] + margins[3]) / stretch[0])
    left, top, right, bottom = margins * high
    whole = high + top + bottom
    scale = heights_px / whole
    exact_px = scale * (us.max(axis=0) - begin + left + right)
    widths_px = np.maximum(np.ceil(exact_px), 1.0)
    # What the whole number of px adds is shared by both sides.
    x = (widths_px - exact_px) / 2 + scale * (left - begin)
    y = (heights_px - scale * whole) / 2 + scale * (top - upper)
    a, b, d, e = scale * xx + x * wx, scale * xy + x * wy, scale * yx + y * wx, scale * yy + y * wy
    middle_x, middle_y = x0 + across, y0 + down
    view = np.array(
        [a, b, x - a * middle_x - b * middle_y, d, e, y - d * middle_x - e * middle_y,
         wx, wy, 1.0 - wx * middle_x - wy * middle_y]
    )  # fmt: skip
    back = np.array(inverse_entries(view))
    corners = corners_each(back, widths_px, heights_px)
    start, stop = corners.min(axis=1), corners.max(axis=1)
    g, h, i = view[6:]
    nearest = np.minimum(g * start[0], g * stop[0]) + np.minimum(h * start[1], h * stop[1]) + i
    scales = scale * stretch
    mine = (depths.min(axis=0) > LEAST_FRONT) & (nearest > LEAST_FRONT) & (scale < MOST_CONTENT_SCALE)
    mine &= (scales[0] >= LEAST_SCALE) & (scales[1] <= MOST_SCALE)
    sizes = np.array([widths_px, heights_px])
    boxes = np.concatenate([np.floor(start) - AROUND_PX, np.ceil(stop) + AROUND_PX])
    # Of those that are still to be made it may be anything.
    columns = view, back, _tuples(np.where(mine, sizes, 1.0)), _tuples(np.where(mine, boxes, 0.0))
    return Poses(*columns, {}, attitudes, scales, level=level), np.flatnonzero(~mine)


def _tuples(columns: Float) -> list[Any]:
    """Return the whole numbers in columns (N, K) as K tuples."""
    return list(zip(*columns.astype(int).tolist(), strict=True))


def _about_middle(attitudes: Float, longer_px: Float) -> tuple[Float, Float, Float, Float, Float, Float]:
    """Return what :meth:`Attitude.about_middle` gives for each."""
    *angles_deg, focal, shear = attitudes
    # As :func:`~synthgen.geometry.cos_sin` has cosine and sine of rotation, tilt and its axis.
    halves = np.radians(angles_deg) / 2
    tan = np.array(list(map(math.tan, halves.ravel().tolist()))).reshape(halves.shape)
    (cos, cos_tilt, u), (sin, sin_tilt, v) = (1 - tan * tan) / (1 + tan * tan), 2 * tan / (1 + tan * tan)
    a, b, c, d = cos, cos * shear + sin, -sin, cos - sin * shear
    v, far, rest = -v, focal * longer_px, 1 - cos_tilt
    p, q, r = cos_tilt + u * u * rest, u * v * rest, cos_tilt + v * v * rest
    s, t = -v * sin_tilt / far, u * sin_tilt / far
    return p * a + q * c, p * b + q * d, q * a + r * c, q * b + r * d, s * a + t * c, s * b + t * d


def _stretched(entries: tuple[Float, ...], us: Float, vs: Float, depths: Float) -> Float:
    """Return the least and the most stretch (2, K), as :func:`~.close_up.stretch_range` has them."""
    a, b, d, e, g, h = entries
    ux, uy, vx, vy = a - us * g, b - us * h, d - vs * g, e - vs * h
    even, odd = _lengths(ux + vy, vx - uy) / depths, _lengths(ux - vy, vx + uy) / depths
    return np.array([np.abs(even - odd).min(axis=0) / 2, (even + odd).max(axis=0) / 2])


def _lengths(x: Float, y: Float) -> Float:
    return np.array(list(map(math.hypot, x.ravel().tolist(), y.ravel().tolist()))).reshape(x.shape)
