"""Which asks make one document, and which lines of its kind it takes, so that no field comes twice.

Asks that name a genre belong to a document of that genre. A receipt, a form, a table is one document; tables of one
family that follow each other on a page are one too, and speak of one subject, each with figures of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from synthgen.randomness import Stream
from synthgen.text.copy import Ask
from synthgen.text.ledger import Ledger
from synthgen.text.library import Genre
from synthgen.text.template import Booked, Template

CELL_BREAK = " | "
"""What parts the cells of a table's row in a template."""
# Where one of these comes a second time, another document of the genre begins; so it does at the head of a table of
# another family. Two titles that follow each other are the page's and the table's.
OPENERS = ("title", "shop")
HEADS = "heads"
# A run of at least so many rows ends in its total.
LEAST_ROWS = 3


@dataclass(frozen=True, slots=True)
class Place:
    """Where an ask stands: its document (-1 for none), and its run, the asks of one role that follow one another.

    ``run`` counts the document's runs of that role from 1; ``rows`` is the run's length, ``left`` how many asks of it
    are still to come, this one included; ``all_rows`` how many asks of the role the document has, of a table's rows how
    many its longest table has.
    """

    document: int
    run: int = 1
    rows: int = 1
    left: int = 1
    all_rows: int = 1


NOWHERE = Place(-1)


def places(asks: Sequence[Ask]) -> tuple[Place, ...]:
    """Return the place of each ask.

    >>> [place.document for place in places([Ask("shop", 2, "receipt"), Ask("line", 2), Ask("title", 2, "table")])]
    [0, -1, 1]
    """
    if not any(ask.genre for ask in asks):
        return (NOWHERE,) * len(asks)
    numbers = _documents(asks)
    runs: dict[tuple[int, str], list[list[int]]] = {}
    before: dict[int, str] = {}
    for at, (ask, number) in enumerate(zip(asks, numbers, strict=True)):
        if number < 0:
            continue
        theirs = runs.setdefault((number, ask.role), [])
        if before.get(number) != ask.role:
            theirs.append([])
        theirs[-1].append(at)
        before[number] = ask.role
    found = [NOWHERE] * len(asks)
    tabled = {(number, role.replace(HEADS, "row", 1)) for number, role in runs if role.startswith(HEADS)}
    for key, theirs in runs.items():
        every = max(map(len, theirs)) if key in tabled else sum(map(len, theirs))
        for run, members in enumerate(theirs, 1):
            for passed, at in enumerate(members):
                found[at] = Place(key[0], run, len(members), len(members) - passed, every)
    return tuple(found)


def _documents(asks: Sequence[Ask]) -> list[int]:
    """Return the number of each ask's document, -1 for asks that name no genre."""
    numbers: list[int] = []
    before = Ask("", 1)
    current: dict[str, tuple[int, set[str]]] = {}
    families: dict[int, str] = {}
    count = 0
    for at, ask in enumerate(asks):
        if not ask.genre:
            numbers.append(-1)
            continue
        number, openers = current.get(ask.genre, (-1, set()))
        opener = HEADS if ask.role.startswith(HEADS) else ask.role if ask.role in OPENERS else ""
        again = opener in openers and (ask.genre, ask.role) != (before.genre, before.role)
        family = _family(asks, at) if opener else ""
        if number < 0 or (again and (not family or family != families.get(number))):
            number, openers = count, set()
            count += 1
        if opener:
            openers.add(opener)
            families.setdefault(number, family)
        current[ask.genre] = number, openers
        before = ask
        numbers.append(number)
    return numbers


def _family(asks: Sequence[Ask], at: int) -> str:
    """Return the family of the next table of an ask's genre: the role of its head, "" where there is none."""
    genre = asks[at].genre
    return next((ask.role for ask in asks[at:] if ask.genre == genre and ask.role.startswith(HEADS)), "")


def draw_kind(genre: Genre, roles: Mapping[str, int], stream: Stream) -> Genre | None:
    """Return a kind of a genre that serves most of the roles that the genre itself lacks; None where it lacks none.

    ``roles`` says how often the document's asks name each: a kind whose series has enough lines for all goes before one
    that would have to repeat itself.
    """
    lacking = [role for role in roles if role not in genre.templates]
    if not genre.kinds or not lacking:
        return None
    scores = [2 * sum(role in kind.templates for role in lacking) for kind in genre.kinds]
    best = max(scores)
    if not best:
        return None
    scores = [score - _repeats(kind, genre, roles) for kind, score in zip(genre.kinds, scores, strict=True)]
    best = max(scores)
    return stream.pick([kind for kind, score in zip(genre.kinds, scores, strict=True) if score == best])


def _repeats(kind: Genre, genre: Genre, roles: Mapping[str, int]) -> bool:
    """Return whether a series of the kind, with what the genre has for all kinds, is too short."""
    return any(
        role in kind.series and len(kind.of(role)) + len(genre.of(role)) + bool(kind.of(f"{role}_last")) < count
        for role, count in roles.items()
    )


@dataclass(slots=True)
class Document:
    """What one document has to say in one language: its genre, its kind, and what is left of its series.

    ``tables`` counts the heads of tables that it has had.
    """

    genre: Genre
    kind: Genre | None = None
    series: dict[str, list[Template]] = field(default_factory=dict)
    tables: int = 0

    def role_at(self, role: str, place: Place) -> str:
        """Return the role whose templates serve a place: a run's first or last ask's, ``role_2`` for a second run."""
        first, last = f"{role}_first", f"{role}_last"
        if place.left == place.rows > 1 and self.of(first):
            return first
        if place.left == 1 and place.rows >= LEAST_ROWS and self.of(last):
            return last
        other = f"{role}_{place.run}"
        return other if place.run > 1 and self.of(other) else role

    def of(self, role: str) -> tuple[Template, ...]:
        """Return the kind's templates of a role, else the genre's, or none."""
        return (self.kind.of(role) if self.kind else ()) or self.genre.of(role)

    def rows_left(self, role: str, place: Place) -> int:
        """Return how many rows of the run are still to come without its total."""
        total = place.rows >= LEAST_ROWS and bool(self.of(f"{role}_last"))
        return max(place.left - total, 1)

    def next_of(self, role: str, place: Place, stream: Stream) -> tuple[Template, ...]:
        """Return the templates that may serve a place: of a series the next line alone."""
        if role.startswith(HEADS):
            self.tables += 1
            if self.tables > 1:
                # Another table of the document: its rows and their figures begin anew.
                self.series.clear()
                return tuple(map(_begun_anew, self.of(role)))
        role = self.role_at(role, place)
        owner = self.kind if self.kind and self.kind.of(role) else self.genre
        templates = owner.of(role)
        if role not in owner.series or not templates:
            return templates
        if role not in self.series:
            parted = self.tables or role.rpartition("_")[2] == str(place.run) or self.of(f"{role}_2")
            n = place.rows if parted else place.all_rows
            more = () if owner is self.genre else self.genre.of(role)
            self.series[role] = in_order(templates, n, more, stream)[::-1]
        left = self.series[role]
        # A series that has run out begins to repeat: a layout asked for more than anyone wrote.
        return (left.pop(),) if left else templates


def _begun_anew(template: Template) -> Template:
    """Return a table's head that lets the ledger forget the table before."""

    def forgotten(_stream: Stream, ledger: Ledger) -> str:
        ledger.begin_table()
        return ""

    return replace(template, parts=(Booked("", forgotten), *template.parts), books=True)


def in_order(templates: Sequence[Template], n: int, more: Sequence[Template], stream: Stream) -> list[Template]:
    """Return up to ``n`` templates in their order: those that must be, others by chance, then of ``more``.

    No two have the same label, which is the text of their first cell.
    """
    chosen = _sample([*templates], n, set(), stream)
    if len(chosen) < n:
        chosen += _sample([*more], n - len(chosen), {label_of(one) for one in chosen}, stream)
    return chosen


def _sample(templates: list[Template], n: int, labels: set[object], stream: Stream) -> list[Template]:
    taken: list[int] = []
    order = stream.order(len(templates))
    for at in sorted(order, key=lambda one: not templates[one].must):
        label = label_of(templates[at])
        if len(taken) < n and label not in labels:
            labels.add(label)
            taken.append(at)
    return [templates[at] for at in sorted(taken)]


def label_of(template: Template) -> object:
    """Return the text before a template's first cell break; for one without, something that equals itself alone."""
    first = template.parts[0]
    return first.partition(CELL_BREAK)[0] if isinstance(first, str) and CELL_BREAK in first else id(template)
