"""An old newspaper: short columns from right to left in bands, headlines that stand between them, rules all over."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.text.copy import Ask, Block, Copy
from synthgen.typeset.design import WORD_EM, margins, pick_face, text_style
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.galley import Galley
from synthgen.typeset.layout import Layout
from synthgen.typeset.layouts.balance import WIDOW, scaled
from synthgen.typeset.registry import Brief, register_layout
from synthgen.typeset.ruling import Box
from synthgen.typeset.shape import Shaper
from synthgen.typeset.text import Style
from synthgen.typeset.vertical import VerticalText, place_columns

# How many syllables stand in a column of a band: old pages had twelve to fifteen.
BAND_EM = (11.0, 15.0)
# A headline takes so many columns of its band, at no less than this share of its size.
MOST_HEAD_COLUMNS = 3
LEAST_HEAD = 0.75


@dataclass(frozen=True, slots=True)
class _Article:
    """One article: its headline's and body's styles, and how many bands its headline is high (1 or 2 parts of one)."""

    headline: Style
    subhead: Style | None
    picture_px: float


@dataclass(frozen=True, slots=True)
class _Plan:
    bands: tuple[Box, ...]
    body: Style
    articles: tuple[_Article, ...]
    latin: str
    column_rules: bool
    rule_px: float


@register_layout("newspaper-old")
class NewspaperOld:
    """Vertical bands; an article runs on from the left end of a band to the right end of the next."""

    def brief(self, recipe: Recipe, faces: FaceSet, stream: Stream) -> Brief:
        """Divide the page into bands and draw the articles that fill them."""
        left, top, right, bottom = margins(recipe, stream)
        page = recipe.page
        box = (left, top, page.width_px - right, page.height_px - bottom)
        wide, high = box[2] - box[0], box[3] - box[1]
        words = stream.integer(page.words_range[0], page.words_range[1] + 1)
        low, most = recipe.type.body_px_range
        pitch = stream.uniform(1.3, 1.5)
        size = min(max((0.72 * wide * high / (words * WORD_EM * pitch)) ** 0.5, low), most)
        gap = size * stream.uniform(0.9, 1.4)
        count = max(1, round((high + gap) / (stream.uniform(*BAND_EM) * size + gap)))
        each = (high - (count - 1) * gap) / count
        bands = tuple(
            (box[0], box[1] + at * (each + gap), box[2], box[1] + at * (each + gap) + each) for at in range(count)
        )
        face = pick_face(recipe, faces, stream, heavy=False)
        body = text_style(recipe, face, size, stream)
        body = replace(
            body,
            line_px=size * pitch,
            align="justify",
            by_syllable=True,
            stretch=1.0,
            slant=0.0,
            raised="",
            indent_em=1.0,
            tracking_em=stream.uniform(-0.06, 0.0),
            word_space_em=stream.uniform(0.15, 0.3),
        )
        articles, asks = [], []
        columns = count * wide / body.line_px
        while columns > 3:
            article, taken = self._article(body, each, recipe, faces, stream)
            # The last article may not end before the page does.
            length = stream.integer(14, 40) if columns > 60 else int(columns * 1.2) + 4
            asks.append(Ask("headline", max(2, int(each / (article.headline.size_px * WORD_EM)))))
            if article.subhead is not None:
                asks.append(Ask("subhead", 4))
            per_column = each / (size * WORD_EM)
            asks.append(Ask("body", max(4, int(length * per_column))))
            articles.append(article)
            columns -= taken / body.line_px + length
        plan = _Plan(
            bands,
            body,
            tuple(articles),
            stream.pick(("upright", "block", "block", "turned")),
            stream.chance(0.4),
            stream.uniform(0.7, 1.4),
        )
        return Brief(tuple(asks), plan)

    def _article(
        self, body: Style, each: float, recipe: Recipe, faces: FaceSet, stream: Stream
    ) -> tuple[_Article, float]:
        """Return an article's styles and how much of a band's width its headlines take."""
        bold = pick_face(recipe, faces, stream, heavy=True)
        ratio = stream.between(recipe.type.headline_ratio_range)
        em = min(body.size_px * max(ratio, 1.5), each / 4.5)
        headline = replace(
            body,
            face=bold,
            size_px=em,
            line_px=em * 1.25,
            align="left",
            indent_em=0.0,
            by_syllable=False,
            tracking_em=stream.pick((0.0, 0.05, 0.2)),
        )
        taken = 2 * headline.line_px
        subhead = None
        if stream.chance(0.6):
            small = min(body.size_px * 1.25, em)
            subhead = replace(headline, size_px=small, line_px=small * 1.4, tracking_em=0.0, indent_em=1.0)
            taken += 2 * subhead.line_px
        picture = each * stream.uniform(0.7, 1.2) if stream.chance(recipe.page.picture_probability) else 0.0
        return _Article(headline, subhead, picture), taken + picture

    def set(self, brief: Brief, copy: Copy, recipe: Recipe, shaper: Shaper, bleed_px: int, stream: Stream) -> Layout:
        """Return the page; each band is filled from right to left."""
        plan: _Plan = brief.plan
        galley = Galley(shaper)
        blocks = list(copy.blocks)
        press = _Bands(galley, [tuple(edge + bleed_px for edge in band) for band in plan.bands], plan)  # type: ignore[misc]
        for article in plan.articles:
            if press.full:
                break
            press.set_heads(article, blocks, shaper)
            if article.picture_px:
                press.leave_picture(article.picture_px)
            body = _columns(blocks.pop(0).paragraphs, plan.body, shaper, press.height_px, plan.latin)
            press.set_body(body)
        press.rule_between()
        page = recipe.page
        size = (page.width_px + 2 * bleed_px, page.height_px + 2 * bleed_px)
        return galley.finish(size, {"size_px": plan.body.size_px, "bands": len(plan.bands), "latin": plan.latin})


def _columns(paragraphs: tuple[str, ...], style: Style, shaper: Shaper, height_px: float, latin: str) -> VerticalText:
    """Return a text in columns, smaller where a word is too long for one; what is longer still is left out."""
    text = VerticalText(paragraphs, style, shaper, height_px, latin)
    longest = max((line.width_px for line in text.lines), default=0.0)
    if longest > height_px and not style.by_syllable:
        ratio = 0.999 * height_px / longest
        style = replace(style, size_px=style.size_px * ratio)
        text = VerticalText(paragraphs, style, shaper, height_px, latin)
    while long := {text.words[line.paragraph][line.first] for line in text.lines if line.width_px > height_px + 1e-6}:
        # Lines of a paragraph follow one another: the whole word goes, and the rest is broken anew.
        paragraphs = tuple(
            " ".join(word for word in paragraph.split(" ") if not any(part in word for part in long))
            for paragraph in paragraphs
        )
        paragraphs = tuple(paragraph for paragraph in paragraphs if paragraph)
        text = VerticalText(paragraphs, style, shaper, height_px, latin)
    return text


class _Bands:
    """Where the setter stands: the band, and how far left of its right end it has come, sheet px."""

    def __init__(self, galley: Galley, bands: list[Box], plan: _Plan) -> None:
        self.galley = galley
        self.bands = bands
        self.plan = plan
        self.at = 0
        self.right = bands[0][2]

    @property
    def full(self) -> bool:
        """Whether no column is left."""
        return self.at >= len(self.bands)

    @property
    def height_px(self) -> float:
        """The height of every band."""
        return self.bands[0][3] - self.bands[0][1]

    def room(self) -> float:
        """Return the width left in this band."""
        return self.right - self.bands[self.at][0]

    def next_band(self) -> None:
        """Go on at the right end of the band below."""
        self.at += 1
        if not self.full:
            self.right = self.bands[self.at][2]

    def set_heads(self, article: _Article, blocks: list[Block], shaper: Shaper) -> None:
        """Set headline and subhead as columns of their own, in one band."""
        parts = [("headline", article.headline)] + ([("subhead", article.subhead)] if article.subhead else [])
        texts = [(role, self._head(blocks.pop(0).paragraphs[:1], style, shaper)) for role, style in parts]
        wide = sum(min(len(text.lines), MOST_HEAD_COLUMNS) * text.style.line_px for _, text in texts)
        if wide + 2 * self.plan.body.line_px > self.room():
            if self.galley.word_count:
                self.next_band()
            if self.full:
                return
        first = self.right
        for role, text in texts:
            lines = min(len(text.lines), MOST_HEAD_COLUMNS)
            if lines and lines * text.style.line_px <= self.room():
                top = self.bands[self.at][1]
                self.right = place_columns(self.galley, self.galley.block(role), text, slice(0, lines), self.right, top)
        if first < self.bands[self.at][2] - 1:
            x, half = first, self.plan.rule_px / 2
            _, y0, _, y1 = self.bands[self.at]
            self.galley.rule(x - half, y0, x + half, y1)

    def _head(self, paragraphs: tuple[str, ...], style: Style, shaper: Shaper) -> VerticalText:
        """Return a headline in a few columns of about one length, smaller where it needs more."""
        text = _columns(paragraphs, style, shaper, self.height_px, self.plan.latin)
        while len(text.lines) > MOST_HEAD_COLUMNS and text.style.size_px > LEAST_HEAD * style.size_px:
            text = _columns(paragraphs, scaled(text.style, 0.92), shaper, self.height_px, self.plan.latin)
        count = len(text.lines)
        if 1 < count <= MOST_HEAD_COLUMNS and text.lines[-1].width_px < WIDOW * text.lines[0].width_px:
            # Columns are of one length where words allow it.
            even = sum(line.width_px for line in text.lines) / count + 0.8 * text.style.size_px
            shorter = _columns(paragraphs, text.style, shaper, min(even, self.height_px), self.plan.latin)
            if len(shorter.lines) == count and shorter.style.size_px == text.style.size_px:
                return shorter
        return text

    def leave_picture(self, wide: float) -> None:
        """Leave a box for a picture in the upper part of the band; the columns go on beside it."""
        if self.full or wide + 3 * self.plan.body.line_px > self.room():
            return
        _, top, _, bottom = self.bands[self.at]
        gap = 0.4 * self.plan.body.size_px
        self.galley.picture(self.right - wide + gap, top, self.right - gap, bottom)
        self.right -= wide

    def set_body(self, text: VerticalText) -> None:
        """Set running text through the bands."""
        pitch, done = text.style.line_px, 0
        block = self.galley.block("body")
        while done < len(text.lines) and not self.full:
            room = int((self.room() + 0.01) // pitch)
            if room <= 0:
                self.next_band()
                continue
            right, top = self.right, self.bands[self.at][1]
            lines = min(room, len(text.lines) - done)
            self.right = place_columns(self.galley, block, text, slice(done, done + lines), right, top)
            if self.plan.column_rules:
                self._rule_columns(right, lines, pitch)
            done += lines
        self.right -= 0.3 * pitch

    def _rule_columns(self, right: float, lines: int, pitch: float) -> None:
        _, y0, _, y1 = self.bands[self.at]
        for line in range(1, lines):
            x = right - line * pitch
            self.galley.rule(x - 0.3, y0, x + 0.3, y1)

    def rule_between(self) -> None:
        """Rule between the bands."""
        half = self.plan.rule_px / 2
        for upper, lower in pairwise(self.bands):
            y = (upper[3] + lower[1]) / 2
            self.galley.rule(upper[0], y - half, upper[2], y + half)
