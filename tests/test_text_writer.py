"""The writer: what it was asked for, in the charset, the same each time, with the recipe's shares."""

import hashlib
import pickle
import re
import tomllib
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from synthgen.assets import corpora_dir
from synthgen.errors import UsageError
from synthgen.randomness import Stream
from synthgen.recipe import Text
from synthgen.text.charset import load_charset
from synthgen.text.copy import Ask, Copy
from synthgen.text.corpus import Corpus
from synthgen.text.coverage import PseudoWords, Usage
from synthgen.text.hanja import abbreviate
from synthgen.text.writer import WORD_LIMIT, Writer

PAGE = [
    Ask("kicker", 2),
    Ask("headline", 7),
    Ask("subhead", 8),
    Ask("byline", 2),
    Ask("body", 120),
    Ask("caption", 9),
    Ask("headline", 6),
    Ask("body", 60),
    Ask("folio", 3),
    Ask("line", 6),
    Ask("word", 1),
    Ask("field_of_a_form", 2),
]
PLAIN = Text(coverage_frac=0.0, latin_frac=0.0)


@pytest.fixture(scope="module")
def korean() -> Writer:
    return Writer(Text(), "ko")


def texts(copy: Copy) -> list[str]:
    return [paragraph for block in copy.blocks for paragraph in block.paragraphs]


@pytest.mark.parametrize("charset", ["ks1001", "hangul", "ks1001+hanja"])
@pytest.mark.parametrize("lang", ["ko", "en", "ko+en"])
def test_copy_is_what_was_asked_for(lang: str, charset: str) -> None:
    writer = Writer(Text(charset=charset, hanja_frac=0.1), lang)
    for index in range(40):
        copy = writer.write(PAGE, Stream(0, index, "text"))
        assert [block.role for block in copy.blocks] == [ask.role for ask in PAGE]
        for text in texts(copy):
            assert text and text == " ".join(text.split()) == unicodedata.normalize("NFC", text)
            assert writer.charset.covers(text)
        for ask, block in zip(PAGE, copy.blocks, strict=True):
            count = sum(p.count(" ") + 1 for p in block.paragraphs)
            if ask.role == "body":
                last = block.paragraphs[-1].count(" ") + 1
                assert ask.words <= count < ask.words + max(60, last)
            if ask.role == "word":
                assert count == 1 and len(block.paragraphs[0]) <= WORD_LIMIT
            if ask.role == "line":
                assert abs(count - ask.words) <= 2


def test_same_stream_same_copy_also_after_pickling(korean: Writer) -> None:
    again = pickle.loads(pickle.dumps(korean))
    for index in range(20):
        copy = korean.write(PAGE, Stream(7, index, "text"))
        assert copy == korean.write(PAGE, Stream(7, index, "text")) == again.write(PAGE, Stream(7, index, "text"))
    assert len({tuple(texts(korean.write(PAGE, Stream(s, 0, "text")))) for s in range(20)}) == 20


def test_single_words(korean: Writer) -> None:
    words = [korean.write([Ask("word", 1)], Stream(0, index, "text")).blocks[0].paragraphs for index in range(3000)]
    assert all(len(word) == 1 and 1 <= len(word[0]) <= WORD_LIMIT and " " not in word[0] for word in words)
    assert len(set(words)) > 2000


LONE = (Ask("word", 1),)


@pytest.mark.parametrize("asks", [LONE, (Ask("line", 4),), tuple(PAGE)])
@pytest.mark.parametrize("lang", ["ko", "en", "ko+en"])
def test_one_sample_is_the_case_of_one(lang: str, asks: tuple[Ask, ...]) -> None:
    writer = Writer(Text(), lang)
    for index in range(60):
        (copy,) = writer.write_together([asks], Stream(4, index, "text"))
        assert copy == writer.write(asks, Stream(4, index, "text"))


def test_words_written_together_are_like_words_written_alone(korean: Writer) -> None:
    listed = set(korean._languages[0].words)
    alone = [texts(korean.write(LONE, Stream(5, index, "text")))[0] for index in range(6000)]
    rolls = [korean.write_together([LONE] * 16, Stream(6, index, "text")) for index in range(375)]
    assert all(len(copies) == 16 for copies in rolls)
    together = [text for copies in rolls for copy in copies for text in texts(copy)]
    assert len(together) == len(alone)
    for kind in (
        lambda word: word in listed,
        lambda word: any(map(str.isdigit, word)),
        lambda word: word[-1] in ".,",
        lambda word: len(word) <= 2,
        lambda word: len(word) >= 5,
    ):
        # Four standard deviations of a share of one half.
        assert abs(sum(map(kind, together)) - sum(map(kind, alone))) / len(alone) < 0.036
    assert len(set(together)) > 0.95 * len(set(alone))
    repeated = sum(16 - len({text for copy in copies for text in texts(copy)}) for copies in rolls)
    assert repeated < 12


def test_each_word_of_a_sentence_is_taken_once(korean: Writer) -> None:
    for index in range(40):
        stream = Stream(8, index, "text")
        article = korean._article(("word",), set(), stream)
        sentence = korean._sentence(korean._languages[0], "body", 0, article, stream).split(" ")
        article.left["ko"] = [*sentence]
        taken: Counter[str] = Counter()
        while left := [*article.left["ko"]]:
            korean._word(article, stream)
            taken += Counter(left) - Counter(article.left["ko"])
        assert taken == Counter(sentence)


def test_every_character_of_the_charset_appears() -> None:
    """Only coverage text: all of KS X 1001 within 30,000 pseudo-words."""
    writer = Writer(Text(coverage_frac=1.0), "ko")
    usage = Usage()
    for index in range(500):
        usage.count(texts(writer.write([Ask("word", 1)] * 60, Stream(0, index, "text"))))
    assert usage.unseen(load_charset("ks1001").syllables) == ()
    charset = load_charset("ks1001")
    assert usage.seen(charset.characters) >= 0.99 * len(charset)


def test_shares_are_near_the_dials() -> None:
    natural = Writer(PLAIN, "ko", root=corpora_dir())
    mixed = Writer(Text(coverage_frac=0.2, latin_frac=0.0), "ko")
    known = set("".join(natural._languages[0].words))
    rare = [0, 0]
    for at, writer in enumerate((natural, mixed)):
        copies = [writer.write([Ask("body", 200)], Stream(0, i, "t")) for i in range(60)]
        words = [word for copy in copies for text in texts(copy) for word in text.split()]
        rare[at] = sum(1 for w in words if not known.issuperset(c for c in w if "가" <= c <= "힣")) / len(words)
    # Two pseudo-words in three at least hold a syllable that no natural word has.
    assert rare[0] < 0.02
    assert 0.09 < rare[1] - rare[0] < 0.2


def test_titles_and_names_hold_no_pseudo_words() -> None:
    """Coverage text stands in running text; a headline of it would be none."""
    writer = Writer(Text(coverage_frac=0.9, latin_frac=0.0), "ko")
    known = {c for word in writer._languages[0].words for c in word}
    asks = [Ask("headline", 6), Ask("running", 2, "book"), Ask("body", 40, "book")]

    def rare(text: str) -> bool:
        return not known.issuperset(c for c in text if "가" <= c <= "힣")

    found = {"headline": 0, "running": 0, "body": 0}
    for index in range(40):
        for block in writer.write(asks, Stream(0, index, "t")).blocks:
            found[block.role] += any(rare(text) for text in block.paragraphs)
    # A few natural ones have a syllable that the word list lacks.
    assert found["headline"] + found["running"] <= 8
    assert found["body"] == 40


@pytest.mark.parametrize(
    ("genre", "words", "share"), [("book", 260, 0.08), ("letter", 110, 0.15), ("report", 150, 0.15)]
)
def test_running_text_does_not_repeat_itself(genre: str, words: int, share: float) -> None:
    """The ten commonest templates make up a small part of a genre's sentences, and pages seldom say one twice."""
    writer = Writer(PLAIN, "ko")
    seen: Counter[str] = Counter()
    repeating = 0
    for index in range(120):
        asks = [Ask("heading" if genre == "report" else "body", 3, genre), Ask("body", words, genre)]
        said = writer.write(asks, Stream(0, index, "t")).blocks[1].paragraphs
        sentences = [one for text in said for one in re.split(r"(?<=[.?!]) (?![”’])", text)]
        repeating += len(set(sentences)) < len(sentences)
        # What stays of a sentence whose slots are filled anew each time: the order of its last words.
        seen.update(" ".join(one.split(" ")[-2:]) for one in sentences)
    assert sum(count for _, count in seen.most_common(10)) < share * seen.total()
    assert repeating <= 12


def test_a_page_of_a_book_is_of_one_kind() -> None:
    """A fairy tale is told politely throughout, a cookbook never; one word of it may come from any kind."""
    writer = Writer(PLAIN, "ko")
    polite = []
    for index in range(60):
        said = " ".join(writer.write([Ask("body", 120, "book")], Stream(0, index, "t")).blocks[0].paragraphs)
        ends = re.findall(r"(요|다)\.", re.sub("“[^”]*”", "", said))
        polite.append(ends.count("요") / len(ends))
    assert all(share < 0.2 or share > 0.5 for share in polite)
    assert any(share > 0.5 for share in polite)


def test_hanja_only_when_wanted() -> None:
    def hanja(text: Text) -> int:
        writer = Writer(text, "ko")
        said = "".join(t for i in range(20) for t in texts(writer.write(PAGE, Stream(0, i, "t"))))
        return sum("\u4e00" <= c <= "\u9fff" for c in said)

    assert hanja(Text(charset="ks1001+hanja")) == 0
    assert hanja(Text(charset="ks1001", hanja_frac=0.1)) == 0
    assert hanja(Text(charset="ks1001+hanja", hanja_frac=0.1)) > 100


def test_abbreviations_stand_alone() -> None:
    stream = Stream(0, 0, "t")
    assert abbreviate("미국·중국 정상 회담…행정부 환영", stream, 1.0) == "美·中 정상 회담…행정부 환영"
    assert abbreviate("인도네시아 수출 전년 대비 3%↑", stream, 1.0) == "인도네시아 수출 전년比 3%↑"
    assert abbreviate("미국", stream, 0.0) == "미국"


def test_languages() -> None:
    def hangul(lang: str) -> float:
        writer = Writer(PLAIN, lang)
        copies = [writer.write([Ask("body", 100)], Stream(0, i, "t")) for i in range(40)]
        words = [word for copy in copies for text in texts(copy) for word in text.split()]
        return sum(any("가" <= c <= "힣" for c in w) for w in words) / len(words)

    assert hangul("en") == 0.0
    assert hangul("ko") > 0.85
    assert 0.5 < hangul("ko+en") < hangul("ko")


def test_user_corpus_share() -> None:
    mine = Corpus("mine.txt", "0" * 64, tuple(f"나의 {i}번째 문장이다." for i in range(50)))
    for share, low, high in ((0.0, 0.0, 0.0), (0.5, 0.2, 0.75), (1.0, 1.0, 1.0)):
        writer = Writer(Text(coverage_frac=0.0, latin_frac=0.0, corpus_frac=share), "ko", [mine])
        said = [t for i in range(40) for t in texts(writer.write([Ask("body", 60)], Stream(0, i, "t")))]
        found = sum(t.startswith("나의") for t in said) / len(said)
        assert low <= found <= high


def test_genres_are_kept_and_checked() -> None:
    writer = Writer(Text(genres=("sports",)), "ko")
    assert {writer.write(PAGE, Stream(0, i, "t")).genre for i in range(10)} == {"sports"}
    with pytest.raises(UsageError, match="Did you mean sports"):
        Writer(Text(genres=("sport",)), "ko")
    # Genres that only another language has are passed over.
    assert Writer(Text(genres=("law", "sports")), "en").write(PAGE, Stream(0, 0, "t")).genre == "sports"
    with pytest.raises(UsageError, match="not one that can be written"):
        Writer(Text(), "kr")
    with pytest.raises(UsageError, match="at least one"):
        writer.write([Ask("body", 0)], Stream(0, 0, "t"))
    assert writer.write([], Stream(0, 0, "t")).blocks == ()


def test_genres_vary_from_sample_to_sample(korean: Writer) -> None:
    genres = {korean.write(PAGE, Stream(0, i, "text")).genre for i in range(60)}
    assert len(genres) >= 4


def test_small_charset_of_the_users(tmp_path: Path) -> None:
    file = tmp_path / "few.txt"
    file.write_text("가나다라마바사아자차카타파하.,123abc", encoding="utf-8")
    writer = Writer(Text(charset=str(file)), "ko")
    for index in range(20):
        copy = writer.write(PAGE, Stream(0, index, "text"))
        assert all(text and writer.charset.covers(text) for text in texts(copy))
    file.write_text("abc", encoding="utf-8")
    with pytest.raises(UsageError, match="no Hangul syllable"):
        Writer(Text(charset=str(file)), "ko")
    copy = Writer(Text(charset=str(file)), "en").write(PAGE, Stream(0, 0, "text"))
    assert all(set(text) <= set("abc ") for text in texts(copy))


def test_pseudo_words_are_uniform_over_the_syllables() -> None:
    charset = load_charset("ks1001")
    maker = PseudoWords.of(charset, ["가나다"], hangul=True, hanja=False)
    usage = Usage()
    stream = Stream(0, 0, "t")
    usage.count(maker.stem(stream) for _ in range(40_000))
    counts = [usage.counts[c] for c in charset.syllables if c not in "가나다"]
    assert min(counts) > 8 and max(counts) < 90


def test_the_manifest_covers_every_file() -> None:
    root = corpora_dir()
    assets = tomllib.loads((root / "manifest.toml").read_text(encoding="utf-8"))["asset"]
    assert len({asset["id"] for asset in assets}) == len(assets)
    covered = set()
    for asset in assets:
        path = root / asset["file"]
        assert asset["licence"] and asset["source"]
        files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
        covered.update(files)
        assert asset["sha256"] == digest(root, path), f"{asset['file']}: run python corpora/build.py --manifest"
    present = {p for p in root.rglob("*") if p.is_file() and "__pycache__" not in p.parts}
    assert present - covered == {root / "manifest.toml"}


def digest(root: Path, path: Path) -> str:
    if path.is_file():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    total = hashlib.sha256()
    for file in sorted(p for p in path.rglob("*") if p.is_file()):
        total.update(f"{file.relative_to(path).as_posix()} {digest(root, file)}\n".encode())
    return total.hexdigest()
