"""Text that is cut ends with a sentence; Latin text is justified by its word spaces or not at all."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from synthgen.randomness import Stream
from synthgen.recipe import load
from synthgen.text.copy import Ask, Block
from synthgen.typeset.faces import FaceSet, load_faces
from synthgen.typeset.flow import Flow, Flows, Item
from synthgen.typeset.galley import Galley
from synthgen.typeset.horizontal import place_lines
from synthgen.typeset.shape import Shaper
from synthgen.typeset.text import LATIN_SPACE_GROWTH, LATIN_TRACKING_EM, Style, Text
from tests.test_layouts_looks import with_role
from tests.test_layouts_sweep import laid, recipe_of

FACES = FaceSet(load_faces())
SHAPER = Shaper(FACES)
STYLE = Style(face=2, size_px=20.0, line_px=30.0)
SENTENCES = (
    "국회는 어제 본회의를 열었다. 예산안은 가까스로 통과됐다. 여당은 환영했지만 야당은 끝까지 반대했다고 밝혔다."
)
ENGLISH = (
    "The council met on Monday. Residents had asked for a safer road near the school, and the mayor agreed to pay "
    "for two crossings. Work begins in May."
)


def lines_of(text: Text) -> list[str]:
    return [" ".join(text.words[line.paragraph][line.first : line.last]) for line in text.lines]


@pytest.mark.parametrize("width", [130.0, 200.0, 333.0])
@pytest.mark.parametrize("paragraph", [SENTENCES, ENGLISH])
@pytest.mark.parametrize("by_syllable", [False, True])
def test_a_text_that_is_cut_ends_with_its_sentence(paragraph: str, width: float, by_syllable: bool) -> None:
    style = Style(face=2, size_px=20.0, line_px=30.0, by_syllable=by_syllable, align="justify")
    for count in range(1, len(Text((paragraph,), style, SHAPER, width).lines)):
        whole, text = (Text((paragraph,), style, SHAPER, width) for _ in range(2))
        kept = text.close(count)
        said = " ".join(lines_of(text)[:kept])
        if len(text.lines) == len(whole.lines):
            continue
        assert kept == len(text.lines) and count - kept <= count / 3
        assert said.endswith(".") and text.lines[-1].ends
        assert " ".join(lines_of(whole)[:count]).startswith(said)
        # The line that was cut is measured as it is set.
        galley = Galley(SHAPER)
        place_lines(galley, galley.block("body"), text, slice(None), 0.0, 0.0)
        cells = galley.finish((900, 900), {}).characters.cell[-len(lines_of(text)[-1].replace(" ", "")) :]
        assert cells[-1, 1, 0] - cells[0, 0, 0] == pytest.approx(text.lines[-1].width_px, abs=1e-6)


@pytest.mark.parametrize(
    ("paragraph", "kept"),
    [
        ("He met Dr. Smith and Mr. Lee near the old mill before noon", False),
        ("The doors open at 5 p.m. on Monday and close before the rain", False),
        ("“모두 끝났다. 이제 돌아가자고 그는 말했지만 아무도 움직이지", False),
        ("2016. 1. 29. 아침에 우리는 처음으로 그 섬을 보았고 곧", False),
        ("모두 끝났다. “이제 돌아가자고 그는 말했지만 아무도", True),
        ("They left at 5 p.m. The rain had stopped by then and all of", True),
        ("“다시 오겠습니다.” 그 말만 남기고 그는 오래 전에 떠나", True),
    ],
)
def test_what_ends_a_sentence(paragraph: str, kept: bool) -> None:
    text = Text((paragraph + " 덧붙인 말이 여기 있다",), STYLE, SHAPER, 10_000.0)
    words = paragraph.count(" ") + 1
    assert bool(text._sentence_end(0, words)) == kept


def test_a_sentence_that_costs_too_much_is_cut() -> None:
    text = Text((SENTENCES,), STYLE, SHAPER, 130.0)
    before = list(text.lines)
    # Of these lines only the first sentence is whole.
    count = next(n for n in range(1, len(before)) if n - len(text._whole_sentences(n)) > n / 3)
    assert text.close(count) == count and text.lines == before
    assert text.close(len(before)) == text.close(99) == len(before)
    assert text.close(0) == 0 and text.lines == before


@pytest.mark.parametrize("continues", [False, True])
@pytest.mark.parametrize("high", [200.0, 350.0, 500.0])
def test_flows_end_with_a_sentence_unless_they_continue(continues: bool, high: float) -> None:
    item = Item("body", STYLE, (Ask("body", 9),) * 2, 0, continues=continues)
    block = Block("body", (SENTENCES, SENTENCES, SENTENCES))
    boxes = ((0.0, 0.0, 150.0, high), (200.0, 0.0, 350.0, high))
    flows = Flows(SHAPER, [(Flow(boxes, (item,)), (block, block))], 0.0, Stream(0, 0, "flow"))
    galley = Galley(SHAPER)
    flows.set(galley, 0, load("newspaper").type)
    layout = galley.finish((400, 600), {})
    full = 2 * int(high // 30)
    if continues:
        assert len(layout.lines) == full
    else:
        assert 2 / 3 * full <= len(layout.lines) <= full and layout.lines.text[-1].endswith("다.")
        foot = layout.characters.cell[-1, 2, 1]
        assert foot <= flows.feet[0] + 1e-6 <= high + 1e-6


def test_most_articles_of_newspapers_end_with_a_sentence() -> None:
    ended = []
    for index in range(40):
        layout, *_ = laid(recipe_of("newspaper"), FACES, index)
        blocks = layout.lines.block
        for block in sorted({int(blocks[line]) for line in with_role(layout, "body")}):
            mine = [text for text, own in zip(layout.lines.text, blocks, strict=True) if own == block]
            if len(mine) > 7:
                ended.append(mine[-1][-1] in ".?!…”’\"')")
    # Where the last column would be left with too little, articles are cut all the same.
    assert len(ended) > 20 and np.mean(ended) > 0.75


@pytest.mark.parametrize("width", [120.0, 180.0, 240.0, 400.0, 700.0])
def test_latin_text_takes_its_slack_in_word_spaces_or_is_ragged(width: float) -> None:
    style = Style(face=2, size_px=20.0, line_px=30.0, align="justify")
    text = Text((ENGLISH, ENGLISH.replace("council", "committee")), style, SHAPER, width)
    for first, second in pairwise(text.lines):
        if first.ends or first.paragraph != second.paragraph:
            continue
        fit = text.fit(first)
        if fit.condensing < 1:
            continue
        assert fit.tracking_px <= LATIN_TRACKING_EM * style.size_px + 1e-9
        assert fit.space_px <= LATIN_SPACE_GROWTH * text.space_px + 1e-9
        ragged = first.paragraph in text.ragged
        letters = sum(map(len, text.words[first.paragraph][first.first : first.last])) - 1
        grown = (fit.space_px - text.space_px) * (first.last - first.first - 1) + fit.tracking_px * letters
        # A paragraph is justified throughout, or ragged throughout.
        assert first.width_px + grown == pytest.approx(first.width_px if ragged else width)
    assert bool(text.ragged) == (width < 400)


def test_korean_and_mixed_text_is_justified_as_before() -> None:
    style = Style(face=2, size_px=20.0, line_px=30.0, align="justify", by_syllable=True)
    text = Text((SENTENCES + " English words stand in it.",), style, SHAPER, 150.0)
    assert not text.ragged and any(text.fit(line).tracking_px > 0 for line in text.lines)
