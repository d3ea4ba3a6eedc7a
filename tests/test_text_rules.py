"""Unicode rules, charsets and josa: what may be written and how words join."""

import doctest
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen.errors import AssetError, TextError, UsageError
from synthgen.text import charset as charset_module
from synthgen.text import hanja, josa, unicode_rules
from synthgen.text.charset import NAMES, characters_of, load_charset
from synthgen.text.unicode_rules import fold, normalise, objection


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a\x00b", "U+0000"),
        ("a\x1bb", "U+001B"),
        ("a\u200bb", "U+200B"),
        ("가\ufeff나", "U+FEFF"),
        ("a\u202eb", "U+202E"),
        ("שלום", "U+05E9"),
        ("\u0645", "U+0645"),
        ("😀", "U+1F600"),
        ("\ud800", "U+D800"),
        ("\ue000", "U+E000"),
        ("\u0378", "U+0378"),
        ("x\u0323\u0301\u0489", "U+0323"),
        ("\u1100", "U+1100"),
        ("ᄒᆞᆫ글", "U+1112"),
        ("\u3164", "U+3164"),
        ("❤\ufe0f", "U+FE0F"),
    ],
)
def test_hostile_text_is_named(text: str, code: str) -> None:
    with pytest.raises(TextError) as caught:
        normalise(text, "notes.txt, line 3")
    assert code in str(caught.value)
    assert "notes.txt, line 3" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("한글\t글\u00a0\u3000자\r\n", "한글 글 자"),
        (unicodedata.normalize("NFD", "각 é"), "각 é"),
        ("\uf900", "豈"),
        ("", ""),
        (" \n ", ""),
    ],
)
def test_white_space_and_composition_fold(text: str, expected: str) -> None:
    assert normalise(text, "here") == expected


@given(st.text(alphabet=st.characters(), max_size=60))
def test_any_text_is_normal_or_refused(text: str) -> None:
    try:
        result = normalise(text, "here")
    except TextError as error:
        assert "U+" in str(error)
        return
    assert result == unicodedata.normalize("NFC", result) == fold(result)
    assert "  " not in result and result == result.strip()
    assert all(objection(c) is None for c in result)


@pytest.mark.parametrize(
    ("name", "syllables", "ideographs"),
    [("ks1001", 2350, 0), ("hangul", 11172, 0), ("ks1001+hanja", 2350, 4622), ("hangul+hanja", 11172, 4622)],
)
def test_built_in_charsets(name: str, syllables: int, ideographs: int) -> None:
    charset = load_charset(name)
    assert (len(charset.syllables), len(charset.hanja)) == (syllables, ideographs)
    assert list(charset.characters) == sorted(set(charset.characters))
    for c in charset.characters:
        assert fold(c) == c and objection(c) is None, c
    assert np.flatnonzero(charset.table).tolist() == [ord(c) for c in charset.characters]
    assert set("·…“”‘’「」『』〈〉《》【】※○●△▲▽▼□■◇◆★☆→←↑↓₩℃㎡㎏㎞㎝㎜№☎×÷±~–—") <= set(charset.characters)
    assert " " not in charset and charset.covers("가 나") and charset.missing("가\u30fb") == ("\u30fb",)


@pytest.mark.parametrize("name", [*NAMES, "chars:가]-[^a\\\\&~|#x"])
@given(st.text(st.characters() | st.sampled_from("가각힣뷁漢·]-[^\\\\&~| \n")))
def test_a_text_is_covered_where_each_character_is(name: str, text: str) -> None:
    charset = load_charset(name)
    assert charset.covers(text) == all(char == " " or char in charset for char in text)


@given(st.text())
def test_the_characters_of_a_text(text: str) -> None:
    assert characters_of(text) == set(text)


def test_charset_digests_differ_and_stay() -> None:
    assert len({load_charset(name).digest for name in NAMES}) == len(NAMES)
    assert load_charset("ks1001").digest == load_charset("ks1001").digest


def test_charset_of_a_file(tmp_path) -> None:
    file = tmp_path / "my.txt"
    file.write_text("\ufeff나가\n가 a", encoding="utf-8")
    assert load_charset(str(file)).characters == ("a", "가", "나")
    assert load_charset(str(file)).name == "my.txt"
    file.write_bytes(b"\xea\xb0\x80\xff")
    with pytest.raises(AssetError, match="byte 3"):
        load_charset(str(file))
    file.write_text(" \n", encoding="utf-8")
    with pytest.raises(AssetError, match="no character"):
        load_charset(str(file))
    file.write_text("가\u200b", encoding="utf-8")
    with pytest.raises(TextError, match="U\\+200B"):
        load_charset(str(file))
    with pytest.raises(UsageError, match="Did you mean ks1001"):
        load_charset("ks101")


@pytest.mark.parametrize(
    ("word", "particle", "expected"),
    [
        ("바다", "은/는", "바다는"),
        ("산", "은/는", "산은"),
        ("서울", "으로/로", "서울로"),
        ("부산", "으로/로", "부산으로"),
        ("3", "을/를", "3을"),
        ("2", "을/를", "2를"),
        ("7", "으로/로", "7로"),
        ("10", "과/와", "10과"),
        ("SQL", "이/가", "SQL이"),
        ("L", "으로/로", "L로"),
        ("AI", "이/가", "AI가"),
        ("5%", "이/가", "5%가"),
        ("85㎡", "은/는", "85㎡는"),
        ("20㎏", "을/를", "20㎏을"),
        ("36.5℃", "으로/로", "36.5℃로"),
        ("‘희망’", "이라/라", "‘희망’이라"),
        ("“노래”", "이었/였", "“노래”였"),
        ("유엔(UN)", "은/는", "유엔(UN)은"),
        ("15일(금)", "으로/로", "15일(금)로"),
        ("(주)", "은/는", "(주)는"),
        ("수진", "아/야", "수진아"),
        ("민수", "아/야", "민수야"),
        ("학생", "으로서/로서", "학생으로서"),
        ("물", "으로써/로써", "물로써"),
        ("책", "이라고/라고", "책이라고"),
        ("나무", "는/은", "나무는"),
        ("길", "로/으로", "길로"),
        ("돈", "이나/나", "돈이나"),
    ],
)
def test_josa(word: str, particle: str, expected: str) -> None:
    forms = josa.forms(particle)
    assert forms is not None
    assert word + forms[josa.ending(word)] == expected


@pytest.mark.parametrize("notation", ["은", "은/을", "가/나", "/", "은/는/이", "이/"])
def test_unknown_josa(notation: str) -> None:
    assert josa.forms(notation) is None


@given(st.text(max_size=12))
def test_ending_never_fails(text: str) -> None:
    assert josa.ending(text) in (josa.OPEN, josa.CLOSED, josa.RIEUL)
    stem, particle = josa.detach(text)
    assert stem + particle == text


@given(st.text("가나달닭는은이으로에서게까지를.A3", max_size=6))
def test_what_is_detached_is_attached_again(text: str) -> None:
    stem, particle = josa.detach(text)
    assert josa.attach(stem, particle) == text
    for size in (2, 1):
        if not particle and len(text) >= size + 2:
            known = josa._DETACHABLE.get(text[-size:])
            assert known is None or (known and josa.attach(text[:-size], text[-size:]) != text)


@pytest.mark.parametrize("module", [charset_module, hanja, josa, unicode_rules])
def test_the_examples_in_docstrings(module) -> None:
    assert doctest.testmod(module).failed == 0
