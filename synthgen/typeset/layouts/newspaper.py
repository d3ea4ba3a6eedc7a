"""A newspaper page: a lead article and smaller ones, in columns with rules between, pictures, quotes and notices."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.text.copy import Ask, Copy
from synthgen.typeset.design import WORD_EM, headline_style, margins, pick_face, size_for_words, text_style
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.flow import set_flow
from synthgen.typeset.galley import Galley
from synthgen.typeset.horizontal import place_lines
from synthgen.typeset.layout import Layout
from synthgen.typeset.layouts.article import LEAST_LINES, Article, Setting, asks_of, whole
from synthgen.typeset.layouts.composed import can_say
from synthgen.typeset.layouts.makeup import MIN_COLUMN_EM, Notice, divide, notice
from synthgen.typeset.registry import Brief, register_layout
from synthgen.typeset.ruling import Box, draw_ruling, moved
from synthgen.typeset.shape import Shaper
from synthgen.typeset.text import Style

HEADLINE_AREA = 0.55  # share of a page that is left to body text by headlines, gutters and gaps
# From this many modules on, the last ones may be notices.
NOTICES_FROM = 3
# A picture is this high against its width.
PICTURE_ASPECT = (0.6, 0.85)
# Articles whose byline stands below their last line.
SIGNED = 0.35
# Front pages, and their nameplate's size in body sizes.
FRONT, NAMEPLATE_RATIO = 0.12, (2.6, 3.8)
# Columns narrower than this are justified by cutting words, or not at all: their lines would stay ragged.
NARROW_EM = 17.0


@dataclass(frozen=True, slots=True)
class _Plan:
    """The page's modules and how much each has asked for, its nameplate and folio, and the rules between, page px."""

    modules: tuple[Article | Notice, ...]
    asked: tuple[int, ...]
    nameplate: Style | None
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
        body = text_style(recipe, body_face, size, stream)._replace(indent_em=stream.pick((0.0, 1.0)))
        asks: list[Ask] = []
        rules: list[Box] = []
        nameplate = folio = None
        align = stream.pick(("left", "right"))
        if stream.chance(FRONT):
            nameplate = headline_style(
                recipe, pick_face(recipe, faces, stream, heavy=True), size * stream.uniform(*NAMEPLATE_RATIO), stream
            )
            nameplate, align = nameplate._replace(align="center"), "center"
            asks.append(Ask("nameplate", 1))
            y0 += nameplate.line_px
        folio_box = (x0, y0, x1, y0 + body.line_px)
        if nameplate is not None or stream.chance(0.55):
            folio = body._replace(size_px=size * 0.82, line_px=size * 1.1, align=align)
            folio = folio._replace(indent_em=0.0, by_syllable=False)
            # A front page tells its number and day; its own name stands above them.
            asks.append(Ask("folio" if nameplate is None else "issue", 6))
            rules.append((x0, y0 + size * 1.25, x1, y0 + size * 1.25 + stream.uniform(0.7, 2.2)))
            y0 += size * 1.7
        makeup = divide((x0, y0, x1, y1), size, stream)
        rules += makeup.rules
        modules: list[Article | Notice] = []
        asked: list[int] = []
        for at, box in enumerate(makeup.modules):
            if at >= NOTICES_FROM - 1 and stream.chance(0.35):
                boxed = notice(box, body, recipe, faces, stream)
                modules.append(boxed)
                wanted = [ask for item in boxed.flow.items for ask in item.asks]
            else:
                article = self._article(box, at == 0, body, recipe, faces, stream)
                modules.append(article)
                wanted = asks_of(article)
            asks += wanted
            asked.append(len(wanted))
        return Brief(tuple(asks), _Plan(tuple(modules), tuple(asked), nameplate, folio, folio_box, tuple(rules)))

    def _article(self, box: Box, lead: bool, body: Style, recipe: Recipe, faces: FaceSet, stream: Stream) -> Article:
        size, width = body.size_px, box[2] - box[0]
        gutter = size * stream.between(recipe.page.gutter_em_range)
        low, high = recipe.page.columns_range
        most = max(1, int((width + gutter) // (MIN_COLUMN_EM * size + gutter)))
        columns = min(stream.integer(low, high + 1), most)
        ratio = stream.between(recipe.type.headline_ratio_range) * (1.0 if lead else 0.68)
        # A headline of two or three words must fit the article's width in two lines.
        high_px = box[3] - box[1]
        most_px = (high_px - (LEAST_LINES + 1) * body.line_px) / 2.6
        headline_px = max(min(size * max(ratio, 1.2), width / (2.2 * WORD_EM), most_px), size * 1.1)
        # What the text and a headline of two lines leave for other heads.
        spare_px = high_px - 2.6 * headline_px - (LEAST_LINES + 0.5) * body.line_px
        headline = headline_style(recipe, pick_face(recipe, faces, stream, heavy=True), headline_px, stream)
        if not lead and stream.chance(0.2):
            headline = headline._replace(align="center")
        kicker = subhead = byline = quote = None
        if stream.chance(0.25) and spare_px > 1.8 * size:
            # A kicker is small beside its headline, but never as small as the text.
            kicker = headline_style(recipe, headline.face, min(size * 1.1, 0.6 * headline_px), stream)
            kicker = kicker._replace(align=headline.align, line_px=1.4 * kicker.size_px)
            spare_px -= 1.8 * size
        if stream.chance(0.45 if lead else 0.2) and spare_px > 4.5 * size:
            # Subheads are lighter than the headline, or as heavy and much smaller.
            face = headline.face if stream.chance(0.6) else body.face
            large = min(size * stream.uniform(1.15, 1.4), 0.62 * headline_px)
            subhead = headline_style(recipe, face, large, stream)
            subhead = subhead._replace(align=headline.align, line_px=1.32 * large)
            spare_px -= 4.5 * size
        plain = body._replace(align="left", indent_em=0.0, by_syllable=False)
        signed = stream.chance(SIGNED)
        if signed or (stream.chance(0.45) and spare_px > body.line_px):
            byline = plain._replace(size_px=size * 0.9, line_px=body.line_px, align="right" if signed else "left")
        rules = columns > 1 and stream.chance(recipe.page.rule_probability)
        column = (width - (columns - 1) * gutter) / columns
        if body.align == "justify" and column < NARROW_EM * size and not body.by_syllable:
            cut = recipe.type.syllable_break_probability > 0
            body = body._replace(by_syllable=cut, align="justify" if cut else "left")
        picture = self._picture(columns, column, gutter, box, headline, size, recipe, stream)
        roomy = box[3] - box[1] > 22 * size
        if columns > 1 and roomy and stream.chance(0.2):
            quote = plain._replace(face=headline.face, size_px=size * 1.2, line_px=size * 1.65, align="center")
        caption = plain._replace(size_px=size * 0.8, line_px=size * 1.1)
        sign = stream.pick(("", "", "▲", "△")) if can_say("▲△", "ko", recipe.text.charset) else ""
        return Article(
            box, columns, gutter, rules, headline, body, kicker, subhead, byline, picture, caption, quote, sign, signed
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
        """Return the page; each column is filled to its foot, the last one with whole sentences, or words at least."""
        plan: _Plan = brief.plan
        galley = Galley(shaper)
        blocks = iter(copy.blocks)
        for module in plan.modules:
            if isinstance(module, Notice):
                draw_ruling(galley, module.ruling, moved(module.box, bleed_px))
        x0, y0, x1, _ = moved(plan.folio_box, bleed_px)
        above = plan.nameplate.line_px if plan.nameplate is not None else 0.0
        for role, style, top in (("nameplate", plan.nameplate, y0 - above), ("folio", plan.folio, y0)):
            if style is None:
                continue
            text = whole(next(blocks).paragraphs[0], style, shaper, x1 - x0, 1)
            if text is not None:
                place_lines(galley, galley.block(role), text, slice(0, 1), x0, top, stream)
        for module, asked in zip(plan.modules, plan.asked, strict=True):
            written = tuple(islice(blocks, asked))
            if isinstance(module, Notice):
                set_flow(galley, module.flow, written, shaper, bleed_px, recipe.type, stream)
            else:
                shifted = module._replace(box=moved(module.box, bleed_px))
                Setting(galley, shifted, written, shaper, recipe, stream).set()
        for rule in plan.rules:
            galley.rule(*moved(rule, bleed_px))
        page = recipe.page
        size = (page.width_px + 2 * bleed_px, page.height_px + 2 * bleed_px)
        articles = [one for one in plan.modules if isinstance(one, Article)]
        columns = [one.columns for one in articles]
        return galley.finish(size, {"size_px": articles[0].body.size_px, "columns": columns})
