"""Which form a josa takes: by the final consonant of what stands before it, as it is read aloud."""

from __future__ import annotations

from functools import lru_cache

from synthgen.errors import did_you_mean

OPEN, CLOSED, RIEUL = 0, 1, 2
"""How a word ends in speech: in a vowel, in a consonant, or in ㄹ."""

_QUOTES = "”’\"'」』〉》】*"
_BRACKETS = {")": "(", "]": "[", "〕": "〔"}
_SKIPPED = " .,!?…·~:;-–—"

# Digits and letters as Korean reads them: 1 일, 3 삼, 0 영; L 엘, M 엠, N 엔, R 아르/알 (print prefers 알: "VR이").
_DIGITS = {"0": CLOSED, "1": RIEUL, "3": CLOSED, "6": CLOSED, "7": RIEUL, "8": RIEUL}
_CAPITALS = {"L": RIEUL, "M": CLOSED, "N": CLOSED, "R": RIEUL}
_SIGNS = {"㎏": CLOSED, "㎎": CLOSED, "₩": CLOSED, "#": CLOSED, "①": RIEUL, "③": CLOSED}

_FORMS = ("은/는", "이/가", "을/를", "과/와", "으로/로", "이/", "아/야", "이었/였", "이에요/예요", "이여/여")
_TRILLION_ZEROS = 12


@lru_cache(maxsize=1 << 16)
def ending(text: str) -> int:
    """Return how the text ends in speech: :data:`OPEN`, :data:`CLOSED` or :data:`RIEUL`.

    Closing quotes and a bracketed aside are looked through, as the orthography wants:

    >>> [ending(t) for t in ("바다", "달", "‘산’", "3월 15일(금)", "3.1%", "KTX", "VR", "Google", "Apple Phone")]
    [0, 2, 1, 2, 0, 0, 2, 2, 1]
    """
    text = _inner(text)
    if not text:
        return OPEN
    last = text[-1]
    if "가" <= last <= "힣":
        final = (ord(last) - 0xAC00) % 28
        return RIEUL if final == 8 else CLOSED if final else OPEN
    if last.isdecimal():
        zeros = len(text) - len(text.rstrip("0,"))
        return OPEN if zeros >= _TRILLION_ZEROS else _DIGITS.get(last, OPEN)
    if last.isascii() and last.isalpha():
        return _latin(text)
    return _SIGNS.get(last, OPEN)


def _inner(text: str) -> str:
    """Return the text without closing quotes, marks and bracketed asides at its end, unless nothing would be left."""
    while text:
        last = text[-1]
        if last in _QUOTES or last in _SKIPPED:
            text = text[:-1]
        elif last in _BRACKETS:
            at = text.rfind(_BRACKETS[last])
            text = text[:at] if at > 0 else text[max(at, 0) + (at == 0) : -1]
        else:
            break
    return text


def _latin(text: str) -> int:
    """Return how a Latin word ends: letter by letter when in capitals, else as its spelling is mostly read."""
    start = len(text)
    while start and text[start - 1].isascii() and text[start - 1].isalpha():
        start -= 1
    word = text[start:]
    if word.isupper() or len(word) == 1:
        return _CAPITALS.get(word[-1].upper(), OPEN)
    word = word.lower()
    if word.endswith(("l", "le")):
        return RIEUL
    if word.endswith(("m", "n", "ng", "me", "ne", "ck")):
        return CLOSED
    if word[-1] in "ptkbc" and word[-2] in "aeiou":
        return CLOSED
    return OPEN


def forms(notation: str) -> tuple[str, str, str] | None:
    """Return a josa's forms after a vowel, a consonant and ㄹ, or None when the notation is not of a known kind.

    The notation gives the form after a consonant first: ``은/는``, ``으로/로``, ``으로서/로서``, ``이라고/라고``.
    The other order is understood where it cannot be mistaken.

    >>> forms("으로/로"), forms("을/를")
    (('로', '으로', '로'), ('를', '을', '을'))
    """
    first, slash, second = notation.partition("/")
    if not slash or "/" in second:
        return None
    for closed, opened in ((first, second), (second, first)):
        if _is_pair(closed, opened):
            after_rieul = opened if closed.startswith("으") else closed
            return opened, closed, after_rieul
    return None


def _is_pair(closed: str, opened: str) -> bool:
    if not closed:
        return False
    for known in _FORMS:
        known_closed, known_open = known.split("/")
        if closed.startswith(known_closed) and opened.startswith(known_open):
            rest = closed[len(known_closed) :]
            # The bare "이" pair stands for the copula and its kin (이라/라, 이나/나, 이며/며): something must follow.
            if rest == opened[len(known_open) :] and (rest or known_open):
                return True
    return False


def suggestion(notation: str) -> str:
    """Return the remedy for a notation that :func:`forms` does not know."""
    return did_you_mean(notation, [form for form in _FORMS if form != "이/"] + ["이라/라", "으로서/로서"])


# Josa that can be taken off an eojeol and put on again after another word, longest first.
_DETACHABLE = {
    "으로": "으로/로",
    "에서": "",
    "에게": "",
    "까지": "",
    "부터": "",
    "은": "은/는",
    "는": "은/는",
    "을": "을/를",
    "를": "을/를",
    "과": "과/와",
    "와": "과/와",
    "의": "",
    "에": "",
    "도": "",
    "이": "이/가",
    "가": "이/가",
    "로": "으로/로",
}


# Each one's forms by how the stem ends; those that have only one, with None.
_FORMS_OF = {josa: forms(notation) for josa, notation in _DETACHABLE.items()}
_LAST_SYLLABLES = frozenset(josa[-1] for josa in _DETACHABLE)


def detach(eojeol: str) -> tuple[str, str]:
    """Return an eojeol's stem and its josa, as well as can be told without a dictionary; the josa may be empty.

    >>> detach("정부는"), detach("학교에서"), detach("물")
    (('정부', '는'), ('학교', '에서'), ('물', ''))
    """
    if eojeol[-1:] not in _LAST_SYLLABLES:
        return eojeol, ""
    for size in (2, 1):
        josa = eojeol[-size:]
        if josa in _FORMS_OF and len(eojeol) >= size + 2:
            stem = eojeol[:-size]
            pair = _FORMS_OF[josa]
            if pair is None or pair[ending(stem)] == josa:
                return stem, josa
    return eojeol, ""


def attach(stem: str, josa: str) -> str:
    """Return the stem with a josa from :func:`detach` in the form that this stem wants.

    >>> attach("Seoul", "는"), attach("쿍", "로")
    ('Seoul은', '쿍으로')
    """
    pair = _FORMS_OF.get(josa)
    return stem + (pair[ending(stem)] if pair else josa)
