"""What a picture shows of a page that it cuts: words of which nothing is to be seen are none of its labels."""

from __future__ import annotations

from dataclasses import replace
from itertools import compress
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from synthgen.geometry import Float
from synthgen.matrices import inverse_matrices, project_each, unit_to_quads
from synthgen.quads import boxes_to_quads
from synthgen.scene import Characters, Lines, Words

T = TypeVar("T")


def within_picture(characters: Characters, words: Words, lines: Lines) -> tuple[Characters, Words, Lines]:
    """Return the records without the words of which no character shows, and without the lines that are left empty.

    Words that show in part stay whole, with quads that reach beyond the picture. A line that loses words keeps the text
    and, along its direction, the quad of those it has left; the others' ids are renumbered, blocks' are not.
    """
    shown = np.zeros(len(words), dtype=np.bool_)
    shown[characters.word[characters.visible > 0]] = True
    if shown.all():
        return characters, words, lines
    line_shown = np.zeros(len(lines), dtype=np.bool_)
    line_shown[words.line[shown]] = True
    new_word, new_line = (np.cumsum(kept, dtype=np.int32) - np.int32(1) for kept in (shown, line_shown))
    kept = shown[characters.word]
    left = replace(
        characters,
        text=_kept(characters.text, kept),
        word=new_word[characters.word[kept]],
        line=new_line[characters.line[kept]],
        **{name: getattr(characters, name)[kept] for name in ("ink", "cell", "block", "face", "visible")},
    )
    left_words = replace(
        words,
        text=_kept(words.text, shown),
        line=new_line[words.line[shown]],
        direction=_kept(words.direction, shown),
        outline=_kept(words.outline, shown),
        # What is broken off a word must be seen with it.
        broken=tuple(int(new_word[at]) for at in words.broken if shown[at] and shown[at + 1]),
        **{name: getattr(words, name)[shown] for name in ("quad", "ink", "ignored")},
    )
    left_lines = replace(
        lines,
        text=_kept(lines.text, line_shown),
        quad=lines.quad[line_shown],
        block=lines.block[line_shown],
        direction=_kept(lines.direction, line_shown),
    )
    shortened = np.zeros(len(left_lines), dtype=np.bool_)
    shortened[new_line[words.line[~shown & line_shown[words.line]]]] = True
    return left, left_words, _shortened(left_lines, left_words, shortened)


def _kept(items: tuple[T, ...], kept: npt.NDArray[np.bool_]) -> tuple[T, ...]:
    return tuple(compress(items, kept.tolist()))


def _shortened(lines: Lines, words: Words, chosen: npt.NDArray[np.bool_]) -> Lines:
    """Return the lines, those ``chosen`` (L,) as long as their words."""
    at = np.flatnonzero(chosen)
    if not len(at):
        return lines
    said: dict[int, list[str]] = {line: [] for line in at.tolist()}
    for line, text in zip(words.line.tolist(), words.text, strict=True):
        if line in said:
            said[line].append(text)
    texts, quads = list(lines.text), lines.quad.copy()
    for line, left in said.items():
        texts[line] = " ".join(left)
    vertical = np.array([lines.direction[line] == "ttb" for line in said], dtype=np.intp)
    inside = np.flatnonzero(chosen[words.line])
    inside = inside[np.argsort(words.line[inside], kind="stable")]
    quads[at] = _spans(quads[at], words.quad[inside], np.searchsorted(at, words.line[inside]), vertical)
    return replace(lines, text=tuple(texts), quad=quads)


def _spans(quads: Float, inside: Float, owner: npt.NDArray[np.intp], vertical: npt.NDArray[np.intp]) -> Float:
    """Return the parts of lines' quads (L, 4, 2) that lie along the quads (K, 4, 2) inside them.

    ``owner`` (K,), rising, tells which line each lies in, of which none has none; ``vertical`` (L,) is 1 for those that
    run downwards, else 0.
    """
    frames = unit_to_quads(quads)
    local = project_each(inverse_matrices(frames)[owner], inside)
    rows = np.arange(len(quads))
    starts = np.searchsorted(owner, rows)
    low, high = np.minimum.reduceat(local.min(axis=1), starts), np.maximum.reduceat(local.max(axis=1), starts)
    boxes = np.tile((0.0, 0.0, 1.0, 1.0), (len(quads), 1))
    boxes[rows, vertical] = low[rows, vertical]
    boxes[rows, 2 + vertical] = high[rows, vertical]
    return project_each(frames, boxes_to_quads(boxes))
