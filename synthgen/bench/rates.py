"""Whole runs by a warmed generator: what they write in a CPU-second, and how that is shared among the stages."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from functools import cache
from pathlib import Path

import cv2

from synthgen.bench.stopwatch import REST, STAGE_NAMES, watched
from synthgen.generator import Generator
from synthgen.run.plan import Plan, make_plan
from synthgen.run.render import render
from synthgen.run.shard import encode_sample


@dataclass(frozen=True, slots=True)
class Rate:
    """Of a run: ``samples`` and what was written of them in ``cpu_s``; ``skipped`` samples were rejected."""

    samples: int
    pages: int
    crops: int
    skipped: int
    size_bytes: int
    cpu_s: float

    def per_s(self) -> dict[str, float]:
        """Return samples, pages and crops per CPU-second; a crop is a word picture, so words are crops."""
        return {"samples": self.samples / self.cpu_s, "pages": self.pages / self.cpu_s,
                "crops": self.crops / self.cpu_s, "words": self.crops / self.cpu_s}  # fmt: skip


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep OpenCV on one thread until the block ends, as every worker does."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(threads)


def make_plan_of(generator: Generator, n: int) -> Plan:
    """Return the plan of ``n`` samples of a generator without files of the user's."""
    return make_plan(generator.recipe, generator, seed=generator.seed, n=n)


def warmed(generator: Generator, cpu_s: float, least: int = 8) -> float:
    """Fill the caches for about ``cpu_s``; return the CPU seconds per sample of the second half.

    The samples' indices lie far above those that are measured.
    """
    plan = make_plan_of(generator, 1)
    costs: list[float] = []
    index, began = 1_000_000, time.process_time()
    with one_thread():
        while len(costs) < least or time.process_time() - began < cpu_s:
            before = time.process_time()
            encode_sample(plan, generator, index)
            costs.append(time.process_time() - before)
            index += 1
    late = costs[len(costs) // 2 :]
    return sum(late) / len(late)


def measure_rate(generator: Generator, n: int) -> Rate:
    """Return the rate of whole runs by a warmed generator, one job, into a temporary folder.

    Starting and ending a run cost the same for one sample as for a million: a short run is taken off one
    that is longer by ``n`` samples, or as many more as rolls that are made whole hold.
    """
    page = generator.recipe.page
    few, more = (page.roll_block, -(-n // page.roll_block) * page.roll_block) if page.together > 1 else (2, n)
    short, long = _run(generator, few), _run(generator, more + few)
    return Rate(*(a - b for a, b in zip(astuple(long), astuple(short), strict=True)))


@cache
def _scratch() -> tempfile.TemporaryDirectory[str]:
    """Return a folder for all runs of this process, which is removed when it ends.

    Not after each run: ext4 gives no inode again for a minute, and whoever makes files after others were removed pays
    for its search, up to 0.6 ms each. A dataset is made where nothing was removed.
    """
    return tempfile.TemporaryDirectory(prefix="synthgen-bench-")


def _run(generator: Generator, n: int) -> Rate:
    plan = make_plan_of(generator, n)
    folder = Path(tempfile.mkdtemp(dir=_scratch().name))
    began = time.process_time()
    made = render(plan, folder / "dataset", make=lambda _: generator).manifest
    cpu_s = time.process_time() - began
    counts, sizes = made["counts"], made["size_bytes"]
    crops = counts["words"] + counts["words_vertical"]
    return Rate(made["n_done"], counts["scenes"], crops, made["skipped"], sum(sizes.values()), cpu_s)


def measure_stages(generator: Generator, n: int) -> dict[str, float]:
    """Return the CPU seconds of each stage in a whole run of ``n`` samples, in the walk's order, and of the rest."""
    with watched(generator) as watch:
        whole = _run(generator, n).cpu_s
    seconds = {name: watch.seconds.get(name, 0.0) for name in STAGE_NAMES}
    return seconds | {REST: whole - sum(seconds.values())}
