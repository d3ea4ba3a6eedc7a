"""Lines are broken where a plain count says, and what is placed together stands where it stands alone."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.quads import boxes_to_quads
from synthgen.randomness import Stream
from synthgen.typeset.bounds import level_quads_around, quads_around
from synthgen.typeset.faces import FaceSet, load_faces
from synthgen.typeset.galley import Galley
from synthgen.typeset.horizontal import place_lines
from synthgen.typeset.layout import Layout
from synthgen.typeset.shape import Shaper
from synthgen.typeset.text import MIN_CONDENSING, Style, Text
from synthgen.typeset.vertical import LATIN_MODES, LoneColumn, VerticalText, add_lone_columns, place_columns

SHAPER = Shaper(FaceSet(load_faces()))
BODY = Style(face=2, size_px=13.0, line_px=18.0, tracking_em=-0.03, word_space_em=0.28, align="justify")
WORDS = st.lists(
    st.sampled_from(
        ["국회는", "어제", "본회의를", "(열었다.)", "1,250원", "AVATo", "새", "환영했지만", "“그", "뷁퀘”"]
    ),
    min_size=1,
    max_size=24,
)


def sides(text: Text, paragraph: int) -> list[float]:
    """Each word's width by its own characters, the tracking of the last one left out."""
    pens, starts = text.pens[paragraph], text.starts[paragraph]
    tracking = text.style.tracking_em * text.style.size_px
    return [float(pens[end] - pens[start]) - tracking for start, end in pairwise(starts)]


@settings(deadline=None)
@given(WORDS, st.floats(40.0, 400.0), st.booleans(), st.sampled_from([0.0, 1.0]), st.booleans())
def test_lines_hold_as_many_words_as_they_can(
    words: list[str], width: float, by_syllable: bool, indent: float, vertical: bool
) -> None:
    style = BODY._replace(by_syllable=by_syllable, indent_em=indent)
    paragraph = " ".join(words)
    text = VerticalText((paragraph,), style, SHAPER, width) if vertical else Text((paragraph,), style, SHAPER, width)
    if not text.lines:
        return
    widths, space, broken = sides(text, 0), text.gap_px, text.broken[0]
    assert [line.first for line in text.lines] == [0, *(line.last for line in text.lines[:-1])]
    assert [line.ends for line in text.lines] == [False] * (len(text.lines) - 1) + [True]
    for line in text.lines:
        whole = sum(widths[line.first : line.last]) + space * (line.last - line.first - 1) + line.indent_px
        assert line.width_px == pytest.approx(whole, abs=1e-9)
        assert line.width_px <= width + 2e-6 or line.last == line.first + 1
        assert max(widths[line.first : line.last]) <= width / MIN_CONDENSING + 1e-9
        if not line.ends and line.last - 1 not in broken:
            assert line.width_px + space + widths[line.last] > width
    # Only what stands at a line's end is broken, and its parts make the word again.
    assert set(broken) <= {line.last - 1 for line in text.lines[:-1]}
    said = "".join(word + ("" if at in broken else " ") for at, word in enumerate(text.words[0])).split()
    kept = iter(words)
    assert all(word in kept for word in said)


def same(layout: Layout, other: Layout, chars: slice, words: slice) -> None:
    """That a part of a layout is another one, to the last bits."""
    for mine, its in (
        (layout.characters.ink[chars], other.characters.ink),
        (layout.characters.cell[chars], other.characters.cell),
        (layout.glyphs.origin[chars], other.glyphs.origin),
        (layout.glyphs.linear[chars], other.glyphs.linear),
        (layout.words.quad[words], other.words.quad),
    ):
        np.testing.assert_allclose(mine, its, rtol=0, atol=1e-9)
    assert layout.characters.text[chars] == other.characters.text
    assert layout.words.text[words] == other.words.text


def test_what_is_placed_together_stands_where_it_stands_alone() -> None:
    slanted = BODY._replace(face=5, size_px=31.0, line_px=40.0, slant=0.2, align="center")
    pieces = [
        (Text(("국회는 어제 본회의를 열었다. 예산안은 가까스로 통과됐다.",), BODY, SHAPER, 120.0), (20.0, 30.0)),
        (Text(("Prices AVATo fell 1,250원",), slanted, SHAPER, 900.0), (15.0, 140.0)),
        (VerticalText(("환영했지만 (24日) 열었다. AB1", "새 말"), BODY, SHAPER, 90.0, "block"), (300.0, 40.0)),
        (VerticalText(("“가까스로” 12月",), BODY._replace(size_px=20.0), SHAPER, 400.0), (420.0, 40.0)),
        (Text(("다시 한 줄",), BODY._replace(align="right"), SHAPER, 200.0), (5.0, 300.0)),
    ]
    together, alone = Galley(SHAPER), []
    for text, (x, y) in pieces:
        lone = Galley(SHAPER)
        for galley in (together, lone):
            part = slice(0, len(text.lines))
            if isinstance(text, VerticalText):
                place_columns(galley, galley.block("body"), text, part, x, y)
            else:
                place_lines(galley, galley.block("body"), text, part, x, y)
        alone.append(lone.finish((600, 400), {}))
    layout = together.finish((600, 400), {})
    chars = words = 0
    for other in alone:
        n, m = len(other.characters), len(other.words)
        same(layout, other, slice(chars, chars + n), slice(words, words + m))
        chars, words = chars + n, words + m
    assert chars == len(layout.characters)


LONE = st.tuples(
    st.lists(
        st.sampled_from(
            ["국회는", "(열었다.)", "1,250원", "24日", "AVATo", "새", "“그", "뷁퀘”", "3.", "e-mail", "漢字"]
        ),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from(LATIN_MODES),
    st.integers(0, len(SHAPER.faces.faces) - 1),
    st.floats(-0.1, 0.3),
    st.floats(12.0, 60.0),
)


@settings(deadline=None)
@given(st.lists(LONE, min_size=1, max_size=5), st.sampled_from([150.0, float("inf")]))
def test_columns_cast_together_stand_where_each_stands_alone(
    drawn: list[tuple[list[str], str, int, float, float]], most_px: float
) -> None:
    columns = [
        LoneColumn(" ".join(words), BODY._replace(face=face, tracking_em=tracking, size_px=size, align="left",
                                                  line_px=1.3 * size), latin, "line", 60.0 + 70 * at, 5.0 + at, most_px)
        for at, (words, latin, face, tracking, size) in enumerate(drawn)
    ]  # fmt: skip
    together = Galley(SHAPER)
    sizes = add_lone_columns(together, columns)
    layout = together.finish((600, 900), {})
    assert layout.roles == ("line",) * len(columns)
    chars = words = 0
    for column, (em, length) in zip(columns, sizes, strict=True):
        text = VerticalText((column.text,), column.style._replace(size_px=em), SHAPER, float("inf"), column.latin)
        assert length == pytest.approx(text.lines[0].width_px, abs=1e-9)
        assert length <= most_px + 1e-6
        assert em == column.style.size_px or length == pytest.approx(most_px)
        alone = Galley(SHAPER)
        place_columns(alone, alone.block(column.role), text, slice(0, 1), column.right_px, column.top_px)
        other = alone.finish((600, 900), {})
        n, m = len(other.characters), len(other.words)
        same(layout, other, slice(chars, chars + n), slice(words, words + m))
        assert layout.lines.text[layout.characters.line[chars]] == column.text
        chars, words = chars + n, words + m
    assert chars == len(layout.characters)


@given(st.lists(st.lists(st.integers(1, 5), min_size=1, max_size=4), min_size=1, max_size=5), st.integers(0, 1 << 30))
def test_level_words_and_lines_have_the_quads_around_their_characters(lines: list[list[int]], seed: int) -> None:
    """``lines`` are how many characters each of a line's words has."""
    chance = np.random.default_rng(seed)
    words = [count for line in lines for count in line]
    cell, ink = (np.sort(chance.uniform(-50, 900, (sum(words), 2, 2)), axis=1).reshape(-1, 4) for _ in range(2))
    cell, ink = boxes_to_quads(cell), boxes_to_quads(ink)
    word_starts, line_starts = (np.cumsum([0, *counts[:-1]]) for counts in (words, [sum(line) for line in lines]))
    of_words, of_lines = level_quads_around(cell, ink, word_starts, line_starts)
    np.testing.assert_array_equal(of_words[: len(words)], quads_around(cell, None, word_starts))
    np.testing.assert_array_equal(of_words[len(words) :], quads_around(ink, None, word_starts))
    np.testing.assert_array_equal(of_lines, quads_around(cell, None, line_starts))


def test_jitter_is_that_of_its_own_lines() -> None:
    """Lines whose characters stand unevenly leave those placed with them as they are."""
    uneven = BODY._replace(jitter_em=0.05)
    galley = Galley(SHAPER)
    for style, y in ((BODY, 20.0), (uneven, 60.0), (BODY, 100.0)):
        text = Text(("국회는 어제 본회의를",), style, SHAPER, 400.0)
        place_lines(galley, galley.block("body"), text, slice(0, 1), 10.0, y, Stream(3, 4, "setting"))
    first, second, third = np.split(galley.finish((500, 200), {}).glyphs.origin, 3)
    np.testing.assert_allclose(first + np.array([0.0, 80.0]), third, rtol=0, atol=1e-9)
    expected = Stream(3, 4, "setting").generator.standard_normal(len(first)) * 0.05 * 13.0
    np.testing.assert_allclose(second - first, np.stack([0 * expected, 40.0 + expected], axis=-1), rtol=0, atol=1e-9)
