"""How HarfBuzz is asked to shape: in one script and language, with nothing that merges or swaps glyphs."""

from __future__ import annotations

import uharfbuzz as hb

# Ligatures merge characters; the others may put a glyph that was never measured, or another letter, in one's place.
FEATURES = dict.fromkeys(("liga", "clig", "dlig", "hlig", "calt", "rlig", "ccmp", "locl", "rclt", "rand"), False)
# Named, because HarfBuzz would otherwise ask the process's locale, and kern differently from host to host.
LANGUAGE = "ko"


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
