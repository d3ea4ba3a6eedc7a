"""Mixed text is whole in every face: what a face lacks is drawn by one helper a word, alike in class and height."""

from __future__ import annotations

import numpy as np
import pytest

from synthgen.errors import Rejected
from synthgen.press.raster import coverage
from synthgen.text.charset import load_charset
from synthgen.typeset.face import CLASSES
from synthgen.typeset.faces import FaceSet, load_faces
from synthgen.typeset.layout import Glyphs
from synthgen.typeset.shape import Shaped, Shaper

FACES = FaceSet(load_faces())
SHAPER = Shaper(FACES)
AT = {face.id: at for at, face in enumerate(FACES.faces)}
NO_RULES = np.zeros((0, 4))

MIXED = (
    "Open카페 24시(주)", "KB국민은행", "3.1%↑", "전망(展望)", "㎡당 1,250원", "ㅋㅋ ㅠㅠ", "₩12,000", "사랑♥해요♡",
    "①번 ⑮번", "美·中 정상회담", "C:\\문서", "®상표™", "€50", "北, 與野 “檢”", "「꽃」 『詩』 〈봄〉", "25℃±2°",
)  # fmt: skip

every_face = pytest.mark.parametrize("face_index", range(len(FACES)), ids=[face.id for face in FACES.faces])


def pictures(shaped: Shaped, size_px: float, cell_px: int) -> np.ndarray:
    """Each character alone, in the middle of its own cell: coverage (N, cell, cell), and nothing else."""
    n = len(shaped)
    origin = np.stack([np.arange(n) * cell_px + cell_px / 4, np.full(n, cell_px * 0.7)], axis=1)
    origin += size_px * np.stack([shaped.dx_em, shaped.dy_em], axis=1)
    linear = np.eye(2) * (size_px * shaped.scale)[:, None, None]
    numbers = np.arange(n, dtype=np.int32)
    glyphs = Glyphs(shaped.face, shaped.glyph, numbers, np.zeros(n, dtype=np.int32), linear, origin)
    strip = coverage(glyphs, NO_RULES, FACES, (n * cell_px, cell_px))
    return strip.reshape(cell_px, n, cell_px).transpose(1, 0, 2)


def ink_boxes(shaped: Shaped) -> np.ndarray:
    """Top and bottom (N, 2) of each character's ink, in em of the text's own face."""
    bounds = np.array(
        [FACES.faces[face].bounds_em[glyph] for face, glyph in zip(shaped.face, shaped.glyph, strict=True)]
    )
    return bounds[:, [1, 3]] * shaped.scale[:, None] + shaped.dy_em[:, None]


@every_face
@pytest.mark.parametrize("text", MIXED)
def test_mixed_text_is_whole(face_index, text):
    shaped = SHAPER.shape(text, face_index)
    assert "".join(map(chr, shaped.codes)) == text.replace(" ", "")
    assert (shaped.glyph > 0).all()
    assert not shaped.extras
    assert pictures(shaped, 24, 64).reshape(len(shaped), -1).max(axis=1).min() > 100
    own = np.array([FACES.faces[face_index].covered[code] for code in shaped.codes])
    assert ((shaped.face == face_index) == own).all(), "a helper draws only what the face lacks"


@every_face
@pytest.mark.parametrize("word", ["展당望㎡", "®과€와\\", "㎡당®㎏", "갂(展)갋", "한(韓)과漢"])
def test_one_helper_throughout_a_word(face_index, word):
    """Wherever the lacking characters stand in the word; one face draws them all where there is one."""
    shaped = SHAPER.shape(word, face_index)
    lacking = "".join(char for char in word if not FACES.faces[face_index].covers(char))
    helpers = {int(face) for face in shaped.face} - {face_index}
    able = [at for at in range(len(FACES)) if at != face_index and FACES.faces[at].covers(lacking)]
    if able:
        assert len(helpers) == bool(lacking)
        assert helpers <= set(able)
    # The next word chooses for itself, and a word's place in the text changes nothing.
    again = SHAPER.shape(f"앞 {word} 뒤", face_index)
    assert again.face[1:-1].tolist() == shaped.face.tolist()
    assert again.advance_em[1:-1].tolist() == shaped.advance_em.tolist()


@every_face
@pytest.mark.parametrize("lacking", ["展望", "갂", "®", "\\"])
def test_helpers_are_alike_in_class_and_weight(face_index, lacking):
    face = FACES.faces[face_index]
    if face.covers(lacking):
        return
    helper = FACES.faces[int(SHAPER.shape(lacking, face_index).face[0])]
    able = [other for other in FACES.faces if other.covers(lacking)]
    if any(other.kind == face.kind for other in able):
        able = [other for other in able if other.kind == face.kind]
    else:
        first = min(able, key=lambda other: CLASSES.index(other.kind)).kind
        able = [other for other in able if other.kind == first]
    assert helper in able
    assert abs(helper.weight - face.weight) == min(abs(other.weight - face.weight) for other in able)


@every_face
def test_helpers_match_in_height_and_stand_where_the_face_does(face_index):
    """A helper's common syllables would fill the band that the face's own syllables fill, top and bottom, to 2 %."""
    face = FACES.faces[face_index]
    shaped = SHAPER.shape("展 \\ ® 갂 韓", face_index)
    for at in np.flatnonzero(shaped.face != face_index).tolist():
        helper = FACES.faces[int(shaped.face[at])]
        band = np.array(helper.hangul_band_em) * shaped.scale[at] + shaped.dy_em[at]
        assert band == pytest.approx(face.hangul_band_em, abs=0.02 * face.hangul_height_em)
    hanja = ink_boxes(SHAPER.shape("展望韓國美", face_index))
    heights = (hanja[:, 1] - hanja[:, 0]) / face.hangul_height_em
    assert 0.8 < np.median(heights) < 1.15
    middle = np.median(hanja.mean(axis=1))
    assert abs(middle - np.mean(face.hangul_band_em)) < 0.1 * face.hangul_height_em


def test_reject_sets_only_what_the_face_draws():
    square = AT["NanumSquareR"]
    for text in ("전망(展望)", "갂", "C:\\"):
        with pytest.raises(Rejected, match="uncovered"):
            SHAPER.shape(text, square, fallback=False)
        assert len(SHAPER.shape(text, square)) == len(text)
    assert (SHAPER.shape("전망 Open24", square, fallback=False).face == square).all()


def test_what_no_face_draws_is_rejected():
    with pytest.raises(Rejected, match="uncovered"):
        SHAPER.shape("가ก나", 0)
    with pytest.raises(Rejected, match="uncovered"):
        SHAPER.shape("가\ud800나", 0)


@every_face
@pytest.mark.long
def test_every_character_of_the_charset_has_ink_of_its_own(face_index):
    """Hangul (11,172), hanja, marks: each is inked where its quad is, and no picture is .notdef's."""
    characters = load_charset("hangul+hanja").characters
    for start in range(0, len(characters), 1000):
        shaped = SHAPER.shape(" ".join(characters[start : start + 1000]), face_index)
        found = pictures(shaped, 16, 48)
        rows, columns = found.max(axis=2) > 0, found.max(axis=1) > 0
        assert rows.any(axis=1).all() and columns.any(axis=1).all()
        assert (found.reshape(len(shaped), -1).max(axis=1) > 60).all()
        band = 48 * 0.7 + 16 * ink_boxes(shaped)
        inside = (np.arange(48) + 1 > band[:, :1]) & (np.arange(48) < band[:, 1:])
        assert not (rows & ~inside).any(), "ink outside the quad's height"
        for owner in np.unique(shaped.face).tolist():
            mine = np.flatnonzero(shaped.face == owner)
            nothing = notdef(shaped, mine[0])
            if nothing is not None:
                same = (np.abs(found[mine].astype(int) - nothing).max(axis=(1, 2)) == 0).tolist()
                alike = [chr(code) for code, is_same in zip(shaped.codes[mine], same, strict=True) if is_same]
                assert not set(alike) - set("□"), f"drawn as .notdef by {FACES.faces[owner].id}"


def notdef(shaped: Shaped, at: int) -> np.ndarray | None:
    """The picture of .notdef in the place of a character; None where it draws nothing."""
    numbers = np.zeros(1, dtype=np.int32)
    origin = np.array([[12.0, 48 * 0.7]]) + 16 * np.array([[shaped.dx_em[at], shaped.dy_em[at]]])
    linear = np.eye(2)[None] * 16 * shaped.scale[at]
    glyphs = Glyphs(shaped.face[at : at + 1], numbers, numbers, numbers, linear, origin)
    picture = coverage(glyphs, NO_RULES, FACES, (48, 48)).astype(int)
    return picture if picture.any() else None
