"""One font face: its metrics as arrays, and which characters it truly draws.

A cmap lies: faces map thousands of syllables to empty glyphs. A character counts as covered when its glyph is not
.notdef and has ink, is not a known wrong one, and is not the same outline as another syllable's.
"""

from __future__ import annotations

import tomllib
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import uharfbuzz as hb

from synthgen.assets import file_digest
from synthgen.errors import AssetError
from synthgen.typeset.tables import (
    CODE_POINTS,
    FaceTables,
    cache_folder,
    keep_tables,
    kept_tables,
    mapped,
    measure,
    open_font,
)

Float = npt.NDArray[np.float64]

SPACES = frozenset((0xA0, 0xAD, 0x1680, *range(0x2000, 0x2010), 0x2028, 0x2029, 0x202F, 0x205F, 0x2060, 0x3000, 0xFEFF))
HANGUL = range(0xAC00, 0xD7A4)
HANJA = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000), range(0xF900, 0xFB00))
CLASSES = ("sans", "serif", "round", "mono", "hand")
WEIGHTS = {"light": 300, "regular": 400, "heavy": 800}
# No letter is wider, and no ink farther from its origin, than this.
MOST_EM = 4
PROBE_SYLLABLES = "가나다마바사한국"
# Why a mapped code point is not covered, by the number in Face.faults; where several are true, the last one counts.
FAULTS = (
    "",
    "blank",
    "not drawn (.notdef)",
    "absurd width or ink far away",
    "same outline as another syllable or .notdef",
    "draws another syllable",
    "draws the won sign",
)
_BLANK, _NOTDEF, _ABSURD, _TWIN, _KNOWN, _WON = range(1, len(FAULTS))


@dataclass(frozen=True, eq=False)
class Face:
    """A face and its tables, by code point (BMP) and by glyph id; lengths are in em, y down.

    ``glyph_of`` int32 (65536,) glyph id by code point, 0 where there is none; ``covered`` bool (65536,);
    ``advance_em`` float64 (G,); ``bounds_em`` float64 (G, 4) x0, y0, x1, y1 of the outline, zeros where it has none;
    ``faults`` uint8 (65536,) the place in :data:`FAULTS` of why a code point that the font maps is not truly drawn;
    ``ascent_em``, ``descent_em`` the face's own, both positive; ``inert`` figures and marks that shaping leaves alone.
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
    faults: npt.NDArray[np.uint8]
    font: hb.Font
    inert: npt.NDArray[np.int32]
    user: bool = False

    @property
    def faulty(self) -> dict[int, str]:
        """The code points that the font maps but does not truly draw, rising, with the reason."""
        return {code: FAULTS[self.faults[code]] for code in np.flatnonzero(self.faults).tolist()}

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
    def plain(self) -> npt.NDArray[np.bool_]:
        """Code points (65536,) that are set glyph by glyph where all of their run is: the simple and the inert ones."""
        plain = self.simple.copy()
        plain[self.inert] = self.covered[self.inert]
        return plain

    @cached_property
    def kinds(self) -> npt.NDArray[np.uint8]:
        """How code points (65536,) are set, as ASCII letters that a pattern can look for; a space is itself.

        ``s`` the simple, ``i`` the inert, ``r`` what else is covered and goes in runs, ``m`` what is missing.
        """
        kinds = np.full(CODE_POINTS, ord("m"), dtype=np.uint8)
        for kind, mine in (("r", self.covered), ("i", self.plain), ("s", self.simple)):
            kinds[mine] = ord(kind)
        kinds[ord(" ")] = ord(" ")
        return kinds

    @cached_property
    def hangul_band_em(self) -> tuple[float, float]:
        """The median top and bottom (em, y down, from the baseline) of a few common syllables' ink."""
        glyphs = [self.glyph_of[ord(syllable)] for syllable in PROBE_SYLLABLES if self.covered[ord(syllable)]]
        if not glyphs:
            return -0.9 * self.ascent_em, 0.5 * self.descent_em
        box = self.bounds_em[glyphs]
        return float(np.median(box[:, 1])), float(np.median(box[:, 3]))

    @property
    def hangul_height_em(self) -> float:
        """The height of that band: what sizes are matched by where faces are mixed."""
        top, bottom = self.hangul_band_em
        return bottom - top

    def covers(self, text: str) -> bool:
        """Return whether the face draws every character of the text; spaces need no ink."""
        return all(char == " " or (ord(char) < CODE_POINTS and bool(self.covered[ord(char)])) for char in text)


def load_face(
    path: Path,
    *,
    name: str | None = None,
    tags: tuple[str, ...] = (),
    digest: str | None = None,
    index: int = 0,
    instance: int = -1,
) -> Face:
    """Return a face of a font file whose tables are kept already, or are measured here: for files that are trusted.

    ``tags`` hold its class and weight; without them both are guessed from its name. ``index`` is the face's place in a
    collection, ``instance`` a variable font's named instance (-1 for none). Users' files go through
    :func:`synthgen.typeset.vetting.load_user_faces` instead. Raises AssetError when the face draws nothing.
    """
    # The bundled files are mapped: forty megabytes less to read, and all processes share them. A user's file may change
    # while it is used.
    blob = hb.Blob(path.read_bytes()) if digest is None else mapped(path)
    name = name or path.stem
    known = digest or file_digest(path)
    tables = kept_tables(known, index, instance)
    if tables is None:
        tables = measure(path.read_bytes(), index, instance)
        with suppress(OSError):
            keep_tables(tables, cache_folder(), known, index, instance)
    upem, count, ascender, descender = tables.metrics.tolist()
    glyph_of = np.zeros(CODE_POINTS, dtype=np.int32)
    glyph_of[tables.codes] = tables.glyphs
    covered = np.zeros(CODE_POINTS, dtype=bool)
    covered[tables.codes] = tables.inked & (tables.glyphs > 0)
    covered[list(SPACES)] = False
    faults = _faults(name, tables, glyph_of, covered)
    covered[faults > 0] = False
    if not covered.any():
        raise AssetError(f"{path}: draws no character; the file is damaged or a subset without outlines. Leave it out.")
    advance, bounds = np.zeros(count), np.zeros((count, 4))
    advance[tables.glyphs], bounds[tables.glyphs] = tables.advance, tables.bounds
    kind, weight = _class_and_weight(name, tags)
    return Face(
        id=name,
        path=path,
        index=index,
        digest=known,
        kind=kind,
        weight=weight,
        upem=upem,
        ascent_em=max(ascender, 1) / upem,
        descent_em=max(-descender, 0) / upem,
        glyph_of=glyph_of,
        covered=covered,
        faults=faults,
        advance_em=advance / upem,
        bounds_em=bounds / upem,
        inert=tables.inert,
        font=open_font(blob, index, instance)[1],
        user=digest is None,
    )


def _faults(
    name: str, tables: FaceTables, glyph_of: npt.NDArray[np.int32], covered: npt.NDArray[np.bool_]
) -> npt.NDArray[np.uint8]:
    """Return why mapped code points (65536,) are not covered, as :attr:`Face.faults`."""
    faults = np.zeros(CODE_POINTS, dtype=np.uint8)
    faults[tables.codes[~tables.inked]] = _BLANK
    faults[tables.codes[tables.glyphs == 0]] = _NOTDEF
    farthest = MOST_EM * int(tables.metrics[0])
    absurd = (tables.advance <= 0) | (tables.advance > farthest) | (np.abs(tables.bounds) > farthest).any(axis=1)
    faults[tables.codes[absurd & tables.inked]] = _ABSURD
    faults[tables.twins] = _TWIN
    faults[[ord(char) for char in known_faults().get(name, "")]] = _KNOWN
    won = name.startswith("Nanum") and not name.startswith("NanumGothicCoding")
    if covered[ord("\\")] and (won or glyph_of[ord("\\")] == glyph_of[ord("₩")]):
        faults[ord("\\")] = _WON
    faults[: ord(" ") + 1] = 0
    faults[list(SPACES)] = 0
    return faults


@lru_cache(maxsize=1)
def known_faults() -> dict[str, str]:
    """Return the characters that a face of this name draws as something else."""
    with open(Path(__file__).with_name("known_faults.toml"), "rb") as file:
        table = tomllib.load(file)
    faults: dict[str, str] = {}
    for row in table["fault"]:
        for name in row["faces"]:
            faults[name] = faults.get(name, "") + row["wrong"]
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
