"""What typesetting hands to the press: every glyph's place on the flat sheet, and what the sheet says where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthgen.scene import Characters, Lines, Words

Float = npt.NDArray[np.float64]
Int = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Glyphs:
    """G glyphs to be inked: ``face``, ``glyph`` int32 (G,); ``char`` int32 (G,) the character each belongs to.

    ``linear`` float64 (G, 2, 2) takes em coordinates (x right, y down) to sheet px; ``origin`` float64 (G, 2) is where
    the glyph's origin stands on the sheet, in px.
    """

    face: Int
    glyph: Int
    char: Int
    linear: Float
    origin: Float

    def __len__(self) -> int:
        return len(self.glyph)


@dataclass(frozen=True, slots=True)
class Layout:
    """A flat sheet in continuous px: glyphs, ruling boxes, and the characters, words and lines they make.

    ``size`` (width, height); ``rules`` float64 (R, 4) inked boxes x0, y0, x1, y1; ``roles`` one per block;
    ``content`` x0, y0, x1, y1 of all ink; ``parameters`` plain values for the provenance.
    """

    size: tuple[int, int]
    glyphs: Glyphs
    rules: Float
    characters: Characters
    words: Words
    lines: Lines
    roles: tuple[str, ...]
    parameters: dict[str, object]

    @property
    def content(self) -> tuple[float, float, float, float]:
        """The box (x0, y0, x1, y1) around all ink, cells and rules, in sheet px."""
        low = np.minimum(self.characters.ink.min(axis=(0, 1)), self.words.quad.min(axis=(0, 1)))
        high = np.maximum(self.characters.ink.max(axis=(0, 1)), self.words.quad.max(axis=(0, 1)))
        if len(self.rules):
            low = np.minimum(low, self.rules[:, :2].min(axis=0))
            high = np.maximum(high, self.rules[:, 2:].max(axis=0))
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])
