"""Text files of word quads, one row a word: ICDAR 2015, DB (MhLiao) and Korean-Light-OCR (jenti).

All hold ``x1,y1,x2,y2,x3,y3,x4,y4,text``, clockwise from the glyph's top-left, in whole px, UTF-8. They differ in where
files lie and in what their readers make of a comma in the text: ICDAR's keep it, DB's keep what follows the last one,
jenti's what precedes the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from synthgen.formats.filing import new_text, place_file
from synthgen.formats.metadata import SceneRecord
from synthgen.formats.registry import Entry, ExportReport, SceneRun, register_exporter
from synthgen.formats.word_items import KIND, Tally, commas_option, filed_words, malformed, word_entry


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where one of the formats puts things: folders of pictures and texts, a text's name, the separator."""

    pictures: str
    texts: str
    text_name: Callable[[str], str]
    separator: str
    listing: str = ""


ICDAR15 = _Layout("images", "gt", lambda picture: f"gt_{Path(picture).stem}.txt", ",")
DB = _Layout("train_images", "train_gts", lambda picture: f"{picture}.txt", ",", "train_list.txt")
JENTI = _Layout("", "", lambda picture: f"{Path(picture).stem}.txt", ", ")


def _write(
    layout: _Layout, records: Iterable[SceneRecord], dataset_dir: Path, out_dir: Path, options: Mapping[str, str]
) -> ExportReport:
    tally = Tally()
    (out_dir / layout.texts).mkdir(exist_ok=True)
    names: list[str] = []
    for number, record in enumerate(records, start=1):
        picture = f"img_{number}{Path(record.file_name).suffix}"
        place_file(dataset_dir / record.file_name, out_dir / layout.pictures / picture)
        rows = []
        for word in filed_words(record, options, tally):
            numbers = np.rint(word.quad).astype(int).ravel().tolist()
            rows.append(layout.separator.join([*map(str, numbers), word.transcription]) + "\n")
        path = out_dir / layout.texts / layout.text_name(picture)
        path.write_text("".join(rows), encoding="utf-8", newline="\n")
        if layout.listing:
            names.append(picture + "\n")
    if layout.listing:
        with new_text(out_dir / layout.listing) as file:
            file.writelines(names)
    return tally.report(*((layout.listing,) if layout.listing else ()))


def _read(layout: _Layout, folder: Path) -> Iterator[Entry]:
    pictures = [one for one in (folder / layout.pictures).iterdir() if one.suffix not in ("", ".txt")]
    for picture in sorted(pictures, key=lambda one: (len(one.name), one.name)):
        path = folder / layout.texts / layout.text_name(picture.name)
        rows = []
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n")[:-1], start=1):
            parts = line.split(layout.separator.strip(), 8 if layout is ICDAR15 else -1)
            try:
                numbers = [float(int(one)) for one in parts[:8]]
            except ValueError:
                raise malformed(f"{path}:{number}", "must begin with eight whole numbers") from None
            if len(parts) < 9:
                raise malformed(f"{path}:{number}", "must have eight numbers and a text")
            rows.append((parts[-1] if layout is DB else parts[8].strip(), numbers))
        yield word_entry(picture.relative_to(folder).as_posix(), rows)


def _register(name: str, description: str, layout: _Layout, commas: str) -> None:
    def run(
        records: Iterable[SceneRecord], dataset_dir: Path, out_dir: Path, options: Mapping[str, str]
    ) -> ExportReport:
        return _write(layout, records, dataset_dir, out_dir, options)

    def read(folder: Path) -> Iterator[Entry]:
        return _read(layout, folder)

    writer: SceneRun = run
    register_exporter(name, description, source="scenes", read=read, options=(KIND, commas_option(commas)))(writer)


_register("icdar15", "gt_img_N.txt of ICDAR 2015: word quads", ICDAR15, "keep")
_register("db", "train_list.txt, train_images, train_gts of MhLiao's DB: word quads", DB, "ignore")
_register("jenti", "one text file beside each picture, as Korean-Light-OCR reads: word quads", JENTI, "ignore")
