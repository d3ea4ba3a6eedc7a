"""Import, help, and the time to a first sample, each in a fresh process; the least of several turns."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from benchmarks.processes import took
from synthgen.report.tables import table

ROOT = Path(__file__).resolve().parent.parent

# Name, what Python runs, and the goal in ms of the clock.
STEPS = (
    ("python alone", ("-c", "pass"), None),
    ("import synthgen", ("-c", "import synthgen"), 150),
    ("synthgen --help", ("-m", "synthgen", "--help"), 300),
    ("synthgen render --help", ("-m", "synthgen", "render", "--help"), 300),
    ("newspaper: first sample", ("-c", "from synthgen import Generator; Generator('newspaper')[0]"), 1000),
    ("word: first sample", ("-c", "from synthgen import Generator; Generator('word')[0]"), 1000),
)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--turns", type=int, default=5, help="default: 5")


def measure(given: argparse.Namespace) -> list[dict[str, Any]]:
    found = []
    for name, command, goal in STEPS:
        turns = [took([sys.executable, *command], cwd=ROOT) for _ in range(given.turns)]
        found.append({"step": name, "cpu_ms": 1000 * min(turn.cpu_s for turn in turns),
                      "wall_ms": 1000 * min(turn.wall_s for turn in turns), "goal_ms": goal})  # fmt: skip
    return found


def text(result: list[dict[str, Any]]) -> str:
    alone = result[0]["cpu_ms"]
    cells = [
        [one["step"], f"{one['cpu_ms']:.0f}", f"{one['cpu_ms'] - alone:.0f}", f"{one['wall_ms']:.0f}",
         f"{one['goal_ms']}" if one["goal_ms"] else ""]
        for one in result
    ]  # fmt: skip
    header = ["process", "CPU ms", "above python", "clock ms", "goal"]
    return table(header, cells, right=range(1, 5))
