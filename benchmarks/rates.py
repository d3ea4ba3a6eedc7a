"""Pages and words per CPU-second of every preset: rendered, encoded and written, LMDB and labels included."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from benchmarks.choice import case_arguments, chosen_cases, ready
from synthgen.bench import Case, Rate, measure_rate
from synthgen.report.costs import rates_table


def arguments(parser: argparse.ArgumentParser) -> None:
    case_arguments(parser, 6.0)


def measure(given: argparse.Namespace) -> list[dict[str, Any]]:
    rows = []
    for case in chosen_cases(given.case):
        one = ready(case, given.seconds)
        rate = measure_rate(one.generator, one.samples)
        rows.append({"case": asdict(case), "rate": asdict(rate), "per_cpu_s": rate.per_s()})
    return rows


def text(result: list[dict[str, Any]]) -> str:
    return rates_table([(Case(**row["case"]), Rate(**row["rate"])) for row in result])
