"""Subtitles: one or two balanced lines in the middle of the picture's lower edge."""

from __future__ import annotations

import re
from dataclasses import dataclass

from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.text.copy import Ask
from synthgen.typeset.design import REGULAR, pick_face, text_style
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.flow import Flow, Item
from synthgen.typeset.horizontal import place_lines
from synthgen.typeset.layouts.balance import balanced, balanced_at, scaled
from synthgen.typeset.layouts.broadcast import Frame, furnished
from synthgen.typeset.layouts.composed import Composed, Composition, Setting
from synthgen.typeset.registry import register_layout
from synthgen.typeset.ruling import Ruling, draw_ruling
from synthgen.typeset.shape import Shaper
from synthgen.typeset.text import Style, Text

# Lines are no wider than this share of the picture; those wider than the second are set in two.
WIDEST, ONE_LINE = 0.86, 0.56
# Two speakers' words stand each on a line of their own.
_NEXT_SPEAKER = re.compile(r" (?=- )")


@dataclass(frozen=True, slots=True)
class _Subtitle:
    """The spoken words' style, whether the second of two speeches follows, and what they stand on.

    ``ground`` is ``none``, ``lines`` (a bar behind each line) or ``bar`` (across the picture, as news have);
    ``low_px`` the lower edge of the last line, ``wide_px`` the picture's width, page px; ``slant`` and jitter are the
    style's.
    """

    style: Style
    ground: str
    low_px: float
    wide_px: float
    broken: bool


@register_layout("subtitle")
class Subtitle(Composed):
    """A film's subtitle, or the words of a programme among what television puts into its pictures."""

    def compose(self, recipe: Recipe, faces: FaceSet, stream: Stream) -> Composition:
        """Draw size and face, on a bar or on the picture itself, and what kind of programme it is."""
        page = recipe.page
        wide, high = float(page.width_px), float(page.height_px)
        size = min(stream.between(recipe.type.body_px_range), wide / 18, high / 10)
        heavy = True if stream.chance(0.55) else None
        face = pick_face(recipe, faces, stream, heavy=heavy, least_weight=REGULAR)
        style = text_style(recipe, face, size, stream)
        style = style._replace(align="center", by_syllable=False, line_px=size * 1.28, raised="")
        kind, furniture = furnished(_frame(recipe, faces, style, stream), stream)
        ground = "bar" if furniture.barred else stream.pick(("none",) * 7 + ("lines", "lines", "bar"))
        style = style._replace(align="left" if ground == "bar" else "center")
        low = furniture.low_px
        # The words are set when they are known: no box holds them.
        words = Item("subtitle", style, (Ask("line", stream.integer(2, 10), "subtitle"),))
        said = Flow(((0.0, low, wide, low),), (words,))
        inks = {"text", *(ruling.ink for ruling, _ in furniture.rulings)} | ({"tint"} if ground != "none" else set())
        inks |= {item.style.ink for flow in furniture.flows for item in flow.items}
        spoken = _Subtitle(style, ground, low, wide, ground != "bar" and stream.chance(0.3))
        return Composition(
            (*furniture.flows, said),
            tuple(furniture.rulings),
            inks=frozenset(inks),
            drawn={"size_px": size, "ground": ground, "programme": kind},
            own=spoken,
        )

    def unset(self, flow: Flow, plan: Composition) -> bool:
        """The words themselves are set last, in balanced lines."""
        return flow is plan.flows[-1]

    def complete(self, setting: Setting) -> None:
        """Set the words in one line or two."""
        own: _Subtitle = setting.plan.own
        galley, shift_px = setting.galley, setting.shift_px
        texts = [text for text in _lines(setting.written[-1][0].paragraphs[0], own, setting.shaper) if text.lines]
        if not texts:
            return
        pitch = texts[0].style.line_px
        left = shift_px + (own.wide_px - texts[0].width_px) / 2
        top = shift_px + own.low_px - pitch * sum(len(text.lines) for text in texts)
        pad = 0.3 * texts[0].style.size_px
        y, block = top, galley.block("subtitle")
        if own.ground == "bar":
            bar = (left - pad, top - 0.5 * pad, left + texts[0].width_px + pad, shift_px + own.low_px + 0.5 * pad)
            draw_ruling(galley, Ruling("fill", ink="tint"), bar)
        for text in texts:
            for line in text.lines if own.ground == "lines" else ():
                start = left + text.fit(line).left_px
                end = start + min(line.width_px, text.width_px)
                galley.rule(start - pad, y, end + pad, y + pitch, "tint")
                y += pitch
            top = place_lines(galley, block, text, slice(0, 2), left, top, setting.stream)


def _frame(recipe: Recipe, faces: FaceSet, style: Style, stream: Stream) -> Frame:
    """Return the picture with the styles of its small text: the subtitle's face, or another."""
    em = style.size_px * stream.uniform(0.54, 0.64)
    small = style._replace(size_px=em, line_px=1.25 * em, align="left", slant=0.0, jitter_em=0.0, stretch=1.0)
    face = style.face if stream.chance(0.4) else pick_face(recipe, faces, stream, heavy=True)
    page = recipe.page
    bold = small._replace(face=face)
    spoken_px = 2 * style.line_px
    return Frame(page.width_px, page.height_px, spoken_px, small, bold, recipe.lang, recipe.text.charset)


def _lines(paragraph: str, own: _Subtitle, shaper: Shaper) -> list[Text]:
    """Return the words as one text of one or two lines, or as two texts where two speak."""
    width = WIDEST * own.wide_px
    speeches = _NEXT_SPEAKER.split(paragraph)
    if len(speeches) == 2:
        texts = [Text((speech,), own.style, shaper, width) for speech in speeches]
        if all(len(text.lines) == 1 for text in texts):
            return texts
    text = balanced(paragraph, own.style, shaper, width, 2)
    if len(text.lines) == 1:
        natural = text.lines[0].width_px
        # A name and what its bearer does stay together.
        whole = any(mark in paragraph.split(" ") for mark in "|/")
        longest = (0.6 if own.broken else 1.0) * ONE_LINE * own.wide_px
        if natural > longest and not whole:
            halved = Text((paragraph,), text.style, shaper, 0.62 * natural)
            if len(halved.lines) == 2:
                text = balanced_at(halved, paragraph, shaper)
                text.width_px = width
    while len(text.lines) > 2:
        text = Text((paragraph,), scaled(text.style, 0.9), shaper, width)
    return [text]
