"""Shares of a dataset's pictures: in colour, level, cut; what is off changes nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from synthgen.formats.pictures import decode, encode
from synthgen.generator import Generator
from synthgen.recipe import load

MIXED = ("newspaper", "document", "form", "receipt", "book", "letter", "table", "newspaper-old")
PAGES = (*MIXED, "card", "label")


@pytest.mark.parametrize("name", MIXED)
def test_presets_are_partly_in_colour(name: str) -> None:
    paper = load(name).paper
    assert paper.colour == "grey"
    assert 0.2 <= paper.colour_probability <= 0.7


@pytest.mark.parametrize("name", PAGES)
def test_presets_of_pages_are_partly_cut_and_level(name: str) -> None:
    camera = load(name).camera
    assert 0.05 <= camera.cut_probability <= 0.2
    assert 0.05 <= camera.level_probability <= 0.5


def test_so_many_pictures_are_in_colour() -> None:
    recipe = load("word").with_values({"paper.colour_probability": 0.4, "page.together": 1})
    generator = Generator(recipe, seed=3)
    scenes = [generator.sample(index, crops=False).scene for index in range(150)]
    colour = [scene.image.ndim == 3 for scene in scenes if scene is not None]
    assert 0.28 < np.mean(colour) < 0.52


def test_what_is_off_changes_nothing() -> None:
    """The draws of a share are made only where it may be hit."""
    plain = load("newspaper").with_values(
        {"paper.colour_probability": 0.0, "camera.cut_probability": 0.0, "camera.level_probability": 0.0}
    )
    nearly = plain.with_values({"camera.level_rotation_deg_range": [-3.0, 3.0]})
    one, other = (Generator(recipe, seed=4)[0] for recipe in (plain, nearly))
    assert np.array_equal(one.image, other.image)


def test_a_colour_picture_has_the_labels_of_its_grey_one() -> None:
    """Colour is a matter of paper: words, places and pose are drawn from other streams."""
    grey, colour = (
        Generator(load("newspaper").with_values({"paper.colour_probability": share}), seed=5)[1] for share in (0.0, 1.0)
    )
    assert (grey.image.ndim, colour.image.ndim) == (2, 3)
    assert grey.words.text == colour.words.text
    assert np.array_equal(grey.characters.ink, colour.characters.ink)


@pytest.mark.parametrize("form", ["jpg", "png", "webp"])
def test_pictures_keep_their_channels_in_files(form: str, tmp_path: Path) -> None:
    for share, channels in ((0.0, 2), (1.0, 3)):
        recipe = load("receipt").with_values({"paper.colour_probability": share})
        image = Generator(recipe, seed=6)[0].image
        assert image.ndim == channels
        back = decode(encode(image, form, 90))
        assert back.shape[:2] == image.shape[:2]
        spread = np.ptp(back.astype(int), axis=2).max() if back.ndim == 3 else 0
        assert (spread > 2) == (channels == 3)
