"""A newspaper page: a lead article across the page and smaller ones below it, set in columns with rules between."""

from __future__ import annotations

from dataclasses import dataclass, replace

from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.text.copy import Ask, Block, Copy
from synthgen.typeset.design import WORD_EM, headline_style, margins, pick_face, size_for_words, text_style, words_in
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.galley import Galley
from synthgen.typeset.horizontal import place_lines
from synthgen.typeset.layout import Layout
from synthgen.typeset.registry import Brief, register_layout
from synthgen.typeset.shape import Shaper
from synthgen.typeset.text import Style, Text

MIN_COLUMN_EM = 8.5
HEADLINE_AREA = 0.55  # share of a page that is left to body text by headlines, gutters and gaps


@dataclass(frozen=True, slots=True)
class _Article:
    """One module of the page: its box, its columns and its styles; ``None`` where it has no such part."""

    box: tuple[float, float, float, float]
    columns: int
    gutter_px: float
    column_rules: bool
    headline: Style
    body: Style
    subhead: Style | None
    byline: Style | None

    @property
    def column_px(self) -> float:
        return (self.box[2] - self.box[0] - (self.columns - 1) * self.gutter_px) / self.columns


@dataclass(frozen=True, slots=True)
class _Plan:
    articles: tuple[_Article, ...]
    folio: Style | None
    folio_box: tuple[float, float, float, float]
    rules: tuple[tuple[float, float, float, float], ...]


@register_layout("newspaper")
class Newspaper:
    """Headlines over columns of justified text."""

    def brief(self, recipe: Recipe, faces: FaceSet, stream: Stream) -> Brief:
        """Divide the page into articles and draw their styles; ask for headlines, bylines and bodies."""
        left, top, right, bottom = margins(recipe, stream)
        page = recipe.page
        x0, y0, x1, y1 = left, top, page.width_px - right, page.height_px - bottom
        words = stream.integer(page.words_range[0], page.words_range[1] + 1)
        area = HEADLINE_AREA * (x1 - x0) * (y1 - y0)
        size = size_for_words(words, area, recipe, sum(recipe.type.line_spacing_range) / 2)
        body_face = pick_face(recipe, faces, stream, heavy=False)
        body = replace(text_style(recipe, body_face, size, stream), indent_em=stream.pick((0.0, 1.0)))
        asks: list[Ask] = []
        rules: list[tuple[float, float, float, float]] = []
        folio = None
        folio_box = (x0, y0, x1, y0 + body.line_px)
        if stream.chance(0.55):
            folio = replace(body, size_px=size * 0.82, line_px=size * 1.1, align="left", indent_em=0.0)
            asks.append(Ask("folio", 6))
            rules.append((x0, y0 + size * 1.25, x1, y0 + size * 1.25 + stream.uniform(0.7, 2.2)))
            y0 += size * 1.7
        boxes, between = self._divide((x0, y0, x1, y1), size, stream)
        rules += between
        articles = [self._article(box, at == 0, body, recipe, faces, stream) for at, box in enumerate(boxes)]
        for article in articles:
            asks.append(Ask("headline", self._headline_words(article)))
            if article.subhead is not None:
                asks.append(Ask("subhead", 6))
            if article.byline is not None:
                asks.append(Ask("byline", 3))
            height = article.box[3] - article.box[1] - 1.2 * article.headline.line_px
            room = article.columns * words_in(article.column_px, max(height, article.body.line_px), article.body)
            asks.append(Ask("body", int(room * 1.15) + 4))
        return Brief(tuple(asks), _Plan(tuple(articles), folio, folio_box, tuple(rules)))

    def _divide(
        self, box: tuple[float, float, float, float], size: float, stream: Stream
    ) -> tuple[list[tuple[float, float, float, float]], list[tuple[float, float, float, float]]]:
        """Return the articles' boxes and the rules between them: one, two stacked, or one over two side by side."""
        x0, y0, x1, y1 = box
        shape = stream.weighted((0.3, 0.65, 1.0))
        if shape == 0 or (y1 - y0) < 22 * size:
            return [box], []
        gap = size * stream.uniform(0.7, 1.2)
        thick = stream.uniform(0.6, 2.0)
        split = y0 + (y1 - y0) * stream.uniform(0.5, 0.66)
        rules = [(x0, split - thick / 2, x1, split + thick / 2)]
        upper, lower = (x0, y0, x1, split - gap), (x0, split + gap, x1, y1)
        if shape == 1 or (x1 - x0) < 2.4 * MIN_COLUMN_EM * size:
            return [upper, lower], rules
        middle = x0 + (x1 - x0) * stream.uniform(0.42, 0.58)
        rules.append((middle - thick / 2, split + gap, middle + thick / 2, y1))
        return [upper, (x0, split + gap, middle - gap, y1), (middle + gap, split + gap, x1, y1)], rules

    def _article(
        self,
        box: tuple[float, float, float, float],
        lead: bool,
        body: Style,
        recipe: Recipe,
        faces: FaceSet,
        stream: Stream,
    ) -> _Article:
        size = body.size_px
        width = box[2] - box[0]
        gutter = size * stream.between(recipe.page.gutter_em_range)
        low, high = recipe.page.columns_range
        most = max(1, int((width + gutter) // (MIN_COLUMN_EM * size + gutter)))
        columns = min(stream.integer(low, high + 1), most)
        ratio = stream.between(recipe.type.headline_ratio_range) * (1.0 if lead else 0.68)
        # A headline of two or three words must fit the article's width in two lines.
        headline_px = min(max(size * max(ratio, 1.2), size * 1.2), width / (2.2 * WORD_EM))
        headline = headline_style(recipe, pick_face(recipe, faces, stream, heavy=True), headline_px, stream)
        subhead = byline = None
        if stream.chance(0.45 if lead else 0.2):
            subhead = headline_style(recipe, headline.face, min(size * 1.15, headline_px), stream)
        if stream.chance(0.5):
            byline = replace(body, size_px=size * 0.9, line_px=size * 1.35, align="left", indent_em=0.0)
        rules = columns > 1 and stream.chance(recipe.page.rule_probability)
        return _Article(box, columns, gutter, rules, headline, body, subhead, byline)

    def _headline_words(self, article: _Article) -> int:
        width = article.box[2] - article.box[0]
        return max(2, min(7, int(1.6 * width / (article.headline.size_px * WORD_EM))))

    def set(self, brief: Brief, copy: Copy, recipe: Recipe, shaper: Shaper, bleed_px: int, stream: Stream) -> Layout:
        """Return the page; each column is filled to its foot with whole words."""
        plan: _Plan = brief.plan
        galley = Galley(shaper)
        blocks = list(copy.blocks)
        if plan.folio is not None:
            x0, y0, x1, _ = (value + bleed_px for value in plan.folio_box)
            text = Text(blocks.pop(0).paragraphs[:1], plan.folio, shaper, x1 - x0)
            place_lines(galley, galley.block("folio"), text, slice(0, 1), x0, y0)
        for article in plan.articles:
            self._set_article(galley, article, blocks, shaper, bleed_px)
        for x0, y0, x1, y1 in plan.rules:
            galley.rule(x0 + bleed_px, y0 + bleed_px, x1 + bleed_px, y1 + bleed_px)
        page = recipe.page
        size = (page.width_px + 2 * bleed_px, page.height_px + 2 * bleed_px)
        first = plan.articles[0]
        return galley.finish(size, {"size_px": first.body.size_px, "columns": [one.columns for one in plan.articles]})

    def _set_article(
        self, galley: Galley, article: _Article, blocks: list[Block], shaper: Shaper, bleed_px: int
    ) -> None:
        x0, y0, x1, y1 = (value + bleed_px for value in article.box)
        headline = Text(blocks.pop(0).paragraphs[:1], article.headline, shaper, x1 - x0)
        y0 = place_lines(galley, galley.block("headline"), headline, slice(0, 2), x0, y0)
        if article.subhead is not None:
            subhead = Text(blocks.pop(0).paragraphs[:1], article.subhead, shaper, x1 - x0)
            y0 = place_lines(galley, galley.block("subhead"), subhead, slice(0, 1), x0, y0)
        y0 += 0.35 * article.body.line_px
        top = y0
        width, pitch = article.column_px, article.body.line_px
        first_top = y0
        if article.byline is not None:
            byline = Text(blocks.pop(0).paragraphs[:1], article.byline, shaper, width)
            if y0 + byline.style.line_px + 2 * pitch < y1:
                first_top = place_lines(galley, galley.block("byline"), byline, slice(0, 1), x0, y0) + 0.15 * pitch
        body = Text(blocks.pop(0).paragraphs, article.body, shaper, width)
        number = galley.block("body")
        at = 0
        for column in range(article.columns):
            column_top = first_top if column == 0 else top
            room = int((y1 - column_top + 1e-6) // pitch)
            left = x0 + column * (width + article.gutter_px)
            # Columns end on common baselines, as on a grid: the first starts lower and so holds fewer lines.
            start = y1 - room * pitch if column == 0 and first_top > top else column_top
            if room > 0:
                place_lines(galley, number, body, slice(at, at + room), left, start)
                at += room
            if column and article.column_rules:
                x = left - article.gutter_px / 2
                galley.rule(x - 0.5, top + 0.3 * pitch, x + 0.5, y1 - 0.2 * pitch)
