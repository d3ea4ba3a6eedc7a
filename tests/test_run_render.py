"""Runs: the same bytes whatever happened on the way, and clear refusals."""

from __future__ import annotations

import errno
import fcntl
import itertools
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from synthgen.errors import FormatError, Interrupted, OutputError, SampleError, SynthgenError, UsageError
from synthgen.formats.dataset import open_dataset
from synthgen.formats.mjsynth import MjsynthReader
from synthgen.run import assemble as assembling
from synthgen.run import room
from synthgen.run.folder import Folder
from synthgen.run.render import assemble_dataset, render
from tests import chaos
from tests.run_standin import Painter, make_faulty, make_painter, plan_of, tree

ROOT = Path(__file__).resolve().parent.parent


class Heard:
    def __init__(self) -> None:
        self.steps: list[tuple[str, int, int]] = []
        self.samples = self.words = 0

    def begin(self, step: str, total: int, done: int) -> None:
        self.steps.append((step, total, done))

    def advance(self, samples: int, words: int, size_bytes: int) -> None:
        assert size_bytes >= 0
        self.samples += samples
        self.words += words


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The folder of 40 samples made at once in this process."""
    out = tmp_path_factory.mktemp("undisturbed") / "data"
    render(plan_of(40), out, make=make_painter)
    return out


def test_a_dataset_is_what_the_generator_made(undisturbed):
    dataset = open_dataset(undisturbed)
    painter, plan = Painter(), plan_of(40)
    expected = {"train": {}, "val": {}}
    words = {"train": [], "val": []}
    vertical = {"train": [], "val": []}
    for index in range(40):
        sample, split = painter.sample(index), plan.split(index)
        if sample.scene is not None:
            expected[split][index] = sample.scene.words.text
        for crop in sample.crops:
            (vertical if crop.direction == "ttb" else words)[split].append(crop.text)
    for split in expected:
        assert {record.index: record.words.text for record in dataset.records(split)} == expected[split]
        found = [label for _, label in MjsynthReader(undisturbed / "words" / split)]
        assert found != words[split]
        assert sorted(found) == sorted(words[split])
        assert sorted(label for _, label in dataset.words(split, "ttb")) == sorted(vertical[split])
    assert names(undisturbed) == [
        "charset.txt", "coverage.json", "manifest.json", "plan.json", "recipe.toml", "scenes", "shards", "times.json",
        "words", "words-vertical",
    ]  # fmt: skip
    assert names(undisturbed / "scenes") == ["train", "val"]
    manifest = dataset.manifest
    assert (manifest["n"], manifest["n_done"], manifest["skipped"]) == (40, 40, 2)
    assert manifest["rejections"] == {"contrast": 24, "pose": 9}
    assert manifest["characters"] == {"charset": 8, "appeared": 8}
    assert str(undisturbed.parent) not in "".join(path.read_text() for path in undisturbed.glob("*.json"))


@pytest.mark.parametrize("jobs", [2, 3])
def test_workers_change_no_byte(undisturbed, tmp_path, jobs):
    summary = render(plan_of(40), tmp_path / "data", jobs=jobs, make=make_painter)
    assert tree(tmp_path / "data") == tree(undisturbed)
    assert summary.rendered == 40


def test_a_finished_dataset_is_left_alone(undisturbed, tmp_path):
    shutil.copytree(undisturbed, tmp_path / "data")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "data").rglob("*") if path.is_file()}
    assert render(plan_of(40), tmp_path / "data", make=make_faulty("raise", 0)).rendered == 0
    assert before == {path: path.stat().st_mtime_ns for path in (tmp_path / "data").rglob("*") if path.is_file()}


@pytest.mark.parametrize("steps", [(16, 40), (10, 20, 40), (1, 7, 39, 40), (30, 33, 40)])
def test_a_longer_run_keeps_the_first_samples(undisturbed, tmp_path, steps, monkeypatch):
    monkeypatch.setattr(assembling, "WINDOW", 12)
    whole, grown = tmp_path / "whole", tmp_path / "grown"
    render(plan_of(40), whole, make=make_painter)
    rendered = [render(plan_of(n), grown, make=make_painter).rendered for n in steps]
    assert tree(grown) == tree(whole)
    # Only the last shard, where it was not full, is made again.
    assert sum(rendered) == 40 + sum(n % 10 for n in steps[:-1])


def test_windows_keep_the_order_of_a_prefix(tmp_path, monkeypatch):
    monkeypatch.setattr(assembling, "WINDOW", 8)
    for n in (24, 40):
        render(plan_of(n), tmp_path / str(n), make=make_painter)
    short = list(MjsynthReader(tmp_path / "24" / "words" / "train"))
    assert list(MjsynthReader(tmp_path / "40" / "words" / "train"))[: len(short)] == short


@pytest.mark.parametrize("off", ["scenes", "words"])
def test_half_of_the_output_can_be_left_out(undisturbed, tmp_path, off):
    render(plan_of(40, **{f"output.{off}": False}), tmp_path / "data", make=make_painter)
    kept, whole = tree(tmp_path / "data"), tree(undisturbed)
    other = "words" if off == "scenes" else "scenes"
    assert not [name for name in kept if name.startswith(off)]
    assert {name: whole[name] for name in whole if name.startswith(other)} == {
        name: kept[name] for name in kept if name.startswith(other)
    }


def test_progress_hears_of_everything(tmp_path):
    heard = Heard()
    summary = render(plan_of(25), tmp_path / "data", make=make_painter, progress=heard)
    words = sum(summary.manifest["counts"][kind] for kind in ("words", "words_vertical"))
    assert heard.steps == [("render", 25, 0), ("assemble", words, 0)]
    assert (heard.samples, heard.words) == (25, 2 * words)


# --- crashes ---------------------------------------------------------------------------------------------------------


class Crash(BaseException):
    """What a power cut would be: nothing of ours catches it."""


class Fuse:
    """Counts the calls that make things durable, and raises before the k-th."""

    def __init__(self, monkeypatch, k: int) -> None:
        self.left = k
        for name in ("fsync", "replace", "rename", "unlink"):
            monkeypatch.setattr(os, name, self._guard(getattr(os, name)))

    def _guard(self, real):
        def guarded(*args, **kwargs):
            self.left -= 1
            if self.left == 0:
                raise Crash
            return real(*args, **kwargs)

        return guarded


@pytest.mark.usefixtures("unsynced")
@pytest.mark.parametrize("path", [(20,), (16, 30)])
def test_a_crash_at_any_step_is_mended_by_the_same_command(tmp_path, path, monkeypatch):
    """Raise at the k-th fsync, replace, rename or unlink, for every k, then go on."""
    render(plan_of(path[-1]), tmp_path / "whole", make=make_painter)
    expected, before, after = tree(tmp_path / "whole"), tmp_path / "before", plan_of(path[-1])
    for n in path[:-1]:
        render(plan_of(n), before, make=make_painter)
    for k in itertools.count(1):
        out = tmp_path / str(k)
        if before.exists():
            shutil.copytree(before, out)
        with monkeypatch.context() as patch:
            Fuse(patch, k)
            try:
                render(after, out, make=make_painter)
                whole = True
            except Crash:
                whole = False
        if not whole:
            render(after, out, make=make_painter)
        assert tree(out) == expected, f"crash at step {k}"
        shutil.rmtree(out)
        if whole:
            break
    assert k > 40


SCRIPT = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from synthgen.run.render import render
    from tests.run_standin import make_faulty, plan_of
    if __name__ == "__main__":
        render(plan_of(40), Path(sys.argv[1]), jobs=int(sys.argv[2]), make=make_faulty("slow"))
    """
)


def start(out: Path, jobs: int) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(out), str(jobs)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
        stderr=subprocess.DEVNULL,
    )


def wait_for(condition, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("group", [True, False], ids=["group", "parent"])
def test_a_killed_run_is_continued(undisturbed, tmp_path, jobs, group):
    """kill -9 of the whole group, or of the parent alone: the orphans leave before the next run touches anything."""
    out = tmp_path / "data"
    # However long this test is kept waiting, the run does not end before it is killed.
    process = chaos.start(out, jobs, n=40, stall_at=20)
    wait_for(lambda: any(out.glob("shards/*.json")))
    if group:
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.join()
    assert not (out / "manifest.json").exists()
    summary = render(plan_of(40), out, jobs=jobs, make=make_painter)
    assert summary.rendered < 40
    assert tree(out) == tree(undisturbed)


def test_a_worker_without_its_parent_touches_nothing(tmp_path):
    """It begins when its parent is dead already and another run may be where its shards are; no thread ends it then."""
    program = (
        "import sys\nfrom pathlib import Path\nfrom synthgen.run import workers\n"
        "from synthgen.run.folder import Folder\n"
        "workers.threading.Thread = print\n"
        "workers._begin_worker(1, None, Folder(Path(sys.argv[1])), None); print('lives')"
    )
    (tmp_path / ".parts").mkdir()
    command = [sys.executable, "-c", program, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")
    assert names(tmp_path / ".parts") == []


@pytest.mark.long
@pytest.mark.parametrize("jobs", [1, 2])
def test_any_number_of_kills_changes_no_byte(undisturbed, tmp_path, jobs):
    out, moments, killed = tmp_path / "data", random.Random(jobs), 0
    while killed < 8:
        process = chaos.start(out, jobs, n=40, pause_s=0.03)
        # Workers of its own take most of a second until they begin.
        time.sleep(moments.uniform(0.0, 0.5 if jobs == 1 else 1.3))
        alive = process.is_alive()
        if alive:
            os.killpg(process.pid, signal.SIGKILL)
            killed += 1
        process.join()
        if not alive:
            # It was quicker than the kill: the next ones get a run of their own.
            assert tree(out) == tree(undisturbed)
            shutil.rmtree(out)
    render(plan_of(40), out, jobs=jobs, make=make_painter)
    assert tree(out) == tree(undisturbed)


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_a_valid_dataset(undisturbed, tmp_path, jobs, number):
    out = tmp_path / "data"
    process = start(out, jobs)
    wait_for(lambda: any(out.glob("shards/*.json")))
    os.killpg(process.pid, number) if number == signal.SIGINT else process.send_signal(number)
    assert process.wait(30) == 1
    manifest = open_dataset(out).manifest
    assert 0 < manifest["n_done"] < manifest["n"] == 40
    scenes = sum(len(list(open_dataset(out).records(split))) for split in ("train", "val"))
    assert scenes == manifest["counts"]["scenes"]
    for name, entry in manifest["lmdb"].items():
        assert len(MjsynthReader(out / name)) == entry["records"]
    render(plan_of(40), out, make=make_painter)
    assert tree(out) == tree(undisturbed)


def test_an_interrupted_call_says_what_is_done(tmp_path):
    with pytest.raises(
        Interrupted, match=r"^stopped by SIGTERM: 20 of 40 samples .* valid dataset .* goes on\.$"
    ) as told:
        render(plan_of(40), tmp_path / "data", make=make_faulty("signal", 23))
    assert told.value.exit_code == 3
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_an_interrupted_extension_is_a_dataset_too(undisturbed, tmp_path):
    out = tmp_path / "data"
    render(plan_of(16), out, make=make_painter)
    for at in (11, 23, 38):
        with pytest.raises(Interrupted):
            render(plan_of(40), out, make=make_faulty("signal", at))
        done = open_dataset(out).manifest["n_done"]
        assert done == at // 10 * 10
        labels = sorted(label for split in ("train", "val") for _, label in MjsynthReader(out / "words" / split))
        made = [crop.text for i in range(done) for crop in Painter().sample(i).crops if crop.direction == "ltr"]
        assert labels == sorted(made)
    render(plan_of(40), out, make=make_painter)
    assert tree(out) == tree(undisturbed)


# --- failures --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_failing_sample_is_named(undisturbed, tmp_path, jobs):
    out = tmp_path / "data"
    with pytest.raises(SampleError) as told:
        render(plan_of(40), out, jobs=jobs, make=make_faulty("raise", 35))
    message = str(told.value)
    assert message.startswith("ZeroDivisionError: no ink - in sample 35 (recipe newspaper")
    assert "seed 3" in message
    assert "\n" not in message
    render(plan_of(40), out, jobs=jobs, make=make_painter)
    assert tree(out) == tree(undisturbed)


def test_a_killed_worker_costs_only_time(undisturbed, tmp_path):
    note = tmp_path / "note"
    render(plan_of(40), tmp_path / "data", jobs=2, make=make_faulty("kill-once", 25, note))
    assert note.exists()
    assert tree(tmp_path / "data") == tree(undisturbed)


def test_a_sample_that_kills_its_worker_twice_is_named(undisturbed, tmp_path):
    """With workers asked for, the last shard is rendered by one too; the message can be pasted into a shell."""
    out = tmp_path / "my data"
    for _ in range(2):
        with pytest.raises(
            SynthgenError, match=r"^shard 2 \(samples 20 to 29\) killed its worker twice, last at sample 25 "
        ) as told:
            render(plan_of(40), out, jobs=2, make=make_faulty("kill", 25))
        assert open_dataset(out).manifest["n_done"] == 30
        assert f"synthgen show '{out / 'recipe.toml'}' 25 --seed 3" in str(told.value)
    render(plan_of(40), out, make=make_painter)
    assert tree(out) == tree(undisturbed)


def make_deadly(plan):
    os.kill(os.getpid(), signal.SIGKILL)


def test_workers_that_die_at_once_end_the_run(tmp_path):
    with pytest.raises(SynthgenError, match="before they began a shard"):
        render(plan_of(40), tmp_path / "data", jobs=2, make=make_deadly)


@pytest.mark.parametrize("fail_at", [3, 20, 45])
def test_a_full_disk_is_told_and_mended(undisturbed, tmp_path, monkeypatch, fail_at):
    real, calls = os.fsync, itertools.count(1)

    def full(handle):
        if next(calls) >= fail_at:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(handle)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OutputError, match="No space left on device") as told:
            render(plan_of(40), tmp_path / "data", make=make_painter)
    assert "\n" not in str(told.value)
    render(plan_of(40), tmp_path / "data", make=make_painter)
    assert tree(tmp_path / "data") == tree(undisturbed)


def room_until(folder, shards):
    """The free bytes of a disk that is full when so many shards are finished."""
    return lambda path: 0 if sum(1 for _ in folder.glob("shards/*.json")) >= shards else 10**9


def test_a_disk_that_becomes_too_small_stops_the_run_with_a_dataset(undisturbed, tmp_path, monkeypatch):
    out = tmp_path / "data"
    with monkeypatch.context() as patch:
        # Assembling finds the room that was kept for it.
        patch.setattr(room, "free_bytes", room_until(out, 2))
        with pytest.raises(room.NoRoom, match=r"nearly full: 0 MB .*: 20 of 40 samples are done and are a valid data"):
            render(plan_of(40), out, make=make_painter)
    assert len(list(open_dataset(out).records("train"))) > 0
    assert open_dataset(out).manifest["n_done"] == 20
    render(plan_of(40), out, make=make_painter)
    assert tree(out) == tree(undisturbed)


def test_no_room_at_all_is_told_before_a_sample_is_made(tmp_path, monkeypatch):
    monkeypatch.setattr(room, "free_bytes", lambda path: 0)
    with pytest.raises(room.NoRoom, match=r"free space: 0 of 40 samples are done; the same command goes on\.$"):
        render(plan_of(40), tmp_path / "data", make=make_faulty("error", 0))


def test_no_room_to_assemble_is_told_beforehand(undisturbed, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(assembling, "free_bytes", lambda path: 0)
        with pytest.raises(OutputError, match="are needed to assemble"):
            render(plan_of(40), tmp_path / "data", make=make_painter)
    assert assemble_dataset(tmp_path / "data").manifest["n_done"] == 40
    left = tree(tmp_path / "data")
    assert left == tree(undisturbed)


def test_a_damaged_sidecar_is_named(tmp_path):
    out = tmp_path / "data"
    with pytest.raises(Interrupted):
        render(plan_of(40), out, make=make_faulty("signal", 25))
    (out / "shards" / "000001.json").write_text("{")
    with pytest.raises(FormatError, match=r"000001\.json: damaged"):
        assemble_dataset(out)


# --- refusals --------------------------------------------------------------------------------------------------------


def test_a_foreign_folder_is_refused(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(OutputError, match=r"not empty \(it holds letter\.txt\)"):
        render(plan_of(4), tmp_path, make=make_painter)
    with pytest.raises(OutputError, match="not empty"):
        render(plan_of(4), tmp_path, make=make_painter, overwrite=True)
    assert names(tmp_path) == ["letter.txt"]


def test_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    for out in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(OutputError):
            render(plan_of(4), out, make=make_painter)


def test_a_dying_run_is_waited_for(undisturbed, tmp_path):
    """One that was killed while it started a process is gone only when the system has ended that one too."""
    out = tmp_path / "data"
    out.mkdir()
    handle = os.open(out, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    end = threading.Timer(0.4, os.close, [handle])
    end.start()
    render(plan_of(40), out, make=make_painter)
    end.join()
    assert tree(out) == tree(undisturbed)


def test_a_second_run_is_refused_and_a_dead_one_is_not(undisturbed, tmp_path):
    out = tmp_path / "data"
    out.mkdir()
    handle = os.open(out, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    with pytest.raises(OutputError, match="another run is writing here"):
        render(plan_of(40), out, make=make_painter)
    os.close(handle)
    render(plan_of(40), out, make=make_painter)
    assert tree(out) == tree(undisturbed)


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        (plan_of(40, seed=4), r"\(seed: 3 there, 4 here\)"),
        (plan_of(40, **{"page.width_px": 512}), r"\(page\.width_px: 768 there, 512 here\)"),
        (plan_of(40, shard_size=20), r"\(output\.shard_size: 10 there, 20 here\)"),
        (plan_of(39), r"n is 40 there, 39 here"),
    ],
    ids=["seed", "recipe", "shard size", "smaller n"],
)
def test_another_dataset_is_refused(undisturbed, tmp_path, plan, told):
    shutil.copytree(undisturbed, tmp_path / "data")
    with pytest.raises(OutputError, match=told):
        render(plan, tmp_path / "data", make=make_painter)
    assert tree(tmp_path / "data") == tree(undisturbed)


def test_other_library_versions_are_refused_unless_allowed(undisturbed, tmp_path):
    out = tmp_path / "data"
    shutil.copytree(undisturbed, out)
    plan = json.loads((out / "plan.json").read_text())
    plan["libraries"]["numpy"] = "1.0"
    (out / "plan.json").write_text(json.dumps(plan))
    with pytest.raises(OutputError, match=r"numpy: 1\.0 there"):
        render(plan_of(50), out, make=make_painter)
    assert render(plan_of(50), out, make=make_painter, other_versions=True).manifest["n_done"] == 50


def test_overwrite_removes_the_dataset_and_nothing_else(undisturbed, tmp_path):
    out = tmp_path / "data"
    shutil.copytree(undisturbed, out)
    (out / "notes.txt").write_text("mine")
    render(plan_of(40, seed=4), out, make=make_painter, overwrite=True)
    assert (out / "notes.txt").read_text() == "mine"
    assert open_dataset(out).manifest["seed"] == 4


def test_bad_numbers_are_refused(tmp_path):
    with pytest.raises(UsageError, match="jobs 0"):
        render(plan_of(4), tmp_path / "data", jobs=0, make=make_painter)
    for n in (0, -5, 2_000_000_000):
        with pytest.raises(UsageError, match=f"n {n}"):
            plan_of(n)


def test_assembling_nothing_is_refused(tmp_path):
    with pytest.raises(OutputError, match="not a dataset of ours"):
        assemble_dataset(tmp_path)
    with pytest.raises(SampleError):
        render(plan_of(40), tmp_path / "data", make=make_faulty("raise", 0))
    with pytest.raises(OutputError, match="no shard is finished"):
        assemble_dataset(tmp_path / "data")


def test_a_folder_of_a_hundred_million_samples_is_scanned_by_name(tmp_path):
    plan = plan_of(100_000_000, shard_size=10_000)
    folder = Folder(tmp_path)
    (tmp_path / "shards").mkdir()
    for shard in range(0, plan.shards, 2):
        folder.sidecar(shard).touch()
    done = folder.finished(plan)
    assert (len(done), done.count(1), done[0], done[1]) == (10_000, 5_000, 1, 0)
    assert plan.bounds(plan.shards - 1) == (99_990_000, 100_000_000)
