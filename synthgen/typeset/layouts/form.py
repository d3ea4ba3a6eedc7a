"""Forms: labels and values in ruled cells, filled in by a machine or a pen whose strokes touch the lines."""

from __future__ import annotations

from dataclasses import replace

from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.text.copy import Ask
from synthgen.typeset.design import face_of, headline_style, margins, pick_face, text_style
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.flow import Cell, Flow, Item
from synthgen.typeset.layouts.composed import Composed, Composition
from synthgen.typeset.registry import register_layout
from synthgen.typeset.ruling import Ruling
from synthgen.typeset.text import Style

# Pen faces are drawn small in their em.
PEN_SIZE = 1.3
# How many forms bear the stamp of the day on which they came in.
STAMPED = 0.35


@register_layout("form")
class Form(Composed):
    """A title, rows of labelled cells, a statement, date, signature and whom it is for."""

    def compose(self, recipe: Recipe, faces: FaceSet, stream: Stream) -> Composition:
        """Draw the ruling, who fills it in, and how many rows there are."""
        left, top, right, bottom = margins(recipe, stream)
        box = (left, top, recipe.page.width_px - right, recipe.page.height_px - bottom)
        width, height = box[2] - box[0], box[3] - box[1]
        size = min(stream.between(recipe.type.body_px_range), width / 24)
        plain = text_style(recipe, pick_face(recipe, faces, stream, heavy=False), size, stream)
        plain = replace(plain, align="left", line_px=size * 1.3, by_syllable=False, raised="")
        pen = stream.chance(recipe.page.pen_probability)
        value = self._pen(plain, faces, stream) if pen else plain
        bold = pick_face(recipe, faces, stream, heavy=True)
        title = headline_style(recipe, bold, size * stream.uniform(1.7, 2.3), stream)
        title = replace(title, align="center", tracking_em=title.tracking_em + stream.pick((0.05, 0.2, 0.5)))
        small = replace(plain, size_px=size * 0.72, line_px=size * 0.95)
        items = []
        if stream.chance(0.7):
            items.append(Item("note", small, (Ask("mark", 4, "form"),)))
        items.append(Item("headline", title, (Ask("title", 3, "form"),), most_fit=1.0, pad_px=0.5 * size))
        rows = self._rows(plain, bold, value, width, height - 13 * size, stream)
        items += [replace(rows[0], gap_px=0.4 * size), *rows[1:]]
        center = replace(plain, align="center")
        items += [
            Item("body", replace(plain, line_px=size * 1.5), (Ask("body", 8, "form"),), 3, gap_px=0.9 * size),
            Item("date", center, (Ask("day", 2, "form"),), gap_px=0.6 * size),
            Item(
                "signature",
                replace(value if pen else plain, align="right"),
                (Ask("seal", 3, "form"),),
                gap_px=0.5 * size,
                right_px=0.08 * width,
            ),
            Item(
                "receiver",
                replace(plain, face=bold, size_px=size * 1.25, line_px=size * 1.7),
                (Ask("receiver", 2, "form"),),
                gap_px=0.4 * size,
            ),
            Item(
                "note",
                replace(small, align=stream.pick(("left", "right"))),
                (Ask("foot", 4, "form"),),
                gap_px=0.3 * size,
                rulings=(Ruling("above", 1.0),),
            ),
        ]
        stamped = stream.chance(STAMPED)
        if stamped:
            at = next(number for number, item in enumerate(items) if item.role == "receiver")
            items.insert(at, self._stamp(plain, bold, width, stream))
        inks = {"text", "tint"} | ({"pen"} if pen else set()) | ({"seal"} if stamped else set())
        return Composition((Flow((box,), tuple(items)),), inks=frozenset(inks), drawn={"size_px": size, "pen": pen})

    def _stamp(self, plain: Style, bold: int, width: float, stream: Stream) -> Item:
        """Return a clerk's stamp beside date and signature: the day in a frame, in a seal's ink; it takes no room."""
        size = plain.size_px * stream.uniform(1.1, 1.5)
        style = replace(plain, face=bold, size_px=size, line_px=1.3 * size, ink="seal", tracking_em=0.15)
        pad, thick = 0.2 * size, stream.uniform(1.5, 3.0)
        high = style.line_px + 2 * pad
        left = width * stream.uniform(0.03, 0.1)
        framed = Ruling("frame", thick, ink="seal", round_px=stream.pick((0.0, 0.3 * size)), hug=True, pad_px=1.5 * pad)
        return Item(
            "stamp",
            style,
            (Ask("day", 2, "form"),),
            most_fit=1.0,
            pad_px=pad,
            gap_px=-high,
            left_px=left,
            right_px=0.68 * width,
            rulings=(framed,),
        )

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

    def _rows(self, plain: Style, bold: int, value: Style, width: float, room: float, stream: Stream) -> list[Item]:
        """Return rows of one or two pairs of cells that are about as high as the room."""
        size = plain.size_px
        label = replace(plain, face=bold if stream.chance(0.5) else plain.face, align="center")
        high = size * stream.uniform(1.7, 2.5)
        shade = "tint" if stream.chance(0.6) else ""
        ruled = stream.pick(("grid", "grid", "grid", "below"))
        label_px = width * stream.uniform(0.15, 0.2)
        rows: list[Item] = []
        while room > high or len(rows) < 2:
            pairs = 1 if stream.chance(0.4) else 2
            cells: list[Cell] = []
            for pair in range(pairs):
                left, right = width * pair / pairs, width * (pair + 1) / pairs
                shift = (0.0, 0.0)
                if value.ink == "pen":
                    # A hand keeps to no line: its strokes run into the rules.
                    shift = (stream.uniform(-0.1, 0.7) * size, stream.uniform(-0.16, 0.16) * high)
                cells.append(Cell(left, left + label_px, label, "label", shade, pad_px=0.15 * size))
                cells.append(Cell(left + label_px, right, value, "value", "", shift, pad_px=0.45 * size))
            tall = high * (1.0 if stream.chance(0.85) else 1.8)
            rows.append(
                Item(
                    "row",
                    plain,
                    (Ask("pair", 3, "form", cells=True),) * pairs,
                    cells=tuple(cells),
                    height_px=tall,
                    rulings=(Ruling(ruled, 1.0),),
                )
            )
            room -= tall
        return rows
