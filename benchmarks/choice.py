"""Which cases a benchmark measures, and for how long."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from synthgen.bench import MAIN_CASES, Case, cases, warmed
from synthgen.errors import UsageError, did_you_mean
from synthgen.generator import Generator


def case_arguments(parser: argparse.ArgumentParser, cpu_s: float, chosen: str = "all") -> None:
    """Give a benchmark the options ``--case`` and ``--seconds``."""
    parser.add_argument("--case", action="append", metavar="NAME", help=f"a preset or case; repeat; default: {chosen}")
    parser.add_argument("--seconds", type=float, default=cpu_s, help=f"CPU seconds a case; default: {cpu_s:g}")


def chosen_cases(names: list[str] | None, *, main: bool = False) -> tuple[Case, ...]:
    """Return the cases named, or all, or the main ones; UsageError for an unknown name."""
    if not names:
        return MAIN_CASES if main else cases()
    known = {case.name: case for case in cases()}
    for name in names:
        if name not in known:
            raise UsageError(f"case {name!r}: no such case.{did_you_mean(name, known)}")
    return tuple(known[name] for name in names)


@dataclass(frozen=True, slots=True)
class Ready:
    """A warmed generator and how many samples fill the time given."""

    case: Case
    generator: Generator
    samples: int


def ready(case: Case, cpu_s: float, share: float = 1.0) -> Ready:
    """Return the case's generator, warmed for a quarter of the time, and the samples for ``share`` of the rest."""
    generator = case.generator()
    cost = warmed(generator, cpu_s / 4)
    return Ready(case, generator, max(4, round(0.75 * share * cpu_s / cost)))
