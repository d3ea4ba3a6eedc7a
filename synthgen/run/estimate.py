"""What a run will cost, told from a few samples rendered in memory, and whether the disk can hold it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from synthgen.errors import OutputError
from synthgen.run.plan import Maker, Plan
from synthgen.run.room import LMDB_FACTOR, free_bytes
from synthgen.run.shard import encode_sample

_MIN_SAMPLES = 3
_MAX_SAMPLES = 64
_BUDGET_S = 0.5
# Sidecars, staging indices and file system blocks, for each sample and each word.
_SAMPLE_BYTES = 300
_WORD_BYTES = 24
# What an LMDB pass writes and reads back in a second on one core, records of some 2 kB.
_RECORDS_PER_S = 150_000


@dataclass(frozen=True, slots=True)
class Estimate:
    """Expected size of a dataset: ``disk_bytes`` when finished, ``peak_bytes`` while it is assembled, ``seconds``."""

    pages: int
    words: int
    disk_bytes: int
    peak_bytes: int
    seconds: float


def estimate(plan: Plan, maker: Maker, *, jobs: int = 1) -> Estimate:
    """Return what the plan will cost with ``jobs`` workers, from some samples; SampleError when one fails.

    These are the first ones; of samples that are made in rolls, all of the second rolls.
    """
    page = plan.recipe.page
    rolls = page.together > 1
    looked_at = range(page.roll_block, 2 * page.roll_block) if rolls else range(min(plan.n, _MAX_SAMPLES))
    scene_bytes = word_bytes = words = pages = 0
    encode_sample(plan, maker, 0)  # The first one pays for caches that all others share.
    took: list[float] = []
    began = time.perf_counter()
    for index in looked_at:
        before = time.perf_counter()
        sample, encoded = encode_sample(plan, maker, index)
        pages += sample.scene is not None and plan.recipe.output.scenes
        scene_bytes += len(encoded.picture) + len(encoded.line)
        word_bytes += sum(len(one.image) + len(one.label) for one in encoded.words)
        words += len(encoded.words)
        took.append(time.perf_counter() - before)
        if not rolls and len(took) >= _MIN_SAMPLES and time.perf_counter() - began > _BUDGET_S:
            break
    count = len(took)
    # The middle one: some of the first samples still fill a cache that a long run fills once. A roll's cost falls on
    # the sample that is asked for first.
    seconds = sum(took) / count if rolls else median(took)
    scale = plan.n / count
    own = scene_bytes * scale + _SAMPLE_BYTES * plan.n
    staged = (word_bytes + _WORD_BYTES * words) * scale
    lmdb = word_bytes * scale * LMDB_FACTOR
    return Estimate(
        pages=round(pages * scale),
        words=round(words * scale),
        disk_bytes=round(own + lmdb),
        peak_bytes=round(own + staged + lmdb),
        seconds=seconds * plan.n / jobs + words * scale / _RECORDS_PER_S,
    )


def check_disk(cost: Estimate, out: Path) -> None:
    """Raise OutputError when the file system of ``out`` has less room than the run needs at its peak."""
    existing = next((path for path in (out, *out.absolute().parents) if path.exists()), out)
    free = free_bytes(existing)
    if cost.peak_bytes > free:
        raise OutputError(
            f"{out}: the run needs about {cost.peak_bytes / 1e9:.1f} GB, {free / 1e9:.1f} GB are free; lower n, free "
            "space or name a folder on a larger disk."
        )
