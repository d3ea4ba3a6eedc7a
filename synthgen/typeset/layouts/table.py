"""Tables with ruling lines: figures, prices, rankings, timetables."""

from __future__ import annotations

from dataclasses import dataclass, replace

from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.text.copy import Ask
from synthgen.typeset.design import headline_style, margins, pick_face, text_style
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.flow import Cell, Fixed, Flow, Item
from synthgen.typeset.layouts.composed import Composed, Composition, can_say
from synthgen.typeset.registry import register_layout
from synthgen.typeset.ruling import Ruling
from synthgen.typeset.text import Style


@dataclass(frozen=True, slots=True)
class Family:
    """A kind of table: the name its templates have, its columns' shares of the width and how they are aligned.

    ``spans`` are the first and last of columns that may have a head in common; one that is ``parted`` may be divided.
    """

    name: str
    shares: tuple[float, ...]
    aligns: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    parted: bool = True


FAMILIES = (
    Family("stat", (1.4, 1.0, 1.0, 1.0, 0.8), ("center", "right", "right", "right", "right"), ((1, 3), (1, 4))),
    Family("price", (1.8, 0.9, 1.0, 0.6, 1.2), ("left", "center", "right", "center", "right"), ((2, 4),)),
    Family(
        "league",
        (0.6, 1.8, 0.7, 0.7, 0.9),
        ("center", "left", "center", "center", "right"),
        ((2, 4), (2, 3)),
        parted=False,
    ),
    Family("day", (0.9, 2.0, 1.5, 0.8), ("center", "left", "left", "center"), ((1, 2),)),
    Family("staff", (0.5, 0.8, 1.5, 1.0, 1.6), ("center", "center", "left", "center", "center"), ((3, 4),)),
    Family("class", (0.5, 1.0, 1.0, 1.0, 1.0, 1.0), ("center",) * 6, ((1, 5),), parted=False),
    Family("bus", (1.3, 0.9, 0.9, 0.8, 1.0), ("left", "center", "center", "center", "right"), ((1, 2), (1, 4))),
)

# What stands over columns that have a head in common, and over parts of a table.
GROUPS = ("현황", "실적", "내역", "세부 내역", "집계 결과", "비교", "주요 내용")
PARTS = (("가군", "나군", "다군"), ("1부", "2부"), ("1권역", "2권역"), ("제1조", "제2조"))
# A table of fewer rows has no parts.
LEAST_PARTED = 6

# How a table is ruled: in cells, in cells open at the sides as offices do, between rows, or about head and foot only.
RULINGS = ("grid", "grid", "office", "office", "lines", "open", "light")


@dataclass(frozen=True, slots=True)
class _Look:
    """A table's ruling, its rows' padding, and which of its cells are tinted: ``zebra`` every other row.

    ``group`` is the head that some columns share, "" where none do, and ``span`` which of its family's spans they are;
    ``parts`` the lines that divide the rows.
    """

    ruled: str
    pad_px: float
    tinted_head: bool
    tinted_first: bool
    zebra: bool
    group: str
    span: int
    parts: tuple[str, ...]

    @property
    def more_rows(self) -> int:
        """How many rows it has beside its head and its body."""
        return bool(self.group) + len(self.parts)


def table_items(
    recipe: Recipe, faces: FaceSet, style: Style, width: float, rows: int, stream: Stream, titled: bool = True
) -> list[Item]:
    """Return a table's items: its title, head, rows and note, for a flow of this width."""
    family = stream.pick(FAMILIES)
    style = replace(style, align="left", indent_em=0.0, by_syllable=False, line_px=style.size_px * 1.3, raised="")
    bold = replace(style, face=pick_face(recipe, faces, stream, heavy=True))
    return _table(family, style, bold, _look(recipe, style, rows, stream), width, rows, stream, titled)


def _look(recipe: Recipe, style: Style, most_rows: int, stream: Stream) -> _Look:
    """Draw the look of a table of up to so many rows."""
    ruled, tinted = stream.pick(RULINGS), stream.chance(0.55)
    group, parts = stream.pick(GROUPS), stream.pick(PARTS)
    grouped = ruled != "light" and most_rows >= LEAST_PARTED and stream.chance(0.25)
    parted = most_rows >= LEAST_PARTED + 2 * len(parts) and stream.chance(0.2)
    lang, charset = recipe.lang, recipe.text.charset
    return _Look(
        ruled=ruled,
        pad_px=style.size_px * stream.uniform(0.08, 0.45),
        tinted_head=tinted,
        tinted_first=tinted and stream.chance(0.3),
        zebra=not tinted and stream.chance(0.25),
        group=group if grouped and can_say(group, lang, charset) else "",
        span=stream.integer(0, 2),
        parts=parts if parted and can_say("".join(parts), lang, charset) else (),
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
    if look.parts and family.parted:
        body = _parted(body, bold, look, width)
    heads = _grouped(head, family, look, width) if look.group else [head]
    items = [replace(heads[0], gap_px=0.35 * style.size_px), *heads[1:], *body]
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


def _grouped(head: Item, family: Family, look: _Look, width: float) -> list[Item]:
    """Return a head of two rows: over some of the columns one that they share, the others as high as both."""
    first, last = family.spans[look.span % len(family.spans)]
    left, right = head.cells[first].left_px, head.cells[last].right_px
    span = replace(head.cells[first], right_px=right)
    cells = (*head.cells[:first], span, *head.cells[last + 1 :])
    under = Ruling("below", 0.8, inset_px=(left, width - right))
    sides = (Ruling("left", 1.0), Ruling("left", 1.0, inset_px=(width, 0.0)))
    upper: tuple[Ruling, ...]
    lower: tuple[Ruling, ...]
    if look.ruled == "grid":
        upper, lower = (Ruling("above", 1.0), *sides, under), (Ruling("below", 1.0), *sides)
    else:
        upper, lower = (head.rulings[0], under), (head.rulings[1],)
    if look.ruled in ("grid", "office"):
        columns = Ruling("columns", 1.0 if look.ruled == "grid" else 0.8)
        upper, lower = (*upper, columns), (*lower, columns)
    high = head.style.line_px + 2 * head.pad_px
    merged = tuple(
        cell if first <= at <= last else replace(cell, shift_px=(0.0, -high / 2)) for at, cell in enumerate(head.cells)
    )
    said = (*[""] * first, look.group)
    over = Fixed("heading", head.style, cells=cells, pad_px=head.pad_px, keep_px=head.keep_px, rulings=upper, said=said)
    return [over, replace(head, cells=merged, rulings=lower)]


def _parted(body: list[Item], bold: Style, look: _Look, width: float) -> list[Item]:
    """Return a table's rows with the names of its parts between them, each across the whole width."""
    style = replace(bold, align="left" if look.ruled in ("lines", "open", "light") else "center")
    whole = (Cell(0.0, width, style, "subhead", "tint" if look.tinted_head else "", pad_px=0.4 * style.size_px),)
    size = style.size_px
    rulings = (Ruling("frame", 1.0),) if look.ruled == "grid" else _ruled(look.ruled, size, head=False)[:1]
    each, items = len(body) / len(look.parts), list[Item]()
    for at, name in enumerate(look.parts):
        part = Fixed("subhead", style, cells=whole, pad_px=look.pad_px, keep_px=1.0, rulings=rulings, said=(name,))
        items += [part, *body[round(at * each) : round((at + 1) * each)]]
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
            look = _look(recipe, style, int(room / (2 * style.line_px)), stream)
            # Title, head, note, and what is between them.
            around = (0.0 if alone else 2.2 * size) + 4.5 * size
            around += look.more_rows * (style.line_px + 2.3 * look.pad_px)
            most = int((room - around) / (style.line_px + 2 * look.pad_px))
            if most < 2:
                break
            rows = most if alone else min(stream.integer(5, 15), most)
            if most - rows < 4:
                rows = most
            items += _table(families.pop(), style, bold, look, width, rows, stream, titled=not alone)
            room -= around + rows * (style.line_px + 2 * look.pad_px)
        return Composition((Flow((box,), tuple(items)),), inks=frozenset({"text", "tint"}), drawn={"size_px": size})
