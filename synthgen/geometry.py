"""Maps between frames: each has a forward map for points and an inverse map for pixels, made from the same numbers.

Points are ``(..., 2)`` float64, x right and y down, in continuous pixel-edge coordinates: pixel i covers [i, i+1), so
the middle of the first pixel is at 0.5. OpenCV's warps put pixel centres at whole numbers; this module is the only
caller of them and conjugates every map by half a pixel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

Float = npt.NDArray[np.float64]
Picture = npt.NDArray[np.uint8]

BORDERS = {"replicate": cv2.BORDER_REPLICATE, "reflect": cv2.BORDER_REFLECT_101, "constant": cv2.BORDER_CONSTANT}

_TO_CENTRES = np.array([[1.0, 0.0, -0.5], [0.0, 1.0, -0.5], [0.0, 0.0, 1.0]])
_TO_EDGES = np.array([[1.0, 0.0, 0.5], [0.0, 1.0, 0.5], [0.0, 0.0, 1.0]])

_BACKWARDS = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP

LATTICE_PX = 8
FEW_NUMBERS = 8

FIELD_STEPS = 12
FIELD_MAX_GRADIENT = 0.8


class Map(Protocol):
    """A one-to-one map of the plane from one frame (the source) to another (the target)."""

    def forward(self, points: Float) -> Float:
        """Return source points ``(..., 2)`` in the target frame."""
        ...

    def inverse(self, points: Float) -> Float:
        """Return target points ``(..., 2)`` in the source frame."""
        ...

    def warp(self, picture: Picture, size: tuple[int, int], border: str = "replicate", value: int = 0) -> Picture:
        """Return the source picture as seen in the target frame, resampled once with bilinear weights.

        ``size`` is (width, height) of the result; ``border`` is one of :data:`BORDERS`, ``value`` the constant one's.
        """
        ...


@dataclass(frozen=True, eq=False)
class Homography:
    """The projective map ``p -> H p`` of a 3x3 float64 matrix acting on (x, y, 1); affine maps are the special case.

    >>> Homography.translation(2, 3).forward(np.array([1.0, 1.0])).tolist()
    [3.0, 4.0]
    """

    matrix: Float

    @classmethod
    def identity(cls) -> Homography:
        """Return the map that changes nothing."""
        return cls(np.eye(3))

    @classmethod
    def translation(cls, x_px: float, y_px: float) -> Homography:
        """Return the shift by (x_px, y_px)."""
        return cls(np.array([[1.0, 0.0, x_px], [0.0, 1.0, y_px], [0.0, 0.0, 1.0]]))

    @classmethod
    def scaling(cls, x: float, y: float) -> Homography:
        """Return the map that multiplies coordinates by x and y."""
        return cls(np.array([[x, 0.0, 0.0], [0.0, y, 0.0], [0.0, 0.0, 1.0]]))

    @classmethod
    def rotation(cls, angle_deg: float) -> Homography:
        """Return the turn about the origin by ``angle_deg``, counter-clockwise as seen (y points down)."""
        # The half-angle form needs one libm call; labels then depend on that single value.
        t = float(np.tan(np.deg2rad(angle_deg) / 2))
        cos, sin = (1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)
        return cls(np.array([[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]]))

    @classmethod
    def from_quads(cls, source: Float, target: Float) -> Homography:
        """Return the map that takes the four ``source`` corners (4, 2) to the four ``target`` corners (4, 2)."""
        to_unit = inverse_matrices(unit_to_quads(source[None]))[0]
        return cls(unit_to_quads(target[None])[0] @ to_unit)

    def then(self, after: Homography) -> Homography:
        """Return the map that does this one first and ``after`` second."""
        return Homography(after.matrix @ self.matrix)

    @cached_property
    def inverse_matrix(self) -> Float:
        """The inverse 3x3 matrix by cofactors: the same arithmetic on every machine."""
        # As inverse_matrices does it, but in plain numbers: for a single matrix that is five times faster.
        a, b, c, d, e, f, g, h, i = self.matrix.ravel().tolist()
        co = (e * i - f * h, c * h - b * i, b * f - c * e, f * g - d * i, a * i - c * g, c * d - a * f,
              d * h - e * g, b * g - a * h, a * e - b * d)  # fmt: skip
        return np.array(co).reshape(3, 3) / (a * co[0] + b * co[3] + c * co[6])

    @property
    def affine(self) -> bool:
        """Whether parallel lines stay parallel."""
        g, h, i = self.matrix[2].tolist()
        return bool(g == 0.0 and h == 0.0 and i == 1.0)

    def inverted(self) -> Homography:
        """Return the map of the other direction."""
        return Homography(self.inverse_matrix)

    def forward(self, points: Float) -> Float:
        """Return source points ``(..., 2)`` in the target frame."""
        return _project(self.matrix, points)

    def inverse(self, points: Float) -> Float:
        """Return target points ``(..., 2)`` in the source frame."""
        return _project(self.inverse_matrix, points)

    def warp(self, picture: Picture, size: tuple[int, int], border: str = "replicate", value: int = 0) -> Picture:
        """Return the picture in the target frame; see :class:`Map`."""
        # OpenCV is given target -> source (WARP_INVERSE_MAP), so that it need not invert the matrix its own way.
        back = _TO_CENTRES @ self.inverse_matrix @ _TO_EDGES
        fill = (value, value, value)
        if self.affine:
            return cv2.warpAffine(
                picture, back[:2], size, flags=_BACKWARDS, borderMode=BORDERS[border], borderValue=fill
            )  # type: ignore[return-value]
        return cv2.warpPerspective(picture, back, size, flags=_BACKWARDS, borderMode=BORDERS[border], borderValue=fill)  # type: ignore[return-value]


@dataclass(frozen=True, eq=False)
class Field:
    """A smooth bend: the target point p shows the source point ``p + D(p)``.

    ``displacement`` is (rows, columns, 2) float64 px: D at the nodes of a square grid whose first node lies at
    ``origin`` and whose spacing is ``pitch_px``, bilinear between nodes and constant beyond the border nodes.
    Points go forward by fixed-point iteration, which converges while D's gradient stays below 0.8 (2e-5 px after 12
    steps); ValueError for a steeper field.
    """

    displacement: Float
    pitch_px: float
    origin: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        steep = max(
            float(np.abs(np.diff(self.displacement, axis=axis)).max(initial=0.0)) / self.pitch_px for axis in (0, 1)
        )
        if not steep < FIELD_MAX_GRADIENT:
            raise ValueError(f"field gradient {steep:.3f}: must stay below {FIELD_MAX_GRADIENT}; lower its amplitude.")

    def _displacement_at(self, points: Float) -> Float:
        rows, columns = self.displacement.shape[:2]
        x = np.clip((points[..., 0] - self.origin[0]) / self.pitch_px, 0, columns - 1)
        y = np.clip((points[..., 1] - self.origin[1]) / self.pitch_px, 0, rows - 1)
        left = np.minimum(x.astype(np.int64), max(columns - 2, 0))
        top = np.minimum(y.astype(np.int64), max(rows - 2, 0))
        u, v = (x - left)[..., None], (y - top)[..., None]
        right, bottom = np.minimum(left + 1, columns - 1), np.minimum(top + 1, rows - 1)
        d = self.displacement
        upper = d[top, left] * (1 - u) + d[top, right] * u
        lower = d[bottom, left] * (1 - u) + d[bottom, right] * u
        bent: Float = upper * (1 - v) + lower * v
        return bent

    def inverse(self, points: Float) -> Float:
        """Return target points ``(..., 2)`` in the source frame."""
        bent: Float = points + self._displacement_at(points)
        return bent

    def forward(self, points: Float) -> Float:
        """Return source points ``(..., 2)`` in the target frame, to 2e-5 px."""
        guess = np.array(points, dtype=np.float64)
        for _ in range(FIELD_STEPS):
            guess = points - self._displacement_at(guess)
        return guess

    def warp(self, picture: Picture, size: tuple[int, int], border: str = "replicate", value: int = 0) -> Picture:
        """Return the picture in the target frame; see :class:`Map`."""
        return _remap(self, picture, size, border, value)


@dataclass(frozen=True, eq=False)
class Composed:
    """Several maps one after another, as one map: pixels are still resampled once."""

    maps: tuple[Map, ...]

    def forward(self, points: Float) -> Float:
        """Return source points ``(..., 2)`` in the target frame."""
        for one in self.maps:
            points = one.forward(points)
        return points

    def inverse(self, points: Float) -> Float:
        """Return target points ``(..., 2)`` in the source frame."""
        for one in reversed(self.maps):
            points = one.inverse(points)
        return points

    def warp(self, picture: Picture, size: tuple[int, int], border: str = "replicate", value: int = 0) -> Picture:
        """Return the picture in the target frame; see :class:`Map`."""
        return _remap(self, picture, size, border, value)


def _project(matrix: Float, points: Float) -> Float:
    (a, b, c), (d, e, f), (g, h, i) = matrix.tolist()
    if points.size <= FEW_NUMBERS:
        # The same sums in plain numbers: for a quad that is three times faster.
        few = []
        for u, v in points.reshape(-1, 2).tolist():
            w = g * u + h * v + i
            few.append(((a * u + b * v + c) / w, (d * u + e * v + f) / w))
        return np.array(few).reshape(points.shape)
    x, y = points[..., 0], points[..., 1]
    out = np.empty(points.shape, dtype=np.float64)
    if g == 0.0 and h == 0.0 and i == 1.0:
        out[..., 0] = a * x + b * y + c
        out[..., 1] = d * x + e * y + f
        return out
    w = g * x + h * y + i
    out[..., 0] = (a * x + b * y + c) / w
    out[..., 1] = (d * x + e * y + f) / w
    return out


def _remap(back: Map, picture: Picture, size: tuple[int, int], border: str, value: int) -> Picture:
    """Resample a picture once through any map: its inverse is taken at every 8th pixel and interpolated between.

    Fields are smooth (their gradient is bounded and their nodes lie 16 px and more apart), so the straight pieces stay
    within some 0.02 px of the map; the exactness tests measure the sum of all such errors.
    """
    width, height = size
    columns, rows = width // LATTICE_PX + 2, height // LATTICE_PX + 2
    nodes = np.empty((rows, columns, 2))
    nodes[..., 0] = np.arange(columns) * LATTICE_PX + 0.5
    nodes[..., 1] = (np.arange(rows) * LATTICE_PX + 0.5)[:, None]
    coarse = (back.inverse(nodes) - 0.5).astype(np.float32)
    # Eighths are exact in the 1/32 steps of OpenCV's bilinear weights.
    spread = np.array([[1.0 / LATTICE_PX, 0.0, 0.0], [0.0, 1.0 / LATTICE_PX, 0.0]])
    source = cv2.warpAffine(coarse, spread, size, flags=_BACKWARDS, borderMode=cv2.BORDER_REPLICATE)
    fill = (value, value, value)
    return cv2.remap(picture, source, None, cv2.INTER_LINEAR, borderMode=BORDERS[border], borderValue=fill)  # type: ignore[call-overload,no-any-return]


def unit_to_quads(quads: Float) -> Float:
    """Return (N, 3, 3) matrices that take the unit square's corners (0,0), (1,0), (1,1), (0,1) to ``quads`` (N, 4, 2).

    Closed form (Heckbert, "Fundamentals of texture mapping and image warping", 1989, section 2.2.3). A quad with three
    corners on one line has no such map and gives infinities.
    """
    (x0, x1, x2, x3), (y0, y1, y2, y3) = quads[..., 0].T, quads[..., 1].T
    ax, ay, bx, by = x1 - x2, y1 - y2, x3 - x2, y3 - y2
    sx, sy = x0 - x1 + x2 - x3, y0 - y1 + y2 - y3
    determinant = ax * by - bx * ay
    g = (sx * by - bx * sy) / determinant
    h = (ax * sy - sx * ay) / determinant
    rows = [x1 - x0 + g * x1, x3 - x0 + h * x3, x0, y1 - y0 + g * y1, y3 - y0 + h * y3, y0, g, h, np.ones_like(g)]
    return np.stack(rows, axis=-1).reshape(-1, 3, 3)


def inverse_matrices(matrices: Float) -> Float:
    """Return the inverses (N, 3, 3) by cofactors: the same arithmetic on every machine."""
    (a, b, c), (d, e, f), (g, h, i) = (matrices[:, row].T for row in range(3))
    co = [e * i - f * h, c * h - b * i, b * f - c * e, f * g - d * i, a * i - c * g, c * d - a * f,
          d * h - e * g, b * g - a * h, a * e - b * d]  # fmt: skip
    inverse: Float = np.stack(co, axis=-1).reshape(-1, 3, 3) / (a * co[0] + b * co[3] + c * co[6])[:, None, None]
    return inverse


def project_each(matrices: Float, points: Float) -> Float:
    """Return points (N, K, 2) mapped by one matrix (N, 3, 3) each; by plain sums, equal on every processor."""
    x, y = points[..., 0], points[..., 1]
    m = matrices[:, None]
    w = m[..., 2, 0] * x + m[..., 2, 1] * y + m[..., 2, 2]
    u = (m[..., 0, 0] * x + m[..., 0, 1] * y + m[..., 0, 2]) / w
    v = (m[..., 1, 0] * x + m[..., 1, 1] * y + m[..., 1, 2]) / w
    return np.stack([u, v], axis=-1)


def side_lengths(quads: Float) -> Float:
    """Return the lengths (N, 4) of the quads' top, right, bottom and left sides."""
    x, y = quads[..., 0], quads[..., 1]
    across, down = x[:, [1, 2, 3, 0]] - x, y[:, [1, 2, 3, 0]] - y
    lengths: Float = np.sqrt(across * across + down * down)
    return lengths


def cut_quads(picture: Picture, from_unit: Float, sizes: Sequence[tuple[int, int]]) -> list[Picture]:
    """Return what lies inside each quad as an upright picture of its size (width, height), resampled once.

    ``from_unit`` (N, 3, 3) are the quads' matrices of :func:`unit_to_quads`; the picture's border pixels continue
    outwards.
    """
    steps = np.zeros((len(sizes), 3, 3))
    steps[:, 2, 2] = 1.0
    if len(sizes):
        width, height = np.array(sizes, dtype=np.float64).T
        # From a pixel's place, counted by centres, to the unit square: half a pixel is half a step.
        steps[:, 0, 0], steps[:, 1, 1] = 1.0 / width, 1.0 / height
        steps[:, 0, 2], steps[:, 1, 2] = 0.5 / width, 0.5 / height
    backs = _TO_CENTRES @ from_unit @ steps
    warp, border = cv2.warpPerspective, cv2.BORDER_REPLICATE
    return [
        warp(picture, back, size, flags=_BACKWARDS, borderMode=border)  # type: ignore[misc]
        for back, size in zip(backs, sizes, strict=True)
    ]


def boxes_to_quads(boxes: Float) -> Float:
    """Return axis-aligned boxes (N, 4) of x0, y0, x1, y1 as quads (N, 4, 2): TL, TR, BR, BL."""
    return boxes[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 4, 2)


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
    low, high = quads.min(axis=1), quads.max(axis=1)
    inside = (low >= 0).all(axis=1) & (high <= (width, height)).all(axis=1)
    shares: npt.NDArray[np.float32] = inside.astype(np.float32)
    if inside.all():
        return shares
    for i in np.flatnonzero(~inside & (high > 0).all(axis=1) & (low < (width, height)).all(axis=1)):
        whole = abs(float(quad_areas(quads[i])))
        if whole > 0:
            shares[i] = abs(_polygon_area(_clip(quads[i].tolist(), width, height))) / whole
        else:
            shares[i] = float(((quads[i].mean(axis=0) >= 0) & (quads[i].mean(axis=0) < (width, height))).all())
    return np.minimum(shares, np.float32(1.0))


def _clip(polygon: list[list[float]], width: float, height: float) -> list[list[float]]:
    for axis, limit, sign in ((0, 0.0, 1.0), (0, width, -1.0), (1, 0.0, 1.0), (1, height, -1.0)):
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
