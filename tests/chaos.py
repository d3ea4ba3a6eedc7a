"""Kills, and a disk that fills: after each of them the same command must lead to the same bytes.

As a script it does the long version and prints what it counted: ``python -m tests.chaos --groups 100 --workers 30``.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from synthgen.errors import SynthgenError
from synthgen.formats.dataset import open_dataset
from synthgen.run.render import render
from tests.run_standin import Painter, plan_of, tree

N, SHARD = 120, 10
# An extension starts from a dataset whose last shard was not full.
N_BEFORE = 53
MEGABYTE = 1_000_000

_context = multiprocessing.get_context("forkserver")
# The modules are imported once; each run is then a fork of a process without threads.
_context.set_forkserver_preload(["tests.chaos"])


class Paced(Painter):
    """Takes its time, so that kills meet every stage."""

    def __init__(self, pause_s: float) -> None:
        self.pause_s = pause_s

    def sample(self, index, *, crops=True):
        time.sleep(self.pause_s)
        return super().sample(index, crops=crops)


def _paced(plan, pause_s):
    return Paced(pause_s)


def _run(out: str, jobs: int, n: int, pause_s: float) -> None:
    os.setsid()
    try:
        render(plan_of(n, shard_size=SHARD), Path(out), jobs=jobs, make=partial(_paced, pause_s=pause_s))
    except SynthgenError as error:
        Path(f"{out}.told").write_text(str(error))
        sys.exit(error.exit_code)


def start(out: Path, jobs: int, *, n: int = N, pause_s: float = 0.002):
    process = _context.Process(target=_run, args=(str(out), jobs, n, pause_s))
    process.start()
    # Until it leads a group of its own there is nothing that could be killed as a whole.
    while process.is_alive() and os.getpgid(process.pid) != process.pid:
        time.sleep(0.0005)
    return process


def finish(out: Path, jobs: int) -> int:
    process = start(out, jobs, pause_s=0.0)
    process.join(120)
    return process.exitcode


def await_shards(out: Path, count: int, process) -> None:
    """Return when so many shards are done, or the process has ended."""
    while process.is_alive() and sum(1 for _ in out.glob("shards/*.json")) < count:
        time.sleep(0.001)


def undisturbed(folder: Path) -> tuple[dict[str, str], Path]:
    """The digests that every run must end with, and a complete dataset of fewer samples."""
    render(plan_of(N, shard_size=SHARD), folder / "whole", make=partial(_paced, pause_s=0.0))
    render(plan_of(N_BEFORE, shard_size=SHARD), folder / "before", make=partial(_paced, pause_s=0.0))
    return tree(folder / "whole"), folder / "before"


def kill_groups(folder: Path, times: int, seed: int = 0) -> Counter[str]:
    """Kill -9 a whole run ``times`` times, each time resume it to the end and compare; one count for each outcome."""
    expected, before = undisturbed(folder)
    chance, seen = random.Random(seed), Counter()
    while seen["killed"] < times:
        number = seen["killed"]
        jobs, extended = 1 + number % 2, number % 3 == 2
        out = folder / f"group{number}"
        if extended:
            shutil.copytree(before, out)
        process = start(out, jobs)
        first = N_BEFORE // SHARD if extended else 0
        await_shards(out, chance.randint(first, N // SHARD), process)
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
            seen["killed while extending"] += extended
            seen["killed after the last shard"] += sum(1 for _ in out.glob("shards/*.json")) == N // SHARD
            assert finish(out, 1 + (number // 2) % 2) == 0
        assert tree(out) == expected, f"kill {number}"
        shutil.rmtree(out)
    return seen


def workers_of(pid: int) -> list[int]:
    """The worker processes of a run."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                command = (entry / "cmdline").read_bytes()
            except (OSError, ValueError):
                continue
            if parent == pid and b"popen_loky" in command:
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
    """Run on a disk that is nearly full and gains room in steps; every stop must be told and leave what is valid."""
    expected, _ = undisturbed(folder)
    seen: Counter[str] = Counter()
    with small_disk(folder / "disk", 40 * MEGABYTE) as disk:
        if disk is None:
            return None
        out, ballast = disk / "data", disk / "ballast"
        told = Path(f"{folder / 'disk' / 'data'}.told")
        # From a few files' room to more than the assembly asks for.
        rooms = [round(60_000 * (300 ** (step / (steps - 1)))) for step in range(steps)]
        for step, room in enumerate([*rooms, 25 * MEGABYTE]):
            resize(ballast, room)
            told.unlink(missing_ok=True)
            code = finish(out, 1 + step % 2)
            if code == 0:
                break
            seen["full"] += 1
            assert code == 1, code
            if told.exists() and told.stat().st_size:
                seen[message_kind(told.read_text())] += 1
                assert "\n" not in told.read_text()
            if (out / "manifest.json").exists():
                seen["valid so far"] += 1
                read_all(out)
        assert code == 0
        assert tree(out) == expected
    return seen


def resize(ballast: Path, room: int) -> None:
    """Make the ballast leave so much room on its disk."""
    size = ballast.stat().st_size if ballast.exists() else 0
    free = shutil.disk_usage(ballast.parent).free
    with open(ballast, "ab") as file:
        if free > room:
            file.write(b"\1" * (free - room))
        else:
            file.truncate(max(0, size - (room - free)))


def message_kind(text: str) -> str:
    for kind in ("No space left on device", "are needed to assemble", "Input/output error"):
        if kind in text:
            return kind
    return text


def read_all(out: Path) -> None:
    dataset = open_dataset(out)
    for split in dataset.splits:
        assert len(list(dataset.records(split))) == dataset.manifest["splits"][split]["scenes"]
        if dataset.manifest["splits"][split]["words"]:
            assert sum(1 for _ in dataset.words(split)) == dataset.manifest["splits"][split]["words"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--groups", type=int, default=100)
    parser.add_argument("--workers", type=int, default=30)
    parser.add_argument("--steps", type=int, default=16)
    wanted = parser.parse_args()
    for name, call in (
        ("whole groups", partial(kill_groups, times=wanted.groups)),
        ("single workers", partial(kill_workers, times=wanted.workers)),
        ("full disk", partial(fill_disk, steps=wanted.steps)),
    ):
        began = time.perf_counter()
        with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
            seen = call(Path(folder))
        print(f"{name}: {dict(sorted(seen.items())) if seen is not None else 'no disk may be mounted'}"
              f" in {time.perf_counter() - began:.0f} s", flush=True)  # fmt: skip


if __name__ == "__main__":
    # By its full name, under which other processes find what they are to run.
    from tests import chaos

    chaos.main()
