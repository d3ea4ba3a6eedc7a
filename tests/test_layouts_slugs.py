"""Single lines cast together are what they would be alone; lines of display text are balanced."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from synthgen.randomness import Stream
from synthgen.typeset.faces import FaceSet, load_faces
from synthgen.typeset.galley import Galley
from synthgen.typeset.horizontal import place_lines
from synthgen.typeset.layout import Layout
from synthgen.typeset.layouts.balance import balanced
from synthgen.typeset.shape import Shaper
from synthgen.typeset.slugs import LEAST_FIT, Casting, Slug
from synthgen.typeset.text import MIN_CONDENSING, Style, Text

FACES = FaceSet(load_faces())
SHAPER = Shaper(FACES)
TEXTS = ("합계 금액", "1,250원", "AVAToTy 가나", "가", "서울 시청 앞 광장", "韓國 뷁", "T 02-123-4567", "office 다")


def styles(stream: Stream, count: int) -> list[Style]:
    return [
        Style(
            face=stream.integer(0, len(FACES)),
            size_px=stream.uniform(12, 40),
            line_px=stream.uniform(40, 60),
            tracking_em=stream.uniform(-0.05, 0.1),
            word_space_em=stream.uniform(0.2, 0.4),
            stretch=stream.uniform(0.9, 1.1),
            align=stream.pick(("left", "right", "center")),
            slant=stream.pick((0.0, 0.0, 0.2)),
            ink=stream.pick(("text", "accent")),
        )
        for _ in range(count)
    ]


def cast(slugs: list[Slug], tops: list[float | None]) -> tuple[Layout, Casting]:
    casting = Casting(slugs, SHAPER)
    casting.stand(tops, Stream(0, 0, "jitter"))
    galley = Galley(SHAPER)
    casting.add(galley, 0, len(slugs))
    return galley.finish((900, 900), {}), casting


def test_slugs_are_the_lines_they_would_be_alone() -> None:
    """Against one text a line: every glyph, cell and ink quad in any mixture of faces, styles and alignments."""
    stream = Stream(0, 0, "slugs")
    chosen = [TEXTS[at % len(TEXTS)] for at in range(40)]
    slugs = [Slug(text, style, 20.0, 620.0, "cell") for text, style in zip(chosen, styles(stream, 40), strict=True)]
    tops: list[float | None] = [20.0 * at for at in range(40)]
    layout, casting = cast(slugs, tops)
    galley = Galley(SHAPER)
    for slug, top in zip(slugs, tops, strict=True):
        text = Text((slug.text,), slug.style, SHAPER, float("inf"))
        text.width_px = 600.0
        place_lines(galley, galley.block("cell"), text, slice(0, 1), 20.0, top or 0.0)
    alone = galley.finish((900, 900), {})
    assert layout.words.text == alone.words.text and layout.lines.text == alone.lines.text
    assert layout.roles == alone.roles and set(layout.inks) == set(alone.inks)
    for part in ("ink", "cell"):
        np.testing.assert_allclose(getattr(layout.characters, part), getattr(alone.characters, part), atol=1e-9)
    np.testing.assert_allclose(layout.glyphs.origin, alone.glyphs.origin, atol=1e-9)
    np.testing.assert_allclose(layout.glyphs.linear, alone.glyphs.linear, atol=1e-9)
    np.testing.assert_array_equal(layout.glyphs.glyph, alone.glyphs.glyph)
    assert (casting.ratio == 1).all()


@pytest.mark.parametrize("room", [400.0, 120.0, 60.0, 25.0, 6.0])
def test_slugs_stay_in_their_room(room: float) -> None:
    """Shrunk, condensed, then cut by whole words; what remains is labelled, nothing else."""
    stream = Stream(0, 1, "room")
    slugs = [
        Slug(TEXTS[at % len(TEXTS)], style, 50.0, 50.0 + room, "cell", 1.5)
        for at, style in enumerate(styles(stream, 24))
    ]
    casting = Casting(slugs, SHAPER)
    assert (casting.edges[:, 0] >= 50 - 1e-6).all() and (casting.edges[:, 1] <= 50 + room + 1e-6).all()
    assert (casting.ratio >= LEAST_FIT * 0.999).all() and (casting.ratio <= 1.5).all()
    for slug, left in zip(slugs, casting.slugs, strict=True):
        assert set(left.text.split()) <= set(slug.text.split())
    if not any(slug.text for slug in casting.slugs):
        return
    layout, _ = cast(slugs, [10.0 + 30 * at for at in range(24)])
    assert " ".join(layout.lines.text) == " ".join(slug.text for slug in casting.slugs if slug.text)
    squeezed = layout.glyphs.linear[:, 0, 0] / layout.glyphs.linear[:, 1, 1]
    assert squeezed.min() >= MIN_CONDENSING * 0.9 - 1e-6


@pytest.mark.parametrize("align", ["left", "right", "center", "justify"])
@pytest.mark.parametrize("tracking", [-0.08, 0.0, 0.15])
@pytest.mark.parametrize("by_syllable", [False, True])
def test_lines_are_as_wide_as_they_were_measured(tracking: float, by_syllable: bool, align: str) -> None:
    """From the first pen to the last advance, whatever the tracking; justified lines end at the column's edge."""
    words = "국회는 어제 본회의를 열고 새해 예산안을 처리했다 예산은 올해보다 크게 늘었다 " * 6
    style = Style(
        face=2, size_px=20.0, line_px=30.0, tracking_em=tracking, align=align, indent_em=1.0, by_syllable=by_syllable
    )
    text = Text((words.strip(),), style, SHAPER, 260.0)
    galley = Galley(SHAPER)
    place_lines(galley, galley.block("body"), text, slice(None), 40.0, 10.0)
    layout = galley.finish((400, 2000), {})
    cells = layout.characters.cell
    starts = np.searchsorted(layout.characters.line, np.arange(len(text.lines) + 1))
    for number, line in enumerate(text.lines):
        left, right = cells[starts[number], 0, 0], cells[starts[number + 1] - 1, 1, 0]
        drawn = right - left + line.indent_px
        if align != "justify" or line.ends:
            assert drawn == pytest.approx(line.width_px, abs=1e-6)
        elif by_syllable or 260.0 - line.width_px < 40.0:
            assert drawn == pytest.approx(260.0, abs=1e-6)
        else:
            # Whole words that leave much room may be left ragged, but never half spread.
            assert min(abs(drawn - 260.0), abs(drawn - line.width_px)) < 1e-6
        assert right <= 300.0 + 1e-6
        if by_syllable and not line.ends:
            # No line is left with room for one more syllable.
            assert 260.0 - line.width_px < (1.0 + tracking) * 20.0 + text.gap_px
        if align == "right":
            assert right == pytest.approx(300.0)


def test_justified_lines_spread_their_words_before_they_stay_ragged() -> None:
    style = Style(face=2, size_px=20.0, line_px=30.0, align="justify")
    for filler, justified in (("나다라마바 사", True), ("나다 라", False), ("나다라마바사", True), ("나다라", False)):
        text = Text((f"{filler} {'가' * 8}",), style, SHAPER, 150.0)
        assert len(text.lines) == 2
        fit, line = text.fit(text.lines[0]), text.lines[0]
        spaces = filler.count(" ")
        spread = fit.tracking_px * (len(filler) - spaces - 1) + (fit.space_px - text.space_px) * spaces
        assert (line.width_px + spread == pytest.approx(150.0)) == justified


def test_a_page_s_slugs_of_many_inks_are_added_at_once() -> None:
    """Blocks, roles, inks and leans stay each slug's own; those of characters drawn by several glyphs too."""
    stream = Stream(0, 2, "many")
    slugs = [
        Slug(TEXTS[at % len(TEXTS)], style, 10.0, 700.0, f"role{at}") for at, style in enumerate(styles(stream, 24))
    ]
    layout, _ = cast(slugs, [None if at == 5 else 20.0 * at for at in range(24)])
    kept = [slug for at, slug in enumerate(slugs) if at != 5]
    assert layout.roles == tuple(slug.role for slug in kept)
    assert layout.lines.text == tuple(slug.text for slug in kept)
    np.testing.assert_array_equal(layout.lines.block, np.arange(23))
    block = layout.characters.block[layout.glyphs.char]
    assert [layout.inks[ink] for ink in layout.glyphs.ink] == [kept[at].style.ink for at in block.tolist()]
    lean = -layout.glyphs.linear[:, 0, 1] / layout.glyphs.linear[:, 1, 1]
    np.testing.assert_allclose(lean, [kept[at].style.slant for at in block.tolist()], atol=1e-9)


def test_slugs_without_a_top_are_left_out() -> None:
    style = Style(face=2, size_px=20.0, line_px=30.0)
    slugs = [Slug(text, style, 0.0, 200.0, "cell") for text in ("가", "", "나", "다")]
    layout, _ = cast(slugs, [0.0, 30.0, None, 90.0])
    assert layout.words.text == ("가", "다")
    low, high = layout.words.quad[1].min(axis=0), layout.words.quad[1].max(axis=0)
    assert 90 <= (low[1] + high[1]) / 2 <= 120


def test_jittered_slugs_leave_their_baseline_and_none_else() -> None:
    plain = Style(face=2, size_px=20.0, line_px=30.0)
    shaken = Style(face=2, size_px=20.0, line_px=30.0, jitter_em=0.05)
    layout, _ = cast([Slug("가나다라마", plain, 0, 300, "a"), Slug("가나다라마", shaken, 0, 300, "b")], [0.0, 50.0])
    heights = layout.glyphs.origin[:, 1]
    assert np.ptp(heights[:5]) == 0 and 0 < np.ptp(heights[5:]) < 8


HEADLINES = (
    "두루미마을 주민들, 폐교를 케이블카로", "당분간 대구와 경북 비…낮 최고 28도",
    "국토교통부, 지역화폐 방안 하반기 발표 예정",
    "가 나 다 라 마 바 사 아 자 차 카 타 파 하", "여론 절반 이상 “노란우산 공제 필요하다”",
)  # fmt: skip


@pytest.mark.parametrize("width", [150.0, 260.0, 400.0, 520.0])
@pytest.mark.parametrize("headline", HEADLINES)
def test_display_lines_are_balanced(headline: str, width: float) -> None:
    """No line is lost, and the longest of two is as short as any break allows."""
    style = Style(face=3, size_px=40.0, line_px=50.0, tracking_em=-0.02)
    text = balanced(headline, style, SHAPER, width, 2)
    assert text.style.size_px <= 40
    if text.style.size_px > 0.62 * 40:
        assert len(text.lines) <= 2
    if len(text.lines) != 2:
        return
    words = headline.split(" ")
    longest = []
    for cut in range(1, len(words)):
        parts = (" ".join(words[:cut]), " ".join(words[cut:]))
        longest.append(max(Text((part,), text.style, SHAPER, 1e9).lines[0].width_px for part in parts))
    assert max(line.width_px for line in text.lines) <= min(longest) + 1.5


def test_a_nearly_fitting_headline_is_squeezed_into_one_line() -> None:
    style = Style(face=3, size_px=40.0, line_px=50.0)
    headline = HEADLINES[0]
    whole = Text((headline,), style, SHAPER, 1e9).lines[0].width_px
    text = balanced(headline, style, SHAPER, 0.95 * whole, 2)
    assert len(text.lines) == 1 and 0.9 * 40 < text.style.size_px < 40
    assert len(balanced(headline, style, SHAPER, 0.75 * whole, 2).lines) == 2


def test_balance_holds_for_every_number_of_lines() -> None:
    style = Style(face=3, size_px=20.0, line_px=30.0)
    words = HEADLINES[3].split(" ")
    text = balanced(" ".join(words), style, SHAPER, 120.0, 3)
    assert len(text.lines) == 3
    best = min(
        max(
            Text((" ".join(words[a:b]),), text.style, SHAPER, 1e9).lines[0].width_px
            for a, b in ((0, i), (i, j), (j, 14))
        )
        for i, j in combinations(range(1, 14), 2)
    )
    assert max(line.width_px for line in text.lines) == pytest.approx(best, abs=1.0)
