"""Which colour each ink of a sample has, and the ground that goes with them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from synthgen import recipe
from synthgen.geometry import Picture
from synthgen.press.bank import look_up
from synthgen.press.colours import ACCENTS, MARKERS, PENS, SEALS, Pair, grey_of, mixed
from synthgen.press.effects import Colour
from synthgen.randomness import Stream

# No printed black swallows all light: a drawn contrast is lowered rather than printed darker than this.
DARKEST_LEVEL = 12


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours by ink's name; ``pair`` says where those of a pair come from, empty for plain ink on plain paper."""

    colours: dict[str, Colour]
    pair: str


def drawn_palette(
    ground: Picture, paper_level: float, drawn: tuple[str, Pair] | None, ink: recipe.Ink, stream: Stream
) -> tuple[Palette, Picture]:
    """Return a palette and the ground for it, dyed in the ground colour of a (family, pair) where one was drawn."""
    highest = paper_level - DARKEST_LEVEL
    contrast = stream.between((min(ink.contrast_range[0], highest), min(ink.contrast_range[1], highest)))
    level = min(max(round(paper_level - contrast), 0), 255)
    pen, seal, marker, accent = (stream.pick(table) for table in (PENS, SEALS, MARKERS, ACCENTS))
    share = stream.uniform(0.08, 0.2)
    text, paper, name = (level, level, level), _even(paper_level), ""
    if drawn:
        family, pair = drawn
        name = f"{family}: {pair.name}"
        ground, paper, text, accent = _dyed(ground, paper_level, pair), pair.ground, pair.ink, pair.accent
    dark = grey_of(paper) < 128
    colours = {
        "text": text,
        "accent": accent,
        "tint": mixed(paper, (255, 255, 255) if dark and not name else accent, share * (0.6 if dark else 1.0)),
        # Nobody writes on a dark sign with a blue pen.
        "pen": text if dark else pen,
        "seal": accent if dark else seal,
        "marker": marker,
    }
    return Palette(colours, name), ground


def _even(level: float) -> Colour:
    return round(level), round(level), round(level)


def _dyed(ground: Picture, paper_level: float, pair: Pair) -> Picture:
    """Return the ground with its levels in proportion to a pair's ground colour, in grey if the ground is grey."""
    values = np.arange(256) / max(paper_level, 1.0)

    def table(level: float) -> Picture:
        # A dark paint's grain is fainter than a white sheet's, but it does not vanish.
        spread = level + (values - 1) * max(level, 70.0)
        return np.clip(np.rint(spread), 0, 255).astype(np.uint8)

    if ground.ndim == 2:
        return look_up(ground, table(grey_of(pair.ground)))
    planes = [look_up(np.ascontiguousarray(ground[..., at]), table(level)) for at, level in enumerate(pair.ground)]
    return np.asarray(cv2.merge(planes), dtype=np.uint8).reshape(ground.shape)
