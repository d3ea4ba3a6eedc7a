"""The mesh that fields are looked up in gives what plain bilinear weights do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen.geometry import Field, Float
from synthgen.mesh import Mesh


def plain(nodes: Float, x: float, y: float) -> Float:
    """The weighted sum of the four nodes around a point, counted in nodes; beyond the border that of its nearest."""
    rows, columns = nodes.shape[:2]
    x, y = min(max(x, 0.0), columns - 1), min(max(y, 0.0), rows - 1)
    left, top = min(int(x), max(columns - 2, 0)), min(int(y), max(rows - 2, 0))
    right, bottom = min(left + 1, columns - 1), min(top + 1, rows - 1)
    u, v = x - left, y - top
    upper = nodes[top, left] * (1 - u) + nodes[top, right] * u
    lower = nodes[bottom, left] * (1 - u) + nodes[bottom, right] * u
    value: Float = upper * (1 - v) + lower * v
    return value


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 1 << 30))
def test_a_mesh_is_bilinear(rows: int, columns: int, seed: int) -> None:
    chance = np.random.default_rng(seed)
    nodes = chance.normal(0.0, 30.0, (rows, columns, 2))
    x, y = chance.uniform(-2.0, columns + 1.0, 40), chance.uniform(-2.0, rows + 1.0, 40)
    # Nodes, sides and corners too.
    x[:10], y[5:15] = np.round(x[:10]), np.round(y[5:15])
    found = Mesh.of(nodes).at(np.stack([x, y])).T
    expected = [plain(nodes, *point) for point in zip(x.tolist(), y.tolist(), strict=True)]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize("shape", [(2,), (4, 2), (3, 4, 2), (0, 4, 2)])
def test_a_field_maps_points_of_any_shape_and_leaves_them_alone(shape: tuple[int, ...]) -> None:
    field = Field(np.full((3, 4, 2), 2.5), 16.0, (-8.0, 3.0))
    points = np.random.default_rng(1).uniform(0.0, 60.0, shape)
    before = points.copy()
    assert field.inverse(points).shape == field.forward(points).shape == shape
    np.testing.assert_allclose(field.inverse(points), before + 2.5, rtol=0, atol=1e-12)
    np.testing.assert_allclose(field.forward(points), before - 2.5, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(points, before)


def test_points_of_each_of_some_arrays_are_those_of_it_alone() -> None:
    chance = np.random.default_rng(3)
    field = Field(chance.uniform(-5.0, 5.0, (20, 20, 2)), 16.0)
    # In the even corner fewer steps are enough.
    field.displacement[:5, :5] = 1.5
    several = [chance.uniform(0.0, high, (n, 4, 2)) for high, n in ((300.0, 30), (60.0, 1), (10.0, 2), (300.0, 0))]
    for points, together in zip(several, field.forward_each(several), strict=True):
        np.testing.assert_array_equal(together, field.forward(points))
