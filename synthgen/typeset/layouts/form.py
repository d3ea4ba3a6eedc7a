"""Forms: labels and values in ruled cells, filled in by a machine or a pen whose strokes touch the lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.text.copy import Ask, Copy
from synthgen.typeset.design import face_of, headline_style, margins, pick_face, text_style
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.flow import Cell, Fixed, Flow, Item
from synthgen.typeset.layout import Layout
from synthgen.typeset.layouts.composed import Composed, Composition, Setting, can_say
from synthgen.typeset.layouts.entries import entered, tick_boxes
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
# Where a row's pairs of cells begin, as shares of its width.
SPLITS = ((0.0,), (0.0, 0.5), (0.0, 0.5), (0.0, 0.58), (0.0, 0.36, 0.68))
# Who has to approve, and what stands beside a group of rows or in the place of a photograph.
APPROVERS = (
    ("담당", "과장", "부장"),
    ("담당", "팀장", "원장"),
    ("작성", "검토", "승인"),
    ("계", "과장", "국장", "시장"),
)
GROUPS = ("신청인", "인적사항", "신청내용", "기본사항", "기재사항", "세부내용", "본인")
PHOTO = "사진"


@dataclass(frozen=True, slots=True)
class _Hands:
    """A form's styles of printed text, labels, and what is filled in, whose syllables ``drop_em`` centres in a line."""

    plain: Style
    label: Style
    value: Style
    drop_em: float


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
        plain = replace(plain, align="left", line_px=size * 1.3, by_syllable=False, raised="")
        pen = stream.chance(recipe.page.pen_probability)
        value = self._pen(plain, faces, stream) if pen else plain
        bold = pick_face(recipe, faces, stream, heavy=True)
        label = replace(plain, face=bold if stream.chance(0.5) else plain.face, align="center")
        written = faces.faces[value.face]
        drop_em = (written.descent_em - written.ascent_em - sum(written.hangul_band_em)) / 2
        hands = _Hands(plain, label, value, drop_em)
        head, rulings, y = self._head(box, hands, bold, recipe, stream)
        foot_px = 11.5 * size
        rows, more = self._rows((box[0], y, box[2], box[3] - foot_px), hands, recipe, stream)
        foot, seal = self._foot((box[0], box[3] - foot_px, box[2], box[3]), hands, bold, recipe, faces, stream)
        flows = [*head, *rows, *foot]
        stamped = stream.chance(STAMPED)
        if stamped:
            stamp, ring = self._stamp((box[0], box[3] - foot_px, box[2], box[3]), plain, bold, stream)
            flows.insert(len(flows) - 2, stamp)
            rulings += ring
        inks = {"text", "tint", "seal"} | ({"pen"} if pen else set())
        return Composition(
            tuple(flows),
            (*rulings, *more),
            inks=frozenset(inks),
            drawn={"size_px": size, "pen": pen},
            own=(flows.index(foot[2]), seal),
        )

    def set(self, brief: Brief, copy: Copy, recipe: Recipe, shaper: Shaper, bleed_px: int, stream: Stream) -> Layout:
        """Return the form, its cells as wide as what is entered needs."""
        plan, copy = entered(brief.plan, copy, recipe, shaper, stream)
        return super().set(replace(brief, plan=plan), copy, recipe, shaper, bleed_px, stream)

    def complete(self, setting: Setting) -> None:
        """Tick boxes where a pen filled in the rest; press the signer's seal where one is asked for."""
        if setting.plan.drawn["pen"]:
            tick_boxes(setting.galley, setting.stream)
        number, seal = setting.plan.own
        signature = setting.written[number][0].paragraphs[0]
        name = name_in(signature)
        if seal is not None and name and signature.endswith("인)"):
            set_seal(setting.galley, seal, name, setting.shaper, setting.shift_px)

    def _head(
        self, box: Box, hands: _Hands, bold: int, recipe: Recipe, stream: Stream
    ) -> tuple[list[Flow], list[tuple[Ruling, Box]], float]:
        """Return mark and title, the boxes of those who approve at times, their rulings, and where the rows begin."""
        x0, y0, x1, _ = box
        size = hands.plain.size_px
        small = replace(hands.plain, size_px=size * 0.72, line_px=size * 0.95)
        title = headline_style(recipe, bold, size * stream.uniform(1.7, 2.3), stream)
        title = replace(title, align="center", tracking_em=title.tracking_em + stream.pick((0.05, 0.2, 0.5)))
        items: list[Item] = []
        if stream.chance(0.7):
            items.append(Item("note", small, (Ask("mark", 4, "form"),), most_fit=1.0))
        items.append(Item("headline", title, (Ask("title", 3, "form"),), most_fit=1.0, pad_px=0.5 * size))
        high = small.line_px * (len(items) - 1) + title.line_px + size
        approvers = stream.pick(APPROVERS)
        if not (stream.chance(0.25) and can_say("".join(approvers), recipe.lang, recipe.text.charset)):
            return [Flow(((x0, y0, x1, y0 + high),), tuple(items))], [], y0 + high + 0.4 * size
        each = 3.1 * size
        left = x1 - each * len(approvers)
        names = replace(hands.plain, align="center")
        cells = tuple(Cell(at * each, (at + 1) * each, names, "label") for at in range(len(approvers)))
        grid = (Ruling("grid", 1.0),)
        tall = max(high, 4.2 * size)
        boxes = [
            Fixed("row", names, cells=cells, height_px=1.45 * size, rulings=grid, said=approvers),
            Item("rule", names, cells=cells, height_px=tall - 1.45 * size, rulings=grid),
        ]
        flows = [
            Flow(((x0, y0, left - 0.5 * size, y0 + tall),), tuple(items), "middle"),
            Flow(((left, y0, x1, y0 + tall),), tuple(boxes)),
        ]
        return flows, [], y0 + tall + 0.7 * size

    def _foot(
        self, box: Box, hands: _Hands, bold: int, recipe: Recipe, faces: FaceSet, stream: Stream
    ) -> tuple[list[Flow], Seal | None]:
        """Return statement, date, signature and receiver below the rows, and the place of a seal."""
        plain = hands.plain
        x0, y, x1, y1 = box
        size, width = plain.size_px, box[2] - box[0]
        small = replace(plain, size_px=size * 0.72, line_px=size * 0.95)
        statement = Item("body", replace(plain, line_px=size * 1.4), (Ask("body", 8, "form"),), 3)
        day = Item("date", replace(plain, align="center"), (Ask("day", 2, "form"),), most_fit=1.0)
        signer = replace(hands.value if stream.chance(0.5) else plain, align="right")
        high = size * stream.uniform(2.3, 2.9)
        right = x1 - 0.04 * width - high
        place = y + 7.0 * size
        signature = Item("signature", signer, (Ask("seal", 3, "form"),), most_fit=1.0, height_px=2.0 * size)
        receiver = replace(plain, face=bold, size_px=size * 1.25, line_px=size * 1.7)
        low = [
            Item("receiver", receiver, (Ask("receiver", 2, "form"),), most_fit=1.0),
            Item(
                "note",
                replace(small, align=stream.pick(("left", "right"))),
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
        style = replace(
            plain, face=bold, size_px=size, line_px=1.3 * size, ink="seal", tracking_em=0.05, align="center"
        )
        wide, thick = stream.uniform(7.5, 9.0) * size, stream.uniform(1.2, 2.4)
        x0 = box[0] + stream.uniform(0.2, 1.5) * size
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
        return replace(
            plain,
            face=face_of(faces, "hand", stream),
            size_px=size,
            line_px=size,
            ink="pen",
            jitter_em=stream.uniform(0.01, 0.035),
            slant=stream.uniform(-0.06, 0.16),
            tracking_em=stream.uniform(-0.03, 0.06),
        )

    def _rows(
        self, box: Box, hands: _Hands, recipe: Recipe, stream: Stream
    ) -> tuple[list[Flow], list[tuple[Ruling, Box]]]:
        """Return the rows that fill a box, beside a photograph's place at times, in groups under one name at times."""
        size, width = hands.plain.size_px, box[2] - box[0]
        high = size * stream.uniform(1.75, 2.5)
        shade = "tint" if stream.chance(0.6) else ""
        ruled = stream.pick(("grid", "grid", "grid", "below"))
        # Most rows of a form are divided alike.
        usual = stream.pick(SPLITS[1:])
        splits = (usual, usual, usual, SPLITS[0], SPLITS[0], stream.pick(SPLITS))
        label_px = max(width * stream.uniform(0.15, 0.2), 4.4 * size)
        count = max(2, int((box[3] - box[1]) / high))
        tall = [2 if stream.chance(0.12) else 1 for _ in range(count)]
        while sum(tall) > count:
            tall.pop()
        tall += [1] * (count - sum(tall))
        flows: list[Flow] = []
        rulings: list[tuple[Ruling, Box]] = []
        center = replace(hands.label, align="center")
        photo = 0
        if stream.chance(0.25) and ruled == "grid" and can_say(PHOTO, recipe.lang, recipe.text.charset) and count > 6:
            photo, x = round(7.0 * size / high), box[2] - 6.2 * size
            place = (x, box[1], box[2], box[1] + sum(tall[:photo]) * high)
            note = Fixed("label", replace(center, ink="text"), most_fit=1.0, said=(PHOTO,))
            rulings.append((Ruling("frame", 1.0), place))
            flows.append(Flow((place,), (note,), "middle"))
        grouped = ruled == "grid" and stream.chance(0.45)
        names, at, y = [GROUPS[one] for one in stream.order(len(GROUPS))], 0, box[1]
        while at < len(tall):
            end = photo if at < photo else min(at + stream.integer(2, 6), len(tall)) if grouped else len(tall)
            right = 6.2 * size if at < photo else 0.0
            left = 0.0
            deep = sum(tall[at:end]) * high
            name = names.pop() if grouped and names and end - at > 1 and stream.chance(0.75) else ""
            if name and can_say(name, recipe.lang, recipe.text.charset):
                left = 3.4 * size
                place = (box[0], y, box[0] + left, y + deep)
                rulings.append((Ruling("frame", 1.0), place))
                said = Fixed("label", center, most_fit=1.0, left_px=0.2 * size, right_px=0.2 * size, said=(name,))
                flows.append(Flow((place,), (said,), "middle"))
            rows = [
                self._row(hands, width, (left, width - right), label_px, one * high, shade, ruled, splits, stream)
                for one in tall[at:end]
            ]
            flows.append(Flow(((box[0], y, box[2], y + deep + 1),), tuple(rows)))
            at, y = end, y + deep
        return flows, rulings

    def _row(
        self,
        hands: _Hands,
        whole_px: float,
        span: tuple[float, float],
        label_px: float,
        high: float,
        shade: str,
        ruled: str,
        splits: Sequence[tuple[float, ...]],
        stream: Stream,
    ) -> Item:
        """Return a row of one to three pairs of cells between two x in px from the flow's left."""
        size, width = hands.plain.size_px, span[1] - span[0]
        starts = [start for start in stream.pick(splits) if start == 0.0 or width * (1 - start) > 2.1 * label_px]
        if width < 21 * size:
            starts = starts[:1]
        edges = [span[0] + start * width for start in starts] + [span[1]]
        cells: list[Cell] = []
        for left, right in pairwise(edges):
            shift = (0.0, 0.0)
            if hands.value.ink == "pen":
                # A hand keeps to no line: its strokes run into the rules.
                drop = hands.drop_em * hands.value.size_px + stream.uniform(-0.16, 0.16) * min(high, 2.5 * size)
                shift = (stream.uniform(-0.1, 0.7) * size, drop)
            middle = left + min(label_px, 0.45 * (right - left))
            cells.append(Cell(left, middle, hands.label, "label", shade, pad_px=0.25 * size))
            cells.append(Cell(middle, right, hands.value, "value", "", shift, pad_px=0.45 * size))
        pairs = len(edges) - 1
        return Item(
            "row",
            hands.plain,
            (Ask("pair", 3, "form", cells=True),) * pairs,
            cells=tuple(cells),
            height_px=high,
            left_px=span[0],
            right_px=whole_px - span[1],
            rulings=(Ruling(ruled, 1.0),),
        )
