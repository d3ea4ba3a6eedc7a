"""The story of one sample: what it says, in which faces, every parameter drawn, and how to make it again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from synthgen.formats.metadata import SceneRecord
from synthgen.report.tables import table
from synthgen.scene import Scene

Told = Scene | SceneRecord

# Said in the story's own words, or too long for it.
_TOLD = ("recipe", "seed", "index", "attempt", "faces", "map")


def story(scene: Told, *, source: str, again: str) -> str:
    """Return the text that ``synthgen show`` prints; ``again`` is the command that makes the sample anew."""
    told = scene.provenance
    width, height = scene.size
    rows = [
        ["sample", f"{told['index']} of {source}, seed {told['seed']}, attempt {told['attempt']}"],
        ["recipe", str(told["recipe"])],
        ["picture", f"{width}x{height} px{_channels(scene)}"],
        ["text", f"{len(scene.lines)} lines, {len(scene.words)} words, {len(scene.characters)} characters"],
        ["blocks", _counted(scene.roles)],
        ["faces", _counted(told["faces"][at] for at in scene.characters.face.tolist())],
    ]
    drawn = [[name, value] for name, value in flattened(told) if name.partition(".")[0] not in _TOLD]
    parts = [table(["", ""], rows).lstrip("\n"), "", table(["drawn", "value"], drawn), "", words_table(scene)]
    return "\n".join([*parts, "", f"again: {again}"])


def words_table(scene: Told) -> str:
    """Return a row for each word: number, line, direction, visible share, top-left and bottom-right corners, text."""
    seen = dict.fromkeys(range(len(scene.words)), 1.0)
    for word, visible in zip(scene.characters.word.tolist(), scene.characters.visible.tolist(), strict=True):
        seen[word] = min(seen[word], visible)
    rows = []
    for at, text in enumerate(scene.words.text):
        (x0, y0), _, (x1, y1), _ = scene.words.quad[at].tolist()
        corners = [f"{x0:.1f} {y0:.1f}", f"{x1:.1f} {y1:.1f}"]
        rows.append([str(at), str(scene.words.line[at]), scene.words.direction[at], f"{seen[at]:.2f}", *corners, text])
    header = ["word", "line", "reads", "visible", "top-left px", "bottom-right px", "text"]
    return table(header, rows, right=range(6))


def story_mapping(scene: Told, *, source: str, again: str) -> dict[str, Any]:
    """Return the same as plain values: the words and lines, the provenance, and the command."""
    width, height = scene.size
    words = [
        {"text": text, "line": int(scene.words.line[at]), "direction": scene.words.direction[at],
         "quad": scene.words.quad[at].round(3).tolist()}
        for at, text in enumerate(scene.words.text)
    ]  # fmt: skip
    return {
        "source": source,
        "width": width,
        "height": height,
        "characters": len(scene.characters),
        "words": words,
        "lines": list(scene.lines.text),
        "roles": list(scene.roles),
        "faces": dict(_tally(scene.provenance["faces"][at] for at in scene.characters.face.tolist())),
        "provenance": dict(scene.provenance),
        "again": again,
    }


def flattened(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield (dotted name, short text) of every plain value in nested tables.

    >>> list(flattened({"ink": {"level": 41.23456}, "genre": "news"}))
    [('ink.level', '41.2346'), ('genre', 'news')]
    """
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from flattened(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", _short(value)


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_short(one) for one in value) + "]"
    return str(value)


def _channels(scene: Told) -> str:
    if isinstance(scene, SceneRecord):
        return f", {scene.file_name}"
    return ", grey" if scene.image.ndim == 2 else ", RGB"


def _tally(names: Any) -> list[tuple[str, int]]:
    return sorted(Counter(names).items(), key=lambda one: (-one[1], one[0]))


def _counted(names: Any) -> str:
    return ", ".join(f"{name} ({count})" for name, count in _tally(names)) or "none"
