"""Other ways to store the same samples: tars instead of files, several LMDBs instead of one; usage and the log."""

from __future__ import annotations

import dataclasses
import io
import json
import tarfile
from collections import Counter

import pytest

from synthgen.errors import FormatError, Interrupted, OutputError, SampleError, UsageError
from synthgen.formats.dataset import open_dataset
from synthgen.formats.mjsynth import MjsynthReader, write_lmdb
from synthgen.formats.registry import export
from synthgen.formats.scene_tar import read_member, scan_tar, tar_member
from synthgen.formats.word_parts import SizeModel, WordParts, part_folders
from synthgen.run import assemble as assembling
from synthgen.run import plan as planning
from synthgen.run.log import RunLog
from synthgen.run.render import render
from tests.run_standin import Painter, make_faulty, make_painter, plan_of, tree

PART_BYTES = 200_000


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """Let LMDBs be divided where the tests' few words are."""
    monkeypatch.setattr(planning, "MIN_LMDB_BYTES", 1)


def stored_plan(n: int):
    return dataclasses.replace(plan_of(n), scene_store="tar", max_lmdb_bytes=PART_BYTES)


@pytest.fixture(scope="module")
def loose(tmp_path_factory):
    out = tmp_path_factory.mktemp("loose") / "data"
    render(plan_of(40), out, make=make_painter)
    return out


@pytest.fixture(scope="module")
def tarred(tmp_path_factory):
    out = tmp_path_factory.mktemp("tarred") / "data"
    render(stored_plan(40), out, make=make_painter)
    return out


# --- tars ------------------------------------------------------------------------------------------------------------


def test_a_tar_holds_the_same_bytes_as_the_files(loose, tarred):
    tars = sorted(tarred.glob("scenes/*/*.tar"))
    assert tars and not list(tarred.glob("scenes/*/*/"))[len(tars) :]
    for path in tars:
        folder = loose / path.relative_to(tarred).with_suffix("")
        lines = (folder / "metadata.jsonl").read_bytes().splitlines()
        with tarfile.open(path) as tar:
            members = tar.getmembers()
            names = [member.name for member in members]
            assert {(m.mtime, m.uid, m.gid, m.uname, m.gname, m.mode) for m in members} == {(0, 0, 0, "", "", 0o644)}
            assert not any(member.pax_headers for member in members)
            for picture, line, stored in zip(names[::2], names[1::2], lines, strict=True):
                assert tar.extractfile(picture).read() == (folder / picture).read_bytes()
                assert tar.extractfile(line).read() == stored


def test_records_and_exports_are_the_same(loose, tarred, tmp_path):
    for split in ("train", "val"):
        one, other = (list(open_dataset(folder).records(split)) for folder in (loose, tarred))
        assert [row.file_name for row in one] == [row.file_name for row in other]
        pictures = [[open_dataset(folder).picture(row) for row in one] for folder in (loose, tarred)]
        assert pictures[0] == pictures[1]
    for name in ("webdataset", "paddleocr-det", "coco"):
        for source, folder in (("loose", loose), ("tar", tarred)):
            export(folder, to=name, out=tmp_path / source / name)
    assert tree(tmp_path / "loose") == tree(tmp_path / "tar")


def test_a_scene_is_found_by_its_index(loose, tarred):
    for folder in (loose, tarred):
        split, record = open_dataset(folder).scene(12)
        assert (record.index, split) == (12, plan_of(40).split(12))
        with pytest.raises(UsageError, match="no such scene"):
            open_dataset(folder).scene(7)


@pytest.mark.parametrize("jobs", [2, 3])
def test_workers_change_no_byte(tarred, tmp_path, jobs):
    render(stored_plan(40), tmp_path / "data", jobs=jobs, make=make_painter)
    assert tree(tmp_path / "data") == tree(tarred)


@pytest.mark.parametrize("steps", [(16, 40), (10, 20, 40), (39, 40)])
def test_a_longer_run_keeps_the_first_samples(tmp_path, steps, monkeypatch):
    monkeypatch.setattr(assembling, "WINDOW", 12)
    render(stored_plan(40), tmp_path / "whole", make=make_painter)
    for n in steps:
        render(stored_plan(n), tmp_path / "grown", make=make_painter)
    assert tree(tmp_path / "grown") == tree(tmp_path / "whole")


def test_an_interrupted_run_goes_on(tarred, tmp_path):
    out = tmp_path / "data"
    for at in (12, 33):
        with pytest.raises(Interrupted):
            render(stored_plan(40), out, make=make_faulty("signal", at))
        done = open_dataset(out).manifest["n_done"]
        scenes = sum(len(list(open_dataset(out).records(split))) for split in ("train", "val"))
        assert (done, scenes) == (at // 10 * 10, open_dataset(out).manifest["counts"]["scenes"])
    render(stored_plan(40), out, make=make_painter)
    assert tree(out) == tree(tarred)


def test_another_store_is_refused_and_overwriting_removes_all(loose, tarred, tmp_path):
    out = tmp_path / "data"
    render(stored_plan(40), out, make=make_painter)
    with pytest.raises(OutputError, match=r"storage\.max_lmdb_bytes: 200000 there, 0 here; storage\.scenes: tar there"):
        render(plan_of(40), out, make=make_painter)
    render(plan_of(40), out, make=make_painter, overwrite=True)
    assert tree(out) == tree(loose)


def test_a_foreign_tar_is_refused(tmp_path):
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as tar:
        entry = tarfile.TarInfo("../../evil")
        entry.size = 3
        tar.addfile(entry, io.BytesIO(b"abc"))
    with pytest.raises(FormatError, match="no member of ours at byte 0"):
        list(scan_tar(path))
    path.write_bytes(tar_member("a.jpg", b"abc"))
    with pytest.raises(FormatError):
        list(scan_tar(path))
    path.write_bytes(tar_member("a.jpg", b"abc") + bytes(1024))
    assert read_member(path, "a.jpg") == b"abc"
    with pytest.raises(FormatError, match="has no b"):
        read_member(path, "b.jpg")


# --- several LMDBs ---------------------------------------------------------------------------------------------------


def test_several_lmdbs_hold_the_records_of_one(tmp_path):
    plan = dataclasses.replace(plan_of(200), max_lmdb_bytes=PART_BYTES)
    render(plan_of(200), tmp_path / "one", make=make_painter)
    render(plan, tmp_path / "several", make=make_painter)
    one, several = (open_dataset(tmp_path / name).words("train") for name in ("one", "several"))
    assert isinstance(several, WordParts) and len(several.parts) > 1
    assert list(one) == list(several) == [several[at] for at in range(len(several))]
    for part in part_folders(tmp_path / "several" / "words" / "train"):
        assert [path.name for path in part.iterdir()] == ["data.mdb"]
        assert (part / "data.mdb").stat().st_size <= PART_BYTES
        assert len(MjsynthReader(part)) > 0
    told = open_dataset(tmp_path / "several").manifest["lmdb"]
    assert sum(row["records"] for name, row in told.items() if name.startswith("words/train/")) == len(one)


@pytest.mark.parametrize("size", [300, 1_500, 2_016, 2_050, 4_080, 4_081, 9_000])
def test_the_size_of_an_lmdb_is_bounded_closely(tmp_path, size):
    count, model = 3_000, SizeModel()
    images = [bytes([at % 251 + 1]) * (size + at % 7) for at in range(count)]
    for image in images:
        model.add(len(image), 9)
    written = write_lmdb(tmp_path / "lmdb", count, lambda: images, lambda: ["가나다"] * count).file_bytes
    assert written <= model.file_bytes <= 1.06 * written + 400_000


def test_parts_must_be_complete(tmp_path):
    for name in ("000", "002"):
        (tmp_path / name).mkdir()
    with pytest.raises(FormatError, match="without gaps"):
        part_folders(tmp_path)


@pytest.mark.parametrize("values", [{"scene_store": "zip"}, {"max_lmdb_bytes": -1}])
def test_unknown_ways_to_store_are_refused(values):
    with pytest.raises(UsageError):
        planning.make_plan(plan_of(4).recipe, Painter(), seed=3, n=4, **values)


# --- usage -----------------------------------------------------------------------------------------------------------


def test_usage_is_what_was_drawn(loose, tarred):
    drawn = Counter()
    for index in range(40):
        scene = Painter().sample(index).scene
        drawn.update(scene.characters.text if scene is not None else ())
    for folder in (loose, tarred):
        counts = json.loads((folder / "coverage.json").read_text())["counts"]
        assert counts == {one: drawn[one] for one in "".join(sorted("가각간갇갈abc"))}
        row = {"drawn": sum(drawn.values()), "seen": 8, "least": min(drawn.values())}
        assert open_dataset(folder).manifest["usage"] == {**row, "faces": {"box": row}}


# --- the log ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_log_tells_every_shard(tmp_path, jobs):
    with RunLog(tmp_path / "log", tmp_path / "data") as log:
        render(plan_of(40), tmp_path / "data", jobs=jobs, make=make_painter, note=log)
    rows = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    shards = [row for row in rows if row["event"] == "shard"]
    assert sorted(row["number"] for row in shards) == [0, 1, 2, 3]
    assert sum(row["samples"] for row in shards) == 40
    assert sum(row["words"] for row in shards) == 72
    assert rows[-1]["event"] == "end" and rows[-1]["done"]


def test_the_log_tells_retries_and_faults(tmp_path):
    with RunLog(tmp_path / "log", tmp_path / "data") as log:
        make = make_faulty("kill-once", 25, tmp_path / "note")
        render(plan_of(40), tmp_path / "data", jobs=2, make=make, note=log)
    with pytest.raises(SampleError), RunLog(tmp_path / "log", tmp_path / "other") as log:
        render(plan_of(40), tmp_path / "other", make=make_faulty("raise", 5), note=log)
    rows = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert "retry" in [row["event"] for row in rows]
    assert [row["event"] for row in rows[-2:]] == ["fault", "end"]
    assert rows[-2]["kind"] == "SampleError" and not rows[-1]["done"]


def test_a_log_inside_the_dataset_is_refused(tmp_path):
    with pytest.raises(UsageError, match="inside the dataset"):
        RunLog(tmp_path / "data" / "log", tmp_path / "data")
    with pytest.raises(OutputError, match="log file"):
        RunLog(tmp_path / "none" / "log", tmp_path / "data")
