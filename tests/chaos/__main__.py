"""Chaos at length. It lies apart because the processes that it starts import what they run, and not the program."""

from __future__ import annotations

import argparse
import tempfile
import time
from functools import partial
from pathlib import Path

from tests import chaos


def main() -> None:
    parser = argparse.ArgumentParser(description=chaos.__doc__.split("\n")[0])
    parser.add_argument("--groups", type=int, default=100)
    parser.add_argument("--workers", type=int, default=30)
    parser.add_argument("--steps", type=int, default=16)
    wanted = parser.parse_args()
    for name, call in (
        ("whole groups", partial(chaos.kill_groups, times=wanted.groups)),
        ("single workers", partial(chaos.kill_workers, times=wanted.workers)),
        ("full disk", partial(chaos.fill_disk, steps=wanted.steps)),
        ("crowded disk", partial(chaos.crowd_disk, steps=wanted.steps)),
    ):
        began = time.perf_counter()
        with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
            seen = call(Path(folder))
        print(f"{name}: {dict(sorted(seen.items())) if seen is not None else 'no disk may be mounted'}"
              f" in {time.perf_counter() - began:.0f} s", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
