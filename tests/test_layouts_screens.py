"""Screens show what belongs together: times before the clock's, one partner's name, rows and their dialogue."""

from __future__ import annotations

import re

import numpy as np
import pytest

from synthgen.recipe import load
from synthgen.text.charset import load_charset
from synthgen.text.copy import Block, Copy
from synthgen.typeset.faces import FaceSet, load_faces
from synthgen.typeset.layouts.clock import SPAN_MIN, told_by_the_clock
from synthgen.typeset.layouts.composed import can_write
from synthgen.typeset.layouts.screen import ANSWERS, MORE
from tests.test_layouts_looks import boxes, with_role
from tests.test_layouts_sweep import laid, recipe_of

FACES = FaceSet(load_faces())
SCREENS = [laid(recipe_of("screen"), FACES, index)[0] for index in range(48)]


def minute_of(text: str) -> int:
    found = re.search(r"(\d+):(\d\d)", text)
    assert found is not None, text
    return int(found[1]) * 60 + int(found[2])


def copy_of(status: str, *whens: str) -> Copy:
    blocks = [Block("status", (status,)), *(Block("when", (when,)) for when in whens), Block("say", ("내일 12:00",))]
    return Copy("chat", tuple(blocks))


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("status", ["14:05", "00:10", "00:00", "10월 1일(화) 23:59 LTE 80%", "9:41"])
def test_nothing_was_sent_after_the_clock(status: str, newest_first: bool) -> None:
    copy = copy_of(status, "23:10", "05:00", "14:06", "00:00")
    told = told_by_the_clock(copy, load_charset("hangul"), newest_first=newest_first)
    minutes = [minute_of(block.paragraphs[0]) for block in told.blocks[1:-1]]
    now = minute_of(status)
    assert minutes == sorted(minutes, reverse=newest_first)
    assert max(minutes) <= now and now - min(minutes) <= SPAN_MIN
    # The clock and what is said stay as they are.
    assert (told.blocks[0], told.blocks[-1]) == (copy.blocks[0], copy.blocks[-1])


@pytest.mark.parametrize(("status", "whens"), [("정오", ("10:00",)), ("12:00", ("방금", "10:00"))])
def test_times_that_are_not_told_in_figures_stay(status: str, whens: tuple[str, ...]) -> None:
    copy = copy_of(status, *whens)
    assert told_by_the_clock(copy, load_charset("hangul"), newest_first=False) == copy


def test_a_charset_without_the_figures_keeps_its_times() -> None:
    copy = copy_of("11:11", "22:22")
    assert told_by_the_clock(copy, load_charset("chars:내일12:0"), newest_first=False) == copy


def test_messages_precede_the_clock_on_screens() -> None:
    checked = 0
    for screen in SCREENS:
        clocks = with_role(screen, "status")
        times = [minute_of(screen.lines.text[line]) for line in with_role(screen, "time")]
        if not len(clocks) or not times:
            continue
        checked += 1
        assert max(times) <= minute_of(screen.lines.text[clocks[0]])
        assert times == sorted(times, reverse=screen.parameters["kind"] == "notices")
    assert checked >= 8


def test_the_names_of_a_conversation_of_two_are_its_title() -> None:
    pairs = 0
    for screen in SCREENS:
        names = {screen.lines.text[line] for line in with_role(screen, "name")}
        if screen.parameters["kind"] == "chat" and len(names) == 1:
            pairs += 1
            assert names == {screen.lines.text[with_role(screen, "headline")[0]]}
        elif screen.parameters["kind"] == "chat" and names:
            assert screen.lines.text[with_role(screen, "headline")[0]] not in names
    assert pairs >= 3


def test_a_dialogue_lies_over_rows_of_one_pitch() -> None:
    """Rows above and below keep their distance as if nothing lay over them; no text of theirs is under the box."""
    dialogues = 0
    for screen in SCREENS:
        if screen.parameters["kind"] != "dialogue":
            continue
        dialogues += 1
        cells = boxes(screen.lines.quad)
        middles = cells[with_role(screen, "label"), 1::2].mean(axis=1)
        steps = np.diff(middles)
        pitch = np.median(steps)
        np.testing.assert_allclose(steps, np.rint(steps / pitch) * pitch, atol=0.02 * pitch)
        own = cells[np.concatenate([with_role(screen, role) for role in ("body", "button")])]
        assert (np.abs(middles[:, None] - own[:, 1::2].mean(axis=1)) > 0.7 * pitch).all()
        said = tuple(screen.lines.text[line] for line in with_role(screen, "button"))
        assert said in ANSWERS[0]
        # The question is a whole sentence.
        last = screen.lines.text[with_role(screen, "body")[-1]]
        assert last[-1] in ".?!요" or last.endswith("니다"), last
    assert dialogues >= 3


def test_what_else_there_is_to_read_is_under_a_heading_of_its_own() -> None:
    headings = [
        screen.lines.text[line]
        for screen in SCREENS
        if screen.parameters["kind"] == "article"
        for line in with_role(screen, "subhead")
    ]
    assert len(headings) >= 2 and set(headings) <= set(MORE[0])


def test_labels_of_buttons_keep_off_their_edges() -> None:
    checked = 0
    for screen in SCREENS:
        cells, rules = boxes(screen.lines.quad), screen.rules
        for line in with_role(screen, "button"):
            x0, y0, x1, y1 = cells[line]
            near = (rules[:, 1] < y1) & (rules[:, 3] > y0) & (rules[:, 2] - rules[:, 0] < 4)
            gaps = np.concatenate([x0 - rules[near, 2], rules[near, 0] - x1])
            inside = gaps[gaps > -2]
            assert not len(inside) or inside.min() > 3
            checked += 1
    assert checked >= 8


def test_pictures_of_screens_alone_are_of_continuous_tone() -> None:
    assert all(screen.continuous_pictures for screen in SCREENS)
    assert not laid(recipe_of("newspaper"), FACES, 0)[0].continuous_pictures


@pytest.mark.parametrize(
    ("role", "genre", "lang", "written"),
    [
        ("say", "chat", "ko+en", True), ("option", "screen", "ko", True), ("say", "nowhere", "ko", False),
        ("nothing", "chat", "en", False),
    ],
)  # fmt: skip
def test_what_templates_can_write(role: str, genre: str, lang: str, written: bool) -> None:
    assert can_write(role, genre, lang) == written


@pytest.mark.parametrize("lang", ["en", "ko+en"])
def test_screens_of_other_languages_are_set(lang: str) -> None:
    recipe = load("screen").with_values({"lang": lang})
    kinds = {laid(recipe, FACES, index)[0].parameters["kind"] for index in range(20)}
    assert {"chat", "dialogue", "article"} <= kinds
