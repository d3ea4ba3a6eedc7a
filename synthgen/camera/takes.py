"""What a roll yields: the scenes of its samples, each put together when it is asked for.

Whoever only wants the word pictures of a million words needs none of their records.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from synthgen.camera.poses import Poses
from synthgen.geometry import Float, Picture
from synthgen.recipe import ABREAST
from synthgen.scene import Drawn, Parts, Scene


@dataclass(frozen=True, slots=True)
class Takes:
    """The scenes of K samples that were made together: see :class:`~synthgen.scene.Scenes`.

    ``pictures`` uint8 (H, W) or (H, W, 3), None where no pose was moderate, and ``parts`` their labels; ``roles`` the
    roles of their blocks; ``faces`` the ids that the labels' numbers stand for. Of the provenance: ``common`` is what
    all share, with the first one's index; ``genres``, ``layouts``, ``poses`` and ``shifts_px`` (K, 2), from each small
    sheet to the common one, are their own.
    """

    pictures: Sequence[Picture | None]
    parts: Parts
    roles: Sequence[str]
    faces: Sequence[str]
    common: Mapping[str, Any]
    genres: Sequence[str]
    layouts: Sequence[Mapping[str, object]]
    poses: Poses
    shifts_px: Float

    def scenes(self) -> list[Scene | None]:
        """Return all of them, made when a field is first asked for; None where there is no picture."""
        return [None if image is None else Scene.one_of(self, at) for at, image in enumerate(self.pictures)]

    def scene(self, at: int) -> Scene:
        """Return one of them; ValueError where there is no picture."""
        image, pose = self.pictures[at], self.poses[at]
        if image is None or pose is None:
            raise ValueError(f"sample {at} of the roll: was not photographed")
        first = self.common["index"]
        provenance = {
            **self.common,
            "index": first + ABREAST * at,
            "faces": [self.faces[face] for face in self.parts.faces(at)],
            "genre": self.genres[at],
            "layout": self.layouts[at],
            "pose": pose.parameters,
            "map": pose.plain_map,
            "together": {
                "first": first, "step": ABREAST, "count": len(self.pictures), "shift_px": self.shifts_px[at].tolist(),
            },
        }  # fmt: skip
        return Scene(image, *self.parts.of(at), (self.roles[at],), provenance)

    def drawn(self, at: int, min_visible: float) -> Drawn:
        """Return what :meth:`Scene.drawn` of one of them is."""
        return self.parts.drawn(at, self.faces, min_visible)
