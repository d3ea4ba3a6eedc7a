"""Projective maps of many quads at once: 3x3 float64 matrices (N, 3, 3), kept entry by entry in memory.

Sums then run over all N: the same arithmetic as one matrix at a time, on every machine.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Float = npt.NDArray[np.float64]

# The entries whose products, less one another, are the entries of the adjugate, row by row: ei - fh, ch - bi, bf - ce;
# fg - di, ai - cg, cd - af; dh - eg, bg - ah, ae - bd.
_PLUS = np.array([[4, 2, 1, 5, 0, 2, 3, 1, 0], [8, 7, 5, 6, 8, 3, 7, 6, 4]])
_MINUS = np.array([[5, 1, 2, 3, 2, 0, 4, 0, 1], [7, 8, 4, 8, 6, 5, 6, 7, 3]])


def unit_to_quads(quads: Float) -> Float:
    """Return (N, 3, 3) matrices that take the unit square's corners (0,0), (1,0), (1,1), (0,1) to ``quads`` (N, 4, 2).

    Closed form (Heckbert, "Fundamentals of texture mapping and image warping", 1989, section 2.2.3). A quad with three
    corners on one line has no such map and gives infinities.
    """
    return matrices_of(unit_entries(np.ascontiguousarray(quads.T)))


def unit_entries(corners: Float) -> Float:
    """Return the entries (9, N) of what :func:`unit_to_quads` gives for quads whose corners are (2, 4, N)."""
    # x and y go through the same sums at once.
    p0, p1, p2, p3 = corners.swapaxes(0, 1)
    (ax, ay), (bx, by), (sx, sy) = p1 - p2, p3 - p2, p0 - p1 + p2 - p3
    determinant = ax * by - bx * ay
    entries = np.empty((3, 3, corners.shape[2]))
    entries[2, 0] = g = (sx * by - bx * sy) / determinant
    entries[2, 1] = h = (ax * sy - sx * ay) / determinant
    entries[2, 2] = 1.0
    np.add(p1 - p0, g * p1, out=entries[:2, 0])
    np.add(p3 - p0, h * p3, out=entries[:2, 1])
    entries[:2, 2] = p0
    return entries.reshape(9, -1)


def inverse_matrices(matrices: Float) -> Float:
    """Return the inverses (N, 3, 3) by cofactors: the same arithmetic on every machine."""
    return matrices_of(inverse_entries(entries_of(matrices)))


def inverse_entries(entries: Float) -> Float:
    """Return the nine entries (9, N) of the inverses of matrices, given by theirs (9, N)."""
    cofactors: Float = entries[_PLUS[0]] * entries[_PLUS[1]] - entries[_MINUS[0]] * entries[_MINUS[1]]
    cofactors /= entries[0] * cofactors[0] + entries[1] * cofactors[3] + entries[2] * cofactors[6]
    return cofactors


def entries_of(matrices: Float) -> Float:
    """Return the entries (9, N) of matrices (N, 3, 3), row by row; no copy is made of this module's."""
    return np.ascontiguousarray(matrices.reshape(-1, 9).T)


def matrices_of(entries: Float) -> Float:
    """Return the matrices (N, 3, 3) of these entries (9, N), which they show."""
    matrices: Float = entries.reshape(3, 3, -1).transpose(2, 0, 1)
    return matrices


def project_each(matrices: Float, points: Float) -> Float:
    """Return points (N, K, 2) mapped by one matrix (N, 3, 3) each; by plain sums, equal on every processor."""
    return np.ascontiguousarray(points_under(entries_of(matrices), np.ascontiguousarray(points.T)).T)


def points_under(entries: Float, points: Float) -> Float:
    """Return points (2, K, N), coordinate by coordinate, mapped by N matrices of these entries (9, N)."""
    rows = entries.reshape(3, 3, 1, -1)
    x, y = points
    across, down, at = rows[:2].swapaxes(0, 1)
    g, h, i = rows[2]
    mapped: Float = across * x
    mapped += down * y
    mapped += at
    mapped /= g * x + h * y + i
    return mapped


def corners_each(entries: Float, widths_px: Float, heights_px: Float) -> Float:
    """Return the corners TL, TR, BR, BL of N pictures, as (2, 4, N), under matrices of these entries (9, N)."""
    a, b, c, d, e, f, g, h, i = entries
    aw, dw, gw = a * widths_px, d * widths_px, g * widths_px
    bh, eh, hh = b * heights_px, e * heights_px, h * heights_px
    x, y = np.array([c, aw + c, aw + bh + c, bh + c]), np.array([f, dw + f, dw + eh + f, eh + f])
    corners: Float = np.array([x, y]) / np.array([i, gw + i, gw + hh + i, hh + i])
    return corners
