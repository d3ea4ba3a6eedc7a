"""Copyfitting: an article is cut to its room as an editor cuts it, by whole sentences, so that its columns are full."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, combinations
from math import ceil
from typing import NamedTuple

import numpy as np

from synthgen.typeset.shape import Shaper
from synthgen.typeset.text import Style

# A sentence of Korean text ends with a stop behind a syllable; a quote within it may be closed behind that.
# With the space first, nothing but spaces is looked at.
_ENDS = re.compile(r" (?:(?<=[가-힣][.!?] )|(?<=[가-힣][.!?][”’)] ))")
_QUOTES = ("“”", "‘’", "()")
_QUOTED = re.compile("[“”‘’()]")
# What a line loses where the next syllable, or the next word, has no room, in em.
_LOSS_EM = {True: 0.5, False: 1.5}
# An estimate is off by about this much of a line; so much of the last one stays free.
_MARGIN = 0.15
# Where no more than this is free, the last line is begun and nothing has to be exchanged.
_ENOUGH = 0.84


# Of so many sentences at the end, two may be left out together.
_MOST_PAIRED = 8
_SPACE = ord(" ")


class _Sentence(NamedTuple):
    """A sentence, the number of its paragraph, and its width with the word space behind it."""

    paragraph: int
    text: str
    width_px: float


def fitted(
    paragraphs: Sequence[str], style: Style, shaper: Shaper, width_px: float, rooms: Iterable[int]
) -> Iterator[tuple[str, ...]]:
    """Yield for one room after another the paragraphs without what goes beyond so many lines of ``width_px``.

    They end with a whole sentence. Where that would leave lines empty, a sentence or two within are left out for others
    that follow, if these fill them better. The first sentence stays. Widths are those of the face without kerning: the
    result is about right.
    """
    sentences = _sentences(paragraphs, style, shaper)
    line_px = max(width_px - _LOSS_EM[style.by_syllable] * style.size_px, style.size_px)
    lines = [(sentence.paragraph, sentence.width_px / line_px) for sentence in sentences]
    for room in rooms:
        kept = _kept(lines, style.indent_em * style.size_px / line_px, room - _MARGIN)
        said: dict[int, list[str]] = {}
        for at in kept:
            said.setdefault(sentences[at].paragraph, []).append(sentences[at].text)
        yield tuple(" ".join(each) for each in said.values())


def _kept(lines: Sequence[tuple[int, float]], indent: float, most: float) -> Sequence[int]:
    """Return which sentences stay within ``most`` lines; all of them where not even the first has room.

    ``lines`` are each sentence's paragraph and its length in lines, ``indent`` that of a paragraph.
    """
    last, used = _filled(lines, indent, most, ())
    if not last or last == len(lines):
        return range(len(lines))
    best: tuple[tuple[int, ...], int] = ((), last)
    free = most - used
    # The later a sentence, the less it is missed.
    later = range(last - 1, 0, -1)
    for left_out in chain(combinations(later, 1), combinations(later[:_MOST_PAIRED], 2)):
        if free <= _ENOUGH:
            break
        end, used = _filled(lines, indent, most, left_out)
        if most - used < free:
            best, free = (left_out, end), most - used
    left_out, last = best
    return [at for at in range(last) if at not in left_out]


def _filled(
    lines: Sequence[tuple[int, float]], indent: float, most: float, left_out: tuple[int, ...]
) -> tuple[int, float]:
    """Return how many of the sentences, some left out, are whole within ``most`` lines, and how many lines they take.

    ``lines`` are each sentence's paragraph and its length in lines, ``indent`` that of a paragraph.
    """
    whole, done, before, length = 0, 0.0, -1, 0.0
    used = 0.0
    for at, (paragraph, high) in enumerate(lines):
        if at in left_out:
            continue
        if paragraph != before:
            done, before, length = done + ceil(length), paragraph, indent
        length += high
        if done + length > most:
            break
        whole, used = at + 1, done + length
    return whole, used


def _sentences(paragraphs: Sequence[str], style: Style, shaper: Shaper) -> list[_Sentence]:
    """Return the sentences with their widths; where a quote is open none ends."""
    said: list[tuple[int, str]] = []
    encoded: list[bytes] = []
    # Where each sentence begins and ends in all paragraphs' advances, the word space behind it included.
    begins, ends, begun = [], [], 0
    for number, paragraph in enumerate(paragraphs):
        encoded.append(paragraph.encode("utf-16-le", "surrogatepass"))
        count = len(encoded[-1]) // 2
        first, quoted = 0, _QUOTED.search(paragraph) is not None
        for end in [*(stop.start() for stop in _ENDS.finditer(paragraph)), len(paragraph)]:
            sentence = paragraph[first:end]
            if quoted and end < len(paragraph) and _in_quote(sentence):
                continue
            said.append((number, sentence))
            begins.append(begun + first)
            ends.append(begun + min(end + 1, count))
            first = end + 1
        begun += count
    face, em = shaper.faces.faces[style.face], style.size_px
    codes = np.frombuffer(b"".join(encoded), dtype=np.uint16)
    pens = np.zeros(len(codes) + 1)
    advance = pens[1:]
    np.multiply(face.advance_em[face.glyph_of[codes]], style.stretch * em, out=advance)
    advance += style.tracking_em * em
    advance[codes == _SPACE] = (style.word_space_em + 2 * style.tracking_em) * em
    advance.cumsum(out=advance)
    widths = (pens[ends] - pens[begins]).tolist()
    return [_Sentence(*each, width) for each, width in zip(said, widths, strict=True)]


def _in_quote(sentence: str) -> bool:
    """Return whether a quote or a bracket is open at the end of what may be a sentence."""
    return any(sentence.count(pair[0]) != sentence.count(pair[1]) for pair in _QUOTES)
