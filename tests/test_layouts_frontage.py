"""Fronts of several boards: what is said on each stays on it, boards hang apart, and no offer comes twice."""

from __future__ import annotations

import numpy as np
import pytest

from synthgen.press.colours import FAMILIES, contrast_ratio, grey_of, neighbours_of
from synthgen.press.raster import coverage
from synthgen.press.sign_board import hang_boards
from synthgen.randomness import Stream
from synthgen.recipe import load
from synthgen.typeset.faces import FaceSet, load_faces
from synthgen.typeset.galley import Galley
from synthgen.typeset.layout import Layout
from synthgen.typeset.layouts.frontage import OFFERS, SHAPES
from synthgen.typeset.layouts.icons import NAMES, icon
from synthgen.typeset.layouts.measure import width_px
from synthgen.typeset.layouts.seal import Seal, set_seal
from synthgen.typeset.ruling import draw_ruling
from synthgen.typeset.shape import Shaper
from synthgen.typeset.text import Style, Text
from tests.test_layouts_looks import bars_above, boxes, with_role
from tests.test_layouts_sweep import laid, recipe_of

FACES = FaceSet(load_faces())
SHAPER = Shaper(FACES)
FRONTS = [
    layout
    for layout in (laid(recipe_of("sign"), FACES, index)[0] for index in range(120))
    if layout.parameters["shape"] in SHAPES
]


def boards_of(layout: Layout) -> np.ndarray:
    """The boxes of boards, or of their middles where their corners are round."""
    rules = layout.rules[layout.rule_ink == layout.inks.index("accent")]
    return rules[(rules[:, 3] - rules[:, 1] > 25) & (rules[:, 2] - rules[:, 0] > 80)]


def test_every_shape_is_drawn() -> None:
    assert {layout.parameters["shape"] for layout in FRONTS} == set(SHAPES)
    assert np.mean([len(layout.words) for layout in FRONTS]) > 8


def test_what_a_board_says_stands_on_it() -> None:
    for layout in FRONTS:
        boards = boards_of(layout)
        ink = boxes(layout.characters.ink)
        for line in range(len(layout.lines)):
            own = ink[layout.characters.line == line]
            x0, y0, x1, y1 = own[:, 0].min(), own[:, 1].min(), own[:, 2].max(), own[:, 3].max()
            on = (boards[:, 0] < x0) & (boards[:, 2] > x1) & (boards[:, 1] - 8 < y0) & (boards[:, 3] + 8 > y1)
            assert on.sum() == 1, (layout.parameters, layout.lines.text[line])


def test_boards_hang_apart_and_lines_below_one_another() -> None:
    for layout in FRONTS:
        boards = boards_of(layout)
        for at, (x0, y0, x1, y1) in enumerate(boards):
            others = np.delete(boards, at, axis=0)
            apart = np.maximum.reduce([others[:, 0] - x1, x0 - others[:, 2], others[:, 1] - y1, y0 - others[:, 3]])
            assert (apart >= 8).all()
        lines = boxes(layout.lines.ink) if hasattr(layout.lines, "ink") else boxes(layout.lines.quad)
        for at, (x0, y0, x1, y1) in enumerate(lines):
            beside = np.delete(lines, at, axis=0)
            middle = (beside[:, 1] + beside[:, 3]) / 2
            within = (beside[:, 0] < x1) & (beside[:, 2] > x0) & (middle > y0) & (middle < y1)
            assert not within.any(), layout.lines.text[at]


def test_offers_come_once_and_speak_for_any_shop() -> None:
    seen = 0
    for layout in FRONTS:
        offers = [layout.lines.text[line] for line in with_role(layout, "offer")]
        assert set(offers) <= set(OFFERS[0])
        assert len(offers) == len(set(offers))
        seen += len(offers)
    assert seen > 30


def test_guides_say_nothing_twice_and_are_as_high_as_their_lines() -> None:
    guides = [layout for layout in FRONTS if layout.parameters["shape"] == "guide"]
    assert len(guides) >= 4
    for layout in guides:
        assert len(set(layout.lines.text)) == len(layout.lines.text) >= 2
        assert layout.roles[layout.lines.block[0]] == "headline"
        lines, (board,) = boxes(layout.lines.quad), boards_of(layout)
        assert lines[:, 3].max() - lines[:, 1].min() > 0.45 * (board[3] - board[1])
        # An arrow stands at the side it points to.
        for text, (x0, _, x1, _) in zip(layout.lines.text, lines, strict=True):
            if text[0] == "←" and text[-1] != "→":
                assert x0 - board[0] < board[2] - x1
            if text[-1] == "→":
                assert board[2] - x1 < x0 - board[0] or x1 - x0 > 0.8 * (board[2] - board[0])


@pytest.mark.parametrize("lang", ["en", "ko+en"])
def test_fronts_of_other_languages_are_set(lang: str) -> None:
    recipe = load("sign").with_values({"lang": lang})
    shapes = {str(laid(recipe, FACES, index)[0].parameters["shape"]) for index in range(40)}
    assert len(shapes & set(SHAPES)) >= 4


def test_widths_are_told_before_lines_are_set() -> None:
    for face in (0, 5, 9):
        for text in ("한강 식당", "02-345-6789 문의", "Open daily"):
            style = Style(face, 40.0, 48.0, tracking_em=0.05)
            truth = Text((text,), style, SHAPER, float("inf")).lines[0].width_px
            assert width_px(text, style, SHAPER) == pytest.approx(truth, rel=0.12)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("side", [8.0, 21.3])
def test_icons_stay_in_their_box_and_have_no_seams(name: str, side: float) -> None:
    galley = Galley(SHAPER)
    set_seal(galley, Seal(0.0, 20.0, 30.0, 1.0, "square", 3, "인"), "이수", SHAPER, 0.0)
    before = len(galley.finish((300, 300), {}).rules)
    for ruling, box in icon(name, (10.4, 7.7, 10.4 + side, 7.7 + side), "text"):
        draw_ruling(galley, ruling, box)
    layout = galley.finish((300, 300), {})
    covered = coverage(layout.glyphs.printed_with(99), layout.rules[before:], FACES, (300, 300))
    rows, columns = np.nonzero(covered)
    assert rows.min() >= 7 and columns.min() >= 9
    assert rows.max() <= 8 + round(side) and columns.max() <= 11 + round(side)
    assert 0.08 < covered.sum() / 255 / side**2 < 0.9
    if name == "play":
        # The triangle's inside is solid.
        middle = covered[8 + round(side) // 4 : 8 + 3 * round(side) // 4, 10 + round(0.3 * side)]
        assert (middle == 255).all()


def test_boards_that_hang_apart_may_differ_where_the_same_letters_can_be_read() -> None:
    covered = np.zeros((300, 400), np.uint8)
    for top in (20, 110, 200):
        covered[top : top + 70, 30:180] = 255
        covered[top : top + 70, 195:370] = 255
    wall = np.full((300, 400, 3), (150, 148, 140), np.uint8)
    motley = 0
    for index in range(30):
        sheet = wall.copy()
        told = hang_boards(sheet, covered, (20, 70, 160), Stream(0, index, "board"))
        colours = {tuple(colour) for colour in told.get("colours", ())}
        assert colours <= set(neighbours_of((20, 70, 160)))
        motley += len(colours) > 1
        # Every board is of one paint, whichever.
        for top in (20, 110, 200):
            for left, right in ((30, 180), (195, 370)):
                level = sheet[top + 10 : top + 60, left + 10 : right - 10].reshape(-1, 3).mean(axis=0)
                paints = np.array(sorted(colours or {(20, 70, 160)}), dtype=float)
                assert np.abs(paints - level).max(axis=1).min() < 30
        assert (sheet[:10] == wall[:10]).all()
    assert motley > 10


@pytest.mark.parametrize("family", ["road", "shop"])
def test_neighbours_bear_the_same_ink(family: str) -> None:
    for pair in FAMILIES[family]:
        others = neighbours_of(pair.ground)
        light = grey_of(pair.ink) > grey_of(pair.ground)
        assert all((grey_of(pair.ink) - grey_of(ground) > 45) == light for ground in others)
        assert all(abs(grey_of(pair.ink) - grey_of(ground)) > 75 for ground in others)
    assert neighbours_of((14, 12, 13)) == ((14, 12, 13),)


def test_bars_on_packages_are_dark_on_light() -> None:
    assert set(load("label").ink.colours) == {"label"}
    for pair in FAMILIES["label"]:
        assert contrast_ratio(pair.ground, pair.ink) > 6
        assert grey_of(pair.ground) > 170 > 50 > grey_of(pair.ink)


def test_barcodes_have_quiet_zones() -> None:
    """Nothing is printed within 11 modules left of the bars and 7 right (GS1 General Specifications, EAN-13)."""
    found = 0
    for index in range(40):
        layout, *_ = laid(recipe_of("label"), FACES, index)
        for line in with_role(layout, "code"):
            found += 1
            bars = bars_above(layout, line)
            x0, x1 = bars[:, 0].min(), bars[:, 2].max()
            module = (x1 - x0) / 95
            zone = np.array([x0 - 11 * module, bars[0, 1], x1 + 7 * module, bars[0, 3]])
            printed = np.concatenate([boxes(layout.characters.ink), layout.rules])
            over = (printed[:, 0] < zone[2]) & (printed[:, 2] > zone[0])
            over &= (printed[:, 1] < zone[3]) & (printed[:, 3] > zone[1])
            assert over.sum() == len(bars)
            assert zone[0] > 0 and zone[2] < layout.size[0]
    assert found > 8


def test_screens_are_white_or_dark_and_never_of_a_colour() -> None:
    for pair in FAMILIES["screen"]:
        assert max(pair.ground) - min(pair.ground) <= 16
        assert not 45 < grey_of(pair.ground) < 230
        assert abs(grey_of(pair.ground) - grey_of(pair.ink)) > 120
