"""The user's own text: what is taken, what is left out, what is refused, and how."""

import pytest

from synthgen.errors import AssetError
from synthgen.randomness import Stream
from synthgen.text import corpus as corpus_module
from synthgen.text.charset import load_charset
from synthgen.text.corpus import read_corpus

KS = load_charset("ks1001")


def write(tmp_path, data: bytes | str):
    file = tmp_path / "mine.txt"
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return file


def test_sentences_in_order_with_bom_and_line_ends(tmp_path) -> None:
    corpus = read_corpus(write(tmp_path, "\ufeff첫째다. 둘째다.\r\n\n셋째  “인용.”\t넷째\n다섯째"), KS)
    assert corpus.sentences == ("첫째다.", "둘째다.", "셋째 “인용.”", "넷째", "다섯째")
    assert (corpus.left_out, corpus.offending, corpus.name) == (0, (), "mine.txt")
    assert corpus.run(Stream(0, 0, "text"), 2)[0] in corpus.sentences


def test_lines_outside_the_charset_are_counted(tmp_path) -> None:
    corpus = read_corpus(write(tmp_path, "좋다.\n나쁜 \u200b줄\n또 \u200b 😀\n中文\n좋아."), KS)
    assert corpus.sentences == ("좋다.", "좋아.")
    assert corpus.left_out == 3
    assert corpus.offending[0] == ("\u200b", 2)
    assert "3 lines left out" in corpus.report() and "U+200B" in corpus.report()


@pytest.mark.parametrize("data", [b"", b"\n \n", b"\xef\xbb\xbf"])
def test_empty(tmp_path, data: bytes) -> None:
    with pytest.raises(AssetError, match="holds no text"):
        read_corpus(write(tmp_path, data), KS)


def test_nothing_left(tmp_path) -> None:
    with pytest.raises(AssetError, match=r"all|every one of its 2 lines.*U\+4E2D"):
        read_corpus(write(tmp_path, "中\n中文\n"), KS)


def test_not_utf8_names_the_offset(tmp_path) -> None:
    with pytest.raises(AssetError, match=r"offset 7 \(0xB0\)"):
        read_corpus(write(tmp_path, "가나\n".encode() + "가".encode("euc-kr")), KS)
    with pytest.raises(AssetError, match=r"offset 0 \(0xFF\)"):
        read_corpus(write(tmp_path, "가".encode("utf-16")), KS)


def test_bounds(tmp_path, monkeypatch) -> None:
    read_corpus(write(tmp_path, "가" * 10_000 + "\r\n"), KS)
    for line in ("가" * 10_003, "a" * 50_000, "가" * 60_000):
        with pytest.raises(AssetError, match="line 1: longer than 10,000"):
            read_corpus(write(tmp_path, line), KS)
    with pytest.raises(AssetError, match="no such file"):
        read_corpus(tmp_path / "absent.txt", KS)
    monkeypatch.setattr(corpus_module, "SIZE_LIMIT_BYTES", 5)
    with pytest.raises(AssetError, match="the limit is 5"):
        read_corpus(write(tmp_path, "가나다"), KS)
