"""What is labelled can be read: by a reader that was trained elsewhere, less surely the harder the pictures are."""

from __future__ import annotations

import os
import re
import subprocess
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from synthgen.camera.legibility import contrasts, legible
from synthgen.crops import Crop
from synthgen.generator import Generator
from synthgen.quads import boxes_to_quads
from synthgen.recipe import load
from synthgen.scene import Words
from tests.test_tesseract import known_syllables

DIFFICULTIES = (0.0, 0.25, 0.5, 0.75, 1.0)
PAGES, WORDS_PER_PAGE = 16, 8
PAD_PX = 12
MOST_AT_ZERO = 0.05
# The curve is drawn from some five hundred characters: this much of a fall is chance.
MOST_FALL = 0.02
# Neither rare syllables nor Latin; crops of one height, without the neighbours' edges.
EASED = {
    "text.coverage_frac": 0.0,
    "text.latin_frac": 0.0,
    "crops.height_px_range": [48, 64],
    "crops.margin_frac_range": [0.03, 0.06],
    "crops.jitter_frac": 0.0,
}


def edits(one: str, other: str) -> int:
    """The least number of characters to insert, drop or replace that makes one text the other."""
    row = list(range(len(other) + 1))
    for at, char in enumerate(one, 1):
        new = [at]
        for column, theirs in enumerate(other, 1):
            new.append(min(new[-1] + 1, row[column] + 1, row[column - 1] + (char != theirs)))
        row = new
    return row[-1]


def padded(image: np.ndarray) -> np.ndarray:
    """A crop in grey with a margin as light as its ground."""
    grey = image if image.ndim == 2 else image[..., 1]
    level = int(np.percentile(grey, 75))
    return cv2.copyMakeBorder(grey, PAD_PX, PAD_PX, PAD_PX, PAD_PX, cv2.BORDER_CONSTANT, value=level)


def read_words(crops: list[Crop], folder: Path) -> list[str]:
    """What Tesseract reads in each picture as one word, less marks at its ends, which it sees in any speck there."""
    names = []
    for number, crop in enumerate(crops):
        names.append(str(folder / f"{number:05d}.png"))
        cv2.imwrite(names[-1], padded(crop.image))
    (folder / "list.txt").write_text("\n".join(names) + "\n", encoding="utf-8")
    command = ["tesseract", str(folder / "list.txt"), "stdout", "-l", "kor", "--psm", "8", "--dpi", "150"]
    environment = os.environ | {"OMP_THREAD_LIMIT": "1"}
    answer = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, timeout=300)
    pages = answer.stdout.split("\f")[: len(crops)]
    return [re.sub(r"^[^가-힣0-9A-Za-z]+|[^가-힣0-9A-Za-z]+$", "", "".join(page.split())) for page in pages]


def asked(preset: str, difficulty: float, known: frozenset[str]) -> list[Crop]:
    """Crops of words of two to six syllables that Tesseract knows, the same number from each page."""
    generator = Generator(load(preset).with_values(EASED | {"difficulty": difficulty}), seed=5)
    found: list[Crop] = []
    for index in range(PAGES):
        fit = [
            crop
            for crop in generator.sample(index).crops
            if crop.direction == "ltr" and 2 <= len(crop.text) <= 6 and known.issuperset(crop.text)
        ]
        order = np.random.Generator(np.random.Philox(index)).permutation(len(fit))
        found += [fit[at] for at in order[:WORDS_PER_PAGE].tolist()]
    return found


@pytest.mark.tesseract
@pytest.mark.long
@pytest.mark.parametrize("preset", ["book", "document"])
def test_errors_rise_with_difficulty_from_next_to_none(preset: str, tmp_path: Path) -> None:
    known = known_syllables(tmp_path)
    curve = []
    for difficulty in DIFFICULTIES:
        crops = asked(preset, difficulty, known)
        seen = read_words(crops, tmp_path)
        wrong = sum(min(edits(crop.text, got), len(crop.text)) for crop, got in zip(crops, seen, strict=True))
        curve.append(wrong / sum(len(crop.text) for crop in crops))
        print(f"{preset}, difficulty {difficulty:g}: {curve[-1]:.1%} of the characters of {len(crops)} words misread")
    assert curve[0] < MOST_AT_ZERO
    assert curve[-1] > curve[0]
    assert all(harder >= easier - MOST_FALL for easier, harder in pairwise(curve))


@pytest.mark.parametrize("preset", ["document", "newspaper", "word"])
def test_what_is_not_ignored_is_legible_by_the_measure(preset: str) -> None:
    generator = Generator(load(preset).with_values({"difficulty": 1.0}), seed=6)
    unread = labelled = 0
    for index in range(6 if preset != "word" else 60):
        scene = generator.sample(index, crops=False).scene
        assert scene is not None
        kept = ~scene.words.ignored
        labelled += int(kept.sum())
        unread += int((kept & ~legible(scene.words, scene.image, scene.provenance["optics"])).sum())
    assert labelled
    assert unread <= 0.005 * labelled


@pytest.mark.parametrize("shape", [(40, 60), (40, 60, 3)])
def test_contrast_is_the_spread_of_the_levels_in_the_quad(shape: tuple[int, ...]) -> None:
    """Looked up here by rows and columns, one point at a time; places beyond the picture are its border."""
    rng = np.random.default_rng(3)
    image = rng.integers(0, 256, shape, dtype=np.uint8)
    grey = image if image.ndim == 2 else image[..., 1]
    boxes = np.array([[5.07, 6.03, 45.4, 30.6], [-9.1, -7.3, 12.2, 9.7], [48.3, 33.1, 75.8, 52.9]])
    nought = np.zeros(3, dtype=np.int32)
    words = Words(("a",) * 3, boxes_to_quads(boxes), boxes_to_quads(boxes), nought, ("ltr",) * 3, nought > 0)
    for (x0, y0, x1, y1), found in zip(boxes, contrasts(words, image, 5.0), strict=True):
        levels = [
            float(grey[min(max(int(y), 0), 39), min(max(int(x), 0), 59)])
            for y in y0 + (y1 - y0) * (0.15 + 0.7 * (np.arange(5) + 0.5) / 5)
            for x in x0 + (x1 - x0) * (np.arange(24) + 0.5) / 24
        ]
        assert found == pytest.approx(np.sqrt(max(np.var(levels) - 25.0, 0.0)) / 0.34)
