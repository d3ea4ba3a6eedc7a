"""Lines of display text broken where a compositor would: none much shorter than the others, none lost."""

from __future__ import annotations

from itertools import accumulate, combinations, pairwise

from synthgen.typeset.shape import Shaper
from synthgen.typeset.text import Style, Text

# Text that is a little too long for so many lines is set smaller, by this factor at a time and down to this share.
_STEP = 0.93
LEAST_SIZE = 0.62
# A last line shorter than this share of the first is a widow.
WIDOW = 0.5


def balanced(paragraph: str, style: Style, shaper: Shaper, width_px: float, most: int) -> Text:
    """Return a text broken into at most so many lines of about one length, its size reduced where it needs more.

    A line whose last word alone would go to the next is squeezed in when a twelfth less of size is enough.
    """
    text = Text((paragraph,), style, shaper, width_px)
    while len(text.lines) > most and text.style.size_px > LEAST_SIZE * style.size_px:
        text = Text((paragraph,), scaled(text.style, _STEP), shaper, width_px)
    lines = len(text.lines)
    if not 1 < lines <= most:
        return text
    whole = sum(line.width_px for line in text.lines) + (lines - 1) * text.gap_px
    if whole / width_px - (lines - 1) < 1 / 12 and text.lines[-1].width_px < WIDOW * text.lines[0].width_px:
        ratio = (lines - 1) * width_px / whole * 0.999
        tighter = Text((paragraph,), scaled(text.style, ratio), shaper, width_px)
        if len(tighter.lines) < lines:
            return balanced_at(tighter, paragraph, shaper)
    return balanced_at(text, paragraph, shaper)


def balanced_at(text: Text, paragraph: str, shaper: Shaper) -> Text:
    """Return a text broken anew into as many lines as it has, the longest of which is as short as can be."""
    lines = len(text.lines)
    if lines < 2:
        return text
    pens, tracking_px = text.pens[0], text.style.tracking_em * text.style.size_px
    widths = [pens[end] - pens[start] - tracking_px for start, end in pairwise(text.starts[0])]
    narrow = _least_width(widths, text.gap_px, lines)
    if narrow >= max(line.width_px for line in text.lines) - 1:
        return text
    again = Text((paragraph,), text.style, shaper, narrow + 0.5)
    if len(again.lines) != lines:
        return text
    # Broken to the narrower width, aligned within the whole.
    again.width_px = text.width_px
    return again


def scaled(style: Style, ratio: float) -> Style:
    """Return a style at another size, its line pitch with it."""
    return style._replace(size_px=style.size_px * ratio, line_px=style.line_px * ratio)


def _least_width(widths: list[float], space: float, lines: int) -> float:
    """Return the least width at which greedy breaking gives so many lines."""
    sums = [0.0, *accumulate(width + space for width in widths)]
    tried = sorted({high - low - space for low, high in combinations(sums, 2)})
    for width in tried:
        used, room = 1, width
        if max(widths) > width:
            continue
        for at, word in enumerate(widths):
            if at and word + space > room + 1e-6:
                used, room = used + 1, width - word
            else:
                room -= word + (space if at else 0.0)
        if used <= lines:
            return width
    return tried[-1]
