"""What samples cost, in tables: rates with the goals beside them, each stage's share, the floor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from synthgen.bench import FLOOR_GOAL, FLOOR_STAGES, REST, STAGE_NAMES, Case, Floor, Measured, Rate, machine
from synthgen.report.tables import table


def rates_table(rows: Sequence[tuple[Case, Rate]]) -> str:
    """Return the rates of several cases as a table, the goals beside them."""
    cells = []
    for case, rate in rows:
        per_s = rate.per_s()
        shown = [f"{per_s[unit]:,.{digits}f}" if per_s[unit] else "-" for unit, digits in (("pages", 1), ("words", 0))]
        asked = [f"{least or goal:,.0f} {unit}" for unit, (least, goal) in case.goals.items()]
        aims = [f"{goal:,.0f} {unit}" for unit, (least, goal) in case.goals.items() if least and goal]
        size_kb = rate.size_bytes / 1000 / max(rate.samples, 1)
        cells.append([case.name, str(rate.samples), *shown, f"{size_kb:.1f}", ", ".join(asked + aims)])
    header = ["case", "samples", "pages/s", "words/s", "kB/sample", "asked, per CPU-second"]
    return table(header, cells, right=range(1, 5))


def stages_table(columns: Mapping[str, Mapping[str, float]], top: int = 0) -> str:
    """Return the stages' shares, one column for each case; only the ``top`` dearest of any case when it is not 0."""
    shares = {case: {k: 100 * v / sum(one.values()) for k, v in one.items()} for case, one in columns.items()}
    names = [name for name in (*STAGE_NAMES, REST) if any(name in one for one in columns.values())]
    if top:
        dear = {name for one in shares.values() for name in sorted(one, key=lambda key: -one[key])[:top]}
        names = [name for name in names if name in dear]
    cells = [[name, *(f"{one.get(name, 0.0):.1f}" for one in shares.values())] for name in names]
    return table(["% of CPU time", *shares], cells, right=range(1, len(shares) + 1))


def floor_table(rows: Mapping[str, tuple[Floor, float]]) -> str:
    """Return the floors of several cases as a table; beside each floor stands the whole run's ms per sample."""
    cells = [
        [name, *(f"{floor.parts_ms[part]:.3f}" for part in FLOOR_STAGES.values()), f"{floor.floor_ms:.3f}",
         f"{floor.effects_ms:.3f}", f"{floor.walk_ms:.3f}", f"{run_ms:.3f}", f"{floor.share:.0%}",
         f"{floor.share_with_effects:.0%}", f"{floor.floor_ms / run_ms:.0%}", f"{FLOOR_GOAL:.0%}"]
        for name, (floor, run_ms) in rows.items()
    ]  # fmt: skip
    header = ["ms per sample", *FLOOR_STAGES.values(), "floor", "effects", "walk", "run", "of walk", "with effects",
              "of run", "goal"]  # fmt: skip
    return table(header, cells, right=range(1, len(header)))


def measured_text(measured: Sequence[Measured]) -> str:
    """Return what ``synthgen bench`` prints."""
    rates = rates_table([(one.case, one.rate) for one in measured])
    stages = stages_table({one.case.name: one.stages for one in measured}, top=6)
    floors = floor_table({one.case.name: (one.floor, 1000 * one.rate.cpu_s / one.rate.samples) for one in measured})
    return "\n\n".join([machine_text(), rates, stages, floors])


def measured_mapping(measured: Sequence[Measured]) -> dict[str, Any]:
    """Return the same as plain values."""
    return {"machine": machine(), "cases": [one.to_mapping() for one in measured]}


def machine_text() -> str:
    """Return machine and versions in a few lines."""
    here = machine()
    head = f"{here.pop('processor')}, {here.pop('cores')} cores, {here.pop('system')}, Python {here.pop('python')}"
    return f"{head}\n{', '.join(f'{name} {version}' for name, version in here.items())}"
