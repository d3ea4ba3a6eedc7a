"""Contact sheets: quads lie where the labels say, to a fraction of a pixel; pictures survive any size."""

from __future__ import annotations

import numpy as np
import pytest

from synthgen import preview
from synthgen.errors import OutputError, UsageError

RECTANGLE = np.array([[[10.0, 20.0], [40.0, 20.0], [40.0, 30.0], [10.0, 30.0]]])


def view(width: int = 64, height: int = 48) -> preview.View:
    image = np.full((height, width), 200, dtype=np.uint8)
    return preview.View(image, RECTANGLE, RECTANGLE + 0.5, "3  seed 0")


def drawn(quads: np.ndarray) -> np.ndarray:
    """How much of the colour each pixel has, 0 to 1."""
    image = np.zeros((64, 64, 3), dtype=np.uint8)
    preview.draw_quads(image, quads, [(255, 0, 0)])
    assert not image[..., 1:].any()
    return image[..., 0] / 255.0


@pytest.mark.parametrize("shift", [0.0, 0.25, 0.5, 0.8])
def test_quads_are_drawn_where_they_are(shift):
    ink = drawn(RECTANGLE + shift)
    y, x = np.mgrid[:64, :64] + 0.5
    # The upper side: the weighted middle of the line lies on the side itself.
    upper = (slice(15, 25), slice(15, 35))
    assert (ink[upper] * y[upper]).sum() / ink[upper].sum() == pytest.approx(20 + shift, abs=0.1)
    left = (slice(23, 28), slice(5, 15))
    assert (ink[left] * x[left]).sum() / ink[left].sum() == pytest.approx(10 + shift, abs=0.1)


def test_quads_far_outside_do_no_harm():
    assert not drawn(RECTANGLE + 1e12).any()
    assert not drawn(np.zeros((0, 4, 2))).any()


def test_colours_alternate():
    image = np.zeros((64, 64, 3), dtype=np.uint8)
    two = np.concatenate([RECTANGLE, RECTANGLE + np.array([0.0, 20.0])])
    preview.draw_quads(image, two, [(255, 0, 0), (0, 255, 0)])
    assert image[15:33, :, 0].any()
    assert not image[35:, :, 0].any()
    assert image[35:, :, 1].any()


def test_a_scene_is_enlarged_and_its_picture_left_alone():
    scene = view()
    before = scene.image.copy()
    large = preview.draw_scene(scene, 2, quads=True)
    assert large.shape == (96, 128, 3)
    assert np.array_equal(scene.image, before)
    assert np.array_equal(preview.draw_scene(scene, 2, quads=False), np.full((96, 128, 3), 200, dtype=np.uint8))
    # Away from the quads the pixels stay.
    assert (large[:30, :15] == 200).all()


@pytest.mark.parametrize("n", [1, 2, 3, 7])
def test_a_sheet_holds_every_scene(n):
    sheet = preview.scene_sheet([view()] * n, quads=True, size_px=128)
    columns = int(np.ceil(np.sqrt(n)))
    assert sheet.shape[1] == columns * 128 + (columns - 1) * preview.GAP_PX
    assert sheet.dtype == np.uint8


def test_a_large_sheet_is_reduced():
    sheet = preview.scene_sheet([view(900, 900)] * 30, quads=False)
    assert sheet.shape[0] * sheet.shape[1] < 1.3 * preview.SHEET_MAX_PX


def test_crops_stand_in_rows_with_their_labels():
    crops = [(np.full((32, 90), 128, dtype=np.uint8), "한글"), (np.full((64, 20, 3), 50, dtype=np.uint8), "W…")] * 20
    sheet = preview.crop_sheet(crops, width_px=600)
    assert 500 < sheet.shape[1] <= 600
    one = preview.labelled(np.full((32, 90, 3), 128, dtype=np.uint8), "한글")
    assert (one[32:] < 100).any()
    assert preview.labelled(np.full((32, 4, 3), 128, dtype=np.uint8), "긴 이름표").shape[1] > 40


def test_nothing_to_show_is_said():
    with pytest.raises(UsageError, match="no scene"):
        preview.scene_sheet([], quads=True)
    with pytest.raises(UsageError, match="no word picture"):
        preview.crop_sheet([])


def test_pictures_are_written_whole_or_not_at_all(tmp_path):
    image = np.zeros((4, 4, 3), dtype=np.uint8)
    preview.write_png(tmp_path / "a.png", image)
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
    with pytest.raises(OutputError, match=r"b\.png: cannot be written"):
        preview.write_png(tmp_path / "none" / "b.png", image)
