"""Two jobs over one. Start-up cancels out: a short and a long run are made, and the difference counts.

Runs of every number of jobs take turns, and each figure is the middle one of all rounds, so that a machine that slows
down for a while slows all of them. One run is made beforehand and thrown away: it pays for what is loaded once. The
ratio of rates by the clock is only true on a machine with nothing else to do and a core for each job, and then "busy",
the share of the jobs' time in which they had a core, is near 1; the ratio of CPU times is true on any machine: it tells
what a second worker costs beyond its own work.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.choice import chosen_cases
from benchmarks.processes import all_cpu_s
from synthgen.bench import Case, make_plan_of, warmed
from synthgen.report.tables import table
from synthgen.run.plan import Plan
from synthgen.run.render import render

GOAL = 1.9
# The last shards do not end together: each is a small part of the whole.
_SHARDS = 64
_SHORT = 4


@dataclass(frozen=True, slots=True)
class Run:
    """One run: seconds of the clock, and CPU seconds of all its processes."""

    wall_s: float
    cpu_s: float


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--case", action="append", metavar="NAME", help="repeat for more; default: newspaper, word")
    parser.add_argument("--seconds", type=float, default=16.0, help="of one job's longer run, about; default: 16")
    parser.add_argument("--rounds", type=int, default=5, help="default: 5")
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2], help="default: 1 2")


def measure(given: argparse.Namespace) -> list[dict[str, Any]]:
    chosen = chosen_cases(given.case or ["newspaper", "word"])
    return [_measure(case, given.seconds, given.rounds, given.jobs) for case in chosen]


def _measure(case: Case, seconds: float, rounds: int, jobs: list[int]) -> dict[str, Any]:
    generator = case.generator()
    page = generator.recipe.page
    # Rolls that go on abreast are made where a shard begins: no shard of the presets divides them.
    whole = page.roll_block if page.together > 1 else 1
    n = _SHARDS * whole * max(1, round(seconds / warmed(generator, 2.0) / _SHARDS / whole))
    generator = Case(case.name, case.preset, {**case.changes, "output.shard_size": n // _SHARDS}).generator()
    short, long = (make_plan_of(generator, count) for count in (n // _SHORT, n))
    for workers in jobs:
        _run(short, workers)
    found: dict[int, list[tuple[Run, Run]]] = {workers: [] for workers in jobs}
    for _ in range(rounds):
        for workers in jobs:
            found[workers].append((_run(short, workers), _run(long, workers)))
    return {"case": case.name, "n": n, "goal": GOAL, "rounds": rounds, "rows": rows_of(found, n - n // _SHORT)}


def rows_of(found: dict[int, list[tuple[Run, Run]]], samples: int) -> list[dict[str, Any]]:
    """Return for each number of jobs the middle figures of its (short, long) runs, which differ by ``samples``.

    ``clock_ratio`` and ``cpu_ratio`` are over the first number of jobs, of the runs of one round.
    """
    wall = {jobs: [long.wall_s - short.wall_s for short, long in pairs] for jobs, pairs in found.items()}
    cpu = {jobs: [long.cpu_s - short.cpu_s for short, long in pairs] for jobs, pairs in found.items()}
    first = next(iter(found))
    return [
        {
            "jobs": jobs,
            "wall_s": [[round(run.wall_s, 3) for run in pair] for pair in pairs],
            "cpu_s": [[round(run.cpu_s, 3) for run in pair] for pair in pairs],
            "samples_per_wall_s": samples / median(wall[jobs]),
            "cpu_ms_per_sample": 1000 * median(cpu[jobs]) / samples,
            "clock_ratio": median(one / own for one, own in zip(wall[first], wall[jobs], strict=True)),
            "cpu_ratio": median(own / one for one, own in zip(cpu[first], cpu[jobs], strict=True)),
            "busy": median(used / (jobs * took) for used, took in zip(cpu[jobs], wall[jobs], strict=True)),
        }
        for jobs, pairs in found.items()
    ]


def _run(plan: Plan, jobs: int) -> Run:
    with tempfile.TemporaryDirectory(prefix="synthgen-bench-") as folder:
        wall, cpu = time.perf_counter(), all_cpu_s()
        render(plan, Path(folder) / "dataset", jobs=jobs)
        return Run(time.perf_counter() - wall, all_cpu_s() - cpu)


def text(result: list[dict[str, Any]]) -> str:
    cells = [
        [one["case"], str(row["jobs"]), str(one["n"]), f"{row['samples_per_wall_s']:.1f}", f"{row['clock_ratio']:.2f}",
         f"{one['goal']}" if row["jobs"] == 2 else "", f"{row['busy']:.2f}", f"{row['cpu_ms_per_sample']:.2f}",
         f"{row['cpu_ratio']:.2f}"]
        for one in result
        for row in one["rows"]
    ]  # fmt: skip
    header = ["case", "jobs", "n", "samples/s by the clock", "ratio", "goal", "busy", "CPU ms/sample", "ratio"]
    return table(header, cells, right=range(1, len(header)))
