"""Faces of collections and variable fonts; tables that are kept, raced for, damaged, or cannot be kept at all."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont
from fontTools.ttLib.tables.TupleVariation import TupleVariation

from synthgen.assets import file_digest, manifest
from synthgen.typeset import vetting
from synthgen.typeset.tables import FaceTables, kept_tables, measure
from synthgen.typeset.vetting import load_user_faces
from tests.oracle import box_units, oracle_font

ROOT = Path(__file__).resolve().parent.parent
SYLLABLES = "가나다라마바사아자차"


@pytest.fixture(autouse=True)
def cache(tmp_path_factory, monkeypatch):
    """Each test has a cache folder of its own; at its end nothing half-written may lie there."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("SYNTHGEN_CACHE", str(folder))
    yield folder
    assert not [path.name for path in folder.rglob(".*")]


def equal(one: FaceTables, other: FaceTables) -> bool:
    pairs = [(getattr(one, field.name), getattr(other, field.name)) for field in fields(FaceTables)]
    return all(a.dtype == b.dtype and np.array_equal(a, b) for a, b in pairs)


def drawn(face) -> str:
    return "".join(char for char in SYLLABLES if face.covers(char))


def test_each_face_of_a_collection_has_its_own_coverage(tmp_path):
    oracle_font(tmp_path / "one.ttf", "가나다")
    oracle_font(tmp_path / "two.ttf", "나다라마A")
    collection = TTCollection()
    collection.fonts = [TTFont(tmp_path / "one.ttf"), TTFont(tmp_path / "two.ttf")]
    path = tmp_path / "both.ttc"
    collection.save(path)
    one, two = load_user_faces([path], {"both#1"})
    assert [(one.id, one.index), (two.id, two.index)] == [("both#0", 0), ("both#1+", 1)]
    assert (drawn(one), drawn(two)) == ("가나다", "나다라마")
    again = load_user_faces([path], set())
    assert [face.id for face in again] == ["both#0", "both#1"]
    x0, y0, x1, y1, advance = box_units("나")
    for face in (one, two):
        glyph = face.glyph_of[ord("나")]
        assert (face.bounds_em[glyph] * 1000).round(6).tolist() == [x0, -y1, x1, -y0]
        assert face.advance_em[glyph] == advance / 1000


def variable_font(path: Path) -> None:
    """A font of two boxes that grow by 200 units along an axis, and one that shrinks to nothing; two instances."""
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "space", "a", "b", "c"])
    builder.setupCharacterMap({0x20: "space", ord("가"): "a", ord("나"): "b", ord("다"): "c"})

    def box(x0: int, y0: int, x1: int, y1: int) -> object:
        pen = TTGlyphPen(None)
        pen.moveTo((x0, y0))
        for corner in ((x0, y1), (x1, y1), (x1, y0)):
            pen.lineTo(corner)
        pen.closePath()
        return pen.glyph()

    blank = TTGlyphPen(None).glyph()
    builder.setupGlyf({".notdef": box(0, 0, 300, 700), "space": blank, "a": box(100, 0, 400, 700),
                       "b": box(50, -50, 350, 500), "c": box(100, 0, 300, 400)})  # fmt: skip
    builder.setupHorizontalMetrics({".notdef": (400, 0), "space": (300, 0), "a": (600, 100), "b": (600, 50),
                                    "c": (600, 100)})  # fmt: skip
    builder.setupHorizontalHeader(ascent=850, descent=-200)
    builder.setupNameTable({"familyName": "Grows", "styleName": "Regular"})
    instances = [
        {"location": {"wght": 400}, "stylename": "Plain"},
        {"location": {"wght": 900}, "stylename": "Wide Bold"},
    ]
    builder.setupFvar([("wght", 400, 400, 900, "Weight")], instances)
    still, phantom = [(0, 0)] * 4, [(0, 0)] * 4
    grow = [(0, 0), (0, 0), (200, 0), (200, 0), *phantom]
    shrink = [(0, 0), (0, 0), (-200, 0), (-200, 0), *phantom]
    peak = {"wght": (0.0, 1.0, 1.0)}
    builder.setupGvar({".notdef": [TupleVariation(peak, [*still, *phantom])], "space": [],
                       "a": [TupleVariation(peak, grow)], "b": [TupleVariation(peak, grow)],
                       "c": [TupleVariation(peak, shrink)]})  # fmt: skip
    builder.setupOS2()
    builder.setupPost()
    builder.save(path)


def test_named_instances_are_faces_with_their_own_outlines(tmp_path):
    variable_font(tmp_path / "Grows.ttf")
    plain, wide = load_user_faces([tmp_path / "Grows.ttf"], set())
    assert (plain.id, wide.id) == ("Grows-Plain", "Grows-WideBold")
    assert (plain.weight, wide.weight) == (400, 800)
    assert drawn(plain) == "가나다"
    assert drawn(wide) == "가나", "what shrinks to nothing is not drawn"
    glyph = plain.glyph_of[ord("가")]
    assert plain.bounds_em[glyph].tolist() == [0.1, -0.7, 0.4, 0.0]
    assert wide.bounds_em[glyph].tolist() == [0.1, -0.7, 0.6, 0.0]


RACE = """
import hashlib, sys
from pathlib import Path
from synthgen.typeset.vetting import load_user_faces
(face,) = load_user_faces([Path(sys.argv[1])], set())
arrays = (face.covered, face.glyph_of, face.advance_em, face.bounds_em)
print(face.id, hashlib.sha256(b"".join(one.tobytes() for one in arrays)).hexdigest())
"""


def test_many_processes_race_for_one_cache_folder(tmp_path, cache):
    path = tmp_path / "raced.ttf"
    oracle_font(path, map(chr, range(0xAC00, 0xAC00 + 2000)))
    command = [sys.executable, "-c", RACE, str(path)]
    children = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(8)]
    answers = [child.communicate(timeout=120) for child in children]
    assert {err for _, err in answers} == {b""}
    assert len({out for out, _ in answers}) == 1
    assert sorted(one.suffix for one in cache.iterdir()) == [".npz", ".vetted"]
    kept = kept_tables(file_digest(path))
    assert kept is not None and equal(kept, measure(path.read_bytes()))


def test_damaged_files_of_the_cache_are_measured_again(tmp_path, cache):
    path = tmp_path / "kept.ttf"
    oracle_font(path, SYLLABLES)
    (before,) = load_user_faces([path], set())
    tables, marker = sorted(cache.iterdir())
    data = tables.read_bytes()
    spoilt = [b"", b"no archive", data[: len(data) // 2], data[:-3], bytes(len(data))]
    for at in range(0, len(data), max(len(data) // 60, 1)):
        spoilt.append(data[:at] + bytes([data[at] ^ 0x41]) + data[at + 1 :])
    for one in spoilt:
        tables.write_bytes(one)
        (face,) = load_user_faces([path], set())
        assert np.array_equal(face.covered, before.covered) and np.array_equal(face.bounds_em, before.bounds_em)
    for words in ("", "nonsense\n", "0\t-1\n", "\udc80"):
        marker.write_bytes(words.encode("utf-8", "surrogateescape"))
        assert [face.id for face in load_user_faces([path], set())] == ["kept"]


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path, monkeypatch):
    path = tmp_path / "plain.ttf"
    oracle_font(path, SYLLABLES)
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    monkeypatch.setenv("SYNTHGEN_CACHE", str(blocked / "cache"))
    assert drawn(load_user_faces([path], set())[0]) == SYLLABLES
    assert blocked.read_bytes() == b""


def test_a_font_is_vetted_wherever_the_program_runs_and_once(tmp_path, monkeypatch):
    """The child finds the package from any folder; what was vetted is only read."""
    path = tmp_path / "once.ttf"
    oracle_font(path, SYLLABLES)
    monkeypatch.chdir(tmp_path)
    first = load_user_faces([path], set())
    monkeypatch.setattr(vetting, "_vet_in_child", None)
    assert [face.digest for face in load_user_faces([path], set())] == [face.digest for face in first]


def test_files_are_taken_in_their_order_and_the_first_fault_counts(tmp_path):
    for name in ("b.ttf", "a.ttf", "c.ttf"):
        oracle_font(tmp_path / name, SYLLABLES + name[0].upper())
    paths = [tmp_path / name for name in ("b.ttf", "a.ttf", "c.ttf")]
    assert [face.id for face in load_user_faces(paths, set())] == ["b", "a", "c"]
    for name in ("y.ttf", "x.ttf"):
        (tmp_path / name).write_bytes(b"no font, truly not")
    with pytest.raises(Exception, match=r"y\.ttf: not a TrueType"):
        load_user_faces([*paths, tmp_path / "y.ttf", tmp_path / "x.ttf"], set())


@pytest.mark.long
@pytest.mark.parametrize("asset", manifest("fonts"), ids=lambda asset: asset.id)
def test_the_kept_tables_are_what_the_bundled_fonts_draw(asset):
    kept = kept_tables(asset.sha256)
    assert kept is not None, "run: python fonts/build_tables.py"
    assert equal(kept, measure(asset.path.read_bytes())), "run: python fonts/build_tables.py"
