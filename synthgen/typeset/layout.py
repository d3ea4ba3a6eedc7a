"""What typesetting hands to the press: every glyph's place on the flat sheet, and what the sheet says where."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from synthgen.scene import Characters, Lines, Words

Float = npt.NDArray[np.float64]
Int = npt.NDArray[np.int32]


# What the press may be asked to print with: text's own ink; a second, coloured one; a tint for areas; the bare paper
# that shows through an inked area (reverse type); a writing pen's; a seal's; a highlighter's.
INKS = ("text", "accent", "tint", "reverse", "pen", "seal", "marker")


@dataclass(frozen=True, slots=True)
class Glyphs:
    """G glyphs to be inked: ``face``, ``glyph`` int32 (G,); ``char`` int32 (G,) the character each belongs to.

    ``ink`` int32 (G,) the ink each is printed with, an index into the layout's ``inks``;
    ``linear`` float64 (G, 2, 2) takes em coordinates (x right, y down) to sheet px; ``origin`` float64 (G, 2) is where
    the glyph's origin stands on the sheet, in px.
    """

    face: Int
    glyph: Int
    char: Int
    ink: Int
    linear: Float
    origin: Float

    def __len__(self) -> int:
        return len(self.glyph)

    def printed_with(self, ink: int) -> Glyphs:
        """Return the glyphs of one ink."""
        mine = self.ink == ink
        if mine.all():
            return self
        return Glyphs(*(getattr(self, name)[mine] for name in ("face", "glyph", "char", "ink", "linear", "origin")))


@dataclass(frozen=True, slots=True)
class Layout:
    """A flat sheet in continuous px: glyphs, ruling boxes, and the characters, words and lines they make.

    ``size`` (width, height); ``rules`` float64 (R, 4) inked boxes x0, y0, x1, y1 and ``rule_ink`` int32 (R,) their
    inks; ``inks`` the names of the inks in the order of printing (:data:`INKS` says what each is); ``roles`` one per
    block; ``content`` x0, y0, x1, y1 of all ink; ``parameters`` plain values for the provenance; ``pictures`` float64
    (P, 4) boxes of pictures, which are photographs on a display where ``continuous_pictures``, else printed halftones;
    ``colours`` the families of colours that such a thing has, of those in the recipe, any of them where it is empty.
    """

    size: tuple[int, int]
    glyphs: Glyphs
    rules: Float
    rule_ink: Int
    inks: tuple[str, ...]
    characters: Characters
    words: Words
    lines: Lines
    roles: tuple[str, ...]
    content: tuple[float, float, float, float]
    parameters: dict[str, object]
    pictures: Float = field(default_factory=lambda: np.zeros((0, 4)))
    continuous_pictures: bool = False
    colours: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LoneLines:
    """K lines that were set together and have a small sheet each: line k of ``layout`` lies in sheet k's own frame.

    Per line: ``sizes`` (width, height) of its sheet, ``contents`` x0, y0, x1, y1 of what the camera keeps in view, and
    ``parameters`` plain values for the provenance. What the layout says of a sheet as a whole says nothing here.
    """

    layout: Layout
    sizes: tuple[tuple[int, int], ...]
    contents: tuple[tuple[float, float, float, float], ...]
    parameters: tuple[dict[str, object], ...]

    def __len__(self) -> int:
        return len(self.sizes)
