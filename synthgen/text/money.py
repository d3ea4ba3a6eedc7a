"""Slots of goods and money: prices, amounts, taxes, what was paid; won or dollars."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from synthgen.randomness import Stream
from synthgen.text.ledger import BookedField, Ledger

_COUNTS = (0.72, 0.9, 0.97, 0.99, 1.0)
_PERCENT = 100.0


@dataclass(frozen=True, slots=True)
class Goods:
    """An article: its name, its usual price in the smallest unit, and whether it bears no tax."""

    name: str
    price: int
    untaxed: bool = False


@dataclass(frozen=True, slots=True)
class Money:
    """How a country writes and taxes: ``write`` of an amount in the smallest unit, the rate of the tax in %.

    ``included`` says whether the prices of shops hold the tax. Prices end as ``round_price`` has them; cash comes in
    ``notes``. ``even_prices`` are the lists of goods whose prices never end just below a round sum.
    """

    write: Callable[[int], str]
    tax_percent: float
    included: bool
    round_price: Callable[[int, bool, Stream], int]
    notes: tuple[int, ...]
    even_prices: frozenset[str] = frozenset()


def _won(value: int) -> str:
    return f"{value:,}"


def _won_price(price: int, odd: bool, stream: Stream) -> int:
    if odd and price < 10_000 and stream.chance(0.35):
        return max(price // 100 * 100 - 20, 80) if price >= 1_000 else price // 10 * 10
    # A counter that hands out small change asks for round sums.
    even = 500 if price >= 3_000 else 100
    step = max(100 if odd else even, 100 if price < 20_000 else 500 if price < 100_000 else 1_000)
    return max(round(price / step) * step, 100)


def _dollars(value: int) -> str:
    return f"{value // 100:,}.{value % 100:02d}"


def _dollar_price(price: int, odd: bool, stream: Stream) -> int:
    if odd and stream.chance(0.6):
        return max(price // 100, 0) * 100 + stream.pick((99, 49, 95, 50))
    return max(price // 5 * 5, 25)


_EVEN_LISTS = frozenset({"bakery", "cafe", "farm", "meal", "pharmacy", "works"})
WON = Money(_won, 10.0, True, _won_price, (1_000, 5_000, 10_000, 50_000), _EVEN_LISTS)
DOLLARS = Money(_dollars, 8.0, False, _dollar_price, (100, 500, 1_000, 2_000))


def money_fields(money: Money, goods: Mapping[str, Sequence[Goods]]) -> dict[str, BookedField]:
    """Return the slots of goods and money."""
    write, rate = money.write, money.tax_percent

    def article(entries: tuple[Goods, ...], odd: bool) -> BookedField:
        by_name = {one.name: one for one in entries}
        names = tuple(by_name)

        def named(stream: Stream, ledger: Ledger) -> str:
            one = by_name[ledger.fresh_of(names, stream)]
            price = money.round_price(int(one.price * stream.uniform(0.8, 1.25)), odd, stream)
            ledger.name_price(price, one.untaxed)
            return one.name

        return named

    def quantity(stream: Stream, ledger: Ledger) -> str:
        ledger.count = 1 + stream.weighted(_COUNTS)
        return str(ledger.count)

    def bulk(stream: Stream, ledger: Ledger) -> str:
        ledger.count = stream.pick((1, 2, 3, 5, 10, 12, 20, 24, 30, 50, 100))
        return str(ledger.count)

    def taxed(stream: Stream, ledger: Ledger) -> int:
        return ledger.sum(stream) - ledger.exempt

    def tax(stream: Stream, ledger: Ledger) -> int:
        base = taxed(stream, ledger)
        if money.included:
            return base - round(base / (1 + rate / _PERCENT))
        return round(base * rate / _PERCENT)

    def taxable(stream: Stream, ledger: Ledger) -> str:
        return write(taxed(stream, ledger) - (tax(stream, ledger) if money.included else 0))

    def total(stream: Stream, ledger: Ledger) -> int:
        return ledger.sum(stream) - ledger.discount + (0 if money.included else tax(stream, ledger))

    def discount(stream: Stream, ledger: Ledger) -> str:
        if ledger.discount:
            return write(ledger.discount)
        unit = 100 if money.included else 1
        ledger.discount = max(int(ledger.sum(stream) * stream.pick((0.03, 0.05, 0.1)) / unit), 1) * unit
        ledger.discount = min(ledger.discount, ledger.sum(stream))
        return write(ledger.discount)

    def cash(stream: Stream, ledger: Ledger) -> str:
        owed, note = total(stream, ledger), stream.pick(money.notes)
        if ledger.paid >= owed:
            return write(ledger.paid)
        ledger.paid = -(-owed // note) * note
        return write(ledger.paid)

    def supply_tax(stream: Stream, ledger: Ledger) -> int:
        return round(ledger.sum(stream) * rate / _PERCENT)

    made: dict[str, BookedField] = {
        f"goods_{name}": article(tuple(entries), name not in money.even_prices)
        for name, entries in goods.items()
        if entries
    }
    return made | {
        "unit_price": lambda _stream, ledger: write(ledger.price),
        "qty": quantity,
        "qty_bulk": bulk,
        "amount": lambda _stream, ledger: write(ledger.book()),
        "articles": lambda _stream, ledger: str(max(len(ledger.amounts), 1)),
        "pieces": lambda _stream, ledger: str(max(ledger.pieces, 1)),
        "subtotal": lambda stream, ledger: write(ledger.sum(stream)),
        "taxable": taxable,
        "exempt": lambda _stream, ledger: write(ledger.exempt),
        "tax": lambda stream, ledger: write(tax(stream, ledger)),
        "discount": discount,
        "total": lambda stream, ledger: write(total(stream, ledger)),
        "cash": cash,
        "change": lambda stream, ledger: write(max(ledger.paid - total(stream, ledger), 0)),
        "points": lambda stream, ledger: f"{max(total(stream, ledger) // 100, 1):,}",
        "supply": lambda stream, ledger: write(ledger.sum(stream)),
        "supply_tax": lambda stream, ledger: write(supply_tax(stream, ledger)),
        "supply_total": lambda stream, ledger: write(ledger.sum(stream) + supply_tax(stream, ledger)),
        "supply_hangul": lambda stream, ledger: hangul_number(ledger.sum(stream) + supply_tax(stream, ledger)),
        "total_hangul": lambda stream, ledger: hangul_number(total(stream, ledger)),
    }


_CLASSES = (("일반", 100), ("우등", 130), ("심야", 145))
"""The classes of coaches, and their fares in % of the plain one."""
_NIGHT = 22 * 60


def fare_fields() -> dict[str, BookedField]:
    """Return the slots of a timetable of coaches: a later run's class, of the night only at night; that class's fare.

    ``clock`` after ``run_class`` is when it leaves. A class costs the same in every row of a table.
    """

    def run_class(stream: Stream, ledger: Ledger) -> str:
        ledger.grade = 2 if ledger.next_minute(stream) >= _NIGHT else stream.integer(0, 2)
        return _CLASSES[ledger.grade][0]

    def run_fare(stream: Stream, ledger: Ledger) -> str:
        if not ledger.fare:
            # A minute's way costs about a hundred.
            minutes = ledger.scale or float(stream.integer(60, 240))
            ledger.fare = max(int(100 * minutes * stream.uniform(0.85, 1.25)) // 100 * 100, 2_000)
        return f"{ledger.fare * _CLASSES[ledger.grade][1] // 10_000 * 100:,}원"

    return {"run_class": run_class, "run_fare": run_fare}


_DIGITS = "영일이삼사오육칠팔구"


def hangul_number(value: int) -> str:
    """Return a number in Hangul as contracts have it, each digit spoken.

    >>> hangul_number(1_230_500)
    '일백이십삼만오백'
    """
    if value == 0:
        return _DIGITS[0]
    said = ""
    for power, name in ((12, "조"), (8, "억"), (4, "만"), (0, "")):
        group = value // 10**power % 10_000
        if not group:
            continue
        for place, unit in ((1000, "천"), (100, "백"), (10, "십"), (1, "")):
            if digit := group // place % 10:
                # Small numbers drop 일 before a unit but the first, as in 일백이십.
                said += ("" if digit == 1 and place < 1000 and said and place > 1 else _DIGITS[digit]) + unit
        said += name
    return said
