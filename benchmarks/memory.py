"""Resident memory over samples, each case in a fresh process, rendered and encoded as a worker does."""

from __future__ import annotations

import argparse
from typing import Any

from benchmarks.choice import chosen_cases
from benchmarks.processes import apart, peak_mb, resident_mb
from synthgen.bench import Case, cases, make_plan_of, one_thread
from synthgen.report.tables import table
from synthgen.run.shard import encode_sample

PEAK_GOAL_MB = 600
_WANTED = ("mix", "newspaper", "word")
_LOOKS = 40


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--case", action="append", metavar="NAME", help="repeat; default: mix, newspaper, word")
    parser.add_argument("--samples", type=int, default=400, help="samples a case (ten times for words); default: 400")


def measure(given: argparse.Namespace) -> list[dict[str, Any]]:
    known = {case.name for case in cases()}
    # A preset that this version does not have is no error unless it was asked for.
    names = given.case or [name for name in _WANTED if name in known]
    return [apart(watch, case, given.samples) for case in chosen_cases(names)]


def watch(case: Case, samples: int) -> dict[str, Any]:
    """Return resident MB of this process at some 40 counts of samples, and its growth over their second half."""
    generator = case.generator()
    samples *= 1 if generator.recipe.output.scenes else 10
    plan = make_plan_of(generator, samples)
    looks = [{"samples": 0, "mb": resident_mb()}]
    step = max(samples // _LOOKS, 1)
    with one_thread():
        for index in range(samples):
            encode_sample(plan, generator, index)
            if (index + 1) % step == 0 or index == 0:
                looks.append({"samples": index + 1, "mb": resident_mb()})
    late = [(one["samples"], one["mb"]) for one in looks[len(looks) // 2 :]]
    return {"case": case.name, "samples": samples, "looks": looks, "peak_mb": peak_mb(), "goal_mb": PEAK_GOAL_MB,
            "growth_mb_per_1000": _slope(late)}  # fmt: skip


def _slope(points: list[tuple[float, float]]) -> float:
    """Return the slope, per 1,000, of the straight line nearest to the points (least squares)."""
    x, y = (sum(one[axis] for one in points) / len(points) for axis in (0, 1))
    spread = sum((one[0] - x) ** 2 for one in points)
    return 1000 * sum((one[0] - x) * (one[1] - y) for one in points) / spread if spread else 0.0


def text(result: list[dict[str, Any]]) -> str:
    cells = []
    for one in result:
        looks = one["looks"]
        shown = [f"{looks[round(at * (len(looks) - 1))]['mb']:.0f}" for at in (0.25, 0.5, 0.75, 1)]
        cells.append([one["case"], str(one["samples"]), f"{looks[0]['mb']:.0f}", f"{looks[1]['mb']:.0f}", *shown,
                      f"{one['peak_mb']:.0f}", f"{one['goal_mb']}", f"{one['growth_mb_per_1000']:+.2f}"])  # fmt: skip
    header = ["resident MB", "samples", "before", "first", "1/4", "1/2", "3/4", "end", "peak", "goal", "MB/1000"]
    return table(header, cells, right=range(1, len(header)))
