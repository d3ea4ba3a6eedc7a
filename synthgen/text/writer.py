"""Writes what a sample says: for each ask a block of natural text, mixed with what the recipe wants mixed in.

A writer holds the texts of one or two languages. For each article (a headline and what follows it) a genre is drawn
among those whose templates serve most of the roles asked for; numbered slots keep their values within the article. Asks
that name a genre make documents (:mod:`synthgen.text.documents`), each with one kind and one ledger.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from synthgen.errors import TextError, UsageError, did_you_mean
from synthgen.randomness import Stream
from synthgen.recipe import Text
from synthgen.text.charset import load_charset
from synthgen.text.copy import Ask, Block, Copy
from synthgen.text.corpus import Corpus
from synthgen.text.documents import CELL_BREAK, NOWHERE, Document, Place, draw_kind, places
from synthgen.text.genres import best_genres, told
from synthgen.text.ledger import Ledger
from synthgen.text.library import LANGUAGES, Genre, Language, genre_files, read_language
from synthgen.text.mixture import seasoning_of
from synthgen.text.seasoning import style_english
from synthgen.text.template import Template

LANGS = ("en", "ko", "ko+en")
WORD_LIMIT = 24
"""The most characters in a text of role ``word``."""

# Where a genre has no templates of a role, these serve, in this order.
_STAND_INS = {
    "body": ("line", "headline", "word"),
    "caption": ("line", "headline", "body"),
    "headline": ("line", "subhead", "body"),
    "kicker": ("headline", "line"),
    "subhead": ("headline", "line"),
    "line": ("headline", "caption", "body"),
}
_NEVER_SEASONED = (
    "byline", "code", "date", "day", "folio", "issue", "name", "nameplate", "page", "seal", "send", "status", "when"
)  # fmt: skip
# With "ko+en", the share of sentences, lines and words that are English.
_ENGLISH_SHARE = 0.25
_PARAGRAPH_SENTENCES = (2, 5)
_CANDIDATES = 3
_TRIES = 12
# How a single word is found: in the word list, in running text, in the templates of words, in a field.
_WORD_SOURCES = (0.55, 0.8, 0.9, 1.0)
_WORD_FIELDS = (
    "count",
    "won",
    "percent",
    "date_dot",
    "phone",
    "time_colon",
    "quantity",
    "person",
    "month_day",
    "won_sign",
)
_LINE_FROM_TEMPLATE = 0.5
_DIVISIONS = {"장": "Chapter", "절": "Section", "조": "Article"}
_NUMBERED = re.compile(r"제(\d+)([장절조])")
_SYLLABLES = "가나다라마바사아자차카타파하"


@dataclass(slots=True)
class _Article:
    """The genre, numbered slots and used templates of one article; lives for one call of :meth:`Writer.write`.

    What is ``used`` is told by all articles of a page, but by each document for itself. What is ``left`` of a sentence
    that was written for a lone word, by language, waits for the next one.
    A document has an entry of ``documents`` for each language, or for the only one it is written in, and the ``place``
    of the ask that is being answered.
    """

    genres: dict[str, Genre]
    documents: dict[str, Document] = field(default_factory=dict)
    place: Place = NOWHERE
    ledger: Ledger = field(default_factory=Ledger)
    memo: dict[str, str] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)
    stand_ins: dict[str, tuple[Template, ...]] = field(default_factory=dict)
    left: dict[str, list[str]] = field(default_factory=dict)
    headed: bool = False


_MOST_WANTED = 4096
_LONE_WORD = Ask("word", 1)


class Writer:
    """Writes copy of one language, charset and mixture; construct one per process, it never changes.

    Parameters
    ----------
    text
        The recipe's part on text.
    lang
        ``ko``, ``en`` or ``ko+en``.
    corpora
        The user's own texts, already held to the charset.
    root
        The folder of the bundled texts; None finds the installed one.

    Raises
    ------
    UsageError
        For an unknown language or genre, and for Korean in a charset without a syllable.
    """

    __slots__ = ("_arguments", "_best", "_corpora", "_genres", "_kinds", "_languages", "_seasonings", "charset")

    def __init__(self, text: Text, lang: str, corpora: Sequence[Corpus] = (), root: Path | None = None) -> None:
        if lang not in LANGS:
            raise UsageError(f"language {lang!r}: not one that can be written.{did_you_mean(lang, LANGS)}")
        if root is None:
            from synthgen.assets import corpora_dir

            root = corpora_dir()
        self._arguments = (text, lang, tuple(corpora), root)
        self.charset = load_charset(text.charset)
        names = lang.split("+")
        if "ko" in names and not self.charset.syllables:
            raise UsageError(f"charset {self.charset.name}: holds no Hangul syllable for language {lang}; write en.")
        self._languages = tuple(read_language(root, name, self.charset) for name in names)
        self._genres = {language.name: _chosen(language, text.genres) for language in self._languages}
        _check_genres(text.genres, self._languages, root)
        # Which genres serve which roles best is the same each time.
        self._best: dict[tuple[str, frozenset[str]], tuple[Genre, ...]] = {}
        # So is what the kinds of a genre have of a role.
        self._kinds: dict[tuple[str, str, str], tuple[Template, ...]] = {}
        self._corpora = tuple(corpora)
        self._seasonings = {each.name: seasoning_of(each.name, text, self.charset, root) for each in self._languages}

    def __reduce__(self) -> tuple[type[Writer], tuple[Text, str, tuple[Corpus, ...], Path]]:
        return Writer, self._arguments

    def write(self, asks: Sequence[Ask], stream: Stream) -> Copy:
        """Return one block for each ask, in order, drawn from the stream.

        ``body`` has at least the words asked for and at most one sentence more, ``word`` is one word of at most 24
        characters, ``line`` has about the words asked for.
        """
        roles = tuple(dict.fromkeys(ask.role for ask in asks if not ask.genre))
        # Articles of one page do not say the same sentence.
        used: set[int] = set()
        article = self._article(roles, used, stream)
        free = bool(roles) or not asks
        first = article.genres[self._languages[0].name].name if free else asks[0].genre
        blocks = []
        where = places(asks)
        theirs: dict[int, _Article] = {}
        for ask, place in zip(asks, where, strict=True):
            if ask.words < 1:
                raise UsageError(f"role {ask.role}: {ask.words} words asked for; ask for at least one.")
            if place.document >= 0:
                document = theirs.get(place.document)
                if document is None:
                    wanted = {
                        a.role: p.all_rows for a, p in zip(asks, where, strict=True) if p.document == place.document
                    }
                    document = theirs[place.document] = self._document(ask.genre, wanted, stream)
                document.place = place
                blocks.append(Block(ask.role, self._paragraphs(ask, document, stream)))
                continue
            if article.headed and ask.role in ("headline", "kicker"):
                article = self._article(roles, used, stream)
            article.headed = article.headed or ask.role == "headline"
            blocks.append(Block(ask.role, self._paragraphs(ask, article, stream)))
        return Copy(first, tuple(blocks))

    def write_together(self, wanted: Sequence[Sequence[Ask]], stream: Stream) -> list[Copy]:
        """Return the copy of each of some samples that are written together; see :meth:`write`.

        Samples of a lone word are one article: those that want a word out of running text share a sentence, of which
        each takes another word.
        """
        shared: _Article | None = None
        copies = []
        for asks in wanted:
            if len(asks) == 1 and asks[0] == _LONE_WORD:
                if shared is None:
                    shared = self._article((_LONE_WORD.role,), set(), stream)
                word = Block(_LONE_WORD.role, (self._word(shared, stream),))
                copies.append(Copy(shared.genres[self._languages[0].name].name, (word,)))
            else:
                copies.append(self.write(asks, stream))
        return copies

    def _article(self, roles: tuple[str, ...], used: set[int], stream: Stream) -> _Article:
        genres = {name: told(self._draw_genre(name, roles, stream), stream) for name in self._genres}
        return _Article(genres, used=used)

    def _draw_genre(self, language: str, wanted: tuple[str, ...], stream: Stream) -> Genre:
        """Return a genre among those of a language that best serve the roles wanted."""
        key = language, frozenset(wanted)
        best = self._best.get(key)
        if best is None:
            if len(self._best) >= _MOST_WANTED:
                self._best.clear()
            best = self._best[key] = best_genres(self._genres[language], wanted)
        return best[0] if len(best) == 1 else stream.pick(best)

    def _document(self, name: str, roles: Mapping[str, int], stream: Stream) -> _Article:
        """Return a document of a genre; of one drawn, in a language that has no such templates.

        ``roles`` says how often its asks name each. What has kinds or a series is written in one language.
        """
        genres = {
            language.name: language.genres.get(name) or self._draw_genre(language.name, tuple(roles), stream)
            for language in self._languages
        }
        if len(genres) > 1 and any(genre.kinds or genre.series for genre in genres.values()):
            language = self._language(stream).name
            genres = {language: genres[language]}
        documents = {name: Document(genre, draw_kind(genre, roles, stream)) for name, genre in genres.items()}
        return _Article(genres, documents)

    def _paragraphs(self, ask: Ask, article: _Article, stream: Stream) -> tuple[str, ...]:
        if ask.cells:
            row = self._sentence(self._of(article, stream), ask.role, ask.words, article, stream)
            return tuple(row.split(CELL_BREAK))
        bare = self._unled(ask, article, stream)
        if not ask.lead:
            return bare
        lead = english_lead(ask.lead) if len(article.genres) == 1 and "en" in article.genres else ask.lead
        return (f"{lead} {bare[0]}", *bare[1:]) if self.charset.covers(lead) else bare

    def _unled(self, ask: Ask, article: _Article, stream: Stream) -> tuple[str, ...]:
        """Return what an ask wants behind its lead."""
        if ask.role == "word":
            return (self._word(article, stream),)
        if ask.role == "body":
            return self._body(ask.words, article, stream)
        language = self._of(article, stream)
        # A layout that names a genre wants a whole line of it, not words cut out of running text.
        if ask.role == "line" and not ask.genre:
            return (self._line(ask.words, language, article, stream),)
        return (self._sentence(language, ask.role, ask.words, article, stream),)

    def _language(self, stream: Stream) -> Language:
        if len(self._languages) == 1:
            return self._languages[0]
        return self._languages[1 if stream.chance(_ENGLISH_SHARE) else 0]

    def _of(self, article: _Article, stream: Stream) -> Language:
        """Return the language of an article's next piece: a document's only one, else one drawn."""
        if len(article.genres) < len(self._languages):
            return next(language for language in self._languages if language.name in article.genres)
        return self._language(stream)

    def _body(self, words: int, article: _Article, stream: Stream) -> tuple[str, ...]:
        paragraphs = []
        opening, closing = (self._framing(role, article, stream) for role in ("opening", "closing"))
        count = sum(one.count(" ") + 1 for one in (opening, closing) if one)
        while count < words or opening:
            n = stream.integer(_PARAGRAPH_SENTENCES[0], _PARAGRAPH_SENTENCES[1] + 1)
            borrowed = self._borrowed(n, stream)
            sentences = [opening] if opening else []
            opening = ""
            while count < words and len(sentences) < n:
                if borrowed:
                    sentence = self._seasoned(borrowed.pop(0), "body", self._languages[0], stream)
                else:
                    sentence = self._sentence(self._of(article, stream), "body", 0, article, stream)
                sentences.append(sentence)
                count += sentence.count(" ") + 1
            paragraphs.append(" ".join(sentences))
        return (*paragraphs, closing) if closing else tuple(paragraphs)

    def _framing(self, role: str, article: _Article, stream: Stream) -> str:
        """Return the sentence with which a body of one language opens or closes, as letters and news do; or none."""
        if len(article.genres) != 1:
            return ""
        ((name, genre),) = article.genres.items()
        if not (article.documents[name] if article.documents else genre).of(role):
            return ""
        return self._sentence(next(one for one in self._languages if one.name == name), role, 0, article, stream)

    def _borrowed(self, n: int, stream: Stream) -> list[str]:
        """Return consecutive sentences of the user's, or none: a paragraph is either theirs or ours."""
        if not self._corpora or not stream.chance(self._arguments[0].corpus_frac):
            return []
        return [s for s in stream.pick(self._corpora).run(stream, n) if self.charset.covers(s)]

    def _sentence(self, language: Language, role: str, words: int, article: _Article, stream: Stream) -> str:
        """Return one seasoned template of the role, of about ``words`` words (0: any length)."""
        templates = self._templates(language, role, article, stream)
        for _ in range(_TRIES):
            if not templates:
                break
            template = _draw_template(templates, words, article.used, stream)
            # What a text that is thrown away has booked is not said.
            ledger = article.ledger.copy() if template.books else article.ledger
            text = template.fill(stream, article.memo, ledger)
            if self.charset.covers(text):
                article.ledger = ledger
                article.used.add(id(template))
                return self._seasoned(text, role, language, stream)
        # A small charset of the user's can write none of the templates: words do.
        return self._seasoned(" ".join(self._plain_words(language, max(words, 5), stream)), role, language, stream)

    def _templates(self, language: Language, role: str, article: _Article, stream: Stream) -> tuple[Template, ...]:
        """Return the templates that may serve a role now; in a document, those not yet used while there are any."""
        document = article.documents.get(language.name)
        if document is None:
            return article.genres[language.name].of(role) or self._stand_in(language, role, article, stream)
        article.ledger.left = document.rows_left(role, article.place)
        found = document.next_of(role, article.place, stream)
        used = article.used
        fresh = tuple([template for template in found if id(template) not in used])
        return fresh or found or self._stand_in(language, role, article, stream)

    def _stand_in(self, language: Language, role: str, article: _Article, stream: Stream) -> tuple[Template, ...]:
        """Return templates for a role that the article's genre lacks: its kinds', another genre's or a near role's."""
        key = f"{language.name} {role}"
        if key not in article.stand_ins:
            found: list[tuple[Template, ...]] = []
            for name in (role, *_STAND_INS.get(role, ("line", "headline", "body"))):
                genre = article.genres[language.name]
                own = genre.of(name) or (self._of_kinds(language, genre, name) if genre.kinds else ())
                found = [own] if own else [t for genre in self._genres[language.name] if (t := genre.of(name))]
                if found:
                    break
            article.stand_ins[key] = stream.pick(found) if found else ()
        return article.stand_ins[key]

    def _of_kinds(self, language: Language, genre: Genre, role: str) -> tuple[Template, ...]:
        """Return the templates of a role that any kind of one of a language's genres has."""
        key = language.name, genre.name, role
        found = self._kinds.get(key)
        if found is None:
            found = self._kinds[key] = tuple(one for kind in genre.kinds for one in kind.of(role))
        return found

    def _plain_words(self, language: Language, n: int, stream: Stream) -> list[str]:
        if language.words:
            return [stream.pick(language.words) for _ in range(n)]
        return [self._seasonings[language.name].pseudo.stem(stream) for _ in range(n)]

    def _seasoned(self, text: str, role: str, language: Language, stream: Stream) -> str:
        if role in _NEVER_SEASONED or CELL_BREAK in text:
            return text
        seasoned = self._seasonings[language.name].season(text, role, stream)
        return seasoned if seasoned is text or self.charset.covers(seasoned) else text

    def _line(self, words: int, language: Language, article: _Article, stream: Stream) -> str:
        """Return a line: a template of about that length, or as many words cut out of running text."""
        if stream.chance(_LINE_FROM_TEMPLATE):
            line = self._sentence(language, "line", words, article, stream)
            if abs(line.count(" ") + 1 - words) <= max(1, words // 3):
                return line
        running: list[str] = []
        while len(running) < words:
            borrowed = self._borrowed(2, stream)
            running += " ".join(borrowed or [self._sentence(language, "body", 0, article, stream)]).split(" ")
        start = stream.integer(0, len(running) - words + 1)
        return " ".join(running[start : start + words])

    def _word(self, article: _Article, stream: Stream) -> str:
        """Return one word without spaces, of at most :data:`WORD_LIMIT` characters."""
        language = self._of(article, stream)
        mixed = self._seasonings[language.name].single(stream)
        if mixed is not None and self.charset.covers(mixed):
            return mixed
        for _ in range(_TRIES):
            words = self._word_source(language, article, stream)
            word = words.pop(stream.integer(0, len(words)))
            if len(word) <= WORD_LIMIT and self.charset.covers(word) and any(map(str.isalnum, word)):
                styled = style_english(word, stream) if language.name == "en" and stream.chance(0.3) else word
                return styled if self.charset.covers(styled) else word
        return self._plain_words(language, 1, stream)[0][:WORD_LIMIT]

    def _word_source(self, language: Language, article: _Article, stream: Stream) -> list[str]:
        """Return words to take one out of; never none."""
        if borrowed := self._borrowed(1, stream):
            return borrowed[0].split(" ")
        source = stream.weighted(_WORD_SOURCES)
        if source == 0 and language.words:
            return [stream.pick(language.words)]
        if source == 1:
            # What is left of it when a word was taken serves the next one that wants a word of such a source.
            if not article.left.get(language.name):
                article.left[language.name] = self._sentence(language, "body", 0, article, stream).split(" ")
            return article.left[language.name]
        if source == 2:
            return self._sentence(language, "word", 0, article, stream).split(" ")
        name = stream.pick(_WORD_FIELDS)
        made = language.fields[name] if name in language.fields else language.fields["count"]
        return made(stream).split(" ")


def english_lead(lead: str) -> str:
    """Return a heading's or point's number as English has it.

    >>> [english_lead(lead) for lead in ("제2장", "다.", "Ⅰ.", "○")]
    ['Chapter 2.', 'c.', 'Ⅰ.', '○']
    """
    if found := _NUMBERED.fullmatch(lead):
        return f"{_DIVISIONS[found[2]]} {found[1]}."
    return "".join(chr(ord("a") + _SYLLABLES.index(char)) if char in _SYLLABLES else char for char in lead)


def _chosen(language: Language, genres: tuple[str, ...]) -> tuple[Genre, ...]:
    """Return the language's genres that the recipe names; all of them when it names none of this language's."""
    chosen = tuple(language.genres[name] for name in sorted(set(genres)) if name in language.genres)
    return chosen or tuple(language.genres.values())


def _check_genres(genres: tuple[str, ...], languages: tuple[Language, ...], root: Path) -> None:
    """Raise UsageError for a genre that no language has: a recipe may name those of languages that it is not in."""
    for name in genres:
        if any(name in language.genres for language in languages):
            continue
        known = sorted({name for language in LANGUAGES for name in genre_files(root, language)})
        if name not in known:
            raise UsageError(f"genre {name!r}: there are no templates of that name.{did_you_mean(name, known)}")
    for language in languages:
        if not language.genres:
            raise TextError(f"language {language.name}: the corpora folder has no templates; give a complete folder.")


def _draw_template(templates: tuple[Template, ...], words: int, used: set[int], stream: Stream) -> Template:
    """Return a template not yet used if there is any, the nearest to ``words`` words of a few."""
    n = len(templates)
    drawn = [int(n * stream.random()) for _ in range(_CANDIDATES)]
    fresh = [template for at in drawn if id(template := templates[at]) not in used]
    if not fresh:
        # The next one after the first drawn.
        first = drawn[0]
        round_trip = (templates[(first + step) % n] for step in range(n))
        return next((template for template in round_trip if id(template) not in used), templates[first])
    return min(fresh, key=lambda template: abs(template.words - words)) if words else fresh[0]
