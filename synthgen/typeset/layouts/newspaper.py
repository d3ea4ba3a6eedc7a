"""A newspaper page: a lead article and smaller ones, in columns with rules between, pictures, quotes and notices."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.text.copy import Ask, Block, Copy
from synthgen.typeset.design import WORD_EM, headline_style, margins, pick_face, size_for_words, text_style, words_in
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.flow import set_flow
from synthgen.typeset.galley import Galley
from synthgen.typeset.horizontal import place_lines
from synthgen.typeset.layout import Layout
from synthgen.typeset.layouts.balance import balanced
from synthgen.typeset.layouts.composed import can_say
from synthgen.typeset.layouts.makeup import MIN_COLUMN_EM, Notice, divide, notice
from synthgen.typeset.registry import Brief, register_layout
from synthgen.typeset.ruling import Box, draw_ruling, mark_words, moved
from synthgen.typeset.shape import Shaper
from synthgen.typeset.text import Style, Text

HEADLINE_AREA = 0.55  # share of a page that is left to body text by headlines, gutters and gaps
# From this many modules on, the last ones may be notices.
NOTICES_FROM = 3
# A picture is this high against its width.
PICTURE_ASPECT = (0.6, 0.85)


@dataclass(frozen=True, slots=True)
class _Article:
    """One module of the page: its box, its columns and its styles; ``None`` where it has no such part.

    ``picture`` is the first of the columns it stands over, their number and its height in px.
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

    @property
    def column_px(self) -> float:
        return (self.box[2] - self.box[0] - (self.columns - 1) * self.gutter_px) / self.columns

    def left_px(self, column: int) -> float:
        return self.box[0] + column * (self.column_px + self.gutter_px)


@dataclass(frozen=True, slots=True)
class _Plan:
    modules: tuple[_Article | Notice, ...]
    folio: Style | None
    folio_box: Box
    rules: tuple[Box, ...]


@register_layout("newspaper")
class Newspaper:
    """Headlines over columns of justified text."""

    def brief(self, recipe: Recipe, faces: FaceSet, stream: Stream) -> Brief:
        """Divide the page into modules and draw their styles; ask for headlines, bylines, bodies and the rest."""
        left, top, right, bottom = margins(recipe, stream)
        page = recipe.page
        x0, y0, x1, y1 = left, top, page.width_px - right, page.height_px - bottom
        words = stream.integer(page.words_range[0], page.words_range[1] + 1)
        area = HEADLINE_AREA * (x1 - x0) * (y1 - y0)
        size = size_for_words(words, area, recipe, sum(recipe.type.line_spacing_range) / 2)
        body_face = pick_face(recipe, faces, stream, heavy=False)
        body = replace(text_style(recipe, body_face, size, stream), indent_em=stream.pick((0.0, 1.0)))
        asks: list[Ask] = []
        rules: list[Box] = []
        folio = None
        folio_box = (x0, y0, x1, y0 + body.line_px)
        if stream.chance(0.55):
            folio = replace(body, size_px=size * 0.82, line_px=size * 1.1, align=stream.pick(("left", "right")))
            folio = replace(folio, indent_em=0.0, by_syllable=False)
            asks.append(Ask("folio", 6))
            rules.append((x0, y0 + size * 1.25, x1, y0 + size * 1.25 + stream.uniform(0.7, 2.2)))
            y0 += size * 1.7
        makeup = divide((x0, y0, x1, y1), size, stream)
        rules += makeup.rules
        modules: list[_Article | Notice] = []
        for at, box in enumerate(makeup.modules):
            if at >= NOTICES_FROM - 1 and stream.chance(0.35):
                boxed = notice(box, body, recipe, faces, stream)
                modules.append(boxed)
                asks += [ask for item in boxed.flow.items for ask in item.asks]
            else:
                article = self._article(box, at == 0, body, recipe, faces, stream)
                modules.append(article)
                asks += _asks(article)
        return Brief(tuple(asks), _Plan(tuple(modules), folio, folio_box, tuple(rules)))

    def _article(self, box: Box, lead: bool, body: Style, recipe: Recipe, faces: FaceSet, stream: Stream) -> _Article:
        size, width = body.size_px, box[2] - box[0]
        gutter = size * stream.between(recipe.page.gutter_em_range)
        low, high = recipe.page.columns_range
        most = max(1, int((width + gutter) // (MIN_COLUMN_EM * size + gutter)))
        columns = min(stream.integer(low, high + 1), most)
        ratio = stream.between(recipe.type.headline_ratio_range) * (1.0 if lead else 0.68)
        # A headline of two or three words must fit the article's width in two lines.
        headline_px = min(max(size * max(ratio, 1.2), size * 1.2), width / (2.2 * WORD_EM))
        headline = headline_style(recipe, pick_face(recipe, faces, stream, heavy=True), headline_px, stream)
        if not lead and stream.chance(0.2):
            headline = replace(headline, align="center")
        kicker = subhead = byline = quote = None
        if stream.chance(0.25):
            # A kicker is small beside its headline, but never as small as the text.
            kicker = headline_style(recipe, headline.face, min(size * 1.1, 0.6 * headline_px), stream)
            kicker = replace(kicker, align=headline.align, line_px=1.4 * kicker.size_px)
        if stream.chance(0.45 if lead else 0.2):
            # Subheads are lighter than the headline, or as heavy and much smaller.
            face = headline.face if stream.chance(0.6) else body.face
            large = min(size * stream.uniform(1.15, 1.4), 0.62 * headline_px)
            subhead = headline_style(recipe, face, large, stream)
            subhead = replace(subhead, align=headline.align, line_px=1.32 * large)
        plain = replace(body, align="left", indent_em=0.0, by_syllable=False)
        if stream.chance(0.5):
            byline = replace(plain, size_px=size * 0.9, line_px=body.line_px)
        rules = columns > 1 and stream.chance(recipe.page.rule_probability)
        column = (width - (columns - 1) * gutter) / columns
        picture = self._picture(columns, column, gutter, box, headline, size, recipe, stream)
        roomy = box[3] - box[1] > 22 * size
        if columns > 1 and roomy and stream.chance(0.2):
            quote = replace(plain, face=headline.face, size_px=size * 1.2, line_px=size * 1.65, align="center")
        caption = replace(plain, size_px=size * 0.8, line_px=size * 1.1)
        lead_mark = stream.pick(("", "", "▲", "△")) if can_say("▲△", "ko", recipe.text.charset) else ""
        return _Article(
            box, columns, gutter, rules, headline, body, kicker, subhead, byline, picture, caption, quote, lead_mark
        )

    def _picture(
        self,
        columns: int,
        column: float,
        gutter: float,
        box: Box,
        headline: Style,
        size: float,
        recipe: Recipe,
        stream: Stream,
    ) -> tuple[int, int, float] | None:
        """Return which columns a picture stands over, and its height, where the article has one and room for it."""
        if not recipe.page.picture_probability or not stream.chance(recipe.page.picture_probability):
            return None
        span = stream.integer(1, max(columns - 1, 1) + 1)
        high = (span * column + (span - 1) * gutter) * stream.uniform(*PICTURE_ASPECT)
        room = box[3] - box[1] - 2.6 * headline.line_px - 6 * size
        return (columns - span, span, min(high, 0.7 * room)) if room > 6 * size else None

    def set(self, brief: Brief, copy: Copy, recipe: Recipe, shaper: Shaper, bleed_px: int, stream: Stream) -> Layout:
        """Return the page; each column is filled to its foot with whole words."""
        plan: _Plan = brief.plan
        galley = Galley(shaper)
        blocks = iter(copy.blocks)
        for module in plan.modules:
            if isinstance(module, Notice):
                draw_ruling(galley, module.ruling, moved(module.box, bleed_px))
        if plan.folio is not None:
            x0, y0, x1, _ = moved(plan.folio_box, bleed_px)
            text = Text(next(blocks).paragraphs[:1], plan.folio, shaper, x1 - x0)
            place_lines(galley, galley.block("folio"), text, slice(0, 1), x0, y0, stream)
        for module in plan.modules:
            if isinstance(module, Notice):
                asked = sum(len(item.asks) for item in module.flow.items)
                written = tuple(islice(blocks, asked))
                set_flow(galley, module.flow, written, shaper, bleed_px, recipe.type, stream)
            else:
                shifted = replace(module, box=moved(module.box, bleed_px))
                _Setting(galley, shifted, blocks, shaper, recipe, stream).set()
        for rule in plan.rules:
            galley.rule(*moved(rule, bleed_px))
        page = recipe.page
        size = (page.width_px + 2 * bleed_px, page.height_px + 2 * bleed_px)
        articles = [one for one in plan.modules if isinstance(one, _Article)]
        columns = [one.columns for one in articles]
        return galley.finish(size, {"size_px": articles[0].body.size_px, "columns": columns})


def _steps(length_px: float, pitch_px: float) -> int:
    """Return how many whole lines a length takes."""
    return max(0, math.ceil(length_px / pitch_px - 1e-6))


def _asks(article: _Article) -> list[Ask]:
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
        asks.append(Ask("caption", 8, lead=article.caption_lead))
    return asks


class _Setting:
    """The setting of one article, from its kicker to its picture's caption; its box is in sheet px."""

    def __init__(
        self, galley: Galley, article: _Article, blocks: Iterator[Block], shaper: Shaper, recipe: Recipe, stream: Stream
    ) -> None:
        self.galley = galley
        self.article = article
        self.blocks = blocks
        self.shaper = shaper
        self.recipe = recipe
        self.stream = stream

    def _line(self, role: str, style: Style, most: int, y: float, width: float) -> float:
        """Set the next block over the article's left at ``y``, at most so many lines; return their lower edge."""
        text = balanced(next(self.blocks).paragraphs[0], style, self.shaper, width, most)
        if y + style.line_px > self.article.box[3]:
            return y
        return place_lines(
            self.galley, self.galley.block(role), text, slice(0, most), self.article.box[0], y, self.stream
        )

    def set(self) -> None:
        """Set the heads over all columns, then the columns."""
        article = self.article
        x0, y, x1, _ = article.box
        if article.kicker is not None:
            y = self._line("kicker", article.kicker, 1, y, x1 - x0) + 0.1 * article.kicker.size_px
        y = self._line("headline", article.headline, 2, y, x1 - x0)
        if article.subhead is not None:
            y = self._line("subhead", article.subhead, 2, y + 0.3 * article.subhead.size_px, x1 - x0)
        pitch = article.body.line_px
        top = y + (0.5 if article.subhead is not None else 0.35) * pitch
        tops = [top] * article.columns
        if article.byline is not None:
            tops[0] = self._line("byline", article.byline, 1, top, article.column_px)
        picture_box = None
        if article.picture is not None:
            first, span, high = article.picture
            left = article.left_px(first)
            picture_box = (left, top + 0.3 * pitch, article.left_px(first + span - 1) + article.column_px, top + high)
            for column in range(first, first + span):
                tops[column] = top + high + 2.3 * article.caption.line_px
        self._columns(top, tops, picture_box)

    def _columns(self, top: float, tops: list[float], picture: Box | None) -> None:
        """Fill the columns on common baselines, around a quote; then set the quote, the picture and its caption."""
        article = self.article
        pitch, width, y1 = article.body.line_px, article.column_px, article.box[3]
        body = Text(next(self.blocks).paragraphs, article.body, self.shaper, width)
        quote = (
            Text(next(self.blocks).paragraphs[:1], article.quote, self.shaper, 0.94 * width) if article.quote else None
        )
        lines = int((y1 - top + 1e-6) // pitch)
        middle = article.columns // 2
        gap = self._gap(quote, lines, _steps(tops[middle] - top, pitch)) if quote is not None else None
        number, at, first_word = self.galley.block("body"), 0, self.galley.word_count
        for column in range(article.columns):
            left = article.left_px(column)
            start = _steps(tops[column] - top, pitch)
            parts = [(start, lines)]
            if gap is not None and column == middle:
                parts = [(start, gap[0]), (gap[1], lines)]
            for first, last in parts:
                if last > first:
                    place_lines(
                        self.galley, number, body, slice(at, at + last - first), left, top + first * pitch, self.stream
                    )
                    at += last - first
            if column and article.column_rules:
                self._rule(column, top, picture)
        if self.galley.word_count > first_word:
            descent = self.shaper.faces.faces[article.body.face].descent_em
            mark_words(self.galley, first_word, article.body, descent, self.recipe.type, self.stream)
        if quote is not None and gap is not None:
            self._quote(quote, article.left_px(middle) + 0.03 * width, top + gap[0] * pitch, top + gap[1] * pitch)
        if article.picture is not None:
            caption = next(self.blocks).paragraphs[:1]
            if picture is not None:
                self._picture(picture, caption)

    def _gap(self, quote: Text, lines: int, start: int) -> tuple[int, int] | None:
        """Return the lines of the column that a quote takes, or None where there is no room for it."""
        high = min(len(quote.lines), 4) * quote.style.line_px + 0.9 * quote.style.size_px
        taken = _steps(high, self.article.body.line_px)
        if not quote.lines or lines - start < taken + 6:
            return None
        first = start + (lines - start - taken) // 2
        return first, first + taken

    def _quote(self, quote: Text, x: float, y0: float, y1: float) -> None:
        """Set a quote between two rules, in the middle of its gap."""
        count = min(len(quote.lines), 4)
        high = count * quote.style.line_px
        y = (y0 + y1 - high) / 2
        place_lines(self.galley, self.galley.block("quote"), quote, slice(0, count), x, y, self.stream)
        for edge in (y - 0.12 * quote.style.size_px, y + high + 0.12 * quote.style.size_px):
            self.galley.rule(x, edge - 0.7, x + quote.width_px, edge + 0.7)

    def _picture(self, box: Box, caption: tuple[str, ...]) -> None:
        self.galley.picture(*box)
        text = Text(caption, self.article.caption, self.shaper, box[2] - box[0])
        place_lines(
            self.galley,
            self.galley.block("caption"),
            text,
            slice(0, 2),
            box[0],
            box[3] + 0.15 * text.style.size_px,
            self.stream,
        )

    def _rule(self, column: int, top: float, picture: Box | None) -> None:
        """Rule to the left of a column, but not through a picture."""
        article, pitch = self.article, self.article.body.line_px
        x = article.left_px(column) - article.gutter_px / 2
        y = top + 0.3 * pitch
        if picture is not None and picture[0] < x < picture[2]:
            y = picture[3] + 2.4 * article.caption.line_px
        if y < article.box[3] - pitch:
            self.galley.rule(x - 0.5, y, x + 0.5, article.box[3] - 0.2 * pitch)
