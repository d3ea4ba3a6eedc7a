"""Maps as a whole: what is cheaper in special cases is the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen import geometry
from synthgen.geometry import Composed, Field, Homography, Map, cut_few, cut_quads, warp_each
from synthgen.matrices import inverse_matrices, project_each, unit_to_quads
from synthgen.mesh import lattice
from synthgen.randomness import Stream


@given(
    st.integers(-60, 60), st.integers(-60, 60), st.integers(-5, 40), st.integers(-5, 40), st.integers(1, 70),
    st.integers(1, 70), st.booleans(),
)  # fmt: skip
def test_a_shift_by_whole_px_shows_the_px_themselves(
    x: int, y: int, left: int, top: int, width: int, height: int, colour: bool
) -> None:
    shape = (50, 64, 3) if colour else (50, 64)
    picture = Stream(0, 1, "test").generator.integers(0, 256, shape).astype(np.uint8)
    shown = Homography.translation(x, y).warp(picture, (width, height), corner=(left, top))
    # Target px (u, v) shows source px (u - x, v - y), which is counted from the corner; beyond, the border goes on.
    columns = np.clip(np.arange(width) - x - left, 0, 63)
    rows = np.clip(np.arange(height) - y - top, 0, 49)
    np.testing.assert_array_equal(shown, picture[rows][:, columns])
    shown[:] = 0
    assert picture.any()


def maps_of(seed: int) -> list[Map]:
    rng = np.random.default_rng(seed)
    affine = np.eye(3) + rng.uniform(-1, 1, (3, 3)) * [[0.4, 0.4, 9.0], [0.4, 0.4, 9.0], [0.0, 0.0, 0.0]]
    view = Homography(affine + rng.uniform(-1e-3, 1e-3, (3, 3)) * [[0], [0], [1]])
    bent = Field(rng.uniform(-2, 2, (6, 7, 2)), 16.0)
    return [Homography(affine), view, bent, Composed((bent, view))]


@given(
    st.sampled_from(["replicate", "reflect", "constant"]), st.integers(1, 90), st.integers(1, 70), st.integers(0, 255),
    st.integers(0, 10**6),
)  # fmt: skip
def test_a_picture_in_rgb_is_shown_as_each_of_its_channels(
    border: str, width: int, height: int, value: int, seed: int
) -> None:
    picture = Stream(0, 2, "test").generator.integers(0, 256, (50, 64, 3)).astype(np.uint8)
    for each in maps_of(seed):
        shown = each.warp(picture, (width, height), border, value, (3, -2))
        alone = [
            each.warp(np.ascontiguousarray(picture[..., channel]), (width, height), border, value, (3, -2))
            for channel in range(3)
        ]
        assert shown.shape == (height, width, 3)
        np.testing.assert_array_equal(shown, np.stack(alone, axis=-1))


@given(st.integers(1, 60), st.integers(1, 40), st.integers(1, 6), st.integers(0, 10**6))
def test_quads_cut_from_rgb_are_those_of_each_channel(width: int, height: int, n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    pictures = [rng.integers(0, 256, (50, 64, 3)).astype(np.uint8) for _ in range(2)]
    of = [pictures[at % 2] for at in range(n)]
    quads = np.array([(2, 3), (50, 5), (55, 41), (4, 44)]) + rng.uniform(-4, 4, (n, 4, 2))
    matrices, sizes = unit_to_quads(quads), np.array([(width, height)] * n, dtype=np.float64)
    cut = cut_quads(of, matrices, sizes)
    for channel in range(3):
        alone = cut_quads([np.ascontiguousarray(picture[..., channel]) for picture in of], matrices, sizes)
        for some, others in zip(cut, alone, strict=True):
            np.testing.assert_array_equal(some[..., channel], others)
    few = cut_few(of[0], [(tuple(matrix.ravel().tolist()), (width, height)) for matrix in matrices[::2]])
    for some, others in zip(few, cut[::2], strict=True):
        np.testing.assert_array_equal(some, others)


@given(st.integers(1, 50), st.integers(1, 20), st.booleans(), st.integers(0, 10**6))
def test_quads_of_any_width_are_cut_as_their_maps_show_them(width: int, height: int, colour: bool, seed: int) -> None:
    """Whatever px a warp takes at once: a picture is as wide as asked for, and its last columns are as exact."""
    rng = np.random.default_rng(seed)
    picture = rng.integers(0, 256, (50, 64, 3) if colour else (50, 64)).astype(np.uint8)
    quads = np.array([(9, 9), (40, 8), (44, 35), (7, 33)]) + rng.uniform(-4, 4, (3, 4, 2))
    sizes = np.array([(width, height), (width + 1, height), (width + 2, height)])
    for cut, quad, size in zip(cut_quads([picture] * 3, unit_to_quads(quads), sizes * 1.0), quads, sizes, strict=True):
        box = np.array([(0, 0), (1, 0), (1, 1), (0, 1)]) * size
        shown = Homography.from_quads(quad, box).warp(picture, (int(size[0]), int(size[1])))
        assert cut.shape == shown.shape
        assert np.abs(cut.astype(int) - shown).max() <= 1


@given(st.integers(1, 9), st.integers(1, 7), st.integers(0, 10**6))
def test_many_maps_at_once_are_each_alone(n: int, k: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    matrices = np.eye(3) + rng.uniform(-1, 1, (n, 3, 3)) * [[0.3, 0.3, 9.0], [0.3, 0.3, 9.0], [1e-3, 1e-3, 0.1]]
    points = rng.uniform(-50, 50, (n, k, 2))
    inverses = inverse_matrices(matrices)
    for matrix, inverse, mine, mapped in zip(matrices, inverses, points, project_each(matrices, points), strict=True):
        alone = Homography(matrix)
        assert np.array_equal(inverse, alone.inverse_matrix)
        np.testing.assert_allclose(mapped, alone.forward(mine), rtol=1e-12, atol=1e-12)


@given(st.integers(1, 6), st.integers(0, 10**6), st.booleans())
def test_pictures_warped_side_by_side_are_each_alone(n: int, seed: int, colour: bool) -> None:
    rng = np.random.default_rng(seed)
    shape = (40, 56, 3) if colour else (40, 56)
    pictures = [rng.integers(0, 256, shape).astype(np.uint8) for _ in range(n)]
    corners = [(int(x), int(y)) for x, y in rng.integers(-9, 9, (n, 2))]
    matrices = np.eye(3) + rng.uniform(-1, 1, (n, 3, 3)) * [[0.3, 0.3, 9.0], [0.3, 0.3, 9.0], [1e-3, 1e-3, 0.0]]
    # Every third is affine, every third a shift by whole px.
    matrices[1::3, 2] = matrices[2::3, 2] = 0.0, 0.0, 1.0
    matrices[2::3, :2] = np.array([[1.0, 0.0, 3.0], [0.0, 1.0, -2.0]])
    maps = [Homography(matrix) for matrix in matrices]
    backs = np.array([one.inverse_numbers for one in maps]).T
    strip = np.zeros((60, 48 * n, *shape[2:]), dtype=np.uint8)
    targets = [strip[7 : 7 + 20 + at, 48 * at : 48 * at + 41] for at in range(n)]
    warp_each(pictures, corners, backs, np.array([one.affine for one in maps]), targets)
    for picture, corner, one, target in zip(pictures, corners, maps, targets, strict=True):
        alone = one.warp(picture, (target.shape[1], target.shape[0]), corner=corner)
        np.testing.assert_array_equal(target, alone)


def bent(seed: int) -> Composed:
    """A smooth bend seen in perspective."""
    chance = np.random.default_rng(seed)
    field = Field(chance.uniform(-4.0, 4.0, (30, 30, 2)), 16.0, (-40.0, -40.0))
    return Composed((field, Homography(np.array([[1.1, 0.05, 3.0], [-0.04, 0.95, 7.0], [1e-4, -2e-4, 1.0]]))))


@given(st.integers(1, 60), st.integers(1, 400), st.sampled_from(["replicate", "reflect", "constant"]), st.booleans())
def test_strips_of_a_bent_picture_are_those_of_the_whole(width: int, height: int, border: str, colour: bool) -> None:
    shape = (height, width, 3) if colour else (height, width)
    picture = np.random.default_rng(height).integers(0, 256, shape, dtype=np.uint8)
    seen = {}
    for strip in (8, geometry._STRIP_PX, 1 << 12):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(geometry, "_STRIP_PX", strip)
            seen[strip] = bent(width).warp(picture, (width + 5, height), border, 90, (1, 2))
    whole = seen.pop(1 << 12)
    assert whole.shape == (height, width + 5, *shape[2:])
    for parts in seen.values():
        np.testing.assert_array_equal(parts, whole)


@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 1 << 30))
def test_a_lattice_is_mapped_as_other_points_are(columns: int, rows: int, seed: int) -> None:
    chance = np.random.default_rng(seed)
    x, y = chance.uniform(-20.0, 400.0, columns), chance.uniform(-20.0, 400.0, rows)
    nodes = lattice(x, y)
    plain = np.stack(np.meshgrid(x, y), axis=-1)
    np.testing.assert_array_equal(nodes, plain)
    for one in (*bent(seed).maps, bent(seed)):
        np.testing.assert_array_equal(one.forward(nodes), one.forward(plain))
        np.testing.assert_array_equal(one.inverse(nodes), one.inverse(plain))
