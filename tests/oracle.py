"""The oracle font: every character is an exact upright box whose bounds are known without looking at the font.

1,000 units per em, ascent 850, descent 200. Boxes differ in width, height and bearing from character to character. Some
stick out of their advance, to the right or to the left, and some hang below the descent, as in pen and brush faces.
Right overhangs lie wholly above :data:`OVERHANG_SPLIT` and left ones wholly below it, and all other bearings are wider
than any overhang, so that neighbours on a line never touch: their ink can be measured one by one, kerned or not.

Six pairs of Latin capitals and small letters (:data:`KERNS`) are kerned by a GPOS ``kern`` feature. Nothing else is in
the font: no hinting, no ligatures, no curves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

UPEM, ASCENT, DESCENT = 1000, 850, 200
SPACE_ADVANCE = 300
OVERHANG_SPLIT = 400
# Left glyph, right glyph: what is added to the left one's advance, in font units.
KERNS = {"AV": -80, "VA": -70, "AT": -60, "To": -90, "Ty": -75, "LT": 40}

Box = tuple[float, float, float, float, float]
Units = tuple[int, int, int, int, int]


def oracle_font(path: Path, characters: Iterable[str]) -> dict[str, Box]:
    """Write the oracle font (TTF) for these characters; return ``(x0, y0, x1, y1, advance)`` by character, in em.

    x is measured from the glyph's origin to the right, y from the baseline **downwards**, as in pictures and in
    ``Face.bounds_em``. The space is always there and has no box (zeros). The file's bytes follow from the set of
    characters alone.
    """
    chosen = sorted(set("".join(characters)) - {" "})
    names = {char: f"u{ord(char):05X}" for char in chosen}
    boxes = {char: box_units(char) for char in chosen}
    builder = FontBuilder(UPEM, isTTF=True)
    builder.setupGlyphOrder([".notdef", "space", *names.values()])
    builder.setupCharacterMap({ord(" "): "space", **{ord(char): name for char, name in names.items()}})
    outlines = {names[char]: _outline(box) for char, box in boxes.items()}
    builder.setupGlyf({".notdef": _outline((100, 0, 400, 700, 500)), "space": TTGlyphPen(None).glyph(), **outlines})
    # The left bearing in hmtx must be the outline's left edge, or rasterisers shift the glyph.
    metrics = {names[char]: (box[4], box[0]) for char, box in boxes.items()}
    builder.setupHorizontalMetrics({".notdef": (500, 100), "space": (SPACE_ADVANCE, 0), **metrics})
    builder.setupHorizontalHeader(ascent=ASCENT, descent=-DESCENT)
    builder.setupNameTable({"familyName": "Oracle", "styleName": "Regular"})
    builder.setupOS2(
        sTypoAscender=ASCENT, sTypoDescender=-DESCENT, sTypoLineGap=0, usWinAscent=ASCENT, usWinDescent=300
    )
    builder.setupPost(keepGlyphNames=False)
    builder.updateHead(created=0, modified=0)
    builder.font.recalcTimestamp = False
    features = _kern_feature(names)
    if features:
        builder.addOpenTypeFeatures(features)
    builder.save(path)
    found = {char: _in_em(box) for char, box in boxes.items()}
    return {" ": (0.0, 0.0, 0.0, 0.0, SPACE_ADVANCE / UPEM), **found}


def box_units(character: str) -> Units:
    """Return (x0, y0, x1, y1, advance) of a character's box in font units, y **up** from the baseline.

    A function of the code point alone: the font may hold any other characters.
    """
    draws = hashlib.sha256(f"oracle {ord(character)}".encode()).digest()

    def draw(at: int, low: int, high: int) -> int:
        return low + int.from_bytes(draws[2 * at : 2 * at + 2], "big") % (high - low + 1)

    shape = "plain" if any(character in pair for pair in KERNS) else _shape(character)
    width = draw(0, 180, 820)
    left, right = draw(1, 60, 110), draw(2, 60, 110)
    low, high = draw(3, -150, 150), draw(4, 450, 800)
    if shape == "right":
        right, low, high = -draw(5, 20, 50), draw(6, OVERHANG_SPLIT + 10, 500), draw(7, 700, 840)
    elif shape == "left":
        left, low, high = -draw(5, 20, 50), draw(6, -190, 0), draw(7, 250, OVERHANG_SPLIT - 10)
    elif shape == "low":
        low, high = -draw(6, 210, 290), draw(7, 300, 600)
    return left, low, left + width, high, left + width + right


def kern_em(text: str) -> list[float]:
    """Return for each character of a text what kerning adds to its advance, in em."""
    return [KERNS.get(text[i : i + 2], 0) / UPEM for i in range(len(text))]


def _shape(character: str) -> str:
    """Return how the box stands: an eighth each sticks out to the right, to the left, and below the descent."""
    return {1: "right", 3: "left", 6: "low"}.get(ord(character) % 8, "plain")


def _outline(box: Units) -> object:
    x0, y0, x1, y1, _ = box
    pen = TTGlyphPen(None)
    pen.moveTo((x0, y0))
    for corner in ((x0, y1), (x1, y1), (x1, y0)):
        pen.lineTo(corner)
    pen.closePath()
    return pen.glyph()


def _kern_feature(names: dict[str, str]) -> str:
    pairs = [
        f"pos {names[pair[0]]} {names[pair[1]]} {value};"
        for pair, value in KERNS.items()
        if pair[0] in names and pair[1] in names
    ]
    systems = "languagesystem DFLT dflt; languagesystem latn dflt;"
    return f"{systems} feature kern {{ {' '.join(pairs)} }} kern;" if pairs else ""


def _in_em(box: Units) -> Box:
    x0, y0, x1, y1, advance = box
    return x0 / UPEM, -y1 / UPEM, x1 / UPEM, -y0 / UPEM, advance / UPEM
