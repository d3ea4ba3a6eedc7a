from __future__ import annotations

import hashlib
import multiprocessing
import pickle
import subprocess
import sys
from pathlib import Path

import lmdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen.errors import FormatError, OutputError
from synthgen.formats import mjsynth
from synthgen.formats.mjsynth import MjsynthReader, check_label, check_labels, digest_pair, write_lmdb
from synthgen.formats.pictures import encode
from tests.consumers import dtrb_records

TEXTS = ("가나다", "ABC", "한", "a]^-\\b", "𠀀")


def records(n: int) -> tuple[list[bytes], list[str]]:
    sizes = (3, 1990, 2015, 2016, 4070, 4090, 9000)
    images = [bytes([i % 251]) * sizes[i % len(sizes)] for i in range(n)]
    return images, [f"{TEXTS[i % len(TEXTS)]}{i}" for i in range(n)]


def write(folder, images, labels, **more):
    return write_lmdb(folder, len(images), lambda: iter(images), lambda: iter(labels), **more)


def test_what_is_written_comes_back(tmp_path, monkeypatch):
    monkeypatch.setattr(mjsynth, "RECORDS_PER_TRANSACTION", 7)
    images, labels = records(50)
    total = sum(map(len, images)) + sum(len(one.encode()) for one in labels)
    summary = write(tmp_path / "a", images, labels, total_bytes=total)
    assert [one.name for one in tmp_path.iterdir()] == ["a"]
    assert [one.name for one in (tmp_path / "a").iterdir()] == ["data.mdb"]
    with MjsynthReader(tmp_path / "a") as reader:
        assert len(reader) == 50 and list(reader) == list(zip(images, labels, strict=True))
        assert reader[-1] == (images[-1], labels[-1])
        assert reader.digest() == summary.digest
        with pytest.raises(IndexError):
            reader[50]
    assert summary.records == 50 and summary.value_bytes == total
    assert summary.file_bytes == (tmp_path / "a" / "data.mdb").stat().st_size


def test_bytes_are_equal_from_run_to_run(tmp_path):
    images, labels = records(300)
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path;"
        "from tests.test_formats_mjsynth import records, write;"
        "print(write(Path(sys.argv[2]), *records(300)).digest)"
    )
    here = write(tmp_path / "a", images, labels)
    root = str(Path(__file__).parents[1])
    there = subprocess.run(
        [sys.executable, "-c", code, root, str(tmp_path / "b")], check=True, capture_output=True, text=True
    ).stdout.strip()
    assert here.digest == there
    assert (tmp_path / "a" / "data.mdb").read_bytes() == (tmp_path / "b" / "data.mdb").read_bytes()


def test_any_size_of_value_fits(tmp_path):
    for size in (1, 1300, 2016, 4081, 8150):
        images = [b"x" * size] * 2_000
        write(tmp_path / str(size), images, [str(i) for i in range(2_000)])


def test_the_benchmark_reads_it(tmp_path):
    image = encode(np.full((32, 50), 128, np.uint8), "jpg", 90)
    write(tmp_path / "words" / "train", [image] * 5, list(TEXTS))
    found = dtrb_records(tmp_path / "words", "".join(TEXTS))
    assert [label for _, label in found] == list(TEXTS)
    assert all(one.shape == (32, 50) for one, _ in found)


@pytest.mark.parametrize(
    "label", ["", "a b", "a\tb", "a\u00a0b", "a\nb", "\u1100\u1161\u11a8", "a\0", "\u200b", "x" * 1001]
)
def test_bad_labels_are_refused(tmp_path, label):
    with pytest.raises(FormatError, match="label"):
        write(tmp_path / "a", [b"1"], [label])
    assert not list(tmp_path.iterdir())


@given(st.lists(st.text("a가\u1100\u1161\u0301e \n\t\u200b𠀀", max_size=3), max_size=5))
def test_labels_checked_together_are_as_those_checked_alone(labels):
    def refused(check) -> bool:
        try:
            check()
        except FormatError:
            return True
        return False

    alone = refused(lambda: [check_label(label) for label in labels])
    assert refused(lambda: check_labels([label.encode() for label in labels])) == alone


@pytest.mark.parametrize("labels", [[b"\xff"], [b"a", b"\xed\xa0\x80"], [b"a" * 1001, b"a"]])
def test_labels_that_are_no_text_are_refused(labels):
    with pytest.raises(FormatError, match="label"):
        check_labels(labels)


@pytest.mark.parametrize(("block", "mapped"), [(1, 1), (3, 6), (7, 1_000)])
def test_blocks_change_neither_bytes_nor_digest(tmp_path, monkeypatch, block, mapped):
    images, labels = records(25)
    whole = write(tmp_path / "whole", images, labels)
    monkeypatch.setattr(mjsynth, "_BLOCK_RECORDS", block)
    monkeypatch.setattr(mjsynth, "_MAPPED_ENTRIES", mapped)
    assert write(tmp_path / "parts", images, labels) == whole
    assert (tmp_path / "parts" / "data.mdb").read_bytes() == (tmp_path / "whole" / "data.mdb").read_bytes()
    assert MjsynthReader(tmp_path / "parts").digest() == whole.digest
    slow = hashlib.sha256()
    for kind, values in (("image", images), ("label", [label.encode() for label in labels])):
        for number, value in enumerate(values, 1):
            digest_pair(slow, f"{kind}-{number:09d}".encode(), value)
    digest_pair(slow, b"num-samples", b"25")
    assert slow.hexdigest() == whole.digest


def test_counts_must_agree(tmp_path):
    for count in (2, 4):
        with pytest.raises(FormatError, match="count must agree"):
            write_lmdb(tmp_path / "a", count, lambda: [b"1"] * 3, lambda: ["a"] * 3)
    with pytest.raises(FormatError, match="labels were given"):
        write_lmdb(tmp_path / "a", 3, lambda: [b"1"] * 3, lambda: ["a"] * 2)
    with pytest.raises(FormatError, match="empty picture"):
        write(tmp_path / "a", [b""], ["a"])
    with pytest.raises(FormatError, match="0 records"):
        write(tmp_path / "a", [], [])
    with pytest.raises(ValueError, match="total_bytes 5"):
        write(tmp_path / "a", [b"12"], ["a"], total_bytes=5)
    assert not list(tmp_path.iterdir())


def test_nothing_is_overwritten(tmp_path):
    write(tmp_path / "a", [b"1"], ["a"])
    before = (tmp_path / "a" / "data.mdb").read_bytes()
    with pytest.raises(OutputError, match="never overwritten"):
        write(tmp_path / "a", [b"2"], ["b"])
    assert (tmp_path / "a" / "data.mdb").read_bytes() == before and len(list(tmp_path.iterdir())) == 1


def foreign(folder, pairs):
    folder.mkdir()
    with lmdb.open(str(folder), map_size=1 << 20, lock=False) as environment, environment.begin(write=True) as change:
        for key, value in pairs.items():
            change.put(key.encode(), value)
    return folder


ONE = {"image-000000001": b"i", "label-000000001": b"l"}


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        (ONE, "no num-samples"),
        (ONE | {"num-samples": b"2"}, "missing"),
        (ONE | {"num-samples": b"x"}, "whole number"),
        (ONE | {"num-samples": b"0"}, "whole number"),
        (ONE | {"num-samples": b"1", "extra": b"1"}, "4 keys"),
        ({"image-000000000": b"i", "label-000000000": b"l", "num-samples": b"1"}, "start at 0"),
        ({"image-000000001": b"i", "num-samples": b"1"}, "missing"),
    ],
)
def test_foreign_files_are_refused(tmp_path, pairs, message):
    with pytest.raises(FormatError, match=message):
        len(MjsynthReader(foreign(tmp_path / "a", pairs)))


def test_labels_must_be_utf8_and_records_whole(tmp_path):
    reader = MjsynthReader(foreign(tmp_path / "a", ONE | {"num-samples": b"1", "label-000000001": b"\xff"}))
    with pytest.raises(FormatError, match="UTF-8"):
        reader[0]


def test_a_folder_made_again_is_read_anew(tmp_path):
    write(tmp_path / "a", [b"1"], ["a"])
    old = MjsynthReader(tmp_path / "a")
    assert old[0] == (b"1", "a")
    (tmp_path / "a").rename(tmp_path / "b")
    write(tmp_path / "a", [b"2"], ["b"])
    assert MjsynthReader(tmp_path / "a")[0] == (b"2", "b") and old[0] == (b"1", "a")


def test_no_lmdb(tmp_path):
    with pytest.raises(FormatError, match="not an LMDB"):
        len(MjsynthReader(tmp_path))
    (tmp_path / "data.mdb").write_bytes(b"nonsense" * 1024)
    with pytest.raises(FormatError, match="cannot be opened"):
        len(MjsynthReader(tmp_path))


def _first_label(reader, answer):
    answer.put((len(reader), reader[0][1]))


@pytest.mark.parametrize("method", ["fork", "spawn"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_readers_travel_to_other_processes(tmp_path, method):
    images, labels = records(9)
    write(tmp_path / "a", images, labels)
    first, second = MjsynthReader(tmp_path / "a"), MjsynthReader(tmp_path / "a")
    assert len(first) == len(second) == 9  # one environment, two readers
    assert pickle.loads(pickle.dumps(first))[3] == (images[3], labels[3])
    context = multiprocessing.get_context(method)
    answer = context.Queue()
    process = context.Process(target=_first_label, args=(first, answer))
    process.start()
    assert answer.get(timeout=60) == (9, labels[0])
    process.join()
    first.close()
    assert second[1] == (images[1], labels[1]) and first[1] == second[1]
