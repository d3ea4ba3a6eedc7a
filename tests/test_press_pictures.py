"""Pictures on a page: dots of ink in print, tones of their own on screens."""

from __future__ import annotations

import numpy as np

from synthgen.press.halftone import continuous_tone, halftone, print_pictures
from synthgen.randomness import Stream

BOXES = np.array([[60.0, 60.0, 150.0, 150.0]])


def test_a_screen_shows_tones_and_print_dots() -> None:
    for index in range(10):
        dots, tones = (of((160, 120), Stream(0, index, "pictures")) for of in (halftone, continuous_tone))
        assert tones.shape == (120, 160)
        assert tones.dtype == np.uint8
        assert np.array_equal(tones, continuous_tone((160, 120), Stream(0, index, "pictures")))
        # Dots are mostly bare or covered, tones mostly between; and neighbours of one tone are alike.
        between = [float(((one > 20) & (one < 235)).mean()) for one in (dots, tones)]
        assert between[1] > max(between[0], 0.7)
        steps = [float(np.abs(np.diff(one.astype(int), axis=1)).mean()) for one in (dots, tones)]
        assert steps[1] < 0.3 * steps[0]


def test_continuous_pictures_are_inked_where_halftones_are() -> None:
    for continuous in (False, True):
        covered = np.zeros((100, 100), np.uint8)
        print_pictures(covered, BOXES, (10, 20), Stream(0, 0, "p"), continuous=continuous)
        assert covered[40:, 50:].any()
        assert not covered[:40].any()
        assert not covered[:, :50].any()
    tiny = np.zeros((5, 5), np.uint8)
    print_pictures(tiny, np.array([[1.0, 1.0, 2.0, 4.0]]), (0, 0), Stream(0, 0, "p"), continuous=True)
    assert tiny[1:4, 1].all()
    assert not tiny[:, 2:].any()
