"""Signs: one to three lines of different sizes, side by side, stacked in columns or along an arc; on areas or bare."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from synthgen.errors import Rejected
from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.text.copy import Ask, Copy
from synthgen.typeset.curve import arc, place_on_curve, wave
from synthgen.typeset.design import pick_face, text_style
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.galley import Galley
from synthgen.typeset.horizontal import place_lines
from synthgen.typeset.layout import Layout
from synthgen.typeset.layouts.balance import scaled
from synthgen.typeset.layouts.composed import Composition, can_write
from synthgen.typeset.layouts.directory import Directory
from synthgen.typeset.layouts.frontage import AROUND, CONTACT, Front, Frontage, printed, seen
from synthgen.typeset.layouts.measure import width_px
from synthgen.typeset.registry import Brief, register_layout
from synthgen.typeset.ruling import Box, Ruling, draw_ruling, moved
from synthgen.typeset.shape import Shaper
from synthgen.typeset.slugs import Casting, Slug
from synthgen.typeset.text import Style, Text
from synthgen.typeset.vertical import VerticalText, place_columns

SHAPES = ("level", "level", "level", "level", "road", "stacked", "arc", "wave")
# How many signs are directories of a building's floors, and how many are several boards.
FLOORS, FRONTS = 0.12, 0.56
# The share of a circle that an arched line may take, in degrees, and that one of its characters takes.
ARC_DEG, LETTER_DEG = (60.0, 150.0), 19.0
# Lines beside the main one are at most this share of its size, telephone numbers and hours less.
SECOND, FIGURES = 0.62, 0.42
# How much higher than its lines a board of level ones may be.
LEVEL_BOARD = 1.5
# Lines lower than this share of the sign's own height are left away.
LEAST_FRAC = 0.045
# From so many figures on, a line is a number to call or a time.
MANY_FIGURES = 6
# A projecting sign is this much wider than its column of syllables, of an em.
COLUMN_EM = 1.7
# Families of colours that signs of a shape have: roads' are their own, floors are not told in lights.
ROADS, FLOORS_COLOURS, SHOPS = ("road",), ("shop",), ("led", "shop")
# Room between a sign's text and its edge, across and down, of the picture's shorter side.
PADS = (0.1, 0.07)


@dataclass(frozen=True, slots=True)
class _Line:
    """A level line of a sign: what it says, its style at its largest, and the space above it in px."""

    ask: Ask
    style: Style
    gap_px: float


@dataclass(frozen=True, slots=True)
class _Plan:
    """A sign's shape, its main line's style and box, its level lines and theirs, and its areas, page px.

    ``main`` is the number of the main line among the level ones, -1 where it is set in another way.
    """

    shape: str
    style: Style
    box: Box
    lines: tuple[_Line, ...]
    lines_box: Box
    main: int
    rulings: tuple[tuple[Ruling, Box], ...]
    ground: bool
    bend: float


@register_layout("sign")
class Sign:
    """A shop's or a road's sign, or the board of a building's floors."""

    def brief(self, recipe: Recipe, faces: FaceSet, stream: Stream) -> Brief:
        """Draw the shape, the areas and the sizes."""
        kind = stream.random()
        if kind < FLOORS + FRONTS:
            return (Directory() if kind < FLOORS else Frontage()).brief(recipe, faces, stream)
        page = recipe.page
        wide, high = float(page.width_px), float(page.height_px)
        edge = min(wide, high) * max(stream.between(page.margin_frac_range), 0.03)
        box = (edge, edge, wide - edge, high - edge)
        shape = stream.pick(SHAPES)
        lettered = printed(recipe) if shape == "road" else recipe
        bold = pick_face(lettered, faces, stream, heavy=True if stream.chance(0.75) else None)
        rulings, ground = self._areas(shape, box, stream)
        ink = "reverse" if ground else stream.pick(("text", "text", "accent"))
        style = text_style(recipe, bold, 0.3 * (box[3] - box[1]), stream)._replace(
            align="center",
            by_syllable=False,
            raised="",
            ink=ink,
            tracking_em=stream.pick((-0.03, 0.0, 0.0, 0.08)),
        )
        across, down = (frac * min(wide, high) for frac in PADS)
        inner = (box[0] + across, box[1] + down, box[2] - across, box[3] - down)
        small = style._replace(face=pick_face(printed(recipe), faces, stream), tracking_em=0.0)
        second = CONTACT if can_write(CONTACT.role, CONTACT.genre, recipe.lang) else Ask("tail", 2, "sign_shop")
        if shape == "stacked":
            main_box, lines, lines_box, main = self._stacked(inner, small, second, stream)
        elif shape in ("arc", "wave"):
            main_box, lines, lines_box, main = self._bent(inner, small, second, stream)
        else:
            main_box, lines, lines_box, main = self._level(
                inner, style, small, Ask("line", 2, "sign_road") if shape == "road" else second, stream
            )
        role = "short" if shape == "stacked" and stream.chance(0.5) else "name"
        own = () if main >= 0 else (Ask(role, 1, "sign_shop"),)
        asks = (*own, *(line.ask for line in lines))
        bend = stream.uniform(*ARC_DEG)
        plan = _Plan(shape, style, main_box, lines, lines_box, main, tuple(rulings), ground, bend)
        return Brief(asks, plan)

    def _areas(self, shape: str, box: Box, stream: Stream) -> tuple[list[tuple[Ruling, Box]], bool]:
        """Return the sign's areas and frames, and whether its text stands on an inked ground."""
        short = min(box[2] - box[0], box[3] - box[1])
        radius = stream.pick((0.0, 0.0, 0.025, 0.06)) * short
        if shape == "road" or stream.chance(0.5):
            rulings = [(Ruling("fill", ink="accent", round_px=radius), box)]
            if stream.chance(0.5):
                gap = 0.025 * short
                inside = (box[0] + gap, box[1] + gap, box[2] - gap, box[3] - gap)
                rulings.append((Ruling("frame", 0.012 * short, "reverse", round_px=max(radius - gap, 0)), inside))
            return rulings, True
        if stream.chance(0.4):
            return [(Ruling("frame", stream.uniform(0.01, 0.03) * short, "accent", round_px=radius), box)], False
        return [], False

    def _level(
        self, box: Box, style: Style, small: Style, second: Ask, stream: Stream
    ) -> tuple[Box, tuple[_Line, ...], Box, int]:
        """Return lines one below the other; the main one is as large as the width allows."""
        high, named = box[3] - box[1], Ask("headline" if second.genre == "sign_road" else "name", 2, second.genre)
        count = stream.pick((1, 2, 2, 3, 3, 3))
        shares = {1: (0.75,), 2: (0.56, 0.24), 3: (0.2, 0.46, 0.2)}[count]
        main = max(range(count), key=shares.__getitem__)
        lines = []
        for at, share in enumerate(shares):
            own = (style if at == main else small)._replace(size_px=share * high, line_px=share * high * 1.15)
            lines.append(_Line(named if at == main else second, own, 0.05 * high if at else 0.0))
        return box, tuple(lines), box, main

    def _stacked(self, box: Box, small: Style, second: Ask, stream: Stream) -> tuple[Box, tuple[_Line, ...], Box, int]:
        """Return the box of a column for the main line, and a small line below it or none."""
        foot = box[3]
        lines: tuple[_Line, ...] = ()
        if stream.chance(0.5):
            size = 0.09 * (box[3] - box[1])
            foot -= 1.6 * size
            own = small._replace(size_px=size, line_px=1.3 * size)
            lines = (_Line(second, own, 0.0),)
        return (box[0], box[1], box[2], foot), lines, (box[0], foot, box[2], box[3]), -1

    def _bent(self, box: Box, small: Style, second: Ask, stream: Stream) -> tuple[Box, tuple[_Line, ...], Box, int]:
        """Return the upper part for the bent line, and one or two lines below it."""
        split = box[1] + (box[3] - box[1]) * 0.62
        size = 0.17 * (box[3] - box[1])
        own = small._replace(size_px=size, line_px=1.2 * size)
        lines = (_Line(second, own, 0.1 * size),) * stream.integer(1, 3)
        return (box[0], box[1], box[2], split), lines, (box[0], split, box[2], box[3]), -1

    def set(self, brief: Brief, copy: Copy, recipe: Recipe, shaper: Shaper, bleed_px: int, stream: Stream) -> Layout:
        """Return the sign, in colours of its kind; a line that its curve cannot hold stands straight instead."""
        if isinstance(brief.plan, Composition):
            layout = Directory().set(brief, copy, recipe, shaper, bleed_px, stream)
            return replace(layout, colours=FLOORS_COLOURS)
        if isinstance(brief.plan, Front):
            layout = Frontage().set(brief, copy, recipe, shaper, bleed_px, stream)
            return replace(layout, colours=ROADS if brief.plan.shape == "guide" else SHOPS)
        layout = self._set(brief.plan, copy, recipe, shaper, bleed_px, stream)
        return replace(layout, colours=ROADS if brief.plan.shape == "road" else SHOPS)

    def _set(self, plan: _Plan, copy: Copy, recipe: Recipe, shaper: Shaper, bleed_px: int, stream: Stream) -> Layout:
        galley = Galley(shaper)
        for ink in dict.fromkeys([one.ink for one, _ in plan.rulings] + [plan.style.ink]):
            galley.ink(ink)
        plan, texts = _of_one_shop(plan, [block.paragraphs[0] for block in copy.blocks])
        box = moved(plan.box, bleed_px)
        areas = [(ruling, moved(place, bleed_px)) for ruling, place in plan.rulings]
        if plan.shape == "stacked":
            em = self._set_column(galley, plan, texts.pop(0), shaper, box)
            areas = [(ruling, _around_column(place, box, em)) for ruling, place in areas]
        elif plan.shape in ("arc", "wave"):
            em = self._set_bent(galley, plan, texts.pop(0), shaper, box)
        else:
            em = _fitted_em(plan.lines[plan.main].style, texts[plan.main], box, shaper)
        lines_box = moved(plan.lines_box, bleed_px)
        if plan.shape == "stacked":
            lines_box = _around_column(lines_box, box, em)
        high = self._set_lines(galley, plan, texts, em, lines_box, shaper, stream)
        # A board of level lines alone is not much higher than they are.
        spare = max((lines_box[3] - lines_box[1] - LEVEL_BOARD * high) / 2, 0.0) if plan.main >= 0 else 0.0
        boards = [(x0, y0 + spare, x1, y1 - spare) for _, (x0, y0, x1, y1) in areas]
        for (ruling, _), board in zip(areas, boards, strict=True):
            draw_ruling(galley, ruling, board)
        page = recipe.page
        size = (page.width_px + 2 * bleed_px, page.height_px + 2 * bleed_px)
        return galley.finish(
            size, {"shape": plan.shape}, seen(galley, boards, AROUND * min(size)) if galley.word_count else None
        )

    def _set_lines(
        self, galley: Galley, plan: _Plan, texts: list[str], em: float, box: Box, shaper: Shaper, stream: Stream
    ) -> float:
        """Set the level lines in the middle of their box, none nearly as large as the main one of ``em`` px.

        Return how high they are together, in px.
        """
        slugs = []
        for at, (line, text) in enumerate(zip(plan.lines, texts, strict=True)):
            style = line.style
            if at == plan.main:
                style = scaled(style, em / style.size_px)
            elif em > 0:
                most = (FIGURES if sum(char.isdigit() for char in text) >= MANY_FIGURES else SECOND) * em
                style = scaled(style, min(most / style.size_px, 1.0))
            slugs.append(Slug(text, style, box[0], box[2], "headline" if at == plan.main else line.ask.role))
        casting = Casting(slugs, shaper)
        highs = [slug.style.line_px * float(ratio) for slug, ratio in zip(casting.slugs, casting.ratio, strict=True)]
        gaps = [line.gap_px if at else 0.0 for at, line in enumerate(plan.lines)]
        y = box[1] + max(box[3] - box[1] - sum(highs) - sum(gaps), 0.0) / 2
        tops: list[float | None] = []
        for slug, high, gap in zip(casting.slugs, highs, gaps, strict=True):
            # What would be too small to read from the street is not painted.
            painted = slug.role == "headline" or (
                y + gap + high < box[3] + 1 and high > LEAST_FRAC * (plan.box[3] - plan.box[1])
            )
            tops.append(y + gap + (high - slug.style.line_px) / 2 if painted else None)
            y += gap + high if painted else 0.0
        casting.stand(tops, stream)
        casting.add(galley, 0, len(slugs))
        return sum(highs) + sum(gaps)

    def _set_column(self, galley: Galley, plan: _Plan, paragraph: str, shaper: Shaper, box: Box) -> float:
        """Set the main line as one column, as large as the box allows; return its em in px."""
        x0, y0, x1, y1 = box
        high, wide = y1 - y0, x1 - x0
        style = plan.style._replace(line_px=plan.style.size_px * 1.1)
        whole = VerticalText((paragraph,), style, shaper, float("inf"), "upright")
        if not whole.lines:
            return 0.0
        ratio = min(high / whole.lines[0].width_px, 0.7 * wide / style.line_px, 1.6) * 0.999
        style = scaled(style, ratio)
        text = VerticalText((paragraph,), style, shaper, high, "upright")
        place_columns(galley, galley.block("headline"), text, slice(0, 1), (x0 + x1) / 2 + style.line_px / 2, y0)
        return style.size_px

    def _set_bent(self, galley: Galley, plan: _Plan, paragraph: str, shaper: Shaper, box: Box) -> float:
        """Set the main line along its curve; return its em in px."""
        x0, y0, x1, y1 = box
        wide, high = x1 - x0, y1 - y0
        # Letters that lean towards each other need more room between them.
        tracking = max(plan.style.tracking_em, 0.0) + (0.14 if plan.shape == "wave" else 0.06)
        style = plan.style._replace(align="left", size_px=0.3 * high, line_px=0.36 * high, tracking_em=tracking)
        text = Text((paragraph,), style, shaper, float("inf"))
        if not text.lines:
            return 0.0
        style = scaled(style, min(0.86 * wide / text.lines[0].width_px, 1.5))
        text = Text((paragraph,), style, shaper, float("inf"))
        em, length = style.size_px, text.lines[0].width_px
        number = galley.block("headline")
        if plan.shape == "wave":
            curve = wave(
                ((x0 + x1 - length) / 2 - 0.1 * em, (y0 + y1) / 2 + 0.3 * em),
                length + 0.2 * em,
                min(0.13 * em, 0.1 * high),
                length * 1.1,
                0.0,
            )
            start = 0.05 * em
        else:
            # Few letters are not strewn along half a circle.
            bend = min(plan.bend, LETTER_DEG * len(paragraph))
            radius = length / (math.radians(bend))
            # The arch may rise no higher than its box.
            rise = radius * (1 - _cosine(bend / 2))
            if rise + 1.2 * em > high:
                radius *= (rise + 1.2 * em) / high * 2
            curve = arc(((x0 + x1) / 2, y0 + 1.05 * em + radius), radius, 90.0, length * 1.04)
            start = length * 0.02
        try:
            place_on_curve(galley, number, text, curve, start)
        except Rejected:
            flat = Text((paragraph,), style._replace(align="center"), shaper, wide)
            place_lines(galley, number, flat, slice(0, 1), x0, y0 + 0.3 * high)
        return em


def _of_one_shop(plan: _Plan, texts: list[str]) -> tuple[_Plan, list[str]]:
    """Return a plan and its texts without the second lines that may speak of another trade than the name's.

    These are the ``tail`` lines without a figure, and prices. Nor is a line said twice. A bent line or a column takes
    the room of those left out.
    """
    first = len(texts) - len(plan.lines)
    said = {texts[first + plan.main]} if plan.main >= 0 else set(texts[:first])
    kept = []
    for at, line in enumerate(plan.lines):
        text = texts[first + at]
        neutral = line.ask.role != "tail" or ("$" not in text and any(map(str.isdigit, text)))
        if at == plan.main or (neutral and text not in said):
            kept.append(at)
            said.add(text)
    if len(kept) == len(plan.lines):
        return plan, texts
    box = plan.box if kept else (*plan.box[:3], plan.lines_box[3])
    main = kept.index(plan.main) if plan.main >= 0 else -1
    lines = tuple(plan.lines[at] for at in kept)
    return replace(plan, box=box, lines=lines, main=main), texts[:first] + [texts[first + at] for at in kept]


def _fitted_em(style: Style, paragraph: str, box: Box, shaper: Shaper) -> float:
    """Return the em in px at which a line fits a box's width, however long it is."""
    return style.size_px * min((box[2] - box[0]) / width_px(paragraph, style, shaper), 1.0) * 0.999


def _around_column(box: Box, column: Box, em: float) -> Box:
    """Return a box made as narrow as a column of an em needs, its margins kept."""
    if em <= 0:
        return box
    middle, spare = (column[0] + column[2]) / 2, (column[2] - column[0]) / 2 - COLUMN_EM * em / 2
    spare = max(spare, 0.0)
    return (min(box[0] + spare, middle), box[1], max(box[2] - spare, middle), box[3])


def _cosine(angle_deg: float) -> float:
    return math.cos(math.radians(angle_deg))
