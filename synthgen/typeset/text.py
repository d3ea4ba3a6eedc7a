"""Paragraphs measured and broken into lines, before anything has a place on the sheet."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

import numpy as np
import numpy.typing as npt

from synthgen.typeset.face import HANGUL
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


@dataclass(frozen=True, slots=True)
class Style:
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


@dataclass(frozen=True, slots=True)
class BrokenLine:
    """One line of a broken paragraph: words [first, last), its natural width and whether it ends the paragraph."""

    paragraph: int
    first: int
    last: int
    width_px: float
    indent_px: float
    ends: bool


@dataclass(frozen=True, slots=True)
class Fit:
    """How one line takes its width: left edge, word space and extra tracking in px, its glyphs' condensing."""

    left_px: float
    space_px: float
    tracking_px: float
    condensing: float


class Text:
    """Paragraphs shaped in one style and broken to one width: a queue of ``lines`` to be placed box by box.

    Per paragraph: ``words``, ``shaped``, ``pens`` (N + 1,) px along the line without word spaces, ``starts`` the first
    character of each of W words, and N at the end; ``broken`` the words that go on in the next one, on the next line;
    ``western`` whether it is justified Latin text, which takes its slack in its word spaces or, ``ragged``, not at all.
    """

    def __init__(self, paragraphs: Sequence[str], style: Style, shaper: Shaper, width_px: float) -> None:
        self.style = style
        self.shaper = shaper
        self.width_px = width_px
        self.words: list[list[str]] = []
        self.shaped: list[Shaped] = []
        self.pens: list[Float] = []
        self.starts: list[list[int]] = []
        self.broken: list[list[int]] = []
        self.lines: list[BrokenLine] = []
        self.western: list[bool] = []
        for paragraph in paragraphs:
            self._break(paragraph)
        self.ragged = self._ragged() if any(self.western) else frozenset[int]()

    @property
    def space_px(self) -> float:
        """The natural word space in px, which begins where the pen stands: behind the last letter's tracking."""
        return (self.style.word_space_em + self.style.tracking_em) * self.style.size_px

    @property
    def gap_px(self) -> float:
        """What lies between two words in px: the tracking of the last letter, and the word space."""
        return self.space_px + self.style.tracking_em * self.style.size_px

    def _measure(self, text: str) -> tuple[Shaped, Float, list[int], list[float]]:
        """Return the shaped text, its pens (N + 1,), the words' starts (W + 1,) and their widths in px."""
        style = self.style
        shaped = self.shaper.shape(text, style.face, fallback=style.fallback)
        if style.raised:
            shaped = raised(shaped, RAISED_EM[style.raised])
        advance = self._advances(shaped) * style.size_px
        pens = np.zeros(len(advance) + 1)
        np.cumsum(advance, out=pens[1:])
        starts = [0, *accumulate([len(word) for word in text.split(" ")])]
        return shaped, pens, starts, self._widths(pens, starts)

    def _widths(self, pens: Float, starts: list[int]) -> list[float]:
        """Return the widths in px of the words that begin at ``starts``, without the tracking of their last letters."""
        gap = self.style.tracking_em * self.style.size_px
        return [end - start - gap for start, end in pairwise(pens[starts].tolist())]

    def _advances(self, shaped: Shaped) -> Float:
        """Return how far each character moves the pen along its line, in em, tracking included."""
        advances: Float = shaped.advance_em * self.style.stretch + self.style.tracking_em
        return advances

    def _break(self, paragraph: str) -> None:
        words = paragraph.split(" ")
        shaped, pens, starts, widths = self._measure(paragraph)
        broken: list[int] = []
        if self.style.by_syllable and sum(widths) + self.gap_px * (len(words) - 1) > self.width_px:
            words, broken = self._split_words(words, pens, starts)
            # Kerning never crosses a cut, so nothing has moved: only what is a word has changed.
            counts = [len(word) for word in words]
            shaped = replace(shaped, word=np.repeat(np.arange(len(words), dtype=np.int32), counts))
            starts = [0, *accumulate(counts)]
            widths = self._widths(pens, starts)
        limit = self.width_px / MIN_CONDENSING
        if max(widths) > limit:
            words = [word for word, width in zip(words, widths, strict=True) if width <= limit]
            if not words:
                return
            shaped, pens, starts, widths = self._measure(" ".join(words))
            broken = []
        at = len(self.words)
        self.words.append(words)
        self.shaped.append(shaped)
        self.pens.append(pens)
        self.starts.append(starts)
        self.broken.append(broken)
        justified = self.style.align == "justify"
        self.western.append(justified and not _EAST_ASIAN.search(paragraph) and bool(_LATIN.search(paragraph)))
        self.lines += self._lines(at, widths)

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

    def _lines(self, paragraph: int, widths: list[float]) -> list[BrokenLine]:
        """Fill lines greedily with whole words."""
        lines = []
        space, indent = self.gap_px, self.style.indent_em * self.style.size_px
        first, width = 0, widths[0] + indent
        for word in range(1, len(widths)):
            if width + space + widths[word] <= self.width_px + 1e-6:
                width += space + widths[word]
            else:
                lines.append(BrokenLine(paragraph, first, word, width, indent, ends=False))
                first, width, indent = word, widths[word], 0.0
        lines.append(BrokenLine(paragraph, first, len(widths), width, indent, ends=True))
        return lines

    def _split_words(self, words: list[str], pens: Float, starts: list[int]) -> tuple[list[str], list[int]]:
        """Return the words with those cut in two that stand at a line's end with room for some of their syllables.

        And the numbers of the parts that go on. Only between two Hangul syllables, as newspapers do.
        """
        split: list[str] = []
        broken: list[int] = []
        style, space = self.style, self.gap_px
        # Behind a line's last letter there is no tracking.
        gap = style.tracking_em * style.size_px
        width = style.indent_em * style.size_px - space
        places: list[float] = pens.tolist()
        for at, word in enumerate(words):
            begin, end = starts[at], starts[at + 1]
            rest, first = word, begin
            while True:
                needed = places[end] - places[first] - gap
                if width + space + needed <= self.width_px + 1e-6:
                    width += space + needed
                    break
                room = self.width_px - width - space
                fitting = bisect_right(places, room + 1e-6 + places[first] + gap, first + 1, end + 1) - first - 1
                taken = _cut_between_syllables(rest, fitting)
                if taken:
                    broken.append(len(split))
                    split.append(rest[:taken])
                    rest, first = rest[taken:], first + taken
                elif width <= 0.0:
                    width += space + needed
                    break
                width = -space
            split.append(rest)
        return split, broken

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
        width = float(pens[starts[end]] - pens[starts[line.first]]) - self.style.tracking_em * self.style.size_px
        width += line.indent_px + (end - line.first - 1) * self.space_px
        kept[-1] = replace(line, last=end, width_px=width, ends=True)
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


def _cut_between_syllables(word: str, fitting: int) -> int:
    """Return how many of a word's ``fitting`` first characters it may keep, cut only between two syllables; or 0."""
    for taken in range(min(fitting, len(word) - 1), 0, -1):
        if ord(word[taken - 1]) in HANGUL and ord(word[taken]) in HANGUL:
            return taken
    return 0
