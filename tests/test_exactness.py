"""Every quad is where the ink is: measured with a font of known boxes, and with every bundled face."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from synthgen.generator import Generator
from synthgen.geometry import Composed, Field, Homography, Map
from synthgen.randomness import Stream
from synthgen.recipe import load
from synthgen.text.charset import load_charset
from synthgen.typeset.curve import arc, place_on_curve, wave
from synthgen.typeset.face import load_face
from synthgen.typeset.faces import FaceSet, load_faces
from synthgen.typeset.galley import Galley
from synthgen.typeset.horizontal import place_lines
from synthgen.typeset.layout import Layout
from synthgen.typeset.shape import Shaper
from synthgen.typeset.text import Style, Text
from synthgen.typeset.vertical import LATIN_MODES, VerticalText, place_columns
from tests.measuring import centroid, draw_alone, fitted_corners, overhang_and_gaps, quad_area_and_centroid
from tests.oracle import oracle_font

# A pixel counts as inked from a twentieth on: below that, resampling has spread a neighbour's ink.
INKED = 0.05

CHARACTERS = load_charset("ks1001").characters
HANGUL = tuple(char for char in CHARACTERS if "가" <= char <= "힣")
FACES = FaceSet(load_faces())

PERSPECTIVE = Homography(np.array([[0.93, 0.11, 12.0], [-0.07, 0.97, 40.0], [1.1e-4, -0.9e-4, 1.0]]))
# The same for pages of any height: scales stay between 0.75 and 1.05.
TALL_PERSPECTIVE = Homography(np.array([[0.86, 0.09, 12.0], [-0.06, 0.83, 40.0], [1.0e-4, -0.4e-4, 1.0]]))
TURNED = Homography.rotation(17).then(Homography.scaling(1.07, 0.9))


def curl() -> Map:
    """A sheet bent like an open book's page, then seen in perspective."""
    x, y = np.arange(0, 80) * 16.0, np.arange(0, 60) * 16.0
    bend = np.stack(
        np.broadcast_arrays(2 * np.sin(x[None] / 200), 12 * np.cos(x[None] / 420) + 0 * y[:, None]), axis=-1
    )
    return Composed((Field(bend, 16.0), PERSPECTIVE))


VIEWS = {"flat": None, "perspective": PERSPECTIVE, "turned": TURNED, "curl": curl()}

STYLES = {
    "left": {"align": "left"},
    "justify": {"align": "justify"},
    "right": {"align": "right", "tracking_em": 0.11, "stretch": 0.8},
    "center": {"align": "center", "stretch": 1.2, "word_space_em": 0.6},
    "slanted": {"align": "justify", "slant": 0.25},
    "jittered": {"align": "left", "jitter_em": 0.03},
    "by-syllable": {"align": "justify", "by_syllable": True},
}


def random_text(stream: Stream, n: int, characters: tuple[str, ...] = CHARACTERS) -> str:
    words = []
    while n > 0:
        length = min(n, stream.integer(1, 6))
        words.append("".join(stream.pick(characters) for _ in range(length)))
        n -= length
    return " ".join(words)


def page(faces: FaceSet, face: int, size_px: float, text: str, **style: object) -> Layout:
    shaper = Shaper(faces)
    galley = Galley(shaper)
    setting = Style(face=face, size_px=size_px, line_px=size_px * 1.6, **style)  # type: ignore[arg-type]
    lines = Text((text,), setting, shaper, 620.0)
    block = galley.block("body")
    bottom = place_lines(galley, block, lines, slice(None), 40.3, 30.7, Stream(0, 0, "jitter"))
    return galley.finish((720, int(bottom) + 60), {})


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> FaceSet:
    path = tmp_path_factory.mktemp("oracle") / "oracle.ttf"
    oracle_font(path, CHARACTERS)
    return FaceSet([load_face(path)])


def columns(faces: FaceSet, face: int, size_px: float, text: str, latin: str) -> Layout:
    galley = Galley(Shaper(faces))
    setting = Style(face=face, size_px=size_px, line_px=size_px * 1.7, by_syllable=True, align="justify")
    lines = VerticalText((text,), setting, galley.shaper, 520.0, latin)
    left = place_columns(galley, galley.block("body"), lines, slice(None), 690.4, 33.3)
    assert left > 0
    return galley.finish((720, 600), {})


def curves(faces: FaceSet, face: int, size_px: float, text: str) -> Layout:
    """Three baselines: an arc read from outside, one from inside, and a free wave."""
    galley = Galley(Shaper(faces))
    setting = Style(face=face, size_px=size_px, line_px=size_px * 1.2, tracking_em=0.06)
    words = text.split()
    third = len(words) // 3
    baselines = (
        lambda length: arc((420.3, 520.2), 330.0, 90, length),
        lambda length: arc((420.3, 300.2), 330.0, 270, length, outside=False),
        lambda length: wave((60.0, 760.0), length, 16.0, 420.0, 0.2),
    )
    for number, baseline in enumerate(baselines):
        line = Text((" ".join(words[number * third : (number + 1) * third]),), setting, galley.shaper, 1e9)
        block = galley.block("sign")
        place_on_curve(galley, block, line, baseline(line.lines[0].width_px * 1.1 + 4), 2.0)
    return galley.finish((900, 900), {})


def corner_errors(layout: Layout, faces: FaceSet, view: Map | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return corner errors (K,), relative area errors (N,) and centroid errors (N,) of all characters of a layout."""
    corners, areas, centroids = [], [], []
    for char in range(len(layout.characters)):
        alone = draw_alone(layout, char, faces, view)
        area, middle = quad_area_and_centroid(alone.quad)
        areas.append(alone.ink.sum() / area - 1)
        centroids.append(np.hypot(*(centroid(alone.ink) - middle)))
        fitted = fitted_corners(alone)
        if fitted is not None:
            corners.append(np.hypot(*(fitted - alone.quad).T))
    return np.concatenate(corners), np.array(areas), np.array(centroids)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("style", STYLES)
def test_oracle_boxes_are_where_their_quads_say(oracle: FaceSet, style: str, view: str) -> None:
    """Corners to 0.15 px (mean 0.05), ink area to 2 %, centre of mass to 0.02 px.

    Under the curl a box's sides are no longer straight, so its own centre of mass leaves the quad's a little.
    """
    text = random_text(Stream(0, 0, f"{style}{view}"), 60)
    layout = page(oracle, 0, 47.3, text, **STYLES[style])
    corners, areas, centroids = corner_errors(layout, oracle, VIEWS[view])
    assert len(corners) > 100
    assert corners.mean() < 0.05
    assert corners.max() < 0.15
    assert np.abs(areas).max() < 0.02
    assert centroids.max() < (0.05 if view == "curl" else 0.02)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("latin", LATIN_MODES)
def test_vertical_boxes_are_where_their_quads_say(oracle: FaceSet, latin: str, view: str) -> None:
    """The same bounds for columns, with syllables, turned brackets, hung points and Latin in each of its ways."""
    stream = Stream(0, 0, f"vertical{latin}{view}")
    words = [random_text(stream, 3, HANGUL), "24일", "KBS와", "3.1%", "(전망)", "했다.", "「서울」", "12", "2026년,"]
    layout = columns(oracle, 0, 44.3, " ".join([*words, random_text(stream, 12, HANGUL)]), latin)
    assert set(layout.words.direction) == {"ttb"}
    corners, areas, centroids = corner_errors(layout, oracle, VIEWS[view])
    assert len(corners) > 40
    assert corners.mean() < 0.05
    assert corners.max() < 0.15
    assert np.abs(areas).max() < 0.03
    assert centroids.max() < (0.05 if view == "curl" else 0.025)


@pytest.mark.parametrize("view", VIEWS)
def test_curved_boxes_are_where_their_quads_say(oracle: FaceSet, view: str) -> None:
    """The same bounds for glyphs that stand on an arc's or a wave's tangents."""
    layout = curves(oracle, 0, 36.7, random_text(Stream(0, 0, f"curve{view}"), 36))
    corners, areas, centroids = corner_errors(layout, oracle, VIEWS[view])
    assert len(corners) > 40
    assert corners.mean() < 0.05
    assert corners.max() < 0.15
    assert np.abs(areas).max() < 0.03
    # The rasteriser places the middle of nearly level edges to a twentieth of a pixel.
    assert centroids.max() < 0.06
    for word, outline in enumerate(layout.words.outline):
        mine = layout.characters.cell[layout.characters.word == word]
        assert len(outline) == 4 * len(mine)
        distances = [np.hypot(*(outline - corner).T).min() for corner in mine.reshape(-1, 2)]
        assert max(distances) < 1e-9


def test_the_instruments_see_a_shift(oracle: FaceSet) -> None:
    """A quad shifted by a quarter of a pixel, or a map without its half pixel, would be found out."""
    layout = page(oracle, 0, 47.3, random_text(Stream(0, 0, "shift"), 20))
    wrong = Homography.translation(0.25, 0.0)
    errors = []
    for char in range(len(layout.characters)):
        alone = draw_alone(layout, char, oracle, None)
        moved = type(alone)(alone.ink, wrong.forward(alone.quad))
        fitted = fitted_corners(moved)
        if fitted is not None:
            errors += np.hypot(*(fitted - moved.quad).T).tolist()
    assert np.mean(errors) == pytest.approx(0.25, abs=0.02)


def test_oracle_boxes_stand_where_the_font_says(oracle: FaceSet, tmp_path: Path) -> None:
    """Quads against an independent sum of advances and boxes, without HarfBuzz or any of our arrays."""
    boxes = oracle_font(tmp_path / "again.ttf", CHARACTERS)
    text = random_text(Stream(0, 1, "sum"), 12, tuple("가나다라마바사아자차카타파하"))
    layout = page(oracle, 0, 20.0, text)
    assert len(set(layout.characters.line.tolist())) == 1
    pen, at = 40.3, 0
    # One line: its baseline is where the first cell's foot is, less the descent.
    baseline = layout.characters.cell[0, 3, 1] - 0.2 * 20
    for word in text.split():
        for char in word:
            x0, y0, x1, y1, advance = boxes[char]
            expected = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]]) * 20 + (pen, baseline)
            np.testing.assert_allclose(layout.characters.ink[at], expected, atol=1e-9)
            np.testing.assert_allclose(
                layout.characters.cell[at, 1, 0] - layout.characters.cell[at, 0, 0], advance * 20
            )
            pen, at = pen + advance * 20, at + 1
        pen += 0.3 * 20


@pytest.mark.parametrize("view", [None, TALL_PERSPECTIVE], ids=["flat", "perspective"])
def test_real_ink_lies_in_its_quad_and_touches_every_side(view: Homography | None) -> None:
    """20,000 characters in the bundled faces at 12-96 px: at most 1 px outside, within 1 px of each side."""
    name = "flat" if view is None else "perspective"
    stream = Stream(0, 0, f"real-{name}")
    worst_out, worst_gap = [], []
    for face in range(len(FACES)):
        for _ in range(8):
            size = stream.uniform(12, 96)
            layout = page(FACES, face, size, random_text(stream, 97), stretch=stream.uniform(0.9, 1.1))
            for char in range(len(layout.characters)):
                alone = draw_alone(layout, char, FACES, view)
                out, gap = overhang_and_gaps(alone, INKED)
                worst_out.append(out)
                worst_gap.append(gap)
    print(f"{name}: {len(worst_out)} characters; ink outside px {np.percentile(worst_out, [50, 99, 100]).round(3)}, "
          f"side without ink px {np.percentile(worst_gap, [50, 99, 100]).round(3)}")  # fmt: skip
    assert len(worst_out) >= 10_000
    assert max(worst_out) <= 1.0
    assert max(worst_gap) <= 1.0


def test_whole_page_through_the_camera(tmp_path: Path) -> None:
    """The generator's own pages with the oracle font: each character's ink in the picture fills its quad."""
    oracle_font(tmp_path / "oracle.ttf", CHARACTERS)
    plain = load("newspaper").with_values(
        {
            "paper.kinds": {"noise": 1.0}, "paper.noise_sd_range": [0.0, 0.0], "paper.gradient_range": [0.0, 0.0],
            "paper.level_range": [240.0, 240.0], "ink.uneven_range": [0.0, 0.0], "ink.spread_px_range": [0.0, 0.0],
            "ink.contrast_range": [220.0, 220.0], "optics.light_probability": 0.0, "optics.defocus_probability": 0.0,
            "optics.motion_probability": 0.0, "optics.noise_probability": 0.0, "page.rule_probability": 0.0,
            "type.tracking_em_range": [0.25, 0.3],
            "page.picture_probability": 0.0,
            "paper.effects": {},
            "paper.colour_probability": 0.0,
            "ink.effects": {},
            "ink.colours": {},
            "optics.effects": {},
            "camera.bend_probability": 0.0,
            "camera.cut_probability": 0.0,
        }
    )  # fmt: skip
    generator = Generator(plain, fonts=[tmp_path / "oracle.ttf"])
    offsets, areas = [], []
    for index in range(3):
        scene = generator[index]
        ink = (240.0 - scene.image) / 220.0
        low = np.floor(scene.characters.ink.min(axis=1)).astype(int) - 2
        high = np.ceil(scene.characters.ink.max(axis=1)).astype(int) + 2
        for char, quad in enumerate(scene.characters.ink):
            # A window into which a neighbour reaches is left to the tests above.
            meets = ((low < high[char]) & (high > low[char])).all(axis=1)
            if meets.sum() > 1:
                continue
            window = ink[low[char, 1] : high[char, 1], low[char, 0] : high[char, 0]]
            area, middle = quad_area_and_centroid(quad - low[char])
            offsets.append(centroid(window) - middle)
            areas.append(abs(window.sum() - area) / max(area, 50.0))
    errors = np.hypot(*np.transpose(offsets))
    assert len(errors) > 300
    # A label that is off would be off for all: what resampling does to single boxes goes either way.
    assert np.abs(np.mean(offsets, axis=0)).max() < 0.002
    assert errors.mean() < 0.015
    # Bilinear weights at scales down to 0.85 do not add up alike for every px of the sheet: exact ones, in floats, move
    # the middle of a box 4 px wide by up to 0.084 px.
    assert errors.max() < 0.085
    assert max(areas) < 0.02
