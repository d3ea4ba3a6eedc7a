"""Shaping: which glyphs stand for a text, and how far apart, in em of the text's own face.

Hangul syllables and hanja are looked up, glyph by glyph; every other run (Latin, digits, marks) goes through HarfBuzz
with ligatures off, so that each character keeps a glyph, and a place, of its own. Both ways give the same numbers
(a property test holds them to 0.01 px).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import uharfbuzz as hb

from synthgen.errors import Rejected, TextError
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.tables import CODE_POINTS

Float = npt.NDArray[np.float64]
Int = npt.NDArray[np.int32]

FEATURES = {"liga": False, "clig": False, "dlig": False, "hlig": False, "calt": False, "rlig": False}
SPACE = 0x20
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
        self._runs: dict[tuple[int, str], _Run] = {}

    def shape(self, text: str, face_index: int, *, fallback: bool = True) -> Shaped:
        """Return the glyphs of a text of words between single spaces.

        Characters that the face lacks are drawn by a helper, the same one throughout a run; Rejected ("uncovered")
        when there is none or ``fallback`` is False. Raises TextError for a code point outside the BMP.
        """
        codes = np.frombuffer(text.encode("utf-16-le"), dtype=np.uint16)
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
            edges = np.flatnonzero(np.diff(rest, prepend=False, append=False)).tolist()
            for start, stop in zip(edges[::2], edges[1::2], strict=True):
                run = self._run(text[start:stop], face_index, fallback)
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

    def _run(self, text: str, face_index: int, fallback: bool) -> _Run:
        key = (face_index, text)
        run = self._runs.get(key)
        if run is None:
            if len(self._runs) >= _CACHE_LIMIT:
                self._runs.clear()
            run = self._runs[key] = self._shape_run(text, face_index)
        if not fallback and any(face != face_index for face in run.face):
            raise Rejected("uncovered")
        return run

    def _shape_run(self, text: str, face_index: int) -> _Run:
        """Split a run by who draws it, shape each part in its face, and join them."""
        face = self.faces.faces[face_index]
        missing = "".join(dict.fromkeys(char for char in text if not face.covered[ord(char)]))
        owners = dict(zip(missing, self.faces.helpers(face_index, missing), strict=True)) if missing else {}
        owner = [owners.get(char, face_index) for char in text]
        parts: list[_Run] = []
        start = 0
        for stop in range(1, len(text) + 1):
            if stop == len(text) or owner[stop] != owner[start]:
                parts.append(self._shape_part(text[start:stop], owner[start], face.hangul_height_em, start))
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

    def _shape_part(self, text: str, owner: int, height_em: float, offset: int) -> _Run:
        face = self.faces.faces[owner]
        scale = height_em / face.hangul_height_em
        n = len(text)
        glyphs = shape_with_harfbuzz(text, face.font)
        if sorted({cluster for cluster, *_ in glyphs}) != list(range(n)):
            # Characters were merged in spite of the features: each gets its nominal glyph instead.
            glyphs = [one for at, char in enumerate(text) for one in _nominal(at, char, face.font)]
        em = face.upem / scale
        first: dict[int, tuple[int, float, float]] = {}
        advance = [0.0] * n
        extras: list[Extra] = []
        pen = 0.0
        starts: dict[int, float] = {}
        for cluster, glyph, x_advance, x_offset, y_offset in glyphs:
            starts.setdefault(cluster, pen)
            dx, dy = (pen - starts[cluster] + x_offset) / em, -y_offset / em
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
    buffer.guess_segment_properties()
    buffer.direction = "ltr"
    hb.shape(font, buffer, FEATURES)
    return [
        (info.cluster, info.codepoint, place.x_advance, place.x_offset, place.y_offset)
        for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    ]


def _nominal(at: int, char: str, font: hb.Font) -> list[tuple[int, int, int, int, int]]:
    glyph = font.get_nominal_glyph(ord(char)) or 0
    return [(at, glyph, font.get_glyph_h_advance(glyph), 0, 0)]
