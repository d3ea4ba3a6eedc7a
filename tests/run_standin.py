"""A generator of tiny samples for the tests of runs: quick, deterministic, and faulty where a test asks for it."""

from __future__ import annotations

import hashlib
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from synthgen.crops import Crop
from synthgen.generator import Sample
from synthgen.recipe import Recipe
from synthgen.run.plan import Plan, make_plan
from synthgen.scene import Characters, Lines, Scene, Words

CHARACTERS = "가각간갇갈abc"
SPLITS = (("train", 0.6), ("val", 0.4), ("test", 0.0))


@dataclass(frozen=True)
class Letters:
    characters: tuple[str, ...] = tuple(CHARACTERS)


class Painter:
    """Sample i has i*i % 5 words, every third of them vertical; samples 7, 37, 67, ... are skipped."""

    charset = Letters()

    def asset_digests(self) -> dict[str, str]:
        return {"font/box": "0" * 64}

    def assets(self) -> list[dict[str, str]]:
        return [{"id": "box", "kind": "font", "licence": "MIT", "sha256": "0" * 64}]

    def sample(self, index: int, *, crops: bool = True) -> Sample:
        if index % 30 == 7:
            return Sample(index, None, (), 0, ("contrast",) * 12)
        texts = [CHARACTERS[(index + k) % len(CHARACTERS)] * (k + 1) for k in range(index * index % 5)]
        scene = tiny_scene(index, texts)
        cut = [
            Crop(scene.image[:8, : 8 + index % 7], text, "ttb" if k % 3 == 2 else "ltr", k, 80)
            for k, text in enumerate(texts)
        ]
        return Sample(index, scene, tuple(cut) if crops else (), 90, ("pose",) if index % 4 == 1 else ())


def tiny_scene(index: int, texts: list[str]) -> Scene:
    image = np.full((24, 40), 200 + index % 50, np.uint8)
    joined = "".join(texts)
    n, m = len(joined), len(texts)
    image[2:9, 2:6] = 60
    quad = np.array([[2.0, 2], [6, 2], [6, 9], [2, 9]])
    quads, word_quads = np.zeros((n, 4, 2)) + quad, np.zeros((m, 4, 2)) + quad
    word = np.repeat(np.arange(m), [len(text) for text in texts]).astype(np.int32)
    zeros = np.zeros(n, np.int32)
    return Scene(
        image,
        Characters(tuple(joined), quads, quads, word, word, zeros, zeros, np.ones(n, np.float32)),
        Words(
            tuple(texts),
            word_quads,
            word_quads,
            np.arange(m, dtype=np.int32),
            ("ltr",) * m,
            np.zeros(m, np.bool_),
        ),
        Lines(tuple(texts), word_quads, np.zeros(m, np.int32), ("ltr",) * m),
        ("body",),
        {"index": index, "faces": ["box"]},
    )


class Faulty(Painter):
    """Does something bad at one sample: ``raise`` always; ``kill`` always; ``kill-once`` when ``note`` is missing."""

    def __init__(self, fault: str, at: int, note: Path | None) -> None:
        self.fault, self.at, self.note = fault, at, note

    def sample(self, index: int, *, crops: bool = True) -> Sample:
        if self.fault == "slow":
            # The first shards are there soon, and whoever waits for them has time to act.
            time.sleep(0.1 if index >= 20 else 0.001)
        elif index == self.at:
            if self.fault == "raise":
                raise ZeroDivisionError("no ink")
            if self.fault == "signal":
                os.kill(os.getpid(), signal.SIGTERM)
            elif self.fault == "kill" or not self.note.exists():
                if self.note is not None:
                    self.note.touch()
                os.kill(os.getpid(), signal.SIGKILL)
        return super().sample(index, crops=crops)


def make_painter(plan: Plan) -> Painter:
    return Painter()


def _make_faulty(plan: Plan, fault: str, at: int, note: Path | None) -> Painter:
    return Faulty(fault, at, note)


def make_faulty(fault: str, at: int = -1, note: Path | None = None) -> partial[Painter]:
    return partial(_make_faulty, fault=fault, at=at, note=note)


def plan_of(n: int, *, shard_size: int = 10, seed: int = 3, **values: object) -> Plan:
    recipe = Recipe().with_values({"output.shard_size": shard_size, "output.image_format": "png", **values})
    return make_plan(recipe, Painter(), seed=seed, n=n, splits=SPLITS)


def tree(root: Path) -> dict[str, str]:
    """Digest by name of every file but the wall times."""
    return {name: digest for name, digest in sorted(_files(root)) if name != "times.json"}


def _files(root: Path) -> Iterator[tuple[str, str]]:
    for path in root.rglob("*"):
        name = path.relative_to(root).as_posix()
        if path.is_file():
            yield name, hashlib.sha256(path.read_bytes()).hexdigest()
        elif not any(path.iterdir()):
            yield name + "/", "an empty folder"
