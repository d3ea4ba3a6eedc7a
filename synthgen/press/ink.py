"""Ink on paper: how much of it, how evenly it lies, how far it creeps; and whether it can be read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from synthgen import recipe
from synthgen.errors import Rejected
from synthgen.geometry import Picture

# Each of the two registers its effects as it is imported.
from synthgen.press import dress, wear
from synthgen.press.bank import BANK_MEAN, bank, cut, look_up
from synthgen.press.colours import check_families, drawn_pair, grey_of
from synthgen.press.effects import DRESSES, WEARS, Colour, check_names, drawn_effects
from synthgen.press.impression import composite, impressed, multiplied, uncovered
from synthgen.press.palette import DARKEST_LEVEL, drawn_palette
from synthgen.randomness import Stream

__all__ = [
    "DARKEST_LEVEL",
    "check_ink",
    "composite",
    "dress",
    "print_ink",
    "print_layers",
    "spread_ink",
    "wear",
]

Layers = Sequence[tuple[str, Picture]]
Mask = npt.NDArray[np.bool_]

# Inks that bear text, and those that areas are laid with before it.
_WRITING, _AREAS = ("text", "accent", "pen", "seal"), ("tint", "marker")
# The paper's level is judged over blocks of this size: larger than its grain, smaller than a shadow.
BLOCK_PX = 16
LEAST_SPREAD_PX = 0.02
LEAST_UNEVEN = 0.004


def print_ink(ground: Picture, coverage: Picture, ink: recipe.Ink, stream: Stream) -> tuple[Picture, dict[str, Any]]:
    """Return the printed sheet, shaped like ``ground``, and what was drawn for it as plain JSON values.

    ``ground`` is uint8 (H, W) or (H, W, 3); ``coverage`` uint8 (H, W), how much of each pixel glyphs cover, in 255ths.
    Without spread and unevenness the sheet is ``ground + (ink - ground) * coverage / 255``, to the nearest level.
    Raises Rejected ``low-contrast`` when ink and paper come nearer than ``ink.min_contrast`` anywhere that is inked.
    """
    blocks = _block_levels(ground)
    paper_level = float(blocks.mean())
    highest = paper_level - DARKEST_LEVEL
    contrast = stream.between((min(ink.contrast_range[0], highest), min(ink.contrast_range[1], highest)))
    level = min(max(round(paper_level - contrast), 0), 255)
    uneven, spread = stream.between(ink.uneven_range), stream.between(ink.spread_px_range)

    least = (_least_level(blocks, coverage, level + ink.min_contrast / max(1 - uneven, 1e-6)) - level) * (1 - uneven)
    if least < ink.min_contrast:
        raise Rejected("low-contrast")
    if spread > LEAST_SPREAD_PX:
        coverage = spread_ink(coverage, spread)
    if uneven > LEAST_UNEVEN:
        coverage = _thinned(coverage, uneven, stream)
    parameters = {
        "level": level,
        "paper_level": paper_level,
        "contrast": paper_level - level,
        "least_contrast": least,
        "uneven": uneven,
        "spread_px": spread,
    }
    return composite(ground, coverage, level), parameters


def check_ink(ink: recipe.Ink) -> None:
    """Raise RecipeError for a name in the recipe's section that no effect, or no family of colours, has."""
    check_names(ink.effects, (*WEARS, *DRESSES), "ink.effects")
    check_families(ink.colours)


def print_layers(ground: Picture, layers: Layers, ink: recipe.Ink, stream: Stream) -> tuple[Picture, dict[str, Any]]:
    """Return the sheet printed with several inks, and what was drawn for it as plain JSON values.

    ``layers`` are (name of an ink, coverage) in the order of printing, coverage uint8 (H, W) as for :func:`print_ink`,
    which prints a lone ``text`` that has drawn no colours and no effects. ``tint`` areas lie under text; ``reverse``
    shows the ground again; ``seal`` and ``marker`` are transparent. The sheet has the ground's channels: on a grey one,
    colours are their grey. Raises Rejected ``low-contrast`` when a writing ink comes too near to what it is printed on.
    """
    effects = drawn_effects(ink.effects, ink.effect_dose_range, ink.most_effects, stream)
    pair = drawn_pair(ink.colours, stream) if ink.colours else None
    if pair is None and not effects and [name for name, _ in layers] == ["text"]:
        return print_ink(ground, layers[0][1], ink, stream)
    palette, ground = drawn_palette(ground, float(_block_levels(ground).mean()), pair, ink, stream)
    uneven, spread = stream.between(ink.uneven_range), stream.between(ink.spread_px_range)
    drawn: dict[str, Any] = {name: {"dose": dose} for name, dose in effects}
    sheet, blocks, least = ground, _block_levels(ground), 255.0
    for name, covered in layers:
        if name == "reverse":
            least = min(least, _check_distance(sheet, blocks, covered, ink.min_contrast))
            sheet = uncovered(ground, sheet, covered)
            continue
        colour = palette.colours[name]
        if name in _WRITING:
            covered = _inked(covered, spread, uneven, stream)
            least = min(least, _check_level(blocks, covered, grey_of(colour), uneven, ink.min_contrast))
        if name == "text":
            sheet, covered, told = _dressed_and_worn(sheet, covered, colour, effects, stream)
            drawn = {effect: drawn[effect] | told.get(effect, {}) for effect in drawn}
        sheet = (multiplied if name in ("seal", "marker") else impressed)(sheet, covered, colour)
        if name in _AREAS:
            blocks = _block_levels(sheet)
    parameters = {
        "pair": palette.pair,
        "colours": {name: list(palette.colours[name]) for name, _ in layers if name != "reverse"},
        "least_contrast": least,
        "uneven": uneven,
        "spread_px": spread,
        "effects": drawn,
    }
    return sheet, parameters


def _inked(covered: Picture, spread: float, uneven: float, stream: Stream) -> Picture:
    """Return coverage with the recipe's spread and unevenness, where they are felt at all."""
    if spread > LEAST_SPREAD_PX:
        covered = spread_ink(covered, spread)
    return _thinned(covered, uneven, stream) if uneven > LEAST_UNEVEN else covered


def _dressed_and_worn(
    sheet: Picture, covered: Picture, colour: Colour, effects: list[tuple[str, float]], stream: Stream
) -> tuple[Picture, Picture, dict[str, dict[str, Any]]]:
    """Return sheet and coverage with their effects, and these effects' parameters."""
    told: dict[str, dict[str, Any]] = {}
    for name, dose in effects:
        if name in DRESSES:
            sheet, told[name] = DRESSES[name](sheet, covered, colour, dose, stream)
    for name, dose in effects:
        if name in WEARS:
            covered, told[name] = WEARS[name](covered, dose, stream)
    return sheet, covered, told


def _check_level(blocks: Picture, covered: Picture, level: float, uneven: float, least: float) -> float:
    """Return the least distance of an ink's grey level to the inked blocks; Rejected when too small to be read."""
    inked = _inked_blocks(covered, blocks.shape)
    if not inked.any():
        return 255.0
    distance = float(np.abs(blocks[inked] - level).min()) * (1 - uneven)
    if distance < least:
        raise Rejected("low-contrast")
    return distance


def _check_distance(sheet: Picture, blocks: Picture, covered: Picture, least: float) -> float:
    """Return the least distance of a printed area to its ground, where type is left out of it; Rejected as above."""
    inked = _inked_blocks(covered, blocks.shape)
    if not inked.any():
        return 255.0
    # At the area's edge a block is part ground: the blocks' middle half is judged.
    distances = np.abs(_block_levels(sheet)[inked].astype(np.int16) - blocks[inked])
    distance = float(np.percentile(distances, 25))
    if distance < least:
        raise Rejected("low-contrast")
    return distance


def spread_ink(coverage: Picture, spread_px: float) -> Picture:
    """Return coverage whose edges have crept outwards by ``spread_px``.

    It is blurred, then raised until straight edges cross one half that far outside. Blur and table are the same in
    every direction: the middle of a glyph stays where it was.
    """
    sigma = 0.5 + 0.6 * spread_px
    side = 2 * math.ceil(2.5 * sigma) + 1
    soft = np.asarray(cv2.GaussianBlur(coverage, (side, side), sigma, borderType=cv2.BORDER_REPLICATE), dtype=np.uint8)
    # A straight edge blurred with sigma has the value erfc(d / (sigma sqrt 2)) / 2 at the distance d outside it.
    outside = 0.5 * math.erfc(spread_px / sigma / math.sqrt(2))
    table = np.clip(np.rint(np.arange(256) * (0.5 / outside)), 0, 255).astype(np.uint8)
    return look_up(soft, table).reshape(coverage.shape)


def _thinned(coverage: Picture, uneven: float, stream: Stream) -> Picture:
    """Return coverage with patches where up to the share ``uneven`` of the ink is missing."""
    patches = np.clip((np.arange(256) - (BANK_MEAN - 40)) / 120, 0, 1)
    table = np.rint(255 * (1 - uneven * patches)).astype(np.uint8)
    mask = look_up(cut(bank("mottle"), (coverage.shape[1], coverage.shape[0]), stream), table)
    return np.asarray(cv2.multiply(coverage, mask, scale=1 / 255), dtype=np.uint8).reshape(coverage.shape)


def _blocks(picture: Picture) -> Picture:
    height, width = picture.shape[:2]
    size = (math.ceil(width / BLOCK_PX), math.ceil(height / BLOCK_PX))
    # Averaging is six times faster over whole blocks than over parts of pixels.
    right, below = size[0] * BLOCK_PX - width, size[1] * BLOCK_PX - height
    if right or below:
        picture = np.asarray(cv2.copyMakeBorder(picture, 0, below, 0, right, cv2.BORDER_REPLICATE), dtype=np.uint8)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _block_levels(ground: Picture) -> Picture:
    """Return the grey levels (luminance for RGB) of the ground's blocks, (rows, columns)."""
    blocks = _blocks(ground)
    grey = blocks if ground.ndim == 2 else np.asarray(cv2.cvtColor(blocks, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    height, width = ground.shape[:2]
    return grey.reshape(math.ceil(height / BLOCK_PX), math.ceil(width / BLOCK_PX))


def _least_level(blocks: Picture, coverage: Picture, wanted: float) -> float:
    """Return the level of the darkest block; of the darkest inked one when the former is below ``wanted``."""
    darkest = int(blocks.min())
    if darkest >= wanted:
        return float(darkest)
    inked = _inked_blocks(coverage, blocks.shape)
    return float(blocks[inked].min()) if inked.any() else 255.0


def _inked_blocks(coverage: Picture, shape: tuple[int, ...]) -> Mask:
    """Return which blocks (rows, columns) hold ink."""
    height, width = coverage.shape
    rows, columns = shape
    padded = np.zeros((rows * BLOCK_PX, columns * BLOCK_PX), dtype=np.uint8)
    padded[:height, :width] = coverage
    inked: Mask = padded.reshape(rows, BLOCK_PX, columns, BLOCK_PX).max(axis=(1, 3)) > 0
    return inked
