"""What each face truly draws, counted by kind of character, what it lacks or draws wrong, and pictures of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from synthgen.errors import AssetError, OutputError
from synthgen.formats.pictures import encode
from synthgen.press.raster import coverage
from synthgen.report.tables import shortened, table
from synthgen.text.charset import Charset, ks1001_hanja, ks1001_syllables
from synthgen.typeset.face import HANGUL, Face
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.shape import Shaper
from synthgen.typeset.specimen import Specimen, specimens

ASCII = "".join(chr(code) for code in range(0x21, 0x7F))
SHOWN_CHARACTERS = 48
SHOWN_EXAMPLES = 8
# The ground of characters that another face draws.
TINT = (255, 222, 150)


@dataclass(frozen=True, slots=True)
class FaceCoverage:
    """One face: how many characters of each kind it draws, and which of the charset's it does not.

    ``faults`` are the characters that its cmap promises and that are not drawn, or drawn wrong, by the reason.
    """

    face: str
    kind: str
    weight: int
    counts: dict[str, tuple[int, int]]
    missing: str
    faults: dict[str, str]

    def to_mapping(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        counts = {name: {"drawn": drawn, "of": of} for name, (drawn, of) in self.counts.items()}
        about = {"face": self.face, "class": self.kind, "weight": self.weight}
        return {**about, **counts, "missing": self.missing, "faults": self.faults}


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
        found.append(FaceCoverage(face.id, face.kind, face.weight, counts, missing, _by_reason(face)))
    return found


def _by_reason(face: Face) -> dict[str, str]:
    """Return the faulty characters by reason, the reasons in the order of their first characters."""
    faults: dict[str, str] = {}
    for code, reason in face.faulty.items():
        faults[reason] = faults.get(reason, "") + chr(code)
    return faults


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


def faults_text(found: Sequence[FaceCoverage]) -> str:
    """Return what fonts promise and do not draw, or draw wrong: faces of the same faults together, with examples."""
    alike: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for one in found:
        if one.faults:
            alike.setdefault(tuple(one.faults.items()), []).append(one.face)
    lines = ["In the font's map but not drawn, or not as what it is; another face helps out:"]
    for faults, names in alike.items():
        lines.append(", ".join(names))
        lines += [f"  {len(chars):,} {reason}: {_examples(chars)}" for reason, chars in faults]
    return "\n".join(lines) if alike else "Every character in the fonts' maps is drawn."


def _examples(characters: str) -> str:
    shown = [f"{char} U+{ord(char):04X}" if char.isprintable() else f"U+{ord(char):04X}" for char in characters]
    return ", ".join(shown[:SHOWN_EXAMPLES]) + (", ..." if len(shown) > SHOWN_EXAMPLES else "")


def write_sheets(folder: Path, faces: FaceSet, charset: Charset) -> int:
    """Write pages on which each face shows every character of the charset, as PNG files; return how many.

    Each character stands above its code point; on a tinted ground what another face draws instead. Raises AssetError
    when no face draws one of them, OutputError when the folder cannot be written.
    """
    undrawable = faces.undrawable(charset.characters)
    if undrawable:
        raise AssetError(
            f"charset {charset.name}: no face draws {_examples(''.join(undrawable))}; add a font with --fonts."
        )
    shaper = Shaper(faces)
    pages = 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for at in range(len(faces)):
            for page in specimens(shaper, at, charset.characters):
                picture = encode(sheet_picture(page, faces), "png", 100)
                (folder / f"{page.face}-{page.page + 1:02d}.png").write_bytes(picture)
                pages += 1
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written ({error.strerror}); name another folder.") from None
    return pages


def sheet_picture(page: Specimen, faces: FaceSet) -> npt.NDArray[np.uint8]:
    """Return one page as RGB uint8 (height, width, 3), drawn as the press draws."""
    ground = np.full((page.size[1], page.size[0], 3), 255, dtype=np.uint16)
    for x0, y0, x1, y1 in page.helped.astype(int).tolist():
        ground[y0:y1, x0:x1] = TINT
    # Sixteen greys are enough to look at and make smaller files.
    bare = 255 - coverage(page.glyphs, page.rules, faces, page.size).astype(np.uint16) // 17 * 17
    return (ground * bare[:, :, None] // 255).astype(np.uint8)


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
