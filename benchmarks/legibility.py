"""How well another reader reads the lines of pages as difficulty rises: Tesseract's character error rate.

The text is natural alone, without made-up and English words, so that what is counted is what the pictures do.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from synthgen.errors import SynthgenError
from synthgen.generator import Generator
from synthgen.geometry import cut_quads
from synthgen.matrices import unit_to_quads
from synthgen.quads import side_lengths
from synthgen.recipe import load
from synthgen.report.tables import table
from synthgen.scene import Scene

DIFFICULTIES = (0.0, 0.25, 0.5, 0.75, 1.0)
GOAL = 0.05
_NATURAL = {
    "text.coverage_frac": 0.0, "text.latin_frac": 0.0, "text.hanja_frac": 0.0, "type.kinds": {"serif": 3.0, "sans": 2.0}
}  # fmt: skip
_HEIGHT_PX, _RIM_PX = 48, 8


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--case", action="append", metavar="NAME", help="a preset; repeat; default: book, document")
    parser.add_argument("--pages", type=int, default=8, help="of each preset at each difficulty; default: 8")


def measure(given: argparse.Namespace) -> dict[str, Any]:
    if shutil.which("tesseract") is None:
        raise SynthgenError("legibility: tesseract: not on this machine; install tesseract-ocr and tesseract-ocr-kor.")
    names = given.case or ["book", "document"]
    return {name: [_at(name, difficulty, given.pages) for difficulty in DIFFICULTIES] for name in names}


def _at(name: str, difficulty: float, pages: int) -> dict[str, Any]:
    """Return the error rate over the lines that hold no ignored word, and how many words were ignored."""
    generator = Generator(load(name).with_values({**_NATURAL, "difficulty": difficulty, "camera.cut_probability": 0.0}))
    pictures: list[np.ndarray[Any, Any]] = []
    texts: list[str] = []
    words = ignored = 0
    for scene in generator.scenes(0, pages):
        words, ignored = words + len(scene.words), ignored + int(scene.words.ignored.sum())
        for picture, said in _lines(scene):
            pictures.append(picture)
            texts.append(said)
    with tempfile.TemporaryDirectory(prefix="synthgen-legibility-") as folder:
        read = _read(pictures, Path(folder))
    wrong = sum(_distance(got, said) for got, said in zip(read, texts, strict=True))
    characters = sum(map(len, texts))
    return {
        "difficulty": difficulty, "lines": len(texts), "characters": characters, "error": wrong / max(characters, 1),
        "ignored": ignored / max(words, 1),
    }  # fmt: skip


def _lines(scene: Scene) -> list[tuple[np.ndarray[Any, Any], str]]:
    """Return the upright pictures of a scene's longer lines of plain Hangul, and what they say without spaces."""
    spoilt = set(scene.words.line[scene.words.ignored].tolist())
    found = []
    for line, quad in enumerate(scene.lines.quad):
        said = scene.lines.text[line].replace(" ", "")
        if line in spoilt or len(said) < 6 or scene.lines.direction[line] != "ltr":
            continue
        top, right, bottom, left = side_lengths(quad[None])[0]
        size = (max(round(_HEIGHT_PX * (top + bottom) / max(right + left, 1e-6)), 8), _HEIGHT_PX)
        (picture,) = cut_quads([scene.image], unit_to_quads(quad[None]), np.array([size], dtype=np.float64))
        found.append((cv2.copyMakeBorder(picture, *(_RIM_PX,) * 4, cv2.BORDER_REPLICATE), said))
    return found


def _read(pictures: list[np.ndarray[Any, Any]], folder: Path) -> list[str]:
    """Return what Tesseract reads in each picture, taken as one line, without spaces."""
    names = [str(folder / f"{number:05d}.png") for number in range(len(pictures))]
    for name, picture in zip(names, pictures, strict=True):
        cv2.imwrite(name, picture)
    (folder / "list.txt").write_text("\n".join(names) + "\n", encoding="utf-8")
    command = ["tesseract", str(folder / "list.txt"), "stdout", "-l", "kor", "--psm", "7", "--dpi", "150"]
    answer = subprocess.run(
        command, capture_output=True, text=True, check=True, env=os.environ | {"OMP_THREAD_LIMIT": "1"}
    )
    return ["".join(page.split()) for page in answer.stdout.split("\f")[: len(pictures)]]


def _distance(one: str, other: str) -> int:
    """Return the Levenshtein distance."""
    row = list(range(len(other) + 1))
    for at, a in enumerate(one, 1):
        before, row[0] = row[0], at
        for place, b in enumerate(other, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (a != b))
    return row[-1]


def text(result: dict[str, Any]) -> str:
    rows = [
        [name, f"{one['difficulty']:.2f}", f"{one['lines']:,}", f"{one['characters']:,}", f"{100 * one['error']:.1f} %",
         f"{100 * one['ignored']:.2f} %", f"{100 * GOAL:.0f} %" if one["difficulty"] == 0 else ""]
        for name, points in result.items()
        for one in points
    ]  # fmt: skip
    header = ["preset", "difficulty", "lines", "characters", "wrong", "words ignored", "goal"]
    return table(header, rows, right=[1, 2, 3, 4, 5, 6])
