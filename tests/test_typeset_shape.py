"""The fast path and HarfBuzz agree; every character of the charset is drawn by somebody, and never as .notdef."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.errors import Rejected, TextError
from synthgen.text.charset import load_charset
from synthgen.typeset.faces import FaceSet, load_faces
from synthgen.typeset.harfbuzz import shape_with_harfbuzz
from synthgen.typeset.shape import Extra, Shaper

FACES = FaceSet(load_faces())
SHAPER = Shaper(FACES)
KS1001 = load_charset("ks1001").characters
HANJA = load_charset("ks1001+hanja").characters

LATIN = "AVAToTyfiffLTWaPo.,1170-/()%\"'“”’‘"
# What each face was found to leave as it is: it must, in whatever company.
INERT = "".join(sorted({chr(code) for face in FACES.faces for code in face.inert.tolist()}))
letters = st.one_of(st.sampled_from(KS1001), st.sampled_from(LATIN), st.sampled_from(INERT), st.just(" "))
mixed = st.one_of(st.text(letters, min_size=1, max_size=40), st.text(st.sampled_from(INERT + "가힣 "), min_size=1))


def folded(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("face_index", range(len(FACES)), ids=[face.id for face in FACES.faces])
@settings(max_examples=60, deadline=None)
@given(text=mixed)
def test_shaping_equals_harfbuzz_word_by_word(face_index: int, text: str) -> None:
    """Each word's glyphs and pen positions are HarfBuzz's own, to 0.01 px at 96 px, where the face draws the word."""
    face = FACES.faces[face_index]
    for word in folded(text).split():
        if not face.covers(word):
            continue
        shaped = SHAPER.shape(word, face_index)
        expected = shape_with_harfbuzz(word, face.font)
        assert shaped.glyph.tolist() == [glyph for _, glyph, *_ in expected]
        pens = np.concatenate([[0], np.cumsum(shaped.advance_em)[:-1]]) + shaped.dx_em
        theirs = np.cumsum([0] + [advance for _, _, advance, _, _ in expected])[:-1]
        theirs = theirs + [offset for _, _, _, offset, _ in expected]
        np.testing.assert_allclose(pens * 96, theirs / face.upem * 96, atol=0.01)


@settings(max_examples=200, deadline=None)
@given(st.lists(mixed.map(folded).filter(bool), max_size=5), st.integers(0, len(FACES) - 1))
def test_texts_shaped_as_one_are_what_each_is_alone(texts: list[str], face_index: int) -> None:
    together = Shaper(FACES).shape_each(texts, face_index)
    for shaped, text in zip(together, texts, strict=True):
        alone = Shaper(FACES).shape(text, face_index)
        assert shaped.extras == alone.extras
        for name in ("codes", "glyph", "face", "scale", "dx_em", "dy_em", "advance_em", "word"):
            mine, its = getattr(shaped, name), getattr(alone, name)
            assert mine.dtype == its.dtype
            assert np.array_equal(mine, its)


lines = st.tuples(mixed.map(folded).filter(bool), st.integers(0, len(FACES) - 1))


@settings(max_examples=200, deadline=None)
@given(st.lists(lines, min_size=1, max_size=5))
def test_lines_in_faces_of_their_own_are_what_each_is_alone(rows: list[tuple[str, int]]) -> None:
    texts, faces = [text for text, _ in rows], [face for _, face in rows]
    together = Shaper(FACES).shape_lines(texts, faces, [True] * len(rows))
    first = words = 0
    extras: list[Extra] = []
    for text, face in rows:
        alone = Shaper(FACES).shape(text, face)
        part = slice(first, first + len(alone))
        for name in ("codes", "glyph", "face", "scale", "dx_em", "dy_em", "advance_em"):
            mine, its = getattr(together, name)[part], getattr(alone, name)
            assert mine.dtype == its.dtype
            assert np.array_equal(mine, its)
        assert np.array_equal(together.word[part], alone.word + np.int32(words))
        extras += [replace(one, char=one.char + first) for one in alone.extras]
        first, words = part.stop, words + text.count(" ") + 1
    assert len(together) == first
    assert together.extras == tuple(extras)


@pytest.mark.parametrize("face_index", range(len(FACES)), ids=[face.id for face in FACES.faces])
def test_kinds_tell_how_each_character_is_set(face_index: int) -> None:
    face = FACES.faces[face_index]
    kinds = face.kinds.tobytes().decode()
    for code in (*range(0x100), *map(ord, HANJA)):
        kind = "s" if face.simple[code] else "i" if face.plain[code] else "r" if face.covered[code] else "m"
        assert kinds[code] == (" " if code == ord(" ") else kind)


@pytest.mark.parametrize("face_index", range(len(FACES)), ids=[face.id for face in FACES.faces])
def test_every_character_has_ink_in_every_face(face_index: int) -> None:
    """The whole charset with hanja, set in one face: no glyph is .notdef and none is blank, whoever draws it."""
    shaped = SHAPER.shape(" ".join(HANJA), face_index)
    assert len(shaped) == len(HANJA)
    assert (shaped.glyph > 0).all()
    for owner in np.unique(shaped.face):
        box = FACES.faces[owner].bounds_em[shaped.glyph[shaped.face == owner]]
        assert ((box[:, 2] > box[:, 0]) & (box[:, 3] > box[:, 1])).all()


def test_faces_cover_what_was_measured() -> None:
    """Syllables with ink per face, as counted once by looking at the outlines."""
    counts = {face.id: int(face.covered[0xAC00:0xD7A4].sum()) for face in FACES.faces}
    assert {name for name, count in counts.items() if count == 2479} == {
        "NanumSquareEB", "NanumSquareR", "NanumSquareRoundEB", "NanumSquareRoundR",
    }  # fmt: skip
    assert counts["NanumGothicLight"] == 2350
    assert sum(count == 11172 for count in counts.values()) == 8
    drawn_hanja = {face.id for face in FACES.faces if face.covered[0x4E00:0xA000].any()}
    assert drawn_hanja == {"NanumGothic", "NanumGothicExtraBold", "NanumBarunGothic", "NanumMyeongjo-YetHangul"}


def test_backslash_is_drawn_only_where_it_is_one() -> None:
    assert [face.id for face in FACES.faces if face.covered[ord("\\")]] == ["NanumGothicCoding"]


def test_kerning_is_applied() -> None:
    """NanumGothic sets "AVAToTy" 9 % narrower than its advances add up to."""
    gothic = [face.id for face in FACES.faces].index("NanumGothic")
    shaped = SHAPER.shape("AVAToTy", gothic)
    plain = sum(FACES.faces[gothic].advance_em[FACES.faces[gothic].glyph_of[ord(char)]] for char in "AVAToTy")
    assert shaped.advance_em.sum() / plain == pytest.approx(0.91, abs=0.02)


def test_ligatures_keep_their_characters() -> None:
    for at in range(len(FACES)):
        assert len(SHAPER.shape("office fluffy", at)) == len("officefluffy")


def test_helpers_stay_the_same_within_a_run_and_match_in_height() -> None:
    light = [face.id for face in FACES.faces].index("NanumPen")
    shaped = SHAPER.shape("展望的", light)
    assert len(set(shaped.face.tolist())) == 1
    owner = FACES.faces[int(shaped.face[0])]
    assert shaped.scale[0] * owner.hangul_height_em == pytest.approx(FACES.faces[light].hangul_height_em)


def test_reject_policy_and_astral_characters() -> None:
    square = [face.id for face in FACES.faces].index("NanumSquareR")
    with pytest.raises(Rejected, match="uncovered"):
        SHAPER.shape("뷁쉛 展", square, fallback=False)
    with pytest.raises(TextError, match="U\\+1F600"):
        SHAPER.shape("가😀", square)
    with pytest.raises(Rejected, match="uncovered"):
        SHAPER.shape_lines(["가", "뷁쉛 展"], [square, square], [True, False])
    with pytest.raises(TextError, match="U\\+1F600"):
        SHAPER.shape_lines(["가", "가😀"], [square, square], [True, True])
