"""Samples that are set, printed and developed together: each is still its own, where its labels say, in any order."""

from __future__ import annotations

import pickle
from copy import copy
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.camera.bend import draw_bend, field_of
from synthgen.camera.pose import _close_up, _drawn, draw_pose, draw_poses
from synthgen.camera.roll import RIM_PX, Roll, packed
from synthgen.crops import cut_together, whole_together
from synthgen.errors import RecipeError
from synthgen.generator import Generator
from synthgen.geometry import Composed, Homography, Map
from synthgen.quads import boxes_to_quads
from synthgen.randomness import Stream, Streams
from synthgen.recipe import ABREAST, Crops, load, presets
from synthgen.run.plan import make_plan
from synthgen.scene import Characters, Labels, Lines, Parts, Scene, Words, drawn_in, renumbered, seen_each, seen_through
from synthgen.text.floor import dealt
from tests.measuring import centroid, quad_area_and_centroid
from tests.oracle import oracle_font
from tests.test_exactness import CHARACTERS
from tests.test_generator import check_consistent, fingerprint

PLAIN = {
    "paper.kinds": {"noise": 1.0}, "paper.noise_sd_range": [0.0, 0.0], "paper.gradient_range": [0.0, 0.0],
    "paper.level_range": [240.0, 240.0], "paper.effects": {}, "ink.uneven_range": [0.0, 0.0],
    "ink.spread_px_range": [0.0, 0.0], "ink.contrast_range": [220.0, 220.0], "ink.effects": {}, "ink.colours": {},
    "optics.light_probability": 0.0, "optics.defocus_probability": 0.0, "optics.motion_probability": 0.0,
    "optics.noise_probability": 0.0, "optics.effects": {}, "type.tracking_em_range": [0.25, 0.3],
}  # fmt: skip


# The presets whose samples are made in rolls.
ROLLED = [name for name in presets() if load(name).page.together > 1]
CAMERAS = {name: load(name).camera for name in ROLLED}


@given(st.lists(st.tuples(st.integers(1, 300), st.integers(1, 80)), min_size=1, max_size=40), st.booleans())
def test_boxes_are_packed_apart(sizes: list[tuple[int, int]], tall: bool) -> None:
    sizes = [size[::-1] for size in sizes] if tall else sizes
    places, (width, height), lefts = packed(sizes)
    taken = np.zeros((height, width), dtype=int)
    for (x, y), (across, down) in zip(places, sizes, strict=True):
        assert x >= 0 and y >= 0 and x + across <= width and y + down <= height
        taken[y : y + down, x : x + across] += 1
    assert taken.max() == 1
    # Nothing crosses from one column into the next.
    assert list(lefts) == sorted({*lefts}) and lefts[0] == 0
    edges = [*lefts, width]
    for (x, _), (across, _) in zip(places, sizes, strict=True):
        at = max(at for at, left in enumerate(lefts) if left <= x)
        assert x + across <= edges[at + 1]


def lone_lines(words_of: list[int], rng: np.random.Generator) -> Labels:
    """Return the labels of lines of so many words each, of one to three characters in up to three faces."""
    lengths = rng.integers(1, 4, sum(words_of))
    word_line = np.repeat(np.arange(len(words_of), dtype=np.int32), words_of)
    word = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    n, m, k = len(word), len(lengths), len(words_of)

    def quads(count: int) -> np.ndarray:
        corners = rng.uniform(0, 100, (count, 2))
        return boxes_to_quads(np.concatenate([corners, corners + rng.uniform(1, 40, (count, 2))], axis=1))

    line = word_line[word]
    return (
        Characters(tuple("가" * n), quads(n), quads(n), word, line, line.copy(),
                   (3 * rng.integers(0, 3, n)).astype(np.int32), np.ones(n, dtype=np.float32)),
        Words(tuple(f"w{at}" for at in range(m)), quads(m), quads(m), word_line, ("ltr",) * m, rng.random(m) < 0.2),
        Lines(tuple(f"l{at}" for at in range(k)), quads(k), np.arange(k, dtype=np.int32), ("ltr",) * k),
    )  # fmt: skip


@given(st.lists(st.integers(1, 4), min_size=1, max_size=6), st.integers(0, 10**6), st.booleans())
def test_lines_seen_together_are_what_each_is_seen_alone(words_of: list[int], seed: int, bent: bool) -> None:
    rng = np.random.default_rng(seed)
    characters, words, lines = lone_lines(words_of, rng)
    tilted = np.eye(3) + rng.uniform(-1, 1, (len(words_of), 3, 3)) * [[0.2, 0.2, 9.0], [0.2, 0.2, 9.0], [1e-4, 1e-4, 0]]
    maps: list[Map] = [Homography(matrix) for matrix in tilted]
    if bent:
        field = field_of(draw_bend("curl", 0.5, (0.0, 0.0, 140.0, 140.0), Stream(seed, 0, "pose")))
        maps[-1] = Composed((field, maps[-1]))
    sizes = [(int(width), int(height)) for width, height in rng.integers(40, 160, (len(words_of), 2))]
    views = np.array([matrix.ravel() for matrix in tilted]).T
    curled = {len(words_of) - 1: maps[-1]} if bent else {}
    parts = Parts(seen_each(views, curled, sizes, characters, words, lines))
    for at in range(len(words_of)):
        its, faces = parts.of(at), parts.faces(at)
        of, of_words = characters.line == at, np.flatnonzero(words.line == at)
        used, face = renumbered(characters.face[of])
        nought = np.zeros(of.sum(), dtype=np.int32)
        alone = seen_through(
            maps[at],
            sizes[at],
            Characters(tuple("가" * of.sum()), characters.ink[of], characters.cell[of],
                       characters.word[of] - np.int32(of_words[0]), nought, nought, face, characters.visible[of]),
            face,
            Words(tuple(words.text[word] for word in of_words), words.quad[of_words], words.ink[of_words],
                  nought[: len(of_words)], ("ltr",) * len(of_words), words.ignored[of_words]),
            Lines((lines.text[at],), lines.quad[at : at + 1], nought[:1], ("ltr",)),
        )  # fmt: skip
        assert faces == used
        names = [f"face {one}" for one in range(7)]
        assert list(parts.drawn(at, names, 0.6)) == list(drawn_in([names[one] for one in faces], its[0], its[1], 0.6))
        assert (parts.least[at], parts.ignored[at]) == (its[0].visible.min(), its[1].ignored.any())
        assert [characters.face[of].tolist()] == [[faces[one] for one in its[0].face]]
        for mine, theirs in zip(its, alone, strict=True):
            mine.__post_init__()
            for name in type(mine).__slots__:
                ours, plain = getattr(mine, name), getattr(theirs, name)
                if name == "outline":
                    assert len(ours) == len(plain)
                    assert all(np.allclose(one, other, atol=1e-4) for one, other in zip(ours, plain, strict=True))
                elif isinstance(plain, tuple):
                    assert ours == plain
                else:
                    assert ours.dtype == plain.dtype
                    np.testing.assert_allclose(ours, plain, atol=1e-4 if bent else 1e-9)


@given(st.lists(st.integers(0, 300), min_size=1, max_size=50))
def test_faces_are_renumbered_by_their_order(faces: list[int]) -> None:
    used, places = renumbered(np.array(faces, dtype=np.int32))
    assert used == sorted(set(faces))
    assert [used[at] for at in places] == faces
    assert places.dtype == np.int32


def contents_of(name: str, count: int) -> list[tuple[float, float, float, float]]:
    """Return boxes of text, longer and longer along its lines."""
    across = [(36.0, 40.0 + at, 60.0 + 20 * at, 74.0 + at) for at in range(count)]
    if load(name).page.layout != "column":
        return across
    return [(y0, x0, y1, x0 + 3 * (x1 - x0)) for x0, y0, x1, y1 in across]


@pytest.mark.parametrize("name", ROLLED)
@pytest.mark.parametrize("level", [False, True])
def test_a_rolls_poses_are_drawn_as_single_ones_and_know_what_they_show(level: bool, name: str) -> None:
    # Whether one is level is drawn for each that is taken alone, and not where none or all are.
    camera = replace(CAMERAS[name], level_probability=0.0)
    contents = contents_of(name, 12)
    sizes = [(int(box[2]) + 36, int(box[3]) + 36) for box in contents]
    poses = draw_poses(camera, contents, sizes, Stream(5, 0, "pose"), level=level)
    stream = Stream(5, 0, "pose")
    alone = [draw_pose(camera, box, size, size, stream) for box, size in zip(contents, sizes, strict=True)]
    for pose, other, size in zip(poses, alone, sizes, strict=True):
        assert pose is not None
        assert pose.seen_box(size) == replace(pose, shown=None).seen_box(size)
        assert level or (pose.parameters, pose.size) == (other.parameters, other.size)


@settings(max_examples=60, deadline=None)
@given(
    tilt=st.floats(0, 60), turn=st.floats(0, 180), shear=st.floats(0, 1), heights=st.integers(8, 400),
    level=st.booleans(), bent=st.booleans(), seed=st.integers(0, 10**6),
)  # fmt: skip
def test_poses_in_arrays_are_those_in_plain_numbers(
    tilt: float, turn: float, shear: float, heights: int, level: bool, bent: bool, seed: int
) -> None:
    """Also where some have to be lowered, are enlarged to the utmost, or are none at all."""
    camera = load("word").with_values({
        "camera.tilt_deg_range": [0.0, tilt], "camera.rotation_deg_range": [-turn, turn],
        "camera.shear_range": [-shear, shear], "camera.content_height_px_range": [8, heights],
        "camera.level_probability": 0.0, "camera.bends": ["curl"] if bent else [],
    }).camera  # fmt: skip
    rng = np.random.default_rng(seed)
    corners, sides = rng.uniform(20, 60, (12, 2)), rng.uniform(1, 200, (12, 2)) * [3, 1]
    contents = [tuple(box) for box in np.concatenate([corners, corners + sides], axis=1).tolist()]
    sizes = [(int(box[2]) + 36, int(box[3]) + 36) for box in contents]
    poses = draw_poses(camera, contents, sizes, Stream(seed, 0, "pose"), level=level)
    stream = Stream(seed, 0, "pose")
    alone = [
        _close_up(_drawn(camera, box, size, size, stream, level)) for box, size in zip(contents, sizes, strict=True)
    ]
    assert poses.taken == [at for at, pose in enumerate(alone) if pose]
    for at, (pose, other) in enumerate(zip(poses, alone, strict=True)):
        if other is None:
            assert pose is None
            continue
        assert pose is not None
        assert (pose.parameters, pose.size, pose.plain_map) == (other.parameters, other.size, other.plain_map)
        assert (poses.sizes[at], poses.boxes[at]) == (other.size, other.seen_box(sizes[at]))
        if isinstance(other.map, Homography):
            assert at not in poses.bent
            assert tuple(poses.views[:, at]) == other.map.numbers
            assert tuple(poses.backs[:, at]) == other.map.inverse_numbers
            assert poses.affine[at] == other.map.affine
        else:
            assert at in poses.bent


@pytest.mark.parametrize("name", ROLLED)
@pytest.mark.parametrize("shape", [(), (3,)])
def test_a_strip_holds_the_pictures_in_rims_of_their_own_border(shape: tuple[int, ...], name: str) -> None:
    contents = contents_of(name, 5)
    sizes = [(int(box[2]) + 36, int(box[3]) + 36) for box in contents]
    roll = Roll(poses := draw_poses(CAMERAS[name], contents, sizes, Stream(6, 0, "pose"), level=False))
    assert roll.taken == [0, 1, 2, 3, 4]
    assert [roll.lefts[at] for at in roll.columns] == [x for x, _ in roll.places] or roll.lefts == (0,)
    sheet = np.random.default_rng(0).integers(0, 256, (roll.size[1], roll.size[0], *shape), dtype=np.uint8)
    strip = roll.photographed(sheet)
    for pose, box, (x, y), (u, v) in zip(poses, roll.boxes, roll.places, roll.frames, strict=True):
        part = sheet[y : y + box[3] - box[1], x : x + box[2] - box[0]]
        assert pose is not None
        width, height = pose.size
        rims = ((RIM_PX, RIM_PX), (RIM_PX, RIM_PX), *((0, 0) for _ in shape))
        rimmed = np.pad(pose.photograph(part, box[:2]), rims, mode="edge")
        found = strip[v - RIM_PX : v + height + RIM_PX, u - RIM_PX : u + width + RIM_PX]
        assert np.array_equal(found, rimmed)


BENT = {"camera.bends": ["curl", "lens"], "camera.bend_probability": 0.7, "camera.bend_dose_range": [0.1, 0.25]}


# Few words in larger pictures, which do not reduce them.
LONG = {"page.words_range": [1, 3], "camera.content_height_px_range": [64, 64]}
TALL = {"page.words_range": [1, 2], "camera.content_height_px_range": [520, 720]}


@pytest.mark.parametrize(
    ("name", "changes", "mean", "worst"),
    [
        ("word", {}, 0.04, 0.2), ("word", BENT, 0.06, 0.5), ("line", LONG, 0.04, 0.2),
        ("vertical", TALL, 0.04, 0.2), ("vertical", {**TALL, **BENT}, 0.06, 0.5),
    ],
)  # fmt: skip
def test_ink_fills_its_quads_in_every_picture_of_a_roll(
    tmp_path: Path, name: str, changes: dict[str, object], mean: float, worst: float
) -> None:
    """The bounds are what the same words show when each is made alone: bilinear weights, and a bend's shading.

    Type is no larger than its picture: bilinear weights misplace what they reduce.
    """
    oracle_font(tmp_path / "oracle.ttf", CHARACTERS)
    recipe = load(name).with_values({**PLAIN, **changes, "page.together": 16, "type.body_px_range": [24.0, 36.0]})
    generator = Generator(recipe, fonts=[tmp_path / "oracle.ttf"])
    offsets, bent = [], 0
    for index in range(160):
        scene = generator[index]
        bent += "bend" in scene.provenance["pose"]
        ink = (240.0 - scene.image) / 220.0
        low = np.floor(scene.characters.ink.min(axis=1)).astype(int) - 2
        high = np.ceil(scene.characters.ink.max(axis=1)).astype(int) + 2
        for char, quad in enumerate(scene.characters.ink):
            meets = ((low < high[char]) & (high > low[char])).all(axis=1)
            inside = (low[char] >= 0).all() and (high[char] <= scene.size).all()
            if meets.sum() > 1 or not inside:
                continue
            window = ink[low[char, 1] : high[char, 1], low[char, 0] : high[char, 0]]
            _, middle = quad_area_and_centroid(quad - low[char])
            offsets.append(centroid(window) - middle)
    errors = np.hypot(*np.transpose(offsets))
    assert len(errors) > 400
    assert bool(bent) == ("camera.bends" in changes)
    # A picture cut out of its roll at the wrong px would be off by a whole one.
    assert np.abs(np.mean(offsets, axis=0)).max() < 0.01
    assert errors.mean() < mean
    assert errors.max() < worst


@pytest.mark.parametrize("name", ROLLED)
def test_samples_are_the_same_in_any_order_across_rolls(name: str) -> None:
    block = load(name).page.roll_block
    indices = [0, 1, ABREAST, block - 1, block, 3 * block + 5, 7]
    forward, backward = Generator(name, seed=1), Generator(name, seed=1)
    ahead = {index: fingerprint(forward.sample(index)) for index in sorted(indices)}
    behind = {index: fingerprint(backward.sample(index)) for index in indices}
    assert ahead == behind
    assert len({*ahead.values()}) == len(indices)


@pytest.mark.parametrize("name", ROLLED)
def test_a_rolls_samples_share_the_printing_and_nothing_else(name: str) -> None:
    generator = Generator(name, seed=2)
    count = generator.recipe.page.together
    scenes = []
    for index in range(0, generator.recipe.page.roll_block, ABREAST):
        scene = generator[index]
        check_consistent(scene, generator.charset)
        assert scene.provenance["index"] == index
        # What was tried again was made alone.
        assert ("together" in scene.provenance) == (scene.provenance["attempt"] == 0)
        if scene.provenance["attempt"] == 0:
            assert scene.provenance["together"]["first"] == 0
            scenes.append(scene)
    assert len(scenes) > count / 2
    same = {key for key in scenes[0].provenance if len({repr(one.provenance[key]) for one in scenes}) == 1}
    assert {"recipe", "preset", "seed", "attempt", "paper", "ink", "optics"} <= same
    assert not same & {"index", "map", "pose"}
    assert len({scene.words.text for scene in scenes}) > count / 2
    assert len({tuple(scene.provenance["faces"]) for scene in scenes}) > 1


@pytest.mark.parametrize("name", ["word", "line"])
def test_scenes_are_made_when_they_are_asked_for(name: str) -> None:
    recipe = load(name).with_values({"page.together": 16})
    generator = Generator(recipe, seed=5)
    walk = generator.walks[0]
    takes = walk.takes(Streams(5, 0))
    scenes = takes.scenes()
    least = recipe.output.min_visible
    drawn = [scene.drawn(least) for scene in scenes if scene]
    # Word pictures and what was drawn need none of the records.
    whole = whole_together(takes.pictures, takes.parts, Crops(unit="scene"), least, Stream(5, 0, "crops"))
    taken = [scene for scene in scenes if scene]
    plain = iter(cut_together(taken, Crops(unit="scene"), least, Stream(5, 0, "crops")))
    for scene, crops in zip(scenes, whole, strict=True):
        if scene is None:
            assert crops == ()
            continue
        for one, other in zip(crops, next(plain), strict=True):
            assert one.image is other.image
            assert one[1:] == other[1:]
    for at, before in zip(takes.poses.taken, drawn, strict=True):
        scene, made = scenes[at], takes.scene(at)
        assert scene is not None
        assert scene.drawn(least) == before
        assert list(before) == list(drawn_in(made.provenance["faces"], made.characters, made.words, least))
        assert scene.characters is scene.characters
        assert scene.provenance == made.provenance
        assert repr(scene) == repr(made)
        scene.characters.__post_init__()
        scene.words.__post_init__()
        scene.lines.__post_init__()


def test_a_scene_that_is_not_yet_made_is_like_any_other() -> None:
    generator = Generator("word", seed=5)
    one, other, third = (Generator("word", seed=5).sample(3).scene for _ in range(3))
    assert one is not None and other is not None and third is not None
    with pytest.raises(AttributeError, match="'Scene' object has no attribute 'colour'"):
        one.colour  # type: ignore[attr-defined]  # noqa: B018
    assert not hasattr(one, "colour")
    again = pickle.loads(pickle.dumps(one))
    assert type(again) is Scene
    assert repr(again) == repr(one) == repr(copy(other)) == repr(replace(third)) == repr(generator[3])
    assert one == one
    assert again.drawn(0.5) == one.drawn(0.5)
    assert again.size == one.size
    with pytest.raises(FrozenInstanceError):
        one.image = one.image  # type: ignore[misc]


@pytest.mark.parametrize("name", ROLLED)
def test_pictures_do_not_shine_into_one_another(name: str) -> None:
    """Beside a picture in white lies one in black, and no blur carries it over."""
    plain = {**PLAIN, "optics.defocus_probability": 1.0, "optics.defocus_px_range": [1.4, 1.4], "page.together": 16}
    generator = Generator(load(name).with_values({**plain, "camera.content_margin_frac_range": [0.15, 0.15]}))
    for index in range(32):
        image = generator[index].image
        # The margin is wider than ink is blurred: all of the border is the paper's own level.
        border = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
        assert border.min() >= 238


def test_one_that_cannot_be_taken_takes_no_other_with_it() -> None:
    """Words of 75 px would have to be reduced too much for a picture 36 px high; small ones would not."""
    recipe = load("word").with_values(
        {"type.body_px_range": [20.0, 80.0], "camera.content_height_px_range": [36, 36], "page.together": 16}
    )
    generator = Generator(recipe, seed=4)
    samples = [generator.sample(index) for index in range(32)]
    assert {reason for sample in samples for reason in sample.rejections} == {"pose"}
    assert sum(bool(sample.rejections) for sample in samples) < 32
    assert all(sample.scene is not None for sample in samples)
    assert all(("together" in one.scene.provenance) == (not one.rejections) for one in samples if one.scene)
    alone = Generator(recipe, seed=4)
    late = next(index for index, sample in enumerate(samples) if sample.rejections)
    assert fingerprint(alone.sample(late)) == fingerprint(samples[late])


def test_every_sample_has_the_characters_it_was_dealt() -> None:
    recipe = load("word").with_values({"text.floor_per_sample": 3, "page.together": 16})
    generator = Generator(recipe, seed=6)
    for index in range(40):
        scene = generator[index]
        assert set(dealt(6, index, 3, generator.charset)) <= set(scene.characters.text)


@given(st.integers(1, 64), st.integers(0, 10**9))
def test_rolls_divide_all_samples_and_neighbours_are_of_several(together: int, index: int) -> None:
    page = load("word").with_values({"page.together": together}).page
    first, at = page.roll_of(index)
    assert index == first + ABREAST * at
    assert 0 <= at < together
    assert page.roll_of(first) == (first, 0)
    assert [page.roll_of(first + ABREAST * other) for other in range(together)] == [(first, n) for n in range(together)]
    begin = index - index % page.roll_block
    around = [page.roll_of(one)[0] for one in range(begin, begin + page.roll_block)]
    assert all(len({*around[one : one + ABREAST]}) == ABREAST for one in range(len(around) - ABREAST + 1))


@pytest.mark.parametrize("name", presets())
def test_no_shard_of_a_preset_divides_rolls(name: str) -> None:
    """Where one begins in the middle of rolls, these are made twice."""
    recipe = load(name)
    assert recipe.page.together == 1 or recipe.output.shard_size % recipe.page.roll_block == 0


def test_a_roll_goes_into_one_split() -> None:
    generator = Generator("word", seed=3)
    page = generator.recipe.page
    plan = make_plan(generator.recipe, generator, seed=3, n=page.roll_block * 25, splits=(("train", 0.5), ("val", 0.5)))
    rolls: dict[int, set[str]] = {}
    for index in range(plan.n):
        rolls.setdefault(page.roll_of(index)[0], set()).add(plan.split(index))
    assert len(rolls) == 200
    assert all(len(splits) == 1 for splits in rolls.values())
    assert 60 < sum(splits == {"train"} for splits in rolls.values()) < 140


def test_only_lone_lines_are_set_together() -> None:
    for changes in ({"page.layout": "newspaper"}, {"camera.frame": "page"}):
        with pytest.raises(RecipeError, match=r"page\.together"):
            Generator(load("word").with_values({"page.together": 4, **changes}))


def test_where_a_face_may_lack_characters_each_is_made_alone() -> None:
    recipe = load("word").with_values({"type.fallback": "reject", "page.together": 16})
    samples = [Generator(recipe, seed=1).sample(index) for index in range(4)]
    assert all(sample.scene is not None and "together" not in sample.scene.provenance for sample in samples)
