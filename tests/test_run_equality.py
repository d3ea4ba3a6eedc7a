"""The same bytes for any number of workers, any division among machines, and any way of growing."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthgen.generator import Generator
from synthgen.recipe import load
from synthgen.run.cluster import Part, render_part
from synthgen.run.merge import merge
from synthgen.run.plan import Plan, make_plan
from synthgen.run.render import render
from synthgen.run.workers import make_generator
from tests.run_standin import make_painter, plan_of, tree


def planned(n: int) -> Plan:
    return plan_of(n, shard_size=30)


def real(n: int, name: str) -> Plan:
    recipe = load(name).with_values({"output.shard_size": 4, "page.width_px": 256, "page.height_px": 256})
    return make_plan(recipe, Generator(recipe, seed=5), seed=5, n=n, splits=(("train", 0.7), ("val", 0.3)))


def ways(plan, n: int, less: int, make, out: Path):
    """Yield (what, digests) of the dataset of n samples, made in every way."""
    for jobs in (1, 2, 4):
        render(plan(n), out / f"jobs{jobs}", jobs=jobs, make=make)
        yield f"{jobs} jobs", tree(out / f"jobs{jobs}")
    for i in range(3):
        render_part(plan(n), out / "parts", Part(i, 3), jobs=1 + i % 2, make=make)
    merge([out / "parts"])
    yield "three parts", tree(out / "parts")
    for i in range(3):
        render_part(plan(n), out / f"part{i}", Part(i, 3), make=make)
    merge([out / f"part{i}" for i in (1, 2, 0)])
    yield "three folders", tree(out / "part1")
    for some in (less, n):
        render(plan(some), out / "grown", make=make)
    yield "grown", tree(out / "grown")


def test_a_thousand_samples_are_the_same_in_every_way(tmp_path):
    found = dict(ways(planned, 1000, 400, make_painter, tmp_path))
    assert len(found["1 jobs"]) > 1000
    assert {what for what, digests in found.items() if digests != found["1 jobs"]} == set()


@pytest.mark.long
@pytest.mark.parametrize("name", ["word", "newspaper"])
def test_real_samples_are_the_same_in_every_way(tmp_path, name):
    found = dict(ways(lambda n: real(n, name), 18, 7, make_generator, tmp_path))
    assert {what for what, digests in found.items() if digests != found["1 jobs"]} == set()
