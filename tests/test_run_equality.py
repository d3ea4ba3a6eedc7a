"""The same bytes for any number of workers, any division among machines, and any way of growing."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from synthgen.generator import Generator
from synthgen.recipe import load
from synthgen.run.cluster import Part, render_part
from synthgen.run.merge import merge
from synthgen.run.plan import Plan, make_plan
from synthgen.run.render import render
from tests.run_standin import make_painter, plan_of, tree


def planned(n: int) -> Plan:
    return plan_of(n, shard_size=30)


@cache
def generator(name: str) -> Generator:
    """The generator of small samples of a preset, one in each process: samples do not depend on what it made before."""
    recipe = load(name).with_values({"output.shard_size": 4, "page.width_px": 256, "page.height_px": 256})
    return Generator(recipe, seed=5)


def real(n: int, name: str) -> Plan:
    made = generator(name)
    return make_plan(made.recipe, made, seed=5, n=n, splits=(("train", 0.7), ("val", 0.3)))


def kept(plan: Plan) -> Generator:
    return generator(plan.recipe.name)


def ways(plan, n: int, less: int, make, out: Path, jobs_tried: tuple[int, ...]):
    """Yield (what, digests) of the dataset of n samples, made in every way."""
    for jobs in jobs_tried:
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


@pytest.mark.usefixtures("unsynced")
def test_a_thousand_samples_are_the_same_in_every_way(tmp_path):
    found = dict(ways(planned, 1000, 400, make_painter, tmp_path, (1, 2, 4)))
    assert len(found["1 jobs"]) > 1000
    assert {what for what, digests in found.items() if digests != found["1 jobs"]} == set()


@pytest.mark.long
@pytest.mark.parametrize("name", ["word", "newspaper"])
def test_real_samples_are_the_same_in_every_way(tmp_path, name):
    found = dict(ways(lambda n: real(n, name), 18, 7, kept, tmp_path, (1, 3)))
    assert {what for what, digests in found.items() if digests != found["1 jobs"]} == set()
