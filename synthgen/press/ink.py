"""Ink on paper: how much of it, in which colours, in which order; and whether it can be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from synthgen import recipe
from synthgen.errors import Rejected
from synthgen.geometry import Picture
from synthgen.press.blocks import block_levels, block_shares, mean_level, printed_blocks, tinted_block_levels
from synthgen.press.colours import check_families, drawn_pair, grey_of
from synthgen.press.diodes import lattice_of, lit_halo, lit_points, unlit_points
from synthgen.press.effects import DRESSES, WEARS, Colour, check_names, drawn_effects
from synthgen.press.film import Film, inked, inked_part, marked, sealed, spread_ink
from synthgen.press.impression import Rows, composite, impress, impress_through, inked_bands, thinned, uncover
from synthgen.press.lettering import (
    Doses,
    Told,
    check_level,
    check_reverse,
    letters_of,
    put_under,
    well_rimmed,
    worn,
)
from synthgen.press.painters import tinted
from synthgen.press.palette import DARKEST_LEVEL, Palette, drawn_palette
from synthgen.press.sign_board import hang_boards
from synthgen.randomness import Stream

__all__ = ["DARKEST_LEVEL", "check_ink", "composite", "covered_by", "print_ink", "print_layers", "spread_ink"]

Float = npt.NDArray[np.float64]
Layers = Sequence[tuple[str, Picture]]
Rules = Mapping[str, Float]

# Inks of letters that are printed or written, and those that areas are laid with before them.
_WRITING, _AREAS = ("text", "accent", "pen", "seal"), ("tint", "marker")
_DRESSED, _WORN = ("text", "accent", "reverse"), ("text", "accent")
_FILMS = {"text": inked, "accent": inked, "pen": inked, "seal": sealed, "marker": marked}
# Channels that are no further apart make a grey: that of a table's head, say, on paper that is whiter.
_LEAST_HUE = 3
_NO_RULES: Rules = MappingProxyType({})


def print_ink(ground: Picture, coverage: Picture, ink: recipe.Ink, stream: Stream) -> tuple[Picture, dict[str, Any]]:
    """Return the printed sheet, shaped like ``ground``, and what was drawn for it as plain JSON values.

    ``ground`` is uint8 (H, W) or (H, W, 3); ``coverage`` uint8 (H, W), how much of each pixel glyphs cover, in 255ths.
    Without spread and unevenness the sheet is ``ground + (ink - ground) * coverage / 255``, to the nearest level.
    Raises Rejected ``low-contrast`` when ink and paper come nearer than ``ink.min_contrast`` anywhere that is inked.
    """
    blocks = block_levels(ground)
    paper_level = mean_level(blocks)
    highest = paper_level - DARKEST_LEVEL
    contrast = stream.between((min(ink.contrast_range[0], highest), min(ink.contrast_range[1], highest)))
    level = min(max(round(paper_level - contrast), 0), 255)
    uneven, spread = stream.between(ink.uneven_range), stream.between(ink.spread_px_range)

    least = (_least_level(blocks, coverage, level + ink.min_contrast / max(1 - uneven, 1e-6)) - level) * (1 - uneven)
    if least < ink.min_contrast:
        raise Rejected("low-contrast")
    part, corner = inked_part(coverage, Film(spread, uneven), stream)
    parameters = {
        "level": level,
        "paper_level": paper_level,
        "contrast": paper_level - level,
        "least_contrast": least,
        "uneven": uneven,
        "spread_px": spread,
    }
    return composite(ground, part, level, corner), parameters


def check_ink(ink: recipe.Ink) -> None:
    """Raise RecipeError for a name in the recipe's section that no effect, or no family of colours, has."""
    check_names(ink.effects, (*WEARS, *DRESSES), "ink.effects")
    check_families(ink.colours)


def covered_by(layers: Layers) -> Picture:
    """Return how much of each px any ink covers but tints and markers, which nothing shines through or keeps clear of.

    ``layers`` are as for :func:`print_layers`, at least one.
    """
    bearing = [covered for name, covered in layers if name not in _AREAS]
    # Not the ufunc's own ``reduce``, which would copy all of them into one array first.
    return reduce(np.maximum, bearing) if bearing else np.zeros_like(layers[0][1])


@dataclass(slots=True)
class _Proof:
    """A sheet on its way through the press.

    ``blocks`` are the coarse levels that letters are read against, the ground with its areas; ``printed`` those of all
    that is printed so far, for type that is left out of it. ``least`` is the least contrast met, ``told`` the
    parameters of effects.
    """

    sheet: Picture
    blocks: Picture
    printed: Picture
    least: float = 255.0
    told: Told = field(default_factory=dict)


def print_layers(
    ground: Picture,
    layers: Layers,
    ink: recipe.Ink,
    stream: Stream,
    rules: Rules = _NO_RULES,
    *,
    families: Sequence[str] = (),
    natural: bool = False,
    warmth: float | None = None,
) -> tuple[Picture, dict[str, Any]]:
    """Return the sheet printed with several inks, and what was drawn for it as plain JSON values.

    ``layers`` are (name of an ink, coverage) in the order of printing, coverage uint8 (H, W) as for :func:`print_ink`,
    which prints a lone ``text`` that has drawn no colours and no effects. ``tint`` areas lie under text; ``reverse``
    shows the ground again, or is printed in the colour that a pair has for it; ``seal`` and ``marker`` are transparent.
    ``rules`` holds, by ink, the boxes (R, 4) x0, y0, x1, y1 of its rulings and areas in the picture's px: letters are
    dressed, these are not. ``families`` are those of colours that what is printed has, any where none are named. A
    ground that is ``natural``, as its painter says, is never painted over in a sign's colour.
    The sheet has the ground's channels: on a grey one, colours are their grey. With ``warmth`` a grey ground is
    one that is to be :func:`tinted` by it at last: it is so here where an ink or a pair's ground has a hue, else it
    stays grey.
    Raises Rejected ``low-contrast`` when a writing ink comes too near to what it is printed on.
    """
    effects = drawn_effects(ink.effects, ink.effect_dose_range, ink.most_effects, stream)
    pair = drawn_pair(ink.colours, stream, families) if ink.colours else None
    if pair is None and not effects and [name for name, _ in layers] == ["text"]:
        return print_ink(ground, layers[0][1], ink, stream)
    rimmed = pair is not None and any(well_rimmed(covered, effects) for name, covered in layers if name == "text")
    names = frozenset(name for name, _ in layers)
    late = warmth if ground.ndim == 2 else None
    blocks = block_levels(ground) if pair is None or late is None else tinted_block_levels(ground, late)
    given = ground
    palette, ground, blocks = drawn_palette(
        ground, blocks, pair, ink, stream, inks=names, rimmed=rimmed, natural=natural, warmth=late
    )
    film = Film(stream.between(ink.spread_px_range), stream.between(ink.uneven_range), stream.uniform(0.25, 0.75))
    film = Film(0.0, 0.0) if palette.shining else film
    filmed = [(name, _filmed(name, covered, palette, film, stream)) for name, covered in layers]
    pitch, small = _lattice(filmed, rules, stream) if palette.points else (0, [])
    # A ground that was painted anew is printed on itself, unless it is to be shown again.
    again = ground is given or any(name not in palette.colours for name in names)
    proof = _Proof(ground.copy() if again else ground, blocks, blocks)
    if pitch and not palette.on_board:
        unlit_points(proof.sheet, np.full_like(layers[0][1], 255), palette.colours["text"], pitch)
    for name, covered in filmed:
        colour = palette.colours.get(name)
        if name == "accent" and palette.on_board and colour:
            _hang_board(proof, covered, colour, pitch, stream)
            continue
        if colour and warmth is not None and proof.sheet.ndim == 2 and _has_hue(colour):
            proof.sheet = tinted(proof.sheet, warmth)
            # Only type that is left out shows it again.
            ground = tinted(ground, warmth) if "reverse" in names else ground
        bands = list(inked_bands(covered))
        if name not in _DRESSED and not bands:
            # Most documents have no tint, most forms no seal.
            proof.blocks = proof.printed if name in _AREAS else proof.blocks
            continue
        shares, plain = block_shares(covered, bands), covered
        if pitch and name in _DRESSED and colour:
            covered = _in_points(covered, pitch, small)
            lit_halo(proof.sheet, covered, colour, pitch)
        elif effects:
            covered = _with_effects(proof, name, covered, colour, effects, rules.get(name), bands, stream)
        _check(proof, name, colour, shares, film.uneven, ink.min_contrast)
        if name == "tint" and palette.tint_share < 1:
            covered = plain = thinned(covered, palette.tint_share)
            shares = block_shares(covered, bands)
        if covered is not plain:
            bands = list(inked_bands(covered))
        _lay(proof, name, covered, colour, shares, ground, bands)
    told = {name: {"dose": dose} | proof.told.get(name, {}) for name, dose in effects}
    parameters = {
        "pair": palette.pair,
        "colours": {name: list(palette.colours[name]) for name, _ in layers if name in palette.colours},
        "least_contrast": proof.least,
        "uneven": film.uneven,
        "spread_px": film.spread_px,
        "effects": told,
    }
    return proof.sheet, parameters | ({"board": proof.told["board"]} if "board" in proof.told else {})


def _has_hue(colour: Colour) -> bool:
    return max(colour) - min(colour) > _LEAST_HUE


def _filmed(name: str, covered: Picture, palette: Palette, film: Film, stream: Stream) -> Picture:
    """Return an ink's coverage as its kind lies; areas and a board's film are cut and laid clean."""
    if name not in _FILMS or (name == "accent" and palette.on_board):
        return covered
    return _FILMS[name](covered, film, stream)


def _lattice(layers: Layers, rules: Rules, stream: Stream) -> tuple[int, list[tuple[slice, slice]]]:
    """Return the pitch of the diodes that letters are shown with, 0 where there are none, and the lines without."""
    lettering = [letters_of(covered, rules.get(name)) for name, covered in layers if name in _DRESSED]
    return lattice_of(reduce(np.maximum, lettering, np.zeros_like(layers[0][1])), stream)


def _in_points(covered: Picture, pitch: int, small: list[tuple[slice, slice]]) -> Picture:
    """Return the coverage of lit points, and of the lines that are too small for them as they are."""
    lit = lit_points(covered, pitch)
    for box in small:
        lit[box] = covered[box]
    return lit


def _hang_board(proof: _Proof, covered: Picture, colour: Colour, pitch: int, stream: Stream) -> None:
    proof.told["board"] = hang_boards(proof.sheet, covered, colour, stream)
    proof.printed = printed_blocks(proof.printed, block_shares(covered), grey_of(colour))
    if pitch:
        unlit_points(proof.sheet, covered, colour, pitch)


def _with_effects(
    proof: _Proof, name: str, covered: Picture, colour: Colour | None, effects: Doses, boxes: Float | None,
    bands: Sequence[Rows], stream: Stream,
) -> Picture:  # fmt: skip
    """Put under an ink's letters what they are dressed with, and return its coverage as it is worn."""
    if name in _DRESSED and any(effect in DRESSES for effect, _ in effects):
        level = round(mean_level(proof.blocks))
        letters = letters_of(covered, boxes)
        its = bands if letters is covered else list(inked_bands(letters))
        proof.told |= put_under(proof.sheet, letters, its, colour or (level, level, level), effects, stream)
    if name in _WORN:
        covered, told = worn(covered, effects, stream)
        proof.told |= told
    return covered


def _check(proof: _Proof, name: str, colour: Colour | None, shares: Picture, uneven: float, wanted: float) -> None:
    """Note how far an ink is from what it is read against; Rejected where that is too near."""
    level = grey_of(colour) if colour else proof.blocks
    told = proof.told if name in _DRESSED else {}
    if name == "reverse":
        proof.least = min(proof.least, check_reverse(proof.printed, level, shares, wanted, told))
    elif name in _WRITING and isinstance(level, float):
        proof.least = min(proof.least, check_level(proof.blocks, shares, level, uneven, wanted, told))


def _lay(
    proof: _Proof, name: str, covered: Picture, colour: Colour | None, shares: Picture, ground: Picture,
    bands: Sequence[Rows],
) -> None:  # fmt: skip
    """Print one ink, which lies in some bands; one without a colour shows the ground again."""
    if colour is None:
        uncover(proof.sheet, covered, ground, bands)
        return
    (impress_through if name in ("seal", "marker") else impress)(proof.sheet, covered, colour, bands)
    proof.printed = printed_blocks(proof.printed, shares, grey_of(colour))
    if name in _AREAS:
        proof.blocks = proof.printed


def _least_level(blocks: Picture, coverage: Picture, wanted: float) -> float:
    """Return the level of the darkest block; of the darkest inked one when the former is below ``wanted``."""
    darkest = int(blocks.min())
    if darkest >= wanted:
        return float(darkest)
    inked = block_shares(coverage) > 0
    return float(blocks[inked].min()) if inked.any() else 255.0
