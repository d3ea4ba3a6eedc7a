"""Walls and film frames: periodic tones, natural levels, depth and format."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from synthgen.press.grounds import Grounds
from synthgen.press.paper import draw_paper
from synthgen.press.places import PLACES
from synthgen.press.surfaces import JOINT_TONES, surface
from synthgen.press.vistas import VISTAS
from synthgen.randomness import Stream
from synthgen.recipe import Paper

WALLS = ("brick", "board", "tile", "concrete", "metal", "acrylic")
RGB = Paper(colour="rgb", gradient_range=(0.0, 0.0), noise_sd_range=(0.0, 4.0))


def drawn(kind: str, index: int, size: tuple[int, int] = (400, 300), **fields):
    return draw_paper(size, replace(RGB, kinds={kind: 1.0}, **fields), Stream(5, index, "paper"), Grounds())


@pytest.mark.parametrize("name", ["bricks", "planks", "tiles"])
def test_surfaces_tile_without_a_seam(name: str) -> None:
    tones = surface(name)
    assert not tones.flags.writeable
    for axis in (0, 1):
        steps = np.abs(np.diff(tones.astype(float), axis=axis)).mean(axis=1 - axis)
        seam = np.abs(np.take(tones.astype(float), 0, axis) - np.take(tones.astype(float), -1, axis)).mean()
        assert seam <= steps.max() * 1.05
    assert 0.01 < (tones < JOINT_TONES).mean() < 0.3
    assert surface(name, 1).shape == (tones.shape[0] // 2, tones.shape[1] // 2)
    assert surface(name, 1).mean() == pytest.approx(tones.mean(), abs=0.6)


@pytest.mark.parametrize("kind", WALLS)
def test_walls_are_as_light_as_asked_within_what_they_are(kind: str) -> None:
    light = [drawn(kind, index, level_range=(215.0, 215.0))[0].mean() for index in range(6)]
    dark = [drawn(kind, index, level_range=(110.0, 110.0))[0].mean() for index in range(6)]
    assert min(np.array(light) - dark) > 40
    assert np.mean(light) == pytest.approx(212, abs=20)
    assert np.mean(dark) == pytest.approx(108, abs=25)


def test_photographs_have_places_and_people_in_focus_or_out_of_it() -> None:
    told = [drawn("photo", index, (427, 240), level_range=(60.0, 180.0)) for index in range(240)]
    places = {parameters["place"] for _, parameters in told}
    assert places <= set(PLACES) | set(VISTAS)
    assert set(VISTAS) <= places
    assert len(places & set(PLACES)) >= len(PLACES) - 3
    assert {parameters["people"] for _, parameters in told} == {0, 1, 2}
    assert {parameters.get("form") for _, parameters in told} == {None, "silhouette", "soft", "back"}
    assert all(image.mean() < parameters["level"] + 25 for image, parameters in told)
    assert all(parameters["focused"] == (parameters["place"] in VISTAS) for _, parameters in told)
    assert 0.2 < np.mean([parameters["focused"] for _, parameters in told]) < 0.47
    # Nobody who is seen is in focus.
    assert not any(parameters["people"] for _, parameters in told if parameters["focused"])


def test_what_is_out_of_focus_has_no_edges() -> None:
    """Neighbouring px differ by little beside the grain; in focus some differ by more, and both have colours."""
    steps: dict[bool, list[float]] = {False: [], True: []}
    for index in range(60):
        image, parameters = drawn("photo", index, (427, 240), noise_sd_range=(0.0, 0.0), level_range=(120.0, 120.0))
        difference = np.abs(np.diff(image.astype(int), axis=1)).max(axis=2)
        steps[parameters["focused"]].append(float(np.percentile(difference, 99.9)))
        assert np.ptp(image.astype(int), axis=2).mean() > 2
    assert max(steps[False]) < 70
    assert np.median(steps[True]) > 1.5 * np.median(steps[False])


def test_photographs_are_pure() -> None:
    for index in range(30):
        image, parameters = drawn("photo", index, (214, 120))
        again, told = drawn("photo", index, (214, 120))
        assert np.array_equal(image, again)
        assert parameters == told


@pytest.mark.parametrize("size", [(1, 1), (13, 40), (300, 20)])
def test_photographs_have_any_size(size: tuple[int, int]) -> None:
    for index in range(30):
        assert drawn("photo", index, size)[0].shape == (size[1], size[0], 3)


def test_film_has_the_bars_of_two_formats() -> None:
    """Subtitles stand above those of 1.85:1, in the upper 96 hundredths of the picture, and in those of 2.39:1."""
    wide = 0
    for index in range(30):
        image, parameters = drawn("film", index, (427, 240))
        bar = parameters["bar_px"]
        assert 4 <= bar <= 0.036 * 240 or 0.098 * 240 <= bar <= 0.13 * 240
        wide += bar > 20
        assert (image[:bar] == 4).all() and (image[-bar:] == 4).all()
        assert (image[bar:-bar] != 4).any(axis=2).mean() > 0.9
        assert "bar_px" not in drawn("photo", index, (427, 240))[1]
    assert 3 < wide < 20


def test_walls_and_scenes_say_that_they_keep_their_hues() -> None:
    natural = {"brick", "board", "tile", "concrete", "photo", "film"}
    for kind in (*WALLS, "photo", "film", "cloth", "gradient"):
        told = [drawn(kind, index)[1].get("natural", False) for index in range(12)]
        assert all(told) if kind in natural else kind == "metal" or not any(told)
    metals = [drawn("metal", index)[1] for index in range(12)]
    assert all(one.get("natural", False) == (one["form"] == "shutter") for one in metals)
