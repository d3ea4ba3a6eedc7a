"""Work on files that are not trusted, in processes whose death is an answer and not a disaster."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from typing import Any, TypeVar

import cv2
from joblib.externals.loky.process_executor import ProcessPoolExecutor

T = TypeVar("T")
R = TypeVar("R")

_QUEUED_PER_WORKER = 2
# No task is this long: a process that is silent for so long hangs.
_PATIENCE_S = 900.0


def run_here(tasks: Iterable[T], work: Callable[[T], R]) -> Iterator[tuple[T, R | None]]:
    """Yield (task, result) of each task, done in this process: for files of one's own."""
    for task in tasks:
        yield task, work(task)


def run_guarded(tasks: Iterable[T], work: Callable[[T], R], jobs: int) -> Iterator[tuple[T, R | None]]:
    """Yield (task, result) as they are done by ``jobs`` processes; the result of a task that kills its process is None.

    When a process dies, those tasks that were under way are tried again one at a time.
    """
    pool = _Pool(work, jobs)
    waiting = iter(tasks)
    try:
        while True:
            suspects = yield from pool.run(waiting)
            if not suspects:
                return
            for task in suspects:
                if (yield from _Pool(work, 1).run(iter([task]))):
                    yield task, None
    finally:
        pool.kill()


class _Pool:
    """A pool that ends with the first death; it can be run again."""

    def __init__(self, work: Callable[[Any], Any], jobs: int) -> None:
        self.work, self.jobs = work, jobs
        self.executor: Any = None

    def run(self, waiting: Iterator[Any]) -> Generator[Any, None, list[Any]]:
        """Yield (task, result) until there is no task left or a process dies; return the tasks under way then."""
        flying: dict[Future[Any], Any] = {}
        self.executor = ProcessPoolExecutor(self.jobs, initializer=cv2.setNumThreads, initargs=(1,))
        try:
            while True:
                while len(flying) < self.jobs * _QUEUED_PER_WORKER:
                    task = next(waiting, None)
                    if task is None:
                        break
                    try:
                        flying[self.executor.submit(self.work, task)] = task
                    except BrokenExecutor:
                        return [*flying.values(), task]
                if not flying:
                    return []
                done, _ = wait(flying, timeout=_PATIENCE_S, return_when=FIRST_COMPLETED)
                if not done or any(isinstance(future.exception(), BrokenExecutor) for future in done):
                    return list(flying.values())
                for future in done:
                    yield flying.pop(future), future.result()
        finally:
            self.kill()

    def kill(self) -> None:
        """End the processes, whatever they do."""
        if self.executor is not None:
            self.executor.shutdown(wait=True, kill_workers=True)
            self.executor = None
