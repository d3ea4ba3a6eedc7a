"""Quads mapped, and the quads around groups of them: characters make words and lines, along the axes of their run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from synthgen.quads import boxes_to_quads

Float = npt.NDArray[np.float64]
Int = npt.NDArray[np.int32]
Index = npt.NDArray[np.intp]

# Columns of a box (x0, y0, x1, y1) at the corners TL, TR, BR, BL, as x and as y.
_XS, _YS = np.array([0, 2, 2, 0]), np.array([1, 1, 3, 3])


def mapped(linear: Float, x: Float, y: Float) -> Float:
    """Return ``linear @ (x, y)`` (..., 2) for stacks of (..., 2, 2); by plain sums, equal on every processor."""
    moved = np.empty((*np.broadcast_shapes(linear.shape[:-2], x.shape), 2))
    moved[..., 0] = linear[..., 0, 0] * x + linear[..., 0, 1] * y
    moved[..., 1] = linear[..., 1, 0] * x + linear[..., 1, 1] * y
    return moved


def mapped_boxes(boxes: Float, linear: Float, origin: Float) -> Float:
    """Return boxes (N, 4) of x0, y0, x1, y1 mapped by ``linear`` (N, 2, 2) and moved to ``origin`` (N, 2), as quads."""
    quads = mapped(linear[:, None], boxes[:, _XS], boxes[:, _YS])
    quads += origin[:, None]
    return quads


def box_around(quads: Float) -> tuple[float, float, float, float]:
    """Return the box (x0, y0, x1, y1) around quads (N, 4, 2)."""
    x, y = quads[..., 0], quads[..., 1]
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())


def grouped(lengths: Sequence[int]) -> tuple[Int, Index]:
    """Return for groups of these lengths, one after the other, each member's group (N,) and each group's first (G,)."""
    if len(lengths) == 1:
        return np.zeros(lengths[0], dtype=np.int32), np.zeros(1, dtype=np.intp)
    counts = np.array(lengths, dtype=np.intp)
    return np.repeat(np.arange(len(lengths), dtype=np.int32), counts), np.cumsum(counts) - counts


def middle_of(frames: Float, starts: Index) -> Float:
    """Return the frame (G, 2, 2) at the middle character of each group that begins at ``starts``."""
    ends = np.append(starts[1:], len(frames))
    middle: Float = frames[(starts + ends - 1) // 2]
    return middle


def quads_around(quads: Float, frames: Float | None, starts: Index) -> Float:
    """Return the quads (G, 4, 2) around groups of quads (N, K, 2), along the axes of each group's frame (G, 2, 2)."""
    if frames is not None:
        counts = np.diff(np.append(starts, len(quads)))
        a, b, c, d = (frames[:, row, column] for row in (0, 1) for column in (0, 1))
        inverse = np.stack([d, -b, -c, a], axis=-1).reshape(-1, 2, 2) / (a * d - b * c)[:, None, None]
        quads = mapped(np.repeat(inverse, counts, axis=0)[:, None], quads[..., 0], quads[..., 1])
    # Side by side, whole rows of numbers are compared and not two at a time.
    corners = np.ascontiguousarray(quads.transpose(1, 2, 0))
    low = np.minimum.reduceat(corners.min(axis=0), starts, axis=1)
    high = np.maximum.reduceat(corners.max(axis=0), starts, axis=1)
    boxes = boxes_to_quads(np.concatenate([low, high]).T)
    return boxes if frames is None else mapped(frames[:, None], boxes[..., 0], boxes[..., 1])


def level_quads_around(cell: Float, ink: Float, words: Index, lines: Index) -> tuple[Float, Float]:
    """Return the quads (2 W, 4, 2) around W words' cells and then their ink, and those (L, 4, 2) around lines' cells.

    What :func:`quads_around` gives for characters' upright quads (N, 4, 2) with level sides, whose corners are in their
    order. ``words`` (W,) and ``lines`` (L,) are where each begins.
    """
    starts = np.concatenate([words, words + len(cell)])
    low, high = (np.concatenate([cell[:, corner], ink[:, corner]]) for corner in (0, 2))
    low, high = np.minimum.reduceat(low, starts, axis=0), np.maximum.reduceat(high, starts, axis=0)
    # Words make lines.
    starts = words.searchsorted(lines)
    count = len(words)
    lows = np.concatenate([low, np.minimum.reduceat(low[:count], starts, axis=0)])
    highs = np.concatenate([high, np.maximum.reduceat(high[:count], starts, axis=0)])
    quads = boxes_to_quads(np.concatenate([lows, highs], axis=1))
    return quads[: 2 * count], quads[2 * count :]
