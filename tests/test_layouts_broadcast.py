"""What television puts beside the spoken words: it keeps clear of them, of itself, and of the picture's edges."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import combinations

import numpy as np
import pytest

from synthgen.randomness import Streams
from synthgen.recipe import Recipe, load
from synthgen.text.copy import Copy
from synthgen.text.writer import Writer
from synthgen.typeset.faces import FaceSet, load_faces
from synthgen.typeset.layout import Layout
from synthgen.typeset.layouts.broadcast import wide_em
from synthgen.typeset.layouts.programmes import CHANNELS, DRAMAS, LABELS, SHOWS, TOPICS
from synthgen.typeset.registry import layout_kind
from synthgen.typeset.shape import Shaper

FACES = FaceSet(load_faces())
SHAPER = Shaper(FACES)
PROGRAMMES = {"film", "drama", "news", "show", "story", "weather", "sports", "shop"}


@cache
def writer(lang: str) -> Writer:
    return Writer(load("subtitle").text, lang)


def laid(recipe: Recipe, index: int, lang: str = "ko") -> tuple[Layout, Copy]:
    streams, kind = Streams(17, index), layout_kind("subtitle")
    brief = kind.brief(recipe, FACES, streams("layout"))
    copy = writer(lang).write(brief.asks, streams("copy"))
    return kind.set(brief, copy, recipe, SHAPER, 0, streams("setting")), copy


def line_boxes(layout: Layout) -> np.ndarray:
    """The boxes (L, 4) around the ink of each line."""
    ink, line = layout.characters.ink, layout.characters.line
    low = np.array([ink[line == at].min(axis=(0, 1)) for at in range(len(layout.lines.text))])
    high = np.array([ink[line == at].max(axis=(0, 1)) for at in range(len(layout.lines.text))])
    return np.concatenate([low, high], axis=1)


def test_every_kind_of_programme_is_shown() -> None:
    found = Counter(str(laid(load("subtitle"), index)[0].parameters["programme"]) for index in range(240))
    assert set(found) == PROGRAMMES
    # Most of what is on television bears more than what is spoken, but plain subtitles stay common.
    assert 0.15 < found["film"] / 240 < 0.4


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_furniture_keeps_clear_of_the_words_and_of_the_edges(lang: str) -> None:
    recipe = replace(load("subtitle"), lang=lang)
    for index in range(150):
        layout, _ = laid(recipe, index, lang)
        boxes = line_boxes(layout)
        width, height = layout.size
        assert boxes[:, :2].min() >= 0, (index, layout.lines.text)
        assert boxes[:, 2].max() <= width, (index, layout.lines.text)
        assert boxes[:, 3].max() <= height, (index, layout.lines.text)
        for one, other in combinations(range(len(boxes)), 2):
            shared = np.minimum(boxes[one, 2:], boxes[other, 2:]) - np.maximum(boxes[one, :2], boxes[other, :2])
            assert shared.min() <= 1.0, (index, layout.lines.text[one], layout.lines.text[other])


def test_labels_hold_their_words() -> None:
    """A label's width is reckoned before its words are shaped."""
    labels = 0
    for index in range(150):
        layout, _ = laid(load("subtitle"), index)
        boxes, accents = line_boxes(layout), layout.rules[layout.rule_ink == _ink(layout, "accent")]
        for line, block in enumerate(layout.lines.block.tolist()):
            if layout.roles[block] in ("label", "name"):
                x0, y0, x1, y1 = boxes[line]
                inside = (accents[:, 0] <= x0) & (accents[:, 1] <= y0) & (accents[:, 2] >= x1) & (accents[:, 3] >= y1)
                assert inside.any(), (index, layout.lines.text[line])
                labels += 1
    assert labels > 80


def _ink(layout: Layout, name: str) -> int:
    return layout.inks.index(name) if name in layout.inks else -1


def test_a_frame_tells_one_time() -> None:
    clocks = [
        sum(layout.roles[block] == "clock" for block in layout.lines.block.tolist())
        for index in range(150)
        for layout in [laid(load("subtitle"), index)[0]]
    ]
    assert set(clocks) == {0, 1}


def test_names_are_in_the_language_of_the_frame() -> None:
    for lang, at in (("ko", 0), ("en", 1)):
        said = [
            text
            for index in range(80)
            for layout in [laid(replace(load("subtitle"), lang=lang), index, lang)[0]]
            for text, block in zip(layout.lines.text, layout.lines.block.tolist(), strict=True)
            if layout.roles[block] == "channel"
        ]
        assert said
        assert set(said) <= set(CHANNELS[at])


def test_made_up_names_are_distinct_and_short() -> None:
    for words in (CHANNELS, DRAMAS, SHOWS, TOPICS, LABELS):
        for names in words:
            assert len(set(names)) == len(names)
            assert max(map(wide_em, names)) < 20
