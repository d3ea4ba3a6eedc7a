"""Lines that follow a curve, as on signs, seals and packages: each glyph stands on the tangent at its middle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthgen.errors import Rejected
from synthgen.typeset.galley import Galley
from synthgen.typeset.text import Text

Float = npt.NDArray[np.float64]

# A glyph is straight: where the baseline turns more than this within one, neighbours would run into each other.
MOST_TURN_DEG = 40.0


@dataclass(frozen=True, eq=False)
class Curve:
    """A baseline: ``points`` float64 (K, 2), close together, in sheet px; arc length is measured along them."""

    points: Float

    @property
    def length_px(self) -> float:
        """The whole length."""
        return float(self._lengths()[-1])

    def _lengths(self) -> Float:
        steps = np.diff(self.points, axis=0)
        return np.concatenate([[0.0], np.cumsum(np.sqrt(steps[:, 0] ** 2 + steps[:, 1] ** 2))])

    def at(self, along_px: Float) -> tuple[Float, Float]:
        """Return the points (n, 2) at distances (n,) from the start, and the unit tangents (n, 2) there.

        Before its start and beyond its end the curve stands still, with the tangent that it has there.
        """
        lengths = self._lengths()
        place = np.column_stack([np.interp(along_px, lengths, self.points[:, axis]) for axis in (0, 1)])
        # Tangents are taken over a pixel, so that they turn smoothly although the curve is given by points.
        middle = np.clip(along_px, 0.5, lengths[-1] - 0.5)
        ends = [middle + half for half in (-0.5, 0.5)]
        before, after = (
            np.column_stack([np.interp(end, lengths, self.points[:, axis]) for axis in (0, 1)]) for end in ends
        )
        tangent = after - before
        return place, tangent / np.sqrt(tangent[:, 0] ** 2 + tangent[:, 1] ** 2)[:, None]


def arc(
    center: tuple[float, float], radius_px: float, middle_deg: float, length_px: float, outside: bool = True
) -> Curve:
    """Return an arc of a circle of the given length, read from left to right.

    ``middle_deg`` is the direction of the arc's middle as seen from the centre, counter-clockwise from the right (90
    is the top). ``outside`` letters stand with their feet towards the centre, clockwise; otherwise with their heads,
    as along the lower half of a seal.
    """
    half = np.rad2deg(length_px / radius_px) / 2
    way = -1.0 if outside else 1.0
    angles = np.deg2rad(np.linspace(middle_deg - way * half, middle_deg + way * half, max(int(length_px * 2), 8)))
    x, y = center
    return Curve(np.column_stack([x + radius_px * np.cos(angles), y - radius_px * np.sin(angles)]))


def wave(start: tuple[float, float], length_px: float, amplitude_px: float, period_px: float, phase: float) -> Curve:
    """Return a sine-shaped baseline to the right of ``start``; ``phase`` in turns."""
    along = np.linspace(0.0, length_px, max(int(length_px * 2), 8))
    height = amplitude_px * np.sin(2 * np.pi * (along / period_px + phase))
    return Curve(np.column_stack([start[0] + along, start[1] + height]))


def free(nodes: Float) -> Curve:
    """Return a smooth baseline through ``nodes`` (K, 2), K >= 2: a Catmull-Rom spline."""
    padded = np.concatenate([[2 * nodes[0] - nodes[1]], nodes, [2 * nodes[-1] - nodes[-2]]])
    t = np.linspace(0.0, 1.0, 64, endpoint=False)[:, None]
    pieces = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        pieces.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    return Curve(np.concatenate([*pieces, nodes[-1:]]))


def place_on_curve(galley: Galley, block: int, text: Text, curve: Curve, start_px: float = 0.0) -> None:
    """Place a text's first line along a curve, its first pen ``start_px`` from the curve's start.

    Words get outlines that follow the curve. Raises Rejected ``curve`` when the line is longer than the rest of the
    curve, or when the curve turns too sharply for its glyphs.
    """
    style, line = text.style, text.lines[0]
    shaped, pens, starts = text.shaped[0], text.pens[0], text.starts[0]
    part = slice(starts[line.first], starts[line.last])
    em = style.size_px
    spaces = np.repeat(np.arange(line.last - line.first), np.diff(starts[line.first : line.last + 1]))
    pen = start_px + np.array(pens[part]) - pens[part.start] + spaces * text.space_px
    advance = shaped.advance_em[part] * style.stretch * em
    if start_px < 0 or start_px + line.width_px > curve.length_px:
        raise Rejected("curve")
    place, tangent = curve.at(pen + advance / 2)
    _refuse_sharp_turns(curve, pen, advance)
    frame = np.stack([tangent, np.column_stack([-tangent[:, 1], tangent[:, 0]])], axis=-1)
    origin = place - tangent * (advance / 2)[:, None]
    linear = frame * np.array([style.stretch * em, em])
    face = text.shaper.faces.faces[style.face]
    n = len(pen)
    zero, top, foot = np.zeros(n), np.full(n, -face.ascent_em * em), np.full(n, face.descent_em * em)
    local = np.stack([zero, top, advance, top, advance, foot, zero, foot], axis=-1).reshape(n, 4, 2)
    x, y = local[..., 0], local[..., 1]
    cell = origin[:, None] + x[..., None] * frame[:, None, :, 0] + y[..., None] * frame[:, None, :, 1]
    words = text.words[0][line.first : line.last]
    first = galley.word_count
    galley.add(
        block, shaped, part, words, [(" ".join(words), n)], linear, origin, cell, frame, direction="ltr", ink=style.ink
    )
    at = 0
    for number, word in enumerate(words):
        cells = cell[at : at + len(word)]
        galley.outline(first + number, np.concatenate([cells[:, :2].reshape(-1, 2), cells[::-1, 2:].reshape(-1, 2)]))
        at += len(word)


def _refuse_sharp_turns(curve: Curve, pen: Float, advance: Float) -> None:
    _, before = curve.at(pen)
    _, after = curve.at(pen + advance)
    cosine = (before * after).sum(axis=1)
    if cosine.min() < np.cos(np.deg2rad(MOST_TURN_DEG)):
        raise Rejected("curve")
