"""Screens: conversations in bubbles, settings, articles, shops, notifications and dialogues on telephones; windows."""

from __future__ import annotations

import math
from dataclasses import replace

from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.text.charset import load_charset
from synthgen.text.copy import Ask, Copy
from synthgen.typeset.design import pick_face, text_style
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.flow import Cell, Fixed, Flow, Item
from synthgen.typeset.layout import Layout
from synthgen.typeset.layouts.clock import told_by_the_clock
from synthgen.typeset.layouts.composed import Composed, Composition, Setting, can_write
from synthgen.typeset.layouts.device import STATUS_EM, Device, button, inside, status_bar, tab_bar, title_bar
from synthgen.typeset.layouts.icons import NAMES, icon
from synthgen.typeset.layouts.talk import Talk, compose_chat, sender
from synthgen.typeset.registry import Brief, register_layout
from synthgen.typeset.ruling import Box, Ruling
from synthgen.typeset.shape import Shaper

KINDS = ("chat", "chat", "settings", "settings", "article", "shop", "notices", "dialogue")
NEWS = ("society", "economy", "culture", "sports", "science", "local")
# What a machine says itself.
MORE = (
    ("많이 본 뉴스", "관련 기사", "함께 볼 만한 기사", "이 시각 주요 뉴스", "추천 기사", "최신 기사"),
    ("Most read", "Related stories", "More news", "Read next", "Top stories"),
)
PARTS_OF_NEWS = (
    ("정치", "경제", "사회", "문화", "과학", "국제", "지역", "생활", "연예", "사설", "날씨", "교육", "건강", "여행"),
    ("World", "Local", "Business", "Science", "Arts", "Sports", "Opinion", "Health", "Travel", "Weather", "Books"),
)
SITES = (("오늘의 뉴스", "새소식", "뉴스 홈", "신문 보기"), ("Daily News", "News Reader", "Morning Edition", "Home"))
MENUS = (("파일", "편집", "보기", "도움말"), ("File", "Edit", "View", "Help"))
ADDRESSES = ("www.example.com", "news.example.org", "m.example.net/news", "example.com/article", "local.example.org")
ANSWERS = (
    (("취소", "확인"), ("아니요", "예"), ("나중에", "계속"), ("취소", "계속")),
    (("Cancel", "OK"), ("No", "Yes"), ("Later", "Continue"), ("Cancel", "Continue")),
)


Parts = tuple[list[Flow], list[tuple[Ruling, Box]]]


@register_layout("screen")
class Screen(Composed):
    """What a telephone or a machine shows."""

    continuous_pictures = True

    def compose(self, recipe: Recipe, faces: FaceSet, stream: Stream) -> Composition:
        """Draw what runs on the screen, in one face."""
        wide, high = float(recipe.page.width_px), float(recipe.page.height_px)
        size = min(stream.between(recipe.type.body_px_range), wide / 15, high / 24)
        style = text_style(recipe, pick_face(recipe, faces, stream, heavy=False), size, stream)
        style = style._replace(align="left", by_syllable=False, line_px=size * 1.35, raised="", slant=0.0)
        small = style._replace(size_px=size * 0.75, line_px=size)
        bold = style._replace(face=pick_face(recipe, faces, stream, heavy=True))
        device = Device(wide, high, 0.05 * wide, style, small, bold, recipe.lang, recipe.text.charset)
        kind = "window" if wide > 1.1 * high else stream.pick(KINDS)
        own = None
        if kind == "chat":
            flows, rulings, own = compose_chat(device, stream)
        else:
            compose = {
                "settings": self._settings,
                "article": self._article,
                "shop": self._shop,
                "notices": self._notices,
                "dialogue": self._dialogue,
                "window": self._window,
            }[kind]
            flows, rulings = compose(device, stream)
        if kind != "window":
            status, icons = status_bar(device, stream)
            # A locked screen has its clock in the middle.
            flows, rulings = flows if kind == "notices" else [status, *flows], [*icons, *rulings]
        inks = frozenset({"text", "tint", "accent", "reverse"})
        return Composition(tuple(flows), tuple(rulings), inks=inks, drawn={"size_px": size, "kind": kind}, own=own)

    def _settings(self, device: Device, stream: Stream) -> Parts:
        """Return rows of options in groups, a button, and tabs along the foot."""
        em = device.em
        bar, rulings, top = title_bar(device, Ask("bar", 2, "screen"), stream)
        pad = em * stream.uniform(0.45, 0.75)
        icons, cards, round_icons = stream.chance(0.4), stream.chance(0.4), stream.pick((0.35, 0.65))
        high = device.plain.line_px + 2 * pad
        tabs, tab_rulings, foot = tab_bar(device, stream) if stream.chance(0.6) else ([], [], device.high)
        press, press_rulings, foot = button(device, foot, stream) if stream.chance(0.6) else ([], [], foot)
        flows, y = [bar], top + 0.4 * em
        right = device.plain._replace(align="right", ink=stream.pick(("text", "accent")))
        heading = device.bold._replace(size_px=0.85 * em, ink=stream.pick(("text", "accent")))
        inset = 0.6 * em if cards else 0.0
        left = inset + (2.1 * em if icons else 0.0)
        while y + 2 * em + 2 * high < foot:
            items = [Item("subhead", heading, (Ask("bar", 2, "screen"),), most_fit=1.0, height_px=1.9 * em)]
            count = min(stream.integer(2, 6), int((foot - y - 2 * em) / high))
            cells = (
                Cell(left, 0.62 * device.width, device.plain, "label"),
                Cell(0.64 * device.width, device.width - inset, right, "value"),
            )
            row = Item("row", device.plain, (Ask("option", 2, "screen", cells=True),), cells=cells, height_px=high)
            ruled = replace(row, left_px=left, rulings=(Ruling("below", 1.0, "accent" if cards else "tint"),))
            if cards:
                ruled = row
                place = (device.side, y + 1.9 * em, device.wide - device.side, y + 1.9 * em + count * high)
                rulings.append((Ruling("fill", ink="tint", round_px=0.6 * em), place))
            for at in range(count if icons else 0):
                x, middle = device.side + inset, y + 1.9 * em + (at + 0.5) * high
                mark = (x, middle - 0.65 * em, x + 1.3 * em, middle + 0.65 * em)
                rulings.append((Ruling("fill", ink="accent", round_px=round_icons * em), mark))
                sign = (x + 0.32 * em, middle - 0.33 * em, x + 0.98 * em, middle + 0.33 * em)
                rulings += icon(stream.pick(NAMES), sign, "reverse")
            items += [ruled] * (count - 1) + [row]
            end = y + 1.9 * em + count * high
            flows.append(Flow(((device.side, y, device.wide - device.side, end + 1),), tuple(items)))
            y = end + 0.5 * em
        if foot - y > 1.4 * em:
            note = Item("note", device.small, (Ask("note", 3, "screen"),), most_fit=1.0)
            flows.append(Flow(((device.side, y, device.wide - device.side, y + 1.2 * em),), (note,)))
        return [*flows, *press, *tabs], [*rulings, *press_rulings, *tab_rulings]

    def _article(self, device: Device, stream: Stream) -> Parts:
        """Return a page of the web: the address, a headline, a picture, text, and what else there is to read."""
        em, genre = device.em, _news(device, stream)
        x0, x1 = device.side, device.wide - device.side
        y = STATUS_EM * em
        place = (x0, y + 0.2 * em, x1, y + 1.9 * em)
        address = Fixed("address", device.small, most_fit=1.0, said=(stream.pick(ADDRESSES),))
        rulings: list[tuple[Ruling, Box]] = [(Ruling("fill", ink="tint", round_px=0.85 * em), place)]
        flows = [Flow(((place[0] + 0.8 * em, place[1], place[2] - 0.8 * em, place[3]),), (address,), "middle")]
        if not device.words(address.said, address.said):
            flows, rulings = [], []
        y += 2.5 * em
        parts = device.words(*PARTS_OF_NEWS)
        if len(parts) >= 4 and stream.chance(0.6):
            cells = tuple(
                Cell(device.wide * at / 4, device.wide * (at + 1) / 4, device.small._replace(align="center"), "tab")
                for at in range(4)
            )
            said = tuple(parts[at] for at in stream.order(len(parts))[:4])
            menu = Fixed("tab", device.small, cells=cells, height_px=1.7 * em, said=said)
            flows.append(Flow(((0.0, y, device.wide, y + 1.8 * em),), (menu,)))
            rulings.append((Ruling("below", 1.0, "tint"), (0.0, y, device.wide, y + 1.75 * em)))
            rulings.append((Ruling("below", 0.12 * em, "accent"), (0.0, y, device.wide / 4, y + 1.7 * em)))
            y += 2.2 * em
        title = device.bold._replace(size_px=1.35 * em, line_px=1.75 * em)
        say = device.plain._replace(line_px=em * stream.uniform(1.45, 1.7))
        items = [
            Item("headline", title, (Ask("headline", 6, genre),), 2),
            Item("byline", device.small, (Ask("byline", 3, genre),), most_fit=1.0, gap_px=0.3 * em),
        ]
        flows.append(Flow(((x0, y, x1, y + 4.9 * em),), tuple(items)))
        y += 5.2 * em
        if stream.chance(0.7):
            high = device.width * stream.uniform(0.42, 0.62)
            rulings.append((Ruling("picture"), (x0, y, x1, y + high)))
            y += high + 0.5 * em
        count = stream.integer(2, 5)
        foot = device.high - (1.9 * count + 2.4) * em
        body = Item("body", say, (Ask("body", 70, genre),), 0, paragraph_gap_px=0.5 * em)
        flows.append(Flow(((x0, y, x1, max(foot, y + 3 * say.line_px)),), (body,)))
        link = Item(
            "line", device.plain, (Ask("headline", 5, genre),), most_fit=1.0, height_px=1.9 * em,
            rulings=(Ruling("below", 1.0, "tint"),),
        )  # fmt: skip
        heads = device.words(*MORE)
        said = (stream.pick(heads),) if heads else ()
        more = Fixed("subhead", device.bold, most_fit=1.0, height_px=1.7 * em, said=said)
        flows.append(Flow(((x0, max(foot, y + 3 * say.line_px) + 0.4 * em, x1, device.high),), (more, *[link] * count)))
        return flows, rulings

    def _shop(self, device: Device, stream: Stream) -> Parts:
        """Return goods in cards of two or three columns, each a picture's place over name and price."""
        em = device.em
        # The shop's name belongs to the document of its goods.
        bar, rulings, top = title_bar(device, Ask("shop", 2, "receipt"), stream)
        tabs, tab_rulings, foot = tab_bar(device, stream)
        columns, gap = stream.pick((2, 2, 3)), 0.7 * em
        each = (device.width - (columns - 1) * gap) / columns
        high = each * stream.uniform(0.7, 1.0)
        row_px = high + 3.1 * em
        name = device.plain._replace(size_px=em * (0.9 if columns == 2 else 0.78), line_px=1.25 * em)
        price = device.bold._replace(size_px=name.size_px, line_px=1.25 * em, ink=stream.pick(("text", "accent")))
        flows, y = [bar], top + 0.5 * em
        while y + row_px - 0.6 * em < foot:
            for column in range(columns):
                x = device.side + column * (each + gap)
                rulings.append((Ruling("picture"), (x, y, x + each, y + high)))
                cells = (
                    Cell(0.0, each, name, "label", shift_px=(0.0, -0.62 * em)),
                    Cell(0.0, each, price, "value", shift_px=(0.0, 0.62 * em)),
                )
                ask = (Ask("goods", 4, "receipt", cells=True),)
                item = Item("card", name, ask, cells=cells, height_px=2.5 * em)
                flows.append(Flow(((x, y + high + 0.1 * em, x + each, y + high + 2.7 * em),), (item,)))
            y += row_px
        return [*flows, *tabs], [*rulings, *tab_rulings]

    def _notices(self, device: Device, stream: Stream) -> Parts:
        """Return a locked screen: a large clock, the day, notices in cards."""
        em, x0, x1 = device.em, device.side, device.wide - device.side
        clock = device.plain._replace(size_px=4.2 * em, line_px=5 * em, align="center")
        day = device.plain._replace(align="center")
        today = Ask("date", 1, "screen") if can_write("date", "screen", device.lang) else Ask("day", 1, "chat")
        y = 3 * em
        head = (
            Item("status", clock, (Ask("status", 1, "chat"),), most_fit=1.0),
            Item("date", day, (today,), most_fit=1.0, gap_px=0.1 * em),
        )
        flows = [Flow(((x0, y, x1, y + 7 * em),), head)]
        rulings: list[tuple[Ruling, Box]] = []
        y += 8 * em
        pad, noticed = 0.7 * em, can_write("notice", "screen", device.lang)
        for _ in range(stream.integer(2, 6)):
            high = 2.7 * em + 2 * pad
            if y + high > device.high - 2 * em:
                break
            rulings.append((Ruling("fill", ink="tint", round_px=0.8 * em), (x0, y, x1, y + high)))
            width = x1 - x0 - 2 * pad
            # Sender and time stand over what is said.
            up, down = (0.0, -0.7 * em), (0.0, 0.6 * em)
            cells = (
                Cell(0.0, 0.7 * width, device.small, "name", shift_px=up),
                Cell(0.0, width, device.plain, "say", shift_px=down),
                Cell(0.7 * width, width, device.small._replace(align="right"), "time", shift_px=up),
            )
            told = Ask("notice", 6, "screen", cells=True)
            said = (told,) if noticed and stream.chance(0.6) else (sender(device), Ask("say", 5, "chat"))
            card = Item("say", device.plain, (*said, Ask("when", 1, "chat")), cells=cells, height_px=2.7 * em)
            flows.append(Flow(((x0 + pad, y + pad, x1 - pad, y + high - pad + 1),), (card,)))
            y += high + 0.5 * em
        return flows, rulings

    def _dialogue(self, device: Device, stream: Stream) -> Parts:
        """Return a question in a box, with two answers, over a page of rows, of which it hides some."""
        em = device.em
        bar, rulings, top = title_bar(device, Ask("bar", 2, "screen"), stream)
        top += 0.3 * em
        pitch = em * stream.uniform(2.1, 2.5)
        rows = int((device.high - top) / pitch)
        hidden = math.ceil(8.9 * em / pitch)
        first = round((0.36 * device.high - top) / pitch) + stream.integer(-1, 2)
        first = min(max(first, 1), rows - hidden)
        y0, y1 = top + first * pitch, top + (first + hidden) * pitch
        left, right = 1.6 * device.side, device.wide - 1.6 * device.side
        pad, gap = 1.0 * em, 0.2 * em
        # The lines between hidden rows go on at both sides of the box.
        edges = (device.side, device.wide - device.side)
        line = Ruling("below", 1.0, "tint")
        rulings += [(line, (edges[0], y0, edges[1], y0 + at * pitch)) for at in range(1, hidden)]
        box = (left, y0 + gap, right, y1 - gap)
        rulings.append((Ruling("fill", ink="tint", round_px=stream.pick((0.2, 0.7)) * em), box))
        align = stream.pick(("left", "center"))
        say = device.plain._replace(align=align, size_px=0.95 * em, line_px=1.35 * em)
        row = Item(
            "row", device.plain, (Ask("option", 2, "screen", cells=True),), height_px=pitch,
            cells=(Cell(0.0, 0.6 * device.width, device.plain, "label"),
                   Cell(0.62 * device.width, device.width, device.plain._replace(align="right"), "value")),
            rulings=(line,),
        )  # fmt: skip
        flows = [bar, Flow(((edges[0], top, edges[1], y0 + 1),), (row,) * first)]
        asked = can_write("question", "screen", device.lang)
        question = Item("body", say, (Ask("question" if asked else "body", 4, "screen"),), 4)
        flows.append(Flow(((left + pad, y0 + 0.6 * em, right - pad, y1 - 3.0 * em),), (question,), "middle"))
        middle = (left + right) / 2
        filled = stream.chance(0.6)
        # What is no question is confirmed or not.
        known = stream.integer(0, len(ANSWERS[0])) if asked else 0
        answers = device.words(ANSWERS[0][known], ANSWERS[1][known])
        for at, (a, b) in enumerate(((left + pad, middle - 0.3 * em), (middle + 0.3 * em, right - pad))):
            place = (a, y1 - 2.9 * em, b, y1 - 0.9 * em)
            own = filled and at == 1
            style = device.bold._replace(align="center", ink="reverse" if own else "text")
            shape = Ruling("fill" if own else "frame", 1.0, "accent", round_px=0.35 * em)
            rulings.append((shape, place))
            press = (
                Fixed("button", style, most_fit=1.0, said=(answers[at],))
                if len(answers) == 2
                else Item("button", style, (Ask("button", 1, "screen"),), most_fit=1.0)
            )
            flows.append(Flow((inside(place, em),), (press,), "middle"))
        below = rows - first - hidden
        flows.append(Flow(((edges[0], y1, edges[1], device.high),), (row,) * below))
        return flows, rulings

    def _window(self, device: Device, stream: Stream) -> Parts:
        """Return a window on a desk: title bar, menus, a list at the left, and an article beside it."""
        em, genre = 0.8 * device.em, _news(device, stream)
        plain = device.plain._replace(size_px=em, line_px=1.4 * em)
        bold = device.bold._replace(size_px=em, line_px=1.4 * em)
        wide, high = device.wide, device.high
        rulings: list[tuple[Ruling, Box]] = [(Ruling("fill", ink="tint"), (0.0, 0.0, wide, 2 * em))]
        for at in range(3):
            x = wide - (1.2 + 1.3 * at) * em
            disc = (x - 0.35 * em, 0.65 * em, x + 0.35 * em, 1.35 * em)
            rulings.append((Ruling("fill", ink="accent", round_px=0.35 * em), disc))
        sites, menus, parts = device.words(*SITES), device.words(*MENUS), device.words(*PARTS_OF_NEWS)
        title = Fixed("headline", bold, most_fit=1.0, said=(stream.pick(sites),) if sites else ())
        menu = tuple(Cell(5 * em * at, 5 * em * (at + 1), plain._replace(align="center"), "tab") for at in range(4))
        tabs = Fixed("tab", plain, cells=menu, height_px=2 * em, said=tuple(menus))
        split = wide * stream.uniform(0.2, 0.28)
        rulings += [
            (Ruling("below", 1.0, "tint"), (0.0, 2 * em, wide, 4 * em)),
            (Ruling("left", 1.0, "tint"), (split, 4 * em, split, high)),
        ]
        rows = min(stream.integer(3, max(int((high - 5 * em) / (1.9 * em)), 4)), len(parts))
        order = stream.order(len(parts))[:rows]
        listed = [Fixed("option", plain, most_fit=1.0, height_px=1.9 * em, said=(parts[at],)) for at in order]
        large = bold._replace(size_px=1.7 * em, line_px=2.3 * em)
        article = (
            Item("headline", large, (Ask("headline", 6, genre),), 2),
            Item("byline", plain._replace(size_px=0.85 * em), (Ask("byline", 3, genre),), 1, gap_px=0.3 * em),
            Item("body", plain._replace(line_px=1.65 * em), (Ask("body", 160, genre),), 0, gap_px=0.9 * em),
        )
        return [
            Flow(((em, 0.0, wide - 6 * em, 2 * em),), (title,), "middle"),
            Flow(((em, 2 * em, wide, 4 * em),), (tabs,)),
            Flow(((em, 4.5 * em, split - em, high),), tuple(listed)),
            Flow(((split + 1.5 * em, 5 * em, wide - 1.5 * em, high - em),), article),
        ], rulings

    def set(self, brief: Brief, copy: Copy, recipe: Recipe, shaper: Shaper, bleed_px: int, stream: Stream) -> Layout:
        """Return the screen; messages bear times before that of its clock."""
        newest_first = brief.plan.drawn["kind"] == "notices"
        copy = told_by_the_clock(copy, load_charset(recipe.text.charset), newest_first=newest_first)
        return super().set(brief, copy, recipe, shaper, bleed_px, stream)

    def unset(self, flow: Flow, plan: Composition) -> bool:
        """Conversations are set when the width of their words is known."""
        return plan.own is not None and flow is plan.flows[-1]

    def complete(self, setting: Setting) -> None:
        """Draw the bubbles of a conversation about what is said in them."""
        if setting.plan.own is not None:
            Talk(setting).set()


def _news(device: Device, stream: Stream) -> str:
    """Return the genre of an article, one that the screen's languages have."""
    return stream.pick([genre for genre in NEWS if can_write("headline", genre, device.lang)] or NEWS)
