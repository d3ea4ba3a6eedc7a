"""The command line of storage, floors, logs and verification."""

from __future__ import annotations

import json

import pytest

from synthgen.cli import main
from synthgen.formats.dataset import open_dataset

SMALL = ["--recipe", "word", "--set", "output.shard_size=10", "--set", "output.scenes=true", "--jobs", "1"]


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main([*arguments])
    return int(left.value.code)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    (folder / "letters.txt").write_text("가나다라마바사아자차카타파하")
    stored = ["--scenes", "tar", "--max-lmdb-bytes", "2MiB", "--log-file", str(folder / "log")]
    floor = ["--coverage-floor", "3", "--set", f"text.charset={folder / 'letters.txt'}", "--set", "text.latin_frac=0"]
    assert run("render", "--n", "30", *SMALL, *stored, *floor, "--out", str(folder / "data")) == 0
    return folder


def test_a_run_with_everything_is_sound(made, capsys):
    assert run("verify", str(made / "data"), "--jobs", "1", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["sound"], told["faults"], told["samples"], told["made_again"]) == (True, [], 30, 20)
    manifest = open_dataset(made / "data").manifest
    assert (manifest["scene_store"], manifest["max_lmdb_bytes"]) == ("tar", 2 << 20)
    assert manifest["usage"]["least"] >= 3
    events = [json.loads(line)["event"] for line in (made / "log").read_text().splitlines()]
    assert events == ["start", "plan", "shard", "shard", "shard", "made", "end"]


def test_faults_are_lines_and_exit_code_1(made, capsys):
    stray = made / "data" / "stray.txt"
    stray.touch()
    assert run("verify", str(made / "data"), "--sample", "0", "--jobs", "1") == 1
    stray.unlink()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{made / 'data'}/stray.txt: is not of this dataset; remove it."
    assert "1 fault in 30 samples" in lines[-1] and "pictures/s" in lines[-1]


def test_a_floor_that_does_not_fit_is_refused(made, capsys):
    floor = ["--coverage-floor", "500", "--set", f"text.charset={made / 'letters.txt'}"]
    assert run("render", "--n", "30", *SMALL, *floor, "--out", str(made / "no")) == 2
    assert "coverage floor 500" in capsys.readouterr().err


def test_a_floor_is_reported(made, capsys):
    floor = ["--coverage-floor", "3", "--set", f"text.charset={made / 'letters.txt'}", "--set", "text.latin_frac=0"]
    assert run("render", "--n", "30", *SMALL, *floor, "--out", str(made / "floor")) == 0
    assert "coverage floor 3: reached by all 14 characters" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [["--scenes", "zip"], ["--max-lmdb-bytes", "10XB"], ["--max-lmdb-bytes", "10kB"]])
def test_wrong_storage_is_refused(made, capsys, wrong):
    assert run("render", "--n", "3", *SMALL, *wrong, "--out", str(made / "no")) == 2
    assert capsys.readouterr().err.startswith("synthgen: ")


def test_verify_refuses_what_is_no_dataset(tmp_path, capsys):
    assert run("verify", str(tmp_path)) == 1
    assert "is not a dataset" in capsys.readouterr().err
