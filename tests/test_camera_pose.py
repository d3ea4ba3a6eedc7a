"""Poses: the content is inside, the right way round, at a moderate scale, and the picture shows nothing but sheet."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from synthgen.camera.attitude import LEAST_SCALE, MOST_CONTENT_SCALE, MOST_SCALE, Attitude
from synthgen.camera.pose import Pose, bleed_px, draw_pose, expected_scale, stretch_range
from synthgen.errors import Rejected
from synthgen.generator import Generator
from synthgen.geometry import Box, Homography
from synthgen.quads import boxes_to_quads, quad_areas
from synthgen.randomness import Stream
from synthgen.recipe import Camera, load
from tests.measuring import stretches

STILL = Camera(rotation_deg_range=(0, 0), tilt_deg_range=(0, 0))
WORD = load("word").camera
STEEP = Camera(rotation_deg_range=(-20, 20), tilt_deg_range=(0, 35), focal_range=(0.8, 2), shear_range=(-0.2, 0.2))


def corners(box: Box) -> np.ndarray:
    return boxes_to_quads(np.array([box], dtype=np.float64))[0]


def taken(camera: Camera, content: Box, page: tuple[int, int], stream: Stream) -> tuple[Pose, Box, tuple[int, int]]:
    """Return a pose, the content's box on the sheet and the sheet's size, for content given in page px."""
    bleed = bleed_px(camera, page)
    sheet = (page[0] + 2 * bleed, page[1] + 2 * bleed)
    box = (content[0] + bleed, content[1] + bleed, content[2] + bleed, content[3] + bleed)
    return draw_pose(camera, box, page, sheet, stream), box, sheet


def check(pose: Pose, box: Box, sheet: tuple[int, int], spare: float) -> None:
    quad = pose.map.forward(corners(box))
    assert quad_areas(quad[None])[0] > 0
    assert (quad >= spare - 1e-6).all()
    assert (quad <= np.array(pose.size) - spare + 1e-6).all()
    grid = np.stack(np.meshgrid(np.linspace(box[0], box[2], 9), np.linspace(box[1], box[3], 9)), axis=-1).reshape(-1, 2)
    least, most = stretches(pose.map, grid)
    # Corners are checked when drawing; between them a homography's stretch stays between theirs, to a little.
    assert least.min() >= LEAST_SCALE - 0.02
    assert most.max() <= MOST_SCALE + 0.02
    seen = pose.map.inverse(corners((0.0, 0.0, *pose.size)))
    endless = pose.parameters["frame"] == "content"
    assert endless or (seen >= -1e-6).all(), seen
    assert endless or (seen <= np.array(sheet) + 1e-6).all(), seen
    assert not pose.parameters["beyond_sheet"]
    assert np.allclose(pose.map.inverse(pose.map.forward(grid)), grid, atol=1e-8)
    x0, y0, x1, y1 = pose.seen_box(sheet)
    assert endless or 0 <= x0 < x1 <= sheet[0]
    assert endless or 0 <= y0 < y1 <= sheet[1]
    assert (np.floor(seen.min(axis=0) + 1e-6) >= (x0, y0)).all()
    assert (np.ceil(seen.max(axis=0) - 1e-6) <= (x1, y1)).all()
    assert json.loads(json.dumps(pose.parameters)) == pose.parameters


@given(data=st.data(), index=st.integers(0, 10**9), steep=st.booleans())
@settings(max_examples=200, deadline=None)
def test_page_poses_hold_all_text_and_show_only_sheet(data: st.DataObject, index: int, steep: bool) -> None:
    page = data.draw(st.sampled_from([(768, 768), (1024, 768), (300, 900)]))
    x0, x1 = sorted(data.draw(st.tuples(st.floats(0, page[0]), st.floats(0, page[0]))))
    y0, y1 = sorted(data.draw(st.tuples(st.floats(0, page[1]), st.floats(0, page[1]))))
    assume(x1 - x0 > 4 and y1 - y0 > 4)
    pose, box, sheet = taken(STEEP if steep else Camera(), (x0, y0, x1, y1), page, Stream(1, index, "pose"))
    assert pose.size == page
    check(pose, box, sheet, spare=2.0)


@pytest.mark.parametrize("camera", [Camera(), STEEP, replace(STEEP, rotation_deg_range=(85, 95))])
def test_bleed_bounds_a_sweep_of_full_pages(camera: Camera) -> None:
    page = (1024, 768)
    for index in range(400):
        pose, box, sheet = taken(camera, (0.0, 0.0, 1024.0, 768.0), page, Stream(2, index, "pose"))
        check(pose, box, sheet, spare=2.0)


@given(
    width=st.floats(12, 900), height=st.floats(30, 60), index=st.integers(0, 10**9), high=st.sampled_from([32, 48, 64])
)
@settings(max_examples=200, deadline=None)
def test_content_poses_are_filled_by_the_content(width: float, height: float, index: int, high: int) -> None:
    camera = replace(WORD, content_height_px_range=(high, high))
    page = (max(round(width), 1) + 1, max(round(height), 1) + 1)
    try:
        pose, box, sheet = taken(camera, (0.0, 0.0, width, height), page, Stream(3, index, "pose"))
    except Rejected:
        # A long line that leans needs more height than the picture has: its text would be too small.
        assert high / height < 1.3
        return
    assert pose.size[1] <= high
    check(pose, box, sheet, spare=0.0)
    quad = pose.map.forward(corners(box))
    span = quad.max(axis=0) - quad.min(axis=0)
    most = 1 + 2 * camera.content_margin_frac_range[1]
    capped = pose.parameters["scale_range"][1] >= MOST_CONTENT_SCALE - 1e-6
    assert capped or pose.size[1] == high
    assert span[1] >= (pose.size[1] - 1) / most - 1e-6
    assert pose.size[0] <= span[0] + span[1] * (most - 1) + 1 + 1e-6


def test_small_content_is_not_blown_up() -> None:
    pose, box, _ = taken(replace(STILL, frame="content"), (10.0, 10.0, 14.0, 13.0), (40, 40), Stream(0, 0, "pose"))
    assert stretches(pose.map, corners(box))[1].max() <= MOST_CONTENT_SCALE + 1e-9
    # It has more margin instead, but no more than there is sheet: 10 px above it.
    above = pose.map.forward(np.array([10.0, 10.0]))[1]
    assert 1.5 * 9 < above <= 1.5 * 10 + 1
    assert pose.size[1] < 48
    large, _, _ = taken(replace(STILL, frame="content"), (30.0, 30.0, 34.0, 33.0), (80, 80), Stream(0, 0, "pose"))
    assert large.size[1] == 48


@settings(deadline=None)
@given(st.floats(20, 60), st.floats(500, 950), st.integers(0, 10**6))
def test_long_content_is_taken_in_one_of_the_higher_pictures(width: float, height: float, index: int) -> None:
    camera = load("vertical").camera
    box, sheet = (36.0, 36.0, 36.0 + width, 36.0 + height), (int(width) + 73, int(height) + 73)
    pose = draw_pose(camera, box, sheet, sheet, Stream(2, index, "pose"))
    check(pose, box, sheet, 0.0)
    assert pose.parameters["lowered"] == 0
    taken_px = pose.size[1]
    assert camera.content_height_px_range[0] <= taken_px <= camera.content_height_px_range[1]
    # All else is as where no other height could have been drawn.
    one = replace(camera, content_height_px_range=(taken_px, taken_px))
    other = draw_pose(one, box, sheet, sheet, Stream(2, index, "pose"))
    assert (other.plain_map, other.size, other.parameters) == (pose.plain_map, pose.size, pose.parameters)


def test_heights_of_long_content_are_spread() -> None:
    camera = load("vertical").camera
    box, sheet = (36.0, 36.0, 76.0, 836.0), (112, 873)
    heights = [draw_pose(camera, box, sheet, sheet, Stream(3, index, "pose")).size[1] for index in range(200)]
    assert min(heights) > 800 * LEAST_SCALE
    assert max(heights) <= 720
    quarters = np.percentile(heights, [0, 25, 50, 75, 100])
    assert (np.diff(quarters) > 15).all(), quarters


def test_a_picture_that_content_cannot_fill_is_lower() -> None:
    camera = replace(STILL, frame="content", content_height_px_range=(600, 600))
    sheet = (120, 120)
    pose, *_ = taken(camera, (40.0, 36.0, 80.0, 84.0), sheet, Stream(0, 0, "pose"))
    assert pose.size[1] == pytest.approx(1.5 * 120, abs=1)
    seen = pose.map.inverse(corners((0.0, 0.0, *pose.size)))
    assert seen[:, 1].min() > -1
    assert seen[:, 1].max() < 121


@pytest.mark.parametrize("name", ["word", "line", "vertical"])
def test_single_words_stand_on_paper_to_the_edges(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[tuple[Pose, tuple[int, int, int, int]]] = []
    own = Pose.seen_box

    def noted(pose: Pose, sheet_size: tuple[int, int]) -> tuple[int, int, int, int]:
        looked.append((pose, own(pose, sheet_size)))
        return looked[-1][1]

    monkeypatch.setattr(Pose, "seen_box", noted)
    generator = Generator(load(name), seed=21)
    scenes = [generator.sample(index, crops=False).scene for index in range(300)]
    assert not any(scene is None or scene.provenance["pose"]["beyond_sheet"] for scene in scenes)
    for pose, (x0, y0, x1, y1) in looked:
        edges = pose.map.inverse(corners((0.0, 0.0, *pose.size)))
        assert (edges >= (x0, y0)).all()
        assert (edges <= (x1, y1)).all()


def test_still_camera_takes_the_page_as_it_is() -> None:
    page = (800, 600)
    assert bleed_px(STILL, page) <= 8
    pose, box, sheet = taken(STILL, (30.0, 30.0, 770.0, 570.0), page, Stream(0, 5, "pose"))
    assert pose.map.affine
    assert np.allclose(pose.map.matrix[:2, :2], np.eye(2), atol=1e-12)
    check(pose, box, sheet, spare=2.0)


def test_a_positive_rotation_is_counter_clockwise_as_seen() -> None:
    camera = replace(STILL, rotation_deg_range=(10, 10))
    pose, box, _ = taken(camera, (100.0, 100.0, 700.0, 500.0), (800, 600), Stream(0, 5, "pose"))
    quad = pose.map.forward(corners(box))
    along = quad[1] - quad[0]
    assert np.degrees(np.arctan2(-along[1], along[0])) == pytest.approx(10)


def test_a_tilt_is_the_projection_of_a_turned_plane() -> None:
    attitude = Attitude(rotation_deg=0.0, tilt_deg=30.0, tilt_axis_deg=90.0, focal=2.0, shear=0.0)
    view = attitude.view((0.0, 0.0, 200.0, 100.0))
    # About the vertical axis only x and depth change: x cos / (1 + x sin / f), one sign of depth or the other.
    x, f = 60.0, 400.0
    to = view.forward(np.array([100.0 + x, 50.0]))
    ways = [x * np.cos(np.pi / 6) / (1 + sign * x * 0.5 / f) for sign in (-1, 1)]
    assert min(abs(to[0] - way) for way in ways) < 1e-9
    assert to[1] == pytest.approx(0)
    assert np.allclose(view.forward(np.array([100.0, 50.0])), 0)


def test_the_stretch_range_is_that_of_the_jacobian() -> None:
    view, box = Homography(np.array([[1.1, 0.2, 3], [-0.1, 0.9, 5], [2e-4, -3e-4, 1]])), (120.0, 80.0, 300.0, 170.0)
    least, most = stretches(view, corners(box))
    assert stretch_range(view, box) == pytest.approx((least.min(), most.max()), abs=1e-6)
    assert stretch_range(Homography.scaling(3, 2), box) == pytest.approx((2, 3))


def test_too_steep_a_pose_is_lowered_the_same_way_each_time() -> None:
    camera = Camera(tilt_deg_range=(58, 60), focal_range=(0.5, 0.6))
    one, _, _ = taken(camera, (10.0, 10.0, 750.0, 750.0), (768, 768), Stream(0, 1, "pose"))
    two, _, _ = taken(camera, (10.0, 10.0, 750.0, 750.0), (768, 768), Stream(0, 1, "pose"))
    assert one.parameters["lowered"] > 0
    assert one.parameters == two.parameters
    assert np.array_equal(one.map.matrix, two.map.matrix)


def test_content_that_cannot_be_shown_is_rejected() -> None:
    with pytest.raises(Rejected, match="pose"):
        taken(replace(STILL, frame="content"), (0.0, 0.0, 100.0, 900.0), (100, 900), Stream(0, 0, "pose"))


def test_a_silly_rotation_replicates_the_border_and_says_so() -> None:
    camera = Camera(rotation_deg_range=(45, 45), tilt_deg_range=(0, 0))
    page = (1000, 1000)
    assert bleed_px(camera, page) == 500
    pose, _, sheet = taken(camera, (0.0, 0.0, 1000.0, 1000.0), page, Stream(0, 0, "pose"))
    assert pose.parameters["beyond_sheet"]
    seen = pose.map.inverse(corners((0.0, 0.0, *pose.size)))
    assert ((seen < 0) | (seen > np.array(sheet))).any()


def test_content_alone_needs_no_bleed() -> None:
    assert bleed_px(WORD, (900, 40)) == 0


def test_expected_scale_is_near_what_is_drawn() -> None:
    expected = expected_scale(WORD, 38.0)
    scales = []
    for index in range(200):
        pose, box, _ = taken(WORD, (0.0, 0.0, 110.0, 38.0), (110, 38), Stream(0, index, "pose"))
        least, most = stretches(pose.map, corners(box))
        scales.append(float(np.sqrt(least * most).mean()))
    assert np.mean(scales) == pytest.approx(expected, rel=0.15)
