"""Shaping: which glyphs stand for a text, and how far apart, in em of the text's own face.

Hangul syllables and hanja are looked up, glyph by glyph, and so are runs of figures and marks that the face was found
to leave as they are; every other run (Latin above all) goes through HarfBuzz with ligatures off, so that each character
keeps a glyph, and a place, of its own. Both ways give the same numbers (a property test holds them to 0.01 px).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from synthgen.errors import Rejected, TextError
from synthgen.typeset.face import Face
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.harfbuzz import shape_with_harfbuzz
from synthgen.typeset.tables import CODE_POINTS

Float = npt.NDArray[np.float64]
Int = npt.NDArray[np.int32]

SPACE = 0x20
# Of the kinds of characters (Face.kinds): neighbours that are not simple make a run, unless all of them are inert.
_RUNS = re.compile(b"i*[rm][irm]*")
_MISSING = b"m"
_CACHE_LIMIT = 20_000
# About as many texts as a page has.
_TEXTS_LIMIT = 64
# What most characters have: cut from these, nothing is made. A paragraph has some hundred characters.
_LONGEST = 1 << 12
_ONES, _ZEROS = np.ones(_LONGEST), np.zeros(_LONGEST)
for _constant in (_ONES, _ZEROS):
    _constant.flags.writeable = False


def plain_columns(n: int) -> tuple[Float, Float, Float]:
    """Return the scales (n,) and the offsets along x and y (n,) of glyphs at their pens and of their text's size.

    They are not to be written to.
    """
    scale, zeros = (_ONES[:n], _ZEROS[:n]) if n <= _LONGEST else (np.ones(n), np.zeros(n))
    return scale, zeros, zeros


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
    """A ``text``'s N characters without its spaces, as arrays in em of the text's own face, y down.

    ``codes`` uint16 (N,); ``glyph``, ``face`` int32 (N,); ``scale`` (N,) size of the glyph relative to the text's
    (helper faces are matched by ink height); ``dx_em``, ``dy_em`` (N,) the glyph's origin from the pen; ``advance_em``
    (N,); ``extras`` further glyphs. ``plain`` says that all scales are 1 and all offsets 0, and that there are no
    further glyphs.
    """

    text: str
    codes: npt.NDArray[np.uint16]
    glyph: Int
    face: Int
    scale: Float
    dx_em: Float
    dy_em: Float
    advance_em: Float
    extras: tuple[Extra, ...]
    plain: bool

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def word(self) -> Int:
        """Each character's word, int32 (N,) rising from 0; worked out when it is asked for, which is seldom."""
        lengths = [len(word) for word in self.text.split(" ")]
        return np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)


@dataclass(frozen=True, slots=True)
class _Run:
    """A shaped run as tuples, ready to be written into the text's arrays; ``level`` where all stand at their pens."""

    glyph: tuple[int, ...]
    face: tuple[int, ...]
    scale: tuple[float, ...]
    dx_em: tuple[float, ...]
    dy_em: tuple[float, ...]
    advance_em: tuple[float, ...]
    extras: tuple[Extra, ...]
    level: bool


class Shaper:
    """Shapes texts in the faces of a :class:`FaceSet`; remembers runs, so the same word costs nothing twice.

    And the last texts, which are shaped again wherever they are tried at another size or another width.
    """

    def __init__(self, faces: FaceSet) -> None:
        self.faces = faces
        self._runs: dict[tuple[int, str, str], _Run] = {}
        self._texts: dict[tuple[int, str, bool], Shaped] = {}

    def shape(self, text: str, face_index: int, *, fallback: bool = True) -> Shaped:
        """Return the glyphs of a text of words between single spaces.

        Characters that the face lacks are drawn by a helper, the same one throughout a word where one draws them all;
        Rejected ("uncovered") when there is none or ``fallback`` is False. Raises TextError for a code point outside
        the BMP.
        """
        key = (face_index, text, fallback)
        shaped = self._texts.get(key)
        if shaped is None:
            if len(self._texts) >= _TEXTS_LIMIT:
                self._texts.clear()
            shaped = self._texts[key] = self._shape(text, face_index, fallback=fallback)
        return shaped

    def shape_each(self, texts: Sequence[str], face_index: int, *, fallback: bool = True) -> list[Shaped]:
        """Return what :meth:`shape` gives for each of some texts: shaped as one, because nothing crosses a space."""
        if len(texts) < 2:
            return [self.shape(text, face_index, fallback=fallback) for text in texts]
        whole = self.shape(" ".join(texts), face_index, fallback=fallback)
        shaped, first = [], 0
        for text in texts:
            last = first + len(text) - text.count(" ")
            shaped.append(_part_of(whole, text, first, last))
            first = last
        return shaped

    def _shape(self, text: str, face_index: int, *, fallback: bool) -> Shaped:
        codes = _codes_of(text)
        face = self.faces.faces[face_index]
        bare_codes = codes[codes != SPACE] if " " in text else codes
        glyph = face.glyph_of[bare_codes]
        owner = np.empty(len(bare_codes), dtype=np.int32)
        owner.fill(face_index)
        advance = face.advance_em[glyph]
        kinds = face.kinds[codes].tobytes()
        covered = _MISSING not in kinds
        if not covered and not fallback:
            raise Rejected("uncovered")
        found = self._runs_of(text, kinds, face_index)
        return _with_runs(text, (bare_codes, glyph, owner, advance), found, covered=covered)

    def shape_lines(self, texts: Sequence[str], face_indices: Sequence[int], fallback: Sequence[bool]) -> Shaped:
        """Return what :meth:`shape` gives for texts, each in its own face, joined as one text.

        All characters are looked up at once, whatever their faces, and only then what goes in runs is shaped.
        """
        joined = " ".join(texts)
        codes = _codes_of(joined)
        lengths = np.array([len(text) for text in texts]) + 1
        owner = np.repeat(np.array(face_indices, dtype=np.int32), lengths)[:-1]
        bare = codes != SPACE
        rest = np.flatnonzero(~self.faces.plain(owner, codes) & bare)
        glyph, advance = self.faces.looked_up(owner_of := owner[bare], bare_codes := codes[bare])
        runs: list[_Run] = []
        places: list[int] = []
        extras: list[Extra] = []
        covered = True
        if len(rest):
            ends, before = np.cumsum(lengths), np.cumsum(~bare)
            for number in dict.fromkeys(np.searchsorted(ends, rest, side="right").tolist()):
                text, at = texts[number], int(ends[number] - lengths[number])
                face = face_indices[number]
                kinds = self.faces.faces[face].kinds[codes[at : at + len(text)]].tobytes()
                if _MISSING in kinds:
                    covered = False
                    if not fallback[number]:
                        raise Rejected("uncovered")
                its_runs, its_places, its_extras = self._runs_of(text, kinds, face)
                # A text's own first space, if any, is the one before it.
                first = at - int(before[at])
                runs += its_runs
                places += [first + place for place in its_places]
                extras += [replace(one, char=first + one.char) for one in its_extras]
        return _with_runs(joined, (bare_codes, glyph, owner_of, advance), (runs, places, extras), covered=covered)

    def _runs_of(self, text: str, kinds: bytes, face_index: int) -> tuple[list[_Run], list[int], list[Extra]]:
        """Return the runs between what is looked up glyph by glyph, their characters, and their further glyphs.

        ``kinds`` are those of the text's characters: :attr:`Face.kinds`.
        """
        face = self.faces.faces[face_index]
        runs: list[_Run] = []
        at: list[int] = []
        extras: list[Extra] = []
        before = spaces = 0
        for found in _RUNS.finditer(kinds):
            start, stop = found.span()
            spaces += text.count(" ", before, start)
            before, place = start, start - spaces
            at += range(place, place + stop - start)
            missing = _missing_in_word(text, start, stop, face) if _MISSING in found[0] else ""
            run = self._run(text[start:stop], face_index, missing)
            runs.append(run)
            if run.extras:
                extras += [
                    Extra(place + one.char, one.glyph, one.face, one.scale, one.dx_em, one.dy_em) for one in run.extras
                ]
        return runs, at, extras

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
        if not missing:
            return self._shape_part(text, face_index, face, 0)
        owners = dict(zip(missing, self.faces.helpers(face_index, missing), strict=True))
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
            level=all(part.level for part in parts),
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
        if len(glyphs) == n:
            # A glyph for each character, as nearly always.
            _, ids, advances, right, up = zip(*glyphs, strict=True)
            dx_em, dy_em = tuple([x / em for x in right]), tuple([drop_em - y / em for y in up])
            level = not any(dx_em) and not any(dy_em)
            return _Run(ids, (owner,) * n, (scale,) * n, dx_em, dy_em, tuple([one / em for one in advances]), (), level)
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
        ids, dx_em, dy_em = zip(*(first[at] for at in range(n)), strict=True)
        level = not any(dx_em) and not any(dy_em)
        return _Run(ids, (owner,) * n, (scale,) * n, dx_em, dy_em, tuple(advance), tuple(extras), level)


def _codes_of(text: str) -> npt.NDArray[np.uint16]:
    """Return the code points (N,) of a text; TextError for one outside the BMP."""
    codes = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype=np.uint16)
    if len(codes) != len(text):
        astral = next(char for char in text if ord(char) >= CODE_POINTS)
        raise TextError(f"U+{ord(astral):05X}: only characters of the Basic Multilingual Plane can be set; remove it.")
    return codes


def _with_runs(
    text: str,
    looked_up: tuple[npt.NDArray[np.uint16], Int, Int, Float],
    found: tuple[Sequence[_Run], Sequence[int], Sequence[Extra]],
    *,
    covered: bool,
) -> Shaped:
    """Return a text of which codes, glyphs, faces and advances were ``looked_up`` one by one, with its runs put in.

    ``found`` are these, their characters and their further glyphs; ``covered`` says that each face draws all of its.
    """
    codes, glyph, owner, advance_em = looked_up
    runs, places, extras = found
    n, plain = len(codes), covered
    scale, dx, dy = plain_columns(n)
    if runs:
        at = np.array(places, dtype=np.intp)
        advance_em[at] = _joined(runs, "advance_em")
        if not covered:
            # Where the face draws all, each character has its own glyph, at its size.
            scale = np.ones(n)
            glyph[at], owner[at], scale[at] = (_joined(runs, name) for name in ("glyph", "face", "scale"))
        if not all(run.level for run in runs):
            plain = False
            dx, dy = np.zeros(n), np.zeros(n)
            dx[at], dy[at] = _joined(runs, "dx_em"), _joined(runs, "dy_em")
    return Shaped(text, codes, glyph, owner, scale, dx, dy, advance_em, tuple(extras), plain and not extras)


def _part_of(whole: Shaped, text: str, first: int, last: int) -> Shaped:
    """Return the characters [first, last) of a shaped text, which are those of one of its parts."""
    part = slice(first, last)
    extras = whole.extras and tuple(
        replace(one, char=one.char - first) for one in whole.extras if first <= one.char < last
    )
    return Shaped(
        text,
        whole.codes[part],
        whole.glyph[part],
        whole.face[part],
        whole.scale[part],
        whole.dx_em[part],
        whole.dy_em[part],
        whole.advance_em[part],
        extras,
        whole.plain,
    )


def _joined(runs: Sequence[_Run], name: str) -> list[Any]:
    """Return a column of all runs, one after the other."""
    return list(chain.from_iterable([getattr(run, name) for run in runs]))


def _as_measured(text: str, glyphs: Sequence[tuple[int, int, int, int, int]], face: Face) -> bool:
    """Return whether every character begins with the glyph by which the face was found to draw it."""
    first = {one[0]: one[1] for one in reversed(glyphs)}
    measured: list[int] = face.glyph_of[[ord(char) for char in text]].tolist()
    return [first.get(at) for at in range(len(text))] == measured


def _nominal(at: int, char: str, face: Face) -> tuple[int, int, int, int, int]:
    glyph = int(face.glyph_of[ord(char)])
    return at, glyph, face.font.get_glyph_h_advance(glyph), 0, 0


def _missing_in_word(text: str, start: int, stop: int, face: Face) -> str:
    """Return, each once, the characters that the face lacks in the word around ``text[start:stop]``."""
    end = text.find(" ", stop)
    word = text[text.rfind(" ", 0, start) + 1 : end if end >= 0 else len(text)]
    return "".join(dict.fromkeys(char for char in word if not face.covered[ord(char)]))
