"""Texts that are read late: the same as those read at once, the same objects in every thread, and only bundled ones."""

from __future__ import annotations

import pickle
import shutil
import sys
import threading
from pathlib import Path

import pytest

from synthgen.assets import corpora_dir
from synthgen.errors import AssetError
from synthgen.randomness import Stream
from synthgen.recipe import Text
from synthgen.text.charset import NAMES, load_charset
from synthgen.text.copy import Ask
from synthgen.text.library import BUNDLED_CHARSET, Genre, read_genres, read_lines
from synthgen.text.shelf import Late, Shelf
from synthgen.text.template import Booked, Entries, Josa, Made, Template
from synthgen.text.writer import Writer


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the bundled texts: a folder that is not the bundled one is read at once."""
    return Path(shutil.copytree(corpora_dir(), tmp_path_factory.mktemp("texts") / "corpora"))


def told(template: Template) -> tuple[object, ...]:
    """Return all that a template says, apart from its fields' functions: those are made anew by each reading."""
    parts: list[object] = []
    for part in template.parts:
        if isinstance(part, Entries | str | Josa):
            parts.append(part)
        elif isinstance(part, Made):
            parts.append(("made", part.key, part.once))
        else:
            assert isinstance(part, Booked)
            parts.append(("booked", part.key))
    return (*parts, template.words, template.books, template.must)


def all_of(genre: Genre) -> list[object]:
    return [
        (kind.name, kind.series, {role: [told(one) for one in found] for role, found in kind.templates.items()})
        for kind in (genre, *genre.kinds)
    ]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_texts_read_late_are_those_read_at_once(language: str, copied: Path) -> None:
    charset = load_charset(BUNDLED_CHARSET)
    late, at_once = (read_genres(root, language, charset) for root in (corpora_dir(), copied))
    assert isinstance(late, Shelf) and not isinstance(at_once, Shelf)
    assert list(late) == list(at_once) and len(late) == len(at_once)
    for name, genre in at_once.items():
        assert name in late and all_of(late[name]) == all_of(genre), name


@pytest.mark.parametrize("name", NAMES)
def test_every_built_in_charset_writes_the_bundled_texts(name: str) -> None:
    assert set(load_charset(BUNDLED_CHARSET).characters) <= set(load_charset(name).characters)


def test_in_a_small_charset_only_what_it_writes_is_kept() -> None:
    charset = load_charset("chars:가나다라마바사아자차카타파하이그저은는을를에서도만다.,0123456789년월일시분원")
    genres = read_genres(corpora_dir(), "ko", charset)
    assert not isinstance(genres, Shelf)
    for genre in genres.values():
        for kind in (genre, *genre.kinds):
            for role, templates in kind.templates.items():
                assert kind.of(role) == templates.all() != ()
                texts = [part for one in templates for part in one.parts if isinstance(part, str)]
                assert all(map(charset.covers, texts))


def test_a_damaged_folder_is_refused_at_once(copied: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(copied, tmp_path / "corpora"))
    with open(root / "ko" / "templates" / "society.txt", "a", encoding="utf-8") as file:
        file.write("\n{citi}에 새 공장\n")
    with pytest.raises(AssetError, match=r"society\.txt, line \d+: unknown slot \{citi\}"):
        Writer(Text(), "ko", root=root)


def test_threads_are_given_the_same_objects(tmp_path: Path) -> None:
    """What a document has used is known by identity: two threads that both read must go on with one of the two."""
    path = tmp_path / "a.txt"
    path.write_text("가\n", encoding="utf-8")
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(50):
            barrier = threading.Barrier(8)
            late, shelf = Late(lambda: (object(), object())), Shelf({"a": path}, lambda _, file: [file.read_text()])
            found: list[tuple[object, object]] = []

            def look(late=late, shelf=shelf, barrier=barrier, found=found) -> None:
                barrier.wait()
                found.append((late.all(), shelf["a"]))

            threads = [threading.Thread(target=look) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(found) == 8
            assert len({id(one) for one, _ in found}) == len({id(other) for _, other in found}) == 1
    finally:
        sys.setswitchinterval(before)


def test_a_late_tuple_is_a_sequence_and_a_shelf_a_mapping(tmp_path: Path) -> None:
    late = Late(lambda: (3, 4, 5))
    assert len(late) == 3 and list(late) == [3, 4, 5] and late[1] == 4 and late[1:] == (4, 5) and 5 in late
    shelf = Shelf({"a": tmp_path / "a.txt"}, lambda name, _: name * 2)
    assert shelf["a"] == "aa" and dict(shelf) == {"a": "aa"} and shelf.get("b") is None and "b" not in shelf
    with pytest.raises(KeyError):
        shelf["b"]


def test_what_cannot_be_read_is_asked_for_again(tmp_path: Path) -> None:
    shelf = Shelf({"a": tmp_path / "a.txt"}, lambda _, path: read_lines(path))
    with pytest.raises(AssetError, match=r"a\.txt is missing"):
        shelf["a"]
    (tmp_path / "a.txt").write_text("가 # 나\n# 다\n\n 라 \n", encoding="utf-8")
    assert shelf["a"] == ["가 # 나", "라"]


def test_a_writer_travels_to_another_process() -> None:
    asks = [Ask("headline", 5), Ask("body", 30)]
    writer = Writer(Text(), "ko")
    copy = writer.write(asks, Stream(0, 0, "copy"))
    assert pickle.loads(pickle.dumps(writer)).write(asks, Stream(0, 0, "copy")) == copy
