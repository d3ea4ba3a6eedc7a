"""Colours that print and signs have: pairs of ground and ink seen in the world, by family, and their contrast."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from synthgen.errors import RecipeError, did_you_mean
from synthgen.press.effects import Colour
from synthgen.randomness import Stream


@dataclass(frozen=True, slots=True)
class Pair:
    """A ``ground``, the ``ink`` on it, and the ``accent`` printed beside it, each (red, green, blue) 0-255.

    ``tint`` is laid under text, by default a mixture of ground and accent; ``reverse`` is type upon the accent or upon
    the ink, by default the bare ground. The empty colour means the default.
    """

    name: str
    ground: Colour
    ink: Colour
    accent: Colour
    tint: Colour | tuple[()] = ()
    reverse: Colour | tuple[()] = ()


WHITE, CREAM, BLACK = (250, 250, 248), (246, 238, 216), (24, 23, 24)
RED, NAVY, GREEN, YELLOW = (196, 28, 36), (22, 42, 98), (0, 104, 60), (250, 208, 28)

FAMILIES: dict[str, tuple[Pair, ...]] = {
    # What bars and small print are printed with on packages: dark on light, whatever the brand's colour is.
    "label": (
        Pair("black on white, red", WHITE, BLACK, RED),
        Pair("black on white, blue", WHITE, (20, 22, 28), (16, 72, 166)),
        Pair("black on white, green", WHITE, (22, 26, 22), (0, 112, 62)),
        Pair("black on white, orange", WHITE, (30, 26, 24), (212, 92, 16)),
        Pair("black on white, violet", WHITE, (26, 22, 30), (96, 44, 132)),
        Pair("black on white, pink", WHITE, (34, 26, 30), (206, 44, 104)),
        Pair("black on white, black", WHITE, BLACK, (34, 32, 34)),
        Pair("navy on white, sky", (248, 250, 252), (18, 32, 76), (0, 118, 178)),
        Pair("black on cream, brown", CREAM, (36, 28, 24), (108, 62, 32)),
        Pair("black on cream, burgundy", CREAM, (30, 27, 25), (126, 24, 40)),
        Pair("black on cream, olive", (244, 240, 222), (32, 32, 24), (88, 100, 34)),
        Pair("brown on kraft", (206, 178, 138), (48, 32, 22), (112, 40, 28)),
        Pair("black on pale yellow", (252, 238, 168), (30, 26, 20), (184, 32, 30)),
        Pair("black on pale green", (222, 238, 214), (24, 32, 26), (0, 92, 58)),
        Pair("black on pale pink", (250, 224, 224), (38, 26, 30), (178, 32, 72)),
        Pair("black on pale blue", (218, 234, 246), (22, 26, 36), (14, 66, 140)),
        Pair("black on silver", (206, 208, 212), (26, 26, 30), (20, 54, 112)),
    ),
    "led": (
        Pair("red points", (14, 12, 13), (255, 74, 52), (255, 190, 60)),
        Pair("amber points", (16, 14, 12), (255, 176, 52), (255, 90, 60)),
        Pair("green points", (10, 14, 12), (96, 240, 110), (255, 200, 80)),
        Pair("white points", (14, 14, 18), (236, 242, 255), (120, 200, 255)),
        Pair("yellow points", (20, 20, 20), (250, 226, 70), (255, 84, 60)),
    ),
    "old": (
        Pair("black on yellowed", (226, 208, 170), (40, 34, 30), (128, 36, 30)),
        Pair("brown on yellowed", (230, 214, 180), (74, 48, 32), (120, 40, 30)),
        Pair("faded black on grey", (206, 200, 188), (62, 58, 56), (120, 50, 44)),
    ),
    "print": (
        Pair("black on white", WHITE, BLACK, RED),
        Pair("black on cream", CREAM, (30, 27, 25), (140, 28, 34)),
        Pair("navy on white", WHITE, NAVY, RED),
        Pair("navy on cream", CREAM, NAVY, (150, 32, 36)),
        Pair("dark green on cream", (244, 242, 226), (18, 66, 46), (150, 90, 20)),
        Pair("burgundy on cream", CREAM, (104, 20, 36), NAVY),
        Pair("dark grey on white", WHITE, (66, 66, 70), (0, 92, 160)),
        Pair("black on pink", (246, 216, 214), (34, 26, 28), (150, 24, 50)),
        Pair("black on pale green", (220, 238, 220), (26, 32, 28), (0, 88, 60)),
        Pair("black on pale blue", (216, 230, 242), (24, 28, 36), NAVY),
    ),
    "receipt": (
        Pair("thermal black", (246, 246, 244), (46, 44, 50), (46, 44, 50)),
        Pair("thermal blue", (244, 246, 248), (50, 58, 108), (50, 58, 108)),
        Pair("thermal violet", (246, 242, 246), (84, 58, 104), (84, 58, 104)),
    ),
    "road": (
        Pair("white on green", (0, 102, 62), (248, 250, 248), YELLOW),
        Pair("white on blue", (12, 74, 150), (248, 250, 252), YELLOW),
        Pair("white on brown", (104, 62, 34), (250, 248, 244), YELLOW),
        Pair("black on yellow", (250, 204, 22), (22, 20, 20), RED),
        Pair("black on white", (246, 246, 244), (22, 22, 22), RED),
        Pair("red on white", (248, 246, 244), (190, 22, 30), BLACK),
        Pair("yellow on black", (30, 30, 32), (250, 206, 30), (250, 250, 250)),
    ),
    "screen": (
        Pair("black on white, blue", (255, 255, 255), (17, 17, 17), (0, 102, 204), (240, 242, 245)),
        Pair("black on white, sky", (255, 255, 255), (22, 24, 28), (10, 122, 232), (239, 243, 248)),
        Pair("black on white, green", (255, 255, 255), (24, 26, 28), (0, 136, 68), (240, 245, 241)),
        Pair("black on white, red", (255, 255, 255), (20, 20, 22), (214, 36, 52), (245, 245, 246)),
        Pair("black on white, violet", (255, 255, 255), (30, 28, 34), (95, 0, 128), (245, 243, 247)),
        Pair("black on white, orange", (255, 255, 255), (34, 32, 30), (206, 84, 14), (247, 245, 242)),
        Pair("black on white, teal", (255, 255, 255), (26, 30, 32), (0, 118, 124), (240, 245, 245)),
        Pair("black on white, navy", (255, 255, 255), (28, 30, 36), (24, 52, 108), (241, 243, 246)),
        Pair("black on white, black", (255, 255, 255), (18, 18, 18), (34, 34, 36), (243, 243, 243)),
        Pair("dark grey on light", (243, 244, 246), (51, 55, 61), (24, 106, 222), (255, 255, 255), (255, 255, 255)),
        Pair("dark grey on grey", (236, 238, 241), (38, 42, 48), (20, 60, 140), (255, 255, 255), (255, 255, 255)),
        Pair("black on chat mist", (232, 238, 243), (17, 20, 24), (40, 78, 160), (255, 255, 255), (255, 255, 255)),
        Pair("black on chat sand", (243, 239, 233), (20, 24, 26), (16, 98, 88), (255, 255, 255), (255, 255, 255)),
        Pair("white on near black", (18, 18, 20), (232, 232, 234), (52, 120, 226), (44, 44, 48), (250, 250, 252)),
        Pair("white on black", (0, 0, 0), (240, 240, 242), (10, 124, 240), (38, 38, 40), (255, 255, 255)),
        Pair("white on charcoal", (30, 31, 34), (228, 230, 234), (38, 142, 92), (50, 52, 57), (250, 252, 250)),
        Pair("grey on dark blue", (24, 28, 38), (218, 222, 230), (226, 164, 60), (42, 47, 60)),
    ),
    "shop": (
        Pair("red on yellow", (252, 214, 40), (192, 20, 28), (20, 20, 20)),
        Pair("white on red", (200, 24, 32), (252, 250, 248), (255, 222, 70)),
        Pair("yellow on red", (190, 18, 26), (255, 226, 60), (255, 255, 255)),
        Pair("white on blue", (20, 70, 160), (252, 252, 252), (255, 222, 70)),
        Pair("white on green", (0, 112, 66), (252, 252, 250), (255, 226, 80)),
        Pair("white on black", (28, 28, 30), (246, 244, 238), (230, 180, 80)),
        Pair("gold on black", (32, 30, 30), (222, 184, 104), (250, 246, 236)),
        Pair("gold on brown", (66, 40, 26), (230, 196, 124), (250, 246, 236)),
        Pair("black on yellow", (252, 212, 36), (24, 20, 20), (196, 24, 30)),
        Pair("black on white", (248, 248, 246), (20, 20, 22), (200, 24, 32)),
        Pair("red on white", (250, 248, 246), (200, 20, 30), (20, 20, 24)),
        Pair("blue on white", (248, 250, 250), (16, 64, 150), (206, 26, 34)),
        Pair("green on white", (248, 250, 246), (0, 98, 56), (206, 60, 20)),
        Pair("white on orange", (206, 84, 14), (255, 253, 248), (60, 30, 16)),
        Pair("brown on cream", (246, 236, 214), (88, 48, 26), (170, 40, 30)),
        Pair("white on purple", (92, 40, 120), (250, 248, 252), (255, 220, 90)),
    ),
    "subtitle": (
        Pair("white on night", (44, 50, 66), (250, 250, 248), (250, 226, 90), (10, 10, 12), (20, 20, 24)),
        Pair("white on dusk", (84, 74, 70), (252, 252, 250), (250, 226, 90), (12, 10, 10), (24, 22, 22)),
        Pair("white on green shade", (72, 84, 68), (250, 250, 248), (250, 226, 90), (10, 12, 10), (18, 20, 18)),
        Pair("white on overcast", (104, 110, 116), (254, 254, 252), (250, 226, 90), (8, 8, 10), (10, 20, 60)),
        Pair("yellow on night", (52, 52, 60), (250, 226, 90), (250, 250, 248), (12, 12, 14), (16, 16, 20)),
        Pair("yellow on dusk", (82, 76, 78), (252, 228, 96), (250, 250, 248), (10, 10, 12), (30, 14, 10)),
    ),
}

# Families of light from a screen, of paint and plastic, and of print on paper, which lets the paper's own tone through.
SHINING, PAINTED = ("led", "screen", "subtitle"), ("led", "road", "shop")
# What walls behind a sign's board are painted with.
FACADES: tuple[Colour, ...] = (
    (206, 200, 190), (176, 174, 170), (226, 222, 212), (148, 140, 130), (96, 98, 102), (188, 170, 148), (66, 62, 60),
    (216, 208, 196), (158, 164, 168), (130, 96, 78),
)  # fmt: skip

# Boards below the first level have letters that are light, above the second dark ones.
_DARK_BOARD, _LIGHT_BOARD = 104, 190

# Beside the families, in a recipe's weights: a dark ink on the paper as it is.
PLAIN = "plain"

PENS: tuple[Colour, ...] = ((30, 44, 110), (36, 60, 150), (28, 28, 34), (28, 28, 34))
SEALS: tuple[Colour, ...] = ((202, 44, 40), (190, 30, 44), (214, 66, 44))
MARKERS: tuple[Colour, ...] = ((255, 244, 92), (190, 250, 110), (255, 176, 206), (255, 206, 120), (150, 226, 250))
ACCENTS: tuple[Colour, ...] = (RED, NAVY, (0, 92, 120), GREEN, (120, 30, 70))


def drawn_pair(weights: Mapping[str, float], stream: Stream, among: Sequence[str] = ()) -> tuple[str, Pair] | None:
    """Return a family, drawn by its weight, and one of its pairs; None when ``plain`` was drawn.

    Where any of the families ``among`` has a weight, it is one of them or ``plain``.
    """
    suited = any(weights.get(name) for name in among)
    names = sorted(name for name in weights if not suited or name in among or name == PLAIN)
    family = names[stream.weighted(tuple(accumulate(weights[name] for name in names)))]
    return None if family == PLAIN else (family, stream.pick(FAMILIES[family]))


def check_families(weights: Mapping[str, float]) -> None:
    """Raise RecipeError for a name that no family of colours has."""
    known = (PLAIN, *FAMILIES)
    for name in weights:
        if name not in known:
            raise RecipeError(f"ink.colours: {name!r}: no such family.{did_you_mean(name, known)}")


@lru_cache(maxsize=256)
def neighbours_of(board: Colour) -> tuple[Colour, ...]:
    """Return the grounds of boards that may hang beside one of this colour, with letters of the same ink on them.

    They are those of its family that are as dark, or as light; a board of diodes has none but its own.
    """
    for family in ("road", "shop"):
        grounds = dict.fromkeys(pair.ground for pair in FAMILIES[family])
        if board in grounds:
            greys = {one: grey_of(one) for one in grounds}
            if greys[board] < _DARK_BOARD:
                return tuple(one for one, grey in greys.items() if grey < _DARK_BOARD)
            if greys[board] > _LIGHT_BOARD:
                return tuple(one for one, grey in greys.items() if grey > _LIGHT_BOARD)
    return (board,)


def grey_of(colour: Colour) -> float:
    """Return the grey level 0-255 of a colour as pictures in grey show it (Rec. 601 luma)."""
    return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]


def contrast_ratio(one: Colour, other: Colour) -> float:
    """Return the contrast of two colours, 1 to 21: the ratio of relative luminances (WCAG 2.2).

    >>> round(contrast_ratio((0, 0, 0), (255, 255, 255)), 3)
    21.0
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Colour) -> float:
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in (c / 255 for c in colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """Return a colour that has the given share of ``other`` in it.

    >>> mixed((0, 0, 0), (100, 200, 50), 0.5)
    (50, 100, 25)
    """
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue
