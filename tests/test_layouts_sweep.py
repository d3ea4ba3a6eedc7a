"""Every registered layout, at several seeds: quads are where the ink is, texts are whole, nothing leaves the page."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import synthgen
from synthgen.randomness import Stream, Streams
from synthgen.recipe import Recipe, load
from synthgen.text.charset import load_charset
from synthgen.text.copy import Ask, Block, Copy
from synthgen.text.writer import Writer
from synthgen.typeset import registry
from synthgen.typeset.face import load_face
from synthgen.typeset.faces import FaceSet, load_faces
from synthgen.typeset.layout import INKS, Layout
from synthgen.typeset.registry import Brief, layout_kind, layout_names
from synthgen.typeset.shape import Shaper
from tests.measuring import draw_alone, overhang_and_gaps
from tests.oracle import oracle_font

SEEDS = 6
BLEED_PX = 24
INKED = 0.05
FACES = FaceSet(load_faces())
# Pages of one size; the others are as large as their line.
LOOSE = ("word", "line", "column")
SIZES = {"receipt": (420, 900), "card": (640, 380), "sign": (640, 480), "subtitle": (768, 432), "screen": (420, 800),
         "book": (1000, 720), "form": (720, 960)}  # fmt: skip
# The dials of single lines, all at once.
DIALS = {
    "type.slant_range": [0.0, 0.2], "type.jitter_em_range": [0.0, 0.02], "type.underline_probability": 0.5,
    "type.strike_probability": 0.3, "type.overline_probability": 0.3, "type.box_probability": 0.3,
    "type.raised_probability": 0.7, "page.picture_probability": 0.5,
}  # fmt: skip


def recipe_of(name: str, **changes: object) -> Recipe:
    width, height = SIZES.get(name, (768, 768))
    values = {"page.layout": name, "page.width_px": width, "page.height_px": height} | changes
    if name in LOOSE:
        values |= {"page.words_range": [1, 6]}
    return load("newspaper").with_values(values)


@cache
def writer_of(charset: str) -> Writer:
    return Writer(replace(load("newspaper").text, charset=charset), "ko")


def laid(recipe: Recipe, faces: FaceSet, index: int, copy_of: object = None) -> tuple[Layout, Brief, Copy]:
    streams = Streams(3, index)
    kind = layout_kind(recipe.page.layout)
    brief = kind.brief(recipe, faces, streams("layout"))
    copy = writer_of(recipe.text.charset).write(brief.asks, streams("copy"))
    if copy_of is not None:
        copy = Copy("test", tuple(Block(ask.role, copy_of(ask)) for ask in brief.asks))  # type: ignore[operator]
    return kind.set(brief, copy, recipe, Shaper(faces), BLEED_PX, streams("setting")), brief, copy


def check_texts(layout: Layout) -> None:
    """Characters make words, words make lines, in the order of reading."""
    chars, words, lines = layout.characters, layout.words, layout.lines
    assert len(words) > 0
    assert "".join(chars.text) == "".join(words.text) == "".join(lines.text).replace(" ", "")
    assert (np.diff(chars.word) >= 0).all() and (np.diff(chars.line) >= 0).all()
    for number, text in enumerate(words.text):
        assert "".join(np.array(chars.text, dtype=object)[chars.word == number]) == text
    for number, text in enumerate(lines.text):
        assert " ".join(np.array(words.text, dtype=object)[words.line == number]) == text
    assert chars.block.max() < len(layout.roles) and all(layout.roles)
    assert set(layout.inks) <= set(INKS)
    for quads in (chars.ink, chars.cell, words.quad, lines.quad):
        assert np.isfinite(quads).all()


def check_inside(layout: Layout, recipe: Recipe) -> None:
    """All ink lies on the page, not in its bleed; rules and pictures too."""
    if recipe.page.layout in LOOSE:
        low, high = np.zeros(2), np.array(layout.size)
    else:
        low = np.full(2, float(BLEED_PX))
        high = low + np.array((recipe.page.width_px, recipe.page.height_px))
        for boxes in (layout.rules, layout.pictures):
            assert (boxes[:, :2] >= low - 1.5).all() and (boxes[:, 2:] <= high + 1.5).all()
    assert (layout.characters.ink >= low - 0.5).all() and (layout.characters.ink <= high + 0.5).all()


@pytest.mark.parametrize("dials", [False, True], ids=["plain", "dials"])
@pytest.mark.parametrize("name", layout_names())
def test_texts_are_whole_and_on_the_page(name: str, dials: bool) -> None:
    recipe = recipe_of(name, **(DIALS if dials else {}))
    for index in range(SEEDS):
        layout, *_ = laid(recipe, FACES, index)
        check_texts(layout)
        check_inside(layout, recipe)


@pytest.mark.parametrize("name", layout_names())
def test_ink_lies_in_its_quad(name: str) -> None:
    """Each character drawn alone: at most 1 px outside its quad, within 1 px of each side."""
    recipe = recipe_of(name, **DIALS)
    for index in range(2):
        layout, *_ = laid(recipe, FACES, index)
        stream = Stream(0, index, name)
        chosen = range(len(layout.characters))
        for char in sorted({stream.pick(chosen) for _ in range(60)}):
            slanted = abs(layout.glyphs.linear[layout.glyphs.char == char][0, 0, 1]) > 1e-9
            out, gap = overhang_and_gaps(draw_alone(layout, char, FACES), INKED)
            assert out <= 1.0
            # A slanted glyph need not touch the sides of its leaning box.
            assert slanted or gap <= 1.0


@pytest.mark.parametrize("name", layout_names())
def test_oracle_boxes_fill_their_quads(name: str, oracle: FaceSet) -> None:
    recipe = recipe_of(name)
    layout, *_ = laid(recipe, oracle, 0)
    stream = Stream(0, 0, name)
    for _ in range(40):
        char = stream.integer(0, len(layout.characters))
        alone = draw_alone(layout, char, oracle)
        x, y = alone.quad.T
        area = abs(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)) / 2)
        assert alone.ink.sum() == pytest.approx(area, rel=0.03, abs=0.5)


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> FaceSet:
    path: Path = tmp_path_factory.mktemp("oracle") / "oracle.ttf"
    oracle_font(path, load_charset("ks1001").characters)
    return FaceSet([load_face(path)])


@pytest.mark.parametrize("name", layout_names())
def test_layouts_are_pure(name: str) -> None:
    recipe = recipe_of(name, **DIALS)
    (first, brief, copy), (again, brief_again, copy_again) = laid(recipe, FACES, 1), laid(recipe, FACES, 1)
    assert brief == brief_again and copy == copy_again
    for part in ("ink", "cell", "word", "line", "block", "face"):
        np.testing.assert_array_equal(getattr(first.characters, part), getattr(again.characters, part))
    np.testing.assert_array_equal(first.rules, again.rules)
    assert first.parameters == again.parameters


ODD_COPIES = {
    "one character": lambda ask: ("가",) * (4 if ask.cells else 1),
    "one line": lambda ask: ("서울 시청 앞",) * (3 if ask.cells else 1),
    "long words": lambda ask: ("가나다라마바사아자차카타파하가나다라마바사아 나 라",) * (5 if ask.cells else 1),
    "long latin": lambda ask: ("communications@subdivisionexample.org 가",),
    "too many cells": lambda ask: ("가 나", "다", "라", "마", "바", "사", "아", "자"),
    "one cell": lambda ask: ("합계 금액",),
}


@pytest.mark.parametrize("odd", ODD_COPIES)
@pytest.mark.parametrize("name", layout_names())
def test_odd_copies_are_survived(name: str, odd: str) -> None:
    """Whatever is written: texts stay whole, ink stays on the page, something is set."""
    recipe = recipe_of(name)
    for index in range(3):
        layout, *_ = laid(recipe, FACES, index, ODD_COPIES[odd])
        check_texts(layout)
        if odd not in ("long words", "long latin") or name not in ("word", "line", "column"):
            check_inside(layout, recipe)


@pytest.mark.parametrize("name", layout_names())
def test_words_do_not_overlap(name: str) -> None:
    """No word's ink covers another's, but where a pen runs into a neighbouring line."""
    recipe = recipe_of(name, **{"page.pen_probability": 0.0, "type.kinds": {"sans": 1.0, "serif": 1.0}})
    for index in range(SEEDS):
        layout, *_ = laid(recipe, FACES, index)
        low, high = layout.words.ink.min(axis=1), layout.words.ink.max(axis=1)
        if layout.words.outline:
            continue  # the boxes around bent words say nothing
        inside = np.minimum(high[:, None], high[None]) - np.maximum(low[:, None], low[None])
        over = np.clip(inside, 0, None).prod(axis=-1)
        np.fill_diagonal(over, 0)
        least = np.minimum((high - low).prod(axis=1)[:, None], (high - low).prod(axis=1)[None])
        worst = np.unravel_index(np.argmax(over / least), over.shape)
        assert (over / least).max() < 0.06, [layout.words.text[at] for at in worst]


def test_an_ask_may_name_its_genre() -> None:
    asks = (Ask("goods", 4, "receipt", cells=True), Ask("heading", 3, "report", "1."), Ask("name", 1, "card"))
    copy = writer_of("ks1001").write(asks, Stream(0, 0, "copy"))
    assert len(copy.blocks[0].paragraphs) == 4
    assert copy.blocks[1].paragraphs[0].startswith("1. ")
    assert 2 <= len(copy.blocks[2].paragraphs[0]) <= 4


def test_built_in_layouts_are_found_by_name_alone() -> None:
    """The modules that register layouts, each imported alone by the name of one, are all that there are."""
    folder = Path(synthgen.__file__).parent / "typeset" / "layouts"
    found = {
        name: path.stem
        for path in sorted(folder.glob("*.py"))
        for name in re.findall(r'@register_layout\("(.+?)"\)', path.read_text(encoding="utf-8"))
    }
    assert dict(registry._BUILT_IN) == found
    alone = "import sys; from synthgen.typeset.registry import layout_kind; layout_kind('card'); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", alone], capture_output=True, text=True, check=True).stdout.split()
    assert "synthgen.typeset.layouts.card" in loaded and "synthgen.typeset.layouts.newspaper" not in loaded


def test_a_layout_cannot_take_a_built_in_name(monkeypatch: pytest.MonkeyPatch) -> None:
    class Other:
        pass

    monkeypatch.setattr(registry, "_LAYOUTS", {})
    with pytest.raises(ValueError, match="registered already"):
        registry.register_layout("newspaper")(Other)
    registry.register_layout("mine")(Other)
    assert isinstance(layout_kind("mine"), Other)
    with pytest.raises(ValueError, match="registered already"):
        registry.register_layout("mine")(Other)


def test_english_pages_have_every_layout() -> None:
    """Where English has no templates of a genre, others serve."""
    writer = Writer(load("newspaper").text, "en")
    for name in layout_names():
        recipe = recipe_of(name)
        streams = Streams(0, 0)
        kind = layout_kind(name)
        brief = kind.brief(recipe, FACES, streams("layout"))
        copy = writer.write(brief.asks, streams("copy"))
        check_texts(kind.set(brief, copy, recipe, Shaper(FACES), BLEED_PX, streams("setting")))
