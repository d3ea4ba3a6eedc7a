"""Maps between frames: each has a forward map for points and an inverse map for pixels, made from the same numbers.

Points are ``(..., 2)`` float64, x right and y down, in continuous pixel-edge coordinates: pixel i covers [i, i+1), so
the middle of the first pixel is at 0.5. OpenCV's warps put pixel centres at whole numbers; this module is the only
caller of them and conjugates every map by half a pixel.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar, overload

import cv2
import numpy as np
import numpy.typing as npt

Float = npt.NDArray[np.float64]
Picture = npt.NDArray[np.uint8]
Box = tuple[float, float, float, float]
Nine = tuple[float, float, float, float, float, float, float, float, float]

BORDERS = {"replicate": cv2.BORDER_REPLICATE, "reflect": cv2.BORDER_REFLECT_101, "constant": cv2.BORDER_CONSTANT}

_TO_CENTRES = np.array([[1.0, 0.0, -0.5], [0.0, 1.0, -0.5], [0.0, 0.0, 1.0]])

_BACKWARDS = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP

LATTICE_PX = 8
FEW_NUMBERS = 8

FIELD_STEPS = 12
FIELD_STEP_PX = 5e-6
FIELD_MAX_GRADIENT = 0.8


T = TypeVar("T")


class _Once(Generic[T]):
    """A property that is worked out when it is first asked for.

    What ``functools.cached_property`` does, without the lock that Python 3.11's takes: maps are immutable, so two
    threads could at worst work out the same numbers.
    """

    def __init__(self, function: Callable[[Any], T]) -> None:
        self._function = function
        self.__doc__ = function.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> _Once[T]: ...

    @overload
    def __get__(self, instance: object, owner: type) -> T: ...

    def __get__(self, instance: object | None, owner: type) -> T | _Once[T]:
        if instance is None:
            return self
        found = instance.__dict__[self._function.__name__] = self._function(instance)
        return found


class Map(Protocol):
    """A one-to-one map of the plane from one frame (the source) to another (the target)."""

    def forward(self, points: Float) -> Float:
        """Return source points ``(..., 2)`` in the target frame."""
        ...

    def inverse(self, points: Float) -> Float:
        """Return target points ``(..., 2)`` in the source frame."""
        ...

    def warp(
        self,
        picture: Picture,
        size: tuple[int, int],
        border: str = "replicate",
        value: int = 0,
        corner: tuple[int, int] = (0, 0),
    ) -> Picture:
        """Return the source picture as seen in the target frame, resampled once with bilinear weights.

        ``size`` is (width, height) of the result; ``border`` is one of :data:`BORDERS`, ``value`` the constant one's;
        ``corner`` is where the picture's top-left lies in the source frame.
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
        cos, sin = cos_sin(angle_deg)
        return cls(np.array([[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]]))

    @classmethod
    def from_quads(cls, source: Float, target: Float) -> Homography:
        """Return the map that takes the four ``source`` corners (4, 2) to the four ``target`` corners (4, 2)."""
        to_unit = inverse_matrices(unit_to_quads(source[None]))[0]
        return cls(unit_to_quads(target[None])[0] @ to_unit)

    def then(self, after: Homography) -> Homography:
        """Return the map that does this one first and ``after`` second."""
        return Homography(after.matrix @ self.matrix)

    @_Once
    def numbers(self) -> Nine:
        """The matrix's entries, row by row, as plain numbers: for a few points these are ten times faster."""
        a, b, c, d, e, f, g, h, i = self.matrix.ravel().tolist()
        return a, b, c, d, e, f, g, h, i

    @_Once
    def inverse_numbers(self) -> Nine:
        """The inverse matrix's entries, row by row, by cofactors: the same arithmetic on every machine."""
        a, b, c, d, e, f, g, h, i = self.numbers
        co = (e * i - f * h, c * h - b * i, b * f - c * e, f * g - d * i, a * i - c * g, c * d - a * f,
              d * h - e * g, b * g - a * h, a * e - b * d)  # fmt: skip
        whole = a * co[0] + b * co[3] + c * co[6]
        return (co[0] / whole, co[1] / whole, co[2] / whole, co[3] / whole, co[4] / whole, co[5] / whole,
                co[6] / whole, co[7] / whole, co[8] / whole)  # fmt: skip

    @property
    def inverse_matrix(self) -> Float:
        """The inverse 3x3 matrix."""
        return np.array(self.inverse_numbers).reshape(3, 3)

    def enlarged(self, scale: float, x_px: float, y_px: float) -> Homography:
        """Return this map followed by one that multiplies coordinates by ``scale``, then shifts by (x_px, y_px)."""
        a, b, c, d, e, f, g, h, i = self.numbers
        return Homography(
            np.array(
                [
                    [scale * a + x_px * g, scale * b + x_px * h, scale * c + x_px * i],
                    [scale * d + y_px * g, scale * e + y_px * h, scale * f + y_px * i],
                    [g, h, i],
                ]
            )
        )

    def box_corners(self, box: Box) -> list[tuple[float, float]]:
        """Return the corners TL, TR, BR, BL of a source box (x0, y0, x1, y1) in the target frame, as plain numbers."""
        return _corners_under(self.numbers, box)

    def box_corners_inverse(self, box: Box) -> list[tuple[float, float]]:
        """Return the corners TL, TR, BR, BL of a target box (x0, y0, x1, y1) in the source frame, as plain numbers."""
        return _corners_under(self.inverse_numbers, box)

    @property
    def affine(self) -> bool:
        """Whether parallel lines stay parallel."""
        return self.numbers[6:] == (0.0, 0.0, 1.0)

    def inverted(self) -> Homography:
        """Return the map of the other direction."""
        return Homography(self.inverse_matrix)

    def forward(self, points: Float) -> Float:
        """Return source points ``(..., 2)`` in the target frame."""
        return _project(self.numbers, points)

    def inverse(self, points: Float) -> Float:
        """Return target points ``(..., 2)`` in the source frame."""
        return _project(self.inverse_numbers, points)

    def warp(
        self,
        picture: Picture,
        size: tuple[int, int],
        border: str = "replicate",
        value: int = 0,
        corner: tuple[int, int] = (0, 0),
    ) -> Picture:
        """Return the picture in the target frame; see :class:`Map`."""
        # OpenCV is given target -> source (WARP_INVERSE_MAP), so that it need not invert the matrix its own way, and
        # counts from the pixels' centres.
        a, b, c, d, e, f, g, h, i = self.inverse_numbers
        x, y, w = corner[0] + 0.5, corner[1] + 0.5, (g + h) / 2 + i
        back = np.array(
            [
                [a - x * g, b - x * h, (a + b) / 2 + c - x * w],
                [d - y * g, e - y * h, (d + e) / 2 + f - y * w],
                [g, h, w],
            ]
        )
        fill = (value, value, value)
        if self.affine:
            whole = _whole_shift(back, size, picture)
            if whole is not None:
                return picture[whole].copy()
            return cv2.warpAffine(
                picture, back[:2], size, flags=_BACKWARDS, borderMode=BORDERS[border], borderValue=fill
            )  # type: ignore[return-value]
        return cv2.warpPerspective(picture, back, size, flags=_BACKWARDS, borderMode=BORDERS[border], borderValue=fill)  # type: ignore[return-value]


def _whole_shift(back: Float, size: tuple[int, int], picture: Picture) -> tuple[slice, slice] | None:
    """Return the rows and columns of a picture that a shift by whole px shows, None for any other map or beyond it.

    What screens and straight scans show: copied, it is the same as resampled, and costs a fiftieth.
    """
    (a, b, x), (d, e, y) = back[:2].tolist()
    if (a, b, d, e) != (1.0, 0.0, 0.0, 1.0) or x != int(x) or y != int(y):
        return None
    left, top, (width, height) = int(x), int(y), size
    if left < 0 or top < 0 or left + width > picture.shape[1] or top + height > picture.shape[0]:
        return None
    return slice(top, top + height), slice(left, left + width)


class _Bent:
    """What maps that are no homographies share: pixels are looked up through the inverse of points."""

    def warp(
        self: Map,
        picture: Picture,
        size: tuple[int, int],
        border: str = "replicate",
        value: int = 0,
        corner: tuple[int, int] = (0, 0),
    ) -> Picture:
        """Return the picture in the target frame; see :class:`Map`."""
        return _remap(self, picture, size, border, value, corner)


@dataclass(frozen=True, eq=False)
class Field(_Bent):
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
            before, guess = guess, points - self._displacement_at(guess)
            # Each step is less than 0.8 of the one before: what is left is less than four of this one.
            if np.abs(guess - before).max(initial=0.0) < FIELD_STEP_PX:
                break
        return guess


@dataclass(frozen=True, eq=False)
class Composed(_Bent):
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


def cos_sin(angle_deg: float) -> tuple[float, float]:
    """Return cosine and sine of an angle in degrees."""
    # The half-angle form needs one libm call; labels then depend on that single value.
    t = math.tan(math.radians(angle_deg) / 2)
    return (1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)


def _corners_under(numbers: Nine, box: Box) -> list[tuple[float, float]]:
    a, b, c, d, e, f, g, h, i = numbers
    x0, y0, x1, y1 = box
    corners = []
    for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1)):
        w = g * x + h * y + i
        corners.append(((a * x + b * y + c) / w, (d * x + e * y + f) / w))
    return corners


def _project(numbers: Nine, points: Float) -> Float:
    a, b, c, d, e, f, g, h, i = numbers
    if points.size <= FEW_NUMBERS:
        # The same sums in plain numbers: for a quad that is three times faster.
        few = []
        for u, v in points.reshape(-1, 2).tolist():
            w = g * u + h * v + i
            few.append(((a * u + b * v + c) / w, (d * u + e * v + f) / w))
        return np.array(few).reshape(points.shape)
    x, y = points[..., 0], points[..., 1]
    out: Float = np.empty(points.shape, dtype=np.float64)
    if g == 0.0 and h == 0.0 and i == 1.0:
        out[..., 0] = a * x + b * y + c
        out[..., 1] = d * x + e * y + f
        return out
    depth = g * x + h * y + i
    out[..., 0] = (a * x + b * y + c) / depth
    out[..., 1] = (d * x + e * y + f) / depth
    return out


def _remap(
    back: Map, picture: Picture, size: tuple[int, int], border: str, value: int, corner: tuple[int, int]
) -> Picture:
    """Resample a picture once through any map: its inverse is taken at every 8th pixel and interpolated between.

    Fields are smooth (their gradient is bounded and their nodes lie 16 px and more apart), so the straight pieces stay
    within some 0.02 px of the map; the exactness tests measure the sum of all such errors.
    """
    width, height = size
    columns, rows = width // LATTICE_PX + 2, height // LATTICE_PX + 2
    nodes = np.empty((rows, columns, 2))
    nodes[..., 0] = np.arange(columns) * LATTICE_PX + 0.5
    nodes[..., 1] = (np.arange(rows) * LATTICE_PX + 0.5)[:, None]
    coarse = (back.inverse(nodes) - (corner[0] + 0.5, corner[1] + 0.5)).astype(np.float32)
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
