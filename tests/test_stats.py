"""A dataset in figures: what is counted, what stands beside it, and the picture of plots."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from synthgen.cli import main
from synthgen.formats.dataset import open_dataset
from synthgen.formats.metadata import SceneRecord
from synthgen.report import plots, statistics
from synthgen.report.statistics import Eojeol, Histogram, Statistics
from synthgen.run.usage import COVERAGE_NAME, read_coverage
from tests.formats_samples import make_scene as scene_sample

SMALL = ["--set", "page.width_px=256", "--set", "page.height_px=256", "--set", "page.words_range=[8, 12]",
         "--set", "page.layout=paragraph"]  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stats")
    for name, arguments in (("pages", SMALL), ("words", ["--recipe", "word"])):
        result = CliRunner().invoke(
            main, ["render", "--n", "12", "--out", str(folder / name), "--jobs", "1", *arguments]
        )
        assert result.exit_code == 0, result.output
    return folder


# --- eojeol and histograms -----------------------------------------------------------------------------------------


def test_eojeol_are_counted_by_syllables_and_marks():
    counted = Eojeol()
    for text in ("“그는", "말했다.”", "(서울)", "3월", "KBS에", "가,", "·", "대한민국정부는"):
        counted.add(text)
    assert counted.n == 8
    assert counted.hangul == 5  # 3월, KBS에 and a lone mark are not Hangul alone
    assert counted.lengths == [1, 2, 1, 0, 0, 1]
    assert counted.mean() == pytest.approx((2 + 3 + 2 + 1 + 7) / 5)
    assert counted.marks == {"full stop": 1, "comma": 1, "quotes or brackets": 3, "digits": 1, "Latin": 1}
    assert sum(counted.length_shares()) == pytest.approx(1)


def test_commas_within_figures_and_stops_within_numbers_are_no_punctuation():
    counted = Eojeol()
    for text in ("1,250원", "0.25%", "3.1"):
        counted.add(text)
    assert counted.marks["comma"] == counted.marks["full stop"] == 0
    assert counted.marks["digits"] == 3


def test_no_eojeol_has_no_shares():
    assert Eojeol().mean() == 0
    assert set(Eojeol().length_shares()) == {0.0}
    assert set(Eojeol().mark_shares().values()) == {0.0}


def test_a_histogram_counts_everything_and_its_ends_hold_what_lies_outside():
    counted = Histogram.of(0, 10, 1)
    counted.add([-5, 0.5, 3.2, 3.4, 99])
    assert counted.n == 5
    assert counted.bins.tolist() == [2, 0, 0, 2, 0, 0, 0, 0, 0, 1]
    assert counted.quantile(0.5) == 3.5
    assert counted.to_mapping()["bins"] == {"0": 2, "3": 2, "9": 1}
    assert Histogram.of(0, 1, 1).quantile(0.5) == 0


# --- scenes --------------------------------------------------------------------------------------------------------


def record_of(scene, **changes) -> SceneRecord:
    record = SceneRecord("a.jpg", *scene.size, 0, scene.characters, scene.words, scene.lines, scene.roles,
                         scene.provenance)  # fmt: skip
    return replace(record, **changes)


def counted_in(record: SceneRecord, **values) -> Statistics:
    found = Statistics("scenes", tuple(sorted(set(record.characters.text))), **values)
    found.add_scene(record)
    return found


def test_a_scene_is_counted_by_its_words_angles_and_sizes():
    scene = scene_sample()
    found = counted_in(record_of(scene), min_visible=0.0)
    assert found.scenes == 1
    assert found.every.n + found.ignored == len(scene.words)
    assert found.sizes.n == found.angles.n == len(scene.words)
    assert not statistics.unseen(found) or found.ignored


def test_ignored_words_count_as_ignored_alone():
    scene = scene_sample()
    words = replace(scene.words, ignored=np.ones(len(scene.words), dtype=np.bool_))
    found = counted_in(record_of(scene, words=words), min_visible=0.0)
    assert found.ignored == len(words)
    assert found.every.n == found.characters.total() == 0


def test_angles_are_counter_clockwise_as_seen():
    scene = scene_sample()
    quad = np.array([[[0.0, 10.0], [10.0, 0.0], [10.0, 10.0], [0.0, 20.0]]])
    one = replace(scene.words, text=("가",), quad=quad, ink=quad, line=np.zeros(1, np.int32), direction=("ltr",),
                  ignored=np.zeros(1, np.bool_), outline=())  # fmt: skip
    assert statistics.word_angles_deg(one).tolist() == [45.0]


# --- the command ---------------------------------------------------------------------------------------------------


def call(*arguments):
    result = CliRunner().invoke(main, [str(one) for one in arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_pages_are_told_in_tables_json_and_plots(made, tmp_path):
    text = call("stats", made / "pages")
    for wanted in (
        "real print",
        "31%",
        "2.75 to 3.00",
        "em, px",
        "least contrast",
        "angle, deg",
        "NanumGothic",
        "body",
    ):
        assert wanted in text
    told = json.loads(call("stats", made / "pages", "--json", "--out", tmp_path / "stats.png"))
    dataset = open_dataset(made / "pages")
    assert told["scenes"] == sum(counts["scenes"] for counts in dataset.splits.values())
    assert told["characters"]["seen"] + len(told["characters"]["unseen"]) == told["characters"]["charset"]
    assert told["words"]["n"] == told["contrast"]["n"] == told["scenes"]
    # The run counted the same characters in the same words.
    counted = read_coverage((dataset.folder / COVERAGE_NAME).read_bytes(), COVERAGE_NAME)
    assert told["characters"]["counts"] == {one: count for one, count in counted.items() if count}
    assert told["characters"]["seen"] == dataset.manifest["characters"]["appeared"]
    with Image.open(tmp_path / "stats.png") as picture:
        assert picture.width == plots.PANEL_PX[0] * plots.COLUMNS
        assert picture.height % plots.PANEL_PX[1] == 0
        assert len(set(np.asarray(picture.convert("L")).reshape(-1).tolist())) > 10


def test_words_are_told_from_their_labels(made, tmp_path):
    told = json.loads(call("stats", made / "words", "--json", "--out", tmp_path / "stats.png"))
    dataset = open_dataset(made / "words")
    assert told["source"] == "words"
    assert told["size_px"]["n"] == sum(one["words"] + one["words_vertical"] for one in dataset.splits.values())
    assert told["angle_deg"]["n"] == 0
    assert "crop height, px" in call("stats", made / "words")


def test_the_figures_are_the_same_each_time(made):
    assert call("stats", made / "pages", "--json") == call("stats", made / "pages", "--json")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["stats", "."], "is not a dataset"), (["stats", "{pages}", "--out", "plots.jpg"], "must end in .png")],
)
def test_what_is_wrong_is_said(made, arguments, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, [one.format(pages=made / "pages") for one in arguments])
    assert result.exit_code
    assert message in result.stderr
