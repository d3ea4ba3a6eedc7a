"""How much larger than the page a sheet must be, so that no pose shows what lies beyond it."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from synthgen.camera.attitude import LEAST_FRONT, LEAST_SCALE, MOST_SCALE, SPARE_PX, Attitude
from synthgen.camera.bend import MOST_BEND
from synthgen.geometry import Float
from synthgen.quads import boxes_to_quads
from synthgen.recipe import Camera

# At most this share of the page's longer side: beyond it a pose replicates the sheet's border and says so.
MOST_BLEED_FRAC = 0.5
_MORE_FRAC = 1.08
_STEP_DEG = 15.0
_TILTS = 7


def bleed_px(camera: Camera, page_size: tuple[int, int]) -> int:
    """Return how far the sheet must reach beyond the page on each side, so that pictures show nothing but sheet.

    A bound for a page (width, height) that is full to its edges, by a sweep over the recipe's angles, with some to
    spare; at most half the page's longer side, and what bends may move. Beyond that a pose replicates the border of
    the sheet (``beyond_sheet``). None for content that is framed alone: its paper is as large as its picture wants.
    """
    if camera.frame == "content":
        return 0
    return _bleed_px(camera, page_size) + _bend_px(camera, page_size)


def _bend_px(camera: Camera, page_size: tuple[int, int]) -> int:
    """Return how much farther a picture sees when the sheet or the lens is bent: the bend's reach, twice.

    Once for what the bend itself brings in, once for the smaller scale at which what it carries out still fits.
    """
    if not camera.bends or not camera.bend_probability:
        return 0
    return math.ceil(2.5 * MOST_BEND * camera.bend_dose_range[1] * max(page_size)) + 2


@lru_cache(maxsize=64)
def _bleed_px(camera: Camera, page_size: tuple[int, int]) -> int:
    width, height = page_size
    half = np.array([width / 2, height / 2])
    corners = boxes_to_quads(np.array([[-half[0], -half[1], half[0], half[1]]]))[0]
    views = _views(camera, page_size)
    seen, front = _project(views, corners)
    low, high = seen.min(axis=1), seen.max(axis=1)
    span, middle = high - low, (high + low) / 2
    least, most = _stretches(views, corners, seen)
    room = np.maximum(np.array(page_size) - 2 * SPARE_PX, 1.0)
    scale = np.minimum((room / span).min(axis=1), 1.0)
    moderate = (least * scale >= LEAST_SCALE) & (most * scale <= MOST_SCALE)
    reach = half / scale[:, None]
    kept = moderate & (front.min(axis=1) > LEAST_FRONT)
    boxes = np.concatenate([middle - reach, middle + reach], axis=1)[kept]
    shown, _ = _project(np.linalg.inv(views[kept]), boxes_to_quads(boxes))
    beyond = float((np.abs(shown) - half).max(initial=0.0))
    return min(math.ceil(beyond * _MORE_FRAC) + 3, math.ceil(MOST_BLEED_FRAC * max(page_size)))


def _views(camera: Camera, page_size: tuple[int, int]) -> Float:
    """Return the matrices (N, 3, 3) of the recipe's attitudes, seen from above the middle of the page.

    Rotation, tilt and shear run from 0, because a pose that is too steep is lowered towards it.
    """
    turns = [*camera.rotation_deg_range, *(camera.level_rotation_deg_range if camera.level_probability else ())]
    low, high = min(*turns, 0.0), max(*turns, 0.0)
    rotations = np.unique(np.linspace(low, high, max(math.ceil((high - low) / _STEP_DEG), 2) + 1))
    tilts = np.unique(np.linspace(0.0, camera.tilt_deg_range[1], _TILTS))
    turned = np.stack([Attitude(r, 0.0, 0.0, 1.0, s).turn() for r in rotations for s in _shears(camera)])
    tilted = np.stack(
        [
            Attitude(0.0, tilt, axis, focal, 0.0).tilt(float(max(page_size)))
            for tilt in tilts
            for axis in (np.arange(0.0, 360.0, _STEP_DEG) if tilt else (0.0,))
            for focal in sorted(set(camera.focal_range))
        ]
    )
    views: Float = (tilted[:, None] @ turned[None]).reshape(-1, 3, 3)
    return views


def _shears(camera: Camera) -> list[float]:
    return sorted({0.0, *camera.shear_range})


def _project(matrices: Float, points: Float) -> tuple[Float, Float]:
    """Return points (4, 2) or (N, 4, 2) under each matrix (N, 3, 3), and their depths (N, 4); the middle's is 1."""
    raised = np.concatenate([points, np.ones((*points.shape[:-1], 1))], axis=-1)
    to = raised @ matrices.transpose(0, 2, 1)
    return to[..., :2] / to[..., 2:], to[..., 2]


def _stretches(matrices: Float, points: Float, to: Float) -> tuple[Float, Float]:
    """Return the least and most (N,) by which each map stretches lengths at the points (4, 2), seen at ``to``."""
    front = _project(matrices, points)[1]
    jacobian = (matrices[:, None, :2, :2] - to[..., :, None] * matrices[:, None, None, 2, :2]) / front[..., None, None]
    (ux, uy), (vx, vy) = np.moveaxis(jacobian, (-2, -1), (0, 1))
    even, odd = np.hypot((ux + vy) / 2, (vx - uy) / 2), np.hypot((ux - vy) / 2, (vx + uy) / 2)
    return np.abs(even - odd).min(axis=1), (even + odd).max(axis=1)
