"""Templates of sentences: parsed once into a flat list of parts, filled in one pass.

A template is text with slots. ``{company}`` is a random line of the vocabulary ``company`` or a field made by code;
``{company#1}`` is the same value wherever that numbered slot stands in one article; ``{은/는}`` is the josa that fits
what stands before it. Files of templates have sections, one for each role::

    # a comment
    [headline]
    {company#1}, {city}에 새 공장
    [body]
    {company#1}{은/는} {date} {city}에 공장을 짓는다고 밝혔다.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass

from synthgen.errors import AssetError, did_you_mean
from synthgen.randomness import Stream
from synthgen.text import josa
from synthgen.text.unicode_rules import fold

Field = Callable[[Stream], str]
"""A value made by code from a stream, such as a date."""

Memo = MutableMapping[str, str]
"""The values of the numbered slots of one article, by ``name#number``."""

_TOKEN = re.compile(r"\{([^{}]*)\}")
_SLOT = re.compile(r"[a-z][a-z0-9_]*(#[0-9]+)?")
_ROLE = re.compile(r"\[([a-z][a-z0-9_]*)\]")
_CLOSERS = "”’\"'」』〉》】)]〕"


@dataclass(frozen=True, slots=True)
class Entries:
    """A slot filled by a random entry; ``key`` is its ``name#number`` or empty."""

    key: str
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """A slot filled by a field; ``key`` is its ``name#number`` or empty."""

    key: str
    field: Field


@dataclass(frozen=True, slots=True)
class Josa:
    """A josa's forms by :func:`synthgen.text.josa.ending`."""

    forms: tuple[str, str, str]


Part = str | Entries | Made | Josa


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template; ``words`` is about how many words it makes."""

    parts: tuple[Part, ...]
    words: int

    def fill(self, stream: Stream, memo: Memo) -> str:
        """Return the template with every slot filled; numbered slots are read from and kept in ``memo``."""
        out: list[str] = []
        for part in self.parts:
            kind = part.__class__
            if kind is str:
                out.append(part)  # type: ignore[arg-type]
            elif kind is Josa:
                before = out[-1]
                # A quote closed after a slot hides the word that the josa follows: look at the whole sentence then.
                if before[-1] in _CLOSERS:
                    before = "".join(out)
                out.append(part.forms[josa.ending(before)])  # type: ignore[union-attr]
            else:
                key = part.key  # type: ignore[union-attr]
                value = memo.get(key) if key else None
                if value is None:
                    value = stream.pick(part.entries) if kind is Entries else part.field(stream)  # type: ignore[union-attr]
                    if key:
                        memo[key] = value
                out.append(value)
        return "".join(out)


def sections(text: str, where: str) -> dict[str, list[tuple[int, str]]]:
    """Return a template file's lines by role, each with its line number.

    Raises
    ------
    AssetError
        When a line stands before the first ``[role]``.
    """
    found: dict[str, list[tuple[int, str]]] = {}
    role = ""
    for number, line in enumerate(text.splitlines(), 1):
        line = fold(line)
        if not line or line.startswith("#"):
            continue
        if heading := _ROLE.fullmatch(line):
            role = heading[1]
            found.setdefault(role, [])
        elif not role:
            raise AssetError(f"{where}, line {number}: a template before the first [role]; put [body] above it.")
        else:
            found[role].append((number, line))
    return found


def slots(line: str) -> list[str]:
    """Return the names of the vocabulary and field slots of one template line, in order."""
    return [token.partition("#")[0] for token in _TOKEN.findall(line) if "/" not in token]


def parse(
    line: str, vocabularies: Mapping[str, Sequence[str]], fields: Mapping[str, Field], where: str
) -> Template | None:
    """Return the template of one line, or None when a vocabulary it needs has no entry left.

    Raises
    ------
    AssetError
        For an unknown slot, an unknown josa, a josa with nothing before it, and stray braces.
    """
    parts: list[Part] = []
    words = line.count(" ") + 1
    at = 0
    for found in _TOKEN.finditer(line):
        _add_text(parts, line[at : found.start()], where)
        at = found.end()
        token = found[1]
        if "/" in token:
            _add_josa(parts, token, where)
            continue
        if not _SLOT.fullmatch(token):
            raise AssetError(
                f"{where}: {{{token}}} is neither a slot nor a josa; write {{name}}, {{name#1}} or {{은/는}}."
            )
        name = token.partition("#")[0]
        key = token if "#" in token else ""
        if name in fields:
            parts.append(Made(key, fields[name]))
        elif name in vocabularies:
            entries = tuple(vocabularies[name])
            if not entries:
                return None
            parts.append(Entries(key, entries))
        else:
            raise AssetError(f"{where}: unknown slot {{{name}}}.{did_you_mean(name, [*vocabularies, *fields])}")
    _add_text(parts, line[at:], where)
    return Template(tuple(parts), words)


def _add_text(parts: list[Part], text: str, where: str) -> None:
    if "{" in text or "}" in text:
        raise AssetError(f"{where}: a brace without its partner; braces only enclose slots.")
    if not text:
        return
    if parts and isinstance(parts[-1], str):
        parts[-1] += text
    else:
        parts.append(text)


def _add_josa(parts: list[Part], token: str, where: str) -> None:
    forms = josa.forms(token)
    if forms is None:
        raise AssetError(f"{where}: unknown josa {{{token}}}.{josa.suggestion(token)}")
    if not parts:
        raise AssetError(f"{where}: {{{token}}} has nothing before it; put it directly after a word or a slot.")
    last = parts[-1]
    if isinstance(last, str) and (len(parts) == 1 or last.strip(_CLOSERS)):
        # What stands before is known: the josa is settled here and costs nothing later.
        parts[-1] = last + forms[josa.ending(last)]
    else:
        parts.append(Josa(forms))
