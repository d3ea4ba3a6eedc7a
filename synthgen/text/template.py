"""Templates of sentences: parsed once into a flat list of parts, filled in one pass.

A template is text with slots. ``{company}`` is a random line of the vocabulary ``company`` or a field made by code;
``{company#1}`` is the same value wherever that numbered slot stands in one article, and another than
``{company#2}``; ``{company!}`` is one that the document has not yet said; ``{은/는}`` is the josa that fits what
stands before it; slots such as ``{amount}`` and ``{total}`` read and write the document's ledger. Files of templates
have sections, one for each role::

    # a comment
    [headline]
    {company#1}, {city}에 새 공장
    [body]
    {company#1}{은/는} {date} {city}에 공장을 짓는다고 밝혔다.

A section ``[pair*]`` is a series: a document takes its lines in their order and none of them twice; those that begin
with ``+ `` are taken first; ``-- applicant`` heads those that follow it, each of which gets a last cell ``@applicant``
that layouts do not print in the row. What follows ``=== a name`` until the next such line belongs to one kind of the
genre, such as one form with a title, fields and signature of its own; what stands before serves all kinds. What follows
``=== *food`` is no kind: kinds begun with ``=== milk < food`` have its lines behind their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from synthgen.errors import AssetError, did_you_mean
from synthgen.randomness import Stream
from synthgen.text import josa
from synthgen.text.ledger import BookedField, Ledger
from synthgen.text.unicode_rules import fold

Field = Callable[[Stream], str]
"""A value made by code from a stream, such as a date."""

Memo = MutableMapping[str, str]
"""The values of the numbered slots of one article, by ``name#number``."""

_TOKEN = re.compile(r"\{([^{}]*)\}")
_SLOT = re.compile(r"[a-z][a-z0-9_]*(#[0-9]+|!)?")
_ROLE = re.compile(r"\[([a-z][a-z0-9_]*)(\*?)\]")
_KIND = "==="
_BASE, _BASED = "*", "<"
_PART = "--"
MUST = "+ "
"""What begins a line of a series that a document takes before others."""
PART_MARK = "@"
"""What begins the last cell of a line that stands under a heading of its series."""
# A short vocabulary may have nothing else to say.
_TRIES = 20
_CLOSERS = "”’\"'」』〉》】)]〕"


@dataclass(frozen=True, slots=True)
class Entries:
    """A slot filled by a random entry; ``key`` is its ``name#number`` or empty, ``once`` forbids what was said."""

    key: str
    entries: tuple[str, ...]
    once: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """A slot filled by a field; ``key`` is its ``name#number`` or empty, ``once`` forbids what was said."""

    key: str
    field: Field
    once: bool = False


@dataclass(frozen=True, slots=True)
class Josa:
    """A josa's forms by :func:`synthgen.text.josa.ending`."""

    forms: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Booked:
    """A slot filled from and into the document's ledger; ``key`` is its ``name#number`` or empty."""

    key: str
    field: BookedField


Part = str | Entries | Made | Josa | Booked


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template; ``words`` is about how many words it makes.

    ``books`` says that it has a slot that writes the ledger, ``must`` that a series takes it before others.
    """

    parts: tuple[Part, ...]
    words: int
    books: bool = False
    must: bool = False

    def fill(self, stream: Stream, memo: Memo, ledger: Ledger) -> str:
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
                    value = _drawn(part, stream, ledger)  # type: ignore[arg-type]
                    if key:
                        value = memo[key] = _another(value, key, memo, partial(_drawn, part, stream, ledger))  # type: ignore[arg-type]
                out.append(value)
        return "".join(out)


def _drawn(part: Entries | Made | Booked, stream: Stream, ledger: Ledger) -> str:
    """Return a value for a slot."""
    kind = part.__class__
    if kind is Booked:
        return part.field(stream, ledger)  # type: ignore[union-attr,call-arg]
    if kind is Entries:
        entries = part.entries  # type: ignore[union-attr]
        return ledger.fresh_of(entries, stream) if part.once else stream.pick(entries)  # type: ignore[union-attr]
    if part.once:  # type: ignore[union-attr]
        return ledger.fresh(partial(part.field, stream))  # type: ignore[union-attr]
    return part.field(stream)  # type: ignore[union-attr,call-arg,misc]


def _another(value: str, key: str, memo: Memo, draw: Callable[[], str]) -> str:
    """Return a numbered slot's value, drawn again where the same slot of another number has it already."""
    name = key.partition("#")[0] + "#"
    others = [its for numbered, its in memo.items() if numbered.startswith(name)]
    for _ in range(_TRIES):
        if value not in others:
            break
        value = draw()
    return value


@dataclass(slots=True)
class Section:
    """A role's lines with their numbers in the file; those of a series are taken in order."""

    series: bool = False
    lines: list[tuple[int, str]] = field(default_factory=list)


def sections(text: str, where: str) -> dict[str, dict[str, Section]]:
    """Return a template file's sections by kind and role; what serves all kinds is under the empty name.

    Raises
    ------
    AssetError
        When a line stands before the first ``[role]``, for a kind without a name or named twice, and for a base that
        does not stand above.
    """
    found: dict[str, dict[str, Section]] = {"": {}}
    bases: dict[str, dict[str, Section]] = {}
    based: dict[str, str] = {}
    current, role, part = found[""], "", ""
    for number, line in enumerate(text.splitlines(), 1):
        line = fold(line)
        if not line or line[0] == "#":
            continue
        if line.startswith(_KIND):
            kind, _, base = (name.strip() for name in line[len(_KIND) :].partition(_BASED))
            owner, kind = (bases, kind[len(_BASE) :]) if kind.startswith(_BASE) else (found, kind)
            if not kind or kind in owner:
                raise AssetError(f"{where}, line {number}: {line!r} names no new kind; write === and another name.")
            if base and base not in bases:
                raise AssetError(f"{where}, line {number}: no {_KIND} {_BASE}{base} stands above; write it there.")
            current, role, part = owner.setdefault(kind, {}), "", ""
            if base:
                based[kind] = base
        elif line[0] == "[" and (heading := _ROLE.fullmatch(line)):
            role, part = heading[1], ""
            section = current.setdefault(role, Section())
            section.series = section.series or bool(heading[2])
        elif not role:
            raise AssetError(f"{where}, line {number}: a template before the first [role]; put [body] above it.")
        elif line.startswith(_PART):
            part = f" | {PART_MARK}{line[len(_PART) :].strip().replace(' ', '_')}"
        else:
            current[role].lines.append((number, line + part))
    for kind, base in based.items():
        for role, section in bases[base].items():
            own = found[kind].setdefault(role, Section())
            own.series = own.series or section.series
            own.lines += section.lines
    return found


def slots(line: str) -> list[str]:
    """Return the names of the vocabulary and field slots of one template line, in order."""
    return [_name(token) for token in _TOKEN.findall(line) if "/" not in token]


def _name(token: str) -> str:
    return token.partition("#")[0].removesuffix("!")


def parse(
    line: str,
    vocabularies: Mapping[str, Sequence[str]],
    fields: Mapping[str, Field],
    where: str,
    booked: Mapping[str, BookedField] | None = None,
) -> Template | None:
    """Return the template of one line, or None when a vocabulary it needs has no entry left.

    ``booked`` are the slots that read and write the ledger.

    Raises
    ------
    AssetError
        For an unknown slot, an unknown josa, a josa with nothing before it, and stray braces.
    """
    booked = booked or {}
    must = line.startswith(MUST)
    line = line.removeprefix(MUST)
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
        name, once = _name(token), token.endswith("!")
        key = token if "#" in token else ""
        if name in fields:
            parts.append(Made(key, fields[name], once))
        elif name in booked:
            parts.append(Booked(key, booked[name]))
        elif name in vocabularies:
            entries = tuple(vocabularies[name])
            if not entries:
                return None
            parts.append(Entries(key, entries, once))
        else:
            known = [*vocabularies, *fields, *booked]
            raise AssetError(f"{where}: unknown slot {{{name}}}.{did_you_mean(name, known)}")
    _add_text(parts, line[at:], where)
    books = any(isinstance(part, Booked) or (isinstance(part, Entries | Made) and part.once) for part in parts)
    return Template(tuple(parts), words, books, must)


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
