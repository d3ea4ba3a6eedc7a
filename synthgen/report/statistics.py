"""A dataset in figures: characters, eojeol, marks, faces, sizes, contrast, angles; counted in one pass.

Scenes are read from their metadata; the words of a dataset without scenes from its LMDBs' labels. What is kept grows
with the charset and the number of faces, never with the dataset. Like the run's own coverage, characters that are cut
or stand in ignored words do not count; of eojeol every one that is not ignored does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from synthgen.camera.legibility import em_heights
from synthgen.formats.dataset import WORD_FOLDERS, Dataset
from synthgen.formats.metadata import SceneRecord
from synthgen.formats.pictures import picture_size
from synthgen.report.tables import table
from synthgen.scene import Words

# Shares of eojeol of 1, 2, 3, 4, 5 and at least 6 syllables in real running Korean, and of marks in or at eojeol.
LENGTH_TARGETS = (0.12, 0.31, 0.30, 0.16, 0.09, 0.02)
MEAN_TARGET = (2.75, 3.0)
MARK_TARGETS: dict[str, tuple[float, float]] = {
    "full stop": (0.07, 0.08),
    "comma": (0.03, 0.03),
    "quotes or brackets": (0.03, 0.05),
    "digits": (0.03, 0.06),
    "Latin": (0.0, 0.08),
}
# Blocks whose text runs on, which is what the targets were measured on.
RUNNING = ("body",)
SHOWN_CHARACTERS = 24
SHOWN_FACES = 40
# A dataset may have any number of presets' names in it; a damaged one shall not fill the memory.
MOST_NAMES = 10_000

_QUOTES = frozenset("\"'“”‘’()[]{}「」『』〈〉《》【】〔〕")
_CLOSING = "\"'”’)]}」』〉》】〕"


@dataclass(slots=True)
class Histogram:
    """Counts in equal bins ``step`` wide from ``low`` on; what lies outside is counted in the first or the last."""

    low: float
    step: float
    bins: npt.NDArray[np.int64]
    total: float = 0.0

    @classmethod
    def of(cls, low: float, high: float, step: float) -> Histogram:
        """Return an empty histogram from ``low`` to ``high``."""
        return cls(low, step, np.zeros(round((high - low) / step), np.int64))

    def add(self, values: npt.ArrayLike) -> None:
        """Count values."""
        flat = np.asarray(values, dtype=np.float64).reshape(-1)
        at = np.clip(np.floor((flat - self.low) / self.step), 0, len(self.bins) - 1).astype(np.int64)
        self.bins += np.bincount(at, minlength=len(self.bins))
        self.total += float(flat.sum())

    @property
    def n(self) -> int:
        """How many values were counted."""
        return int(self.bins.sum())

    def quantile(self, share: float) -> float:
        """Return the value below which ``share`` of the values lie, to within half a bin; 0 without values."""
        if not self.n:
            return 0.0
        at = int(np.searchsorted(np.cumsum(self.bins), share * self.n))
        return self.low + (min(at, len(self.bins) - 1) + 0.5) * self.step

    def to_mapping(self) -> dict[str, Any]:
        """Return plain values: count, mean, quantiles, and the bins that are not empty by their lower end."""
        quantiles = {f"p{round(100 * share)}": round(self.quantile(share), 3) for share in (0.01, 0.1, 0.5, 0.9, 0.99)}
        bins = {f"{self.low + at * self.step:g}": int(self.bins[at]) for at in np.flatnonzero(self.bins).tolist()}
        return {"n": self.n, "mean": round(self.total / self.n, 3) if self.n else 0.0, **quantiles, "bins": bins}


@dataclass(slots=True)
class Eojeol:
    """Eojeol by length in syllables (1 to 6, the last for more), and how many bear which marks.

    ``lengths`` are of the purely Hangul ones, marks around them aside; ``marks`` counts among all ``n``.
    """

    n: int = 0
    hangul: int = 0
    syllables: int = 0
    lengths: list[int] = field(default_factory=lambda: [0] * len(LENGTH_TARGETS))
    marks: dict[str, int] = field(default_factory=lambda: dict.fromkeys(MARK_TARGETS, 0))

    def add(self, text: str) -> None:
        """Count one eojeol."""
        self.n += 1
        letters = [char for char in text if char.isalnum()]
        if letters and all("가" <= char <= "힣" for char in letters):
            self.hangul += 1
            self.syllables += len(letters)
            self.lengths[min(len(letters), len(self.lengths)) - 1] += 1
        found = {
            "full stop": text.rstrip(_CLOSING).endswith("."),
            "comma": "," in text.rstrip(_CLOSING)[-1:],
            "quotes or brackets": not _QUOTES.isdisjoint(text),
            "digits": any("0" <= char <= "9" for char in text),
            "Latin": any(char.isascii() and char.isalpha() for char in text),
        }
        for name, there in found.items():
            self.marks[name] += there

    def length_shares(self) -> list[float]:
        """Return the shares of the lengths."""
        return [count / self.hangul if self.hangul else 0.0 for count in self.lengths]

    def mean(self) -> float:
        """Return the mean length in syllables."""
        return self.syllables / self.hangul if self.hangul else 0.0

    def mark_shares(self) -> dict[str, float]:
        """Return the shares of eojeol with each mark."""
        return {name: count / self.n if self.n else 0.0 for name, count in self.marks.items()}

    def to_mapping(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "n": self.n,
            "hangul": self.hangul,
            "lengths": [round(share, 5) for share in self.length_shares()],
            "mean": round(self.mean(), 4),
            "marks": {name: round(share, 5) for name, share in self.mark_shares().items()},
        }


@dataclass(slots=True)
class Statistics:
    """What was counted in a dataset; sizes are px of the picture, angles degrees counter-clockwise as seen.

    ``source`` is ``scenes`` or ``words``; of words alone neither faces, contrast nor angles are stored.
    """

    source: str
    charset: tuple[str, ...]
    min_visible: float = 1.0
    scenes: int = 0
    ignored: int = 0
    characters: Counter[str] = field(default_factory=Counter)
    faces: Counter[str] = field(default_factory=Counter)
    presets: Counter[str] = field(default_factory=Counter)
    genres: Counter[str] = field(default_factory=Counter)
    roles: Counter[str] = field(default_factory=Counter)
    directions: Counter[str] = field(default_factory=Counter)
    every: Eojeol = field(default_factory=Eojeol)
    running: Eojeol = field(default_factory=Eojeol)
    sizes: Histogram = field(default_factory=lambda: Histogram.of(-0.5, 239.5, 1))
    contrast: Histogram = field(default_factory=lambda: Histogram.of(0, 260, 5))
    angles: Histogram = field(default_factory=lambda: Histogram.of(-90, 90, 0.5))
    words: Histogram = field(default_factory=lambda: Histogram.of(-0.5, 999.5, 1))

    def add_scene(self, record: SceneRecord) -> None:
        """Count one scene."""
        told, words = record.provenance, record.words
        self.scenes += 1
        self.words.add([len(words)])
        for names, name in ((self.presets, told.get("preset", "")), (self.genres, told.get("genre", ""))):
            _tally(names, [str(name)])
        _tally(self.directions, words.direction)
        least = told.get("ink", {}).get("least_contrast")
        if isinstance(least, int | float):
            self.contrast.add([least])
        if len(words):
            self.sizes.add(em_heights(words))
            self.angles.add(word_angles_deg(words))
        self._count_text(record)

    def add_word(self, label: str, size: tuple[int, int], direction: str) -> None:
        """Count one word picture of ``size`` (width, height): its label, and its height as a size (width, if ttb)."""
        self.characters.update(label.replace(" ", ""))
        self.directions[direction] += 1
        self.sizes.add([size[0] if direction == "ttb" else size[1]])
        for eojeol in label.split():
            self.every.add(eojeol)

    def _count_text(self, record: SceneRecord) -> None:
        characters, words = record.characters, record.words
        # Only our own scenes say which faces they are set in.
        told = dict(enumerate(record.provenance.get("faces", ())))
        ignored = words.ignored.tolist()
        # Visibility is stored to 1/1000.
        seen = characters.visible.astype(np.float64).round(3) >= self.min_visible
        rows = zip(characters.text, characters.face.tolist(), characters.word.tolist(), seen.tolist(), strict=True)
        for text, face, word, whole in rows:
            if whole and not ignored[word]:
                self.characters[text] += 1
                _tally(self.faces, [str(told.get(face, ""))])
        blocks = record.lines.block[words.line].tolist()
        broken, begun, whole = set(words.broken), "", True
        for at, (text, block, skipped) in enumerate(zip(words.text, blocks, ignored, strict=True)):
            role = record.roles[block]
            _tally(self.roles, [role])
            self.ignored += skipped
            begun, whole = begun + text, whole and not skipped
            if at in broken:
                continue  # the rest of the eojeol stands on the next line
            if whole:
                self.every.add(begun)
                if role in RUNNING:
                    self.running.add(begun)
            begun, whole = "", True


def _tally(counts: Counter[str], names: Iterable[str]) -> None:
    for name in names:
        counts[name if name in counts or len(counts) < MOST_NAMES else "others"] += 1


def word_angles_deg(words: Words) -> npt.NDArray[np.float64]:
    """Return how far each word is turned (M,), degrees counter-clockwise as seen, from its quad's upper edge."""
    edge = words.quad[:, 1] - words.quad[:, 0]
    return np.asarray(np.rad2deg(np.arctan2(-edge[:, 1], edge[:, 0])), dtype=np.float64)


def of_dataset(dataset: Dataset) -> Statistics:
    """Return the figures of a dataset's scenes in all splits, or of its words where it has no scenes.

    FormatError when a file is missing or damaged.
    """
    scenes = any(counts["scenes"] for counts in dataset.splits.values())
    found = Statistics("scenes" if scenes else "words", dataset.charset())
    if scenes:
        found.min_visible = _min_visible(dataset)
        for split in dataset.splits:
            for record in dataset.records(split):
                found.add_scene(record)
        return found
    for split, counts in dataset.splits.items():
        for direction, folder in WORD_FOLDERS.items():
            if counts[folder.replace("-", "_")]:
                with dataset.words(split, direction) as reader:
                    for picture, label in reader:
                        found.add_word(label, picture_size(picture), direction)
    return found


def _min_visible(dataset: Dataset) -> float:
    """Return the least visible share of a character that counts, from the dataset's recipe."""
    from synthgen.recipe import load

    return load(str(dataset.folder / "recipe.toml")).output.min_visible


def unseen(found: Statistics) -> list[str]:
    """Return the characters of the charset that never appear, in its order."""
    return [char for char in found.charset if not found.characters[char]]


def to_mapping(found: Statistics) -> dict[str, Any]:
    """Return plain values for JSON, the targets beside the shares."""
    histograms = {"size_px": found.sizes, "contrast": found.contrast, "angle_deg": found.angles, "words": found.words}
    kinds = {"faces": found.faces, "presets": found.presets, "genres": found.genres, "roles": found.roles}
    missing = unseen(found)
    return {
        "source": found.source,
        "scenes": found.scenes,
        "eojeol": {"all": found.every.to_mapping(), "running": found.running.to_mapping()},
        "ignored": found.ignored,
        "targets": {
            "lengths": list(LENGTH_TARGETS),
            "mean": list(MEAN_TARGET),
            "marks": {name: list(both) for name, both in MARK_TARGETS.items()},
        },
        "characters": {
            "drawn": found.characters.total(),
            "charset": len(found.charset),
            "seen": len(found.charset) - len(missing),
            "unseen": "".join(missing),
            "counts": dict(_ranked(found.characters)),
        },
        **{name: dict(_ranked(counts)) for name, counts in kinds.items()},
        "directions": dict(_ranked(found.directions)),
        **{name: histogram.to_mapping() for name, histogram in histograms.items()},
    }


def to_text(found: Statistics) -> str:
    """Return the tables that ``synthgen stats`` prints."""
    parts = [_characters_text(found), _eojeol_table(found), _histograms_table(found)]
    for name, counts in (("preset", found.presets), ("genre", found.genres), ("role", found.roles),
                         ("direction", found.directions), ("face", found.faces)):  # fmt: skip
        if counts:
            parts.append(_counts_table(name, counts))
    return "\n\n".join(parts)


def _characters_text(found: Statistics) -> str:
    missing, ranked = unseen(found), _ranked({char: found.characters[char] for char in found.charset})
    held = f"{found.scenes:,} scenes" if found.source == "scenes" else "no scenes, words only"
    lines = [
        f"{held}; {found.every.n:,} eojeol, and {found.ignored:,} that are ignored",
        f"{found.characters.total():,} characters: {len(found.charset) - len(missing):,} of the charset's "
        f"{len(found.charset):,} seen",
        f"  most:  {_shown(ranked[:SHOWN_CHARACTERS])}",
        f"  least: {_shown([one for one in ranked if one[1]][: -SHOWN_CHARACTERS - 1 : -1])}",
    ]
    if missing:
        more = f" and {len(missing) - SHOWN_CHARACTERS:,} more" if len(missing) > SHOWN_CHARACTERS else ""
        lines.append(f"  never: {' '.join(missing[:SHOWN_CHARACTERS])}{more}")
    return "\n".join(lines)


def _shown(rows: Iterable[tuple[str, int]]) -> str:
    return " ".join(f"{char} {count:,}" for char, count in rows)


def _eojeol_table(found: Statistics) -> str:
    shown = [found.every, found.running] if found.running.n else [found.every]
    rows = []
    for at, target in enumerate(LENGTH_TARGETS):
        name = f"{at + 1}{'+' if at + 1 == len(LENGTH_TARGETS) else ''} syllables"
        rows.append([name, *(_percent(one.length_shares()[at]) for one in shown), f"{target:.0%}"])
    low, high = MEAN_TARGET
    rows.append(["mean length", *(f"{one.mean():.2f}" for one in shown), f"{low:.2f} to {high:.2f}"])
    for name, (low, high) in MARK_TARGETS.items():
        target_text = f"{low:.0%}" if low == high else f"{100 * low:.0f} to {high:.0%}"
        rows.append([name, *(_percent(one.mark_shares()[name]) for one in shown), target_text])
    rows.append(["eojeol", *(f"{one.n:,}" for one in shown), ""])
    names = ["all", "running text"][: len(shown)]
    return table(["share of eojeol", *names, "real print"], rows, right=range(1, 2 + len(shown)))


def _percent(share: float) -> str:
    return f"{share:.1%}"


def _histograms_table(found: Statistics) -> str:
    size = "em, px" if found.source == "scenes" else "crop height, px"
    rows = []
    for name, histogram in ((size, found.sizes), ("least contrast, levels", found.contrast),
                            ("angle, deg", found.angles), ("words in a scene", found.words)):  # fmt: skip
        if histogram.n:
            marks = [f"{histogram.quantile(share):.1f}" for share in (0.01, 0.1, 0.5, 0.9, 0.99)]
            rows.append([name, f"{histogram.n:,}", f"{histogram.total / histogram.n:.1f}", *marks])
    return table(["", "n", "mean", "1 %", "10 %", "half", "90 %", "99 %"], rows, right=range(1, 8))


def _counts_table(name: str, counts: Mapping[str, int]) -> str:
    total = sum(counts.values())
    ranked = _ranked(counts)
    rows = [[one or "(none)", f"{count:,}", _percent(count / total)] for one, count in ranked[:SHOWN_FACES]]
    if len(ranked) > SHOWN_FACES:
        rest = sum(count for _, count in ranked[SHOWN_FACES:])
        rows.append([f"and {len(ranked) - SHOWN_FACES} more", f"{rest:,}", _percent(rest / total)])
    return table([name, "n", "share"], rows, right=(1, 2))


def _ranked(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))
