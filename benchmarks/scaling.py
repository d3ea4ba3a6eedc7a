"""Two jobs over one. Start-up cancels out: each is measured for n and for 2 n samples, and the difference counts.

The ratio of rates by the clock is only true on an idle machine with two cores; the ratio of CPU times is true on any:
it tells what a second worker costs beyond its own work.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.choice import chosen_cases
from benchmarks.processes import all_cpu_s
from synthgen.bench import Case, make_plan_of
from synthgen.report.tables import table
from synthgen.run.plan import Plan
from synthgen.run.render import render

GOAL = 1.9
_SHARDS = 16


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--case", action="append", metavar="NAME", help="repeat for more; default: newspaper, word")
    parser.add_argument("--samples", type=int, default=160, help="n, ten times as many for words; default: 160")
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2], help="default: 1 2")


def measure(given: argparse.Namespace) -> list[dict[str, Any]]:
    return [_measure(case, given.samples, given.jobs) for case in chosen_cases(given.case or ["newspaper", "word"])]


def _measure(case: Case, samples: int, jobs: list[int]) -> dict[str, Any]:
    recipe = case.generator().recipe
    n = samples * (1 if recipe.output.scenes else 10)
    # Small shards, so that every worker has several and the last ones end together.
    small = Case(case.name, case.preset, {**case.changes, "output.shard_size": max(n // _SHARDS, 1)})
    generator = small.generator()
    rows = []
    for workers in jobs:
        short, long = (_run(make_plan_of(generator, count), workers) for count in (n, 2 * n))
        rows.append({"jobs": workers, "wall_s": [short[0], long[0]], "cpu_s": [short[1], long[1]],
                     "samples_per_wall_s": n / (long[0] - short[0]),
                     "cpu_ms_per_sample": 1000 * (long[1] - short[1]) / n})  # fmt: skip
    return {"case": case.name, "n": n, "goal": GOAL, "rows": rows}


def _run(plan: Plan, jobs: int) -> tuple[float, float]:
    """Return the seconds of the clock and the CPU seconds of all processes of one run."""
    with tempfile.TemporaryDirectory(prefix="synthgen-bench-") as folder:
        wall, cpu = time.perf_counter(), all_cpu_s()
        render(plan, Path(folder) / "dataset", jobs=jobs)
        return time.perf_counter() - wall, all_cpu_s() - cpu


def text(result: list[dict[str, Any]]) -> str:
    cells = []
    for one in result:
        first = one["rows"][0]
        for row in one["rows"]:
            ratio = row["samples_per_wall_s"] / first["samples_per_wall_s"]
            cost = row["cpu_ms_per_sample"] / first["cpu_ms_per_sample"]
            goal = f"{one['goal']}" if row["jobs"] == 2 else ""
            cells.append([one["case"], str(row["jobs"]), str(one["n"]), f"{row['samples_per_wall_s']:.1f}",
                          f"{ratio:.2f}", goal, f"{row['cpu_ms_per_sample']:.2f}", f"{cost:.2f}"])  # fmt: skip
    header = ["case", "jobs", "n", "samples/s by the clock", "ratio", "goal", "CPU ms/sample", "ratio"]
    return table(header, cells, right=range(1, len(header)))
