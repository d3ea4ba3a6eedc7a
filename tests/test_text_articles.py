"""Articles and letters say one thing: a notice of one kind, one score, one sender, the hanja that is meant."""

import re

import pytest

from synthgen.assets import corpora_dir
from synthgen.randomness import Stream
from synthgen.recipe import Text
from synthgen.text.charset import load_charset
from synthgen.text.copy import Ask
from synthgen.text.hanja import Glosses, read_glosses
from synthgen.text.library import read_hanja, read_lines
from synthgen.text.writer import Writer
from tests.measuring import writer_of

ARTICLE = [Ask("headline", 6), Ask("body", 150)]


def told(genre: str, index: int) -> str:
    writer = writer_of(Text(genres=(genre,), coverage_frac=0.0, latin_frac=0.0))
    blocks = writer.write(ARTICLE, Stream(0, index, "t")).blocks
    return " ".join(paragraph for block in blocks for paragraph in block.paragraphs)


@pytest.fixture(scope="module")
def letters() -> Writer:
    return Writer(Text(coverage_frac=0.0, latin_frac=0.0), "ko")


def test_people_are_mourned_married_or_appointed() -> None:
    """No article does two of them."""
    marks = (r"유족|빈소|발인|고인", r"신랑|신부|하객|축가", r"이사회를 열어|신임 대표|과장급|취임식")
    seen = [
        sum(bool(re.search(mark, told("obituary", i))) * 10**at for at, mark in enumerate(marks)) for i in range(40)
    ]
    assert set(seen) <= {0, 1, 10, 100}
    assert {1, 10, 100} <= set(seen)


def test_children_bear_their_fathers_name() -> None:
    found = 0
    for index in range(60):
        text = told("obituary", index)
        if (heirs := re.search(r"아들 (.)\S+ 씨, 딸 (.)\S+ 씨", text)) and (
            dead := re.search(r"지낸 (.)\S+ 씨가", text)
        ):
            assert heirs[1] == heirs[2] == dead[1]
            found += 1
    assert found >= 3


def test_a_match_has_one_score() -> None:
    several = 0
    for index in range(40):
        scores = re.findall(r"(?<![\d-])\d+-\d+(?![\d-])", told("sports", index))
        assert len(set(scores)) <= 1
        several += len(scores) > 1
    assert several >= 5


def test_articles_of_a_page_do_not_say_the_same() -> None:
    """Sentences without slots are told apart by their words: on a page none of them comes twice."""
    path = corpora_dir() / "ko" / "templates" / "society.txt"
    fixed = {line for line in path.read_text(encoding="utf-8").splitlines() if "{" not in line and line.endswith(".")}
    writer = writer_of(Text(genres=("society",), coverage_frac=0.0, latin_frac=0.0))
    seen = 0
    for index in range(40):
        blocks = writer.write(ARTICLE * 3, Stream(0, index, "t")).blocks
        text = " ".join(paragraph for block in blocks for paragraph in block.paragraphs)
        counts = [text.count(line) for line in fixed if line in text]
        assert max(counts) == 1
        seen += len(counts)
    assert seen > 200


def test_names_in_sentences_stand_before_nouns() -> None:
    """With its made-up names taken out, running text is what it is without them; the last word is left alone."""
    plain, seasoned = (
        writer_of(Text(genres=("society",), coverage_frac=share, latin_frac=0.0)) for share in (0.0, 0.05)
    )
    known = {char for index in range(200) for block in plain.write(ARTICLE, Stream(0, index, "t")).blocks
             for paragraph in block.paragraphs for char in paragraph}  # fmt: skip
    made_up = whole = 0
    for index in range(60):
        for paragraph in seasoned.write(ARTICLE, Stream(0, index, "t")).blocks[1].paragraphs:
            words = paragraph.split(" ")
            strange = [at for at, word in enumerate(words) if not known.issuperset(word)]
            made_up += len(strange)
            whole += sum(not words[at].endswith((".", ",")) and words[at + 1].strip("“‘")[0] >= "가" for at in strange)
    assert made_up > 150 and whole > 0.97 * made_up


def test_letters_open_and_close(letters: Writer) -> None:
    """Every letter's first and last sentences are those written for it, and no other sentence is."""
    text = (corpora_dir() / "ko" / "templates" / "letter.txt").read_text(encoding="utf-8")

    def said(role: str) -> set[str]:
        found = re.findall(rf"^\[{role}\]\n(.*?)(?=^\[|^===|\Z)", text, re.M | re.S)
        return {line for part in found for line in part.splitlines() if "{" not in line}

    openings, closings = said("opening"), said("closing")
    assert len(openings) > 20 and len(closings) > 20
    seen = 0
    for index in range(80):
        paragraphs = letters.write([Ask("to", 2, "letter"), Ask("body", 90, "letter")], Stream(0, index, "t")).blocks[1]
        *before, last = paragraphs.paragraphs
        assert not any(one in " ".join(before) for one in closings)
        assert not any(one in " ".join((*before, last))[1:] for one in openings)
        seen += last in closings
    assert seen > 50


def test_glosses_are_the_hanja_that_is_meant() -> None:
    charset = load_charset("ks1001+hanja")
    glosses = Glosses.of(read_hanja(corpora_dir(), charset), read_glosses(corpora_dir(), charset))
    for native in ("사랑을", "생각이", "마리를", "조화를", "다시를", "우리를"):
        assert glosses.gloss(native) is None
    for word, hanja in (("영화", "映畵"), ("호주", "濠洲"), ("제품", "製品"), ("규모", "規模"), ("부족", "不足")):
        assert glosses.gloss(f"{word}에서") == f"{word}({hanja})에서"


def test_glosses_are_of_one_length_and_one_form() -> None:
    rows = [line.split("\t") for line in read_lines(corpora_dir() / "ko" / "hanja_glosses.tsv")]
    assert len({reading for reading, _ in rows}) == len(rows) > 4_000
    assert all(len(reading) == len(hanja) >= 2 for reading, hanja in rows)


def test_english_times_end_with_one_stop() -> None:
    writer = Writer(Text(coverage_frac=0.0), "en")
    for index in range(60):
        copy = writer.write([Ask("headline", 5), Ask("body", 120), Ask("line", 6, "weather")], Stream(0, index, "t"))
        text = " ".join(paragraph for block in copy.blocks for paragraph in block.paragraphs)
        assert ".m.." not in text
        assert not re.search(r"\b\d:[6-9]\d", text)
