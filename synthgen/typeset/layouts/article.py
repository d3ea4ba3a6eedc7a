"""One article of a newspaper: its heads over its columns, its picture and its quote; all that is short is set whole."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.text.copy import Ask, Block
from synthgen.typeset.design import WORD_EM, words_in
from synthgen.typeset.galley import Galley
from synthgen.typeset.horizontal import place_lines
from synthgen.typeset.layouts.balance import balanced, scaled
from synthgen.typeset.layouts.copyfit import fitted
from synthgen.typeset.ruling import Box, mark_words
from synthgen.typeset.shape import Shaper
from synthgen.typeset.text import MOST_DROPPED, Style, Text

# The share of articles that are cut where their columns are full, to go on on another page.
CONTINUED = 0.08
# An article has at least so many lines of text in each of its columns, or is not set.
LEAST_LINES = 4
# Heads and captions are set whole, in the lines that they are given, at no less than this share of their size.
LEAST_HEAD = 0.45
_STEP = 0.94
CAPTION_LINES = 2
# So much more lead may lines have that a column is to reach its foot; what is left goes between heads and text.
MOST_LEAD = 1.07
CAPTION_WORDS = 8
QUOTE_LINES = 5


class Article(NamedTuple):
    """One module of the page: its box, its columns and its styles; ``None`` where it has no such part.

    ``picture`` is the first of the columns it stands over, their number and its height in px; a ``signed`` article has
    its byline below its last line.
    """

    box: Box
    columns: int
    gutter_px: float
    column_rules: bool
    headline: Style
    body: Style
    kicker: Style | None
    subhead: Style | None
    byline: Style | None
    picture: tuple[int, int, float] | None
    caption: Style
    quote: Style | None
    caption_lead: str
    signed: bool = False

    @property
    def column_px(self) -> float:
        """The width of a column in px."""
        return (self.box[2] - self.box[0] - (self.columns - 1) * self.gutter_px) / self.columns

    def left_px(self, column: int) -> float:
        """Return the left edge of a column in px."""
        return self.box[0] + column * (self.column_px + self.gutter_px)


@dataclass(frozen=True, slots=True)
class _Picture:
    """A picture as it stands: its box, its caption where it has one, and the lower edge of both, sheet px."""

    box: Box
    caption: Text | None
    foot_px: float


def asks_of(article: Article) -> list[Ask]:
    """Return what an article wants written, in the order in which it is set."""
    width = article.box[2] - article.box[0]
    headline_words = max(2, min(7, int(1.6 * width / (article.headline.size_px * WORD_EM))))
    asks = [Ask("kicker", 2)] if article.kicker is not None else []
    asks.append(Ask("headline", headline_words))
    if article.subhead is not None:
        asks.append(Ask("subhead", 6))
    if article.byline is not None:
        asks.append(Ask("byline", 3))
    height = article.box[3] - article.box[1] - 1.2 * article.headline.line_px
    room = article.columns * words_in(article.column_px, max(height, article.body.line_px), article.body)
    asks.append(Ask("body", int(room * 1.15) + 4))
    if article.quote is not None:
        asks.append(Ask("subhead", 5))
    if article.picture is not None:
        asks.append(Ask("caption", _caption_words(article), lead=article.caption_lead))
    return asks


def _caption_words(article: Article) -> int:
    """Return how many words a caption may have that is to stand under its picture in two lines."""
    span = article.picture[1] if article.picture is not None else 1
    width = span * article.column_px + (span - 1) * article.gutter_px
    return max(3, min(CAPTION_WORDS, int(0.85 * CAPTION_LINES * width / (article.caption.size_px * WORD_EM))))


def whole(paragraph: str, style: Style, shaper: Shaper, width_px: float, most: int) -> Text | None:
    """Return a text in at most so many lines, with all its words, smaller where it needs that.

    None where it would have to be smaller than :data:`LEAST_HEAD` of its size.
    """
    words, least_px = paragraph.count(" ") + 1, LEAST_HEAD * style.size_px
    while True:
        text = balanced(paragraph, style, shaper, width_px, most)
        if len(text.lines) <= most and sum(map(len, text.words)) == words:
            return text
        style = scaled(text.style, _STEP)
        if style.size_px < least_px:
            return None


class Setting:
    """The setting of one article, from its kicker to its picture's caption; its box is in sheet px."""

    def __init__(
        self,
        galley: Galley,
        article: Article,
        written: tuple[Block, ...],
        shaper: Shaper,
        recipe: Recipe,
        stream: Stream,
    ) -> None:
        self.galley = galley
        self.article = article
        self.written = written
        self.shaper = shaper
        self.recipe = recipe
        self.stream = stream

    def _heads(self, blocks: Iterator[Block]) -> list[tuple[str, Text, float, float]]:
        """Return the heads over the columns, whole: role, text, and the space above and below each in px."""
        article, width = self.article, self.article.box[2] - self.article.box[0]
        wanted = []
        if article.kicker is not None:
            wanted.append(("kicker", article.kicker, 1, 0.0, 0.1 * article.kicker.size_px))
        wanted.append(("headline", article.headline, 2, 0.0, 0.0))
        if article.subhead is not None:
            wanted.append(("subhead", article.subhead, 2, 0.3 * article.subhead.size_px, 0.15 * article.body.line_px))
        texts = [whole(next(blocks).paragraphs[0], style, self.shaper, width, most) for _, style, most, *_ in wanted]
        return [
            (role, text, above, below)
            for (role, _, _, above, below), text in zip(wanted, texts, strict=True)
            if text is not None
        ]

    def set(self) -> None:
        """Set the heads over all columns, then the columns; nothing where the text would have too few lines."""
        article, blocks = self.article, iter(self.written)
        heads = self._heads(blocks)
        byline = None
        if article.byline is not None:
            byline = whole(next(blocks).paragraphs[0], article.byline, self.shaper, article.column_px, 1)
        body = next(blocks).paragraphs
        quote = next(blocks).paragraphs[0] if article.quote is not None else ""
        caption = next(blocks).paragraphs[0] if article.picture is not None else ""
        high = sum(len(text.lines) * text.style.line_px + above + below for _, text, above, below in heads)
        top = self._led(article.box[1] + high)
        pitch, lines = self.article.body.line_px, self._lines_below(top)
        byline_px = byline.style.line_px if byline is not None and not article.signed else 0.0
        if lines - _steps(byline_px, pitch) < LEAST_LINES:
            byline, byline_px = None, 0.0
        if lines < LEAST_LINES:
            return
        y = article.box[1]
        for role, text, above, below in heads:
            block, part = self.galley.block(role), slice(0, len(text.lines))
            y = place_lines(self.galley, block, text, part, article.box[0], y + above, self.stream) + below
        if byline is not None and not article.signed:
            block = self.galley.block("byline")
            place_lines(self.galley, block, byline, slice(0, 1), article.box[0], top, self.stream)
        tops = [top + byline_px, *[top] * (article.columns - 1)]
        picture = self._stand_picture(top, tops, caption) if article.picture is not None else None
        self._columns(top, tops, body, quote, picture, byline if article.signed else None)

    def _lines_below(self, top: float) -> int:
        """Return how many lines of text a column has below ``top``."""
        return int((self.article.box[3] - top + 1e-6) // self.article.body.line_px)

    def _led(self, head_px: float) -> float:
        """Lead the text so that its last line stands at the foot; return where its first one begins."""
        foot, body = self.article.box[3], self.article.body
        top = head_px + 0.35 * body.line_px
        lines = self._lines_below(top)
        if lines < LEAST_LINES:
            return top
        pitch = min((foot - top) / lines, MOST_LEAD * body.line_px)
        self.article = self.article._replace(body=body._replace(line_px=pitch))
        return foot - lines * pitch

    def _stand_picture(self, top: float, tops: list[float], caption: str) -> _Picture | None:
        """Return the picture with its caption, and lower the tops of its columns; None where too few lines are left."""
        article = self.article
        if article.picture is None:
            return None
        first, span, high = article.picture
        pitch, x0 = article.body.line_px, article.left_px(first)
        box = (x0, top + 0.3 * pitch, article.left_px(first + span - 1) + article.column_px, top + high)
        text = whole(caption, article.caption, self.shaper, box[2] - box[0], CAPTION_LINES)
        foot = box[3] + (len(text.lines) * text.style.line_px if text is not None else 0.0)
        foot += 0.3 * article.caption.line_px
        if self._lines_below(top) - _steps(foot - top, pitch) < LEAST_LINES:
            return None
        for column in range(first, first + span):
            tops[column] = foot
        return _Picture(box, text, foot)

    def _columns(
        self,
        top: float,
        tops: list[float],
        paragraphs: tuple[str, ...],
        quoted: str,
        picture: _Picture | None,
        signature: Text | None,
    ) -> None:
        """Fill the columns on common baselines, around a quote; then set the quote, the picture and its caption."""
        article = self.article
        pitch, width = article.body.line_px, article.column_px
        quote = Text((quoted,), article.quote, self.shaper, 0.94 * width) if article.quote is not None else None
        lines = self._lines_below(top)
        middle = article.columns // 2
        gap = self._gap(quote, quoted, lines, _steps(tops[middle] - top, pitch)) if quote is not None else None
        rooms = [lines - min(_steps(column - top, pitch), lines) for column in tops]
        room = sum(rooms)
        if gap is not None:
            room -= gap[1] - gap[0]
        body = self._fitted(paragraphs, room, rooms[-1] - LEAST_LINES, signed=signature is not None)
        number, at, first_word = self.galley.block("body"), 0, self.galley.word_count
        foot, free, ends_px = top, 0, article.box[0]
        for column in range(article.columns):
            left = article.left_px(column)
            start = _steps(tops[column] - top, pitch)
            parts = [(start, lines)]
            if gap is not None and column == middle:
                parts = [(start, gap[0]), (gap[1], lines)]
            for first, last in parts:
                part = slice(at, min(at + last - first, len(body.lines)))
                if part.stop > part.start:
                    foot = place_lines(self.galley, number, body, part, left, top + first * pitch, self.stream)
                    at, free, ends_px = part.stop, last - first - (part.stop - part.start), left
            if column and article.column_rules:
                self._rule(column, top, picture)
        if self.galley.word_count > first_word:
            descent = self.shaper.faces.faces[article.body.face].descent_em
            mark_words(self.galley, first_word, article.body, descent, self.recipe.type, self.stream)
        if signature is not None and free:
            place_lines(self.galley, self.galley.block("byline"), signature, slice(0, 1), ends_px, foot, self.stream)
        if quote is not None and gap is not None:
            self._quote(quote, article.left_px(middle) + 0.03 * width, top + gap[0] * pitch, top + gap[1] * pitch)
        if picture is not None:
            self._picture(picture)

    def _fitted(self, paragraphs: tuple[str, ...], room: int, spare: int, *, signed: bool) -> Text:
        """Return the text that the columns have room for: whole sentences, unless it goes on on another page.

        The last column has ``spare`` lines more than its least.
        """
        style, width = self.article.body, self.article.column_px
        if self.stream.chance(CONTINUED):
            return Text(paragraphs, style, self.shaper, width)
        rooms = (room - 1, room - 2) if signed and spare > 0 else (room, room - 1, room - 2)
        for kept in fitted(paragraphs, style, self.shaper, width, rooms):
            body = Text(kept, style, self.shaper, width)
            if room - max(spare, 0) <= len(body.lines) <= room:
                return body
        body = Text(paragraphs, style, self.shaper, width)
        # The last column keeps its least lines where the sentence that it cannot end is left out.
        most = int(min(MOST_DROPPED * room, spare))
        if most > 0:
            body.close(room, of=round(most / MOST_DROPPED))
        return body

    def _gap(self, quote: Text, quoted: str, lines: int, start: int) -> tuple[int, int] | None:
        """Return the lines of the column that a quote takes, or None where there is no room for all of it."""
        if len(quote.lines) > QUOTE_LINES or sum(map(len, quote.words)) != quoted.count(" ") + 1:
            return None
        high = len(quote.lines) * quote.style.line_px + 0.9 * quote.style.size_px
        taken = _steps(high, self.article.body.line_px)
        if lines - start < taken + 6:
            return None
        first = start + (lines - start - taken) // 2
        return first, first + taken

    def _quote(self, quote: Text, x: float, y0: float, y1: float) -> None:
        """Set a quote between two rules, in the middle of its gap."""
        count = len(quote.lines)
        high = count * quote.style.line_px
        y = (y0 + y1 - high) / 2
        place_lines(self.galley, self.galley.block("quote"), quote, slice(0, count), x, y, self.stream)
        for edge in (y - 0.12 * quote.style.size_px, y + high + 0.12 * quote.style.size_px):
            self.galley.rule(x, edge - 0.7, x + quote.width_px, edge + 0.7)

    def _picture(self, picture: _Picture) -> None:
        self.galley.picture(*picture.box)
        text = picture.caption
        if text is not None:
            block, part = self.galley.block("caption"), slice(0, len(text.lines))
            y = picture.box[3] + 0.15 * text.style.size_px
            place_lines(self.galley, block, text, part, picture.box[0], y, self.stream)

    def _rule(self, column: int, top: float, picture: _Picture | None) -> None:
        """Rule to the left of a column, but not through a picture."""
        article, pitch = self.article, self.article.body.line_px
        x = article.left_px(column) - article.gutter_px / 2
        y = top + 0.3 * pitch
        if picture is not None and picture.box[0] < x < picture.box[2]:
            y = picture.foot_px + 0.1 * article.caption.line_px
        if y < article.box[3] - pitch:
            self.galley.rule(x - 0.5, y, x + 0.5, article.box[3] - 0.2 * pitch)


def _steps(length_px: float, pitch_px: float) -> int:
    """Return how many whole lines a length takes."""
    return max(0, math.ceil(length_px / pitch_px - 1e-6))
