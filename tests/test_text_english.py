"""English copy: headlines and leads speak of one story, sentences begin with capitals, talk keeps its order."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from synthgen.assets import corpora_dir
from synthgen.randomness import Stream
from synthgen.recipe import Text
from synthgen.text.charset import load_charset
from synthgen.text.copy import Ask, Copy
from synthgen.text.ledger import Ledger
from synthgen.text.library import Genre, read_genres, read_vocabularies
from synthgen.text.template import Entries, Template
from synthgen.text.writer import Writer

PLAIN = Text(coverage_frac=0.0, latin_frac=0.0)
NEWS = (
    "culture",
    "economy",
    "international",
    "local",
    "obituary",
    "politics",
    "science",
    "society",
    "sports",
    "weather",
)
ARTICLE = (
    Ask("kicker", 2),
    Ask("headline", 6),
    Ask("subhead", 5),
    Ask("byline", 3),
    Ask("body", 120),
    Ask("caption", 8),
    Ask("folio", 5),
)
# Roles whose texts begin with a capital letter, a figure or a mark; people who chat need not.
SENTENCES = frozenset(
    ("body", "caption", "footnote", "headline", "headline_2", "heading", "opening", "point", "subhead")
)


@pytest.fixture(scope="module")
def genres() -> dict[str, Genre]:
    return read_genres(corpora_dir(), "en", load_charset("ks1001"))


def said(copy: Copy, role: str) -> str:
    return " ".join(text for block in copy.blocks if block.role == role for text in block.paragraphs)


def templates_of(genre: Genre) -> list[tuple[str, Template]]:
    return [(role, one) for part in (genre, *genre.kinds) for role, found in part.templates.items() for one in found]


@pytest.mark.parametrize("name", NEWS)
def test_kinds_of_news_have_all_that_an_article_asks_for(name: str, genres: dict[str, Genre]) -> None:
    genre = genres[name]
    assert len(genre.kinds) >= 3
    for kind in genre.kinds:
        for role, least in (("headline", 4), ("subhead", 3), ("caption", 3), ("opening", 1), ("body", 14)):
            assert len(kind.of(role)) >= least, (kind.name, role)
    for ask in ARTICLE:
        assert all(genre.of(ask.role) or kind.of(ask.role) for kind in genre.kinds), ask.role


def test_a_match_has_two_sides() -> None:
    """Whoever the headline and the text name is of the same two teams, and the sides are never one team."""
    vocabularies = read_vocabularies(corpora_dir(), "en")
    assert not set(vocabularies["team"]) & set(vocabularies["rival"])
    assert not set(vocabularies["country"]) & set(vocabularies["country_near"])
    assert not set(vocabularies["bride"]) & set(vocabularies["groom"])
    writer = Writer(Text(genres=("sports",), coverage_frac=0.0, latin_frac=0.0), "en")
    teams = "|".join(vocabularies["team"])
    named = 0
    for index in range(60):
        copy = writer.write(ARTICLE, Stream(0, index, "t"))
        found = re.findall(rf"\b(?:{teams})\b", said(copy, "headline") + " " + said(copy, "caption"))
        assert len(set(found)) <= 1, found
        named += bool(found)
    assert named > 30


def test_sentences_begin_with_a_capital(genres: dict[str, Genre]) -> None:
    found: Counter[str] = Counter()
    for name, genre in genres.items():
        if name == "chat":
            continue
        stream = Stream(0, 0, name)
        for role, template in templates_of(genre):
            first = template.parts[0]
            if role not in SENTENCES or (isinstance(first, str) and first.strip('"-[(') != ""):
                continue
            slot = template.parts[0 if not isinstance(first, str) else 1]
            values = (
                slot.entries if isinstance(slot, Entries) else (template.fill(stream, {}, Ledger()).lstrip('"-[('),)
            )
            found.update(f"{name}: {value}" for value in values if value[0].islower())
    assert not found


def test_stops_come_once() -> None:
    writer = Writer(PLAIN, "en")
    for index in range(120):
        text = " ".join(said(writer.write(ARTICLE, Stream(1, index, "t")), role) for role in ("body", "subhead"))
        assert not re.search(r"[ap]\.m\.\.|[?!]\.|,\.|(?<!\.)\.\.(?!\.)", text), text
        assert not re.search(r"\b(?:[Aa]n?|[Tt]he) (?:an?|the) ", text), text


def test_talk_keeps_to_one_subject_and_its_order(genres: dict[str, Genre]) -> None:
    writer = Writer(PLAIN, "en")
    asks = [
        Ask("group", 2, "chat"),
        Ask("day", 1, "chat"),
        *[Ask("say", 4, "chat")] * 10,
        Ask("send", 1, "chat"),
    ]
    kinds = {kind.name: kind for kind in genres["chat"].kinds}
    orders = {name: [one.parts for one in kind.of("say")] for name, kind in kinds.items() if "say" in kind.series}
    assert len(orders) >= 10
    fixed = {
        parts[0]: (name, at) for name, order in orders.items() for at, parts in enumerate(order) if len(parts) == 1
    }
    seen = set()
    for index in range(40):
        copy = writer.write(asks, Stream(0, index, "t"))
        lines = [block.paragraphs[0] for block in copy.blocks if block.role == "say"]
        places = [fixed[line] for line in lines if line in fixed]
        assert len({name for name, _ in places}) == 1
        assert [at for _, at in places] == sorted(at for _, at in places)
        seen.add(places[0][0])
    assert len(seen) >= 6


@pytest.mark.parametrize(("genre", "words"), [("book", 260), ("letter", 90), ("report", 90)])
def test_english_pages_seldom_repeat_themselves(genre: str, words: int) -> None:
    writer = Writer(PLAIN, "en")
    repeating = 0
    for index in range(80):
        paragraphs = writer.write([Ask("body", words, genre)], Stream(0, index, "t")).blocks[0].paragraphs
        sentences = [one for text in paragraphs for one in re.split(r"(?<=[.?!]) ", text)]
        repeating += len(set(sentences)) < len(sentences)
    assert repeating <= 8
