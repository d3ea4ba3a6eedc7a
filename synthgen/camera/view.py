"""What a picture shows of a sheet: the pose it is taken from, and the boxes that a pose must keep in sight.

A sheet that is bent is bent first, and a lens bends last: all of it is one map.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import cv2
import numpy as np

from synthgen.camera.attitude import LEAST_FRONT
from synthgen.camera.bend import bend_of, draw_bend, field_of, reach_px, shading_of
from synthgen.geometry import Box, Composed, Field, Float, Homography, Map, Picture
from synthgen.mesh import lattice
from synthgen.press.bank import in_channels, stretched
from synthgen.randomness import Stream
from synthgen.recipe import Camera

# What is bent is sought along the picture's border at steps of this many px, and shaded at nodes as far apart.
_STEP_PX = 16
_SHADE_STEP_PX = 8
# What is printed around all that is seen, for the weights of the outermost pixels.
AROUND_PX = 2

WholeBox = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Pose:
    """How one picture is taken: ``map`` sheet -> image, its ``size`` (width, height), ``parameters`` plain JSON.

    ``view`` is the map's projective part, all of it where nothing is bent; else ``parameters`` hold the ``bend``.
    ``shown`` is what :meth:`seen_box` gives where it was worked out together with the map.
    """

    map: Map
    size: tuple[int, int]
    parameters: dict[str, Any]
    view: Homography = field(default_factory=Homography.identity)
    shown: WholeBox | None = None

    @property
    def plain_map(self) -> Any:
        """What the map is made from, as plain JSON: its matrix, or matrix and bend; :func:`map_from` takes it back."""
        a, b, c, d, e, f, g, h, i = self.view.numbers
        matrix = [[a, b, c], [d, e, f], [g, h, i]]
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
        nodes = lattice(
            (np.arange(columns) + 0.5) * self.size[0] / columns, (np.arange(rows) + 0.5) * self.size[1] / rows
        )
        # A sheet's bend is told in the frame that the view looks at.
        light = shading_of(self.parameters["bend"], self.view.inverse(nodes))
        mask = in_channels(stretched(255 * light, self.size), image)
        return np.asarray(cv2.multiply(image, mask, scale=1 / 255), dtype=np.uint8).reshape(image.shape)

    def seen_box(self, sheet_size: tuple[int, int]) -> WholeBox:
        """Return the box (x0, y0, x1, y1) of whole sheet px that the image can show; nothing else need be printed.

        A page's sheet ends where its size says. Under content that is framed alone paper is as large as the picture
        wants it, so the box may reach beyond ``sheet_size``, and below 0.
        """
        if self.shown is not None:
            return self.shown
        box = (0.0, 0.0, float(self.size[0]), float(self.size[1]))
        if isinstance(self.map, Homography):
            seen = around(self.map.box_corners_inverse(box))
        else:
            seen = bounds_of(self.map.inverse(border_of(box)))
        x0, y0, x1, y1 = whole_box(seen)
        if self.parameters["frame"] == "content":
            return x0, y0, x1, y1
        width, height = sheet_size
        x0, y0 = min(max(x0, 0), width - 1), min(max(y0, 0), height - 1)
        x1, y1 = min(x1, width), min(y1, height)
        return x0, y0, max(x1, x0 + 1), max(y1, y0 + 1)


class Sight(NamedTuple):
    """What a pose must show: boxes of content, page and sheet as they lie before the camera, bent if they are.

    ``spare_px`` is how far a lens may yet move what the picture shows; ``bend`` the bend's parameters, ``bent`` its
    field.
    """

    content: Box
    page: Box
    sheet: Box
    spare_px: float = 0.0
    bend: dict[str, Any] | None = None
    bent: Field | None = None


def bent_sight(sight: Sight, name: str, camera: Camera, picture_size: tuple[int, int], stream: Stream) -> Sight:
    """Return the scene with a bend drawn for it, and room made for what the bend moves."""
    dose = stream.between(camera.bend_dose_range)
    if bend_of(name).frame == "image":
        bend = draw_bend(name, dose, (0.0, 0.0, float(picture_size[0]), float(picture_size[1])), stream)
        bent = field_of(bend)
        return Sight(sight.content, sight.page, sight.sheet, reach_px(bent), bend, bent)
    bend = draw_bend(name, dose, sight.page if camera.frame == "page" else sight.content, stream)
    bent = field_of(bend)
    content, page = map(bounds_of, bent.forward_each([border_of(sight.content), border_of(sight.page)]))
    x0, y0, x1, y1 = sight.sheet
    reach = reach_px(bent)
    return Sight(content, page, (x0 + reach, y0 + reach, x1 - reach, y1 - reach), 0.0, bend, bent)


def map_from(plain: Any) -> Map:
    """Return the map of :attr:`Pose.plain_map`."""
    if isinstance(plain, list):
        return Homography(np.array(plain))
    return _composed(Homography(np.array(plain["matrix"])), plain["bend"], field_of(plain["bend"]))


def _composed(view: Homography, bend: dict[str, Any], bent: Field) -> Composed:
    return Composed((bent, view) if bend_of(bend["name"]).frame == "sheet" else (view, bent))


def posed(
    parameters: dict[str, Any], seen: tuple[Homography, tuple[int, int]], sight: Sight, shown: WholeBox | None = None
) -> Pose:
    """Return the pose of a view and its picture's size, bent as the sight is.

    ``shown`` is the sheet's part that a picture shows if nothing is bent, where it is known.
    """
    view, size = seen
    parameters["beyond_sheet"] = parameters["frame"] == "page" and not _shows_only_sheet(view, size, sight)
    if sight.bend is None or sight.bent is None:
        return Pose(view, size, parameters, view, shown)
    return Pose(_composed(view, sight.bend, sight.bent), size, {**parameters, "bend": sight.bend}, view)


def whole_box(seen: Box) -> WholeBox:
    """Return what is printed of paper without an end for a box of it that is seen."""
    x0, y0, x1, y1 = seen
    return (math.floor(x0) - AROUND_PX, math.floor(y0) - AROUND_PX,
            math.ceil(x1) + AROUND_PX, math.ceil(y1) + AROUND_PX)  # fmt: skip


def page_box_of(page_size: tuple[int, int], sheet_size: tuple[int, int]) -> Box:
    """Return the page's box in the middle of its sheet; both sizes are (width, height)."""
    x, y = (sheet_size[0] - page_size[0]) / 2, (sheet_size[1] - page_size[1]) / 2
    return x, y, x + page_size[0], y + page_size[1]


def border_of(box: Box) -> Float:
    """Return points (N, 2) all around a box, corners included, at most some px apart."""
    n = max(math.ceil(max(box[2] - box[0], box[3] - box[1]) / _STEP_PX), 1) + 1
    sides = np.empty((4, n, 2))
    sides[:2, :, 0], sides[2:, :, 1] = np.linspace(box[0], box[2], n), np.linspace(box[1], box[3], n)
    sides[0, :, 1], sides[1, :, 1], sides[2, :, 0], sides[3, :, 0] = box[1], box[3], box[0], box[2]
    return sides.reshape(-1, 2)


def shown_box(size: tuple[int, int], sight: Sight) -> Box:
    """Return the box of what a picture of ``size`` can show, before a lens bends it."""
    spare = sight.spare_px
    return -spare, -spare, size[0] + spare, size[1] + spare


def around(corners: list[tuple[float, float]]) -> Box:
    """Return the box around four corners."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners
    return min(x0, x1, x2, x3), min(y0, y1, y2, y3), max(x0, x1, x2, x3), max(y0, y1, y2, y3)


def bounds_of(points: Float) -> Box:
    """Return the box around points (N, 2)."""
    x, y = points[:, 0].tolist(), points[:, 1].tolist()
    return min(x), min(y), max(x), max(y)


def in_front(view: Homography, box: Box) -> bool:
    """Whether a box lies clearly before the camera: the plane's horizon is far from it."""
    *_, g, h, i = view.numbers
    x0, y0, x1, y1 = box
    return min(g * x0, g * x1) + min(h * y0, h * y1) + i > LEAST_FRONT


def _shows_only_sheet(view: Homography, size: tuple[int, int], sight: Sight) -> bool:
    left, top, right, bottom = around(view.box_corners_inverse(shown_box(size, sight)))
    x0, y0, x1, y1 = sight.sheet
    return left >= x0 - 1e-6 and top >= y0 - 1e-6 and right <= x1 + 1e-6 and bottom <= y1 + 1e-6
