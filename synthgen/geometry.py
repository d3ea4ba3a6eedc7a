"""Maps between frames: each has a forward map for points and an inverse map for pixels, made from the same numbers.

Points are ``(..., 2)`` float64, x right and y down, in continuous pixel-edge coordinates: pixel i covers [i, i+1), so
the middle of the first pixel is at 0.5. OpenCV's warps put pixel centres at whole numbers; this module is the only
caller of them and conjugates every map by half a pixel.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Protocol, TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from synthgen.channels import padded, padded_each, unpadded
from synthgen.matrices import entries_of, inverse_matrices, unit_to_quads
from synthgen.mesh import Mesh, apart_of, lattice, together_like
from synthgen.once import Once
from synthgen.plain_maps import Nine, box_under, corners_under, inverse_of

Float = npt.NDArray[np.float64]
Picture = npt.NDArray[np.uint8]
Box = tuple[float, float, float, float]
Widths = TypeVar("Widths", int, npt.NDArray[np.int64])

BORDERS = {"replicate": cv2.BORDER_REPLICATE, "reflect": cv2.BORDER_REFLECT_101, "constant": cv2.BORDER_CONSTANT}

_TO_CENTRES = np.array([[1.0, 0.0, -0.5], [0.0, 1.0, -0.5], [0.0, 0.0, 1.0]])

_BACKWARDS = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP

# OpenCV's warps take so many px of a row at once, and those left over one by one: more than a few cost more than as
# many again taken at once.
WARP_STEP_PX = 16
FEW_OVER_PX = 4

LATTICE_PX = 8
# So many rows of a bent picture are looked up at once: a multiple of a lattice's step.
_STRIP_PX = 128
FEW_NUMBERS = 8

FIELD_STEPS = 12
FIELD_STEP_PX = 5e-6
FIELD_MAX_GRADIENT = 0.8


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
    def of(cls, numbers: Nine) -> Homography:
        """Return the map of a matrix's entries, row by row."""
        made = cls(np.array(numbers).reshape(3, 3))
        made.__dict__["numbers"] = numbers
        return made

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

    @Once
    def numbers(self) -> Nine:
        """The matrix's entries, row by row, as plain numbers: for a few points these are ten times faster."""
        a, b, c, d, e, f, g, h, i = self.matrix.ravel().tolist()
        return a, b, c, d, e, f, g, h, i

    @Once
    def inverse_numbers(self) -> Nine:
        """The inverse matrix's entries, row by row, by cofactors: the same arithmetic on every machine."""
        return inverse_of(self.numbers)

    @property
    def inverse_matrix(self) -> Float:
        """The inverse 3x3 matrix."""
        return np.array(self.inverse_numbers).reshape(3, 3)

    def enlarged(self, scale: float, x_px: float, y_px: float) -> Homography:
        """Return this map followed by one that multiplies coordinates by ``scale``, then shifts by (x_px, y_px)."""
        a, b, c, d, e, f, g, h, i = self.numbers
        return Homography.of(
            (scale * a + x_px * g, scale * b + x_px * h, scale * c + x_px * i,
             scale * d + y_px * g, scale * e + y_px * h, scale * f + y_px * i, g, h, i)
        )  # fmt: skip

    def box_corners(self, box: Box) -> list[tuple[float, float]]:
        """Return the corners TL, TR, BR, BL of a source box (x0, y0, x1, y1) in the target frame, as plain numbers."""
        return box_under(self.numbers, box)

    def box_corners_inverse(self, box: Box) -> list[tuple[float, float]]:
        """Return the corners TL, TR, BR, BL of a target box (x0, y0, x1, y1) in the source frame, as plain numbers."""
        return box_under(self.inverse_numbers, box)

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
        back = (a - x * g, b - x * h, (a + b) / 2 + c - x * w, d - y * g, e - y * h, (d + e) / 2 + f - y * w, g, h, w)
        fill = (value, value, value)
        if self.affine:
            whole = _whole_shift(back, size, picture)
            if whole is not None:
                return picture[whole].copy()
        shown, mode = padded(picture, size[0] * size[1]), BORDERS[border]
        if self.affine:
            matrix = np.array(back[:6]).reshape(2, 3)
            seen = cv2.warpAffine(shown, matrix, size, flags=_BACKWARDS, borderMode=mode, borderValue=fill)
        else:
            matrix = np.array(back).reshape(3, 3)
            seen = cv2.warpPerspective(shown, matrix, size, flags=_BACKWARDS, borderMode=mode, borderValue=fill)
        return unpadded(seen, picture)


def _whole_shift(back: Nine, size: tuple[int, int], picture: Picture) -> tuple[slice, slice] | None:
    """Return the rows and columns of a picture that a shift by whole px shows, None for any other map or beyond it.

    What screens and straight scans show: copied, it is the same as resampled, and costs a fiftieth.
    """
    a, b, x, d, e, y = back[:6]
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

    @Once
    def _mesh(self) -> Mesh:
        return Mesh.of(self.displacement)

    def _displaced(self, places: Float) -> Float:
        """Return D (2, N) at places (2, N)."""
        counted = places - np.array([[self.origin[0]], [self.origin[1]]])
        counted /= self.pitch_px
        return self._mesh.at(counted)

    def inverse(self, points: Float) -> Float:
        """Return target points ``(..., 2)`` in the source frame."""
        places = apart_of(points)
        return together_like(places + self._displaced(places), points)

    def forward(self, points: Float) -> Float:
        """Return source points ``(..., 2)`` in the target frame, to 2e-5 px."""
        return self.forward_each([points])[0]

    def forward_each(self, several: Sequence[Float]) -> list[Float]:
        """Return what :meth:`forward` does of each of some arrays of points, a few of them in the time of one."""
        each = [apart_of(points) for points in several]
        places = each[0] if len(each) == 1 else np.concatenate(each, axis=1)
        ends = accumulate([one.shape[1] for one in each])
        parts = [slice(end - one.shape[1], end) for one, end in zip(each, ends, strict=True)]
        found: dict[int, Float] = {}
        guess = places
        for _ in range(FIELD_STEPS):
            before, guess = guess, places - self._displaced(guess)
            for at, part in enumerate(parts):
                # Each step is less than 0.8 of the one before: what is left is less than four of this one.
                if at not in found and cv2.norm(guess[:, part], before[:, part], cv2.NORM_INF) < FIELD_STEP_PX:
                    found[at] = guess[:, part]
            if len(found) == len(parts):
                break
        return [
            together_like(found.get(at, guess[:, part]), points)
            for at, (part, points) in enumerate(zip(parts, several, strict=True))
        ]


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


def cut_few(picture: Picture, wanted: Sequence[tuple[Nine, tuple[int, int]]]) -> list[Picture]:
    """Return what :func:`cut_quads` does for a few quads of one picture, each a matrix row by row and a size."""
    shown = padded(picture, sum([size[0] * size[1] for _, size in wanted]))
    return [unpadded(_cut(shown, from_unit, size), picture) for from_unit, size in wanted]


def _cut(picture: Picture, from_unit: Nine, size: tuple[int, int]) -> Picture:
    a, b, c, d, e, f, g, h, i = from_unit
    step_x, step_y = 1.0 / size[0], 1.0 / size[1]
    a, b, c = a - g / 2, b - h / 2, c - i / 2
    d, e, f = d - g / 2, e - h / 2, f - i / 2
    half_x, half_y = step_x / 2, step_y / 2
    back = np.array(
        (
            (a * step_x, b * step_y, a * half_x + b * half_y + c),
            (d * step_x, e * step_y, d * half_x + e * half_y + f),
            (g * step_x, h * step_y, g * half_x + h * half_y + i),
        )
    )
    width, height = size
    wide = _widened(width)
    seen = cv2.warpPerspective(picture, back, (wide, height), None, _BACKWARDS, cv2.BORDER_REPLICATE)
    return seen[:, :width]  # type: ignore[return-value]


def _widened(widths: Widths) -> Widths:
    """Return the widths (N,) px, or the only one, that are to be warped for those that are to be shown."""
    over = widths % WARP_STEP_PX
    return widths + (over > FEW_OVER_PX) * (WARP_STEP_PX - over)


def _project(numbers: Nine, points: Float) -> Float:
    if points.size <= FEW_NUMBERS:
        # The same sums in plain numbers: for a quad that is three times faster.
        return np.array(corners_under(numbers, points.reshape(-1, 2).tolist())).reshape(points.shape)
    a, b, c, d, e, f, g, h, i = numbers
    x, y = points[..., 0], points[..., 1]
    out: Float = np.empty_like(points)
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
    columns, rows = -(-width // LATTICE_PX) + 1, -(-height // LATTICE_PX) + 1
    nodes = lattice(*(np.arange(0.0, LATTICE_PX * count, LATTICE_PX) for count in (columns, rows)))
    coarse = back.inverse(nodes)
    # One plane for each coordinate: OpenCV is faster than with pairs.
    planes = [(coarse[..., axis] - (corner[axis] + 0.5)).astype(np.float32) for axis in (0, 1)]
    shown, fill = padded(picture, width * height), (value, value, value)
    seen = np.empty((height, width, *shown.shape[2:]), dtype=np.uint8)
    # Enlarged pixel X reads the nodes at (X + 1/2) / 8 - 1/2: those of the picture, whose first node is its corner,
    # begin half a step in. Strip by strip: where each px lies takes eight times as much memory as the picture.
    half = LATTICE_PX // 2
    wide = [np.empty((_STRIP_PX + LATTICE_PX, columns * LATTICE_PX), dtype=np.float32) for _ in planes]
    for top in range(0, height, _STRIP_PX):
        strip = seen[top : top + _STRIP_PX]
        at = slice(top // LATTICE_PX, -(-(top + len(strip)) // LATTICE_PX) + 1)
        x, y = (
            cv2.resize(
                plane[at],
                (columns * LATTICE_PX, (at.stop - at.start) * LATTICE_PX),
                dst=full[: (at.stop - at.start) * LATTICE_PX],
                interpolation=cv2.INTER_LINEAR,
            )[half : half + len(strip), half : half + width]
            for plane, full in zip(planes, wide, strict=True)
        )
        cv2.remap(shown, x, y, cv2.INTER_LINEAR, dst=strip, borderMode=BORDERS[border], borderValue=fill)
    return unpadded(seen, picture)


def cut_quads(pictures: Sequence[Picture], from_unit: Float, sizes: Float) -> list[Picture]:
    """Return what lies inside N quads, each of its own one of N pictures, upright, resampled once.

    ``from_unit`` (N, 3, 3) are the quads' matrices of :func:`unit_to_quads`, ``sizes`` (N, 2) whole (width, height) px
    of what is returned; a picture's border pixels continue outwards.
    """
    # Column by column, row by row: each step runs over all quads at once.
    columns = entries_of(from_unit).reshape(3, 3, -1).swapaxes(0, 1).copy()
    # From the picture's edges to its pixels' centres.
    columns[:, :2] -= columns[:, 2:] / 2
    # And from a pixel's place, counted by centres, to the unit square: half a pixel is half a step.
    columns[:2] *= (1.0 / sizes.T)[:, None]
    columns[2] += (columns[0] + columns[1]) / 2
    backs = np.ascontiguousarray(columns.T)
    shown = padded_each(pictures, float(sizes.prod(axis=1).sum()))
    widths, heights = sizes.T.astype(int)
    warped = zip(_widened(widths).tolist(), heights.tolist(), strict=True)
    warp, border = cv2.warpPerspective, cv2.BORDER_REPLICATE
    cut: list[Any] = [
        warp(shown[id(picture)], back, size, None, _BACKWARDS, border)[:, :width]
        for picture, back, size, width in zip(pictures, backs, warped, widths.tolist(), strict=True)
    ]
    if all(one.ndim == 2 for one in shown.values()):
        return cut
    return [unpadded(one, picture) for one, picture in zip(cut, pictures, strict=True)]


def warp_each(
    pictures: Sequence[Picture], corners: Sequence[tuple[int, int]], backs: Float, affine: npt.NDArray[np.bool_],
    targets: Sequence[Picture],
) -> None:  # fmt: skip
    """Show each of N pictures in its target through a homography of its own, as :meth:`Homography.warp` does.

    ``corners`` are where the pictures' top-lefts lie in their source frames; ``backs`` (9, N) the entries of the maps'
    inverse matrices; ``affine`` (N,) says of which maps :attr:`Homography.affine` is true.
    """
    a, b, c, d, e, f, g, h, i = backs
    x, y = np.array(corners).T + 0.5
    w = (g + h) / 2 + i
    rows = [a - x * g, b - x * h, (a + b) / 2 + c - x * w, d - y * g, e - y * h, (d + e) / 2 + f - y * w, g, h, w]
    matrices = np.ascontiguousarray(np.array(rows).T).reshape(-1, 3, 3)
    for picture, matrix, level, target in zip(pictures, matrices, affine.tolist(), targets, strict=True):
        size = target.shape[1], target.shape[0]
        if not level:
            cv2.warpPerspective(picture, matrix, size, target, _BACKWARDS, cv2.BORDER_REPLICATE)
        elif (whole := _whole_shift(tuple(matrix.ravel().tolist()), size, picture)) is not None:
            target[...] = picture[whole]
        else:
            cv2.warpAffine(picture, matrix[:2], size, target, _BACKWARDS, cv2.BORDER_REPLICATE)
