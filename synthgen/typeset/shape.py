"""Shaping: which glyphs stand for a text, and how far apart, in em of the text's own face.

Hangul syllables and hanja are looked up, glyph by glyph; every other run (Latin, digits, marks) goes through HarfBuzz
with ligatures off, so that each character keeps a glyph, and a place, of its own. Both ways give the same numbers
(a property test holds them to 0.01 px).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import uharfbuzz as hb

from synthgen.errors import Rejected, TextError
from synthgen.typeset.face import Face
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.tables import CODE_POINTS

Float = npt.NDArray[np.float64]
Int = npt.NDArray[np.int32]

# Ligatures merge characters; the others may put a glyph that was never measured, or another letter, in one's place.
FEATURES = dict.fromkeys(("liga", "clig", "dlig", "hlig", "calt", "rlig", "ccmp", "locl", "rclt", "rand"), False)
# Named, because HarfBuzz would otherwise ask the process's locale, and kern differently from host to host.
LANGUAGE = "ko"
SPACE = 0x20
_NO = np.zeros(1, dtype=bool)
_CACHE_LIMIT = 20_000


@dataclass(frozen=True, slots=True)
class Extra:
    """One more glyph of a character that is drawn by several: its character, glyph, face, scale and offset in em."""

    char: int
    glyph: int
    face: int
    scale: float
    dx_em: float
    dy_em: float


@dataclass(frozen=True, slots=True)
class Shaped:
    """A text's N characters without its spaces, as arrays in em of the text's own face, y down.

    ``codes`` uint16 (N,); ``glyph``, ``face`` int32 (N,); ``scale`` (N,) size of the glyph relative to the text's
    (helper faces are matched by ink height); ``dx_em``, ``dy_em`` (N,) the glyph's origin from the pen; ``advance_em``
    (N,); ``word`` int32 (N,) rising from 0; ``extras`` further glyphs.
    """

    codes: npt.NDArray[np.uint16]
    glyph: Int
    face: Int
    scale: Float
    dx_em: Float
    dy_em: Float
    advance_em: Float
    word: Int
    extras: tuple[Extra, ...]

    def __len__(self) -> int:
        return len(self.codes)


@dataclass(frozen=True, slots=True)
class _Run:
    """A shaped run as tuples, ready to be written into the text's arrays."""

    glyph: tuple[int, ...]
    face: tuple[int, ...]
    scale: tuple[float, ...]
    dx_em: tuple[float, ...]
    dy_em: tuple[float, ...]
    advance_em: tuple[float, ...]
    extras: tuple[Extra, ...]


class Shaper:
    """Shapes texts in the faces of a :class:`FaceSet`; remembers runs, so the same word costs nothing twice."""

    def __init__(self, faces: FaceSet) -> None:
        self.faces = faces
        self._runs: dict[tuple[int, str, str], _Run] = {}

    def shape(self, text: str, face_index: int, *, fallback: bool = True) -> Shaped:
        """Return the glyphs of a text of words between single spaces.

        Characters that the face lacks are drawn by a helper, the same one throughout a word where one draws them all;
        Rejected ("uncovered") when there is none or ``fallback`` is False. Raises TextError for a code point outside
        the BMP.
        """
        codes = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype=np.uint16)
        if len(codes) != len(text):
            astral = next(char for char in text if ord(char) >= CODE_POINTS)
            raise TextError(
                f"U+{ord(astral):05X}: only characters of the Basic Multilingual Plane can be set; remove it."
            )
        spaces = codes == SPACE
        face = self.faces.faces[face_index]
        keep = ~spaces
        word = np.cumsum(spaces, dtype=np.int32)[keep]
        simple = face.simple[codes]
        glyph = face.glyph_of[codes]
        n = len(codes)
        owner = np.full(n, face_index, dtype=np.int32)
        scale, dx, dy = np.ones(n), np.zeros(n), np.zeros(n)
        advance = face.advance_em[glyph]
        extras: list[Extra] = []
        rest = ~(simple | spaces)
        if rest.any():
            bare = (rest & ~face.covered[codes]).tolist()
            if not fallback and True in bare:
                raise Rejected("uncovered")
            padded = np.concatenate([_NO, rest, _NO])
            edges = np.flatnonzero(padded[1:] != padded[:-1]).tolist()
            for start, stop in zip(edges[::2], edges[1::2], strict=True):
                missing = _missing_in_word(text, start, stop, face) if True in bare[start:stop] else ""
                run = self._run(text[start:stop], face_index, missing)
                glyph[start:stop], owner[start:stop], scale[start:stop] = run.glyph, run.face, run.scale
                dx[start:stop], dy[start:stop], advance[start:stop] = run.dx_em, run.dy_em, run.advance_em
                if run.extras:
                    before = start - int(spaces[:start].sum())
                    extras += [
                        Extra(before + one.char, one.glyph, one.face, one.scale, one.dx_em, one.dy_em)
                        for one in run.extras
                    ]
        return Shaped(
            codes[keep], glyph[keep], owner[keep], scale[keep], dx[keep], dy[keep], advance[keep], word, tuple(extras)
        )

    def _run(self, text: str, face_index: int, missing: str) -> _Run:
        """Return a shaped run; ``missing`` is what the face lacks in the whole word, so that one helper draws it."""
        key = (face_index, text, missing)
        run = self._runs.get(key)
        if run is None:
            if len(self._runs) >= _CACHE_LIMIT:
                self._runs.clear()
            run = self._runs[key] = self._shape_run(text, face_index, missing)
        return run

    def _shape_run(self, text: str, face_index: int, missing: str) -> _Run:
        """Split a run by who draws it, shape each part in its face, and join them."""
        face = self.faces.faces[face_index]
        owners = dict(zip(missing, self.faces.helpers(face_index, missing), strict=True)) if missing else {}
        owner = [owners.get(char, face_index) for char in text]
        parts: list[_Run] = []
        start = 0
        for stop in range(1, len(text) + 1):
            if stop == len(text) or owner[stop] != owner[start]:
                parts.append(self._shape_part(text[start:stop], owner[start], face, start))
                start = stop
        return _Run(
            glyph=sum((part.glyph for part in parts), ()),
            face=sum((part.face for part in parts), ()),
            scale=sum((part.scale for part in parts), ()),
            dx_em=sum((part.dx_em for part in parts), ()),
            dy_em=sum((part.dy_em for part in parts), ()),
            advance_em=sum((part.advance_em for part in parts), ()),
            extras=sum((part.extras for part in parts), ()),
        )

    def _shape_part(self, text: str, owner: int, own: Face, offset: int) -> _Run:
        """Shape a part in its face; a helper's Hangul is made as high as the text's own and stands where that does."""
        face = self.faces.faces[owner]
        scale, drop_em = 1.0, 0.0
        if face is not own:
            scale = own.hangul_height_em / face.hangul_height_em
            drop_em = own.hangul_band_em[1] - scale * face.hangul_band_em[1]
        n = len(text)
        glyphs = shape_with_harfbuzz(text, face.font)
        if not _as_measured(text, glyphs, face):
            # Merged or replaced in spite of the features: each character gets the glyph that was measured instead.
            glyphs = [_nominal(at, char, face) for at, char in enumerate(text)]
        em = face.upem / scale
        first: dict[int, tuple[int, float, float]] = {}
        advance = [0.0] * n
        extras: list[Extra] = []
        pen = 0.0
        starts: dict[int, float] = {}
        for cluster, glyph, x_advance, x_offset, y_offset in glyphs:
            starts.setdefault(cluster, pen)
            dx, dy = (pen - starts[cluster] + x_offset) / em, drop_em - y_offset / em
            if cluster not in first:
                first[cluster] = (glyph, dx, dy)
            else:
                extras.append(Extra(offset + cluster, glyph, owner, scale, dx, dy))
            advance[cluster] += x_advance / em
            pen += x_advance
        return _Run(
            glyph=tuple(first[at][0] for at in range(n)),
            face=(owner,) * n,
            scale=(scale,) * n,
            dx_em=tuple(first[at][1] for at in range(n)),
            dy_em=tuple(first[at][2] for at in range(n)),
            advance_em=tuple(advance),
            extras=tuple(extras),
        )


def shape_with_harfbuzz(text: str, font: hb.Font) -> list[tuple[int, int, int, int, int]]:
    """Return (cluster, glyph, x advance, x offset, y offset) per glyph in font units, y up, in visual order.

    ``cluster`` is the index in ``text`` of the first character the glyph stands for (HarfBuzz cluster level 1).
    """
    buffer = hb.Buffer()
    buffer.cluster_level = hb.BufferClusterLevel.MONOTONE_CHARACTERS
    buffer.add_str(text)
    buffer.language = LANGUAGE
    buffer.guess_segment_properties()
    buffer.direction = "ltr"
    hb.shape(font, buffer, FEATURES)
    return [
        (info.cluster, info.codepoint, place.x_advance, place.x_offset, place.y_offset)
        for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    ]


def _as_measured(text: str, glyphs: Sequence[tuple[int, int, int, int, int]], face: Face) -> bool:
    """Return whether every character begins with the glyph by which the face was found to draw it."""
    first: dict[int, int] = {}
    for cluster, glyph, *_ in glyphs:
        first.setdefault(cluster, glyph)
    return [first.get(at) for at in range(len(text))] == [face.glyph_of[ord(char)] for char in text]


def _nominal(at: int, char: str, face: Face) -> tuple[int, int, int, int, int]:
    glyph = int(face.glyph_of[ord(char)])
    return at, glyph, face.font.get_glyph_h_advance(glyph), 0, 0


def _missing_in_word(text: str, start: int, stop: int, face: Face) -> str:
    """Return, each once, the characters that the face lacks in the word around ``text[start:stop]``."""
    end = text.find(" ", stop)
    word = text[text.rfind(" ", 0, start) + 1 : end if end >= 0 else len(text)]
    return "".join(dict.fromkeys(char for char in word if not face.covered[ord(char)]))
