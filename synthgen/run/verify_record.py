"""The rules that one scene's labels keep, and whether there is ink where they say."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from synthgen.formats.metadata import SceneRecord
from synthgen.quads import visible_shares

Float = npt.NDArray[np.float64]
Picture = npt.NDArray[np.uint8]

# Quads are stored to 1/1000 px, so areas are off by about this much for each px of outline.
_ROUNDING_PX = 0.001
# Less difference than this around a character means that nothing is printed there.
_FLAT_LEVELS = 3
_RING_PX = 2.0
# Straight sides between the corners of a slightly bent word are off by a fraction of this.
_APART_PX = 0.25


def label_faults(text: str, charset: frozenset[str]) -> Iterator[str]:
    """Yield the rules that a label breaks: it is not empty, NFC, and made of the charset's characters."""
    if not text:
        yield "an empty label; every label has characters"
        return
    if not unicodedata.is_normalized("NFC", text):
        yield f"label {text[:40]!a} is not NFC"
    strange = sorted({*text} - charset)
    if strange:
        yield f"label {text[:40]!a} has {strange[0]!a} (U+{ord(strange[0]):04X}), which is not in charset.txt"


def record_faults(record: SceneRecord, charset: frozenset[str]) -> Iterator[str]:
    """Yield the rules that a scene's labels and quads break; words that are marked as ignored keep them as well."""
    for text in (*record.words.text, *record.characters.text):
        yield from label_faults(text, charset)
    named = (
        ("characters.ink", record.characters.ink),
        ("characters.cell", record.characters.cell),
        ("words.quad", record.words.quad),
        ("words.ink", record.words.ink),
        ("lines.quad", record.lines.quad),
    )
    for name, quads in named:
        for at in np.flatnonzero(~_ordered(quads)).tolist():
            yield f"{name} {at}: corners are not in the order TL, TR, BR, BL around an area"
    yield from _visibility_faults(record)
    yield from _place_faults(record)


def _ordered(quads: Float) -> npt.NDArray[np.bool_]:
    """Return for each quad (N,) whether it has an area and its corners go round it clockwise as seen."""
    if not len(quads):
        return np.ones(0, dtype=np.bool_)
    first, second = _triangles(quads)
    return (first + second > 0) & (np.minimum(first, second) > -_slack(quads))


def _triangles(quads: Float) -> tuple[Float, Float]:
    """Return twice the signed areas (N,) of the triangles TL, TR, BR and TL, BR, BL; positive when clockwise."""
    origin = quads[:, 0]
    top, across, left = (quads[:, k] - origin for k in (1, 2, 3))
    return top[:, 0] * across[:, 1] - top[:, 1] * across[:, 0], across[:, 0] * left[:, 1] - across[:, 1] * left[:, 0]


def _slack(quads: Float) -> Float:
    """Return how much of an area (N,) rounding may have taken or given."""
    sides = np.linalg.norm(quads - np.roll(quads, -1, axis=1), axis=2).sum(axis=1)
    return np.asarray(2 * _ROUNDING_PX * sides + 1e-5, dtype=np.float64)


def _visibility_faults(record: SceneRecord) -> Iterator[str]:
    ink = record.characters.ink
    if not len(ink):
        return
    first, second = _triangles(ink)
    slack = _ROUNDING_PX + _slack(ink) / np.maximum(first + second, 1e-3)
    expected = visible_shares(ink, record.size)
    for at in np.flatnonzero(np.abs(expected - record.characters.visible) > slack).tolist():
        yield (
            f"character {at} {record.characters.text[at]!a}: visible is {record.characters.visible[at]:.3f}, its quad "
            f"lies inside by {expected[at]:.3f}"
        )


def _place_faults(record: SceneRecord) -> Iterator[str]:
    """Yield words whose ink is not where that of their characters is.

    The ink of a word bounds that of its characters, in the word's own frame; seen straight or in perspective the
    corners keep that. Bent words have outlines, and their corners are no bound.
    """
    words = record.words
    if words.outline:
        return
    owner = record.characters.word
    for at in range(len(words)):
        corners = record.characters.ink[owner == at].reshape(-1, 2)
        quad = words.ink[at]
        sides = np.roll(quad, -1, axis=0) - quad
        lengths = np.maximum(np.linalg.norm(sides, axis=1), 1e-9)
        # Distances (4, corners) from each side, positive inside.
        offsets = corners[None] - quad[:, None]
        inside = (sides[:, None, 0] * offsets[..., 1] - sides[:, None, 1] * offsets[..., 0]) / lengths[:, None]
        worst = float(np.abs(inside.min(axis=1)).max()) if corners.size else 0.0
        if worst > _APART_PX:
            yield f"word {at} {words.text[at][:40]!a}: its ink and that of its characters are {worst:.2f} px apart"


def blank_faults(record: SceneRecord, image: Picture) -> Iterator[str]:
    """Yield the characters wholly inside the picture around which nothing is printed."""
    height, width = image.shape[:2]
    low = np.floor(record.characters.ink.min(axis=1) - _RING_PX).astype(int).tolist()
    high = np.ceil(record.characters.ink.max(axis=1) + _RING_PX).astype(int).tolist()
    whole = (record.characters.visible >= 1).tolist()
    for at, ((x0, y0), (x1, y1)) in enumerate(zip(low, high, strict=True)):
        if not whole[at]:
            continue
        part = image[max(y0, 0) : min(y1, height), max(x0, 0) : min(x1, width)]
        if part.size and np.ptp(part, axis=(0, 1)).max() < _FLAT_LEVELS:
            yield f"character {at} {record.characters.text[at]!a}: nothing is printed where its quad lies"
