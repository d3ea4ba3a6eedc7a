"""What is mixed into natural text: pseudo-words, English words and hanja, each a share of the words.

In a sentence, pseudo-words and English words stand as names do, before a noun that says what they name: in quotes, with
a suffix or bare. Elsewhere (signs, labels, lines of lists) they take a word's place.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from synthgen.randomness import Stream
from synthgen.text import josa
from synthgen.text.coverage import PseudoWords
from synthgen.text.hanja import Glosses, abbreviate

_OPENERS = "“‘(「『〈《【[\"'"
_CLOSERS = ".,!?…”’)」』〉》】]\"'"
_MARKS = _OPENERS + _CLOSERS
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
# Before what bears one of these josa a name can stand: it is a noun, unless it ends as those below do.
_AFTER_NOUNS = frozenset(("은", "는", "을", "를", "이", "가", "의", "에", "에서", "에게", "과", "와", "으로", "로"))
_LAST_AFTER_NOUNS = frozenset(one[-1] for one in _AFTER_NOUNS)
_NO_HEADS = frozenset((
    "가운데", "거기", "경우", "그것", "그곳", "그때", "그들", "깊숙", "나날", "나중", "누구", "누군", "다다",
    "다음", "더욱", "때문", "동안", "모두", "무엇", "사이", "서로", "스스", "스스로", "언젠", "여기", "우리",
    "이것", "이곳", "이들", "이번", "일일", "자기", "자리", "자신", "저마다", "정도", "처음", "틈틈", "하나",
    "관한", "대한", "따른", "또는", "우선", "위한", "이상", "이하", "이후",
))  # fmt: skip
# Verbs and adjectives that look like nouns with a josa end their stems in these, or in the final consonant ㅆ.
_VERBAL_ENDS = frozenset("없같놓찾받않맞남넘앉얻잡붙묻믿깊높많좋작늦닿쌓입웃씻벗막닦먹적걷안으")
_VERBAL_ENDS_BEFORE_NEUN = frozenset("하되지키리오가나두내치이여려히르느추우구기미보주서머")
_PAST = 20
# Points and notes are mostly nouns without josa.
_NOUN_ROLES = ("point", "footnote")
_SUFFIXES = ("사", "시", "동", "역", "읍", "당", "전자", "산업", "건설", "식품", "마을", "그룹", "재단")
# Of names in sentences: those in quotes; below the second, those with a suffix; the others are bare.
_QUOTED_NAMES, _SUFFIXED_NAMES = 0.45, 0.8
_NAME_SYLLABLES = 3
# How many of those that may be marked are: a bracketed mark behind a name is rare in a sentence.
_MARKED_NAMES = 0.4
_SHORT_HEADLINE = 2
_FEW_WORDS = 3
_SENTENCE_ENDS = ("다", "요", "까", "오", "죠")
# Where so large a share is wanted, names that find no place take that of any other word.
_DENSE = 0.25
_FIRST_SYLLABLE = ord("가")
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
        """Return the text with its share of words replaced; titles and names stay free of pseudo-words.

        English has no syllables to be covered: chance words would only spoil its sentences, and serve lone lines alone.
        """
        if not self.pseudo.syllables and role != "line":
            return text
        if self.glosses is not None and self.hanja and role in _HEADLINE_ROLES:
            text = abbreviate(text, stream, min(1.0, _HEADLINE_FACTOR * self.hanja))
        words = text.split(" ")
        coverage, latin = 0.0 if role in _TITLE_ROLES else self.coverage, self.latin
        if role in _HEADLINE_ROLES and len(words) > _SHORT_HEADLINE:
            # What a headline of several words says, a chance word would spoil.
            latin = 0.0
        total = coverage + latin + self.hanja
        if total <= 0.0:
            return text
        at = self._gap(total, stream)
        if at >= len(words) or (role != "line" and len(words) <= _FEW_WORDS and any(map(str.isdigit, text))):
            # What stands alone with a number says what the number is.
            return text
        is_sentence = text[-1] in _CLOSERS and text.rstrip(_CLOSERS)[-1:] in _SENTENCE_ENDS
        running = role != "line" and len(words) > _FEW_WORDS
        if self.pseudo.syllables and (is_sentence or running or role in _NOUN_ROLES):
            return self._with_names(words, at, coverage, total, stream, alone=not is_sentence)
        while at < len(words):
            replaced = self._replaced(words[at], stream.random() * total, coverage, stream)
            # A word that must stay hands its turn to the next one, so that the share is kept.
            at += 1
            if replaced is not None:
                words[at - 1] = replaced
                at += self._gap(total, stream)
        return " ".join(words)

    def _with_names(
        self, words: list[str], turn: int, coverage: float, total: float, stream: Stream, *, alone: bool
    ) -> str:
        """Return words with names put before nouns from the word ``turn`` on, and their glosses.

        Nouns may stand ``alone``, without a josa.
        """
        done = -1
        while turn < len(words):
            x = stream.random() * total
            # What finds no place after the word whose turn it is stands before it.
            for at in chain(range(turn, len(words)), range(turn - 1, done, -1)):
                if x < coverage + self.latin:
                    put = self._named(words, at, x < coverage, stream, alone=alone)
                else:
                    put = self._replaced(words[at], x, coverage, stream)
                if put is not None:
                    break
            else:
                at, put = turn, None
                if total > _DENSE:
                    put = self._replaced(words[at], x, coverage, stream)
            if put is not None:
                words[at] = put
                done = max(done, at)
            turn = max(turn, done) + 1 + self._gap(total, stream)
        return " ".join(words)

    def _named(self, words: Sequence[str], at: int, made_up: bool, stream: Stream, *, alone: bool) -> str | None:
        """Return a noun with a name before it, or None where none can stand; it may be ``alone``, without a josa."""
        word = words[at]
        bare = word.strip(_MARKS)
        if not alone and bare[-1:] not in _LAST_AFTER_NOUNS:
            return None
        noun, particle = josa.detach(bare)
        if not (particle in _AFTER_NOUNS or (alone and not particle and len(noun) > 1)):
            return None
        if noun in _NO_HEADS or not noun.isalpha():
            return None
        if _may_be_verb(noun[-1], particle) or (at and _may_be_person(words[at - 1])):
            return None
        if made_up:
            # Print without English has no model numbers and no marks of today either.
            name = self._name(self.pseudo.name(stream, codes=self.latin > 0), stream)
        elif self.english:
            name = self._loaned(stream)
        else:
            return None
        before, _, after = word.partition(bare)
        return f"{before}{name} {bare}{after}"

    def _name(self, stem: str, stream: Stream) -> str:
        """Return a pseudo-word as a name is written."""
        marked = self.latin > 0 and stream.chance(_MARKED_NAMES)
        dressed = self.pseudo.dress(stem, stream) if marked else stem
        if dressed != stem:
            mark = dressed.replace(stem, "", 1)
            # Brackets and quotes of the charset stand around a name, other marks in brackets behind it.
            return dressed if len(mark) > 1 else f"{stem}({mark})"
        return _styled(stem, stream, suffixed="가" <= stem[-1] <= "힣" and len(stem) <= _NAME_SYLLABLES)

    def _loaned(self, stream: Stream) -> str:
        """Return an English word as a name: initials bare, as Korean has them, others as names are written."""
        word = stream.pick(self.loans) if self.loans else self.borrowed(stream)
        if word.isupper():
            return word
        return _styled(word.capitalize(), stream, suffixed=False)

    @staticmethod
    def _gap(share: float, stream: Stream) -> int:
        """Return how many words stay before the next one is replaced: one draw instead of one for each word."""
        if share >= 1.0:
            return 0
        return int(math.log1p(-stream.random()) / math.log1p(-share))

    def _replaced(self, word: str, x: float, coverage: float, stream: Stream) -> str | None:
        """Return what stands in the word's place, or None when this word is better left alone."""
        bare = word.strip(_MARKS)
        # Numbers carry the sense of their neighbours, and a sentence that ends in no verb is no sentence.
        if not bare.isalpha() or bare.endswith("다"):
            return None
        if x < coverage:
            put = _put(word, bare, self.pseudo.stem(stream, codes=self.latin > 0))
            return self.pseudo.dress(put, stream) if self.latin > 0 else put
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


def _styled(name: str, stream: Stream, *, suffixed: bool) -> str:
    """Return a name in quotes, with a suffix where it may be ``suffixed``, or bare."""
    x = stream.random()
    if x < _QUOTED_NAMES:
        return f"‘{name}’"
    return name + stream.pick(_SUFFIXES) if suffixed and x < _SUFFIXED_NAMES else name


def _may_be_verb(last: str, particle: str) -> bool:
    """Return whether what ends in a syllable and a josa may be a verb or an adjective before its noun."""
    if last in _VERBAL_ENDS or (ord(last) - _FIRST_SYLLABLE) % 28 == _PAST:
        return True
    return particle == "는" and last in _VERBAL_ENDS_BEFORE_NEUN


def _may_be_person(word: str) -> bool:
    """Return whether a word before a noun may be a person's name, which the noun then is the title of."""
    return len(word) == _NAME_SYLLABLES and word.isalpha() and not josa.detach(word)[1]


def _put(word: str, bare: str, stem: str) -> str:
    """Return ``stem`` with the josa and the marks of ``word``: ``정부는,`` and ``쿍`` make ``쿍은,``."""
    particle = josa.detach(bare)[1]
    before, _, after = word.partition(bare)
    return before + (josa.attach(stem, particle) if particle else stem) + after
