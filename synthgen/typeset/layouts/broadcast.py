"""What television puts into its pictures beside the spoken words: logos, titles, name plates, tickers, boxes.

Each kind of programme has furniture of its own: a drama a logo and its title, the news a topic, a name plate and a
ticker, a show captions all over, a home shopping channel its offers. Areas are tints; coloured ones lie on a tint, so
that they stand out from any picture.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from synthgen.randomness import Stream
from synthgen.text.copy import Ask
from synthgen.typeset.flow import Cell, Fixed, Flow, Item
from synthgen.typeset.layouts.composed import can_say, can_write
from synthgen.typeset.layouts.programmes import (
    AGES,
    CHANNELS,
    DRAMAS,
    LABELS,
    LECTURES,
    LIVE,
    NEWSCASTS,
    OFFERS,
    RANKS,
    SHOWS,
    STORIES,
    TOPICS,
    Words,
)
from synthgen.typeset.ruling import Box, Ruling
from synthgen.typeset.text import Style

NEWS = ("society", "economy", "culture", "sports", "local", "politics", "international", "weather")
# So wide is a Latin letter, in em.
_LATIN_EM = 0.62


@dataclass(slots=True)
class Furniture:
    """What is put into one picture: flows in reading order and rulings, page px.

    ``low_px`` is the height above which the spoken words stand, ``barred`` that they stand on a bar.
    """

    flows: list[Flow]
    rulings: list[tuple[Ruling, Box]]
    low_px: float
    barred: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture in px, its small text ``plain`` and ``bold``, and the language and charset it is written in.

    ``spoken_px`` is how high two lines of what is spoken are.
    """

    wide: float
    high: float
    spoken_px: float
    plain: Style
    bold: Style
    lang: str
    charset: str

    @property
    def em(self) -> float:
        """The size of its small text in px."""
        return self.plain.size_px

    def word(self, words: Words, stream: Stream) -> str:
        """Return one of the words, in Korean where the frame can say it."""
        chosen = stream.pick(words[0])
        return chosen if can_say(chosen, self.lang, self.charset) else stream.pick(words[1])

    def news(self, stream: Stream) -> str:
        """Return a genre of news, one that the frame's languages have."""
        return stream.pick([genre for genre in NEWS if can_write("headline", genre, self.lang)] or NEWS)


def wide_em(text: str) -> float:
    """Return about how wide a text is, in em.

    >>> wide_em("뉴스 7")
    3.24
    """
    return round(sum(1.0 if ord(char) > 0x2E7F else _LATIN_EM for char in text), 2)


def _sized(style: Style, ratio: float, align: str = "left", ink: str = "text") -> Style:
    size = style.size_px * ratio
    return style._replace(size_px=size, line_px=1.25 * size, align=align, ink=ink)


def _put(found: Furniture, box: Box, item: Item, anchor: str = "middle") -> None:
    found.flows.append(Flow((box,), (item,), anchor))


def _label(found: Furniture, frame: Frame, at: tuple[float, float], words: str, ratio: float = 1.0) -> float:
    """Put words on a coloured label with its left top at a point; return the label's right edge."""
    em = frame.em * ratio
    x, y = at
    right, foot = x + (wide_em(words) + 0.9) * em, y + 1.5 * em
    found.rulings += [(Ruling("fill", ink="tint"), (x - 1, y - 1, right + 1, foot + 1))]
    found.rulings += [(Ruling("fill", ink="accent"), (x, y, right, foot))]
    style = _sized(frame.bold, ratio, "center", "reverse")
    _put(found, (x, y, right, foot), Fixed("label", style, most_fit=1.0, said=(words,)))
    return right


def _channel(found: Furniture, frame: Frame, stream: Stream) -> None:
    """Put the channel's name into the right upper corner, at times whether it is live below it."""
    em, x1, y = frame.em, 0.96 * frame.wide, 0.045 * frame.high
    logo = Fixed("channel", _sized(frame.bold, 1.05, "right"), most_fit=1.0, said=(frame.word(CHANNELS, stream),))
    _put(found, (0.7 * frame.wide, y, x1, y + 1.5 * em), logo)
    if stream.chance(0.4):
        live = Fixed("live", _sized(frame.plain, 0.72, "right"), most_fit=1.0, said=(frame.word(LIVE, stream),))
        _put(found, (0.7 * frame.wide, y + 1.6 * em, x1, y + 2.6 * em), live)


def _title(found: Furniture, frame: Frame, names: Words, below: Words | None, stream: Stream) -> None:
    """Put the programme's name into the left upper corner, what it is about below it."""
    em, x, y = frame.em, 0.045 * frame.wide, 0.045 * frame.high
    name = Fixed("programme", _sized(frame.bold, 1.0), most_fit=1.0, said=(frame.word(names, stream),))
    _put(found, (x, y, 0.66 * frame.wide, y + 1.5 * em), name)
    if below is not None:
        topic = Fixed("topic", _sized(frame.plain, 0.82), most_fit=1.0, said=(frame.word(below, stream),))
        _put(found, (x, y + 1.5 * em, 0.66 * frame.wide, y + 2.7 * em), topic)


def _age(found: Furniture, frame: Frame, stream: Stream) -> None:
    """Put the age from which a film may be seen, in a ring."""
    em, x, y = frame.em, 0.045 * frame.wide, 0.045 * frame.high + 2.9 * frame.em
    place = (x, y, x + 1.7 * em, y + 1.7 * em)
    found.rulings.append((Ruling("ring", 0.12 * em), place))
    said = (stream.pick(AGES),)
    _put(found, place, Fixed("age", _sized(frame.bold, 0.8, "center"), most_fit=1.0, said=said))


def _plate(found: Furniture, frame: Frame) -> None:
    """Put the name and trade of who speaks on a plate at the left, above what is spoken."""
    y = found.low_px - frame.spoken_px - 0.5 * frame.em
    em, x = frame.em, 0.07 * frame.wide
    middle, right = x + 5.0 * em, x + 14.5 * em
    found.rulings += [
        (Ruling("fill", ink="tint"), (x - 1, y - 1.6 * em, right, y)),
        (Ruling("fill", ink="accent"), (x, y - 1.6 * em + 1, middle, y - 1)),
    ]
    name = Item("name", _sized(frame.bold, 1.0, "center", "reverse"), (Ask("name", 1, "card"),), most_fit=1.0)
    _put(found, (x + 0.3 * em, y - 1.6 * em, middle - 0.3 * em, y), name)
    trade = Item("trade", _sized(frame.plain, 0.9), (Ask("job", 2, "card"),), most_fit=1.0)
    _put(found, (middle + 0.4 * em, y - 1.6 * em, right - 0.4 * em, y), trade)


def _ticker(found: Furniture, frame: Frame, stream: Stream, *, timed: bool) -> None:
    """Put a headline into a bar along the lower edge, after a label; at times the hour where it may be ``timed``."""
    em = frame.em
    top, foot = frame.high - 1.85 * em, frame.high - 0.15 * em
    found.rulings.append((Ruling("fill", ink="tint"), (0.0, top, frame.wide, foot)))
    x = _label(found, frame, (0.02 * frame.wide, top + 0.12 * em), frame.word(LABELS, stream), 0.95) + 0.6 * em
    style, end = _sized(frame.plain, 0.95), 0.98 * frame.wide
    if timed and stream.chance(0.5) and can_write("when", "chat", frame.lang):
        now = Item("clock", style._replace(align="right"), (Ask("when", 1, "chat"),), most_fit=1.0)
        _put(found, (end - 5 * em, top, end, foot), now)
        end -= 6 * em
    line = Item("ticker", style, (Ask("headline", 8, frame.news(stream)),), most_fit=1.0)
    _put(found, (x, top, end, foot), line)
    found.low_px = top - 0.6 * em


def _clock(found: Furniture, frame: Frame) -> None:
    em, x1, y = frame.em, 0.96 * frame.wide, 0.045 * frame.high + 2.7 * frame.em
    now = Item("clock", _sized(frame.plain, 0.85, "right"), (Ask("when", 1, "chat"),), most_fit=1.0)
    _put(found, (x1 - 7 * em, y, x1, y + 1.2 * em), now)


def _drama(found: Furniture, frame: Frame, stream: Stream) -> None:
    _title(found, frame, DRAMAS, None, stream)
    _channel(found, frame, stream)
    if stream.chance(0.35):
        _age(found, frame, stream)


def _news(found: Furniture, frame: Frame, stream: Stream) -> None:
    """The topic at the left above, who speaks, the ticker below."""
    em, genre = frame.em, frame.news(stream)
    x, y = 0.04 * frame.wide, 0.05 * frame.high
    label = frame.word(LABELS if stream.chance(0.6) else NEWSCASTS, stream)
    right = 0.66 * frame.wide
    if stream.chance(0.8):
        place = (x - 1, y + 1.5 * em, right, y + 3.3 * em)
        found.rulings.append((Ruling("fill", ink="tint"), place))
        _label(found, frame, (x, y), label)
        topic = Item("headline", _sized(frame.bold, 1.15), (Ask("headline", 5, genre),), most_fit=1.0)
        _put(found, (x + 0.4 * em, place[1], right - 0.4 * em, place[3]), topic)
        if stream.chance(0.35):
            found.rulings.append((Ruling("fill", ink="tint"), (x - 1, y + 3.3 * em, right, y + 4.7 * em)))
            more = Item("subhead", _sized(frame.plain, 0.9), (Ask("subhead", 4, genre),), most_fit=1.0)
            _put(found, (x + 0.4 * em, y + 3.25 * em, right - 0.4 * em, y + 4.65 * em), more)
    else:
        _label(found, frame, (x, y), label)
    _channel(found, frame, stream)
    clock = stream.chance(0.4)
    if clock:
        _clock(found, frame)
    if stream.chance(0.65):
        _ticker(found, frame, stream, timed=not clock)
    found.barred = stream.chance(0.45)
    if stream.chance(0.55):
        _plate(found, frame)


def _show(found: Furniture, frame: Frame, stream: Stream) -> None:
    """The programme's name in a corner, captions beside those who talk."""
    _title(found, frame, SHOWS, TOPICS, stream)
    _channel(found, frame, stream)
    for at in range(stream.integer(0, 3)):
        style = _sized(frame.bold, stream.uniform(1.1, 1.4), stream.pick(("left", "right")))
        left = 0.06 if style.align == "left" else 0.5
        y = frame.high * (0.28 + 0.16 * at)
        said = Item("speech", style, (Ask("line", stream.integer(2, 6), "subtitle"),), most_fit=1.0)
        _put(found, (left * frame.wide, y, (left + 0.44) * frame.wide, y + 1.3 * style.size_px), said)
    if stream.chance(0.4):
        y = found.low_px - frame.spoken_px - 2.1 * frame.em
        _label(found, frame, (0.06 * frame.wide, y), frame.word(TOPICS, stream))


def _story(found: Furniture, frame: Frame, stream: Stream) -> None:
    """A documentary or a lecture: its name, and who is seen."""
    lecture = stream.chance(0.4)
    _title(found, frame, LECTURES if lecture else STORIES, TOPICS if lecture and stream.chance(0.3) else None, stream)
    _channel(found, frame, stream)
    if stream.chance(0.6):
        _plate(found, frame)


def _boxed(found: Furniture, frame: Frame, label: str, rows: tuple[Item, ...], em_wide: float, stream: Stream) -> None:
    """Put rows into a box at one side under a label."""
    em = frame.em
    x = 0.04 * frame.wide if stream.chance(0.5) else 0.96 * frame.wide - em_wide * em
    y = 0.05 * frame.high + (0.0 if x < 0.3 * frame.wide else 3.0 * em)
    foot = y + 1.7 * em + sum(max(row.height_px, row.style.line_px) for row in rows) + 0.3 * em
    found.rulings.append((Ruling("fill", ink="tint"), (x - 1, y - 1, x + em_wide * em, foot)))
    _label(found, frame, (x, y), label)
    found.flows.append(Flow(((x + 0.5 * em, y + 1.7 * em, x + (em_wide - 0.5) * em, foot + 1),), rows))


def _weather(found: Furniture, frame: Frame, stream: Stream) -> None:
    """What the weather will be, in a box."""
    style = _sized(frame.plain, 1.0)._replace(line_px=1.5 * frame.em)
    row = Item("forecast", style, (Ask("subhead", 3, "weather"),), most_fit=1.0)
    _boxed(found, frame, frame.word(NEWSCASTS, stream), (row,) * stream.integer(2, 5), 18.0, stream)
    _channel(found, frame, stream)
    if stream.chance(0.6):
        _ticker(found, frame, stream, timed=True)
    found.barred = stream.chance(0.4)


def _sports(found: Furniture, frame: Frame, stream: Stream) -> None:
    """The league's table in a box, or what the match is about."""
    em = frame.em
    if stream.chance(0.6):
        style = _sized(frame.plain, 0.92)._replace(line_px=1.4 * em)
        edges = (0.0, 2.6, 8.2, 10.9, 13.4)
        cells = tuple(
            Cell(a * em, b * em, style._replace(align="left" if at == 1 else "center"))
            for at, (a, b) in enumerate(pairwise(edges))
        )
        head = Item("row", style, (Ask("heads_league", 4, "table", cells=True),), cells=cells, height_px=1.4 * em)
        row = replace(head, asks=(Ask("row_league", 4, "table", cells=True),))
        rows = (head, *(row,) * stream.integer(3, 6))
        _boxed(found, frame, frame.word(RANKS, stream), rows, 14.4, stream)
    else:
        row = Item("topic", _sized(frame.plain, 1.0)._replace(line_px=1.5 * em), (Ask("subhead", 4, "sports"),),
                   most_fit=1.0)  # fmt: skip
        _boxed(found, frame, frame.word(RANKS, stream), (row,) * stream.integer(1, 4), 17.0, stream)
    _channel(found, frame, stream)


def _shop(found: Furniture, frame: Frame, stream: Stream) -> None:
    """Goods and their prices at one side, the number to call."""
    em = frame.em
    style = _sized(frame.plain, 0.95)._replace(line_px=1.5 * em)
    price = style._replace(align="right", face=frame.bold.face)
    cells = (Cell(0.0, 8.6 * em, style, "goods"), Cell(8.9 * em, 12.4 * em, price, "price"))
    row = Item("row", style, (Ask("goods", 3, "receipt", cells=True),), cells=cells, height_px=1.5 * em)
    call = Item("contact", _sized(frame.bold, 1.0)._replace(line_px=1.6 * em), (Ask("contact", 2, "sign_shop"),),
                most_fit=1.0)  # fmt: skip
    _boxed(found, frame, frame.word(OFFERS, stream), (*(row,) * stream.integer(2, 6), call), 13.4, stream)
    _channel(found, frame, stream)


# A film is shown as it is. The first number is how often, the roles what the kind needs to be written.
_KINDS: dict[str, tuple[float, Callable[[Furniture, Frame, Stream], None] | None, tuple[tuple[str, str], ...]]] = {
    "film": (0.27, None, ()),
    "drama": (0.16, _drama, ()),
    "news": (0.2, _news, (("name", "card"), ("when", "chat"))),
    "show": (0.14, _show, ()),
    "story": (0.09, _story, (("name", "card"),)),
    "weather": (0.05, _weather, (("subhead", "weather"),)),
    "sports": (0.04, _sports, (("row_league", "table"), ("subhead", "sports"))),
    "shop": (0.05, _shop, (("goods", "receipt"), ("contact", "sign_shop"))),
}


def furnished(frame: Frame, stream: Stream) -> tuple[str, Furniture]:
    """Return a kind of programme that the frame's languages can write, and its furniture."""
    kinds = [
        name for name, (_, _, roles) in _KINDS.items() if all(can_write(role, of, frame.lang) for role, of in roles)
    ]
    sums = tuple(accumulate(_KINDS[name][0] for name in kinds))
    kind, found = kinds[stream.weighted(sums)], Furniture([], [], frame.high * stream.uniform(0.9, 0.96))
    furnish = _KINDS[kind][1]
    if furnish is not None:
        furnish(found, frame, stream)
    return kind, found
