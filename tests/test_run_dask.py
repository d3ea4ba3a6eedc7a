"""A cluster of dask: real worker processes on this machine, one of which is killed."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from synthgen.errors import UsageError
from synthgen.run import dask_engine
from synthgen.run.render import render
from tests.chaos import workers_of
from tests.run_standin import make_painter, plan_of, tree

ROOT = Path(__file__).resolve().parent.parent
WORKERS = 2

# A process of its own, because dask's threads and warnings are no business of the other tests.
RUN = textwrap.dedent(
    """
    import json, sys
    from pathlib import Path
    from synthgen.errors import SynthgenError
    from synthgen.run.render import render
    from tests.run_standin import make_faulty, plan_of
    out, address, fault, at, note = sys.argv[1:]
    if __name__ == "__main__":
        try:
            summary = render(plan_of(40), Path(out), scheduler=address, make=make_faulty(fault, int(at), Path(note)))
            print(json.dumps({"rendered": summary.rendered}))
        except SynthgenError as error:
            print(json.dumps({"error": type(error).__name__, "told": str(error)}))
            sys.exit(error.exit_code)
    """
)


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "DASK_DISTRIBUTED__WORKER__DAEMON": "False", **more}


def start_workers(address: str, folder: Path, *, nthreads: int = 1, **more: str) -> subprocess.Popen:
    command = ["distributed.cli.dask_worker", address, "--nthreads", str(nthreads), "--nworkers", str(WORKERS)]
    command += ["--host", "127.0.0.1", "--no-dashboard", "--local-directory", str(folder / "scratch")]
    return subprocess.Popen(
        [sys.executable, "-m", *command],
        env=environment(**more), stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip


def stop(process: subprocess.Popen) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory):
    pytest.importorskip("distributed", reason="needs the dask extra")
    folder = tmp_path_factory.mktemp("dask")
    command = ["distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    command += ["--scheduler-file", str(folder / "scheduler.json")]
    process = subprocess.Popen(
        [sys.executable, "-m", *command], env=environment(), stderr=subprocess.DEVNULL, start_new_session=True
    )
    deadline = time.monotonic() + 60
    while not (folder / "scheduler.json").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    yield json.loads((folder / "scheduler.json").read_text())["address"]
    stop(process)


@pytest.fixture(scope="module")
def cluster(scheduler, tmp_path_factory):
    workers = start_workers(scheduler, tmp_path_factory.mktemp("workers"))
    yield scheduler, workers
    stop(workers)


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    out = tmp_path_factory.mktemp("undisturbed") / "data"
    render(plan_of(40), out, make=make_painter)
    return tree(out)


def start(address: str, out: Path, fault: str = "none", at: int = -1) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", RUN, str(out), address, fault, str(at), str(out.parent / "note")],
        cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def await_file(run: subprocess.Popen, folder: Path, pattern: str) -> None:
    deadline = time.monotonic() + 60
    while not any(folder.glob(pattern)):
        if run.poll() is not None or time.monotonic() > deadline:
            run.kill()
            pytest.fail(f"no {pattern}: {run.communicate()}")
        time.sleep(0.02)


def told(process: subprocess.Popen) -> tuple[int, dict]:
    out, err = process.communicate(timeout=120)
    assert out, err
    return process.returncode, json.loads(out)


def test_two_workers_make_the_bytes_of_one_process(cluster, expected, tmp_path):
    assert told(start(cluster[0], tmp_path / "data")) == (0, {"rendered": 40})
    assert tree(tmp_path / "data") == expected


def test_a_worker_that_is_killed_costs_only_its_shards(cluster, expected, tmp_path):
    """A worker is killed from outside in mid-run; its nanny starts another and the run ends well."""
    run = start(cluster[0], tmp_path / "data", "slow")
    await_file(run, tmp_path, "data/.parts/open-0*/at")
    os.kill(workers_of(cluster[1].pid, b"spawn_main")[0], signal.SIGKILL)
    assert told(run) == (0, {"rendered": 40})
    assert tree(tmp_path / "data") == expected


def test_a_sample_that_kills_its_worker_once_is_repeated(cluster, expected, tmp_path):
    assert told(start(cluster[0], tmp_path / "data", "kill-once", 25)) == (0, {"rendered": 40})
    assert (tmp_path / "note").exists()
    assert tree(tmp_path / "data") == expected


def test_a_shard_that_kills_every_worker_is_set_aside_and_named(cluster, expected, tmp_path):
    code, answer = told(start(cluster[0], tmp_path / "data", "kill", 25))
    assert code == 1
    assert answer["told"].startswith("shard 2 (samples 20 to 29) killed its worker"), answer
    assert "last at sample 25 " in answer["told"]
    assert f"synthgen show {tmp_path / 'data' / 'recipe.toml'} 25 --seed 3" in answer["told"]
    manifest = json.loads((tmp_path / "data" / "manifest.json").read_text())
    assert manifest["n_done"] == 30
    assert told(start(cluster[0], tmp_path / "data")) == (0, {"rendered": 10})
    assert tree(tmp_path / "data") == expected


def test_an_error_of_a_sample_comes_back_as_itself(cluster, expected, tmp_path):
    code, answer = told(start(cluster[0], tmp_path / "data", "raise", 35))
    assert (code, answer["error"]) == (1, "SampleError")
    assert answer["told"].startswith("ZeroDivisionError: no ink - in sample 35 ")
    assert told(start(cluster[0], tmp_path / "data"))[0] == 0
    assert tree(tmp_path / "data") == expected


def test_a_signal_ends_the_run_in_seconds_with_a_dataset(cluster, expected, tmp_path):
    run = start(cluster[0], tmp_path / "data", "slow")
    await_file(run, tmp_path, "data/shards/*.json")
    began = time.monotonic()
    run.send_signal(signal.SIGINT)
    code, answer = told(run)
    assert (code, answer["error"]) == (3, "Interrupted")
    assert time.monotonic() - began < 20
    assert 0 < json.loads((tmp_path / "data" / "manifest.json").read_text())["n_done"] < 40
    assert told(start(cluster[0], tmp_path / "data"))[0] == 0
    assert tree(tmp_path / "data") == expected


def test_a_killed_run_is_continued(cluster, expected, tmp_path):
    run = start(cluster[0], tmp_path / "data", "slow")
    await_file(run, tmp_path, "data/shards/*.json")
    run.kill()
    run.communicate()
    assert told(start(cluster[0], tmp_path / "data"))[0] == 0
    assert tree(tmp_path / "data") == expected


@pytest.mark.parametrize(("nthreads", "more", "said"), [
    (4, {}, "has 4 threads; start workers with --nthreads 1"),
    (1, {"other": "numpy"}, "has other versions (numpy: 1.0 there, "),
], ids=["threads", "versions"])  # fmt: skip
def test_an_unfit_worker_is_refused_before_the_first_shard(scheduler, tmp_path, nthreads, more, said):
    if more:
        # Python runs sitecustomize at its start: this worker believes it has another NumPy.
        (tmp_path / "sitecustomize.py").write_text("import numpy\nnumpy.__version__ = '1.0'\n")
        more = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    workers = start_workers(scheduler, tmp_path, nthreads=nthreads, **more)
    try:
        deadline = time.monotonic() + 60
        while len(workers_of(workers.pid, b"spawn_main")) < WORKERS:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        # They take a moment to report to the scheduler; until then others would do the work.
        for k in range(20):
            out = tmp_path / str(k)
            code, answer = told(start(scheduler, out))
            if code:
                break
    finally:
        stop(workers)
    assert code == 1
    assert said in answer["told"]
    assert not any(out.glob("shards/*.json"))


def test_without_the_package_the_extra_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(dask_engine.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"pip install 'synthgen\[dask\]'"):
        render(plan_of(4), tmp_path / "data", scheduler="tcp://127.0.0.1:1", make=make_painter)
    assert not (tmp_path / "data").exists()


def test_no_picture_crosses_the_wire():
    job = dask_engine.Job(Path("/data"), "0" * 64, 40, "Client-1", make_painter, (), (), ())
    assert len(pickle.dumps(job)) < 1000
    assert len(pickle.dumps(dask_engine.Done(1, 100, 10_000, 10**9))) < 300
