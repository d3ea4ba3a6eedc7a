"""Screens: conversations in bubbles, settings, articles, shops, notifications and dialogues on telephones; windows."""

from __future__ import annotations

from dataclasses import replace

from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.text.copy import Ask
from synthgen.typeset.design import pick_face, text_style
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.flow import Cell, Flow, Item
from synthgen.typeset.layouts.composed import Composed, Composition, Setting
from synthgen.typeset.layouts.device import STATUS_EM, Device, button, status_bar, tab_bar, title_bar
from synthgen.typeset.layouts.talk import Talk, compose_chat
from synthgen.typeset.registry import register_layout
from synthgen.typeset.ruling import Box, Ruling

KINDS = ("chat", "chat", "settings", "settings", "article", "shop", "notices", "dialogue")
NEWS = ("society", "economy", "culture", "sports", "science", "local")


Parts = tuple[list[Flow], list[tuple[Ruling, Box]]]


@register_layout("screen")
class Screen(Composed):
    """What a telephone or a machine shows."""

    def compose(self, recipe: Recipe, faces: FaceSet, stream: Stream) -> Composition:
        """Draw what runs on the screen, in one face."""
        wide, high = float(recipe.page.width_px), float(recipe.page.height_px)
        size = min(stream.between(recipe.type.body_px_range), wide / 15, high / 24)
        style = text_style(recipe, pick_face(recipe, faces, stream, heavy=False), size, stream)
        style = replace(style, align="left", by_syllable=False, line_px=size * 1.35, raised="", slant=0.0)
        small = replace(style, size_px=size * 0.75, line_px=size)
        bold = replace(style, face=pick_face(recipe, faces, stream, heavy=True))
        device = Device(wide, high, 0.05 * wide, style, small, bold)
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
            status, icons = status_bar(device)
            # A locked screen has its clock in the middle.
            flows, rulings = flows if kind == "notices" else [status, *flows], [*icons, *rulings]
        inks = frozenset({"text", "tint", "accent", "reverse"})
        return Composition(tuple(flows), tuple(rulings), inks=inks, drawn={"size_px": size, "kind": kind}, own=own)

    def _settings(self, device: Device, stream: Stream) -> Parts:
        """Return rows of options in groups, a button, and tabs along the foot."""
        em = device.em
        bar, rulings, top = title_bar(device, "screen", "bar", stream)
        pad = em * stream.uniform(0.45, 0.75)
        icons, cards = stream.chance(0.4), stream.chance(0.4)
        high = device.plain.line_px + 2 * pad
        tabs, tab_rulings, foot = tab_bar(device, stream) if stream.chance(0.6) else ([], [], device.high)
        press, press_rulings, foot = button(device, foot, stream) if stream.chance(0.6) else ([], [], foot)
        flows, y = [bar], top + 0.4 * em
        right = replace(device.plain, align="right", ink=stream.pick(("text", "accent")))
        heading = replace(device.bold, size_px=0.85 * em, ink=stream.pick(("text", "accent")))
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
                rulings.append((Ruling("fill", ink="accent", round_px=stream.pick((0.35, 0.65)) * em), mark))
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
        em, genre = device.em, stream.pick(NEWS)
        x0, x1 = device.side, device.wide - device.side
        y = STATUS_EM * em
        place = (x0, y + 0.2 * em, x1, y + 1.9 * em)
        address = Item("address", device.small, (Ask("line", 2, "screen"),), most_fit=1.0)
        rulings: list[tuple[Ruling, Box]] = [(Ruling("fill", ink="tint", round_px=0.85 * em), place)]
        flows = [Flow(((place[0] + 0.8 * em, place[1], place[2] - 0.8 * em, place[3]),), (address,), "middle")]
        y += 2.5 * em
        if stream.chance(0.6):
            cells = tuple(
                Cell(device.wide * at / 4, device.wide * (at + 1) / 4, replace(device.small, align="center"), "tab")
                for at in range(4)
            )
            menu = Item("tab", device.small, (Ask("tab", 4, "screen", cells=True),), cells=cells, height_px=1.7 * em)
            flows.append(Flow(((0.0, y, device.wide, y + 1.8 * em),), (menu,)))
            rulings.append((Ruling("below", 1.0, "tint"), (0.0, y, device.wide, y + 1.75 * em)))
            rulings.append((Ruling("below", 0.12 * em, "accent"), (0.0, y, device.wide / 4, y + 1.7 * em)))
            y += 2.2 * em
        title = replace(device.bold, size_px=1.35 * em, line_px=1.75 * em)
        say = replace(device.plain, line_px=em * stream.uniform(1.45, 1.7))
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
        more = Item("subhead", device.bold, (Ask("bar", 2, "screen"),), most_fit=1.0, height_px=1.7 * em)
        flows.append(Flow(((x0, max(foot, y + 3 * say.line_px) + 0.4 * em, x1, device.high),), (more, *[link] * count)))
        return flows, rulings

    def _shop(self, device: Device, stream: Stream) -> Parts:
        """Return goods in cards of two or three columns, each a picture's place over name and price."""
        em = device.em
        bar, rulings, top = title_bar(device, "screen", "bar", stream)
        tabs, tab_rulings, foot = tab_bar(device, stream)
        columns, gap = stream.pick((2, 2, 3)), 0.7 * em
        each = (device.width - (columns - 1) * gap) / columns
        high = each * stream.uniform(0.7, 1.0)
        row_px = high + 3.1 * em
        name = replace(device.plain, size_px=em * (0.9 if columns == 2 else 0.78), line_px=1.25 * em)
        price = replace(device.bold, size_px=name.size_px, line_px=1.25 * em, ink=stream.pick(("text", "accent")))
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
        clock = replace(device.plain, size_px=4.2 * em, line_px=5 * em, align="center")
        day = replace(device.plain, align="center")
        y = 3 * em
        head = (
            Item("status", clock, (Ask("status", 1, "chat"),), most_fit=1.0),
            Item("date", day, (Ask("day", 1, "chat"),), most_fit=1.0, gap_px=0.1 * em),
        )
        flows = [Flow(((x0, y, x1, y + 7 * em),), head)]
        rulings: list[tuple[Ruling, Box]] = []
        y += 8 * em
        pad = 0.7 * em
        for _ in range(stream.integer(2, 6)):
            high = 2.7 * em + 2 * pad
            if y + high > device.high - 2 * em:
                break
            rulings.append((Ruling("fill", ink="tint", round_px=0.8 * em), (x0, y, x1, y + high)))
            width = x1 - x0 - 2 * pad
            small = replace(device.small, align="right")
            top = Item(
                "row", device.small, (Ask("bar", 1, "screen"), Ask("when", 1, "chat")),
                cells=(Cell(0.0, 0.7 * width, device.small, "name"), Cell(0.7 * width, width, small, "time")),
            )  # fmt: skip
            genre, role = stream.pick((("chat", "say"), ("screen", "note"), ("chat", "line")))
            text = Item("say", device.plain, (Ask(role, 5, genre),), most_fit=1.0, gap_px=0.2 * em)
            flows.append(Flow(((x0 + pad, y + pad, x1 - pad, y + high - pad + 1),), (top, text)))
            y += high + 0.5 * em
        return flows, rulings

    def _dialogue(self, device: Device, stream: Stream) -> Parts:
        """Return a question in a box in the middle, with two answers, over a page of rows."""
        em = device.em
        bar, rulings, top = title_bar(device, "screen", "bar", stream)
        left, right = 1.6 * device.side, device.wide - 1.6 * device.side
        y0 = device.high * stream.uniform(0.32, 0.4)
        y1 = y0 + 10.5 * em
        pad = 1.0 * em
        box = (left, y0, right, y1)
        rulings.append((Ruling("fill", ink="tint", round_px=stream.pick((0.2, 0.7)) * em), box))
        title = replace(device.bold, align=stream.pick(("left", "center")), size_px=1.1 * em, line_px=1.5 * em)
        say = replace(device.plain, align=title.align, size_px=0.92 * em, line_px=1.4 * em)
        items = (
            Item("headline", title, (Ask("bar", 1, "screen"),), most_fit=1.0),
            Item("body", say, (Ask("body", 8, "screen"),), 3, gap_px=0.5 * em),
        )
        row = Item(
            "row", device.plain, (Ask("option", 2, "screen", cells=True),), height_px=2.3 * em,
            cells=(Cell(0.0, 0.6 * device.width, device.plain, "label"),
                   Cell(0.62 * device.width, device.width, replace(device.plain, align="right"), "value")),
            rulings=(Ruling("below", 1.0, "tint"),),
        )  # fmt: skip
        above = max(int((y0 - top - 1.2 * em) / (2.3 * em)), 1)
        flows = [bar, Flow(((device.side, top + 0.3 * em, device.wide - device.side, y0 - 0.3 * em),), (row,) * above)]
        flows.append(Flow(((left + pad, y0 + pad, right - pad, y1 - 2.9 * em),), items))
        middle = (left + right) / 2
        filled = stream.chance(0.6)
        for at, (a, b) in enumerate(((left + pad, middle - 0.3 * em), (middle + 0.3 * em, right - pad))):
            place = (a, y1 - 2.7 * em, b, y1 - 0.7 * em)
            own = filled and at == 1
            style = replace(device.bold, align="center", ink="reverse" if own else "text")
            shape = Ruling("fill" if own else "frame", 1.0, "accent", round_px=0.35 * em)
            rulings.append((shape, place))
            press = Item("button", style, (Ask("button", 1, "screen"),), most_fit=1.0)
            flows.append(Flow((place,), (press,), "middle"))
        below = max(int((device.high - y1 - 0.8 * em) / (2.3 * em)), 0)
        flows.append(Flow(((device.side, y1 + 0.3 * em, device.wide - device.side, device.high),), (row,) * below))
        return flows, rulings

    def _window(self, device: Device, stream: Stream) -> Parts:
        """Return a window on a desk: title bar, menus, a list at the left, and an article beside it."""
        em, genre = 0.8 * device.em, stream.pick(NEWS)
        plain = replace(device.plain, size_px=em, line_px=1.4 * em)
        bold = replace(device.bold, size_px=em, line_px=1.4 * em)
        wide, high = device.wide, device.high
        rulings: list[tuple[Ruling, Box]] = [(Ruling("fill", ink="tint"), (0.0, 0.0, wide, 2 * em))]
        for at in range(3):
            x = wide - (1.2 + 1.3 * at) * em
            disc = (x - 0.35 * em, 0.65 * em, x + 0.35 * em, 1.35 * em)
            rulings.append((Ruling("fill", ink="accent", round_px=0.35 * em), disc))
        title = Item("headline", bold, (Ask("bar", 2, "screen"),), most_fit=1.0)
        menu = tuple(Cell(5 * em * at, 5 * em * (at + 1), replace(plain, align="center"), "tab") for at in range(4))
        tabs = Item("tab", plain, (Ask("tab", 4, "screen", cells=True),), cells=menu, height_px=2 * em)
        split = wide * stream.uniform(0.2, 0.28)
        rulings += [
            (Ruling("below", 1.0, "tint"), (0.0, 2 * em, wide, 4 * em)),
            (Ruling("left", 1.0, "tint"), (split, 4 * em, split, high)),
        ]
        rows = int((high - 5 * em) / (1.9 * em))
        one = Item("option", plain, (Ask("bar", 1, "screen"),), most_fit=1.0, height_px=1.9 * em)
        large = replace(bold, size_px=1.7 * em, line_px=2.3 * em)
        article = (
            Item("headline", large, (Ask("headline", 6, genre),), 2),
            Item("byline", replace(plain, size_px=0.85 * em), (Ask("byline", 3, genre),), 1, gap_px=0.3 * em),
            Item("body", replace(plain, line_px=1.65 * em), (Ask("body", 160, genre),), 0, gap_px=0.9 * em),
        )
        return [
            Flow(((em, 0.0, wide - 6 * em, 2 * em),), (title,), "middle"),
            Flow(((em, 2 * em, wide, 4 * em),), (tabs,)),
            Flow(((em, 4.5 * em, split - em, high),), (one,) * stream.integer(3, max(rows, 4))),
            Flow(((split + 1.5 * em, 5 * em, wide - 1.5 * em, high - em),), article),
        ], rulings

    def unset(self, flow: Flow, plan: Composition) -> bool:
        """Conversations are set when the width of their words is known."""
        return plan.own is not None and flow is plan.flows[-1]

    def complete(self, setting: Setting) -> None:
        """Draw the bubbles of a conversation about what is said in them."""
        if setting.plan.own is not None:
            Talk(setting).set()
