"""A user's own text: read once from a UTF-8 file, held to the charset, taken as runs of consecutive sentences."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from synthgen.errors import AssetError
from synthgen.randomness import Stream
from synthgen.text.charset import Charset
from synthgen.text.unicode_rules import fold, spell

SIZE_LIMIT_BYTES = 200_000_000
LINE_LIMIT_CHARACTERS = 10_000
_SENTENCE_END = re.compile(r"(?<=[.!?…][”’」』)])\s|(?<=[.!?…])\s")
_WORST = 5


@dataclass(frozen=True, slots=True)
class Corpus:
    """The sentences of a text in their order, each NFC, with single spaces and within the charset.

    ``left_out`` counts the lines that were not taken, ``offending`` the characters because of which, most frequent
    first. ``digest`` is the SHA-256 of the file.
    """

    name: str
    digest: str
    sentences: tuple[str, ...]
    left_out: int = 0
    offending: tuple[tuple[str, int], ...] = ()

    def run(self, stream: Stream, n: int) -> list[str]:
        """Return up to ``n`` consecutive sentences from a random place."""
        start = stream.integer(0, len(self.sentences))
        return list(self.sentences[start : start + n])

    def report(self) -> str:
        """Return one line for a person: what was taken and what was left out."""
        line = f"{self.name}: {len(self.sentences):,} sentences"
        if self.left_out:
            worst = ", ".join(f"{spell(c)} ({n:,})" for c, n in self.offending[:_WORST])
            line += f"; {self.left_out:,} lines left out, outside the charset: {worst}"
        return line


def corpus_files(paths: Iterable[str | Path]) -> list[Path]:
    """Return the files named and the ``.txt`` files below named folders, in the order given, folders sorted by path.

    AssetError for a folder that holds none; files are not opened yet.
    """
    found: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            inside = sorted(one for one in path.rglob("*.txt") if one.is_file())
            if not inside:
                raise AssetError(f"corpus {path}: no .txt file in it; name UTF-8 text files or a folder of them.")
            found += inside
        else:
            found.append(path)
    return found


def read_corpus(path: str | Path, charset: Charset) -> Corpus:
    """Return the text of a UTF-8 file, with or without a byte order mark.

    Lines with a character outside the charset are left out and counted, never repaired.

    Raises
    ------
    AssetError
        When the file is missing, larger than 200 MB, empty, not UTF-8 (with the byte's offset), has a line longer than
        10,000 characters, or when no line is left.
    """
    path = Path(path)
    if not path.is_file():
        raise AssetError(f"corpus {path.name}: no such file; give the path of a UTF-8 text file.")
    size = path.stat().st_size
    if size > SIZE_LIMIT_BYTES:
        raise AssetError(f"corpus {path.name}: {size:,} bytes, the limit is {SIZE_LIMIT_BYTES:,}; split the file.")
    sha256 = hashlib.sha256()
    sentences: list[str] = []
    offending: Counter[str] = Counter()
    left_out = 0
    for line in _lines(path, sha256):
        text = fold(line)
        if not text:
            continue
        if missing := charset.missing(text):
            left_out += 1
            offending.update(missing)
        else:
            sentences.extend(_SENTENCE_END.split(text))
    worst = tuple(sorted(offending.items(), key=lambda item: (-item[1], item[0])))
    corpus = Corpus(path.name, sha256.hexdigest(), tuple(s for s in sentences if s), left_out, worst)
    if not corpus.sentences:
        if not left_out:
            raise AssetError(f"corpus {path.name}: holds no text; give a file with at least one line.")
        raise AssetError(
            f"corpus {path.name}: every one of its {left_out:,} lines leaves the charset {charset.name}, most often "
            f"with {spell(worst[0][0])}; choose a larger charset or clean the file."
        )
    return corpus


def _lines(path: Path, sha256: hashlib._Hash) -> Iterator[str]:
    """Yield the file's lines decoded, feeding the digest; a line is bounded before it is read whole."""
    limit_bytes = 4 * LINE_LIMIT_CHARACTERS + 8
    offset = 0
    with open(path, "rb") as file:
        number = 0
        while raw := file.readline(limit_bytes):
            number += 1
            sha256.update(raw)
            text = _decode(raw, offset, path.name)
            if len(text) > LINE_LIMIT_CHARACTERS + 2:
                raise AssetError(
                    f"corpus {path.name}, line {number}: longer than {LINE_LIMIT_CHARACTERS:,} characters; "
                    "put a line break after each sentence or paragraph."
                )
            offset += len(raw)
            yield text


def _decode(raw: bytes, offset: int, name: str) -> str:
    try:
        return raw.decode("utf-8-sig" if offset == 0 else "utf-8")
    except UnicodeDecodeError as error:
        # A cut line's last character may be halved by the bound on its length: that is too long, not badly encoded.
        if len(raw) > 4 * LINE_LIMIT_CHARACTERS and error.start > len(raw) - 4:
            return raw.decode("utf-8", errors="ignore")
        at = offset + error.start
        raise AssetError(
            f"corpus {name}: the byte at offset {at} (0x{raw[error.start]:02X}) is not UTF-8; save the file as UTF-8."
        ) from None
