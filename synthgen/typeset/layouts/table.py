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

# How a table is ruled: about each row, about the head, and whether the head is tinted.
RULINGS = ("grid", "grid", "lines", "open", "light")


def table_items(
    recipe: Recipe, faces: FaceSet, style: Style, width: float, rows: int, stream: Stream, titled: bool = True
) -> list[Item]:
    """Return a table's items: its title, head, rows and note, for a flow of this width."""
    family = stream.pick(FAMILIES)
    ruled, tinted = stream.pick(RULINGS), stream.chance(0.5)
    style = replace(style, align="left", indent_em=0.0, by_syllable=False, line_px=style.size_px * 1.3, raised="")
    bold = replace(style, face=pick_face(recipe, faces, stream, heavy=True))
    pad = style.size_px * stream.uniform(0.08, 0.45)
    head = Item(
        "heading",
        bold,
        (Ask(f"heads_{family.name}", 5, "table", cells=True),),
        cells=_cells(family, replace(bold, align="center"), width, "tint" if tinted else "", center=True),
        pad_px=pad,
        keep_px=4 * style.line_px,
        rulings=_ruled(ruled, head=True),
    )
    row = Item(
        "row",
        style,
        (Ask(f"row_{family.name}", 5, "table", cells=True),),
        cells=_cells(family, style, width, ""),
        pad_px=pad,
        rulings=_ruled(ruled, head=False),
    )
    title = replace(bold, align=stream.pick(("left", "center")))
    note = replace(style, size_px=style.size_px * 0.85, align=stream.pick(("left", "right")))
    items = [replace(head, gap_px=0.35 * style.size_px), *[row] * rows]
    if ruled == "open":
        items[-1] = replace(row, rulings=(Ruling("below", 1.6),))
    if titled:
        items.insert(
            0,
            Item("caption", title, (Ask("title", 4, "table"),), gap_px=0.8 * style.size_px, keep_px=6 * style.line_px),
        )
        if stream.chance(0.6):
            items.append(Item("note", note, (Ask("note", 3, "table"),), gap_px=0.3 * style.size_px))
    return items


def _cells(family: Family, style: Style, width: float, fill: str, center: bool = False) -> tuple[Cell, ...]:
    total, left, cells = sum(family.shares), 0.0, []
    for share, align in zip(family.shares, family.aligns, strict=True):
        right = left + share / total * width
        own = replace(style, align="center" if center else align)
        cells.append(Cell(left, right, own, fill=fill, pad_px=0.3 * style.size_px))
        left = right
    return tuple(cells)


def _ruled(ruled: str, head: bool) -> tuple[Ruling, ...]:
    if ruled == "grid":
        return (Ruling("grid", 1.0),)
    if ruled == "lines":
        return (Ruling("above", 1.6), Ruling("below", 1.0)) if head else (Ruling("below", 0.7),)
    if ruled == "open":
        return (Ruling("above", 1.8), Ruling("below", 0.9)) if head else ()
    return (Ruling("below", 1.2),) if head else (Ruling("below", 0.8, dash_px=2.0),)


@register_layout("table")
class Table(Composed):
    """A heading over one or two tables that fill the page."""

    def compose(self, recipe: Recipe, faces: FaceSet, stream: Stream) -> Composition:
        """Draw sizes and rulings; rows until the page is full."""
        left, top, right, bottom = margins(recipe, stream)
        box = (left, top, recipe.page.width_px - right, recipe.page.height_px - bottom)
        width = box[2] - box[0]
        size = min(stream.between(recipe.type.body_px_range), width / 26)
        style = text_style(recipe, pick_face(recipe, faces, stream, heavy=False), size, stream)
        title = headline_style(recipe, pick_face(recipe, faces, stream, heavy=True), size * 1.7, stream)
        items = [Item("headline", replace(title, align="center"), (Ask("title", 3, "table"),))]
        room = box[3] - box[1] - title.line_px
        while room > 8 * size:
            rows = min(stream.integer(5, 14), int((room - 5 * size) / (2.0 * size)))
            items += table_items(recipe, faces, style, width, max(rows, 1), stream, titled=True)
            room -= (rows + 3) * 2.0 * size
        return Composition((Flow((box,), tuple(items)),), inks=frozenset({"text", "tint"}), drawn={"size_px": size})
