"""What a picture shows of a page that it cuts: words of which nothing is to be seen are none of its labels."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from synthgen.geometry import Float
from synthgen.matrices import inverse_matrices, project_each, unit_to_quads
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
    shortened = np.unique(new_line[words.line[~shown & line_shown[words.line]]])
    return left, left_words, _shortened(left_lines, left_words, shortened)


def _kept(items: tuple[T, ...], kept: npt.NDArray[np.bool_]) -> tuple[T, ...]:
    return tuple(one for one, stays in zip(items, kept.tolist(), strict=True) if stays) if items else ()


def _shortened(lines: Lines, words: Words, at: npt.NDArray[np.int32]) -> Lines:
    """Return the lines, those numbered ``at`` as long as their words."""
    if not len(at):
        return lines
    texts, quads = list(lines.text), lines.quad.copy()
    for line in at.tolist():
        inside = np.flatnonzero(words.line == line)
        texts[line] = " ".join(words.text[word] for word in inside.tolist())
        quads[line] = _span(quads[line], words.quad[inside], vertical=lines.direction[line] == "ttb")
    return replace(lines, text=tuple(texts), quad=quads)


def _span(quad: Float, inside: Float, *, vertical: bool) -> Float:
    """Return the part (4, 2) of a line's quad that lies along the quads (K, 4, 2) inside it."""
    frame = unit_to_quads(quad[None])
    local = project_each(inverse_matrices(frame), inside.reshape(1, -1, 2))[0]
    low, high = float(local[:, int(vertical)].min()), float(local[:, int(vertical)].max())
    corners = np.array([[low, 0.0], [high, 0.0], [high, 1.0], [low, 1.0]])
    if vertical:
        corners = np.array([[0.0, low], [1.0, low], [1.0, high], [0.0, high]])
    span: Float = project_each(frame, corners[None])[0]
    return span
