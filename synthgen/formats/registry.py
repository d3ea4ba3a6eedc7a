"""The formats a dataset can be exported to, by name.

An exporter turns the scenes, or the word pictures, of one split into the files some other program reads, in a folder
of its own; beside it stands its reader. Built-in ones are registered the same way as those of third parties, who name
a module that registers them under the entry-point group ``synthgen.exporters``.

Who calls whom: :func:`export` opens the dataset, makes a temporary folder for each split, hands the split's records to
``Exporter.run`` and renames the folder when it returns. ``run`` writes every file anew inside the folder it is given.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path

import numpy as np
import numpy.typing as npt

from synthgen.errors import OutputError, UsageError, did_you_mean
from synthgen.formats.dataset import Dataset, open_dataset
from synthgen.formats.filing import new_folder, refuse_existing
from synthgen.formats.metadata import SceneRecord

ENTRY_POINT_GROUP = "synthgen.exporters"
BUILT_IN = (
    "synthgen.formats.synthtext",
    "synthgen.formats.open_ocr_engine",
    "synthgen.formats.keras_ocr",
    "synthgen.formats.word_polygons",
    "synthgen.formats.word_lists",
    "synthgen.formats.annotations_json",
    "synthgen.formats.tesseract",
    "synthgen.formats.webdataset",
)


@dataclass(frozen=True, slots=True)
class WordRecord:
    """A word's picture: ``image`` the encoded bytes, ``text`` its label, ``number`` its place, counted from 0."""

    image: bytes
    text: str
    number: int


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of an exporter: one of ``choices``, or a whole number from 1 when there are none."""

    name: str
    default: str
    choices: tuple[str, ...]
    description: str


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What an export did: ``counts`` of things written, ``dropped`` words or scenes by reason, index ``files``."""

    counts: Mapping[str, int]
    dropped: Mapping[str, int]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a reader finds for one picture: its path from the folder, the texts, their quads, which are ignored.

    ``quads`` float64 (N, 4, 2) px, or (0, 4, 2) where the format has none; ``characters`` says whether ``texts`` are
    characters rather than words.
    """

    picture: str
    texts: tuple[str, ...]
    quads: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 4, 2)))
    ignored: tuple[bool, ...] = ()
    characters: bool = False


SceneRun = Callable[[Iterable[SceneRecord], Path, Path, Mapping[str, str]], ExportReport]
WordRun = Callable[[Iterable[WordRecord], Path, Path, Mapping[str, str]], ExportReport]
Read = Callable[[Path], Iterator[Entry]]


@dataclass(frozen=True, slots=True)
class Exporter:
    """A format: ``run(records, dataset_dir, out_dir, options)`` writes it, ``read(out_dir)`` reads it back.

    ``source`` says what the records are: ``scenes`` (SceneRecord) or ``words`` (WordRecord). ``options`` handed to
    ``run`` are complete and valid.
    """

    name: str
    description: str
    source: str
    options: tuple[Option, ...]
    run: SceneRun | WordRun
    read: Read

    def resolve(self, options: Mapping[str, str]) -> dict[str, str]:
        """Return all options with defaults filled in; UsageError for an unknown name or value."""
        known = {one.name: one for one in self.options}
        for name, value in options.items():
            if name not in known:
                raise UsageError(f"option {name!r}: {self.name} has none such.{did_you_mean(name, known)}")
            choices = known[name].choices
            if choices and value not in choices:
                raise UsageError(f"option {name}={value!r}: must be one of {', '.join(choices)}.")
            if not choices and not (value.isascii() and value.isdigit() and int(value[:18]) >= 1 and len(value) < 18):
                raise UsageError(f"option {name}={value[:40]!r}: must be a whole number from 1.")
        return {name: options.get(name, one.default) for name, one in known.items()}


EXPORTERS: dict[str, Exporter] = {}
_loaded: list[str] = []


def register_exporter(
    name: str, description: str, *, source: str, read: Read, options: tuple[Option, ...] = ()
) -> Callable[[SceneRun | WordRun], SceneRun | WordRun]:
    """Return a decorator that registers the decorated ``run`` under ``name``; ValueError when the name is taken."""
    if source not in ("scenes", "words"):
        raise ValueError(f"source {source!r}: must be scenes or words.")

    def register(run: SceneRun | WordRun) -> SceneRun | WordRun:
        if name in EXPORTERS:
            raise ValueError(f"exporter {name!r}: registered already; choose another name.")
        EXPORTERS[name] = Exporter(name, description, source, options, run, read)
        return run

    return register


def exporters() -> Mapping[str, Exporter]:
    """Return all exporters by name, sorted, those of installed third parties included."""
    if not _loaded:
        for module in BUILT_IN:
            importlib.import_module(module)
        for point in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda one: one.name):
            point.load()
        _loaded.append(ENTRY_POINT_GROUP)
    return dict(sorted(EXPORTERS.items()))


def find_exporter(name: str) -> Exporter:
    """Return the exporter of that name; UsageError with the nearest known name otherwise."""
    known = exporters()
    if name not in known:
        raise UsageError(f"format {name!r}: unknown.{did_you_mean(name, known)}")
    return known[name]


def export(
    dataset_dir: Path, *, to: str, out: Path, options: Mapping[str, str] | None = None
) -> dict[str, ExportReport]:
    """Export every split of a dataset that holds what the format needs to ``out/<split>``; return reports by split.

    Word formats write ``out/<split>`` for horizontal words and ``out/<split>_vertical`` for vertical ones. FormatError
    when ``dataset_dir`` is not a dataset; UsageError for an unknown format or option, or when there is nothing to
    export; OutputError when a target exists.
    """
    exporter = find_exporter(to)
    resolved = exporter.resolve(options or {})
    dataset = open_dataset(dataset_dir)
    jobs = list(_jobs(exporter, dataset))
    if not jobs:
        raise UsageError(f"{dataset_dir}: has no {exporter.source} to export; make a dataset that has.")
    if Path(out).resolve().is_relative_to(Path(dataset_dir).resolve()):
        raise OutputError(f"{out}: lies inside the dataset, which is never changed; name another folder.")
    for name, _ in jobs:
        refuse_existing(out / name)
    reports: dict[str, ExportReport] = {}
    for name, records in jobs:
        with new_folder(out / name) as temporary:
            # The records' kind follows from the exporter's source, which the type checker cannot see.
            reports[name] = exporter.run(records(), dataset.folder, temporary, resolved)  # type: ignore[arg-type]
    return reports


def _jobs(
    exporter: Exporter, dataset: Dataset
) -> Iterator[tuple[str, Callable[[], Iterable[SceneRecord] | Iterable[WordRecord]]]]:
    for split, counts in dataset.splits.items():
        if exporter.source == "scenes":
            if counts["scenes"]:
                yield split, lambda split=split: dataset.records(split)  # type: ignore[misc]
            continue
        for count, direction, suffix in (("words", "ltr", ""), ("words_vertical", "ttb", "_vertical")):
            if counts[count]:
                yield split + suffix, lambda split=split, way=direction: _word_records(dataset, split, way)  # type: ignore[misc]


def _word_records(dataset: Dataset, split: str, direction: str) -> Iterator[WordRecord]:
    with dataset.words(split, direction) as reader:
        for number, (image, text) in enumerate(reader):
            yield WordRecord(image, text, number)
