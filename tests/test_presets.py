"""The presets: they make what they say, hold two or three effects at once at most, and stay readable."""

from __future__ import annotations

import json

import numpy as np
import pytest

from synthgen.camera.copying import threshold
from synthgen.generator import Generator
from synthgen.press.colours import FAMILIES, drawn_pair
from synthgen.randomness import Stream
from synthgen.recipe import load, presets
from synthgen.typeset.faces import FaceSet, load_faces
from synthgen.typeset.layouts.newspaper_old import _columns
from synthgen.typeset.shape import Shaper
from synthgen.typeset.text import Style

SAMPLES = 4
MOST_IGNORED = 0.1
SINGLE = sorted(name for name in presets() if not load(name).mix)


@pytest.mark.parametrize("name", SINGLE)
def test_samples_hold_words_and_few_effects(name: str) -> None:
    recipe = load(name)
    generator = Generator(recipe, seed=11)
    words = ignored = 0
    for index in range(SAMPLES):
        sample = generator.sample(index)
        scene = sample.scene
        assert scene is not None, sample.rejections
        told = scene.provenance
        json.dumps(told)
        assert len(told["optics"]) <= recipe.optics.most_effects <= 3
        assert len(told.get("handling", {})) <= recipe.paper.most_effects <= 2
        assert len(told["ink"].get("effects", {})) <= recipe.ink.most_effects <= 2
        words += len(scene.words)
        ignored += int(scene.words.ignored.sum())
        # What a cut picture shows only in part is ignored, and no other.
        middles = scene.words.quad.mean(axis=1)[~scene.words.ignored | ("cut" not in told["pose"])]
        assert (middles >= 0).all()
        assert (middles <= scene.size).all()
    assert words >= SAMPLES
    assert ignored <= MOST_IGNORED * words


@pytest.mark.parametrize("difficulty", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("name", SINGLE)
def test_every_difficulty_yields_samples(name: str, difficulty: float) -> None:
    generator = Generator(load(name).with_values({"difficulty": difficulty}), seed=13)
    samples = [generator.sample(index, crops=False) for index in range(SAMPLES)]
    assert all(sample.scene is not None for sample in samples), [sample.rejections for sample in samples]
    assert sum(len(sample.rejections) for sample in samples) <= SAMPLES


@pytest.mark.parametrize("name", SINGLE)
def test_without_difficulty_nothing_happens_to_print(name: str) -> None:
    told = Generator(load(name).with_values({"difficulty": 0.0}), seed=12)[0].provenance
    assert not told["optics"]
    assert not told.get("handling")
    assert not told["ink"].get("effects")


def test_presets_that_are_photographed_have_effects() -> None:
    for name in SINGLE:
        recipe = load(name)
        assert recipe.optics.effects, name
        assert recipe.ink.effects or recipe.paper.effects or name == "screen", name


def test_plain_is_no_family_but_ink_on_the_paper_as_it_is() -> None:
    assert "plain" not in FAMILIES
    drawn = [drawn_pair({"plain": 1.0, "shop": 1.0}, Stream(0, index, "ink")) for index in range(60)]
    assert 15 <= sum(one is None for one in drawn) <= 45
    assert {one[0] for one in drawn if one} == {"shop"}


def test_a_scanner_does_not_copy_a_shadow_as_black() -> None:
    """A page whose left half lies in the shade, with letters on both halves: ground stays white, letters black."""
    page = np.full((400, 600), 230, np.uint8)
    page[:, :300] = 120
    for x in (60, 180, 420, 540):
        page[100:300:25, x : x + 6] = 40
    seen, _ = threshold(page, 1.0, Stream(0, 0, "threshold"))
    assert seen[:, 340:].mean() > 200
    assert seen[:, :260].mean() > 200
    assert (seen[100:300:25, [62, 182, 422, 542]] < 90).all()


def test_a_word_longer_than_a_column_is_left_out_whole() -> None:
    """What follows it goes on: lines of a paragraph stay next to one another."""
    faces = FaceSet(load_faces())
    style = Style(face=0, size_px=20.0, line_px=28.0, by_syllable=True)
    text = "전화는 051-002-1598로 걸어 주시고 담당자를 찾으시면 됩니다"
    columns = _columns((text,), style, Shaper(faces), 120.0, "turned")
    assert columns.lines
    assert all(line.width_px <= 120.0 + 1e-6 for line in columns.lines)
    assert [line.first for line in columns.lines[1:]] == [line.last for line in columns.lines[:-1]]
    assert "전화는" in columns.words[0]
    assert not any("1598" in word for word in columns.words[0])


def test_black_print_on_warm_paper_is_coloured_late_and_reads_the_same() -> None:
    """A page in RGB is the grey page of the same draws, warmed: its labels are the same, its levels nearly."""
    plain = load("newspaper").with_values({"optics.noise_probability": 0.0, "optics.effects": {}, "paper.effects": {}})
    kept = {"paper.warmth_range": [0.08, 0.08], "page.picture_probability": 0.0}
    coloured = Generator(plain.with_values({**kept, "paper.colour": "rgb"}), seed=2)
    grey = Generator(plain.with_values({**kept, "paper.colour": "grey", "paper.colour_probability": 0.0}), seed=2)
    for index in range(4):
        one, other = coloured[index], grey[index]
        assert one.image.ndim == 3
        assert other.image.ndim == 2
        np.testing.assert_array_equal(one.characters.ink, other.characters.ink)
        red, green, blue = (one.image[..., at].astype(float).mean() for at in range(3))
        assert red > green > blue
        assert np.abs(one.image[..., 1] - 0.992 * other.image).max() <= 3
