"""Lines that run from left to right, one below the other."""

from __future__ import annotations

from synthgen.randomness import Stream
from synthgen.typeset.galley import Galley
from synthgen.typeset.runs import LevelLine, LevelRun
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
    face, em = text.shaper.faces.faces[style.face], style.size_px
    ascent, descent = face.ascent_em * em, face.descent_em * em
    words, broken = text.words[paragraph], text.broken[paragraph]
    lines = []
    for line, baseline in rows:
        fit = text.fit(line)
        lines.append(
            LevelLine(
                fit.left_px + x_px, float(pens[starts[line.first]]), fit.space_px, fit.tracking_px, fit.condensing,
                baseline, em * style.stretch * fit.condensing, em, ascent, descent, style.slant,
            )
        )  # fmt: skip
    rise = None
    if style.jitter_em and stream is not None:
        rise = stream.generator.standard_normal(part.stop - part.start) * (style.jitter_em * em)
    parts = [at - first_word for at in broken if first_word <= at < last_word] if broken else []
    goes_on = bool(broken) and first_word - 1 in broken
    counts = [starts[line.last] - starts[line.first] for line, _ in rows]
    word_counts = [line.last - line.first for line, _ in rows]
    run = LevelRun(shaped, pens, part, words[first_word:last_word], counts, word_counts, lines, rise)
    texts = [" ".join(words[line.first : line.last]) for line, _ in rows]
    galley.add_run(block, run, texts, ink=style.ink, broken=parts, goes_on=goes_on)
