"""The house rules that no single file shows: who imports whom, where chance and warps live, what is packed."""

from __future__ import annotations

import ast
import doctest
import importlib
import re
import runpy
import subprocess
import sys
import zipfile
from functools import cache
from pathlib import Path

import pytest

from synthgen import assets
from synthgen.formats.registry import exporters
from synthgen.recipe import Recipe, load, presets

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "synthgen"

# The rooms from the ground up: a module imports its own room and those before it, never one that comes later.
ROOMS = (
    "errors", "once", "channels", "quads", "matrices", "plain_maps", "mesh", "geometry", "randomness", "assets",
    "schema", "recipe", "scene", "text", "typeset", "press", "camera", "crops", "walk", "generator",
    "formats", "run", "targets", "torch", "bench", "report", "preview", "gallery", "stats", "cli", "__main__",
)  # fmt: skip
# Formats file what flows to them; they never make it.
FORBIDDEN = {("formats", "generator"), ("formats", "text"), ("formats", "typeset"), ("formats", "press"),
             ("formats", "camera")}  # fmt: skip
# What one may take from the package itself, besides its rooms.
FROM_PACKAGE = {"__version__"}

WARPS = {"warpAffine", "warpPerspective", "remap"}
OPENCV_CHANCE = {"randn", "randu", "randShuffle", "setRNGSeed"}
CLOCKS_AND_HOSTS = {
    "datetime.now", "datetime.today", "datetime.utcnow", "date.today", "time.time", "socket.gethostname",
    "platform.node", "os.uname", "uuid.uuid1", "uuid.uuid4",
}  # fmt: skip
MAX_LINES = 460  # about 400


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if "_assets" not in path.parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    """The module's dotted name without the package's: ``typeset.face``; empty for the package itself."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def dotted(node: ast.expr) -> str:
    """``np.random.default_rng`` of an attribute chain; empty when it is something else."""
    if isinstance(node, ast.Name):
        return node.id
    inner = dotted(node.value) if isinstance(node, ast.Attribute) else ""
    return f"{inner}.{node.attr}" if inner and isinstance(node, ast.Attribute) else ""


def attributes(path: Path) -> list[tuple[int, str]]:
    found = ((node, dotted(node)) for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute))
    return [(node.lineno, name) for node, name in found if name]


def imports(path: Path) -> list[str]:
    """The modules of ours that a module imports anywhere, functions included, by dotted name without the package's."""
    found = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found += [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path.name}:{node.lineno}: relative import; write synthgen.<room>."
            if node.module == "synthgen":
                found += [f"synthgen.{one.name}" for one in node.names if one.name not in FROM_PACKAGE]
            else:
                found.append(node.module or "")
    return sorted(name.removeprefix("synthgen.") for name in found if name.split(".")[0] == "synthgen")


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_imports_point_down_the_list_of_rooms(path):
    here = name_of(path).split(".")[0]
    if not here:
        return  # the package offers the public names of every room, lazily
    assert here in ROOMS, f"{here}: a new room; give it its place in ROOMS."
    for name in imports(path):
        there = name.split(".")[0]
        assert there in ROOMS, f"{name_of(path)} imports {name}; import from the room that makes it."
        assert ROOMS.index(there) <= ROOMS.index(here), f"{name_of(path)} imports {name}, which comes later."
        assert (here, there) not in FORBIDDEN, f"{name_of(path)} imports {name}; formats only file what is given."


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_only_geometry_warps(path):
    if name_of(path) == "geometry":
        return
    warps = [f"{line}: {name}" for line, name in attributes(path) if name.split(".")[-1] in WARPS and "cv2" in name]
    warps += [
        f"{node.lineno}: {one.name}"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.module == "cv2"
        for one in node.names
    ]
    assert not warps, "pixel centres are not pixel edges: warp through a Map of synthgen.geometry."


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_chance_comes_from_streams_only(path):
    if name_of(path) == "randomness":
        return
    names = attributes(path)
    # Naming the type of a stream's generator draws nothing.
    chance = [f"{line}: {name}" for line, name in names if re.search(r"\b(np|numpy)\.random\.(?!Generator$)", name)]
    chance += [f"{line}: {name}" for line, name in names if name.removeprefix("cv2.") in OPENCV_CHANCE]
    for node in ast.walk(tree(path)):
        taken = [one.name for one in node.names] if isinstance(node, ast.Import) else []
        taken += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        chance += [f"{node.lineno}: {name}" for name in taken if name in ("random", "secrets", "numpy.random")]
        # hash() of a text differs from process to process.
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "hash":
            chance.append(f"{node.lineno}: hash()")
    assert not chance, "draw from a Stream of synthgen.randomness."


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_nothing_asks_for_the_date_or_the_host(path):
    found = [f"{line}: {name}" for line, name in attributes(path) if ".".join(name.split(".")[-2:]) in CLOCKS_AND_HOSTS]
    assert not found, "a dataset is the same whenever and wherever it is made; measure with time.monotonic()."


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_a_module_holds_one_idea(path):
    assert path.stem not in ("utils", "util", "helpers", "helper", "common", "misc"), "name it by its noun."
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= MAX_LINES, f"{lines} lines: split it by its ideas."


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_what_is_public_says_what_comes_back(path):
    assert ast.get_docstring(tree(path)) or not path.read_text(encoding="utf-8").strip(), "the module has no docstring"
    kinds = [one for one in tree(path).body if isinstance(one, ast.ClassDef) and not one.name.startswith("_")]
    nodes = [*tree(path).body, *(one for kind in kinds for one in kind.body)]
    named = [one for one in nodes if isinstance(one, (ast.FunctionDef, ast.ClassDef)) and not one.name.startswith("_")]
    bare = [f"{node.lineno}: {node.name}" for node in named if not ast.get_docstring(node)]
    assert not bare


@pytest.mark.parametrize(
    "path", [path for path in modules() if ">>> " in path.read_text(encoding="utf-8")], ids=name_of
)
def test_examples_in_docstrings_are_true(path):
    name = f"synthgen.{name_of(path)}".rstrip(".")
    results = doctest.testmod(importlib.import_module(name))
    assert results.attempted and not results.failed


def files_of(path: Path) -> list[Path]:
    """The file itself, or all files of a folder, sorted."""
    inner = sorted(path.rglob("*")) if path.is_dir() else [path]
    return [one for one in inner if one.is_file() and "__pycache__" not in one.parts]


def digest(path: Path) -> str:
    """The sha256 of a file, or of a folder: over the lines ``name sha256`` of its files."""
    if path.is_file():
        return assets.file_digest(path)
    return str(runpy.run_path(str(ROOT / "corpora" / "build.py"))["digest"](path.parent, path.name))


@pytest.mark.parametrize("kind", assets.KINDS)
def test_every_asset_has_its_digest_and_licence(kind):
    folder = ROOT / kind
    entries = assets.manifest(kind)
    assert len({asset.id for asset in entries}) == len(entries)
    for asset in entries:
        assert asset.path.resolve().is_relative_to(folder), f"{asset.id}: lies outside {kind}/"
        assert digest(asset.path) == asset.sha256, f"{asset.id}: the file is not the one its manifest names"
        assert asset.licence and asset.source, f"{asset.id}: licence and source must be named"
    listed = {path for asset in entries for path in files_of(asset.path)}
    notices = {path for path in files_of(folder) if re.match(r"(OFL|LICENSE)", path.name)}
    code = {folder / "manifest.toml", *folder.glob("build*.py")}
    # What was measured from a listed file, and bears its digest.
    digests = {asset.sha256 for asset in entries}
    derived = {path for path in files_of(folder) if path.name.split("-")[0] in digests}
    stray = sorted(str(path.relative_to(folder)) for path in {*files_of(folder)} - listed - notices - code - derived)
    assert not stray, "every file is in the manifest with its licence"
    assert notices, f"{kind}/ has no licence text"


def test_presets_load_and_survive_a_round_trip():
    assert {"newspaper", "word"} <= set(presets())
    for name, text in presets().items():
        recipe = load(name)
        assert recipe.name == name
        assert text.startswith("# "), f"{name}: the first line tells what it is for"
        assert Recipe.from_toml(recipe.to_toml()) == recipe


def test_the_page_on_recipes_is_true():
    page = runpy.run_path(str(ROOT / "docs" / "build_recipes.py"))["recipes_page"]()
    written = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
    assert written == page, "run: python docs/build_recipes.py"


def test_every_exporter_and_preset_is_documented():
    formats = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert not [name for name in exporters() if f"`{name}`" not in formats]
    assert not [name for name in presets() if f"`{name}`" not in readme]


def test_links_in_the_documents_lead_somewhere():
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (path.parent / target).exists(), f"{path.name} points to {target}"


@pytest.mark.long
def test_the_wheel_holds_everything(tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for path in modules():
        assert path.relative_to(ROOT).as_posix() in names
    data = [path for path in PACKAGE.rglob("*.toml") if "_assets" not in path.parts]
    assert {path.relative_to(ROOT).as_posix() for path in data} | {"synthgen/py.typed"} <= names
    for kind in assets.KINDS:
        assert {f"synthgen/_assets/{path.relative_to(ROOT).as_posix()}" for path in files_of(ROOT / kind)} <= names
    licences = {name.split("/licenses/")[1] for name in names if "/licenses/" in name}
    texts = [path for kind in assets.KINDS for path in files_of(ROOT / kind) if re.match(r"(OFL|LICENSE)", path.name)]
    assert licences == {"LICENSE", *(path.relative_to(ROOT).as_posix() for path in texts)}
    strangers = [name for name in names if not name.startswith("synthgen")]
    assert not strangers and not [name for name in names if "__pycache__" in name or "/tests/" in name]
