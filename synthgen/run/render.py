"""A run from its plan to a dataset: render what is missing, assemble what is done, whatever happens in between."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from synthgen.errors import FormatError, Interrupted, OutputError, SynthgenError, UsageError
from synthgen.run.assemble import assemble
from synthgen.run.durable import make_folder, refuse_leftovers, refuse_links
from synthgen.run.folder import WORD_KINDS, Folder, claim, prepare, remove_dataset
from synthgen.run.log import Note, unheard
from synthgen.run.plan import Plan
from synthgen.run.progress import Progress, Silent
from synthgen.run.room import NoRoom, Room
from synthgen.run.workers import (
    Make,
    Work,
    WorkersRemain,
    make_generator,
    render_here,
    render_in_pool,
    stop_on_signals,
)

Engine = Callable[[Work], None]


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
    scheduler: str | None = None,
    progress: Progress | None = None,
    note: Note = unheard,
    make: Make = make_generator,
    other_versions: bool = False,
    overwrite: bool = False,
) -> Summary:
    """Make the plan's dataset in the folder ``out``, or go on with it, and return its summary.

    The bytes of the dataset do not depend on ``jobs`` (worker processes; with 1 this process renders) or on where
    runs were interrupted; only ``times.json`` does. With the address of a dask ``scheduler`` its workers render
    instead. A dataset there of the same plan with a smaller n is extended.
    ``other_versions`` lets a run go on under other library versions; ``overwrite`` removes a dataset that is there.
    ``note`` hears of every shard and of what went wrong.

    Interrupted after SIGINT or SIGTERM, SampleError when a sample cannot be made, OutputError when the folder cannot
    be used or the disk is full: what was finished then is a valid dataset where there was room to assemble it, and
    the same call goes on with it.
    """
    if jobs < 1:
        raise UsageError(f"jobs {jobs}: must be a whole number from 1; choose one of those.")
    progress = progress or Silent()
    began = time.perf_counter()
    out = Path(out)
    plan = replace(plan, out=out)
    engine = partial(render_local, jobs=jobs) if scheduler is None else _dask(scheduler)
    refuse_links(out)
    with claim(out) as folder:
        if overwrite:
            remove_dataset(folder)
            refuse_leftovers(folder.root)
            make_folder(folder.parts)
        if ready(folder, plan, other_versions=other_versions):
            return summary(folder, 0, began)
        rendered, trouble = _render(plan, folder, engine, progress, note, make, began)
        if trouble is not None:
            raise trouble
        return summary(folder, rendered, began)


def assemble_dataset(out: Path, *, progress: Progress | None = None) -> Summary:
    """Make a dataset of the finished shards in ``out``, as :func:`render` does at its end; return its summary.

    OutputError when no shard is finished.
    """
    began = time.perf_counter()
    if not Folder(Path(out)).plan_file.is_file():
        raise OutputError(f"{out}: not a dataset of ours; name the folder of an unfinished run.")
    refuse_links(Path(out))
    with claim(Path(out)) as folder:
        plan = folder.read_plan()
        if plan is None or not (folder.complete(plan) or any(folder.finished(plan))):
            raise OutputError(f"{out}: no shard is finished; render first.")
        if not ready(folder, plan, other_versions=True):
            assemble(plan, folder, folder.finished(plan), progress or Silent())
            _close(plan, folder)
        return summary(folder, 0, began)


def ready(folder: Folder, plan: Plan, *, other_versions: bool) -> bool:
    """Make a claimed folder ready for the plan; return True when it holds the whole dataset already.

    OutputError when it holds another dataset or cannot be written.
    """
    try:
        _check_take_over(folder)
        return prepare(folder, plan, other_versions=other_versions)
    except OSError as error:
        raise OutputError(
            f"{folder.root}: {error.strerror or error}; free space or name a folder that can be written."
        ) from error


def _check_take_over(folder: Folder) -> None:
    """Raise FormatError when the note of an extension is not as we write it: it names folders that are moved."""
    try:
        note = json.loads(folder.previous_file.read_bytes())
        intact = (
            type(note["n"]) is int
            and set(note["names"]) <= set(WORD_KINDS)
            and set(note["tail"]) <= set(WORD_KINDS)
            and all(type(one) is int and one >= 0 for counts in note["tail"].values() for one in counts)
        )
    except FileNotFoundError:
        return
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        intact = False
    if not intact:
        raise FormatError(f"{folder.previous_file}: damaged; make the dataset in a new folder.")


def render_local(work: Work, *, jobs: int) -> None:
    """Render the pending shards on this machine, by processes of their own where more than one is of use."""
    # More workers than shards would only be started and ended.
    workers = min(jobs, work.count)
    if jobs == 1 or work.plan.shards == 1:
        render_here(work)
    elif workers:
        render_in_pool(work, workers)


def render_shards(work: Work, engine: Engine) -> SynthgenError | None:
    """Render, remove what was begun and not finished, and return the error that ended it early.

    WorkersRemain is raised: where workers may still write, nothing else may be done.
    """
    trouble: SynthgenError | None = None
    try:
        engine(work)
    except WorkersRemain:
        raise
    except SynthgenError as error:
        trouble = error
    work.stop.at_once = True
    try:
        work.folder.clear_open()
    except OSError as error:
        # The first trouble is the one to be told; this one mostly follows from it.
        raise trouble or OutputError(
            f"{work.folder.root}: {error.strerror or error}; restore the folder and repeat the command."
        ) from error
    return trouble


def _dask(scheduler: str) -> Engine:
    # Imported here alone: it needs a package that only clusters need.
    from synthgen.run.dask_engine import render_on_dask, require_dask

    require_dask()
    return partial(render_on_dask, address=scheduler)


def _render(
    plan: Plan, folder: Folder, engine: Engine, progress: Progress, note: Note, make: Make, began: float
) -> tuple[int, SynthgenError | None]:
    """Render and assemble; return the number of samples rendered, and the error that ended it early."""
    done = folder.finished(plan)
    before = samples_in(plan, done)
    with stop_on_signals() as stop:
        progress.begin("render", plan.n, before)
        room = Room(folder, done)
        work = Work(plan, folder, zeros(done), done.count(0), make, stop, progress.advance, note, room)
        trouble = render_shards(work, engine)
        done = folder.finished(plan)
        after = samples_in(plan, done)
        try:
            if after:
                assemble(plan, folder, done, progress)
                _note_time(folder, engine, after - before, began)
        except (SynthgenError, OSError) as error:
            raise trouble or error from error
    if after == plan.n:
        _close(plan, folder)
    if isinstance(trouble, (Interrupted, NoRoom)):
        trouble = type(trouble)(
            f"{trouble}: {after} of {plan.n} samples are done"
            + (f" and are a valid dataset in {folder.root}" if after else "")
            + "; the same command goes on."
        )
    return after - before, trouble


def _close(plan: Plan, folder: Folder) -> None:
    """Remove what only an unfinished dataset needs."""
    if folder.complete(plan):
        folder.clear_parts()


def _note_time(folder: Folder, engine: Engine, samples: int, began: float) -> None:
    """Add this run to ``times.json``, the only file that differs between two runs of one plan."""
    try:
        runs = list(json.loads((folder.root / "times.json").read_bytes())["runs"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        runs = []
    jobs = engine.keywords.get("jobs", "dask") if isinstance(engine, partial) else "other"
    runs.append({"jobs": jobs, "samples": samples, "seconds": round(time.perf_counter() - began, 3)})
    folder.write("times.json", json.dumps({"runs": runs}, indent=1) + "\n")


def summary(folder: Folder, rendered: int, began: float) -> Summary:
    """Return the summary of a finished dataset."""
    manifest = json.loads(folder.manifest_file.read_bytes())
    return Summary(folder.root, manifest, rendered, time.perf_counter() - began)


def samples_in(plan: Plan, done: bytearray) -> int:
    """Return how many samples the finished shards hold."""
    count = done.count(1) * plan.shard_size
    if done[-1]:
        start, stop = plan.bounds(plan.shards - 1)
        count -= plan.shard_size - (stop - start)
    return count


def zeros(done: bytearray) -> Iterator[int]:
    """Yield the numbers of the shards that are not finished."""
    at = done.find(0)
    while at >= 0:
        yield at
        at = done.find(0, at + 1)
