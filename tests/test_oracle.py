"""The oracle itself: what it says of its boxes is what the shaper and the font's reader find."""

from __future__ import annotations

import numpy as np
import pytest
import uharfbuzz as hb

from synthgen.typeset.face import load_face
from tests.oracle import DESCENT, KERNS, OVERHANG_SPLIT, UPEM, box_units, kern_em, oracle_font

TEXT = "가각힣 漢字 AVAToTyLT office Egg, 0123456789.·…₩() \U00020000\U0001f600"


def shaped(path, text: str, **features: bool):
    face = hb.Face(hb.Blob(path.read_bytes()))
    font = hb.Font(face)
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    hb.shape(font, buffer, features)
    return font, buffer


def test_harfbuzz_finds_exactly_the_boxes(tmp_path):
    boxes = oracle_font(tmp_path / "oracle.ttf", TEXT)
    assert set(boxes) == set(TEXT)
    for char, (x0, y0, x1, y1, advance) in boxes.items():
        font, buffer = shaped(tmp_path / "oracle.ttf", char)
        (info,), (position,) = buffer.glyph_infos, buffer.glyph_positions
        assert info.codepoint != 0
        assert position.x_advance == round(advance * UPEM)
        extents = font.get_glyph_extents(info.codepoint)
        left, top = extents.x_bearing, -extents.y_bearing
        found = np.array([left, top, left + extents.width, top - extents.height]) / UPEM
        assert found.tolist() == pytest.approx([x0, y0, x1, y1], abs=1e-12)


@pytest.mark.parametrize("text", ["AVAToTy", "LTV", "A V", "oT"])
def test_kerning_is_what_kern_em_says(tmp_path, text):
    boxes = oracle_font(tmp_path / "oracle.ttf", TEXT)
    _, buffer = shaped(tmp_path / "oracle.ttf", text)
    advances = [position.x_advance / UPEM for position in buffer.glyph_positions]
    assert advances == pytest.approx([boxes[char][4] + kern for char, kern in zip(text, kern_em(text), strict=True)])
    assert any(kern_em(text)) == any(pair in text for pair in KERNS)


def test_our_face_reads_the_same(tmp_path):
    boxes = oracle_font(tmp_path / "oracle.ttf", TEXT)
    face = load_face(tmp_path / "oracle.ttf")
    assert (face.upem, face.ascent_em, face.descent_em) == (1000, 0.85, 0.2)
    for char, (*box, advance) in boxes.items():
        if char != " " and ord(char) < 0x10000:
            glyph = face.glyph_of[ord(char)]
            assert face.covers(char)
            assert face.bounds_em[glyph].tolist() == box
            assert face.advance_em[glyph] == advance


def test_boxes_are_varied_and_neighbours_never_touch():
    characters = [chr(code) for code in [*range(0x21, 0x7F), *range(0xAC00, 0xAD00)]]
    boxes = [box_units(char) for char in characters]
    assert len(set(boxes)) == len(boxes)
    right = [box for box in boxes if box[2] > box[4]]
    left = [box for box in boxes if box[0] < 0]
    assert len(right) > 20 and len(left) > 20 and sum(box[1] < -DESCENT for box in boxes) > 20
    assert all(box[1] > OVERHANG_SPLIT for box in right) and all(box[3] < OVERHANG_SPLIT for box in left)
    assert all(min(box[0], box[4] - box[2]) >= 60 for box in boxes if box not in right and box not in left)
    for pair, value in KERNS.items():
        (_, _, x1, _, advance), (x0, *_) = (box_units(char) for char in pair)
        assert advance - x1 + value + x0 > 0


def test_the_same_characters_give_the_same_file(tmp_path):
    oracle_font(tmp_path / "one.ttf", TEXT)
    oracle_font(tmp_path / "two.ttf", reversed(TEXT))
    assert (tmp_path / "one.ttf").read_bytes() == (tmp_path / "two.ttf").read_bytes()
