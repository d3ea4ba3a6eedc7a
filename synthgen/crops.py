"""Word pictures cut out of a scene, upright, for recognisers.

A word is cut along its own quad: its frame is mapped to an upright rectangle in one resampling of the scene's pixels.
The rectangle holds all of the word's ink, which may reach beyond its cells, plus a small margin that differs on every
side.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import accumulate, compress, islice
from typing import NamedTuple, TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from synthgen import recipe
from synthgen.geometry import Box, cut_few, cut_quads
from synthgen.matrices import inverse_entries, matrices_of, points_under, unit_entries
from synthgen.plain_maps import Corners, Nine, corners_under, inverse_of, unit_to_quad
from synthgen.quads import side_lengths
from synthgen.randomness import Stream
from synthgen.scene import Parts, Scene, Words

Float = npt.NDArray[np.float64]
Int = npt.NDArray[np.int32]
Picture = npt.NDArray[np.uint8]
Place = npt.NDArray[np.intp]

S = TypeVar("S", bound=np.generic)

# Cells are higher than ink: a word is shown as high as its ink and most words of its line, so that a dash or a comma
# keeps its place in the height of the line; and at least this middle part of the cell.
LEAST_BAND = (0.35, 0.65)
_LEAST_BOX = np.array([[0.0], [LEAST_BAND[0]], [1.0], [LEAST_BAND[1]]])
# Rows of a box (x0, y0, x1, y1) that are x and y of the corners TL, TR, BR, BL.
_BOX_CORNERS = np.array([[0, 2, 2, 0], [1, 1, 3, 3]])
# Above this reduction plain bilinear sampling would alias: the word is then cut larger and reduced by area.
MAX_REDUCTION = 1.6
# So many words are measured faster in plain numbers than in arrays.
FEW_WORDS = 8


class Crop(NamedTuple):
    """One word picture: ``image`` uint8 (H, W) or (H, W, 3) RGB, its text, direction, number in the scene and quality.

    ``image`` may be a view of a wider array: ``np.ascontiguousarray`` for readers that want rows without gaps.
    ``quality`` is what a lossy encoder is to use. Vertical words (``ttb``) stay vertical.
    """

    image: Picture
    text: str
    direction: str
    word: int
    quality: int


def cut_words(scene: Scene, crops: recipe.Crops, min_visible: float, stream: Stream) -> tuple[Crop, ...]:
    """Return the pictures of the scene's words that are wholly visible and not ignored, in reading order."""
    if crops.unit == "scene":
        return _whole(scene, crops, min_visible, stream)
    chosen = _learnable((scene,), min_visible).nonzero()[0]
    if not len(chosen):
        return ()
    if len(chosen) <= FEW_WORDS:
        few = chosen.tolist()
        if frames := _few_frames(scene.words, few):
            return _few(scene, few, frames, crops, stream)
    return _many((scene,), chosen, crops, stream)[0]


def cut_together(
    scenes: Sequence[Scene], crops: recipe.Crops, min_visible: float, stream: Stream
) -> list[tuple[Crop, ...]]:
    """Return what :func:`cut_words` gives for some scenes, one at least, asked for one after another.

    The words of many small scenes are measured as fast as those of one.
    """
    if crops.unit == "scene":
        return [_whole(scene, crops, min_visible, stream) for scene in scenes]
    chosen = _learnable(scenes, min_visible).nonzero()[0]
    return _many(scenes, chosen, crops, stream) if len(chosen) else [()] * len(scenes)


def whole_together(
    pictures: Sequence[Picture | None], parts: Parts, crops: recipe.Crops, min_visible: float, stream: Stream
) -> list[tuple[Crop, ...]]:
    """Return what :func:`cut_words` gives of some pictures of a line each, of which the whole is cut.

    None of those that are None; ``parts`` are the labels of all.
    """
    lines = parts.labels[2]
    shown = [
        at
        for at, (image, ignored, least) in enumerate(zip(pictures, parts.ignored, parts.least, strict=True))
        if image is not None and not ignored and least >= min_visible
    ]
    low, high = crops.quality_range
    found: list[tuple[Crop, ...]] = [()] * len(pictures)
    for at, draw in zip(shown, stream.several(len(shown)), strict=True):
        image, quality = pictures[at], low + int((high + 1 - low) * draw)
        if image is not None:
            found[at] = (Crop(image, lines.text[at], lines.direction[at], 0, quality),)
    return found


def _many(scenes: Sequence[Scene], chosen: Place, crops: recipe.Crops, stream: Stream) -> list[tuple[Crop, ...]]:
    """Return scene by scene the pictures of the ``chosen`` words (M,), one at least, counted through all scenes."""
    words = [scene.words for scene in scenes]
    starts = np.array([0, *accumulate(map(len, words))])
    owner = starts[1:].searchsorted(chosen, side="right")
    owners, numbers = owner.tolist(), (chosen - starts[owner]).tolist()
    line = _renumbered([one.line for one in words], [len(scene.lines) for scene in scenes])[chosen]
    # Coordinate by coordinate and corner by corner, (2, 4, M): each step then runs over all words at once.
    word_quads, ink = (
        np.ascontiguousarray(_joined(quads)[chosen].T)
        for quads in ([one.quad for one in words], [one.ink for one in words])
    )
    from_unit = unit_entries(word_quads)
    box, aspects = _frames(word_quads, ink, line, inverse_entries(from_unit))
    draws, moves = _drawn(np.bincount(owner, minlength=len(scenes)), stream)
    low, high = crops.margin_frac_range
    margins = low + (high - low) * draws[:, :4].T
    # A unit of the margins, in each word's own frame: as long across as down.
    down = box[3] - box[1]
    unit = np.array([down * aspects, down])
    box[:2] -= margins[:2] * unit
    box[2:] += margins[2:] * unit
    jitter = crops.jitter_frac * (2 * moves.T - 1) * np.minimum(margins.min(axis=0), 1)
    quads = points_under(from_unit, box[_BOX_CORNERS] + jitter * unit[:, None])
    sides = side_lengths(quads.T)
    low_quality, high_quality = crops.quality_range
    qualities = (low_quality + np.floor((high_quality - low_quality + 1) * draws[:, 4])).astype(int)
    texts = [words[of].text[number] for of, number in zip(owners, numbers, strict=True)]
    directions = [words[of].direction[number] for of, number in zip(owners, numbers, strict=True)]
    size, fits = _sizes(sides, np.array([direction == "ttb" for direction in directions]), crops)
    # Shorter than the way it goes: read this many times finer, then reduced by area.
    times = np.maximum(np.ceil(np.maximum(sides[:, 0], sides[:, 2]) / size[:, 0] / MAX_REDUCTION), 1.0)
    if not fits.all():
        owners, numbers = (list(compress(each, fits.tolist())) for each in (owners, numbers))
        texts, directions = (list(compress(each, fits.tolist())) for each in (texts, directions))
        owner, qualities = owner[fits], qualities[fits]
        quads, size, times = quads[..., fits], size[fits], times[fits]
    frames = matrices_of(unit_entries(quads))
    images = cut_quads([scenes[of].image for of in owners], frames, size * times[:, None])
    for place in (times > 1).nonzero()[0].tolist():
        width, height = size[place].astype(int).tolist()
        images[place] = np.asarray(
            cv2.resize(images[place], (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8
        )
    found = map(Crop, images, texts, directions, numbers, qualities.tolist())
    # Scene by scene, as the words are.
    return [tuple(islice(found, count)) for count in np.bincount(owner, minlength=len(scenes)).tolist()]


class _Frame(NamedTuple):
    """A word's own unit frame: its quad, the matrix that takes the unit square there, the box of :func:`_frames`."""

    quad: Corners
    from_unit: Nine
    box: Box


def _few_frames(words: Words, chosen: Sequence[int]) -> list[_Frame] | None:
    """Return the frames of a few words, in plain numbers; None where one has no area."""
    quads, lines = words.quad[chosen].tolist(), words.line[chosen].tolist()
    try:
        from_unit = [unit_to_quad(quad) for quad in quads]
        ink = [
            corners_under(inverse_of(to), its) for to, its in zip(from_unit, words.ink[chosen].tolist(), strict=True)
        ]
    except ZeroDivisionError:
        return None
    spans = [(min(x), min(y), max(x), max(y)) for x, y in (zip(*corners, strict=True) for corners in ink)]
    frames = []
    for quad, to, (x0, y0, x1, y1), line in zip(quads, from_unit, spans, lines, strict=True):
        beside = [span for span, its in zip(spans, lines, strict=True) if its == line]
        y0 = min(y0, math.fsum([span[1] for span in beside]) / len(beside), LEAST_BAND[0])
        y1 = max(y1, math.fsum([span[3] for span in beside]) / len(beside), LEAST_BAND[1])
        frames.append(_Frame(quad, to, (min(x0, 0.0), y0, max(x1, 1.0), y1)))
    return frames


def _few(
    scene: Scene, chosen: Sequence[int], frames: Sequence[_Frame], crops: recipe.Crops, stream: Stream
) -> tuple[Crop, ...]:
    """Return the pictures of a few words: what :func:`cut_together` does, in plain numbers."""
    words, count = scene.words, len(chosen)
    numbers = stream.generator.random(16 * count).tolist()
    low, high = crops.margin_frac_range
    low_quality, high_quality = crops.quality_range
    wanted, shown = [], []
    for at, (word, frame) in enumerate(zip(chosen, frames, strict=True)):
        draws, moves = numbers[8 * at : 8 * at + 8], numbers[8 * (count + at) : 8 * (count + at) + 8]
        left, top, right, bottom = margins = [low + (high - low) * draw for draw in draws[:4]]
        sides = _sides(frame.quad)
        x0, y0, x1, y1 = frame.box
        down = y1 - y0
        across = down * ((sides[1] + sides[3]) / max(sides[0] + sides[2], 1e-9))
        x0, y0, x1, y1 = x0 - left * across, y0 - top * down, x1 + right * across, y1 + bottom * down
        most, jitter = min(*margins, 1), crops.jitter_frac
        corners = [
            (x + jitter * (2 * u - 1) * most * across, y + jitter * (2 * v - 1) * most * down)
            for (x, y), u, v in zip(((x0, y0), (x1, y0), (x1, y1), (x0, y1)), moves[::2], moves[1::2], strict=True)
        ]
        quad = corners_under(frame.from_unit, corners)
        sides = _sides(quad)
        size = _size(sides, crops, vertical=words.direction[word] == "ttb")
        if size is None:
            continue
        reduction = max(sides[0], sides[2]) / size[0]
        times = math.ceil(reduction / MAX_REDUCTION) if reduction > MAX_REDUCTION else 1
        wanted.append((unit_to_quad(quad), (size[0] * times, size[1] * times)))
        quality = low_quality + math.floor((high_quality - low_quality + 1) * draws[4])
        shown.append((word, size, quality))
    found = []
    for image, (word, size, quality) in zip(cut_few(scene.image, wanted), shown, strict=True):
        if image.shape[1::-1] != size:
            image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        found.append(Crop(image, words.text[word], words.direction[word], word, quality))
    return tuple(found)


def _sides(quad: Corners) -> list[float]:
    """Return the lengths of a quad's top, right, bottom and left sides."""
    return [
        math.sqrt((x1 - x0) * (x1 - x0) + (y1 - y0) * (y1 - y0))
        for (x0, y0), (x1, y1) in zip(quad, (*quad[1:], quad[0]), strict=True)
    ]


def _size(sides: Sequence[float], crops: recipe.Crops, *, vertical: bool) -> tuple[int, int] | None:
    """Return the size that :func:`_sizes` gives for one word, None where that does not fit."""
    width, height = 0.5 * (sides[0] + sides[2]), 0.5 * (sides[1] + sides[3])
    across, along = (width, height) if vertical else (height, width)
    if not math.isfinite(across + along):
        return None
    low, high = crops.height_px_range
    fixed = min(max(round(across), low), high)
    free = max(round(along * fixed / max(across, 1e-9)), fixed // 4, 4)
    if free > crops.max_aspect * fixed:
        return None
    return (fixed, free) if vertical else (free, fixed)


def _whole(scene: Scene, crops: recipe.Crops, min_visible: float, stream: Stream) -> tuple[Crop, ...]:
    """Return the whole scene as the only word picture; none where a part of it is not to be learned from."""
    if True in scene.words.ignored.tolist() or min(scene.characters.visible.tolist()) < min_visible:
        return ()
    quality = stream.integer(crops.quality_range[0], crops.quality_range[1] + 1)
    return (Crop(scene.image, scene.lines.text[0], scene.lines.direction[0], 0, quality),)


def _joined(arrays: Sequence[npt.NDArray[S]]) -> npt.NDArray[S]:
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)


def _renumbered(ids: Sequence[Int], counts: Iterable[int]) -> Int:
    """Return the scenes' ids joined, counted on from one to the next; ``counts`` says how many each one has."""
    return _joined([one + first for one, first in zip(ids, accumulate(counts, initial=0), strict=False)])


def _learnable(scenes: Sequence[Scene], min_visible: float) -> npt.NDArray[np.bool_]:
    """Return per word of all scenes whether it is not ignored and all its characters are visible to this share."""
    learnable = ~_joined([scene.words.ignored for scene in scenes])
    hidden = _joined([scene.characters.visible for scene in scenes]) < min_visible
    if hidden.any():
        of = _renumbered([scene.characters.word for scene in scenes], [len(scene.words) for scene in scenes])
        learnable[of[hidden]] = False
    return learnable


def _drawn(counts: npt.NDArray[np.intp], stream: Stream) -> tuple[Float, Float]:
    """Return in [0, 1) eight numbers (M, 8) and four corners' moves (M, 4, 2) for each word, ``counts`` (K,) a scene.

    The numbers of a scene's words stand before its corners: those of K calls, one for each scene.
    """
    numbers = stream.generator.random((2 * int(counts.sum()), 8))
    if len(counts) == 1:
        return numbers[: counts[0]], numbers[counts[0] :].reshape(-1, 4, 2)
    first = np.repeat([True, False] * len(counts), np.repeat(counts, 2))
    return numbers[first], numbers[~first].reshape(-1, 4, 2)


def _frames(quads: Float, ink: Float, line: Int, to_unit: Float) -> tuple[Float, Float]:
    """Return in each word quad's own unit frame the box (4, M) of x0, y0, x1, y1 that the picture shows, margins apart.

    Also the aspect (M,), by which a unit of the frame's width must be multiplied to be as long as one of its height.
    ``quads`` and ``ink`` are (2, 4, M), ``to_unit`` the entries (9, M) of the maps into the frames.
    """
    local = points_under(to_unit, ink)
    box = np.concatenate([local.min(axis=1), local.max(axis=1)])
    # All cells of a line are equally high, so heights in the words' frames can be compared along it.
    begins = np.ones(len(line), dtype=bool)
    np.not_equal(line[1:], line[:-1], out=begins[1:])
    starts, of = begins.nonzero()[0], begins.cumsum() - 1
    top_and_foot = np.add.reduceat(box[1::2], starts, axis=1) / np.bincount(of)
    y0, y1 = top_and_foot[:, of]
    np.minimum(box[1], y0, out=box[1])
    np.maximum(box[3], y1, out=box[3])
    np.minimum(box[:2], _LEAST_BOX[:2], out=box[:2])
    np.maximum(box[2:], _LEAST_BOX[2:], out=box[2:])
    top, right, bottom, left = side_lengths(quads.T).T
    return box, (right + left) / np.maximum(top + bottom, 1e-9)


def _sizes(sides: Float, vertical: npt.NDArray[np.bool_], crops: recipe.Crops) -> tuple[Float, npt.NDArray[np.bool_]]:
    """Return whole (width, height) (M, 2) px: the texts' own sizes, brought within the recipe's heights.

    The reading direction may be as long as it needs, up to ``max_aspect``; the second array (M,) is False beyond that.
    A vertical word's width takes the place of the height.
    """
    width, height = 0.5 * (sides[:, 0] + sides[:, 2]), 0.5 * (sides[:, 1] + sides[:, 3])
    across, along = np.where(vertical, width, height), np.where(vertical, height, width)
    low, high = crops.height_px_range
    fixed = np.minimum(np.maximum(np.rint(across), low), high)
    # A reader that scales to 32 px high fails on pictures narrower than height / 32 px; this is far above that.
    free = np.maximum(np.rint(along * fixed / np.maximum(across, 1e-9)), np.maximum(fixed // 4, 4))
    size: Float = np.array([np.where(vertical, fixed, free), np.where(vertical, free, fixed)]).T
    return size, free <= crops.max_aspect * fixed
