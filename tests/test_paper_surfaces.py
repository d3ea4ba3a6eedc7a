"""Walls and film frames: periodic tones, natural levels, depth and format."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from synthgen.press.grounds import Grounds
from synthgen.press.paper import draw_paper
from synthgen.press.settings import SETTINGS
from synthgen.press.surfaces import JOINT_TONES, surface
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


FAR = {"outdoors", "street", "indoors", "leaves", "studio"}


def test_photographs_have_places_and_people_in_focus_or_out_of_it() -> None:
    told = [drawn("photo", index, (427, 240), level_range=(60.0, 180.0)) for index in range(90)]
    assert {parameters["place"] for _, parameters in told} == FAR | {name for name, _ in SETTINGS}
    assert {parameters["people"] for _, parameters in told} == {0, 1, 2}
    assert all(image.mean() < parameters["level"] + 25 for image, parameters in told)
    assert 0.2 < np.mean([parameters["place"] not in FAR for _, parameters in told]) < 0.47
    # Out of focus neighbouring px differ by little beside the grain; in focus there are edges, and colours in both.
    steps: dict[bool, list[float]] = {False: [], True: []}
    for index in range(40):
        image, parameters = drawn("photo", index, (427, 240), noise_sd_range=(0.0, 0.0), level_range=(120.0, 120.0))
        difference = np.abs(np.diff(image.astype(int), axis=1)).max(axis=2)
        steps[parameters["place"] not in FAR].append(float(difference.max()))
        assert np.ptp(image.astype(int), axis=2).mean() > 2
    assert max(steps[False]) < 70
    assert np.median(steps[True]) > 90


@pytest.mark.parametrize("size", [(1, 1), (13, 40), (300, 20)])
def test_places_in_focus_have_any_size(size: tuple[int, int]) -> None:
    for index in range(30):
        assert drawn("photo", index, size)[0].shape == (size[1], size[0], 3)


def test_film_has_bars_that_subtitles_stand_above() -> None:
    """They stand in the upper 96 hundredths of the picture: what lies below them is at least as high as the bars."""
    for index in range(20):
        image, parameters = drawn("film", index, (427, 240))
        bar = parameters["bar_px"]
        assert 4 <= bar <= 0.036 * 240
        assert (image[:bar] == 4).all() and (image[-bar:] == 4).all()
        assert (image[bar:-bar] != 4).any(axis=2).mean() > 0.9
        assert "bar_px" not in drawn("photo", index, (427, 240))[1]


def test_walls_and_scenes_say_that_they_keep_their_hues() -> None:
    natural = {"brick", "board", "tile", "concrete", "photo", "film"}
    for kind in (*WALLS, "photo", "film", "cloth", "gradient"):
        told = [drawn(kind, index)[1].get("natural", False) for index in range(12)]
        assert all(told) if kind in natural else kind == "metal" or not any(told)
    metals = [drawn("metal", index)[1] for index in range(12)]
    assert all(one.get("natural", False) == (one["form"] == "shutter") for one in metals)
