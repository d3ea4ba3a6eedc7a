"""Level pictures are only turned; cut ones lose text at their border, and keep exact labels of what is left."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from synthgen.camera.attitude import MOST_SCALE, Box
from synthgen.camera.effects import EFFECTS
from synthgen.camera.framing import _spans, within_picture
from synthgen.camera.optics import Exposure
from synthgen.camera.pose import Pose, bleed_px, draw_pose
from synthgen.generator import Generator
from synthgen.geometry import Homography
from synthgen.quads import boxes_to_quads, quad_areas, visible_shares
from synthgen.randomness import Stream
from synthgen.recipe import Camera, Optics, Recipe, load
from synthgen.scene import Characters, Lines, Words

PAGE = (1024, 768)
STEEP = Camera(rotation_deg_range=(-20, 20), tilt_deg_range=(0, 35), focal_range=(0.8, 2), shear_range=(-0.2, 0.2))


def taken(camera: Camera, index: int, margin: float = 40.0, page: tuple[int, int] = PAGE) -> tuple[Pose, Box]:
    """A pose of a page full of text but for a margin, and the text's box on the sheet."""
    bleed = bleed_px(camera, page)
    box = (bleed + margin, bleed + margin, bleed + page[0] - margin, bleed + page[1] - margin)
    sheet = (page[0] + 2 * bleed, page[1] + 2 * bleed)
    return draw_pose(camera, box, page, sheet, Stream(0, index, "pose")), box


def text_quad(pose: Pose, box: Box) -> np.ndarray:
    return pose.map.forward(boxes_to_quads(np.array([box]))[0])


@pytest.mark.parametrize("frame", ["page", "content"])
def test_level_pictures_are_turned_and_nothing_else(frame: str) -> None:
    camera = replace(STEEP, frame=frame, level_probability=1.0, bends=("curl", "fold"), bend_probability=1.0)
    for index in range(30):
        size, margin = ((150, 44), 2.0) if frame == "content" else (PAGE, 40.0)
        pose, _ = taken(camera, index, margin, size)
        assert isinstance(pose.map, Homography)
        assert pose.map.affine
        assert pose.parameters["level"] is True
        assert abs(pose.parameters["rotation_deg"]) <= 1.2
        (a, b), (c, d) = pose.map.matrix[:2, :2]
        assert (a, b) == pytest.approx((d, -c))


def test_so_many_pictures_are_level() -> None:
    camera = replace(STEEP, level_probability=0.3)
    levels = [taken(camera, index)[0].parameters["level"] for index in range(400)]
    assert 0.22 < np.mean(levels) < 0.38


def test_a_screenshot_lies_on_whole_px() -> None:
    camera = Camera(level_probability=1.0, level_rotation_deg_range=(0.0, 0.0))
    for index in range(10):
        pose, _ = taken(camera, index, 40.25, (1001, 768))
        assert np.array_equal(pose.map.matrix[:, :2], np.eye(3)[:, :2])
        assert np.array_equal(pose.map.matrix, np.rint(pose.map.matrix))
        assert not pose.parameters["beyond_sheet"]


@pytest.mark.parametrize("name", ["screen", "subtitle"])
def test_screens_taken_straight_are_shown_px_by_px_to_their_edges(name: str) -> None:
    found = 0
    for scene in Generator(load(name).with_values({"camera.level_probability": 1.0}), seed=3).scenes(stop=20):
        matrix = np.array(scene.provenance["map"])
        assert np.array_equal(matrix[:, :2], np.eye(3)[:, :2])
        assert np.array_equal(matrix, np.rint(matrix))
        assert scene.characters.visible.min() == 1
        found += 1
    assert found == 20


def test_a_book_keeps_its_fold_on_the_glass() -> None:
    camera = replace(STEEP, level_probability=1.0, bends=("curl", "spine", "wave"), bend_probability=1.0)
    assert {taken(camera, index)[0].parameters["bend"]["name"] for index in range(20)} == {"spine"}


def test_a_level_picture_has_no_light_of_a_room() -> None:
    image = np.full((60, 80, 3), 200, np.uint8)
    optics = Optics(effects={name: 1.0 for name in EFFECTS if not EFFECTS[name].always}, most_effects=20)
    room = {"light", "cast_shadow", "glare", "vignette", "motion", "moire"}
    for index in range(20):
        level = Exposure(optics).expose(image, Stream(0, index, "optics"), level=True)[1]
        assert not room & set(level)
        free = Exposure(optics).expose(image, Stream(0, index, "optics"))[1]
        shared = set(level) & set(free)
        assert {name: level[name]["dose"] for name in shared} == {name: free[name]["dose"] for name in shared}


@pytest.mark.parametrize("bends", [(), ("curl",), ("lens",)])
@pytest.mark.parametrize("camera", [Camera(), STEEP], ids=["still", "steep"])
def test_cut_pictures_lose_some_text_and_show_only_sheet(camera: Camera, bends: tuple[str, ...]) -> None:
    camera = replace(camera, cut_probability=1.0, bends=bends, bend_probability=1.0)
    shares = []
    for index in range(60):
        pose, box = taken(camera, index)
        assert pose.size == PAGE
        assert not pose.parameters["beyond_sheet"]
        assert pose.parameters["scale_range"][1] <= MOST_SCALE + 1e-9
        shares.append(float(visible_shares(text_quad(pose, box)[None], PAGE)[0]))
    assert np.mean(np.array(shares) < 0.995) > 0.9
    assert min(shares) > 0.4


def test_a_cut_leaves_everything_else_as_it_was_drawn() -> None:
    for index in range(20):
        whole, cut = (taken(replace(STEEP, cut_probability=p), index)[0] for p in (1e-9, 1.0))
        assert "cut" not in whole.parameters
        same = {"rotation_deg", "tilt_deg", "tilt_axis_deg", "focal", "shear", "lowered"}
        assert {name: whole.parameters[name] for name in same} == {name: cut.parameters[name] for name in same}


def test_a_content_picture_is_never_cut() -> None:
    camera = replace(load("word").camera, cut_probability=1.0)
    pose, box = taken(camera, 0, 2.0, (150, 44))
    assert (text_quad(pose, box) >= 0).all()
    assert "cut" not in pose.parameters


def records(direction: str) -> tuple[Characters, Words, Lines]:
    """Two lines: four words of one character each, 10 px apart, and one word far below."""
    boxes = np.array([[x, 0.0, x + 8.0, 10.0] for x in (0.0, 10.0, 20.0, 30.0)] + [[0.0, 90.0, 8.0, 100.0]])
    if direction == "ttb":
        boxes = boxes[:, [1, 0, 3, 2]]
    cells, texts = boxes_to_quads(boxes), tuple("가나다라마")
    line = np.array([0, 0, 0, 0, 1], np.int32)
    spans = np.array([[0.0, 0.0, 38.0, 10.0], [0.0, 90.0, 8.0, 100.0]])
    spans = spans if direction == "ltr" else spans[:, [1, 0, 3, 2]]
    number, directions = np.arange(5, dtype=np.int32), (direction,) * 5
    shown = np.array([0, 0.4, 1, 1, 0], np.float32)
    characters = Characters(texts, cells, cells, number, line, line, np.zeros(5, np.int32), shown)
    words = Words(texts, cells, cells, line, directions, np.zeros(5, np.bool_))
    return (
        characters,
        words,
        Lines(("가 나 다 라", "마"), boxes_to_quads(spans), np.arange(2, dtype=np.int32), directions[:2]),
    )


@pytest.mark.parametrize("direction", ["ltr", "ttb"])
def test_what_is_out_of_sight_is_no_label(direction: str) -> None:
    characters, words, lines = records(direction)
    left, left_words, left_lines = within_picture(characters, words, lines)
    assert left.text == left_words.text == ("나", "다", "라")
    assert left.word.tolist() == [0, 1, 2]
    assert left.line.tolist() == left_words.line.tolist() == [0, 0, 0]
    assert left_lines.text == ("나 다 라",)
    expected = np.array([[10.0, 0.0, 38.0, 10.0]])
    expected = expected if direction == "ltr" else expected[:, [1, 0, 3, 2]]
    assert np.allclose(left_lines.quad, boxes_to_quads(expected))
    assert left_lines.block.tolist() == [0]


def test_what_shows_wholly_is_left_alone() -> None:
    characters, words, lines = records("ltr")
    characters = replace(characters, visible=np.ones(5, np.float32))
    assert within_picture(characters, words, lines) == (characters, words, lines)


def test_lines_are_shortened_together_as_each_is_alone() -> None:
    rng = np.random.default_rng(4)
    lines = np.array([[[0.0, 0.0], [90.0, 4.0], [88.0, 15.0], [1.0, 12.0]]] * 6) + rng.uniform(-2, 2, (6, 4, 2))
    owner = np.array([0, 0, 1, 2, 2, 2, 3, 4, 5, 5])
    words = boxes_to_quads(np.array([[x, 2.0, x + 9, 9.0] for x in rng.uniform(0, 80, len(owner))]))
    vertical = np.array([0, 1, 0, 0, 1, 0])
    found = _spans(lines, words, owner, vertical)
    for at in range(6):
        inside = words[owner == at]
        alone = _spans(lines[at : at + 1], inside, np.zeros(len(inside), int), vertical[at : at + 1])
        assert np.array_equal(found[at], alone[0])


def cut_recipe(name: str) -> Recipe:
    return load(name).with_values({"camera.cut_probability": 1.0})


@pytest.mark.parametrize("name", ["newspaper", "newspaper-old", "document", "book", "form", "receipt"])
def test_cut_samples_have_whole_words_and_cut_ones_that_are_ignored(name: str) -> None:
    generator = Generator(cut_recipe(name), seed=21)
    partial = 0
    for index in range(3):
        sample = generator.sample(index)
        scene = sample.scene
        assert scene is not None, sample.rejections
        characters, words, lines = scene.characters, scene.words, scene.lines
        assert (quad_areas(words.quad) > 0).all()
        best = np.zeros(len(words))
        np.maximum.at(best, characters.word, characters.visible)
        assert (best > 0).all()
        hidden = np.zeros(len(words), np.bool_)
        hidden[characters.word[characters.visible < 0.99]] = True
        assert words.ignored[hidden].all()
        assert not words.ignored.all()
        assert not {crop.word for crop in sample.crops} & set(np.flatnonzero(hidden).tolist())
        partial += int(hidden.sum())
        for number, text in enumerate(lines.text):
            assert text == " ".join(one for one, line in zip(words.text, words.line, strict=True) if line == number)
        assert all(b - a in (0, 1) for a, b in pairwise(words.line.tolist()))
    assert partial


def test_a_cut_picture_without_a_readable_word_is_thrown_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("synthgen.walk.legible", lambda words, image, optics: np.zeros(len(words), np.bool_))
    cut = Generator(cut_recipe("form"), seed=2).sample(0, crops=False)
    assert cut.scene is None
    assert set(cut.rejections) == {"cut"}
    whole = Generator(cut_recipe("form").with_values({"camera.cut_probability": 0.0}), seed=2).sample(0, crops=False)
    assert whole.scene is not None
