"""Kills, and a disk that fills: after each of them the same command must lead to the same bytes.

``python -m tests.chaos --groups 100 --workers 30`` does it at length and prints what it counted.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from synthgen.errors import SynthgenError
from synthgen.formats.dataset import open_dataset
from synthgen.run.render import render
from synthgen.run.room import SPARE_BYTES
from tests.run_standin import Painter, plan_of, tree

N, SHARD = 120, 10
# An extension starts from a dataset whose last shard was not full.
N_BEFORE = 53
MEGABYTE = 1_000_000

_context = multiprocessing.get_context("forkserver")
# The modules are imported once; each run is then a fork of a process without threads.
_context.set_forkserver_preload(["tests.chaos"])


class Paced(Painter):
    """Takes its time, so that kills meet every stage; never gets past sample ``stall_at``."""

    def __init__(self, pause_s: float, stall_at: int) -> None:
        self.pause_s, self.stall_at = pause_s, stall_at

    def sample(self, index, *, crops=True):
        time.sleep(self.pause_s if index < self.stall_at else 600)
        return super().sample(index, crops=crops)


def _paced(plan, pause_s, stall_at=N):
    return Paced(pause_s, stall_at)


def told_by(out: Path) -> Path:
    """Where a run into ``out`` leaves its last message: beside the disk, which may be full."""
    return out.parent.parent / f"{out.parent.name}-{out.name}.told"


def _run(out: str, jobs: int, n: int, pause_s: float, stall_at: int) -> None:
    os.setsid()
    make = partial(_paced, pause_s=pause_s, stall_at=stall_at)
    try:
        render(plan_of(n, shard_size=SHARD), Path(out), jobs=jobs, make=make)
    except SynthgenError as error:
        told_by(Path(out)).write_text(str(error))
        sys.exit(error.exit_code)


def start(out: Path, jobs: int, *, n: int = N, pause_s: float = 0.002, stall_at: int = N):
    process = _context.Process(target=_run, args=(str(out), jobs, n, pause_s, stall_at))
    process.start()
    # Until it leads a group of its own there is nothing that could be killed as a whole.
    while process.is_alive() and os.getpgid(process.pid) != process.pid:
        time.sleep(0.0005)
    return process


def finish(out: Path, jobs: int) -> int:
    process = start(out, jobs, pause_s=0.0)
    process.join(120)
    return process.exitcode


def shards_of(out: Path) -> int:
    """How many shards are done."""
    return sum(1 for _ in out.glob("shards/*.json"))


def await_shards(out: Path, count: int, process) -> None:
    """Return when so many shards are done, or the process has ended."""
    while process.is_alive() and shards_of(out) < count:
        time.sleep(0.001)


def undisturbed(folder: Path) -> tuple[dict[str, str], Path]:
    """The digests that every run must end with, and a complete dataset of fewer samples."""
    render(plan_of(N, shard_size=SHARD), folder / "whole", make=partial(_paced, pause_s=0.0))
    render(plan_of(N_BEFORE, shard_size=SHARD), folder / "before", make=partial(_paced, pause_s=0.0))
    return tree(folder / "whole"), folder / "before"


def kill_groups(folder: Path, times: int, seed: int = 0, least: int = 0) -> Counter[str]:
    """Kill -9 whole runs ``times`` times; one count for each outcome.

    It goes on until ``least`` of them had two jobs and ``least`` were extending a dataset: which kill comes too late is
    the machine's choice. A run that goes on is killed again as often as not; in the end each goes on to its end and is
    compared.
    """
    expected, before = undisturbed(folder)
    chance, seen, out = random.Random(seed), Counter(), folder / "group"
    while seen["killed"] < times or min(seen["killed with 2 jobs"], seen["killed while extending"]) < least:
        number = seen["killed"]
        # A pool takes a second to start: most runs do without one.
        jobs = 2 if number % 5 in (1, 3) else 1
        if out.exists():
            seen["killed again"] += 1
        else:
            extending = number % 3 == 2
            if extending:
                shutil.copytree(before, out)
        process = start(out, jobs)
        await_shards(out, chance.randint(shards_of(out), N // SHARD), process)
        time.sleep(chance.uniform(0, 0.04))
        alive = process.is_alive()
        if alive:
            os.killpg(process.pid, signal.SIGKILL)
        process.join()
        if not alive:
            # It was quicker than the kill: not counted, but its bytes must be right.
            seen["too late"] += 1
        else:
            seen["killed"] += 1
            seen["killed with 2 jobs"] += jobs == 2
            seen["killed while extending"] += extending
            seen["killed after the last shard"] += shards_of(out) == N // SHARD
            if seen["killed"] < times and chance.random() < 0.5:
                continue
            assert finish(out, 2 if number % 4 == 2 else 1) == 0
        assert tree(out) == expected, f"kill {number}"
        shutil.rmtree(out)
    return seen


def workers_of(pid: int, mark: bytes = b"popen_loky") -> list[int]:
    """The worker processes of a run, or of another process whose workers' command holds ``mark``."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                command = (entry / "cmdline").read_bytes()
            except (OSError, ValueError):
                continue
            if parent == pid and mark in command:
                found.append(int(entry.name))
    return sorted(found)


def kill_workers(folder: Path, times: int, seed: int = 0) -> Counter[str]:
    """Kill -9 one worker of a run ``times`` times: the run must end well by itself, with the same bytes."""
    expected, _ = undisturbed(folder)
    chance, seen = random.Random(seed), Counter()
    while seen["killed"] < times:
        out = folder / f"worker{seen['killed']}"
        process = start(out, 2, pause_s=0.004)
        await_shards(out, chance.randint(0, N // SHARD - 2), process)
        time.sleep(chance.uniform(0, 0.03))
        workers = workers_of(process.pid) if process.is_alive() else []
        if workers:
            os.kill(chance.choice(workers), signal.SIGKILL)
            seen["killed"] += 1
        else:
            seen["too early or too late"] += 1
        process.join(120)
        assert process.exitcode == 0
        assert tree(out) == expected
        shutil.rmtree(out)
    return seen


@contextmanager
def small_disk(folder: Path, size: int):
    """A file system of its own in memory; None where this user may not mount one."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    mounted = shutil.which("mount") and subprocess.run(command, capture_output=True, check=False).returncode == 0
    try:
        yield folder if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", str(folder)], check=True)


def fill_disk(folder: Path, steps: int) -> Counter[str] | None:
    """Run on a disk that the run itself fills, and that grows in steps: every stop is told and leaves a dataset."""
    expected, _ = undisturbed(folder)
    seen: Counter[str] = Counter()
    most = 40 * MEGABYTE
    with small_disk(folder / "disk", most) as disk:
        if disk is None:
            return None
        out, ballast = disk / "data", disk / "ballast"
        told = told_by(out)
        resize(ballast, most)
        done = 0
        for step in range(steps):
            # A little more than what is kept for assembling, which is nearly all that this small run needs.
            resize(ballast, SPARE_BYTES + round((0.05 + 0.95 * step / (steps - 1)) * MEGABYTE))
            told.unlink(missing_ok=True)
            code = finish(out, 1 + step % 2)
            if code == 0:
                break
            assert code == 1, code
            assert told.read_text().count("\n") == 0
            seen[message_kind(told.read_text())] += 1
            manifest = out / "manifest.json"
            if manifest.exists():
                now = json.loads(manifest.read_bytes())["n_done"]
                assert now >= done
                seen["valid and longer" if now > done else "valid as before"] += 1
                done = now
                read_all(out)
            else:
                assert done == 0
                seen["nothing done yet"] += 1
        resize(ballast, most)
        assert finish(out, 2) == 0
        assert tree(out) == expected
    return seen


def crowd_disk(folder: Path, steps: int) -> Counter[str] | None:
    """Run while somebody else fills the disk: what is finished stays, and the same command mends it."""
    began = time.perf_counter()
    expected, _ = undisturbed(folder)
    seconds = time.perf_counter() - began
    seen: Counter[str] = Counter()
    with small_disk(folder / "disk", 60 * MEGABYTE) as disk:
        if disk is None:
            return None
        out, ballast = disk / "data", disk / "ballast"
        told = told_by(out)
        chance = random.Random(5)
        for step in range(steps):
            resize(ballast, 30 * MEGABYTE)
            told.unlink(missing_ok=True)
            process = start(out, 1 + step % 2)
            time.sleep(chance.uniform(0.0, seconds))
            resize(ballast, chance.randrange(20_000, 400_000))
            process.join(120)
            if process.exitcode == 0:
                seen["finished before"] += 1
                assert tree(out) == expected
                shutil.rmtree(out)
                continue
            assert process.exitcode == 1, process.exitcode
            seen[message_kind(told.read_text())] += 1
            assert told.read_text().count("\n") == 0
            if (out / "manifest.json").exists():
                read_all(out)
        resize(ballast, 30 * MEGABYTE)
        assert finish(out, 2) == 0
        assert tree(out) == expected
    return seen


def resize(ballast: Path, room: int) -> None:
    """Make the ballast leave so much room on its disk."""
    size = ballast.stat().st_size if ballast.exists() else 0
    free = shutil.disk_usage(ballast.parent).free
    with open(ballast, "ab") as file:
        if free > room:
            with suppress(OSError):  # somebody else was quicker: the disk is fuller than was asked for
                file.write(b"\1" * (free - room))
                file.flush()
        else:
            file.truncate(max(0, size - (room - free)))


def message_kind(text: str) -> str:
    for kind in ("No space left on device", "are needed to assemble", "the disk is nearly full", "Input/output error"):
        if kind in text:
            return kind
    return text


def read_all(out: Path) -> None:
    dataset = open_dataset(out)
    for split in dataset.splits:
        assert len(list(dataset.records(split))) == dataset.manifest["splits"][split]["scenes"]
        if dataset.manifest["splits"][split]["words"]:
            assert sum(1 for _ in dataset.words(split)) == dataset.manifest["splits"][split]["words"]
