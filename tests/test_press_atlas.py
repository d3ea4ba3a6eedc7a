"""What an atlas keeps is what would be drawn, whatever was drawn before, and text on its grid is where it says."""

from __future__ import annotations

import multiprocessing
import threading

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.press import atlas as atlas_module
from synthgen.press.atlas import Atlas, Lettering
from synthgen.press.raster import OF_THREAD, coverage
from synthgen.typeset.faces import FaceSet, load_faces
from synthgen.typeset.galley import Galley
from synthgen.typeset.horizontal import place_lines
from synthgen.typeset.layout import Glyphs, Layout
from synthgen.typeset.runs import LEAST_ON_GRID, MOST_GRID_PX, PER_PX
from synthgen.typeset.shape import Shaper
from synthgen.typeset.text import Style, Text
from synthgen.typeset.vertical import VerticalText, place_columns

FACES = FaceSet(load_faces())
SHAPER = Shaper(FACES)
NO_RULES = np.zeros((0, 4))
SIZE = (260, 180)
# Syllables, marks, letters that hang low or stand high, a hanja, and a space, which has no ink.
CHARACTERS = "가뷁한국,.(g)jMÅ漢 "
BODY = Style(face=2, size_px=17.4, line_px=24.3, tracking_em=-0.03, align="justify")
NEWS = "국회는 어제 본회의를 열었다. 예산안은 가까스로 통과됐다. 새해부터 漢江에서"


def text_of(seed: int, n: int) -> Glyphs:
    """Return n glyphs on the grid and off it, of several faces and sizes, some of them over the picture's edges."""
    rng = np.random.Generator(np.random.Philox(seed))
    drawn_by = [
        (at, FACES.fonts[at].get_nominal_glyph(ord(char)))
        for at in (0, 2, 6)
        for char in CHARACTERS
        if char == " " or FACES.faces[at].covers(char)
    ]
    face, glyph = np.array([drawn_by[at] for at in rng.integers(0, len(drawn_by), n)], dtype=np.int32).T
    linear = np.zeros((n, 2, 2))
    linear[:, 0, 0], linear[:, 1, 1] = rng.choice([9, 15, 16, 32], n), rng.choice([9, 15, 32], n)
    origin = np.rint(rng.uniform((-40, -40), (300, 220), (n, 2)) * PER_PX) / PER_PX
    off = rng.random(n) < 0.15
    origin[off] += 0.21
    leaning = rng.random(n) < 0.1
    linear[leaning, 0, 1] = 3.0
    numbers = np.arange(n, dtype=np.int32)
    return Glyphs(face, glyph, numbers, 0 * numbers, linear, origin)


def drawn(glyphs: Glyphs) -> npt.NDArray[np.uint8]:
    """Return the coverage of glyphs with what this thread's atlas keeps."""
    return coverage(glyphs, NO_RULES, FACES, SIZE)


def alone(glyphs: Glyphs) -> list[npt.NDArray[np.uint8]]:
    """Return the coverage of each glyph by itself: too few to be kept."""
    columns = [getattr(glyphs, name) for name in Glyphs.__slots__]
    return [drawn(Glyphs(*(column[at : at + 1] for column in columns))) for at in range(len(glyphs))]


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32), st.integers(40, 90))
def test_kept_glyphs_are_what_is_drawn(seed: int, n: int) -> None:
    glyphs = text_of(seed, n)
    each = alone(glyphs)
    got = drawn(glyphs).astype(int)
    # Where one glyph lies, its own level; where several do, no less than the most, no more than all of them.
    most, total = np.maximum.reduce(each).astype(int), np.add.reduce(each, dtype=int)
    assert (got >= most - 1).all() and (got <= np.minimum(total, 255) + 1).all()


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 2**32))
def test_no_picture_depends_on_what_was_kept_before(seed: int) -> None:
    pages = [text_of(seed + at, 60) for at in range(3)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OF_THREAD, "atlas", Atlas())
        first = [drawn(page) for page in pages]
        again = [drawn(page) for page in pages[::-1]][::-1]
        # An atlas that has room for next to nothing forgets on every page.
        patch.setattr(atlas_module, "MOST_BYTES", 1)
        patch.setattr(atlas_module, "MOST_BYTES_OF_EM", 1)
        patch.setattr(OF_THREAD, "atlas", Atlas())
        forgetful = [drawn(page) for page in pages[1:]]
    for one, other in zip([*first, *first[1:]], [*again, *forgetful], strict=True):
        assert np.array_equal(one, other)


def test_threads_keep_their_own() -> None:
    pages = [text_of(seed, 80) for seed in range(6)]
    wanted = [drawn(page) for page in pages]
    got: dict[int, list[npt.NDArray[np.uint8]]] = {}
    threads = [
        threading.Thread(target=lambda at=at: got.update({at: [drawn(page) for page in pages]})) for at in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 4
    for pictures in got.values():
        assert all(np.array_equal(one, other) for one, other in zip(pictures, wanted, strict=True))


def test_a_process_draws_while_another_one_keeps() -> None:
    """What two processes keep after a fork, at the same places of their tables, stays their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OF_THREAD, "atlas", Atlas())
        pages = [text_of(seed, 80) for seed in range(4)]
        drawn(pages[0])
        context = multiprocessing.get_context("fork")
        ours, theirs = context.Pipe()

        def work() -> None:
            drawn(pages[1])
            theirs.send("kept")
            theirs.recv()
            theirs.send(drawn(pages[1]).tobytes())

        child = context.Process(target=work)
        child.start()
        assert ours.recv() == "kept"
        mine = drawn(pages[2])
        ours.send("go on")
        its = ours.recv()
        child.join()
        again = drawn(pages[2])
        patch.setattr(OF_THREAD, "atlas", Atlas())
        assert its == drawn(pages[1]).tobytes()
        assert np.array_equal(again, mine) and np.array_equal(drawn(pages[2]), mine)


@pytest.mark.parametrize(("heights", "most", "most_of_em"), [(24, 600_000, 10**6), (1, 10**6, 56_000)])
def test_memory_is_bounded(heights: int, most: int, most_of_em: int) -> None:
    atlas = Atlas()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(atlas_module, "MOST_BYTES", most)
        patch.setattr(atlas_module, "MOST_BYTES_OF_EM", most_of_em)
        held = []
        for seed in range(60):
            glyphs = text_of(seed, 200)
            linear = np.zeros((200, 4))
            linear[:, 0], linear[:, 3] = 20, 8 + seed % heights
            atlas.kept(Lettering(glyphs.face, glyphs.glyph, linear, glyphs.origin), FACES)
            assert atlas.ems_px[-1] == (20, 8 + seed % heights)
            held.append(atlas.size_bytes)
    # What a page adds comes to it, at most; and something is kept.
    assert max(held) <= min(most, heights * most_of_em) + 200 * 20 * 40
    assert heights == 1 or 1 < len(atlas.ems_px) < heights
    assert min(held) > 0 and np.diff(held).min() < 0


def set_in(style: Style, *, vertical: bool = False, many: int = 4) -> Layout:
    """Return a layout of some sentences."""
    galley, paragraphs = Galley(SHAPER), (NEWS,) * many
    if vertical:
        columns = VerticalText(paragraphs, style, SHAPER, 150.3)
        place_columns(galley, galley.block("body"), columns, slice(0, len(columns.lines)), 700.4, 10.7)
    else:
        text = Text(paragraphs, style, SHAPER, 231.7)
        place_lines(galley, galley.block("body"), text, slice(0, len(text.lines)), 11.3, 10.7)
    return galley.finish((800, 800), {})


@pytest.mark.parametrize("vertical", [False, True])
def test_small_text_stands_on_the_grid_beside_its_pens(vertical: bool) -> None:
    layout = set_in(BODY, vertical=vertical)
    plain = set_in(BODY, vertical=vertical, many=1)
    n = len(plain.glyphs)
    assert n < LEAST_ON_GRID <= len(layout.glyphs)
    assert not np.array_equal(np.rint(plain.glyphs.origin * PER_PX), plain.glyphs.origin * PER_PX)
    origin, linear = layout.glyphs.origin, layout.glyphs.linear
    assert np.array_equal(np.rint(origin * PER_PX), origin * PER_PX)
    assert np.array_equal(np.rint(linear), linear)
    # The same sentence off the grid begins in the same place: nothing has moved farther than half a step.
    moved = np.abs(origin[:n] - plain.glyphs.origin)
    assert (moved <= (0.25 + 1e-9, (0.25 if vertical else 0.5) + 1e-9)).all() and moved.any()
    assert np.abs(linear[:n] - plain.glyphs.linear).max() <= 0.5
    np.testing.assert_array_equal(layout.characters.cell[:n], plain.characters.cell)
    # Ink is where it is drawn.
    covered = coverage(layout.glyphs, NO_RULES, FACES, layout.size)
    for quad, glyph in zip(layout.characters.ink, layout.glyphs.glyph, strict=True):
        assert glyph
        x0, y0, x1, y1 = *np.floor(quad.min(axis=0)).astype(int), *np.ceil(quad.max(axis=0)).astype(int)
        assert covered[y0:y1, x0:x1].any()
    outside = covered.copy()
    for quad in layout.characters.ink:
        x0, y0, x1, y1 = *np.floor(quad.min(axis=0)).astype(int), *np.ceil(quad.max(axis=0)).astype(int)
        outside[y0:y1, x0:x1] = 0
    assert not outside.any()


@pytest.mark.parametrize("change", [{"slant": 0.2}, {"size_px": MOST_GRID_PX + 1.3}, {"size_px": 40.0}])
def test_large_and_leaning_text_stays_where_it_is(change: dict[str, float]) -> None:
    layout = set_in(BODY._replace(**change))
    assert len(layout.glyphs) >= LEAST_ON_GRID
    assert not np.array_equal(np.rint(layout.glyphs.origin * PER_PX), layout.glyphs.origin * PER_PX)
