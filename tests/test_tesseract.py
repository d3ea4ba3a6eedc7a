"""No swapped labels: a reader that was trained elsewhere reads what the labels say."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest

from synthgen.press.raster import coverage
from synthgen.text.charset import load_charset
from synthgen.text.library import read_words
from synthgen.typeset.faces import FaceSet, load_faces
from synthgen.typeset.layout import Glyphs
from synthgen.typeset.shape import Shaper

ROOT = Path(__file__).resolve().parent.parent
FACES = FaceSet(load_faces())
SHAPER = Shaper(FACES)
PRINT_CLASSES = ("sans", "serif", "round", "mono")
WORDS_PER_FACE = 200
SIZE_PX, MARGIN_PX = 40, 10
LEAST_READ = 0.97


def known_syllables(folder: Path) -> frozenset[str]:
    """The syllables of Tesseract's Korean model, out of its own list."""
    listing = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, check=True)
    data = re.search(r'"(.+?)/?"', listing.stdout + listing.stderr)
    assert data is not None
    command = ["combine_tessdata", "-u", str(Path(data[1], "kor.traineddata")), str(folder / "kor.")]
    subprocess.run(command, capture_output=True, check=True)
    rows = (folder / "kor.lstm-unicharset").read_text(encoding="utf-8").splitlines()[1:]
    units = {row.split(" ", 1)[0] for row in rows}
    return frozenset(unit for unit in units if len(unit) == 1 and "가" <= unit <= "힣")


def sample(words: list[str], n: int, salt: str) -> list[str]:
    """The same n words in every run, others for another salt."""
    return sorted(words, key=lambda word: hashlib.sha256(f"{salt} {word}".encode()).digest())[:n]


def clean_picture(word: str, face_index: int) -> np.ndarray:
    """A word in black on white, with a margin around its ink, drawn as the press draws."""
    shaped = SHAPER.shape(word, face_index)
    n = len(shaped)
    pen = np.concatenate([[0.0], np.cumsum(shaped.advance_em)[:-1]]) * SIZE_PX
    origin = np.stack([pen + SIZE_PX, np.full(n, 2.0 * SIZE_PX)], axis=1)
    origin += SIZE_PX * np.stack([shaped.dx_em, shaped.dy_em], axis=1)
    numbers, linear = np.arange(n, dtype=np.int32), np.eye(2) * (SIZE_PX * shaped.scale)[:, None, None]
    glyphs = Glyphs(shaped.face, shaped.glyph, numbers, np.zeros(n, dtype=np.int32), linear, origin)
    size = (int((n + 2) * SIZE_PX), 3 * SIZE_PX)
    ink = coverage(glyphs, np.zeros((0, 4)), FACES, size)
    ys, xs = np.nonzero(ink)
    tight = ink[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
    return np.pad(255 - tight, MARGIN_PX, constant_values=255)


def read(pictures: list[np.ndarray], folder: Path) -> list[str]:
    """What Tesseract reads in each picture, taken as one line of text, without spaces."""
    names = []
    for number, picture in enumerate(pictures):
        names.append(str(folder / f"{number:05d}.png"))
        cv2.imwrite(names[-1], picture)
    (folder / "list.txt").write_text("\n".join(names) + "\n", encoding="utf-8")
    command = ["tesseract", str(folder / "list.txt"), "stdout", "-l", "kor", "--psm", "7", "--dpi", "150"]
    environment = os.environ | {"OMP_THREAD_LIMIT": "1"}
    answer = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, timeout=300)
    pages = answer.stdout.split("\f")[: len(pictures)]
    return ["".join(page.split()) for page in pages]


@pytest.mark.tesseract
@pytest.mark.long
def test_tesseract_reads_the_labels(tmp_path):
    """At least 97 % of clean words in the faces of print, of syllables that it knows; the misses are printed."""
    known = known_syllables(tmp_path)
    assert len(known) > 900
    words = [
        word
        for word in read_words(ROOT / "corpora", "ko", load_charset("ks1001"))
        if 2 <= len(word) <= 6 and known.issuperset(word)
    ]
    faces = [at for at, face in enumerate(FACES.faces) if face.kind in PRINT_CLASSES]
    asked = [(face, word) for face in faces for word in sample(words, WORDS_PER_FACE, FACES.faces[face].id)]
    seen = read([clean_picture(word, face) for face, word in asked], tmp_path)
    misses = [(FACES.faces[face].id, word, got) for (face, word), got in zip(asked, seen, strict=True) if got != word]
    share = 1 - len(misses) / len(asked)
    print(f"{len(asked)} words in {len(faces)} faces, {share:.1%} read right")
    for face, word, got in misses:
        print(f"  {face}: {word} read as {got or 'nothing'}")
    assert share >= LEAST_READ
    for face in faces:
        name = FACES.faces[face].id
        assert sum(one[0] == name for one in misses) <= WORDS_PER_FACE // 8, f"{name}: read much worse than the others"


@pytest.mark.tesseract
def test_a_swapped_label_would_be_noticed(tmp_path):
    """The other way round: a picture of one word under the label of another is not read as the label."""
    gothic = [face.id for face in FACES.faces].index("NanumGothic")
    words = ["한국", "사람", "경제", "시장"]
    seen = read([clean_picture(word, gothic) for word in words], tmp_path)
    assert seen == words
    assert not [word for word, got in zip(words[1:] + words[:1], seen, strict=True) if word == got]
