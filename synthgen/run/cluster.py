"""Many machines without an engine of our own: each task makes part i of k, and a merge makes them one dataset.

Tasks of one array may share a folder or have one each. Locks keep them apart: a task holds its part alone and the
folder together with the others, so that a run of the whole, which holds the folder alone, is kept out, and so is a
second process for the same part. Parts are every k-th shard; the merged bytes are those of one machine's run.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from synthgen.errors import Interrupted, OutputError, UsageError
from synthgen.run.durable import make_folder, refuse_links
from synthgen.run.folder import Folder, listing, refuse_foreign
from synthgen.run.locks import file_lock, shared_folder
from synthgen.run.plan import Plan
from synthgen.run.progress import Progress, Silent
from synthgen.run.render import ready, render_local, render_shards, zeros
from synthgen.run.workers import Make, Work, make_generator, stop_on_signals

MAX_PARTS = 100_000
_PART = re.compile(r"([0-9]{1,6})/([0-9]{1,6})")
_LOCK_FILE = re.compile(r"(part|workers)-([0-9]+)-of-([0-9]+)|workers|lock|preparing")
_PREPARE_WAIT_S = 120.0
_WORKERS_WAIT_S = 30.0


@dataclass(frozen=True, slots=True)
class Part:
    """Part ``number`` of ``count``, counted from 0: every shard whose number leaves that remainder."""

    number: int
    count: int

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    def holds(self, shard: int) -> bool:
        """Return whether a shard is of this part."""
        return shard % self.count == self.number


@dataclass(frozen=True, slots=True)
class PartSummary:
    """What a task has done: ``rendered`` samples by this call, ``done`` of the part's ``shards``."""

    folder: Path
    part: Part
    rendered: int
    done: int
    shards: int
    seconds: float


def parse_part(text: str) -> Part:
    """Return the part that is written ``i/k``; UsageError when a rule is broken.

    >>> parse_part("0/3")
    Part(number=0, count=3)
    """
    found = _PART.fullmatch(text)
    part = Part(int(found[1]), int(found[2])) if found else Part(0, 0)
    if not 0 <= part.number < part.count <= MAX_PARTS:
        raise UsageError(f"shards {text[:40]!r}: must be i/k with i from 0 to k-1; such as 0/3, 1/3 and 2/3.")
    return part


@dataclass(frozen=True, slots=True)
class PartFolder(Folder):
    """A dataset folder as one task sees it: the other tasks' unfinished work is not its to remove."""

    part: Part

    @property
    def workers_file(self) -> Path:
        """Locked shared by every living worker of this task."""
        return self.parts / f"workers-{self.part.number}-of-{self.part.count}"

    @property
    def part_file(self) -> Path:
        """Locked by the process that makes this part."""
        return self.parts / f"part-{self.part.number}-of-{self.part.count}"

    def clear_open(self) -> None:
        """Remove what this part's shards that were not finished have written."""
        for name in listing(self.parts):
            stem, _, number = name.partition("-")
            if stem == "open" and number.isdecimal() and self.part.holds(int(number)):
                shutil.rmtree(self.parts / name)

    def clear_parts(self) -> None:
        """Remove what an earlier run has left, but for the files by which living tasks know each other."""
        for name in listing(self.parts):
            if not _LOCK_FILE.fullmatch(name):
                path = self.parts / name
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def render_part(
    plan: Plan,
    out: Path,
    part: Part,
    *,
    jobs: int = 1,
    progress: Progress | None = None,
    make: Make = make_generator,
    other_versions: bool = False,
) -> PartSummary:
    """Render one part of the plan's shards into ``out``, or go on with it; :func:`merge` makes the dataset.

    Any number of tasks may work in one folder at the same time, each on its own part of the same count, or each in
    its own folder. Errors are those of :func:`synthgen.run.render.render`.
    """
    if jobs < 1:
        raise UsageError(f"jobs {jobs}: must be a whole number from 1; choose one of those.")
    progress = progress or Silent()
    began = time.perf_counter()
    plan = replace(plan, out=Path(out))
    shards = len(range(part.number, plan.shards, part.count))
    with _claim_part(plan, Path(out), part, other_versions) as folder:
        if folder is None:
            return PartSummary(Path(out), part, 0, shards, shards, time.perf_counter() - began)
        pending = _pending(plan, folder, part)
        before = _samples(plan, pending)
        with stop_on_signals() as stop:
            progress.begin("render", _samples(plan, range(part.number, plan.shards, part.count)), 0)
            progress.advance(_samples(plan, range(part.number, plan.shards, part.count)) - before, 0, 0)
            work = Work(plan, folder, iter(pending), len(pending), make, stop, progress.advance)
            trouble = render_shards(work, partial(render_local, jobs=jobs))
        left = _pending(plan, folder, part)
    if isinstance(trouble, Interrupted):
        raise Interrupted(
            f"{trouble}: {shards - len(left)} of {shards} shards of part {part} are done; the same command goes on."
        )
    if trouble is not None:
        raise trouble
    seconds = time.perf_counter() - began
    return PartSummary(Path(out), part, before - _samples(plan, left), shards - len(left), shards, seconds)


def _pending(plan: Plan, folder: Folder, part: Part) -> list[int]:
    return [shard for shard in zeros(folder.finished(plan)) if part.holds(shard)]


def _samples(plan: Plan, shards: range | list[int]) -> int:
    last = plan.shards - 1
    return len(shards) * plan.shard_size - (plan.shards * plan.shard_size - plan.n) * (last in shards)


@contextmanager
def _claim_part(plan: Plan, out: Path, part: Part, other_versions: bool) -> Iterator[PartFolder | None]:
    """Yield the folder, ready for this part, or None when it holds the whole dataset; see the module for the locks."""
    if out.exists() and not out.is_dir():
        raise OutputError(f"{out}: is a file; a dataset is a folder; name another folder.")
    folder = PartFolder(out, part)
    with ExitStack() as held:
        try:
            make_folder(out)
            _refuse_foreign(folder)
            refuse_links(out)
            make_folder(folder.parts)
            complete = _enter(plan, folder, held, other_versions)
        except OSError as error:
            raise OutputError(f"{out}: {error.strerror or error}; name a folder that can be written.") from None
        yield None if complete else folder


def _refuse_foreign(folder: Folder) -> None:
    try:
        refuse_foreign(folder)
    except OutputError:
        # Another task may have begun the dataset between the two looks; the second one sees its plan.
        refuse_foreign(folder)


def _enter(plan: Plan, folder: PartFolder, held: ExitStack, other_versions: bool) -> bool:
    """Take the locks and make the folder ready; return whether the whole dataset is there."""
    if not held.enter_context(shared_folder(folder.root, folder.parts / "lock")):
        raise OutputError(
            f"{folder.root}: another run is writing here, which makes or merges all parts; wait until it ends."
        )
    # A run that has just ended may have removed it; now nobody can.
    make_folder(folder.parts)
    with file_lock(folder.parts / "preparing", wait_s=_PREPARE_WAIT_S) as mine:
        if not mine:
            raise OutputError(f"{folder.root}: another task has prepared it for two minutes; end that task.")
        if not held.enter_context(file_lock(folder.part_file)):
            raise OutputError(f"{folder.root}: part {folder.part} is being made by another process; wait for its end.")
        stored = folder.read_plan()
        _refuse_others(folder, alone=stored is not None and stored.n != plan.n)
        with file_lock(folder.workers_file, wait_s=_WORKERS_WAIT_S) as gone:
            if not gone:
                raise OutputError(
                    f"{folder.root}: workers of an earlier task for part {folder.part} are still alive; end them."
                )
        return ready(folder, plan, other_versions=other_versions)


def _refuse_others(folder: PartFolder, *, alone: bool) -> None:
    """Raise OutputError for living tasks that count their parts otherwise, or any when the dataset is to grow."""
    for name in listing(folder.parts):
        found = _LOCK_FILE.fullmatch(name)
        if found is None or found[1] != "part" or folder.parts / name == folder.part_file:
            continue
        if alone or int(found[3]) != folder.part.count:
            with file_lock(folder.parts / name) as free:
                if not free:
                    raise OutputError(
                        f"{folder.root}: part {found[2]}/{found[3]} is being made here; wait until it ends, or use "
                        f"the same n and --shards i/{found[3]}."
                    )
