"""The characters that a dataset may hold: built-in sets by name, or a file of characters.

``ks1001`` is the 2,350 syllables of KS X 1001:2004, printable ASCII and the marks that Korean print uses, one of
each family of look-alikes (so ``~`` and not U+301C, ``·`` and not U+30FB). ``hangul`` has all 11,172 syllables.
``+hanja`` adds the hanja of KS X 1001: 4,888 places in the standard, many of them second readings of the same
character; 4,622 canonical code points are left, and only those survive NFC.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthgen.errors import AssetError, TextError, UsageError, did_you_mean
from synthgen.recipe import Recipe
from synthgen.text.unicode_rules import SPACES, fold, objection, spell

NAMES = ("hangul", "hangul+hanja", "ks1001", "ks1001+hanja")
FILE_LIMIT_BYTES = 4_000_000
# What stands before characters that are given themselves.
SPELLED = "chars:"

_ASCII = "".join(chr(code) for code in range(0x21, 0x7F))
_MARKS = (
    "·…“”‘’「」『』〈〉《》【】〔〕※○●◎△▲▽▼□■◇◆☆★→←↑↓↔₩€℃㎡㎥㎏㎎㎞㎝㎜№☎☞×÷±≤≥≠∞°–—§¶†‡♀♂♡♥♠♣♪"
    "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮½⅓¼¾²³㈜™®©"
)
# The letters people write alone (ㅋㅋ, ㅠㅠ, ㄱ. ㄴ. ㄷ.); ㅡ and ㅣ are left out: they look like a dash and a bar.
_JAMO = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎㅏㅐㅑㅓㅔㅕㅗㅛㅜㅠ"


@dataclass(frozen=True)
class Charset:
    """A frozen set of characters.

    ``characters`` is sorted by code point and holds no space; ``name`` is a built-in name or a file's name.
    """

    name: str
    characters: tuple[str, ...]
    _set: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_set", frozenset(self.characters))

    def __contains__(self, character: object) -> bool:
        return character in self._set

    def __len__(self) -> int:
        return len(self.characters)

    def covers(self, text: str) -> bool:
        """Return whether every character of the text, plain spaces aside, is in the set."""
        return self._spelling.fullmatch(text) is not None

    def missing(self, text: Iterable[str]) -> tuple[str, ...]:
        """Return the text's characters that are not in the set, sorted, spaces aside."""
        return tuple(sorted(set(text) - self._spaced))

    @cached_property
    def _spaced(self) -> frozenset[str]:
        return self._set | {" "}

    @cached_property
    def _spelling(self) -> re.Pattern[str]:
        # A sentence is matched in a fifth of the time that a set takes, which looks at an object for each character.
        return re.compile(f"[ {re.escape(''.join(self.characters))}]*")

    @cached_property
    def syllables(self) -> tuple[str, ...]:
        """The Hangul syllables of the set, sorted."""
        return tuple(c for c in self.characters if "가" <= c <= "힣")

    @cached_property
    def hanja(self) -> tuple[str, ...]:
        """The CJK ideographs of the set, sorted."""
        return tuple(c for c in self.characters if "\u3400" <= c <= "\u9fff")

    @cached_property
    def marks(self) -> tuple[str, ...]:
        """What is neither a syllable, an ideograph, nor an ASCII letter or digit; sorted."""
        others = {c for c in self.characters if c.isascii() and c.isalnum()}.union(self.syllables, self.hanja)
        return tuple(c for c in self.characters if c not in others)

    @cached_property
    def table(self) -> NDArray[np.bool_]:
        """``(0x10000,)`` bool: whether the code point is in the set."""
        table = np.zeros(0x10000, dtype=np.bool_)
        table[[ord(c) for c in self.characters]] = True
        table.flags.writeable = False
        return table

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the characters in UTF-8, hexadecimal: the same for the same characters, whatever the name."""
        return hashlib.sha256("".join(self.characters).encode()).hexdigest()


def characters_of(text: str) -> frozenset[str]:
    """Return the set of a long text's characters, counted as numbers: ten times faster than as texts of one each.

    >>> sorted(characters_of("가나 가"))
    [' ', '가', '나']
    """
    codes = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    return frozenset(map(chr, np.flatnonzero(np.bincount(codes)).tolist()))


def ks1001_syllables() -> str:
    """Return the 2,350 syllables of KS X 1001, sorted."""
    return "".join(_rows(0xB0, 0xC8))


def ks1001_hanja() -> str:
    """Return the canonical code points of the hanja of KS X 1001, sorted."""
    return "".join(sorted({fold(c) for c in _rows(0xCA, 0xFD)}))


def _rows(first: int, last: int) -> list[str]:
    return [bytes((row, cell)).decode("euc-kr") for row in range(first, last + 1) for cell in range(0xA1, 0xFF)]


@lru_cache(maxsize=16)
def _built_in(name: str) -> Charset:
    base, _, extra = name.partition("+")
    syllables = ks1001_syllables() if base == "ks1001" else "".join(chr(code) for code in range(0xAC00, 0xD7A4))
    hanja = ks1001_hanja() if extra else ""
    return Charset(name, tuple(sorted(set(_ASCII + _MARKS + _JAMO + syllables + hanja))))


def load_charset(name: str) -> Charset:
    """Return the charset of that name, of the characters after ``chars:``, or of the UTF-8 file of that path.

    A file holds characters in any order, with or without white space between them; each is taken in NFC.

    Raises
    ------
    UsageError
        When ``name`` is neither a built-in name nor a file.
    AssetError
        When the file is empty, too large or not UTF-8.
    TextError
        When the file, or the list, has a character that cannot be set.
    """
    if name in NAMES:
        return _built_in(name)
    if name.startswith(SPELLED):
        return _spelled(name)
    path = Path(name)
    if not path.is_file():
        raise UsageError(f"charset {name!r}: neither a built-in charset nor a file.{did_you_mean(name, NAMES)}")
    if path.stat().st_size > FILE_LIMIT_BYTES:
        raise AssetError(
            f"charset file {path.name}: larger than {FILE_LIMIT_BYTES:,} bytes; give a list of characters."
        )
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise AssetError(
            f"charset file {path.name}: byte {error.start} is not UTF-8; save the file as UTF-8."
        ) from None
    return _of_characters(path.name, text, f"charset file {path.name}")


def portable(name: str) -> str:
    """Return the name by which a charset is found on every machine: a file's characters themselves, after ``chars:``.

    Raises what :func:`load_charset` raises.

    >>> portable("ks1001")
    'ks1001'
    """
    return name if name in NAMES else SPELLED + "".join(load_charset(name).characters)


def with_portable_charset(recipe: Recipe) -> Recipe:
    """Return the recipe with its charset under a name that is found on every machine; see :func:`portable`."""
    return replace(recipe, text=replace(recipe.text, charset=portable(recipe.text.charset)))


@lru_cache(maxsize=16)
def _spelled(name: str) -> Charset:
    return _of_characters("of the recipe", name.removeprefix(SPELLED), f"charset {SPELLED}")


def _of_characters(name: str, text: str, where: str) -> Charset:
    characters = set(fold(text)) - set(SPACES)
    if not characters:
        raise AssetError(f"{where}: holds no character; list at least one.")
    for character in sorted(characters):
        reason = objection(character)
        if reason is not None:
            raise TextError(f"{where}: {spell(character)} is {reason}; remove it from the list.")
    return Charset(name, tuple(sorted(characters)))
