"""Pages of books and newspapers: a mark for each note, heads and captions set whole, no article of a line or two."""

from __future__ import annotations

import re

import numpy as np
import pytest

from synthgen.randomness import Streams
from synthgen.recipe import Recipe, load
from synthgen.text.copy import Copy
from synthgen.typeset.faces import FaceSet, load_faces
from synthgen.typeset.layout import Layout
from synthgen.typeset.layouts.article import LEAST_LINES
from synthgen.typeset.registry import layout_kind
from synthgen.typeset.shape import Shaper
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
