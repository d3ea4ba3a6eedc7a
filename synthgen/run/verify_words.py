"""One LMDB walked from its first key to its last, and its pictures looked at in ranges.

Called in a process of its own: a file that is not what it seems can end the process that maps it.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import lmdb

from synthgen.errors import FormatError
from synthgen.formats.mjsynth import COUNT_KEY, LmdbSummary, check_label, digest_pair, open_environment
from synthgen.formats.pictures import decode
from synthgen.run.duplicates import fingerprint
from synthgen.run.faults import Faults
from synthgen.run.folder import Folder
from synthgen.run.verify_record import label_faults

# Pages that were read stay mapped until the file is closed.
_MAPPED_ENTRIES = 50_000
RANGE_RECORDS = 20_000


@dataclass(slots=True)
class KeysFound:
    """What a walk over all entries found; ``summary`` is None where the LMDB cannot be read to its end."""

    name: str
    faults: Faults = field(default_factory=Faults)
    summary: LmdbSummary | None = None
    records: int = 0


@dataclass(slots=True)
class PicturesFound:
    """What the pictures of a range of records are like."""

    name: str
    start: int
    faults: Faults = field(default_factory=Faults)
    pictures: int = 0
    size_bytes: int = 0
    fingerprints: array[int] = field(default_factory=lambda: array("Q"))
    places: array[int] = field(default_factory=lambda: array("q"))


def check_keys(folder: Folder, name: str, expected: int, characters: str) -> KeysFound:
    """Walk an LMDB: keys contiguous from 1 for ``expected`` records, sound labels; the summary as read."""
    found = KeysFound(name)
    charset, digest, values = frozenset(characters), hashlib.sha256(), 0
    wanted = _wanted(expected)
    entries, told = 0, False
    try:
        for key, value in _entries(folder.root / name):
            entries += 1
            want = next(wanted, b"")
            if key != want and not told:
                told = True
                rule = f"key {_shown(key)} where {_shown(want) or 'nothing'} belongs"
                found.faults.add(name, f"{rule}; keys count from 1 without gaps, {expected} records and num-samples")
            if entries > 2 * expected + 1_000:
                return found
            digest_pair(digest, key, value)
            values += len(value) if key != COUNT_KEY else 0
            if key.startswith(b"label-"):
                found.faults.add_all(f"{name}:{_shown(key)}", _label_rules(value, charset))
            if key == COUNT_KEY and value != b"%d" % expected:
                found.faults.add(name, f"num-samples is {_shown(value)}, {expected} belong there")
        left = next(wanted, None)
        if left is not None and not told:
            found.faults.add(name, f"ends where {_shown(left)} belongs; keys count from 1 without gaps to num-samples")
        size = (folder.root / name / "data.mdb").stat().st_size
    except (lmdb.Error, FormatError, OSError) as error:
        found.faults.add(name, f"cannot be read to its end after {entries} entries ({_reason(error)})")
        return found
    found.records = entries // 2
    found.summary = LmdbSummary(found.records, values, size, digest.hexdigest())
    return found


def _wanted(count: int) -> Iterator[bytes]:
    for kind in (b"image", b"label"):
        for number in range(1, count + 1):
            yield b"%s-%09d" % (kind, number)
    yield COUNT_KEY


def _entries(path: Path) -> Iterator[tuple[bytes, bytes]]:
    """Yield all (key, value) in key order; the file is opened anew every now and then."""
    last: bytes | None = None
    whole = False
    while not whole:
        environment = _opened(path)
        try:
            with environment.begin() as transaction:
                cursor = transaction.cursor()
                whole = not (_after(cursor, last) if last is not None else cursor.first())
                for _ in range(0 if whole else _MAPPED_ENTRIES):
                    # A key that does not rise would mean a walk without end.
                    if last is not None and cursor.key() <= last:
                        raise FormatError(f"{path}: keys do not rise")
                    last = cursor.key()
                    yield last, cursor.value()
                    if not cursor.next():
                        whole = True
                        break
        finally:
            environment.close()


def _opened(path: Path) -> Any:
    """Return the LMDB opened for reading; FormatError when its file is shorter than what its first pages tell."""
    size = (path / "data.mdb").stat().st_size
    environment = open_environment(path)
    pages, page_bytes = environment.info()["last_pgno"] + 1, environment.stat()["psize"]
    if pages * page_bytes > size:
        # Reading beyond the end of a mapped file ends the process.
        environment.close()
        raise FormatError(f"{path}: cut short, {size} of {pages * page_bytes} bytes")
    return environment


def _after(cursor: Any, last: bytes) -> bool:
    return bool(cursor.set_range(last) and (cursor.key() != last or cursor.next()))


def _label_rules(value: bytes, charset: frozenset[str]) -> Iterator[str]:
    try:
        label = value.decode()
    except UnicodeDecodeError:
        yield f"label {value[:40]!a} is not UTF-8"
        return
    rules = list(label_faults(label, charset))
    yield from rules
    if not rules:
        try:
            check_label(label)
        except FormatError as error:
            yield str(error).partition("; ")[0]


def check_pictures(folder: Folder, name: str, start: int, stop: int, offset: int) -> PicturesFound:
    """Decode the pictures of records ``start`` to ``stop``, counted from 0.

    A record's place among duplicates is ``offset`` plus its number; two are equal when picture and label are.
    """
    found = PicturesFound(name, start)
    environment = None
    try:
        environment = _opened(folder.root / name)
        with environment.begin() as transaction:
            for number in range(start + 1, stop + 1):
                image, label = (transaction.get(b"%s-%09d" % (kind, number)) for kind in (b"image", b"label"))
                if image is None or label is None:
                    continue  # told by the walk over the keys
                found.pictures += 1
                found.size_bytes += len(image) + len(label)
                found.fingerprints.append(fingerprint(image, label))
                found.places.append(offset + number - 1)
                _look(image, f"{name}:image-{number:09d}", found.faults)
    except (lmdb.Error, FormatError, OSError) as error:
        found.faults.add(name, f"records {start + 1} to {stop} cannot be read ({_reason(error)})")
    finally:
        if environment is not None:
            environment.close()
    return found


def _reason(error: Exception) -> str:
    return str(error).rpartition(": ")[2] if isinstance(error, FormatError) else type(error).__name__


def _look(image: bytes, where: str, faults: Faults) -> None:
    try:
        decode(image)
    except FormatError as error:
        faults.add(where, str(error).partition("; ")[0])


def _shown(key: bytes) -> str:
    return key[:40].decode("ascii", "backslashreplace")
