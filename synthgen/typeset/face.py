"""One font face: its metrics as arrays, and which characters it truly draws.

A cmap lies: faces map thousands of syllables to empty glyphs. A character counts as covered when its glyph is not
.notdef and has ink, is not a known wrong one, and is not the same outline as another syllable's.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import uharfbuzz as hb

from synthgen.assets import file_digest
from synthgen.errors import AssetError

Float = npt.NDArray[np.float64]

CODE_POINTS = 0x10000
HANGUL = range(0xAC00, 0xD7A4)
HANJA = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000), range(0xF900, 0xFB00))
CLASSES = ("sans", "serif", "round", "mono", "hand")
WEIGHTS = {"light": 300, "regular": 400, "heavy": 800}
PROBE_SYLLABLES = "가나다마바사한국"
FONT_SUFFIXES = (".ttf", ".otf", ".ttc", ".otc")
FONT_MAX_BYTES = 100_000_000


@dataclass(frozen=True, eq=False)
class Face:
    """A face and its tables, by code point (BMP) and by glyph id; lengths are in em, y down.

    ``glyph_of`` int32 (65536,) glyph id by code point, 0 where there is none; ``covered`` bool (65536,);
    ``advance_em`` float64 (G,); ``bounds_em`` float64 (G, 4) x0, y0, x1, y1 of the outline, zeros where it has none;
    ``ascent_em``, ``descent_em`` the face's own, both positive.
    """

    id: str
    path: Path
    index: int
    digest: str
    kind: str
    weight: int
    upem: int
    ascent_em: float
    descent_em: float
    glyph_of: npt.NDArray[np.int32]
    covered: npt.NDArray[np.bool_]
    advance_em: Float
    bounds_em: Float
    font: hb.Font
    user: bool = False

    @cached_property
    def simple(self) -> npt.NDArray[np.bool_]:
        """Code points (65536,) that are set glyph by glyph: covered Hangul syllables and hanja.

        Korean fonts neither kern nor substitute them; the equality with HarfBuzz is a property test.
        """
        simple = np.zeros(CODE_POINTS, dtype=bool)
        for block in (HANGUL, *HANJA):
            simple[block.start : block.stop] = True
        return simple & self.covered

    @cached_property
    def hangul_height_em(self) -> float:
        """The median ink height of a few common syllables: what sizes are matched by where faces are mixed."""
        glyphs = [self.glyph_of[ord(syllable)] for syllable in PROBE_SYLLABLES if self.covered[ord(syllable)]]
        if not glyphs:
            return 0.9 * (self.ascent_em + self.descent_em) / 1.15
        box = self.bounds_em[glyphs]
        return float(np.median(box[:, 3] - box[:, 1]))

    def covers(self, text: str) -> bool:
        """Return whether the face draws every character of the text; spaces need no ink."""
        return all(char == " " or (ord(char) < CODE_POINTS and bool(self.covered[ord(char)])) for char in text)


def load_face(path: Path, *, name: str | None = None, tags: tuple[str, ...] = (), digest: str | None = None) -> Face:
    """Return the face of a TTF or OTF file (the first of a collection).

    ``tags`` hold its class and weight; without them both are guessed from its name. Raises AssetError when the file is
    missing, is no font, or draws nothing.
    """
    try:
        size = path.stat().st_size
        if not 0 < size <= FONT_MAX_BYTES:
            raise AssetError(f"{path}: {size} bytes; a font file has 1 to {FONT_MAX_BYTES}. Leave it out.")
        data = path.read_bytes()
    except OSError as error:
        raise AssetError(f"{path}: cannot be read ({error.strerror}); give a TTF or OTF file.") from None
    if data[:4] not in (b"\0\1\0\0", b"OTTO", b"true", b"ttcf"):
        raise AssetError(f"{path}: not a TrueType or OpenType font; give a TTF or OTF file.")
    face = hb.Face(hb.Blob(data))
    font = hb.Font(face)
    if face.glyph_count == 0 or not 16 <= face.upem <= 16384:
        raise AssetError(f"{path}: damaged font ({face.glyph_count} glyphs, {face.upem} units per em); leave it out.")
    name = name or path.stem
    glyph_of, drawn, advance, bounds = _tables(face, font)
    covered = drawn[glyph_of] & (glyph_of > 0)
    _leave_out_faults(name, glyph_of, covered)
    if not covered.any():
        raise AssetError(f"{path}: draws no character; the file is damaged or a subset without outlines. Leave it out.")
    extents = font.get_font_extents("ltr")
    kind, weight = _class_and_weight(name, tags)
    return Face(
        id=name,
        path=path,
        index=0,
        digest=digest or file_digest(path),
        kind=kind,
        weight=weight,
        upem=face.upem,
        ascent_em=max(extents.ascender, 1) / face.upem,
        descent_em=max(-extents.descender, 0) / face.upem,
        glyph_of=glyph_of,
        covered=covered,
        advance_em=advance / face.upem,
        bounds_em=bounds / face.upem,
        font=font,
        user=digest is None,
    )


def _tables(face: hb.Face, font: hb.Font) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.bool_], Float, Float]:
    """Return glyph by code point, and per glyph: has ink, advance, bounds (font units, y down)."""
    glyph_of = np.zeros(CODE_POINTS, dtype=np.int32)
    nominal = font.get_nominal_glyph
    for code in face.unicodes:
        if code < CODE_POINTS:
            glyph_of[code] = nominal(code) or 0
    count = face.glyph_count
    advance, bounds = np.zeros(count), np.zeros((count, 4))
    glyph_of[glyph_of >= count] = 0
    for glyph in np.unique(glyph_of).tolist():
        advance[glyph] = font.get_glyph_h_advance(glyph)
        extents = font.get_glyph_extents(glyph)
        if extents is not None:
            left, top = extents.x_bearing, -extents.y_bearing
            bounds[glyph] = (left, top, left + extents.width, top - extents.height)
    drawn = (bounds[:, 2] > bounds[:, 0]) & (bounds[:, 3] > bounds[:, 1])
    return glyph_of, drawn, advance, bounds


def _leave_out_faults(name: str, glyph_of: npt.NDArray[np.int32], covered: npt.NDArray[np.bool_]) -> None:
    """Clear what is known to be drawn wrongly: listed glyphs, and a backslash that shows the won sign."""
    for characters in known_faults().get(name, ()):
        for char in characters:
            covered[ord(char)] = False
    if name.startswith("Nanum") and not name.startswith("NanumGothicCoding"):
        covered[ord("\\")] = False
    elif glyph_of[ord("\\")] == glyph_of[ord("₩")]:
        covered[ord("\\")] = False


@lru_cache(maxsize=1)
def known_faults() -> dict[str, tuple[str, ...]]:
    """Return the characters that a face of this name draws as something else."""
    with open(Path(__file__).with_name("known_faults.toml"), "rb") as file:
        table = tomllib.load(file)
    faults: dict[str, tuple[str, ...]] = {}
    for row in table["fault"]:
        for name in row["faces"]:
            faults[name] = (*faults.get(name, ()), row["wrong"])
    return faults


def _class_and_weight(name: str, tags: tuple[str, ...]) -> tuple[str, int]:
    lowered = name.lower()
    kind = next((tag for tag in tags if tag in CLASSES), None)
    if kind is None:
        hints = {"serif": ("myeongjo", "myungjo", "batang", "serif", "song", "ming", "roman"),
                 "hand": ("pen", "brush", "hand", "script"), "mono": ("mono", "coding", "code"),
                 "round": ("round",)}  # fmt: skip
        kind = next((one for one, words in hints.items() if any(word in lowered for word in words)), "sans")
        kind = "sans" if "sansserif" in lowered.replace("-", "").replace(" ", "") else kind
    weight = next((WEIGHTS[tag] for tag in tags if tag in WEIGHTS), None)
    if weight is None:
        heavy = any(word in lowered for word in ("bold", "heavy", "black", "eb"))
        weight = 800 if heavy else 300 if any(word in lowered for word in ("light", "thin")) else 400
    return kind, weight
