"""Pairs of numbers between the nodes of a square grid: bilinear within its meshes, constant beyond its border.

Each mesh's terms are worked out once, so that a lookup is one gathering of eight numbers and a few sums: fields are
asked for thousands of points a dozen times over. It takes x and y apart, so this is also where points are taken apart
and put together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Float = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Mesh:
    """A grid of meshes, ``columns`` of them in a row, with their ``terms`` (8, meshes): a, b, c, e, each along x and y.

    At (u, v) of a mesh, 0 to 1 along its sides, the value is a + b u + c v + e u v. ``last`` (2, 1) are the greatest
    coordinates x and y, those of the last nodes, ``farthest`` (2, 1) the last mesh's column and row.
    """

    columns: int
    terms: Float
    last: Float
    farthest: Float

    @classmethod
    def of(cls, nodes: Float) -> Mesh:
        """Return the mesh between ``nodes`` (rows, columns, 2), of which a single row or column counts as two alike."""
        last = np.array([[nodes.shape[1] - 1.0], [nodes.shape[0] - 1.0]])
        for axis in (0, 1):
            if nodes.shape[axis] == 1:
                nodes = np.repeat(nodes, 2, axis=axis)
        a = nodes[:-1, :-1]
        b, c = nodes[:-1, 1:] - a, nodes[1:, :-1] - a
        e = nodes[1:, 1:] - nodes[1:, :-1] - b
        terms = np.stack([term[..., axis] for term in (a, b, c, e) for axis in (0, 1)])
        return cls(a.shape[1], terms.reshape(8, -1), last, np.maximum(last - 1, 0.0))

    def at(self, places: Float) -> Float:
        """Return both numbers (2, N) at places (2, N), whose x and y are counted in nodes."""
        part = np.maximum(places, 0.0)
        np.minimum(part, self.last, out=part)
        corner = np.floor(part)
        np.minimum(corner, self.farthest, out=corner)
        part -= corner
        u, v = part
        left, top = corner
        top *= self.columns
        top += left
        # Sums and products of x and y are the same: on few points a call costs more than they do.
        a, b, c, e = self.terms.take(top.astype(np.intp), axis=1).reshape(4, 2, -1)
        # In place, sum by sum: what was gathered is nobody else's.
        e *= u
        e += c
        e *= v
        b *= u
        a += b
        a += e
        both: Float = a
        return both


def lattice(x: Float, y: Float) -> Float:
    """Return the points (rows, columns, 2) at every x of some columns (columns,) and y of some rows (rows,).

    In memory all x lie before all y: a map works on each of them alone, in half the time.
    """
    planes = np.empty((2, len(y), len(x)))
    planes[0] = x
    planes[1] = y[:, None]
    return planes.transpose(1, 2, 0)


def apart_of(points: Float) -> Float:
    """Return the coordinates of points (..., 2) apart, as (2, N); a view of those of a :func:`lattice`."""
    return np.ascontiguousarray(np.reshape(points, (-1, 2)).T)


def together_like(places: Float, points: Float) -> Float:
    """Return places (2, N) shaped, and laid out in memory, as the points (..., 2) that they were made from."""
    out = np.empty_like(points)
    out[..., 0], out[..., 1] = places.reshape(2, *points.shape[:-1])
    return out
