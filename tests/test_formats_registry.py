from __future__ import annotations

import pickle
import subprocess
from itertools import pairwise

import numpy as np
import pytest

from synthgen.errors import FormatError
from synthgen.formats import keras_ocr, open_ocr_engine, registry
from synthgen.formats.dataset import open_dataset
from synthgen.formats.pictures import decode
from tests.formats_samples import WORDS, make_dataset, make_scene

SCENE_WORDS = ("가나다", "office,", "한국어.", "세로", "쓰기", "a", "잘린", "낱말", "無視", "모두")
IGNORED = {"낱말", "無視"}
CHARACTERS = "가나다office,한국어.세로쓰기a잘린모두"


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return make_dataset(tmp_path_factory.mktemp("formats") / "ds", scenes=3)


def tree(folder):
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


@pytest.mark.parametrize("name", sorted(registry.exporters()))
def test_every_format_comes_back(name, dataset, tmp_path):
    before = tree(dataset)
    exporter = registry.find_exporter(name)
    reports = registry.export(dataset, to=name, out=tmp_path / "out")
    again = registry.export(dataset, to=name, out=tmp_path / "again")
    assert reports == again and tree(tmp_path / "out") == tree(tmp_path / "again") and tree(dataset) == before
    for report in reports.values():
        assert all(value >= 0 for value in (*report.counts.values(), *report.dropped.values()))
    for split, report in reports.items():
        assert all((tmp_path / "out" / split / one).is_file() for one in report.files)
    if exporter.source == "words":
        assert sorted(reports) == ["train", "train_vertical", "val"]
        for split, direction in (("train", "ltr"), ("train_vertical", "ttb"), ("val", "ltr")):
            folder = tmp_path / "out" / split
            entries = list(exporter.read(folder))
            assert [one.texts for one in entries] == [(text,) for text in WORDS[direction]]
            stored = open_dataset(dataset).words(split.removesuffix("_vertical"), direction)
            assert [(folder / one.picture).read_bytes() for one in entries] == [image for image, _ in stored]
        return
    assert sorted(reports) == ["train", "val"]
    entries = list(exporter.read(tmp_path / "out" / "train"))
    if name == "tesseract":
        assert ["".join(one.texts) for one in entries] == ["가나다office,한국어.", "a"] * 3
        return
    assert len(entries) == 3
    for entry in entries:
        if name != "webdataset":
            assert decode((tmp_path / "out" / "train" / entry.picture).read_bytes()).shape == (320, 400)
        (check_characters if entry.characters else check_words)(name, entry)


def check_characters(name, entry):
    scene = make_scene().characters
    assert "".join(entry.texts) == CHARACTERS
    for text, quad in zip(entry.texts, entry.quads, strict=True):
        near = np.abs(scene.cell.mean(axis=1) - quad.mean(axis=0)).sum(axis=1).argmin()
        assert scene.text[near] == text
        shift = 1 if text in "세로쓰기" else 0
        assert np.abs(np.roll(quad, shift, axis=0) - scene.cell[near]).max() < 0.001


def check_words(name, entry):
    words = make_scene().words
    ignored = {"office,"} | IGNORED if name in ("db", "jenti") else IGNORED
    if name == "webdataset":
        ignored = {"無視"}
    assert [text for text, skip in zip(entry.texts, entry.ignored, strict=True) if not skip] == [
        text for text in SCENE_WORDS if text not in ignored
    ]
    assert entry.ignored == tuple(text in ignored for text in SCENE_WORDS)
    if name == "aihub":
        assert np.abs(entry.quads.min(axis=1) - words.quad.min(axis=1)).max() <= 1
        assert np.abs(entry.quads.max(axis=1) - words.quad.max(axis=1)).max() <= 1
    else:
        assert np.abs(entry.quads - words.quad).max() <= (0.001 if name in ("coco", "webdataset") else 0.5 + 1e-9)


@pytest.mark.parametrize("policy", ["keep", "drop", "ignore"])
@pytest.mark.parametrize("name", ["icdar15", "db", "jenti", "paddleocr-det", "coco", "aihub"])
def test_commas(name, policy, dataset, tmp_path):
    reports = registry.export(dataset, to=name, out=tmp_path / "out", options={"commas": policy})
    entry = next(iter(registry.find_exporter(name).read(tmp_path / "out" / "train")))
    assert len(entry.texts) == (9 if policy == "drop" else 10)
    assert reports["train"].dropped.get("comma", 0) == (3 if policy == "drop" else 0)
    assert sum(entry.ignored) == (3 if policy == "ignore" else 2)
    if policy == "keep":
        # What the comma costs each reader: the reason for the policy.
        assert entry.texts[1] == {"db": "", "jenti": "office"}.get(name, "office,")


def test_icdar_rows_are_published_form(dataset, tmp_path):
    registry.export(dataset, to="icdar15", out=tmp_path / "out")
    rows = (tmp_path / "out" / "train" / "gt" / "gt_img_1.txt").read_text(encoding="utf-8").splitlines()
    assert rows[0] == "42,40,102,40,103,60,43,60,가나다"
    assert (tmp_path / "out" / "train" / "images" / "img_1.jpg").is_file()


def test_tesseract_boxes_are_where_the_ink_is(dataset, tmp_path):
    registry.export(dataset, to="tesseract", out=tmp_path / "out", options={"kind": "ink"})
    folder = tmp_path / "out" / "train"
    for entry in registry.find_exporter("tesseract").read(folder):
        picture = decode((folder / entry.picture).read_bytes())
        for quad in entry.quads.astype(int):
            (left, top), (right, bottom) = quad[0], quad[2]
            assert picture[top:bottom, left:right].mean() < 120
    box = next(folder.rglob("*_0000.box")).read_text(encoding="utf-8").splitlines()
    assert sum(row.startswith(" ") for row in box) == 2 and box[-1].startswith("\t")


def test_keras_ocr_items(dataset, tmp_path):
    registry.export(dataset, to="keras-ocr-det", out=tmp_path / "out")
    for path, lines, confidence in keras_ocr.load_detector(tmp_path / "out" / "train"):
        assert confidence == 1.0 and path.endswith(".jpg")
        assert "".join(text for _, text in lines[0]) == "가나다 office, 한국어."
        for line in lines:
            assert line[0][1] != " " and line[-1][1] != " " and all(box.shape == (4, 2) for box, _ in line)
            for (before, _), (after, _) in pairwise(line):
                assert np.abs(before[1] - after[0]).max() < 0.01  # boxes stand edge to edge along the line


def test_open_ocr_engine_pickles(dataset, tmp_path):
    registry.export(dataset, to="open-ocr-engine-det", out=tmp_path / "out")
    folder = tmp_path / "out" / "train"
    pages = pickle.loads((folder / "merged_gt.pkl").read_bytes())
    assert isinstance(pages[0]["txt"], list) and pages[0]["charBB"].flags.writeable
    assert pages[0]["charBB"].shape == (2, 4, sum(map(len, pages[0]["txt"])))
    assert isinstance(pickle.loads((folder / "crop_words_gt.pkl").read_bytes())[0]["txt"], str)


def test_pickles_that_run_code_are_refused(tmp_path):
    (tmp_path / "labels.pkl").write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    with pytest.raises(FormatError, match="plain values"):
        list(open_ocr_engine.read_recogniser(tmp_path))


def test_third_parties_register_the_same_way(monkeypatch, dataset, tmp_path):
    monkeypatch.setattr(registry, "EXPORTERS", dict(registry.EXPORTERS))

    @registry.register_exporter("mine", "mine", source="scenes", read=lambda folder: iter(()))
    def run(records, dataset_dir, out_dir, options):
        (out_dir / "n.txt").write_text(str(len(list(records))))
        return registry.ExportReport({}, {}, ("n.txt",))

    registry.export(dataset, to="mine", out=tmp_path / "out")
    assert (tmp_path / "out" / "train" / "n.txt").read_text() == "3"
    with pytest.raises(ValueError, match="registered already"):
        registry.register_exporter("mine", "mine", source="scenes", read=lambda folder: iter(()))(run)


@pytest.mark.parametrize("name", [one for one, found in registry.exporters().items() if found.source == "scenes"])
def test_a_missing_picture_is_named(name, tmp_path):
    folder = make_dataset(tmp_path / "ds", scenes=1)
    (folder / "scenes" / "train" / "000000" / "000000000.jpg").unlink()
    with pytest.raises(FormatError, match=r"000000000\.jpg"):
        registry.export(folder, to=name, out=tmp_path / "out")
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.tesseract
def test_tesseract_makes_training_files_that_hold_the_text(dataset, tmp_path):
    registry.export(dataset, to="tesseract", out=tmp_path / "out")
    boxes = sorted((tmp_path / "out" / "val").rglob("*.box"))
    assert len(boxes) == 2
    for box in boxes:
        base = box.with_suffix("")
        subprocess.run(
            ["tesseract", f"{base}.png", str(base), "--psm", "13", "lstm.train"], check=True, capture_output=True
        )
        text = base.with_name(base.name + ".gt.txt").read_text(encoding="utf-8").strip()
        assert text.encode() in base.with_name(base.name + ".lstmf").read_bytes()
