"""Streams are pure, apart from one another, and the same on every NumPy."""

from __future__ import annotations

from copy import copy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen.errors import UsageError
from synthgen.randomness import SEED_LIMIT, Stream, Streams, _stage_word, digest_fraction

words = st.integers(0, SEED_LIMIT - 1)


@given(seed=words, index=words, attempt=st.integers(0, 1000), n=st.integers(1, 4000))
def test_scalars_are_philox_at_the_documented_place(seed: int, index: int, attempt: int, n: int) -> None:
    """Key (seed, index); counter's third word attempt and lane, fourth the stage: read off with NumPy's own Philox."""
    counter = np.array([0, 0, attempt << 1, _stage_word("ink")], dtype=np.uint64)
    key = np.array([seed, index], dtype=np.uint64)
    expected = np.random.Generator(np.random.Philox(key=key, counter=counter)).random(n).tolist()
    stream = Stream(seed, index, "ink", attempt)
    assert [stream.random() for _ in range(n)] == expected


def test_numbers_are_these_for_ever() -> None:
    """A golden: NumPy promises its bit generators' streams, and a dataset must be made again years later."""
    stream = Stream(0, 0, "golden")
    assert [stream.random() for _ in range(3)] == [0.3387831038103004, 0.39577675597224793, 0.12967096606216622]
    assert Stream(7, 3, "golden").generator.integers(0, 1000, 4).tolist() == [150, 83, 227, 24]


def test_streams_of_different_places_differ() -> None:
    """Neighbouring seeds, indices, stages, attempts and lanes share nothing."""
    places = [(0, 0, "a", 0), (1, 0, "a", 0), (0, 1, "a", 0), (0, 0, "b", 0), (0, 0, "a", 1), (1, 1, "a", 0)]
    drawn: set[float] = set()
    for place in places:
        stream = Stream(*place)
        drawn |= {stream.random() for _ in range(300)} | set(stream.generator.random(300).tolist())
    assert len(drawn) == 600 * len(places)


def test_lanes_and_other_streams_do_not_disturb() -> None:
    one = Stream(5, 6, "x")
    plain = [one.random() for _ in range(300)]
    two, other = Stream(5, 6, "x"), Stream(9, 9, "y")
    mixed = []
    for _ in range(300):
        mixed.append(two.random())
        two.generator.normal()
        other.random()
    assert mixed == plain


@given(before=st.integers(0, 40), steps=st.lists(st.booleans(), max_size=300))
def test_a_copy_goes_on_with_the_same_numbers(before: int, steps: list[bool]) -> None:
    """However the two take turns, and wherever in a block the copy is made."""
    whole = Stream(4, 2, "copied")
    expected = [whole.random() for _ in range(before + len(steps))]
    one = Stream(4, 2, "copied")
    drawn = [[one.random() for _ in range(before)]]
    drawn.append(drawn[0].copy())
    two = copy(one)
    for first in steps:
        drawn[0 if first else 1].append((one if first else two).random())
    assert all(numbers == expected[: len(numbers)] for numbers in drawn)


@given(seed=words, index=words, attempt=st.integers(0, 1000))
def test_arrays_are_philox_at_the_documented_place(seed: int, index: int, attempt: int) -> None:
    """As scalars, with the lane's bit set in the third word."""
    counter = np.array([0, 0, attempt << 1 | 1, _stage_word("ink")], dtype=np.uint64)
    expected = np.random.Generator(np.random.Philox(key=np.array([seed, index], dtype=np.uint64), counter=counter))
    arrays = Stream(seed, index, "ink", attempt).generator
    assert arrays.random(9).tolist() == expected.random(9).tolist()
    assert arrays.standard_normal(5, dtype=np.float32).tolist() == expected.standard_normal(5, np.float32).tolist()
    assert arrays.integers(0, 7, 9).tolist() == expected.integers(0, 7, 9).tolist()


@given(low=st.floats(-1e6, 1e6), width=st.floats(0, 1e6), seed=words)
def test_ranges_hold(low: float, width: float, seed: int) -> None:
    stream = Stream(seed, 0, "range")
    for _ in range(20):
        assert low <= stream.uniform(low, low + width) <= low + width
        assert 3 <= stream.integer(3, 9) < 9
        assert stream.pick("abc") in "abc"
        assert stream.weighted([0.0, 2.0, 2.0, 5.0]) in (1, 3)
    assert not stream.chance(0.0)
    assert stream.chance(1.0)
    assert sorted(stream.order(9)) == list(range(9))


@given(st.integers(0, 40), st.integers(0, 30))
def test_some_intervals_are_drawn_as_one_after_another(before: int, count: int) -> None:
    together, apart = Stream(3, 4, "pose"), Stream(3, 4, "pose")
    assert [together.random() for _ in range(before)] == [apart.random() for _ in range(before)]
    intervals = [(float(at), at + 1.5) for at in range(count)]
    assert together.between_each(intervals) == [apart.between(one) for one in intervals]
    assert together.random() == apart.random()


@given(st.integers(0, 40), st.integers(0, 3000))
def test_several_are_drawn_as_one_after_another(before: int, count: int) -> None:
    together, apart = Stream(3, 4, "pose"), Stream(3, 4, "pose")
    assert together.several(before) == [apart.random() for _ in range(before)]
    assert together.several(count) == [apart.random() for _ in range(count)]
    assert together.random() == apart.random()


@pytest.mark.parametrize("bad", [-1, SEED_LIMIT])
def test_seeds_outside_64_bits_are_refused(bad: int) -> None:
    with pytest.raises(UsageError, match="seed"):
        Stream(bad, 0, "x")
    with pytest.raises(UsageError, match="index"):
        Streams(0, bad)("x")


def test_digest_fraction_is_fixed_and_even() -> None:
    values = [digest_fraction(0, index) for index in range(20_000)]
    assert digest_fraction(0, 1) == values[1]
    assert abs(np.mean(values) - 0.5) < 0.01
    assert np.histogram(values, bins=20, range=(0, 1))[0].min() > 850
