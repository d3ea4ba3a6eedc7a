"""Programs and functions in processes of their own, with what they took."""

from __future__ import annotations

import os
import resource
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from synthgen.errors import SynthgenError


@dataclass(frozen=True, slots=True)
class Took:
    """What a program took: CPU seconds and seconds of the clock, and what it printed on stdout."""

    cpu_s: float
    wall_s: float
    output: str


def took(
    command: Sequence[str | Path], *, cwd: Path | None = None, environment: Mapping[str, str] | None = None
) -> Took:
    """Run a program to its end; SynthgenError with the last line of its stderr when it fails."""
    before, began = _children_s(), time.perf_counter()
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env={**os.environ, **(environment or {})}, capture_output=True,
        text=True, errors="replace", check=False,
    )  # fmt: skip
    wall_s, cpu_s = time.perf_counter() - began, _children_s() - before
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["nothing on stderr"])[-1]
        name = Path(command[0]).name
        raise SynthgenError(f"{name}: exit code {done.returncode}: {last}; run it by itself to see why.")
    return Took(cpu_s, wall_s, done.stdout)


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def all_cpu_s() -> float:
    """Return the CPU seconds of this process and of all its children that have ended."""
    return time.process_time() + _children_s()


def apart(function: Callable[..., Any], *args: Any) -> Any:
    """Return what a function of a module returns when it is called in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *args).result()


def resident_mb() -> float:
    """Return this process's resident memory in MB now; Linux only."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def peak_mb() -> float:
    """Return this process's largest resident memory so far in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
