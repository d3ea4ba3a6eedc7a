"""Slugs: single lines of text cast many at a time, as a Linotype casts them: the cells of tables, forms and receipts.

A cell of five characters costs as much as a page when each is shaped, measured and placed alone. Here all lines that
share a face are shaped as one text, and all lines' characters are placed by the same few array operations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from synthgen.quads import boxes_to_quads
from synthgen.randomness import Stream
from synthgen.typeset.galley import UPRIGHT, Galley
from synthgen.typeset.raising import RAISED_EM, raised
from synthgen.typeset.shape import Extra, Shaped, Shaper
from synthgen.typeset.text import MIN_CONDENSING, Style

Float = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]

# A line that is to fit its room is reduced to this share of its size at most; then it is condensed, then cut.
LEAST_FIT = 0.55
# A hair less than what fits, so that rounding never lets a line out of its room.
_HAIR = 0.9999


class Slug(NamedTuple):
    """One line: words between single spaces, its style, its room's edges in sheet px, its role.

    ``most_fit`` is the factor by which it may grow to fill its room; one that is too long shrinks. Justified is left.
    """

    text: str
    style: Style
    left_px: float
    right_px: float
    role: str
    most_fit: float = 1.0


class Columns(NamedTuple):
    """The numbers of S slugs, their styles and faces (S,); ``shift`` is the share of the slack at a line's left."""

    left_px: Float
    right_px: Float
    most_fit: Float
    size_px: Float
    line_px: Float
    tracking_em: Float
    stretch: Float
    space_em: Float
    slant: Float
    jitter_em: Float
    ascent_em: Float
    descent_em: Float
    shift: Float


class Casting:
    """Slugs shaped and fitted to their rooms; heights on the sheet are given when they are placed.

    ``slugs`` are those given, their texts without the words that do not fit; one without any word left is empty.
    ``columns`` are their numbers; ``ratio`` (S,) the factor each one's size was scaled by; ``edges`` (S, 2) left and
    right end of its line, sheet px.
    """

    def __init__(self, slugs: Sequence[Slug], shaper: Shaper) -> None:
        self.slugs = list(slugs)
        self.ratio = np.ones(len(slugs))
        self._shaper = shaper
        self.columns = _columns_of(slugs, shaper)
        self.edges = np.array([self.columns.left_px, self.columns.left_px]).T
        self._cast()
        if (short := self._too_long()).any():
            for at in np.flatnonzero(short).tolist():
                self.slugs[at] = self.slugs[at]._replace(text=self._shortened(at))
            self._cast()

    def _of_full(self) -> Columns:
        """Return the numbers of those slugs that are not empty."""
        return self.columns if len(self._full) == len(self.slugs) else Columns(*np.array(self.columns)[:, self._full])

    def _cast(self) -> None:
        """Shape all slugs, face by face, and bring their characters into the slugs' order."""
        self._full = [at for at, slug in enumerate(self.slugs) if slug.text]
        self._number = {at: place for place, at in enumerate(self._full)}
        if not self._full:
            return
        texts = [self.slugs[at].text for at in self._full]
        self._words = [text.split(" ") for text in texts]
        counts = np.array([len(words) for words in self._words], dtype=np.intp)
        lengths = np.array([len(text) for text in texts], dtype=np.intp) - counts + 1
        self._shaped = shaped_lines(texts, [self.slugs[at].style for at in self._full], lengths, self._shaper)
        self._starts = np.concatenate([[0], np.cumsum(lengths)])
        self._measure(counts, lengths)

    def _measure(self, counts: Index, lengths: Index) -> None:
        """Lay each line's characters out from 0 in em of its own size, then fit the lines to their rooms."""
        of = self._of_full()
        starts = self._starts[:-1]
        tracked, stretched, spaced = np.repeat((of.tracking_em, of.stretch, of.space_em), lengths, axis=1)
        advance = self._shaped.advance_em * stretched + tracked
        ends = np.cumsum(advance)
        begins = ends - advance
        first = begins[starts]
        self._along_em = begins - np.repeat(first, lengths)
        if len(lengths) < (words := int(counts.sum())):
            word_lengths = np.array([len(word) for of in self._words for word in of], dtype=np.intp)
            spaces_before = np.arange(words) - np.repeat(np.cumsum(counts) - counts, counts)
            self._along_em += np.repeat(spaces_before, word_lengths) * spaced
        width = (ends[self._starts[1:] - 1] - first - of.tracking_em + (counts - 1) * of.space_em) * of.size_px
        room = np.maximum(of.right_px - of.left_px, 1e-6)
        fit = np.maximum(np.minimum(room / width, of.most_fit), LEAST_FIT)
        fit = np.where(fit == 1.0, 1.0, fit * _HAIR)
        self._squeeze = np.minimum(room / (width * fit), 1.0)
        taken = width * fit * self._squeeze
        self._left = of.left_px + of.shift * (room - taken)
        self.ratio[self._full] = fit
        self.edges[self._full] = np.column_stack([self._left, self._left + taken])

    def _too_long(self) -> npt.NDArray[np.bool_]:
        """Return which slugs (S,) would have to be condensed too much."""
        short = np.zeros(len(self.slugs), dtype=bool)
        if self._full:
            short[self._full] = self._squeeze < MIN_CONDENSING
        return short

    def _shortened(self, at: int) -> str:
        """Return the words of a slug that fit its room at its least size: the leading ones that are no longer alone."""
        place = self._number[at]
        slug, words, first = self.slugs[at], self._words[place], int(self._starts[place])
        space = slug.style.word_space_em + slug.style.tracking_em
        room = (slug.right_px - slug.left_px) / (LEAST_FIT * MIN_CONDENSING * slug.style.size_px)
        advance = self._shaped.advance_em * slug.style.stretch + slug.style.tracking_em
        kept: list[str] = []
        for word in words:
            wide = float(advance[first : first + len(word)].sum())
            first += len(word)
            if wide > room:
                if kept:
                    break
                continue
            kept.append(word)
            room -= wide + space
        return " ".join(kept)

    def stand(self, tops: Sequence[float | None], stream: Stream) -> None:
        """Work out where every character stands; ``tops`` are the slugs' upper edges in sheet px, None to leave out.

        Each line is centred in its style's pitch, whatever its ratio. ``stream`` serves styles with jitter.
        """
        self._tops = tops
        if not self._full:
            return
        shaped, lengths = self._shaped, np.diff(self._starts)
        of = self._of_full()
        high = np.array([self._tops[at] or 0.0 for at in self._full])
        em = of.size_px * self.ratio[self._full]
        ascent, descent = of.ascent_em * em, of.descent_em * em
        baseline = high + ((of.line_px - (of.ascent_em + of.descent_em) * em) / 2 + ascent)
        lines = (em, em * of.stretch * self._squeeze, self._squeeze, baseline, ascent, descent, of.slant,
                 of.jitter_em * em, self._left)  # fmt: skip
        em, wide, squeeze, baseline, ascent, descent, slant, jitter, left = np.repeat(lines, lengths, axis=1)
        if jitter.any():
            baseline = baseline + stream.generator.standard_normal(len(em)) * jitter
        pen = left + self._along_em * em * squeeze
        boxes = np.empty((len(em), 4))
        boxes[:, 0], boxes[:, 1] = pen, baseline - ascent
        boxes[:, 2], boxes[:, 3] = pen + shaped.advance_em * wide, baseline + descent
        self._cell = boxes_to_quads(boxes)
        self._linear = np.zeros((len(em), 2, 2))
        self._linear[:, 0, 0], self._linear[:, 1, 1] = wide, em
        if slant.any():
            self._linear[:, 0, 1] = -slant * em
            self._cell[..., 0] += slant[:, None] * (baseline[:, None] - self._cell[..., 1])
        self._origin = np.column_stack([pen, baseline])

    def add(self, galley: Galley, first: int, last: int) -> None:
        """Add the slugs [first, last) to a galley, each a block of its own; not those left out, nor empty ones."""
        standing = [
            (at, self._number[at]) for at in range(first, last) if at in self._number and self._tops[at] is not None
        ]
        # What stands side by side in the arrays is added at once.
        begin = 0
        for end in range(1, len(standing) + 1):
            if end == len(standing) or standing[end][1] != standing[end - 1][1] + 1:
                self._add_run(galley, standing[begin:end])
                begin = end

    def _add_run(self, galley: Galley, run: Sequence[tuple[int, int]]) -> None:
        """Add slugs, given with their places in the arrays, which follow one another there."""
        slugs = [self.slugs[at] for at, _ in run]
        begin, end = run[0][1], run[-1][1] + 1
        part = slice(int(self._starts[begin]), int(self._starts[end]))
        lengths = np.diff(self._starts[begin : end + 1])
        frame = UPRIGHT
        if any(slug.style.slant for slug in slugs):
            frame = np.broadcast_to(UPRIGHT, (part.stop - part.start, 2, 2)).copy()
            frame[:, 0, 1] = np.repeat([-slug.style.slant for slug in slugs], lengths)
        galley.add(
            galley.blocks([slug.role for slug in slugs]),
            self._shaped,
            part,
            list(chain.from_iterable(self._words[begin:end])),
            list(zip([slug.text for slug in slugs], lengths.tolist(), strict=True)),
            self._linear[part],
            self._origin[part],
            self._cell[part],
            frame,
            ink=[slug.style.ink for slug in slugs],
        )


_SHIFTS = {"right": 1.0, "center": 0.5}


def _columns_of(slugs: Sequence[Slug], shaper: Shaper) -> Columns:
    rows = []
    for slug in slugs:
        one = slug.style
        face = shaper.faces.faces[one.face]
        rows.append(
            (slug.left_px, slug.right_px, slug.most_fit, one.size_px, one.line_px, one.tracking_em, one.stretch,
             one.word_space_em + one.tracking_em, one.slant, one.jitter_em, face.ascent_em, face.descent_em,
             _SHIFTS.get(one.align, 0.0))
        )  # fmt: skip
    return Columns(*np.array(rows, dtype=np.float64).reshape(-1, len(Columns._fields)).T)


def shaped_lines(texts: Sequence[str], styles: Sequence[Style], lengths: Index, shaper: Shaper) -> Shaped:
    """Return lines, each in the face of its style, shaped as one text; ``lengths`` (S,) are their characters' counts.

    The numbers of its words do not go on from line to line.
    """
    groups: dict[tuple[int, bool, str], list[int]] = {}
    level: list[int] = []
    for at, style in enumerate(styles):
        if style.raised:
            groups.setdefault((style.face, style.fallback, style.raised), []).append(at)
        else:
            level.append(at)
    parts, order = [], list(level)
    if level:
        faces, fallbacks = [styles[at].face for at in level], [styles[at].fallback for at in level]
        parts.append(shaper.shape_lines([texts[at] for at in level], faces, fallbacks))
    for (face, fallback, way), members in groups.items():
        text = " ".join([texts[at] for at in members])
        parts.append(raised(shaper.shape(text, face, fallback=fallback), RAISED_EM[way]))
        order += members
    return _in_order(" ".join(texts), parts, order, lengths)


def _in_order(text: str, parts: Sequence[Shaped], order: Sequence[int], lengths: Index) -> Shaped:
    """Return shaped texts joined as ``text``, the lines in them brought from ``order`` into their own.

    ``lengths`` (S,) are the lines' numbers of characters.
    """
    names = ("codes", "glyph", "face", "scale", "dx_em", "dy_em", "advance_em")
    if len(parts) == 1:
        return parts[0]
    slug = np.repeat(np.array(order, dtype=np.intp), lengths[list(order)])
    take = np.argsort(slug, kind="stable")
    extras: list[Extra] = []
    before = 0
    for part in parts:
        extras += [replace(one, char=one.char + before) for one in part.extras]
        before += len(part)
    if extras:
        place = np.empty(len(take), dtype=np.intp)
        place[take] = np.arange(len(take))
        extras = [replace(one, char=int(place[one.char])) for one in extras]
    columns = {name: np.concatenate([getattr(part, name) for part in parts])[take] for name in names}
    return Shaped(text, **columns, extras=tuple(extras), plain=all(part.plain for part in parts))
