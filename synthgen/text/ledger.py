"""What one document has said in figures so far, so that what it says later agrees: rows add up, times rise.

A :class:`Ledger` is made for each document and written by the booked slots of its templates
(:mod:`synthgen.text.booked`): a row's slot books an amount, the total's slot reads the sum of what was booked. The
ledger knows of no language and of no kind of document; money is whole numbers of the smallest unit (won, cents), times
are minutes after midnight.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from operator import attrgetter

from synthgen.randomness import Stream

_FIRST_DAY = date(2005, 1, 1).toordinal()
_LAST_DAY = date(2029, 12, 31).toordinal()
_TRIES = 12
_SATURDAY = 5
_STEPS = (5, 10, 15, 20, 30, 40, 50, 60, 90)
_LATEST = 24 * 60 + 55
_LAST_MINUTE = 22 * 60 + 30


_OF_A_TABLE = (
    "amounts", "arrival", "cells", "columns", "count", "discount", "exempt", "fare", "games", "goals", "grade",
    "minute", "number", "paid", "pieces", "price", "row", "said", "scale", "shared", "step", "untaxed", "whole",
    "wins", "year",
)  # fmt: skip


@dataclass(slots=True)
class Ledger:
    """The figures of one document; ``left`` rows of the run being written are still to come, this one included.

    ``price`` and ``count`` are of the goods named last, ``amounts`` of the rows booked, ``pieces`` the sum of their
    counts; ``exempt`` is what of their sum bears no tax. ``columns`` holds the sums of a table's columns, ``cells`` the
    last row's figures, ``shared`` what has been dealt of a ``whole``. ``said`` are values not to be said again.
    ``first_year`` is the year that its tables begin with, ``table`` counts them, ``table_style`` is how it is written.
    ``region`` is the document's province and town, ``fare`` what its plain ticket costs, ``grade`` a coach's class.
    ``route`` is the road that a sign stands at, ``behind`` the place it comes from, ``ahead`` the places it leads to,
    each with its kilometres, the one named last first; ``passed`` says that one has been named.
    """

    left: int = 1
    row: int = 0
    day: date | None = None
    minute: int = -1
    arrival: int = -1
    step: int = 0
    number: int = 0
    year: int = 0
    first_year: int = 0
    table: int = 0
    table_style: int = -1
    price: int = 0
    count: int = 1
    pieces: int = 0
    untaxed: bool = False
    exempt: int = 0
    discount: int = 0
    paid: int = 0
    scale: float = 0.0
    whole: int = 0
    shared: int = 0
    games: int = 0
    wins: int = -1
    goals: int = 0
    amounts: list[int] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)
    cells: list[int] = field(default_factory=list)
    said: set[str] = field(default_factory=set)
    birth: date | None = None
    region: tuple[str, str] | None = None
    fare: int = 0
    grade: int = 0
    route: str = ""
    behind: str = ""
    ahead: list[tuple[str, int]] = field(default_factory=list)
    passed: bool = False

    def copy(self) -> Ledger:
        """Return a ledger that goes its own way from here."""
        other = Ledger(*_values_of(self))
        other.amounts, other.columns, other.cells = [*self.amounts], [*self.columns], [*self.cells]
        other.ahead, other.said = [*self.ahead], {*self.said}
        return other

    def begin_table(self) -> None:
        """Forget the figures of the table before; the document's day, region and first year stay."""
        blank = Ledger()
        for name in _OF_A_TABLE:
            setattr(self, name, getattr(blank, name))

    def fresh_of(self, entries: Sequence[str], stream: Stream) -> str:
        """Return an entry that the document has not yet said, if any is left: one drawn, or the next one after it."""
        n = len(entries)
        start = stream.integer(0, n)
        value = next((one for at in range(n) if (one := entries[(start + at) % n]) not in self.said), entries[start])
        self.said.add(value)
        return value

    def fresh(self, draw: Callable[[], str]) -> str:
        """Return a drawn value that the document has not yet said, or after some tries one that it has."""
        for _ in range(_TRIES):
            value = draw()
            if value not in self.said:
                break
        self.said.add(value)
        return value

    # --- days and times ------------------------------------------------------------------------------------------

    def today(self, stream: Stream) -> date:
        """Return the document's own day, the same each time."""
        if self.day is None:
            self.day = date.fromordinal(stream.integer(_FIRST_DAY, _LAST_DAY + 1))
        return self.day

    def next_day(self, stream: Stream) -> date:
        """Move the document's day on by up to nine days and return it."""
        day = self.today(stream)
        self.day = date.fromordinal(day.toordinal() + (stream.integer(1, 10) if self.row else 0))
        self.row += 1
        return self.day

    def next_day_of_month(self, stream: Stream) -> date:
        """Return the next row's day: rising working days of one month, so spread that the rows left find theirs."""
        day = self.today(stream)
        days = range(1, monthrange(day.year, day.month)[1] + 1)
        working = [one for at in days if (one := day.replace(day=at)).weekday() < _SATURDAY]
        rest = working if not self.row else [one for one in working if one > day] or working[-1:]
        spare = max(len(rest) - self.left, 0)
        self.day = rest[stream.integer(0, min(spare, 2 * spare // max(self.left, 1) + 1) + 1)]
        self.row += 1
        return self.day

    def born(self, stream: Stream, low: int, high: int) -> date:
        """Return the birthday, the same each time, of someone ``low`` to ``high`` years old on the document's day."""
        if self.birth is None:
            self.birth = self.birthday(stream, low, high)
        return self.birth

    def birthday(self, stream: Stream, low: int, high: int) -> date:
        """Return the birthday of someone else who is ``low`` to ``high`` years old on the document's day."""
        return date.fromordinal(self.today(stream).toordinal() - stream.integer(low * 366, high * 365))

    def next_minute(self, stream: Stream) -> int:
        """Return a time later than the one before: the steps are about as long as the rows that are left allow."""
        if self.minute < 0:
            self.minute = 10 * stream.integer(36, 63)
            # As long as possible of what a day has room for, or somewhat shorter.
            room = (_LAST_MINUTE - self.minute) / max(self.left, 1)
            fitting = [step for step in _STEPS if step <= room] or [_STEPS[0]]
            self.step = stream.pick(fitting[-3:])
        else:
            room = _LAST_MINUTE - self.minute - self.step * self.left
            steps = 2 if room >= self.step and stream.chance(0.25) else 1
            self.minute = min(self.minute + self.step * steps, _LATEST)
        return self.minute

    # --- money ---------------------------------------------------------------------------------------------------

    def name_price(self, price: int, untaxed: bool) -> None:
        """Note the price of the goods that are named now."""
        self.price, self.untaxed, self.count = price, untaxed, 1

    def book(self) -> int:
        """Book the row's amount, price times count, and return it."""
        amount = self.price * self.count
        self.amounts.append(amount)
        self.pieces += self.count
        self.exempt += amount if self.untaxed else 0
        return amount

    def sum(self, stream: Stream) -> int:
        """Return the sum of the rows booked; where a document has none, of one that is drawn."""
        if not self.amounts:
            self.amounts.append(100 * int(20 * 300 ** stream.random()))
        return sum(self.amounts)

    # --- tables --------------------------------------------------------------------------------------------------

    def cell(self, value: int, first: bool) -> int:
        """Put a figure into the row's next column (or its first) and add it to that column's sum; return it."""
        if first:
            self.cells.clear()
        self.cells.append(value)
        at = len(self.cells) - 1
        if at == len(self.columns):
            self.columns.append(0)
        self.columns[at] += value
        return value

    def total(self, first: bool) -> int:
        """Return the sum of the next column (or of the first)."""
        if first:
            self.cells.clear()
        at = len(self.cells)
        value = self.columns[at] if at < len(self.columns) else 0
        self.cells.append(value)
        return value

    def deal(self, stream: Stream, whole: int, rows: int) -> int:
        """Return a share of what is left of the whole for one of ``rows`` rows; the last one gets all that is left."""
        rest = whole - self.shared
        part = rest if rows <= 1 else min(max(int(rest / rows * stream.uniform(0.5, 1.9)), 1), max(rest - rows, 1))
        self.shared += part
        return part


BookedField = Callable[[Stream, Ledger], str]
"""A value that depends on what the document has said before."""


_values_of = attrgetter(*(one.name for one in fields(Ledger)))
