"""The bundled texts as they lie in ``corpora/``: templates by genre and role, vocabularies, words, names, places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path

from synthgen.assets import corpora_dir
from synthgen.errors import AssetError
from synthgen.text.booked import booked_fields
from synthgen.text.charset import Charset, characters_of, load_charset
from synthgen.text.fields import Names, Places, english_fields, korean_fields
from synthgen.text.ledger import BookedField
from synthgen.text.money import Goods
from synthgen.text.routes import Route
from synthgen.text.shelf import Late, Shelf
from synthgen.text.template import Field, Section, Template, parse, sections
from synthgen.text.unicode_rules import fold

LANGUAGES = ("en", "ko")
BUNDLED_CHARSET = "ks1001"
"""All bundled texts keep to it."""

# Running text that is no template but is written in the same sections: genre -> file under the language's folder.
_PLAIN_GENRES = {"ko": {"law": "constitution.txt"}, "en": {}}


@dataclass(frozen=True, slots=True)
class Genre:
    """A genre's templates by role, and its kinds.

    The roles in ``series`` are taken in order and without repeating. A kind, such as one form with all that belongs to
    it, is a genre in itself; the roles that it lacks are the whole genre's.
    """

    name: str
    templates: Mapping[str, Late[Template]]
    series: frozenset[str] = frozenset()
    kinds: tuple[Genre, ...] = ()

    def of(self, role: str) -> tuple[Template, ...]:
        """Return the role's templates, or none."""
        templates = self.templates.get(role)
        return () if templates is None else templates.all()


@dataclass(frozen=True, slots=True)
class Language:
    """One language's texts, held to a charset: nothing in ``words`` or in a template's own text leaves it."""

    name: str
    genres: Mapping[str, Genre]
    words: tuple[str, ...]
    fields: Mapping[str, Field]


def read_lines(path: Path) -> list[str]:
    """Return a bundled list's entries, without comments and empty lines; AssetError when there are none."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise AssetError(
            f"corpora: {path.name} is missing; install synthgen again or give a complete folder."
        ) from None
    lines = list(filter(None, map(str.strip, text.splitlines())))
    if "#" in text:
        lines = [line for line in lines if line[0] != "#"]
    if not lines:
        raise AssetError(f"corpora: {path.name} has no entry; add one line for each.")
    return lines


def read_names(root: Path) -> Names:
    """Return the Korean names under ``corpora/ko/names``."""
    folder = root / "ko" / "names"
    rows = (line.split("\t") for line in read_lines(folder / "surnames.tsv"))
    shares = {surname: float(share) for surname, share in rows}
    return Names.of(shares, read_lines(folder / "given_first.txt"), read_lines(folder / "given_last.txt"))


def read_places(root: Path) -> Places:
    """Return the provinces, cities, streets and roads under ``corpora/ko/places``; AssetError for a bad road."""
    folder = root / "ko" / "places"
    rows = (line.split("\t") for line in read_lines(folder / "regions.tsv"))
    regions = tuple((province, tuple(cities.split())) for province, cities in rows)
    routes = []
    for line in read_lines(folder / "routes.tsv"):
        try:
            routes.append(Route.of(line))
        except ValueError:
            raise AssetError(
                f"corpora: routes.tsv: {line!r} is no road; write kind, tab, name, tab, place km, place km."
            ) from None
    return Places(regions, tuple(read_lines(folder / "roads.txt")), tuple(routes))


def read_english_names(root: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the English first and last names under ``corpora/en/names``."""
    folder = root / "en" / "names"
    return tuple(read_lines(folder / "first.txt")), tuple(read_lines(folder / "last.txt"))


def read_fields(root: Path, language: str) -> dict[str, Field]:
    """Return the fields that templates of the language may name."""
    if language == "ko":
        return korean_fields(read_places(root), read_names(root))
    places = root / "en" / "places"
    first, last = read_english_names(root)
    return english_fields(first, last, read_lines(places / "streets.txt"), read_lines(places / "towns.txt"))


def read_goods(root: Path, language: str, charset: Charset) -> dict[str, tuple[Goods, ...]]:
    """Return the articles of ``goods/NAME.tsv`` that the charset can write, by name; AssetError for a bad line.

    A line is ``name<TAB>price`` in the smallest unit, with a third cell ``0`` for goods that bear no tax.
    """
    found = {}
    for path in sorted((root / language / "goods").glob("*.tsv")):
        goods = []
        for line in read_lines(path):
            cells = line.split("\t")
            if len(cells) not in (2, 3) or not cells[1].isdecimal():
                raise AssetError(f"corpora: {path.name}: {line!r} has no price; write name, tab, price.")
            if charset.covers(fold(cells[0])):
                goods.append(Goods(fold(cells[0]), int(cells[1]), cells[2:] == ["0"]))
        found[path.stem] = tuple(goods)
    return found


def read_booked(root: Path, language: str, charset: Charset) -> dict[str, BookedField]:
    """Return the slots of the language that read and write a document's ledger."""
    places = read_places(root) if language == "ko" else None
    return booked_fields(language, read_goods(root, language, charset), places)


def read_vocabularies(root: Path, language: str) -> Shelf[tuple[str, ...]]:
    """Return every vocabulary of the language by its slot's name, sorted; each is read when it is first asked for."""
    files = {path.stem: path for path in sorted((root / language / "vocabulary").glob("*.txt"))}
    return Shelf(files, lambda _, path: tuple(map(fold, read_lines(path))))


def genre_files(root: Path, language: str) -> dict[str, Path]:
    """Return the language's template files by genre, sorted."""
    files = {path.stem: path for path in (root / language / "templates").glob("*.txt")}
    for genre, name in _PLAIN_GENRES[language].items():
        if (root / language / name).is_file():
            files[genre] = root / language / name
    return dict(sorted(files.items()))


def read_genres(root: Path, language: str, charset: Charset) -> Mapping[str, Genre]:
    """Return the language's genres, with the templates and vocabulary entries that the charset can write.

    The bundled ones are read when they are first asked for, where the charset can write all of them.

    Raises
    ------
    AssetError
        When a template names an unknown slot or josa, or a vocabulary has a field's name.
    """
    fields, booked = read_fields(root, language), read_booked(root, language, charset)
    vocabularies = read_vocabularies(root, language)
    if clash := sorted((set(fields) | set(booked)) & set(vocabularies)):
        raise AssetError(f"vocabulary {clash[0]}.txt: a field made by code has that name; rename the file.")
    files = genre_files(root, language)
    if root == corpora_dir() and _writes_all(charset):
        return Shelf(files, partial(_read_genre, slots=(vocabularies, fields, booked), charset=charset, late=True))
    writable = {name: tuple(filter(charset.covers, entries)) for name, entries in vocabularies.items()}
    # Goods of which the charset can write none are a vocabulary without entries.
    writable |= {f"goods_{name}": () for name, found in read_goods(root, language, charset).items() if not found}
    slots = writable, fields, booked
    return {name: _read_genre(name, path, slots, charset, late=False) for name, path in files.items()}


def _writes_all(charset: Charset) -> bool:
    """Return whether the charset has every character of the bundled texts."""
    return charset.covers("".join(load_charset(BUNDLED_CHARSET).characters))


_Slots = tuple[Mapping[str, Sequence[str]], Mapping[str, Field], Mapping[str, BookedField]]


def _read_genre(name: str, path: Path, slots: _Slots, charset: Charset, *, late: bool) -> Genre:
    """Return the genre of a file; its templates are parsed now, or ``late``, when they are first asked for."""
    found = {
        kind: _genre(kind or name, path.name, by_role, slots, charset, late=late)
        for kind, by_role in sections(path.read_text(encoding="utf-8"), path.name).items()
    }
    base = found.pop("")
    return replace(base, kinds=tuple(found.values()))


def _genre(
    name: str, file: str, by_role: Mapping[str, Section], slots: _Slots, charset: Charset, *, late: bool
) -> Genre:
    """Return one kind's templates; of those parsed now, the ones left out that the charset cannot write."""
    templates = {
        role: Late(partial(_parsed, section.lines, file, slots, charset))
        for role, section in by_role.items()
        if section.lines
    }
    if not late:
        templates = {role: found for role, found in templates.items() if found.all()}
    return Genre(name, templates, frozenset(role for role, section in by_role.items() if section.series))


def _parsed(lines: Sequence[tuple[int, str]], file: str, slots: _Slots, charset: Charset) -> tuple[Template, ...]:
    vocabularies, fields, booked = slots
    parsed = (parse(line, vocabularies, fields, f"{file}, line {at}", booked) for at, line in lines)
    return tuple(one for one in parsed if one is not None and _writable(one, charset))


def _writable(template: Template, charset: Charset) -> bool:
    return all(charset.covers(part) for part in template.parts if isinstance(part, str))


def read_words(root: Path, language: str, charset: Charset) -> tuple[str, ...]:
    """Return the language's word list without the words that the charset cannot write."""
    words, characters = _word_list(root / language / "words.txt")
    if charset.covers("".join(characters)):
        return words
    return tuple(word for word in words if charset.covers(word))


@lru_cache(maxsize=8)
def _word_list(path: Path) -> tuple[tuple[str, ...], frozenset[str]]:
    words = read_lines(path)
    return tuple(words), characters_of("".join(words))


def read_language(root: Path, name: str, charset: Charset) -> Language:
    """Return one language's texts, held to the charset."""
    # The bundled ones never change while a process runs, and take 0.2 s to read.
    return _bundled(name, charset) if root == corpora_dir() else _read_language(root, name, charset)


@lru_cache(maxsize=8)
def _bundled(name: str, charset: Charset) -> Language:
    return _read_language(corpora_dir(), name, charset)


def _read_language(root: Path, name: str, charset: Charset) -> Language:
    return Language(
        name=name,
        genres=read_genres(root, name, charset),
        words=read_words(root, name, charset),
        fields=read_fields(root, name),
    )


def read_loanwords(root: Path, charset: Charset) -> tuple[str, ...]:
    """Return the English words that Korean print uses as they are, as far as the charset can write them."""
    return tuple(word for word in read_lines(root / "en" / "loanwords.txt") if charset.covers(word))


def read_hanja(root: Path, charset: Charset) -> list[tuple[str, str]]:
    """Return the ``(reading, hanja)`` pairs that the charset can write, the commonest form of a reading first."""
    rows = (line.split("\t") for line in read_lines(root / "ko" / "hanja_words.tsv"))
    return [(reading, hanja) for reading, hanja in rows if charset.covers(hanja) and charset.covers(reading)]
