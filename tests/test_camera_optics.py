"""Optics: every registered effect is pure, leaves things in place, and has the dose it says."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.camera import sensor
from synthgen.camera.effects import always_drawn, effect_of
from synthgen.camera.legibility import blur_px, contrasts, em_heights, legible, noise_sd
from synthgen.camera.optics import (
    EFFECTS,
    Exposure,
    defocus,
    light,
    line_kernel,
    motion,
    noise,
    register_effect,
)
from synthgen.errors import RecipeError
from synthgen.quads import boxes_to_quads
from synthgen.randomness import Stream
from synthgen.recipe import Optics, Recipe, load
from synthgen.scene import Words
from tests.test_press_ink import box, centroid

OFF = Optics(light_probability=0, defocus_probability=0, motion_probability=0, noise_probability=0)
FULL = Optics(light_probability=1, defocus_probability=1, motion_probability=1, noise_probability=1, most_effects=4)
SHAPES = [(1, 1), (3, 17), (17, 3), (4, 1), (60, 80), (1, 1, 3), (3, 17, 3), (60, 80, 3)]


def picture(shape: tuple[int, ...]) -> np.ndarray:
    return np.random.Generator(np.random.Philox(3)).integers(0, 256, shape, dtype=np.uint8)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", sorted(EFFECTS))
def test_effects_are_pure_and_plain(name: str, shape: tuple[int, ...]) -> None:
    effect, image = EFFECTS[name], picture(shape)
    if effect.in_colour and image.ndim == 2:
        return  # expose never gives it a grey picture: see below
    before = image.copy()
    for index, dose in enumerate((*effect.dose_range(Optics()), *(() if effect.always else (0.0, 1.0)))):
        once, parameters = effect.apply(image, dose, Stream(0, index, name))
        twice, same = effect.apply(image, dose, Stream(0, index, name))
        assert once.shape == shape
        assert once.dtype == np.uint8
        assert np.array_equal(once, twice)
        assert parameters == same == json.loads(json.dumps(parameters))
        assert np.array_equal(image, before)


@pytest.mark.parametrize("shape", SHAPES)
def test_expose_logs_each_effect_with_its_dose(shape: tuple[int, ...]) -> None:
    image = picture(shape)
    seen, drawn = Exposure(FULL).expose(image, Stream(0, 4, "optics"))
    assert seen.shape == shape
    assert list(drawn) == [effect.name for effect in always_drawn()] == ["light", "motion", "defocus", "noise"]
    assert all("dose" in parameters for parameters in drawn.values())
    assert json.loads(json.dumps(drawn)) == drawn


def test_expose_without_effects_returns_the_image() -> None:
    image = picture((20, 30))
    seen, drawn = Exposure(OFF).expose(image, Stream(0, 4, "optics"))
    assert seen is image
    assert drawn == {}


def test_one_chance_does_not_shift_the_other_doses() -> None:
    image = picture((20, 30))
    _, alone = Exposure(replace(OFF, light_probability=1)).expose(image, Stream(0, 1, "optics"))
    _, among = Exposure(FULL).expose(image, Stream(0, 1, "optics"))
    assert alone["light"] == among["light"]
    _, last = Exposure(replace(OFF, noise_probability=1)).expose(image, Stream(0, 1, "optics"))
    assert last["noise"]["dose"] == among["noise"]["dose"]


@given(length=st.floats(0, 12), angle=st.floats(0, 180))
@settings(max_examples=80, deadline=None)
def test_motion_kernels_sum_to_one_and_are_symmetric(length: float, angle: float) -> None:
    kernel = line_kernel(length, angle)
    assert kernel.sum() == pytest.approx(1, abs=1e-6)
    assert np.array_equal(kernel, kernel[::-1, ::-1])
    assert kernel.shape[0] % 2 == 1


@given(x=st.floats(20, 21), y=st.floats(20, 21), dose=st.floats(0.3, 4), index=st.integers(0, 1000))
@settings(max_examples=60, deadline=None)
def test_blurs_leave_centroid_and_amount(x: float, y: float, dose: float, index: int) -> None:
    image = box((64, 64), x, y, x + 17.4, y + 11.2)
    for blur in (motion, defocus):
        blurred, _ = blur(image, dose, Stream(0, index, "blur"))
        weights = blurred.astype(np.float64)
        assert centroid(weights) == pytest.approx(centroid(image.astype(np.float64)), abs=0.02)
        assert weights.sum() == pytest.approx(float(image.sum()), rel=0.01)


@pytest.mark.parametrize("shape", SHAPES)
def test_noise_is_a_sum_that_stops_at_black_and_white(shape: tuple[int, ...]) -> None:
    image = picture(shape)
    noisy, _ = noise(image, 60.0, Stream(0, 1, "noise"))
    middle, _ = noise(np.full_like(image, 128), 60.0, Stream(0, 1, "noise"))
    assert noisy.shape == image.shape and noisy.dtype == np.uint8
    # What is lighter has more noise, but never the other way: sums do not turn over.
    up, down = middle > 128, middle < 128
    assert (noisy[up] >= image[up]).all() and (noisy[down] <= image[down]).all()


def test_noise_has_its_dose_on_white_and_less_on_black() -> None:
    for index in range(6):
        grey, _ = noise(np.full((400, 400), 235, np.uint8), 5.0, Stream(0, index, "noise"))
        dark, parameters = noise(np.full((400, 400), 30, np.uint8), 5.0, Stream(0, index, "noise"))
        share = parameters["shot_share"]
        assert grey.mean() == pytest.approx(235, abs=0.3)
        assert grey.std() == pytest.approx(5.0 * np.sqrt(1 - share + share * 235 / 255), rel=0.05)
        assert dark.std() == pytest.approx(5.0 * np.sqrt(1 - share + share * 30 / 255), rel=0.05)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32), st.floats(0.3, 12.0))
def test_noise_along_a_line_is_within_a_level_of_the_curve(seed: int, dose: float) -> None:
    rng = np.random.Generator(np.random.Philox(seed))
    image = rng.integers(0, 256, (90, 120, 3) if seed % 2 else (90, 120), dtype=np.uint8)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sensor, "_FARTHEST", math.inf)
        exact, parameters = noise(image, dose, Stream(0, seed, "noise"))
    noisy, same = noise(image, dose, Stream(0, seed, "noise"))
    assert parameters == same
    assert np.abs(noisy.astype(int) - exact).max() <= 1


def test_light_takes_its_dose_at_the_darkest_place_and_nothing_at_the_brightest() -> None:
    for index in range(12):
        lit, _ = light(np.full((300, 400), 250, np.uint8), 0.4, Stream(0, index, "light"))
        assert lit.max() == 250
        assert lit.min() == pytest.approx(150, abs=1)


def test_a_name_is_registered_once() -> None:
    with pytest.raises(ValueError, match="registered twice"):
        register_effect("light", 0, lambda _: 1.0, lambda _: (0.0, 1.0))(light)


@pytest.mark.parametrize("name", sorted(name for name in EFFECTS if not EFFECTS[name].always))
def test_a_dose_of_nothing_changes_next_to_nothing(name: str) -> None:
    """Only coders cannot help: at their best quality they leave fine noise within two levels."""
    smooth = np.repeat(np.linspace(40, 230, 200).astype(np.uint8)[None], 120, axis=0)
    for image in (smooth, np.repeat(smooth[..., None], 3, axis=2)):
        if image.ndim == 3 or not EFFECTS[name].in_colour:
            seen, _ = EFFECTS[name].apply(image, 0.0, Stream(0, 0, name))
            assert np.abs(seen.astype(int) - image).mean() < 1.0


@pytest.mark.parametrize("name", sorted(EFFECTS))
def test_no_effect_moves_a_box(name: str) -> None:
    """The middle of a dark box on light ground, over many draws, by its darkness: to a tenth of a px.

    A fax's few lines and two levels bring a box to its own grid: half of one of its px at most.
    """
    effect = EFFECTS[name]
    ground = 235 - (box((140, 110), 40.5, 35.25, 99.75, 74.5) * (190 / 255)).round().astype(np.uint8)
    true = centroid(235.0 - ground)
    middles = []
    for index in range(40):
        image = np.repeat(ground[..., None], 3, axis=2) if effect.in_colour else ground
        dose = effect.dose_range(Optics())[1]
        seen, _ = effect.apply(image, dose, Stream(3, index, name))
        grey = (seen if seen.ndim == 2 else seen[..., 1]).astype(float)
        # The box's surroundings bear the effect's own light and dust: they are left out on every side alike.
        near = grey[28:82, 34:106]
        paper = np.percentile(near, 90)
        dark = np.clip((paper - 0.15 * paper - near) / paper, 0, 0.5)
        if name == "cast_shadow":
            dark = (near < 95).astype(float)  # darker than paper in the deepest shadow
        x, y = centroid(dark)
        middles.append((x + 34, y + 28))
    limit = {"fax": 0.6, "glare": 0.25, "cast_shadow": 0.25}.get(name, 0.12)
    assert np.abs(np.mean(middles, axis=0) - true).max() < limit


def test_at_most_so_many_effects_and_one_of_a_group() -> None:
    image = picture((40, 50, 3))
    optics = replace(FULL, effects={name: 1.0 for name in EFFECTS if not EFFECTS[name].always}, most_effects=3)
    seen: set[str] = set()
    for index in range(80):
        _, drawn = Exposure(optics).expose(image, Stream(0, index, "optics"))
        assert len(drawn) == 3
        groups = [EFFECTS[name].group for name in drawn if EFFECTS[name].group]
        assert len(groups) == len(set(groups))
        places = [EFFECTS[name].place for name in drawn]
        assert places == sorted(places)
        seen |= set(drawn)
    assert seen == set(EFFECTS)


def test_a_grey_picture_has_no_effects_of_colour() -> None:
    optics = replace(OFF, effects={"white_balance": 1.0, "chroma_noise": 1.0})
    assert Exposure(optics).expose(picture((20, 30)), Stream(0, 0, "optics"))[1] == {}
    _, drawn = Exposure(optics).expose(picture((20, 30, 3)), Stream(0, 0, "optics"))
    assert set(drawn) == {"white_balance", "chroma_noise"}


def test_more_effects_in_the_table_leave_the_others_doses() -> None:
    image = picture((20, 30))
    _, alone = Exposure(replace(FULL, most_effects=9)).expose(image, Stream(0, 1, "optics"))
    _, among = Exposure(replace(FULL, most_effects=9, effects={"vignette": 1.0})).expose(image, Stream(0, 1, "optics"))
    assert {name: alone[name]["dose"] for name in alone} == {name: among[name]["dose"] for name in alone}


def test_unknown_effects_are_answered() -> None:
    with pytest.raises(RecipeError, match="Did you mean glare"):
        effect_of("glair")
    with pytest.raises(RecipeError, match="Did you mean fax"):
        Exposure(Optics(effects={"fx": 1.0}))


def test_difficulty_scales_doses_from_clean_to_hard() -> None:
    plain = load("newspaper")
    assert plain.difficulty == 0.5
    assert plain.dosed() is plain

    def at(difficulty: float) -> Recipe:
        return plain.with_values({"difficulty": difficulty, "optics.effects": {"fax": 0.4}}).dosed()

    clean, hard = at(0.0), at(1.0)
    assert clean.optics.noise_sd_range == clean.paper.gradient_range == clean.camera.tilt_deg_range == (0.0, 0.0)
    assert clean.optics.light_probability == clean.optics.effects["fax"] == 0.0
    assert clean.ink.contrast_range == (255.0, 255.0)
    assert clean.paper.level_range == plain.paper.level_range
    assert hard.optics.noise_sd_range == (plain.optics.noise_sd_range[1],) * 2
    assert hard.ink.contrast_range == (plain.ink.contrast_range[0],) * 2
    assert hard.camera.rotation_deg_range == plain.camera.rotation_deg_range
    assert hard.optics.effects["fax"] == 0.4
    spread = [sum(at(d).optics.noise_sd_range) for d in (0.0, 0.2, 0.5, 0.8, 1.0)]
    assert spread == sorted(spread)
    assert sum(at(0.5).optics.noise_sd_range) == sum(plain.optics.noise_sd_range)


def words(boxes: list[tuple[float, float, float, float]], texts: tuple[str, ...]) -> Words:
    quads = boxes_to_quads(np.array(boxes, dtype=np.float64))
    n = len(boxes)
    return Words(texts, quads, quads, np.zeros(n, np.int32), ("ltr",) * n, np.zeros(n, np.bool_))


def test_legibility_has_three_limits() -> None:
    image = np.full((100, 400), 230, np.uint8)
    image[:, ::5] = 60
    image[60:, :] = 228
    boxes = [(10.0, 10.0, 90.0, 34.0), (100.0, 10.0, 130.0, 19.0), (150.0, 10.0, 180.0, 19.0), (10.0, 65.0, 90.0, 89.0)]
    found = words(boxes, ("가나다", "가나", "abc", "라마바"))
    assert legible(found, image, {}).tolist() == [True, False, True, False]
    assert em_heights(found) == pytest.approx([20, 7.5, 7.5, 20])
    assert legible(found, image, {"defocus": {"dose": 1.2}}).tolist() == [True, False, False, False]
    assert not legible(found, image, {"defocus": {"dose": 2.2}})[0]
    assert not legible(found, image, {"noise": {"dose": 80.0}})[0]
    assert contrasts(found, image, 0.0)[0] > 100
    assert contrasts(found, image, 0.0)[3] < 5


def test_blurs_add_their_variances() -> None:
    assert blur_px({}) == noise_sd({}) == 0.0
    assert blur_px({"defocus": {"dose": 0.6}, "motion": {"dose": 0.8 * np.sqrt(12)}}) == pytest.approx(1.0)


def test_a_grey_sheet_is_coloured_where_the_sensor_is() -> None:
    """Light and lens before the filters, on one channel; white balance and noise behind them, on three."""
    seen: list[tuple[int, ...]] = []

    def colour(image: np.ndarray) -> np.ndarray:
        seen.append(image.shape)
        return np.repeat(image[..., None], 3, axis=2)

    image = picture((20, 30))
    out, drawn = Exposure(OFF).expose(image, Stream(0, 0, "optics"), colour=colour)
    assert drawn == {}
    assert seen == [(20, 30)]
    np.testing.assert_array_equal(out, np.repeat(image[..., None], 3, axis=2))
    every = replace(FULL, most_effects=9, effects={"white_balance": 1.0, "chroma_noise": 1.0})
    coloured, _ = Exposure(replace(every, noise_probability=0, effects={})).expose(
        image, Stream(0, 0, "optics"), colour=colour
    )
    grey, _ = Exposure(replace(every, noise_probability=0, effects={})).expose(image, Stream(0, 0, "optics"))
    np.testing.assert_array_equal(coloured[..., 0], grey)
    out, drawn = Exposure(every).expose(image, Stream(0, 0, "optics"), colour=colour)
    assert list(drawn) == ["light", "motion", "defocus", "white_balance", "chroma_noise", "noise"]
    assert out.shape == (20, 30, 3)
    assert (np.ptp(out.astype(int), axis=2) > 0).mean() > 0.5
