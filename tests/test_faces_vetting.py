"""Users' fonts are measured in a bounded child alone, also where nothing can be kept: the parent only reads."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest

from synthgen.errors import AssetError
from synthgen.typeset import face as faces
from synthgen.typeset import vetting
from synthgen.typeset.tables import FaceTables, cache_folder, kept_tables, measure
from synthgen.typeset.vetting import load_user_faces
from tests.oracle import oracle_font

SYLLABLES = "가나다라마바사아자차"


@pytest.fixture
def closed(tmp_path, monkeypatch):
    """A cache folder that nobody can write, whoever runs the tests."""
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("SYNTHGEN_CACHE", str(tmp_path / "file" / "cache"))
    return tmp_path / "file" / "cache"


@pytest.fixture
def bounded(monkeypatch):
    """Whoever measures an outline in this process has done it without bounds."""

    def measured_here(*_: object) -> FaceTables:
        raise AssertionError("measured by the parent")

    monkeypatch.setattr(faces, "measure", measured_here)


def test_the_child_hands_its_tables_over_where_the_cache_is_closed(tmp_path, monkeypatch, closed, bounded):
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    paths = [tmp_path / "one.ttf", tmp_path / "two.ttf"]
    for path, text in zip(paths, (SYLLABLES, SYLLABLES[:4]), strict=True):
        oracle_font(path, text)
    for _ in range(2):
        one, two = load_user_faces(paths, set())
        assert (one.covered.sum(), two.covered.sum()) == (10, 4)
        tables = measure(paths[0].read_bytes())
        assert np.array_equal(np.flatnonzero(one.glyph_of), tables.codes)
        assert np.array_equal(one.bounds_em[tables.glyphs] * one.upem, tables.bounds)
    assert not list(folder.iterdir()), "what was lent is given back"
    assert cache_folder() == closed and os.environ["SYNTHGEN_CACHE"] == str(closed)


def test_a_refused_font_gives_the_cache_back_too(tmp_path, closed, bounded):
    oracle_font(tmp_path / "good.ttf", SYLLABLES)
    (tmp_path / "bad.ttf").write_bytes((tmp_path / "good.ttf").read_bytes()[:300])
    with pytest.raises(AssetError, match=r"bad\.ttf: damaged font"):
        load_user_faces([tmp_path / "good.ttf", tmp_path / "bad.ttf"], set())
    assert cache_folder() == closed


def test_what_a_closed_cache_holds_is_read(tmp_path, monkeypatch, bounded):
    """A cache that was filled before and is mounted read-only serves as it is."""
    monkeypatch.setenv("SYNTHGEN_CACHE", str(tmp_path / "cache"))
    oracle_font(tmp_path / "kept.ttf", SYLLABLES)
    (before,) = load_user_faces([tmp_path / "kept.ttf"], set())
    monkeypatch.setattr(vetting, "_can_be_written", lambda folder: False)
    monkeypatch.setattr(vetting, "_vet_in_child", None)
    (after,) = load_user_faces([tmp_path / "kept.ttf"], set())
    assert kept_tables(before.digest) is not None
    assert np.array_equal(before.bounds_em, after.bounds_em)


def test_without_any_folder_nothing_is_measured(tmp_path, monkeypatch, closed, bounded):
    oracle_font(tmp_path / "good.ttf", SYLLABLES)

    def none_left(**_: object) -> None:
        raise FileNotFoundError("no usable temporary directory")

    monkeypatch.setattr(tempfile, "TemporaryDirectory", none_left)
    with pytest.raises(AssetError, match=r"no temporary folder .* SYNTHGEN_CACHE") as told:
        load_user_faces([tmp_path / "good.ttf"], set())
    assert str(told.value).startswith(f"{closed}: cannot be written") and "\n" not in str(told.value)


def test_tables_that_cannot_be_kept_are_told(tmp_path, monkeypatch):
    """The disk becomes full between the look at the folder and the writing."""
    monkeypatch.setenv("SYNTHGEN_CACHE", str(tmp_path / "cache"))
    oracle_font(tmp_path / "good.ttf", SYLLABLES)
    program = tmp_path / "child.py"
    program.write_text(
        "import errno, os, sys\nfrom pathlib import Path\nfrom synthgen.errors import AssetError\n"
        "from synthgen.typeset import vetting\n"
        "def full(*_):\n    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))\n"
        "vetting.keep_tables = full\n"
        "try:\n    vetting.main(Path(sys.argv[1]))\n"
        "except AssetError as fault:\n    sys.exit(str(fault))\n",
        encoding="utf-8",
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent), "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, str(program), str(tmp_path / "good.ttf")]
    child = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert child.returncode == 1 and not child.stdout
    assert child.stderr.startswith("what it draws cannot be kept in ") and child.stderr.count("\n") == 1
    assert "No space left on device" in child.stderr
