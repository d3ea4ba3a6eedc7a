"""The bare calls that the same pictures cannot do without, made again with the same arguments, and the ratio."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from benchmarks.choice import case_arguments, chosen_cases, ready
from synthgen.bench import FLOOR_GOAL, Floor, measure_floor, measure_rate
from synthgen.report.costs import floor_table


def arguments(parser: argparse.ArgumentParser) -> None:
    case_arguments(parser, 6.0)


def measure(given: argparse.Namespace) -> dict[str, dict[str, Any]]:
    found = {}
    for case in chosen_cases(given.case):
        one = ready(case, given.seconds, 0.25)
        rate = measure_rate(one.generator, one.samples)
        floor = measure_floor(one.generator, one.samples)
        run_ms = 1000 * rate.cpu_s / rate.samples
        shares = {"share_of_walk": floor.share, "share_of_run": floor.floor_ms / run_ms, "goal": FLOOR_GOAL}
        found[case.name] = {"floor": asdict(floor), "run_ms": run_ms, **shares}
    return found


def text(result: dict[str, dict[str, Any]]) -> str:
    return floor_table({name: (Floor(**one["floor"]), one["run_ms"]) for name, one in result.items()})
