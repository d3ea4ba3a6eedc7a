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

    ``spans`` are the first and last of columns that may have a head in common, and what may stand there; ``parts`` the
    names that its rows may be divided by.
    """

    name: str
    shares: tuple[float, ...]
    aligns: tuple[str, ...]
    spans: tuple[tuple[int, int, tuple[str, ...]], ...]
    parts: tuple[tuple[str, ...], ...] = ()


FAMILIES = (
    Family(
        "stat",
        (1.4, 1.0, 1.0, 1.0, 0.8),
        ("center", "right", "right", "right", "right"),
        ((1, 3, ("현황", "실적", "집계 결과")), (1, 4, ("현황", "집계 결과", "세부 현황"))),
    ),
    Family(
        "price",
        (1.8, 0.9, 1.0, 0.6, 1.2),
        ("left", "center", "right", "center", "right"),
        ((2, 4, ("내역", "산출 내역", "세부 내역")),),
    ),
    Family(
        "league",
        (0.6, 1.8, 0.7, 0.7, 0.9),
        ("center", "left", "center", "center", "right"),
        ((2, 4, ("성적", "경기 결과", "전적")),),
    ),
    Family(
        "day",
        (0.9, 2.0, 1.5, 0.8),
        ("center", "left", "left", "center"),
        ((1, 2, ("주요 내용", "세부 내용")),),
        (("1부", "2부"),),
    ),
    Family(
        "staff",
        (0.5, 0.8, 1.5, 1.0, 1.6),
        ("center", "center", "left", "center", "center"),
        ((1, 3, ("인적 사항",)),),
        (("1조", "2조"), ("1조", "2조", "3조"), ("가팀", "나팀")),
    ),
    Family("class", (0.5, 1.0, 1.0, 1.0, 1.0, 1.0), ("center",) * 6, ((1, 5, ("요일", "요일별 내용")),)),
    Family(
        "bus",
        (1.3, 0.9, 0.9, 0.8, 1.0),
        ("left", "center", "center", "center", "right"),
        ((1, 2, ("시각", "운행 시각")), (1, 4, ("운행 안내", "운행 정보"))),
    ),
)

# All that may stand over columns that have a head in common.
GROUPS = tuple(name for family in FAMILIES for *_, names in family.spans for name in names)
# How many tables stand on a page at most, and how long those of a family are where they are several.
MOST_TABLES = 4
MOST_ROWS = {"stat": 15, "price": 13, "league": 11, "day": 11, "staff": 13, "class": 8, "bus": 13}
# A table of fewer rows has no parts.
LEAST_PARTED = 6

# How a table is ruled: in cells, in cells open at the sides as offices do, between rows, or about head and foot only.
RULINGS = ("grid", "grid", "office", "office", "lines", "open", "light")


@dataclass(frozen=True, slots=True)
class _Look:
    """A table's ruling, its rows' padding, and which of its cells are tinted: ``zebra`` every other row.

    ``group`` is the head that some columns share, "" where none do, and ``span`` which of its family's spans they are;
    ``parts`` the lines that divide the rows. A note stands below, or a unit over the table's right end.
    """

    ruled: str
    pad_px: float
    tinted_head: bool
    tinted_first: bool
    zebra: bool
    group: str
    span: int
    parts: tuple[str, ...]
    noted: bool
    note_left: bool
    note_below: bool
    title_left: bool

    @property
    def more_rows(self) -> int:
        """How many rows it has beside its head and its body."""
        return bool(self.group) + len(self.parts)


def table_items(
    recipe: Recipe, faces: FaceSet, style: Style, width: float, rows: int, stream: Stream, titled: bool = True
) -> list[Item]:
    """Return a table's items: its title, head, rows and note, for a flow of this width."""
    family = stream.pick(FAMILIES)
    style = style._replace(align="left", indent_em=0.0, by_syllable=False, line_px=style.size_px * 1.3, raised="")
    bold = style._replace(face=pick_face(recipe, faces, stream, heavy=True))
    return _table(family, style, bold, _look(family, recipe, style, rows, stream), width, rows, titled)


def _look(family: Family, recipe: Recipe, style: Style, most_rows: int, stream: Stream) -> _Look:
    """Draw the look of a family's tables of up to so many rows."""
    ruled, tinted = stream.pick(RULINGS), stream.chance(0.55)
    span = stream.integer(0, len(family.spans))
    group = stream.pick(family.spans[span][2])
    parts = stream.pick(family.parts) if family.parts else ()
    grouped = ruled != "light" and most_rows >= LEAST_PARTED and stream.chance(0.25)
    parted = bool(parts) and most_rows >= LEAST_PARTED + 2 * len(parts) and stream.chance(0.4)
    lang, charset = recipe.lang, recipe.text.charset
    return _Look(
        ruled=ruled,
        pad_px=style.size_px * stream.uniform(0.08, 0.45),
        tinted_head=tinted,
        tinted_first=tinted and stream.chance(0.3),
        zebra=not tinted and stream.chance(0.25),
        group=group if grouped and can_say(group, lang, charset) else "",
        span=span,
        parts=parts if parted and can_say("".join(parts), lang, charset) else (),
        noted=stream.chance(0.5),
        note_left=stream.chance(0.5),
        note_below=stream.chance(0.4),
        title_left=stream.chance(0.5),
    )


def _table(family: Family, style: Style, bold: Style, look: _Look, width: float, rows: int, titled: bool) -> list[Item]:
    """Return the items of a table of one family and look."""
    head = Item(
        "heading",
        bold,
        (Ask(f"heads_{family.name}", 5, "table", cells=True),),
        cells=_cells(family, bold._replace(align="center"), width, "tint" if look.tinted_head else "", center=True),
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
    if look.parts:
        body = _parted(body, bold, look, width)
    heads = _grouped(head, family, look, width) if look.group else [head]
    items = [replace(heads[0], gap_px=0.35 * style.size_px), *heads[1:], *body]
    note = style._replace(size_px=style.size_px * 0.85, align="left" if look.note_left else "right")
    noted = Item("note", note, (Ask("note", 3, "table"),), most_fit=1.0, gap_px=0.3 * style.size_px)
    if look.noted:
        # A unit stands over the table's right end, a source under it.
        items = [*items, noted] if look.note_left or look.note_below else [noted, *items]
    if titled:
        title = bold._replace(align="left" if look.title_left else "center")
        ask = (Ask("title", 4, "table"),)
        gap, keep = 0.9 * style.size_px, 6 * style.line_px
        items.insert(0, Item("caption", title, ask, most_fit=1.0, gap_px=gap, keep_px=keep))
    return items


def _grouped(head: Item, family: Family, look: _Look, width: float) -> list[Item]:
    """Return a head of two rows: over some of the columns one that they share, the others as high as both."""
    first, last, _ = family.spans[look.span]
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
    style = bold._replace(align="left" if look.ruled in ("lines", "open", "light") else "center")
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
        own = style if (align == "left" and not center) or style.align == align else style._replace(align=align)
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
        style = style._replace(align="left", indent_em=0.0, by_syllable=False, line_px=size * 1.3, raised="")
        bold = style._replace(face=pick_face(recipe, faces, stream, heavy=True))
        title = headline_style(recipe, bold.face, size * stream.uniform(1.4, 1.9), stream)
        title = title._replace(align=stream.pick(("center", "center", "left")), raised="")
        ask = (Ask("title", 3, "table"),)
        items = [Item("headline", title, ask, most_fit=1.0, height_px=1.5 * title.size_px)]
        room, alone = high - 1.5 * title.size_px, stream.chance(0.4)
        # The tables of a page are of one family, which is of one subject, and of one look.
        family = stream.pick(FAMILIES)
        look = _look(family, recipe, style, int(room / ((1.0 if alone else 2.0) * style.line_px)), stream)
        for _ in range(1 if alone else MOST_TABLES):
            # Title, head, note, and what is between them.
            around = (0.0 if alone else 2.2 * size) + 4.5 * size
            around += look.more_rows * (style.line_px + 2.3 * look.pad_px)
            most = int((room - around) / (style.line_px + 2 * look.pad_px))
            if most < 2:
                break
            rows = most if alone else min(stream.integer(4, MOST_ROWS[family.name]), most)
            if most - rows < 4:
                rows = min(most, MOST_ROWS[family.name] + 2) if not alone else most
            items += _table(family, style, bold, look, width, rows, titled=not alone)
            room -= around + rows * (style.line_px + 2 * look.pad_px)
        return Composition((Flow((box,), tuple(items)),), inks=frozenset({"text", "tint"}), drawn={"size_px": size})
