"""The records that travel through the rooms: characters, words, lines, blocks and the finished scene.

Quads are float64 ``(N, 4, 2)``, corners top-left, top-right, bottom-right, bottom-left **of the glyph**, whatever its
pose, in continuous pixel-edge coordinates (x right, y down). They are never rounded, clipped or re-sorted here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import Any, TypeVar

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

R = TypeVar("R")


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


@dataclass(frozen=True, slots=True)
class Scene:
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
    maps: Sequence[Map], sizes: Sequence[tuple[int, int]], characters: Characters, words: Words, lines: Lines
) -> Labels:
    """Return the same records, each line's in the target frame of its own map and seen in a picture of its own size.

    ``maps`` and ``sizes`` (width, height) are those of the lines, of which none is without a word. Where a map is no
    homography, words have outlines; those under homographies have empty ones.
    """
    k = np.arange(len(maps), dtype=np.int32)
    owner = np.concatenate([characters.line, characters.line, words.line, words.line, k])
    quads = np.concatenate([characters.ink, characters.cell, words.quad, words.ink, lines.quad])
    straight = [one.numbers for one in maps if isinstance(one, Homography)]
    outline: tuple[Float, ...] = ()
    if len(straight) == len(maps):
        quads = project_each(np.array(straight)[owner].reshape(-1, 3, 3), quads)
    else:
        for number, one in enumerate(maps):
            quads[owner == number] = one.forward(quads[owner == number])
        sides = zip(words.line.tolist(), _along_sides(words.quad), strict=True)
        outline = tuple(_NO_POINTS if isinstance(maps[at], Homography) else maps[at].forward(of) for at, of in sides)
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


def parted(labels: Labels) -> list[tuple[Labels, list[int]]]:
    """Return each line's records alone, and the faces that its characters' ``face`` counts.

    Of the labels of :func:`seen_each`, no line without a word. The arrays are parts of theirs.
    """
    characters, words, lines = labels
    numbers = np.arange(len(lines))
    firsts, word_firsts = characters.line.searchsorted(numbers), words.line.searchsorted(numbers)
    first_face = characters.face[firsts]
    mixed = characters.face != first_face[characters.line]
    mixed_lines = set(characters.line[mixed].tolist()) if mixed.any() else ()
    word = characters.word - word_firsts.astype(np.int32)[characters.line]
    face, nought = np.zeros((2, len(characters)), dtype=np.int32)
    faces = [[one] for one in first_face.tolist()]
    ends, word_ends = [*firsts.tolist(), len(characters)], [*word_firsts.tolist(), len(words)]
    parts = []
    for number in range(len(lines)):
        of, of_words = slice(ends[number], ends[number + 1]), slice(word_ends[number], word_ends[number + 1])
        if number in mixed_lines:
            faces[number], face[of] = renumbered(characters.face[of])
        at, alone, outline = slice(number, number + 1), nought[of], words.outline[of_words]
        # What is cut out of records that were checked need not be checked again.
        labels = (
            _made(
                Characters, characters.text[of], characters.ink[of], characters.cell[of], word[of], alone, alone,
                face[of], characters.visible[of],
            ),
            _made(
                Words, words.text[of_words], words.quad[of_words], words.ink[of_words],
                alone[: of_words.stop - of_words.start], words.direction[of_words], words.ignored[of_words],
                outline if outline and len(outline[0]) else (), (),
            ),
            _made(Lines, lines.text[at], lines.quad[at], alone[:1], lines.direction[at]),
        )  # fmt: skip
        parts.append((labels, faces[number]))
    return parts


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
    first = int(face[0])
    if (face == first).all():
        return [first], np.zeros(len(face), dtype=np.int32)
    occurs = np.bincount(face) > 0
    places = np.cumsum(occurs, dtype=np.int32) - np.int32(1)
    return np.flatnonzero(occurs).tolist(), places[face]
