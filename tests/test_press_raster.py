"""Coverage and its film: rules by exact area however many, nothing of the sheet before, bare paper left out unseen."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.press.blocks import BLOCK_PX, LEVEL_STEP, SHARE_STEP, block_levels, block_shares
from synthgen.press.blur import blur_weights, blurred
from synthgen.press.film import LEAST_SPREAD_PX, Film, _patches, inked, spread_ink
from synthgen.press.raster import coverage
from synthgen.randomness import Stream
from synthgen.typeset.faces import FaceSet, load_faces
from synthgen.typeset.layout import Glyphs
from tests.test_press_ink import U8, box

FACES = FaceSet(load_faces())
NO_RULES = np.zeros((0, 4))


def glyphs(face: int, glyph: int, origin: tuple[float, float], n: int = 1) -> Glyphs:
    """Return one glyph, 20 px to the em, so many times."""
    numbers = np.zeros(n, dtype=np.int32)
    places = np.array([origin] * n).reshape(n, 2)
    return Glyphs(numbers + face, numbers + glyph, numbers, numbers, np.tile(np.eye(2) * 20, (n, 1, 1)), places)


def drawn_boxes(seed: int, n: int) -> npt.NDArray[np.float64]:
    """Return n boxes (n, 4) of very unlike sizes, some of them off the sheet, on whole px or within one."""
    rng = np.random.Generator(np.random.Philox(seed))
    sides = rng.choice([0.0, 0.3, 1.0, 3.0, 12.0, 70.0], (n, 2)) * rng.random((n, 2))
    corners = rng.uniform(-9, 75, (n, 2))
    boxes = np.hstack([corners, corners + sides])
    whole = rng.random(n) < 0.3
    boxes[whole] = np.rint(boxes[whole])
    return boxes


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32), st.integers(1, 40), st.sampled_from([(64, 50), (1, 70), (70, 1), (33, 4)]))
def test_rules_are_covered_by_exact_area(seed: int, n: int, size: tuple[int, int]) -> None:
    boxes = drawn_boxes(seed, n)
    plain = np.maximum.reduce([box(size, *(one - (3, 2, 3, 2)).tolist()) for one in boxes])
    assert np.array_equal(coverage(glyphs(0, 0, (0, 0), 0), boxes, FACES, size, (3, 2)), plain)


def test_rules_lie_over_glyphs() -> None:
    glyph = FACES.fonts[0].get_nominal_glyph(ord("가"))
    boxes = np.array([[x, 4.25, x + 1.5, 9.0] for x in range(0, 30, 3)])
    letters = coverage(glyphs(0, glyph, (5.3, 22.8)), NO_RULES, FACES, (32, 32))
    lines = coverage(glyphs(0, 0, (0, 0), 0), boxes, FACES, (32, 32))
    both = coverage(glyphs(0, glyph, (5.3, 22.8)), boxes, FACES, (32, 32))
    assert letters.any() and np.array_equal(both, np.maximum(letters, lines))


def test_a_sheet_that_failed_leaves_nothing_to_the_next() -> None:
    glyph = FACES.fonts[0].get_nominal_glyph(ord("가"))
    good = glyphs(0, glyph, (5.0, 22.0))
    before = coverage(good, NO_RULES, FACES, (32, 32))
    two = glyphs(0, glyph, (15.0, 30.0), 2)
    two.glyph[1] = -1
    with pytest.raises(OverflowError):
        coverage(two, NO_RULES, FACES, (32, 32))
    assert np.array_equal(coverage(good, NO_RULES, FACES, (32, 32)), before)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32), st.floats(0.0, 1.2), st.floats(0.0, 0.4))
def test_little_ink_on_a_large_sheet_is_inked_as_any(seed: int, spread_px: float, uneven: float) -> None:
    rng = np.random.Generator(np.random.Philox(seed))
    size = rng.integers(1, 120, 2)
    covered = np.zeros(size, np.uint8)
    x0, y0 = rng.integers(0, size[::-1]).tolist()
    part = covered[y0 : y0 + int(rng.integers(0, 60)), x0 : x0 + int(rng.integers(0, 60))]
    part[:] = rng.integers(0, 256, part.shape)
    film, stream = Film(spread_px, uneven), Stream(0, seed, "ink")
    assert np.array_equal(inked(covered, film, stream), plainly_inked(covered, film, Stream(0, seed, "ink")))


def plainly_inked(covered: U8, film: Film, stream: Stream) -> U8:
    """Ink all of a sheet, whatever of it is bare."""
    soft = spread_ink(covered, film.spread_px) if film.spread_px > LEAST_SPREAD_PX else covered
    if film.uneven <= 0.004:
        return soft
    patches = _patches().astype(np.float32)
    left, top, flip = stream.integer(0, patches.shape[1]), stream.integer(0, patches.shape[0]), stream.integer(0, 4)
    piece = np.take(np.take(patches, np.arange(top, top + len(covered)), axis=0, mode="wrap"),
                    np.arange(left, left + covered.shape[1]), axis=1, mode="wrap")  # fmt: skip
    piece = piece[:: -1 if flip in (0, 1) else 1, :: -1 if flip in (0, 2) else 1]
    thinned: U8 = soft - np.rint(soft * piece * (film.uneven / 255)).astype(np.uint8)
    return thinned


@given(st.floats(0.05, 4.0))
def test_blur_has_its_standard_deviation_in_any_number_of_weights(sigma_px: float) -> None:
    weights = blur_weights(sigma_px)
    away = np.arange(len(weights)) - len(weights) // 2
    assert len(weights) % 2 == 1
    assert np.allclose(weights, weights[::-1])
    assert weights.sum() == pytest.approx(1)
    assert (weights * away**2).sum() == pytest.approx(sigma_px**2, rel=0.12)
    # What changes with every px is paled, and not turned over (but for what the cut-off tails lack).
    assert (weights * (-1.0) ** away).sum() >= -0.01


@given(st.integers(0, 2**32), st.floats(0.05, 2.0))
def test_blur_is_gaussian_and_goes_on_beyond_the_border(seed: int, sigma_px: float) -> None:
    picture = np.random.Generator(np.random.Philox(seed)).integers(0, 256, (9, 14, 3), dtype=np.uint8)
    weights = blur_weights(sigma_px)
    reach = len(weights) // 2
    wide = np.pad(picture.astype(np.float64), ((reach, reach), (reach, reach), (0, 0)), "edge")
    down = sum(weight * wide[at : at + 9] for at, weight in enumerate(weights))
    plain = sum(weight * down[:, at : at + 14] for at, weight in enumerate(weights))
    assert np.abs(blurred(picture, sigma_px) - plain).max() <= 0.51
    assert blurred(picture, 0.0) is picture


@pytest.mark.parametrize("shape", [(1, 1), (15, 17), (16, 16), (33, 64), (130, 95)])
def test_blocks_have_the_means_of_their_px(shape: tuple[int, int]) -> None:
    picture = np.random.Generator(np.random.Philox(5)).integers(0, 256, shape, dtype=np.uint8)
    rows, columns = -(-shape[0] // BLOCK_PX), -(-shape[1] // BLOCK_PX)
    for means, step in ((block_levels(picture), LEVEL_STEP), (block_shares(picture), SHARE_STEP)):
        border: Literal["edge", "constant"] = "edge" if step == LEVEL_STEP else "constant"
        lines = picture[::step]
        missing = (rows * BLOCK_PX // step - len(lines), columns * BLOCK_PX - shape[1])
        wide = np.pad(lines, ((0, missing[0]), (0, missing[1])), border)
        plain = wide.reshape(rows, BLOCK_PX // step, columns, BLOCK_PX).mean(axis=(1, 3))
        assert np.array_equal(means, np.rint(plain))
