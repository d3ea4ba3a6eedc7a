"""Specimens: every character of a charset as one face sets it, in pages of a grid, each above its code point.

They are set by the same :class:`~synthgen.typeset.shape.Shaper` that sets samples, so what is seen is what is printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthgen.typeset.face import HANGUL, Face
from synthgen.typeset.layout import Glyphs
from synthgen.typeset.shape import Shaped, Shaper

Float = npt.NDArray[np.float64]

COLUMNS, ROWS = 40, 30
CELL_PX = (40, 50)
HEADER_PX, MARGIN_PX = 40, 8
# A syllable's height, where its middle is below the cell's top, where the label's baseline is, and their sizes.
SYLLABLE_PX, MIDDLE_PX, LABEL_BASELINE_PX, LABEL_PX, TITLE_PX = 27, 19, 47, 10, 20


@dataclass(frozen=True, slots=True)
class Specimen:
    """One page: ``glyphs`` and ``rules`` (R, 4) to be inked in a picture of ``size`` (width, height), in px.

    ``helped`` float64 (H, 4): the cells whose character is drawn by another face, x0, y0, x1, y1.
    ``characters`` what the page shows, row by row.
    """

    face: str
    page: int
    characters: tuple[str, ...]
    size: tuple[int, int]
    glyphs: Glyphs
    rules: Float
    helped: Float


def specimens(shaper: Shaper, face_index: int, characters: Sequence[str]) -> Iterator[Specimen]:
    """Yield the pages of one face; Rejected ("uncovered") when no face draws one of the characters."""
    per_page = COLUMNS * ROWS
    pages = -(-len(characters) // per_page)
    for page in range(pages):
        part = tuple(characters[page * per_page : (page + 1) * per_page])
        yield _page(shaper, face_index, part, page, pages)


def _page(shaper: Shaper, face_index: int, characters: tuple[str, ...], page: int, pages: int) -> Specimen:
    face = shaper.faces.faces[face_index]
    rows = -(-len(characters) // COLUMNS)
    width = 2 * MARGIN_PX + COLUMNS * CELL_PX[0]
    height = HEADER_PX + MARGIN_PX + rows * CELL_PX[1]
    at = np.arange(len(characters))
    corner = np.stack([MARGIN_PX + at % COLUMNS * CELL_PX[0], HEADER_PX + at // COLUMNS * CELL_PX[1]], axis=1)
    # Each character is a word of its own: the helper is chosen for it alone.
    shaped = shaper.shape(" ".join(characters), face_index)
    size_px, middle_em = _size_px(face)
    left = corner[:, 0] + (CELL_PX[0] - shaped.advance_em * size_px) / 2
    baseline = corner[:, 1] + MIDDLE_PX - middle_em * size_px
    labels = _label_face(shaper)
    parts = [_glyphs(shaped, np.stack([left, baseline], axis=1), size_px)]
    for char, (x, y) in zip(characters, corner.tolist(), strict=True):
        parts.append(_line(shaper, labels, f"{ord(char):04X}", x + CELL_PX[0] / 2, y + LABEL_BASELINE_PX, LABEL_PX))
    title = f"{face.id} {page + 1}/{pages}"
    parts.append(_line(shaper, labels, title, width / 2, HEADER_PX - 14, TITLE_PX))
    helped = np.concatenate([corner, corner + CELL_PX], axis=1)[shaped.face != face_index].astype(np.float64)
    return Specimen(face.id, page, characters, (width, height), _joined(parts), _grid(rows, width, height), helped)


def _size_px(face: Face) -> tuple[float, float]:
    """Return the size at which nearly all syllables fit into a cell, and their middle in em below the baseline."""
    block = slice(HANGUL.start, HANGUL.stop)
    glyphs = face.glyph_of[block][face.covered[block]]
    if not len(glyphs):
        return SYLLABLE_PX / face.hangul_height_em, sum(face.hangul_band_em) / 2
    box = face.bounds_em[glyphs]
    top, bottom = np.quantile(box[:, 1], 0.02), np.quantile(box[:, 3], 0.98)
    width = np.quantile(box[:, 2] - box[:, 0], 0.98)
    fitting = min((LABEL_BASELINE_PX - LABEL_PX) / (bottom - top), CELL_PX[0] / width)
    return float(min(SYLLABLE_PX / face.hangul_height_em, fitting)), float(top + bottom) / 2


def _label_face(shaper: Shaper) -> int:
    """Return the face of the labels: one of even width where there is one."""
    faces = shaper.faces.faces
    able = [at for at, face in enumerate(faces) if face.covers("0123456789ABCDEF")]
    return min(able, key=lambda at: (faces[at].kind != "mono", at), default=0)


def _line(shaper: Shaper, face_index: int, text: str, middle_px: float, baseline_px: float, size_px: float) -> Glyphs:
    """Return a line of text centred on a point."""
    shaped = shaper.shape(text, face_index)
    space = 0.3 * size_px
    advance = shaped.advance_em * size_px
    pen = np.concatenate([[0.0], np.cumsum(advance)[:-1]]) + space * shaped.word
    left = middle_px - (pen[-1] + advance[-1]) / 2
    return _glyphs(shaped, np.stack([left + pen, np.full(len(pen), baseline_px)], axis=1), size_px)


def _glyphs(shaped: Shaped, pen: Float, size_px: float) -> Glyphs:
    """Return a text's glyphs with their pens (n, 2) on the page; further glyphs of a character stand with it."""
    n = len(shaped)
    char = np.array([*range(n), *(extra.char for extra in shaped.extras)], dtype=np.int32)
    face = np.array([*shaped.face.tolist(), *(extra.face for extra in shaped.extras)], dtype=np.int32)
    glyph = np.array([*shaped.glyph.tolist(), *(extra.glyph for extra in shaped.extras)], dtype=np.int32)
    scale = np.array([*shaped.scale.tolist(), *(extra.scale for extra in shaped.extras)])
    dx = np.array([*shaped.dx_em.tolist(), *(extra.dx_em for extra in shaped.extras)])
    dy = np.array([*shaped.dy_em.tolist(), *(extra.dy_em for extra in shaped.extras)])
    return Glyphs(
        face=face,
        glyph=glyph,
        char=char,
        ink=np.zeros(len(char), dtype=np.int32),
        linear=np.eye(2) * (scale * size_px)[:, None, None],
        origin=pen[char] + size_px * np.stack([dx, dy], axis=1),
    )


def _joined(parts: Sequence[Glyphs]) -> Glyphs:
    names = ("face", "glyph", "char", "ink", "linear", "origin")
    return Glyphs(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _grid(rows: int, width: int, height: int) -> Float:
    """Return hairlines (R, 4) between the cells."""
    x1, y1 = width - MARGIN_PX, height - MARGIN_PX
    across = [
        (MARGIN_PX, HEADER_PX + row * CELL_PX[1], x1, HEADER_PX + row * CELL_PX[1] + 0.25) for row in range(rows + 1)
    ]
    xs = [MARGIN_PX + column * CELL_PX[0] for column in range(COLUMNS + 1)]
    return np.array([*across, *((x, HEADER_PX, x + 0.25, y1) for x in xs)], dtype=np.float64)
