"""The faces of a run: the bundled ones and the user's, and who helps out with what one of them lacks."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from synthgen.assets import manifest
from synthgen.errors import RecipeError, Rejected, did_you_mean
from synthgen.typeset.face import CLASSES, Face, load_face
from synthgen.typeset.tables import CODE_POINTS
from synthgen.typeset.vetting import load_user_faces, user_font_files


class FaceSet:
    """All faces that may be used, in a fixed order: bundled ones by id, then the user's by file name.

    ``faces`` is a tuple of every loaded face; ``chosen`` the indices that pages are set in; the others only help out.
    ``fonts`` and ``upem`` (F,) are the faces' HarfBuzz fonts and units per em.
    """

    def __init__(self, faces: Sequence[Face], names: Sequence[str] = ()) -> None:
        self.faces = tuple(faces)
        self.chosen = self._named(names)
        self._helpers: dict[tuple[int, str], tuple[int, ...]] = {}
        self._order = {at: self._order_of_helpers(at) for at in range(len(self.faces))}

        counts = [len(face.bounds_em) for face in self.faces]
        self._first_glyph = np.cumsum([0, *counts[:-1]])
        self._bounds_em = np.concatenate([face.bounds_em for face in self.faces])
        self.fonts = tuple(face.font for face in self.faces)
        self.upem = np.array([face.upem for face in self.faces], dtype=np.float64)

    def _named(self, names: Sequence[str]) -> tuple[int, ...]:
        by_id = {face.id: at for at, face in enumerate(self.faces)}
        for name in names:
            if name not in by_id:
                raise RecipeError(f"type.faces: {name!r}: no such face.{did_you_mean(name, by_id)}")
        return tuple(by_id[name] for name in names) if names else tuple(range(len(self.faces)))

    def choosing(self, names: Sequence[str]) -> FaceSet:
        """Return the same faces with only the named ones chosen, or all where none is named; tables are shared."""
        other = copy(self)
        other.chosen = self._named(names)
        return other

    def __len__(self) -> int:
        return len(self.faces)

    def bounds_em(self, face: npt.NDArray[np.int32], glyph: npt.NDArray[np.int32]) -> npt.NDArray[np.float64]:
        """Return the boxes (N, 4) in em, y down, of glyphs (N,) that belong to the faces (N,)."""
        bounds: npt.NDArray[np.float64] = self._bounds_em[self._first_glyph[face] + glyph]
        return bounds

    def _order_of_helpers(self, at: int) -> tuple[int, ...]:
        """The other faces, nearest first: same class, then a printed class, then near weight, then coverage."""
        mine = self.faces[at]

        def distance(other: int) -> tuple[bool, int, int, int, str]:
            face = self.faces[other]
            plain = 0 if face.kind == mine.kind else 1 + CLASSES.index(face.kind)
            return (face.kind != mine.kind, plain, abs(face.weight - mine.weight), -int(face.covered.sum()), face.id)

        return tuple(sorted((other for other in range(len(self.faces)) if other != at), key=distance))

    def helpers(self, at: int, missing: str) -> tuple[int, ...]:
        """Return for each of the ``missing`` characters the index of the face that draws it instead of face ``at``.

        One face for all of them where one draws all, so that a word does not change its look twice; Rejected
        ("uncovered") when no face draws one of them.
        """
        key = (at, missing)
        if key not in self._helpers:
            if len(self._helpers) > 50_000:
                self._helpers.clear()
            order = self._order[at]
            whole = next((other for other in order if self.faces[other].covers(missing)), None)
            if whole is not None:
                self._helpers[key] = (whole,) * len(missing)
            else:
                each = [next((other for other in order if self.faces[other].covers(char)), -1) for char in missing]
                if -1 in each:
                    raise Rejected("uncovered")
                self._helpers[key] = tuple(each)
        return self._helpers[key]

    def covered(self) -> npt.NDArray[np.bool_]:
        """Return the code points (65536,) that at least one face draws."""
        union = np.zeros(CODE_POINTS, dtype=bool)
        for face in self.faces:
            union |= face.covered
        return union

    def undrawable(self, characters: Sequence[str]) -> list[str]:
        """Return the characters that no face draws."""
        union = self.covered()
        return [char for char in characters if ord(char) >= CODE_POINTS or not union[ord(char)]]


@lru_cache(maxsize=4)
def load_faces(folders: tuple[Path, ...] = ()) -> tuple[Face, ...]:
    """Return the bundled faces and those of the user's files and folders; AssetError names a file that is no font."""
    faces = [load_face(asset.path, name=asset.id, tags=asset.tags, digest=asset.sha256) for asset in manifest("fonts")]
    return (*faces, *load_user_faces(user_font_files(folders), taken={face.id for face in faces}))
