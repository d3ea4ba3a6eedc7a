"""Lines that run from left to right, one below the other."""

from __future__ import annotations

import numpy as np

from synthgen.geometry import boxes_to_quads
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
    part = slice(int(starts[first_word]), int(starts[last_word]))
    counts = [int(starts[line.last] - starts[line.first]) for line, _ in rows]
    table = []
    for line, baseline in rows:
        fit, start = text.fit(line), starts[line.first]
        table.append(
            (fit.left_px, fit.space_px, fit.tracking_px, fit.condensing, baseline, pens[start], line.first, start)
        )
    left, space, tracking, condense, baseline, pen0, word0, char0 = np.repeat(np.array(table), counts, axis=0).T
    word = shaped.word[part]
    along = (pens[part] - pen0 + (word - word0) * space) * condense + (
        np.arange(part.start, part.stop) - char0
    ) * tracking
    pen = x_px + left + along
    n, em = len(pen), style.size_px
    wide = em * style.stretch * condense
    if style.jitter_em and stream is not None:
        baseline = baseline + stream.generator.standard_normal(n) * (style.jitter_em * em)
    face = text.shaper.faces.faces[style.face]
    boxes = np.column_stack(
        [pen, baseline - face.ascent_em * em, pen + shaped.advance_em[part] * wide, baseline + face.descent_em * em]
    )
    cell = boxes_to_quads(boxes)
    linear = np.zeros((n, 2, 2))
    linear[:, 0, 0], linear[:, 1, 1] = wide, em
    frame = UPRIGHT
    if style.slant:
        # The lean is about each baseline, so pens stay where they are.
        linear[:, 0, 1] = -style.slant * em
        cell[..., 0] += style.slant * (baseline[:, None] - cell[..., 1])
        frame = np.array([[1.0, -style.slant], [0.0, 1.0]])
    words = text.words[paragraph]
    lines = [(" ".join(words[line.first : line.last]), count) for (line, _), count in zip(rows, counts, strict=True)]
    origin = np.column_stack([pen, baseline])
    galley.add(block, shaped, part, words[first_word:last_word], lines, linear, origin, cell, frame, ink=style.ink)
