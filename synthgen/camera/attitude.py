"""The camera's angles and focal length, and the map they make; what counts as a moderate view."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from synthgen.geometry import Float, Homography

Box = tuple[float, float, float, float]

# A bilinear sample of a picture reduced or enlarged more than this is aliased or visibly soft.
LEAST_SCALE = 0.6
MOST_SCALE = 1.6
# Small content (a lone comma) is not enlarged beyond this to fill the picture: it gets more margin instead.
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
        return replace(
            self, rotation_deg=self.rotation_deg * rotation, tilt_deg=self.tilt_deg * tilt, shear=self.shear * tilt
        )

    def turn(self) -> Float:
        """Return the matrix (3, 3) that shears, then turns about the origin."""
        shear = np.array([[1.0, self.shear, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
        matrix: Float = Homography.rotation(self.rotation_deg).matrix @ shear
        return matrix

    def tilt(self, longer_px: float) -> Float:
        """Return the matrix (3, 3) of a plane tilted about an axis through the origin, seen from the focal length.

        A point (x, y, 0) is turned by Rodrigues' formula to (X, Y, Z) and projected to f (X, Y) / (f + Z).
        """
        cos, sin = Homography.rotation(self.tilt_deg).matrix[0, :2].tolist()
        # The second number of a rotation's first row is the sine: y points down, so the axis leads to (u, -v).
        u, v = Homography.rotation(self.tilt_axis_deg).matrix[0, :2].tolist()
        v, f = -v, self.focal * longer_px
        return np.array(
            [
                [cos + u * u * (1 - cos), u * v * (1 - cos), 0.0],
                [u * v * (1 - cos), cos + v * v * (1 - cos), 0.0],
                [-v * sin / f, u * sin / f, 1.0],
            ]
        )

    def view(self, box: Box) -> Homography:
        """Return the map that sees the middle of a sheet's ``box`` at the origin, at scale 1 there."""
        x0, y0, x1, y1 = box
        centred = Homography.translation(-(x0 + x1) / 2, -(y0 + y1) / 2).matrix
        return Homography(self.tilt(max(x1 - x0, y1 - y0)) @ self.turn() @ centred)
