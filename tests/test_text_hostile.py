"""Hostile text in a user's corpus: refused in one line, left out and counted, or set exactly as the labels say."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from synthgen.errors import AssetError, TextError
from synthgen.generator import Generator
from synthgen.recipe import Recipe, load, presets
from synthgen.scene import Scene
from synthgen.text.charset import load_charset
from synthgen.text.corpus import read_corpus
from synthgen.text.unicode_rules import normalise

SMALL = {"page.width_px": 320, "page.height_px": 240, "text.corpus_frac": 1.0}
RECIPES = {"word": {}, "document": SMALL}

NFD = unicodedata.normalize("NFD", "한글 각본")
HOSTILE = (
    NFD, "é", "e\u0301", "a\u0300\u0301\u0302", "\u200b", "\u200d", "\u2060", "\ufeff", "\u202e", "\u2066", "שלום",
    "مرحبا", "😀", "👨\u200d👩\u200d👧", "𠀀", "\U0010ffff", "\t", "\u3000", "\u00a0", "\u2028", "\x00", "\x1b[31m",
    "\x85", "\x0c", "\r", "\r\n", "\n", "\ue000", "\ufffd", "\ufdd0", "\u115f\u1160", "ㅤ", "\u1100\u1161\u11a8",
    "ᄒᆞᆫ", "ﬁ", "①", "㎡", "～", "￦", "Ａ", "ǅ", "İ", "ß", "٣", "१", "|", "%s", "{0}", "{slot}", "\\n", "<b>", "'", '"',
    "`", "\\", "...", " ", "  ", "가", "힣", "뷁", "漢", "豈", "A", "z", "9",
)  # fmt: skip
BYTES = (b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\x80", b"\xf5\x80\x80\x80", b"\xe9", b"\xef\xbb\xbf", b"\xb0\xa1")

plain = st.text(st.sampled_from("가나다라마바사 아자차카 ABCxyz 0123 .,!?()"), min_size=1, max_size=20)
wild = st.text(st.characters(codec="utf-8"), max_size=8)
piece = st.one_of(plain, st.sampled_from(HOSTILE), wild).map(lambda text: text.encode("utf-8"))
content = st.lists(st.one_of(piece, piece, piece, st.sampled_from([b"\n", b"\r\n", b"\n\n"])), max_size=24).map(
    b"".join
)
broken = st.tuples(content, st.sampled_from(BYTES), content).map(b"".join)

shared_folder = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@lru_cache(maxsize=1)
def charset() -> frozenset[str]:
    return frozenset(load_charset("ks1001").characters)


def tiny(name: str) -> Recipe:
    return load(name).with_values(RECIPES[name])


def check_scene(scene: Scene, allowed: frozenset[str]) -> None:
    """Characters, words and lines say the same, in reading order, NFC and within the charset."""
    characters, words, lines = scene.characters, scene.words, scene.lines
    assert "".join(characters.text) == "".join(lines.text).replace(" ", "")
    assert "".join(characters.text) == "".join(words.text)
    for number, text in enumerate(lines.text):
        mine = np.flatnonzero(words.line == number)
        assert " ".join(words.text[at] for at in mine) == text
        assert text == " ".join(text.split()) and text
    for number, text in enumerate(words.text):
        assert "".join(characters.text[at] for at in np.flatnonzero(characters.word == number)) == text
        assert text and " " not in text
    assert (np.diff(characters.word) >= 0).all() and (np.diff(characters.line) >= 0).all()
    assert (words.line[characters.word] == characters.line).all()
    whole = "".join(characters.text)
    assert unicodedata.is_normalized("NFC", whole)
    assert set(whole) <= allowed
    assert all(len(char) == 1 for char in characters.text)
    assert np.isfinite(characters.ink).all() and np.isfinite(characters.cell).all()
    extent = characters.ink.max(axis=1) - characters.ink.min(axis=1)
    assert (extent > 0).all(), "every character has ink"


def generate(data: bytes, folder: Path, name: str, n: int = 2) -> str:
    """Make scenes of a corpus file and check them; return the refusal, or an empty text."""
    path = folder / "corpus.txt"
    path.write_bytes(data)
    try:
        generator = Generator(tiny(name), seed=1, corpus=[path])
    except AssetError as error:
        message = str(error)
        assert message.startswith("corpus corpus.txt"), message
        assert message.isprintable() and len(message) < 250, "one line, whatever the text held"
        return message
    for index in range(n):
        scene = generator.sample(index).scene
        if scene is not None:
            check_scene(scene, charset())
    return ""


@pytest.mark.parametrize("name", RECIPES)
@shared_folder
@given(data=content)
@example(data=b"\xef\xbb\xbf" + "바이트 순서 표시.\r\n둘째 줄입니다.\r\n".encode())
@example(data=("가 나\t다\u3000라\u00a0마\n" + NFD + "\n").encode())
def test_scenes_of_hostile_text_say_what_their_labels_say(name, data, tmp_path):
    generate(data, tmp_path, name)


@shared_folder
@given(data=broken)
def test_bytes_that_are_no_text_are_refused_at_their_offset(data, tmp_path):
    message = generate(data, tmp_path, "word")
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError:
        assert "is not UTF-8" in message and "offset" in message


@pytest.mark.parametrize("text", [text for text in HOSTILE if text.strip()], ids=lambda text: ascii(text))
def test_a_hostile_line_is_left_out_and_counted_or_taken_whole(text, tmp_path):
    """Beside a good line: the reader takes the hostile one wholly, in NFC, or leaves it out and names why."""
    path = tmp_path / "corpus.txt"
    path.write_bytes(f"좋은 줄이다\n앞{text}뒤\n".encode())
    corpus = read_corpus(path, load_charset("ks1001"))
    assert corpus.sentences[0] == "좋은 줄이다"
    taken = "".join(corpus.sentences[1:])
    assert set(taken) - {" "} <= charset()
    assert unicodedata.is_normalized("NFC", taken)
    if corpus.left_out:
        offending = [char for char, _ in corpus.offending]
        assert offending and all(f"U+{ord(char):04X}" in corpus.report() for char in offending[:5])
        assert corpus.report().isprintable()
    else:
        composed = unicodedata.normalize("NFC", f"앞{text}뒤")
        assert taken.replace(" ", "") == "".join(composed.split())


@pytest.mark.parametrize(
    "char", ["\x00", "\ud800", "\u200b", "\u202e", "א", "😀", "\ue000", "\u0301", "\u1100", "\ufffd"]
)
def test_the_border_names_the_code_point(char):
    with pytest.raises(TextError, match=f"here: U\\+{ord(char):04X} ") as caught:
        normalise(f"가{char}나", "here")
    assert str(caught.value).isprintable()


def test_very_long_lines_are_refused_or_set(tmp_path):
    assert "longer than 10,000 characters" in generate("가".encode() * 10_010, tmp_path, "word")
    assert "longer than 10,000 characters" in generate("가 ".encode() * 400_000, tmp_path, "word")
    assert not generate("가나다라 ".encode() * 1_900, tmp_path, "word")
    assert not generate("가나다라".encode() * 2_000, tmp_path, "document")


def test_text_that_is_only_hostile_is_refused_by_its_code_point(tmp_path):
    for text, point in (("😀", "U+1F600"), ("שלום", "U+05"), ("\x00", "U+0000"), ("\u202e", "U+202E")):
        assert point in generate(f"{text}\n{text}\n".encode(), tmp_path, "word")
    for empty in (b"", b"\n\n \t\r\n", "\u3000\u00a0\n".encode(), b"\xef\xbb\xbf"):
        assert "holds no text" in generate(empty, tmp_path, "word")


@pytest.mark.long
@pytest.mark.parametrize("name", presets())
def test_every_preset_says_what_its_labels_say(name, tmp_path):
    """With the library's own text and with a user's, mixed scripts and all."""
    recipe = load(name)
    path = tmp_path / "corpus.txt"
    lines = [
        "Open카페 24시(주)에서 3.1%↑ 올랐다.",
        "전망은 ㎡당 1,250원, ₩12,000!",
        "ㅋㅋ ㅠㅠ ♥ ①번 “인용” 「책」 A/B C:\\문서.",
        NFD,
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    allowed = frozenset(load_charset(recipe.text.charset).characters)
    for corpus in ([], [path]):
        generator = Generator(recipe, seed=5, corpus=corpus)
        scenes = [generator.sample(index).scene for index in range(3)]
        assert any(scenes)
        for scene in scenes:
            if scene is not None:
                check_scene(scene, allowed)
