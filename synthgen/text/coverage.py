"""Text that shows every character of a charset: pseudo-words for the rare ones, and a count of what was shown.

Natural Korean never reaches all 2,350 syllables of KS X 1001, so a share of the words is made up. One syllable in two
comes from the whole charset, all equally likely; the other from those that the word list never uses.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from synthgen.randomness import Stream
from synthgen.text.charset import Charset, characters_of

# Pseudo-words are as long as eojeol are; the josa put after some of them makes the rest of the length.
_LENGTHS = (0.12, 0.55, 0.87, 1.0)
_CODE_SHARE = 0.12
_PLAIN_CODE_SHARE = 0.2
_MARK_SHARE = 0.15
_HANJA_SHARE = 0.3
_PAIRS = {
    "(": ")",
    "[": "]",
    "“": "”",
    "‘": "’",
    "「": "」",
    "『": "』",
    "〈": "〉",
    "《": "》",
    "【": "】",
    "〔": "〕",
}


@dataclass(frozen=True, slots=True)
class PseudoWords:
    """Makes pseudo-words of one charset.

    ``rare`` are the syllables that natural text seldom shows; ``hanja`` is empty when none are wanted. ``plain`` are
    the words of a language that shows all its letters by itself: most of its pseudo-words are words of its list.
    Models' names are made of ``capitals`` and ``digits``, which are capitals too in a charset without figures.
    """

    syllables: tuple[str, ...]
    rare: tuple[str, ...]
    codes: tuple[str, ...]
    marks: tuple[str, ...]
    hanja: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    capitals: tuple[str, ...] = ()
    digits: tuple[str, ...] = ()

    @staticmethod
    def of(charset: Charset, words: Iterable[str], *, hangul: bool, hanja: bool) -> PseudoWords:
        """Return the maker for a charset; ``words`` is the natural word list that tells common syllables from rare."""
        words = tuple(words)
        common = characters_of("".join(words))
        syllables = charset.syllables if hangul else ()
        # Letters of Hangul that stand alone belong to Korean text.
        own = (c for c in charset.marks if hangul or not "ㄱ" <= c <= "ㅣ")
        marks = tuple(c for c in own if c not in _PAIRS.values())
        codes = tuple(c for c in charset.characters if c.isascii() and c.isalnum())
        capitals = tuple(c for c in codes if c.isupper())
        return PseudoWords(
            syllables=syllables,
            rare=tuple(c for c in syllables if c not in common) or syllables,
            codes=codes,
            marks=tuple(c for c in marks if c not in _PAIRS or _PAIRS[c] in charset),
            hanja=charset.hanja if hanja else (),
            plain=() if hangul else words,
            capitals=capitals,
            digits=tuple(c for c in codes if c.isdigit()) or capitals,
        )

    def name(self, stream: Stream, *, codes: bool) -> str:
        """Return a pseudo-word that can be a name in a sentence: syllables, hanja, or, with ``codes``, a model's."""
        letters, digits = self.capitals, self.digits
        if codes and letters and stream.chance(_CODE_SHARE):
            heads, tails = 1 + stream.weighted((0.4, 1.0)), 1 + stream.weighted((0.4, 0.8, 1.0))
            return "".join([stream.pick(letters) for _ in range(heads)] + [stream.pick(digits) for _ in range(tails)])
        return self.stem(stream, codes=False)

    def stem(self, stream: Stream, *, codes: bool = True) -> str:
        """Return a pseudo-word of one to four syllables, hanja, or, with ``codes``, letters and digits; no marks."""
        length = 1 + stream.weighted(_LENGTHS)
        if self.hanja and stream.chance(_HANJA_SHARE):
            return "".join([stream.pick(self.hanja) for _ in range(length)])
        if self.plain and not stream.chance(_PLAIN_CODE_SHARE):
            return stream.pick(self.plain)
        if codes and self.codes and (not self.syllables or stream.chance(_CODE_SHARE)):
            return "".join([stream.pick(self.codes) for _ in range(length + 1)])
        if not self.syllables:
            return stream.pick(self.marks)
        rare, syllables = self.rare, self.syllables
        return "".join([stream.pick(rare if stream.random() < 0.5 else syllables) for _ in range(length)])

    def dress(self, word: str, stream: Stream) -> str:
        """Return the word, now and then with a mark of the charset before, after or around it."""
        if not self.marks or not stream.chance(_MARK_SHARE):
            return word
        mark = stream.pick(self.marks)
        if mark in _PAIRS:
            return mark + word + _PAIRS[mark]
        return mark + word if stream.chance(0.5) else word + mark


class Usage:
    """Counts the characters of texts; counters of several workers add up with :meth:`add`."""

    __slots__ = ("counts",)

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def count(self, texts: Iterable[str]) -> None:
        """Count every character of the texts, spaces aside."""
        for text in texts:
            self.counts.update(text)
        del self.counts[" "]

    def add(self, other: Usage) -> None:
        """Add another counter's counts to these."""
        self.counts.update(other.counts)

    def seen(self, characters: Iterable[str]) -> int:
        """Return how many of the characters appeared at least once."""
        return sum(1 for c in characters if self.counts[c] > 0)

    def unseen(self, characters: Iterable[str]) -> tuple[str, ...]:
        """Return the characters that never appeared, sorted."""
        return tuple(sorted(c for c in characters if self.counts[c] == 0))
