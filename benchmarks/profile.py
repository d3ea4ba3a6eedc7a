"""The dearest functions of a recipe by their own time, as cProfile sees them.

A profile slows small Python functions more than large ones: it shows where to look, ``stages`` shows how much it is.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import time
from pathlib import Path
from typing import Any

from benchmarks.choice import case_arguments, chosen_cases, ready
from synthgen.bench import make_plan_of, one_thread
from synthgen.report.tables import table
from synthgen.run.shard import encode_sample


def arguments(parser: argparse.ArgumentParser) -> None:
    case_arguments(parser, 6.0, "newspaper, newspaper-1024x768 and word")
    parser.add_argument("--top", type=int, default=10, help="functions a case; default: 10")
    parser.add_argument("--cumulative", action="store_true", help="sort by the time of a function and all it calls")


def measure(given: argparse.Namespace) -> dict[str, list[dict[str, Any]]]:
    """Return the dearest functions by case: name, calls per sample, own and whole ms per sample and share."""
    found = {}
    for case in chosen_cases(given.case, main=True):
        one = ready(case, given.seconds, 0.5)
        plan = make_plan_of(one.generator, one.samples)
        profile = cProfile.Profile(time.process_time)
        with one_thread(), profile:
            for index in range(one.samples):
                encode_sample(plan, one.generator, index)
        found[case.name] = _rows(pstats.Stats(profile), one.samples)
        found[case.name].sort(key=lambda row: -row["whole_ms" if given.cumulative else "own_ms"])
        del found[case.name][given.top :]
    return found


def _rows(stats: Any, samples: int) -> list[dict[str, Any]]:
    rows = []
    for (file, line, name), (_, calls, own, whole, _) in stats.stats.items():
        told = name if file == "~" else f"{_short(file)}:{line} {name}"
        rows.append({"function": told, "calls": calls / samples, "own_ms": 1000 * own / samples,
                     "whole_ms": 1000 * whole / samples, "share": own / stats.total_tt})  # fmt: skip
    return rows


def _short(file: str) -> str:
    """Return a file's path from its package on, so that no path of the machine is printed."""
    parts = Path(file).parts
    for package in ("synthgen", "site-packages"):
        if package in parts:
            at = len(parts) - 1 - parts[::-1].index(package)
            return "/".join(parts[at + 1 :])
    return parts[-1]


def text(result: dict[str, list[dict[str, Any]]]) -> str:
    parts = []
    for case, rows in result.items():
        cells = [
            [row["function"], f"{row['calls']:.1f}", f"{row['own_ms']:.3f}", f"{row['whole_ms']:.3f}",
             f"{row['share']:.1%}"]
            for row in rows
        ]  # fmt: skip
        header = [case, "calls/sample", "own ms", "whole ms", "own share"]
        parts.append(table(header, cells, right=range(1, 5)))
    return "\n\n".join(parts)
