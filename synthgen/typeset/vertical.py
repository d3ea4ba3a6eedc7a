"""Columns that run from top to bottom, right to left, as in old newspapers, book spines and shop signs.

No Korean face has vertical metrics, so syllables are stacked by the em and centred by their ink. Brackets, dashes and
quotation marks are turned a quarter clockwise, points and commas hang in the upper right of their cell, and Latin
letters and digits stand upright, are turned as a run, or are set side by side in one cell (the 24 of 24日).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from synthgen.quads import boxes_to_quads
from synthgen.typeset.face import HANGUL, HANJA, Face
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.galley import Galley
from synthgen.typeset.runs import MOST_GRID_PX, Places, Run, columns_of, joined, steps
from synthgen.typeset.shape import Shaped, Shaper
from synthgen.typeset.slugs import shaped_lines
from synthgen.typeset.tables import CODE_POINTS
from synthgen.typeset.text import BrokenLine, Style, Text

Float = npt.NDArray[np.float64]
Int = npt.NDArray[np.int32]

LATIN_MODES = ("upright", "turned", "block")

STACKED, TURNED, HUNG, BLOCK = range(4)
TURNED_MARKS = frozenset("()[]{}<>「」『』〈〉《》【】〔〕“”‘’\"'-–—~…=→←/|:;")
HUNG_MARKS = frozenset(".,")
HUNG_ADVANCE_EM = 0.55
# Where a hung mark's ink is centred, from the cell's middle and top.
HUNG_PLACE_EM = (0.3, 0.2)
# The middle of capitals and figures above the baseline: turned runs are centred on it.
LATIN_MIDDLE_EM = 0.35
MOST_IN_BLOCK = 3
# Between two words of a column there is no less than this, whatever the style's tracking takes away: syllables fill
# their cells, and words that touch cannot be told apart.
LEAST_GAP_EM = 0.18
BLOCK_WIDTH_EM = 0.96
_QUARTER = np.array([[0.0, -1.0], [1.0, 0.0]])
# By code point: Latin letters and figures.
_LATIN = np.zeros(CODE_POINTS, dtype=np.bool_)
for _first, _last in (("0", "9"), ("A", "Z"), ("a", "z"), ("\u00c0", "\u024f")):
    _LATIN[ord(_first) : ord(_last) + 1] = True
_OPENING, _CLOSING = frozenset("(「『〈《【〔“‘"), frozenset(")」』〉》】〕”’")
# By code point: how it stands where nothing beside it changes that, and Latin.
_LATIN_LETTER = BLOCK + 1
_KINDS = np.where(_LATIN, _LATIN_LETTER, STACKED).astype(np.uint8)
_KINDS[[ord(char) for char in HUNG_MARKS]] = HUNG
_KINDS[[ord(char) for char in TURNED_MARKS]] = TURNED
# Marks that belong to the run of Latin letters and figures in which they stand, as in 3.1 or e-mail.
_JOINING = frozenset(map(ord, ".,-:/@&'%"))


@dataclass(frozen=True, slots=True)
class _Modes:
    """How each character of a paragraph stands: ``mode`` int (N,), ``advance_em`` (N,), and inside a block its left
    edge from the column's middle ``left_em`` (N,) and horizontal scale ``squeeze`` (N,).
    """

    mode: npt.NDArray[np.int64]
    advance_em: Float
    left_em: Float
    squeeze: Float


class VerticalText(Text):
    """Paragraphs broken into columns of one height; ``latin`` is one of :data:`LATIN_MODES`."""

    def __init__(
        self, paragraphs: Sequence[str], style: Style, shaper: Shaper, height_px: float, latin: str = "turned"
    ) -> None:
        self.latin = latin
        self._told: list[tuple[npt.NDArray[np.uint16], _Modes]] = []
        super().__init__(paragraphs, style, shaper, height_px)

    def _word_space_px(self) -> float:
        """Return the natural word space in px, behind the last letter's tracking, with which words are kept apart."""
        return _word_space_em(self.style) * self.style.size_px

    @property
    def whole(self) -> bool:
        """Whether no column is longer than the height; longer words are left out of a text."""
        return all(line.width_px <= self.width_px + 1e-6 for line in self.lines)

    def endings(self, least: int, most: int) -> dict[int, list[BrokenLine]]:
        """Return the columns up to each sentence's end that lies in the columns from ``least`` to ``most``, by their
        number.
        """
        found: dict[int, list[BrokenLine]] = {}
        for count in range(min(most, len(self.lines)), max(least, 1) - 1, -1):
            if found and count >= min(found):
                continue
            kept = self._whole_sentences(count)
            if kept[-1].ends and len(kept) >= least:
                found[len(kept)] = kept
        return found

    def _cut(self, word: str, fitting: int) -> int:
        """Return how many of a word's ``fitting`` first characters may stand at a column's foot; 0 when none may.

        Old papers fill every column: they cut between any two syllables or hanja, and before and behind brackets. No
        column begins with a closing bracket or a stop, none ends with an opening one, and figures and Latin letters
        stay together.
        """
        for taken in range(min(fitting, len(word) - 1), 0, -1):
            last, following = word[taken - 1], word[taken]
            if (is_stacked(last) or last in _CLOSING) and (is_stacked(following) or following in _OPENING):
                return taken
        return 0

    def modes(self, shaped: Shaped) -> _Modes:
        """Return how the characters of a shaped paragraph stand; found once: cuts between syllables change none."""
        for codes, known in self._told:
            if codes is shaped.codes:
                return known
        self._told.append((shaped.codes, self._found(shaped)))
        return self._told[-1][1]

    def _found(self, shaped: Shaped) -> _Modes:
        modes = _stacked(len(shaped))
        _stand(modes, shaped, slice(0, len(shaped)), shaped.text, self.latin)
        return modes

    def _advances(self, shaped: Shaped) -> Float:
        return _tracked(self.modes(shaped), self.style.tracking_em)


def _word_space_em(style: Style) -> float:
    """Return the natural word space in em, behind the last letter's tracking, with which words are kept apart."""
    return max(style.word_space_em + style.tracking_em, LEAST_GAP_EM - style.tracking_em)


def _tracked(modes: _Modes, tracking_em: float | Float) -> Float:
    """Return how far each character moves the pen down its column, in em; what shares a cell is tracked as one."""
    advances: Float = modes.advance_em + np.where((modes.mode == BLOCK) & (modes.advance_em == 0), 0.0, tracking_em)
    return advances


def _stacked(n: int) -> _Modes:
    """Return the modes of ``n`` characters that simply stand upright."""
    return _Modes(np.full(n, STACKED), np.ones(n), np.zeros(n), np.ones(n))


def _stand(modes: _Modes, shaped: Shaped, part: slice, text: str, latin: str) -> None:
    """Tell in ``modes``, those of all that was shaped, how the characters of one of its texts stand.

    ``part`` are the ``text``'s characters, ``latin`` is one of :data:`LATIN_MODES`.
    """
    codes = shaped.codes[part]
    of = _KINDS[codes]
    special = of.nonzero()[0].tolist()
    if not special:
        return
    mode, advance = modes.mode[part], modes.advance_em[part]
    hung: list[int] = []
    turned: list[int] = []
    # Where each word ends.
    ends: list[int] = []
    kinds, stop = of.tolist(), 0
    for at in special:
        if at < stop:
            continue
        stop = at + 1
        kind = kinds[at]
        if kind == _LATIN_LETTER:
            ends = ends or list(accumulate(map(len, text.split(" "))))
            stop = _run_end(at, ends[bisect_right(ends, at)], kinds, codes)
            if latin != "upright":
                _stand_latin(modes, shaped, slice(part.start + at, part.start + stop), latin)
        elif kind == TURNED:
            turned.append(at)
        elif not _between_latin(at, kinds):
            hung.append(at)
    mode[hung], advance[hung] = HUNG, HUNG_ADVANCE_EM
    mode[turned], advance[turned] = TURNED, np.maximum(shaped.advance_em[part][turned], 0.4)


def _stand_latin(modes: _Modes, shaped: Shaped, run: slice, latin: str) -> None:
    """Tell how a run of Latin letters and figures stands: turned, or figures side by side in one cell."""
    widths = shaped.advance_em[run].tolist()
    figures = len(widths) <= MOST_IN_BLOCK and all(0x30 <= code <= 0x39 for code in shaped.codes[run].tolist())
    if latin == "block" and figures:
        whole = sum(widths)
        scale = min(1.0, BLOCK_WIDTH_EM / whole)
        modes.mode[run], modes.squeeze[run] = BLOCK, scale
        modes.left_em[run] = [(before - whole / 2) * scale for before in accumulate(widths[:-1], initial=0.0)]
        modes.advance_em[run] = 0.0
        modes.advance_em[run.stop - 1] = 1.0
    else:
        modes.mode[run], modes.advance_em[run] = TURNED, widths


class LoneColumn(NamedTuple):
    """One column, a block of its own: words between single spaces, their style, one of :data:`LATIN_MODES`, its role.

    ``right_px`` and ``top_px`` are where its pitch ends and its first cell begins; one longer than ``most_px`` is set
    smaller.
    """

    text: str
    style: Style
    latin: str
    role: str
    right_px: float
    top_px: float
    most_px: float


def add_lone_columns(galley: Galley, columns: Sequence[LoneColumn]) -> list[tuple[float, float]]:
    """Add columns to a galley; return the em and the length of each, px.

    They stand where :func:`place_columns` places the one column of a text without an end, set flush with its head.
    """
    shaper, styles = galley.shaper, [column.style for column in columns]
    texts = [column.text for column in columns]
    words = [text.split(" ") for text in texts]
    word_counts = [len(of) for of in words]
    counts = np.array([len(text) for text in texts]) - np.array(word_counts) + 1
    shaped = shaped_lines(texts, styles, counts, shaper)
    ends = counts.cumsum().tolist()
    starts = [0, *ends[:-1]]
    of, modes = np.repeat(np.arange(len(columns)), counts), _stacked(len(shaped))
    for at in sorted({*of[_KINDS[shaped.codes] != STACKED].tolist()}):
        _stand(modes, shaped, slice(starts[at], ends[at]), texts[at], columns[at].latin)
    pens_em = np.zeros(len(shaped) + 1)
    _tracked(modes, np.array([style.tracking_em for style in styles])[of]).cumsum(out=pens_em[1:])
    sizes, lines = [], []
    for column, begin, end, count in zip(
        columns, pens_em[starts].tolist(), pens_em[ends].tolist(), word_counts, strict=True
    ):
        style, space = column.style, _word_space_em(column.style)
        length = end - begin - style.tracking_em + (count - 1) * space
        em = style.size_px if length * style.size_px <= column.most_px else column.most_px / length
        stand = (0.5 - _syllable_middle(shaper.faces.faces[style.face])) * em
        lines.append((column.top_px - begin * em, space * em, 0.0, column.right_px - 0.5 * style.line_px, em, stand))
        sizes.append((em, length * em))
    pens = (pens_em[:-1] * np.array([em for em, _ in sizes])[of]).tolist()
    run = _ColumnRun(
        shaped, pens, slice(0, len(shaped)), list(chain.from_iterable(words)), counts.tolist(), word_counts, lines,
        modes, shaper.faces, lone=True,
    )  # fmt: skip
    galley.add_run(galley.blocks([column.role for column in columns]), run, texts, ink=styles[0].ink)
    return sizes


def place_columns(
    galley: Galley, block: int, text: VerticalText, columns: slice, right_px: float, top_px: float
) -> float:
    """Place some of a text's columns side by side from the given right edge leftwards; return the new left edge, sheet
    px.

    Columns are ``style.line_px`` apart, each centred in its pitch.
    """
    chosen = text.lines[columns]
    pitch = text.style.line_px
    by_paragraph: dict[int, list[tuple[BrokenLine, float]]] = {}
    for number, line in enumerate(chosen):
        by_paragraph.setdefault(line.paragraph, []).append((line, right_px - (number + 0.5) * pitch))
    for paragraph, rows in by_paragraph.items():
        _place_rows(galley, block, text, paragraph, rows, top_px)
    return right_px - len(chosen) * pitch


def _place_rows(
    galley: Galley, block: int, text: VerticalText, paragraph: int, rows: list[tuple[BrokenLine, float]], top_px: float
) -> None:
    style, shaped, pens, starts = text.style, text.shaped[paragraph], text.pens[paragraph], text.starts[paragraph]
    first_word, last_word = rows[0][0].first, rows[-1][0].last
    part = slice(starts[first_word], starts[last_word])
    counts = [starts[line.last] - starts[line.first] for line, _ in rows]
    word_counts = [line.last - line.first for line, _ in rows]
    em = style.size_px
    # Along the column syllables are centred by the middle of the face's.
    stand = (0.5 - _syllable_middle(text.shaper.faces.faces[style.face])) * em
    lines = []
    for line, middle in rows:
        fit = text.fit(line)
        first_px = top_px + fit.left_px - pens[starts[line.first]]
        lines.append((first_px, fit.space_px, fit.tracking_px, middle, em, stand))
    words, broken = text.words[paragraph], text.broken[paragraph]
    parts = [at - first_word for at in broken if first_word <= at < last_word] if broken else []
    goes_on = bool(broken) and first_word - 1 in broken
    texts = [" ".join(words[line.first : line.last]) for line, _ in rows]
    modes, faces = text.modes(shaped), text.shaper.faces
    run = _ColumnRun(shaped, pens, part, words[first_word:last_word], counts, word_counts, lines, modes, faces)
    galley.add_run(block, run, texts, ink=style.ink, broken=parts, goes_on=goes_on)


@dataclass(frozen=True, slots=True)
class _ColumnRun(Run):
    """A run of columns.

    A line's numbers in px: where the pen would be as its paragraph begins; word space, tracking; the column's middle;
    the em; and how far below its pen an upright glyph stands. Columns that have each a sheet of their own are ``lone``.
    """

    modes: _Modes
    faces: FaceSet
    lone: bool = False

    direction = "ttb"

    @property
    def grid_em_px(self) -> float:
        """The em of its characters in px where it may stand on the grid, else 0."""
        em = self.lines[0][4]
        return em if em <= MOST_GRID_PX and not self.lone else 0.0

    @staticmethod
    def placed(runs: Sequence[_ColumnRun]) -> Places:
        """Return linear (n, 2, 2), origin (n, 2) and cell (n, 4, 2) of columns."""
        first_px, space, tracking, middle, em, stand = columns_of(runs)
        pens, word, order = steps(runs)
        pen = first_px + pens + word * space + order * tracking
        mode, advance, left_em, squeeze = (
            np.concatenate([getattr(run.modes, name)[run.part] for run in runs]) for name in _Modes.__slots__
        )
        codes, shaped_advance = joined(runs, "codes"), joined(runs, "advance_em")
        box = runs[0].faces.bounds_em(joined(runs, "face"), joined(runs, "glyph")) * joined(runs, "scale")[:, None]
        ink_x, ink_y = (box[:, 0] + box[:, 2]) / 2, (box[:, 1] + box[:, 3]) / 2
        linear = np.zeros((len(pen), 2, 2))
        linear[:, 0, 0] = linear[:, 1, 1] = em
        # Upright: centred by ink across.
        x, y = middle - ink_x * em, pen + stand
        turned, hung, block = (np.flatnonzero(mode == one) for one in (TURNED, HUNG, BLOCK))
        linear[turned] = _QUARTER * em[turned, None, None]
        across = np.where(_LATIN[codes[turned]], -LATIN_MIDDLE_EM, ink_y[turned])
        x[turned], y[turned] = middle[turned] + across * em[turned], pen[turned]
        x[hung] = middle[hung] + (HUNG_PLACE_EM[0] - ink_x[hung]) * em[hung]
        y[hung] = pen[hung] + (HUNG_PLACE_EM[1] - ink_y[hung]) * em[hung]
        boxes = np.empty((len(pen), 4))
        boxes[:, 0], boxes[:, 2] = middle - em / 2, middle + em / 2
        boxes[:, 1], boxes[:, 3] = pen, pen + np.where(advance > 0, advance, 1.0) * em
        if len(block):
            # Figures share the cell whose advance only the last one carries; they are centred in it along the column.
            its_em = em[block]
            linear[block, 0, 0] *= squeeze[block]
            x[block] = middle[block] + left_em[block] * its_em
            y[block] = pen[block] + (0.5 + LATIN_MIDDLE_EM) * its_em
            boxes[block, 0], boxes[block, 2] = x[block], x[block] + shaped_advance[block] * squeeze[block] * its_em
            boxes[block, 3] = pen[block] + its_em
        cell = boxes_to_quads(boxes)
        # A turned glyph's own top-left is seen at the top right.
        cell[turned] = cell[turned][:, [1, 2, 3, 0]]
        # Offsets that shaping asks for are along a horizontal line; here only the turned runs have them.
        return linear, np.stack([x, y], axis=-1), cell


def _syllable_middle(face: Face) -> float:
    """Return the height (em, y down, from the baseline) of the middle of the face's common syllables."""
    top, bottom = face.hangul_band_em
    return (top + bottom) / 2


def _run_end(first: int, end: int, kinds: Sequence[int], codes: npt.NDArray[np.uint16]) -> int:
    """Return where the run of Latin letters and figures ends that begins at ``first`` in a word up to ``end``."""
    stop = first + 1
    while stop < end and (
        kinds[stop] == _LATIN_LETTER or (int(codes[stop]) in _JOINING and _between_latin(stop, kinds))
    ):
        stop += 1
    return stop


def _between_latin(at: int, kinds: Sequence[int]) -> bool:
    """Return whether what stands before and behind a mark are Latin letters or figures."""
    return 0 < at < len(kinds) - 1 and kinds[at - 1] == _LATIN_LETTER == kinds[at + 1]


def is_stacked(char: str) -> bool:
    """Return whether a character stands upright, one em high, in every column: syllables, hanja and jamo."""
    code = ord(char)
    return code in HANGUL or any(code in block for block in HANJA) or 0x3131 <= code <= 0x318E
