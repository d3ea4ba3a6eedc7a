"""Reports and letters: headings that are numbered, paragraphs, points, notes at the foot, a number on the page."""

from __future__ import annotations

from dataclasses import dataclass, replace

from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.text.copy import Ask, Copy
from synthgen.typeset.design import headline_style, margins, pick_face, size_for_words, text_style, words_in
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.flow import Flow, Item, set_flow
from synthgen.typeset.layout import Layout
from synthgen.typeset.layouts.composed import Composed, Composition, Setting
from synthgen.typeset.layouts.notes import MARK, fitting, lead_of, marked
from synthgen.typeset.layouts.table import table_items
from synthgen.typeset.registry import Brief, register_layout
from synthgen.typeset.ruling import Box, Ruling
from synthgen.typeset.shape import Shaper
from synthgen.typeset.text import Style


@dataclass(frozen=True, slots=True)
class Scheme:
    """How the levels of a document are numbered: sections, what is under them, and points."""

    sections: tuple[str, ...]
    parts: tuple[str, ...]
    points: tuple[str, ...]


# In a part's number, what stands for its section's.
_OF_SECTION = "§"

SCHEMES = (
    Scheme(("1.", "2.", "3.", "4.", "5.", "6."), ("가.", "나.", "다."), ("1)", "2)", "3)", "4)")),
    Scheme(("Ⅰ.", "Ⅱ.", "Ⅲ.", "Ⅳ.", "Ⅴ.", "Ⅵ."), ("1.", "2.", "3."), ("가.", "나.", "다.", "라.")),
    Scheme(("제1장", "제2장", "제3장", "제4장", "제5장", "제6장"), ("제1절", "제2절", "제3절"), ("①", "②", "③", "④")),
    Scheme(("1.", "2.", "3.", "4.", "5.", "6."), ("§1", "§2", "§3"), ("·",) * 4),
    Scheme(("■",) * 6, ("▶",) * 3, ("-",) * 4),
    Scheme(("□",) * 6, ("○",) * 3, ("-",) * 4),
)
# The scheme of offices: every line is a point of one of three levels.
BRIEFING = Scheme(("□",) * 8, ("○",) * 4, ("-",) * 4)


# What a syllable's advance is taken to be where words are counted.
MEAN_ADVANCE_EM = 0.93


def page_box(recipe: Recipe, stream: Stream, least_frac: float = 0.0) -> Box:
    """Return the box inside the page's margins, each at least a share of the shorter side."""
    short = min(recipe.page.width_px, recipe.page.height_px)
    left, top, right, bottom = (max(one, least_frac * short) for one in margins(recipe, stream))
    return (left, top, recipe.page.width_px - right, recipe.page.height_px - bottom)


def body_size(recipe: Recipe, box: Box, stream: Stream, filled: float = 1.0) -> float:
    """Return the size at which a box holds a number of words of the recipe's range."""
    low, high = recipe.page.words_range
    area = filled * (box[2] - box[0]) * (box[3] - box[1])
    return size_for_words(stream.integer(low, high + 1), area, recipe, recipe.type.line_spacing_range[0])


@register_layout("document")
class Document(Composed):
    """A page of a report: title or running on, numbered sections, points, a small table at times, notes, a folio."""

    def compose(self, recipe: Recipe, faces: FaceSet, stream: Stream) -> Composition:
        """Draw the page's styles, then fill its height with sections."""
        box = page_box(recipe, stream, 0.06)
        size = body_size(recipe, box, stream, 0.8)
        face = pick_face(recipe, faces, stream, heavy=False)
        body = text_style(recipe, face, size, stream)._replace(indent_em=stream.pick((0.0, 1.0, 1.0)))
        bold = face if stream.chance(0.25) else pick_face(recipe, faces, stream, heavy=True)
        small = body._replace(size_px=size * 0.8, line_px=size * 1.15, align="left", indent_em=0.0, by_syllable=False)
        foot = Item("page", small._replace(align="center"), (Ask("page", 1, "report"),))
        bottom = box[3] - 1.6 * small.line_px
        flows = [Flow(((box[0], bottom + 0.6 * small.line_px, box[2], box[3]),), (foot,), "bottom")]
        items: list[Item] = []
        if stream.chance(0.25):
            top = small._replace(align=stream.pick(("left", "right")))
            ask = (Ask("line", 3, "report"),)
            running = Item("running", top, ask, most_fit=1.0, rulings=stream.pick(((), (Ruling("below", 0.7),))))
            flows.append(Flow(((box[0], box[1], box[2], box[1] + 1.2 * small.line_px),), (running,)))
            box = (box[0], box[1] + 2 * small.line_px, box[2], box[3])
        if stream.chance(0.7):
            items += self._title(recipe, bold, body, stream)
        briefing = stream.chance(0.2)
        # Of points alone none has a note.
        if not briefing and stream.chance(0.42):
            note = small._replace(indent_em=-1.2)
            count = stream.integer(1, 3)
            notes = [
                Item("footnote", note, (Ask("footnote", 8, "report", lead_of(at + 1)),), 2, left_px=1.2 * note.size_px)
                for at in range(count)
            ]
            high = (count + 1) * note.line_px
            line = Item(
                "rule", note, height_px=0.4 * size, rulings=(Ruling("above", 0.8),), right_px=0.7 * (box[2] - box[0])
            )
            flows.insert(0, Flow(((box[0], bottom - high - 0.5 * size, box[2], bottom),), (line, *notes)))
            bottom -= high + 1.5 * size
        column = (box[0], box[1], box[2], bottom)
        fill = self._briefing if briefing else self._sections
        items += fill(recipe, faces, bold, body, small, column, stream)
        head = [flow for flow in flows if flow.items[0].role == "running"]
        rest = [flow for flow in flows if flow.items[0].role != "running"]
        return Composition(
            (*head, Flow((column,), tuple(items)), *rest), drawn={"size_px": size}, inks=frozenset({"text", "tint"})
        )

    def set(self, brief: Brief, copy: Copy, recipe: Recipe, shaper: Shaper, bleed_px: int, stream: Stream) -> Layout:
        """Return the page with a mark in its first paragraphs for each of its notes."""
        plan, copy = _noted(brief.plan, copy, shaper)
        return super().set(replace(brief, plan=plan), copy, recipe, shaper, bleed_px, stream)

    def _title(self, recipe: Recipe, bold: int, body: Style, stream: Stream) -> list[Item]:
        size = body.size_px
        title = headline_style(recipe, bold, size * stream.uniform(1.5, 2.1), stream)
        title = title._replace(align=stream.pick(("center", "center", "left")), line_px=title.size_px * 1.4)
        rulings = stream.pick(((), (), (Ruling("frame", 1.2),), (Ruling("above", 2.0), Ruling("below", 2.0))))
        author = body._replace(align=stream.pick(("right", "center")), indent_em=0.0, by_syllable=False)
        pad = 0.35 * size if rulings else 0.0
        return [
            Item("headline", title, (Ask("headline", 4, "report"),), most_fit=1.0, pad_px=pad, rulings=rulings),
            Item("byline", author, (Ask("author", 2, "report"),), 1, gap_px=0.6 * size),
            Item("rule", author, gap_px=0.8 * size),
        ]

    def _sections(
        self, recipe: Recipe, faces: FaceSet, bold: int, body: Style, small: Style, box: Box, stream: Stream
    ) -> list[Item]:
        """Return sections until they are sure to fill the box."""
        size, width = body.size_px, box[2] - box[0]
        scheme = stream.pick(SCHEMES)
        # Without a bolder face, headings are larger.
        large = stream.uniform(1.25, 1.45) if bold == body.face else stream.uniform(1.1, 1.35)
        heading = body._replace(face=bold, size_px=size * large, align="left", indent_em=0.0)
        heading = heading._replace(line_px=heading.size_px * 1.4, by_syllable=False, raised="")
        under = heading._replace(size_px=size * (1 + 0.3 * (large - 1)), line_px=size * 1.4)
        point = body._replace(indent_em=-1.3, align="left", by_syllable=False)
        items: list[Item] = []
        room = box[3] - box[1]
        for number in scheme.sections:
            if room < 0:
                break
            keep = 1.7 * body.line_px
            items.append(
                Item("heading", heading, (Ask("heading", 3, "report", number),), gap_px=0.9 * size, keep_px=keep)
            )
            for part in scheme.parts[: stream.integer(2, 4)] if stream.chance(0.3) else ("",):
                if part:
                    ask = (Ask("heading", 2, "report", part.replace(_OF_SECTION, number)),)
                    items.append(Item("subhead", under, ask, gap_px=0.45 * size, keep_px=keep, left_px=0.6 * size))
                    room -= under.line_px + 0.45 * size
                words = stream.integer(20, 60)
                ask = (Ask("body", words, "report"),)
                items.append(
                    Item("body", body, ask, 0, gap_px=0.3 * size, marked=True, left_px=0.6 * size * bool(part))
                )
                room -= body.line_px * (words / max(words_in(width, body.line_px, body), 1) + 0.5)
            room -= heading.line_px + size
            if stream.chance(0.5):
                count = stream.integer(2, 5)
                items += [
                    Item(
                        "list",
                        point,
                        (Ask("point", 5, "report", lead),),
                        2,
                        gap_px=0.15 * size,
                        left_px=(1.3 + 0.9) * size,
                    )
                    for lead in scheme.points[:count]
                ]
                room -= count * point.line_px
            elif stream.chance(0.3):
                items += table_items(recipe, faces, small, width, stream.integer(3, 6), stream)
                room -= 6 * small.line_px
        return items

    def _briefing(
        self, recipe: Recipe, faces: FaceSet, bold: int, body: Style, small: Style, box: Box, stream: Stream
    ) -> list[Item]:
        """Return points under points, as offices write them, until they are sure to fill the box."""
        size = body.size_px
        plain = body._replace(align="left", by_syllable=False, indent_em=-1.25)
        first = plain._replace(face=bold, size_px=1.15 * size, line_px=1.2 * body.line_px)
        last = plain._replace(size_px=0.93 * size)
        items: list[Item] = []
        room = box[3] - box[1]

        def add(style: Style, role: str, mark: str, level: float, gap: float) -> float:
            ask = (Ask("heading" if role == "heading" else "point", 6, "report", mark),)
            keep = body.line_px if role == "heading" else 0.0
            left = (level + 1.25) * style.size_px
            items.append(Item(role, style, ask, 2, gap_px=gap * size, left_px=left, keep_px=keep))
            return style.line_px + gap * size

        for section in BRIEFING.sections:
            if room < 0:
                break
            room -= add(first, "heading", section, 0.0, 0.8)
            for part in BRIEFING.parts[: stream.integer(1, 5)]:
                room -= add(plain, "list", part, 0.9, 0.35)
                for mark in BRIEFING.points[: stream.pick((0, 0, 1, 2))]:
                    room -= add(last, "list", mark, 1.9, 0.2)
        return items


def _noted(plan: Composition, copy: Copy, shaper: Shaper) -> tuple[Composition, Copy]:
    """Return the page and its copy with a mark in the first running text for each note; other marks are taken out."""
    blocks = [
        replace(block, paragraphs=tuple(MARK.sub("", paragraph) for paragraph in block.paragraphs))
        if block.role == "body"
        else block
        for block in copy.blocks
    ]
    at = next((at for at, flow in enumerate(plan.flows) if flow.items[-1].role == "footnote"), -1)
    body = next((at for at, block in enumerate(blocks) if block.role == "body"), -1)
    if at < 0 or body < 0:
        return plan, replace(copy, blocks=tuple(blocks))
    first = sum(len(item.asks) for flow in plan.flows[:at] for item in flow.items)
    notes = [block for block in blocks if block.role == "footnote"]
    flow = plan.flows[at]
    paragraphs, kept = marked(blocks[body].paragraphs, fitting(notes, flow, shaper))
    blocks[body] = replace(blocks[body], paragraphs=paragraphs)
    del blocks[first + kept : first + len(notes)]
    # Without a note there is no rule above it either.
    noted = (replace(flow, items=flow.items[: 1 + kept]),) if kept else ()
    flows = (*plan.flows[:at], *noted, *plan.flows[at + 1 :])
    return replace(plan, flows=flows), replace(copy, blocks=tuple(blocks))


def _syllable_advance(faces: FaceSet, face: int) -> float:
    """Return how far a syllable moves the pen in a face, in em."""
    chosen = faces.faces[face]
    return float(chosen.advance_em[chosen.glyph_of[ord("가")]])


@register_layout("letter")
class Letter(Composed):
    """A letter: who it is for, paragraphs, the date and who sends it."""

    def compose(self, recipe: Recipe, faces: FaceSet, stream: Stream) -> Composition:
        """Draw hand and form of the letter."""
        box = page_box(recipe, stream, 0.08)
        size = body_size(recipe, box, stream, 0.75)
        face = pick_face(recipe, faces, stream, heavy=None if stream.chance(0.2) else False)
        body = text_style(recipe, face, size, stream)
        hand = faces.faces[face].kind == "hand"
        if hand:
            # Pen faces are drawn small in their em: what they write is as large as print.
            larger = min(max(0.9 / faces.faces[face].hangul_height_em, 1.0), 1.3)
            body = body._replace(size_px=size * larger, line_px=body.line_px * larger**0.5)
            body = body._replace(align="left", jitter_em=max(body.jitter_em, 0.015), by_syllable=False)
        body = body._replace(indent_em=stream.pick((0.0, 1.0, 1.0)))
        plain = body._replace(align="left", indent_em=0.0, by_syllable=False)
        right = plain._replace(align="right")
        closing = [
            Item("date", right, (Ask("date", 2, "letter"),), gap_px=1.2 * body.line_px),
            Item("signature", right, (Ask("from", 2, "letter"),), gap_px=0.3 * size),
        ]
        bottom = box[3] - sum(one.gap_px + one.style.line_px for one in closing)
        narrow = min(MEAN_ADVANCE_EM / max(_syllable_advance(faces, face), 0.5), 1.5)
        words = int(0.74 * narrow * words_in(box[2] - box[0], bottom - box[1], body))
        paragraph_gap = body.line_px * stream.pick((0.0, 0.0, 0.5))
        ruled = stream.chance(0.25)
        items = [
            Item("greeting", plain, (Ask("to", 2, "letter"),)),
            Item(
                "body",
                body,
                (Ask("body", max(words, 8), "letter"),),
                0,
                gap_px=0.8 * size,
                marked=True,
                paragraph_gap_px=0.0 if ruled else paragraph_gap,
            ),
        ]
        if ruled:
            # On ruled paper every line of writing stands on its own rule.
            items = [replace(one, gap_px=0.0) for one in items]
            closing = [replace(one, gap_px=0.0) for one in closing]
        rulings = []
        if ruled:
            y = box[1] + body.line_px * 0.97
            while y < box[3]:
                rulings.append((Ruling("below", 0.8, "tint"), (box[0], y, box[2], y)))
                y += body.line_px
        if ruled:
            bottom = box[1] + int((bottom - box[1]) / body.line_px) * body.line_px
        letter = Flow(((box[0], box[1], box[2], bottom),), tuple(items))
        return Composition(
            (letter, Flow(((box[0], bottom, box[2], box[3]),), tuple(closing))),
            tuple(rulings),
            inks=frozenset({"text", "tint"} if ruled else {"text"}),
            drawn={"size_px": size},
            own=0.0 if ruled else body.line_px * stream.uniform(0.6, 3.0),
        )

    def unset(self, flow: Flow, plan: Composition) -> bool:
        """Date and signature follow the last paragraph."""
        return flow is plan.flows[-1]

    def complete(self, setting: Setting) -> None:
        """Set date and signature a little below the text."""
        closing = setting.plan.flows[-1]
        x0, latest, x1, y1 = closing.boxes[0]
        y = min(setting.feet[0] - setting.shift_px + setting.plan.own, latest)
        follows = replace(closing, boxes=((x0, y, x1, y1),))
        blocks, kind = setting.written[-1], setting.recipe.type
        set_flow(setting.galley, follows, blocks, setting.shaper, setting.shift_px, kind, setting.stream)
