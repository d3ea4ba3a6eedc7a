"""Instruments: what a picture shows, measured from its pixels alone and held against what the labels say."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from synthgen.geometry import Composed, Homography, Map
from synthgen.press.raster import coverage
from synthgen.recipe import Text
from synthgen.text.writer import Writer
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.layout import Glyphs, Layout

Float = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Alone:
    """One character drawn alone: ``ink`` (H, W) in [0, 1] and its ``quad`` (4, 2), both in the same picture's frame."""

    ink: Float
    quad: Float


def draw_alone(layout: Layout, char: int, faces: FaceSet, view: Map | None = None, pad: int = 5) -> Alone:
    """Return character ``char`` of a layout, drawn without its neighbours and seen through ``view``."""
    quad = layout.characters.ink[char]
    mine = np.flatnonzero(layout.glyphs.char == char)
    assert len(mine)
    low = np.floor(quad.min(axis=0)).astype(int) - pad
    size = np.ceil(quad.max(axis=0)).astype(int) + pad - low
    glyphs = Glyphs(
        face=layout.glyphs.face[mine],
        glyph=layout.glyphs.glyph[mine],
        char=layout.glyphs.char[mine],
        ink=layout.glyphs.ink[mine],
        linear=layout.glyphs.linear[mine],
        origin=layout.glyphs.origin[mine] - low,
    )
    drawn = coverage(glyphs, np.zeros((0, 4)), faces, (int(size[0]), int(size[1])))
    if view is None:
        return Alone(drawn / 255.0, quad - low)
    seen = view.forward(quad)
    corner = np.floor(seen.min(axis=0)).astype(int) - pad
    extent = np.ceil(seen.max(axis=0)).astype(int) + pad - corner
    parts = (Homography.translation(*low.astype(float)), view, Homography.translation(*(-corner.astype(float))))
    if isinstance(view, Homography):
        whole: Map = parts[0].then(view).then(parts[2])
    else:
        whole = Composed(parts)
    picture = whole.warp(drawn, (int(extent[0]), int(extent[1])), border="constant")
    return Alone(picture / 255.0, seen - corner)


def side_distances(quad: Float, points: Float) -> Float:
    """Return the signed distances (K, 4) of points to the quad's top, right, bottom, left side; negative inside."""
    clockwise = np.sign(_area(quad))
    out = []
    for at in range(4):
        a, b = quad[at], quad[(at + 1) % 4]
        normal = np.array([(b - a)[1], -(b - a)[0]]) * clockwise / max(np.hypot(*(b - a)), 1e-12)
        out.append((points - a) @ normal)
    return np.column_stack(out)


def overhang_and_gaps(alone: Alone, level: float) -> tuple[float, float]:
    """Return how far ink of at least ``level`` lies outside the quad, and how far the farthest side is from any ink,
    px.

    A pixel counts as its nearest point: it is half a pixel in reach.
    """
    rows, columns = np.nonzero(alone.ink >= level)
    points = np.column_stack([columns + 0.5, rows + 0.5])
    distances = side_distances(alone.quad, points)
    return float(distances.max() - 0.5), float((-distances).min(axis=0).max() - 0.5)


def centroid(ink: Float) -> Float:
    """Return the ink's centre of mass (2,) in pixel-edge coordinates."""
    ys, xs = np.mgrid[: ink.shape[0], : ink.shape[1]] + 0.5
    return np.array([(ink * xs).sum(), (ink * ys).sum()]) / ink.sum()


def quad_area_and_centroid(quad: Float) -> tuple[float, Float]:
    """Return a quad's area and centre of mass (shoelace)."""
    following = np.roll(quad, -1, axis=0)
    cross = quad[:, 0] * following[:, 1] - following[:, 0] * quad[:, 1]
    return abs(cross.sum() / 2), ((quad + following) * cross[:, None]).sum(axis=0) / (3 * cross.sum())


def fitted_corners(alone: Alone) -> Float | None:
    """Return the four corners (4, 2) of a box as its pixels show them, or None when a side is under 14 px long.

    Along each side, profiles across it are integrated to find the edge, a line is fitted to the edges, and
    neighbouring lines are intersected. The labels serve only to know where to look.
    """
    quad = alone.quad
    sides = np.roll(quad, -1, axis=0) - quad
    lengths = np.hypot(*sides.T)
    if lengths.min() < 14:
        return None
    lines = []
    reach, step = 3.0, 0.05
    across = np.arange(-reach, reach, step) + step / 2
    for at in range(4):
        a, direction = quad[at], sides[at] / lengths[at]
        inward = np.array([-direction[1], direction[0]]) * np.sign(_area(quad))
        along = np.linspace(3, lengths[at] - 3, 25)
        points = a + along[:, None, None] * direction + across[None, :, None] * inward
        inside = _sample(alone.ink, points).sum(axis=1) * step
        edges = a + along[:, None] * direction + (reach - inside)[:, None] * inward
        middle = edges.mean(axis=0)
        _, _, axes = np.linalg.svd(edges - middle)
        lines.append((middle, axes[0]))
    corners = []
    for at in range(4):
        (p, u), (q, v) = lines[at - 1], lines[at]
        t = np.linalg.solve(np.column_stack([u, -v]), q - p)[0]
        corners.append(p + t * u)
    return np.array(corners)


def _sample(picture: Float, points: Float) -> Float:
    """Return the picture's values at pixel-edge points, bilinear between pixel centres."""
    x = np.clip(points[..., 0] - 0.5, 0, picture.shape[1] - 1.000001)
    y = np.clip(points[..., 1] - 0.5, 0, picture.shape[0] - 1.000001)
    i, j = x.astype(int), y.astype(int)
    u, v = x - i, y - j
    upper = picture[j, i] * (1 - u) + picture[j, i + 1] * u
    lower = picture[j + 1, i] * (1 - u) + picture[j + 1, i + 1] * u
    return upper * (1 - v) + lower * v


def _area(quad: Float) -> float:
    x, y = quad.T
    return float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)) / 2)


def stretches(view: Map, points: Float) -> tuple[Float, Float]:
    """The least and the most (N,) by which a map stretches lengths at points (N, 2): its Jacobian's singular values."""
    step = 1e-4
    columns = [(view.forward(points + d) - view.forward(points - d)) / (2 * step) for d in step * np.eye(2)]
    values = np.linalg.svd(np.stack(columns, axis=-1), compute_uv=False)
    return values[:, 1], values[:, 0]


@cache
def writer_of(text: Text, lang: str = "ko") -> Writer:
    """A writer, made once: it reads all corpora of its language."""
    return Writer(text, lang)
