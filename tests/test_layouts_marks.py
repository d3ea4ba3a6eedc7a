"""Superscripts, marks about words, rulings, halftones and mixes: the small parts that layouts are made of."""

from __future__ import annotations

import numpy as np
import pytest

from synthgen.errors import RecipeError
from synthgen.press.halftone import halftone, print_pictures
from synthgen.press.raster import coverage
from synthgen.randomness import Stream
from synthgen.recipe import Recipe, load
from synthgen.typeset.faces import FaceSet, load_faces
from synthgen.typeset.galley import Galley
from synthgen.typeset.horizontal import place_lines
from synthgen.typeset.raising import RAISED_EM, RAISED_SCALE, raised_characters
from synthgen.typeset.ruling import Ruling, draw_ruling, mark_words
from synthgen.typeset.shape import Shaper
from synthgen.typeset.text import Style, Text

FACES = FaceSet(load_faces())
SHAPER = Shaper(FACES)


@pytest.mark.parametrize(
    ("text", "raised"),
    [
        ("CO2 배출", "2"), ("하였다.1) 그러나", "1)"), ("매출 12", ""), ("1,250 원", ""), ("각주12) 참고3", "12)"),
        ("2024.5 판", ""), ("10:30 출발", ""), ("전화 010-1234", ""), ("가1234 나", ""), ("하였다.12 또", "12"),
        ("“그렇다.”3 또", "3"), ("100m2 땅", "2"), ("A4 용지 G20 회의", ""), ("(2) 나", ""), ("값3.1) 나", ""),
    ],
)  # fmt: skip
def test_figures_that_are_raised(text: str, raised: str) -> None:
    shaped = SHAPER.shape(text, 2)
    chosen = raised_characters(shaped)
    assert "".join(chr(code) for code in shaped.codes[chosen]) == raised


@pytest.mark.parametrize(("text", "way"), [("다.2", "super"), ("CO2", "sub"), ("9m2", "super")])
def test_raised_figures_are_small_and_off_the_line(text: str, way: str) -> None:
    """Ink quads are the plain ones scaled about the glyph's origin and moved, to rounding; formulae's figures lower."""
    quads = {}
    for raising in ("", "super"):
        galley = Galley(SHAPER)
        style = Style(face=2, size_px=40.0, line_px=60.0, raised=raising)
        place_lines(galley, galley.block("body"), Text((text,), style, SHAPER, 500.0), slice(0, 1), 10.0, 10.0)
        layout = galley.finish((400, 100), {})
        quads[raising] = layout.characters.ink
        pen, baseline = layout.glyphs.origin[-1]
    plain, moved = quads[""][-1], quads["super"][-1]
    np.testing.assert_allclose(quads[""][:-1], quads["super"][:-1])
    size = plain.max(axis=0) - plain.min(axis=0)
    np.testing.assert_allclose(moved.max(axis=0) - moved.min(axis=0), RAISED_SCALE * size)
    bottom = plain[:, 1].max()
    base = baseline - RAISED_EM[way] * 40
    assert moved[:, 1].max() == pytest.approx(base + RAISED_SCALE * (bottom - base) + RAISED_EM[way] * 40)
    assert pen == pytest.approx(quads["super"][-1][0, 0], abs=3)


def test_marks_lie_at_their_words() -> None:
    """Each mark spans whole words of one line; the recipe's chances of 0 draw nothing."""
    text = "가나 다라 마바 사아 자차 카타 파하 " * 12
    for probability, wanted in ((0.0, False), (1.0, True)):
        galley = Galley(SHAPER)
        style = Style(face=2, size_px=20.0, line_px=32.0)
        place_lines(galley, galley.block("body"), Text((text.strip(),), style, SHAPER, 400.0), slice(None), 10.0, 10.0)
        kind = load("newspaper").with_values(
            {f"type.{name}_probability": probability for name in ("underline", "strike", "overline", "box")}
        )
        descent = FACES.faces[2].descent_em
        mark_words(galley, 0, style, descent, kind.type, Stream(0, 0, "marks"))
        layout = galley.finish((500, 900), {})
        assert bool(len(layout.rules)) == wanted
        cells = np.concatenate([layout.words.quad.min(axis=1), layout.words.quad.max(axis=1)], axis=1)
        for x0, y0, x1, y1 in layout.rules:
            line = (cells[:, 1] - 3 <= y0) & (y1 <= cells[:, 3] + 3)
            assert line.any()
            assert cells[line, 0].min() - 3 <= x0 < x1 <= cells[line, 2].max() + 3


@pytest.mark.parametrize("where", ["above", "below", "left", "frame", "grid", "columns", "fill", "ring", "bars"])
@pytest.mark.parametrize("round_px", [0.0, 9.0])
def test_rulings_stay_in_their_box(where: str, round_px: float) -> None:
    galley = Galley(SHAPER)
    style = Style(face=2, size_px=20.0, line_px=32.0)
    place_lines(galley, galley.block("body"), Text(("가",), style, SHAPER, 400.0), slice(None), 10.0, 10.0)
    draw_ruling(galley, Ruling(where, 2.0, round_px=round_px, modules=(1, 2, 3)), (20.0, 30.0, 120.0, 90.0), (60.0,))
    rules = galley.finish((200, 200), {}).rules
    assert len(rules)
    assert (rules[:, :2] >= (18.9, 28.9)).all() and (rules[:, 2:] <= (121.1, 91.1)).all()
    assert (rules[:, 2:] > rules[:, :2]).all()


def test_rounded_areas_have_the_area_of_round_corners() -> None:
    galley = Galley(SHAPER)
    style = Style(face=2, size_px=20.0, line_px=32.0)
    place_lines(galley, galley.block("body"), Text(("가",), style, SHAPER, 400.0), slice(None), 10.0, 10.0)
    draw_ruling(galley, Ruling("fill", round_px=20.0), (20.0, 30.0, 120.0, 90.0))
    layout = galley.finish((200, 200), {})
    none = layout.glyphs.printed_with(99)
    inked = coverage(none, layout.rules, FACES, (200, 200)).sum() / 255
    assert inked == pytest.approx(100 * 60 - (4 - np.pi) * 400, rel=0.005)


def test_halftones_are_pure_and_have_every_tone() -> None:
    first, again = (halftone((160, 120), Stream(0, 3, "pictures")) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert first.shape == (120, 160) and first.dtype == np.uint8
    assert 0.1 < first.mean() / 255 < 0.9
    covered = np.zeros((100, 100), np.uint8)
    print_pictures(covered, np.array([[60.0, 60.0, 150.0, 150.0]]), (10, 20), Stream(0, 0, "p"))
    assert covered[40:, 50:].any() and not covered[:40].any() and not covered[:, :50].any()


def test_a_mix_is_made_of_presets() -> None:
    mix = load("mix")
    parts = mix.with_values({"lang": "en", "difficulty": 0.2}).mixed()
    assert set(parts) == set(mix.mix) and all(part.lang == "en" and part.difficulty == 0.2 for part in parts.values())
    assert Recipe.from_toml(mix.to_toml()) == mix
    with pytest.raises(RecipeError, match="mix itself"):
        mix.with_values({"mix": {"mix": 1.0}}).mixed()
