"""Tables with ruling lines: figures, prices, rankings, timetables."""

from __future__ import annotations

from dataclasses import dataclass, replace

from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.text.copy import Ask
from synthgen.typeset.design import headline_style, margins, pick_face, text_style
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.flow import Cell, Flow, Item
from synthgen.typeset.layouts.composed import Composed, Composition
from synthgen.typeset.registry import register_layout
from synthgen.typeset.ruling import Ruling
from synthgen.typeset.text import Style


@dataclass(frozen=True, slots=True)
class Family:
    """A kind of table: the name its templates have, its columns' shares of the width and how they are aligned."""

    name: str
    shares: tuple[float, ...]
    aligns: tuple[str, ...]


FAMILIES = (
    Family("stat", (1.4, 1.0, 1.0, 1.0, 0.8), ("center", "right", "right", "right", "right")),
    Family("price", (1.8, 0.9, 1.0, 0.6, 1.2), ("left", "center", "right", "center", "right")),
    Family("league", (0.6, 1.8, 0.7, 0.7, 0.9), ("center", "left", "center", "center", "right")),
    Family("day", (0.9, 2.0, 1.5, 0.8), ("center", "left", "left", "center")),
    Family("staff", (0.5, 0.8, 1.5, 1.0, 1.6), ("center", "center", "left", "center", "center")),
    Family("class", (0.5, 1.0, 1.0, 1.0, 1.0, 1.0), ("center",) * 6),
    Family("bus", (1.3, 0.9, 0.9, 0.8, 1.0), ("left", "center", "center", "center", "right")),
)

# How a table is ruled: in cells, in cells open at the sides as offices do, between rows, or about head and foot only.
RULINGS = ("grid", "grid", "office", "office", "lines", "open", "light")


@dataclass(frozen=True, slots=True)
class _Look:
    """A table's ruling, its rows' padding, and which of its cells are tinted: ``zebra`` every other row."""

    ruled: str
    pad_px: float
    tinted_head: bool
    tinted_first: bool
    zebra: bool


def table_items(
    recipe: Recipe, faces: FaceSet, style: Style, width: float, rows: int, stream: Stream, titled: bool = True
) -> list[Item]:
    """Return a table's items: its title, head, rows and note, for a flow of this width."""
    family = stream.pick(FAMILIES)
    style = replace(style, align="left", indent_em=0.0, by_syllable=False, line_px=style.size_px * 1.3, raised="")
    bold = replace(style, face=pick_face(recipe, faces, stream, heavy=True))
    return _table(family, style, bold, _look(style, stream), width, rows, stream, titled)


def _look(style: Style, stream: Stream) -> _Look:
    ruled, tinted = stream.pick(RULINGS), stream.chance(0.55)
    return _Look(
        ruled=ruled,
        pad_px=style.size_px * stream.uniform(0.08, 0.45),
        tinted_head=tinted,
        tinted_first=tinted and stream.chance(0.3),
        zebra=not tinted and stream.chance(0.25),
    )


def _table(
    family: Family, style: Style, bold: Style, look: _Look, width: float, rows: int, stream: Stream, titled: bool
) -> list[Item]:
    """Return the items of a table of one family and look."""
    head = Item(
        "heading",
        bold,
        (Ask(f"heads_{family.name}", 5, "table", cells=True),),
        cells=_cells(family, replace(bold, align="center"), width, "tint" if look.tinted_head else "", center=True),
        pad_px=look.pad_px * 1.15,
        keep_px=4 * style.line_px,
        rulings=_ruled(look.ruled, style.size_px, head=True),
    )
    row = Item(
        "row",
        style,
        (Ask(f"row_{family.name}", 5, "table", cells=True),),
        cells=_cells(family, style, width, ""),
        pad_px=look.pad_px,
        rulings=_ruled(look.ruled, style.size_px, head=False),
    )
    if look.tinted_first:
        row = replace(row, cells=(replace(row.cells[0], fill="tint"), *row.cells[1:]))
    shaded = replace(row, cells=tuple(replace(cell, fill="tint") for cell in row.cells)) if look.zebra else row
    body = [shaded if at % 2 else row for at in range(rows)]
    if look.ruled in ("open", "office"):
        body[-1] = replace(body[-1], rulings=(*body[-1].rulings[1:], Ruling("below", 1.8)))
    items = [replace(head, gap_px=0.35 * style.size_px), *body]
    note = replace(style, size_px=style.size_px * 0.85, align=stream.pick(("left", "right")))
    noted = Item("note", note, (Ask("note", 3, "table"),), most_fit=1.0, gap_px=0.3 * style.size_px)
    if stream.chance(0.5):
        # A unit stands over the table's right end, a source under it.
        items = [*items, noted] if note.align == "left" or stream.chance(0.4) else [noted, *items]
    if titled:
        title = replace(bold, align=stream.pick(("left", "center")))
        ask = (Ask("title", 4, "table"),)
        gap, keep = 0.9 * style.size_px, 6 * style.line_px
        items.insert(0, Item("caption", title, ask, most_fit=1.0, gap_px=gap, keep_px=keep))
    return items


def _cells(family: Family, style: Style, width: float, fill: str, center: bool = False) -> tuple[Cell, ...]:
    total, left, cells = sum(family.shares), 0.0, []
    for share, align in zip(family.shares, family.aligns, strict=True):
        right = left + share / total * width
        own = style if (align == "left" and not center) or style.align == align else replace(style, align=align)
        cells.append(Cell(left, right, style if center else own, fill=fill, pad_px=0.4 * style.size_px))
        left = right
    return tuple(cells)


def _ruled(ruled: str, size_px: float, head: bool) -> tuple[Ruling, ...]:
    """Return the rulings of a row, the one below it first but for the head's."""
    if ruled == "grid":
        return (Ruling("grid", 1.0),)
    if ruled == "office":
        between = Ruling("columns", 0.8)
        return (Ruling("above", 1.8), Ruling("below", 1.0), between) if head else (Ruling("below", 0.8), between)
    if ruled == "lines":
        return (Ruling("above", 1.6), Ruling("below", 1.0)) if head else (Ruling("below", 0.7),)
    if ruled == "open":
        return (Ruling("above", 1.8), Ruling("below", 0.9)) if head else ()
    return (Ruling("below", 1.2),) if head else (Ruling("below", 0.8, dash_px=0.3 * size_px),)


@register_layout("table")
class Table(Composed):
    """A heading over one or two tables that fill the page."""

    def compose(self, recipe: Recipe, faces: FaceSet, stream: Stream) -> Composition:
        """Draw sizes and rulings; rows until the page is full."""
        left, top, right, bottom = margins(recipe, stream)
        box = (left, top, recipe.page.width_px - right, recipe.page.height_px - bottom)
        width, high = box[2] - box[0], box[3] - box[1]
        size = min(stream.between(recipe.type.body_px_range), width / 26)
        style = text_style(recipe, pick_face(recipe, faces, stream, heavy=False), size, stream)
        style = replace(style, align="left", indent_em=0.0, by_syllable=False, line_px=size * 1.3, raised="")
        bold = replace(style, face=pick_face(recipe, faces, stream, heavy=True))
        title = headline_style(recipe, bold.face, size * stream.uniform(1.4, 1.9), stream)
        title = replace(title, align=stream.pick(("center", "center", "left")), raised="")
        ask = (Ask("title", 3, "table"),)
        items = [Item("headline", title, ask, most_fit=1.0, height_px=1.5 * title.size_px)]
        room, alone = high - 1.5 * title.size_px, stream.chance(0.4)
        families = [FAMILIES[at] for at in stream.order(len(FAMILIES))]
        while families:
            look = _look(style, stream)
            # Title, head, note, and what is between them.
            around = (0.0 if alone else 2.2 * size) + 4.5 * size
            most = int((room - around) / (style.line_px + 2 * look.pad_px))
            if most < 2:
                break
            rows = most if alone else min(stream.integer(5, 15), most)
            if most - rows < 4:
                rows = most
            items += _table(families.pop(), style, bold, look, width, rows, stream, titled=not alone)
            room -= around + rows * (style.line_px + 2 * look.pad_px)
        return Composition((Flow((box,), tuple(items)),), inks=frozenset({"text", "tint"}), drawn={"size_px": size})
