"""The walk as a whole: pure, in any order and process; what it records explains it and makes it again."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import unicodedata
from pathlib import Path

import numpy as np
import pytest

from synthgen.errors import AssetError, RecipeError, SynthgenError, UsageError
from synthgen.generator import Generator, Sample
from synthgen.recipe import Recipe, load, presets
from synthgen.scene import Scene

# One of each way of framing; every preset is swept below.
SWEPT = sorted(presets())


def fingerprint(sample: Sample) -> str:
    """Return a digest of everything a sample holds: pixels, labels, provenance and crops."""
    digest = hashlib.sha256()
    scene = sample.scene
    assert scene is not None
    digest.update(scene.image.tobytes())
    for quads in (scene.characters.ink, scene.characters.cell, scene.words.quad, scene.lines.quad):
        digest.update(quads.tobytes())
    text = [scene.characters.text, scene.words.text, scene.lines.text, scene.roles, sample.rejections, sample.quality]
    digest.update(json.dumps([*text, dict(scene.provenance)], ensure_ascii=False, sort_keys=True).encode())
    for crop in sample.crops:
        digest.update(crop.image.tobytes() + f"{crop.text} {crop.word} {crop.quality} {crop.direction}".encode())
    return digest.hexdigest()


def check_consistent(scene: Scene, charset: object) -> None:
    """Texts agree with one another, labels are NFC and in the charset, quads finite and not turned over."""
    characters, words, lines = scene.characters, scene.words, scene.lines
    assert len(characters) > 0
    spelled = [""] * len(words)
    for char, word in zip(characters.text, characters.word.tolist(), strict=True):
        spelled[word] += char
    assert tuple(spelled) == words.text
    joined = [[] for _ in lines.text]
    for word, line in zip(words.text, words.line.tolist(), strict=True):
        joined[line].append(word)
    assert tuple(" ".join(line) for line in joined) == lines.text
    assert "".join(characters.text) == "".join(lines.text).replace(" ", "")
    for word in words.text:
        assert unicodedata.is_normalized("NFC", word)
        assert all(char in charset for char in word)  # type: ignore[operator]
    for quads in (characters.ink, characters.cell, words.quad, words.ink, lines.quad):
        assert np.isfinite(quads).all()
        x, y = quads[..., 0], quads[..., 1]
        area = np.sum(x * np.roll(y, -1, axis=-1) - y * np.roll(x, -1, axis=-1), axis=-1)
        assert (area > 0).all()
    assert (np.diff(characters.word) >= 0).all()
    assert ((characters.visible >= 0) & (characters.visible <= 1)).all()
    assert len(scene.roles) > int(characters.block.max())


@pytest.mark.parametrize("name", SWEPT)
def test_every_preset_makes_consistent_scenes(name: str) -> None:
    generator = Generator(name, seed=5)
    made = 0
    for index in range(6):
        sample = generator.sample(index)
        if sample.scene is None:
            continue
        made += 1
        check_consistent(sample.scene, generator.charset)
        json.dumps(dict(sample.scene.provenance), allow_nan=False)
        for crop in sample.crops:
            assert crop.image.dtype == np.uint8
            assert min(crop.image.shape[:2]) >= 4
            assert crop.text == sample.scene.words.text[crop.word] or generator.recipe.crops.unit == "scene"
    assert made >= 5


@pytest.mark.parametrize("name", SWEPT)
def test_samples_do_not_depend_on_order_or_on_one_another(name: str) -> None:
    forward, backward = Generator(name, seed=1), Generator(name, seed=1)
    ahead = {index: fingerprint(forward.sample(index)) for index in (0, 1, 2)}
    behind = {index: fingerprint(backward.sample(index)) for index in (2, 0, 1)}
    assert ahead == behind
    assert len(set(ahead.values())) == 3


def test_a_fresh_process_makes_the_same_bytes() -> None:
    program = (
        "import sys; from tests.test_generator import fingerprint; from synthgen.generator import Generator; "
        "print(*(fingerprint(Generator(n, seed=9).sample(i)) for n, i in (('newspaper', 42), ('word', 7))))"
    )
    root = Path(__file__).resolve().parent.parent
    out = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, check=True, cwd=root
    ).stdout.split()
    own = [fingerprint(Generator(name, seed=9).sample(index)) for name, index in (("newspaper", 42), ("word", 7))]
    assert out == own


def test_seeds_and_indices_make_different_samples() -> None:
    prints = {fingerprint(Generator("word", seed=seed).sample(index)) for seed in range(4) for index in range(4)}
    assert len(prints) == 16


def test_provenance_makes_the_sample_again() -> None:
    scene = Generator("newspaper", seed=3)[4]
    provenance = json.loads(json.dumps(dict(scene.provenance)))
    again = Generator("newspaper", seed=provenance["seed"])
    assert again.digest == provenance["recipe"]
    np.testing.assert_array_equal(again[provenance["index"]].image, scene.image)


@pytest.mark.parametrize("lang", ["ko", "en", "ko+en"])
def test_languages(lang: str) -> None:
    scene = Generator("newspaper", lang=lang)[0]
    hangul = any("가" <= char <= "힣" for char in scene.characters.text)
    latin = any("a" <= char <= "z" for char in scene.characters.text)
    assert hangul == ("ko" in lang)
    assert latin or lang == "ko"


def test_readers_of_a_scene_see_words_where_they_are() -> None:
    """Words that ought to be inked are darker than the paper around them."""
    scene = Generator("newspaper", seed=2)[0]
    grey = scene.image if scene.image.ndim == 2 else scene.image.mean(axis=2)
    paper = np.median(grey)
    for quad in scene.words.ink:
        low, high = np.floor(quad.min(axis=0)).astype(int), np.ceil(quad.max(axis=0)).astype(int)
        window = grey[max(low[1], 0) : high[1], max(low[0], 0) : high[0]]
        assert window.min() < paper - 25


def test_faults_of_the_user_are_named(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="newspaper"):
        Generator("newspapr")
    with pytest.raises(RecipeError, match="lang"):
        Generator("word", lang="kr")
    with pytest.raises(UsageError, match="seed -1"):
        Generator("word", seed=-1)
    with pytest.raises(AssetError, match="no such file"):
        Generator("word", corpus=[tmp_path / "absent.txt"])
    with pytest.raises(AssetError, match="cannot be read"):
        Generator("word", fonts=[tmp_path / "absent.ttf"])
    with pytest.raises(RecipeError, match="no such layout"):
        Generator(load("word").with_values({"page.layout": "newspapr"}))
    with pytest.raises(RecipeError, match="no such face"):
        Generator(load("word").with_values({"type.faces": ["NanumGothik"]}))
    unreachable = load("word").with_values({"ink.min_contrast": 255.0})
    with pytest.raises(SynthgenError, match="sample 0: rejected 12 times"):
        Generator(unreachable)[0]


def test_a_users_corpus_fonts_and_pictures_are_used(tmp_path: Path) -> None:
    import cv2

    (tmp_path / "corpus.txt").write_text("뛰뛰빵빵 칙칙폭폭\n", encoding="utf-8")
    (tmp_path / "grounds").mkdir()
    cv2.imwrite(str(tmp_path / "grounds" / "wall.png"), np.full((300, 300), 200, np.uint8))
    recipe: Recipe = load("word").with_values(
        {"text.corpus_frac": 1.0, "text.coverage_frac": 0.0, "text.latin_frac": 0.0}
    )
    font = Path(__file__).resolve().parent.parent / "fonts" / "NanumPen.ttf"
    generator = Generator(recipe, corpus=[tmp_path / "corpus.txt"], fonts=[font], backgrounds=[tmp_path / "grounds"])
    for index in range(5):
        scene = generator[index]
        assert "".join(scene.characters.text) in ("뛰뛰빵빵", "칙칙폭폭")
        assert scene.provenance["paper"]["kind"] == "user"
        assert [name.rstrip("+") for name in scene.provenance["faces"]] == ["NanumPen"]
    kinds = {row["id"] for row in generator.assets() if row["licence"] == "the user's own"}
    assert kinds == {"NanumPen+", "user/corpus.txt", "user/wall.png"}
