"""SynthText's ``gt.mat``: the form in which CRAFT trainers take characters and words.

MAT version 5 with four (1, n) object arrays: ``imnames`` (path from the folder), ``charBB`` float32 (2, 4, N),
``wordBB`` float32 (2, 4, M), ``txt`` (one string for each line of text, words separated by single spaces). Axis 0 is x,
y; axis 1 the corners clockwise; axis 2 the characters in the order of ``txt``. N equals the number of code points of
``txt`` that are not spaces: trainers assert it.

Corners begin at the glyph's top-left, but in vertical words at the corner from which the first edge runs along the
reading direction, because trainers draw affinity between characters along that edge.

Source: Gupta, Vedaldi, Zisserman, "Synthetic Data for Text Localisation in Natural Images", 2016.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import io
from scipy.io.matlab import MatReadError

from synthgen.errors import FormatError
from synthgen.formats.filing import new_binary, place_file
from synthgen.formats.metadata import SceneRecord
from synthgen.formats.registry import Entry, ExportReport, Option, register_exporter
from synthgen.quads import quad_areas

Float = npt.NDArray[np.float64]

VARIABLES = ("imnames", "charBB", "wordBB", "txt")
# One variable must stay under 4 GiB; a quarter of it also bounds the memory a shard takes.
SHARD_BYTES = 1 << 30
KIND = Option("kind", "cell", ("cell", "ink"), "boxes as high as the line, or tight to the ink")
# A box enlarged by this much must stay inside the picture, or trainers leave its character out.
ENLARGED = 1.5
MIN_AREA_PX2 = 1e-6
FULLY_VISIBLE = 1.0 - 1e-6

# What scipy raises for files that are damaged or of another kind.
_DAMAGED = (MatReadError, OSError, ValueError, TypeError, KeyError, IndexError, NotImplementedError, MemoryError)

# The first 116 bytes of a MAT file are free text, where scipy writes the system and the time of day.
_HEADER = b"MATLAB 5.0 MAT-file, SynthText ground truth by synthgen".ljust(116)


@dataclass(frozen=True, slots=True)
class PageTruth:
    """One picture's entry: ``picture`` path; ``char_bb``, ``word_bb`` float32 (2, 4, N) and (2, 4, M) px; ``lines``."""

    picture: str
    char_bb: npt.NDArray[np.float32]
    word_bb: npt.NDArray[np.float32]
    lines: tuple[str, ...]


def reading_quads(quads: Float, word_quads: Float, vertical: npt.NDArray[np.bool_]) -> Float:
    """Return quads (N, 4, 2) whose first edge runs along the reading direction.

    ``word_quads`` (N, 4, 2) is the quad of each one's word and ``vertical`` (N,) whether it is read downwards. Upright
    glyphs in vertical words get [TR, BR, BL, TL]; glyphs lying on their side already run along and stay.
    """
    down = word_quads[:, 3] - word_quads[:, 0] + word_quads[:, 2] - word_quads[:, 1]
    across, along = quads[:, 1] - quads[:, 0], quads[:, 2] - quads[:, 1]
    # Cosines compared without dividing by lengths that may be zero.
    first = (across * down).sum(axis=1) * np.linalg.norm(along, axis=1)
    second = (along * down).sum(axis=1) * np.linalg.norm(across, axis=1)
    turned = vertical & (second > first)
    return np.where(turned[:, None, None], np.roll(quads, -1, axis=1), quads)


def page_truth(record: SceneRecord, kind: str, dropped: Counter[str]) -> PageTruth | None:
    """Return the scene's entry, or None when no word is left; words left out are counted in ``dropped`` by reason.

    ``kind`` is ``cell`` or ``ink``: which quads are written. A word is left out whole when it is ``ignored``, when one
    of its characters is ``cut`` by the picture's edge, has ``no_area``, stands so near the ``edge`` that its box
    enlarged 1.5 times leaves the picture, or has several ``code_points``.
    """
    characters, words = record.characters, record.words
    quads = characters.cell if kind == "cell" else characters.ink
    keep = np.ones(len(words), dtype=np.bool_)
    for reason, bad in _faults(record, quads).items():
        dropped[reason] += int((keep & bad).sum())
        keep &= ~bad
    if not keep.any():
        dropped["scenes_without_words"] += 1
        return None
    line_words = np.argsort(words.line, kind="stable")
    line_words = line_words[keep[line_words]]
    place = np.full(len(words), -1)
    place[line_words] = np.arange(len(line_words))
    order = np.argsort(place[characters.word], kind="stable")
    order = order[keep[characters.word[order]]]
    vertical = np.array([one == "ttb" for one in words.direction], dtype=np.bool_)
    of_word = characters.word[order]
    char_quads = reading_quads(quads[order], words.quad[of_word], vertical[of_word])
    word_quads = (words.quad if kind == "cell" else words.ink)[line_words]
    word_quads = reading_quads(word_quads, words.quad[line_words], vertical[line_words])
    texts: dict[int, list[str]] = {}
    for i in line_words.tolist():
        texts.setdefault(int(words.line[i]), []).append(words.text[i])
    return PageTruth(
        record.file_name,
        np.ascontiguousarray(char_quads.transpose(2, 1, 0), dtype=np.float32),
        np.ascontiguousarray(word_quads.transpose(2, 1, 0), dtype=np.float32),
        tuple(" ".join(parts) for parts in texts.values()),
    )


def placed_truths(
    records: Iterable[SceneRecord], dataset_dir: Path, out_dir: Path, options: Mapping[str, str], dropped: Counter[str]
) -> Iterator[PageTruth]:
    """Yield the entry of each scene that has one, its picture placed in ``out_dir``; see :func:`page_truth`."""
    for record in records:
        truth = page_truth(record, options["kind"], dropped)
        if truth is not None:
            place_file(dataset_dir / record.file_name, out_dir / record.file_name)
            yield truth


def _faults(record: SceneRecord, quads: Float) -> dict[str, npt.NDArray[np.bool_]]:
    """Return for each reason which words (M,) it strikes."""
    characters, words = record.characters, record.words
    centres = quads.mean(axis=1, keepdims=True)
    enlarged = centres + ENLARGED * (quads - centres)
    beyond = ((enlarged < 0) | (enlarged > np.array(record.size))).any(axis=(1, 2))
    long = np.array([len(text) != 1 for text in characters.text], dtype=np.bool_)

    def words_with(bad: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        return np.bincount(characters.word[bad], minlength=len(words)) > 0

    return {
        "ignored": words.ignored | (np.bincount(characters.word, minlength=len(words)) == 0),
        "cut": words_with(characters.visible < FULLY_VISIBLE),
        "no_area": words_with(np.abs(quad_areas(quads)) < MIN_AREA_PX2),
        "edge": words_with(beyond),
        "code_points": words_with(long),
    }


def read_synthtext(folder: Path) -> Iterator[Entry]:
    """Yield what every ``gt*.mat`` in ``folder`` says, one Entry of characters a picture, in reading order."""
    for truth in read_truth(folder):
        texts = tuple(character for line in truth.lines for character in line if character != " ")
        quads = truth.char_bb.transpose(2, 1, 0).astype(np.float64)
        yield Entry(truth.picture, texts, quads, (False,) * len(texts), characters=True)


def read_truth(folder: Path) -> Iterator[PageTruth]:
    """Yield the pages of every ``gt*.mat`` in ``folder``; FormatError when one is not in SynthText's form."""
    for path in sorted(folder.glob("gt*.mat")):
        try:
            stored = io.loadmat(path)
        except _DAMAGED as error:
            raise FormatError(f"{path}: not a MAT 5 file ({type(error).__name__}); export it again.") from error
        if not all(name in stored and stored[name].ndim == 2 for name in VARIABLES):
            raise FormatError(f"{path}: must hold {', '.join(VARIABLES)} as (1, n) arrays; export it again.")
        for name, characters, words, lines in zip(*(stored[one][0] for one in VARIABLES), strict=True):
            texts = tuple(line.rstrip(" ") for line in lines.tolist())
            if characters.shape != (2, 4, sum(len(text.replace(" ", "")) for text in texts)):
                raise FormatError(f"{path}: {name[0]}: charBB {characters.shape} does not fit txt; export it again.")
            yield PageTruth(str(name[0]), characters, words, texts)


def write_mat(path: Path, pages: list[PageTruth]) -> None:
    """Write one ``gt.mat``: its bytes follow from the pages alone."""
    columns: dict[str, Any] = {name: np.empty((1, len(pages)), dtype=object) for name in VARIABLES}
    for i, page in enumerate(pages):
        columns["imnames"][0, i] = page.picture
        columns["charBB"][0, i] = page.char_bb
        columns["wordBB"][0, i] = page.word_bb
        columns["txt"][0, i] = np.array(page.lines)
    with new_binary(path) as file:
        io.savemat(file, columns, format="5", do_compression=False)
        file.seek(0)
        file.write(_HEADER)


@register_exporter(
    "synthtext",
    "gt.mat of SynthText for CRAFT trainers: characters and words of every page",
    source="scenes",
    read=read_synthtext,
    options=(
        KIND,
        Option("shard_scenes", "100000", (), "scenes in one gt.mat at most"),
    ),
)
def export_synthtext(
    records: Iterable[SceneRecord], dataset_dir: Path, out_dir: Path, options: Mapping[str, str]
) -> ExportReport:
    """Write ``gt.mat``, or ``gt-00000.mat`` and so on when one would grow too large, with the pictures beside it."""
    limit = int(options["shard_scenes"])
    counts: Counter[str] = Counter(scenes=0, words=0, characters=0)
    dropped: Counter[str] = Counter()
    pages: list[PageTruth] = []
    paths: list[Path] = []
    size = 0

    def flush() -> None:
        paths.append(out_dir / f"gt-{len(paths):05d}.mat")
        write_mat(paths[-1], pages)
        pages.clear()

    for truth in placed_truths(records, dataset_dir, out_dir, options, dropped):
        if pages and (len(pages) >= limit or size + truth.char_bb.nbytes > SHARD_BYTES):
            flush()
            size = 0
        pages.append(truth)
        size += truth.char_bb.nbytes
        counts.update(scenes=1, words=truth.word_bb.shape[2], characters=truth.char_bb.shape[2])
    if pages or not paths:
        flush()
    if len(paths) == 1:
        paths = [paths[0].rename(out_dir / "gt.mat")]
    return ExportReport(dict(counts), dict(sorted(dropped.items())), tuple(path.name for path in paths))
