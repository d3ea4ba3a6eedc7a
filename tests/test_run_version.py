"""Folders of an older format: what is finished is read; what is not, and what it would take to go on, is refused."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path

import pytest

from synthgen.cli import main
from synthgen.errors import FormatError, Interrupted
from synthgen.formats.dataset import FORMAT_VERSION, open_dataset
from synthgen.formats.registry import export
from synthgen.run.cluster import Part, render_part
from synthgen.run.merge import merge
from synthgen.run.render import assemble_dataset, render
from synthgen.run.verify import verify
from tests.run_standin import make_faulty, make_painter, plan_of, tree


def age(folder: Path, version: int) -> None:
    """Make all documents of a folder say that they are of another version, with the fingerprint that it would have."""
    identity = plan_of(40).identity()
    text = json.dumps([version, identity], sort_keys=True, separators=(",", ":"))
    for path in (folder / "plan.json", folder / "manifest.json", *folder.glob("shards/*.json")):
        if path.exists():
            table = json.loads(path.read_text())
            assert table["format_version"] == FORMAT_VERSION
            table |= {"format_version": version, "fingerprint": hashlib.sha256(text.encode()).hexdigest()}
            path.write_text(json.dumps(table, ensure_ascii=False))


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    out = tmp_path_factory.mktemp("finished") / "data"
    render(plan_of(40), out, make=make_painter)
    return out


@pytest.fixture(params=["begun", "interrupted"])
def unfinished(request, tmp_path):
    """A part of a dataset without a manifest, or what an interrupted run has assembled."""
    out = tmp_path / "data"
    if request.param == "begun":
        render_part(plan_of(40), out, Part(0, 2), make=make_painter)
    else:
        with pytest.raises(Interrupted):
            render(plan_of(40), out, make=make_faulty("signal", 25))
    return out


def stored(folder: Path) -> dict[str, str]:
    """All that a folder holds but for locks, which are empty files."""
    return {name: digest for name, digest in tree(folder).items() if not re.fullmatch(r"\.parts/[^/.]+", name)}


def refused(call, folder: Path) -> None:
    """Hold that a call says which version is there, what is gone on with, and what to do, and leaves all as it was."""
    before = stored(folder)
    with pytest.raises(FormatError) as told:
        call()
    message = str(told.value)
    assert message.startswith(f"{folder}/plan.json: format version '1': this synthgen goes on with 2 alone; ")
    assert message.endswith("use the synthgen that began it, or make the dataset in a new folder.")
    assert "\n" not in message
    assert stored(folder) == before


def test_an_unfinished_folder_of_version_1_is_refused(unfinished):
    age(unfinished, 1)
    refused(lambda: render(plan_of(40), unfinished, make=make_painter), unfinished)
    refused(lambda: render(plan_of(60), unfinished, make=make_painter, other_versions=True), unfinished)
    refused(lambda: render_part(plan_of(40), unfinished, Part(1, 2), make=make_painter), unfinished)
    refused(lambda: assemble_dataset(unfinished), unfinished)
    refused(lambda: merge([unfinished]), unfinished)


def test_the_same_folder_of_this_version_goes_on(unfinished, finished):
    age(unfinished, FORMAT_VERSION)
    assert render(plan_of(40), unfinished, make=make_painter).rendered == 20
    assert tree(unfinished).keys() == tree(finished).keys()


def test_a_finished_dataset_of_version_1_is_read_and_not_gone_on_with(finished, tmp_path):
    old = tmp_path / "data"
    shutil.copytree(finished, old)
    age(old, 1)
    one, other = open_dataset(finished), open_dataset(old)
    for split in ("train", "val"):
        assert [row.index for row in one.records(split)] == [row.index for row in other.records(split)]
        assert list(one.words(split)) == list(other.words(split))
    for folder in (finished, old):
        export(folder, to="synthtext", out=tmp_path / f"export-{folder.parent.name}")
    exports = [tree(tmp_path / f"export-{folder.parent.name}") for folder in (finished, old)]
    assert exports[0] == exports[1]
    for n in (40, 50):
        refused(lambda n=n: render(plan_of(n), old, make=make_painter), old)
    with pytest.raises(
        FormatError, match=r"manifest\.json: format_version 1: only 2 can be verified here; use the"
    ) as told:
        verify(old, trusted=True, make=make_painter)
    assert "\n" not in str(told.value)


def test_the_command_line_says_so_in_one_line(finished, tmp_path, capsys):
    old = tmp_path / "data"
    shutil.copytree(finished, old)
    age(old, 1)
    for arguments in (["verify", str(old)], ["render", "--n", "40", "--recipe", "word", "--out", str(old)]):
        with pytest.raises(SystemExit) as left:
            main.main(arguments)
        last = capsys.readouterr().err.splitlines()[-1]
        assert left.value.code == 1
        assert last.startswith(f"synthgen: {old}/") and "version" in last


@pytest.mark.parametrize("version", [0, 3, "2", True, None, [2], "9" * 5000])
def test_other_versions_of_a_plan_are_named_briefly(version):
    table = json.loads(plan_of(4).to_json())
    with pytest.raises(FormatError, match=r"^plan\.json: format version ") as told:
        type(plan_of(4)).from_json(json.dumps({**table, "format_version": version}), "plan.json")
    assert len(str(told.value)) < 200
