"""The poses of a roll's pictures, in columns: a picture's own :class:`~.view.Pose` is made when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthgen.camera.attitude import Attitude
from synthgen.camera.view import Pose, WholeBox
from synthgen.geometry import Float, Homography

Size = tuple[int, int]

_IDENTITY = Homography.identity().numbers
_UPRIGHT = np.array([[0.0], [0.0], [1.0]])
_NOWHERE = (0, 0, 1, 1)


@dataclass(frozen=True, slots=True)
class Poses:
    """K poses of pictures that frame their content alone; some may be None, where not even the upright is moderate.

    ``views`` and ``backs`` (9, K) are the entries of the maps' matrices and of their inverses, row by row, the identity
    where nothing is taken, or what is bent; ``sizes`` the pictures' (width, height); ``boxes`` what each shows of its
    own sheet, whole px. Those that were made one by one are ``lone``; of the others ``attitudes`` (5, K) are the
    columns of :class:`Attitude` and ``scales`` (2, K) the least and most stretch, all of them ``level`` or none.
    """

    views: Float
    backs: Float
    sizes: list[Size]
    boxes: list[WholeBox]
    lone: Mapping[int, Pose | None]
    attitudes: Float
    scales: Float
    level: bool

    @classmethod
    def of(cls, poses: Sequence[Pose | None], sheet_sizes: Sequence[Size], *, level: bool) -> Poses:
        """Return poses that were made one by one, of sheets of these (width, height)."""
        count = len(poses)
        columns = np.zeros((9, count)), np.zeros((9, count)), [(1, 1)] * count, [_NOWHERE] * count
        made = cls(*columns, {}, np.zeros((5, count)), np.zeros((2, count)), level=level)
        return made.with_lone(dict(enumerate(poses)), sheet_sizes)

    def with_lone(self, lone: Mapping[int, Pose | None], sheet_sizes: Sequence[Size]) -> Poses:
        """Return these poses with some, by number, that were made one by one; the columns are filled in place."""
        for at, pose in lone.items():
            straight = pose is not None and isinstance(pose.map, Homography)
            self.views[:, at] = pose.view.numbers if pose is not None and straight else _IDENTITY
            self.backs[:, at] = pose.view.inverse_numbers if pose is not None and straight else _IDENTITY
            self.sizes[at], self.boxes[at] = (pose.size, pose.seen_box(sheet_sizes[at])) if pose else ((1, 1), _NOWHERE)
        return Poses(
            self.views, self.backs, self.sizes, self.boxes, {**self.lone, **lone}, self.attitudes, self.scales,
            level=self.level,
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.sizes)

    def __getitem__(self, at: int) -> Pose | None:
        if at in self.lone:
            return self.lone[at]
        least, most = self.scales[:, at].tolist()
        parameters = Attitude(*self.attitudes[:, at].tolist()).told("content", 0, (least, most), level=self.level)
        parameters["beyond_sheet"] = False
        view = Homography.of(tuple(self.views[:, at].tolist()))
        return Pose(view, self.sizes[at], parameters, view, self.boxes[at])

    def __iter__(self) -> Iterator[Pose | None]:
        return (self[at] for at in range(len(self)))

    @property
    def taken(self) -> list[int]:
        """The numbers of the poses that are not None."""
        none = [at for at, pose in self.lone.items() if pose is None]
        return [at for at in range(len(self)) if at not in none] if none else list(range(len(self)))

    @property
    def bent(self) -> dict[int, Pose]:
        """Those whose maps are no homographies, by number."""
        return {at: one for at, one in self.lone.items() if one and not isinstance(one.map, Homography)}

    @property
    def affine(self) -> npt.NDArray[np.bool_]:
        """Whether parallel lines stay parallel, bool (K,)."""
        affine: npt.NDArray[np.bool_] = (self.views[6:] == _UPRIGHT).all(axis=0)
        return affine
