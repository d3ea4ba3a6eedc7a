"""Notes at the foot of a page, and the marks in its text that send the reader there."""

from __future__ import annotations

import re
from collections.abc import Sequence

from synthgen.text.copy import Block
from synthgen.typeset.flow import Flow
from synthgen.typeset.shape import Shaper
from synthgen.typeset.text import Text

# A note's mark behind the word that it belongs to; and a word that may bear one, the last of a sentence.
MARK = re.compile(r"(?<=(?:[^\W\d]|%)[.!?])\d\)(?=\s|$)")
SENTENCE_END = re.compile(r"(?!(?:Mr|Mrs|Ms|Dr|St|No|vs|etc)\.$).*[^\W\d][.!?]$")


def lead_of(number: int) -> str:
    """Return what a note begins with, which is also its mark."""
    return f"{number})"


def fitting(notes: Sequence[Block], flow: Flow, shaper: Shaper) -> int:
    """Return how many of a page's notes it has room for, which is their number of lines and one more.

    The flow's first item is a rule, the second a note like all others. None fit where a charset without brackets leaves
    no marks.
    """
    item, (x0, _, x1, _), room = flow.items[1], flow.boxes[0], len(notes) + 1
    for number, note in enumerate(notes):
        lines = len(Text(note.paragraphs[:1], item.style, shaper, x1 - x0 - item.left_px).lines)
        room -= min(lines, item.lines)
        if room < 0 or not note.paragraphs[0].startswith(f"{lead_of(number + 1)} "):
            return number
    return len(notes)


def marked(paragraphs: Sequence[str], count: int) -> tuple[tuple[str, ...], int]:
    """Return paragraphs with up to ``count`` marks, each at the end of a sentence, and how many they are.

    >>> marked(("비가 왔다. 눈도 왔다.", "날이 갰다."), 2)
    (('비가 왔다.1) 눈도 왔다.', '날이 갰다.2)'), 2)
    """
    words = [paragraph.split(" ") for paragraph in paragraphs]
    ends = [(at, n) for at, line in enumerate(words) for n, word in enumerate(line) if SENTENCE_END.match(word)]
    count = min(count, len(ends))
    for number in range(count):
        at, n = ends[(number + 1) * len(ends) // count - 1]
        words[at][n] += lead_of(number + 1)
    return tuple(" ".join(line) for line in words), count
