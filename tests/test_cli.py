"""The command line: what each command shows, and one clear line for everything that is wrong."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from synthgen.cli import main
from synthgen.formats.dataset import open_dataset
from synthgen.recipe import Recipe, load, presets

ROOT = Path(__file__).resolve().parent.parent
# Small pages, so that a dataset takes a moment.
SMALL = ["--set", "page.width_px=256", "--set", "page.height_px=256", "--set", "page.words_range=[8, 12]",
         "--set", "page.layout=paragraph"]  # fmt: skip


def call(*args: str | Path) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args])


def start(*args: str, **options: object) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "synthgen", *args], text=True, env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options,
    )  # fmt: skip


def refused(*args: str | Path, code: int) -> str:
    """The one line of a refusal."""
    result = call(*args)
    assert result.exit_code == code, result.output
    assert not result.stdout
    last = result.stderr.splitlines()[-1]
    assert last.startswith("synthgen: ")
    assert "Traceback" not in result.stderr
    return last


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("cli") / "pages"
    result = call("render", "--n", "12", "--out", out, "--jobs", "1", "--split", "train=0.5,val=0.5", *SMALL)
    assert result.exit_code == 0, result.output
    return out


@pytest.fixture(scope="module")
def words(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("cli") / "words"
    assert call("render", "--n", "20", "--recipe", "word", "--out", out, "--jobs", "1").exit_code == 0
    return out


# --- what is loaded ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "program",
    [
        "import synthgen",
        "import synthgen.cli",
        "from click.testing import CliRunner; from synthgen.cli import main; "
        "assert all(CliRunner().invoke(main, args).exit_code == 0 for args in (['--help'], ['render', '--help']))",
        "from click.testing import CliRunner; from synthgen.cli import main; CliRunner().invoke(main, ['--n', '0'])",
    ],
)
def test_nothing_heavy_is_imported_before_it_is_needed(program):
    heavy = ("cv2", "numpy", "scipy", "joblib", "uharfbuzz", "lmdb", "PIL", "fontTools", "tqdm")
    check = f"{program}\nimport sys\nprint([name for name in {heavy} if name in sys.modules])"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", check], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_is_there():
    import synthgen

    for name in synthgen.__all__:
        assert getattr(synthgen, name) is not None
        assert name in dir(synthgen)
    with pytest.raises(AttributeError, match="no attribute 'Generatr'"):
        synthgen.Generatr  # noqa: B018 - the look-up is the test
    assert synthgen.load_recipe("word") == load("word")


# --- what is shown -------------------------------------------------------------------------------------------------


def test_help_and_version():
    assert "Usage: synthgen" in call().stdout
    assert call("--version").stdout.startswith("synthgen ")
    for name in main.commands:
        text = call(name, "--help").stdout
        assert "Example: synthgen" in " ".join(text.split()), name


def test_recipes_are_listed_and_printed():
    listing = call("recipes").stdout
    assert all(name in listing for name in presets())
    assert set(json.loads(call("recipes", "--json").stdout)) == set(presets())
    assert Recipe.from_toml(call("recipes", "document").stdout) == load("document")
    assert json.loads(call("recipes", "word", "--json").stdout)["output"]["scenes"] is False
    assert "Did you mean newspaper?" in refused("recipes", "newspapr", code=2)


def test_fonts_are_counted_by_ink():
    rows = {row["face"]: row for row in json.loads(call("fonts", "--json").stdout)}
    assert rows["NanumGothic"]["hangul"] == {"drawn": 11172, "of": 11172}
    assert rows["NanumSquareR"]["hangul"]["drawn"] == 2479
    assert rows["NanumSquareR"]["hanja"]["drawn"] == 0
    assert "\\" in rows["NanumPen"]["missing"]
    assert "\\" not in rows["NanumGothicCoding"]["missing"]
    table = call("fonts").stdout.split("\n\n")[0].splitlines()
    assert len(table) == 1 + len(rows)
    assert "8,693 syllables" in call("fonts", "--charset", "hangul").stdout


def test_render_prints_plan_summary_and_training_arguments(pages):
    result = call("render", "--n", "12", "--out", pages, "--jobs", "1", "--split", "train=0.5,val=0.5", *SMALL)
    assert result.exit_code == 0
    for word in ("12 in 1 shard", "pages", "words", "disk", "time"):
        assert word in result.stderr
    for word in ("--character", "--batch_max_length", "--select_data", "data.normalize_unicode=false", "synthtext"):
        assert word in result.stdout
    dataset = open_dataset(pages)
    assert sum(counts["scenes"] for counts in dataset.splits.values()) == 12


def test_render_in_json(tmp_path):
    result = call("render", "--n", "2", "--out", tmp_path / "out", "--jobs", "1", "--json", *SMALL)
    assert not result.stderr
    told = json.loads(result.stdout)
    assert told["plan"]["n"] == told["made"]["n_done"] == told["made"]["counts"]["scenes"] == 2
    assert told["plan"]["expected"]["disk_bytes"] > 0
    assert told["made"]["counts"]["words"] > 0


def test_plan_only_writes_nothing(tmp_path):
    result = call("render", "--n", "1e6", "--out", tmp_path / "out", "--plan-only", "--json",
                  "--set", "crops.height_px_range=[32, 32]", *SMALL)  # fmt: skip
    if result.exit_code == 0:  # else this disk cannot hold a million pages, which is a right answer too
        assert json.loads(result.stdout)["plan"]["n"] == 1_000_000
    assert not list(tmp_path.iterdir())


def test_render_goes_by_default_into_a_folder_named_by_the_recipe(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert call("render", "--n", "1", "--recipe", "word", "--lang", "ko+en", "--jobs", "1").exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["synthgen-word-ko+en-1"]


def test_a_recipes_name_cannot_lead_out_of_the_current_folder(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    (tmp_path / "sly.toml").write_text('name = "../../../away"\n[page]\nlayout = "word"\n[camera]\nframe = "content"\n')
    assert call("render", "--n", "1", "--recipe", tmp_path / "sly.toml", "--jobs", "1").exit_code == 0
    assert len(list((tmp_path / "here").iterdir())) == 1
    assert len(list(tmp_path.iterdir())) == 2


def test_overwrite_removes_a_dataset_of_ours_only(tmp_path):
    out = tmp_path / "out"
    assert call("render", "--n", "2", "--out", out, "--jobs", "1", *SMALL).exit_code == 0
    assert "holds another dataset" in refused("render", "--n", "2", "--out", out, "--seed", "5", *SMALL, code=1)
    assert call("render", "--n", "1", "--out", out, "--seed", "5", "--overwrite", *SMALL).exit_code == 0
    assert open_dataset(out).manifest["seed"] == 5
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work")
    assert "not empty" in refused("render", "--n", "1", "--out", mine, "--overwrite", *SMALL, code=1)
    assert (mine / "thesis.txt").read_text() == "years of work"


def test_assemble_repeats_the_summary(pages, tmp_path):
    shutil.copytree(pages, tmp_path / "copy")
    told = json.loads(call("assemble", tmp_path / "copy", "--json").stdout)
    assert told["made"]["n_done"] == 12
    refused("assemble", tmp_path, code=1)


def test_export_writes_gt_mat_and_lists_formats(pages, tmp_path):
    told = json.loads(call("export", pages, "--to", "synthtext", "--out", tmp_path / "craft", "--json").stdout)
    assert (tmp_path / "craft" / "train" / "gt.mat").is_file()
    assert set(told["splits"]) == {"train", "val"}
    assert "synthtext" in call("export", "--list").stdout
    assert "synthtext" in json.loads(call("export", "--list", "--json").stdout)
    assert "gt.mat" not in refused("export", pages, "--to", "synthtext", "--out", tmp_path / "craft", code=1)
    assert "Did you mean synthtext?" in refused("export", pages, "--to", "synthtekst", code=2)
    assert "kind" in refused("export", pages, "--to", "synthtext", "--kind", "inc", "--out", tmp_path / "x", code=2)
    refused("export", pages, code=2)
    refused("export", tmp_path, "--to", "synthtext", code=1)


# --- one sample ----------------------------------------------------------------------------------------------------


def test_show_tells_how_a_sample_was_made_and_its_command_makes_it_again(tmp_path):
    first = call("show", "newspaper", "3", "--seed", "7", "--out", tmp_path / "a.png", "--no-quads", *SMALL).stdout
    assert "paper.kind" in first
    again = shlex.split(first.rpartition("again: ")[2])
    assert again[0] == "synthgen"
    assert call(*again[1:]).stdout == first
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.size == (512, 512)


def test_show_of_a_dataset_and_of_its_recipe_agree(pages):
    stored = json.loads(call("show", pages, "5", "--json").stdout)
    again = shlex.split(stored["again"])
    anew = json.loads(call(*again[1:], "--json").stdout)
    for key in ("width", "height", "words", "lines", "roles", "faces"):
        assert anew[key] == stored[key], key
    assert anew["provenance"]["ink"] == stored["provenance"]["ink"]


def test_show_refuses_what_is_not_there(pages, words):
    assert "samples are 0 to 11" in refused("show", pages, "12", code=2)
    assert "recipe.toml" in refused("show", words, "0", code=2)
    assert "--seed" in refused("show", pages, "0", "--seed", "3", code=2)
    refused("show", "newspaper", "-1", code=2)
    refused("show", "newspaper", "1.5", code=2)


def test_preview_of_recipes_and_datasets(pages, words, tmp_path):
    out = tmp_path / "sheet.png"
    for args in (
        ["newspaper", "--n", "2", *SMALL],
        ["word", "--n", "3"],
        ["newspaper", "--crops", "--n", "9", *SMALL],
        [str(pages), "--n", "2", "--index", "4"],
        [str(pages), "--crops", "--split", "val"],
        [str(words), "--n", "5", "--size", "64"],
    ):
        out.unlink(missing_ok=True)
        result = call("preview", *args, "--out", out)
        assert result.exit_code == 0, result.output
        with Image.open(out) as picture:
            assert picture.mode == "RGB"
            assert min(picture.size) >= 32


def test_preview_refuses_bad_choices(pages, words, tmp_path):
    assert "PNG" in refused("preview", "--out", tmp_path / "x.jpg", code=2)
    refused("preview", "--out", tmp_path / "no" / "x.png", code=1)
    refused("preview", tmp_path, "--out", tmp_path / "x.png", code=1)
    refused("preview", words, "--scenes", "--out", tmp_path / "x.png", code=2)
    refused("preview", words, "--index", "1e6", "--out", tmp_path / "x.png", code=2)
    refused("preview", pages, "--split", "tset", "--out", tmp_path / "x.png", code=2)
    refused("preview", "word", "--split", "train", "--out", tmp_path / "x.png", code=2)
    refused("preview", pages, "--lang", "ko", "--out", tmp_path / "x.png", code=2)
    refused("preview", "--n", "100k", "--out", tmp_path / "x.png", code=2)
    assert not (tmp_path / "x.png").exists()


# --- bad input -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", ["0", "-5", "1.5", "abc", "", "1e", "1e99", "１０", "10K!", "nan", "inf", "0.5k1"])
def test_n_must_be_a_whole_number(n, tmp_path):
    assert "must be a whole number from 1" in refused("render", "--n", n, "--out", tmp_path / "out", code=2)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("n", "value"), [("1000", 1000), ("1e6", 1_000_000), ("10k", 10_000), ("1.5k", 1500), ("2M", 2_000_000)]
)
def test_n_is_written_as_people_write_it(n, value):
    from synthgen.cli.arguments import Whole

    assert Whole(1).convert(n, None, None) == value


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--lang", "kr"], "lang"),
        (["--recipe", "newspapr"], "Did you mean newspaper?"),
        (["--recipe", "missing.toml"], "missing.toml"),
        (["--set", "page.widht_px=512"], "Did you mean width_px?"),
        (["--set", "pgae.width_px=512"], "Did you mean page?"),
        (["--set", "page.width_px"], "key=value"),
        (["--set", "page.width_px=wide"], "whole number"),
        (["--set", "page.width_px=0"], "from 16"),
        (["--set", "type.body_px_range=[30, 20]"], "inverted"),
        (["--set", "ink.min_contrast=nan"], "finite"),
        (["--set", "text.charset=ks1002"], "Did you mean ks1001?"),
        (["--set", "page.layout=newspapr"], "newspaper"),
        (["--image-format", "gif"], "image_format"),
        (["--split", "train=0.5"], "sum to"),
        (["--split", "tr-ain=1"], "letters"),
        (["--seed", "-1"], "--seed"),
        (["--seed", "1e30"], "seed"),
        (["--jobs", "0"], "--jobs"),
        (["--colour"], "--help"),
    ],
)
def test_wrong_values_are_refused_in_one_line(args, words, tmp_path):
    assert words in refused("render", "--n", "2", "--out", tmp_path / "out", *args, code=2)
    assert not (tmp_path / "out").exists()


def test_unknown_commands_and_missing_options():
    assert "render" in refused("rendr", code=2)
    assert "--n" in refused("render", code=2)


def bad_files(folder: Path) -> dict[str, tuple[str, Path]]:
    """What users hand in by mistake: (option, path) by a word of the answer."""
    pen = (ROOT / "fonts" / "NanumPen.ttf").read_bytes()
    contents = {
        "empty.ttf": b"", "cut.ttf": pen[:200_000], "text.ttf": b"no font at all, truly", "empty.txt": b"\n\n",
        "latin1.txt": b"caf\xe9", "thai.txt": "ภาษาไทย\n".encode(),
    }  # fmt: skip
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    (folder / "nothing").mkdir()
    return {
        "0 bytes": ("--fonts", folder / "empty.ttf"),
        "cut.ttf": ("--fonts", folder / "cut.ttf"),
        "not a TrueType": ("--fonts", folder / "text.ttf"),
        "No such file": ("--fonts", folder / "missing.ttf"),
        "no .ttf or .otf": ("--fonts", folder / "nothing"),
        "holds no text": ("--corpus", folder / "empty.txt"),
        "not UTF-8": ("--corpus", folder / "latin1.txt"),
        "leaves the charset": ("--corpus", folder / "thai.txt"),
        "corpus missing.txt": ("--corpus", folder / "missing.txt"),
        "backgrounds": ("--backgrounds", folder / "nothing"),
    }


def test_unusable_files_are_refused_in_one_line(tmp_path):
    for words, (option, path) in bad_files(tmp_path).items():
        assert words in refused("render", "--n", "2", "--out", tmp_path / "out", option, path, code=1)
        assert not (tmp_path / "out").exists()


def test_unusable_backgrounds_are_refused_in_one_line(tmp_path):
    for name, picture in (("text.jpg", None), ("huge.png", Image.new("1", (30_000, 30_000)))):
        folder = tmp_path / name.partition(".")[0]
        folder.mkdir()
        if picture is None:
            (folder / name).write_bytes(b"no picture")
        else:
            picture.save(folder / name, compress_level=1)
        assert name in refused("render", "--n", "2", "--out", tmp_path / "out", "--backgrounds", folder, code=1)
        assert not (tmp_path / "out").exists()


def test_unusable_output_folders_are_refused_in_one_line(tmp_path):
    (tmp_path / "file").write_text("a file")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("dear")
    for name, words in (("file", "is a file"), ("full", "not empty"), ("file/below", "file")):
        assert words in refused("render", "--n", "1", "--out", tmp_path / name, *SMALL, code=1)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "full", "letter.txt"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    assert "written" in refused("render", "--n", "1", "--out", tmp_path / "out", *SMALL, code=1)


def test_a_disk_too_small_is_refused_before_anything_is_written(tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=50_000))
    assert "GB are free" in refused("render", "--n", "1000", "--out", tmp_path / "out", *SMALL, code=1)
    assert not (tmp_path / "out").exists()


# --- real processes ------------------------------------------------------------------------------------------------


def test_a_reader_that_leaves_is_no_error_to_tell():
    process = start("recipes", "newspaper")
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()
    assert process.wait() in (0, 1)


def test_hangul_is_printed_where_the_terminal_has_none():
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([sys.executable, "-m", "synthgen", "show", "word", "1"], env=environment, capture_output=True,
                          check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_ctrl_c_leaves_a_valid_dataset_and_says_so_in_one_line(tmp_path):
    out = tmp_path / "out"
    process = start("render", "--n", "10k", "--out", str(out), "--jobs", "1", "--set", "output.shard_size=2", *SMALL)
    deadline = time.monotonic() + 60
    while len(list(out.glob("shards/*.json"))) < 2 and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 3, stderr
    assert not stdout
    assert "Traceback" not in stderr
    assert stderr.splitlines()[-1].startswith("synthgen: ")
    manifest = open_dataset(out).manifest
    assert 4 <= manifest["n_done"] < manifest["n"]


def test_a_charset_file_is_kept_by_its_characters(tmp_path, monkeypatch):
    """A dataset names no path; the file may lie elsewhere, or nowhere, when it is gone on with or made again."""
    letters = "가나다라마바사아자차카타파하이그에의을는은도한고지로서기사인 0123456789.,"
    (tmp_path / "few.txt").write_text(letters, encoding="utf-8")
    kept = ("--recipe", "word", "--jobs", "1")
    out = tmp_path / "words"
    absolute = call("render", *kept, "--n", "6", "--out", out, "--set", f"text.charset={tmp_path / 'few.txt'}")
    assert absolute.exit_code == 0, absolute.stderr
    for path in sorted(out.rglob("*")):
        assert path.is_dir() or str(tmp_path).encode() not in path.read_bytes(), path
    monkeypatch.chdir(tmp_path)
    longer = call("render", *kept, "--n", "9", "--out", out, "--set", "text.charset=few.txt")
    assert longer.exit_code == 0, longer.stderr
    (tmp_path / "few.txt").unlink()
    again = call("render", "--recipe", out / "recipe.toml", "--jobs", "1", "--n", "9", "--out", tmp_path / "again")
    assert again.exit_code == 0, again.stderr
    assert (out / "manifest.json").read_bytes() == (tmp_path / "again" / "manifest.json").read_bytes()
    assert "holds no character" in refused("show", "word", "0", "--set", "text.charset=chars:", code=1)
