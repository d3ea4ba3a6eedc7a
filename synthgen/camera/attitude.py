"""The camera's angles and focal length, and the map they make; what counts as a moderate view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from synthgen.geometry import Box, Float, Homography, cos_sin

# A bilinear sample of a picture reduced or enlarged more than this is aliased or visibly soft.
LEAST_SCALE = 0.6
MOST_SCALE = 1.6
# Small content (a lone comma) is not enlarged beyond this to fill the picture: it gets more margin, or a lower picture.
MOST_CONTENT_SCALE = 1.5
SPARE_PX = 2.0
LEAST_FRONT = 0.15


@dataclass(frozen=True, slots=True)
class Attitude:
    """The camera's angles and focal length, as drawn. Degrees, counter-clockwise as seen; shear is dx per dy."""

    rotation_deg: float
    tilt_deg: float
    tilt_axis_deg: float
    focal: float
    shear: float

    def lowered(self, tilt: float, rotation: float) -> Attitude:
        """Return the attitude with tilt and shear at the share ``tilt`` of theirs, rotation at ``rotation`` of its."""
        if tilt == 1.0 == rotation:
            return self
        return replace(
            self, rotation_deg=self.rotation_deg * rotation, tilt_deg=self.tilt_deg * tilt, shear=self.shear * tilt
        )

    def turn(self) -> Float:
        """Return the matrix (3, 3) that shears, then turns about the origin."""
        a, b, c, d = self._turn()
        return np.array([[a, b, 0.0], [c, d, 0.0], [0.0, 0.0, 1.0]])

    def _turn(self) -> tuple[float, float, float, float]:
        cos, sin = cos_sin(self.rotation_deg)
        return cos, cos * self.shear + sin, -sin, cos - sin * self.shear

    def tilt(self, longer_px: float) -> Float:
        """Return the matrix (3, 3) of a plane tilted about an axis through the origin, seen from the focal length.

        A point (x, y, 0) is turned by Rodrigues' formula to (X, Y, Z) and projected to f (X, Y) / (f + Z).
        """
        p, q, r, s, t = self._tilt(longer_px)
        return np.array([[p, q, 0.0], [q, r, 0.0], [s, t, 1.0]])

    def _tilt(self, longer_px: float) -> tuple[float, float, float, float, float]:
        cos, sin = cos_sin(self.tilt_deg)
        # y points down, so the axis leads to (u, -v).
        u, v = cos_sin(self.tilt_axis_deg)
        v, f = -v, self.focal * longer_px
        rest = 1 - cos
        return cos + u * u * rest, u * v * rest, cos + v * v * rest, -v * sin / f, u * sin / f

    def view(self, box: Box) -> Homography:
        """Return the map that sees the middle of a sheet's ``box`` at the origin, at scale 1 there."""
        return Homography(views((self,), np.array([box]))[0])


def views(attitudes: Sequence[Attitude], boxes: Float) -> Float:
    """Return the maps (K, 3, 3) that see the middles of sheets' boxes (K, 4) at the origin, at scale 1 there."""
    turns = np.array([one._turn() for one in attitudes])
    longer = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]).tolist()
    tilts = np.array([one._tilt(side) for one, side in zip(attitudes, longer, strict=True)])
    (a, b, c, d), (p, q, r, s, t) = turns.T, tilts.T
    # The tilt after the turn: few numbers, so they are multiplied out.
    xx, xy, yx, yy = p * a + q * c, p * b + q * d, q * a + r * c, q * b + r * d
    wx, wy = s * a + t * c, s * b + t * d
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    rows = [xx, xy, -xx * x - xy * y, yx, yy, -yx * x - yy * y, wx, wy, 1.0 - wx * x - wy * y]
    return np.stack(rows, axis=1).reshape(-1, 3, 3)
