"""What keras-ocr trains on: Python objects, filed as JSON lines, and the loaders that make them.

A detector's item is (image path, lines, confidence); a line is a list of (box (4, 2), character) with an entry for the
space between words. A recogniser's item is (image path, None, text).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from synthgen.errors import FormatError
from synthgen.formats.filing import new_text
from synthgen.formats.metadata import SceneRecord
from synthgen.formats.registry import Entry, ExportReport, WordRecord, register_exporter
from synthgen.formats.synthtext import KIND, placed_truths
from synthgen.formats.word_lists import word_path, write_word_picture

DETECTOR_NAME = "detector.jsonl"
RECOGNISER_NAME = "recogniser.jsonl"

Box = npt.NDArray[np.float64]
DetectorItem = tuple[str, list[list[tuple[Box, str]]], float]


def load_detector(folder: Path) -> list[DetectorItem]:
    """Return keras-ocr's detection items of an exported folder; image paths start with ``folder``."""
    items: list[DetectorItem] = []
    for picture, lines in _rows(folder / DETECTOR_NAME):
        boxed = [[(np.array(box, dtype=np.float64), text) for box, text in line] for line in lines]
        items.append((str(folder / picture), boxed, 1.0))
    return items


def load_recogniser(folder: Path) -> list[tuple[str, None, str]]:
    """Return keras-ocr's recognition items of an exported folder; image paths start with ``folder``."""
    return [(str(folder / picture), None, text) for picture, text in _rows(folder / RECOGNISER_NAME)]


def read_detector(folder: Path) -> Iterator[Entry]:
    """Yield the characters of every picture, spaces left out."""
    for picture, lines in _rows(folder / DETECTOR_NAME):
        pairs = [(box, text) for line in lines for box, text in line if text != " "]
        quads = np.array([box for box, _ in pairs], dtype=np.float64)
        texts = tuple(text for _, text in pairs)
        yield Entry(picture, texts, quads, (False,) * len(texts), characters=True)


def read_recogniser(folder: Path) -> Iterator[Entry]:
    """Yield the words."""
    for picture, text in _rows(folder / RECOGNISER_NAME):
        yield Entry(picture, (text,))


def _rows(path: Path) -> Iterator[Any]:
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]
    except (OSError, ValueError, RecursionError) as error:
        raise FormatError(f"{path}: not lines of JSON ({type(error).__name__}); export it again.") from error
    yield from rows


def _line(text: str, quads: Box) -> list[tuple[list[list[float]], str]]:
    """Return one line's (box, character) pairs; ``quads`` (N, 4, 2) has no entry for spaces."""
    pairs: list[tuple[list[list[float]], str]] = []
    at = 0
    for character in text:
        if character == " ":
            before, after = quads[at - 1], quads[at]
            gap = np.stack([before[1], after[0], after[3], before[2]])
            pairs.append((gap.round(3).tolist(), " "))
        else:
            pairs.append((quads[at].round(3).tolist(), character))
            at += 1
    return pairs


def _even(records: Iterable[SceneRecord], dropped: Counter[str]) -> Iterator[SceneRecord]:
    for record in records:
        if record.width % 2 or record.height % 2:
            dropped["scenes_with_odd_size"] += 1
        else:
            yield record


@register_exporter(
    "keras-ocr-det",
    "detection items of keras-ocr: lines of characters with their boxes",
    source="scenes",
    read=read_detector,
    options=(KIND,),
)
def export_detector(
    records: Iterable[SceneRecord], dataset_dir: Path, out_dir: Path, options: Mapping[str, str]
) -> ExportReport:
    """Write ``detector.jsonl`` with the pictures; those with an odd side are left out: keras-ocr asserts even ones."""
    counts: Counter[str] = Counter(scenes=0, characters=0)
    dropped: Counter[str] = Counter()
    with new_text(out_dir / DETECTOR_NAME) as file:
        for truth in placed_truths(_even(records, dropped), dataset_dir, out_dir, options, dropped):
            quads, at, lines = truth.char_bb.transpose(2, 1, 0).astype(np.float64), 0, []
            for text in truth.lines:
                n = len(text.replace(" ", ""))
                lines.append(_line(text, quads[at : at + n]))
                at += n
            file.write(json.dumps([truth.picture, lines], ensure_ascii=False, separators=(",", ":")) + "\n")
            counts.update(scenes=1, characters=at)
    return ExportReport(dict(counts), dict(sorted(dropped.items())), (DETECTOR_NAME,))


@register_exporter(
    "keras-ocr-rec", "recognition items of keras-ocr: word pictures and labels", source="words", read=read_recogniser
)
def export_recogniser(
    records: Iterable[WordRecord], _dataset_dir: Path, out_dir: Path, _options: Mapping[str, str]
) -> ExportReport:
    """Write ``recogniser.jsonl`` and the pictures."""
    count = 0
    with new_text(out_dir / RECOGNISER_NAME) as file:
        for record in records:
            name = word_path(record)
            write_word_picture(record, out_dir, name)
            file.write(json.dumps([name, record.text], ensure_ascii=False, separators=(",", ":")) + "\n")
            count += 1
    return ExportReport({"words": count}, {}, (RECOGNISER_NAME,))
