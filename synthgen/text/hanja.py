"""Hanja as Korean print uses it: glosses in brackets, and one-character abbreviations in headlines."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from synthgen.randomness import Stream
from synthgen.text import josa
from synthgen.text.charset import Charset
from synthgen.text.library import read_lines

# Headlines only. A word counts when it stands alone: not the 정부 of 행정부, not the 인도 of 인도네시아.
ABBREVIATIONS = {
    "전년 대비": "전년比",
    "지난해 대비": "지난해比",
    "미국": "美",
    "중국": "中",
    "일본": "日",
    "북한": "北",
    "한국": "韓",
    "영국": "英",
    "독일": "獨",
    "프랑스": "佛",
    "호주": "濠",
    "인도": "印",
    "러시아": "露",
    "여당": "與",
    "야당": "野",
    "여야": "與野",
    "검찰": "檢",
    "경찰": "警",
    "정부": "政",
    "국회": "國會",
}
_ABBREVIATED = re.compile("(?<![가-힣])(?:" + "|".join(sorted(ABBREVIATIONS, key=len, reverse=True)) + ")(?![가-힣])")


def _list(text: str) -> tuple[str, ...]:
    """Return the words of a text: long lists read better without quotes and commas."""
    return tuple(text.split())


# Native words and endings that happen to be some hanja word's reading.
_NATIVE = frozenset(
    _list(
        "가운데 편지 동안 거리 거의 계속 그대 나라 나무 다시 다음 다른 대한 때문 마다 마련 만나 만지 모두 무리 바다 "
        "방금 벌써 보다 부터 사이 새로 서로 소리 아기 아니 아마 아무 아주 안내 어디 어서 언제 여기 여러 역시 "
        "오늘 오래 우리 위한 이기 이날 이내 이는 이로 이미 이번 인가 있다 자리 잠시 저기 전에 조금 주로 지금 "
        "지나 지난 진짜 하나 하루 하자 한다 한때 함께 해마 혹시 나머지 수도 이후 이상 이어 관한"
    )
)
_TRAILING = ",.…”’"


@dataclass(frozen=True, slots=True)
class Glosses:
    """Adds hanja to Korean words: ``forms`` gives the hanja of each reading that is glossed, ``pairs`` are all known.

    Many readings have several forms, and which one a text means only its sense tells: what stands in running text is
    held to the words whose form was chosen by hand, while words that stand alone may be any.
    """

    forms: Mapping[str, str]
    pairs: tuple[tuple[str, str], ...]

    @staticmethod
    def of(pairs: Sequence[tuple[str, str]], chosen: Sequence[tuple[str, str]]) -> Glosses:
        """Return the glosses of all ``(reading, hanja)`` pairs and of those ``chosen`` for running text."""
        return Glosses(dict(chosen), tuple(pairs))

    def single(self, stream: Stream) -> str:
        """Return one word of hanja, half of the time as the gloss of its reading."""
        reading, hanja = stream.pick(self.pairs)
        return f"{reading}({hanja})" if stream.chance(0.5) else hanja

    def gloss(self, eojeol: str) -> str | None:
        """Return the eojeol with its noun's hanja in brackets, or None when it holds no known noun.

        >>> Glosses.of([], [("전망", "展望")]).gloss("전망은,")
        '전망(展望)은,'
        """
        bare = eojeol.rstrip(_TRAILING)
        stem, particle = josa.detach(bare)
        for noun, rest in ((bare, ""), (stem, particle)):
            hanja = self.forms.get(noun)
            # Two syllables without a josa are as often an adverb (가장, 자주) as a noun.
            if hanja is not None and len(noun) >= (2 if rest else 3) and noun not in _NATIVE:
                return f"{noun}({hanja}){rest}{eojeol[len(bare) :]}"
        return None


def read_glosses(root: Path, charset: Charset) -> list[tuple[str, str]]:
    """Return the ``(reading, hanja)`` pairs chosen for running text that the charset can write, one of each reading."""
    rows = (line.split("\t") for line in read_lines(root / "ko" / "hanja_glosses.tsv"))
    return [(reading, hanja) for reading, hanja in rows if charset.covers(hanja) and charset.covers(reading)]


def abbreviate(headline: str, stream: Stream, share: float) -> str:
    """Return a headline in which each known country or body is one hanja with probability ``share``."""

    def shorten(found: re.Match[str]) -> str:
        return ABBREVIATIONS[found[0]] if stream.chance(share) else found[0]

    return _ABBREVIATED.sub(shorten, headline)
