"""Boards that hang together: a shop's front, neighbours in a row, the storeys of a house, a pole's panes, road guides.

Every board has a name as large as it holds, and small lines beside or below it: how to call, what is offered. All lines
of all boards are cast at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.text.charset import load_charset
from synthgen.text.copy import Ask, Copy
from synthgen.typeset.design import REGULAR, pick_face, text_style
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.galley import Galley
from synthgen.typeset.layout import Layout
from synthgen.typeset.layouts.balance import scaled
from synthgen.typeset.layouts.composed import can_say, can_write
from synthgen.typeset.layouts.measure import width_px
from synthgen.typeset.registry import Brief
from synthgen.typeset.ruling import Box, Ruling, draw_ruling, moved
from synthgen.typeset.shape import Shaper
from synthgen.typeset.slugs import Casting, Slug
from synthgen.typeset.text import Style

SHAPES = ("fascia", "fascia", "row", "row", "storeys", "storeys", "tower", "guide", "guide")
# What any shop may offer, and when: no line of a board speaks of another trade than its name's.
OFFERS = (
    ("연중무휴", "주차 가능", "주차장 완비", "단체 환영", "예약 환영", "친절 봉사", "상담 환영", "당일 예약 가능",
     "24시간 영업", "믿고 찾는 집", "무료 주차 2시간", "안쪽에 주차장 있음", "일요일 영업", "카드 환영"),
    ("Open daily", "Free parking", "Walk-ins welcome", "Family owned", "Open late", "Parking in rear",
     "Groups welcome", "By appointment", "Cards welcome", "Open Sundays"),
)  # fmt: skip
CONTACT = Ask("contact", 2, "sign_shop")
# Small lines are at most this share of the size of their board's name; lower ones than so many px are left away.
SMALL, LEAST_PX = 0.46, 11.0
# A line's pitch, in em; the room around a column's lines, of its height and at most of its width.
PITCH, PADS = 1.2, (0.14, 0.09)
# Between boards, px: less would make one of two.
GAPS_PX = (10.0, 22.0)
# What the camera leaves around a sign's text, of the picture's shorter side.
AROUND = 0.05
# How many lines are asked for a guide, which says none twice; and their size beside its first one.
GUIDE_ASKED, GUIDE_LINES = 5, 0.66
_ARROWS = "←↑→"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a board: its style at its largest, its role, and what it says or what is asked for it.

    ``share`` is its most size of the name's; lines of 1.0 are all of one size, those of 0 keep their own.
    """

    style: Style
    role: str
    ask: Ask | None = None
    said: str = ""
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Column:
    """Lines one below the other in the middle of a box, page px."""

    box: Box
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Front:
    """A scene of boards: its shape, each board's columns, the one of its name first, and areas and frames, page px."""

    shape: str
    boards: tuple[tuple[Column, ...], ...]
    rulings: tuple[tuple[Ruling, Box], ...]


@lru_cache(maxsize=64)
def _offers(lang: str, charset: str) -> tuple[str, ...]:
    """Return the offers that boards in a language and charset may bear."""
    own = OFFERS[0] if "ko" in lang.split("+") else OFFERS[1]
    return tuple(text for text in own if load_charset(charset).covers(text))


def printed(recipe: Recipe) -> Recipe:
    """Return a recipe without faces of handwriting, where it has others: nobody letters small print or roads so."""
    kinds = {name: weight for name, weight in recipe.type.kinds.items() if name != "hand"}
    return replace(recipe, type=replace(recipe.type, kinds=kinds)) if any(kinds.values()) else recipe


def seen(galley: Galley, boards: Sequence[Box], room: float) -> Box:
    """Return what the camera keeps in view, in sheet px: the boards, and so much room around the text."""
    x0, y0, x1, y1 = galley.ink_box()
    lefts, tops, rights, feet = zip((x0 - room, y0 - room, x1 + room, y1 + room), *boards, strict=True)
    return min(lefts), min(tops), max(rights), max(feet)


class Frontage:
    """Boards side by side and one above the other."""

    def brief(self, recipe: Recipe, faces: FaceSet, stream: Stream) -> Brief:
        """Draw the boards and what stands on each."""
        front = _Builder(recipe, faces, stream).front(stream.pick(SHAPES))
        asks = [line.ask for line in _lines(front) if line.ask is not None]
        if front.shape == "guide":
            asks += asks[-1:] * max(GUIDE_ASKED + 1 - len(asks), 0)
        return Brief(tuple(asks), front)

    def set(self, brief: Brief, copy: Copy, recipe: Recipe, shaper: Shaper, bleed_px: int, stream: Stream) -> Layout:
        """Return the boards, on each its name as large as it holds."""
        front: Front = brief.plan
        galley = Galley(shaper)
        for ink in ("accent", "reverse"):
            galley.ink(ink)
        said = [block.paragraphs[0] if block.paragraphs else "" for block in copy.blocks]
        if front.shape == "guide":
            rows = sum(1 for _ in _lines(front))
            different = [text for text in dict.fromkeys(said) if text][:rows]
            said = different + [""] * (rows - len(different))
            front = _lowered(front, (len(different) + 1) / (rows + 1))
        texts = iter(said)
        slugs, tops = list[Slug](), list[float]()
        for board in front.boards:
            lines = [[(line, line.said or next(texts)) for line in column.lines] for column in board]
            em = _name_px(board, lines, shaper)
            for column, own in zip(board, lines, strict=True):
                _stack(moved(column.box, bleed_px), own, em, slugs, tops, shaper)
        casting = Casting(slugs, shaper)
        casting.stand(tops, stream)
        casting.add(galley, 0, len(slugs))
        areas = [(ruling, moved(box, bleed_px)) for ruling, box in front.rulings]
        for ruling, box in areas:
            draw_ruling(galley, ruling, box)
        page = recipe.page
        size = (page.width_px + 2 * bleed_px, page.height_px + 2 * bleed_px)
        content = seen(galley, [box for _, box in areas], AROUND * min(size)) if galley.word_count else None
        return galley.finish(size, {"shape": front.shape}, content)


class _Builder:
    """Draws the boards of one scene."""

    def __init__(self, recipe: Recipe, faces: FaceSet, stream: Stream) -> None:
        self.recipe, self.faces, self.stream = recipe, faces, stream
        wide, high = float(recipe.page.width_px), float(recipe.page.height_px)
        edge = min(wide, high) * max(stream.between(recipe.page.margin_frac_range), 0.03)
        self.box: Box = (edge, edge, wide - edge, high - edge)
        self.gap = stream.uniform(*GAPS_PX) * min(wide, high) / 480
        small = text_style(recipe, pick_face(printed(recipe), faces, stream, least_weight=REGULAR), 10.0, stream)
        self.small = small._replace(align="center", by_syllable=False, raised="", ink="reverse", jitter_em=0.0)
        offers = _offers(recipe.lang, recipe.text.charset)
        self._offers = iter([offers[at] for at in stream.order(len(offers))])
        # Names of signs are slogans now and then; Korean short ones are shops alone.
        plain = "short" if recipe.lang == "ko" else "name"
        tenants = can_write("tenant", "sign_shop", recipe.lang)
        self._name = Ask("tenant" if tenants else plain, 1, "sign_shop")
        self._calls = can_write(CONTACT.role, CONTACT.genre, recipe.lang)

    def front(self, shape: str) -> Front:
        """Return a scene of a shape."""
        build = {
            "fascia": self._fascia, "row": self._row, "storeys": self._storeys, "tower": self._tower,
            "guide": self._guide,
        }[shape]  # fmt: skip
        boxes, boards = zip(*build(), strict=True)
        short = min(self.recipe.page.width_px, self.recipe.page.height_px)
        radius = self.stream.pick((0.0, 0.0, 0.0, 0.012)) * short
        framed = self.stream.chance(0.15)
        rulings = []
        for box in boxes:
            rulings.append((Ruling("fill", ink="accent", round_px=radius), box))
            if framed or shape == "guide":
                gap = 0.012 * short
                inside = (box[0] + gap, box[1] + gap, box[2] - gap, box[3] - gap)
                rulings.append((Ruling("frame", 0.006 * short, "reverse"), inside))
        return Front(shape, boards, tuple(rulings))

    def _fascia(self) -> Iterator[tuple[Box, tuple[Column, ...]]]:
        """Yield a long board over a shop's door, and a strip of offers below it in half of all cases."""
        x0, y0, x1, y1 = self.box
        stream, high = self.stream, (y1 - y0) * self.stream.uniform(0.3, 0.46)
        strip = 0.45 * high if stream.chance(0.7) else 0.0
        top = y0 + (y1 - y0 - high - strip) / 2
        yield (box := (x0, top, x1, top + high)), self._columns(box, stream.pick(("flanked", "flanked", "beside")))
        if strip:
            box = (x0, top + high + self.gap, x1, top + high + self.gap + strip)
            said = [one for one in (self._offer() for _ in range(stream.pick((2, 3)))) if one is not None]
            if said:
                each = (x1 - x0) / len(said)
                style = self._sized(self.small, 0.42 * strip)
                places = [(x0 + at * each, box[1], x0 + (at + 1) * each, box[3]) for at in range(len(said))]
                yield (
                    box,
                    tuple(
                        Column(_within(place), (replace(one, style=style, share=1.0),))
                        for place, one in zip(places, said, strict=True)
                    ),
                )

    def _row(self) -> Iterator[tuple[Box, tuple[Column, ...]]]:
        """Yield the boards of two or three neighbours, of one height."""
        x0, y0, x1, y1 = self.box
        count = self.stream.pick((2, 2, 2, 3))
        high = (y1 - y0) * self.stream.uniform(0.38, 0.58) * (0.85 if count == 3 else 1.0)
        top = (y0 + y1 - high) / 2
        for box in self._split((x0, top, x1, top + high), count):
            yield box, self._columns(box, "below")

    def _storeys(self) -> Iterator[tuple[Box, tuple[Column, ...]]]:
        """Yield boards one above the other, one or two on each storey."""
        x0, y0, x1, y1 = self.box
        count = self.stream.pick((2, 3, 3))
        high = (y1 - y0 - (count - 1) * self.gap) / count * self.stream.uniform(0.75, 1.0)
        top = (y0 + y1 - count * high - (count - 1) * self.gap) / 2
        for at in range(count):
            y = top + at * (high + self.gap)
            if self.stream.chance(0.35):
                for box in self._split((x0, y, x1, y + high), 2):
                    yield box, self._columns(box, "below")
            else:
                short = self.stream.uniform(0.0, 0.2) * (x1 - x0) if self.stream.chance(0.4) else 0.0
                box = (x0 + short, y, x1, y + high) if self.stream.chance(0.5) else (x0, y, x1 - short, y + high)
                yield box, self._columns(box, self.stream.pick(("beside", "beside", "flanked", "below")))

    def _tower(self) -> Iterator[tuple[Box, tuple[Column, ...]]]:
        """Yield the panes of a pole sign, a house's tenants from the top floor down."""
        x0, y0, x1, y1 = self.box
        count, unit = self.stream.integer(4, 7), self.stream.pick(("층", "F"))
        marks = [f"{floor}{unit}" for floor in range(count, 0, -1)]
        if not can_say("".join(marks), self.recipe.lang, self.recipe.text.charset):
            marks = [""] * count
        half = (x1 - x0) * self.stream.uniform(0.32, 0.5)
        gap = 0.6 * self.gap if self.gap > 15 else 10.0
        high = (y1 - y0 - (count - 1) * gap) / count
        for at, mark in enumerate(marks):
            y = y0 + at * (high + gap)
            box = ((x0 + x1) / 2 - half, y, (x0 + x1) / 2 + half, y + high)
            style = self._sized(self._bold(), 0.58 * high)
            left = box[0] + (1.9 * high if mark else 0.0)
            name = Column(_within((left, y, box[2], box[3])), (Line(style, "headline", self._name),))
            floor = Line(self._sized(self.small, 0.42 * high), "floor", said=mark, share=0.0)
            yield box, (name, *((Column(_within((box[0], y, left, box[3])), (floor,)),) if mark else ()))

    def _guide(self) -> Iterator[tuple[Box, tuple[Column, ...]]]:
        """Yield a road's board: what it is about, and what more there is to know."""
        x0, y0, x1, y1 = self.box
        rows = self.stream.integer(2, 5)
        style = self._sized(self.small, 0.24 * (y1 - y0))
        face = pick_face(printed(self.recipe), self.faces, self.stream, heavy=True)
        style = style._replace(face=face, align=self.stream.pick(("left", "center")))
        high = min(PITCH * style.size_px * (1.35 + GUIDE_LINES * rows), y1 - y0)
        top = (y0 + y1 - high) / 2
        head = Line(style, "headline", Ask("headline", 2, "sign_road"))
        line = Line(style, "line", Ask("line", 2, "sign_road"), share=GUIDE_LINES)
        yield (box := (x0, top, x1, top + high)), (Column(_within(box), (head, *(line,) * rows)),)

    def _split(self, box: Box, count: int) -> list[Box]:
        """Return a box parted into boards side by side, not all of one width."""
        x0, y0, x1, y1 = box
        shares = [self.stream.uniform(0.85, 1.2) for _ in range(count)]
        room, found = x1 - x0 - (count - 1) * self.gap, list[Box]()
        for share in shares:
            wide = room * share / sum(shares)
            found.append((x0, y0, x0 + wide, y1))
            x0 += wide + self.gap
        return found

    def _columns(self, box: Box, form: str) -> tuple[Column, ...]:
        """Return a shop's board: its name, and small lines ``below`` it, ``beside`` it, or at both its sides."""
        x0, y0, x1, y1 = box
        wide, high = x1 - x0, y1 - y0
        bold = self._bold()
        if form == "below":
            small = (self._contact(), *((self._offer(),) if self.stream.chance(0.55) else ()))
            name = Line(self._sized(bold, 0.46 * high), "headline", self._name)
            return (Column(_within(box), (name, *(line for line in small if line is not None))),)
        name = Line(self._sized(bold, 0.62 * high), "headline", self._name)
        side = 0.26 * wide if form == "flanked" else 0.36 * wide
        left = x0 + (side if form == "flanked" else 0.0)
        columns = [Column(_within((left, y0, x1 - side, y1)), (name,))]
        for place in ((x0, y0, left, y1), (x1 - side, y0, x1, y1))[0 if form == "flanked" else 1 :]:
            first = self._contact() if place[2] == x1 else self._offer()
            lines = (first, self._offer() if self.stream.chance(0.85) else None)
            columns.append(Column(_within(place), tuple(line for line in lines if line is not None)))
        return tuple(columns)

    def _bold(self) -> Style:
        face = pick_face(self.recipe, self.faces, self.stream, heavy=True if self.stream.chance(0.8) else None)
        return self.small._replace(face=face, tracking_em=self.stream.pick((-0.03, 0.0, 0.0, 0.05)))

    def _sized(self, style: Style, px: float) -> Style:
        return style._replace(size_px=px, line_px=PITCH * px)

    def _contact(self) -> Line | None:
        return Line(self.small, "contact", CONTACT, share=SMALL) if self._calls else self._offer()

    def _offer(self) -> Line | None:
        """Return an offer that no board of the scene has yet; None when there are no more."""
        said = next(self._offers, "")
        return Line(self.small, "offer", said=said, share=SMALL) if said else None


def _lines(front: Front) -> Iterator[Line]:
    for board in front.boards:
        for column in board:
            yield from column.lines


def _within(box: Box) -> Box:
    """Return a box without the room at its sides."""
    down = PADS[0] * (box[3] - box[1])
    across = min(down, PADS[1] * (box[2] - box[0]))
    return (box[0] + across, box[1] + 0.5 * down, box[2] - across, box[3] - 0.5 * down)


def _lowered(front: Front, ratio: float) -> Front:
    """Return boards of another height, where fewer lines stand on them than were asked for."""

    def lowered(box: Box) -> Box:
        middle, half = (box[1] + box[3]) / 2, (box[3] - box[1]) / 2 * ratio
        return (box[0], middle - half, box[2], middle + half)

    boards = tuple(tuple(replace(column, box=lowered(column.box)) for column in board) for board in front.boards)
    return replace(front, boards=boards, rulings=tuple((ruling, lowered(box)) for ruling, box in front.rulings))


def _name_px(board: Sequence[Column], lines: Sequence[Sequence[tuple[Line, str]]], shaper: Shaper) -> float:
    """Return the em in px at which a board's large lines fit their columns, and what stands below them as well."""
    found = []
    for column, own in zip(board, lines, strict=True):
        wide, high = column.box[2] - column.box[0], column.box[3] - column.box[1]
        large = [(line, text) for line, text in own if line.share == 1.0 and text]
        found += [line.style.size_px * min(wide / width_px(text, line.style, shaper), 1.0) for line, text in large]
        found += [high / (PITCH * sum(line.share for line, text in own if text))] if large else []
    return min(found, default=0.0)


def _stack(
    box: Box, lines: Sequence[tuple[Line, str]], em: float, slugs: list[Slug], tops: list[float], shaper: Shaper
) -> None:
    """Add the lines of a column, one below the other in the middle of its box; ``em`` is the name's size in px.

    Small lines are of one size.
    """
    fits = [
        (box[2] - box[0]) / width_px(text, line.style, shaper) * line.style.size_px
        for line, text in lines
        if 0 < line.share < 1 and text
    ]
    found = []
    for line, text in lines:
        size = (em if line.share == 1.0 else min(line.share * em, *fits, em)) if line.share else line.style.size_px
        if text and size >= LEAST_PX:
            style = scaled(line.style, size / line.style.size_px)
            if text[-1] in _ARROWS or text[0] in _ARROWS:
                style = style._replace(align="right" if text[-1] == "→" else "left")
            found.append(Slug(text, style, box[0], box[2], line.role))
    y = (box[1] + box[3] - sum(slug.style.line_px for slug in found)) / 2
    for slug in found:
        slugs.append(slug)
        tops.append(y)
        y += slug.style.line_px
