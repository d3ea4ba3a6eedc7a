"""Lines are broken where a plain count says, and what is placed together stands where it stands alone."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.randomness import Stream
from synthgen.typeset.faces import FaceSet, load_faces
from synthgen.typeset.galley import Galley
from synthgen.typeset.horizontal import place_lines
from synthgen.typeset.layout import Layout
from synthgen.typeset.shape import Shaper
from synthgen.typeset.text import MIN_CONDENSING, Style, Text
from synthgen.typeset.vertical import VerticalText, place_columns

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
