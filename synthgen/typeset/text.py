"""Paragraphs measured and broken into lines, before anything has a place on the sheet."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from synthgen.typeset.raising import RAISED_EM, raised
from synthgen.typeset.shape import Shaped, Shaper

Float = npt.NDArray[np.float64]

# Justified lines take their slack in word spaces first, then between letters, then in word spaces again, as wide as
# they may become; a line of one word is spread further. Beyond that they stay ragged.
MAX_SPACE_GROWTH = 1.9
MAX_EXTRA_TRACKING_EM = 0.12
MAX_SPACE_EM = 1.3
MAX_SPREAD_EM = 0.4
# Latin text is not letter-spaced, which its readers take for emphasis: its word spaces grow instead, and a paragraph
# with a line that even so has too much room is set ragged as a whole (Bringhurst, The Elements of Typographic Style,
# 2.1.3 and 2.1.8). Where this befalls more than a third of a text's paragraphs it befalls them all.
LATIN_SPACE_GROWTH = 2.5
LATIN_TRACKING_EM = 0.03
RAGGED_SHARE = 1 / 3
# A word that is wider than its column is condensed down to this share of its width, or left out of the text.
MIN_CONDENSING = 0.78
# A sentence for which a box has no room is left out where it takes at most this share of the lines set.
MOST_DROPPED = 1 / 3
_LATIN = re.compile("[A-Za-z]")
_EAST_ASIAN = re.compile("[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
# What ends a sentence: a stop, closed quotes behind it. Figures and abbreviations with a stop end none for certain.
_STOPS = re.compile(r"[^\W\d].*[.!?…][\"'”’)\]』」》〉]*$|[!?][\"'”’)\]』」》〉]*$")
_NO_STOPS = re.compile(r"[\"'“‘(]*(?:Mr|Mrs|Ms|Dr|St|No|Inc|Co|vs|etc|e\.g|i\.e|[A-Z])\.$")
_QUOTES = ("“”", "‘’", "「」", "『』", "()")


class Style(NamedTuple):
    """How a block is set: face index, em size and line pitch in px, spacing in em, ``align`` and first-line indent.

    ``align`` is ``left``, ``right``, ``center`` or ``justify``; ``stretch`` scales the glyphs' widths; ``slant`` is the
    tangent of a synthetic italic's lean to the right; ``jitter_em`` the standard deviation of each character's height
    on its line; ``by_syllable`` lets lines break inside a word between syllables, whose parts are then words of their
    own; ``ink`` is what it is printed with; ``raised`` is ``super`` or ``sub`` where figures at the ends of words stand
    high or low and small.
    """

    face: int
    size_px: float
    line_px: float
    tracking_em: float = 0.0
    word_space_em: float = 0.3
    stretch: float = 1.0
    align: str = "left"
    indent_em: float = 0.0
    slant: float = 0.0
    jitter_em: float = 0.0
    by_syllable: bool = False
    ink: str = "text"
    fallback: bool = True
    raised: str = ""


class BrokenLine(NamedTuple):
    """One line of a broken paragraph: words [first, last), its natural width and whether it ends the paragraph."""

    paragraph: int
    first: int
    last: int
    width_px: float
    indent_px: float
    ends: bool


class _Broken(NamedTuple):
    """A paragraph broken into lines: its words, their first characters, and those that go on in the next, by number."""

    words: list[str]
    starts: list[int]
    parts: list[int]
    lines: list[BrokenLine]


class Fit(NamedTuple):
    """How one line takes its width: left edge, word space and extra tracking in px, its glyphs' condensing."""

    left_px: float
    space_px: float
    tracking_px: float
    condensing: float


class Text:
    """Paragraphs shaped in one style and broken to one width: a queue of ``lines`` to be placed box by box.

    Per paragraph: ``words``, ``shaped``, ``pens`` N + 1 px along the line without word spaces, ``starts`` the first
    character of each of W words, and N at the end; ``broken`` the words that go on in the next one, on the next line;
    ``western`` whether it is justified Latin text, which takes its slack in its word spaces or, ``ragged``, not at all.
    The words of ``shaped`` are those before any was cut. ``space_px`` is the natural word space, behind the tracking of
    the last letter; ``gap_px`` is both, what lies between two words.
    """

    def __init__(self, paragraphs: Sequence[str], style: Style, shaper: Shaper, width_px: float) -> None:
        self.style = style
        self.shaper = shaper
        self.width_px = width_px
        self.space_px = self._word_space_px()
        # Each letter has its tracking behind it, the last of a word as well.
        self._tracking_px = style.tracking_em * style.size_px
        self.gap_px = self.space_px + self._tracking_px
        self.words: list[list[str]] = []
        self.shaped: list[Shaped] = []
        self.pens: list[list[float]] = []
        self.starts: list[list[int]] = []
        self.broken: list[list[int]] = []
        self.lines: list[BrokenLine] = []
        self.western: list[bool] = []
        for paragraph, shaped in zip(paragraphs, self._shaped(paragraphs), strict=True):
            self._break(paragraph, shaped)
        self.ragged = self._ragged() if any(self.western) else frozenset[int]()

    def _word_space_px(self) -> float:
        """Return the natural word space in px, which begins where the pen stands: behind the last letter's tracking."""
        return (self.style.word_space_em + self.style.tracking_em) * self.style.size_px

    def _shaped(self, texts: Sequence[str]) -> list[Shaped]:
        """Return some texts shaped, their figures raised."""
        style = self.style
        each = self.shaper.shape_each(texts, style.face, fallback=style.fallback)
        return [raised(shaped, RAISED_EM[style.raised]) for shaped in each] if style.raised else each

    def _measure(self, shaped: Shaped) -> list[float]:
        """Return the pens, N + 1 px, of a shaped text: plain numbers, because most texts have a few characters."""
        return [0.0, *accumulate((self._advances(shaped) * self.style.size_px).tolist())]

    def _widths(self, pens: list[float], starts: list[int]) -> list[float]:
        """Return the widths in px of the words that begin at ``starts``, without the tracking of their last letters."""
        tracking = self._tracking_px
        return [pens[end] - pens[start] - tracking for start, end in pairwise(starts)]

    def _advances(self, shaped: Shaped) -> Float:
        """Return how far each character moves the pen along its line, in em, tracking included."""
        advances: Float = shaped.advance_em * self.style.stretch + self.style.tracking_em
        return advances

    def _break(self, paragraph: str, shaped: Shaped) -> None:
        words, pens, at = paragraph.split(" "), self._measure(shaped), len(self.words)
        broken = self._filled(at, words, pens, cut=self.style.by_syllable)
        limit = self.width_px / MIN_CONDENSING
        if any(line.width_px > limit for line in broken.lines):
            widths = self._widths(pens, broken.starts)
            whole = [word for word, width in zip(broken.words, widths, strict=True) if width <= limit]
            if not whole:
                return
            if len(whole) < len(broken.words):
                (shaped,) = self._shaped([" ".join(whole)])
                pens = self._measure(shaped)
                broken = self._filled(at, whole, pens, cut=False)
        self.words.append(broken.words)
        self.shaped.append(shaped)
        self.pens.append(pens)
        self.starts.append(broken.starts)
        self.broken.append(broken.parts)
        justified = self.style.align == "justify"
        self.western.append(justified and not _EAST_ASIAN.search(paragraph) and bool(_LATIN.search(paragraph)))
        self.lines += broken.lines

    def _ragged(self) -> frozenset[int]:
        """Return the Latin paragraphs that have a line with more room than its word spaces may take."""
        loose = frozenset(
            line.paragraph
            for line in self.lines
            if self.western[line.paragraph] and not line.ends and self._latin_room(line) < self.width_px - line.width_px
        )
        return frozenset(range(len(self.words))) if len(loose) > RAGGED_SHARE * len(self.words) else loose

    def _latin_room(self, line: BrokenLine) -> float:
        """Return how much wider than its natural width a line of Latin text may become, in px."""
        starts, gaps = self.starts[line.paragraph], line.last - line.first - 1
        if not gaps:
            return 0.0
        letters = starts[line.last] - starts[line.first] - 1
        return gaps * self.space_px * (LATIN_SPACE_GROWTH - 1) + letters * LATIN_TRACKING_EM * self.style.size_px

    def _filled(self, paragraph: int, words: list[str], pens: list[float], *, cut: bool) -> _Broken:
        """Fill lines greedily with whole words.

        With ``cut``, a word at a line's end is cut in two where there is room for some of its characters, unless all
        words have room on one line. Kerning never crosses a cut, so nothing moves: only what is a word changes.
        """
        starts, count = _starts(words), len(words)
        tracking, space = self._tracking_px, self.space_px
        # Where each word would end if all stood on one line.
        reach = [pens[end] - tracking + at * space for at, end in enumerate(starts[1:])]
        cut = cut and reach[-1] > self.width_px
        parts: list[str] = []
        firsts: list[int] = []
        broken: list[int] = []
        lines: list[BrokenLine] = []
        # A line begins with what is left of word ``at`` from its character ``first`` on.
        at, first, indent = 0, 0, self.style.indent_em * self.style.size_px
        while at < count:
            begun, number = pens[first], len(parts)
            limit = self.width_px + 1e-6 + begun + at * space - indent
            whole = bisect_right(reach, limit, at)
            taken = 0
            if whole > at:
                parts.append(words[at][first - starts[at] :])
                parts += words[at + 1 : whole]
                firsts.append(first)
                firsts += starts[at + 1 : whole]
                first = starts[whole]
            if cut and whole < count:
                rest = words[whole][first - starts[whole] :]
                room = limit - whole * space + tracking
                taken = self._cut(rest, bisect_right(pens, room, first + 1, starts[whole + 1] + 1) - first - 1)
                if taken:
                    broken.append(len(parts))
                    parts.append(rest[:taken])
                    firsts.append(first)
                    first += taken
            if whole == at and not taken:
                # Not even a line of its own has room for it.
                parts.append(words[at][first - starts[at] :])
                firsts.append(first)
                whole, first = at + 1, starts[at + 1]
            at, last = whole, len(parts)
            width = pens[first] - tracking + (last - 1) * space - (begun + number * space - indent)
            lines.append(BrokenLine(paragraph, number, last, width, indent, at == count))
            indent = 0.0
        return _Broken(parts, [*firsts, starts[-1]], broken, lines)

    def _cut(self, word: str, fitting: int) -> int:
        """Return how many of a word's ``fitting`` first characters may stand at a line's end; 0 when none may.

        Cut only between two Hangul syllables, as newspapers do.
        """
        for taken in range(min(fitting, len(word) - 1), 0, -1):
            if "가" <= word[taken - 1] <= "힣" and "가" <= word[taken] <= "힣":
                return taken
        return 0

    def fit(self, line: BrokenLine) -> Fit:
        """Return how a line takes the width of its column."""
        style = self.style
        slack = self.width_px - line.width_px
        left, space = line.indent_px, self.space_px
        if slack < 0:
            return Fit(left, space, 0.0, self.width_px / line.width_px)
        if style.align == "right":
            return Fit(left + slack, space, 0.0, 1.0)
        if style.align == "center":
            return Fit(left + slack / 2, space, 0.0, 1.0)
        if style.align != "justify" or line.ends:
            return Fit(left, space, 0.0, 1.0)
        if self.western[line.paragraph]:
            return self._fit_latin(line, slack)
        gaps = line.last - line.first - 1
        starts = self.starts[line.paragraph]
        letters = starts[line.last] - starts[line.first] - 1
        em = style.size_px
        if not gaps:
            return Fit(left, space, slack / letters if 0 < slack <= letters * MAX_SPREAD_EM * em else 0.0, 1.0)
        wider = min(slack / gaps, space * (MAX_SPACE_GROWTH - 1))
        tracking = min((slack - wider * gaps) / letters, MAX_EXTRA_TRACKING_EM * em)
        widest = (slack - tracking * letters) / gaps
        if space + widest > MAX_SPACE_EM * em:
            return Fit(left, space, 0.0, 1.0)
        return Fit(left, space + widest, tracking, 1.0)

    def _fit_latin(self, line: BrokenLine, slack: float) -> Fit:
        """Return how a line of justified Latin text takes its slack: in its word spaces, then as a little tracking."""
        left, space, gaps = line.indent_px, self.space_px, line.last - line.first - 1
        if line.paragraph in self.ragged or not gaps:
            return Fit(left, space, 0.0, 1.0)
        wider = min(slack / gaps, space * (LATIN_SPACE_GROWTH - 1))
        starts = self.starts[line.paragraph]
        return Fit(left, space + wider, (slack - wider * gaps) / (starts[line.last] - starts[line.first] - 1), 1.0)

    def close(self, count: int, of: int = 0) -> int:
        """Leave out of the first ``count`` lines the sentence that goes on below them; return how many lines remain.

        And nothing after them; where no sentence ends, or over a third of the ``of`` lines set would go, all stays.
        """
        if 0 < count < len(self.lines):
            kept = self._whole_sentences(count)
            if kept[-1].ends and count - len(kept) <= MOST_DROPPED * (of or count):
                self.lines = kept
        return min(count, len(self.lines))

    def _whole_sentences(self, count: int) -> list[BrokenLine]:
        """Return the first ``count`` lines without the sentence that goes on below them, the last one's end included.

        All of them where no sentence ends in them.
        """
        kept = self.lines[:count]
        if kept[-1].ends:
            return kept
        paragraph = kept[-1].paragraph
        end = self._sentence_end(paragraph, kept[-1].last)
        if not end:
            before = [line for line in kept if line.paragraph != paragraph]
            return before or kept
        while kept[-1].first >= end:
            kept.pop()
        line = kept[-1]
        starts, pens = self.starts[paragraph], self.pens[paragraph]
        width = pens[starts[end]] - pens[starts[line.first]] - self.style.tracking_em * self.style.size_px
        width += line.indent_px + (end - line.first - 1) * self.space_px
        kept[-1] = line._replace(last=end, width_px=width, ends=True)
        return kept

    def _sentence_end(self, paragraph: int, last: int) -> int:
        """Return how many of a paragraph's first ``last`` words are whole sentences; 0 when none are."""
        words = self.words[paragraph]
        for at in range(last - 1, -1, -1):
            word = words[at]
            if not _STOPS.search(word) or _NO_STOPS.match(word):
                continue
            following = words[at + 1] if at + 1 < len(words) else ""
            if following[:1].islower() or at in self.broken[paragraph]:
                continue
            said = " ".join(words[: at + 1])
            if all(said.count(pair[0]) == said.count(pair[1]) for pair in _QUOTES) and said.count('"') % 2 == 0:
                return at + 1
        return 0


def _starts(words: Sequence[str]) -> list[int]:
    """Return the first character of each word, spaces not counted, and the number of all characters."""
    return [0, *accumulate(map(len, words))]
