"""How often each character was drawn in each face: counted in shards, summed for the dataset.

What counts is what can be learned from: characters that are visible to the recipe's ``output.min_visible`` at least, in
words that are not marked as ignored.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from synthgen.errors import FormatError
from synthgen.formats.metadata import SceneRecord
from synthgen.scene import Scene

COVERAGE_NAME = "coverage.json"

# How many characters wait to be counted at most.
_WAITING_CHARACTERS = 100_000


class Usage:
    """Counts by face and character of some samples."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = {}
        # Many are counted as fast as few.
        self._waiting: dict[str, list[str]] = {}
        self._waiting_characters = 0

    def add(self, scene: Scene | SceneRecord, min_visible: float) -> None:
        """Count a scene's characters."""
        for face, text in scene.drawn(min_visible):
            self._waiting.setdefault(face, []).extend(text)
            self._waiting_characters += len(text)
        if self._waiting_characters >= _WAITING_CHARACTERS:
            self._count()

    def _count(self) -> None:
        for face, texts in self._waiting.items():
            self._counts.setdefault(face, Counter()).update(texts)
        self._waiting, self._waiting_characters = {}, 0

    def to_table(self) -> dict[str, list[Any]]:
        """Return the counts as a sidecar holds them: ``{face: [characters, [count, ...]]}``, both sorted."""
        self._count()
        rows = {face: sorted(counts.items()) for face, counts in sorted(self._counts.items()) if counts}
        return {face: ["".join(text for text, _ in row), [count for _, count in row]] for face, row in rows.items()}


def usage_rows(table: Any) -> Iterator[tuple[str, str, list[int]]]:
    """Yield (face, characters, counts) of a sidecar's table; ValueError when it is none."""
    if not isinstance(table, Mapping):
        raise ValueError("usage: must be an object")
    for face, row in table.items():
        texts, counts = row if isinstance(row, list) and len(row) == 2 else ("", None)
        if not isinstance(texts, str) or not isinstance(counts, list) or len(texts) != len(counts):
            raise ValueError(f"usage: {face[:40]!a}: must be characters and as many counts")
        if not all(type(count) is int and 0 < count < 1 << 40 for count in counts):
            raise ValueError(f"usage: {face[:40]!a}: must be counts")
        yield face, texts, counts


class UsageTotals:
    """The sum over shards: ``counts`` int64 (faces, characters), both in the plan's order."""

    def __init__(self, faces: Iterable[str], characters: str) -> None:
        self.faces, self.characters = tuple(faces), characters
        self.counts: npt.NDArray[np.int64] = np.zeros((len(self.faces), len(characters)), np.int64)
        self._row = {face: at for at, face in enumerate(self.faces)}
        self._column = {character: at for at, character in enumerate(characters)}

    def add(self, table: Any) -> None:
        """Add a sidecar's table; ValueError when it is none, KeyError for another face or character than the plan's."""
        for face, texts, counts in usage_rows(table):
            self.counts[self._row[face], [self._column[text] for text in texts]] += np.array(counts, np.int64)

    def per_character(self) -> npt.NDArray[np.int64]:
        """Return the counts (characters,) over all faces."""
        return np.asarray(self.counts.sum(axis=0), dtype=np.int64)

    def summary(self) -> dict[str, Any]:
        """Return the manifest's part: characters ``drawn``, how many of the charset were ``seen``, the ``least`` count.

        The least count of a face is that among those of its characters that were seen.
        """
        whole = self.per_character()
        return {
            "drawn": int(whole.sum()),
            "seen": int((whole > 0).sum()),
            "least": int(whole.min(initial=np.iinfo(np.int64).max)) if len(whole) else 0,
            "faces": {
                face: {"drawn": int(row.sum()), "seen": int((row > 0).sum()), "least": int(row[row > 0].min())}
                for face, row in zip(self.faces, self.counts, strict=True)
                if row.any()
            },
        }

    def coverage(self) -> str:
        """Return the text of ``coverage.json``: how often each character of the charset was drawn."""
        counts = dict(zip(self.characters, self.per_character().tolist(), strict=True))
        # A line for each, by the separator: json's own indentation is thirty times slower.
        rows = json.dumps(counts, ensure_ascii=False, separators=(",\n", ": "))
        return f'{{\n"counts": {{\n{rows[1:-1]}\n}}\n}}\n'


def read_coverage(data: bytes, where: str) -> dict[str, int]:
    """Return the counts by character of a ``coverage.json``; FormatError when it is malformed."""
    try:
        counts = json.loads(data)["counts"]
        if not all(type(count) is int and count >= 0 for count in counts.values()):
            raise ValueError("counts")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise FormatError(f"{where}: damaged; run synthgen verify, or assemble the dataset again.") from None
    return dict(counts)
