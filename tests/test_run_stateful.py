"""Whatever is done to a folder, in whatever order: what is complete has the bytes of one undisturbed run."""

from __future__ import annotations

import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from synthgen.errors import Interrupted, OutputError, SampleError
from synthgen.formats.dataset import open_dataset
from synthgen.run.cluster import Part, render_part
from synthgen.run.merge import merge
from synthgen.run.render import assemble_dataset, render
from synthgen.run.verify import verify
from tests.run_standin import make_faulty, make_painter, plan_of, tree

N_MAX = 48
SIZES = st.integers(1, N_MAX)


class Crash(BaseException):
    """A stop at one step of writing, as a power cut would be."""


class Fuse:
    """Lets k calls of what makes writing durable pass, then crashes."""

    NAMES = ("fsync", "replace", "rename", "unlink")

    def __init__(self, k: int) -> None:
        self.left, self.real = k, {}

    def __enter__(self) -> None:
        for name in self.NAMES:
            self.real[name] = getattr(os, name)
            setattr(os, name, self._guarded(self.real[name]))

    def __exit__(self, *_: object) -> None:
        for name, real in self.real.items():
            setattr(os, name, real)

    def _guarded(self, real):
        def guarded(*args, **kwargs):
            self.left -= 1
            if self.left <= 0:
                raise Crash
            return real(*args, **kwargs)

        return guarded


@cache
def expected(n: int) -> dict[str, str]:
    with tempfile.TemporaryDirectory() as folder:
        render(plan_of(n), Path(folder) / "data", make=make_painter)
        return tree(Path(folder) / "data")


class Folders(RuleBasedStateMachine):
    """``n`` is what the folder was last asked for; a task's own folder lies beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp(prefix="stateful-"))
        self.out, self.other = self.home / "data", self.home / "other"
        self.n = 0

    def teardown(self) -> None:
        shutil.rmtree(self.home)

    @initialize(n=SIZES)
    def begin(self, n):
        self.n = n

    def grow(self, n: int) -> None:
        self.n = max(self.n, n)

    @rule(n=SIZES)
    def render(self, n):
        self.grow(n)
        assert render(plan_of(self.n), self.out, make=make_painter).manifest["n_done"] == self.n
        assert tree(self.out) == expected(self.n)

    @rule(n=SIZES, at=SIZES)
    def render_until_a_signal(self, n, at):
        self.grow(n)
        try:
            render(plan_of(self.n), self.out, make=make_faulty("signal", at))
        except Interrupted as told:
            assert "goes on" in str(told)

    @rule(n=SIZES, at=SIZES)
    def render_until_a_sample_fails(self, n, at):
        self.grow(n)
        try:
            render(plan_of(self.n), self.out, make=make_faulty("raise", at))
        except SampleError as told:
            assert f"in sample {at} " in str(told)

    @rule(n=SIZES, k=st.integers(1, 120))
    def render_until_a_crash(self, n, k):
        self.grow(n)
        try:
            with Fuse(k):
                render(plan_of(self.n), self.out, make=make_painter)
        except Crash:
            pass

    @rule(k=st.integers(1, 60), i=st.integers(0, 2))
    def part_until_a_crash(self, k, i):
        try:
            with Fuse(k):
                render_part(plan_of(self.n), self.out, Part(i, 3), make=make_painter)
        except Crash:
            pass

    @rule(i=st.integers(0, 2))
    def part(self, i):
        summary = render_part(plan_of(self.n), self.out, Part(i, 3), make=make_painter)
        assert summary.done == summary.shards

    @rule(i=st.integers(0, 1))
    def part_elsewhere(self, i):
        if self.other.exists():
            shutil.rmtree(self.other)
        render_part(plan_of(self.n), self.other, Part(i, 2), make=make_painter)

    @precondition(lambda self: (self.out / "plan.json").exists())
    @rule(k=st.one_of(st.just(10**9), st.integers(1, 60)))
    def merge(self, k):
        folders = [self.out, *([self.other] if self.other.exists() else [])]
        try:
            with Fuse(k):
                merge(folders)
        except Crash:
            return
        except OutputError as told:
            assert "are in no folder" in str(told) or "part of another dataset" in str(told), told
            return
        assert open_dataset(self.out).manifest["n_done"] == open_dataset(self.out).manifest["n"]

    @precondition(lambda self: (self.out / "plan.json").exists())
    @rule()
    def assemble(self):
        try:
            assemble_dataset(self.out)
        except OutputError as told:
            assert "no shard is finished" in str(told)

    @rule()
    def overwrite(self):
        render(plan_of(self.n), self.out, make=make_painter, overwrite=True)

    @rule()
    def refuse_another_seed(self):
        if (self.out / "plan.json").exists():
            before = tree(self.out)
            with pytest.raises(OutputError, match="seed: 3 there, 4 here"):
                render(plan_of(self.n, seed=4), self.out, make=make_painter)
            assert {name for name in tree(self.out) if not name.startswith(".parts")} == {
                name for name in before if not name.startswith(".parts")
            }

    @invariant()
    def a_dataset_is_whole(self):
        """Where there is a manifest, everything it counts is there; where it is complete, every byte is right."""
        if not (self.out / "manifest.json").exists():
            return
        dataset = open_dataset(self.out)
        manifest = dataset.manifest
        for split, counts in manifest["splits"].items():
            assert sum(1 for _ in dataset.records(split)) == counts["scenes"]
            if counts["words"]:
                assert sum(1 for _ in dataset.words(split)) == counts["words"]
        if manifest["n_done"] == manifest["n"] and not (self.out / ".parts").exists():
            assert tree(self.out) == expected(manifest["n"])
            assert verify(self.out, sample=3, trusted=True, make=make_painter).found == []


Folders.TestCase.settings = settings(
    max_examples=20,
    stateful_step_count=12,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
TestFolders = pytest.mark.usefixtures("unsynced")(Folders.TestCase)
