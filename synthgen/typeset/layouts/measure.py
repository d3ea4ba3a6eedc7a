"""How wide lines will be, told before they are shaped."""

from __future__ import annotations

import numpy as np

from synthgen.typeset.shape import Shaper
from synthgen.typeset.text import Style


def width_px(text: str, style: Style, shaper: Shaper) -> float:
    """Return about how wide a line is in its style: its characters' advances, of which no two are kerned.

    A character that the face lacks is as wide as what the face shows for it.
    """
    face = shaper.faces.faces[style.face]
    codes = np.array([min(ord(char), 0xFFFF) for char in text], dtype=np.intp)
    wide = float(face.advance_em[face.glyph_of[codes]].sum()) * style.stretch + style.tracking_em * len(text)
    return max(wide * style.size_px, 1.0)
