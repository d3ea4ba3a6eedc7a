"""Which colour each ink of a sample has, and the ground that goes with them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from synthgen import recipe
from synthgen.geometry import Picture
from synthgen.press.bank import look_up
from synthgen.press.blocks import mean_level
from synthgen.press.colours import (
    ACCENTS,
    FACADES,
    MARKERS,
    PAINTED,
    PENS,
    SEALS,
    SHINING,
    Pair,
    grey_of,
    mixed,
)
from synthgen.press.effects import Colour
from synthgen.press.painters import dyed, tints
from synthgen.randomness import Stream

# No printed black swallows all light: a drawn contrast is lowered rather than printed darker than this.
DARKEST_LEVEL = 12
# A ground whose channels differ by more than this share of its level has a colour of its own: brick, wood, a scene.
_OWN_HUE = 0.16
_WHITES_HUE = 12
# Brick and wood are neither as dark nor as light as paint can be.
_NATURAL_LEVELS = (42.0, 200.0)
_BRIGHTEST = 236.0
_SPARE_CONTRAST = 12.0
# A dark paint's grain is fainter than a white sheet's, but it does not vanish.
_LEAST_SPREAD = 70.0
_SAMPLED_PX = 16
_GREY: Colour = (96, 98, 102)


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours by ink's name; ``reverse`` is among them only where it is not the bare ground.

    ``pair`` says where those of a pair come from, empty for plain ink on plain paper. ``tint_share`` is how much of
    what lies under it a tint hides. A sign ``on_board`` has its accent for a board that hangs before a wall; what is
    ``shining`` is light and no ink, on a board of diodes in ``points``.
    """

    colours: dict[str, Colour]
    pair: str = ""
    tint_share: float = 1.0
    on_board: bool = False
    shining: bool = False
    points: bool = False


def drawn_palette(
    ground: Picture,
    blocks: Picture,
    drawn: tuple[str, Pair] | None,
    ink: recipe.Ink,
    stream: Stream,
    *,
    inks: frozenset[str],
    rimmed: bool,
    natural: bool = False,
    warmth: float | None = None,
) -> tuple[Palette, Picture, Picture]:
    """Return a palette, and ground and ``blocks`` (its coarse levels) in the ground colour of a (family, pair).

    ``inks`` are the names of those to be printed; letters that are ``rimmed`` may stand on a bright scene. A ground
    that is ``natural``, a wall or a scene, keeps its hues whatever they are: a sign's letters are painted on it. With
    ``warmth`` a grey ground, whose blocks have it already, is one in RGB that is not tinted yet: a pair's is, at once.
    """
    paper_level = mean_level(blocks)
    highest = paper_level - DARKEST_LEVEL
    contrast = stream.between((min(ink.contrast_range[0], highest), min(ink.contrast_range[1], highest)))
    level = min(max(round(paper_level - contrast), 0), 255)
    pen, seal, marker, accent = (stream.pick(table) for table in (PENS, SEALS, MARKERS, ACCENTS))
    share, opacity, facade = stream.uniform(0.08, 0.2), stream.uniform(0.45, 0.85), stream.pick(FACADES)
    shade = stream.pick((accent, _GREY, _GREY))
    if drawn is None:
        paper, text, tint = _even(paper_level), _even(level), (255, 255, 255) if paper_level < 128 else shade
        tint = mixed(paper, tint, share * (0.6 if paper_level < 128 else 1.0))
        dark = grey_of(paper) < 128
        colours = {"text": text, "accent": accent, "tint": tint, "marker": marker}
        # Nobody writes on a dark sign with a blue pen.
        colours |= {"pen": text, "seal": accent} if dark else {"pen": pen, "seal": seal}
        return Palette(colours), ground, blocks
    family, pair = drawn
    on_board = family in PAINTED and {"accent", "reverse"} <= inks <= {"accent", "reverse", "tint", "marker"}
    brightest = 255.0 if rimmed else min(grey_of(pair.ink) - ink.min_contrast - _SPARE_CONTRAST, _BRIGHTEST)
    painted = facade if on_board else pair.ground
    kept = _Kept(natural, wall=on_board, rimmed=rimmed)
    ground, blocks = _dyed(ground, blocks, family, painted, brightest, kept, warmth)
    dark = grey_of(pair.ground) < 128
    colours = {
        "text": pair.ink,
        "accent": pair.ground if on_board else pair.accent,
        "tint": pair.tint or mixed(pair.ground, pair.accent, share * (0.6 if dark else 1.0)),
        "pen": pair.ink if dark else pen,
        "seal": pair.accent if dark else seal,
        "marker": marker,
    }
    reverse = pair.ink if on_board else pair.reverse
    colours |= {"reverse": reverse} if reverse else {}
    tint_share = opacity if family == "subtitle" else 1.0
    palette = Palette(colours, f"{family}: {pair.name}", tint_share, on_board, family in SHINING, family == "led")
    return palette, ground, blocks


def _even(level: float) -> Colour:
    return round(level), round(level), round(level)


@dataclass(frozen=True, slots=True)
class _Kept:
    """Why a ground may stay as it is: ``natural``, a ``wall`` behind a board, under letters that are ``rimmed``."""

    natural: bool
    wall: bool
    rimmed: bool


def _dyed(
    ground: Picture,
    blocks: Picture,
    family: str,
    colour: Colour,
    brightest: float,
    kept: _Kept,
    warmth: float | None,
) -> tuple[Picture, Picture]:
    """Return ground and blocks dyed: painted in a colour, or only as light as it where they have a hue of their own.

    A wall behind a board keeps its lightness too where it has a hue; a scene has nothing above ``brightest``.
    """
    level = max(mean_level(blocks), 1.0)
    if ground.ndim == 2 and warmth is None:
        wanted = grey_of(colour)
        spread = max(wanted, _LEAST_SPREAD)
        return _scaled(ground, spread / level, wanted - spread), _scaled(blocks, spread / level, wanted - spread)
    # What is grey yet is tinted and dyed by one sum.
    own = (1.0, 1.0, 1.0) if ground.ndim == 3 or warmth is None else tints(warmth)
    means = np.maximum(_mean_colour(ground) * own, 1.0)
    hued = kept.natural or np.ptp(means) > _OWN_HUE * level
    # Diodes cover what they hang on, a board lets a wall be what it is.
    natural = family == "subtitle" or (hued and (kept.wall or (family in PAINTED and family not in SHINING)))
    if natural and kept.wall:
        return ground if ground.ndim == 3 else dyed(ground, own), blocks
    if natural:
        gain = min(max(grey_of(colour), _NATURAL_LEVELS[0]), _NATURAL_LEVELS[1]) / level
        # A wall in full sun keeps its hue.
        gain = min(gain, _BRIGHTEST / float(means.max()))
        if family == "subtitle":
            # Where letters have a rim, a scene may be as bright as it is.
            gain = gain**0.35 if kept.rimmed else min(gain, max(brightest, 1.0) / max(float(blocks.max()), 1.0))
        # A film's grade lies over all of it.
        luma, share = max(grey_of(colour), 1.0), 0.35 if family == "subtitle" else 0.0
        gains = [gain * (1 - share + share * one / luma) * tint for one, tint in zip(colour, own, strict=True)]
        return dyed(ground, gains), _scaled(blocks, gain, 0.0)
    # White paper lends print its own tone; dyed paper, light and paint have none but theirs.
    toned = family not in (*SHINING, *PAINTED) and max(colour) - min(colour) <= _WHITES_HUE
    whites = np.full(3, level) if toned else means
    spreads = [max(float(one), _LEAST_SPREAD) for one in colour]
    gains = [spread / float(white) * tint for spread, white, tint in zip(spreads, whites, own, strict=True)]
    offsets = [one - spread for one, spread in zip(colour, spreads, strict=True)]
    spread = grey_of((round(spreads[0]), round(spreads[1]), round(spreads[2])))
    return dyed(ground, gains, offsets), _scaled(blocks, spread / level, grey_of(colour) - spread)


def _mean_colour(ground: Picture) -> npt.NDArray[np.float64]:
    """Return the mean of a sheet's colours (3,), of some of its px; a grey one has three alike."""
    some = ground[_SAMPLED_PX // 2 :: _SAMPLED_PX, _SAMPLED_PX // 2 :: _SAMPLED_PX]
    red, green, blue, _ = cv2.mean(np.ascontiguousarray(some if some.size else ground))
    return np.array((red, green, blue) if ground.ndim == 3 else (red, red, red))


def _scaled(levels: Picture, gain: float, offset: float) -> Picture:
    table = np.clip(np.rint(np.arange(256) * gain + offset), 0, 255).astype(np.uint8)
    return np.asarray(look_up(levels, table), dtype=np.uint8).reshape(levels.shape)
