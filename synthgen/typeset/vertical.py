"""Columns that run from top to bottom, right to left, as in old newspapers, book spines and shop signs.

No Korean face has vertical metrics, so syllables are stacked by the em and centred by their ink. Brackets, dashes and
quotation marks are turned a quarter clockwise, points and commas hang in the upper right of their cell, and Latin
letters and digits stand upright, are turned as a run, or are set side by side in one cell (the 24 of 24日).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthgen.quads import boxes_to_quads
from synthgen.typeset.face import HANGUL, HANJA, Face
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.galley import Galley
from synthgen.typeset.runs import Places, Run, columns_of, joined, steps
from synthgen.typeset.shape import Shaped, Shaper
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
# By code point: Latin letters and figures; and all that does not simply stand upright.
_LATIN = np.zeros(CODE_POINTS, dtype=np.bool_)
for _first, _last in (("0", "9"), ("A", "Z"), ("a", "z"), ("\u00c0", "\u024f")):
    _LATIN[ord(_first) : ord(_last) + 1] = True
_OPENING, _CLOSING = frozenset("(「『〈《【〔“‘"), frozenset(")」』〉》】〕”’")
_SPECIAL = _LATIN.copy()
_SPECIAL[[ord(char) for char in (*HUNG_MARKS, *TURNED_MARKS)]] = True


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
        return max(super()._word_space_px(), (LEAST_GAP_EM - self.style.tracking_em) * self.style.size_px)

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
        n = len(shaped)
        mode = np.full(n, STACKED)
        advance, left, squeeze = np.ones(n), np.zeros(n), np.ones(n)
        codes = shaped.codes.tolist()
        stop = 0
        for at in np.flatnonzero(_SPECIAL[shaped.codes]).tolist():
            if at < stop:
                continue
            stop = at + 1
            if chr(codes[at]) in HUNG_MARKS and not _between_figures(codes, at):
                mode[at], advance[at] = HUNG, HUNG_ADVANCE_EM
            elif _is_latin(codes[at]):
                while (
                    stop < n
                    and (_is_latin(codes[stop]) or _joins(codes, stop))
                    and shaped.word[stop] == shaped.word[at]
                ):
                    stop += 1
                self._set_latin(slice(at, stop), shaped, mode, advance, left, squeeze)
            elif chr(codes[at]) in TURNED_MARKS:
                mode[at], advance[at] = TURNED, max(shaped.advance_em[at], 0.4)
        return _Modes(mode, advance, left, squeeze)

    def _set_latin(
        self, run: slice, shaped: Shaped, mode: npt.NDArray[np.int64], advance: Float, left: Float, squeeze: Float
    ) -> None:
        widths = shaped.advance_em[run]
        figures = all(0x30 <= code <= 0x39 for code in shaped.codes[run].tolist())
        if self.latin == "upright":
            return
        if self.latin == "block" and figures and len(widths) <= MOST_IN_BLOCK:
            scale = min(1.0, BLOCK_WIDTH_EM / float(widths.sum()))
            mode[run], squeeze[run] = BLOCK, scale
            left[run] = (np.concatenate([[0.0], np.cumsum(widths)[:-1]]) - widths.sum() / 2) * scale
            advance[run] = 0.0
            advance[run.stop - 1] = 1.0
        else:
            mode[run], advance[run] = TURNED, widths

    def _advances(self, shaped: Shaped) -> Float:
        modes = self.modes(shaped)
        tracking = np.where((modes.mode == BLOCK) & (modes.advance_em == 0), 0.0, self.style.tracking_em)
        advances: Float = modes.advance_em + tracking
        return advances


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
        first_px = top_px + fit.left_px - float(pens[starts[line.first]])
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
    the em; and how far below its pen an upright glyph stands.
    """

    modes: _Modes
    faces: FaceSet

    direction = "ttb"

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


def _is_latin(code: int) -> bool:
    """Whether a character belongs to a run of Latin letters and figures."""
    return bool(_LATIN[code])


def _joins(codes: list[int], at: int) -> bool:
    """Whether a mark stands between two Latin characters and belongs to their run, as in 3.1 or e-mail."""
    inside = chr(codes[at]) in ".,-:/@&'%" and at + 1 < len(codes)
    return inside and _is_latin(codes[at - 1]) and _is_latin(codes[at + 1])


def _between_figures(codes: list[int], at: int) -> bool:
    return 0 < at < len(codes) - 1 and _is_latin(codes[at - 1]) and _is_latin(codes[at + 1])


def is_stacked(char: str) -> bool:
    """Return whether a character stands upright, one em high, in every column: syllables, hanja and jamo."""
    code = ord(char)
    return code in HANGUL or any(code in block for block in HANJA) or 0x3131 <= code <= 0x318E
