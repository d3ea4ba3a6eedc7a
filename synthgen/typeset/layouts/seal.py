"""Personal seals: the signer's name in red inside a ring, an oval or a square, pressed beside the signature.

A name of three syllables and the character for seal fill a square of two by two, read from top to bottom and from the
right column to the left; cheap oval seals hold the name alone, in one column.
"""

from __future__ import annotations

from dataclasses import dataclass

from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.typeset.design import pick_face
from synthgen.typeset.face import HANGUL
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.galley import Galley
from synthgen.typeset.layouts.composed import can_say
from synthgen.typeset.ruling import Ruling, draw_ruling
from synthgen.typeset.shape import Shaper
from synthgen.typeset.text import Style
from synthgen.typeset.vertical import VerticalText, place_columns

SHAPES = ("ring", "ring", "oval", "square")
# The side of the square that a ring's characters fill, of its diameter: it touches the ring nowhere.
INNER = 0.62
OVAL = 0.62


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal: the middle of its left edge on the page, its height and the thickness of its edge in px, its face.

    ``last`` is the character for seal that follows a name of three.
    """

    left_px: float
    middle_px: float
    high_px: float
    edge_px: float
    shape: str
    face: int
    last: str


def draw_seal(recipe: Recipe, faces: FaceSet, left_px: float, middle_px: float, high_px: float, stream: Stream) -> Seal:
    """Return a seal of about a height, at a place on the page."""
    hanja = stream.chance(0.6) and can_say("印", recipe.lang, recipe.text.charset)
    return Seal(
        left_px=left_px,
        middle_px=middle_px + stream.uniform(-0.12, 0.12) * high_px,
        high_px=high_px,
        edge_px=max(high_px * stream.uniform(0.035, 0.06), 1.2),
        shape=stream.pick(SHAPES),
        face=pick_face(recipe, faces, stream, heavy=None),
        last="印" if hanja else "인",
    )


def name_in(paragraph: str) -> str:
    """Return the name that a line of signature holds: the last word of two to four syllables before a bracket."""
    before = paragraph.split(" (")[0].split(" ")
    names = [word for word in before[1:] if 2 <= len(word) <= 4 and all(ord(char) in HANGUL for char in word)]
    return names[-1] if names else ""


def set_seal(galley: Galley, seal: Seal, name: str, shaper: Shaper, shift_px: float) -> None:
    """Press a seal with a name of two to four syllables; ``shift_px`` is the sheet's bleed."""
    oval = seal.shape == "oval"
    chars = name if oval or len(name) in (2, 4) else name + seal.last
    column = len(chars) if oval or len(chars) == 2 else 2
    columns = [chars[at : at + column] for at in range(0, len(chars), column)]
    high = seal.high_px
    wide = high * OVAL if len(columns) == 1 and seal.shape != "ring" else high
    inner = high * (0.78 if seal.shape != "ring" else INNER)
    em = min(inner / column, 0.9 * wide) * (1.0 if len(columns) > 1 else 0.92)
    style = Style(face=seal.face, size_px=em, line_px=em * 1.02, ink="seal")
    text = VerticalText(columns, style, shaper, 1.01 * inner, "upright")
    x0, y0 = seal.left_px + shift_px, seal.middle_px + shift_px - high / 2
    right = x0 + wide / 2 + len(columns) * style.line_px / 2
    top = y0 + (high - column * em) / 2
    place_columns(galley, galley.block("seal"), text, slice(0, len(columns)), right, top)
    where = "frame" if seal.shape == "square" else "ring"
    half = seal.edge_px / 2 if where == "frame" else 0.0
    box = (x0 + half, y0 + half, x0 + wide - half, y0 + high - half)
    draw_ruling(galley, Ruling(where, seal.edge_px, "seal", round_px=0.06 * high if where == "frame" else 0.0), box)
