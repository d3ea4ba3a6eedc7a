"""Who renders: this process, or a pool of processes that is watched.

A pool gets a few shards more than it has workers, never all: queues stay short whatever n is. When a worker dies the
whole pool is replaced. Shards that had begun are suspects and are rendered again alone; the one that kills its worker
a second time is set aside and named, with the sample at which it stood. Workers leave by themselves when their parent
is gone.
"""

from __future__ import annotations

import fcntl
import gc
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any, NoReturn

import cv2
from joblib.externals.loky.process_executor import ProcessPoolExecutor

from synthgen.errors import Interrupted, OutputError, SynthgenError
from synthgen.run.folder import Folder
from synthgen.run.log import Note, unheard
from synthgen.run.plan import Maker, Plan
from synthgen.run.room import Room
from synthgen.run.shard import Done, marked_sample, render_shard

Make = Callable[[Plan], Maker]
Advance = Callable[[int, int, int], None]

_QUEUED_PER_WORKER = 2
_POLL_S = 0.2
_WATCH_S = 0.5
_MAX_QUARANTINED = 3
_MAX_EARLY_DEATHS = 3
# OpenCV is told in the initializer; these reach what NumPy and SciPy are linked to.
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class Stop:
    """What Ctrl-C or SIGTERM has asked for: to end soon, or, once ``at_once`` is set, to end now."""

    def __init__(self) -> None:
        self.requested = ""
        self.at_once = False

    def check(self) -> None:
        """Raise Interrupted when a signal has come."""
        if self.requested:
            raise Interrupted(f"stopped by {self.requested}")

    def handle(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - the signal module's form
        """Note a signal; raise Interrupted when there is nothing left to bring to an orderly end."""
        self.requested = signal.Signals(number).name
        if self.at_once:
            self.check()


@contextmanager
def stop_on_signals() -> Iterator[Stop]:
    """Yield a Stop that hears SIGINT and SIGTERM; outside the main thread no signal can be heard."""
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {number: signal.signal(number, stop.handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@dataclass(frozen=True, slots=True)
class Work:
    """Shards to be rendered into ``folder``: ``count`` numbers in ``pending``, told to ``advance`` as they are done.

    ``make`` makes the generator, in each process its own; ``stop`` is asked between samples or results; ``note`` hears
    of shards and of what went wrong; ``room`` says when the disk is too full to go on.
    """

    plan: Plan
    folder: Folder
    pending: Iterator[int]
    count: int
    make: Make
    stop: Stop
    advance: Advance
    note: Note = unheard
    room: Room | None = None

    def next_shard(self, coming: int) -> int | None:
        """Return the next pending shard, None after the last; NoRoom when the disk may not hold ``coming`` more."""
        shard = next(self.pending, None)
        if shard is not None and self.room is not None:
            self.room.check(coming)
        return shard

    def finished(self, done: Done) -> None:
        """Tell a finished shard to the log, and count the room that it takes."""
        self.note("shard", number=done.shard, samples=done.samples, words=done.words, size_bytes=done.size_bytes,
                  seconds=round(done.seconds, 3))  # fmt: skip
        if self.room is not None:
            self.room.add(done.shard, done.size_bytes)


class WorkersRemain(OutputError):  # noqa: N818 - what is so, not a fault
    """Workers may still be writing: the folder cannot be assembled yet."""


def make_generator(plan: Plan) -> Maker:
    """Return the generator of a plan's samples."""
    from synthgen.generator import Generator

    return Generator(plan.recipe, seed=plan.seed, fonts=plan.fonts, corpus=plan.corpus, backgrounds=plan.backgrounds)


def render_here(work: Work) -> None:
    """Render the pending shards in this process; raises what :func:`~synthgen.run.shard.render_shard` raises."""

    def on_sample(samples: int, words: int, size_bytes: int) -> None:
        work.advance(samples, words, size_bytes)
        work.stop.check()

    maker = work.make(work.plan)
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    # Not collected first: this process is the caller's, and walking all that it holds can take longer than a small run.
    gc.freeze()
    try:
        while (shard := work.next_shard(1)) is not None:
            work.stop.check()
            work.finished(render_shard(work.plan, maker, work.folder, shard, on_sample))
    finally:
        gc.unfreeze()
        cv2.setNumThreads(threads)


def render_in_pool(work: Work, jobs: int) -> None:
    """Render the pending shards with ``jobs`` worker processes.

    SynthgenError names the samples that killed their workers twice; all other shards are done then. The first error
    of a worker ends the run.
    """
    pool = _Pool(work, jobs)
    try:
        while pool.feed():
            pool.collect()
            work.stop.check()
    finally:
        pool.kill()
    if pool.quarantined:
        refuse_deadly(work.plan, pool.quarantined)


def refuse_deadly(plan: Plan, quarantined: dict[int, int | None]) -> NoReturn:
    """Raise SynthgenError for shards that were set aside, with the sample at which each stood, if it is known."""
    told = []
    for shard, index in sorted(quarantined.items()):
        start, stop = plan.bounds(shard)
        what = plan.reproduce(start if index is None else index)
        told.append(f"shard {shard} (samples {start} to {stop - 1}) killed its worker twice, last at {what}")
    raise SynthgenError("; ".join(told))


class _Pool:
    """A pool that is replaced when it breaks. ``alone`` is its state while suspects are tried one at a time."""

    def __init__(self, work: Work, jobs: int) -> None:
        self.plan, self.folder, self.make, self.note = work.plan, work.folder, work.make, work.note
        self.work = work
        self.jobs = jobs
        self.executor: Any = None
        self.alone = False
        self.flying: dict[Future[Done], int] = {}
        self.again: deque[int] = deque()
        self.suspects: deque[int] = deque()
        self.quarantined: dict[int, int | None] = {}
        self.early_deaths = 0

    def feed(self) -> bool:
        """Give the workers shards until their queue is long enough; return False when all is done."""
        if not self.flying and self.alone != bool(self.suspects):
            self.kill()
            self.alone = bool(self.suspects)
        limit = 1 if self.alone else self.jobs * _QUEUED_PER_WORKER
        while len(self.flying) < limit:
            shard = self._next()
            if shard is None:
                break
            self._submit(shard)
        return bool(self.flying)

    def _next(self) -> int | None:
        if self.alone:
            return self.suspects.popleft() if self.suspects else None
        return self.again.popleft() if self.again else self.work.next_shard(self.jobs * _QUEUED_PER_WORKER)

    def _submit(self, shard: int) -> None:
        if self.executor is None:
            self.executor = ProcessPoolExecutor(
                1 if self.alone else self.jobs,
                initializer=_begin_worker,
                initargs=(os.getpid(), self.plan, self.folder, self.make),
                env=_ONE_THREAD,
            )
        try:
            self.flying[self.executor.submit(_render, shard)] = shard
        except BrokenExecutor as error:
            # It broke since the last look; the shard joins those that fell with it.
            fallen: Future[Done] = Future()
            fallen.set_exception(error)
            self.flying[fallen] = shard

    def collect(self) -> None:
        """Wait a moment for results; replace the pool when a worker has died. Raises what a worker raised."""
        done, _ = wait(self.flying, timeout=_POLL_S, return_when=FIRST_COMPLETED)
        if any(isinstance(future.exception(), BrokenExecutor) for future in done):
            self._replace()
            return
        for future in sorted(done, key=self.flying.__getitem__):
            del self.flying[future]
            self._hear(future.result())

    def _hear(self, result: Done) -> None:
        self.work.advance(result.samples, result.words, result.size_bytes)
        self.work.finished(result)

    def _replace(self) -> None:
        self.kill()
        fallen, self.flying = self.flying, {}
        self.note("retry", reason="a worker died", shards=sorted(fallen.values()))
        begun = False
        for future, shard in sorted(fallen.items(), key=lambda pair: pair[1]):
            if future.done() and not future.cancelled() and future.exception() is None:
                self._hear(future.result())
            elif self.folder.sidecar(shard).exists():
                start, stop = self.plan.bounds(shard)
                self._hear(Done(shard, stop - start, 0, 0))
            elif not self.folder.open_shard(shard).exists():
                (self.suspects if self.alone else self.again).append(shard)
            else:
                begun = True
                self._suspect(shard)
        self.early_deaths = 0 if begun else self.early_deaths + 1
        if self.early_deaths >= _MAX_EARLY_DEATHS:
            raise SynthgenError(
                f"workers died {self.early_deaths} times before they began a shard; memory may be short; lower --jobs."
            )
        if len(self.quarantined) >= _MAX_QUARANTINED:
            refuse_deadly(self.plan, self.quarantined)

    def _suspect(self, shard: int) -> None:
        if self.alone:
            self.quarantined[shard] = marked_sample(self.folder, shard)
            self.note("quarantine", shard=shard, sample=self.quarantined[shard])
        else:
            self.suspects.append(shard)

    def kill(self) -> None:
        """End the workers, whatever they do."""
        if self.executor is not None:
            self.executor.shutdown(wait=True, kill_workers=True)
            self.executor = None


# The worker's own state, made once in each process.
_worker: dict[str, Any] = {}


def _begin_worker(parent: int, plan: Plan, folder: Folder, make: Make) -> None:
    # Ctrl-C reaches the whole process group; the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cv2.setNumThreads(1)
    _leave_orphaned(parent)
    whole = Folder(folder.root)
    # A part of a dataset has a file of its own; a run of the whole must hear of its workers as well.
    held = [os.open(path, os.O_RDWR | os.O_CREAT) for path in sorted({folder.workers_file, whole.workers_file})]
    for handle in held:  # never closed: the locks last until the process ends
        fcntl.flock(handle, fcntl.LOCK_SH)
    # Whoever goes on where a dead parent stood has not waited for a worker that had no lock yet. The parent's shards
    # are still in its pipe: from here on either the parent lives, or the next run waits, or this process has left.
    _leave_orphaned(parent)
    _worker.update(plan=plan, folder=folder, make=make)
    # The parent's number is given: a worker that asked itself could ask after the parent's death.
    threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()


def _leave_orphaned(parent: int) -> None:
    """End this process, at once and whatever else it does, when its parent is no longer the one that was told."""
    if os.getppid() != parent:
        os._exit(1)


def _leave_with(parent: int) -> NoReturn:
    while True:
        _leave_orphaned(parent)
        time.sleep(_WATCH_S)


def _render(shard: int) -> Done:
    if "maker" not in _worker:
        # Made in the first task and not before: an error of it then reaches the user as itself.
        _worker["maker"] = _worker["make"](_worker["plan"])
        # What was made so far (faces, corpora) stays out of the collector's rounds, which would walk it over and over.
        gc.collect()
        gc.freeze()
    return render_shard(_worker["plan"], _worker["maker"], _worker["folder"], shard, _ignore)


def _ignore(samples: int, words: int, size_bytes: int) -> None:
    """Hear nothing: results cross to the parent once for each shard."""
