from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from synthgen.errors import FormatError, OutputError, UsageError
from synthgen.formats import registry, synthtext
from synthgen.formats.metadata import dump_scene, parse_scene
from synthgen.formats.synthtext import page_truth, read_synthtext, read_truth, write_mat
from synthgen.quads import quad_areas
from tests.consumers import affinity_quads, easyocr_pages
from tests.formats_samples import make_dataset, make_scene


def record(scene=None):
    return parse_scene(dump_scene(scene or make_scene(), "a.jpg"), "x:1")


@pytest.mark.parametrize("kind", ["cell", "ink"])
def test_a_page_comes_back(tmp_path, kind):
    one = record()
    dropped = Counter()
    truth = page_truth(one, kind, dropped)
    assert dropped == Counter(ignored=1, cut=1)
    assert truth.lines == ("가나다 office, 한국어.", "세로 쓰기", "a", "잘린", "모두")
    write_mat(tmp_path / "gt.mat", [truth])
    (entry,) = read_synthtext(tmp_path)
    assert "".join(entry.texts) == "가나다office,한국어.세로쓰기a잘린모두"
    by_text = dict(zip(one.characters.text, getattr(one.characters, kind), strict=True))
    for text, quad in zip(entry.texts, entry.quads, strict=True):
        if text in "세로쓰기":
            quad = np.roll(quad, 1, axis=0)
        if text not in "f":
            assert np.abs(by_text[text] - quad).max() < 1e-4, text


def test_one_word_of_one_character(tmp_path):
    one = record(make_scene(page=(("가", "ltr", 100.0, 100.0),)))
    write_mat(tmp_path / "gt.mat", [page_truth(one, "cell", Counter())])
    (truth,) = read_truth(tmp_path)
    assert truth.char_bb.shape == (2, 4, 1) and truth.word_bb.shape == (2, 4, 1) and truth.lines == ("가",)


def test_order_of_words_is_that_of_lines():
    """Words and characters given in another order than the lines' still come out in step with txt."""
    scene = make_scene(page=(("가나 다라", "ltr", 60.0, 60.0), ("마", "ltr", 60.0, 120.0)))
    order = [4, 0, 1, 2, 3]
    characters = scene.characters
    picked = {k: getattr(characters, k)[order] for k in ("ink", "cell", "line", "block", "face", "visible")}
    words = scene.words
    back = [2, 0, 1]
    scene = replace(
        scene,
        characters=replace(
            characters, text=("마", *"가나다라"), word=np.array([0, 1, 1, 2, 2], np.int32), **picked
        ),
        words=replace(
            words, text=tuple(words.text[i] for i in back), quad=words.quad[back], ink=words.ink[back],
            line=words.line[back], direction=words.direction, ignored=words.ignored[back],
        ),
    )  # fmt: skip
    truth = page_truth(record(scene), "cell", Counter())
    assert truth.lines == ("가나 다라", "마")
    assert np.abs(truth.char_bb.transpose(2, 1, 0) - make_scene(
        page=(("가나 다라", "ltr", 60.0, 60.0), ("마", "ltr", 60.0, 120.0))
    ).characters.cell).max() < 1e-3  # fmt: skip


def test_vertical_words_run_along_their_first_edge():
    one = record(make_scene(page=(("세로쓰기", "ttb", 200.0, 100.0),)))
    boxes = page_truth(one, "cell", Counter()).char_bb.transpose(2, 1, 0).astype(float)
    edges = boxes[:, 1] - boxes[:, 0]
    assert (edges[:, 1] > 15).all() and (quad_areas(boxes) > 0).all()
    # Affinity boxes bridge neighbours: as wide along the reading direction as the glyphs are apart, and not flat.
    assert (np.abs(quad_areas(affinity_quads(boxes))) > 100).all()


def test_glyphs_on_their_side_stay():
    quads = np.array([[[20.0, 0.0], [20.0, 20.0], [0.0, 20.0], [0.0, 0.0]]])  # turned clockwise by 90 degrees
    words = np.array([[[0.0, 0.0], [20.0, 0.0], [20.0, 80.0], [0.0, 80.0]]])
    assert (synthtext.reading_quads(quads, words, np.array([True])) == quads).all()


def test_characters_of_several_code_points_drop_their_word():
    scene = make_scene(page=(("가나 다", "ltr", 60.0, 60.0),))
    characters, words = scene.characters, scene.words
    scene = replace(
        scene, characters=replace(characters, text=("가", "e\u0301\u0323", "다")),
        words=replace(words, text=("가e\u0301\u0323", "다")),
        lines=replace(scene.lines, text=("가e\u0301\u0323 다",)),
    )  # fmt: skip
    dropped = Counter()
    assert page_truth(record(scene), "cell", dropped).lines == ("다",) and dropped["code_points"] == 1


def test_scenes_without_words_are_counted():
    dropped = Counter()
    assert page_truth(record(make_scene(page=(("가", "ltr", -12.0, 60.0),))), "cell", dropped) is None
    assert dropped["scenes_without_words"] == 1 and dropped["cut"] == 1


def test_bytes_do_not_depend_on_the_clock(tmp_path):
    truth = page_truth(record(), "cell", Counter())
    for name in ("a", "b"):
        write_mat(tmp_path / name, [truth])
    data = (tmp_path / "a").read_bytes()
    assert data == (tmp_path / "b").read_bytes()
    assert b"Created" not in data and b"posix" not in data


def test_easyocr_reads_the_export(tmp_path):
    dataset = make_dataset(tmp_path / "ds")
    reports = registry.export(dataset, to="synthtext", out=tmp_path / "out")
    assert sorted(reports) == ["train", "val"] and reports["train"].counts["scenes"] == 5
    assert reports["train"].files == ("gt.mat",) and reports["train"].dropped["ignored"] == 5
    pages = easyocr_pages(tmp_path / "out" / "train")
    assert len(pages) == 5
    assert pages[0][3] == ["가나다", "office,", "한국어.", "세로", "쓰기", "a", "잘린", "모두"]


def test_shards(tmp_path):
    dataset = make_dataset(tmp_path / "ds")
    report = registry.export(dataset, to="synthtext", out=tmp_path / "out", options={"shard_scenes": "2"})["train"]
    assert report.files == ("gt-00000.mat", "gt-00001.mat", "gt-00002.mat")
    assert len(list(read_truth(tmp_path / "out" / "train"))) == 5


def test_export_rules(tmp_path):
    dataset = make_dataset(tmp_path / "ds")
    with pytest.raises(UsageError, match="Did you mean synthtext"):
        registry.export(dataset, to="syntext", out=tmp_path / "out")
    with pytest.raises(UsageError, match="Did you mean kind"):
        registry.export(dataset, to="synthtext", out=tmp_path / "out", options={"kint": "ink"})
    with pytest.raises(UsageError, match="cell, ink"):
        registry.export(dataset, to="synthtext", out=tmp_path / "out", options={"kind": "box"})
    with pytest.raises(UsageError, match="whole number"):
        registry.export(dataset, to="synthtext", out=tmp_path / "out", options={"shard_scenes": "0"})
    with pytest.raises(OutputError, match="inside the dataset"):
        registry.export(dataset, to="synthtext", out=dataset / "out")
    assert not (tmp_path / "out").exists()
    registry.export(dataset, to="synthtext", out=tmp_path / "out")
    with pytest.raises(OutputError, match="never overwritten"):
        registry.export(dataset, to="synthtext", out=tmp_path / "out")


def test_a_failed_export_leaves_nothing(tmp_path):
    dataset = make_dataset(tmp_path / "ds")
    path = next((dataset / "scenes" / "train").rglob("metadata.jsonl"))
    path.write_text(path.read_text() + "broken\n")
    with pytest.raises(FormatError, match=r"metadata\.jsonl:3"):
        registry.export(dataset, to="synthtext", out=tmp_path / "out")
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize("data", [b"", b"nonsense" * 100])
def test_other_files_are_refused(tmp_path, data):
    (tmp_path / "gt.mat").write_bytes(data)
    with pytest.raises(FormatError, match="export it again"):
        list(read_truth(tmp_path))
