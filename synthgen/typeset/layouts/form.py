"""Forms: labels and values in ruled cells, filled in by a machine or a pen whose strokes touch the lines."""

from __future__ import annotations

from dataclasses import dataclass, replace

from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.text.copy import Ask, Copy
from synthgen.typeset.design import face_of, headline_style, margins, pick_face, text_style
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.flow import Cell, Flow, Item, asks_of
from synthgen.typeset.layout import Layout
from synthgen.typeset.layouts.composed import Composed, Composition, Setting, can_write
from synthgen.typeset.layouts.entries import entered, tick_boxes
from synthgen.typeset.layouts.pairs import Grid, Hands, arranged
from synthgen.typeset.layouts.seal import Seal, draw_seal, name_in, set_seal
from synthgen.typeset.registry import Brief, register_layout
from synthgen.typeset.ruling import Box, Ruling
from synthgen.typeset.shape import Shaper
from synthgen.typeset.text import Style

# Pen faces are drawn small in their em.
PEN_SIZE = 1.3
# How many forms bear the stamp of the day on which they came in, and how many of those asked for bear a seal.
STAMPED = 0.35
SEALED = 0.75
# How many pairs of cells most rows of a form have, and so how many are asked for, of the rows that there is room for.
PER_ROW = ((1, 1.0), (2, 1.5), (2, 1.5), (2, 1.5), (3, 1.8))
MOST_PAIRS = 22
# How the headings of groups are shown in a form of full rulings, and in an open one.
GROUPED = {"grid": ("column", "column", "bars", "", ""), "below": ("bars", "", "")}
# How many forms are such as go through an office's hands, and how many who approve there are.
APPROVED = 0.12
APPROVERS = 3


@dataclass(frozen=True, slots=True)
class _Own:
    """How a form's rows are ruled, which of its flows is theirs and which the signature's, and its seal."""

    grid: Grid
    rows: int
    signature: int
    seal: Seal | None


@register_layout("form")
class Form(Composed):
    """A title, rows of labelled cells, a statement, date, signature and whom it is for."""

    def compose(self, recipe: Recipe, faces: FaceSet, stream: Stream) -> Composition:
        """Draw the ruling, who fills it in, and how many rows there are."""
        left, top, right, bottom = margins(recipe, stream)
        box = (left, top, recipe.page.width_px - right, recipe.page.height_px - bottom)
        width, height = box[2] - box[0], box[3] - box[1]
        size = min(stream.between(recipe.type.body_px_range), width / 25, height / 30)
        plain = text_style(recipe, pick_face(recipe, faces, stream, heavy=False), size, stream)
        plain = plain._replace(align="left", line_px=size * 1.3, by_syllable=False, raised="")
        pen = stream.chance(recipe.page.pen_probability)
        value = self._pen(plain, faces, stream) if pen else plain
        bold = pick_face(recipe, faces, stream, heavy=True)
        label = plain._replace(face=bold if stream.chance(0.5) else plain.face, align="center")
        written = faces.faces[value.face]
        drop_em = (written.descent_em - written.ascent_em - sum(written.hangul_band_em)) / 2
        hands = Hands(plain, label, value, drop_em)
        head, rulings, y = self._head(box, hands, bold, recipe, stream)
        foot_px = 11.5 * size
        grid, asks = self._grid((box[0], y, box[2], box[3] - foot_px), hands, stream)
        foot, seal = self._foot((box[0], box[3] - foot_px, box[2], box[3]), hands, bold, recipe, faces, stream)
        # What the rows will be depends on what is written.
        rows = Flow((grid.box,), (Item("row", plain, asks, cells=()),))
        flows = [*head, rows, *foot]
        stamped = stream.chance(STAMPED)
        if stamped:
            stamp, ring = self._stamp((box[0], box[3] - foot_px, box[2], box[3]), plain, bold, stream)
            flows.insert(len(flows) - 2, stamp)
            rulings += ring
        inks = {"text", "tint", "seal"} | ({"pen"} if pen else set())
        return Composition(
            tuple(flows),
            tuple(rulings),
            inks=frozenset(inks),
            drawn={"size_px": size, "pen": pen},
            own=_Own(grid, len(head), flows.index(foot[2]), seal),
        )

    def set(self, brief: Brief, copy: Copy, recipe: Recipe, shaper: Shaper, bleed_px: int, stream: Stream) -> Layout:
        """Return the form, its rows arranged by their headings, its cells as wide as what is entered needs."""
        plan: Composition = brief.plan
        own: _Own = plan.own
        first = len(asks_of(plan.flows[: own.rows]))
        end = first + len(asks_of(plan.flows[own.rows : own.rows + 1]))
        rows, rulings, pairs = arranged(own.grid, copy.blocks[first:end])
        plan = replace(
            plan,
            flows=(*plan.flows[: own.rows], *rows, *plan.flows[own.rows + 1 :]),
            rulings=(*plan.rulings, *rulings),
            own=replace(own, signature=own.signature + len(rows) - 1),
        )
        copy = replace(copy, blocks=(*copy.blocks[:first], *pairs, *copy.blocks[end:]))
        plan, copy = entered(plan, copy, recipe, shaper, stream)
        return super().set(replace(brief, plan=plan), copy, recipe, shaper, bleed_px, stream)

    def complete(self, setting: Setting) -> None:
        """Tick boxes where a pen filled in the rest; press the signer's seal where one is asked for."""
        if setting.plan.drawn["pen"]:
            tick_boxes(setting.galley, setting.stream)
        own: _Own = setting.plan.own
        seal, signature = own.seal, setting.written[own.signature][0].paragraphs[0]
        name = name_in(signature)
        if seal is not None and name and signature.endswith("인)"):
            set_seal(setting.galley, seal, name, setting.shaper, setting.shift_px)

    def _head(
        self, box: Box, hands: Hands, bold: int, recipe: Recipe, stream: Stream
    ) -> tuple[list[Flow], list[tuple[Ruling, Box]], float]:
        """Return mark and title, the boxes of those who approve at times, their rulings, and where the rows begin."""
        x0, y0, x1, _ = box
        size = hands.plain.size_px
        small = hands.plain._replace(size_px=size * 0.72, line_px=size * 0.95)
        title = headline_style(recipe, bold, size * stream.uniform(1.7, 2.3), stream)
        title = title._replace(align="center", tracking_em=title.tracking_em + stream.pick((0.05, 0.2, 0.5)))
        items: list[Item] = []
        if stream.chance(0.7):
            items.append(Item("note", small, (Ask("mark", 4, "form"),), most_fit=1.0))
        items.append(Item("headline", title, (Ask("title", 3, "form"),), most_fit=1.0, pad_px=0.5 * size))
        high = small.line_px * (len(items) - 1) + title.line_px + size
        asked = can_write("approver", "form", recipe.lang)
        if not (stream.chance(APPROVED) and asked):
            return [Flow(((x0, y0, x1, y0 + high),), tuple(items))], [], y0 + high + 0.4 * size
        each = 3.1 * size
        left = x1 - each * APPROVERS
        names = hands.plain._replace(align="center")
        cells = tuple(Cell(at * each, (at + 1) * each, names, "label") for at in range(APPROVERS))
        grid = (Ruling("grid", 1.0),)
        tall = max(high, 4.2 * size)
        ask = (Ask("approver", 3, "form", cells=True),)
        boxes = [
            Item("row", names, ask, cells=cells, height_px=1.45 * size, rulings=grid),
            Item("rule", names, cells=cells, height_px=tall - 1.45 * size, rulings=grid),
        ]
        flows = [
            Flow(((x0, y0, left - 0.5 * size, y0 + tall),), tuple(items), "middle"),
            Flow(((left, y0, x1, y0 + tall),), tuple(boxes)),
        ]
        return flows, [], y0 + tall + 0.7 * size

    def _foot(
        self, box: Box, hands: Hands, bold: int, recipe: Recipe, faces: FaceSet, stream: Stream
    ) -> tuple[list[Flow], Seal | None]:
        """Return statement, date, signature and receiver below the rows, and the place of a seal."""
        plain = hands.plain
        x0, y, x1, y1 = box
        size, width = plain.size_px, box[2] - box[0]
        small = plain._replace(size_px=size * 0.72, line_px=size * 0.95)
        statement = Item("body", plain._replace(line_px=size * 1.4), (Ask("body", 8, "form"),), 3)
        day = Item("date", plain._replace(align="center"), (Ask("day", 2, "form"),), most_fit=1.0)
        signer = (hands.value if stream.chance(0.5) else plain)._replace(align="right")
        high = size * stream.uniform(2.3, 2.9)
        right = x1 - 0.04 * width - high
        place = y + 7.0 * size
        signature = Item("signature", signer, (Ask("seal", 3, "form"),), most_fit=1.0, height_px=2.0 * size)
        receiver = plain._replace(face=bold, size_px=size * 1.25, line_px=size * 1.7)
        low = [
            Item("receiver", receiver, (Ask("receiver", 2, "form"),), most_fit=1.0),
            Item(
                "note",
                small._replace(align=stream.pick(("left", "right"))),
                (Ask("foot", 4, "form"),),
                most_fit=1.0,
                gap_px=0.25 * size,
                rulings=(Ruling("above", 1.0),),
            ),
        ]
        flows = [
            Flow(((x0, y + 0.6 * size, x1, y + 5.0 * size),), (statement,)),
            Flow(((x0, y + 5.3 * size, x1, y + 7.0 * size),), (day,)),
            Flow(((x0 + 0.3 * width, place, right, place + 2.0 * size),), (signature,)),
            Flow(((x0, y1 - 2.9 * size, x1, y1),), tuple(low), "bottom"),
        ]
        # The ring runs into the bracket, its characters do not.
        left, middle = right - 0.3 * size, place + size
        seal = draw_seal(recipe, faces, left, middle, high, stream) if stream.chance(SEALED) else None
        return flows, seal

    def _stamp(self, box: Box, plain: Style, bold: int, stream: Stream) -> tuple[Flow, list[tuple[Ruling, Box]]]:
        """Return a clerk's stamp beside date and signature: the day in a frame or a ring, in a seal's ink."""
        size = plain.size_px * stream.uniform(0.85, 1.1)
        style = plain._replace(
            face=bold, size_px=size, line_px=1.3 * size, ink="seal", tracking_em=0.05, align="center"
        )
        wide, thick = stream.uniform(6.2, 7.0) * size, stream.uniform(1.2, 2.4)
        x0 = box[0] + stream.uniform(0.0, 0.4) * size
        middle = box[1] + 6.6 * plain.size_px
        day = Item("stamp", style, (Ask("day", 2, "form"),), most_fit=1.0, left_px=0.4 * size, right_px=0.4 * size)
        high = 1.9 * size
        line = (x0, middle - high / 2, x0 + wide, middle + high / 2)
        flow = Flow((line,), (day,), "middle")
        if stream.chance(0.5):
            round_px = stream.pick((0.0, 0.3 * size))
            return flow, [(Ruling("frame", thick, "seal", round_px=round_px), line)]
        # A ring with the day between two lines across it.
        tall = stream.uniform(3.3, 3.9) * plain.size_px
        whole = (x0, middle - tall / 2, x0 + wide, middle + tall / 2)
        inset = 0.5 * wide * (1 - (1 - (high / tall) ** 2) ** 0.5)
        across = (x0 + inset, line[1], x0 + wide - inset, line[3])
        return flow, [
            (Ruling("ring", thick, "seal"), whole),
            (Ruling("above", 0.7 * thick, "seal"), across),
            (Ruling("below", 0.7 * thick, "seal"), across),
        ]

    def _pen(self, plain: Style, faces: FaceSet, stream: Stream) -> Style:
        """Return the style of a hand that fills in the form."""
        size = plain.size_px * PEN_SIZE * stream.uniform(0.95, 1.25)
        return plain._replace(
            face=face_of(faces, "hand", stream),
            size_px=size,
            line_px=size,
            ink="pen",
            jitter_em=stream.uniform(0.01, 0.035),
            slant=stream.uniform(-0.06, 0.16),
            tracking_em=stream.uniform(-0.03, 0.06),
        )

    def _grid(self, box: Box, hands: Hands, stream: Stream) -> tuple[Grid, tuple[Ask, ...]]:
        """Return how the rows that fill a box are ruled, and what is asked for them."""
        size, width = hands.plain.size_px, box[2] - box[0]
        high = size * stream.uniform(1.75, 2.5)
        ruled = stream.pick(("grid", "grid", "grid", "below"))
        per_row, pairs = stream.pick(PER_ROW)
        count = min(max(2, int(pairs * (box[3] - box[1]) / high)), MOST_PAIRS)
        grid = Grid(
            box,
            hands,
            high,
            label_px=max(width * stream.uniform(0.15, 0.2), 4.4 * size) / (1.0 if per_row < 3 else 1.25),
            shade="tint" if stream.chance(0.6) else "",
            ruled=ruled,
            per_row=per_row,
            grouped=stream.pick(GROUPED[ruled]),
            photo_left=stream.chance(0.35),
            shifts=tuple(
                (stream.uniform(-0.1, 0.7) * size, stream.uniform(-0.16, 0.16) * min(high, 2.5 * size))
                for _ in range(MOST_PAIRS)
            ),
        )
        # A column of headings stands at the form's left edge: a photograph stands at its right one.
        grid = replace(grid, photo_left=grid.photo_left and grid.grouped != "column")
        return grid, (Ask("pair", 3, "form", cells=True),) * count
