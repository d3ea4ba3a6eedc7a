"""A run from its plan to a dataset: render what is missing, assemble what is done, whatever happens in between."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synthgen.errors import Interrupted, OutputError, SynthgenError, UsageError
from synthgen.run.assemble import assemble
from synthgen.run.durable import make_folder
from synthgen.run.folder import Folder, claim, prepare, remove_dataset
from synthgen.run.plan import Plan
from synthgen.run.progress import Progress, Silent
from synthgen.run.workers import Make, make_generator, render_here, render_in_pool, stop_on_signals


@dataclass(frozen=True, slots=True)
class Summary:
    """A finished run: the dataset's ``folder`` and ``manifest``, samples ``rendered`` by this call, ``seconds``."""

    folder: Path
    manifest: Mapping[str, Any]
    rendered: int
    seconds: float


def render(
    plan: Plan,
    out: Path,
    *,
    jobs: int = 1,
    progress: Progress | None = None,
    make: Make = make_generator,
    other_versions: bool = False,
    overwrite: bool = False,
) -> Summary:
    """Make the plan's dataset in the folder ``out``, or go on with it, and return its summary.

    The bytes of the dataset do not depend on ``jobs`` (worker processes; with 1 this process renders) or on where
    runs were interrupted; only ``times.json`` does. A dataset there of the same plan with a smaller n is extended.
    ``other_versions`` lets a run go on under other library versions; ``overwrite`` removes a dataset that is there.

    Interrupted after SIGINT or SIGTERM, SampleError when a sample cannot be made, OutputError when the folder cannot
    be used or the disk is full: what was finished then is a valid dataset where there was room to assemble it, and
    the same call goes on with it.
    """
    if jobs < 1:
        raise UsageError(f"jobs {jobs}: must be a whole number from 1; choose one of those.")
    progress = progress or Silent()
    began = time.perf_counter()
    with claim(Path(out)) as folder:
        if overwrite:
            remove_dataset(folder)
            make_folder(folder.parts)
        if _ready(folder, plan, other_versions):
            return _summary(folder, 0, began)
        rendered, trouble = _render(plan, folder, jobs, progress, make, began)
        if trouble is not None:
            raise trouble
        return _summary(folder, rendered, began)


def assemble_dataset(out: Path, *, progress: Progress | None = None) -> Summary:
    """Make a dataset of the finished shards in ``out``, as :func:`render` does at its end; return its summary.

    OutputError when no shard is finished.
    """
    began = time.perf_counter()
    if not Folder(Path(out)).plan_file.is_file():
        raise OutputError(f"{out}: not a dataset of ours; name the folder of an unfinished run.")
    with claim(Path(out)) as folder:
        plan = folder.read_plan()
        if plan is None or not (folder.complete(plan) or any(folder.finished(plan))):
            raise OutputError(f"{out}: no shard is finished; render first.")
        if not _ready(folder, plan, other_versions=True):
            assemble(plan, folder, folder.finished(plan), progress or Silent())
            _close(plan, folder)
        return _summary(folder, 0, began)


def _ready(folder: Folder, plan: Plan, other_versions: bool) -> bool:
    try:
        return prepare(folder, plan, other_versions=other_versions)
    except OSError as error:
        raise OutputError(
            f"{folder.root}: {error.strerror or error}; free space or name a folder that can be written."
        ) from error


def _render(
    plan: Plan, folder: Folder, jobs: int, progress: Progress, make: Make, began: float
) -> tuple[int, SynthgenError | None]:
    """Render and assemble; return the number of samples rendered, and the error that ended it early."""
    done = folder.finished(plan)
    before = _samples(plan, done)
    trouble: SynthgenError | None = None
    with stop_on_signals() as stop:
        progress.begin("render", plan.n, before)
        pending = _zeros(done)
        try:
            # More workers than shards would only be started and ended.
            workers = min(jobs, plan.shards)
            if workers == 1:
                render_here(plan, folder, pending, make, stop, progress.advance)
            else:
                render_in_pool(plan, folder, pending, workers, make, stop, progress.advance)
        except SynthgenError as error:
            trouble = error
        stop.at_once = True
        done = folder.finished(plan)
        after = _samples(plan, done)
        try:
            folder.clear_open()
            if after:
                assemble(plan, folder, done, progress)
                _note_time(folder, jobs, after - before, began)
        except (SynthgenError, OSError) as error:
            # The first trouble is the one to be told; this one mostly follows from it.
            raise trouble or error from error
    if after == plan.n:
        _close(plan, folder)
    if isinstance(trouble, Interrupted):
        trouble = Interrupted(
            f"{trouble}: {after} of {plan.n} samples are done"
            + (f" and are a valid dataset in {folder.root}" if after else "")
            + "; the same command goes on."
        )
    return after - before, trouble


def _close(plan: Plan, folder: Folder) -> None:
    """Remove what only an unfinished dataset needs."""
    if folder.complete(plan):
        folder.clear_parts()


def _note_time(folder: Folder, jobs: int, samples: int, began: float) -> None:
    """Add this run to ``times.json``, the only file that differs between two runs of one plan."""
    try:
        runs = list(json.loads((folder.root / "times.json").read_bytes())["runs"])
    except (OSError, ValueError, KeyError, TypeError):
        runs = []
    runs.append({"jobs": jobs, "samples": samples, "seconds": round(time.perf_counter() - began, 3)})
    folder.write("times.json", json.dumps({"runs": runs}, indent=1) + "\n")


def _summary(folder: Folder, rendered: int, began: float) -> Summary:
    manifest = json.loads(folder.manifest_file.read_bytes())
    return Summary(folder.root, manifest, rendered, time.perf_counter() - began)


def _samples(plan: Plan, done: bytearray) -> int:
    """Return how many samples the finished shards hold."""
    count = done.count(1) * plan.shard_size
    if done[-1]:
        start, stop = plan.bounds(plan.shards - 1)
        count -= plan.shard_size - (stop - start)
    return count


def _zeros(done: bytearray) -> Iterator[int]:
    at = done.find(0)
    while at >= 0:
        yield at
        at = done.find(0, at + 1)
