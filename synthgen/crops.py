"""Word pictures cut out of a scene, upright, for recognisers.

A word is cut along its own quad: its frame is mapped to an upright rectangle in one resampling of the scene's pixels.
The rectangle holds all of the word's ink, which may reach beyond its cells, plus a small margin that differs on every
side.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from synthgen import recipe
from synthgen.geometry import cut_quads
from synthgen.matrices import inverse_matrices, project_each, unit_to_quads
from synthgen.quads import boxes_to_quads, side_lengths
from synthgen.randomness import Stream
from synthgen.scene import Scene

Float = npt.NDArray[np.float64]
Picture = npt.NDArray[np.uint8]

# Cells are higher than ink: a word is shown as high as its ink and most words of its line, so that a dash or a comma
# keeps its place in the height of the line; and at least this middle part of the cell.
LEAST_BAND = (0.35, 0.65)
# Above this reduction plain bilinear sampling would alias: the word is then cut larger and reduced by area.
MAX_REDUCTION = 1.6


class Crop(NamedTuple):
    """One word picture: ``image`` uint8 (H, W) or (H, W, 3) RGB, its text, direction, number in the scene and quality.

    ``quality`` is what a lossy encoder is to use. Vertical words (``ttb``) stay vertical.
    """

    image: Picture
    text: str
    direction: str
    word: int
    quality: int


def cut_words(scene: Scene, crops: recipe.Crops, min_visible: float, stream: Stream) -> tuple[Crop, ...]:
    """Return the pictures of the scene's words that are wholly visible and not ignored, in reading order."""
    words = scene.words
    if crops.unit == "scene":
        if True in words.ignored.tolist() or min(scene.characters.visible.tolist()) < min_visible:
            return ()
        return (Crop(scene.image, scene.lines.text[0], scene.lines.direction[0], 0, _quality(crops, stream)),)
    chosen = np.flatnonzero(~words.ignored & _wholly_visible(scene, min_visible))
    if not len(chosen):
        return ()
    word_quads = words.quad[chosen]
    from_unit = unit_to_quads(word_quads)
    boxes, aspects = _frames(word_quads, words.ink[chosen], words.line[chosen], inverse_matrices(from_unit))
    draws = stream.generator.random((len(chosen), 8))
    low, high = crops.margin_frac_range
    margins = low + (high - low) * draws[:, :4]
    # A unit of the margins, in each word's own frame: as long across as down.
    down = boxes[:, 3] - boxes[:, 1]
    unit = np.stack([down * aspects, down], axis=-1)
    boxes[:, :2] -= margins[:, :2] * unit
    boxes[:, 2:] += margins[:, 2:] * unit
    jitter = crops.jitter_frac * (2 * stream.generator.random((len(chosen), 4, 2)) - 1)
    jitter *= np.minimum(margins.min(axis=1), 1)[:, None, None]
    quads = project_each(from_unit, boxes_to_quads(boxes) + jitter * unit[:, None])
    sides = side_lengths(quads)
    low_quality, high_quality = crops.quality_range
    qualities = (low_quality + np.floor((high_quality - low_quality + 1) * draws[:, 4])).astype(int)
    vertical = np.array([words.direction[word] == "ttb" for word in chosen.tolist()])
    size, fits = _sizes(sides, vertical, crops)
    # Shorter than the way it goes: read this many times finer, then reduced by area.
    reduction = np.maximum(sides[:, 0], sides[:, 2]) / size[:, 0]
    times = np.where(reduction > MAX_REDUCTION, np.ceil(reduction / MAX_REDUCTION), 1.0)
    if not fits.all():
        chosen, qualities = chosen[fits], qualities[fits]
        quads, size, times = quads[fits], size[fits], times[fits]
    images = cut_quads(scene.image, unit_to_quads(quads), size * times[:, None])
    for at in np.flatnonzero(times > 1).tolist():
        width, height = size[at].astype(int).tolist()
        images[at] = np.asarray(cv2.resize(images[at], (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)
    numbers = chosen.tolist()
    texts, directions = ([texts[word] for word in numbers] for texts in (words.text, words.direction))
    return tuple(map(Crop, images, texts, directions, numbers, qualities.tolist()))


def _quality(crops: recipe.Crops, stream: Stream) -> int:
    return stream.integer(crops.quality_range[0], crops.quality_range[1] + 1)


def _wholly_visible(scene: Scene, min_visible: float) -> npt.NDArray[np.bool_]:
    """Return per word (M,) whether each of its characters is visible to at least this share."""
    whole = np.ones(len(scene.words), dtype=bool)
    whole[scene.characters.word[scene.characters.visible < min_visible]] = False
    return whole


def _frames(quads: Float, ink: Float, line: npt.NDArray[np.int32], to_unit: Float) -> tuple[Float, Float]:
    """Return in each word quad's own unit frame the box (M, 4) that the picture shows, margins apart.

    Also the aspect (M,), by which a unit of the frame's width must be multiplied to be as long as one of its height.
    """
    local = np.ascontiguousarray(project_each(to_unit, ink).T)
    low, high = local.min(axis=1).T, local.max(axis=1).T
    # All cells of a line are equally high, so heights in the words' frames can be compared along it.
    starts = np.concatenate([[0], np.flatnonzero(line[1:] != line[:-1]) + 1])
    counts = np.diff(np.append(starts, len(line)))
    low[:, 1] = np.minimum(low[:, 1], np.repeat(np.add.reduceat(low[:, 1], starts) / counts, counts))
    high[:, 1] = np.maximum(high[:, 1], np.repeat(np.add.reduceat(high[:, 1], starts) / counts, counts))
    low = np.minimum(low, (0.0, LEAST_BAND[0]))
    high = np.maximum(high, (1.0, LEAST_BAND[1]))
    top, right, bottom, left = side_lengths(quads).T
    return np.concatenate([low, high], axis=1), (right + left) / np.maximum(top + bottom, 1e-9)


def _sizes(sides: Float, vertical: npt.NDArray[np.bool_], crops: recipe.Crops) -> tuple[Float, npt.NDArray[np.bool_]]:
    """Return whole (width, height) (M, 2) px: the texts' own sizes, brought within the recipe's heights.

    The reading direction may be as long as it needs, up to ``max_aspect``; the second array (M,) is False beyond that.
    A vertical word's width takes the place of the height.
    """
    width, height = 0.5 * (sides[:, 0] + sides[:, 2]), 0.5 * (sides[:, 1] + sides[:, 3])
    across, along = np.where(vertical, (width, height), (height, width))
    low, high = crops.height_px_range
    fixed = np.clip(np.rint(across), low, high)
    # A reader that scales to 32 px high fails on pictures narrower than height / 32 px; this is far above that.
    free = np.maximum(np.rint(along * fixed / np.maximum(across, 1e-9)), np.maximum(fixed // 4, 4))
    size: Float = np.where(vertical, (fixed, free), (free, fixed)).T
    return size, free <= crops.max_aspect * fixed
