"""Lines that run from left to right, one below the other."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter

from synthgen.randomness import Stream
from synthgen.typeset.galley import Galley
from synthgen.typeset.runs import LevelLine, LevelRun
from synthgen.typeset.text import Text

_paragraph_of = attrgetter("paragraph")


def place_lines(
    galley: Galley, block: int, text: Text, lines: slice, x_px: float, top_px: float, stream: Stream | None = None
) -> float:
    """Place some of a text's lines below one another from the given left and top; return the new bottom, sheet px.

    Each line's cells are centred in its pitch. ``stream`` is needed where the style has jitter.
    """
    style = text.style
    pitch, em, slant = style.line_px, style.size_px, style.slant
    wide = em * style.stretch
    face = text.shaper.faces.faces[style.face]
    ascent, descent = face.ascent_em * em, face.descent_em * em
    top_baseline = top_px + (pitch - (face.ascent_em + face.descent_em) * em) / 2 + ascent
    number = 0
    for paragraph, rows in groupby(text.lines[lines], _paragraph_of):
        words, starts, pens = text.words[paragraph], text.starts[paragraph], text.pens[paragraph]
        levels, counts, word_counts, texts = [], [], [], []
        for line in rows:
            first, last = line.first, line.last
            left, space, tracking, condense = text.fit(line)
            baseline = top_baseline + number * pitch
            levels.append(
                LevelLine(
                    left + x_px, pens[starts[first]], space, tracking, condense, baseline, wide * condense, em,
                    ascent, descent, slant,
                )
            )  # fmt: skip
            counts.append(starts[last] - starts[first])
            word_counts.append(last - first)
            texts.append(" ".join(words[first:last]))
            number += 1
        first = last - sum(word_counts)
        part = slice(starts[first], starts[last])
        rise = None
        if style.jitter_em and stream is not None:
            rise = stream.generator.standard_normal(part.stop - part.start) * (style.jitter_em * em)
        broken = text.broken[paragraph]
        parts = [at - first for at in broken if first <= at < last] if broken else []
        run = LevelRun(text.shaped[paragraph], pens, part, words[first:last], counts, word_counts, levels, rise)
        galley.add_run(block, run, texts, ink=style.ink, broken=parts, goes_on=first - 1 in broken)
    return top_px + number * pitch
