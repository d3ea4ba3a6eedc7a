"""Pictures that frame their content alone: of many words at once, for a dozen array operations in all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from synthgen.camera.attitude import LEAST_FRONT, MOST_CONTENT_SCALE, Attitude, views
from synthgen.camera.view import Sight
from synthgen.geometry import Float, inverse_matrices, project_each
from synthgen.quads import boxes_to_quads

Bools = npt.NDArray[np.bool_]


def close_ups(
    attitudes: Sequence[Attitude], sights: Sequence[Sight], heights_px: Sequence[int], margins: Float
) -> tuple[Float, list[tuple[int, int]], Bools]:
    """Return the maps (K, 3, 3) and sizes (width, height) of pictures that contents and their margins fill.

    ``margins`` (K, 4) are those at left, top, right and bottom, in heights of the content. Small content that would be
    enlarged too much has more margin instead, as far as there is sheet; then the picture is lower than
    ``heights_px``. The third, bool (K,), is False where content or what is around it lies behind the camera.
    """
    content = np.array([one.content for one in sights])
    spare_px = np.array([one.spare_px for one in sights])
    view = views(attitudes, content)
    good = _in_front(view, content)
    height = np.array(heights_px, dtype=np.float64)
    x0, y0, x1, y1 = _around(project_each(view, boxes_to_quads(content))).T
    high = y1 - y0
    spare = spare_px * high / height
    left, top, right, bottom = margins.T * high + spare
    scale = height / (high + top + bottom)
    small = scale >= MOST_CONTENT_SCALE
    if small.any():
        scale = np.minimum(scale, MOST_CONTENT_SCALE)
        above, below = _room(view, np.array([one.sheet for one in sights]), y0, y1)
        more = np.maximum((height / scale - (high + top + bottom)) / 2, 0.0)
        top = np.where(small, np.maximum(top, np.minimum(top + more, above - spare)), top)
        bottom = np.where(small, np.maximum(bottom, np.minimum(bottom + more, below - spare)), bottom)
        height = np.where(small, np.minimum(height, np.ceil(scale * (high + top + bottom))), height)
    exact_px = scale * (x1 - x0 + left + right)
    width = np.maximum(np.ceil(exact_px), 1.0)
    # What the whole number of px adds is shared by both sides.
    x = (width - exact_px) / 2 + scale * (left - x0)
    y = (height - scale * (high + top + bottom)) / 2 + scale * (top - y0)
    seen = view.copy()
    seen[:, :2] = scale[:, None, None] * view[:, :2] + np.stack([x, y], axis=1)[:, :, None] * view[:, 2:]
    shown = np.stack([-spare_px, -spare_px, width + spare_px, height + spare_px], axis=1)
    good &= _in_front(seen, _around(project_each(inverse_matrices(seen), boxes_to_quads(shown))))
    sizes = list(zip(width.astype(int).tolist(), height.astype(int).tolist(), strict=True))
    return seen, sizes, good


def _room(view: Float, sheet: Float, y0: Float, y1: Float) -> tuple[Float, Float]:
    """Return how far (K,) the sheets reach above and below the contents all along, as the views show them."""
    corners = project_each(view, boxes_to_quads(sheet))[..., 1]
    seen = _in_front(view, sheet)
    above = np.where(seen, y0 - np.maximum(corners[:, 0], corners[:, 1]), 0.0)
    return above, np.where(seen, np.minimum(corners[:, 3], corners[:, 2]) - y1, 0.0)


def _around(corners: Float) -> Float:
    """Return the boxes (K, 4) around corners (K, 4, 2)."""
    return np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)


def _in_front(view: Float, boxes: Float) -> Bools:
    """Return whether boxes (K, 4) lie clearly before the camera: the plane's horizon is far from them."""
    g, h, i = view[:, 2].T
    x0, y0, x1, y1 = boxes.T
    front: Bools = np.minimum(g * x0, g * x1) + np.minimum(h * y0, h * y1) + i > LEAST_FRONT
    return front


def stretch_ranges(views: Float, boxes: Float) -> tuple[Float, Float]:
    """Return the least and the most (K,) by which maps (K, 3, 3) stretch lengths at the corners of boxes (K, 4).

    The singular values of their Jacobians there.
    """
    corners = boxes_to_quads(boxes)
    x, y = corners[..., 0], corners[..., 1]
    m = views[:, None]
    g, h = m[..., 2, 0], m[..., 2, 1]
    w = g * x + h * y + m[..., 2, 2]
    to = project_each(views, corners)
    u, v = to[..., 0], to[..., 1]
    ux, uy = (m[..., 0, 0] - u * g) / w, (m[..., 0, 1] - u * h) / w
    vx, vy = (m[..., 1, 0] - v * g) / w, (m[..., 1, 1] - v * h) / w
    even, odd = np.hypot(ux + vy, vx - uy) / 2, np.hypot(ux - vy, vx + uy) / 2
    return np.abs(even - odd).min(axis=1), (even + odd).max(axis=1)
