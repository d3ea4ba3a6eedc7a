"""Setting type: paragraphs broken into lines, lines placed on the sheet, and everything they say recorded.

A :class:`Galley` is filled by one layout and then made into a frozen :class:`~synthgen.typeset.layout.Layout`. All of a
block's characters are placed at once, as arrays; no object is made per glyph.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthgen.errors import Rejected
from synthgen.geometry import boxes_to_quads
from synthgen.scene import Characters, Lines, Words
from synthgen.typeset.layout import Glyphs, Layout
from synthgen.typeset.shape import Extra, Shaped, Shaper

Float = npt.NDArray[np.float64]

# Justified lines take their slack in word spaces first and then between letters; beyond both they stay ragged.
MAX_SPACE_GROWTH = 1.9
MAX_EXTRA_TRACKING_EM = 0.09
# A word that is wider than its column is condensed down to this share of its width, or left out of the text.
MIN_CONDENSING = 0.78


@dataclass(frozen=True, slots=True)
class Style:
    """How a block is set: face index, em size and line pitch in px, spacing in em, ``align`` and first-line indent.

    ``align`` is ``left``, ``right``, ``center`` or ``justify``; ``stretch`` scales the glyphs' widths.
    """

    face: int
    size_px: float
    line_px: float
    tracking_em: float = 0.0
    word_space_em: float = 0.3
    stretch: float = 1.0
    align: str = "left"
    indent_em: float = 0.0
    fallback: bool = True


@dataclass(frozen=True, slots=True)
class BrokenLine:
    """One line of a broken paragraph: words [first, last), its natural width and whether it ends the paragraph."""

    paragraph: int
    first: int
    last: int
    width_px: float
    indent_px: float
    ends: bool


class Text:
    """Paragraphs shaped in one style and broken to one width: a queue of lines to be placed box by box."""

    def __init__(self, paragraphs: Sequence[str], style: Style, shaper: Shaper, width_px: float) -> None:
        self.style = style
        self.shaper = shaper
        self.width_px = width_px
        self.words: list[list[str]] = []
        self.shaped: list[Shaped] = []
        self.pens: list[Float] = []
        self.starts: list[npt.NDArray[np.intp]] = []
        self.lines: list[BrokenLine] = []
        for paragraph in paragraphs:
            self._break(paragraph)

    def _measure(self, text: str) -> tuple[Shaped, Float, npt.NDArray[np.intp], list[float]]:
        """Return the shaped text, its pens (N + 1,) in px without word spaces, the words' starts and their widths."""
        style = self.style
        shaped = self.shaper.shape(text, style.face, fallback=style.fallback)
        advance = (shaped.advance_em * style.stretch + style.tracking_em) * style.size_px
        pens = np.concatenate([[0.0], np.cumsum(advance)])
        starts = np.flatnonzero(np.diff(shaped.word, prepend=-1))
        ends = np.append(starts[1:], len(shaped))
        widths = pens[ends] - pens[starts] - style.tracking_em * style.size_px
        return shaped, pens, starts, widths.tolist()

    def _break(self, paragraph: str) -> None:
        shaped, pens, starts, widths = self._measure(paragraph)
        words = paragraph.split(" ")
        limit = self.width_px / MIN_CONDENSING
        if max(widths) > limit:
            words = [word for word, width in zip(words, widths, strict=True) if width <= limit]
            if not words:
                return
            shaped, pens, starts, widths = self._measure(" ".join(words))
        at = len(self.words)
        self.words.append(words)
        self.shaped.append(shaped)
        self.pens.append(pens)
        self.starts.append(np.append(starts, len(shaped)))
        space = self._space_px()
        indent = self.style.indent_em * self.style.size_px
        first, width = 0, widths[0] + indent
        for word in range(1, len(words)):
            if width + space + widths[word] <= self.width_px + 1e-9:
                width += space + widths[word]
            else:
                self.lines.append(BrokenLine(at, first, word, width, indent, ends=False))
                first, width, indent = word, widths[word], 0.0
        self.lines.append(BrokenLine(at, first, len(words), width, indent, ends=True))

    def _space_px(self) -> float:
        return (self.style.word_space_em + self.style.tracking_em) * self.style.size_px

    @property
    def height_px(self) -> float:
        """The height of all lines, from the first's ascent to the last's pitch."""
        return len(self.lines) * self.style.line_px


class Galley:
    """Collects blocks, lines and rules of one sheet; ``finish`` makes the frozen layout."""

    def __init__(self, shaper: Shaper) -> None:
        self.shaper = shaper
        self.roles: list[str] = []
        self._rules: list[tuple[float, float, float, float]] = []
        self._texts: list[str] = []
        self._parts: dict[str, list[npt.NDArray[np.generic]]] = {}
        self._word_texts: list[str] = []
        self._line_texts: list[str] = []
        self._glyph_parts: list[tuple[npt.NDArray[np.generic], ...]] = []

    @property
    def word_count(self) -> int:
        """How many words have been set so far."""
        return len(self._word_texts)

    def block(self, role: str) -> int:
        """Open a block and return its number."""
        self.roles.append(role)
        return len(self.roles) - 1

    def rule(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """Ink a box, in sheet px: a ruling line, a frame's side or a bar."""
        self._rules.append((x0, y0, x1, y1))

    def place(self, block: int, text: Text, lines: slice, x_px: float, top_px: float) -> float:
        """Place some of a text's lines below one another from the given left and top; return the new bottom.

        The first baseline stands so that the line's cell is centred in its pitch.
        """
        chosen = text.lines[lines]
        bottom = top_px + len(chosen) * text.style.line_px
        face = self.shaper.faces.faces[text.style.face]
        em = text.style.size_px
        lead = (text.style.line_px - (face.ascent_em + face.descent_em) * em) / 2
        baseline = top_px + lead + face.ascent_em * em
        by_paragraph: dict[int, list[tuple[BrokenLine, float]]] = {}
        for number, line in enumerate(chosen):
            by_paragraph.setdefault(line.paragraph, []).append((line, baseline + number * text.style.line_px))
        for paragraph, rows in by_paragraph.items():
            self._place_paragraph(block, text, paragraph, rows, x_px)
        return bottom

    def _fit(self, text: Text, line: BrokenLine) -> tuple[float, float, float, float]:
        """Return (left, word space, extra tracking, condensing) of one line, the first three in px."""
        style = text.style
        slack = text.width_px - line.width_px
        space = text._space_px()
        gaps = line.last - line.first - 1
        left = line.indent_px
        if slack < 0:
            return left, space, 0.0, text.width_px / line.width_px
        if style.align == "right":
            return left + slack, space, 0.0, 1.0
        if style.align == "center":
            return left + slack / 2, space, 0.0, 1.0
        if style.align == "justify" and not line.ends:
            starts = text.starts[line.paragraph]
            letters = int(starts[line.last] - starts[line.first]) - 1
            wider = min(slack / gaps, space * (MAX_SPACE_GROWTH - 1)) if gaps else 0.0
            slack -= wider * gaps
            if letters > 0 and slack / letters <= MAX_EXTRA_TRACKING_EM * style.size_px:
                return left, space + wider, slack / letters, 1.0
            return left, space + wider, 0.0, 1.0
        return left, space, 0.0, 1.0

    def _place_paragraph(
        self, block: int, text: Text, paragraph: int, rows: list[tuple[BrokenLine, float]], x_px: float
    ) -> None:
        style, shaped, pens, starts = text.style, text.shaped[paragraph], text.pens[paragraph], text.starts[paragraph]
        first_word, last_word = rows[0][0].first, rows[-1][0].last
        begin, end = int(starts[first_word]), int(starts[last_word])
        counts = [int(starts[line.last] - starts[line.first]) for line, _ in rows]
        fits = np.array([self._fit(text, line) for line, _ in rows])
        per_line = np.column_stack(
            [
                fits,
                [baseline for _, baseline in rows],
                [pens[starts[line.first]] for line, _ in rows],
                [line.first for line, _ in rows],
                [starts[line.first] for line, _ in rows],
            ]
        )
        left, space, tracking, condense, baseline, pen0, word0, char0 = np.repeat(per_line, counts, axis=0).T
        word = shaped.word[begin:end]
        order = np.arange(begin, end) - char0
        pen = x_px + left + (pens[begin:end] - pen0) * condense + (word - word0) * space * condense + order * tracking
        em = np.full(end - begin, style.size_px)
        width = em * style.stretch * condense
        line_ids = len(self._line_texts) + np.repeat(np.arange(len(rows), dtype=np.int32), counts)
        self._add(block, shaped, slice(begin, end), pen, baseline, em, width, line_ids, style.face)
        words = text.words[paragraph]
        self._texts += "".join(words[first_word:last_word])
        self._word_texts += words[first_word:last_word]
        self._line_texts += [" ".join(words[line.first : line.last]) for line, _ in rows]
        self._append("line_block", np.full(len(rows), block, dtype=np.int32))

    def _add(
        self,
        block: int,
        shaped: Shaped,
        part: slice,
        pen: Float,
        baseline: Float,
        em: Float,
        width: Float,
        line_ids: npt.NDArray[np.int32],
        face_index: int,
    ) -> None:
        """Record some shaped characters whose pens and baselines are known; ``width`` is the em's horizontal size."""
        n = len(pen)
        glyph, face, scale = shaped.glyph[part], shaped.face[part], shaped.scale[part]
        origin = np.column_stack([pen + shaped.dx_em[part] * width, baseline + shaped.dy_em[part] * em])
        bounds = np.empty((n, 4))
        for one in np.unique(face).tolist():
            mine = face == one
            bounds[mine] = self.shaper.faces.faces[one].bounds_em[glyph[mine]]
        wide, high = width * scale, em * scale
        ink = bounds * np.column_stack([wide, high, wide, high]) + origin[:, [0, 1, 0, 1]]
        own = self.shaper.faces.faces[face_index]
        cell = np.column_stack(
            [pen, baseline - own.ascent_em * em, pen + shaped.advance_em[part] * width, baseline + own.descent_em * em]
        )
        first_char = len(self._texts)
        linear = np.zeros((n, 2, 2))
        linear[:, 0, 0], linear[:, 1, 1] = wide, high
        char = np.arange(first_char, first_char + n, dtype=np.int32)
        self._glyph_parts.append((face, glyph, char, linear, origin))
        for extra in shaped.extras:
            if part.start <= extra.char < part.stop:
                self._add_extra(extra.char - part.start, extra, pen, baseline, em, width, ink, first_char)
        word = shaped.word[part]
        self._append("ink", ink)
        self._append("cell", cell)
        self._append("word", len(self._word_texts) + word - word[0])
        self._append("line", line_ids)
        self._append("block", np.full(n, block, dtype=np.int32))
        self._append("face", face)

    def _add_extra(
        self, at: int, extra: Extra, pen: Float, baseline: Float, em: Float, width: Float, ink: Float, first_char: int
    ) -> None:
        """Ink one more glyph of a character, and let the character's ink box take it in."""
        x, y = pen[at] + extra.dx_em * width[at], baseline[at] + extra.dy_em * em[at]
        wide, high = width[at] * extra.scale, em[at] * extra.scale
        bounds = self.shaper.faces.faces[extra.face].bounds_em[extra.glyph]
        if bounds[2] > bounds[0]:
            ink[at, :2] = np.minimum(ink[at, :2], bounds[:2] * (wide, high) + (x, y))
            ink[at, 2:] = np.maximum(ink[at, 2:], bounds[2:] * (wide, high) + (x, y))
        self._glyph_parts.append(
            (
                np.array([extra.face], dtype=np.int32),
                np.array([extra.glyph], dtype=np.int32),
                np.array([first_char + at], dtype=np.int32),
                np.array([[[wide, 0.0], [0.0, high]]]),
                np.array([[x, y]]),
            )
        )

    def _append(self, name: str, values: npt.NDArray[np.generic]) -> None:
        self._parts.setdefault(name, []).append(values)

    def finish(self, size: tuple[int, int], parameters: dict[str, object]) -> Layout:
        """Return the frozen layout of a sheet of ``size`` (width, height); Rejected ("empty") when nothing was set."""
        if not self._texts:
            raise Rejected("empty")
        joined = {name: np.concatenate(values) for name, values in self._parts.items()}
        ink, cell = joined["ink"], joined["cell"]
        word, line = joined["word"].astype(np.int32), joined["line"].astype(np.int32)
        word_starts = np.flatnonzero(np.diff(word, prepend=-1))
        line_starts = np.flatnonzero(np.diff(line, prepend=-1))
        word_quads = boxes_to_quads(_around(cell, word_starts))
        faces, glyphs, chars, linears, origins = (np.concatenate(part) for part in zip(*self._glyph_parts, strict=True))
        n = len(self._texts)
        return Layout(
            size=size,
            glyphs=Glyphs(faces.astype(np.int32), glyphs.astype(np.int32), chars.astype(np.int32), linears, origins),
            rules=np.array(self._rules, dtype=np.float64).reshape(-1, 4),
            characters=Characters(
                text=tuple(self._texts),
                ink=boxes_to_quads(ink),
                cell=boxes_to_quads(cell),
                word=word,
                line=line,
                block=joined["block"].astype(np.int32),
                face=joined["face"].astype(np.int32),
                visible=np.ones(n, dtype=np.float32),
            ),
            words=Words(
                text=tuple(self._word_texts),
                quad=word_quads,
                ink=boxes_to_quads(_around(ink, word_starts)),
                line=line[word_starts],
                direction=("ltr",) * len(self._word_texts),
                ignored=np.zeros(len(self._word_texts), dtype=bool),
            ),
            lines=Lines(
                text=tuple(self._line_texts),
                quad=boxes_to_quads(_around(cell, line_starts)),
                block=joined["line_block"].astype(np.int32),
                direction=("ltr",) * len(self._line_texts),
            ),
            roles=tuple(self.roles),
            parameters=parameters,
        )


def _around(boxes: Float, starts: npt.NDArray[np.intp]) -> Float:
    """Return the boxes around consecutive groups of boxes (N, 4) that begin at ``starts``."""
    low = np.minimum.reduceat(boxes[:, :2], starts, axis=0)
    high = np.maximum.reduceat(boxes[:, 2:], starts, axis=0)
    return np.concatenate([low, high], axis=1)
