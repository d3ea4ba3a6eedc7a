"""What every screen has: the size and styles of a device, its status bar, title bar, tabs and buttons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from synthgen.randomness import Stream
from synthgen.text.charset import load_charset
from synthgen.text.copy import Ask
from synthgen.typeset.flow import Cell, Flow, Item
from synthgen.typeset.layouts.icons import NAMES, icon
from synthgen.typeset.ruling import Box, Ruling
from synthgen.typeset.text import Style

# How high a status bar is, in em.
STATUS_EM = 1.7


@dataclass(frozen=True, slots=True)
class Device:
    """A screen in px: its size, its side margins, and its styles of text, small text and headings.

    ``lang`` and ``charset`` are the recipe's.
    """

    wide: float
    high: float
    side: float
    plain: Style
    small: Style
    bold: Style
    lang: str
    charset: str

    @property
    def em(self) -> float:
        """The size of its text in px."""
        return self.plain.size_px

    @property
    def width(self) -> float:
        """The width between its side margins in px."""
        return self.wide - 2 * self.side

    def words(self, korean: Sequence[str], english: Sequence[str]) -> list[str]:
        """Return which of the machine's own words it may show, in its first language; none where it can write none."""
        charset, own = load_charset(self.charset), korean if "ko" in self.lang.split("+") else english
        return [text for text in own if charset.covers(text)]


def status_bar(device: Device, stream: Stream) -> tuple[Flow, list[tuple[Ruling, Box]]]:
    """Return the status bar: the time, the strength of the signal, the battery and how full it is."""
    em = device.em
    item = Item("status", device.small, (Ask("status", 1, "screen"),), most_fit=1.0)
    y0, y1 = 0.35 * em, 1.35 * em
    flow = Flow(((device.side, y0, 0.6 * device.wide, y1),), (item,))
    right, foot = device.wide - device.side, y1 - 0.22 * em
    cell = (right - 1.25 * em, foot - 0.56 * em, right - 0.12 * em, foot)
    charged = cell[0] + 0.12 * em + stream.uniform(0.15, 1.0) * (cell[2] - cell[0] - 0.24 * em)
    rulings = [
        (Ruling("frame", max(0.06 * em, 1.0), round_px=0.12 * em), cell),
        (Ruling("fill"), (cell[0] + 0.12 * em, cell[1] + 0.12 * em, charged, foot - 0.12 * em)),
        (Ruling("fill"), (right - 0.08 * em, foot - 0.4 * em, right, foot - 0.16 * em)),
    ]
    for bar in range(4):
        x = cell[0] - 1.25 * em + 0.24 * bar * em
        rulings.append((Ruling("fill"), (x, foot - (0.16 + 0.14 * bar) * em, x + 0.15 * em, foot)))
    return flow, rulings


def title_bar(device: Device, title_ask: Ask, stream: Stream) -> tuple[Flow, list[tuple[Ruling, Box]], float]:
    """Return the title bar's flow, its area, and its lower edge in px."""
    em = device.em
    top, bottom = STATUS_EM * em, (STATUS_EM + 2.4) * em
    shaded = stream.chance(0.35)
    title = device.bold._replace(
        size_px=em * 1.15,
        line_px=em * 1.5,
        align=stream.pick(("left", "center")),
        ink="reverse" if shaded else "text",
    )
    ink, whole = title.ink, (0.0, top, device.wide, bottom)
    rulings = [(Ruling("fill", ink="accent") if shaded else Ruling("below", 1.0, "tint"), whole)]
    left = device.side
    middle = (top + bottom) / 2
    if stream.chance(0.6):
        # The way back, as an arrow of two strokes, and a menu of three.
        left += 1.5 * em
        rulings += arrow((device.side, middle), 0.42 * em, ink)
    menu = device.wide - device.side
    if stream.chance(0.6):
        for y in (middle - 0.3 * em, middle, middle + 0.3 * em):
            rulings.append((Ruling("below", 0.08 * em, ink), (menu - 0.9 * em, y, menu, y)))
        menu -= 1.4 * em
    inset = max(left, device.wide - menu) if title.align == "center" else left
    item = Item("headline", title, (title_ask,), most_fit=1.0)
    right = menu if title.align == "left" else device.wide - inset
    return Flow(((inset, top, right, bottom),), (item,), "middle"), rulings, bottom


def tab_bar(device: Device, stream: Stream) -> tuple[list[Flow], list[tuple[Ruling, Box]], float]:
    """Return four tabs at the foot, each under a mark, the first one lit; and their upper edge."""
    em, top = device.em, device.high - 2.9 * device.em
    style = device.small._replace(size_px=0.66 * em, line_px=0.9 * em, align="center")
    lit = stream.integer(0, 4)
    each = device.wide / 4
    cells = tuple(
        Cell(each * at, each * (at + 1), style._replace(ink="accent") if at == lit else style, "tab") for at in range(4)
    )
    row = Item("tab", style, (Ask("tab", 4, "screen", cells=True),), cells=cells, height_px=0.9 * em)
    rulings = [(Ruling("above", 1.0, "tint"), (0.0, top, device.wide, top))]
    shapes = stream.order(len(NAMES))
    for at in range(4):
        x, y = each * (at + 0.5), top + 0.95 * em
        place = (x - 0.5 * em, y - 0.5 * em, x + 0.5 * em, y + 0.5 * em)
        rulings += icon(NAMES[shapes[at]], place, "accent" if at == lit else "text")
    return [Flow(((0.0, top + 1.6 * em, device.wide, device.high),), (row,))], rulings, top


def button(device: Device, foot: float, stream: Stream) -> tuple[list[Flow], list[tuple[Ruling, Box]], float]:
    """Return a button as wide as the screen's text, above ``foot``, and its upper edge."""
    em = device.em
    place = (device.side, foot - 2.9 * em, device.wide - device.side, foot - 0.6 * em)
    style = device.bold._replace(align="center", ink="reverse")
    press = Item("button", style, (Ask("button", 1, "screen"),), most_fit=1.0)
    shape = Ruling("fill", ink="accent", round_px=stream.pick((0.0, 0.35, 1.15)) * em)
    return [Flow((inside(place, em),), (press,), "middle")], [(shape, place)], place[1] - 0.3 * em


def inside(button: Box, em: float) -> Box:
    """Return the room of a button's text: it touches neither side."""
    return (button[0] + 0.6 * em, button[1], button[2] - 0.6 * em, button[3])


def arrow(tip: tuple[float, float], size: float, ink: str) -> list[tuple[Ruling, Box]]:
    """Return an arrow's head that points to the left, in steps of a px."""
    steps = max(int(size), 2)
    thick = max(0.22 * size, 1.2)
    found = []
    for at in range(steps):
        x, dy = tip[0] + at, at * size / steps
        for y in (tip[1] - dy, tip[1] + dy):
            found.append((Ruling("fill", ink=ink), (x, y - thick / 2, x + thick, y + thick / 2)))
    return found
