"""The faces of a run: the bundled ones and the user's, and who helps out with what one of them lacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from synthgen.assets import manifest
from synthgen.errors import RecipeError, Rejected, did_you_mean
from synthgen.typeset.face import CLASSES, Face, load_face
from synthgen.typeset.tables import CODE_POINTS


class _Tables:
    """All faces' tables in one, made when they are first asked for and shared by every set of the same faces.

    ``plain`` bool and ``glyph_of`` int32 (F, 65536); ``advance_em`` (all glyphs,), a face's after ``first_glyph`` (F,).
    """

    def __init__(self, faces: Sequence[Face]) -> None:
        self._faces = faces
        counts = [len(face.advance_em) for face in faces]
        self.first_glyph = np.cumsum([0, *counts[:-1]])

    @cached_property
    def plain(self) -> npt.NDArray[np.bool_]:
        return np.stack([face.plain for face in self._faces])

    @cached_property
    def glyph_of(self) -> npt.NDArray[np.int32]:
        return np.stack([face.glyph_of for face in self._faces])

    @cached_property
    def advance_em(self) -> npt.NDArray[np.float64]:
        return np.concatenate([face.advance_em for face in self._faces])


class FaceSet:
    """All faces that may be used, in a fixed order: bundled ones by id, then the user's by file name.

    ``faces`` is a tuple of every loaded face; ``chosen`` the indices that pages are set in; the others only help out.
    ``fonts`` and ``upem`` (F,) are the faces' HarfBuzz fonts and units per em, ``reach_em`` (F,) how far any ink lies
    from its glyph's origin, across or down.
    """

    def __init__(self, faces: Sequence[Face], names: Sequence[str] = ()) -> None:
        self.faces = tuple(faces)
        self.chosen = self._named(names)
        self._helpers: dict[tuple[int, str], tuple[int, ...]] = {}
        self._classes: dict[tuple[int, int | None, bool], dict[str, tuple[int, ...]]] = {}
        drawn = [int(face.covered.sum()) for face in self.faces]
        self._order = {at: self._order_of_helpers(at, drawn) for at in range(len(self.faces))}

        self._tables = _Tables(self.faces)
        self._bounds_em = np.concatenate([face.bounds_em for face in self.faces])
        self.fonts = tuple(face.font for face in self.faces)
        self.upem = np.array([face.upem for face in self.faces], dtype=np.float64)
        self.reach_em = np.array([max(face.bounds_em.max(), -face.bounds_em.min()) for face in self.faces])

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
        other._classes = {}
        return other

    def classes(self, least_weight: int, heavy_from: int | None, *, heavy: bool) -> Mapping[str, tuple[int, ...]]:
        """Return the chosen faces by class, sorted by class; none lighter than ``least_weight`` where there are others.

        With ``heavy_from`` only those of this weight and more, or, not ``heavy``, of less; all where there are none.
        """
        key = (least_weight, heavy_from, heavy)
        if key not in self._classes:
            strong = [at for at in self.chosen if self.faces[at].weight >= least_weight] or list(self.chosen)
            if heavy_from is not None:
                strong = [at for at in strong if (self.faces[at].weight >= heavy_from) == heavy] or strong
            kinds = sorted({self.faces[at].kind for at in strong})
            self._classes[key] = {kind: tuple(at for at in strong if self.faces[at].kind == kind) for kind in kinds}
        return self._classes[key]

    def __len__(self) -> int:
        return len(self.faces)

    def bounds_em(self, face: npt.NDArray[np.int32], glyph: npt.NDArray[np.int32]) -> npt.NDArray[np.float64]:
        """Return the boxes (N, 4) in em, y down, of glyphs (N,) that belong to the faces (N,)."""
        bounds: npt.NDArray[np.float64] = self._bounds_em[self._tables.first_glyph[face] + glyph]
        return bounds

    def plain(self, face: npt.NDArray[np.int32], codes: npt.NDArray[np.uint16]) -> npt.NDArray[np.bool_]:
        """Return which code points (N,) are set glyph by glyph in their faces (N,), whatever stands beside them."""
        plain: npt.NDArray[np.bool_] = self._tables.plain[face, codes]
        return plain

    def looked_up(
        self, face: npt.NDArray[np.int32], codes: npt.NDArray[np.uint16]
    ) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float64]]:
        """Return the glyphs (N,) of code points in their faces (N,), and how far they move the pen, in em."""
        glyph = self._tables.glyph_of[face, codes]
        return glyph, self._tables.advance_em[self._tables.first_glyph[face] + glyph]

    def _order_of_helpers(self, at: int, drawn: Sequence[int]) -> tuple[int, ...]:
        """The other faces, nearest first: same class, then a printed class, then near weight, then most ``drawn``."""
        mine = self.faces[at]

        def distance(other: int) -> tuple[bool, int, int, int, str]:
            face = self.faces[other]
            plain = 0 if face.kind == mine.kind else 1 + CLASSES.index(face.kind)
            return (face.kind != mine.kind, plain, abs(face.weight - mine.weight), -drawn[other], face.id)

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
    if not folders:
        return tuple(faces)
    # Only a user's files need the child processes that this brings.
    from synthgen.typeset.vetting import load_user_faces, user_font_files

    return (*faces, *load_user_faces(user_font_files(folders), taken={face.id for face in faces}))
