"""Optics: every registered effect is pure, leaves things in place, and has the dose it says."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.camera.optics import EFFECTS, defocus, effects, expose, light, line_kernel, motion, noise, register_effect
from synthgen.randomness import Stream
from synthgen.recipe import Optics
from tests.test_press_ink import box, centroid

OFF = Optics(light_probability=0, defocus_probability=0, motion_probability=0, noise_probability=0)
FULL = Optics(light_probability=1, defocus_probability=1, motion_probability=1, noise_probability=1)
SHAPES = [(1, 1), (3, 17), (17, 3), (4, 1), (60, 80), (1, 1, 3), (3, 17, 3), (60, 80, 3)]


def picture(shape: tuple[int, ...]) -> np.ndarray:
    return np.random.Generator(np.random.Philox(3)).integers(0, 256, shape, dtype=np.uint8)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", sorted(EFFECTS))
def test_effects_are_pure_and_plain(name: str, shape: tuple[int, ...]) -> None:
    effect, image = EFFECTS[name], picture(shape)
    before = image.copy()
    for index, dose in enumerate(effect.dose_range(Optics())):
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
    seen, drawn = expose(image, FULL, Stream(0, 4, "optics"))
    assert seen.shape == shape
    assert list(drawn) == [effect.name for effect in effects()] == ["light", "motion", "defocus", "noise"]
    assert all("dose" in parameters for parameters in drawn.values())
    assert json.loads(json.dumps(drawn)) == drawn


def test_expose_without_effects_returns_the_image() -> None:
    image = picture((20, 30))
    seen, drawn = expose(image, OFF, Stream(0, 4, "optics"))
    assert seen is image
    assert drawn == {}


def test_one_chance_does_not_shift_the_other_doses() -> None:
    image = picture((20, 30))
    _, alone = expose(image, replace(OFF, light_probability=1), Stream(0, 1, "optics"))
    _, among = expose(image, FULL, Stream(0, 1, "optics"))
    assert alone["light"] == among["light"]
    _, last = expose(image, replace(OFF, noise_probability=1), Stream(0, 1, "optics"))
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


def test_noise_has_its_dose_on_white_and_less_on_black() -> None:
    for index in range(6):
        grey, _ = noise(np.full((400, 400), 235, np.uint8), 5.0, Stream(0, index, "noise"))
        dark, parameters = noise(np.full((400, 400), 30, np.uint8), 5.0, Stream(0, index, "noise"))
        share = parameters["shot_share"]
        assert grey.mean() == pytest.approx(235, abs=0.3)
        assert grey.std() == pytest.approx(5.0 * np.sqrt(1 - share + share * 235 / 255), rel=0.05)
        assert dark.std() == pytest.approx(5.0 * np.sqrt(1 - share + share * 30 / 255), rel=0.05)


def test_light_takes_its_dose_at_the_darkest_place_and_nothing_at_the_brightest() -> None:
    for index in range(12):
        lit, _ = light(np.full((300, 400), 250, np.uint8), 0.4, Stream(0, index, "light"))
        assert lit.max() == 250
        assert lit.min() == pytest.approx(150, abs=1)


def test_a_name_is_registered_once() -> None:
    with pytest.raises(ValueError, match="registered twice"):
        register_effect("light", 0, lambda _: 1.0, lambda _: (0.0, 1.0))(light)
