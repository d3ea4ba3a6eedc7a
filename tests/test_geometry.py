"""Maps as a whole: what is cheaper in special cases is the same."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from synthgen.geometry import Homography
from synthgen.matrices import inverse_matrices, project_each
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
