"""Quads measured: their sides, areas and what of them a picture shows.

Quads are float64 (N, 4, 2), corners TL, TR, BR, BL, in continuous pixel-edge coordinates (x right, y down).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Float = npt.NDArray[np.float64]

# Columns of a box (x0, y0, x1, y1) at the corners TL, TR, BR, BL, x and y in turn.
_BOX_CORNERS = np.array([0, 1, 2, 1, 2, 3, 0, 3])


def side_lengths(quads: Float) -> Float:
    """Return the lengths (N, 4) of the quads' top, right, bottom and left sides."""
    # Corner by corner, so that each difference runs over all quads at once.
    corners = np.ascontiguousarray(quads.T)
    sides = np.empty_like(corners)
    np.subtract(corners[:, 1:], corners[:, :-1], out=sides[:, :-1])
    np.subtract(corners[:, 0], corners[:, -1], out=sides[:, -1])
    sides *= sides
    lengths: Float = np.sqrt(sides[0] + sides[1]).T
    return lengths


def boxes_to_quads(boxes: Float) -> Float:
    """Return axis-aligned boxes (N, 4) of x0, y0, x1, y1 as quads (N, 4, 2): TL, TR, BR, BL."""
    return boxes.take(_BOX_CORNERS, axis=1).reshape(-1, 4, 2)


def quad_areas(quads: Float) -> Float:
    """Return the signed areas (N,) px^2 of quads (N, 4, 2), positive when clockwise as seen (shoelace formula)."""
    x, y = quads[..., 0], quads[..., 1]
    areas: Float = 0.5 * np.sum(x * np.roll(y, -1, axis=-1) - y * np.roll(x, -1, axis=-1), axis=-1)
    return areas


def visible_shares(quads: Float, size: tuple[int, int]) -> npt.NDArray[np.float32]:
    """Return for each quad (N, 4, 2) the share (N,) float32 of its area that lies inside a picture of (width, height).

    Exact: quads that leave the picture are clipped (Sutherland and Hodgman, 1974); a quad without area counts as
    visible when its centre is inside.
    """
    width, height = size
    x, y = quads[..., 0], quads[..., 1]
    if quads.min(initial=0.0) >= 0 and x.max(initial=0.0) <= width and y.max(initial=0.0) <= height:
        return np.ones(len(quads), dtype=np.float32)
    corners = np.ascontiguousarray(quads.transpose(1, 2, 0))
    low, high, limits = corners.min(axis=0), corners.max(axis=0), np.array([[width], [height]])
    inside = ((low >= 0) & (high <= limits)).all(axis=0)
    shares: npt.NDArray[np.float32] = inside.astype(np.float32)
    cut = np.flatnonzero(~inside & ((high > 0) & (low < limits)).all(axis=0))
    areas = np.abs(quad_areas(quads[cut])).tolist()
    for i, quad, whole in zip(cut.tolist(), quads[cut].tolist(), areas, strict=True):
        if whole > 0:
            shares[i] = abs(_polygon_area(_clip(quad, width, height))) / whole
        else:
            shares[i] = float(((quads[i].mean(axis=0) >= 0) & (quads[i].mean(axis=0) < (width, height))).all())
    return np.minimum(shares, np.float32(1.0))


def _clip(polygon: list[list[float]], width: float, height: float) -> list[list[float]]:
    for axis, limit, sign in ((0, 0.0, 1.0), (0, width, -1.0), (1, 0.0, 1.0), (1, height, -1.0)):
        # Most quads that are cut are cut by one side of the picture.
        if min([sign * (corner[axis] - limit) for corner in polygon]) >= 0:
            continue
        kept: list[list[float]] = []
        for here, there in zip(polygon, polygon[1:] + polygon[:1], strict=True):
            a, b = sign * (here[axis] - limit), sign * (there[axis] - limit)
            if a >= 0:
                kept.append(here)
            if (a < 0) != (b < 0):
                t = a / (a - b)
                kept.append([here[0] + t * (there[0] - here[0]), here[1] + t * (there[1] - here[1])])
        polygon = kept
        if not polygon:
            break
    return polygon


def _polygon_area(polygon: list[list[float]]) -> float:
    return 0.5 * sum(
        a[0] * b[1] - a[1] * b[0] for a, b in zip(polygon, polygon[1:] + polygon[:1], strict=True)
    ) if polygon else 0.0  # fmt: skip
