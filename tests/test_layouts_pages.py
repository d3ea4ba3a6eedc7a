"""Pages of books and newspapers: a mark for each note, heads and captions set whole, no article of a line or two."""

from __future__ import annotations

import re

import numpy as np
import pytest

from synthgen.generator import Generator
from synthgen.randomness import Streams
from synthgen.recipe import Recipe, load
from synthgen.text.copy import Ask, Copy
from synthgen.typeset.faces import FaceSet, load_faces
from synthgen.typeset.layout import Layout
from synthgen.typeset.layouts.article import LEAST_LINES, Article
from synthgen.typeset.layouts.copyfit import _sentences, fitted
from synthgen.typeset.registry import layout_kind
from synthgen.typeset.shape import Shaper
from synthgen.typeset.text import Style, Text
from tests.measuring import writer_of

FACES = FaceSet(load_faces())
SHAPER = Shaper(FACES)
NEWS = load("newspaper").with_values({"page.picture_probability": 0.6})
MARK = re.compile(r"[.!?](\d)\)$")


def laid(recipe: Recipe, index: int, lang: str = "ko") -> tuple[Layout, Copy]:
    streams, kind = Streams(9, index), layout_kind(recipe.page.layout)
    brief = kind.brief(recipe, FACES, streams("layout"))
    copy = writer_of(recipe.text, lang).write(brief.asks, streams("copy"))
    return kind.set(brief, copy, recipe, SHAPER, 0, streams("setting")), copy


def blocks(layout: Layout, role: str) -> list[str]:
    """Return the texts of the blocks of a role, without spaces."""
    found: dict[int, str] = {}
    for text, block in zip(layout.lines.text, layout.lines.block.tolist(), strict=True):
        if layout.roles[block] == role:
            found[block] = found.get(block, "") + text.replace(" ", "")
    return list(found.values())


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_each_note_of_a_page_has_its_mark(lang: str) -> None:
    """Marks and notes of a page are the same numbers, from 1 upwards, in the order of reading."""
    notes = 0
    for index in range(40):
        layout, _ = laid(load("book"), index, lang)
        middle = layout.size[0] / 2
        marks: dict[bool, list[int]] = {False: [], True: []}
        leads: dict[bool, list[int]] = {False: [], True: []}
        role = [layout.roles[block] for block in layout.lines.block]
        for word, text in enumerate(layout.words.text):
            line = layout.words.line[word]
            right = bool(layout.words.quad[word, :, 0].mean() > middle)
            if role[line] == "body" and (found := MARK.search(text)):
                marks[right].append(int(found[1]))
            elif role[line] == "footnote" and (found := re.fullmatch(r"(\d)\)", text)):
                leads[right].append(int(found[1]))
        assert marks == leads
        for numbers in marks.values():
            assert numbers == list(range(1, len(numbers) + 1))
            notes += len(numbers)
    assert notes > 15


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_each_note_of_a_document_has_its_mark(lang: str) -> None:
    """Notes and marks are the same numbers from 1 upwards; no other mark stands in the text."""
    notes = 0
    for index in range(60):
        layout, _ = laid(load("document"), index, lang)
        marks: list[int] = []
        leads: list[int] = []
        role = [layout.roles[block] for block in layout.lines.block]
        for word, text in enumerate(layout.words.text):
            line = role[layout.words.line[word]]
            if line == "body" and (found := MARK.search(text)):
                marks.append(int(found[1]))
            elif line == "footnote" and (found := re.fullmatch(r"(\d)\)", text)):
                leads.append(int(found[1]))
        assert marks == leads == list(range(1, len(marks) + 1))
        notes += len(marks)
    assert notes > 15


@pytest.mark.parametrize("role", ["kicker", "headline", "subhead", "caption", "folio"])
def test_heads_and_captions_are_set_whole(role: str) -> None:
    found = 0
    for index in range(40):
        layout, copy = laid(NEWS, index)
        written = {block.paragraphs[0].replace(" ", "") for block in copy.blocks}
        texts = blocks(layout, role)
        assert set(texts) <= written
        found += len(texts)
    assert found > 5


def test_articles_have_some_lines_in_each_column() -> None:
    checked = 0
    for index in range(40):
        layout, _ = laid(NEWS, index)
        for block in {at for at in layout.lines.block.tolist() if layout.roles[at] == "body"}:
            left = layout.lines.quad[layout.lines.block == block][:, 0, 0]
            columns = np.split(np.sort(left), np.flatnonzero(np.diff(np.sort(left)) > 60) + 1)
            assert min(len(column) for column in columns) >= LEAST_LINES
            checked += 1
    assert checked > 40


def test_articles_fill_their_columns_to_the_foot() -> None:
    """Last lines stand at the module's foot, in the last column too or hardly above; bylines below them count."""
    kind, free, feet = layout_kind("newspaper"), [], []
    for index in range(40):
        streams = Streams(9, index)
        brief = kind.brief(NEWS, FACES, streams("layout"))
        copy = writer_of(NEWS.text, "ko").write(brief.asks, streams("copy"))
        layout = kind.set(brief, copy, NEWS, SHAPER, 0, streams("setting"))
        quads = layout.lines.quad
        running = np.array([layout.roles[block] in ("body", "byline") for block in layout.lines.block])
        for article in (module for module in brief.plan.modules if isinstance(module, Article)):
            x0, y0, x1, y1 = article.box
            middle = quads.mean(axis=1)
            mine = running & (middle[:, 0] > x0) & (middle[:, 0] < x1) & (middle[:, 1] > y0) & (middle[:, 1] < y1)
            last = mine & (quads[:, 0, 0] > article.left_px(article.columns - 1) - 2)
            pitch = article.body.line_px
            # A line's cells are lower than its pitch, half of what is left of it lies below them.
            free.append((y1 - quads[last, 3, 1].max()) / pitch)
            feet.append((y1 - quads[mine, 3, 1].max()) / pitch)
    assert max(feet) < 0.5 and len(free) > 50
    assert np.mean(np.array(free) < 1.5) > 0.9


@pytest.mark.parametrize("indent", [0.0, 1.0])
@pytest.mark.parametrize(("by_syllable", "share"), [(False, 0.6), (True, 0.8)])
def test_articles_are_cut_by_whole_sentences(by_syllable: bool, share: float, indent: float) -> None:
    """What is left is in order, begins as the article does, and mostly fills its room without going beyond it."""
    style = Style(face=2, size_px=20.0, line_px=30.0, align="justify", by_syllable=by_syllable, indent_em=indent)
    filled = []
    for index in range(30):
        (block,) = writer_of(NEWS.text).write([Ask("body", 150)], Streams(9, index)("copy")).blocks
        said = block.paragraphs
        rooms = (12, 20, 27)
        for room, kept in zip(rooms, fitted(said, style, SHAPER, 210.0, rooms), strict=True):
            sentences = [one for paragraph in said for one in re.split(r"(?<=[.!?]) ", paragraph)]
            left = iter(sentences)
            assert all(one in left for paragraph in kept for one in re.split(r"(?<=[.!?]) ", paragraph))
            assert kept[0].startswith(sentences[0])
            filled.append(room - len(Text(kept, style, SHAPER, 210.0).lines))
    assert np.mean([0 <= free <= 1 for free in filled]) > share
    assert np.mean([free < 0 for free in filled]) < 0.15


@pytest.mark.parametrize("tracking", [0.0, -0.04])
def test_sentences_are_measured_as_if_each_stood_alone(tracking: float) -> None:
    style = Style(face=2, size_px=20.0, line_px=30.0, tracking_em=tracking, word_space_em=0.28, stretch=0.9)
    face = FACES.faces[2]
    sentences = (
        ("그는 “간다. 나는 남는다”고 했다.", "비가 왔다!", "A. B 왔다."),
        ("‘산이다.’", "끝났다."),
        ("(열다. 닫다. 물었다? 답했다.",),
    )
    paragraphs = [" ".join(each) for each in sentences]
    found = _sentences(paragraphs, style, SHAPER)
    for number in range(len(paragraphs)):
        said = [one for one in found if one.paragraph == number]
        assert tuple(one.text for one in said) == sentences[number]
        for one in said:
            space = 20.0 * (0.28 + 2 * tracking)
            advance = [
                space if char == " " else 20.0 * (0.9 * face.advance_em[face.glyph_of[ord(char)]] + tracking)
                for char in one.text
            ]
            behind = space if one is not said[-1] else 0.0
            assert one.width_px == pytest.approx(sum(advance) + behind)


def test_narrow_columns_are_not_ragged() -> None:
    """Of the justified lines of Korean text hardly any stops short of its column."""
    short = total = 0
    whole = NEWS.with_values({"type.syllable_break_probability": 0.5, "type.justify_probability": 1.0})
    for index in range(20):
        layout, _ = laid(whole, index)
        for block in {at for at in layout.lines.block.tolist() if layout.roles[at] == "body"}:
            right = layout.lines.quad[layout.lines.block == block][:, 1, 0]
            edges = [edge for edge in right if (np.abs(right - edge) < 1.5).sum() >= 3]
            reach = np.array([min((edge - one for edge in edges if edge >= one - 1), default=0.0) for one in right])
            short, total = short + int((reach > 4).sum()), total + len(reach)
    # Those that end their paragraphs.
    assert short < 0.2 * total


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_front_pages_have_a_nameplate_above_their_number_and_day(lang: str) -> None:
    generator = Generator("newspaper", seed=9, lang=lang)
    fronts = [scene for scene in generator.scenes(0, 60) if "nameplate" in scene.roles]
    assert 2 <= len(fronts) <= 16
    for scene in fronts:
        texts = [scene.lines.text[line] for line in (0, 1)]
        assert [scene.roles[block] for block in scene.lines.block[:2].tolist()] == ["nameplate", "folio"]
        assert any(char.isdigit() for char in texts[1]) and not any(char.isdigit() for char in texts[0])
        high = scene.lines.quad[:, 3, 1] - scene.lines.quad[:, 0, 1]
        assert high[0] > 2 * high[1]
        assert scene.lines.quad[0, :, 1].max() <= scene.lines.quad[1, :, 1].max()
