"""The pickles of Open-OCR-Engine: characters for its detector, labels for its recogniser.

Arrays are pickled as ``numpy.ndarray(shape, dtype, bytes)``, which every version of numpy loads and which names nothing
private; readers here accept that and plain values only.
"""

from __future__ import annotations

import copyreg
import pickle
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np

from synthgen.errors import FormatError
from synthgen.formats.filing import new_binary
from synthgen.formats.metadata import SceneRecord
from synthgen.formats.registry import Entry, ExportReport, WordRecord, register_exporter
from synthgen.formats.synthtext import KIND, placed_truths
from synthgen.formats.word_lists import word_path, write_word_picture

DETECTOR_NAME = "merged_gt.pkl"
CROPS_NAME = "crop_words_gt.pkl"
RECOGNISER_NAME = "labels.pkl"
MAX_LABEL = 25
# The newest protocol that Python 3.6, where such projects still live, can load.
PROTOCOL = 4


def _reduce_array(array: Any) -> tuple[Any, ...]:
    return np.ndarray, (array.shape, array.dtype.str, bytearray(np.ascontiguousarray(array).tobytes()))


def _dump(value: Any, path: Path) -> None:
    with new_binary(path) as file:
        pickler = pickle.Pickler(file, protocol=PROTOCOL)
        pickler.dispatch_table = copyreg.dispatch_table.copy()
        pickler.dispatch_table[np.ndarray] = _reduce_array
        pickler.dump(value)


class _PlainUnpickler(pickle.Unpickler):
    """Loads arrays and plain values, and no other object."""

    allowed: Mapping[tuple[str, str], Any] = {
        ("numpy", "ndarray"): np.ndarray,
        ("builtins", "bytearray"): bytearray,
    }

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in self.allowed:
            raise pickle.UnpicklingError(f"{module}.{name} is not allowed")
        return self.allowed[module, name]


def _load(path: Path) -> list[Any]:
    try:
        with path.open("rb") as file:
            value = _load_plain(file)
    except (OSError, pickle.UnpicklingError, EOFError, ValueError, TypeError, AttributeError, IndexError) as error:
        raise FormatError(f"{path}: not a pickle of plain values ({type(error).__name__}); export it again.") from error
    if not isinstance(value, list):
        raise FormatError(f"{path}: must be a list; export it again.")
    return value


def _load_plain(file: IO[bytes]) -> Any:
    return _PlainUnpickler(file).load()


def read_detector(folder: Path) -> Iterator[Entry]:
    """Yield the characters of every picture of an exported ``merged_gt.pkl``."""
    path = folder / DETECTOR_NAME
    for page in _load(path):
        texts = tuple("".join(page["txt"]))
        if page["charBB"].shape != (2, 4, len(texts)):
            raise FormatError(f"{path}: {page['fn']}: charBB does not fit txt; export it again.")
        quads = page["charBB"].transpose(2, 1, 0).astype(np.float64)
        yield Entry(page["fn"], texts, quads, (False,) * len(texts), characters=True)


@register_exporter(
    "open-ocr-engine-det",
    "merged_gt.pkl of Open-OCR-Engine: characters of every page",
    source="scenes",
    read=read_detector,
    options=(KIND,),
)
def export_detector(
    records: Iterable[SceneRecord], dataset_dir: Path, out_dir: Path, options: Mapping[str, str]
) -> ExportReport:
    """Write ``merged_gt.pkl``, whose ``txt`` is a list of words, and ``crop_words_gt.pkl``, whose ``txt`` is one text.

    The detector's affinity maps need the list; the program that cuts words out needs the text.
    """
    counts: Counter[str] = Counter(scenes=0, words=0, characters=0)
    dropped: Counter[str] = Counter()
    pages, crops = [], []
    for truth in placed_truths(records, dataset_dir, out_dir, options, dropped):
        words = " ".join(truth.lines).split(" ")
        pages.append({"fn": truth.picture, "charBB": truth.char_bb, "txt": words})
        crops.append({"fn": truth.picture, "charBB": truth.char_bb, "txt": " ".join(words)})
        counts.update(scenes=1, words=len(words), characters=truth.char_bb.shape[2])
    _dump(pages, out_dir / DETECTOR_NAME)
    _dump(crops, out_dir / CROPS_NAME)
    return ExportReport(dict(counts), dict(sorted(dropped.items())), (DETECTOR_NAME, CROPS_NAME))


def read_recogniser(folder: Path) -> Iterator[Entry]:
    """Yield the words of an exported ``labels.pkl``."""
    for name, label in _load(folder / RECOGNISER_NAME):
        yield Entry(name, (label,))


@register_exporter(
    "open-ocr-engine-rec",
    "labels.pkl of Open-OCR-Engine: word pictures and labels of at most 25 characters",
    source="words",
    read=read_recogniser,
)
def export_recogniser(
    records: Iterable[WordRecord], _dataset_dir: Path, out_dir: Path, _options: Mapping[str, str]
) -> ExportReport:
    """Write ``labels.pkl``, a list of (file name, label), and the pictures; longer labels are left out and counted."""
    rows: list[tuple[str, str]] = []
    dropped = 0
    for record in records:
        if len(record.text) > MAX_LABEL:
            dropped += 1
            continue
        rows.append((word_path(record), record.text))
        write_word_picture(record, out_dir, rows[-1][0])
    _dump(rows, out_dir / RECOGNISER_NAME)
    return ExportReport({"words": len(rows)}, {"too_long": dropped} if dropped else {}, (RECOGNISER_NAME,))
