"""What hostile hands may do to a dataset or a recipe: refused in one line, never followed out of the folder."""

from __future__ import annotations

import ast
import dataclasses
import json
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from synthgen.errors import FormatError, OutputError, RecipeError, SynthgenError, UsageError
from synthgen.formats.dataset import open_dataset
from synthgen.formats.metadata import parse_scene
from synthgen.recipe import Recipe, load, parse_setting, presets
from synthgen.run.cluster import Part, render_part
from synthgen.run.folder import Folder
from synthgen.run.plan import Plan, make_plan, parse_splits
from synthgen.run.render import assemble_dataset, render
from synthgen.run.shard import read_sidecar
from tests.mutations import damaged, mutated
from tests.run_standin import Painter, make_painter, plan_of, tree

PACKAGE = Path(__file__).resolve().parent.parent / "synthgen"
# Every document is tried in a folder of its own that the test makes anew.
SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


def refused_or_read(call, *values):
    """Call it; whatever it refuses must be refused as ours and in one line."""
    try:
        return call(*values)
    except SynthgenError as error:
        assert "\n" not in str(error)
        assert len(str(error)) < 2000
        return None


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    out = tmp_path_factory.mktemp("whole") / "data"
    render(plan_of(20), out, make=make_painter)
    return out


@pytest.fixture(scope="module")
def half(tmp_path_factory):
    """A folder in which one part of two is done."""
    out = tmp_path_factory.mktemp("half") / "data"
    render_part(plan_of(20), out, Part(0, 2), make=make_painter)
    return out


# --- documents -------------------------------------------------------------------------------------------------------

PLAN = json.loads(plan_of(20).to_json())


@given(st.one_of(mutated(PLAN).map(json.dumps), damaged(plan_of(20).to_json().encode())))
def test_plans(text):
    text = text if isinstance(text, str) else text.decode("utf-8", "replace")
    plan = refused_or_read(Plan.from_json, text, "plan.json")
    assert plan is None or all(name.isidentifier() or name.isalnum() for name, _ in plan.splits)


@pytest.mark.parametrize("name", ["../x", "/x", "a/b", "", ".", "a-b", "x\0", "val"])
def test_a_forged_fingerprint_opens_no_door(name):
    """Whoever can write the file can also make its fingerprint anew: names are checked none the less."""
    forged = dataclasses.replace(plan_of(20), splits=((name, 0.6), ("val", 0.4)))
    with pytest.raises(FormatError, match=r"^plan\.json: damaged"):
        Plan.from_json(forged.to_json(), "plan.json")


@given(st.one_of(mutated(load("newspaper").to_mapping()), mutated(load("word").to_mapping())))
def test_recipes_as_tables(table):
    if isinstance(table, dict):
        recipe = refused_or_read(Recipe.from_mapping, table)
        if recipe is not None:
            assert Recipe.from_toml(recipe.to_toml()).digest() == recipe.digest()


@given(st.sampled_from(sorted(presets())).flatmap(lambda name: damaged(presets()[name].encode())))
def test_recipes_as_text(data):
    refused_or_read(Recipe.from_toml, data.decode("utf-8", "replace"))


@given(st.text(max_size=30))
def test_settings_and_splits(text):
    refused_or_read(parse_setting, text)
    refused_or_read(parse_setting, f"page.width_px={text}")
    for name, _ in refused_or_read(parse_splits, f"{text}=1") or ():
        assert "/" not in name and "." not in name


def test_recipes_are_bounded():
    for text in ("a=" + "[" * 100_000, "[" + "a." * 50_000 + "b]\n", "#" * 2_000_000, "seed = 1e999\n"):
        with pytest.raises(RecipeError):
            Recipe.from_toml(text)


@SHARED
@given(data=st.data())
def test_sidecars(data, half, tmp_path):
    folder, plan = Folder(half), plan_of(20)
    path = folder.sidecar(0)
    good = path.read_bytes()
    bad = data.draw(st.one_of(mutated(json.loads(good)).map(lambda value: json.dumps(value).encode()), damaged(good)))
    mirror = Folder(tmp_path)
    mirror.sidecar(0).parent.mkdir(exist_ok=True)
    mirror.sidecar(0).write_bytes(bad)
    refused_or_read(read_sidecar, plan, mirror, 0)


@pytest.mark.usefixtures("unsynced")
@settings(SHARED, max_examples=20)
@given(data=st.data())
@pytest.mark.parametrize("name", ["shards/000000.json", "shards/000001.json", "plan.json", "manifest.json"])
def test_whole_folders(name, data, whole, tmp_path):
    """Every command over a folder in which one document is bad."""
    out = tmp_path / "data"
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(whole, out)
    good = (out / name).read_bytes()
    bad = data.draw(st.one_of(mutated(json.loads(good)).map(lambda value: json.dumps(value).encode()), damaged(good)))
    (out / name).write_bytes(bad)
    refused_or_read(_walk, out)
    refused_or_read(assemble_dataset, out)
    refused_or_read(lambda: render(plan_of(20), out, make=make_painter))
    refused_or_read(lambda: render(plan_of(25), out, make=make_painter))
    assert {path.name for path in tmp_path.iterdir()} == {"data"}


def _walk(out: Path) -> None:
    dataset = open_dataset(out)
    for split in dataset.splits:
        list(dataset.records(split))
        list(dataset.words(split))


@pytest.mark.usefixtures("unsynced")
@SHARED
@given(data=st.data())
def test_what_an_extension_notes(data, whole, tmp_path):
    """previous.json names folders that are moved: only ours are."""
    out = tmp_path / "data"
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(whole, out)
    note = {"n": 20, "names": ["words", "words-vertical"], "tail": {}}
    names = st.sampled_from([["../mine"], ["words", "../mine"], ["scenes"], ["/tmp"], [".."], [""], "words", [None]])
    bad = data.draw(st.one_of(mutated(note), names.map(lambda value: {**note, "names": value})))
    (tmp_path / "mine").mkdir(exist_ok=True)
    (out / ".parts").mkdir()
    (out / ".parts" / "previous.json").write_text(json.dumps(bad))
    (out / "manifest.json").unlink()
    refused_or_read(lambda: render(plan_of(25), out, make=make_painter))
    assert {path.name for path in tmp_path.iterdir()} == {"data", "mine"}
    assert (out / "scenes").is_dir()


@given(data=st.data())
def test_metadata(data, whole):
    line = sorted(whole.glob("scenes/*/*/metadata.jsonl"))[0].read_bytes().split(b"\n")[0]
    bad = data.draw(st.one_of(mutated(json.loads(line)).map(lambda value: json.dumps(value).encode()), damaged(line)))
    refused_or_read(parse_scene, bad, "metadata.jsonl:1")


# --- paths -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["../x", "/x", "..", ".", "a/b", "a\\b", "train\0", " ", "한글", "-x", "a" * 101])
def test_split_names_are_no_paths(name):
    with pytest.raises(UsageError):
        parse_splits(f"{name}=1")


def test_the_name_of_a_recipe_is_no_path(tmp_path):
    recipe = Recipe().with_values({"output.shard_size": 10})
    for name in ("../../up", "/abs", "..", "a/b"):
        plan = make_plan(dataclasses.replace(recipe, name=name), Painter(), seed=1, n=4)
        render(plan, tmp_path / "deep" / "data", make=make_painter, overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["deep"]
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["data"]


@pytest.mark.parametrize("link", ["scenes", "scenes/train", "scenes/train/000000", "shards", "words", "words/train",
                                  ".parts", "scenes/train/000000.tar"])  # fmt: skip
@pytest.mark.parametrize("overwrite", [True, False])
def test_links_are_not_followed_for_deletion(whole, tmp_path, link, overwrite):
    """A link inside the folder that leads to another dataset: nothing there is touched."""
    out, other = tmp_path / "data", tmp_path / "other"
    shutil.copytree(whole, out)
    shutil.copytree(whole, other)
    (other / ".parts").mkdir()
    (other / ".parts" / "open-000001").mkdir()
    (other / ".parts" / "open-000001" / "at").write_text("1")
    before = tree(other)
    place = out / link
    if place.is_dir():
        shutil.rmtree(place)
    place.symlink_to(other / link if (other / link).exists() else other / "scenes" / "train" / "000000")
    (out / "manifest.json").unlink()
    plan = plan_of(20, seed=4) if overwrite else plan_of(35)
    refused_or_read(lambda: render(plan, out, make=make_painter, overwrite=overwrite))
    assert tree(other) == before


@pytest.mark.parametrize("name", ["scenes/train/000000/mine.jpg", "shards/mine.json", "words/train/lock.mdb"])
def test_overwrite_removes_its_own_files_only(whole, tmp_path, name):
    out = tmp_path / "data"
    shutil.copytree(whole, out)
    (out / name).write_text("mine")
    with pytest.raises(OutputError, match="not of the dataset and was kept") as told:
        render(plan_of(20, seed=4), out, make=make_painter, overwrite=True)
    assert str(out / name) in str(told.value)
    assert [path for path in out.rglob("*") if path.is_file()] == [out / name]


def test_a_folder_that_vanishes_or_closes_in_mid_run_is_told(tmp_path):
    out = tmp_path / "data"

    class Vanishing(Painter):
        def sample(self, index, *, crops=True):
            if index == 15:
                shutil.rmtree(out)
            return super().sample(index, crops=crops)

    with pytest.raises(OutputError, match=r"No such file or directory") as told:
        render(plan_of(40), out, make=lambda plan: Vanishing())
    assert "\n" not in str(told.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    out = tmp_path / "data"
    out.mkdir()
    out.chmod(0o500)
    with pytest.raises(OutputError, match="Permission denied"):
        render(plan_of(4), out, make=make_painter)


def test_more_jobs_than_shards(whole, tmp_path):
    render(plan_of(20), tmp_path / "data", jobs=9, make=make_painter)
    assert tree(tmp_path / "data") == tree(whole)


# --- code ------------------------------------------------------------------------------------------------------------


def test_nothing_is_unpickled_or_executed():
    """No module of ours loads pickles, evaluates text, or starts a shell."""
    forbidden = {"pickle", "marshal", "shelve", "dill", "cloudpickle"}
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            taken = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            taken += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            # That exporter's own reader loads plain values only, of what it has exported and not of datasets.
            if path.name != "open_ocr_engine.py":
                assert not {name.split(".")[0] for name in taken} & forbidden, path.name
            if isinstance(node, ast.Call):
                called = node.func.id if isinstance(node.func, ast.Name) else ""
                assert called not in ("eval", "exec", "compile", "__import__"), f"{path.name}:{node.lineno}"
                words = {one.arg: one.value for one in node.keywords}
                for name in ("shell", "allow_pickle"):
                    value = words.get(name)
                    assert value is None or (isinstance(value, ast.Constant) and value.value is False), path.name


@pytest.mark.parametrize("text", ["[]", "1", "null", '"x"', "[" * 100_000, "", '{"n_done": []}'], ids=range(7))
@pytest.mark.parametrize(
    "name",
    [
        "manifest.json",
        "shards/000001.json",
        ".parts/previous.json",
        "times.json",
    ],
)
def test_documents_of_another_shape(whole, tmp_path, name, text):
    out = tmp_path / "data"
    shutil.copytree(whole, out)
    (out / ".parts").mkdir()
    (out / name).write_text(text)
    refused_or_read(_walk, out)
    refused_or_read(assemble_dataset, out)
    refused_or_read(lambda: render(plan_of(25), out, make=make_painter))
