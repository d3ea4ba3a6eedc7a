"""What each face truly draws, counted by kind of character, with what it lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from synthgen.report.tables import shortened, table
from synthgen.text.charset import Charset, ks1001_hanja, ks1001_syllables
from synthgen.typeset.face import HANGUL, Face

ASCII = "".join(chr(code) for code in range(0x21, 0x7F))
SHOWN_CHARACTERS = 48


@dataclass(frozen=True, slots=True)
class FaceCoverage:
    """One face: how many characters of each kind it draws, and which of the charset's it does not."""

    face: str
    kind: str
    weight: int
    counts: dict[str, tuple[int, int]]
    missing: str

    def to_mapping(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        counts = {name: {"drawn": drawn, "of": of} for name, (drawn, of) in self.counts.items()}
        return {"face": self.face, "class": self.kind, "weight": self.weight, **counts, "missing": self.missing}


def coverages(faces: Sequence[Face], charset: Charset) -> list[FaceCoverage]:
    """Return what each face draws; ``missing`` are the characters of the charset that it does not."""
    sets = {
        "ks1001": ks1001_syllables(),
        "hangul": "".join(map(chr, HANGUL)),
        "hanja": ks1001_hanja(),
        "ascii": ASCII,
        "marks": "".join(char for char in charset.characters if char not in ASCII and not _is_east_asian(char)),
    }
    found = []
    for face in faces:
        counts = {name: (sum(map(face.covers, members)), len(members)) for name, members in sets.items()}
        missing = "".join(char for char in charset.characters if not face.covers(char))
        found.append(FaceCoverage(face.id, face.kind, face.weight, counts, missing))
    return found


def _is_east_asian(char: str) -> bool:
    return ord(char) in HANGUL or "\u3400" <= char <= "\u9fff"


def faces_table(found: Sequence[FaceCoverage], charset: Charset) -> str:
    """Return the table that ``synthgen fonts`` prints."""
    names = list(found[0].counts)
    header = ["face", "class", "weight"]
    header += [f"{name} /{found[0].counts[name][1]:,}" for name in names]
    header += [f"lacks of {charset.name}"]
    rows = []
    for one in found:
        drawn = [f"{one.counts[name][0]:,}" for name in names]
        rows.append([one.face, one.kind, str(one.weight), *drawn, lacks(one.missing)])
    return table(header, rows, right=range(2, 3 + len(names)))


def lacks(missing: str) -> str:
    """Return what is missing in short: marks by name, syllables and hanja counted when they are many.

    >>> lacks("")
    'nothing'
    >>> lacks("★☆")
    '★☆'
    """
    if not missing:
        return "nothing"
    wide = [char for char in missing if _is_east_asian(char)]
    if len(wide) <= SHOWN_CHARACTERS // 2:
        return shortened(missing, SHOWN_CHARACTERS)
    marks = "".join(char for char in missing if not _is_east_asian(char))
    counted = f"{len(wide):,} syllables and hanja"
    return f"{shortened(marks, SHOWN_CHARACTERS)} and {counted}" if marks else counted
