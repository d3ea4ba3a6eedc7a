"""Line pictures for Tesseract's LSTM training (tesstrain): ``.png``, ``.gt.txt`` and, written last, ``.box``.

A box row is ``<character> left bottom right top 0`` in whole px, origin at the bottom left; a space is a row that
begins with a space; the line ends with a row that begins with a tab. Lines are cut upright out of their page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from synthgen.formats.filing import new_binary, read_stored
from synthgen.formats.metadata import SceneRecord
from synthgen.formats.pictures import decode, encode
from synthgen.formats.registry import Entry, ExportReport, register_exporter
from synthgen.formats.word_items import FULLY_VISIBLE, KIND, malformed
from synthgen.geometry import Homography

MARGIN_PX = 4.0
MIN_SIDE_PX = 6.0

Float = npt.NDArray[np.float64]


def line_map(quad: Float) -> tuple[Homography, tuple[int, int]]:
    """Return the map from the page to the upright line of ``quad`` (4, 2), and the line picture's (width, height)."""
    edges = np.linalg.norm(np.roll(quad, -1, axis=0) - quad, axis=1)
    width, height = (edges[0] + edges[2]) / 2, (edges[1] + edges[3]) / 2
    m = MARGIN_PX
    target = np.array([[m, m], [m + width, m], [m + width, m + height], [m, m + height]])
    return Homography.from_quads(quad, target), (round(width + 2 * m), round(height + 2 * m))


def box_rows(text: str, quads: Float, size: tuple[int, int]) -> list[str]:
    """Return the rows of a box file for ``text``; ``quads`` (N, 4, 2) has no entry for its spaces."""
    width, height = size
    limit = np.array([width, height])
    low = np.clip(np.floor(quads.min(axis=1)), 0, limit - 1).astype(int)
    high = np.clip(np.ceil(quads.max(axis=1)), low + 1, limit).astype(int)
    rows, at = [], 0
    for character in text:
        if character == " ":
            left, right = sorted((int(high[at - 1, 0]), int(low[at, 0])))
            top, bottom = min(low[at - 1, 1], low[at, 1]), max(high[at - 1, 1], high[at, 1])
            box = (left, top, max(right, left + 1), bottom)
        else:
            box = (int(low[at, 0]), low[at, 1], int(high[at, 0]), high[at, 1])
            at += 1
        rows.append(f"{character} {box[0]} {height - box[3]} {box[2]} {height - box[1]} 0\n")
    rows.append(f"\t {width} {height} {width + 1} {height + 1} 0\n")
    return rows


def _fault(record: SceneRecord, line: int, members: npt.NDArray[np.int64]) -> str:
    """Return why a line is left out, or nothing."""
    if record.lines.direction[line] != "ltr":
        return "vertical"
    if record.words.ignored[record.words.line == line].any():
        return "ignored"
    if not len(members) or (record.characters.visible[members] < FULLY_VISIBLE).any():
        return "cut"
    if any(len(record.characters.text[i]) != 1 for i in members):
        return "code_points"
    quad = record.lines.quad[line]
    return "too_small" if np.linalg.norm(np.roll(quad, -1, axis=0) - quad, axis=1).min() < MIN_SIDE_PX else ""


def read_tesseract(folder: Path) -> Iterator[Entry]:
    """Yield the characters of every line; quads are the boxes, y downwards again."""
    for path in sorted(folder.glob("*/*.box")):
        picture = path.with_suffix(".png")
        height = decode(picture.read_bytes()).shape[0]
        texts, quads = [], []
        rows = path.read_text(encoding="utf-8").split("\n")[:-1]
        if not rows or not rows[-1].startswith("\t"):
            raise malformed(str(path), "must end with a row that begins with a tab")
        for number, row in enumerate(rows[:-1], start=1):
            try:
                left, bottom, right, top, _ = map(int, row[2:].split(" "))
            except ValueError:
                raise malformed(f"{path}:{number}", "must be a character and five whole numbers") from None
            if row[0] != " ":
                texts.append(row[0])
                up, down = height - top, height - bottom
                quads.append([[left, up], [right, up], [right, down], [left, down]])
        spelled = path.with_suffix(".gt.txt").read_text(encoding="utf-8").rstrip("\n")
        if spelled != "".join(row[0] for row in rows[:-1]):
            raise malformed(str(path), "must spell what its .gt.txt says")
        name = picture.relative_to(folder).as_posix()
        yield Entry(name, tuple(texts), np.array(quads, dtype=np.float64), (False,) * len(texts), characters=True)


@register_exporter(
    "tesseract",
    "line pictures with .gt.txt and .box for tesstrain",
    source="scenes",
    read=read_tesseract,
    options=(KIND,),
)
def export_tesseract(
    records: Iterable[SceneRecord], dataset_dir: Path, out_dir: Path, options: Mapping[str, str]
) -> ExportReport:
    """Write three files for every horizontal line that can be read whole, in a folder for each page."""
    counts: Counter[str] = Counter(lines=0, characters=0)
    dropped: Counter[str] = Counter()
    for record in records:
        page = None
        folder = out_dir / f"{record.index:09d}"
        for line, text in enumerate(record.lines.text):
            members = np.flatnonzero(record.characters.line == line)
            if reason := _fault(record, line, members):
                dropped[reason] += 1
                continue
            if page is None:
                page = decode(read_stored(dataset_dir / record.file_name))
                folder.mkdir()
            upright, size = line_map(record.lines.quad[line])
            quads = (record.characters.cell if options["kind"] == "cell" else record.characters.ink)[members]
            base = folder / f"{record.index:09d}_{line:04d}"
            parts = (
                (".png", encode(upright.warp(page, size), "png", 100)),
                (".gt.txt", (text + "\n").encode()),
                # Last, because a training run starts from the box files it finds.
                (".box", "".join(box_rows(text, upright.forward(quads), size)).encode()),
            )
            for suffix, data in parts:
                with new_binary(base.with_name(base.name + suffix)) as file:
                    file.write(data)
            counts.update(lines=1, characters=len(members))
    return ExportReport(dict(counts), dict(sorted(dropped.items())), ())
