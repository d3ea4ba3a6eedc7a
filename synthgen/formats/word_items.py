"""The words of a scene as word-level formats take them: which are written, which are marked as not to be learned.

A word no character of which is in the picture is left out. One that the picture's edge cuts, or that the scene
ignores, keeps its place but is marked: its text is not what can be read there. Words with commas, which some readers
cut, are kept, left out or marked as the user says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from synthgen.errors import FormatError
from synthgen.formats.filing import place_file
from synthgen.formats.metadata import SceneRecord
from synthgen.formats.registry import Entry, ExportReport, Option

DONT_CARE = "###"
FULLY_VISIBLE = 1.0 - 1e-6
KIND = Option("kind", "cell", ("cell", "ink"), "quads as high as the line, or tight to the ink")


@dataclass(frozen=True, slots=True)
class Tally:
    """What an export did so far: ``counts`` of things written, ``dropped`` words by reason."""

    counts: Counter[str] = field(default_factory=lambda: Counter(scenes=0, words=0, ignored=0))
    dropped: Counter[str] = field(default_factory=Counter)

    def report(self, *files: str) -> ExportReport:
        """Return the report of the export, whose index is in ``files``."""
        return ExportReport(dict(self.counts), dict(sorted(self.dropped.items())), files)


@dataclass(frozen=True, slots=True)
class FiledWord:
    """A word to be written: ``text``; ``quad`` float64 (4, 2) px in the image; whether it is ``ignored``.

    ``polygon`` (K, 2) px is its outline where the word is bent, else its quad.
    """

    text: str
    quad: npt.NDArray[np.float64]
    ignored: bool
    polygon: npt.NDArray[np.float64]

    @property
    def transcription(self) -> str:
        """The text, or ``###`` for a word that must not be learned."""
        return DONT_CARE if self.ignored else self.text

    @property
    def box(self) -> tuple[int, int, int, int]:
        """The whole-pixel box x, y, width, height around the quad."""
        low, high = np.floor(self.quad.min(axis=0)), np.ceil(self.quad.max(axis=0))
        return int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1])


def commas_option(default: str) -> Option:
    """Return the option that says what becomes of words with a comma."""
    return Option("commas", default, ("keep", "drop", "ignore"), "words with a comma: as they are, left out, or ###")


def placed_pages(
    records: Iterable[SceneRecord], dataset_dir: Path, out_dir: Path, options: Mapping[str, str], tally: Tally
) -> Iterator[tuple[SceneRecord, list[FiledWord]]]:
    """Yield each scene and its words as :func:`filed_words`, its picture placed in ``out_dir`` under its own name."""
    for record in records:
        place_file(dataset_dir / record.file_name, out_dir / record.file_name)
        yield record, filed_words(record, options, tally)


def filed_words(record: SceneRecord, options: Mapping[str, str], tally: Tally) -> list[FiledWord]:
    """Return the scene's words in reading order and count them in ``tally``.

    Option ``kind`` is ``cell`` or ``ink``, ``commas`` is ``keep``, ``drop`` or ``ignore``.
    """
    kind, commas, counts, dropped = options["kind"], options["commas"], tally.counts, tally.dropped
    words, characters = record.words, record.characters
    least = np.full(len(words), 1.0)
    most = np.zeros(len(words))
    np.minimum.at(least, characters.word, characters.visible)
    np.maximum.at(most, characters.word, characters.visible)
    quads = words.quad if kind == "cell" else words.ink
    filed: list[FiledWord] = []
    for i, text in enumerate(words.text):
        if most[i] <= 0:
            dropped["outside"] += 1
            continue
        if "," in text and commas == "drop":
            dropped["comma"] += 1
            continue
        ignored = bool(words.ignored[i] or least[i] < FULLY_VISIBLE or ("," in text and commas == "ignore"))
        counts["ignored" if ignored else "words"] += 1
        polygon = words.outline[i] if words.outline and kind == "cell" else quads[i]
        filed.append(FiledWord(text, quads[i], ignored, polygon))
    counts["scenes"] += 1
    return filed


def word_entry(picture: str, rows: list[tuple[str, list[float]]]) -> Entry:
    """Return the Entry of a picture from rows of (text, eight numbers); ``###`` is an ignored word."""
    quads = np.array([numbers for _, numbers in rows], dtype=np.float64).reshape(-1, 4, 2)
    texts = tuple(text for text, _ in rows)
    return Entry(picture, texts, quads, tuple(text == DONT_CARE for text in texts))


def malformed(where: str, rule: str) -> FormatError:
    """Return the error for a row of an exported file that is not in its format."""
    return FormatError(f"{where}: {rule}; export it again.")
