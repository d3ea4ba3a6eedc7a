"""Lines that run from left to right, one below the other."""

from __future__ import annotations

from typing import Any

import numpy as np

from synthgen.quads import boxes_to_quads
from synthgen.randomness import Stream
from synthgen.typeset.galley import UPRIGHT, Galley
from synthgen.typeset.text import BrokenLine, Text


def place_lines(
    galley: Galley, block: int, text: Text, lines: slice, x_px: float, top_px: float, stream: Stream | None = None
) -> float:
    """Place some of a text's lines below one another from the given left and top; return the new bottom, sheet px.

    Each line's cells are centred in its pitch. ``stream`` is needed where the style has jitter.
    """
    style = text.style
    chosen = text.lines[lines]
    face = text.shaper.faces.faces[style.face]
    em = style.size_px
    lead = (style.line_px - (face.ascent_em + face.descent_em) * em) / 2
    baseline = top_px + lead + face.ascent_em * em
    by_paragraph: dict[int, list[tuple[BrokenLine, float]]] = {}
    for number, line in enumerate(chosen):
        by_paragraph.setdefault(line.paragraph, []).append((line, baseline + number * style.line_px))
    for paragraph, rows in by_paragraph.items():
        _place_rows(galley, block, text, paragraph, rows, x_px, stream)
    return top_px + len(chosen) * style.line_px


def _place_rows(
    galley: Galley,
    block: int,
    text: Text,
    paragraph: int,
    rows: list[tuple[BrokenLine, float]],
    x_px: float,
    stream: Stream | None,
) -> None:
    """Place consecutive lines of one paragraph, given with their baselines."""
    style, shaped, pens, starts = text.style, text.shaped[paragraph], text.pens[paragraph], text.starts[paragraph]
    first_word, last_word = rows[0][0].first, rows[-1][0].last
    part = slice(starts[first_word], starts[last_word])
    counts = [starts[line.last] - starts[line.first] for line, _ in rows]
    table = []
    for line, baseline in rows:
        fit, start = text.fit(line), starts[line.first]
        # What the line's first character and word have before them in the paragraph is taken off.
        left = fit.left_px - (pens[start] + line.first * fit.space_px) * fit.condensing - start * fit.tracking_px
        table.append((left, fit.space_px, fit.tracking_px, fit.condensing, baseline))
    # A lone line's numbers serve all its characters as they are.
    columns: Any = table[0] if len(rows) == 1 else np.repeat(np.array(table), counts, axis=0).T
    left, space, tracking, condense, baseline = columns
    pen = (pens[part] + shaped.word[part] * space) * condense
    pen += np.arange(part.start, part.stop) * tracking
    pen += left + x_px
    n, em = len(pen), style.size_px
    wide = em * style.stretch * condense
    if style.jitter_em and stream is not None:
        baseline = baseline + stream.generator.standard_normal(n) * (style.jitter_em * em)
    face = text.shaper.faces.faces[style.face]
    origin, boxes = np.empty((n, 2)), np.empty((n, 4))
    boxes[:, 0] = origin[:, 0] = pen
    origin[:, 1] = baseline
    boxes[:, 1], boxes[:, 3] = baseline - face.ascent_em * em, baseline + face.descent_em * em
    boxes[:, 2] = pen + shaped.advance_em[part] * wide
    cell = boxes_to_quads(boxes)
    linear = np.zeros((n, 2, 2))
    linear[:, 0, 0], linear[:, 1, 1] = wide, em
    frame = UPRIGHT
    if style.slant:
        # The lean is about each baseline, so pens stay where they are.
        linear[:, 0, 1] = -style.slant * em
        cell[..., 0] += style.slant * (origin[:, 1, None] - cell[..., 1])
        frame = np.array([[1.0, -style.slant], [0.0, 1.0]])
    words, broken = text.words[paragraph], text.broken[paragraph]
    parts = [at - first_word for at in broken if first_word <= at < last_word] if broken else []
    goes_on = bool(broken) and first_word - 1 in broken
    lines = [(" ".join(words[line.first : line.last]), count) for (line, _), count in zip(rows, counts, strict=True)]
    galley.add(
        block, shaped, part, words[first_word:last_word], lines, linear, origin, cell, frame,
        ink=style.ink, broken=parts, goes_on=goes_on,
    )  # fmt: skip
