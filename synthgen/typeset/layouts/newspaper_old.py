"""An old newspaper: short columns from right to left in bands, headlines that stand between them, rules all over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
from synthgen.typeset.text import MOST_DROPPED, Style
from synthgen.typeset.vertical import VerticalText, place_columns

# How many syllables stand in a column of a band: old pages had twelve to fifteen.
BAND_EM = (11.0, 15.0)
# A headline takes so many columns of its band; reduced to this share of its size it takes one more. It is never set
# in part, nor smaller than this share of the text's size.
MOST_HEAD_COLUMNS = 3
LEAST_HEAD = 0.75
LEAST_HEAD_OF_BODY = 0.9
_STEP = 0.94
# Beside the heads of an article a band holds at least so many of its columns; the last band, so many.
BESIDE_HEADS = 1
BESIDE_LAST_HEADS = 5
# A writer is asked for so much more than an article is to have, so that it may end where the page is best filled.
SPARE = 1.1
SPARE_COLUMNS = 6
# What an empty column counts, against one column more or less than an article was to have.
_EMPTY_COST = 6.0
# The space behind an article, in columns.
_BEHIND = 0.3
# A sentence that takes more columns than these is cut where the page ends, and goes on on another.
MOST_DROPPED_COLUMNS = 3


# The role of a head and its columns.
_Head = tuple[str, VerticalText]


@dataclass(frozen=True, slots=True)
class _Article:
    """One article: its heads' styles, its picture's width (0 without one) and how many columns it is to have."""

    headline: Style
    subhead: Style | None
    picture_px: float
    columns: int

    @property
    def heads(self) -> tuple[tuple[str, Style], ...]:
        """The roles and styles of its heads, in the order in which they stand."""
        return (("headline", self.headline), *((("subhead", self.subhead),) if self.subhead is not None else ()))


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
        tracking = stream.uniform(-0.06, 0.0)
        body = body._replace(
            line_px=size * pitch,
            align="justify",
            by_syllable=True,
            stretch=1.0,
            slant=0.0,
            raised="",
            indent_em=1.0,
            tracking_em=tracking,
            # The gap between words is what tracking leaves of the word space, on both its sides.
            word_space_em=stream.uniform(0.2, 0.34) - 2 * tracking,
        )
        articles, asks = [], []
        columns, per_column = count * wide / body.line_px, each / (size * WORD_EM)
        while columns > 3:
            article, taken = self._article(body, each, columns, recipe, faces, stream)
            asks.append(Ask("headline", max(2, int(each / (article.headline.size_px * WORD_EM)))))
            if article.subhead is not None:
                asks.append(Ask("subhead", 4))
            asks.append(Ask("body", max(4, int((SPARE * article.columns + SPARE_COLUMNS) * per_column))))
            articles.append(article)
            columns -= taken / body.line_px + article.columns
        plan = _Plan(
            bands,
            body,
            tuple(articles),
            stream.pick(("upright", "block", "block", "turned")),
            # A hairline beside every line is older than most of these pages.
            stream.chance(0.1),
            stream.uniform(0.7, 1.4),
        )
        return Brief(tuple(asks), plan)

    def _article(
        self, body: Style, each: float, columns: float, recipe: Recipe, faces: FaceSet, stream: Stream
    ) -> tuple[_Article, float]:
        """Return an article and how much of a band's width its heads and its picture take.

        ``each`` is a band's height in px, ``columns`` how many are left on the page.
        """
        bold = pick_face(recipe, faces, stream, heavy=True)
        ratio = stream.between(recipe.type.headline_ratio_range)
        em = min(body.size_px * max(ratio, 1.5), each / 4.5)
        headline = body._replace(
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
            subhead = headline._replace(size_px=small, line_px=small * 1.4, tracking_em=0.0, indent_em=1.0)
            taken += 2 * subhead.line_px
        picture = each * stream.uniform(0.7, 1.2) if stream.chance(recipe.page.picture_probability) else 0.0
        # The last article may not end before the page does.
        length = stream.integer(14, 40) if columns > 60 else int(columns * 1.2) + 4
        return _Article(headline, subhead, picture, length), taken + picture

    def set(self, brief: Brief, copy: Copy, recipe: Recipe, shaper: Shaper, bleed_px: int, stream: Stream) -> Layout:
        """Return the page; each band is filled from right to left."""
        plan: _Plan = brief.plan
        galley = Galley(shaper)
        blocks = iter(copy.blocks)
        press = _Bands(galley, [tuple(edge + bleed_px for edge in band) for band in plan.bands], plan)  # type: ignore[misc]
        heads: list[_Head] = press.heads(plan.articles[0], blocks, shaper) if plan.articles else []
        for number, article in enumerate(plan.articles):
            if not press.full:
                press.set_heads(heads)
            if press.full:
                break
            if article.picture_px:
                press.leave_picture(article.picture_px)
            body = _columns(next(blocks).paragraphs, plan.body, shaper, press.height_px, plan.latin)
            last = number + 1 == len(plan.articles)
            heads = [] if last else press.heads(plan.articles[number + 1], blocks, shaper)
            press.set_body(body, None if last else article.columns, _width(heads))
        press.rule_between()
        page = recipe.page
        size = (page.width_px + 2 * bleed_px, page.height_px + 2 * bleed_px)
        return galley.finish(size, {"size_px": plan.body.size_px, "bands": len(plan.bands), "latin": plan.latin})


def _columns(paragraphs: tuple[str, ...], style: Style, shaper: Shaper, height_px: float, latin: str) -> VerticalText:
    """Return running text in columns; a word that is too long for one and cannot be cut is left out."""
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


def _head(
    paragraph: str, style: Style, shaper: Shaper, height_px: float, latin: str, least_px: float
) -> VerticalText | None:
    """Return a whole headline in a few columns of about one length, smaller where it needs more.

    None where not even at ``least_px`` it stands whole in them.
    """
    words, full = paragraph.count(" ") + 1, style.size_px

    def stands(text: VerticalText, most: int) -> bool:
        return text.whole and sum(map(len, text.words)) == words and len(text.lines) <= most

    text = VerticalText((paragraph,), style, shaper, height_px, latin)
    while not stands(text, MOST_HEAD_COLUMNS + (text.style.size_px <= LEAST_HEAD * full)):
        smaller = scaled(text.style, _STEP)
        if smaller.size_px < least_px:
            return None
        text = VerticalText((paragraph,), smaller, shaper, height_px, latin)
    count = len(text.lines)
    if count > 1 and text.lines[-1].width_px < WIDOW * text.lines[0].width_px:
        # Columns are of one length where words allow it.
        even = sum(line.width_px for line in text.lines) / count + 0.8 * text.style.size_px
        shorter = VerticalText((paragraph,), text.style, shaper, min(even, height_px), latin)
        if stands(shorter, count):
            return shorter
    return text


def _width(heads: Sequence[_Head]) -> float:
    """Return how much of a band's width heads take, in px."""
    return sum(len(text.lines) * text.style.line_px for _, text in heads)


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

    def next_band(self) -> bool:
        """Go on at the right end of the band below; return whether there is one."""
        self.at += 1
        if self.full:
            return False
        self.right = self.bands[self.at][2]
        return True

    def heads(self, article: _Article, blocks: Iterator[Block], shaper: Shaper) -> list[_Head]:
        """Return an article's heads, each whole; those are left out that are too long for a band."""
        least = LEAST_HEAD_OF_BODY * self.plan.body.size_px
        found = []
        for role, style in article.heads:
            text = _head(next(blocks).paragraphs[0], style, shaper, self.height_px, self.plan.latin, least)
            if text is not None:
                found.append((role, text))
        return found

    def needed(self, heads_px: float, band: int) -> float:
        """Return the room in px that an article whose heads are so wide needs in a band to begin there."""
        beside = BESIDE_LAST_HEADS if band + 1 == len(self.bands) else BESIDE_HEADS
        return heads_px + beside * self.plan.body.line_px

    def set_heads(self, heads: Sequence[_Head]) -> None:
        """Set headline and subhead as columns of their own, in one band."""
        short = self.needed(_width(heads), self.at) > self.room() + 0.01
        if short and self.galley.word_count and not self.next_band():
            return
        first = self.right
        for role, text in heads:
            columns = slice(0, len(text.lines))
            if columns.stop * text.style.line_px <= self.room():
                top = self.bands[self.at][1]
                self.right = place_columns(self.galley, self.galley.block(role), text, columns, self.right, top)
        if first < self.bands[self.at][2] - 1:
            x, half = first, self.plan.rule_px / 2
            _, y0, _, y1 = self.bands[self.at]
            self.galley.rule(x - half, y0, x + half, y1)

    def leave_picture(self, wide: float) -> None:
        """Leave a box for a picture in the upper part of the band; the columns go on beside it."""
        if self.full or wide + 3 * self.plan.body.line_px > self.room():
            return
        _, top, _, bottom = self.bands[self.at]
        gap = 0.4 * self.plan.body.size_px
        self.galley.picture(self.right - wide + gap, top, self.right - gap, bottom)
        self.right -= wide

    def left_over(self, columns: int, heads_px: float) -> float:
        """Return how much of a band, in columns, stays empty where so many are set and heads so wide are to follow."""
        pitch = self.plan.body.line_px
        for band in range(self.at, len(self.bands)):
            x0, _, x1, _ = self.bands[band]
            room = (self.right if band == self.at else x1) - x0
            holds = int((room + 0.01) // pitch)
            if columns <= holds:
                left = room - (columns + _BEHIND) * pitch
                return 0.0 if left >= self.needed(heads_px, band) else max(holds - columns, 0)
            columns -= holds
        return 0.0

    def fit_body(self, text: VerticalText, wanted: int | None, heads_px: float) -> None:
        """Let running text end with a sentence where about so many columns are set and no part of a band stays empty.

        The last article, ``wanted`` None, fills the page.
        """
        pitch = self.plan.body.line_px
        rooms = (self.room(), *(x1 - x0 for x0, _, x1, _ in self.bands[self.at + 1 :]))
        holds = sum(int((room + 0.01) // pitch) for room in rooms)
        if wanted is None or wanted >= holds:
            text.close(holds, of=int(MOST_DROPPED_COLUMNS / MOST_DROPPED))
            return

        def cost(count: int) -> float:
            return abs(count - wanted) + _EMPTY_COST * self.left_over(count, heads_px)

        endings = text.endings(wanted // 2, holds)
        if endings:
            text.lines = endings[min(endings, key=cost)]

    def set_body(self, text: VerticalText, wanted: int | None, heads_px: float) -> None:
        """Set running text through the bands, so many columns of it; heads so wide in px are to follow."""
        pitch, done = text.style.line_px, 0
        block = self.galley.block("body")
        self.fit_body(text, wanted, heads_px)
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
        self.right -= _BEHIND * pitch

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
