"""What every layout does alike: faces by class, styles from the recipe's ranges, how much text a box holds."""

from __future__ import annotations

from itertools import accumulate, chain

from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.text import Style

# An eojeol with its space takes about this many em in print (mean length 2.75-3.0 syllables at 0.93 em, and a space).
WORD_EM = 3.2

HEAVY, REGULAR = 600, 400


def pick_face(
    recipe: Recipe, faces: FaceSet, stream: Stream, *, heavy: bool | None = None, least_weight: int = 0
) -> int:
    """Return a face drawn by the recipe's weights of classes; ``heavy`` narrows to bold or to text weights.

    None is lighter than ``least_weight`` (:data:`REGULAR` leaves out the light ones), where there are others.
    """
    return pick_faces(recipe, faces, 1, stream, heavy=heavy, least_weight=least_weight)[0]


def pick_faces(
    recipe: Recipe, faces: FaceSet, count: int, stream: Stream, *, heavy: bool | None = None, least_weight: int = 0
) -> list[int]:
    """Return some faces, each drawn by itself; see :func:`pick_face`."""
    classes = faces.classes(least_weight, None if heavy is None else HEAVY, heavy=bool(heavy))
    weights = recipe.type.kinds
    kinds = [kind for kind in classes if weights.get(kind, 0) > 0]
    if not kinds:
        every = sorted(chain.from_iterable(classes.values()))
        return [stream.pick(every) for _ in range(count)]
    sums = list(accumulate([weights[kind] for kind in kinds]))
    return [stream.pick(classes[kinds[stream.weighted(sums)]]) for _ in range(count)]


def face_of(faces: FaceSet, kind: str, stream: Stream, *, heavy: bool | None = None) -> int:
    """Return a face of a class (``mono``, ``hand``), or any where there is none; ``heavy`` narrows the weights."""
    same = [at for at in faces.chosen if faces.faces[at].kind == kind] or list(faces.chosen)
    return stream.pick([at for at in same if heavy is None or (faces.faces[at].weight >= HEAVY) == heavy] or same)


def text_style(
    recipe: Recipe, face: int, size_px: float, stream: Stream, *, align: str = "", enlarged: float = 1.0
) -> Style:
    """Return a style of running text in a face and size, its spacing drawn from the recipe.

    ``align`` stands instead of what is drawn, where it is given; letters ``enlarged`` by a factor keep their lines'
    pitch.
    """
    kind = recipe.type
    # Dials that are off draw nothing.
    slant = stream.between(kind.slant_range) if kind.slant_range != (0.0, 0.0) else 0.0
    jitter = stream.between(kind.jitter_em_range) if kind.jitter_em_range != (0.0, 0.0) else 0.0
    raised = "super" if kind.raised_probability and stream.chance(kind.raised_probability) else ""
    pitch, tracking_em, word_space_em, stretch = stream.between_each(
        (kind.line_spacing_range, kind.tracking_em_range, kind.word_space_em_range, kind.stretch_range)
    )
    return Style(
        face=face,
        size_px=size_px * enlarged,
        line_px=size_px * pitch,
        tracking_em=tracking_em,
        word_space_em=word_space_em,
        stretch=stretch,
        align=align or ("justify" if stream.chance(kind.justify_probability) else "left"),
        by_syllable=stream.chance(kind.syllable_break_probability),
        fallback=kind.fallback == "fallback",
        raised=raised,
        slant=slant,
        jitter_em=jitter,
    )


def headline_style(recipe: Recipe, face: int, size_px: float, stream: Stream) -> Style:
    """Return a style of display text: tight lines and letters, flush left."""
    style = text_style(recipe, face, size_px, stream)
    return style._replace(line_px=size_px * 1.22, tracking_em=style.tracking_em - 0.03, align="left", by_syllable=False)


def words_in(width_px: float, height_px: float, style: Style) -> int:
    """Return about how many words a box holds in a style; at least one."""
    lines = int(height_px // style.line_px)
    per_line = width_px / (style.size_px * (style.stretch + style.tracking_em) * WORD_EM)
    return max(1, int(lines * per_line))


def size_for_words(words: int, area_px: float, recipe: Recipe, line_spacing: float) -> float:
    """Return the em size in px at which an area holds about so many words, within the recipe's body sizes."""
    low, high = recipe.type.body_px_range
    size: float = (area_px / (words * WORD_EM * line_spacing)) ** 0.5
    return min(max(size, low), high)


def margins(recipe: Recipe, stream: Stream) -> tuple[float, float, float, float]:
    """Return the page's left, top, right and bottom margins in px, each drawn on its own."""
    page = recipe.page
    short = min(page.width_px, page.height_px)
    left, top, right, bottom = (short * stream.between(page.margin_frac_range) for _ in range(4))
    return left, top, right, bottom
