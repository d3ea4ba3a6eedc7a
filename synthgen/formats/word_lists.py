"""Word pictures with a list of labels: PaddleOCR recognition, EasyOCR's ``labels.csv``, and PaddleOCR detection."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np

from synthgen.formats.filing import new_text
from synthgen.formats.metadata import SceneRecord
from synthgen.formats.pictures import picture_suffix
from synthgen.formats.registry import Entry, ExportReport, WordRecord, register_exporter
from synthgen.formats.word_items import KIND, Tally, commas_option, malformed, placed_pages, word_entry

PADDLE_REC_NAME = "rec_gt.txt"
PADDLE_DET_NAME = "Label.txt"
EASYOCR_NAME = "labels.csv"
EASYOCR_HEADER = "filename,words"
# Pictures in one folder: file systems and viewers grow slow beyond.
FOLDER_PICTURES = 10_000


def word_path(record: WordRecord) -> str:
    """Return where a word's picture goes: ``images/000/000000042.jpg``, counted from 1."""
    number = record.number + 1
    return f"images/{record.number // FOLDER_PICTURES:03d}/{number:09d}{picture_suffix(record.image)}"


def write_word_picture(record: WordRecord, out_dir: Path, name: str) -> None:
    """Write the word's picture as the new file ``out_dir/name``."""
    path = out_dir / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(record.image)


def _read_rows(path: Path, separator: str, *, header: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield (where, picture, rest) of each row."""
    lines = path.read_text(encoding="utf-8").split("\n")[:-1]
    if header and (not lines or lines.pop(0) != header):
        raise malformed(f"{path}:1", f"must be {header!r}")
    for number, line in enumerate(lines, start=2 if header else 1):
        name, found, rest = line.partition(separator)
        if not found or not name or not rest:
            raise malformed(f"{path}:{number}", f"must be a path, {separator!a} and a label")
        yield f"{path}:{number}", name, rest


def read_paddleocr_rec(folder: Path) -> Iterator[Entry]:
    """Yield the words of an exported ``rec_gt.txt``."""
    for _, name, label in _read_rows(folder / PADDLE_REC_NAME, "\t"):
        yield Entry(name, (label,))


@register_exporter(
    "paddleocr-rec", "rec_gt.txt of PaddleOCR: word pictures and labels", source="words", read=read_paddleocr_rec
)
def export_paddleocr_rec(
    records: Iterable[WordRecord], _dataset_dir: Path, out_dir: Path, _options: Mapping[str, str]
) -> ExportReport:
    """Write ``rec_gt.txt``, a row ``path<TAB>label`` a word, and the pictures."""
    return _write_labels(out_dir, PADDLE_REC_NAME, "", "\t", records)


def read_easyocr(folder: Path) -> Iterator[Entry]:
    """Yield the words of an exported ``labels.csv``."""
    for _, name, label in _read_rows(folder / EASYOCR_NAME, ",", header=EASYOCR_HEADER):
        yield Entry(name, (label,))


@register_exporter(
    "easyocr", "labels.csv of EasyOCR's trainer: word pictures and labels", source="words", read=read_easyocr
)
def export_easyocr(
    records: Iterable[WordRecord], _dataset_dir: Path, out_dir: Path, _options: Mapping[str, str]
) -> ExportReport:
    """Write ``labels.csv``; its reader takes all that follows the first comma as the label and knows no quoting."""
    return _write_labels(out_dir, EASYOCR_NAME, EASYOCR_HEADER + "\n", ",", records)


def _write_labels(out_dir: Path, name: str, header: str, separator: str, records: Iterable[WordRecord]) -> ExportReport:
    count = 0
    with new_text(out_dir / name) as file:
        file.write(header)
        for record in records:
            path = word_path(record)
            write_word_picture(record, out_dir, path)
            file.write(f"{path}{separator}{record.text}\n")
            count += 1
    return ExportReport({"words": count}, {}, (name,))


def read_paddleocr_det(folder: Path) -> Iterator[Entry]:
    """Yield the words of every picture of an exported ``Label.txt``."""
    for where, name, rest in _read_rows(folder / PADDLE_DET_NAME, "\t"):
        try:
            rows = [
                (one["transcription"], [float(x) for point in one["points"] for x in point]) for one in json.loads(rest)
            ]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise malformed(where, "must hold a list of transcription and points") from None
        yield word_entry(name, rows)


@register_exporter(
    "paddleocr-det",
    "Label.txt of PaddleOCR: word quads and texts of every page",
    source="scenes",
    read=read_paddleocr_det,
    options=(KIND, commas_option("keep")),
)
def export_paddleocr_det(
    records: Iterable[SceneRecord], dataset_dir: Path, out_dir: Path, options: Mapping[str, str]
) -> ExportReport:
    """Write ``Label.txt``, a row ``path<TAB>[{"transcription", "points"}]`` a page, with the pictures beside it."""
    tally = Tally()
    with new_text(out_dir / PADDLE_DET_NAME) as file:
        for record, filed in placed_pages(records, dataset_dir, out_dir, options, tally):
            words = [
                {"transcription": word.transcription, "points": np.rint(word.quad).astype(int).tolist()}
                for word in filed
            ]
            file.write(f"{record.file_name}\t{json.dumps(words, ensure_ascii=False)}\n")
    return tally.report(PADDLE_DET_NAME)
