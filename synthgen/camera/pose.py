"""Where the sheet is seen from: a pinhole camera's pose, composed into one map from sheet to image.

The camera looks at a point of the sheet from a distance of its focal length, so that this point is seen at scale 1. The
sheet is sheared, turned in its plane and tilted about an axis in it; the picture is cut from what is seen, at one
scale. The focal length is given in lengths of the longer side of what is looked at. A sheet that is bent is bent first,
and a lens bends last: all of it is one map.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from synthgen.camera.attitude import LEAST_SCALE, LOWERED, MOST_CONTENT_SCALE, MOST_SCALE, SPARE_PX, Attitude
from synthgen.camera.bend import bend_of
from synthgen.camera.bleed import bleed_px
from synthgen.camera.close_up import Height, close_up, stretch_range
from synthgen.camera.close_ups import Heights, close_ups
from synthgen.camera.poses import Poses
from synthgen.camera.view import (
    Pose,
    Sight,
    around,
    bent_sight,
    in_front,
    map_from,
    page_box_of,
    posed,
    shown_box,
)
from synthgen.errors import Rejected
from synthgen.geometry import Box, Float, Homography
from synthgen.randomness import Stream
from synthgen.recipe import Camera

__all__ = ["Pose", "bleed_px", "draw_pose", "draw_poses", "drawn_level", "expected_scale", "map_from", "stretch_range"]

_AXIS_DEG_RANGE = (0.0, 360.0)
_UNIT = (0.0, 1.0)

# A picture that cuts its text is taken this much closer, and leaves out up to this share of the text at a side.
_CUT_ZOOM_RANGE = (1.08, 1.35)
_CUT_DEPTH_RANGE = (0.03, 0.25)


def draw_pose(
    camera: Camera, content_box: Box, page_size: tuple[int, int], sheet_size: tuple[int, int], stream: Stream
) -> Pose:
    """Return a pose whose picture holds all of ``content_box`` (x0, y0, x1, y1 of the text, sheet px).

    ``sheet_size`` is ``page_size`` with :func:`bleed_px` added on each side, both (width, height). Frame ``page``: the
    picture has the page's size, the content at least 2 px inside, at a scale as near 1 as fits; a page that is seen
    straight, as a screen, is shown px by px to its very edges. Frame ``content``: content and drawn margins fill a
    picture of the drawn height, or a lower one where they are enlarged as much as may be and the rest of the sheet does
    not fill it either. Over the page, or the content, every direction is
    scaled by 0.6 to 1.6: too steep an attitude is lowered in fixed steps; raises Rejected ``pose`` when even the
    upright one is outside. A bend is drawn last, and changes scales by some more. A ``level`` picture is only turned;
    one that is ``cut`` is taken closer, or from aside, so that text goes over its border.
    """
    drawn = _drawn(camera, content_box, page_size, sheet_size, stream)
    pose = _page_pose(drawn, page_size) if camera.frame == "page" else _close_up(drawn)
    if pose is None:
        raise Rejected("pose")
    return pose


def draw_poses(
    camera: Camera,
    content_boxes: Sequence[Box],
    sheet_sizes: Sequence[tuple[int, int]],
    stream: Stream,
    *,
    level: bool,
) -> Poses:
    """Return poses in frame ``content`` for some contents, one after another, as :func:`draw_pose` does for one.

    None where that would raise. All are ``level`` or none is.
    """
    if camera.bends:
        alone = [
            _close_up(_drawn(camera, box, size, size, stream, level))
            for box, size in zip(content_boxes, sheet_sizes, strict=True)
        ]
        return Poses.of(alone, sheet_sizes, level=level)
    attitudes, heights, margins = _drawn_each(camera, len(content_boxes), stream, level=level)
    poses, others = close_ups(attitudes, content_boxes, heights, margins, level=level)
    lone = {}
    for at in others.tolist():
        sheet = page_box_of(sheet_sizes[at], sheet_sizes[at])
        attitude, its = Attitude(*attitudes[:, at].tolist()), margins[:, at].tolist()
        height = Height(heights.low, heights.high, float(heights.shares[at]))
        lone[at] = close_up(attitude, Sight(content_boxes[at], sheet, sheet), height, its, level=level)
    return poses.with_lone(lone, sheet_sizes)


def _drawn_each(camera: Camera, count: int, stream: Stream, *, level: bool) -> tuple[Float, Heights, Float]:
    """Return what :func:`_drawn` draws for some unbent contents one after another.

    Attitudes (5, K), the columns of :class:`Attitude`; pictures' heights; margins (4, K) in contents' heights.
    """
    margin, turn = camera.content_margin_frac_range, camera.level_rotation_deg_range
    attitude = (camera.rotation_deg_range, camera.tilt_deg_range, _AXIS_DEG_RANGE, camera.focal_range,
                camera.shear_range)  # fmt: skip
    intervals = (*attitude, *((turn,) if level else ()), _UNIT, _UNIT, _UNIT, margin, margin, margin, margin)
    low, high = np.array(intervals).T[..., None]
    numbers = np.array(stream.several(len(intervals) * count)).reshape(count, len(intervals)).T
    drawn = low + (high - low) * numbers
    attitudes = drawn[:5]
    if level:
        attitudes[0], attitudes[1], attitudes[4] = drawn[5], 0.0, 0.0
    return attitudes, Heights(*camera.content_height_px_range, drawn[-5]), drawn[-4:]


class _Drawn(NamedTuple):
    """What was drawn for one picture. ``place`` is for pages, ``height`` and ``margins`` for content alone."""

    attitude: Attitude
    level: bool
    place: tuple[float, float]
    height: Height
    margins: Sequence[float]
    cut: _Cut | None
    sight: Sight
    page_box: Box


def _drawn(
    camera: Camera,
    content_box: Box,
    page_size: tuple[int, int],
    sheet_size: tuple[int, int],
    stream: Stream,
    level: bool | None = None,
) -> _Drawn:
    """Draw all that a pose needs, whether it is level too unless that is said; what it is lowered to is no chance."""
    rotation, tilt, axis, focal, shear = stream.between_each(
        (camera.rotation_deg_range, camera.tilt_deg_range, _AXIS_DEG_RANGE, camera.focal_range, camera.shear_range)
    )
    level = drawn_level(camera, stream) if level is None else level
    if level:
        rotation, tilt, shear = stream.between(camera.level_rotation_deg_range), 0.0, 0.0
    margin = camera.content_margin_frac_range
    across, down, share, *margins = stream.between_each((_UNIT, _UNIT, _UNIT, margin, margin, margin, margin))
    height = Height(*camera.content_height_px_range, share)
    page_box = page_box_of(page_size, sheet_size)
    sight = Sight(content_box, page_box, (0.0, 0.0, float(sheet_size[0]), float(sheet_size[1])))
    cut = _drawn_cut(camera, stream)
    bends = tuple(name for name in camera.bends if bend_of(name).stays) if level else camera.bends
    if bends and stream.chance(camera.bend_probability):
        # A crop's width is not known yet; what a lens does to it depends little on where in the lens it lay.
        picture = page_size if camera.frame == "page" else (3 * height.px() // 2, height.px())
        sight = bent_sight(sight, stream.pick(bends), camera, picture, stream)
    attitude = Attitude(rotation, tilt, axis, focal, shear)
    return _Drawn(attitude, level, (across, down), height, margins, cut, sight, page_box)


def _close_up(drawn: _Drawn) -> Pose | None:
    return close_up(drawn.attitude, drawn.sight, drawn.height, drawn.margins, level=drawn.level)


def _page_pose(drawn: _Drawn, page_size: tuple[int, int]) -> Pose | None:
    """Return the pose of a picture of the page's size; None where even the upright one is not moderate."""
    for step, (tilt, rotation) in enumerate(LOWERED):
        tried = drawn.attitude.lowered(tilt, rotation)
        seen = _page_picture(tried, drawn.sight, page_size, drawn.place)
        if seen is None:
            continue
        # A page is judged as a whole: the sheet's bleed is made for poses that are moderate over all of it.
        least, most = stretch_range(seen[0], drawn.page_box)
        if least >= LEAST_SCALE and most <= MOST_SCALE:
            parameters = tried.told("page", step, (least, most), level=drawn.level)
            cut = drawn.cut
            if cut is not None:
                zoom = min(cut.zoom, MOST_SCALE / most)
                seen = _closer(seen[0], drawn.sight, page_size, replace(cut, zoom=zoom)), page_size
                parameters["scale_range"] = [zoom * least, zoom * most]
                parameters["cut"] = {"zoom": zoom, "sides": list(cut.sides), "depths": list(cut.depths)}
            return posed(parameters, seen, drawn.sight)
    return None


def drawn_level(camera: Camera, stream: Stream) -> bool:
    """Return whether a picture is level; nothing is drawn where none is."""
    return camera.level_probability > 0 and stream.chance(camera.level_probability)


@dataclass(frozen=True, slots=True)
class _Cut:
    """How a picture cuts its text: how much closer it is taken, and the share ``depths`` (x, y) of the text left out.

    ``sides`` (x, y) say on which side: -1 left or top, 1 right or bottom, 0 neither.
    """

    zoom: float
    sides: tuple[int, int]
    depths: tuple[float, float]


def _drawn_cut(camera: Camera, stream: Stream) -> _Cut | None:
    """Return the cut that was drawn for a picture of a page; None for none."""
    if camera.frame != "page" or not camera.cut_probability or not stream.chance(camera.cut_probability):
        return None
    zoom = stream.between(_CUT_ZOOM_RANGE)
    sides = stream.pick([(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1) if x or y])
    return _Cut(zoom, sides, (stream.between(_CUT_DEPTH_RANGE), stream.between(_CUT_DEPTH_RANGE)))


def _closer(view: Homography, scene: Sight, page_size: tuple[int, int], cut: _Cut) -> Homography:
    """Return the view of a page zoomed, and shifted so far that text is cut as wanted, or as far as the sheet reaches.

    Zoomed about its middle a picture shows a part of what it showed before, so nothing but sheet.
    """
    scaled = view.enlarged(cut.zoom, 0.0, 0.0)
    content = around(scaled.box_corners(scene.content))
    still = [(1 - cut.zoom) * side / 2 for side in page_size]
    wanted = list(still)
    for axis, (side, depth) in enumerate(zip(cut.sides, cut.depths, strict=True)):
        low, high = content[axis], content[axis + 2]
        if side < 0:
            wanted[axis] = -low - depth * (high - low)
        elif side > 0:
            wanted[axis] = page_size[axis] - high + depth * (high - low)
    shift = _furthest(scaled, scene, page_size, (still[0], still[1]), (wanted[0], wanted[1]))
    x, y = still if shift is None else shift
    return scaled.enlarged(1.0, x, y)


def _page_picture(
    attitude: Attitude, scene: Sight, page_size: tuple[int, int], place: tuple[float, float]
) -> tuple[Homography, tuple[int, int]] | None:
    """Return the map and size of a page-sized picture; ``place`` in [0, 1) says where in the slack the content lies."""
    width, height = page_size
    view = attitude.view(scene.page)
    if not in_front(view, scene.sheet):
        return None
    content, page = around(view.box_corners(scene.content)), around(view.box_corners(scene.page))
    spare = SPARE_PX + scene.spare_px
    if _straight(view) and _fit(content, page_size, spare) < 1.0 == _fit(content, page_size, scene.spare_px):
        # What a screen shows to its very edges is shown px by px.
        spare = scene.spare_px
    best, surest = _fit(content, page_size, spare), _fit(page, page_size, spare)
    # At the whole page's scale the sheet's bleed is sure to suffice; nearer to 1 is tried first.
    for scale in (best, math.sqrt(best * surest), surest) if best > surest else (best,):
        low = (spare - scale * content[0], spare - scale * content[1])
        high = (width - spare - scale * content[2], height - spare - scale * content[3])
        middle = (width / 2 - scale * (page[0] + page[2]) / 2, height / 2 - scale * (page[1] + page[3]) / 2)
        still = (_clamp(middle[0], low[0], high[0]), _clamp(middle[1], low[1], high[1]))
        wanted = (low[0] + max(high[0] - low[0], 0.0) * place[0], low[1] + max(high[1] - low[1], 0.0) * place[1])
        scaled = view.enlarged(scale, 0.0, 0.0)
        shift = _furthest(scaled, scene, page_size, still, wanted)
        if shift is not None:
            break
    else:
        shift = still
    if scale == 1.0 and _straight(scaled):
        # In whole px: what a screen shows, or a scanner sees that stands straight, is sharp.
        x, y = scaled.numbers[2], scaled.numbers[5]
        shift = (_whole(x + shift[0], x + low[0], x + high[0]) - x, _whole(y + shift[1], y + low[1], y + high[1]) - y)
    return scaled.enlarged(1.0, *shift), page_size


def _straight(view: Homography) -> bool:
    """Whether a view does nothing but shift."""
    a, b, _, d, e, _, g, h, _ = view.numbers
    return (a, b, d, e, g, h) == (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def _whole(shift: float, low: float, high: float) -> float:
    """Return the shift in whole px, within its limits where these hold a whole number."""
    least, most = math.ceil(low), math.floor(high)
    return float(min(max(round(shift), least), most)) if least <= most else shift


def _furthest(
    scaled: Homography,
    scene: Sight,
    page_size: tuple[int, int],
    still: tuple[float, float],
    wanted: tuple[float, float],
) -> tuple[float, float] | None:
    """Return the shift nearest to ``wanted``, on the way from ``still``, under which the picture shows only sheet.

    None when it does not even under ``still``. Each edge of the seen sheet bounds the shift by a half-plane.
    """
    sheet = scaled.box_corners(scene.sheet)
    x0, y0, x1, y1 = shown_box(page_size, scene)
    share = 1.0
    for (x, y), (to_x, to_y) in zip(sheet, [*sheet[1:], sheet[0]], strict=True):
        # The way inwards from this edge, and how far the picture's nearest corner is along it.
        u, v = y - to_y, to_x - x
        room = min(u * x0, u * x1) + min(v * y0, v * y1) - (u * x + v * y)
        here, there = room - (u * still[0] + v * still[1]), room - (u * wanted[0] + v * wanted[1])
        if here < 0:
            return None
        if there < 0:
            share = min(share, here / (here - there))
    return still[0] + share * (wanted[0] - still[0]), still[1] + share * (wanted[1] - still[1])


def expected_scale(camera: Camera, content_height_px: float) -> float:
    """Return the scale at which content of this height will typically be seen, so that sheets can be drawn near it."""
    if camera.frame == "page":
        return 1.0
    height = sum(camera.content_height_px_range) / 2
    return min(height / (content_height_px * (1 + sum(camera.content_margin_frac_range))), MOST_CONTENT_SCALE)


def _fit(bounds: Box, size: tuple[int, int], spare_px: float) -> float:
    """Return the largest scale, at most 1, at which ``bounds`` fit a picture of ``size`` with some px to spare."""
    room = (max(size[0] - 2 * spare_px, 1.0), max(size[1] - 2 * spare_px, 1.0))
    return min(1.0, room[0] / (bounds[2] - bounds[0]), room[1] / (bounds[3] - bounds[1]))


def _clamp(value: float, low: float, high: float) -> float:
    return (low + high) / 2 if low > high else min(max(value, low), high)
