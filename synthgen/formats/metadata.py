"""One scene as one line of ``metadata.jsonl`` (Hugging Face imagefolder form), and back.

A line is a JSON object; ``file_name`` comes first and names the picture beside it. ``characters``, ``words`` and
``lines`` are objects of equally long lists; a quad is eight numbers x1, y1, ..., x4, y4 (top-left, top-right,
bottom-right, bottom-left of the glyph) in continuous pixel-edge coordinates, to 1/1000 px. Where words are bent,
``words`` has ``outline`` too: a polygon x1, y1, x2, y2, ... for each. ``roles`` has one entry for each block. Every
scene is held to the same rules when it is read.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from synthgen.errors import FormatError
from synthgen.formats.json_columns import (
    json_flags,
    json_ids,
    json_object,
    json_rows,
    json_shares,
    json_texts,
    json_value,
    polygon_rows,
    quad_rows,
)
from synthgen.scene import DIRECTIONS, Characters, Drawn, Lines, Scene, Shared, Words, drawn_in

METADATA_NAME = "metadata.jsonl"
MAX_LINE_BYTES = 32 << 20
MAX_SIDE_PX = 20_000
MAX_ITEMS = 100_000
MAX_TEXT_CHARACTERS = 100_000
MAX_POLYGON_NUMBERS = 2_000
MAX_COORDINATE_PX = 1e6
MAX_ID = (1 << 31) - 1

_FILE_NAME = re.compile(r"[0-9A-Za-z_][0-9A-Za-z_.-]{0,199}")
_KEYS = ("file_name", "width", "height", "index", "words", "characters", "lines", "roles", "provenance")

Float = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SceneRecord:
    """A scene as filed: everything but its pixels. ``file_name`` names the picture; sizes are px; see Scene."""

    file_name: str
    width: int
    height: int
    index: int
    characters: Characters
    words: Words
    lines: Lines
    roles: tuple[str, ...]
    provenance: Mapping[str, Any]

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in px."""
        return self.width, self.height

    def drawn(self, min_visible: float) -> Drawn:
        """Return what can be learned from: see :func:`~synthgen.scene.drawn_in`."""
        return drawn_in(self.provenance["faces"], self.characters, self.words, min_visible)


def encode_scene(scene: Scene, file_name: str) -> bytes:
    """Return the scene's line for ``metadata.jsonl`` in UTF-8, without its newline.

    ``scene.provenance`` must hold ``index``. ValueError when a number is not finite or ``file_name`` is not plain.
    """
    width, height = scene.size
    provenance = scene.provenance
    return _encoded(
        SceneRecord(
            file_name,
            width,
            height,
            int(provenance["index"]),
            scene.characters,
            scene.words,
            scene.lines,
            scene.roles,
            provenance,
        )
    )


def dump_scene(scene: Scene, file_name: str) -> str:
    """Return the scene's line as text; see :func:`encode_scene`."""
    return encode_scene(scene, file_name).decode()


def dump_record(record: SceneRecord) -> str:
    """Return the record's line as text, without its newline; ValueError as in :func:`encode_scene`."""
    return _encoded(record).decode()


def _encoded(record: SceneRecord) -> bytes:
    if not _FILE_NAME.fullmatch(record.file_name):
        raise ValueError(f"file name {record.file_name!a}: must be ASCII letters, digits, '_', '.', '-'.")
    characters, words, lines = record.characters, record.words, record.lines
    groups = [quad_rows(quads) for quads in (words.quad, words.ink, characters.ink, characters.cell, lines.quad)]
    if words.outline:
        groups.append(polygon_rows(words.outline))
    word_quad, word_ink, ink, cell, line_quad, *outline = json_rows(groups)
    word_line, word, line, block, face, line_block = json_ids(
        (words.line, characters.word, characters.line, characters.block, characters.face, lines.block)
    )
    return json_object(
        file_name=b'"%s"' % record.file_name.encode(),
        width=b"%d" % record.width,
        height=b"%d" % record.height,
        index=b"%d" % record.index,
        words=json_object(
            text=json_texts(words.text),
            quad=word_quad,
            ink=word_ink,
            direction=json_texts(words.direction),
            line=word_line,
            ignored=json_flags(words.ignored),
            **({"outline": outline[0]} if outline else {}),
            **({"broken": json_value(list(words.broken))} if words.broken else {}),
        ),
        characters=json_object(
            text=json_texts(characters.text),
            ink=ink,
            cell=cell,
            word=word,
            line=line,
            block=block,
            face=face,
            visible=json_shares(characters.visible),
        ),
        lines=json_object(
            text=json_texts(lines.text), quad=line_quad, block=line_block, direction=json_texts(lines.direction)
        ),
        roles=json_texts(tuple(record.roles)),
        provenance=_told(record.provenance),
    )


def _told(provenance: Mapping[str, Any]) -> bytes:
    """Return a provenance as JSON; what it shares with other scenes' is encoded once and stands last."""
    shared = {name: value for name, value in provenance.items() if isinstance(value, Shared)}
    own = json_value({name: value for name, value in provenance.items() if name not in shared})
    if not shared:
        return own
    for value in shared.values():
        value.encoded = value.encoded or json_value(value)
    rest = json_object(**{name: value.encoded for name, value in shared.items()})
    return own[:-1] + b"," + rest[1:] if len(own) > 2 else rest


def read_metadata(path: Path) -> Iterator[SceneRecord]:
    """Yield the records of a ``metadata.jsonl`` in its order; FormatError naming file and line for anything wrong."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise FormatError(f"{path}: {error.strerror}; the dataset is incomplete; make it again.") from error
    with file:
        number = 0
        while line := file.readline(MAX_LINE_BYTES + 1):
            number += 1
            yield parse_scene(line, f"{path}:{number}")


def parse_scene(line: bytes | str, where: str) -> SceneRecord:
    """Return the record of one line of ``metadata.jsonl``.

    ``where`` ("file:line") begins the message of the FormatError that is raised for anything malformed: not JSON, a
    key missing or unknown, a list of another length, an id or number out of bounds, texts that do not agree.
    """
    if len(line) > MAX_LINE_BYTES:
        _refuse(where, f"more than {MAX_LINE_BYTES} bytes in a line")
    try:
        text = line.decode() if isinstance(line, bytes) else line
        value = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        _refuse(where, f"not a line of JSON ({type(error).__name__})")
    top = _object(value, _KEYS, where, "the line")
    if not isinstance(top["file_name"], str) or not _FILE_NAME.fullmatch(top["file_name"]):
        _refuse(where, "file_name: must be a plain ASCII name")
    width, height = (_whole(top[key], 1, MAX_SIDE_PX, where, key) for key in ("width", "height"))
    index = _whole(top["index"], 0, (1 << 63) - 1, where, "index")
    roles = _texts(top["roles"], None, where, "roles")
    if not isinstance(top["provenance"], dict):
        _refuse(where, "provenance: must be an object")
    if not _finite(top["provenance"]):
        _refuse(where, "provenance: numbers must be finite")
    lines = _lines(top["lines"], len(roles), where)
    words = _words(top["words"], len(lines.text), where)
    characters = _characters(top["characters"], len(words), len(lines.text), len(roles), where)
    _check_texts(characters, words, lines, where)
    return SceneRecord(top["file_name"], width, height, index, characters, words, lines, roles, top["provenance"])


def _lines(value: Any, blocks: int, where: str) -> Lines:
    part = _object(value, ("text", "quad", "block", "direction"), where, "lines")
    text = _texts(part["text"], None, where, "lines.text")
    n = len(text)
    return Lines(
        text,
        _quads(part["quad"], n, where, "lines.quad"),
        _ids(part["block"], n, blocks, where, "lines.block"),
        _directions(part["direction"], n, where, "lines.direction"),
    )


def _words(value: Any, lines: int, where: str) -> Words:
    keys, optional = ("text", "quad", "ink", "direction", "line", "ignored"), ("outline", "broken")
    part = _object(value, keys, where, "words", optional)
    text = _texts(part["text"], None, where, "words.text")
    n = len(text)
    ignored = _list(part["ignored"], n, where, "words.ignored")
    if not all(isinstance(one, bool) for one in ignored):
        _refuse(where, "words.ignored: must be true or false")
    return Words(
        text,
        _quads(part["quad"], n, where, "words.quad"),
        _quads(part["ink"], n, where, "words.ink"),
        _ids(part["line"], n, lines, where, "words.line"),
        _directions(part["direction"], n, where, "words.direction"),
        np.array(ignored, dtype=np.bool_),
        _polygons(part["outline"], n, where, "words.outline") if "outline" in part else (),
        _rising(part["broken"], n - 1, where, "words.broken") if "broken" in part else (),
    )


def _characters(value: Any, words: int, lines: int, blocks: int, where: str) -> Characters:
    part = _object(value, ("text", "ink", "cell", "word", "line", "block", "face", "visible"), where, "characters")
    text = _texts(part["text"], None, where, "characters.text")
    n = len(text)
    visible = _numbers(part["visible"], (n,), where, "characters.visible")
    if n and not (visible.min() >= 0 and visible.max() <= 1):
        _refuse(where, "characters.visible: must lie in 0 to 1")
    return Characters(
        text,
        _quads(part["ink"], n, where, "characters.ink"),
        _quads(part["cell"], n, where, "characters.cell"),
        _ids(part["word"], n, words, where, "characters.word"),
        _ids(part["line"], n, lines, where, "characters.line"),
        _ids(part["block"], n, blocks, where, "characters.block"),
        _ids(part["face"], n, MAX_ID, where, "characters.face"),
        visible.astype(np.float32),
    )


def _check_texts(characters: Characters, words: Words, lines: Lines, where: str) -> None:
    """Hold characters to their words and words to their lines."""
    spelled = [""] * len(words)
    for word, text in zip(characters.word.tolist(), characters.text, strict=True):
        spelled[word] += text
    for i, (made, text) in enumerate(zip(spelled, words.text, strict=True)):
        if made != text:
            _refuse(where, f"word {i} is {text[:40]!a} but its characters spell {made[:40]!a}")
    joined: list[list[str]] = [[] for _ in lines.text]
    for line, text in zip(words.line.tolist(), words.text, strict=True):
        joined[line].append(text)
    for i, (parts, text) in enumerate(zip(joined, lines.text, strict=True)):
        if " ".join(parts) != text:
            _refuse(where, f"line {i} is {text[:40]!a} but its words are {' '.join(parts)[:40]!a}")


def _refuse(where: str, fault: str) -> NoReturn:
    raise FormatError(f"{where}: {fault}; make this file again.")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _object(value: Any, keys: Sequence[str], where: str, name: str, optional: Sequence[str] = ()) -> dict[str, Any]:
    if not isinstance(value, dict):
        _refuse(where, f"{name}: must be an object")
    missing, unknown = sorted(set(keys) - value.keys()), sorted(value.keys() - set(keys) - set(optional))
    if missing or unknown:
        _refuse(where, f"{name}: lacks {missing!a}, has unknown {[one[:40] for one in unknown[:5]]!a}")
    return value


def _list(value: Any, n: int | None, where: str, name: str) -> list[Any]:
    if not isinstance(value, list) or len(value) > MAX_ITEMS:
        _refuse(where, f"{name}: must be a list of at most {MAX_ITEMS}")
    if n is not None and len(value) != n:
        _refuse(where, f"{name}: has {len(value)} entries where {n} belong")
    return value


def _texts(value: Any, n: int | None, where: str, name: str) -> tuple[str, ...]:
    texts = _list(value, n, where, name)
    if not all(isinstance(one, str) and len(one) <= MAX_TEXT_CHARACTERS for one in texts):
        _refuse(where, f"{name}: must be texts of at most {MAX_TEXT_CHARACTERS} characters")
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        _refuse(where, f"{name}: holds a lone surrogate")
    return tuple(texts)


def _directions(value: Any, n: int, where: str, name: str) -> tuple[str, ...]:
    directions = _texts(value, n, where, name)
    if not set(directions) <= set(DIRECTIONS):
        _refuse(where, f"{name}: must be of {', '.join(DIRECTIONS)}")
    return directions


def _whole(value: Any, low: int, high: int, where: str, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        _refuse(where, f"{name}: must be a whole number from {low} to {high}")
    return value


def _ids(value: Any, n: int, below: int, where: str, name: str) -> npt.NDArray[np.int32]:
    ids = _list(value, n, where, name)
    if not all(type(one) is int and 0 <= one < below for one in ids):
        _refuse(where, f"{name}: must be whole numbers from 0, below {below}")
    return np.array(ids, dtype=np.int32)


def _rising(value: Any, below: int, where: str, name: str) -> tuple[int, ...]:
    ids = _ids(value, len(_list(value, None, where, name)), max(below, 0), where, name).tolist()
    if any(a >= b for a, b in pairwise(ids)):
        _refuse(where, f"{name}: must rise")
    return tuple(ids)


def _numbers(value: Any, shape: tuple[int, ...], where: str, name: str) -> Float:
    _list(value, shape[0], where, name)
    if not shape[0]:
        return np.zeros(shape)
    try:
        numbers = np.array(value)
    except (ValueError, OverflowError):  # rows of unequal length, numbers beyond every type
        _refuse(where, f"{name}: must be numbers in equal rows")
    # The kind is asked for, because numpy would read "1" as a number.
    if numbers.shape != shape or numbers.dtype.kind not in "iuf":
        _refuse(where, f"{name}: must be {' x '.join(map(str, shape))} numbers")
    numbers = numbers.astype(np.float64)
    if not np.abs(numbers).max() <= MAX_COORDINATE_PX:  # also refuses infinity
        _refuse(where, f"{name}: must stay within {MAX_COORDINATE_PX:g}")
    return numbers


def _quads(value: Any, n: int, where: str, name: str) -> Float:
    return _numbers(value, (n, 8), where, name).reshape(n, 4, 2)


def _polygons(value: Any, n: int, where: str, name: str) -> tuple[Float, ...]:
    polygons = []
    for one in _list(value, n, where, name):
        corners = len(_list(one, None, where, name))
        if corners < 6 or corners % 2 or corners > MAX_POLYGON_NUMBERS:
            _refuse(where, f"{name}: a polygon must have 6 to {MAX_POLYGON_NUMBERS} numbers, two a corner")
        polygons.append(_numbers(one, (corners,), where, name).reshape(-1, 2))
    return tuple(polygons)


def _finite(value: Any) -> bool:
    """Whether all numbers in plain JSON values are finite: 1e999 is read as infinity."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, float) and not math.isfinite(one):
            return False
    return True
