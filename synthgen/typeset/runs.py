"""Runs of characters on straight lines, which are noted as they are set and placed many at a time.

A headline of twelve characters costs as many array operations as a page. So a line is only a few plain numbers until
the places of the characters are asked for; then those of all runs of a kind are worked out by the same operations.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt

from synthgen.quads import boxes_to_quads
from synthgen.typeset.shape import Shaped

Float = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]
# linear (n, 2, 2), em to sheet px before the glyphs' own scale; origin (n, 2), where the pen stands, and cell (n, 4, 2)
# in sheet px.
Places = tuple[Float, Float, Float]

# Small text of many characters is composed on a grid, as phototypesetters and screens do: its em's sides are whole px,
# its pens stand on every PER_PX-th part of one. A glyph then has few pictures in px, which the press keeps. Pens are
# moved by half a step at most, sides by half a px; lines stay as long as they are, and cells where they are.
PER_PX = 2
MOST_GRID_PX = 32
LEAST_ON_GRID = 48


@dataclass(frozen=True, slots=True)
class Run(ABC):
    """Whole words of one paragraph on consecutive lines.

    ``part`` are the characters among the paragraph's ``shaped``, with its N + 1 ``pens`` px along the line, without
    word spaces; ``counts`` and ``word_counts`` are how many characters and words each of ``lines`` has, which are what
    a kind of runs places them by.
    """

    shaped: Shaped
    pens: Sequence[float]
    part: slice
    words: Sequence[str]
    counts: Sequence[int]
    word_counts: Sequence[int]
    lines: Sequence[tuple[float, ...]]

    direction: ClassVar[str]
    # How far apart its pens may stand on the grid, across and down, in px.
    steps_px: ClassVar[tuple[float, float]] = (1 / PER_PX, 1 / PER_PX)

    def __len__(self) -> int:
        return int(self.part.stop - self.part.start)

    @property
    def frame(self) -> Float | None:
        """The axes (2, 2) along which words' and lines' quads lie; None where they are the sheet's."""
        return None

    @property
    def grid_em_px(self) -> float:
        """The em of its characters in px where it may stand on the grid, else 0."""
        return 0.0

    @staticmethod
    @abstractmethod
    def placed(runs: Sequence[Any]) -> Places:
        """Return where the characters of some runs of this kind stand, one run after the other."""


class LevelLine(NamedTuple):
    """A line across the sheet, in px but for ``condense`` and ``slant``.

    Its first pen stands at ``left`` and is at ``pen`` in its paragraph; word spaces and tracking come to the advances,
    which are condensed. ``wide`` and ``high`` are the em's sides, ``ascent`` and ``descent`` those of cells.
    """

    left: float
    pen: float
    space: float
    tracking: float
    condense: float
    baseline: float
    wide: float
    high: float
    ascent: float
    descent: float
    slant: float


@dataclass(frozen=True, slots=True)
class LevelRun(Run):
    """A run of :class:`LevelLine`, all of one slant; ``rise`` (n,) px is added to its characters' baselines."""

    rise: Float | None

    direction = "ltr"
    # Half a px more or less between two lines is not seen.
    steps_px = (1 / PER_PX, 1.0)

    @property
    def frame(self) -> Float | None:
        """The axes (2, 2) of the lean, None where there is none."""
        slant = self.lines[0][-1]
        return np.array([[1.0, -slant], [0.0, 1.0]]) if slant else None

    @property
    def grid_em_px(self) -> float:
        """The em of its characters in px where it may stand on the grid, else 0."""
        em, slant = self.lines[0][7], self.lines[0][-1]
        return em if em <= MOST_GRID_PX and not slant and self.rise is None else 0.0

    @staticmethod
    def placed(runs: Sequence[LevelRun]) -> Places:
        """Return linear (n, 2, 2), origin (n, 2) and cell (n, 4, 2) of level lines."""
        left, pen0, space, tracking, condense, baseline, wide, high, ascent, descent, slant = columns_of(runs)
        if any(run.rise is not None for run in runs):
            baseline += np.concatenate([np.zeros(len(run)) if run.rise is None else run.rise for run in runs])
        pens, word, order = steps(runs)
        pen = (pens - pen0 + word * space) * condense
        pen += order * tracking
        pen += left
        n = len(pen)
        origin, boxes = np.empty((n, 2)), np.empty((n, 4))
        boxes[:, 0] = origin[:, 0] = pen
        origin[:, 1] = baseline
        boxes[:, 1], boxes[:, 3] = baseline - ascent, baseline + descent
        boxes[:, 2] = pen + joined(runs, "advance_em") * wide
        cell = boxes_to_quads(boxes)
        linear = np.zeros((n, 2, 2))
        linear[:, 0, 0], linear[:, 1, 1] = wide, high
        if slant.any():
            # The lean is about each baseline, so pens stay where they are.
            linear[:, 0, 1] = -slant * high
            cell[..., 0] += slant[:, None] * (baseline[:, None] - cell[..., 1])
        return linear, origin, cell


def on_grid(runs: Sequence[Run], places: Places) -> Places:
    """Return the places of some runs of one kind, those of small text that has many characters on the grid."""
    sizes, lengths = [run.grid_em_px for run in runs], [len(run) for run in runs]
    counts: Counter[float] = Counter()
    for em, length in zip(sizes, lengths, strict=True):
        counts[em] += length
    mine = [em > 0 and counts[em] >= LEAST_ON_GRID for em in sizes]
    if True not in mine:
        return places
    linear, origin, cell = places
    steps_px = np.array(runs[0].steps_px)
    whole, stepped = np.rint(linear), np.rint(origin / steps_px) * steps_px
    if False in mine:
        of = np.repeat(mine, lengths)
        whole, stepped = np.where(of[:, None, None], whole, linear), np.where(of[:, None], stepped, origin)
    return whole, stepped, cell


def joined(runs: Sequence[Run], name: str) -> npt.NDArray[Any]:
    """Return a column of what was shaped for all characters of some runs (n,)."""
    return np.concatenate([getattr(run.shaped, name)[run.part] for run in runs])


def columns_of(runs: Sequence[Run]) -> Float:
    """Return the numbers of the lines for each character on them, as (numbers of a line, n)."""
    lines = [line for run in runs for line in run.lines]
    table = np.fromiter(chain.from_iterable(lines), np.float64, len(lines) * len(lines[0])).reshape(len(lines), -1)
    return np.repeat(table.T, [count for run in runs for count in run.counts], axis=1)


def steps(runs: Sequence[Run]) -> tuple[Float, Index, Index]:
    """Return each character's pen in its paragraph (n,) px, its word's number in its line (n,) and its own (n,)."""
    pens = np.fromiter(chain.from_iterable([run.pens[run.part] for run in runs]), np.float64)
    words = _counted([count for run in runs for count in run.word_counts])
    word = np.repeat(words, [len(word) for word in chain.from_iterable(run.words for run in runs)])
    return pens, word, _counted([count for run in runs for count in run.counts])


def _counted(lengths: Sequence[int]) -> Index:
    """Return for groups of these lengths the numbers of their members: 0, 1, 2 and again 0, 1 for 3 and 2."""
    counts = np.array(lengths, dtype=np.intp)
    ends = counts.cumsum()
    return np.arange(ends[-1]) - np.repeat(ends - counts, counts)
