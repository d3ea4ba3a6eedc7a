"""Ink: exact where no effect is on, still in place where one is, rejected where it cannot be read."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.errors import Rejected
from synthgen.press.ink import DARKEST_LEVEL, composite, print_ink, spread_ink
from synthgen.randomness import Stream
from synthgen.recipe import Ink

PLAIN = Ink(contrast_range=(200, 200), uneven_range=(0, 0), spread_px_range=(0, 0))
U8 = npt.NDArray[np.uint8]


def box(size: tuple[int, int], x0: float, y0: float, x1: float, y1: float) -> U8:
    """Return the exact coverage of an axis-aligned box in continuous coordinates."""
    across = np.clip(np.minimum(np.arange(size[0]) + 1, x1) - np.maximum(np.arange(size[0]), x0), 0, 1)
    down = np.clip(np.minimum(np.arange(size[1]) + 1, y1) - np.maximum(np.arange(size[1]), y0), 0, 1)
    return np.rint(255 * down[:, None] * across[None, :]).astype(np.uint8)


def centroid(weights: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Return the centroid (x, y) in continuous coordinates."""
    total = weights.sum()
    x = (weights.sum(axis=0) * (np.arange(weights.shape[1]) + 0.5)).sum() / total
    y = (weights.sum(axis=1) * (np.arange(weights.shape[0]) + 0.5)).sum() / total
    return float(x), float(y)


def exactly(ground: U8, coverage: U8, level: int) -> U8:
    """The slow obvious composite."""
    cover = coverage.astype(np.int64) if ground.ndim == 2 else coverage.astype(np.int64)[..., None]
    twice = 2 * (ground.astype(np.int64) * 255 + (level - ground.astype(np.int64)) * cover) + 255
    return (twice // 510).astype(np.uint8)


@pytest.mark.parametrize("level", [0, 1, 17, 100, 254, 255])
def test_composite_is_exact_for_every_pair_of_levels(level: int) -> None:
    ground = np.repeat(np.arange(256, dtype=np.uint8), 256).reshape(256, 256)
    coverage = np.ascontiguousarray(ground.T)
    assert np.array_equal(composite(ground, coverage, level), exactly(ground, coverage, level))


def test_a_part_is_printed_where_it_lies() -> None:
    ground, coverage = np.full((9, 14), 200, np.uint8), np.full((4, 1), 90, np.uint8)
    whole = np.zeros_like(ground)
    whole[3:7, 5:6] = coverage
    assert np.array_equal(composite(ground, coverage, 40, (5, 3)), exactly(ground, whole, 40))


@pytest.mark.parametrize("shape", [(1, 1), (3, 17), (4, 1), (1, 4), (3, 3), (40, 50)])
@pytest.mark.parametrize("channels", [0, 3])
def test_every_shape_is_printed_and_inputs_stay(shape: tuple[int, int], channels: int) -> None:
    rng = np.random.Generator(np.random.Philox(5))
    ground = rng.integers(230, 250, shape + ((3,) if channels else ()), dtype=np.uint8)
    coverage = rng.integers(0, 256, shape, dtype=np.uint8)
    before = ground.copy(), coverage.copy()
    sheet, parameters = print_ink(ground, coverage, PLAIN, Stream(0, 0, "ink"))
    assert sheet.shape == ground.shape
    assert np.array_equal(sheet, exactly(ground, coverage, parameters["level"]))
    full, _ = print_ink(ground, coverage, Ink(contrast_range=(150, 200)), Stream(0, 0, "ink"))
    assert full.shape == ground.shape
    assert full.dtype == np.uint8
    assert np.array_equal(ground, before[0])
    assert np.array_equal(coverage, before[1])
    assert json.loads(json.dumps(parameters)) == parameters


def test_area_and_centroid_can_be_read_from_a_plain_sheet() -> None:
    coverage = box((60, 40), 10.3, 8.6, 41.7, 29.2)
    sheet, parameters = print_ink(np.full((40, 60), 255, np.uint8), coverage, PLAIN, Stream(0, 1, "ink"))
    ink = (255.0 - sheet) / (255 - parameters["level"])
    assert ink.sum() == pytest.approx((41.7 - 10.3) * (29.2 - 8.6), abs=0.2)
    assert centroid(ink) == pytest.approx((26.0, 18.9), abs=0.01)


@given(
    x=st.floats(12, 13), y=st.floats(12, 13), width=st.floats(3, 20), height=st.floats(3, 20), spread=st.floats(0.03, 3)
)
@settings(max_examples=60, deadline=None)
def test_spread_widens_and_stays_in_place(x: float, y: float, width: float, height: float, spread: float) -> None:
    """Where an edge falls within a pixel moves it by up to a seventh of one, and so the middle by half of that."""
    coverage = box((48, 48), x, y, x + width, y + height)
    wider = spread_ink(coverage, spread)
    assert centroid(wider.astype(np.float64)) == pytest.approx(centroid(coverage.astype(np.float64)), abs=0.07)
    assert wider.sum(dtype=np.int64) > coverage.sum(dtype=np.int64)


@pytest.mark.parametrize("spread", [0.2, 0.5, 1.0, 2.0])
def test_spread_moves_a_straight_edge_by_its_dose(spread: float) -> None:
    wider = spread_ink(box((80, 20), 30, -1, 50, 30), spread).astype(np.float64)[10]
    width = wider.sum() / 255
    assert width == pytest.approx(20 + 2 * spread, abs=0.15 + 0.35 * spread)


def test_uneven_ink_is_paler_in_places_never_darker() -> None:
    ground = np.full((200, 300), 220, np.uint8)
    coverage = np.full((200, 300), 255, np.uint8)
    sheet, parameters = print_ink(ground, coverage, replace(PLAIN, uneven_range=(0.3, 0.3)), Stream(0, 2, "ink"))
    level = parameters["level"]
    assert level <= sheet.min() <= level + 3
    assert sheet.max() <= round(level + 0.3 * (220 - level)) + 1
    assert sheet.std() > 2


def test_low_contrast_is_rejected_only_where_ink_lies() -> None:
    ground = np.full((64, 128), 230, np.uint8)
    ground[:, 96:] = 60
    coverage = np.zeros((64, 128), np.uint8)
    coverage[10:30, 10:60] = 255
    ink = replace(PLAIN, contrast_range=(160, 160), min_contrast=60)
    assert print_ink(ground, coverage, ink, Stream(0, 0, "ink"))[1]["least_contrast"] >= 60
    coverage[10:30, 100:110] = 255
    with pytest.raises(Rejected, match="low-contrast"):
        print_ink(ground, coverage, ink, Stream(0, 0, "ink"))


def test_dark_paper_is_rejected_and_light_paper_never_printed_blacker_than_black() -> None:
    coverage = np.full((20, 20), 255, np.uint8)
    with pytest.raises(Rejected):
        print_ink(np.full((20, 20), 50, np.uint8), coverage, PLAIN, Stream(0, 0, "ink"))
    sheet, _ = print_ink(np.full((20, 20), 180, np.uint8), coverage, PLAIN, Stream(0, 0, "ink"))
    assert sheet.min() == DARKEST_LEVEL


def test_same_stream_same_sheet() -> None:
    ground, coverage = np.full((90, 70), 225, np.uint8), box((70, 90), 5.5, 6.5, 40, 50)
    one, first = print_ink(ground, coverage, Ink(), Stream(0, 9, "ink"))
    two, second = print_ink(ground, coverage, Ink(), Stream(0, 9, "ink"))
    assert np.array_equal(one, two)
    assert first == second
