"""The share of each stage of the walk and of the writers, timed around the functions that the walk calls."""

from __future__ import annotations

import argparse

from benchmarks.choice import case_arguments, chosen_cases, ready
from synthgen.bench import measure_stages
from synthgen.report.costs import stages_table


def arguments(parser: argparse.ArgumentParser) -> None:
    case_arguments(parser, 6.0)


def measure(given: argparse.Namespace) -> dict[str, dict[str, float]]:
    """Return CPU seconds by case and stage."""
    found = {}
    for case in chosen_cases(given.case):
        one = ready(case, given.seconds)
        found[case.name] = measure_stages(one.generator, one.samples)
    return found


def text(result: dict[str, dict[str, float]]) -> str:
    return stages_table(result)
