"""A run's log: one JSON object in each line, flushed as it happens, outside the dataset.

Every line has ``event`` and ``t``, the seconds since this run's log was begun: ``start``, ``plan``, ``shard`` (number,
samples, words, size_bytes, seconds), ``retry``, ``quarantine``, ``fault`` and ``end``.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from synthgen.errors import OutputError, UsageError


class Note(Protocol):
    """Hears of what happens in a run; called in the parent process only."""

    def __call__(self, event: str, **values: Any) -> None:
        """Hear of one event."""


def unheard(event: str, **values: Any) -> None:
    """Hear of nothing: a run without a log."""


class RunLog:
    """Appends a run's events to a file; a context manager that notes how the run ended.

    UsageError when the file lies inside the dataset's folder, OutputError when it cannot be written.
    """

    def __init__(self, path: Path, dataset: Path) -> None:
        if path.resolve().is_relative_to(dataset.resolve()):
            raise UsageError(f"{path}: lies inside the dataset, which holds nothing of its own run; name another file.")
        try:
            self._file = open(path, "a", encoding="utf-8")  # noqa: SIM115 - closed by __exit__
        except OSError as error:
            raise OutputError(f"{path}: {error.strerror}; name a log file that can be written.") from None
        self._path, self._began = path, time.monotonic()

    def __enter__(self) -> RunLog:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if value is not None:
                self("fault", kind=type(value).__name__, message=str(value))
            self("end", done=value is None)
        finally:
            self._file.close()

    def __call__(self, event: str, **values: Any) -> None:
        """Write one line."""
        line = {"event": event, "t": round(time.monotonic() - self._began, 3), **values}
        try:
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
            self._file.flush()
        except OSError as error:
            raise OutputError(f"{self._path}: {error.strerror}; free space or leave --log-file out.") from error
