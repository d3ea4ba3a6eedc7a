"""One JSON file with a list of images and a list of annotations: COCO, and AI-Hub's text in the wild."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from synthgen.errors import FormatError
from synthgen.formats.filing import new_text
from synthgen.formats.metadata import SceneRecord
from synthgen.formats.registry import Entry, ExportReport, register_exporter
from synthgen.formats.word_items import DONT_CARE, KIND, FiledWord, Tally, commas_option, placed_pages, word_entry
from synthgen.quads import quad_areas

COCO_NAME = "annotations.json"
AIHUB_NAME = "textinthewild_data_info.json"


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _write_lists(
    path: Path, head: Mapping[str, Any], pages: Iterable[tuple[dict[str, Any], list[dict[str, Any]]]]
) -> None:
    """Write head, images and annotations as one object; annotations wait in a file, so that memory stays flat."""
    with new_text(path) as file, tempfile.TemporaryFile("w+", encoding="utf-8", dir=path.parent) as waiting:
        file.write(_dump(dict(head))[:-1] + (',"images":[\n' if head else '"images":[\n'))
        image_mark = annotation_mark = ""
        for image, items in pages:
            file.write(image_mark + _dump(image))
            image_mark = ",\n"
            for annotation in items:
                waiting.write(annotation_mark + _dump(annotation))
                annotation_mark = ",\n"
        file.write('\n],"annotations":[\n')
        waiting.seek(0)
        shutil.copyfileobj(waiting, file)
        file.write("\n]}\n")


def _coco(number: int, image: int, word: FiledWord) -> dict[str, Any]:
    return {
        "id": number,
        "image_id": image,
        "category_id": 1,
        "bbox": list(word.box),
        "area": round(abs(float(quad_areas(word.quad[None])[0])), 3),
        "segmentation": [word.polygon.round(3).ravel().tolist()],
        "iscrowd": 0,
        "ignore": int(word.ignored),
        "attributes": {"text": word.text, "ignored": word.ignored, "quad": word.quad.round(3).ravel().tolist()},
    }


def _aihub(number: int, image: int, word: FiledWord) -> dict[str, Any]:
    return {
        "id": number,
        "image_id": image,
        "bbox": list(word.box),
        "text": word.text,
        "attributes": {"class": "ignored" if word.ignored else "word"},
    }


def _export(
    name: str,
    head: Mapping[str, Any],
    shape: Any,
    records: Iterable[SceneRecord],
    dataset_dir: Path,
    out_dir: Path,
    options: Mapping[str, str],
) -> ExportReport:
    tally = Tally()

    def pages() -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
        number = 0
        placed = placed_pages(records, dataset_dir, out_dir, options, tally)
        for page, (record, words) in enumerate(placed, start=1):
            annotations = []
            for word in words:
                number += 1
                annotations.append(shape(number, page, word))
            yield (
                {"id": page, "file_name": record.file_name, "width": record.width, "height": record.height},
                annotations,
            )

    _write_lists(out_dir / name, head, pages())
    return tally.report(name)


def _read(path: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        by_image: dict[int, list[dict[str, Any]]] = {image["id"]: [] for image in stored["images"]}
        for annotation in stored["annotations"]:
            by_image[annotation["image_id"]].append(annotation)
        pages = [(str(image["file_name"]), by_image[image["id"]]) for image in stored["images"]]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise FormatError(f"{path}: not images and annotations ({type(error).__name__}); export it again.") from error
    yield from pages


def read_coco(folder: Path) -> Iterator[Entry]:
    """Yield the words of every picture of an exported COCO file."""
    for picture, items in _read(folder / COCO_NAME):
        rows = [(one["attributes"]["text"], one["attributes"]["quad"]) for one in items]
        entry = word_entry(picture, rows)
        yield Entry(picture, entry.texts, entry.quads, tuple(bool(one["ignore"]) for one in items))


def read_aihub(folder: Path) -> Iterator[Entry]:
    """Yield the words of every picture of an exported AI-Hub file; quads are its axis-aligned boxes."""
    for picture, items in _read(folder / AIHUB_NAME):
        rows = []
        for one in items:
            x, y, width, height = one["bbox"]
            ignored = one["attributes"]["class"] == "ignored"
            box = [x, y, x + width, y, x + width, y + height, x, y + height]
            rows.append((DONT_CARE if ignored else one["text"], box))
        yield word_entry(picture, rows)


@register_exporter(
    "coco",
    "COCO: word polygons, boxes and texts in one JSON file",
    source="scenes",
    read=read_coco,
    options=(KIND, commas_option("keep")),
)
def export_coco(
    records: Iterable[SceneRecord], dataset_dir: Path, out_dir: Path, options: Mapping[str, str]
) -> ExportReport:
    """Write ``annotations.json`` with the pictures beside it."""
    head = {"categories": [{"id": 1, "name": "text"}]}
    return _export(COCO_NAME, head, _coco, records, dataset_dir, out_dir, options)


@register_exporter(
    "aihub",
    "textinthewild_data_info.json of AI-Hub: upright word boxes and texts",
    source="scenes",
    read=read_aihub,
    options=(KIND, commas_option("keep")),
)
def export_aihub(
    records: Iterable[SceneRecord], dataset_dir: Path, out_dir: Path, options: Mapping[str, str]
) -> ExportReport:
    """Write ``textinthewild_data_info.json`` with the pictures beside it."""
    return _export(AIHUB_NAME, {"info": {"name": "synthgen"}}, _aihub, records, dataset_dir, out_dir, options)
