"""The benchmarks measure what they say; how fast anything is, no test asks."""

from __future__ import annotations

import json
import sys
import types
from functools import cache
from pathlib import Path

import cv2
import pytest
import uharfbuzz

from benchmarks import memory, page, peers, profile, size, startup
from benchmarks.choice import chosen_cases
from benchmarks.command import MODULES, NAMES, main, parser
from synthgen import bench
from synthgen.cli import main as command
from synthgen.errors import SynthgenError, UsageError
from synthgen.generator import Generator
from synthgen.report import costs
from synthgen.run.shard import encode_sample

SMALL = {"page.width_px": 320, "page.height_px": 320, "page.words_range": [12, 16]}


@pytest.fixture(scope="module")
def small():
    return bench.Case("small", "newspaper", SMALL, {"words": (10, 20), "pages": (0, 5)})


@pytest.fixture(scope="module")
def measured(small):
    return bench.measure(small, 0.4)


def test_every_stage_of_the_walk_is_found():
    for _, targets in bench.STAGES:
        for target in targets:
            assert bench.places_of(target), target


def test_a_function_that_has_moved_is_named():
    with pytest.raises(SynthgenError, match=r"synthgen\.generator:nothing: no such function; correct STAGES"):
        bench.places_of("synthgen.generator:nothing")


def test_every_stage_is_passed_once_a_page(small):
    generator = small.generator()
    plan = bench.make_plan_of(generator, 1)
    with bench.watched(generator) as watch:
        sample, encoded = encode_sample(plan, generator, 0)
    attempts = 1 + len(sample.rejections)
    for stage in ("layout brief", "writing", "setting", "pose"):
        assert watch.calls[stage] == attempts, stage
    for stage in ("paper", "coverage", "ink", "optics", "labels", "crops", "metadata", bench.PAGE_ENCODE):
        assert watch.calls[stage] >= 1, stage
    assert watch.calls[bench.PAGE_ENCODE] == 1
    assert watch.calls[bench.CROP_ENCODE] == len(encoded.words) > 1


def test_nothing_stays_replaced(small):
    generator = small.generator()
    before = {module: dict(vars(sys.modules[module])) for module in list(sys.modules) if module.startswith("synthgen")}
    walk, layout, draw = dict(vars(Generator)), dict(vars(type(generator.walks[0].layout))), uharfbuzz.RasterDraw
    calls = {name: getattr(cv2, name) for name in bench.FLOOR_CALLS}
    bench.bare_calls(bench.make_plan_of(generator, 1), generator, 0)
    assert dict(vars(Generator)) == walk and dict(vars(type(generator.walks[0].layout))) == layout
    assert uharfbuzz.RasterDraw is draw and {name: getattr(cv2, name) for name in calls} == calls
    for module, names in before.items():
        assert all(vars(sys.modules[module])[name] is value for name, value in names.items())


def test_values_are_put_back_after_an_error():
    holder = types.SimpleNamespace(kept=1)
    with pytest.raises(ZeroDivisionError), bench.replaced([(holder, "kept", 2), (holder, "new", 3)]):
        assert (holder.kept, holder.new) == (2, 3)
        raise ZeroDivisionError
    assert vars(holder) == {"kept": 1}


def test_watching_changes_no_sample(small):
    generator = small.generator()
    plan = bench.make_plan_of(generator, 1)
    plain = encode_sample(plan, generator, 3)[1]
    with bench.watched(generator):
        assert encode_sample(plan, generator, 3)[1] == plain
    bench.bare_calls(plan, generator, 3)
    assert encode_sample(plan, generator, 3)[1] == plain


def test_the_floor_is_the_calls_of_the_same_pictures(small):
    generator = small.generator()
    plan = bench.make_plan_of(generator, 1)
    sample, encoded = encode_sample(plan, generator, 1)
    calls = bench.bare_calls(plan, generator, 1)
    made = {part: [call() for call in calls[part]] for part in calls}
    assert tuple(calls) == (*bench.FLOOR_STAGES.values(), bench.EFFECTS)
    assert len(calls[bench.EFFECTS]) > 3
    assert len(calls["page warp"]) >= 1 and len(calls["glyphs"]) > 2 * len(sample.scene.characters)
    assert [bytes(data) for _, data in made["page JPEG"]] == [encoded.picture]
    assert [bytes(data) for _, data in made["crop JPEGs"]] == [word.image for word in encoded.words]
    assert len(made["crop warps"]) >= len(encoded.words)


def test_own_times_leave_out_what_nested_stages_took():
    watch = bench.Stopwatch()
    inner = watch.around("inner", lambda: watch.stage)
    outer = watch.around("outer", lambda: (watch.stage, inner(), watch.stage))
    assert outer() == ("outer", "inner", "outer")
    assert watch.stage == bench.REST
    assert dict(watch.calls) == {"inner": 1, "outer": 1}
    assert min(watch.seconds.values()) >= 0


def test_shares_sum_to_one(measured):
    told = measured.to_mapping()
    assert sum(told["stages_share"].values()) == pytest.approx(1, abs=0.01)
    assert set(told["stages_share"]) == {*bench.STAGE_NAMES, bench.REST}
    assert told["per_cpu_s"]["pages"] > 0 and told["per_cpu_s"]["words"] == told["per_cpu_s"]["crops"]
    assert set(told["floor_ms"]) == set(bench.FLOOR_STAGES.values())
    assert json.loads(json.dumps(told)) == told


def test_the_report_shows_goals_beside_figures(measured):
    text = costs.measured_text([measured])
    assert "10 words, 5 pages, 20 words" in text and "ms per sample" in text and "opencv" in text


def test_a_run_without_pages_has_crops_only():
    generator = bench.Case("word", "word").generator()
    rate = bench.measure_rate(generator, 6)
    # Rolls are made whole.
    made = generator.recipe.page.roll_block
    assert (rate.samples, rate.pages) == (made, 0) and rate.crops + rate.skipped == made and rate.size_bytes > 0
    with bench.watched(generator) as watch:
        encode_sample(bench.make_plan_of(generator, 1), generator, 0)
    assert watch.calls[bench.CROP_ENCODE] == 1 and bench.PAGE_ENCODE not in watch.calls


def test_the_command_prints_tables_and_json(capsys, monkeypatch):
    """Measured once, told twice."""
    monkeypatch.setattr(bench, "bench", cache(bench.bench))
    for arguments, begins in ((["bench", "--seconds", "0.2"], ""), (["bench", "--seconds", "0.2", "--json"], "{")):
        with pytest.raises(SystemExit) as left:
            command(arguments)
        out = capsys.readouterr().out
        assert left.value.code == 0 and out.startswith(begins)
        assert all(case.name in out for case in bench.MAIN_CASES)
    told = json.loads(out)
    assert {"machine", "cases"} == set(told)


def test_the_machine_names_no_host_and_no_path():
    told = bench.machine()
    assert {"processor", "cores", "python", "opencv", "numpy"} <= set(told)
    assert not [value for value in told.values() if "/home" in value or "/tmp" in value]


def test_every_benchmark_has_its_module_and_options(capsys):
    for name in NAMES:
        given = parser().parse_args([name, "--json"])
        assert given.json
    assert set(MODULES) == set(NAMES) == {*page.SECTIONS, "page"}
    with pytest.raises(SystemExit):
        main(["nothing"])
    assert "invalid choice" in capsys.readouterr().err


def test_an_unknown_case_is_answered_with_the_nearest(capsys):
    with pytest.raises(UsageError, match="Did you mean word"):
        chosen_cases(["wort"])
    assert main(["rates", "--case", "wort"]) == 2
    assert capsys.readouterr().err.startswith("benchmarks: case 'wort'")


@pytest.mark.parametrize("name", ["rates", "stages", "floor", "profile"])
def test_benchmarks_of_cases_print_tables_and_json(name, capsys):
    assert main([name, "--case", "word", "--seconds", "0.05", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["benchmark"] == name and told["result"] and told["machine"]["python"]
    assert main([name, "--case", "word", "--seconds", "0.05"]) == 0
    assert "word" in capsys.readouterr().out


def test_memory_is_looked_at_as_samples_pass():
    told = memory.watch(bench.Case("word", "word"), 2)
    assert [look["samples"] for look in told["looks"]][:3] == [0, 1, 2]
    assert "word" in memory.text([told])
    assert memory._slope([(0, 1.0), (1000, 3.0), (2000, 5.0)]) == pytest.approx(2.0)


def test_sizes_change_one_thing_each():
    assert size._sized(768)["page.words_range"] == [115, 115]
    assert size._records(50)["file_over_values"] > 1
    rows = {"records": [size._records(50)]}
    assert "50 records" in size.text(rows)


def test_the_page_has_every_table_and_its_command():
    drawn = page.text({name: f"table of {name}" for name in page.SECTIONS})
    written = (Path(__file__).parents[1] / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    for name, (title, _) in page.SECTIONS.items():
        assert f"table of {name}" in drawn
        for one in (drawn, written):
            assert f"## {title}\n\n`python -m benchmarks {name}`" in one, "run: python -m benchmarks page"


def test_a_peer_that_is_not_there_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(peers.shutil, "which", lambda name: None)
    absent = peers._text2image(["a b"], tmp_path)
    ours = {"tool": "synthgen word", "work": "words", "words": 9, "pages": 0, "words_per_cpu_s": 9.0,
            "pages_per_cpu_s": 0.0}  # fmt: skip
    asked = peers._trdg(["a b"], tmp_path, types.SimpleNamespace(trdg=None, install=False))
    text = peers.text([ours, absent, asked])
    assert "text2image: not installed; on Debian: apt-get install tesseract-ocr." in text
    assert "TRDG: not asked for; add --install" in text


def test_startup_and_profile_name_no_path_of_the_machine():
    assert startup.STEPS[0][0] == "python alone"
    assert profile._short("/somewhere/site-packages/numpy/core.py") == "numpy/core.py"
    assert profile._short("/somewhere/synthgen/press/ink.py") == "press/ink.py"
    assert profile._short("<string>") == "<string>"
