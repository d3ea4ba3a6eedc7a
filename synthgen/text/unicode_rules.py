"""What may stand in a text that is to be set: NFC, single spaces, and no character without a shape of its own."""

from __future__ import annotations

import re
import unicodedata

from synthgen.errors import TextError

# Characters that only separate words. Listed, not asked of str.isspace: that also accepts U+001C..U+001F and U+0085,
# which are controls and a sign of damaged input.
SPACES = "\t\n\r \u00a0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
_RUN_OF_SPACES = re.compile(f"[{SPACES}]+")

# Text that needs no second look: no run of spaces, nothing that NFC could change, nothing forbidden.
_PLAIN = re.compile(r"[!-~가-힣ㄱ-ㅎㅏ-ㅣ·…“”‘’「」『』]+(?: [!-~가-힣ㄱ-ㅎㅏ-ㅣ·…“”‘’「」『』]+)*")

_CATEGORIES = {
    "Cc": "a control character",
    "Cf": "an invisible formatting character",
    "Cs": "half of a surrogate pair",
    "Co": "a private-use character",
    "Cn": "not assigned by Unicode",
    "Mn": "a combining mark that joins with nothing",
    "Mc": "a combining mark that joins with nothing",
    "Me": "an enclosing mark that joins with nothing",
}
_RIGHT_TO_LEFT = ("R", "AL", "AN")
# Letters by category, yet drawn as nothing or as "unknown".
_BLANK = frozenset("\u115f\u1160\u2800\u3164\ufffc\ufffd\uffa0")


def fold(text: str) -> str:
    """Return the text in NFC with every run of white space made one space, and none at the ends.

    >>> fold("\\u1112\\u1161\\u11ab\\t글\\u3000 ")
    '한 글'
    """
    if _PLAIN.fullmatch(text):
        return text
    return _RUN_OF_SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip(" ")


def objection(character: str) -> str | None:
    """Return why this one character of a folded text cannot be set, or None when it can."""
    category = unicodedata.category(character)
    if category in _CATEGORIES:
        return _CATEGORIES[category]
    if character in _BLANK:
        return "a character that draws nothing of its own"
    if "\u1100" <= character <= "\u11ff" or "\ua960" <= character <= "\ua97f" or "\ud7b0" <= character <= "\ud7ff":
        return "a conjoining jamo that makes no modern syllable"
    if ord(character) > 0xFFFF:
        return "outside the Basic Multilingual Plane (emoji and rare letters), where no face draws it"
    if unicodedata.bidirectional(character) in _RIGHT_TO_LEFT:
        return "written from right to left"
    return None


def spell(character: str) -> str:
    """Return a character's code point and name, as errors and reports write it.

    >>> spell("가")
    'U+AC00 HANGUL SYLLABLE GA'
    """
    code = ord(character)
    return f"U+{code:04X} {unicodedata.name(character, f'<{unicodedata.category(character)}>')}"


def normalise(text: str, where: str) -> str:
    """Return the text as it may be set: NFC, words separated by single spaces.

    Tabs, line ends, no-break and ideographic spaces become single spaces. ``where`` names the text's place for
    the error, such as ``"notes.txt, line 3"``.

    Raises
    ------
    TextError
        For the first character that cannot be set: controls, NUL, lone surrogates, zero-width and bidirectional
        controls, right-to-left letters, emoji, unassigned and private-use code points, combining marks that do
        not compose, jamo that make no syllable.
    """
    if _PLAIN.fullmatch(text):
        return text
    folded = fold(text)
    for character in dict.fromkeys(folded):
        reason = objection(character)
        if reason is not None:
            raise TextError(f"{where}: {spell(character)} is {reason} and cannot be set; remove or replace it.")
    return folded
