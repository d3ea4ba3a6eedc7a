"""Old newspapers: heads are set whole, columns are full, words stand apart, no part of a page stays empty."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from synthgen.randomness import Streams
from synthgen.recipe import load
from synthgen.text.copy import Copy
from synthgen.typeset.faces import FaceSet, load_faces
from synthgen.typeset.layout import Layout
from synthgen.typeset.layouts.newspaper_old import LEAST_HEAD_OF_BODY, MOST_HEAD_COLUMNS, _head
from synthgen.typeset.registry import Brief, layout_kind
from synthgen.typeset.shape import Shaper
from synthgen.typeset.text import Style
from synthgen.typeset.vertical import LEAST_GAP_EM, VerticalText
from tests.measuring import writer_of

PAGES = 24
RECIPE = load("newspaper-old")
FACES = FaceSet(load_faces())
SHAPER = Shaper(FACES)
STYLE = Style(face=0, size_px=20.0, line_px=28.0, align="justify", by_syllable=True)


@cache
def page(index: int) -> tuple[Layout, Brief, Copy]:
    streams, kind = Streams(5, index), layout_kind("newspaper-old")
    brief = kind.brief(RECIPE, FACES, streams("layout"))
    copy = writer_of(RECIPE.text).write(brief.asks, streams("copy"))
    return kind.set(brief, copy, RECIPE, SHAPER, 0, streams("setting")), brief, copy


def said(layout: Layout, role: str) -> list[str]:
    """Return the texts of the blocks of a role, without spaces."""
    found: dict[int, str] = {}
    for text, block in zip(layout.lines.text, layout.lines.block.tolist(), strict=True):
        if layout.roles[block] == role:
            found[block] = found.get(block, "") + text.replace(" ", "")
    return list(found.values())


@pytest.mark.parametrize("role", ["headline", "subhead"])
def test_heads_are_set_whole(role: str) -> None:
    heads = 0
    for index in range(PAGES):
        layout, _, copy = page(index)
        written = [block.paragraphs[0].replace(" ", "") for block in copy.blocks if block.role == role]
        # Every article that stands on the page has its own, in their order.
        assert said(layout, role) == written[: len(said(layout, role))]
        heads += len(said(layout, role))
    assert heads > PAGES / 2


def test_a_head_takes_more_columns_or_smaller_type_and_none_is_cut() -> None:
    style = Style(face=0, size_px=40.0, line_px=50.0)
    text = "마감…외국인 사흘째 순매수 코스피 이천 넘어 연중 최고"
    columns = _head(text, style, SHAPER, 250.0, "block", 18.0)
    assert columns is not None and columns.style.size_px < style.size_px
    assert " ".join(word for words in columns.words for word in words) == text
    assert len(columns.lines) <= MOST_HEAD_COLUMNS + 1 and columns.whole
    assert _head(text * 9, style, SHAPER, 250.0, "block", 18.0) is None
    assert LEAST_HEAD_OF_BODY > 0.8


def test_words_stand_apart() -> None:
    """Within a column the gap between two words' cells is never under the least one."""
    for index in range(PAGES):
        _, brief, _ = page(index)
        body = brief.plan.body
        assert body.word_space_em + 2 * body.tracking_em >= LEAST_GAP_EM
    tight = Style(face=0, size_px=20.0, line_px=28.0, tracking_em=-0.1, word_space_em=0.1)
    text = VerticalText(("사람 산다",), tight, SHAPER, 500.0)
    assert text.gap_px == pytest.approx(LEAST_GAP_EM * 20.0)
    assert text.lines[0].width_px == pytest.approx((2 * 1.9 + LEAST_GAP_EM) * 20.0)


@pytest.mark.parametrize("height_em", np.arange(5.0, 9.0, 0.5).tolist())
def test_columns_are_cut_at_glosses_and_never_leave_brackets_behind(height_em: float) -> None:
    text = VerticalText(
        ("어제 만난 관계자(關係者)는 “정부(政府)의 대책(對策)”이라며 2,145억원을 말했다.",),
        STYLE,
        SHAPER,
        20 * height_em,
    )
    words = text.words[0]
    columns = ["".join(words[line.first : line.last]) for line in text.lines]
    assert "".join(columns) == "어제만난관계자(關係者)는“정부(政府)의대책(對策)”이라며2,145억원을말했다."
    for column, after in pairwise(columns):
        assert column[-1] not in "(“" and after[0] not in ")”.,"
        assert not (column[-1].isdigit() and after[0] in "0123456789,")
    # No column but the last has room for another two characters, unless a figure stands below it.
    for line, below in pairwise(text.lines):
        assert text.width_px - line.width_px < 2.6 * 20.0 or words[below.first][0] == "2"
    assert text.whole and [line.first for line in text.lines[1:]] == [line.last for line in text.lines[:-1]]


def test_a_column_may_end_inside_hanja_and_before_a_gloss() -> None:
    found = set()
    for height_px in np.arange(60.0, 200.0, 5.0).tolist():
        text = VerticalText(("관계자(關係者)는 말했다",), STYLE, SHAPER, height_px)
        found |= {(text.words[0][at], text.words[0][at + 1]) for at in text.broken[0]}
    assert any(one == "관계자" and other.startswith("(關係") for one, other in found)
    assert any(one.endswith("(關") and other.startswith("係") for one, other in found)


def test_bands_are_full() -> None:
    """No band has an empty part wider than a few columns, pictures apart; the last ones end with the page."""
    empty = []
    for index in range(PAGES):
        layout, brief, _ = page(index)
        pitch = brief.plan.body.line_px
        boxes = layout.characters.cell
        left, right = boxes[..., 0].min(axis=1), boxes[..., 0].max(axis=1)
        middle = boxes[..., 1].mean(axis=1)
        for x0, y0, x1, y1 in brief.plan.bands:
            mine = (middle > y0) & (middle < y1)
            taken = [(x1, x1), (x0, x0), *zip(left[mine], right[mine], strict=True)]
            taken += [(a, c) for a, b, c, d in layout.pictures if y0 < (b + d) / 2 < y1]
            taken.sort()
            edge, widest = x0, 0.0
            for begin, end in taken:
                widest, edge = max(widest, begin - edge), max(edge, end)
            empty.append(widest / pitch)
    assert np.mean(np.array(empty) > 3.5) < 0.05
    assert max(empty) < 8
