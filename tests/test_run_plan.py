"""Plans: splits, bounds, identity, estimates; all without looking at n samples."""

from __future__ import annotations

import dataclasses
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen.errors import FormatError, OutputError, SampleError, UsageError
from synthgen.run.estimate import Estimate, check_disk, estimate
from synthgen.run.plan import DEFAULT_SPLITS, Plan, differences, parse_splits
from synthgen.run.render import render
from tests.run_standin import Painter, make_faulty, make_painter, plan_of


def test_splits_are_parsed():
    assert parse_splits("train=0.98, val=0.01,test=0.01") == DEFAULT_SPLITS
    assert parse_splits("all=1") == (("all", 1.0),)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "must be name=share"),
        ("train", "must be name=share"),
        ("tr-ain=1", "must be name=share"),
        ("../x=1", "must be name=share"),
        ("a=0.5,a=0.5", "named twice"),
        ("a=x", "must be a number"),
        ("a=nan", "must be a number"),
        ("a=1.5,b=-0.5", "must be a number"),
        ("a=0.5,b=0.4", "sum to 0.9"),
    ],
)
def test_bad_splits_are_refused_in_one_line(text, told):
    with pytest.raises(UsageError, match=told) as error:
        parse_splits(text)
    assert "\n" not in str(error.value)


def test_the_split_of_a_sample_follows_from_its_index_alone():
    short, long = plan_of(10), plan_of(100_000_000)
    assert [short.split(i) for i in range(10)] == [long.split(i) for i in range(10)]
    found = Counter(long.split(i) for i in range(4_000))
    assert abs(found["train"] / 4_000 - 0.6) < 0.03
    assert set(found) == {"train", "val"}, "a share of 0 gets nothing"


@given(n=st.integers(1, 10**9), size=st.integers(1, 100_000))
def test_shards_cover_all_samples_once(n, size):
    plan = dataclasses.replace(plan_of(1, shard_size=size), n=n)
    assert plan.bounds(0)[0] == 0
    assert plan.bounds(plan.shards - 1)[1] == n
    for shard in {0, plan.shards // 2, plan.shards - 1}:
        start, stop = plan.bounds(shard)
        assert 0 <= start < stop <= n
        assert stop == n or stop == plan.bounds(shard + 1)[0]


def test_the_fingerprint_is_of_what_decides_the_samples():
    plan = plan_of(10)
    same = [plan_of(20), dataclasses.replace(plan, fonts=(Path("a.ttf"),))]
    other = [plan_of(10, seed=4), plan_of(10, shard_size=5), plan_of(10, **{"page.width_px": 512})]
    other += [dataclasses.replace(plan, digests={"font/box": "1" * 64}), dataclasses.replace(plan, characters="가")]
    assert {one.fingerprint for one in same} == {plan.fingerprint}
    assert len({one.fingerprint for one in [plan, *other]}) == 1 + len(other)
    assert differences(other[0].identity(), plan.identity()) == ["seed: 3 there, 4 here"]


def test_a_plan_comes_back_from_its_file():
    plan = plan_of(12)
    again = Plan.from_json(plan.to_json(), "plan.json")
    assert again.to_json() == plan.to_json()
    assert again.fingerprint == plan.fingerprint
    assert again.n == 12


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "null", "[" * 100_000, plan_of(3).to_json().replace('"seed": 3', '"seed": 4')]
)
def test_a_damaged_plan_is_refused(text):
    with pytest.raises(FormatError, match=r"^plan\.json: "):
        Plan.from_json(text, "plan.json")


def test_the_estimate_is_near_what_is_written(tmp_path):
    plan = plan_of(60, **{"output.shard_size": 20})
    cost = estimate(plan, Painter())
    summary = render(plan, tmp_path / "data", make=make_painter)
    assert cost.pages == summary.manifest["counts"]["scenes"]
    assert cost.words == summary.manifest["counts"]["words"] + summary.manifest["counts"]["words_vertical"]
    assert 0 < cost.disk_bytes < cost.peak_bytes
    assert cost.seconds > 0


def test_the_estimate_of_a_very_large_run_looks_at_few_samples():
    seen = []

    class Counting(Painter):
        def sample(self, index, *, crops=True):
            seen.append(index)
            return super().sample(index, crops=crops)

    cost = estimate(plan_of(100_000_000), Counting(), jobs=4)
    assert len(seen) < 100
    assert cost.pages > 90_000_000
    with pytest.raises(SampleError, match="in sample 2 "):
        estimate(plan_of(100), make_faulty("raise", 2)(plan_of(100)))


def test_the_estimate_of_rolls_counts_all_that_share_one():
    class Rolling(Painter):
        def sample(self, index, *, crops=True):
            if index % 32 < 8:  # Each of eight rolls is made when its first sample is asked for.
                time.sleep(0.02)
            return super().sample(index, crops=crops)

    plan = plan_of(3200, **{"page.together": 4})
    own = estimate(plan_of(3200), Painter()).seconds
    assert 3200 * 0.02 / 4 <= estimate(plan, Rolling()).seconds < 3200 * 0.02 + 10 * own


def test_a_disk_that_is_too_small_is_refused(tmp_path):
    check_disk(Estimate(1, 1, 10, 10, 1.0), tmp_path / "not" / "yet")
    with pytest.raises(OutputError, match=r"needs about 1000000000\.0 GB"):
        check_disk(Estimate(1, 1, 10, 10**18, 1.0), tmp_path / "not" / "yet")
