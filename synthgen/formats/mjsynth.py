"""LMDB in the form of MJSynth readers and the deep-text-recognition-benchmark: pictures of words with their labels.

Keys are ASCII: ``image-%09d`` the encoded picture, ``label-%09d`` its text in UTF-8 (NFC), both counted from 1 without
gaps, and ``num-samples``, the count in decimals. The folder holds ``data.mdb`` and nothing else, because the
benchmark's reader opens every leaf folder it meets.
"""

from __future__ import annotations

import hashlib
import os
import struct
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any
from weakref import WeakValueDictionary

import lmdb

from synthgen.errors import FormatError, OutputError
from synthgen.formats.filing import new_folder

RECORDS_PER_TRANSACTION = 10_000
MAX_RECORDS = 999_999_999
MAX_LABEL_CHARACTERS = 1_000
COUNT_KEY = b"num-samples"

# Entries that are put and digested together.
_BLOCK_RECORDS = 250
# Entries that are read before the file is let go.
_MAPPED_ENTRIES = 100_000

# py-lmdb 3 can write a newer file format that older readers cannot open; older versions know no such argument.
_ENGINE: dict[str, Any] = {"lib_version": 0} if int(lmdb.__version__.split(".")[0]) >= 3 else {}
# py-lmdb 3 refuses to open one environment twice in a process, so readers share it.
_environments: WeakValueDictionary[tuple[int, int], Any] = WeakValueDictionary()
_environments_pid = os.getpid()


@dataclass(frozen=True, slots=True)
class LmdbSummary:
    """What was written: ``records``; ``value_bytes`` of pictures and labels; ``file_bytes``; logical ``digest``.

    The digest is the sha256 (hex) over all keys and values in key order, each key and value preceded by its length as
    8 bytes, little end first; it does not depend on the LMDB library.
    """

    records: int
    value_bytes: int
    file_bytes: int
    digest: str


def check_label(label: str) -> str:
    """Return the label; FormatError when it is empty, too long, not NFC, or holds white space or control characters."""
    if not label or len(label) > MAX_LABEL_CHARACTERS:
        raise FormatError(f"a label of {len(label)} characters: must have 1 to {MAX_LABEL_CHARACTERS}; leave it out.")
    if " " in label or not label.isprintable():
        raise FormatError(f"label {label!a}: must hold no white space or control characters; split or clean it.")
    if not unicodedata.is_normalized("NFC", label):
        raise FormatError(f"label {label!a}: must be in Unicode's form NFC; normalise it.")
    return label


def check_labels(labels: Sequence[bytes]) -> None:
    """Raise FormatError, as :func:`check_label`, when one of the labels in UTF-8 is bad; many cost as little as one.

    A line end is no part of a label and composes with nothing, so all of them are looked at as one text.
    """
    try:
        text = b"\n".join(labels).decode()
    except UnicodeDecodeError:
        raise FormatError("a label is not UTF-8; make the shard again.") from None
    if len(labels) == 1:
        check_label(text)
        return
    parts = text.split("\n")
    sound = (
        len(parts) == len(labels)
        and all(parts)
        and max(map(len, parts)) <= MAX_LABEL_CHARACTERS
        and " " not in text
        and "".join(parts).isprintable()
        and unicodedata.is_normalized("NFC", text)
    )
    if not sound:
        for label in labels:
            check_label(label.decode())


def write_lmdb(
    folder: Path,
    count: int,
    images: Callable[[], Iterable[bytes]],
    labels: Callable[[], Iterable[str]],
    total_bytes: int | None = None,
) -> LmdbSummary:
    """Write ``count`` pictures and their labels as the new LMDB ``folder`` and return its summary.

    ``images`` and ``labels`` each start one pass in record order. ``total_bytes`` is the size of all pictures and
    UTF-8 labels; without it they are counted in a pass of their own. The file's bytes follow from the records alone.

    FormatError for a bad label, an empty picture or a count that does not agree; OutputError when ``folder`` exists
    or the disk is full; ValueError when ``total_bytes`` is wrong.
    """

    def encoded() -> Iterator[bytes]:
        for label in labels():
            yield check_label(label).encode()

    return write_values(folder, count, images, encoded, total_bytes)


def write_values(
    folder: Path,
    count: int,
    images: Callable[[], Iterable[bytes]],
    labels: Callable[[], Iterable[bytes]],
    total_bytes: int | None = None,
) -> LmdbSummary:
    """Do as :func:`write_lmdb` with labels that are in UTF-8 already."""
    if not 1 <= count <= MAX_RECORDS:
        raise FormatError(f"{count} records: an LMDB holds 1 to {MAX_RECORDS}; leave it out or split it.")
    if total_bytes is None:
        total_bytes = sum(map(len, images())) + sum(map(len, labels()))
    with new_folder(folder) as temporary:
        try:
            digest, written = _fill(temporary, count, images, labels, map_size(count, total_bytes))
        except lmdb.MapFullError as error:
            raise ValueError(f"total_bytes {total_bytes}: less than what the records hold.") from error
        except lmdb.Error as error:
            raise OutputError(f"{folder}: {error}; free space or choose a local disk.") from error
        if written != total_bytes:
            raise ValueError(f"total_bytes {total_bytes}: the records hold {written}.")
        file_bytes = _sync_file(temporary / "data.mdb")
    return LmdbSummary(count, total_bytes, file_bytes, digest)


def map_size(count: int, total_bytes: int) -> int:
    """Return the bytes of address space for these records: an upper bound that follows from the data alone.

    A value fills whole pages of 4,096 bytes or shares a page with at least one other; keys and branches fit in the
    second page allowed for each record. The file itself grows only as far as it is filled.
    """
    mebibyte = 1 << 20
    return -(-(2 * total_bytes + 8_192 * count + 64 * mebibyte) // mebibyte) * mebibyte


def _fill(
    folder: Path, count: int, images: Callable[[], Iterable[bytes]], labels: Callable[[], Iterable[bytes]], size: int
) -> tuple[str, int]:
    # Without sync a power cut could tear the file, but it still has its temporary name and is flushed before that ends.
    environment = lmdb.open(str(folder), map_size=size, lock=False, sync=False, metasync=False, **_ENGINE)
    digest, written = hashlib.sha256(), 0
    try:
        for kind, values, check in ((b"image", images(), _check_images), (b"label", labels(), check_labels)):
            written += _append(environment, kind, count, iter(values), check, digest)
        with environment.begin(write=True) as transaction:
            _put(transaction, [(COUNT_KEY, b"%d" % count)], digest)
        environment.sync(True)
    finally:
        environment.close()
    return digest.hexdigest(), written


def _check_images(images: Sequence[bytes]) -> None:
    if not all(images):
        raise FormatError("an empty picture: every record needs one; leave the record out.")


def _append(
    environment: Any,
    kind: bytes,
    count: int,
    values: Iterator[bytes],
    check: Callable[[Sequence[bytes]], None],
    digest: Any,
) -> int:
    number = written = 0
    for start in range(0, count, RECORDS_PER_TRANSACTION):
        stop = min(start + RECORDS_PER_TRANSACTION, count)
        with environment.begin(write=True) as transaction:
            while some := list(islice(values, min(_BLOCK_RECORDS, stop - number))):
                check(some)
                first = number + 1
                number += len(some)
                written += sum(map(len, some))
                keys = map((kind + b"-%09d").__mod__, range(first, number + 1))
                _put(transaction, list(zip(keys, some, strict=True)), digest)
    if next(values, None) is not None:
        raise FormatError(f"more than {count} {kind.decode()}s were given; the count must agree; make the index again.")
    if number != count:
        raise FormatError(
            f"{number} {kind.decode()}s were given for {count} records; the count must agree; make the index again."
        )
    return written


def _put(transaction: Any, entries: list[tuple[bytes, bytes]], digest: Any) -> None:
    # Appending raises nothing when a key is out of order: it is left out of the count.
    with transaction.cursor() as cursor:
        _, added = cursor.putmulti(entries, append=True)
    if added != len(entries):
        raise FormatError(f"keys {entries[0][0].decode()} and on: not in order; the LMDB was not written.")
    digest_pairs(digest, entries)


def digest_pair(digest: Any, key: bytes, value: bytes) -> None:
    """Add one entry to a logical digest; see :class:`LmdbSummary`."""
    digest.update(len(key).to_bytes(8, "little") + key + len(value).to_bytes(8, "little"))
    digest.update(value)


_sized = struct.Struct("<Q").pack


def digest_pairs(digest: Any, entries: Sequence[tuple[bytes, bytes]]) -> None:
    """Add entries, one at least, to a logical digest in one go, which takes as much memory as they do."""
    keys, values = zip(*entries, strict=True)
    parts = [b""] * (4 * len(keys))
    parts[0::4], parts[1::4] = map(_sized, map(len, keys)), keys
    parts[2::4], parts[3::4] = map(_sized, map(len, values)), values
    digest.update(b"".join(parts))


def _sync_file(path: Path) -> int:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
        return os.fstat(handle).st_size
    finally:
        os.close(handle)


def open_environment(path: Path) -> Any:
    """Return the LMDB at ``path`` opened for reading, whatever it holds; FormatError when it is none."""
    try:
        return lmdb.open(str(path), readonly=True, create=False, lock=False, readahead=False, meminit=False, **_ENGINE)
    except lmdb.Error as error:
        raise FormatError(f"{path}: cannot be opened ({error}); copy or make it again.") from error


def _shared_environment(path: Path) -> Any:
    """Return this process's environment of the LMDB at ``path``, opened on first use."""
    global _environments_pid
    if _environments_pid != os.getpid():
        # After a fork the parent's environments are useless here and would block opening them anew.
        for inherited in list(_environments.values()):
            inherited.close()
        _environments.clear()
        _environments_pid = os.getpid()
    try:
        state = (path / "data.mdb").stat()
    except OSError:
        raise FormatError(f"{path}: not an LMDB; it must be a folder that holds data.mdb; check the path.") from None
    # By file, not by name: a folder removed and made again under its old name is another one.
    name = state.st_dev, state.st_ino
    environment = _environments.get(name)
    if environment is None:
        environment = open_environment(path)
        _environments[name] = environment
    return environment


class MjsynthReader:
    """The records of an LMDB in MJSynth form: ``reader[i]`` is (picture bytes, label) of record i, counted from 0.

    Opened on first use in each process, so it can be pickled and survives a fork. FormatError when the folder is no
    LMDB, its records do not start at 1, any is missing, or the count is wrong.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self._environment: Any = None
        self._pid = 0
        self._count = -1

    def __getstate__(self) -> Path:
        return self.folder

    def __setstate__(self, folder: Path) -> None:
        MjsynthReader.__init__(self, folder)

    def __enter__(self) -> MjsynthReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; the next access opens it again."""
        self._environment = None

    def __len__(self) -> int:
        self._open()
        return self._count

    def __getitem__(self, i: int) -> tuple[bytes, str]:
        environment = self._open()
        if not -self._count <= i < self._count:
            raise IndexError(f"record {i}: the LMDB has {self._count}.")
        number = i % self._count + 1
        try:
            with environment.begin() as transaction:
                image, label = transaction.get(b"image-%09d" % number), transaction.get(b"label-%09d" % number)
        except lmdb.Error as error:
            raise FormatError(f"{self.folder}: record {number} cannot be read ({error}); copy it again.") from error
        if not image or not label:
            raise FormatError(f"{self.folder}: record {number} has no picture or no label; make the LMDB again.")
        try:
            return image, label.decode()
        except UnicodeDecodeError:
            raise FormatError(f"{self.folder}: label {number} is not UTF-8; make the LMDB again.") from None

    def __iter__(self) -> Iterator[tuple[bytes, str]]:
        return (self[i] for i in range(len(self)))

    def digest(self) -> str:
        """Return the logical digest of what is stored; see :class:`LmdbSummary`."""
        digest, last, entries = hashlib.sha256(), b"", 0
        try:
            while some := self._digest_after(last, digest):
                last, entries = some[0], entries + some[1]
                if entries > 2 * len(self) + 1:
                    # In a damaged file keys need not rise: the walk could go on for ever.
                    raise FormatError(f"{self.folder}: has more keys than it tells; copy or make it again.")
                # Every page that was read stays in this process's memory until the file is let go.
                self.close()
        except lmdb.Error as error:
            raise FormatError(f"{self.folder}: cannot be read to its end ({error}); copy it again.") from error
        return digest.hexdigest()

    def _digest_after(self, last: bytes, digest: Any) -> tuple[bytes, int] | None:
        """Add entries that follow the key ``last`` to the digest; return the last one's key and how many, or None."""
        count = 0
        with self._open().begin() as transaction, transaction.cursor() as cursor:
            if cursor.set_range(last + b"\0") if last else cursor.first():
                entries = cursor.iternext()
                while count < _MAPPED_ENTRIES and (some := list(islice(entries, _BLOCK_RECORDS))):
                    digest_pairs(digest, some)
                    last, count = some[-1][0], count + len(some)
        return (last, count) if count else None

    def _open(self) -> Any:
        if self._environment is None or self._pid != os.getpid():
            # Dropped first: an environment inherited through a fork would stand in the way of the new one.
            self._environment = None
            environment = _shared_environment(self.folder)
            try:
                self._count = _count_records(environment, self.folder)
            except lmdb.Error as error:
                raise FormatError(f"{self.folder}: cannot be read ({error}); copy or make it again.") from error
            self._environment, self._pid = environment, os.getpid()
        return self._environment


def _count_records(environment: Any, folder: Path) -> int:
    with environment.begin() as transaction:
        stored = transaction.get(COUNT_KEY)
        if stored is None:
            raise FormatError(f"{folder}: has no num-samples; it was not finished; make it again.")
        if not stored.isdigit() or len(stored) > len(str(MAX_RECORDS)) or stored.startswith(b"0"):
            raise FormatError(
                f"{folder}: num-samples is {stored[:20]!r}; must be a whole number from 1; make it again."
            )
        count = int(stored)
        for kind in (b"image", b"label"):
            if transaction.get(kind + b"-000000000") is not None:
                raise FormatError(f"{folder}: records start at 0, readers start at 1 and lose one; make it again.")
            if transaction.get(b"%s-%09d" % (kind, 1)) is None or transaction.get(b"%s-%09d" % (kind, count)) is None:
                raise FormatError(f"{folder}: num-samples is {count} but the first or last record is missing.")
    entries = environment.stat()["entries"]
    if entries != 2 * count + 1:
        raise FormatError(f"{folder}: {entries} keys for num-samples {count}; must be {2 * count + 1}; make it again.")
    return count
