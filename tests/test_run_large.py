"""A hundred million samples, with the rendering left out: planning, starting and resuming look at no sample."""

from __future__ import annotations

import os
import time
import tracemalloc

import pytest

from synthgen.run import render as running
from synthgen.run.cluster import Part, render_part
from synthgen.run.folder import Folder
from synthgen.run.render import render
from tests.run_standin import make_painter, plan_of

N = 100_000_000
# Generous: a machine that is busy with other things must pass as well.
SECONDS = 10.0


class Reached(BaseException):
    """The workers' border, with the first shards that would be rendered."""


@pytest.fixture
def border(monkeypatch):
    """Stop at the workers' border; return the first three shards that were to be rendered."""
    seen = []

    def stub(work, *, jobs):
        seen.append([shard for shard, _ in zip(work.pending, range(3), strict=False)])
        raise Reached

    monkeypatch.setattr(running, "render_local", stub)
    monkeypatch.setattr("synthgen.run.cluster.render_local", stub)
    return seen


def reach(call) -> float:
    """Seconds until the border."""
    began = time.perf_counter()
    with pytest.raises(Reached):
        call()
    return time.perf_counter() - began


def most_megabytes(call) -> float:
    """MB until the border; tracing makes everything several times slower, so the time says nothing."""
    tracemalloc.start()
    reach(call)
    megabytes = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return megabytes


@pytest.mark.parametrize("shard_size", [pytest.param(1000, marks=pytest.mark.long), 5000])
def test_start_and_resume_take_seconds(tmp_path, border, shard_size, record_property):
    out = tmp_path / "data"
    began = time.perf_counter()
    plan = plan_of(N, shard_size=shard_size)
    planned = time.perf_counter() - began
    start = reach(lambda: render(plan, out, make=make_painter))
    (out / "shards").mkdir()
    hole = plan.shards // 2
    for shard in range(plan.shards):
        if shard != hole and shard < plan.shards - 2:
            os.close(os.open(f"{out}/shards/{shard:06d}.json", os.O_CREAT | os.O_WRONLY))
    (out / ".parts" / f"open-{hole:06d}").mkdir(parents=True)
    resume = reach(lambda: render(plan, out, make=make_painter))
    megabytes = most_megabytes(lambda: render(plan, out, make=make_painter))
    part = reach(lambda: render_part(plan, out, Part(hole % 7, 7), make=make_painter))
    last = [plan.shards - 2, plan.shards - 1]
    found = [hole, *last]
    assert border == [[0, 1, 2], found, found, [shard for shard in found if shard % 7 == hole % 7]]
    assert not Folder(out).open_shard(hole).exists()
    for name, value in (("planned", planned), ("start", start), ("resume", resume), ("part", part), ("MB", megabytes)):
        record_property(name, round(value, 3))
        print(f"{name} {value:.3f}", end="; ")
    assert max(planned, start, resume, part) < SECONDS
    assert megabytes < 50
