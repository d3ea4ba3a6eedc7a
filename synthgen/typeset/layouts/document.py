"""Reports and letters: headings that are numbered, paragraphs, points, notes at the foot, a number on the page."""

from __future__ import annotations

from dataclasses import replace

from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.text.copy import Ask
from synthgen.typeset.design import headline_style, margins, pick_face, size_for_words, text_style, words_in
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.flow import Flow, Item
from synthgen.typeset.layouts.composed import Composed, Composition
from synthgen.typeset.layouts.table import table_items
from synthgen.typeset.registry import register_layout
from synthgen.typeset.ruling import Box, Ruling
from synthgen.typeset.text import Style

# How headings and points are numbered, one way for a document.
HEADINGS = (
    ("1.", "2.", "3.", "4.", "5.", "6."),
    ("Ⅰ.", "Ⅱ.", "Ⅲ.", "Ⅳ.", "Ⅴ.", "Ⅵ."),
    ("제1장", "제2장", "제3장", "제4장", "제5장", "제6장"),
    ("□", "□", "□", "□", "□", "□"),
    ("■", "■", "■", "■", "■", "■"),
)
POINTS = (
    ("가.", "나.", "다.", "라."),
    ("○", "○", "○", "○"),
    ("-", "-", "-", "-"),
    ("①", "②", "③", "④"),
    ("1)", "2)", "3)", "4)"),
    ("·", "·", "·", "·"),
)


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
        body = replace(text_style(recipe, face, size, stream), indent_em=stream.pick((0.0, 1.0, 1.0)))
        bold = face if stream.chance(0.25) else pick_face(recipe, faces, stream, heavy=True)
        small = replace(body, size_px=size * 0.8, line_px=size * 1.15, align="left", indent_em=0.0, by_syllable=False)
        foot = Item("page", replace(small, align="center"), (Ask("page", 1, "report"),))
        bottom = box[3] - 1.6 * small.line_px
        flows = [Flow(((box[0], bottom + 0.6 * small.line_px, box[2], box[3]),), (foot,), "bottom")]
        items: list[Item] = []
        if stream.chance(0.7):
            items += self._title(recipe, bold, body, stream)
        if stream.chance(0.35):
            note = replace(small, indent_em=-1.2)
            count = stream.integer(1, 3)
            notes = [
                Item("footnote", note, (Ask("footnote", 8, "report", f"{at + 1})"),), 2, left_px=1.2 * note.size_px)
                for at in range(count)
            ]
            high = 1.2 * count * note.line_px
            line = Item(
                "rule", note, height_px=0.4 * size, rulings=(Ruling("above", 0.8),), right_px=0.7 * (box[2] - box[0])
            )
            flows.insert(0, Flow(((box[0], bottom - high - 0.5 * size, box[2], bottom),), (line, *notes)))
            bottom -= high + 1.5 * size
        column = (box[0], box[1], box[2], bottom)
        items += self._sections(recipe, faces, bold, body, small, column, stream)
        return Composition(
            (Flow((column,), tuple(items)), *flows), drawn={"size_px": size}, inks=frozenset({"text", "tint"})
        )

    def _title(self, recipe: Recipe, bold: int, body: Style, stream: Stream) -> list[Item]:
        size = body.size_px
        title = headline_style(recipe, bold, size * stream.uniform(1.5, 2.1), stream)
        title = replace(title, align=stream.pick(("center", "center", "left")), line_px=title.size_px * 1.4)
        rulings = stream.pick(((), (), (Ruling("frame", 1.2),), (Ruling("above", 2.0), Ruling("below", 2.0))))
        author = replace(body, align=stream.pick(("right", "center")), indent_em=0.0, by_syllable=False)
        pad = 0.35 * size if rulings else 0.0
        return [
            Item("headline", title, (Ask("headline", 4, "report"),), 2, pad_px=pad, rulings=rulings),
            Item("byline", author, (Ask("author", 2, "report"),), 1, gap_px=0.6 * size),
            Item("rule", author, gap_px=0.8 * size),
        ]

    def _sections(
        self, recipe: Recipe, faces: FaceSet, bold: int, body: Style, small: Style, box: Box, stream: Stream
    ) -> list[Item]:
        """Return sections until they are sure to fill the box."""
        size, width = body.size_px, box[2] - box[0]
        numbers, points = stream.pick(HEADINGS), stream.pick(POINTS)
        heading = replace(body, face=bold, size_px=size * stream.uniform(1.05, 1.25), align="left", indent_em=0.0)
        heading = replace(heading, line_px=heading.size_px * 1.4, by_syllable=False)
        point = replace(body, indent_em=-1.3, align="left", by_syllable=False)
        items: list[Item] = []
        room = box[3] - box[1]
        for number in numbers:
            if room < 0:
                break
            items.append(
                Item(
                    "heading",
                    heading,
                    (Ask("heading", 3, "report", number),),
                    gap_px=0.7 * size,
                    keep_px=1.7 * body.line_px,
                )
            )
            words = stream.integer(20, 60)
            items.append(Item("body", body, (Ask("body", words, "report"),), 0, gap_px=0.25 * size, marked=True))
            room -= heading.line_px + size + body.line_px * (words / max(words_in(width, body.line_px, body), 1) + 0.5)
            if stream.chance(0.55):
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
                    for lead in points[:count]
                ]
                room -= count * point.line_px
            elif stream.chance(0.3):
                items += table_items(recipe, faces, small, width, stream.integer(3, 6), stream)
                room -= 6 * small.line_px
        return items


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
            body = replace(body, align="left", jitter_em=max(body.jitter_em, 0.015), by_syllable=False)
        body = replace(body, indent_em=stream.pick((0.0, 1.0, 1.0)))
        plain = replace(body, align="left", indent_em=0.0, by_syllable=False)
        right = replace(plain, align="right")
        closing = [
            Item("date", right, (Ask("date", 2, "letter"),), gap_px=1.2 * body.line_px),
            Item("signature", right, (Ask("from", 2, "letter"),), gap_px=0.3 * size),
        ]
        bottom = box[3] - sum(one.gap_px + one.style.line_px for one in closing)
        words = int(0.85 * words_in(box[2] - box[0], bottom - box[1], body))
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
        low = Flow(((box[0], bottom, box[2], box[3]),), tuple(closing), "top" if ruled else "bottom")
        if ruled:
            lines = int((bottom - box[1]) / body.line_px)
            bottom = box[1] + lines * body.line_px
            low = Flow(((box[0], bottom, box[2], box[3]),), tuple(closing))
        return Composition(
            (Flow(((box[0], box[1], box[2], bottom),), tuple(items)), low),
            tuple(rulings),
            inks=frozenset({"text", "tint"} if ruled else {"text"}),
            drawn={"size_px": size},
        )
