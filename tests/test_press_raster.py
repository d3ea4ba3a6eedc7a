"""Coverage and its film: rules by exact area however many, nothing of the sheet before, bare paper left out unseen."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.press.blocks import BLOCK_PX, LEVEL_STEP, SHARE_STEP, block_levels, block_shares, tinted_block_levels
from synthgen.press.blur import blur_weights, blurred
from synthgen.press.film import LEAST_SPREAD_PX, Film, _patches, inked, inked_part, spread_ink
from synthgen.press.impression import inked_bands
from synthgen.press.painters import tinted
from synthgen.press.raster import Columns, coverage
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


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32), st.integers(1, 40))
def test_columns_drawn_one_by_one_are_those_drawn_at_once(seed: int, n: int) -> None:
    rng = np.random.Generator(np.random.Philox(seed))
    lefts, of = (0, 40, 97, 130), rng.integers(0, 4, n).astype(np.int32)
    # No glyph of 20 px is wider than its column; some stand off the sheet, above or below.
    places = np.stack([np.array(lefts)[of] + rng.uniform(4, 12, n), rng.uniform(-20, 120, n)], axis=1)
    codes = [FACES.fonts[0].get_nominal_glyph(ord(one)) for one in "가뷁,M"]
    numbers = np.arange(n, dtype=np.int32)
    drawn = Glyphs(
        0 * numbers, np.array(codes, dtype=np.int32)[rng.integers(0, 4, n)], numbers, 0 * numbers,
        np.tile(np.eye(2) * 18, (n, 1, 1)), places,
    )  # fmt: skip
    plain = coverage(drawn, NO_RULES, FACES, (170, 100), (-1, 2))
    shifted = [left + (1 if left else 0) for left in lefts]
    assert np.array_equal(coverage(drawn, NO_RULES, FACES, (170, 100), (-1, 2), Columns(shifted, of)), plain)


def test_rules_lie_over_glyphs() -> None:
    glyph = FACES.fonts[0].get_nominal_glyph(ord("가"))
    boxes = np.array([[x, 4.25, x + 1.5, 9.0] for x in range(0, 30, 3)])
    letters = coverage(glyphs(0, glyph, (5.3, 22.8)), NO_RULES, FACES, (32, 32))
    lines = coverage(glyphs(0, 0, (0, 0), 0), boxes, FACES, (32, 32))
    both = coverage(glyphs(0, glyph, (5.3, 22.8)), boxes, FACES, (32, 32))
    assert letters.any() and np.array_equal(both, np.maximum(letters, lines))


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32), st.sampled_from([(64, 50), (1, 70), (70, 1), (9, 9)]))
def test_a_part_of_a_sheet_shows_what_the_whole_shows_there(seed: int, size: tuple[int, int]) -> None:
    """Glyphs that lie off the part are left out of it, leaning and turned ones too, but none that reaches into it."""
    rng = np.random.Generator(np.random.Philox(seed))
    face = rng.integers(0, len(FACES), 40, dtype=np.int32)
    chars = rng.choice(["가", "뷁", "g", ",", "—", "W"], 40)
    glyph = np.array([FACES.faces[at].glyph_of[ord(char)] for at, char in zip(face, chars, strict=True)], np.int32)
    linear = rng.uniform(-24, 24, (40, 2, 2))
    zeros = np.zeros(40, dtype=np.int32)
    scattered = Glyphs(face, glyph, zeros, zeros, linear, rng.uniform(0, 200, (40, 2)))
    x, y = (int(at) for at in rng.integers(0, 130, 2))
    whole = coverage(scattered, NO_RULES, FACES, (200, 200))
    part = coverage(scattered, NO_RULES, FACES, size, (x, y))
    assert np.abs(part.astype(int) - whole[y : y + size[1], x : x + size[0]]).max() <= 1


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
    plain = plainly_inked(covered, film, Stream(0, seed, "ink"))
    assert_nearest(inked(covered, film, stream), plain)
    part, (left, top) = inked_part(covered, film, Stream(0, seed, "ink"))
    pasted = np.zeros_like(covered)
    pasted[top : top + part.shape[0], left : left + part.shape[1]] = part
    assert part.size
    assert_nearest(pasted, plain)


def test_lines_far_apart_are_inked_as_one_sheet() -> None:
    for seed in range(60):
        rng = np.random.Generator(np.random.Philox(seed))
        covered = np.zeros((230, 170), np.uint8)
        for top in range(0, 230, 60):
            part = covered[top : top + int(rng.integers(0, 20)), int(rng.integers(0, 90)) : int(rng.integers(60, 170))]
            part[:] = rng.integers(0, 256, part.shape)
        film, stream, other = Film(rng.uniform(0, 1.2), rng.uniform(0, 0.4)), *(Stream(0, seed, "ink") for _ in "ab")
        assert_nearest(inked(covered, film, stream), plainly_inked(covered, film, other))
        assert stream.random() == other.random()


def plainly_inked(covered: U8, film: Film, stream: Stream) -> np.ndarray:
    """Ink all of a sheet, whatever of it is bare; what unevenness leaves is not rounded."""
    soft = spread_ink(covered, film.spread_px) if film.spread_px > LEAST_SPREAD_PX else covered
    if film.uneven <= 0.004:
        return soft.astype(np.float64)
    patches = _patches().astype(np.float64)
    left, top, flip = stream.integer(0, patches.shape[1]), stream.integer(0, patches.shape[0]), stream.integer(0, 4)
    piece = np.take(np.take(patches, np.arange(top, top + len(covered)), axis=0, mode="wrap"),
                    np.arange(left, left + covered.shape[1]), axis=1, mode="wrap")  # fmt: skip
    piece = piece[:: -1 if flip in (0, 1) else 1, :: -1 if flip in (0, 2) else 1]
    return soft - soft * piece * (film.uneven / 255)


def assert_nearest(levels: U8, exact: np.ndarray) -> None:
    """Each level is the nearest to what it should be; halves may go either way, as float32 has them."""
    np.testing.assert_allclose(levels, exact, rtol=0, atol=0.5 + 1e-4)


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
    assert np.array_equal(tinted_block_levels(picture, 0.05), block_levels(tinted(picture, 0.05)))


@given(st.integers(1, 200), st.integers(1, 150), st.integers(0, 2**32))
def test_blocks_of_ink_in_bands_are_those_of_all(width: int, height: int, seed: int) -> None:
    rng = np.random.Generator(np.random.Philox(seed))
    covered = np.zeros((height, width), np.uint8)
    for _ in range(int(rng.integers(0, 4))):
        x, y = int(rng.integers(0, width)), int(rng.integers(0, height))
        part = covered[y : y + int(rng.integers(1, 20)), x : x + int(rng.integers(1, 60))]
        part[:] = rng.integers(0, 256, part.shape)
    assert np.array_equal(block_shares(covered, list(inked_bands(covered))), block_shares(covered))
