"""Wears, dresses and handlings: pure, plain, nothing at a dose of 0, and letters stay where they are."""

from __future__ import annotations

import json
from dataclasses import replace

import cv2
import numpy as np
import pytest

from synthgen.errors import RecipeError, Rejected
from synthgen.press.colours import FAMILIES, contrast_ratio, grey_of
from synthgen.press.effects import DRESSES, HANDLINGS, WEARS, drawn_effects, register, stroke_px
from synthgen.press.handling import check_handling, handle_sheet
from synthgen.press.impression import inked_bands
from synthgen.press.ink import check_ink, print_ink, print_layers
from synthgen.press.painters import tinted
from synthgen.randomness import Stream
from synthgen.recipe import Ink, Paper
from synthgen.typeset.layout import INKS
from tests.test_press_ink import PLAIN, box, centroid

SHAPES = [(1, 1), (3, 17), (17, 3), (60, 80), (260, 340)]
# Areas first, as they are printed; every ink there is.
ORDER = ("tint", "marker", "text", "reverse", "accent", "pen", "seal")
PLAIN_LAYERS = replace(PLAIN, effects={"glow": 0.0})


def coverage(shape: tuple[int, int]) -> np.ndarray:
    height, width = shape
    return np.maximum(
        box((width, height), 0.2 * width, 0.2 * height, 0.5 * width, 0.3 * height),
        box((width, height), 0.3 * width, 0.3 * height, 0.34 * width, 0.7 * height),
    )


def grounds(shape: tuple[int, int]) -> list[np.ndarray]:
    grey = np.random.Generator(np.random.Philox(2)).integers(215, 235, shape, dtype=np.uint8)
    return [grey, np.repeat(grey[..., None], 3, axis=2)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", sorted(WEARS))
def test_wears_are_pure_and_thin(name: str, shape: tuple[int, int]) -> None:
    covered = coverage(shape)
    before = covered.copy()
    for index, dose in enumerate((0.0, 0.4, 1.0)):
        worn, parameters = WEARS[name](covered, dose, Stream(0, index, name))
        again, same = WEARS[name](covered, dose, Stream(0, index, name))
        assert worn.shape == shape
        assert worn.dtype == np.uint8
        assert np.array_equal(worn, again)
        assert parameters == same == json.loads(json.dumps(parameters))
        assert np.array_equal(covered, before)
        if dose == 0.0:
            assert np.abs(worn.astype(int) - covered).max(initial=0) <= 1


@pytest.mark.parametrize("name", sorted(WEARS))
def test_wears_leave_the_middle_of_ink_where_it_is(name: str) -> None:
    """Gaps, dots and pressure are anywhere: over many draws their ink's middle is the letter's own."""
    covered = box((120, 90), 20.3, 20.6, 98.7, 69.2)
    middles = [centroid(WEARS[name](covered, 0.7, Stream(0, index, name))[0].astype(float)) for index in range(60)]
    assert np.mean(middles, axis=0) == pytest.approx(centroid(covered.astype(float)), abs=0.6)
    if name == "squeeze":
        assert np.mean(middles, axis=0) == pytest.approx(centroid(covered.astype(float)), abs=0.1)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", sorted(DRESSES))
def test_dresses_lie_under_the_letters(name: str, shape: tuple[int, int]) -> None:
    covered = coverage(shape)
    for before in grounds(shape):
        for colour in ((20, 20, 20), (250, 240, 90)):
            for index, dose in enumerate((0.0, 0.5, 1.0)):
                ground = before.copy()
                stroke, same = stroke_px(covered), ground.copy()
                parameters = DRESSES[name](ground, covered, stroke, colour, dose, Stream(0, index, name))
                again = DRESSES[name](same, covered, stroke, colour, dose, Stream(0, index, name))
                assert ground.shape == before.shape
                assert np.array_equal(ground, same)
                assert parameters == again == json.loads(json.dumps(parameters))
                assert np.array_equal(covered, coverage(shape))
                if dose == 0.0:
                    assert np.abs(ground.astype(int) - before).max(initial=0) <= 1


@pytest.mark.parametrize("name", sorted(DRESSES))
def test_dressed_letters_keep_their_own_ink(name: str) -> None:
    shape = (200, 300)
    covered, ground = coverage(shape), np.full((*shape, 3), 235, np.uint8)
    ink = replace(PLAIN, colours={"shop": 1.0}, effects={name: 1.0}, effect_dose_range=(1.0, 1.0))
    sheet, parameters = print_layers(ground, [("text", covered)], ink, Stream(0, 3, "ink"))
    assert (sheet[covered == 255] == parameters["colours"]["text"]).all()
    assert parameters["effects"][name]["dose"] == 1.0


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", sorted(HANDLINGS))
def test_handlings_are_pure_and_plain(name: str, shape: tuple[int, int]) -> None:
    covered = coverage(shape)
    for ground in grounds(shape):
        for index, dose in enumerate((0.0, 0.5, 1.0, 1.0)):
            before = ground.copy(), covered.copy()
            handled, parameters = HANDLINGS[name](ground, covered, dose, Stream(0, index, name))
            again, same = HANDLINGS[name](ground, covered, dose, Stream(0, index, name))
            assert handled.shape == ground.shape
            assert handled.dtype == np.uint8
            assert np.array_equal(handled, again)
            assert parameters == same == json.loads(json.dumps(parameters))
            assert np.array_equal(ground, before[0])
            assert np.array_equal(covered, before[1])
            if dose == 0.0:
                assert np.abs(handled.astype(int) - ground).max(initial=0) <= 1


@pytest.mark.parametrize("name", ["punch_holes", "staples"])
def test_what_hides_paper_never_hides_ink(name: str) -> None:
    covered = np.zeros((300, 400), np.uint8)
    covered[:, ::24] = 255
    sheet = np.full((300, 400), 230, np.uint8)
    for index in range(40):
        handled, _ = HANDLINGS[name](sheet, covered, 1.0, Stream(1, index, name))
        assert (handled[covered > 0] == 230).all()
    free, parameters = HANDLINGS[name](sheet, np.zeros_like(covered), 1.0, Stream(1, 0, name))
    assert parameters["placed"]
    assert (free != 230).any()


def page_of_words(size: tuple[int, int]) -> np.ndarray:
    """Lines of words, each word a wedge that is high at its left, so that a mirrored one is known."""
    width, height = size
    covered, rng = np.zeros((height, width), np.uint8), np.random.Generator(np.random.Philox(3))
    for top in range(10, height - 20, 24):
        left = 8
        while left < width - 50:
            wide = int(rng.integers(14, 44))
            for x in range(wide):
                covered[top + 12 * x // wide : top + 14, left + x] = 255
            left += wide + int(rng.integers(6, 12))
    return covered


def high_ends(page: np.ndarray) -> float:
    """Above 0 where words are steep at their left, below 0 where at their right."""
    return float((np.diff(cv2.blur(page, (1, 15)), axis=1) ** 3).sum())


def best_match(shown: np.ndarray, page: np.ndarray) -> float:
    """The most that two periodic pictures are alike at any shift."""
    one, other = ((field - field.mean()) / field.std() for field in (shown.astype(float), page.astype(float)))
    spectrum = np.fft.rfft2(one) * np.conj(np.fft.rfft2(other))
    return float(np.fft.irfft2(spectrum, s=one.shape).max() / one.size)


def test_show_through_is_another_page_mirrored(monkeypatch: pytest.MonkeyPatch) -> None:
    covered = page_of_words((300, 240))
    monkeypatch.setattr("synthgen.press.handling._BACK_SCALES", (1.0, 1.0))
    sheet = np.full(covered.shape, 240, np.uint8)
    for index in range(8):
        shown, parameters = HANDLINGS["show_through"](sheet, covered, 1.0, Stream(0, index, "show"))
        ink = 240 - shown.astype(float)
        # As much ink as on the front, its words with their high ends to the right, but no two pages alike.
        assert ink.mean() / (0.3 * 240) == pytest.approx(covered.mean() / 255, rel=0.1)
        assert best_match(ink, covered[:, ::-1]) < 0.75
        assert high_ends(ink) < 0 < high_ends(covered.astype(float))
        assert parameters["scale"] == 1.0


@pytest.mark.parametrize("shape", [(1, 1), (3, 40), (40, 3), (51, 149)])
def test_show_through_of_the_smallest_sheets(shape: tuple[int, int]) -> None:
    for index in range(5):
        shown, _ = HANDLINGS["show_through"](
            np.full(shape, 200, np.uint8), np.full(shape, 255, np.uint8), 1.0, Stream(0, index, "show")
        )
        assert shown.shape == shape
        assert (shown == 140).all()


def test_effects_are_chosen_at_most_so_many_and_by_name() -> None:
    chances = {"a": 0.9, "b": 0.9, "c": 0.9, "d": 0.0}
    for index in range(50):
        drawn = drawn_effects(chances, (0.2, 0.7), 2, Stream(0, index, "choice"))
        assert len(drawn) <= 2
        assert [name for name, _ in drawn] == sorted(name for name, _ in drawn)
        assert all(0.2 <= dose <= 0.7 for _, dose in drawn)
    assert drawn_effects({}, (0.2, 0.7), 2, Stream(0, 0, "choice")) == []


def test_handling_draws_what_the_recipe_says() -> None:
    sheet = np.full((120, 160), 230, np.uint8)
    assert handle_sheet(sheet, np.zeros_like(sheet), Paper(), Stream(0, 0, "sheet"))[0] is sheet
    paper = Paper(effects={"folds": 1.0, "stains": 1.0, "creases": 1.0}, most_effects=2)
    _, drawn = handle_sheet(sheet, np.zeros_like(sheet), paper, Stream(0, 0, "sheet"))
    assert len(drawn) == 2
    assert all("dose" in parameters for parameters in drawn.values())


def test_unknown_names_are_answered() -> None:
    with pytest.raises(RecipeError, match="Did you mean glow"):
        check_ink(Ink(effects={"glo": 0.5}))
    with pytest.raises(RecipeError, match="Did you mean shop"):
        check_ink(Ink(colours={"shopp": 0.5}))
    with pytest.raises(RecipeError, match="Did you mean folds"):
        check_handling(Paper(effects={"fold": 0.5}))
    with pytest.raises(ValueError, match="registered twice"):
        register(WEARS, "broken")(WEARS["broken"])


def test_every_pair_can_be_read() -> None:
    """At least 4 to 1 by WCAG's luminance, and so far apart in grey that no plain ground is rejected."""
    for pairs in FAMILIES.values():
        for pair in pairs:
            assert contrast_ratio(pair.ground, pair.ink) >= 4.0, pair.name
            assert abs(grey_of(pair.ground) - grey_of(pair.ink)) >= 75, pair.name
            assert abs(grey_of(pair.ground) - grey_of(pair.accent)) >= 60, pair.name


def test_stroke_is_measured() -> None:
    assert stroke_px(box((200, 60), 20, 20, 180, 24)) == pytest.approx(4, rel=0.3)
    assert stroke_px(np.zeros((5, 5), np.uint8)) == 1.0
    lines = np.maximum(box((200, 160), 20, 0, 180, 4), box((200, 160), 60.5, 80, 130, 89.3))
    assert stroke_px(lines, inked_bands(lines)) == stroke_px(lines)
    assert len(list(inked_bands(lines))) == 2


@pytest.mark.parametrize("shape", SHAPES)
def test_text_alone_is_printed_as_before(shape: tuple[int, int]) -> None:
    covered = coverage(shape)
    for ground in grounds(shape):
        one, first = print_layers(ground, [("text", covered)], Ink(), Stream(0, 9, "ink"))
        two, second = print_ink(ground, covered, Ink(), Stream(0, 9, "ink"))
        assert np.array_equal(one, two)
        assert first == second


@pytest.mark.parametrize("colours", [{}, {"shop": 1.0, "road": 1.0, "print": 1.0}])
@pytest.mark.parametrize("shape", [(1, 1), (60, 80)])
def test_layers_of_every_ink_are_pure(shape: tuple[int, int], colours: dict[str, float]) -> None:
    assert sorted(ORDER) == sorted(INKS)
    covered = coverage(shape)
    printed = 0
    for ground in grounds(shape):
        for index in range(12):
            layers = [(name, covered) for name in ORDER]
            before = ground.copy(), [cover.copy() for _, cover in layers]
            ink = replace(PLAIN, colours=colours, min_contrast=1.0)
            try:
                sheet, parameters = print_layers(ground, layers, ink, Stream(0, index, "ink"))
            except Rejected:
                continue
            printed += 1
            assert sheet.shape == ground.shape
            assert json.loads(json.dumps(parameters)) == parameters
            assert np.array_equal(ground, before[0])
            assert all(np.array_equal(cover, kept) for (_, cover), kept in zip(layers, before[1], strict=True))
    assert printed


@pytest.mark.parametrize("bare", ["tint", "marker", "pen", "seal"])
@pytest.mark.parametrize("shape", [(1, 1), (60, 80)])
def test_an_ink_that_prints_nothing_changes_nothing(shape: tuple[int, int], bare: str) -> None:
    """It is left out, but what it would have drawn is drawn, and a sheet that it would have coloured is."""
    ground, ink = grounds(shape)[0], replace(PLAIN, min_contrast=1.0)
    layers = [(bare, np.zeros(shape, np.uint8)), ("text", coverage(shape)), ("accent", coverage(shape) // 2)]
    for index in range(6):
        sheet, told = print_layers(ground, layers, ink, Stream(0, index, "ink"), warmth=0.05)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(cv2, "countNonZero", lambda covered: covered.size)
            plain, same = print_layers(ground, layers, ink, Stream(0, index, "ink"), warmth=0.05)
        assert told == same
        assert np.array_equal(sheet, plain)


def test_reverse_type_shows_the_ground_and_is_judged() -> None:
    ground = grounds((80, 120))[0]
    area, letter = box((120, 80), 10, 10, 110, 70), box((120, 80), 40, 30, 60, 50)
    sheet, parameters = print_layers(ground, [("text", area), ("reverse", letter)], PLAIN_LAYERS, Stream(0, 0, "ink"))
    assert np.array_equal(sheet[31:49, 41:59], ground[31:49, 41:59])
    assert (sheet[12:28, 12:108] < 60).all()
    assert parameters["least_contrast"] > 60
    with pytest.raises(Rejected, match="low-contrast"):
        print_layers(ground, [("reverse", letter)], PLAIN_LAYERS, Stream(0, 0, "ink"))


def test_transparent_inks_leave_black_black() -> None:
    ground = np.full((40, 60, 3), 240, np.uint8)
    covered = np.full((40, 60), 255, np.uint8)
    text = box((60, 40), 10, 10, 30, 30)
    sheet, parameters = print_layers(ground, [("text", text), ("marker", covered)], PLAIN_LAYERS, Stream(0, 0, "ink"))
    assert int(sheet[20, 20].max()) <= parameters["colours"]["text"][0]
    # A felt pen's streaks let more of the paper through than its colour, never less.
    passed = sheet[:, 45:].astype(float) - 240 / 255 * np.array(parameters["colours"]["marker"])
    assert passed.min() > -1.5
    assert passed.mean() < 20


def test_pairs_dye_the_ground() -> None:
    ground = np.full((64, 64, 3), 230, np.uint8)
    ink = replace(PLAIN, colours={"road": 1.0})
    seen = set()
    for index in range(30):
        sheet, parameters = print_layers(ground, [("text", coverage((64, 64)))], ink, Stream(0, index, "ink"))
        family, name = parameters["pair"].split(": ")
        pair = next(one for one in FAMILIES[family] if one.name == name)
        assert np.abs(sheet[-1, -1].astype(int) - pair.ground).max() <= 1
        seen.add(name)
    assert len(seen) >= 4


@pytest.mark.parametrize("family", sorted(FAMILIES))
@pytest.mark.parametrize("natural", [False, True])
def test_a_pair_dyes_a_grey_sheet_as_a_tinted_one(family: str, natural: bool) -> None:
    ground = np.random.Generator(np.random.Philox(4)).integers(215, 240, (120, 160), dtype=np.uint8)
    before, letter, panel = ground.copy(), box((160, 120), 40.5, 30.5, 120, 90), box((160, 120), 10.5, 10.5, 150, 110)
    ink = replace(PLAIN, colours={family: 1.0}, min_contrast=1.0)
    for layers in ([("text", letter)], [("accent", panel), ("reverse", letter)], [("tint", panel), ("pen", letter)]):
        for seed in range(3):
            late, told = print_layers(ground, layers, ink, Stream(0, seed, "ink"), natural=natural, warmth=0.05)
            early, first = print_layers(tinted(ground, 0.05), layers, ink, Stream(0, seed, "ink"), natural=natural)
            assert np.abs(late.astype(int) - early).max() <= 2
            assert told["colours"] == first["colours"]
            assert told["least_contrast"] == first["least_contrast"]
            assert np.array_equal(ground, before)


@pytest.mark.parametrize("last", ["text", "reverse", "seal", "pen", "tint"])
def test_a_sheet_stays_grey_until_an_ink_has_a_hue(last: str) -> None:
    """It is then what it would be had it been tinted before it was printed, but for grey and black ink's own warmth."""
    ground = np.random.Generator(np.random.Philox(3)).integers(225, 240, (120, 160), dtype=np.uint8)
    layers = [("text", box((160, 120), 10.5, 10.5, 150, 110)), (last, box((160, 120), 40.5, 30.5, 120, 90))]
    for seed in range(4):
        sheet, told = print_layers(ground, layers, PLAIN, Stream(0, seed, "ink"), warmth=0.05)
        early, first = print_layers(tinted(ground, 0.05), layers, PLAIN, Stream(0, seed, "ink"))
        colour = told["colours"].get(last, [0])
        assert sheet.ndim == (3 if max(colour) - min(colour) > 3 else 2)
        assert told["uneven"] == first["uneven"]
        late = sheet if sheet.ndim == 3 else tinted(sheet, 0.05)
        assert np.abs(late.astype(int) - early).max() <= (0.05 * 230 if last == "tint" else 5)
