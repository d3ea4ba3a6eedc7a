"""Small scenes and datasets made by hand: horizontal and vertical words, Hangul and Latin, clipped and ignored ones."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from synthgen.formats.metadata import dump_scene
from synthgen.formats.mjsynth import write_lmdb
from synthgen.formats.pictures import encode
from synthgen.quads import visible_shares
from synthgen.scene import Characters, Lines, Scene, Words

WIDTH, HEIGHT, CELL = 400, 320, 20.0

# (line text, direction, x, y of the first cell's top-left)
PAGE = (
    ("가나다 office, 한국어.", "ltr", 40.0, 40.0),
    ("세로 쓰기", "ttb", 300.0, 90.0),
    ("a", "ltr", 40.0, 90.0),
    ("잘린 낱말", "ltr", 330.0, 40.0),
    ("無視 모두", "ltr", 40.0, 140.0),
)
IGNORED = {"無視"}


def cell_quad(x: float, y: float) -> list[list[float]]:
    return [[x, y], [x + CELL, y], [x + CELL, y + CELL], [x, y + CELL]]


def make_scene(index: int = 0, page=PAGE, shear: float = 0.05) -> Scene:
    characters: dict[str, list] = {key: [] for key in ("text", "cell", "word", "line", "block", "face")}
    words: dict[str, list] = {key: [] for key in ("text", "quad", "line", "direction")}
    lines: dict[str, list] = {key: [] for key in ("text", "quad", "block", "direction")}
    for number, (text, direction, x, y) in enumerate(page):
        step = np.array([CELL, 0.0] if direction == "ltr" else [0.0, CELL])
        at = np.array([x, y])
        line_cells = []
        for word in text.split(" "):
            cells = []
            for character in word:
                cells.append(np.array(cell_quad(*at)))
                characters["text"].append(character)
                characters["cell"].append(cells[-1])
                characters["word"].append(len(words["text"]))
                characters["line"].append(number)
                characters["block"].append(number)
                characters["face"].append(index % 3)
                at = at + step
            at = at + step
            words["text"].append(word)
            words["line"].append(number)
            words["direction"].append(direction)
            words["quad"].append(span(cells, direction))
            line_cells += cells
        lines["text"].append(text)
        lines["quad"].append(span(line_cells, direction))
        lines["block"].append(number)
        lines["direction"].append(direction)
    bend = np.array([[1.0, 0.0], [shear, 1.0]])  # x += shear * y: no quad is a rectangle
    cell = np.array(characters["cell"]) @ bend
    middle = cell.mean(axis=1, keepdims=True)
    ink = middle + 0.7 * (cell - middle)
    quad = np.array(words["quad"]) @ bend
    size = (WIDTH, HEIGHT)
    ids = {key: np.array(characters[key], np.int32) for key in ("word", "line", "block", "face")}
    image = np.full((HEIGHT, WIDTH), 230, np.uint8)
    for box in ink:
        low, high = np.floor(box.min(axis=0)).astype(int), np.ceil(box.max(axis=0)).astype(int)
        image[max(low[1], 0) : max(high[1], 0), max(low[0], 0) : max(high[0], 0)] = 40
    return Scene(
        image,
        Characters(tuple(characters["text"]), ink, cell, visible=visible_shares(ink, size), **ids),
        Words(
            tuple(words["text"]),
            quad,
            quad.copy(),
            np.array(words["line"], np.int32),
            tuple(words["direction"]),
            np.array([one in IGNORED for one in words["text"]]),
        ),
        Lines(
            tuple(lines["text"]),
            np.array(lines["quad"]) @ bend,
            np.array(lines["block"], np.int32),
            tuple(lines["direction"]),
        ),
        ("headline",) + ("body",) * (len(page) - 1),
        {"seed": 0, "index": index, "note": "한글"},
    )


def span(cells: list[np.ndarray], direction: str) -> np.ndarray:
    first, last = cells[0], cells[-1]
    if direction == "ltr":
        return np.array([first[0], last[1], last[2], first[3]])
    return np.array([first[0], first[1], last[2], last[3]])


WORDS = {"ltr": ("가나다", "office,", "한국어.", "a", "모두"), "ttb": ("세로", "쓰기")}


def word_picture(i: int) -> bytes:
    return encode(np.full((32, 40 + i), 200, np.uint8), "jpg", 80)


def make_dataset(folder: Path, scenes: int = 5, shard: int = 2) -> Path:
    """Write a dataset folder with splits train and val (val has one scene and no vertical words)."""
    for split, indices in (("train", range(scenes)), ("val", range(scenes, scenes + 1))):
        for start in range(0, len(indices), shard):
            place = folder / "scenes" / split / f"{indices[start] // shard:06d}"
            place.mkdir(parents=True, exist_ok=True)
            lines = []
            for index in indices[start : start + shard]:
                name = f"{index:09d}.jpg"
                scene = make_scene(index)
                (place / name).write_bytes(encode(scene.image, "jpg", 90))
                lines.append(dump_scene(scene, name) + "\n")
            (place / "metadata.jsonl").write_text("".join(lines), encoding="utf-8")
    for folder_name, split, direction in (
        ("words", "train", "ltr"), ("words", "val", "ltr"), ("words-vertical", "train", "ttb"),
    ):  # fmt: skip
        texts = WORDS[direction]
        target = folder / folder_name / split
        write_lmdb(target, len(texts), lambda t=texts: map(word_picture, range(len(t))), lambda t=texts: t)
    (folder / "charset.txt").write_text("".join(sorted(set("".join(WORDS["ltr"] + WORDS["ttb"])))), encoding="utf-8")
    (folder / "recipe.toml").write_text("", encoding="utf-8")
    splits = {
        "train": {"scenes": scenes, "words": 5, "words_vertical": 2},
        "val": {"scenes": 1, "words": 5, "words_vertical": 0},
    }
    (folder / "manifest.json").write_text(json.dumps({"format_version": 1, "splits": splits}), encoding="utf-8")
    return folder
