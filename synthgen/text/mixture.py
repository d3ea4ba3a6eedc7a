"""What a recipe wants mixed into the text of a language, read from the bundled lists; recipes of a mix share it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from synthgen.recipe import Text
from synthgen.text.charset import Charset
from synthgen.text.coverage import PseudoWords
from synthgen.text.hanja import Glosses, read_glosses
from synthgen.text.library import read_hanja, read_loanwords, read_words
from synthgen.text.seasoning import Seasoning

_LOAN_LIMIT = 9
_INFLECTED = ("s", "ed", "ing", "ly", "er", "est")


def seasoning_of(language: str, text: Text, charset: Charset, root: Path) -> Seasoning:
    """Return the mixture of a language, ``ko`` or ``en``; the lists lie under ``root`` and are held to the charset."""
    korean = language == "ko"
    hanja = text.hanja_frac if korean and charset.hanja else 0.0
    latin = text.latin_frac if korean else 0.0
    return Seasoning(
        pseudo=_pseudo_words(root, language, charset, hanja=hanja > 0),
        loans=read_loanwords(root, charset) if latin > 0 else (),
        english=_loanable(root, charset) if latin > 0 else (),
        glosses=_glosses(root, charset) if hanja > 0 else None,
        coverage=text.coverage_frac,
        latin=latin,
        hanja=hanja,
    )


@lru_cache(maxsize=8)
def _pseudo_words(root: Path, language: str, charset: Charset, *, hanja: bool) -> PseudoWords:
    return PseudoWords.of(charset, read_words(root, language, charset), hangul=language == "ko", hanja=hanja)


@lru_cache(maxsize=8)
def _loanable(root: Path, charset: Charset) -> tuple[str, ...]:
    """Return the English words that Korean text might borrow: short, and not inflected."""
    words = read_words(root, "en", charset)
    return tuple(word for word in words if len(word) <= _LOAN_LIMIT and not word.endswith(_INFLECTED))


@lru_cache(maxsize=8)
def _glosses(root: Path, charset: Charset) -> Glosses:
    return Glosses.of(read_hanja(root, charset), read_glosses(root, charset))
