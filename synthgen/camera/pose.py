"""Where the sheet is seen from: a pinhole camera's pose, composed into one map from sheet to image.

The camera looks at a point of the sheet from a distance of its focal length, so that this point is seen at scale 1. The
sheet is sheared, turned in its plane and tilted about an axis in it; the picture is cut from what is seen, at one
scale. The focal length is given in lengths of the longer side of what is looked at. A sheet that is bent is bent first,
and a lens bends last: all of it is one map.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

import cv2
import numpy as np

from synthgen.camera.attitude import (
    LEAST_FRONT,
    LEAST_SCALE,
    MOST_CONTENT_SCALE,
    MOST_SCALE,
    SPARE_PX,
    Attitude,
)
from synthgen.camera.bend import bend_of, draw_bend, field_of, reach_px, shading_of
from synthgen.camera.bleed import bleed_px
from synthgen.errors import Rejected
from synthgen.geometry import Box, Composed, Field, Float, Homography, Map, Picture
from synthgen.press.bank import in_channels, stretched
from synthgen.randomness import Stream
from synthgen.recipe import Camera

__all__ = ["Pose", "bleed_px", "draw_pose", "drawn_level", "expected_scale", "map_from", "stretch_range"]

# A pose that stretches too much is tried again with tilt and shear, then rotation too, at these shares of what was
# drawn: the same draws, never new ones.
LOWERED = ((1.0, 1.0), (0.75, 1.0), (0.5, 1.0), (0.25, 1.0), (0.0, 1.0), (0.0, 0.5), (0.0, 0.0))

# A picture that cuts its text is taken this much closer, and leaves out up to this share of the text at a side.
_CUT_ZOOM_RANGE = (1.08, 1.35)
_CUT_DEPTH_RANGE = (0.03, 0.25)

# What is bent is sought along the picture's border at steps of this many px, and shaded at nodes as far apart.
_STEP_PX = 16
_SHADE_STEP_PX = 8


@dataclass(frozen=True, slots=True)
class Pose:
    """How one picture is taken: ``map`` sheet -> image, its ``size`` (width, height), ``parameters`` plain JSON.

    ``view`` is the map's projective part, all of it where nothing is bent; else ``parameters`` hold the ``bend``.
    """

    map: Map
    size: tuple[int, int]
    parameters: dict[str, Any]
    view: Homography = field(default_factory=Homography.identity)

    @property
    def plain_map(self) -> Any:
        """What the map is made from, as plain JSON: its matrix, or matrix and bend; :func:`map_from` takes it back."""
        matrix = self.view.matrix.tolist()
        return {"matrix": matrix, "bend": self.parameters["bend"]} if "bend" in self.parameters else matrix

    def photograph(self, sheet: Picture, corner: tuple[int, int]) -> Picture:
        """Return the picture of a sheet, or of the part whose top-left is ``corner``, resampled once.

        A bent sheet is shaded as it turns away from the light.
        """
        image = self.map.warp(sheet, self.size, border="replicate", corner=corner)
        if isinstance(self.map, Homography):
            return image
        return self._shaded(image) if bend_of(self.parameters["bend"]["name"]).frame == "sheet" else image

    def _shaded(self, image: Picture) -> Picture:
        columns, rows = (max(math.ceil(side / _SHADE_STEP_PX), 2) for side in self.size)
        nodes = np.empty((rows, columns, 2))
        nodes[..., 0] = (np.arange(columns) + 0.5) * self.size[0] / columns
        nodes[..., 1] = ((np.arange(rows) + 0.5) * self.size[1] / rows)[:, None]
        # A sheet's bend is told in the frame that the view looks at.
        light = shading_of(self.parameters["bend"], self.view.inverse(nodes))
        mask = in_channels(stretched(255 * light, self.size), image)
        return np.asarray(cv2.multiply(image, mask, scale=1 / 255), dtype=np.uint8).reshape(image.shape)

    def seen_box(self, sheet_size: tuple[int, int]) -> tuple[int, int, int, int]:
        """Return the box (x0, y0, x1, y1) of whole sheet px that the image can show; nothing else need be printed.

        A page's sheet ends where its size says. Under content that is framed alone paper is as large as the picture
        wants it, so the box may reach beyond ``sheet_size``, and below 0.
        """
        box = (0.0, 0.0, float(self.size[0]), float(self.size[1]))
        if isinstance(self.map, Homography):
            left, top, right, bottom = _around(self.map.box_corners_inverse(box))
        else:
            left, top, right, bottom = _bounds(self.map.inverse(_border(box)))
        x0, y0, x1, y1 = math.floor(left) - 2, math.floor(top) - 2, math.ceil(right) + 2, math.ceil(bottom) + 2
        if self.parameters["frame"] == "content":
            return x0, y0, x1, y1
        width, height = sheet_size
        x0, y0 = min(max(x0, 0), width - 1), min(max(y0, 0), height - 1)
        x1, y1 = min(x1, width), min(y1, height)
        return x0, y0, max(x1, x0 + 1), max(y1, y0 + 1)


def draw_pose(
    camera: Camera,
    content_box: Box,
    page_size: tuple[int, int],
    sheet_size: tuple[int, int],
    stream: Stream,
    *,
    level: bool | None = None,
) -> Pose:
    """Return a pose whose picture holds all of ``content_box`` (x0, y0, x1, y1 of the text, sheet px).

    ``sheet_size`` is ``page_size`` with :func:`bleed_px` added on each side, both (width, height). Frame ``page``: the
    picture has the page's size, the content at least 2 px inside, at a scale as near 1 as fits. Frame ``content``:
    content and drawn margins fill a picture of the drawn height, or a lower one where they are enlarged as much as may
    be and the rest of the sheet does not fill it either. Over the page, or the content, every direction is
    scaled by 0.6 to 1.6: too steep an attitude is lowered in fixed steps; raises Rejected ``pose`` when even the
    upright one is outside. A bend is drawn last, and changes scales by some more. A ``level`` picture is only turned;
    whether it is one is drawn (:func:`drawn_level`) unless it is said. One that is ``cut`` is taken closer, or from
    aside, so that text goes over its border.
    """
    attitude = Attitude(
        rotation_deg=stream.between(camera.rotation_deg_range),
        tilt_deg=stream.between(camera.tilt_deg_range),
        tilt_axis_deg=stream.uniform(0.0, 360.0),
        focal=stream.between(camera.focal_range),
        shear=stream.between(camera.shear_range),
    )
    level = drawn_level(camera, stream) if level is None else level
    if level:
        attitude = replace(
            attitude, rotation_deg=stream.between(camera.level_rotation_deg_range), tilt_deg=0.0, shear=0.0
        )
    place = (stream.random(), stream.random())
    low, high = camera.content_height_px_range
    height = stream.integer(low, high + 1)
    margins = [stream.between(camera.content_margin_frac_range) for _ in range(4)]
    page_box = _page_box(page_size, sheet_size)
    scene = _Scene(content_box, page_box, (0.0, 0.0, float(sheet_size[0]), float(sheet_size[1])))
    cut = _drawn_cut(camera, stream)
    bends = tuple(name for name in camera.bends if bend_of(name).stays) if level else camera.bends
    if bends and stream.chance(camera.bend_probability):
        # A crop's width is not known yet; what a lens does to it depends little on where in the lens it lay.
        picture = page_size if camera.frame == "page" else (3 * height // 2, height)
        scene = _bent(scene, stream.pick(bends), camera, picture, stream)
    for step, (tilt, rotation) in enumerate(LOWERED):
        tried = attitude.lowered(tilt, rotation)
        if camera.frame == "page":
            seen = _page_picture(tried, scene, page_size, place)
        else:
            seen = _content_picture(tried, scene, height, margins)
        if seen is None:
            continue
        # A page is judged as a whole: the sheet's bleed is made for poses that are moderate over all of it.
        scales = stretch_range(seen[0], page_box if camera.frame == "page" else content_box)
        if scales[0] >= LEAST_SCALE and scales[1] <= MOST_SCALE:
            parameters = {
                "frame": camera.frame,
                "level": level,
                "rotation_deg": tried.rotation_deg,
                "tilt_deg": tried.tilt_deg,
                "tilt_axis_deg": tried.tilt_axis_deg,
                "focal": tried.focal,
                "shear": tried.shear,
                "lowered": step,
            }
            if cut is not None:
                zoom = min(cut.zoom, MOST_SCALE / scales[1])
                seen = _closer(seen[0], scene, page_size, replace(cut, zoom=zoom)), page_size
                scales = (zoom * scales[0], zoom * scales[1])
                parameters["cut"] = {"zoom": zoom, "sides": list(cut.sides), "depths": list(cut.depths)}
            return _posed({**parameters, "scale_range": list(scales)}, seen, scene)
    raise Rejected("pose")


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


def _closer(view: Homography, scene: _Scene, page_size: tuple[int, int], cut: _Cut) -> Homography:
    """Return the view of a page zoomed, and shifted so far that text is cut as wanted, or as far as the sheet reaches.

    Zoomed about its middle a picture shows a part of what it showed before, so nothing but sheet.
    """
    scaled = view.enlarged(cut.zoom, 0.0, 0.0)
    content = _around(scaled.box_corners(scene.content))
    still = [(1 - cut.zoom) * side / 2 for side in page_size]
    wanted = list(still)
    for axis, (side, depth) in enumerate(zip(cut.sides, cut.depths, strict=True)):
        low, high = content[axis], content[axis + 2]
        if side < 0:
            wanted[axis] = -low - depth * (high - low)
        elif side > 0:
            wanted[axis] = page_size[axis] - high + depth * (high - low)
    shift = _furthest(scaled, scene, page_size, np.array(still), np.array(wanted))
    x, y = still if shift is None else shift.tolist()
    return scaled.enlarged(1.0, x, y)


@dataclass(frozen=True, slots=True)
class _Scene:
    """What a pose must show: boxes of content, page and sheet as they lie before the camera, bent if they are.

    ``spare_px`` is how far a lens may yet move what the picture shows; ``bend`` the bend's parameters.
    """

    content: Box
    page: Box
    sheet: Box
    spare_px: float = 0.0
    bend: dict[str, Any] | None = None


def _bent(scene: _Scene, name: str, camera: Camera, picture_size: tuple[int, int], stream: Stream) -> _Scene:
    """Return the scene with a bend drawn for it, and room made for what the bend moves."""
    dose = stream.between(camera.bend_dose_range)
    if bend_of(name).frame == "image":
        bend = draw_bend(name, dose, (0.0, 0.0, float(picture_size[0]), float(picture_size[1])), stream)
        return _Scene(scene.content, scene.page, scene.sheet, reach_px(field_of(bend)), bend)
    bend = draw_bend(name, dose, scene.page if camera.frame == "page" else scene.content, stream)
    bent = field_of(bend)
    content, page = (_bounds(bent.forward(_border(box))) for box in (scene.content, scene.page))
    x0, y0, x1, y1 = scene.sheet
    reach = reach_px(bent)
    return _Scene(content, page, (x0 + reach, y0 + reach, x1 - reach, y1 - reach), 0.0, bend)


def map_from(plain: Any) -> Map:
    """Return the map of :attr:`Pose.plain_map`."""
    if isinstance(plain, list):
        return Homography(np.array(plain))
    return _composed(Homography(np.array(plain["matrix"])), plain["bend"])


def _composed(view: Homography, bend: dict[str, Any]) -> Composed:
    bent: Field = field_of(bend)
    return Composed((bent, view) if bend_of(bend["name"]).frame == "sheet" else (view, bent))


def _posed(parameters: dict[str, Any], seen: tuple[Homography, tuple[int, int]], scene: _Scene) -> Pose:
    view, size = seen
    parameters["beyond_sheet"] = parameters["frame"] == "page" and not _shows_only_sheet(view, size, scene)
    if scene.bend is None:
        return Pose(view, size, parameters, view)
    return Pose(_composed(view, scene.bend), size, {**parameters, "bend": scene.bend}, view)


def _page_picture(
    attitude: Attitude, scene: _Scene, page_size: tuple[int, int], place: tuple[float, float]
) -> tuple[Homography, tuple[int, int]] | None:
    """Return the map and size of a page-sized picture; ``place`` in [0, 1) says where in the slack the content lies."""
    width, height = page_size
    view = attitude.view(scene.page)
    if not _in_front(view, scene.sheet):
        return None
    content, page = _around(view.box_corners(scene.content)), _around(view.box_corners(scene.page))
    spare = SPARE_PX + scene.spare_px
    best, surest = _fit(content, page_size, spare), _fit(page, page_size, spare)
    # At the whole page's scale the sheet's bleed is sure to suffice; nearer to 1 is tried first.
    for scale in (best, math.sqrt(best * surest), surest) if best > surest else (best,):
        low = (spare - scale * content[0], spare - scale * content[1])
        high = (width - spare - scale * content[2], height - spare - scale * content[3])
        middle = (width / 2 - scale * (page[0] + page[2]) / 2, height / 2 - scale * (page[1] + page[3]) / 2)
        still = tuple(_clamp(m, lo, hi) for m, lo, hi in zip(middle, low, high, strict=True))
        wanted = tuple(lo + max(hi - lo, 0.0) * at for lo, hi, at in zip(low, high, place, strict=True))
        scaled = view.enlarged(scale, 0.0, 0.0)
        shift = _furthest(scaled, scene, page_size, np.array(still), np.array(wanted))
        if shift is not None:
            break
    else:
        shift = np.array(still)
    if scale == 1.0 and _square(scaled):
        # In whole px: what a screen shows, or a scanner sees that stands straight, is sharp.
        begin = scaled.matrix[:2, 2]
        shift = _whole(begin + shift, begin + low, begin + high) - begin
    return scaled.enlarged(1.0, float(shift[0]), float(shift[1])), page_size


def _square(view: Homography) -> bool:
    """Whether a view only shifts."""
    return bool(np.array_equal(view.matrix[:, :2], np.eye(3)[:, :2]))


def _whole(shift: Float, low: Float, high: Float) -> Float:
    """Return the shift in whole px, within its limits where these hold a whole number."""
    least, most = np.ceil(low), np.floor(high)
    whole: Float = np.where(least <= most, np.clip(np.rint(shift), least, most), shift)
    return whole


def _furthest(
    scaled: Homography, scene: _Scene, page_size: tuple[int, int], still: Float, wanted: Float
) -> Float | None:
    """Return the shift nearest to ``wanted``, on the way from ``still``, under which the picture shows only sheet.

    None when it does not even under ``still``. Each edge of the seen sheet bounds the shift by a half-plane.
    """
    sheet = np.array(scaled.box_corners(scene.sheet))
    along = np.roll(sheet, -1, axis=0) - sheet
    inward = np.stack([-along[:, 1], along[:, 0]], axis=1)
    corners = _corners(_shown(page_size, scene))
    room = (inward @ corners.T).min(axis=1) - np.sum(inward * sheet, axis=1)
    here, there = room - inward @ still, room - inward @ wanted
    if (here < 0).any():
        return None
    share = 1.0
    for a, b in zip(here.tolist(), there.tolist(), strict=True):
        if b < 0:
            share = min(share, a / (a - b))
    shift: Float = still + share * (wanted - still)
    return shift


def _content_picture(
    attitude: Attitude, scene: _Scene, height_px: int, margins: list[float]
) -> tuple[Homography, tuple[int, int]] | None:
    """Return the map and size of a picture that content and margins (left, top, right, bottom; of its height) fill.

    Small content that would be enlarged too much has more margin instead, as far as there is sheet; then the picture is
    lower than asked for. None where content or what is around it lies behind the camera.
    """
    view = attitude.view(scene.content)
    if not _in_front(view, scene.content):
        return None
    x0, y0, x1, y1 = _around(view.box_corners(scene.content))
    spare = scene.spare_px * (y1 - y0) / height_px
    left, top, right, bottom = (margin * (y1 - y0) + spare for margin in margins)
    scale = min(height_px / (y1 - y0 + top + bottom), MOST_CONTENT_SCALE)
    if scale == MOST_CONTENT_SCALE:
        above, below = _room(view, scene)
        more = max((height_px / scale - (y1 - y0 + top + bottom)) / 2, 0.0)
        top, bottom = max(top, min(top + more, above - spare)), max(bottom, min(bottom + more, below - spare))
        height_px = min(height_px, math.ceil(scale * (y1 - y0 + top + bottom)))
    exact_px = scale * (x1 - x0 + left + right)
    width_px = max(math.ceil(exact_px), 1)
    # What the whole number of px adds is shared by both sides.
    x = (width_px - exact_px) / 2 + scale * (left - x0)
    y = (height_px - scale * (y1 - y0 + top + bottom)) / 2 + scale * (top - y0)
    size, seen = (width_px, height_px), view.enlarged(scale, x, y)
    return (seen, size) if _in_front(seen, _around(seen.box_corners_inverse(_shown(size, scene)))) else None


def _room(view: Homography, scene: _Scene) -> tuple[float, float]:
    """Return how far the sheet reaches above and below the content all along, as the view shows it."""
    if not _in_front(view, scene.sheet):
        return 0.0, 0.0
    _, y0, _, y1 = _around(view.box_corners(scene.content))
    top_left, top_right, bottom_right, bottom_left = view.box_corners(scene.sheet)
    return y0 - max(top_left[1], top_right[1]), min(bottom_left[1], bottom_right[1]) - y1


def expected_scale(camera: Camera, content_height_px: float) -> float:
    """Return the scale at which content of this height will typically be seen, so that sheets can be drawn near it."""
    if camera.frame == "page":
        return 1.0
    height = sum(camera.content_height_px_range) / 2
    return min(height / (content_height_px * (1 + sum(camera.content_margin_frac_range))), MOST_CONTENT_SCALE)


def stretch_range(view: Homography, box: Box) -> tuple[float, float]:
    """Return the least and the most by which the map stretches lengths at the corners of a box (x0, y0, x1, y1).

    The singular values of its Jacobian there.
    """
    a, b, _, d, e, _, g, h, i = view.numbers
    x0, y0, x1, y1 = box
    least, most = math.inf, 0.0
    for (x, y), (u, v) in zip(((x0, y0), (x1, y0), (x1, y1), (x0, y1)), view.box_corners(box), strict=True):
        w = g * x + h * y + i
        ux, uy, vx, vy = (a - u * g) / w, (b - u * h) / w, (d - v * g) / w, (e - v * h) / w
        even, odd = math.hypot(ux + vy, vx - uy) / 2, math.hypot(ux - vy, vx + uy) / 2
        least, most = min(least, abs(even - odd)), max(most, even + odd)
    return least, most


def _page_box(page_size: tuple[int, int], sheet_size: tuple[int, int]) -> Box:
    x, y = (sheet_size[0] - page_size[0]) / 2, (sheet_size[1] - page_size[1]) / 2
    return x, y, x + page_size[0], y + page_size[1]


def _corners(box: Box) -> Float:
    x0, y0, x1, y1 = box
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])


def _border(box: Box) -> Float:
    """Return points (N, 2) all around a box, corners included, at most some px apart."""
    n = max(math.ceil(max(box[2] - box[0], box[3] - box[1]) / _STEP_PX), 1) + 1
    x, y = np.linspace(box[0], box[2], n), np.linspace(box[1], box[3], n)
    sides = [np.stack(np.broadcast_arrays(x, at), axis=-1) for at in (box[1], box[3])]
    sides += [np.stack(np.broadcast_arrays(at, y), axis=-1) for at in (box[0], box[2])]
    return np.concatenate(sides)


def _shown(size: tuple[int, int], scene: _Scene) -> Box:
    """Return the box of what a picture of ``size`` can show, before a lens bends it."""
    spare = scene.spare_px
    return -spare, -spare, size[0] + spare, size[1] + spare


def _around(corners: list[tuple[float, float]]) -> Box:
    x, y = zip(*corners, strict=True)
    return min(x), min(y), max(x), max(y)


def _bounds(points: Float) -> Box:
    x, y = points[:, 0].tolist(), points[:, 1].tolist()
    return min(x), min(y), max(x), max(y)


def _fit(bounds: Box, size: tuple[int, int], spare_px: float) -> float:
    """Return the largest scale, at most 1, at which ``bounds`` fit a picture of ``size`` with some px to spare."""
    room = (max(size[0] - 2 * spare_px, 1.0), max(size[1] - 2 * spare_px, 1.0))
    return min(1.0, room[0] / (bounds[2] - bounds[0]), room[1] / (bounds[3] - bounds[1]))


def _clamp(value: float, low: float, high: float) -> float:
    return (low + high) / 2 if low > high else min(max(value, low), high)


def _in_front(view: Homography, box: Box) -> bool:
    """Whether a box lies clearly before the camera: the plane's horizon is far from it."""
    *_, g, h, i = view.numbers
    x0, y0, x1, y1 = box
    return min(g * x0, g * x1) + min(h * y0, h * y1) + i > LEAST_FRONT


def _shows_only_sheet(view: Homography, size: tuple[int, int], scene: _Scene) -> bool:
    left, top, right, bottom = _around(view.box_corners_inverse(_shown(size, scene)))
    x0, y0, x1, y1 = scene.sheet
    return left >= x0 - 1e-6 and top >= y0 - 1e-6 and right <= x1 + 1e-6 and bottom <= y1 + 1e-6
