"""Projective maps of many quads at once: 3x3 float64 matrices (N, 3, 3), kept entry by entry in memory.

Sums then run over all N: the same arithmetic as one matrix at a time, on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Float = npt.NDArray[np.float64]


def unit_to_quads(quads: Float) -> Float:
    """Return (N, 3, 3) matrices that take the unit square's corners (0,0), (1,0), (1,1), (0,1) to ``quads`` (N, 4, 2).

    Closed form (Heckbert, "Fundamentals of texture mapping and image warping", 1989, section 2.2.3). A quad with three
    corners on one line has no such map and gives infinities.
    """
    (x0, x1, x2, x3), (y0, y1, y2, y3) = np.ascontiguousarray(quads.T)
    ax, ay, bx, by = x1 - x2, y1 - y2, x3 - x2, y3 - y2
    sx, sy = x0 - x1 + x2 - x3, y0 - y1 + y2 - y3
    determinant = ax * by - bx * ay
    g = (sx * by - bx * sy) / determinant
    h = (ax * sy - sx * ay) / determinant
    return matrices_of(
        [x1 - x0 + g * x1, x3 - x0 + h * x3, x0, y1 - y0 + g * y1, y3 - y0 + h * y3, y0, g, h, np.ones_like(g)]
    )


def inverse_matrices(matrices: Float) -> Float:
    """Return the inverses (N, 3, 3) by cofactors: the same arithmetic on every machine."""
    a, b, c, d, e, f, g, h, i = entries_of(matrices)
    co = [e * i - f * h, c * h - b * i, b * f - c * e, f * g - d * i, a * i - c * g, c * d - a * f,
          d * h - e * g, b * g - a * h, a * e - b * d]  # fmt: skip
    determinant = a * co[0] + b * co[3] + c * co[6]
    return matrices_of([one / determinant for one in co])


def entries_of(matrices: Float) -> Float:
    """Return the entries (9, N) of matrices (N, 3, 3), row by row; no copy is made of what :func:`matrices_of` made."""
    return np.ascontiguousarray(matrices.reshape(-1, 9).T)


def matrices_of(entries: Sequence[Float]) -> Float:
    """Return matrices (N, 3, 3) of nine entries (N,), row by row, in memory entry by entry: sums over many are fast."""
    return np.array(entries).T.reshape(-1, 3, 3)


def project_each(matrices: Float, points: Float) -> Float:
    """Return points (N, K, 2) mapped by one matrix (N, 3, 3) each; by plain sums, equal on every processor."""
    a, b, c, d, e, f, g, h, i = entries_of(matrices)
    # Coordinate by coordinate, so that each sum runs over all N at once.
    x, y = np.ascontiguousarray(points.T)
    w = g * x + h * y + i
    mapped = np.array([(a * x + b * y + c) / w, (d * x + e * y + f) / w])
    return np.ascontiguousarray(mapped.T)
