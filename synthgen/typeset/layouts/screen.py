"""Screens: an app's rows, buttons and tabs, or a conversation in bubbles."""

from __future__ import annotations

from dataclasses import replace

from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.text.copy import Ask
from synthgen.typeset.design import pick_face, text_style
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.flow import Cell, Flow, Item
from synthgen.typeset.layouts.composed import Composed, Composition
from synthgen.typeset.registry import register_layout
from synthgen.typeset.ruling import Box, Ruling
from synthgen.typeset.text import Style


@register_layout("screen")
class Screen(Composed):
    """What a telephone or a machine shows."""

    def compose(self, recipe: Recipe, faces: FaceSet, stream: Stream) -> Composition:
        """Draw an app or a conversation, in one face."""
        wide, high = float(recipe.page.width_px), float(recipe.page.height_px)
        size = min(stream.between(recipe.type.body_px_range), wide / 15)
        face = pick_face(recipe, faces, stream, heavy=False)
        style = text_style(recipe, face, size, stream)
        style = replace(style, align="left", by_syllable=False, line_px=size * 1.35, raised="")
        bold = replace(style, face=pick_face(recipe, faces, stream, heavy=True))
        side = 0.05 * wide
        chat = stream.chance(0.45)
        status = self._status(style, wide, side)
        if chat:
            flows, rulings = self._chat(style, bold, wide, high, side, stream)
        else:
            flows, rulings = self._app(style, bold, wide, high, side, stream)
        inks = frozenset({"text", "tint", "accent", "reverse"})
        return Composition((status, *flows), tuple(rulings), inks=inks, drawn={"size_px": size, "chat": chat})

    def _status(self, style: Style, wide: float, side: float) -> Flow:
        small = replace(style, size_px=style.size_px * 0.75, line_px=style.size_px)
        item = Item("status", small, (Ask("status", 1, "screen"),), most_fit=1.0)
        return Flow(((side, 0.3 * style.size_px, wide - side, 1.4 * style.size_px),), (item,))

    def _bar(
        self, title: Style, genre: str, role: str, wide: float, side: float, stream: Stream
    ) -> tuple[Flow, list[tuple[Ruling, Box]], float]:
        """Return the title bar's flow, its area and lower edge."""
        size = title.size_px
        top, bottom = 1.6 * size, 4.0 * size
        shaded = stream.chance(0.4)
        title = replace(
            title,
            size_px=size * 1.15,
            line_px=size * 1.5,
            align=stream.pick(("left", "center")),
            ink="reverse" if shaded else "text",
        )
        flow = Flow(
            ((side, top, wide - side, bottom),),
            (Item("headline", title, (Ask(role, 2, genre),), most_fit=1.0),),
            "middle",
        )
        rulings: list[tuple[Ruling, Box]] = [(Ruling("fill", ink="accent"), (0.0, top, wide, bottom))] if shaded else []
        rulings += [] if shaded else [(Ruling("below", 1.0, "tint"), (0.0, top, wide, bottom))]
        return flow, rulings, bottom

    def _app(
        self, style: Style, bold: Style, wide: float, high: float, side: float, stream: Stream
    ) -> tuple[list[Flow], list[tuple[Ruling, Box]]]:
        size, width = style.size_px, wide - 2 * side
        bar, rulings, top = self._bar(bold, "screen", "bar", wide, side, stream)
        pad = size * stream.uniform(0.45, 0.8)
        right = replace(style, align="right", ink=stream.pick(("text", "accent")))
        cells = (Cell(0.0, 0.58 * width, style, "label"), Cell(0.6 * width, width, right, "value"))
        row = Item(
            "row",
            style,
            (Ask("option", 2, "screen", cells=True),),
            cells=cells,
            pad_px=pad,
            rulings=(Ruling("below", 1.0, "tint"),),
        )
        note = replace(style, size_px=size * 0.85, line_px=size * 1.2)
        items = [Item("subhead", bold, (Ask("bar", 2, "screen"),), most_fit=1.0, gap_px=0.5 * size, height_px=2 * size)]
        items = [replace(items[0], gap_px=0.0), *[row] * stream.integer(2, 6)]
        items += [
            Item("body", note, (Ask("body", 8, "screen"),), 3, gap_px=0.6 * size),
            Item("subhead", bold, (Ask("bar", 2, "screen"),), most_fit=1.0, gap_px=0.6 * size, height_px=2 * size),
            *[row] * stream.integer(2, 7),
            Item("note", note, (Ask("note", 3, "screen"),), 2, gap_px=0.5 * size),
        ]
        tabs_top = high - 2.6 * size
        button_top = tabs_top - 3.2 * size
        button = replace(bold, align="center", ink="reverse")
        press = Item(
            "button",
            button,
            (Ask("button", 1, "screen"),),
            most_fit=1.0,
            height_px=2.3 * size,
            rulings=(Ruling("fill", ink="accent", round_px=stream.pick((0.0, 0.35, 1.15)) * size),),
        )
        tab_style = replace(style, size_px=size * 0.75, line_px=size * 1.1, align="center")
        tabs = Item(
            "tab",
            tab_style,
            (Ask("tab", 4, "screen", cells=True),),
            height_px=2.2 * size,
            cells=tuple(Cell(wide * at / 4, wide * (at + 1) / 4, tab_style, "tab") for at in range(4)),
        )
        rulings.append((Ruling("above", 1.0, "tint"), (0.0, tabs_top, wide, high)))
        flows = [
            bar,
            Flow(((side, top + 0.5 * size, wide - side, button_top - 0.4 * size),), tuple(items)),
            Flow(((side, button_top, wide - side, tabs_top),), (press,)),
            Flow(((0.0, tabs_top, wide, high),), (tabs,)),
        ]
        return flows, rulings

    def _chat(
        self, style: Style, bold: Style, wide: float, high: float, side: float, stream: Stream
    ) -> tuple[list[Flow], list[tuple[Ruling, Box]]]:
        size, width = style.size_px, wide - 2 * side
        bar, rulings, top = self._bar(bold, "chat", "who", wide, side, stream)
        small = replace(style, size_px=size * 0.7, line_px=size * 0.95)
        items = [Item("date", replace(small, align="center"), (Ask("day", 1, "chat"),), height_px=1.6 * size)]
        pad, radius, mine = 0.55 * size, stream.pick((0.0, 0.5, 0.9)) * size, False
        own_ink = stream.chance(0.5)
        room = high - top - 6 * size
        while room > 4 * size:
            previous, mine = mine, stream.chance(0.5)
            align = "right" if mine else "left"
            if not mine and (previous or len(items) == 1):
                items.append(Item("name", small, (Ask("who", 1, "chat"),), most_fit=1.0, gap_px=0.5 * size))
            ink = "accent" if mine and own_ink else "tint"
            say = replace(style, align=align, ink="reverse" if ink == "accent" else "text")
            inset = 0.25 * width
            bubble = Ruling("fill", ink=ink, round_px=radius, hug=True, pad_px=pad)
            items.append(
                Item(
                    "say",
                    say,
                    (Ask("say", 4, "chat"),),
                    3,
                    pad_px=0.4 * size,
                    gap_px=0.35 * size,
                    left_px=(inset if mine else 0) + pad,
                    right_px=(0 if mine else inset) + pad,
                    rulings=(bubble,),
                )
            )
            if stream.chance(0.6):
                items.append(
                    Item(
                        "time", replace(small, align=align), (Ask("when", 1, "chat"),), most_fit=1.0, gap_px=0.1 * size
                    )
                )
            room -= 3.6 * size
        box = (side, top + 0.3 * size, wide - side, high - 3.2 * size)
        send = Item(
            "input",
            replace(style, size_px=size * 0.9),
            (Ask("send", 1, "chat"),),
            most_fit=1.0,
            height_px=2 * size,
            rulings=(Ruling("frame", 1.0, "tint", round_px=0.8 * size),),
            left_px=0.8 * size,
        )
        send = replace(send, left_px=0.0, rulings=(Ruling("above", 1.0, "tint"),))
        return [
            bar,
            Flow((box,), tuple(items)),
            Flow(((side, high - 2.6 * size, wide - side, high),), (send,)),
        ], rulings
