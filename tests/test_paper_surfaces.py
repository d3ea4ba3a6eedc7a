"""Walls and film frames: periodic tones, natural levels, depth and format."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from synthgen.press.grounds import Grounds
from synthgen.press.paper import draw_paper
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


def test_frames_have_places_people_and_formats() -> None:
    told = [drawn("photo", index, (427, 240), level_range=(60.0, 180.0)) for index in range(60)]
    assert {parameters["place"] for _, parameters in told} == {"outdoors", "street", "indoors", "leaves", "studio"}
    assert {parameters["people"] for _, parameters in told} == {0, 1, 2}
    barred = [image for image, parameters in told if parameters["bar_px"]]
    assert 3 <= len(barred) <= 25
    assert all((image[:10] == 4).all() and (image[-10:] == 4).all() for image in barred)
    for image, parameters in told:
        if not parameters["bar_px"]:
            assert image.mean() < parameters["level"] + 25
    # Nothing in focus: neighbouring px differ by little beside the grain, and colours are there.
    clean = [drawn("photo", index, (427, 240), noise_sd_range=(0.0, 0.0))[0] for index in range(10)]
    assert max(np.abs(np.diff(image[40:200].astype(int), axis=1)).max() for image in clean) < 70
    assert np.mean([np.ptp(image[40:200].astype(int), axis=2).mean() for image in clean]) > 10
