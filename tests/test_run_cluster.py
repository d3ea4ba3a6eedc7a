"""Parts of a dataset, made by tasks that know nothing of each other, and their merge."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from synthgen.cli import main
from synthgen.errors import FormatError, Interrupted, OutputError, SampleError, UsageError
from synthgen.run.cluster import Part, parse_part, render_part
from synthgen.run.folder import Folder, claim
from synthgen.run.locks import file_lock, shared_folder
from synthgen.run.merge import merge
from synthgen.run.render import assemble_dataset, render
from tests.run_standin import make_faulty, make_painter, plan_of, tree

ROOT = Path(__file__).resolve().parent.parent
CONTEXT = multiprocessing.get_context("forkserver")


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    out = tmp_path_factory.mktemp("undisturbed") / "data"
    render(plan_of(75), out, make=make_painter)
    return tree(out)


def part(out: Path, i: int, k: int, n: int = 75, fault: str = "none", at: int = -1, jobs: int = 1):
    return render_part(plan_of(n), out, Part(i, k), jobs=jobs, make=make_faulty(fault, at))


def test_parts_are_parsed():
    assert [parse_part(text) for text in ("0/1", "2/3")] == [Part(0, 1), Part(2, 3)]
    for text in ("", "3/3", "1", "-1/3", "1/0", "a/b", "1/3/4", "0/9999999", "１/3"):
        with pytest.raises(UsageError, match=r"must be i/k .* such as 0/3") as told:
            parse_part(text)
        assert "\n" not in str(told.value)


@pytest.mark.parametrize("k", [1, 3, 11])
@pytest.mark.parametrize("shared", [True, False], ids=["one folder", "folders"])
def test_parts_and_their_merge_make_the_bytes_of_one_run(expected, tmp_path, k, shared):
    outs = [tmp_path / ("data" if shared else f"data{i}") for i in range(k)]
    done = [part(out, i, k) for i, out in enumerate(outs)]
    assert sum(one.rendered for one in done) == 75
    assert [one.done for one in done] == [one.shards for one in done]
    assert not (outs[0] / "manifest.json").exists()
    summary = merge(outs)
    assert summary.manifest["n_done"] == 75
    assert tree(outs[0]) == expected
    assert merge(outs[:1]).folder == outs[0], "a second merge finds nothing to do"
    assert part(outs[0], 0, k).rendered == 0


def test_tasks_at_the_same_time_in_one_folder(expected, tmp_path):
    """Three processes that begin at once, each with two workers of its own or none."""
    tasks = [CONTEXT.Process(target=part, args=(tmp_path / "data", i, 3), kwargs={"jobs": 1 + i % 2}) for i in range(3)]
    for task in tasks:
        task.start()
    for task in tasks:
        task.join(120)
    assert [task.exitcode for task in tasks] == [0, 0, 0]
    merge([tmp_path / "data"])
    assert tree(tmp_path / "data") == expected


def test_a_killed_task_is_continued_while_another_one_works(expected, tmp_path):
    out = tmp_path / "data"
    slow = CONTEXT.Process(target=part, args=(out, 0, 2, 75, "slow"))
    slow.start()
    deadline = time.monotonic() + 60
    while not any(out.glob("shards/*.json")):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    part(out, 1, 2)
    os.kill(slow.pid, signal.SIGKILL)
    slow.join()
    assert 0 < part(out, 0, 2).rendered < 40
    merge([out])
    assert tree(out) == expected


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_failing_sample_of_a_part_is_named_and_mended(expected, tmp_path, jobs):
    out = tmp_path / "data"
    with pytest.raises(SampleError, match="in sample 25 "):
        part(out, 0, 2, fault="raise", at=25, jobs=jobs)
    part(out, 1, 2)
    with pytest.raises(OutputError, match=r"shards are in no folder \(numbers "):
        merge([out])
    with pytest.raises(Interrupted, match=r"of 4 shards of part 0/2 are done; the same command goes on"):
        part(out, 0, 2, fault="signal", at=25)
    part(out, 0, 2)
    merge([out])
    assert tree(out) == expected


def test_what_is_there_can_be_assembled_before_the_rest(expected, tmp_path):
    out = tmp_path / "data"
    part(out, 0, 2)
    assert assemble_dataset(out).manifest["n_done"] == 40
    part(out, 1, 2)
    merge([out])
    assert tree(out) == expected


def test_an_array_extends_a_dataset(expected, tmp_path):
    out = tmp_path / "data"
    render(plan_of(43), out, make=make_painter)
    for i in range(3):
        part(out, i, 3)
    merge([out])
    assert tree(out) == expected


def test_a_plain_run_goes_on_where_tasks_stopped(expected, tmp_path):
    part(tmp_path / "data", 1, 3)
    assert render(plan_of(75), tmp_path / "data", make=make_painter).rendered == 75 - 30 + 5
    assert tree(tmp_path / "data") == expected


# --- locks -----------------------------------------------------------------------------------------------------------


def test_runs_that_would_meet_are_refused(tmp_path):
    out = tmp_path / "data"
    part(out, 0, 2)
    folder = Folder(out)
    with ExitStack() as held:
        held.enter_context(shared_folder(out, folder.parts / "lock"))
        held.enter_context(file_lock(folder.parts / "part-0-of-2"))
        with pytest.raises(OutputError, match="another run is writing here"):
            render(plan_of(75), out, make=make_painter)
        with pytest.raises(OutputError, match="another run is writing here"):
            merge([out])
        with pytest.raises(OutputError, match="part 0/2 is being made by another process"):
            part(out, 0, 2)
        with pytest.raises(OutputError, match=r"part 0/2 is being made here; .* --shards i/2"):
            part(out, 0, 3)
        with pytest.raises(OutputError, match="part 0/2 is being made here"):
            part(out, 1, 2, n=100)
        assert part(out, 1, 2).done == 4
    with claim(out), pytest.raises(OutputError, match="which makes or merges all parts"):
        part(out, 0, 2)
    assert part(out, 0, 3).done == 3, "a lock file without a process keeps nobody out"


# --- refusals --------------------------------------------------------------------------------------------------------


def test_another_dataset_is_refused(tmp_path):
    part(tmp_path / "a", 0, 2)
    with pytest.raises(OutputError, match="seed: 3 there, 4 here"):
        render_part(plan_of(75, seed=4), tmp_path / "a", Part(1, 2), make=make_painter)
    render_part(plan_of(75, seed=4), tmp_path / "b", Part(1, 2), make=make_painter)
    part(tmp_path / "c", 1, 2, n=76)
    (tmp_path / "d").mkdir()
    for other, told in (("b", "seed: 4 there, 3 here"), ("c", "n: 76 there, 75 here"), ("d", "not a dataset of ours")):
        with pytest.raises(OutputError, match=told):
            merge([tmp_path / "a", tmp_path / other])
    with pytest.raises(OutputError, match=r"4 of 8 shards are in no folder \(numbers 1, 3, 5, 7\), 40 of 75 samples"):
        merge([tmp_path / "a"])
    with pytest.raises(UsageError, match="jobs 0"):
        part(tmp_path / "a", 0, 2, jobs=0)


def test_a_foreign_folder_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(OutputError, match="not empty"):
        part(tmp_path, 0, 2)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize(
    "name", ["scenes/*/000001/*.png", "scenes/*/000001/metadata.jsonl", ".parts/staged/000001/*"]
)
def test_a_damaged_part_is_refused_and_the_rest_is_kept(expected, tmp_path, name):
    one, two = tmp_path / "one", tmp_path / "two"
    part(one, 0, 2), part(two, 1, 2)
    victim = sorted(two.glob(name))[0]
    good = victim.read_bytes()
    victim.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    with pytest.raises(FormatError, match="not as it was written"):
        merge([one, two])
    victim.unlink()
    with pytest.raises(FormatError, match="No such file"):
        merge([one, two])
    victim.write_bytes(good)
    merge([one, two])
    assert tree(one) == expected


def test_a_sidecar_names_nothing_outside_its_shard(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    part(one, 0, 2), part(two, 1, 2)
    (tmp_path / "secret").write_text("x")
    sidecar = two / "shards" / "000001.json"
    table = json.loads(sidecar.read_text())
    for name in ("../secret", "/etc/passwd", "scenes/train/000000/a.png", "scenes/../../secret", "plan.json",
                 "scenes/train/000001/../../x", "scenes/other/000001/a.png", "scenes/train/000001/.h"):  # fmt: skip
        sidecar.write_text(json.dumps({**table, "files": {**table["files"], name: [1, "0" * 64]}}))
        with pytest.raises(FormatError, match="which is not of this shard"):
            merge([one, two])
    victim = sorted(two.glob("scenes/*/000001/*.png"))[0]
    shutil.move(victim, tmp_path / "elsewhere")
    victim.symlink_to(tmp_path / "elsewhere")
    sidecar.write_text(json.dumps(table))
    with pytest.raises(FormatError, match="render this part again"):
        merge([one, two])


# --- the command line ------------------------------------------------------------------------------------------------


def command(*arguments: object) -> int:
    with pytest.raises(SystemExit) as left:
        main.main([str(one) for one in arguments])
    return left.value.code


def test_tasks_and_merge_from_the_command_line(tmp_path, capsys):
    common = ["render", "--n", 6, "--recipe", "word", "--set", "output.shard_size=2", "--split", "all=1", "--json"]
    assert command(*common, "--out", tmp_path / "whole", "--jobs", 1) == 0
    for i in range(2):
        capsys.readouterr()
        assert command(*common, "--out", tmp_path / "parts", "--jobs", 1, "--shards", f"{i}/2") == 0
        assert json.loads(capsys.readouterr().out)["part"] == {"part": f"{i}/2", "shards": 2 - i}
    assert command("merge", tmp_path / "parts", "--json") == 0
    assert tree(tmp_path / "parts") == tree(tmp_path / "whole")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--shards", "2/2"], "must be i/k"),
        (["--shards", "0/2", "--overwrite"], "--overwrite: a task of an array"),
        (["--shards", "0/2", "--engine", "dask", "--scheduler", "tcp://127.0.0.1:1"], "--engine: a task of an array"),
        (["--engine", "dask"], "belong together"),
        (["--scheduler", "tcp://127.0.0.1:1"], "belong together"),
    ],
)
def test_options_that_do_not_go_together_are_refused(tmp_path, capsys, arguments, told):
    assert command("render", "--n", 4, "--out", tmp_path / "data", *arguments) == 2
    error = capsys.readouterr().err
    assert told in error and error.count("\n") == 1
    assert not (tmp_path / "data").exists()


SBATCH = """#!/bin/sh
# Slurm in small: the tasks of an array one after the other.
for word; do
    case $word in
        --array=0-*) last=${word#--array=0-} ;;
        --wrap=*) wrap=${word#--wrap=} ;;
    esac
done
i=0
while [ $i -le ${last:-0} ]; do
    SLURM_ARRAY_TASK_ID=$i sh -euc "$wrap" >&2
    i=$((i + 1))
done
echo 42
"""


def test_the_script_for_slurm_makes_a_sound_dataset(tmp_path):
    for name, text in (("sbatch", SBATCH), ("synthgen", f'#!/bin/sh\nexec "{sys.executable}" -m synthgen "$@"\n')):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "PARTS": "2"}
    script = ["sh", str(ROOT / "examples" / "slurm_array.sh"), str(tmp_path / "data"), "6", "word"]
    done = subprocess.run(script, env={**environment, "CORES": "1"}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "0 faults" in done.stderr or "no fault" in done.stderr, done.stderr
    assert json.loads((tmp_path / "data" / "manifest.json").read_text())["n_done"] == 6
