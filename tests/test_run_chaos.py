"""A short piece of the chaos that ``python -m tests.chaos`` does at length."""

from __future__ import annotations

import subprocess

import pytest

from synthgen.errors import OutputError
from synthgen.run.render import render
from tests import chaos
from tests.run_standin import make_painter, plan_of


@pytest.mark.long
def test_kills_of_whole_runs_change_no_byte(tmp_path):
    seen = chaos.kill_groups(tmp_path, 20, seed=1, least=6)
    assert seen["killed"] >= 20
    assert min(seen["killed with 2 jobs"], seen["killed while extending"]) >= 6


def test_kills_of_workers_change_no_byte(tmp_path):
    assert chaos.kill_workers(tmp_path, 2)["killed"] == 2


def test_a_disk_that_the_run_fills_leaves_a_dataset_that_grows(tmp_path):
    seen = chaos.fill_disk(tmp_path, 4)
    if seen is None:
        pytest.skip("no file system may be mounted here")
    assert seen["valid and longer"] >= 1
    assert seen["valid and longer"] + seen["valid as before"] + seen["nothing done yet"] == seen.total() // 2


@pytest.mark.long
def test_a_disk_that_others_fill_is_told_and_mended(tmp_path):
    seen = chaos.crowd_disk(tmp_path, 6)
    if seen is None:
        pytest.skip("no file system may be mounted here")
    assert seen.total() == 6


def test_a_disk_that_cannot_be_written_is_told(tmp_path):
    with chaos.small_disk(tmp_path / "disk", 30 * chaos.MEGABYTE) as disk:
        if disk is None:
            pytest.skip("no file system may be mounted here")
        out = disk / "data"
        assert chaos.finish(out, 1) == 0
        (out / "manifest.json").unlink()
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        for target in (out, disk / "new"):
            with pytest.raises(OutputError, match="Read-only file system") as told:
                render(plan_of(120), target, make=make_painter)
            assert "\n" not in str(told.value)
