"""The records that travel through the rooms: characters, words, lines, blocks and the finished scene.

Quads are float64 ``(N, 4, 2)``, corners top-left, top-right, bottom-right, bottom-left **of the glyph**, whatever its
pose, in continuous pixel-edge coordinates (x right, y down). They are never rounded, clipped or re-sorted here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, compress, pairwise
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from synthgen.geometry import Homography, Map
from synthgen.matrices import project_each
from synthgen.quads import visible_shares

Float = npt.NDArray[np.float64]
Int = npt.NDArray[np.int32]

DIRECTIONS = ("ltr", "ttb")
# How many points stand for one long side of a word on a bent sheet.
SIDE_POINTS = 6
_NO_POINTS = np.zeros((0, 2))
# Visibility is stored to 1/1000.
_ROUNDED = 0.0005

R = TypeVar("R")

# Faces' ids, each with characters that were drawn in it.
Drawn = Sequence[tuple[str, Sequence[str]]]


def _check_quads(name: str, quads: Float, n: int) -> None:
    if quads.shape != (n, 4, 2) or quads.dtype != np.float64:
        raise ValueError(f"{name}: {quads.dtype} {quads.shape}; must be float64 ({n}, 4, 2).")


def _check_ids(name: str, ids: Int, n: int) -> None:
    if ids.shape != (n,) or ids.dtype != np.int32:
        raise ValueError(f"{name}: {ids.dtype} {ids.shape}; must be int32 ({n},).")


@dataclass(frozen=True, slots=True)
class Characters:
    """N user-perceived characters in reading order, spaces not included.

    ``text`` tuple of N str; ``ink`` quads (N, 4, 2) tight to the drawn glyph; ``cell`` quads (N, 4, 2), advance wide
    and as high as the line's ascent and descent; ``word``, ``line``, ``block``, ``face`` int32 (N,) indices;
    ``visible`` float32 (N,), the share of the ink quad inside the picture.
    """

    text: tuple[str, ...]
    ink: Float
    cell: Float
    word: Int
    line: Int
    block: Int
    face: Int
    visible: npt.NDArray[np.float32]

    def __post_init__(self) -> None:
        n = len(self.text)
        _check_quads("characters.ink", self.ink, n)
        _check_quads("characters.cell", self.cell, n)
        for name in ("word", "line", "block", "face"):
            _check_ids(f"characters.{name}", getattr(self, name), n)
        if self.visible.shape != (n,) or self.visible.dtype != np.float32:
            raise ValueError(f"characters.visible: must be float32 ({n},).")

    def __len__(self) -> int:
        return len(self.text)


@dataclass(frozen=True, slots=True)
class Words:
    """M words in reading order.

    ``text`` tuple of M str; ``quad`` (M, 4, 2) tight to the characters' cells in the frame of their text run; ``ink``
    (M, 4, 2) tight to their ink in the same frame; ``line`` int32 (M,); ``direction`` tuple of ``ltr`` or ``ttb``;
    ``ignored`` bool (M,): the word is in the picture but must not be learned from (exporters write ``###``);
    ``outline`` M polygons (K, 2) of as many corners as a bent word needs, or empty when all words are their quads;
    ``broken`` the numbers, rising, of those that the end of their line breaks: they go on in the next word.
    """

    text: tuple[str, ...]
    quad: Float
    ink: Float
    line: Int
    direction: tuple[str, ...]
    ignored: npt.NDArray[np.bool_]
    outline: tuple[Float, ...] = ()
    broken: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        m = len(self.text)
        _check_quads("words.quad", self.quad, m)
        _check_quads("words.ink", self.ink, m)
        _check_ids("words.line", self.line, m)
        if len(self.direction) != m or not set(self.direction) <= set(DIRECTIONS):
            raise ValueError(f"words.direction: must be {m} of {DIRECTIONS}.")
        if self.ignored.shape != (m,) or self.ignored.dtype != np.bool_:
            raise ValueError(f"words.ignored: must be bool ({m},).")
        if self.outline and len(self.outline) != m:
            raise ValueError(f"words.outline: {len(self.outline)} polygons; must be none or {m}.")
        if self.broken and not (
            self.broken[0] >= 0 and self.broken[-1] < m - 1 and all(a < b for a, b in pairwise(self.broken))
        ):
            raise ValueError(f"words.broken: must rise and be less than {m - 1}, the last word.")

    def __len__(self) -> int:
        return len(self.text)


@dataclass(frozen=True, slots=True)
class Lines:
    """L lines: ``text`` (words joined by single spaces), ``quad`` (L, 4, 2), ``block`` int32 (L,), ``direction``."""

    text: tuple[str, ...]
    quad: Float
    block: Int
    direction: tuple[str, ...]

    def __post_init__(self) -> None:
        n = len(self.text)
        _check_quads("lines.quad", self.quad, n)
        _check_ids("lines.block", self.block, n)
        if len(self.direction) != n or not set(self.direction) <= set(DIRECTIONS):
            raise ValueError(f"lines.direction: must be {n} of {DIRECTIONS}.")

    def __len__(self) -> int:
        return len(self.text)


class Scenes(Protocol):
    """Several scenes that are made when they are asked for."""

    def scene(self, at: int) -> Scene:
        """Return one of the scenes, by number."""
        ...

    def drawn(self, at: int, min_visible: float) -> Drawn:
        """Return what :meth:`Scene.drawn` of one of the scenes is."""
        ...


class _Deferred:
    """What a scene's fields are filled from when one of them is first asked for: one of several scenes, or None."""

    __slots__ = ("_at", "_scenes")

    _at: int
    _scenes: Scenes | None


@dataclass(frozen=True, slots=True)
class Scene(_Deferred):
    """One finished sample: the picture, what it says and where, and how it was made.

    ``image`` uint8 (H, W) grey or (H, W, 3) RGB; ``characters``, ``words``, ``lines`` in the image's frame;
    ``roles`` the role of each block (``headline``, ``body``, ...); ``provenance`` plain JSON values: recipe digest,
    seed, index, attempt, faces, every parameter drawn and the composed map.
    """

    image: npt.NDArray[np.uint8]
    characters: Characters
    words: Words
    lines: Lines
    roles: tuple[str, ...]
    provenance: Mapping[str, Any]

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in px."""
        return int(self.image.shape[1]), int(self.image.shape[0])

    @staticmethod
    def one_of(scenes: Scenes, at: int) -> Scene:
        """Return one of several scenes, by number, whose fields are filled when one of them is first asked for."""
        scene = object.__new__(Scene)
        _PUT_SCENES(scene, scenes)
        _PUT_AT(scene, at)
        return scene

    def drawn(self, min_visible: float) -> Drawn:
        """Return what can be learned from: see :func:`drawn_in`."""
        scenes: Scenes | None = getattr(self, "_scenes", None)
        if scenes is not None:
            return scenes.drawn(self._at, min_visible)
        return drawn_in(self.provenance["faces"], self.characters, self.words, min_visible)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Return a field that is not there yet, and put all fields in their places."""
            if name not in _FIELDS:
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            scenes = self._scenes
            # None where another thread has just made it.
            if scenes is not None:
                made = scenes.scene(self._at)
                for field in _FIELDS:
                    object.__setattr__(self, field, getattr(made, field))
                object.__setattr__(self, "_scenes", None)
            return object.__getattribute__(self, name)


_FIELDS = tuple(Scene.__slots__)
_PUT_AT, _PUT_SCENES = (getattr(_Deferred, name).__set__ for name in _Deferred.__slots__)


class Shared(dict[str, Any]):
    """Plain values in the provenance of several scenes that change no more: ``encoded`` keeps their JSON, once made."""

    encoded: bytes = b""


Labels = tuple[Characters, Words, Lines]


# What fills each field of records, by their kind.
_SLOTS: dict[type, list[Callable[[object, object], None]]] = {
    kind: [getattr(kind, name).__set__ for name in kind.__slots__] for kind in (Characters, Words, Lines)
}


def seen_through(
    to: Map, size: tuple[int, int], characters: Characters, face: Int, words: Words, lines: Lines
) -> tuple[Characters, Words, Lines]:
    """Return the same records in the target frame of ``to``, seen in a picture of ``size`` (width, height).

    ``face`` int32 (N,) renumbers the characters' faces.
    """
    quads = (characters.ink, characters.cell, words.quad, words.ink, lines.quad)
    # All corners are mapped at once: a map costs as much for ten points as for ten thousand.
    mapped = to.forward(np.concatenate(quads))
    ends = list(accumulate(len(quad) for quad in quads))
    ink, cell, word_quad, word_ink, line_quad = (
        mapped[end - len(quad) : end] for quad, end in zip(quads, ends, strict=True)
    )
    if words.outline:
        outline = tuple(to.forward(polygon) for polygon in words.outline)
    elif isinstance(to, Homography):
        outline = ()
    else:
        # A bent sheet bends the long sides of words as well.
        outline = tuple(to.forward(_along_sides(words.quad)))
    visible = visible_shares(ink, size)
    return (
        Characters(characters.text, ink, cell, characters.word, characters.line, characters.block, face, visible),
        Words(words.text, word_quad, word_ink, words.line, words.direction, words.ignored, outline, words.broken),
        Lines(lines.text, line_quad, lines.block, lines.direction),
    )


def seen_each(
    views: Float,
    bent: Mapping[int, Map],
    sizes: Sequence[tuple[int, int]],
    characters: Characters,
    words: Words,
    lines: Lines,
) -> Labels:
    """Return the same records, each line's in the target frame of its own map and seen in a picture of its own size.

    ``views`` (9, K) are the entries of the lines' homographies, row by row; the maps of some, by number, are ``bent``
    instead. ``sizes`` (width, height) are those of the pictures. No line is without a word. Where a map is bent, words
    have outlines; those under homographies have empty ones.
    """
    k = np.arange(len(lines), dtype=np.int32)
    owner = np.concatenate([characters.line, characters.line, words.line, words.line, k])
    plain = np.concatenate([characters.ink, characters.cell, words.quad, words.ink, lines.quad])
    quads = project_each(views[:, owner].T.reshape(-1, 3, 3), plain)
    outline: tuple[Float, ...] = ()
    if bent:
        for number, one in bent.items():
            quads[owner == number] = one.forward(plain[owner == number])
        sides = zip(words.line.tolist(), _along_sides(words.quad), strict=True)
        outline = tuple(bent[at].forward(of) if at in bent else _NO_POINTS for at, of in sides)
    n, m = len(characters), len(words)
    ink, cell, word_quad = quads[:n], quads[n : 2 * n], quads[2 * n : 2 * n + m]
    word_ink, line_quad = quads[2 * n + m : 2 * n + 2 * m], quads[2 * n + 2 * m :]
    visible = np.ones(n, dtype=np.float32)
    beyond = (ink < 0) | (ink > np.array(sizes, dtype=np.float64)[characters.line, None])
    if beyond.any():
        for char in np.flatnonzero(beyond.any(axis=(1, 2))).tolist():
            visible[char] = visible_shares(ink[char : char + 1], sizes[characters.line[char]])[0]
    return (
        Characters(
            characters.text, ink, cell, characters.word, characters.line, characters.block, characters.face, visible
        ),
        Words(words.text, word_quad, word_ink, words.line, words.direction, words.ignored, outline, words.broken),
        Lines(lines.text, line_quad, lines.block, lines.direction),
    )


class Parts:
    """The labels of :func:`seen_each`, no line without a word, parted where a line's own are asked for.

    ``least`` is the least visibility of a character, ``ignored`` whether any word is ignored, both by line.
    """

    def __init__(self, labels: Labels) -> None:
        characters, words, lines = self.labels = labels
        numbers = np.arange(len(lines))
        firsts, word_firsts = characters.line.searchsorted(numbers), words.line.searchsorted(numbers)
        first_face = characters.face[firsts]
        mixed = characters.face != first_face[characters.line]
        self._mixed = frozenset(characters.line[mixed].tolist()) if mixed.any() else frozenset()
        self._faces = first_face.tolist()
        self._ends, self._word_ends = [*firsts.tolist(), len(characters)], [*word_firsts.tolist(), len(words)]
        self.least = np.minimum.reduceat(characters.visible, firsts).tolist()
        self.ignored = np.logical_or.reduceat(words.ignored, word_firsts).tolist()

    def __len__(self) -> int:
        return len(self._faces)

    def faces(self, number: int) -> list[int]:
        """Return the faces of a line's characters, rising."""
        of = slice(self._ends[number], self._ends[number + 1])
        return renumbered(self.labels[0].face[of])[0] if number in self._mixed else [self._faces[number]]

    def of(self, number: int) -> Labels:
        """Return a line's labels, whose characters' ``face`` counts its faces; their arrays are parts of the whole's.

        What is cut out of records that were checked need not be checked again.
        """
        characters, words, lines = self.labels
        of = slice(self._ends[number], self._ends[number + 1])
        of_words = slice(self._word_ends[number], self._word_ends[number + 1])
        at, outline = slice(number, number + 1), words.outline[of_words]
        nought, face = np.zeros((2, of.stop - of.start), dtype=np.int32)
        if number in self._mixed:
            _, face = renumbered(characters.face[of])
        return (
            _made(
                Characters, characters.text[of], characters.ink[of], characters.cell[of],
                characters.word[of] - np.int32(of_words.start), nought, nought, face, characters.visible[of],
            ),
            _made(
                Words, words.text[of_words], words.quad[of_words], words.ink[of_words],
                nought[: of_words.stop - of_words.start], words.direction[of_words], words.ignored[of_words],
                outline if outline and len(outline[0]) else (), (),
            ),
            _made(Lines, lines.text[at], lines.quad[at], nought[:1], lines.direction[at]),
        )  # fmt: skip

    def drawn(self, number: int, names: Sequence[str], min_visible: float) -> Drawn:
        """Return what :func:`drawn_in` gives of a line; ``names`` are the ids of all faces."""
        if number in self._mixed or self.ignored[number] or self.least[number] < min_visible + _ROUNDED:
            characters, words, _ = self.of(number)
            return drawn_in([names[face] for face in self.faces(number)], characters, words, min_visible)
        return ((names[self._faces[number]], self.labels[0].text[self._ends[number] : self._ends[number + 1]]),)


def drawn_in(faces: Sequence[str], characters: Characters, words: Words, min_visible: float) -> Drawn:
    """Return in which of ``faces`` characters were drawn that are visible enough and in words that are not ignored.

    In reading order, those in one face side by side together. Visibility is rounded as it is stored, so that a scene
    that was filed gives the same.
    """
    visible, ignored = characters.visible.tolist(), words.ignored.tolist()
    face, text = characters.face, characters.text
    # Most scenes are all plain to see, also when visibility is rounded.
    if min(visible, default=1.0) < min_visible + _ROUNDED or True in ignored:
        learned = np.round(characters.visible.astype(np.float64), 3) >= min_visible
        learned &= ~words.ignored[characters.word]
        face, text = face[learned], tuple(compress(text, learned.tolist()))
    if len(faces) == 1:
        return ((faces[0], text),)
    # Line by line the face changes seldom.
    changes = (np.flatnonzero(face[1:] != face[:-1]) + 1).tolist()
    stretches = pairwise((0, *changes, len(text)) if text else ())
    return [(faces[face[start]], text[start:stop]) for start, stop in stretches]


def _made(kind: type[R], *values: object) -> R:
    """Return a record with these values of all its fields, unchecked."""
    record = object.__new__(kind)
    for put, value in zip(_SLOTS[kind], values, strict=True):
        put(record, value)
    return record


def standing_on(words: Words, places: Sequence[tuple[int, int]]) -> Words:
    """Return words of one line per picture as they stand on a strip that holds the pictures at ``places`` (x, y)."""
    moves = np.array(places, dtype=np.float64)[words.line, None]
    return replace(words, quad=words.quad + moves, ink=words.ink + moves, outline=())


def _along_sides(quads: Float) -> Float:
    """Return polygons (M, 2 * SIDE_POINTS, 2) that go along the quads' tops and back along their bottoms."""
    share = np.linspace(0.0, 1.0, SIDE_POINTS)[None, :, None]
    top = quads[:, None, 0] * (1 - share) + quads[:, None, 1] * share
    bottom = quads[:, None, 2] * (1 - share) + quads[:, None, 3] * share
    return np.concatenate([top, bottom], axis=1)


def renumbered(face: Int) -> tuple[list[int], Int]:
    """Return the faces that occur, rising, and for each character (N,) the place of its face among them."""
    faces = sorted(set(face.tolist()))
    if len(faces) == 1:
        return faces, np.zeros(len(face), dtype=np.int32)
    places = np.zeros(faces[-1] + 1, dtype=np.int32)
    for place, one in enumerate(faces):
        places[one] = place
    return faces, places[face]
