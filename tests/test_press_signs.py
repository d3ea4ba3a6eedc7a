"""Signs and screens: letters of every ink are dressed, boards hang before walls, light has no paper's tone."""

from __future__ import annotations

import json
from dataclasses import replace

import cv2
import numpy as np
import pytest

from synthgen.errors import Rejected
from synthgen.generator import Generator
from synthgen.geometry import Picture
from synthgen.press import sign_board
from synthgen.press.blocks import BLOCK_PX, block_levels, block_shares, printed_blocks
from synthgen.press.colours import FAMILIES, drawn_pair, grey_of
from synthgen.press.diodes import lattice_of, lit_points
from synthgen.press.effects import DRESSES, Colour, Parameters
from synthgen.press.impression import impress, impress_through, inked_bands, uncover
from synthgen.press.ink import covered_by, print_layers
from synthgen.press.lettering import lower_quartile
from synthgen.press.places import softened
from synthgen.press.sign_board import MATERIALS, hang_boards
from synthgen.press.wear import stamped, streaked
from synthgen.randomness import Stream
from tests.test_press_effects import coverage
from tests.test_press_ink import PLAIN, box, centroid, exactly

SHAPE = (200, 300)
PANEL = box((300, 200), 20, 20, 280, 180)
LETTER = box((300, 200), 130, 70, 170, 130)
RULES = {"accent": np.array([[20.0, 20.0, 280.0, 180.0]])}
WALL = np.full((*SHAPE, 3), (190, 120, 95), np.uint8)
WHITE = np.full((*SHAPE, 3), 240, np.uint8)


def impressed(ground, covered, colour):
    sheet = ground.copy()
    impress(sheet, covered, colour)
    return sheet


def sheet_of(layers, ground=WHITE, rules=None, seed=0, **fields):
    ink = replace(PLAIN, **{"effect_dose_range": (1.0, 1.0), "min_contrast": 1.0, **fields})
    return print_layers(ground, layers, ink, Stream(seed, 0, "ink"), rules or {})


def pair_of(told):
    family, name = told["pair"].split(": ")
    return next(pair for pair in FAMILIES[family] if pair.name == name)


@pytest.mark.parametrize("name", sorted(DRESSES))
@pytest.mark.parametrize("ink", ["text", "accent"])
def test_every_lettering_ink_is_dressed(ink: str, name: str) -> None:
    bare, _ = sheet_of([(ink, LETTER)], colours={"shop": 1.0}, effects={name: 0.0})
    dressed, told = sheet_of([(ink, LETTER)], colours={"shop": 1.0}, effects={name: 1.0})
    assert told["effects"][name].keys() > {"dose"}
    assert (bare != dressed).any(axis=2)[LETTER == 0].sum() > 100
    assert np.array_equal(bare[LETTER == 255], dressed[LETTER == 255])


@pytest.mark.parametrize("name", sorted(DRESSES))
def test_rulings_and_areas_are_not_dressed(name: str) -> None:
    """A panel of the accent's ink stays as it is, and so does all that lies around it."""
    layers = [("accent", PANEL), ("text", np.zeros_like(LETTER))]
    bare, _ = sheet_of(layers, rules=RULES, colours={"print": 1.0}, effects={name: 0.0})
    dressed, told = sheet_of(layers, rules=RULES, colours={"print": 1.0}, effects={name: 1.0})
    assert np.array_equal(bare, dressed)
    assert told["effects"] == {name: {"dose": 1.0}}


def test_reverse_type_is_dressed() -> None:
    layers = [("accent", PANEL), ("text", np.zeros_like(LETTER)), ("reverse", LETTER)]
    bare, _ = sheet_of(layers, rules=RULES, colours={"shop": 1.0}, effects={"outline": 0.0})
    dressed, _ = sheet_of(layers, rules=RULES, colours={"shop": 1.0}, effects={"outline": 1.0})
    changed = (bare != dressed).any(axis=2)
    assert changed[60:140, 120:180].sum() > 100
    assert not changed[:50].any()


def test_inks_of_a_sign_are_dressed_alike() -> None:
    """The shadows of two inks' lines fall the same way."""
    upper, lower = box((300, 200), 100, 30, 180, 38), box((300, 200), 100, 130, 180, 138)
    layers = [("text", upper), ("accent", lower)]
    bare, _ = sheet_of(layers, colours={"road": 1.0}, effects={"shadow": 0.0}, seed=4)
    dressed, _ = sheet_of(layers, colours={"road": 1.0}, effects={"shadow": 1.0}, seed=4)
    fell = np.abs(bare.astype(int) - dressed).sum(axis=2).astype(float)
    (x1, y1), (x2, y2) = centroid(fell[:100]), centroid(fell[100:])
    assert y1 > 35
    assert (x1, y1) == pytest.approx((x2, y2), abs=1.0)


def test_fine_lines_are_dressed_finely() -> None:
    """A heavy headline's depth does not drown the small line below it."""
    heavy, fine = box((300, 200), 40, 20, 60, 80), box((300, 200), 40, 160, 200, 163)
    bare, _ = sheet_of([("text", fine)], colours={"road": 1.0}, effects={"extrusion": 0.0}, seed=5)
    alone, _ = sheet_of([("text", fine)], colours={"road": 1.0}, effects={"extrusion": 1.0}, seed=5)
    both, told = sheet_of(
        [("text", np.maximum(heavy, fine))], colours={"road": 1.0}, effects={"extrusion": 1.0}, seed=5
    )
    assert np.array_equal(alone[140:], both[140:])
    assert (alone[140:] != bare[140:]).any()
    assert max(abs(step) for step in told["effects"]["extrusion"]["depth_px"]) < 8


def test_wears_act_on_every_printed_ink() -> None:
    layers = [("text", LETTER), ("accent", PANEL)]
    whole, _ = sheet_of(layers, effects={"thermal": 0.0}, colours={"print": 1.0})
    worn, _ = sheet_of(layers, effects={"thermal": 1.0}, colours={"print": 1.0})
    assert (whole != worn).any(axis=2)[PANEL == 255].mean() > 0.9


@pytest.mark.parametrize("family", ["road", "shop"])
def test_a_board_hangs_before_its_wall(family: str) -> None:
    layers = [("accent", PANEL), ("reverse", LETTER)]
    for seed in range(12):
        sheet, told = sheet_of(layers, WALL, RULES, seed, colours={family: 1.0}, effects={"outline": 0.0})
        pair = pair_of(told)
        assert told["board"]["material"] in MATERIALS
        assert np.abs(sheet[25:55, 25:275].astype(float).mean(axis=(0, 1)) - pair.ground).max() < 26
        assert (sheet[LETTER == 255] == pair.ink).all()
        assert (sheet[:8, :8] == WALL[:8, :8]).all()
        assert json.loads(json.dumps(told)) == told


def test_labels_that_bear_other_text_are_no_boards() -> None:
    layers = [("accent", PANEL), ("text", LETTER), ("reverse", LETTER)]
    assert "board" not in sheet_of(layers, rules=RULES, colours={"shop": 1.0})[1]


def test_a_wall_keeps_its_hue_and_paper_takes_the_paint() -> None:
    for seed in range(10):
        sheet, told = sheet_of([("text", LETTER)], WALL, seed=seed, colours={"shop": 1.0})
        red, green, blue = sheet[0, 0].tolist()
        assert red > green > blue
        assert (red / max(green, 1), green / max(blue, 1)) == pytest.approx((190 / 120, 120 / 95), rel=0.06)
        sheet, told = sheet_of([("text", LETTER)], seed=seed, colours={"shop": 1.0})
        assert np.abs(sheet[0, 0].astype(int) - pair_of(told).ground).max() <= 1


def test_screens_have_no_warmth() -> None:
    """A warm sheet under a screen's pair shows the pair's colour; under a print's it stays warm."""
    warm = np.full((*SHAPE, 3), (244, 238, 216), np.uint8)
    for seed in range(20):
        sheet, told = sheet_of([("text", LETTER)], warm, seed=seed, colours={"screen": 1.0})
        assert np.abs(sheet[0, 0].astype(int) - pair_of(told).ground).max() <= 1
        assert told["uneven"] == 0.0
        assert (sheet[LETTER == 255] == pair_of(told).ink).all()
    for seed in range(20):
        sheet, told = sheet_of([("text", LETTER)], warm, seed=seed, colours={"print": 1.0})
        red, _, blue = (int(level) for level in pair_of(told).ground)
        warmer = int(sheet[0, 0, 0]) - int(sheet[0, 0, 2]) - (red - blue)
        assert warmer > 8 if "on white" in told["pair"] else abs(warmer) <= 2


def test_subtitles_have_a_band_that_lets_the_picture_through_and_type_in_a_colour() -> None:
    scene = np.random.Generator(np.random.Philox(3)).integers(30, 190, (*SHAPE, 3), dtype=np.uint8)
    sheet, told = sheet_of([("tint", PANEL), ("text", LETTER)], scene, colours={"subtitle": 1.0})
    band = (PANEL == 255) & (LETTER == 0)
    assert 0.1 < sheet[band].std() / sheet[PANEL == 0].std() < 0.7
    sheet, told = sheet_of(
        [("text", PANEL), ("reverse", LETTER)], scene, {"text": RULES["accent"]}, colours={"subtitle": 1.0}
    )
    assert (sheet[LETTER == 255] == pair_of(told).reverse).all()


def test_a_rim_makes_letters_readable_on_what_is_as_bright() -> None:
    near = np.full((*SHAPE, 3), 235, np.uint8)
    light = {"colours": {"subtitle": 1.0}, "min_contrast": 90.0}
    wide, thin = box((300, 200), 60, 40, 240, 160), box((300, 200), 60, 90, 240, 91)
    for seed in range(8):
        sheet, told = sheet_of([("text", wide)], near, effects={"outline": 1.0}, seed=seed, **light)
        assert told["least_contrast"] > 90
        assert sheet[0, 0].max() > 150
        sheet, told = sheet_of([("text", thin)], near, effects={"outline": 1.0}, seed=seed, **light)
        assert told["least_contrast"] > 90
        assert sheet[0, 0].max() < 160
    with pytest.raises(Rejected):
        sheet_of([("text", thin)], near, colours={"subtitle": 1.0}, min_contrast=255.0)


def test_covered_is_ink_but_no_tint_or_marker() -> None:
    assert np.array_equal(covered_by([("tint", PANEL), ("marker", PANEL), ("text", LETTER)]), LETTER)
    both = covered_by([("tint", PANEL), ("text", LETTER), ("seal", np.roll(LETTER, 60, axis=1))])
    assert np.array_equal(both, np.maximum(LETTER, np.roll(LETTER, 60, axis=1)))
    assert not covered_by([("tint", PANEL)]).any()


def boarded(ground: Picture, covered: Picture, colour: Colour, stream: Stream) -> tuple[Picture, Parameters]:
    sheet = ground.copy()
    return sheet, hang_boards(sheet, covered, colour, stream)


def test_boards_are_pure_on_every_shape() -> None:
    for shape in ((1, 1), (3, 17), (60, 80)):
        for ground in (np.full(shape, 200, np.uint8), np.full((*shape, 3), 200, np.uint8)):
            for index in range(8):
                covered = coverage(shape)
                one, told = boarded(ground, covered, (20, 70, 160), Stream(0, index, "board"))
                two, same = boarded(ground, covered, (20, 70, 160), Stream(0, index, "board"))
                assert np.array_equal(one, two)
                assert told == same
                assert one.shape == ground.shape
                assert np.array_equal(covered, coverage(shape))


@pytest.mark.parametrize("shape", [(200, 300), (420, 610), (300, 37)])
def test_boards_look_the_same_whether_or_not_their_insides_are_known(
    shape: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    height, width = shape
    board = box((width, height), 2, 40, width - 5, height - 60)
    board[:, width // 2 : width // 2 + 30] = 0
    round_ = cv2.GaussianBlur(board, (31, 31), 8)
    for covered in (board, round_, np.full(shape, 255, np.uint8), np.zeros(shape, np.uint8)):
        for ground in (np.full(shape, 180, np.uint8), np.full((*shape, 3), (190, 120, 95), np.uint8)):
            for index in range(8):
                laid = []
                for least in (1, 10**9):
                    monkeypatch.setattr(sign_board, "_LEAST_CORE_PX", least)
                    laid.append(boarded(ground, covered, (20, 70, 160), Stream(0, index, "board")))
                assert np.array_equal(laid[0][0], laid[1][0])
                assert laid[0][1] == laid[1][1]


@pytest.mark.parametrize("sigma", [1.7, 3.2, 5.0, 9.0, 21.0])
@pytest.mark.parametrize("shape", [(160, 285), (120, 160), (7, 2), (1, 50)])
def test_what_is_out_of_focus_is_blurred_nearly_as_by_a_gaussian(sigma: float, shape: tuple[int, int]) -> None:
    canvas = Stream(0, 0, "soft").generator.integers(0, 256, (*shape, 3), np.uint8)
    canvas[shape[0] // 2 :] //= 4
    before = canvas.copy()
    truth = cv2.GaussianBlur(canvas.astype(float), (0, 0), sigma, borderType=cv2.BORDER_REPLICATE).reshape(canvas.shape)
    soft = softened(canvas, sigma)
    assert soft.shape == canvas.shape
    assert min(shape) < 100 or np.abs(soft - truth).mean() < 1.6
    assert np.array_equal(canvas, before)


def test_the_lower_quartile_is_numpys() -> None:
    generator = np.random.default_rng(3)
    for n in (*range(1, 12), 300):
        values = generator.uniform(0, 255, n).astype(np.float32)
        assert lower_quartile(values) == pytest.approx(float(np.percentile(values, 25)), abs=1e-4)


def test_stamps_are_patchy_and_markers_streaked() -> None:
    stamp, before = stamped(PANEL, 0.6, Stream(0, 0, "stamp")), PANEL.copy()
    assert (stamp <= PANEL).all()
    assert 0.4 < stamp.sum() / PANEL.sum() < 0.97
    assert stamp[PANEL == 255].std() > 15
    assert np.array_equal(PANEL, before)
    streaks = streaked(PANEL, Stream(0, 0, "marker"))[PANEL == 255].reshape(160, 260).astype(float)
    assert np.diff(streaks, axis=0).std() > 3 * np.diff(streaks, axis=1).std()
    empty = np.zeros((4, 4), np.uint8)
    assert not stamped(empty, 0.6, Stream(0, 0, "stamp")).any()
    assert not streaked(empty, Stream(0, 0, "marker")).any()


def test_points_are_lit_where_letters_are() -> None:
    pitch, small = lattice_of(LETTER, Stream(0, 0, "led"))
    assert not small
    lit = lit_points(LETTER, pitch)
    assert 0.4 < lit.sum() / LETTER.sum() < 0.9
    assert centroid(lit.astype(float)) == pytest.approx(centroid(LETTER.astype(float)), abs=0.5 * pitch)
    assert lattice_of(np.zeros((5, 5), np.uint8), Stream(0, 0, "led")) == (0, [])
    sheet, told = sheet_of([("accent", PANEL), ("reverse", LETTER)], WALL, RULES, colours={"led": 1.0})
    assert told["board"]
    assert (sheet[LETTER == 255].max(axis=1) > 120).mean() > 0.4
    assert (sheet[LETTER == 255].max(axis=1) < 200).any()
    assert sheet_of([("text", np.zeros_like(LETTER))], colours={"led": 1.0})[0].shape == WHITE.shape


def strokes(top: int, left: int, em: int, count: int) -> np.ndarray:
    """Syllables of an em each: a few strokes across, bare rows between them, and one down that holds them together."""
    covered = np.zeros(SHAPE, np.uint8)
    for at in range(count):
        x, thick = left + round(1.1 * em * at), max(em // 10, 1)
        for row in range(0, em - thick + 1, max(em // 4, 2)):
            covered[top + row : top + row + thick, x : x + em] = 255
        covered[top : top + em, x + em - thick : x + em] = 255
    return covered


def test_points_are_fine_enough_for_the_smallest_line_that_has_any() -> None:
    large, middle, small = strokes(10, 20, 80, 3), strokes(110, 20, 32, 6), strokes(160, 20, 20, 8)
    for index in range(20):
        assert 80 / lattice_of(large, Stream(0, index, "led"))[0] >= 14
        pitch, left_out = lattice_of(np.maximum(large, middle), Stream(0, index, "led"))
        assert pitch == 2
        assert not left_out
    pitch, left_out = lattice_of(np.maximum(large, small), Stream(0, 0, "led"))
    assert pitch
    assert [(rows.start, rows.stop) for rows, _ in left_out] == [(160, 180)]
    assert lattice_of(small, Stream(0, 0, "led"))[0] == 0
    # A note beside a name is small as well.
    pitch, left_out = lattice_of(np.maximum(middle, strokes(115, 250, 16, 2)), Stream(0, 0, "led"))
    assert [(columns.start, columns.stop) for _, columns in left_out] == [(250, 284)]
    # The parts of a syllable that stands alone are one line.
    apart = box((300, 200), 20, 20, 80, 46) | box((300, 200), 20, 52, 80, 80)
    assert lattice_of(apart, Stream(0, 0, "led"))[1] == []


def test_lines_too_small_for_points_are_lit_whole() -> None:
    large, small = strokes(10, 20, 80, 3), strokes(160, 20, 20, 8)
    sheet, told = sheet_of([("text", np.maximum(large, small))], colours={"led": 1.0})
    lit = np.array(told["colours"]["text"])
    assert (sheet[small == 255] == lit).all()
    assert (sheet[large == 255] == lit).all(axis=-1).mean() < 0.9


@pytest.mark.parametrize("on_board", [False, True])
def test_walls_keep_their_hue_under_a_sign(on_board: bool) -> None:
    """Whitewashed bricks are never lacquered in a sign's colour; a sheet of metal is."""
    grey = np.full((*SHAPE, 3), (196, 192, 188), np.uint8)
    ink = replace(PLAIN, colours={"shop": 1.0}, min_contrast=1.0)
    layers = [("accent", PANEL), ("reverse", LETTER)] if on_board else [("text", LETTER)]
    corner = {
        natural: [
            print_layers(grey, layers, ink, Stream(0, index, "ink"), natural=natural)[0][2, 2].astype(int)
            for index in range(24)
        ]
        for natural in (False, True)
    }
    assert max(np.ptp(colour) for colour in corner[True]) <= 10
    if on_board:
        assert all((colour == (196, 192, 188)).all() for colour in corner[True])
    else:
        assert max(np.ptp(colour) for colour in corner[False]) > 100
        # It is as light or dark as the letters want it.
        levels = [colour.mean() for colour in corner[True]]
        assert max(levels) - min(levels) > 80


def test_bands_hold_all_ink_once() -> None:
    covered = np.zeros((300, 100), np.uint8)
    for top, left in ((0, 3), (20, 40), (120, 0), (299, 99)):
        covered[top : top + 3, left : left + 5] = 9
    seen = np.zeros_like(covered)
    for where in inked_bands(covered):
        seen[where] += 1
    assert seen.max() == 1
    assert (seen[covered > 0] == 1).all()
    assert len(list(inked_bands(covered))) == 3
    assert not list(inked_bands(np.zeros((7, 7), np.uint8)))
    assert not list(inked_bands(np.zeros((0, 7), np.uint8)))


@pytest.mark.parametrize("colour", [(180, 90, 10), (20, 90, 10), (250, 250, 248)])
@pytest.mark.parametrize("channels", [0, 3])
def test_sums_are_exact_and_only_where_ink_is(channels: int, colour: Colour) -> None:
    rng = np.random.Generator(np.random.Philox(8))
    ground = rng.integers(0, 256, (90, 70) + ((3,) if channels else ()), dtype=np.uint8)
    covered = rng.integers(0, 256, (90, 70), dtype=np.uint8)
    covered[10:60] = 0
    laid = impressed(ground, covered, colour)
    for at in range(channels or 1):
        plane = ground[..., at] if channels else ground
        level = colour[at] if channels else round(grey_of(colour))
        assert np.array_equal(laid[..., at] if channels else laid, exactly(plane, covered, level))
    same = ground.copy()
    impress(same, covered, colour)
    assert np.array_equal(same, laid)
    through = ground.copy()
    impress_through(through, covered, colour)
    assert (through <= ground).all()
    assert np.array_equal(through[10:60], ground[10:60])
    shown = laid.copy()
    uncover(shown, np.full_like(covered, 255), ground)
    assert np.array_equal(shown, ground)


def test_blocks_follow_the_ink() -> None:
    ground = np.full((50, 70, 3), (200, 180, 90), np.uint8)
    covered = box((70, 50), 0, 0, 40, 32)
    after = printed_blocks(block_levels(ground), block_shares(covered), 20.0)
    truth = block_levels(impressed(ground, covered, (20, 20, 20)))
    assert after.shape == (-(-50 // BLOCK_PX), -(-70 // BLOCK_PX))
    assert np.abs(after.astype(int) - truth).max() <= 2


def test_what_wears_one_ink_wears_the_next_alike() -> None:
    """Two inks of equal coverage are worn at the same places, also where a seal was drawn for first."""
    seal = np.roll(LETTER, 90, axis=1)
    ink = replace(PLAIN, effects={"thermal": 1.0}, effect_dose_range=(1.0, 1.0), min_contrast=1.0)
    worn = []
    for name in ("text", "accent"):
        others = [(one, np.zeros_like(PANEL)) for one in ("text", "accent") if one != name]
        sheet, told = print_layers(WHITE, [("seal", seal), *others, (name, PANEL)], ink, Stream(2, 0, "ink"))
        level = np.array(told["colours"][name], dtype=float)
        worn.append(((240 - sheet) / (240 - level))[(PANEL == 255) & (seal == 0)])
    assert worn[0].std() > 0.05
    assert np.abs(worn[0] - worn[1]).max() < 0.02


def test_signs_have_the_colours_of_their_kind() -> None:
    families = {}
    generator = Generator("sign", seed=4)
    for index in range(60):
        provenance = generator[index].provenance
        shape = provenance["layout"]["shape"]
        families.setdefault(shape, set()).add(provenance["ink"]["pair"].partition(":")[0])
    assert families["guide"] == families.pop("road") == {"road"}
    assert families["floors"] == {"shop"}
    assert set().union(*(families[shape] for shape in families.keys() - {"guide"})) == {"led", "shop"}


def test_families_without_weight_leave_the_draw_as_it_is() -> None:
    weights = {"print": 1.0, "shop": 0.0}
    for index in range(20):
        stream = [Stream(0, index, "ink") for _ in range(2)]
        assert drawn_pair(weights, stream[0], ("road", "shop")) == drawn_pair(weights, stream[1])
        family, _ = drawn_pair({"print": 1.0, "road": 0.1, "plain": 0.0}, Stream(0, index, "ink"), ("road",))
        assert family == "road"
