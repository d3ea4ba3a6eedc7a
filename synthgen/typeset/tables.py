"""What a font file truly draws, as arrays: measured once per file, kept by its digest.

A font's own tables are not believed: bounding boxes in ``glyf`` headers are up to 0.03 em too large in the pen faces,
and cmaps name glyphs that are empty. So every mapped glyph's outline is walked once, its exact bounds (with the curves'
extrema) and its area are taken, and equal outlines of different syllables are found. That takes half a second a face;
the result is kept under the file's sha256: for the bundled faces beside them in ``fonts/tables``, for others in a
cache folder (``SYNTHGEN_CACHE``, else the user's). A file is written under a name of its own and renamed, so any
number of processes may race.
"""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import zipfile
import zlib
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import uharfbuzz as hb

from synthgen import assets
from synthgen.typeset.harfbuzz import shape_with_harfbuzz

Float = npt.NDArray[np.float64]
Int = npt.NDArray[np.int32]

TABLES_VERSION = 2
CODE_POINTS = 0x10000
# Geometric shapes: what .notdef often looks like, and may.
BOXES = range(0x25A0, 0x2600)
_CHUNK_PIECES = 50_000
# What Korean text has between its syllables, Latin letters apart.
_FIGURES_AND_MARKS = (
    "0123456789!\"#$%&'()*+,-./:;<=>?@[]^_{|}~·…“”‘’「」『』《》〈〉【】※○●◎△▲▽▼□■◇◆☆★→←↑↓℃㎡㎏㎞㎝㎜㎎×÷±₩€–—①②③④⑤⑥⑦⑧⑨⑩"
    "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎㅏㅐㅑㅓㅔㅕㅗㅛㅜㅠㅡㅣ"
)
# What reading a damaged archive of arrays may raise.
_DAMAGED = (OSError, ValueError, KeyError, EOFError, NotImplementedError, RuntimeError, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True, eq=False)
class FaceTables:
    """One face's measurements in font units, y down.

    ``codes`` int32 (K,) mapped BMP code points, rising; ``glyphs`` int32 (K,) their glyph ids; ``advance`` float64
    (K,); ``bounds`` float64 (K, 4) x0, y0, x1, y1 of the outline; ``inked`` bool (K,) whether it has area; ``twins``
    int32 (T,) code points whose outline is exactly .notdef's, or another syllable's when they are syllables;
    ``metrics`` upem, glyph count, ascent, descent; ``inert`` int32 (I,) figures and marks that shaping leaves as they
    are beside one another and beside syllables.
    """

    codes: Int
    glyphs: Int
    advance: Float
    bounds: Float
    inked: npt.NDArray[np.bool_]
    twins: Int
    metrics: Int
    inert: Int


def open_font(blob: hb.Blob, index: int, instance: int) -> tuple[hb.Face, hb.Font]:
    """Return HarfBuzz's face and font of a file's bytes; ``instance`` is a named instance's number, -1 for none."""
    face = hb.Face(blob, index)
    font = hb.Font(face)
    if instance >= 0:
        font.var_named_instance = instance
    return face, font


def mapped(path: Path) -> hb.Blob:
    """Return the bytes of a font file that stays as it is; OSError when it cannot be opened."""
    with open(path, "rb"):  # HarfBuzz would not say why it cannot
        return hb.Blob.from_file_path(path)


def measure(data: bytes, index: int = 0, instance: int = -1) -> FaceTables:
    """Return the tables of one face, by walking the outline of every mapped glyph."""
    face, font = open_font(hb.Blob(data), index, instance)
    pairs = [(code, font.get_nominal_glyph(code) or 0) for code in face.unicodes if code < CODE_POINTS]
    pairs = sorted((code, glyph) for code, glyph in pairs if glyph < face.glyph_count)
    codes = np.array([code for code, _ in pairs], dtype=np.int32)
    glyphs = np.array([glyph for _, glyph in pairs], dtype=np.int32)
    unique, back = np.unique(glyphs, return_inverse=True)
    bounds, areas, outlines = _walk(font, unique.tolist())
    advance = np.array([font.get_glyph_h_advance(glyph) for glyph in unique.tolist()], dtype=np.float64)
    extents = font.get_font_extents("ltr")
    wide = (bounds[:, 2] > bounds[:, 0]) & (bounds[:, 3] > bounds[:, 1])
    return FaceTables(
        codes=codes,
        glyphs=glyphs,
        advance=advance[back],
        bounds=bounds[back],
        inked=(wide & (np.abs(areas) > 0))[back],
        twins=_twins(codes, [outlines[at] for at in back.tolist()], _walk(font, [0])[2][0]),
        metrics=np.array([face.upem, face.glyph_count, extents.ascender, extents.descender], dtype=np.int32),
        inert=_inert(font, dict(pairs)),
    )


def _inert(font: hb.Font, glyph_of: dict[int, int]) -> Int:
    """Return the figures, marks and lone letters that are set by their own glyph and advance beside any other of them.

    Every ordered pair of them and of a syllable is shaped once, in one text.
    """
    tried = [code for code in (*map(ord, _FIGURES_AND_MARKS), ord("가")) if glyph_of.get(code)]
    text = "".join(chr(a) + chr(b) for a in tried for b in tried)
    if not text:
        return np.zeros(0, dtype=np.int32)
    found = shape_with_harfbuzz(text, font)
    if [cluster for cluster, *_ in found] != list(range(len(text))):
        return np.zeros(0, dtype=np.int32)
    moved = set()
    for char, (_, glyph, advance, dx, dy) in zip(text, found, strict=True):
        if glyph != glyph_of[ord(char)] or dx or dy or advance != font.get_glyph_h_advance(glyph):
            moved.add(ord(char))
    return np.array(sorted({*tried} - moved - {ord("가")}), dtype=np.int32)


class _Pen:
    """Collects an outline as cubic pieces, eight numbers each: start, two controls, end (y up, as fonts have it)."""

    def __init__(self) -> None:
        self.pieces = array("d")
        self._x = self._y = self._x0 = self._y0 = 0.0
        self.funcs = hb.DrawFuncs()
        self.funcs.set_move_to_func(self._move)
        self.funcs.set_line_to_func(self._line)
        self.funcs.set_quadratic_to_func(self._quadratic)
        self.funcs.set_cubic_to_func(self._cubic)
        self.funcs.set_close_path_func(self._close)

    def _move(self, x: float, y: float, _data: object) -> None:
        self._x = self._x0 = x
        self._y = self._y0 = y

    def _line(self, x: float, y: float, _data: object) -> None:
        self.pieces.extend((self._x, self._y, self._x, self._y, x, y, x, y))
        self._x, self._y = x, y

    def _quadratic(self, u: float, v: float, x: float, y: float, _data: object) -> None:
        # The same curve as a cubic: controls two thirds of the way to the quadratic's.
        a, b = self._x, self._y
        self.pieces.extend((a, b, (a + 2 * u) / 3, (b + 2 * v) / 3, (x + 2 * u) / 3, (y + 2 * v) / 3, x, y))
        self._x, self._y = x, y

    def _cubic(self, s: float, t: float, u: float, v: float, x: float, y: float, _data: object) -> None:
        self.pieces.extend((self._x, self._y, s, t, u, v, x, y))
        self._x, self._y = x, y

    def _close(self, _data: object) -> None:
        if (self._x, self._y) != (self._x0, self._y0):
            self._line(self._x0, self._y0, None)


def _walk(font: hb.Font, glyphs: list[int]) -> tuple[Float, Float, list[bytes]]:
    """Return bounds (K, 4) y down, signed areas (K,) and a fingerprint of each glyph's outline, empty where none is.

    Outlines are weighed whenever enough have been collected, so that no font needs more than some 100 MB.
    """
    pen = _Pen()
    bounds, areas, outlines = np.zeros((len(glyphs), 4)), np.zeros(len(glyphs)), []
    stops: list[int] = []
    for at, glyph in enumerate(glyphs, 1):
        font.draw_glyph(glyph, pen.funcs, None)
        stops.append(len(pen.pieces) // 8)
        if stops[-1] >= _CHUNK_PIECES or at == len(glyphs):
            pieces = np.frombuffer(pen.pieces.tobytes()).reshape(-1, 4, 2)
            part = slice(at - len(stops), at)
            bounds[part], areas[part] = _weigh(pieces, np.array(stops, dtype=np.intp))
            starts = [0, *stops[:-1]]
            outlines += [_fingerprint(pieces[a:b]) for a, b in zip(starts, stops, strict=True)]
            stops.clear()
            del pen.pieces[:]
    return bounds, areas, outlines


def _weigh(pieces: Float, stops: npt.NDArray[np.intp]) -> tuple[Float, Float]:
    """Return bounds (n, 4) y down and signed areas (n,) of glyphs whose pieces end at ``stops``."""
    bounds, areas = np.zeros((len(stops), 4)), np.zeros(len(stops))
    starts = np.concatenate([[0], stops[:-1]])
    some = stops > starts
    if some.any():
        low, high = _extremes(pieces)
        first = starts[some]
        least, most = np.minimum.reduceat(low, first, axis=0), np.maximum.reduceat(high, first, axis=0)
        bounds[some] = np.column_stack([least[:, 0], -most[:, 1], most[:, 0], -least[:, 1]])
        areas[some] = np.add.reduceat(_areas(pieces), first)
    return bounds, areas


def _fingerprint(pieces: Float) -> bytes:
    return hashlib.sha256(pieces.tobytes()).digest() if len(pieces) else b""


def _extremes(pieces: Float) -> tuple[Float, Float]:
    """Return the least and most coordinates (K, 2) that each cubic piece (K, 4, 2) reaches."""
    p0, p1, p2, p3 = (pieces[:, at] for at in range(4))
    low, high = np.minimum(p0, p3), np.maximum(p0, p3)
    # Where the derivative vanishes: a t^2 + b t + c = 0 with these coefficients (times 3).
    a, b, c = p3 - p0 + 3 * (p1 - p2), 2 * (p0 - 2 * p1 + p2), p1 - p0
    with np.errstate(divide="ignore", invalid="ignore"):
        root = np.sqrt(b * b - 4 * a * c)
        # The stable form of the quadratic's roots; NaN and infinity are no roots and are dropped below.
        q = -0.5 * (b + np.where(b < 0, -root, root))
        candidates = (q / a, c / q)
    for t in candidates:
        t = np.where(np.isfinite(t) & (t > 0) & (t < 1), t, 0.0)
        s = 1 - t
        value = s * s * s * p0 + 3 * s * s * t * p1 + 3 * s * t * t * p2 + t * t * t * p3
        low, high = np.minimum(low, value), np.maximum(high, value)
    return low, high


def _areas(pieces: Float) -> Float:
    """Return each piece's part (K,) of its contour's signed area, by Green's theorem (exact for cubics)."""
    x, y = pieces[..., 0], pieces[..., 1]

    def cross(i: int, j: int) -> Float:
        product: Float = x[:, i] * y[:, j] - x[:, j] * y[:, i]
        return product

    area: Float = (
        6 * cross(0, 1) + 3 * cross(0, 2) + cross(0, 3) + 3 * cross(1, 2) + 3 * cross(1, 3) + 6 * cross(2, 3)
    ) / 20
    return area


def _twins(codes: Int, outlines: list[bytes], notdef: bytes) -> Int:
    """Return the characters that look like .notdef, and the syllables that share an outline and so cannot all be right.

    Where exactly one of a group is a syllable of KS X 1001, which every Korean face has drawn with care, that one
    stays.
    """
    groups: defaultdict[bytes, list[int]] = defaultdict(list)
    for code, outline in zip(codes.tolist(), outlines, strict=True):
        if 0xAC00 <= code < 0xD7A4 and outline:
            groups[outline].append(code)
    pairs = zip(codes.tolist(), outlines, strict=True)
    twins = {code for code, outline in pairs if outline and outline == notdef and code not in BOXES}
    for group in groups.values():
        if len(group) > 1:
            common = [code for code in group if _in_ks1001(code)]
            twins.update(code for code in group if len(common) != 1 or code != common[0])
    return np.array(sorted(twins), dtype=np.int32)


def _in_ks1001(code: int) -> bool:
    try:
        return len(chr(code).encode("euc-kr")) == 2
    except UnicodeEncodeError:
        return False


def cache_folder() -> Path:
    """Return where tables of the user's fonts are kept: ``SYNTHGEN_CACHE``, or the platform's cache folder."""
    named = os.environ.get("SYNTHGEN_CACHE")
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(base) if base else Path.home() / ".cache") / "synthgen"


def table_name(digest: str, index: int, instance: int) -> str:
    """Return the file name of a face's tables: the font's digest, the face's place and the tables' version."""
    return f"{digest}-{index}-{instance + 1}-v{TABLES_VERSION}.npz"


def kept_tables(digest: str, index: int = 0, instance: int = -1) -> FaceTables | None:
    """Return tables measured before, or None where there are none or they are damaged."""
    name = table_name(digest, index, instance)
    for folder in (assets.fonts_dir() / "tables", cache_folder()):
        with suppress(*_DAMAGED):
            return _read(folder / name)
    return None


def keep_tables(tables: FaceTables, folder: Path, digest: str, index: int = 0, instance: int = -1) -> Path:
    """Write tables into a folder, atomically, and return the file; OSError when the folder cannot be written."""
    packed = io.BytesIO()
    np.savez_compressed(packed, allow_pickle=False, **dict(_packed(tables)))
    return keep_file(folder / table_name(digest, index, instance), packed.getvalue())


def keep_file(path: Path, data: bytes) -> Path:
    """Write a file of the cache whole or not at all, under a name of its own first; OSError when it cannot be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=".unfinished-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path


def _packed(tables: FaceTables) -> Iterator[tuple[str, npt.NDArray[np.generic]]]:
    for name in FaceTables.__dataclass_fields__:
        yield name, getattr(tables, name)


def _read(path: Path) -> FaceTables:
    # An .npz, each array read in one piece: that takes three quarters of the time of np.load.
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as stored:
        tables = FaceTables(**{name: _array(stored, name) for name in FaceTables.__dataclass_fields__})
    count = len(tables.codes)
    shapes = {"glyphs": (count,), "advance": (count,), "bounds": (count, 4), "inked": (count,), "metrics": (4,)}
    if any(getattr(tables, name).shape != shape for name, shape in shapes.items()):
        raise ValueError("tables do not agree with one another")
    return tables


def _array(stored: zipfile.ZipFile, name: str) -> npt.NDArray[Any]:
    return np.lib.format.read_array(io.BytesIO(stored.read(f"{name}.npy")), allow_pickle=False)


def missing_characters(tables: FaceTables, characters: Iterable[str]) -> list[str]:
    """Return the characters that the tables' face maps but does not ink."""
    blank = set(tables.codes[~tables.inked].tolist())
    return [char for char in characters if ord(char) in blank]
