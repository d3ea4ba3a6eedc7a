"""Copies: at the full dose text of every size is hard to read, not filled up and not gone."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from synthgen.camera.copying import fax, ink_share, photocopy, stroke_width_px, threshold
from synthgen.randomness import Stream

COPIERS = {"photocopy": photocopy, "fax": fax, "threshold": threshold}
PAPER, INK = 225, 60


def combs(stroke_px: float, gap_px: float) -> np.ndarray:
    """Bars across and down, like the strokes of 를 and 삐, of a given thickness and distance, in lines."""
    page, pitch = np.full((300, 300), float(PAPER)), stroke_px + gap_px
    large = 8
    for top in range(20, 260, 60):
        comb = np.zeros((40 * large, 260 * large))
        at = (np.arange(comb.shape[1]) % round(pitch * large)) < round(stroke_px * large)
        comb[:, : comb.shape[1] // 2] = at[None, : comb.shape[1] // 2]
        down = (np.arange(comb.shape[0]) % round(pitch * large)) < round(stroke_px * large)
        comb[:, comb.shape[1] // 2 :] = down[:, None]
        cover = comb.reshape(40, large, 260, large).mean(axis=(1, 3))
        page[top : top + 40, 20:280] += cover * (INK - PAPER)
    return np.rint(page).astype(np.uint8)


@pytest.mark.parametrize("dose", [0.3, 0.6, 1.0])
@pytest.mark.parametrize("stroke_px", [1.2, 1.5, 2.0, 3.0, 6.0])
@pytest.mark.parametrize("name", sorted(COPIERS))
def test_strokes_and_gaps_of_every_size_stay_apart(name: str, stroke_px: float, dose: float) -> None:
    """A bar's middle is darker than the middle of the gap beside it nearly everywhere, and about as wide as before."""
    page = combs(stroke_px, 1.6 * stroke_px)
    cover = (PAPER - page[20:60, 20:280].astype(float)) / (PAPER - INK)
    for index in range(6):
        seen, _ = COPIERS[name](page, dose, Stream(0, index, name))
        part = seen[20:60, 20:280].astype(float)
        darker = (PAPER - part).clip(0) / PAPER
        agree = np.corrcoef(cover.ravel(), darker.ravel())[0, 1]
        assert agree > (0.5 if name == "fax" else 0.65), (agree, index)
        assert 0.6 < (part < 128).mean() / cover.mean() < 1.6 or dose < 0.6


@pytest.mark.parametrize("name", sorted(COPIERS))
def test_light_print_on_dark_is_copied_alike(name: str) -> None:
    page = combs(3.0, 4.8)
    seen, _ = COPIERS[name](np.uint8(255) - page, 1.0, Stream(0, 0, name))
    inside = (seen[20:60, 20:280] > 128).mean() / (page[20:60, 20:280] < 140).mean()
    assert 0.6 < inside < 1.6


@pytest.mark.parametrize("stroke_px", [1.0, 1.5, 2.0, 3.0, 5.0])
def test_strokes_are_measured(stroke_px: float) -> None:
    assert stroke_width_px(combs(stroke_px, 2 * stroke_px)) == pytest.approx(stroke_px, rel=0.3)


def test_small_text_outweighs_headlines() -> None:
    page = combs(1.5, 3.0)
    page[20:60, 20:280] = PAPER
    cv2.rectangle(page, (30, 25), (120, 55), INK, 9)
    assert stroke_width_px(page) < 2.0


def test_the_share_of_ink_is_what_is_printed() -> None:
    page = combs(3.0, 6.0)
    expected = (PAPER - page.astype(float)).sum() / (PAPER - INK) / page.size
    assert ink_share(page) == pytest.approx(expected, rel=0.05)
    assert ink_share(np.full((50, 60), 200, np.uint8)) == 0.0


@pytest.mark.parametrize("name", sorted(COPIERS))
@pytest.mark.parametrize("shape", [(40, 60), (40, 60, 3)])
def test_an_empty_sheet_stays_nearly_empty(name: str, shape: tuple[int, ...]) -> None:
    seen, _ = COPIERS[name](np.full(shape, 220, np.uint8), 1.0, Stream(0, 0, name))
    assert (seen > 128).mean() > 0.97
