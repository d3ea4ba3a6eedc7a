"""What is mixed into natural text: pseudo-words, English words and hanja, each a share of the words."""

from __future__ import annotations

import math
from dataclasses import dataclass

from synthgen.randomness import Stream
from synthgen.text import josa
from synthgen.text.coverage import PseudoWords
from synthgen.text.hanja import Glosses, abbreviate

_OPENERS = "“‘(「『〈《【[\"'"
_CLOSERS = ".,!?…”’)」』〉》】]\"'"
_HEADLINE_ROLES = ("headline", "subhead", "kicker")
# A title or a name in pseudo-words is no title: these belong in running text, lines and cells.
_TITLE_ROLES = frozenset(
    (
        *_HEADLINE_ROLES,
        "author",
        "bar",
        "button",
        "chapter",
        "company",
        "from",
        "heading",
        "job",
        "receiver",
        "running",
        "shop",
        "tab",
        "title",
        "to",
        "who",
    )
)
# In a headline with hanja at all, abbreviations are the rule: this many times the share of glosses.
_HEADLINE_FACTOR = 8.0
_CAPITALS_SHARE = 0.2
_TITLE_SHARE = 0.45
_LOAN_SHARE = 0.65
_NOT_AFTER_NOUNS_ALONE = ("", "은", "는", "이", "가", "도")


def style_english(word: str, stream: Stream) -> str:
    """Return an English word in lower case, as a title or in capitals, as signs and products have it."""
    x = stream.random()
    if x < _CAPITALS_SHARE:
        return word.upper()
    return word.capitalize() if x < _CAPITALS_SHARE + _TITLE_SHARE else word


@dataclass(frozen=True, slots=True)
class Seasoning:
    """Replaces words of natural text, keeping the josa and the stop that follow them.

    ``coverage``, ``latin`` and ``hanja`` are shares of the words in [0, 1]; ``loans`` are English words that Korean
    print uses as they are, ``english`` any others.
    """

    pseudo: PseudoWords
    loans: tuple[str, ...]
    english: tuple[str, ...]
    glosses: Glosses | None
    coverage: float
    latin: float
    hanja: float

    def season(self, text: str, role: str, stream: Stream) -> str:
        """Return the text with its share of words replaced; titles and names stay free of pseudo-words."""
        if self.glosses is not None and self.hanja and role in _HEADLINE_ROLES:
            text = abbreviate(text, stream, min(1.0, _HEADLINE_FACTOR * self.hanja))
        coverage = 0.0 if role in _TITLE_ROLES else self.coverage
        total = coverage + self.latin + self.hanja
        if total <= 0.0:
            return text
        words = text.split(" ")
        at = self._gap(total, stream)
        if at >= len(words):
            return text
        while at < len(words):
            replaced = self._replaced(words[at], stream.random() * total, coverage, stream)
            # A word that must stay hands its turn to the next one, so that the share is kept.
            at += 1
            if replaced is not None:
                words[at - 1] = replaced
                at += self._gap(total, stream)
        return " ".join(words)

    @staticmethod
    def _gap(share: float, stream: Stream) -> int:
        """Return how many words stay before the next one is replaced: one draw instead of one for each word."""
        if share >= 1.0:
            return 0
        return int(math.log1p(-stream.random()) / math.log1p(-share))

    def _replaced(self, word: str, x: float, coverage: float, stream: Stream) -> str | None:
        """Return what stands in the word's place, or None when this word is better left alone."""
        bare = word.strip(_OPENERS + _CLOSERS)
        # Numbers carry the sense of their neighbours, and a sentence that ends in no verb is no sentence.
        if not bare.isalpha() or bare.endswith("다"):
            return None
        if x < coverage:
            return self.pseudo.dress(_put(word, bare, self.pseudo.stem(stream)), stream)
        if x < coverage + self.latin:
            # Only a noun can be English, and what is followed by one of these is one; 은 and 는 also end verbs.
            if not self.english or josa.detach(bare)[1] in _NOT_AFTER_NOUNS_ALONE:
                return None
            return _put(word, bare, self.borrowed(stream))
        return self.glosses.gloss(word) if self.glosses is not None else None

    def borrowed(self, stream: Stream) -> str:
        """Return an English word as Korean text has them: mostly one that is at home there."""
        if self.loans and stream.chance(_LOAN_SHARE):
            return stream.pick(self.loans)
        return style_english(stream.pick(self.english), stream)

    def single(self, stream: Stream) -> str | None:
        """Return a single word of the mixture with its share of probability, else None."""
        x = stream.random()
        if x < self.coverage:
            return self.pseudo.dress(self.pseudo.stem(stream), stream)
        if x < self.coverage + self.latin and self.english:
            return self.borrowed(stream)
        if self.coverage + self.latin <= x < self.coverage + self.latin + self.hanja and self.glosses is not None:
            return self.glosses.single(stream)
        return None


def _put(word: str, bare: str, stem: str) -> str:
    """Return ``stem`` with the josa and the marks of ``word``: ``정부는,`` and ``쿍`` make ``쿍은,``."""
    particle = josa.detach(bare)[1]
    before, _, after = word.partition(bare)
    return before + (josa.attach(stem, particle) if particle else stem) + after
