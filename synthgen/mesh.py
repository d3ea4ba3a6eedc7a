"""Pairs of numbers between the nodes of a square grid: bilinear within its meshes, constant beyond its border.

Each mesh's terms are worked out once, so that a lookup is one gathering of eight numbers and a few sums: fields are
asked for thousands of points a dozen times over.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Float = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Mesh:
    """A grid of ``rows`` x ``columns`` meshes with their ``terms`` (8, meshes): a, b, c, e along x, then along y.

    At (u, v) of a mesh, 0 to 1 along its sides, the value is a + b u + c v + e u v. ``last`` are the greatest
    coordinates (x, y), those of the last nodes.
    """

    rows: int
    columns: int
    terms: Float
    last: tuple[float, float]

    @classmethod
    def of(cls, nodes: Float) -> Mesh:
        """Return the mesh between ``nodes`` (rows, columns, 2), of which a single row or column counts as two alike."""
        last = (nodes.shape[1] - 1.0, nodes.shape[0] - 1.0)
        for axis in (0, 1):
            if nodes.shape[axis] == 1:
                nodes = np.repeat(nodes, 2, axis=axis)
        a = nodes[:-1, :-1]
        b, c = nodes[:-1, 1:] - a, nodes[1:, :-1] - a
        e = nodes[1:, 1:] - nodes[1:, :-1] - b
        terms = np.stack([term[..., axis] for axis in (0, 1) for term in (a, b, c, e)])
        return cls(nodes.shape[0] - 1, nodes.shape[1] - 1, terms.reshape(8, -1), last)

    def at(self, x: Float, y: Float) -> tuple[Float, Float]:
        """Return both numbers (N,) at points (N,) whose coordinates are counted in nodes."""
        u, v = (np.minimum(np.maximum(along, 0.0), last) for along, last in zip((x, y), self.last, strict=True))
        left, top = np.floor(u), np.floor(v)
        np.minimum(left, self.columns - 1, out=left)
        np.minimum(top, self.rows - 1, out=top)
        u -= left
        v -= top
        top *= self.columns
        top += left
        mesh = top.astype(np.intp)
        ax, bx, cx, ex, ay, by, cy, ey = self.terms.take(mesh, axis=1)
        for a, b, c, e in ((ax, bx, cx, ex), (ay, by, cy, ey)):
            # In place, sum by sum: what was gathered is nobody else's.
            e *= u
            e += c
            e *= v
            b *= u
            a += b
            a += e
        return ax, ay
