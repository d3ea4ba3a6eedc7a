"""What samples cost on this machine: rates, the share of each stage, and the floor beneath them. It never judges.

All times are CPU seconds of this process, OpenCV on one thread, caches warm: they mean the same on a busy machine. A
rate is that of a whole run into a temporary folder, through the writers that every run uses. Stages are timed by
putting a stopwatch around the functions that the walk calls; the walk itself knows nothing of it. The floor is what
the same pictures cannot do without: their glyphs drawn, the page warped and encoded, the words cut out and encoded, by
the same calls with the same arguments and nothing between them. The effects' own OpenCV calls stand beside it.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from synthgen.bench.floor import EFFECTS, FLOOR_CALLS, FLOOR_GOAL, FLOOR_STAGES, Floor, bare_calls, measure_floor
from synthgen.bench.rates import Rate, make_plan_of, measure_rate, measure_stages, one_thread, warmed
from synthgen.bench.stopwatch import (
    CROP_ENCODE,
    PAGE_ENCODE,
    REST,
    STAGE_NAMES,
    STAGES,
    Stopwatch,
    places_of,
    replaced,
    watched,
)
from synthgen.generator import Generator
from synthgen.recipe import load, presets
from synthgen.run.plan import library_versions

__all__ = [
    "CROP_ENCODE", "EFFECTS", "FLOOR_CALLS", "FLOOR_GOAL", "FLOOR_STAGES", "MAIN_CASES", "PAGE_ENCODE", "REST",
    "STAGES", "STAGE_NAMES", "Case", "Floor", "Measured", "Rate", "Stopwatch", "bare_calls", "bench", "cases",
    "machine", "make_plan_of", "measure", "measure_floor", "measure_rate", "measure_stages", "one_thread", "places_of",
    "replaced", "warmed", "watched",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """A recipe to measure: a preset, what is changed in it, and rates per CPU-second that were set as ``goals``.

    ``goals`` are by unit (``words``, ``pages``, ``crops``): the least that is asked, and what is aimed at (0 if none).
    """

    name: str
    preset: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    goals: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def generator(self, seed: int = 0) -> Generator:
        """Return the case's generator."""
        return Generator(load(self.preset).with_values(self.changes), seed=seed)


MAIN_CASES = (
    Case("newspaper", "newspaper", goals={"words": (1000, 0), "pages": (15, 0)}),
    Case(
        "newspaper-1024x768",
        "newspaper",
        {"page.width_px": 1024, "page.height_px": 768, "page.words_range": [140, 140]},
        {"words": (0, 8000), "pages": (0, 57)},
    ),
    Case("word", "word", goals={"crops": (1000, 4000)}),
)


def cases() -> tuple[Case, ...]:
    """Return the main cases and every other preset as it is."""
    named = {case.name for case in MAIN_CASES}
    return MAIN_CASES + tuple(Case(name, name) for name in presets() if name not in named)


def machine() -> dict[str, str]:
    """Return what figures depend on: processor, cores, system, Python and the versions of the libraries."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    own = {"processor": _processor(), "cores": str(cores), "system": f"{platform.system()} {platform.machine()}",
           "python": platform.python_version()}  # fmt: skip
    return own | {name: version for name, version in library_versions().items() if name != "machine"}


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or "unknown"


@dataclass(frozen=True, slots=True)
class Measured:
    """A case with what was measured of it; ``stages`` are CPU seconds by name."""

    case: Case
    rate: Rate
    stages: Mapping[str, float]
    floor: Floor

    def to_mapping(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        whole, run_ms = sum(self.stages.values()), 1000 * self.rate.cpu_s / self.rate.samples
        return {
            "case": self.case.name,
            "samples": self.rate.samples,
            "per_cpu_s": {unit: round(value, 1) for unit, value in self.rate.per_s().items()},
            "goals_per_cpu_s": {unit: {"least": one[0], "goal": one[1]} for unit, one in self.case.goals.items()},
            "stages_share": {name: round(seconds / whole, 4) for name, seconds in self.stages.items()},
            "run_ms": round(run_ms, 3),
            "walk_ms": round(self.floor.walk_ms, 3),
            "floor_ms": {part: round(value, 3) for part, value in self.floor.parts_ms.items()},
            "effects_ms": round(self.floor.effects_ms, 3),
            "floor_share_of_walk": round(self.floor.share, 3),
            "floor_share_of_walk_with_effects": round(self.floor.share_with_effects, 3),
            "floor_share_of_run": round(self.floor.floor_ms / run_ms, 3),
            "floor_share_goal": FLOOR_GOAL,
        }


def measure(case: Case, cpu_s: float) -> Measured:
    """Return rate, stages and floor of one case, measured for about ``cpu_s`` CPU seconds."""
    generator = case.generator()
    cost = warmed(generator, cpu_s / 4)
    n = max(4, round(cpu_s / 4 / cost))
    # A recorded sample costs some three plain ones.
    return Measured(
        case, measure_rate(generator, n), measure_stages(generator, n), measure_floor(generator, max(2, n // 4))
    )


def bench(cpu_s: float = 40.0) -> list[Measured]:
    """Measure the main cases for about ``cpu_s`` CPU seconds in all."""
    return [measure(case, cpu_s / len(MAIN_CASES)) for case in MAIN_CASES]
