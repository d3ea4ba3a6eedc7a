"""The camera's angles and focal length, and the map they make; what counts as a moderate view."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from synthgen.geometry import Box, Float, Homography, cos_sin
from synthgen.plain_maps import Nine

# xx, xy, yx, yy, wx, wy.
Entries = tuple[float, float, float, float, float, float]

# A bilinear sample of a picture reduced or enlarged more than this is aliased or visibly soft.
LEAST_SCALE = 0.6
MOST_SCALE = 1.6
# Small content (a lone comma) is not enlarged beyond this to fill the picture: it gets more margin, or a lower picture.
MOST_CONTENT_SCALE = 1.5
SPARE_PX = 2.0
LEAST_FRONT = 0.15

# A pose that stretches too much is tried again with tilt and shear, then rotation too, at these shares of what was
# drawn: the same draws, never new ones.
LOWERED = ((1.0, 1.0), (0.75, 1.0), (0.5, 1.0), (0.25, 1.0), (0.0, 1.0), (0.0, 0.5), (0.0, 0.0))


class Attitude(NamedTuple):
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
        return self._replace(
            rotation_deg=self.rotation_deg * rotation, tilt_deg=self.tilt_deg * tilt, shear=self.shear * tilt
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
        x0, y0, x1, y1 = box
        xx, xy, yx, yy, wx, wy = self.about_middle(max(x1 - x0, y1 - y0))
        return seen_about((xx, xy, 0.0, yx, yy, 0.0, wx, wy, 1.0), (x0 + x1) / 2, (y0 + y1) / 2)

    def about_middle(self, longer_px: float) -> Entries:
        """Return the entries of :meth:`view`'s matrix, the third column apart, for a box around the origin."""
        a, b, c, d = self._turn()
        p, q, r, s, t = self._tilt(longer_px)
        # The tilt after the turn: few numbers, so they are multiplied out.
        return p * a + q * c, p * b + q * d, q * a + r * c, q * b + r * d, s * a + t * c, s * b + t * d

    def told(self, frame: str, step: int, scales: tuple[float, float], *, level: bool) -> dict[str, Any]:
        """Return the parameters of a pose from this attitude, which was lowered so many steps."""
        return {
            "frame": frame,
            "level": level,
            "rotation_deg": self.rotation_deg,
            "tilt_deg": self.tilt_deg,
            "tilt_axis_deg": self.tilt_axis_deg,
            "focal": self.focal,
            "shear": self.shear,
            "lowered": step,
            "scale_range": list(scales),
        }


def seen_about(entries: Nine, x_px: float, y_px: float) -> Homography:
    """Return the map of a matrix, row by row, that sees the point (x_px, y_px) where the matrix sees the origin."""
    a, b, c, d, e, f, g, h, i = entries
    return Homography.of((a, b, c - a * x_px - b * y_px, d, e, f - d * x_px - e * y_px, g, h, i - g * x_px - h * y_px))
