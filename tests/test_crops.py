"""Word pictures against a slow reference: each word cut alone, its size in plain numbers."""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np
import pytest

from synthgen.crops import FEW_WORDS, MAX_REDUCTION, Crop, _sizes, cut_together, cut_words
from synthgen.geometry import Homography
from synthgen.randomness import Stream
from synthgen.recipe import Crops
from synthgen.scene import Scene
from tests.formats_samples import make_scene


def plain_size(sides: list[float], vertical: bool, crops: Crops) -> tuple[int, int] | None:
    width, height = 0.5 * (sides[0] + sides[2]), 0.5 * (sides[1] + sides[3])
    across, along = (width, height) if vertical else (height, width)
    low, high = crops.height_px_range
    fixed = min(max(round(across), low), high)
    free = max(round(along * fixed / across), fixed // 4, 4)
    if free > crops.max_aspect * fixed:
        return None
    return (fixed, free) if vertical else (free, fixed)


@pytest.mark.parametrize("crops", [Crops(), Crops(height_px_range=(8, 20), max_aspect=2.0)])
def test_sizes_are_those_of_plain_numbers(crops):
    draws = Stream(1, 2, "sizes").generator
    sides, vertical = draws.uniform(0.5, 200, (500, 4)), draws.random(500) < 0.3
    size, fits = _sizes(sides, vertical, crops)
    expected = [plain_size(row, down, crops) for row, down in zip(sides.tolist(), vertical.tolist(), strict=True)]
    assert fits.any() and fits.tolist() == [one is not None for one in expected]
    assert [tuple(row) for row in size[fits].tolist()] == [one for one in expected if one is not None]


def test_a_word_without_height_is_left_out():
    size, fits = _sizes(np.array([[50.0, 0, 50, 0], [50, 20, 50, 20]]), np.array([False, False]), Crops())
    assert fits.tolist() == [False, True] and size[1].tolist() == [80, 32]


def noisy(scene: Scene) -> Scene:
    image = Stream(3, 4, "noise").generator.integers(0, 256, scene.image.shape, dtype=np.uint8)
    return Scene(
        cv2.GaussianBlur(image, (0, 0), 3),
        scene.characters,
        scene.words,
        scene.lines,
        scene.roles,
        scene.provenance,
    )


@pytest.mark.parametrize("height_px", [8, 12, 48])
def test_a_picture_is_what_lies_in_its_quad(height_px):
    """Without margin and jitter a word whose ink fills its quad is that quad, resampled once, or read finer first."""
    scene = noisy(make_scene())
    crops = Crops(height_px_range=(height_px, height_px), margin_frac_range=(0.0, 0.0), jitter_frac=0.0)
    found = cut_words(scene, crops, 0.5, Stream(0, 0, "crops"))
    assert {crop.direction for crop in found} == {"ltr", "ttb"} and len({crop.quality for crop in found}) > 1
    for crop in found:
        quad = scene.words.quad[crop.word]
        height, width = crop.image.shape
        sides = np.linalg.norm(np.roll(quad, -1, axis=0) - quad, axis=1)
        reduction = max(sides[0], sides[2]) / width
        times = math.ceil(reduction / MAX_REDUCTION) if reduction > MAX_REDUCTION else 1
        box = np.array([[0.0, 0], [width, 0], [width, height], [0, height]]) * times
        slow = Homography.from_quads(quad, box).warp(scene.image, (width * times, height * times))
        if times > 1:
            slow = cv2.resize(slow, (width, height), interpolation=cv2.INTER_AREA)
        assert crop.text == scene.words.text[crop.word] and crop.direction == scene.words.direction[crop.word]
        assert np.abs(crop.image.astype(int) - slow).max() <= 2


def test_words_too_long_for_their_height_are_left_out():
    scene = make_scene()
    every = cut_words(scene, Crops(), 0.5, Stream(0, 0, "crops"))
    short = cut_words(scene, Crops(max_aspect=2.0), 0.5, Stream(0, 0, "crops"))
    assert 0 < len(short) < len(every)
    by_word = {crop.word: crop for crop in every}
    for crop in short:
        assert (crop.image == by_word[crop.word].image).all() and crop.quality == by_word[crop.word].quality


def seen_from_aside(number: int, learned: int) -> Scene:
    """A scene under a homography of its own, in which this many words at most are to be learned from."""
    scene = noisy(make_scene(number))
    draws = Stream(number, 0, "aside").generator
    box = np.array([[0.0, 0], [400, 0], [400, 300], [0, 300]])
    to = Homography.from_quads(box, box + draws.uniform(-30, 30, (4, 2)))
    ignored = np.ones(len(scene.words), dtype=bool)
    ignored[draws.permutation(len(scene.words))[:learned]] = False
    ink = to.forward(scene.words.quad + draws.uniform(-3, 3, scene.words.quad.shape))
    return replace(scene, words=replace(scene.words, quad=to.forward(scene.words.quad), ink=ink, ignored=ignored))


def assert_same(some: tuple[Crop, ...], others: tuple[Crop, ...]) -> None:
    assert [one[1:] for one in some] == [one[1:] for one in others]
    for one, other in zip(some, others, strict=True):
        assert one.image.shape == other.image.shape
        assert np.abs(one.image.astype(int) - other.image).max() <= 1


@pytest.mark.parametrize("crops", [Crops(), Crops(height_px_range=(8, 20), max_aspect=2.0, quality_range=(30, 90))])
@pytest.mark.parametrize("number", range(FEW_WORDS + 1))
def test_few_words_are_cut_in_plain_numbers_as_many_in_arrays(number, crops):
    scene = seen_from_aside(number, number)
    plain = cut_words(scene, crops, 0.5, Stream(1, number, "crops"))
    (arrays,) = cut_together((scene,), crops, 0.5, Stream(1, number, "crops"))
    assert_same(plain, arrays)


@pytest.mark.parametrize("crops", [Crops(), Crops(unit="scene")])
def test_scenes_cut_together_are_those_cut_one_after_another(crops):
    scenes = [seen_from_aside(number, 3 * number) for number in range(5)]
    alone, together = Stream(2, 0, "crops"), Stream(2, 0, "crops")
    one_by_one = [cut_words(scene, crops, 0.5, alone) for scene in scenes]
    for some, others in zip(one_by_one, cut_together(scenes, crops, 0.5, together), strict=True):
        assert_same(some, others)


def test_a_word_without_area_leaves_the_others_as_they_are():
    scene = seen_from_aside(4, 4)
    flat = scene.words.quad.copy()
    word = int(np.flatnonzero(~scene.words.ignored)[0])
    flat[word] = flat[word, 0]
    scene = replace(scene, words=replace(scene.words, quad=flat, ink=flat.copy()))
    with np.errstate(all="ignore"):
        found = cut_words(scene, Crops(), 0.5, Stream(1, 4, "crops"))
    assert word not in {crop.word for crop in found}
