"""Workers of a dask cluster render shards: one task for each, a few numbers back, no picture on the wire.

The workers must see the dataset's folder under the same path and have the same versions and assets; each one is asked
before the first shard and again by its first task, since workers may join later. A task holds the lock of its shard,
so that a worker that was taken for lost and one that repeats its shard never write at the same time. While the run
lasts there is a file that says so; workers look for it between samples and leave when it is gone.

A worker that dies costs only its shards: the scheduler gives them to others. Before a task begins it counts itself in
a file; a shard whose workers died :data:`MAX_DEATHS` times while rendering it is set aside and named, and only that
one: shards that waited in a dead worker's queue have not counted.
"""

from __future__ import annotations

import importlib.util
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2

from synthgen.errors import Interrupted, OutputError, SynthgenError, UsageError
from synthgen.run.folder import Folder
from synthgen.run.locks import file_lock
from synthgen.run.plan import Maker, Plan, differences, library_versions
from synthgen.run.shard import Done, marked_sample, render_shard
from synthgen.run.workers import Make, Work, WorkersRemain, refuse_deadly

MAX_DEATHS = 3
_QUEUED_PER_WORKER = 2
_POLL_S = 0.05
_LOOK_S = 0.5
_CONNECT_S = 20
_NO_WORKERS_S = 120.0
_LEAVE_S = 60.0
_MAX_BLAMED = 20


@dataclass(frozen=True, slots=True)
class Job:
    """What every task is told: where the dataset is, which one, from which files, and the name of this run."""

    root: Path
    fingerprint: str
    n: int
    run: str
    make: Make
    fonts: tuple[Path, ...]
    corpus: tuple[Path, ...]
    backgrounds: tuple[Path, ...]

    @property
    def place(self) -> Path:
        """The folder of this run's marks; cleared with all that is unfinished."""
        return Folder(self.root).parts / f"open-{self.run}"

    @property
    def alive(self) -> Path:
        """The file that is there while the run lasts."""
        return self.place / "alive"


@dataclass(frozen=True, slots=True)
class Deadly:
    """A task's answer that its shard has killed its workers before; ``index`` is the sample at which the last stood."""

    index: int | None


def require_dask() -> Any:
    """Return dask's distributed; UsageError when it is not installed."""
    if importlib.util.find_spec("distributed") is None:
        raise UsageError("engine dask: the package distributed is missing; install it: pip install 'synthgen[dask]'.")
    import distributed

    return distributed


def render_on_dask(work: Work, address: str) -> None:
    """Render the pending shards on the workers of the scheduler at ``address``.

    OutputError when there is no scheduler, no worker, or one that differs in versions, assets or file system;
    SynthgenError names shards that killed their workers, all others are done then; WorkersRemain when a worker cannot
    be reached and may still write.
    """
    distributed = require_dask()
    try:
        client = distributed.Client(address, timeout=_CONNECT_S, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        reason = " ".join(str(error).split())
        raise OutputError(f"scheduler {address}: cannot be reached ({reason}); name one that runs.") from None
    with client:
        run = _Run(distributed, client, work)
        try:
            run.check_workers()
            while run.feed():
                run.collect()
                work.stop.check()
        finally:
            run.leave()
    if run.quarantined:
        refuse_deadly(work.plan, run.quarantined)


class _Run:
    """The parent's side: a short queue of futures, and what became of them."""

    def __init__(self, distributed: Any, client: Any, work: Work) -> None:
        self.client, self.work = client, work
        self.killed_worker: type[Exception] = distributed.KilledWorker
        self.completed = distributed.as_completed(loop=client.loop)
        plan = work.plan
        self.job = Job(
            root=work.folder.root.absolute(),
            fingerprint=plan.fingerprint,
            n=plan.n,
            run=str(client.id),
            make=work.make,
            fonts=_absolute(plan.fonts),
            corpus=_absolute(plan.corpus),
            backgrounds=_absolute(plan.backgrounds),
        )
        for name in ("locks", "tries"):
            (self.job.place / name).mkdir(parents=True, exist_ok=True)
        self.job.alive.touch()
        self.flying: dict[Any, int] = {}
        self.again: list[int] = []
        self.blamed: dict[int, int] = {}
        self.quarantined: dict[int, int | None] = {}
        self.workers, self.looked, self.seen = 0, 0.0, time.monotonic()

    def check_workers(self) -> None:
        """Ask every worker that is there; OutputError for none, or the first one that cannot do this run's work."""
        try:
            self.client.wait_for_workers(1, timeout=_CONNECT_S)
        except TimeoutError:
            raise OutputError("the scheduler has no workers; start some: dask worker ADDRESS --nthreads 1.") from None
        for worker, threads in sorted(self.client.nthreads().items()):
            if threads != 1:
                raise OutputError(f"{worker}: has {threads} threads; start workers with --nthreads 1 --nworkers N.")
        for worker, fault in sorted(self.client.run(_fault, self.job, on_error="return").items()):
            if fault:
                raise OutputError(f"{worker}: {' '.join(str(fault).split())}")

    def feed(self) -> bool:
        """Submit shards until the queue is long enough; return False when all is done."""
        self._look()
        shards: list[int] = []
        queued = max(self.workers, 1) * _QUEUED_PER_WORKER
        while len(self.flying) + len(shards) < queued:
            shard = self.again.pop() if self.again else self.work.next_shard(queued)
            if shard is None:
                break
            shards.append(shard)
        if shards:
            # Named anew each time: dask takes tasks of one name for one computation.
            futures = self.client.map(_render, [self.job] * len(shards), shards, pure=False)
            self.flying.update(zip(futures, shards, strict=True))
            self.completed.update(futures)
        return bool(self.flying)

    def _look(self) -> None:
        """Count the workers now and then; OutputError when there has been none for long."""
        now = time.monotonic()
        if now - self.looked < _LOOK_S:
            return
        try:
            self.workers, self.looked = len(self.client.nthreads()), now
        except (OSError, TimeoutError, RuntimeError):
            self.workers = 0
        if self.workers:
            self.seen = now
        elif now - self.seen > _NO_WORKERS_S:
            raise OutputError(f"no worker for {_NO_WORKERS_S:.0f} s; start some and repeat the command: it goes on.")

    def collect(self) -> None:
        """Wait a moment for results. Raises what a worker raised."""
        batch = self.completed.next_batch(block=False)
        if not batch:
            time.sleep(_POLL_S)
        for future in batch:
            shard = self.flying.pop(future)
            if future.status == "finished":
                self._hear(shard, future.result())
            elif future.status == "error":
                self._fail(shard, future.exception())
            elif self.client.status == "running":
                self.again.append(shard)
            else:
                raise OutputError("the scheduler is lost; start it and its workers and repeat the command: it goes on.")

    def _hear(self, shard: int, result: Done | Deadly) -> None:
        if isinstance(result, Deadly):
            self.quarantined[shard] = result.index
            self.work.note("quarantine", shard=shard, sample=result.index)
        else:
            self.work.advance(result.samples, result.words, result.size_bytes)
            self.work.finished(result)

    def _fail(self, shard: int, error: BaseException) -> None:
        if isinstance(error, self.killed_worker):
            # Dask also blames shards that only waited in the queue; the count beside the shard knows better.
            self.blamed[shard] = self.blamed.get(shard, 0) + 1
            if self.blamed[shard] > _MAX_BLAMED:
                raise SynthgenError(f"workers died again and again before shard {shard} began; look at their logs.")
            self.again.append(shard)
            self.work.note("retry", reason="a worker died", shards=[shard])
        elif isinstance(error, SynthgenError):
            raise error
        else:
            reason = " ".join(str(error).split())
            raise SynthgenError(f"a worker failed at shard {shard}: {type(error).__name__}: {reason}; see its log.")

    def leave(self) -> None:
        """End the tasks; WorkersRemain when one does not end in time."""
        self.job.alive.unlink(missing_ok=True)
        if self.client.status == "running":
            self.client.cancel(list(self.flying), force=True)
        folder = self.work.folder
        with file_lock(folder.workers_file, wait_s=_LEAVE_S) as gone:
            if not gone:
                raise WorkersRemain(
                    f"{folder.root}: a worker has not ended its shard within {_LEAVE_S:.0f} s; end it and repeat the "
                    "command: it goes on."
                )
        shutil.rmtree(self.job.place, ignore_errors=True)


def _absolute(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    return tuple(path.absolute() for path in paths)


# --- on the worker -------------------------------------------------------------------------------------------------

# One shard at a time in a process: faces are not for two threads at once.
_one = threading.Lock()
_made: dict[str, tuple[Plan, Maker]] = {}


def _fault(job: Job) -> str:
    """Return what keeps this worker from doing the run's work; empty when nothing does."""
    try:
        _ready(job)
    except SynthgenError as error:
        return str(error)
    return ""


def _ready(job: Job) -> tuple[Plan, Maker]:
    """Return plan and generator, made once; OutputError when versions, assets or the folder are not the run's."""
    if job.run in _made:
        return _made[job.run]
    plan = Folder(job.root).read_plan()
    if plan is None or plan.fingerprint != job.fingerprint or plan.n != job.n or not job.alive.exists():
        raise OutputError(f"does not see this run in {job.root}; workers must share its file system and path.")
    found = differences(plan.libraries, library_versions())
    if found:
        raise OutputError(f"has other versions ({'; '.join(found[:3])}); install the same ones on every machine.")
    plan = replace(plan, fonts=job.fonts, corpus=job.corpus, backgrounds=job.backgrounds, out=job.root)
    cv2.setNumThreads(1)
    maker = job.make(plan)
    found = differences(plan.digests, maker.asset_digests())
    if found or "".join(maker.charset.characters) != plan.characters:
        raise OutputError(f"has other assets ({'; '.join(found[:3])}); give every machine the same files.")
    # A later run makes its own, even of the same plan: files may have changed in between.
    _made.clear()
    _made[job.run] = plan, maker
    return plan, maker


def _render(job: Job, shard: int) -> Done | Deadly:
    with _one:
        folder = Folder(job.root)
        try:
            with file_lock(folder.workers_file, alone=False, wait_s=_LEAVE_S) as known:
                if not known:
                    raise Interrupted("the run has ended")
                with _alone(job, shard):
                    return _render_once(job, folder, shard)
        except OSError as error:
            raise OutputError(f"{job.root}: {error.strerror or error} at shard {shard}; the run has ended?") from None


@contextmanager
def _alone(job: Job, shard: int) -> Iterator[None]:
    """Hold the shard's lock; wait for as long as another worker renders it and the run lasts."""
    while True:
        _check_alive(job)
        with file_lock(job.place / "locks" / f"{shard:06d}", wait_s=_LOOK_S) as mine:
            if mine:
                yield
                return


def _render_once(job: Job, folder: Folder, shard: int) -> Done | Deadly:
    plan, maker = _ready(job)
    start, stop = plan.bounds(shard)
    if folder.sidecar(shard).exists():
        # Done by a worker that was lost before its answer was heard.
        return Done(shard, stop - start, 0, 0)
    tries = job.place / "tries" / f"{shard:06d}"
    if tries.exists() and tries.stat().st_size >= MAX_DEATHS:
        return Deadly(marked_sample(folder, shard))
    with open(tries, "ab") as file:
        file.write(b".")
    try:
        return render_shard(plan, maker, folder, shard, _watch(job))
    finally:
        # Reached in every way but this process's death.
        tries.unlink(missing_ok=True)


def _watch(job: Job) -> Callable[[int, int, int], None]:
    looked = time.monotonic()

    def on_sample(samples: int, words: int, size_bytes: int) -> None:
        nonlocal looked
        del samples, words, size_bytes
        now = time.monotonic()
        if now - looked > _LOOK_S:
            looked = now
            _check_alive(job)

    return on_sample


def _check_alive(job: Job) -> None:
    if not job.alive.exists():
        raise Interrupted("the run has ended")
