"""The make-up of a newspaper page: how it is divided into articles and notices, with rules between them."""

from __future__ import annotations

from dataclasses import dataclass

from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.text.copy import Ask
from synthgen.typeset.design import pick_face
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.flow import Flow, Item
from synthgen.typeset.ruling import Box, Ruling
from synthgen.typeset.text import Style

MIN_COLUMN_EM = 8.5
# No module is made smaller than this, in em of the body: width, height.
LEAST_MODULE_EM = (19.0, 11.0)


@dataclass(frozen=True, slots=True)
class Makeup:
    """A page's modules, the lead first, then from top to bottom and left to right; and the rules between, page px."""

    modules: tuple[Box, ...]
    rules: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """A boxed advertisement: its box and ruling, and what it says."""

    box: Box
    ruling: Ruling
    flow: Flow


def divide(box: Box, size_px: float, stream: Stream) -> Makeup:
    """Divide a page for a body size: one module, or a lead over others, which are divided on as far as they go."""
    x0, y0, x1, y1 = box
    if (y1 - y0) < 2 * LEAST_MODULE_EM[1] * size_px or stream.chance(0.3):
        return Makeup((box,), ())
    gap, thick = size_px * stream.uniform(0.7, 1.2), stream.uniform(0.6, 2.0)
    split = y0 + (y1 - y0) * stream.uniform(0.48, 0.64)
    modules: list[Box] = [(x0, y0, x1, split - gap)]
    rules: list[Box] = [(x0, split - thick / 2, x1, split + thick / 2)]
    _split((x0, split + gap, x1, y1), size_px, gap, thick, stream, modules, rules)
    return Makeup(tuple(modules), tuple(rules))


def _split(
    box: Box, size: float, gap: float, thick: float, stream: Stream, modules: list[Box], rules: list[Box]
) -> None:
    """Divide a box in two, upright before level, until chance or its size ends it."""
    x0, y0, x1, y1 = box
    wide, high = (x1 - x0) / size, (y1 - y0) / size
    if wide > 2.1 * LEAST_MODULE_EM[0] and stream.chance(0.75):
        x = x0 + (x1 - x0) * stream.uniform(0.42, 0.58)
        rules.append((x - thick / 2, y0, x + thick / 2, y1))
        parts = ((x0, y0, x - gap, y1), (x + gap, y0, x1, y1))
    elif high > 2.3 * LEAST_MODULE_EM[1] and stream.chance(0.7):
        y = y0 + (y1 - y0) * stream.uniform(0.4, 0.6)
        rules.append((x0, y - thick / 2, x1, y + thick / 2))
        parts = ((x0, y0, x1, y - gap), (x0, y + gap, x1, y1))
    else:
        modules.append(box)
        return
    for part in parts:
        _split(part, size, gap, thick, stream, modules, rules)


def notice(box: Box, body: Style, recipe: Recipe, faces: FaceSet, stream: Stream) -> Notice:
    """Return an advertisement that fills a module: a large line or two, smaller ones, a telephone number."""
    size, width, high = body.size_px, box[2] - box[0], box[3] - box[1]
    genre = stream.pick(("classified", "sign_shop", "product"))
    bold = pick_face(recipe, faces, stream, heavy=True)
    plain = body._replace(align="center", indent_em=0.0, by_syllable=False, line_px=size * 1.35, jitter_em=0.0)
    large = min(size * stream.uniform(2.0, 3.2), high / 4)
    style = plain._replace(face=bold, size_px=large, line_px=large * 1.3)
    items = [Item("headline", style, (Ask("headline", 2, genre),), most_fit=1.0)]
    room = high - style.line_px - 2 * size
    if stream.chance(0.5) and room > 5 * size:
        second = style._replace(size_px=large * 0.6, line_px=large * 0.8)
        items.append(Item("subhead", second, (Ask("line", 3, genre),), most_fit=1.0))
        room -= second.line_px
    for _ in range(max(1, min(stream.integer(2, 6), int(room / plain.line_px)))):
        items.append(Item("line", plain, (Ask("line", 4, genre),), most_fit=1.0))
    filled = stream.chance(0.3)
    ruling = Ruling("fill", ink="tint") if filled else Ruling("frame", stream.uniform(0.8, 2.6))
    pad = 0.6 * size
    inner = (box[0] + pad, box[1] + pad, box[0] + width - pad, box[3] - pad)
    return Notice(box, ruling, Flow((inner,), tuple(items), "middle"))
