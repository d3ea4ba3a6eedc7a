"""The galley: where set characters are collected, whatever way they run, until they become a frozen layout.

All of a line's or block's characters arrive at once, as arrays; no object is made per glyph. How they run is decided
by :mod:`~synthgen.typeset.horizontal`, :mod:`~synthgen.typeset.vertical` and :mod:`~synthgen.typeset.curve`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from synthgen.errors import Rejected
from synthgen.scene import Characters, Lines, Words
from synthgen.typeset.layout import INKS, Glyphs, Layout
from synthgen.typeset.shape import Extra, Shaped, Shaper

Float = npt.NDArray[np.float64]
Int = npt.NDArray[np.int32]
Index = npt.NDArray[np.intp]

UPRIGHT = np.eye(2)


class Galley:
    """Collects blocks, lines and rules of one sheet; ``finish`` makes the frozen layout."""

    def __init__(self, shaper: Shaper) -> None:
        self.shaper = shaper
        self.roles: list[str] = []
        self._rules: list[tuple[float, float, float, float]] = []
        self._rule_inks: list[int] = []
        self._pictures: list[tuple[float, float, float, float]] = []
        self._inks: list[str] = []
        self._chars: list[str] = []
        self._word_texts: list[str] = []
        self._line_texts: list[str] = []
        self._line_directions: list[str] = []
        self._outlines: dict[int, Float] = {}
        self._parts: dict[str, list[npt.NDArray[Any]]] = {}
        self._glyphs: dict[str, list[npt.NDArray[Any]]] = {}

    @property
    def word_count(self) -> int:
        """How many words have been set so far."""
        return len(self._word_texts)

    def block(self, role: str) -> int:
        """Open a block and return its number."""
        self.roles.append(role)
        return len(self.roles) - 1

    def ink(self, name: str) -> int:
        """Return the number of an ink of :data:`~synthgen.typeset.layout.INKS`, printed in the order of first use."""
        if name not in self._inks:
            if name not in INKS:
                raise ValueError(f"ink {name!r}: no such ink; it must be one of {', '.join(INKS)}.")
            self._inks.append(name)
        return self._inks.index(name)

    def rule(self, x0: float, y0: float, x1: float, y1: float, ink: str = "text") -> None:
        """Ink a box, in sheet px: a ruling line, a frame's side, a bar or an area."""
        self._rules.append((x0, y0, x1, y1))
        self._rule_inks.append(self.ink(ink))

    def picture(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """Leave a box, in sheet px, for a picture in halftone."""
        self._pictures.append((x0, y0, x1, y1))

    def boxes(self) -> tuple[Float, Float]:
        """Return the upright boxes (N, 4) around each character's ink and cell so far, in sheet px."""
        ink, cell = np.concatenate(self._parts["ink"]), np.concatenate(self._parts["cell"])
        return tuple(np.concatenate([one.min(axis=1), one.max(axis=1)], axis=1) for one in (ink, cell))  # type: ignore[return-value]

    def word_cells(self, first_word: int) -> Float:
        """Return the boxes (W, 4) around the cells of the words set since ``first_word``, in sheet px."""
        word, cell = np.concatenate(self._parts["word"]), np.concatenate(self._parts["cell"])
        mine = word >= first_word
        low, high = cell[mine].min(axis=1), cell[mine].max(axis=1)
        starts = np.flatnonzero(np.diff(word[mine], prepend=-1))
        return np.concatenate([np.minimum.reduceat(low, starts), np.maximum.reduceat(high, starts)], axis=1)

    def add(
        self,
        block: int,
        shaped: Shaped,
        part: slice,
        words: Sequence[str],
        lines: Sequence[tuple[str, int]],
        linear: Float,
        origin: Float,
        cell: Float,
        frame: Float,
        direction: str = "ltr",
        ink: str = "text",
    ) -> None:
        """Record the shaped characters ``part`` whose places are known; n of them, all of whole words.

        ``words`` their words; ``lines`` each line's text and number of characters; ``linear`` (n, 2, 2) em to sheet px
        before the glyphs' own scale; ``origin`` (n, 2) where the pen stands; ``cell`` (n, 4, 2); ``frame`` (n, 2, 2) or
        (2, 2) the axes of the run at each character, along which words' and lines' quads lie.
        """
        scale = shaped.scale[part]
        face, glyph = shaped.face[part], shaped.glyph[part]
        offset = np.stack([shaped.dx_em[part], shaped.dy_em[part]], axis=-1)
        origin = origin + _apply(linear, offset)
        sized = linear * scale[:, None, None]
        quads = self._ink_quads(face, glyph, sized, origin)
        n, first, number = len(face), len(self._chars), self.ink(ink)
        self._append_glyphs(face, glyph, np.arange(first, first + n, dtype=np.int32), number, sized, origin)
        for extra in shaped.extras:
            if part.start <= extra.char < part.stop:
                self._add_extra(extra, extra.char - part.start, number, linear, origin, offset, quads, first)
        word = shaped.word[part]
        counts = [count for _, count in lines]
        line = len(self._line_texts) + np.repeat(np.arange(len(lines), dtype=np.int32), counts)
        values: dict[str, npt.NDArray[Any]] = {
            "ink": quads,
            "cell": cell,
            "word": (len(self._word_texts) + word - word[0]).astype(np.int32),
            "line": line.astype(np.int32),
            "block": np.full(n, block, dtype=np.int32),
            "face": face,
            "frame": np.broadcast_to(frame, (n, 2, 2)),
            "line_block": np.full(len(lines), block, dtype=np.int32),
        }
        for name, value in values.items():
            self._parts.setdefault(name, []).append(value)
        self._chars += "".join(words)
        self._word_texts += words
        self._line_texts += [text for text, _ in lines]
        self._line_directions += [direction] * len(lines)

    def outline(self, word: int, points: Float) -> None:
        """Give a word an outline (K, 2) of its own, in sheet px, clockwise from its beginning's top corner."""
        self._outlines[word] = points

    def _extent(self, *quads: Float) -> tuple[float, float, float, float]:
        """Return the box around quads and rules."""
        low = np.min([one.min(axis=(0, 1)) for one in quads] + [rule[:2] for rule in self._rules], axis=0)
        high = np.max([one.max(axis=(0, 1)) for one in quads] + [rule[2:] for rule in self._rules], axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])

    def _ink_quads(self, face: Int, glyph: Int, linear: Float, origin: Float) -> Float:
        """Return the ink quads (n, 4, 2) of glyphs: their outlines' boxes, mapped."""
        bounds = np.empty((len(face), 4))
        for one in np.unique(face).tolist():
            mine = face == one
            bounds[mine] = self.shaper.faces.faces[one].bounds_em[glyph[mine]]
        corners = bounds[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 4, 2)
        return _apply(linear[:, None], corners) + origin[:, None]

    def _add_extra(
        self, extra: Extra, at: int, ink: int, linear: Float, origin: Float, offset: Float, quads: Float, first: int
    ) -> None:
        """Ink one more glyph of a character, and let the character's ink quad take it in."""
        face, glyph = np.array([extra.face], dtype=np.int32), np.array([extra.glyph], dtype=np.int32)
        place = origin[at] + _apply(linear[at], np.array([extra.dx_em, extra.dy_em]) - offset[at])
        sized = linear[at : at + 1] * extra.scale
        self._append_glyphs(face, glyph, np.array([first + at], dtype=np.int32), ink, sized, place[None])
        bounds = self.shaper.faces.faces[extra.face].bounds_em[extra.glyph]
        if bounds[2] > bounds[0]:
            both = np.stack([quads[at], self._ink_quads(face, glyph, sized, place[None])[0]])
            quads[at] = _around(both.reshape(1, 8, 2), linear[at : at + 1], np.zeros(1, dtype=np.intp))[0]

    def _append_glyphs(self, face: Int, glyph: Int, char: Int, ink: int, linear: Float, origin: Float) -> None:
        inks = np.full(len(face), ink, dtype=np.int32)
        values: dict[str, npt.NDArray[Any]] = {
            "face": face,
            "glyph": glyph,
            "char": char,
            "ink": inks,
            "linear": linear,
            "origin": origin,
        }
        for name, value in values.items():
            self._glyphs.setdefault(name, []).append(value)

    def finish(
        self,
        size: tuple[int, int],
        parameters: dict[str, object],
        content: tuple[float, float, float, float] | None = None,
    ) -> Layout:
        """Return the frozen layout of a sheet of ``size`` (width, height); Rejected ("empty") when nothing was set.

        ``content`` (x0, y0, x1, y1) is what the camera keeps in view: all ink and cells unless it is given.
        """
        if not self._chars:
            raise Rejected("empty")
        part = {name: np.concatenate(values) for name, values in self._parts.items()}
        word_starts = np.flatnonzero(np.diff(part["word"], prepend=-1))
        line_starts = np.flatnonzero(np.diff(part["line"], prepend=-1))
        word_frames = _middle(part["frame"], word_starts)
        directions = tuple(self._line_directions)
        word_lines = part["line"][word_starts]
        quads = _around(part["cell"], word_frames, word_starts)
        return Layout(
            size=size,
            glyphs=Glyphs(**{name: np.concatenate(values) for name, values in self._glyphs.items()}),
            rules=np.array(self._rules, dtype=np.float64).reshape(-1, 4),
            rule_ink=np.array(self._rule_inks, dtype=np.int32),
            inks=tuple(self._inks),
            characters=Characters(
                text=tuple(self._chars),
                visible=np.ones(len(self._chars), dtype=np.float32),
                **{name: part[name] for name in ("ink", "cell", "word", "line", "block", "face")},
            ),
            words=Words(
                text=tuple(self._word_texts),
                quad=quads,
                ink=_around(part["ink"], word_frames, word_starts),
                line=word_lines,
                direction=tuple(directions[line] for line in word_lines.tolist()),
                ignored=np.zeros(len(self._word_texts), dtype=bool),
                outline=tuple(self._outlines.get(word, quad) for word, quad in enumerate(quads))
                if self._outlines
                else (),
            ),
            lines=Lines(
                text=tuple(self._line_texts),
                quad=_around(part["cell"], _middle(part["frame"], line_starts), line_starts),
                block=part["line_block"],
                direction=directions,
            ),
            roles=tuple(self.roles),
            content=content or self._extent(part["ink"], part["cell"]),
            parameters=parameters,
            pictures=np.array(self._pictures, dtype=np.float64).reshape(-1, 4),
        )


def _apply(linear: Float, vectors: Float) -> Float:
    """Return ``linear @ vector`` for stacks of (..., 2, 2) and (..., 2); by plain sums, equal on every processor."""
    x, y = vectors[..., 0], vectors[..., 1]
    return np.stack(
        [linear[..., 0, 0] * x + linear[..., 0, 1] * y, linear[..., 1, 0] * x + linear[..., 1, 1] * y], axis=-1
    )


def _middle(frames: Float, starts: Index) -> Float:
    """Return the frame (G, 2, 2) at the middle character of each group that begins at ``starts``."""
    ends = np.append(starts[1:], len(frames))
    middle: Float = frames[(starts + ends - 1) // 2]
    return middle


def _around(quads: Float, frames: Float, starts: Index) -> Float:
    """Return the quads (G, 4, 2) around groups of quads (N, K, 2), each along the axes of its frame (G, 2, 2)."""
    plain = (frames == UPRIGHT).all()
    if not plain:
        counts = np.diff(np.append(starts, len(quads)))
        a, b, c, d = (frames[:, row, column] for row in (0, 1) for column in (0, 1))
        inverse = np.stack([d, -b, -c, a], axis=-1).reshape(-1, 2, 2) / (a * d - b * c)[:, None, None]
        quads = _apply(np.repeat(inverse, counts, axis=0)[:, None], quads)
    low = np.minimum.reduceat(quads.min(axis=1), starts, axis=0)
    high = np.maximum.reduceat(quads.max(axis=1), starts, axis=0)
    boxes = np.concatenate([low, high], axis=1)[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 4, 2)
    return boxes if plain else _apply(frames[:, None], boxes)
