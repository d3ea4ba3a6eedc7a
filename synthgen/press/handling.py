"""What happens to a printed sheet: it shines through, is folded, crumpled, spilt on, punched and stapled."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from synthgen import recipe
from synthgen.geometry import Picture
from synthgen.press.bank import BANK_MEAN, bank, cut, in_channels, look_up, wrapped
from synthgen.press.effects import HANDLINGS, Parameters, check_names, drawn_effects, register
from synthgen.press.painters import tinted
from synthgen.randomness import Stream

Real = npt.NDArray[np.float32]

_SHOWN_MOST = 0.3
# How large the print of a sheet's back is, of that on its front.
_BACK_SCALES = (0.8, 1.3)
_FOLD_MOST = 0.3
_CREASE_MOST = 46.0
# What a spill leaves of red, green and blue; of grey, green's share.
_SPILLS = ((0.78, 0.66, 0.5), (0.86, 0.8, 0.7), (0.8, 0.72, 0.74))
_TRIES = 6


def check_handling(paper: recipe.Paper) -> None:
    """Raise RecipeError for a name in ``paper.effects`` that no effect has."""
    check_names(paper.effects, HANDLINGS, "paper.effects")


# What has a hue of its own.
COLOURING = frozenset({"stains"})


def handle_sheet(
    sheet: Picture, covered: Picture, paper: recipe.Paper, stream: Stream, warmth: float | None = None
) -> tuple[Picture, Parameters]:
    """Return a printed sheet as the recipe has it handled, and for each effect that was drawn its dose and parameters.

    ``covered`` uint8 (H, W) is the coverage of the ink on it, without tints and markers (see ``ink.covered_by``): it is
    what shines through, and what holes and staples keep clear of. The sheet itself is returned when nothing was drawn;
    a grey one that is to be :func:`tinted` by ``warmth`` later is so at once where something colours it.
    """
    drawn: dict[str, Any] = {}
    for name, dose in drawn_effects(paper.effects, paper.effect_dose_range, paper.most_effects, stream):
        if warmth is not None and sheet.ndim == 2 and name in COLOURING:
            sheet = tinted(sheet, warmth)
        sheet, parameters = HANDLINGS[name](sheet, covered, dose, stream)
        drawn[name] = {"dose": dose, **parameters}
    return sheet, drawn


def _times(sheet: Picture, mask: Picture) -> Picture:
    return np.asarray(cv2.multiply(sheet, in_channels(mask, sheet), scale=1 / 255), dtype=np.uint8).reshape(sheet.shape)


@register(HANDLINGS, "show_through")
def show_through(sheet: Picture, covered: Picture, dose: float, stream: Stream) -> tuple[Picture, Parameters]:
    """Return the sheet with the print on its back shining through: mirrored, soft, up to 0.3 of the light.

    The back is made of this page's own ink, turned over, cut up between lines and words, in another order and size: it
    reads as another page, and it bears no labels.
    """
    height, width = covered.shape
    right, down = stream.integer(width // 5, width - width // 5 + 1), stream.integer(0, height)
    sigma, enlarged = stream.uniform(0.9, 1.8), stream.uniform(*_BACK_SCALES)
    # What paper blurs needs no more than every other px; means of four px each cost a thirtieth of those of areas.
    half = (max(width // 2, 1), max(height // 2, 1))
    even = covered[: 2 * half[1], : 2 * half[0]]
    size = (max(round(half[0] * enlarged), 1), max(round(half[1] * enlarged), 1))
    coarse = cv2.resize(cv2.resize(even, half, interpolation=cv2.INTER_AREA), size)
    whole = np.asarray(coarse, dtype=np.uint8).reshape(size[::-1])
    cut_up = np.concatenate([_shuffled(band, 1, stream) for band in _pieces(whole, 0, stream)])
    turned = np.asarray(cv2.flip(cut_up, 1), dtype=np.uint8)
    soft = cv2.GaussianBlur(wrapped(turned, right % size[0], down % size[1], *half), (5, 5), sigma / 2)
    back = np.asarray(soft, dtype=np.uint8).reshape(half[::-1])
    table = np.rint(255 - np.arange(256) * _SHOWN_MOST * dose).astype(np.uint8)
    shown = np.asarray(cv2.resize(look_up(back, table), (width, height)), dtype=np.uint8).reshape(height, width)
    return _times(sheet, shown), {"shift_px": [right, down], "scale": enlarged, "sigma_px": sigma}


def _shuffled(part: Picture, axis: int, stream: Stream) -> Picture:
    return np.concatenate(_pieces(part, axis, stream), axis=axis)


def _pieces(part: Picture, axis: int, stream: Stream) -> list[Picture]:
    """Return a part of a page cut across an axis in four to seven where the least ink is, in another order."""
    length, n = part.shape[axis], stream.integer(4, 8)
    ink = cv2.reduce(part, 1 - axis, cv2.REDUCE_AVG).ravel() if part.size else np.zeros(length, np.uint8)
    cuts = [0]
    for at in range(1, n):
        near = slice(max(round((at - 0.3) * length / n), cuts[-1]), max(round((at + 0.3) * length / n), cuts[-1]))
        cuts.append(near.start + int(ink[near].argmin()) if near.start < near.stop else near.start)
    pieces = [
        part[start:end] if axis == 0 else part[:, start:end] for start, end in pairwise([*cuts, length]) if start < end
    ]
    # Every other one, then the rest: no piece keeps its neighbour.
    turned = [*pieces[1::2], *pieces[::2]]
    return turned if stream.chance(0.5) else turned[1:] + turned[:1]


@register(HANDLINGS, "folds")
def folds(sheet: Picture, covered: Picture, dose: float, stream: Stream) -> tuple[Picture, Parameters]:  # noqa: ARG001
    """Return the sheet with the lines along which it was folded: dark in the valley, light on its shoulder."""
    height, width = sheet.shape[:2]
    first = stream.chance(0.65)
    lines = [(first, place) for place in stream.pick(((0.5,), (0.5,), (1 / 3, 2 / 3), (0.25, 0.5, 0.75)))]
    lines += [(not first, 0.5)] if stream.chance(0.3) else []
    placed, folded = [], sheet
    for across, middle in lines:
        length = height if across else width
        place = middle + stream.uniform(-0.03, 0.03)
        wide, depth = stream.uniform(1.0, 2.0), dose * _FOLD_MOST * stream.uniform(0.6, 1.0)
        away = np.arange(length) + 0.5 - place * length
        # Each side of a fold lies a little differently in the light.
        side = 0.035 * dose * stream.pick((-1.0, 1.0))
        panel = side * np.tanh(away / 3) * np.exp(-np.abs(away) / (0.2 * length))
        folded = _by_profile(folded, 1 - abs(side) - panel, across=across)
        near = slice(*(min(max(round(place * length) + reach, 0), length) for reach in (-9, 12)))
        away = away[near]
        valley = depth * np.exp(-((away / wide) ** 2)) - 0.4 * depth * np.exp(-(((away - 2.2 * wide) / wide) ** 2))
        where = (near, slice(None)) if across else (slice(None), near)
        folded[where] = _worn_line(folded[where], 1 - valley, stream, across=across)
        placed.append([int(across), place])
    return folded, {"lines": placed}


def _by_profile(sheet: Picture, kept: npt.NDArray[np.float64], *, across: bool) -> Picture:
    """Return a sheet of which each row, or each column, keeps a share of its light."""
    line = np.clip(np.rint(255 * kept), 0, 255).astype(np.uint8)
    mask = np.broadcast_to(line[:, None] if across else line[None, :], sheet.shape[:2])
    return _times(sheet, np.ascontiguousarray(mask))


def _worn_line(part: Picture, kept: npt.NDArray[np.float64], stream: Stream, *, across: bool) -> Picture:
    """Return a strip along a fold as it is worn: not evenly, fibres break here and hold there."""
    if not part.size:
        return part
    rough = cut(bank("mottle"), (part.shape[1], part.shape[0]), stream).astype(np.float32) / np.float32(BANK_MEAN)
    profile = (kept[:, None] if across else kept[None, :]).astype(np.float32)
    factor = np.float32(1) + (profile - np.float32(1)) * rough
    worn: Picture = np.clip(np.rint(part * (factor if part.ndim == 2 else factor[..., None])), 0, 255).astype(np.uint8)
    return worn


@register(HANDLINGS, "creases")
def creases(sheet: Picture, covered: Picture, dose: float, stream: Stream) -> tuple[Picture, Parameters]:  # noqa: ARG001
    """Return the sheet as once crumpled and smoothed out: facets at slightly different angles, sharp between them."""
    height, width = sheet.shape[:2]
    reach = stream.uniform(1.0, 2.0)
    small = (max(math.ceil(width / reach), 1), max(math.ceil(height / reach), 1))
    relief = cut(bank("crumple"), small, stream)
    relief = np.asarray(cv2.resize(relief, (width, height)), dtype=np.uint8).reshape(height, width)
    share = _CREASE_MOST * dose / 128
    shaded = cv2.addWeighted(sheet, 1.0, in_channels(relief, sheet), share, -BANK_MEAN * share)
    return np.asarray(shaded, dtype=np.uint8).reshape(sheet.shape), {"facet_scale": reach}


@register(HANDLINGS, "stains")
def stains(sheet: Picture, covered: Picture, dose: float, stream: Stream) -> tuple[Picture, Parameters]:  # noqa: ARG001
    """Return the sheet with the ring of a cup or a dried spill or two, brown in RGB; text is read through them."""
    height, width = sheet.shape[:2]
    stained, spots = sheet.copy(), []
    for _ in range(stream.pick((1, 1, 2))):
        radius = max(min(height, width) * stream.uniform(0.06, 0.2), 2.0)
        x, y = stream.uniform(0.0, width), stream.uniform(0.0, height)
        ring, spill = stream.chance(0.6), stream.pick(_SPILLS)
        waves = [(n, stream.uniform(0.0, 6.3), stream.uniform(0.0, 0.05)) for n in (2, 3, 5)]
        box = _window(x, y, 1.25 * radius, width, height)
        if box is None:
            continue
        depth = np.float32(dose) * _spill(box, (x, y), radius, waves, ring=ring)
        # Paper drinks unevenly.
        drunk = cut(bank("mottle"), (depth.shape[1], depth.shape[0]), stream).astype(np.float32)
        depth = np.clip(depth * (0.45 + drunk * np.float32(0.55 / BANK_MEAN)), 0, 1)
        for at in range(1 if sheet.ndim == 2 else 3):
            kept = np.rint(255 * (1 - (1 - spill[1 if sheet.ndim == 2 else at]) * depth)).astype(np.uint8)
            where = box if sheet.ndim == 2 else (*box, at)
            part = np.ascontiguousarray(stained[where])
            stained[where] = np.asarray(cv2.multiply(part, kept, scale=1 / 255), dtype=np.uint8).reshape(part.shape)
        spots.append([x / width, y / height, radius])
    return stained, {"spots": spots}


def _spill(
    box: tuple[slice, slice], centre: tuple[float, float], radius: float, waves: list[tuple[int, float, float]], *,
    ring: bool,
) -> Real:  # fmt: skip
    """Return how strongly each px of a box is stained, 0 to 1: most at the rim, where a spill dries last."""
    dx = (np.arange(box[1].start, box[1].stop) + 0.5 - centre[0])[None, :].astype(np.float32)
    dy = (np.arange(box[0].start, box[0].stop) + 0.5 - centre[1])[:, None].astype(np.float32)
    turn = np.arctan2(dy, dx)
    edge = radius * (1 + sum(np.sin(n * turn + phase) * size for n, phase, size in waves))
    far = (np.sqrt(dx * dx + dy * dy) - edge) / np.float32(radius)
    # It dries from rim to middle, in steps, and not alike all around.
    start, n = waves[0][1], waves[2][1]
    wide = np.float32(0.035) * (1.6 + np.sin(3 * turn + start) + 0.5 * np.sin(7 * turn + n))
    rim = np.exp(-((np.minimum(far, 0) / np.maximum(wide, 0.012)) ** 2)) * np.clip((0.035 - far) / 0.03, 0, 1)
    second = 0.35 * np.exp(-(((far + 0.11) / 0.03) ** 2)) * (0.5 + 0.5 * np.sin(turn + n))
    worn = np.clip(0.6 + 0.3 * np.sin(turn * 2 + start) + 0.2 * np.sin(turn * 5 + n), 0.15, 1)
    inside = np.clip(-far / 0.03, 0, 1) * (np.float32(0.06 if ring else 0.2) + np.float32(0.12) * np.exp(far / 0.3))
    depth: Real = np.clip(np.maximum(np.maximum(rim, second) * worn, inside), 0, 1).astype(np.float32)
    return depth


def _window(x: float, y: float, reach: float, width: int, height: int) -> tuple[slice, slice] | None:
    """Return the rows and columns within ``reach`` of a point, or None when they are off the sheet."""
    top, bottom = max(math.floor(y - reach), 0), min(math.ceil(y + reach), height)
    left, right = max(math.floor(x - reach), 0), min(math.ceil(x + reach), width)
    return (slice(top, bottom), slice(left, right)) if top < bottom and left < right else None


def _laid(sheet: Picture, box: tuple[slice, slice], cover: Real, level: float) -> None:
    """Lay a grey on part of a sheet, in place, where a cover in [0, 1] says."""
    part = sheet[box]
    share = cover if sheet.ndim == 2 else cover[..., None]
    sheet[box] = np.rint(part + (np.float32(level) - part) * share).astype(np.uint8)


@register(HANDLINGS, "punch_holes")
def punch_holes(sheet: Picture, covered: Picture, dose: float, stream: Stream) -> tuple[Picture, Parameters]:
    """Return the sheet with two to four filing holes down one side, where no ink is; the desk shows through.

    ``dose`` says how large and how dark.
    """
    height, width = sheet.shape[:2]
    n, left = stream.pick((2, 2, 3, 4)), stream.chance(0.8)
    radius = max(height * 0.006 * (1 + dose), 1.5)
    desk, share = 235.0 - 190.0 * stream.uniform(0.3, 1.0), np.float32(min(2 * dose, 1.0))
    punched, middles = sheet.copy(), [height * (0.5 + (at - (n - 1) / 2) * (0.27 if n < 4 else 0.2)) for at in range(n)]
    for _ in range(_TRIES):
        x = radius + 2 + width * stream.uniform(0.0, 0.05)
        x = x if left else width - x
        boxes = [box for box in (_window(x, y, radius + 2, width, height) for y in middles) if box is not None]
        if len(boxes) == n and not any(covered[box].any() for box in boxes):
            break
    else:
        return punched, {"placed": False}
    for y, box in zip(middles, boxes, strict=True):
        dx, dy = _offsets(box, x, y)
        hole = share * np.clip(radius + 0.5 - np.hypot(dx, dy), 0, 1)
        _laid(punched, box, hole, desk)
        # The sheet's edge throws a shadow on the desk, at the side of the light.
        shadow = np.clip(np.hypot(dx - 1, dy - 1) - radius + 1.5, 0, 1)
        _laid(punched, box, np.float32(0.5) * hole * shadow, 0.4 * desk)
    return punched, {"placed": True, "x": x, "ys": middles, "radius_px": radius, "desk": desk}


def _offsets(box: tuple[slice, slice], x: float, y: float) -> tuple[Real, Real]:
    dx = (np.arange(box[1].start, box[1].stop) + 0.5 - x)[None, :].astype(np.float32)
    dy = (np.arange(box[0].start, box[0].stop) + 0.5 - y)[:, None].astype(np.float32)
    return dx, dy


@register(HANDLINGS, "staples")
def staples(sheet: Picture, covered: Picture, dose: float, stream: Stream) -> tuple[Picture, Parameters]:
    """Return the sheet with a staple near a corner, or only its two holes and their rust, where there is no ink."""
    height, width = sheet.shape[:2]
    length, thick = max(0.026 * height, 6.0), max(0.0016 * height, 1.0) * (0.7 + 0.6 * dose)
    stapled, share = sheet.copy(), min(2 * dose, 1.0)
    gone = stream.chance(0.3)
    for _ in range(_TRIES):
        x, y = width * stream.uniform(0.02, 0.12), height * stream.uniform(0.015, 0.07)
        angle_deg = stream.uniform(-50.0, 20.0)
        box = _window(x, y, 0.5 * length + 4, width, height)
        if box is not None and not covered[box].any():
            break
    else:
        return stapled, {"placed": False}
    dx, dy = _offsets(box, x, y)
    cos, sin = np.float32(math.cos(math.radians(angle_deg))), np.float32(math.sin(math.radians(angle_deg)))
    along, across = dx * cos - dy * sin, dx * sin + dy * cos
    if gone:
        for end in (-0.5, 0.5):
            far = np.hypot(along - end * length, across)
            _laid(stapled, box, share * np.clip(thick + 0.5 - far, 0, 1).astype(np.float32), 70.0)
    else:
        inside = np.clip(0.5 * length + 0.5 - np.abs(along), 0, 1)
        for shift, half, level in ((1.6, thick, 90.0), (0.0, 0.6 * thick + 0.3, 150.0), (-0.3, 0.35, 240.0)):
            line = inside * np.clip(half + 0.5 - np.abs(across - shift * thick), 0, 1)
            _laid(stapled, box, np.float32(share * 0.85) * line.astype(np.float32), level)
    return stapled, {"placed": True, "at": [x, y], "angle_deg": angle_deg, "pulled": gone}
