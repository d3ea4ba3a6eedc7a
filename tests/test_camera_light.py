"""Light on a page, and on a word's picture: a piece of a photograph, over which light hardly changes."""

from __future__ import annotations

import numpy as np
import pytest

import synthgen.camera.optics  # noqa: F401 - registers all effects, whatever test is run
from synthgen.camera.effects import EFFECTS
from synthgen.camera.light import _waved, cast_shadow, glare, light, view_of, vignette
from synthgen.randomness import Stream

WORD, PAGE = (48, 150), (768, 768)
GREY = 128
SPREADS = {"light": light, "vignette": vignette, "glare": glare}


def spread(name: str, shape: tuple[int, int], index: int) -> int:
    """How far apart the lightest and darkest px of an even picture are, by the effect at its full dose."""
    dose = 0.2 if name == "light" else 1.0
    seen, _ = SPREADS[name](np.full(shape, GREY, np.uint8), dose, Stream(0, index, name))
    return int(np.ptp(seen))


@pytest.mark.parametrize("name", sorted(SPREADS))
def test_light_changes_less_over_a_word_than_over_a_page(name: str) -> None:
    word = np.mean([spread(name, WORD, index) for index in range(40)])
    page = np.mean([spread(name, PAGE, index) for index in range(40)])
    assert page > 15
    assert word < 0.5 * page


def test_a_vignette_is_nearly_even_across_a_word() -> None:
    assert np.median([spread("vignette", WORD, index) for index in range(60)]) < 0.1 * GREY


def test_waves_are_sines_of_sums() -> None:
    x, y = np.linspace(-0.4, 0.5, 23), np.linspace(-0.3, 0.2, 17)
    waves = [(4.0, 0.1, 0.02), (9.5, 3.0, 0.05), (13.0, 6.0, 0.01)]
    plain = sum(size * np.sin(rate * (x[None, :] + y[:, None]) + phase) for rate, phase, size in waves)
    assert np.abs(_waved(x, y, waves) - plain).max() < 1e-12


def test_words_lie_anywhere_in_their_photograph() -> None:
    """Some where a wide open lens is bright, some in its dark corner."""
    levels = []
    for index in range(200):
        seen, _ = vignette(np.full(WORD, 200, np.uint8), 1.0, Stream(0, index, "vignette"))
        levels.append(float(seen.mean()))
    assert max(levels) > 195
    assert min(levels) < 160


def test_a_shadow_falls_on_some_words_wholly_and_on_some_not_at_all() -> None:
    shares = []
    for index in range(200):
        seen, _ = cast_shadow(np.full(WORD, 200, np.uint8), 1.0, Stream(0, index, "cast_shadow"))
        shares.append(float((seen < 145).mean()))
    assert np.mean(np.array(shares) > 0.95) > 0.1
    assert np.mean(np.array(shares) < 0.05) > 0.1


@pytest.mark.parametrize("shape", [(48, 150), (48, 1400), (700, 48), (199, 199), (1, 1)])
def test_a_piece_lies_inside_its_photograph(shape: tuple[int, int]) -> None:
    for index in range(50):
        view = view_of(np.zeros(shape, np.uint8), Stream(0, index, "view"))
        assert view.photo_px[0] >= shape[1]
        assert view.photo_px[1] >= shape[0]
        x, y = view.nodes(8, 8)
        assert 0 <= x[0] <= x[-1] <= 1
        assert 0 <= y[0] <= y[-1] <= 1
        assert (x[-1] - x[0]) / 7 * 8 * view.photo_px[0] == pytest.approx(shape[1])


def test_a_page_is_all_of_its_photograph() -> None:
    view = view_of(np.zeros((300, 400), np.uint8), Stream(0, 0, "view"))
    assert not view.piece
    assert (view.at, view.size) == ((0.0, 0.0), (1.0, 1.0))


def test_effects_of_a_room_are_marked() -> None:
    room = {"light", "cast_shadow", "glare", "vignette", "motion", "moire"}
    assert {name for name, effect in EFFECTS.items() if effect.in_room} == room
