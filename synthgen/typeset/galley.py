"""The galley: where set characters are collected, whatever way they run, until they become a frozen layout.

All of a line's or block's characters arrive at once, as arrays; no object is made per glyph. How they run is decided
by :mod:`~synthgen.typeset.horizontal`, :mod:`~synthgen.typeset.vertical` and :mod:`~synthgen.typeset.curve`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from synthgen.errors import Rejected
from synthgen.quads import boxes_to_quads
from synthgen.scene import Characters, Lines, Words
from synthgen.typeset.bounds import (
    box_around,
    grouped,
    level_quads_around,
    mapped,
    mapped_boxes,
    middle_of,
    quads_around,
)
from synthgen.typeset.layout import INKS, Glyphs, Layout
from synthgen.typeset.runs import Run, joined, on_grid
from synthgen.typeset.shape import Extra, Shaped, Shaper, plain_columns

Float = npt.NDArray[np.float64]
Int = npt.NDArray[np.int32]

UPRIGHT = np.eye(2)
_CELL = 7
_NO_BOXES, _NO_NUMBERS = np.zeros((0, 4)), np.zeros(0, dtype=np.int32)


@dataclass(frozen=True, slots=True)
class _Placed:
    """Where all characters stand: their glyphs, ink and cell quads (N, 4, 2), and what further glyphs are placed by."""

    glyphs: Glyphs
    ink: Float
    cell: Float
    linear: Float
    dx_em: Float
    dy_em: Float


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
        self._line_lengths: list[int] = []
        self._line_blocks: list[int] = []
        self._outlines: dict[int, Float] = {}
        self._broken: list[int] = []
        self._ignored: set[int] = set()
        self._unfinished = -1
        self._arrays: list[tuple[npt.NDArray[Any], ...]] = []
        # What has been added after those arrays, and is yet to be placed.
        self._waiting: list[Run] = []
        self._frames: list[tuple[Float | None, int]] = []
        self._part_inks: list[tuple[int, int]] = []
        self._extras: list[tuple[int, Extra]] = []
        # Whether all glyphs stand upright along level lines: quads are then boxes with sides along x and y.
        self._level = True
        # Whether no glyph is moved off its pen, nor of another size than its text.
        self._plain = True
        self._placed: _Placed | None = None

    @property
    def word_count(self) -> int:
        """How many words have been set so far."""
        return len(self._word_texts)

    @property
    def words(self) -> Sequence[str]:
        """The words set so far."""
        return self._word_texts

    def line_of_words(self) -> Int:
        """Return the line (W,) of each word set so far."""
        line, _ = grouped(self._line_lengths)
        _, starts = grouped([len(word) for word in self._word_texts])
        return line[starts]

    def block(self, role: str) -> int:
        """Open a block and return its number."""
        self.roles.append(role)
        return len(self.roles) - 1

    def blocks(self, roles: Sequence[str]) -> range:
        """Open a block for each role and return their numbers."""
        first = len(self.roles)
        self.roles += roles
        return range(first, len(self.roles))

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

    def ink_box(self) -> tuple[float, float, float, float]:
        """Return the box (x0, y0, x1, y1) around all ink so far, rules apart, in sheet px."""
        return box_around(self._place().ink)

    def word_cells(self, first_word: int) -> Float:
        """Return the boxes (W, 4) around the cells of the words set since ``first_word``, in sheet px."""
        lengths = [len(word) for word in self._word_texts]
        first = sum(lengths[:first_word])
        cell = np.concatenate([arrays[_CELL] for arrays in self._settled()])[first:]
        starts = np.concatenate([[0], np.cumsum(lengths[first_word:])])[:-1].astype(np.intp)
        low, high = cell.min(axis=1), cell.max(axis=1)
        return np.concatenate([np.minimum.reduceat(low, starts), np.maximum.reduceat(high, starts)], axis=1)

    def add(
        self,
        block: int | Sequence[int],
        shaped: Shaped,
        part: slice,
        words: Sequence[str],
        lines: Sequence[tuple[str, int]],
        linear: Float,
        origin: Float,
        cell: Float,
        frame: Float,
        direction: str = "ltr",
        ink: str | Sequence[str] = "text",
        broken: Sequence[int] = (),
        goes_on: bool = False,
    ) -> None:
        """Record the shaped characters ``part`` whose places are known; n of them, all of whole words.

        ``words`` their words; ``lines`` each line's text and number of characters; ``linear`` (n, 2, 2) em to sheet px
        before the glyphs' own scale; ``origin`` (n, 2) where the pen stands; ``cell`` (n, 4, 2); ``frame`` (n, 2, 2) or
        (2, 2) the axes of the run at each character, along which words' and lines' quads lie. ``block`` and ``ink`` are
        those of all lines, or one for each. ``broken`` are the numbers, in ``words``, of those that the end of a line
        breaks; ``goes_on`` says that the first word is the rest of such a one.
        """
        self._settled().append(
            (shaped.face[part], shaped.glyph[part], shaped.scale[part], shaped.dx_em[part], shaped.dy_em[part],
             linear, origin, cell)
        )  # fmt: skip
        self._level = self._level and frame is UPRIGHT and direction == "ltr"
        self._plain = self._plain and shaped.plain
        self._frames.append((None if frame is UPRIGHT else frame, len(origin)))
        if isinstance(ink, str):
            self._part_inks.append((self.ink(ink), len(origin)))
        else:
            numbers = {name: self.ink(name) for name in dict.fromkeys(ink)}
            self._part_inks += [(numbers[name], count) for name, (_, count) in zip(ink, lines, strict=True)]
        self._line_blocks += [block] * len(lines) if isinstance(block, int) else block
        self._line_directions += [direction] * len(lines)
        self._line_texts += [text for text, _ in lines]
        self._line_lengths += [count for _, count in lines]
        self._note_words(shaped, part, words, broken, goes_on=goes_on)

    def add_run(
        self,
        block: int | Sequence[int],
        run: Run,
        lines: Sequence[str],
        ink: str,
        broken: Sequence[int] = (),
        goes_on: bool = False,
    ) -> None:
        """Record a run of one ink, which is placed when places are asked for; ``lines`` are its lines' texts.

        ``block`` is that of all lines, or one for each. Of ``broken`` and ``goes_on`` see :meth:`add`.
        """
        if self._waiting and type(self._waiting[0]) is not type(run):
            self._settled()
        self._waiting.append(run)
        frame = run.frame
        self._level = self._level and frame is None and run.direction == "ltr"
        self._frames.append((frame, len(run)))
        self._part_inks.append((self.ink(ink), len(run)))
        self._line_blocks += [block] * len(lines) if isinstance(block, int) else block
        self._line_directions += [run.direction] * len(lines)
        self._line_texts += lines
        self._line_lengths += run.counts
        self._note_words(run.shaped, run.part, run.words, broken, goes_on=goes_on)

    def _note_words(
        self, shaped: Shaped, part: slice, words: Sequence[str], broken: Sequence[int], *, goes_on: bool
    ) -> None:
        """Note new words and the further glyphs of their characters."""
        self._note_broken(len(words), broken, goes_on=goes_on)
        if shaped.extras:
            moved = len(self._chars) - part.start
            self._extras += [(one.char + moved, one) for one in shaped.extras if part.start <= one.char < part.stop]
        self._chars += "".join(words)
        self._word_texts += words
        self._placed = None

    def _settled(self) -> list[tuple[npt.NDArray[Any], ...]]:
        """Return the arrays of all characters so far, those that waited to be placed among them."""
        if self._waiting:
            runs, self._waiting = self._waiting, []
            plain = all(run.shaped.plain for run in runs)
            self._plain = self._plain and plain
            face, glyph = joined(runs, "face"), joined(runs, "glyph")
            moved = plain_columns(len(face)) if plain else [joined(runs, name) for name in ("scale", "dx_em", "dy_em")]
            self._arrays.append((face, glyph, *moved, *on_grid(runs, runs[0].placed(runs))))
        return self._arrays

    def _note_broken(self, count: int, broken: Sequence[int], *, goes_on: bool) -> None:
        """Note which of ``count`` new words are broken; one at their end is only when its rest comes next."""
        first = len(self._word_texts)
        if goes_on and self._unfinished == first - 1:
            self._broken.append(self._unfinished)
        self._unfinished = first + count - 1 if broken and broken[-1] == count - 1 else -1
        self._broken += [first + at for at in broken if at < count - 1]

    def ignore(self, words: Sequence[int]) -> None:
        """Tell that words are not what they say any more, being drawn over: they are not to be learned from."""
        self._ignored.update(words)

    def outline(self, word: int, points: Float) -> None:
        """Give a word an outline (K, 2) of its own, in sheet px, clockwise from its beginning's top corner."""
        self._outlines[word] = points

    def _extent(self, *quads: Float) -> tuple[float, float, float, float]:
        """Return the box around quads and rules."""
        x0, y0, x1, y1 = zip(*[box_around(one) for one in quads], *self._rules, strict=True)
        return min(x0), min(y0), max(x1), max(y1)

    def _place(self) -> _Placed:
        """Return the places of all characters so far; worked out once for all of them, when they are asked for."""
        if self._placed is None:
            arrays = self._settled()
            columns = arrays[0] if len(arrays) == 1 else [np.concatenate(of) for of in zip(*arrays, strict=True)]
            face, glyph, scale, dx, dy, linear, origin, cell = columns
            sized = linear
            if not self._plain:
                if dx.any() or dy.any():
                    origin = origin + mapped(linear, dx, dy)
                sized = linear * scale[:, None, None]
            ink = self._inked(self.shaper.faces.bounds_em(face, glyph), sized, origin)
            inks = np.zeros(len(face), dtype=np.int32)
            if len(self._inks) > 1:
                numbers, counts = zip(*self._part_inks, strict=True)
                inks = np.repeat(np.array(numbers, dtype=np.int32), counts)
            glyphs = Glyphs(face, glyph, np.arange(len(face), dtype=np.int32), inks, sized, origin)
            placed = _Placed(glyphs, ink, cell, linear, dx, dy)
            self._placed = self._with_extras(placed) if self._extras else placed
        return self._placed

    def _inked(self, boxes: Float, linear: Float, origin: Float) -> Float:
        """Return the ink quads (N, 4, 2) of glyphs with ``boxes`` (N, 4) in em."""
        if not self._level:
            return mapped_boxes(boxes, linear, origin)
        # What :func:`mapped_boxes` gives, without the products by zero.
        corners = boxes.reshape(-1, 2, 2) * linear.reshape(-1, 4)[:, None, ::3]
        corners += origin[:, None]
        return boxes_to_quads(corners.reshape(-1, 4))

    def _with_extras(self, placed: _Placed) -> _Placed:
        """Return the places with the further glyphs of characters that have several, whose ink quads take them in."""
        glyphs, ink = placed.glyphs, placed.ink.copy()
        char = np.array([at for at, _ in self._extras], dtype=np.int32)
        rows = [one for _, one in self._extras]
        dx = np.array([one.dx_em for one in rows]) - placed.dx_em[char]
        dy = np.array([one.dy_em for one in rows]) - placed.dy_em[char]
        linear = placed.linear[char]
        more = Glyphs(
            face=np.array([one.face for one in rows], dtype=np.int32),
            glyph=np.array([one.glyph for one in rows], dtype=np.int32),
            char=char,
            ink=glyphs.ink[char],
            linear=linear * np.array([one.scale for one in rows])[:, None, None],
            origin=glyphs.origin[char] + mapped(linear, dx, dy),
        )
        bounds = self.shaper.faces.bounds_em(more.face, more.glyph)
        quads = mapped_boxes(bounds, more.linear, more.origin)
        for at, box, quad in zip(char.tolist(), bounds, quads, strict=True):
            if box[2] > box[0]:
                both = np.concatenate([ink[at], quad])[None]
                ink[at] = quads_around(both, placed.linear[at : at + 1], np.zeros(1, dtype=np.intp))[0]
        joined = {name: np.concatenate([getattr(glyphs, name), getattr(more, name)]) for name in Glyphs.__slots__}
        return replace(placed, glyphs=Glyphs(**joined), ink=ink)

    def _run_frames(self) -> Float | None:
        """Return the axes (N, 2, 2) of the run at each character, or None where all runs are upright."""
        if all(frame is None for frame, _ in self._frames):
            return None
        return np.concatenate(
            [np.broadcast_to(UPRIGHT if frame is None else frame, (n, 2, 2)) for frame, n in self._frames]
        )

    def finish(
        self,
        size: tuple[int, int],
        parameters: dict[str, object],
        content: tuple[float, float, float, float] | None = None,
        *,
        continuous_pictures: bool = False,
    ) -> Layout:
        """Return the frozen layout of a sheet of ``size`` (width, height); Rejected ("empty") when nothing was set.

        ``content`` (x0, y0, x1, y1) is what the camera keeps in view: all ink and cells unless it is given;
        ``continuous_pictures`` says that its pictures are of continuous tone.
        """
        if not self._chars:
            raise Rejected("empty")
        placed, frames = self._place(), self._run_frames()
        lengths = [len(word) for word in self._word_texts]
        word, word_starts = grouped(lengths)
        # Where each line is one word, both have the same places and quads.
        lone = lengths == self._line_lengths
        line, line_starts = (word.copy(), word_starts) if lone else grouped(self._line_lengths)
        line_blocks = np.array(self._line_blocks, dtype=np.int32)
        word_lines, directions = line[word_starts], tuple(self._line_directions)
        n, words = len(self._chars), len(self._word_texts)
        if self._level:
            quads, line_quads = level_quads_around(placed.cell, placed.ink, word_starts, line_starts)
        else:
            of_words, of_lines = (
                None if frames is None else middle_of(frames, starts) for starts in (word_starts, line_starts)
            )
            quads = np.concatenate([quads_around(each, of_words, word_starts) for each in (placed.cell, placed.ink)])
            line_quads = quads_around(placed.cell, of_lines, line_starts)
        directions_of_words = (
            directions * words if len(directions) == 1 else tuple([directions[at] for at in word_lines.tolist()])
        )
        return Layout(
            size=size,
            glyphs=placed.glyphs,
            rules=np.array(self._rules, dtype=np.float64) if self._rules else _NO_BOXES,
            rule_ink=np.array(self._rule_inks, dtype=np.int32) if self._rules else _NO_NUMBERS,
            inks=tuple(self._inks),
            characters=Characters(
                text=tuple(self._chars),
                ink=placed.ink,
                cell=placed.cell,
                word=word,
                line=line,
                block=line_blocks[line],
                face=placed.glyphs.face[:n],
                visible=np.ones(n, dtype=np.float32),
            ),
            words=Words(
                text=tuple(self._word_texts),
                quad=quads[:words],
                ink=quads[words:],
                line=word_lines,
                direction=directions_of_words,
                ignored=self._all_ignored(words),
                outline=self._all_outlines(quads[:words]),
                broken=tuple(self._broken),
            ),
            lines=Lines(
                text=tuple(self._line_texts),
                quad=line_quads,
                block=line_blocks,
                direction=directions,
            ),
            roles=tuple(self.roles),
            content=content or (self._extent(quads) if self._level else self._extent(placed.ink, placed.cell)),
            parameters=parameters,
            pictures=np.array(self._pictures, dtype=np.float64) if self._pictures else _NO_BOXES,
            continuous_pictures=continuous_pictures,
        )

    def _all_ignored(self, words: int) -> npt.NDArray[np.bool_]:
        ignored = np.zeros(words, dtype=np.bool_)
        ignored[sorted(self._ignored)] = True
        return ignored

    def _all_outlines(self, quads: Float) -> tuple[Float, ...]:
        """Return every word's outline, its quad where it has none of its own; empty when none has."""
        if not self._outlines:
            return ()
        return tuple(self._outlines.get(word, quad) for word, quad in enumerate(quads))
