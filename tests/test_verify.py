"""Verification: nothing to say about a sound dataset, and every planted fault named."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import re
import shutil
import unicodedata
from pathlib import Path

import lmdb
import numpy as np
import pytest

from synthgen.errors import FormatError, Interrupted, UsageError
from synthgen.formats.pictures import encode
from synthgen.generator import Generator
from synthgen.recipe import load
from synthgen.run.folder import Folder
from synthgen.run.manifest import manifest, survey, vouched_files
from synthgen.run.plan import make_plan
from synthgen.run.render import render
from synthgen.run.verify import verify
from synthgen.run.verify_pool import run_guarded
from synthgen.run.verify_words import check_keys
from tests.run_standin import Painter, make_faulty, make_painter, plan_of, tree

PLANS = {
    "files": plan_of(40),
    "tar": dataclasses.replace(plan_of(40), scene_store="tar", max_lmdb_bytes=1 << 20),
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """Sound datasets by the way their scenes are stored."""
    folders = {name: tmp_path_factory.mktemp(name) / "data" for name in PLANS}
    for name, plan in PLANS.items():
        render(plan, folders[name], make=make_painter)
    return folders


def look(folder: Path, **options):
    options = {"trusted": True, "make": make_painter, "sample": 0, **options}
    return verify(folder, **options)


def seal(folder: Path) -> None:
    """Make sidecars and manifest anew from what is there: only what is said can still be wrong."""
    root = Folder(folder)
    plan = root.read_plan()
    for path in sorted((folder / "shards").iterdir()):
        table = json.loads(path.read_text())
        for name in table["files"]:
            data = (folder / name).read_bytes()
            table["files"][name] = [len(data), hashlib.sha256(data).hexdigest()]
        path.write_text(json.dumps(table, ensure_ascii=False, separators=(",", ":")) + "\n")
    told = json.loads((folder / "manifest.json").read_text())["lmdb"]
    lmdbs = {name: check_keys(root, name, row["records"], plan.characters).summary for name, row in told.items()}
    totals = survey(plan, root, root.finished(plan))
    (folder / "manifest.json").write_text(manifest(plan, totals, lmdbs, vouched_files(root)))


# --- sound datasets --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("store", PLANS)
@pytest.mark.parametrize("trusted", [True, False])
def test_a_sound_dataset_has_no_fault(sound, store, trusted):
    before = tree(sound[store])
    report = look(sound[store], trusted=trusted, sample=1000, jobs=2)
    assert [str(fault) for fault in report.found] == []
    assert (report.samples, report.scenes, report.words, report.compared) == (40, 38, 72, 40)
    assert report.notes == []
    assert tree(sound[store]) == before


def test_an_unfinished_dataset_is_sound_too(tmp_path):
    with pytest.raises(Interrupted):
        render(plan_of(40), tmp_path / "data", make=make_faulty("signal", 25))
    report = look(tmp_path / "data", sample=40)
    assert (report.found, report.samples, report.compared) == ([], 20, 20)


def test_other_assets_are_told_and_no_fault(sound):
    class Other(Painter):
        def asset_digests(self):
            return {"font/box": "1" * 64}

    report = look(sound["files"], sample=5, make=lambda plan: Other())
    assert (report.found, report.compared) == ([], 0)
    assert "other assets here (font/box" in report.notes[0]


def test_what_is_no_dataset_is_refused(tmp_path):
    with pytest.raises(FormatError, match="is not a dataset"):
        look(tmp_path)
    with pytest.raises(UsageError):
        look(tmp_path, jobs=0)


# --- planted faults --------------------------------------------------------------------------------------------------


def flip(path: Path, at: float = 0.5) -> None:
    data = bytearray(path.read_bytes())
    data[int(at * (len(data) - 1))] ^= 0x10
    path.write_bytes(data)


def cut(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def edit_lines(folder: Path, change, only: str = "") -> None:
    """Change the scenes of the first metadata file that has words."""
    for path in sorted(folder.glob("scenes/*/*/metadata.jsonl")):
        rows = [json.loads(line) for line in path.read_text().splitlines()]
        row = next((row for row in rows if row["words"]["text"]), None)
        if row is not None:
            change(row)
            path.write_text("".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows))
            return


def rewrite(folder: Path, change, name: str = "words/train") -> None:
    """Write an LMDB anew with its entries changed."""
    path = folder / name
    environment = lmdb.open(str(path), readonly=True, lock=False)
    with environment.begin() as transaction:
        entries = {bytes(key): bytes(value) for key, value in transaction.cursor()}
    environment.close()
    change(entries)
    (path / "data.mdb").unlink()
    environment = lmdb.open(str(path), map_size=1 << 24, lock=False)
    with environment.begin(write=True) as transaction:
        for key, value in sorted(entries.items()):
            transaction.put(key, value)
    environment.close()


def entry(kind: str, number: int) -> bytes:
    return b"%s-%09d" % (kind.encode(), number)


def swap_labels(entries) -> None:
    one, other = entry("label", 1), entry("label", 2)
    assert entries[one] != entries[other]
    entries[one], entries[other] = entries[other], entries[one]


def renumber(entries) -> None:
    entries[entry("label", 900)] = entries.pop(entry("label", 4))


def from_zero(entries) -> None:
    count = int(entries[b"num-samples"])
    for kind in ("image", "label"):
        for number in range(count):
            entries[entry(kind, number)] = entries[entry(kind, number + 1)]
        del entries[entry(kind, count)]


def no_count(entries) -> None:
    del entries[b"num-samples"]


def set_label(text: str):
    def change(entries) -> None:
        entries[entry("label", 3)] = text.encode()

    return change


def no_picture(entries) -> None:
    entries[entry("image", 2)] = b"\xff\xd8\xff and no more"


def twice(entries) -> None:
    for kind in ("image", "label"):
        entries[entry(kind, 5)] = entries[entry(kind, 2)]


def move_quad(row) -> None:
    row["characters"]["ink"][0] = [x + 3 * (1 - at % 2) for at, x in enumerate(row["characters"]["ink"][0])]


def turn_quad(row) -> None:
    quad = row["words"]["quad"][0]
    row["words"]["quad"][0] = quad[6:] + quad[4:6] + quad[2:4] + quad[:2]


def hide(row) -> None:
    row["characters"]["visible"][0] = 0.5


def respell(text: str):
    def change(row) -> None:
        word = row["characters"]["word"].index(0)
        old = row["words"]["text"][0]
        row["words"]["text"][0] = row["lines"]["text"][0] = text + old[1:]
        row["characters"]["text"][word] = text

    return change


def misspell(row) -> None:
    row["words"]["text"][0] = "b" + row["words"]["text"][0]


def other_index(row) -> None:
    row["provenance"]["index"] = 39


def other_size(row) -> None:
    row["width"] = 41


def picture(folder: Path, at: int = 0) -> Path:
    return sorted(folder.glob("scenes/*/*/*.png"))[at]


def edit_json(path: Path, change) -> None:
    table = json.loads(path.read_text())
    change(table)
    path.write_text(json.dumps(table, ensure_ascii=False))


def with_words(folder: Path) -> Path:
    """The picture of a sample that has characters."""
    for path in sorted(folder.glob("scenes/*/*/metadata.jsonl")):
        for line in path.read_text().splitlines():
            row = json.loads(line)
            if row["words"]["text"]:
                return path.with_name(row["file_name"])
    raise AssertionError


def blank(folder: Path) -> None:
    with_words(folder).write_bytes(encode(np.full((24, 40), 211, np.uint8), "png", 0))


def count_more(table) -> None:
    table["splits"]["train"]["scenes"] += 1
    table["counts"]["scenes"] += 1


def more_usage(table) -> None:
    next(iter(table["usage"].values()))[1][0] += 1


def swap_pictures(folder: Path) -> None:
    one, other = picture(folder, 0), picture(folder, 1)
    a, b = one.read_bytes(), other.read_bytes()
    one.write_bytes(b)
    other.write_bytes(a)


NFD = unicodedata.normalize("NFD", "가")
# name: what is done, whether digests are made anew after it, and what must be said of where.
FAULTS = {
    "bit flip in a picture": (lambda f: flip(picture(f)), False, r"scenes/.*png: its sha256 is not"),
    "bit flip in metadata": (
        lambda f: flip(picture(f).with_name("metadata.jsonl")),
        False,
        r"metadata\.jsonl: its sha256",
    ),
    "bit flip in an LMDB's picture": (
        lambda f: rewrite(f, lambda e: e.update({entry("image", 1): e[entry("image", 1)][:-13] + b"\0" * 13})),
        False,
        r"manifest\.json: lmdb\.words/train\.sha256_of_records",
    ),
    "bit flip in a sidecar": (lambda f: flip(f / "shards/000001.json", 0.9), False, r"shards/000001\.json|manifest"),
    "truncated picture": (lambda f: cut(picture(f)), False, r"png: has \d+ bytes, the sidecar says"),
    "truncated metadata": (
        lambda f: cut(picture(f).with_name("metadata.jsonl")),
        False,
        r"metadata\.jsonl:\d+: not a line",
    ),
    "truncated LMDB": (lambda f: cut(f / "words/train/data.mdb"), False, r"words/train: cannot be read .*cut short"),
    "removed picture": (lambda f: picture(f).unlink(), False, r"png: listed in the sidecar and missing"),
    "removed metadata": (lambda f: picture(f).with_name("metadata.jsonl").unlink(), False, r"jsonl: listed .* missing"),
    "removed sidecar": (lambda f: (f / "shards/000002.json").unlink(), False, r"shards/000002\.json: missing"),
    "removed LMDB": (lambda f: shutil.rmtree(f / "words/val"), False, r"words/val: listed in the manifest and missing"),
    "removed charset": (lambda f: (f / "charset.txt").unlink(), False, r"charset\.txt: cannot be read"),
    "removed plan": (lambda f: (f / "plan.json").unlink(), False, r"plan\.json: missing"),
    "removed coverage": (lambda f: (f / "coverage.json").unlink(), False, r"coverage\.json: cannot be read"),
    "swapped pictures": (swap_pictures, True, r"made again gives another picture"),
    "swapped labels": (lambda f: rewrite(f, swap_labels), True, r"words/train: record [12]: sample \d+ made again"),
    "swapped labels, unsealed": (lambda f: rewrite(f, swap_labels), False, r"sha256_of_records"),
    "renumbered keys": (
        lambda f: rewrite(f, renumber),
        False,
        r"words/train: key label-000000005 where label-000000004",
    ),
    "keys from 0": (lambda f: rewrite(f, from_zero), False, r"key image-000000000 where image-000000001"),
    "missing num-samples": (lambda f: rewrite(f, no_count), False, r"words/train: ends where num-samples belongs"),
    "wrong num-samples": (
        lambda f: rewrite(f, lambda e: e.update({b"num-samples": b"7"})),
        False,
        r"num-samples is 7, \d+ belong",
    ),
    "NFD label": (lambda f: rewrite(f, set_label(NFD)), True, r"words/train:label-000000003: .* is not NFC"),
    "label outside the charset": (
        lambda f: rewrite(f, set_label("가X")),
        True,
        r"'X' \(U\+0058\), which is not in charset",
    ),
    "empty label": (lambda f: rewrite(f, set_label("")), True, r"label-000000003: an empty label"),
    "label that is no text": (
        lambda f: rewrite(f, lambda e: e.update({entry("label", 3): b"\xff"})),
        True,
        r"is not UTF-8",
    ),
    "no picture in an LMDB": (lambda f: rewrite(f, no_picture), True, r"words/train:image-000000002: a picture"),
    "duplicate record": (
        lambda f: rewrite(f, twice),
        True,
        r"words/train: record 5: is the same as words/train: record 2",
    ),
    "duplicate sample": (
        lambda f: shutil.copyfile(picture(f, 0), picture(f, 1)),
        True,
        r"sample \d+: is the same as sample \d+",
    ),
    "no picture at all": (lambda f: picture(f).write_bytes(b"GIF89a" + bytes(60)), True, r"png: a picture of 66 bytes"),
    "blank picture": (blank, True, r"nothing is printed where its quad lies"),
    "moved quad": (lambda f: edit_lines(f, move_quad), True, r"its ink and that of its characters are 3\.00 px apart"),
    "turned quad": (lambda f: edit_lines(f, turn_quad), True, r"words\.quad 0: corners are not in the order"),
    "wrong visibility": (lambda f: edit_lines(f, hide), True, r"visible is 0\.500, its quad lies inside by 1\.000"),
    "NFD in metadata": (lambda f: edit_lines(f, respell(NFD)), True, r"is not NFC"),
    "other letter in metadata": (lambda f: edit_lines(f, respell("Z")), True, r"'Z' \(U\+005A\)"),
    "misspelt word": (lambda f: edit_lines(f, misspell), True, r"but its characters spell"),
    "another's metadata": (lambda f: edit_lines(f, other_index), True, r"its metadata is of scene"),
    "another size": (lambda f: edit_lines(f, other_size), True, r"is 40x24 px, its metadata says 41x24"),
    "wrong count": (
        lambda f: edit_json(f / "manifest.json", count_more),
        False,
        r"manifest\.json: splits\.train\.scenes is",
    ),
    "wrong seed": (
        lambda f: edit_json(f / "manifest.json", lambda t: t.update(seed=4)),
        False,
        r"manifest\.json: seed is 4, .* 3",
    ),
    "wrong usage": (lambda f: edit_json(f / "shards/000000.json", more_usage), True, r"usage of faces is not that"),
    "extra file": (
        lambda f: (f / "notes.txt").write_text("x"),
        False,
        r"notes\.txt: is not of this dataset; remove it",
    ),
    "extra picture": (
        lambda f: shutil.copyfile(picture(f), picture(f).with_name("000000777.png")),
        False,
        r"000000777\.png: is not of",
    ),
    "extra file in a leaf": (
        lambda f: (f / "words/train/lock.mdb").touch(),
        False,
        r"words/train/lock\.mdb: is not of",
    ),
    "extra shard": (
        lambda f: shutil.copytree(picture(f).parent, f / "scenes/train/000009"),
        False,
        r"000009: is not of",
    ),
    "extra sidecar": (
        lambda f: shutil.copyfile(f / "shards/000000.json", f / "shards/000004.json"),
        False,
        r"000004\.json: is not of",
    ),
    "extra split": (lambda f: shutil.copytree(f / "words/val", f / "words/more"), False, r"words/more: is not of"),
    "parts left behind": (lambda f: (f / ".parts").mkdir(), False, r"\.parts: is not of"),
    "changed charset": (
        lambda f: (f / "charset.txt").write_text("가나\n"),
        False,
        r"charset\.txt: is not what plan\.json",
    ),
    "changed recipe": (lambda f: (f / "recipe.toml").write_text("lang = 'en'\n"), False, r"recipe\.toml: is not what"),
    "changed coverage": (lambda f: flip(f / "coverage.json"), False, r"coverage\.json: is not the sum"),
    "changed plan": (
        lambda f: edit_json(f / "plan.json", lambda t: t.update(n=41)),
        False,
        r"shards/000004\.json|plan",
    ),
    "garbage for a sidecar": (lambda f: (f / "shards/000001.json").write_text("["), False, r"000001\.json: damaged"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_named(sound, tmp_path, name):
    plant, sealed, told = FAULTS[name]
    folder = tmp_path / "data"
    shutil.copytree(sound["files"], folder)
    plant(folder)
    if sealed:
        seal(folder)
    report = look(folder, sample=1000)
    lines = [str(fault) for fault in report.found]
    assert any(re.search(told, line) for line in lines), lines
    assert report.faults.count >= len(lines) > 0
    assert all("\n" not in line and line.endswith(".") and str(folder) not in line for line in lines)


def tar_of(folder: Path) -> Path:
    return sorted(folder.glob("scenes/*/*.tar"))[0]


@pytest.mark.parametrize(
    ("plant", "told"),
    [
        (lambda f: flip(tar_of(f), 0.01), r"\.tar: its sha256"),
        (lambda f: flip(tar_of(f), 0.01), r"\.tar: no member of ours at byte 0"),
        (lambda f: cut(tar_of(f)), r"\.tar: (cut short|no member|has no proper end)"),
        (lambda f: tar_of(f).unlink(), r"\.tar: listed in the sidecar and missing"),
        (lambda f: shutil.copyfile(tar_of(f), f / "scenes/train/000009.tar"), r"000009\.tar: is not of"),
        (lambda f: shutil.rmtree(f / "words/train/000"), r"words/train: "),
        (lambda f: (f / "words/train/000").rename(f / "words/train/001"), r"words/train: its LMDBs do not count"),
    ],
)
def test_a_fault_in_tars_and_parts_is_named(sound, tmp_path, plant, told):
    folder = tmp_path / "data"
    shutil.copytree(sound["tar"], folder)
    plant(folder)
    lines = [str(fault) for fault in look(folder, sample=40).found]
    assert any(re.search(told, line) for line in lines), lines


def test_a_link_is_named(sound, tmp_path):
    folder = tmp_path / "data"
    shutil.copytree(sound["files"], folder)
    for path in (picture(folder), folder / "recipe.toml"):
        path.rename(tmp_path / path.name)
        path.symlink_to(tmp_path / path.name)
    lines = [str(fault) for fault in look(folder).found]
    assert sum("is a link" in line for line in lines) == 2


@pytest.mark.parametrize("fill", ["zeros", "pages", "text"])
def test_a_hostile_lmdb_ends_no_more_than_its_reader(sound, tmp_path, fill):
    folder = tmp_path / "data"
    shutil.copytree(sound["files"], folder)
    path = folder / "words/train/data.mdb"
    data = bytearray(path.read_bytes())
    if fill == "zeros":
        data[8192:] = bytes(len(data) - 8192)
    elif fill == "pages":
        data[8192:] = hashlib.shake_256(b"pages").digest(len(data) - 8192)
    else:
        data = bytearray(b"no LMDB at all" * 1000)
    path.write_bytes(data)
    report = look(folder, trusted=False, sample=3)
    assert any(fault.where.startswith("words/train") for fault in report.found)


def die(task: int) -> int:
    if task == 3:
        os.kill(os.getpid(), 9)
    return task * task


def test_a_task_that_kills_its_process_is_the_only_one_lost():
    results = dict(run_guarded(range(1, 8), die, 2))
    assert results == {1: 1, 2: 4, 3: None, 4: 16, 5: 25, 6: 36, 7: 49}


def test_very_many_faults_are_counted_and_not_kept(sound, tmp_path):
    folder = tmp_path / "data"
    shutil.copytree(sound["files"], folder)
    for number in range(1_200):
        (folder / f"{number}.txt").touch()
    report = look(folder)
    assert (report.faults.count, len(report.found)) == (1_200, 1_000)


def test_real_pages_are_sound_and_made_again(tmp_path):
    changes = {"output.shard_size": 4, "page.width_px": 320, "page.height_px": 320, "page.words_range": [12, 25]}
    recipe = load("newspaper").with_values(changes)
    plan = make_plan(recipe, Generator(recipe, seed=11), seed=11, n=10, splits=(("train", 0.7), ("val", 0.3)))
    render(plan, tmp_path / "data")
    report = verify(tmp_path / "data", trusted=True, sample=10)
    assert [str(fault) for fault in report.found] == []
    assert (report.scenes, report.compared, report.notes) == (10, 10, [])
