"""Conversations on a screen: names, bubbles as wide as what is said in them, and the time beside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from synthgen.randomness import Stream
from synthgen.text.copy import Ask
from synthgen.typeset.flow import Flow, Item
from synthgen.typeset.horizontal import place_lines
from synthgen.typeset.layouts.composed import Setting, can_write
from synthgen.typeset.layouts.device import Device, title_bar
from synthgen.typeset.layouts.icons import icon
from synthgen.typeset.ruling import Box, Ruling, area, draw_ruling
from synthgen.typeset.slugs import Casting, Slug
from synthgen.typeset.text import Style, Text

# A bubble is at most this share of the screen's width.
BUBBLE = 0.66
# A last line shorter than this share of it is taken in by a bubble that is wider by this factor, where that is enough.
WIDOW, WIDER = 0.3, 1.15
# How many conversations are of more than two.
GROUPS = 0.4
# Where the title's flow stands among a conversation's.
TITLE = -3


@dataclass(frozen=True, slots=True)
class Say:
    """One message: whether it is one's own, and whether it begins a turn and ends with the time."""

    mine: bool
    first: bool
    timed: bool


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation: its messages from top to bottom of a box in page px, and how bubbles look."""

    device: Device
    box: Box
    says: tuple[Say, ...]
    round_px: float
    own_ink: str
    faces: bool
    group: bool


class _Said(NamedTuple):
    """The ``shown`` first lines of a message, from their left and top in sheet px, ``after`` so many other lines."""

    after: int
    text: Text
    shown: int
    left: float
    top: float


def sender(device: Device) -> Ask:
    """Return what asks for a person who writes messages."""
    return Ask("sender", 1, "chat") if can_write("sender", "chat", device.lang) else Ask("name", 1, "card")


def compose_chat(device: Device, stream: Stream) -> tuple[list[Flow], list[tuple[Ruling, Box]], Chat]:
    """Return a conversation's frame; its bubbles are drawn when their words are known."""
    em = device.em
    own_names = can_write("sender", "chat", device.lang) and can_write("group", "chat", device.lang)
    # A group has a name of its own; of two, one reads the other's.
    group = own_names and stream.chance(GROUPS)
    bar, rulings, top = title_bar(device, Ask("group", 2, "chat") if group else sender(device), stream)
    foot = device.high - 3.0 * em
    says: list[Say] = []
    mine, room = stream.chance(0.5), foot - top - 2.5 * em
    while room > 2.6 * em:
        turned = not says or stream.chance(0.55)
        mine = not mine if turned else mine
        says.append(Say(mine, turned, stream.chance(0.6)))
        room -= 2.5 * em
    style = device.small._replace(align="center")
    asks = [Ask("day", 1, "chat")]
    for say in says:
        asks += [sender(device)] if group and say.first and not say.mine else []
        asks += [Ask("say", 4, "chat")] + ([Ask("when", 1, "chat")] if say.timed else [])
    talk = Flow(((device.side, top, device.wide - device.side, foot),), (Item("say", style, tuple(asks)),))
    plus, middle = device.side, foot + 1.5 * em
    field = (plus + 1.6 * em, foot + 0.5 * em, device.wide - device.side - 2.4 * em, foot + 2.5 * em)
    rulings += [
        (Ruling("above", 1.0, "tint"), (0.0, foot, device.wide, foot)),
        (Ruling(stream.pick(("frame", "fill")), 1.0, "tint", round_px=stream.pick((0.3, 0.95)) * em), field),
        (Ruling("fill"), (plus, middle - 0.05 * em, plus + 0.9 * em, middle + 0.05 * em)),
        (Ruling("fill"), (plus + 0.4 * em, middle - 0.45 * em, plus + 0.5 * em, middle + 0.45 * em)),
    ]
    x = device.wide - device.side
    rulings.append((Ruling("fill", ink="accent", round_px=0.95 * em), (x - 1.95 * em, field[1], x, field[3])))
    rulings += icon("play", (x - 1.4 * em, middle - 0.45 * em, x - 0.5 * em, middle + 0.45 * em), "reverse")
    hint = Item("input", device.small, (Ask("send", 1, "chat"),), most_fit=1.0)
    typed = Flow(((field[0] + 0.8 * em, field[1], field[2] - 0.6 * em, field[3]),), (hint,), "middle")
    own = Chat(
        device,
        talk.boxes[0],
        tuple(says),
        stream.pick((0.15, 0.5, 0.75)) * em,
        stream.pick(("accent", "accent", "tint")),
        stream.chance(0.7),
        group,
    )
    return [bar, typed, talk], rulings, own


class Talk:
    """A conversation as it is set: names, bubbles and times, from top to bottom until the box is full."""

    def __init__(self, setting: Setting) -> None:
        chat: Chat = setting.plan.own
        blocks, shift_px = setting.written[-1], setting.shift_px
        self.galley = setting.galley
        self.chat = chat
        self.texts = iter([block.paragraphs[0] for block in blocks])
        self.partner = setting.written[TITLE][0].paragraphs[0]
        self.shaper = setting.shaper
        self.stream = setting.stream
        self.x0, self.y, self.x1, self.foot = (edge + shift_px for edge in chat.box)
        self.lines: list[tuple[Slug, float]] = []
        self.said: list[_Said] = []

    def set(self) -> None:
        """Set the day, then the messages."""
        em = self.chat.device.em
        center = self.chat.device.small._replace(align="center")
        self._line(next(self.texts), center, self.x0, self.x1, self.y + 0.5 * em, "date")
        self.y += 1.9 * em
        for say in self.chat.says:
            named = say.first and not say.mine
            name = "" if not named else next(self.texts) if self.chat.group else self.partner
            text = next(self.texts)
            time = next(self.texts) if say.timed else ""
            if not self._say(say, name, text, time):
                break
        self._place()

    def _line(self, text: str, style: Style, left: float, right: float, top: float, role: str) -> None:
        self.lines.append((Slug(text, style, left, right, role), top))

    def _place(self) -> None:
        """Cast all lines at once, and place them and the messages in the order in which they are read."""
        casting = Casting([slug for slug, _ in self.lines], self.shaper)
        casting.stand([top for _, top in self.lines], self.stream)
        done = 0
        for said in self.said:
            casting.add(self.galley, done, said.after)
            done = said.after
            place_lines(self.galley, self.galley.block("say"), said.text, slice(0, said.shown), said.left, said.top)
        casting.add(self.galley, done, len(self.lines))

    def _say(self, say: Say, name: str, paragraph: str, time: str) -> bool:
        """Set one message; return whether there was room for it."""
        chat, device = self.chat, self.chat.device
        em, pad = device.em, 0.55 * device.em
        own = say.mine and chat.own_ink == "accent"
        style = device.plain._replace(ink="reverse" if own else "text", jitter_em=0.0)
        inset = 2.3 * em if chat.faces and not say.mine else 0.0
        text = self._broken(paragraph, style, BUBBLE * device.width - 2 * pad)
        count = min(len(text.lines), 4)
        wide = max((min(line.width_px, text.width_px) for line in text.lines[:count]), default=0.0) + 2 * pad
        high = count * style.line_px + 0.7 * em
        gap = (0.7 if say.first else 0.3) * em
        above = 1.05 * em if name else 0.0
        if self.y + gap + above + high > self.foot - 0.2 * em or not count:
            return not count
        self.y += gap
        if name:
            if chat.faces:
                face = (self.x0, self.y, self.x0 + 1.9 * em, self.y + 1.9 * em)
                area(self.galley, face, 0.42 * (face[2] - face[0]), "accent")
                inside = (face[0] + 0.5 * em, face[1] + 0.45 * em, face[2] - 0.5 * em, face[1] + 1.35 * em)
                for ruling, box in icon("person", inside, "reverse"):
                    draw_ruling(self.galley, ruling, box)
            self._line(name, device.small, self.x0 + inset, self.x0 + BUBBLE * device.width, self.y, "name")
            self.y += above
        left = self.x1 - wide if say.mine else self.x0 + inset
        ink = chat.own_ink if say.mine else "tint"
        area(self.galley, (left, self.y, left + wide, self.y + high), chat.round_px, ink)
        self.said.append(_Said(len(self.lines), text, count, left + pad, self.y + 0.35 * em))
        if time:
            small = device.small._replace(size_px=0.62 * em, line_px=0.8 * em, align="right" if say.mine else "left")
            start = left - 4.3 * em if say.mine else left + wide + 0.35 * em
            self._line(time, small, start, start + 3.95 * em, self.y + high - 0.95 * em, "time")
        self.y += high
        return True

    def _broken(self, paragraph: str, style: Style, width_px: float) -> Text:
        """Return a message in lines; where a word is all that the last one has, a little more room takes it in."""
        text = Text((paragraph,), style, self.shaper, width_px)
        last = text.lines[-1].width_px if text.lines else 0.0
        if len(text.lines) < 2 or last > WIDOW * width_px:
            return text
        wider = Text((paragraph,), style, self.shaper, WIDER * width_px)
        return wider if len(wider.lines) < len(text.lines) else text
