"""Slots of days and times: the document's own day, those about it, times that rise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from synthgen.randomness import Stream
from synthgen.text.ledger import BookedField, Ledger


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def time_fields(hours: str, minutes: str) -> dict[str, BookedField]:
    """Return the slots of times; a trip is written with the words for hours and minutes, as in 2시간 55분."""

    def business(stream: Stream, ledger: Ledger) -> str:
        if ledger.minute < 0:
            ledger.minute = stream.integer(8 * 60, 22 * 60)
        return _clock(ledger.minute)

    def arrive(stream: Stream, ledger: Ledger) -> str:
        start = ledger.minute if ledger.minute >= 0 else ledger.next_minute(stream)
        # The same way takes about as long each time.
        ledger.scale = ledger.scale or float(stream.integer(25, 190))
        ledger.arrival = start + max(int(ledger.scale) + stream.integer(-4, 5), 5)
        return _clock(ledger.arrival)

    def end(stream: Stream, ledger: Ledger) -> str:
        start = ledger.minute if ledger.minute >= 0 else ledger.next_minute(stream)
        ledger.minute = start + stream.pick((20, 30, 40, 50, 50, 60))
        return _clock(ledger.minute)

    def trip(stream: Stream, ledger: Ledger) -> str:
        took = max(ledger.arrival - ledger.minute, 5) if ledger.arrival >= 0 else stream.integer(20, 200)
        return f"{took}{minutes}" if took < 60 else f"{took // 60}{hours}{took % 60}{minutes}"

    def first_run(stream: Stream, _ledger: Ledger) -> str:
        return _clock(5 * stream.integer(60, 84))

    def last_run(stream: Stream, _ledger: Ledger) -> str:
        return _clock(5 * stream.integer(252, 286))

    return {
        "clock": business,
        "clock_next": lambda stream, ledger: _clock(ledger.next_minute(stream)),
        "clock_arrive": arrive,
        "clock_end": end,
        "first_run": first_run,
        "last_run": last_run,
        "trip": trip,
    }


def day_fields(write: Callable[[date], str], short: Callable[[date], str], slashes: str) -> dict[str, BookedField]:
    """Return the slots of the document's days.

    ``write`` gives a day in full, ``short`` without its year, ``slashes`` is the form with slashes as ``strftime`` has
    it.
    """

    def slashed(day: date) -> str:
        return day.strftime(slashes)

    def moved(low: int, high: int, how: Callable[[date], str]) -> BookedField:
        def told(stream: Stream, ledger: Ledger) -> str:
            day = ledger.today(stream)
            return how(date.fromordinal(day.toordinal() + stream.integer(low, high)))

        return told

    def resident(stream: Stream, ledger: Ledger) -> str:
        day = ledger.born(stream, 20, 75)
        return f"{day:%y%m%d}-{(1 if day.year < 2000 else 3) + stream.integer(0, 2)}******"

    def age(stream: Stream, ledger: Ledger) -> str:
        born, today = ledger.born(stream, 20, 75), ledger.today(stream)
        return str(today.year - born.year - ((today.month, today.day) < (born.month, born.day)))

    def today(how: Callable[[date], str]) -> BookedField:
        return lambda stream, ledger: how(ledger.today(stream))

    return {
        "doc_date": today(write),
        "doc_dot": today(dotted),
        "doc_dash": today(date.isoformat),
        "doc_slash": today(slashed),
        "doc_year": today(lambda day: str(day.year)),
        "doc_next_year": today(lambda day: str(day.year + 1)),
        "past_year": lambda stream, ledger: str(ledger.today(stream).year - stream.integer(1, 13)),
        "doc_month": today(lambda day: str(day.month)),
        "doc_day": today(lambda day: str(day.day)),
        "later_date": moved(5, 60, write),
        "later_dot": moved(5, 60, dotted),
        "later_slash": moved(5, 60, slashed),
        "past_slash": moved(-900, -20, slashed),
        "past_dot": moved(-900, -20, dotted),
        "long_ago_dot": moved(-6000, -1500, dotted),
        "birth_dot": lambda stream, ledger: dotted(ledger.born(stream, 20, 75)),
        "parent_birth_dot": lambda stream, ledger: dotted(ledger.birthday(stream, 23, 41)),
        "student_birth_dot": lambda stream, ledger: dotted(ledger.birthday(stream, 12, 16)),
        "other_birth_dot": lambda stream, ledger: dotted(ledger.birthday(stream, 20, 75)),
        "birth_slash": lambda stream, ledger: slashed(ledger.born(stream, 20, 75)),
        "child_birth_slash": lambda stream, ledger: slashed(ledger.birthday(stream, 4, 15)),
        "age_full": age,
        "resident": resident,
        "day_of_month": lambda stream, ledger: short(ledger.next_day_of_month(stream)),
        "day_next": lambda stream, ledger: short(ledger.next_day(stream)),
    }


def dotted(day: date) -> str:
    """Return a day as forms have it: ``2024. 3. 15.``."""
    return f"{day.year}. {day.month}. {day.day}."
