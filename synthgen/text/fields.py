"""Values made by code: dates, amounts, numbers, names and addresses, as print in Korean writes them.

Numbers that could reach or name someone come from ranges that are given to no one: exchanges and mobile numbers that
begin with 0, the unallotted prefix 1580, business numbers whose check digit is wrong, plates with 차, 카, 타 or 파
(not used on plates), accounts of bank 000, and the domain example.org (RFC 2606). Names are a surname and two
syllables drawn apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from synthgen.randomness import Stream
from synthgen.text.routes import Route
from synthgen.text.template import Field


def _list(text: str) -> tuple[str, ...]:
    """Return the words of a text: long lists read better without quotes and commas."""
    return tuple(text.split())


WEEKDAYS = "월화수목금토일"
_FIRST_DAY = date(1988, 1, 1).toordinal()
_LAST_DAY = date(2029, 12, 31).toordinal()
_AREA_CODES = _list("02 02 02 031 032 033 041 042 043 044 051 052 053 054 055 061 062 063 064")
_UNITS = _list("㎡ ㎡ ㎏ ㎏ ㎞ ㎞ ㎝ ㎝ ㎜ ㎜ g kg km m L mL 개 명 장 권 대 병 톤 평 ha kWh GB")
_PLATE_SYLLABLES = "차카타파"
_CHECK_WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)
_MAIL_NAMES = _list(
    "info help press news editor desk contact office support sales recruit admin library museum center "
    "hello mail sky river forest spring autumn winter bluebird maple pine star moon sunny"
)
_PATHS = _list("news notice event shop board about apply map menu recruit archive guide faq 2024 book")


@dataclass(frozen=True, slots=True)
class Places:
    """Provinces with their cities and districts, names of streets, and the roads between towns."""

    regions: tuple[tuple[str, tuple[str, ...]], ...]
    roads: tuple[str, ...]
    routes: tuple[Route, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """Surnames with the running sums of their shares, and the syllables of given names."""

    surnames: tuple[str, ...]
    shares: tuple[float, ...]
    first: tuple[str, ...]
    last: tuple[str, ...]

    @staticmethod
    def of(surnames: Mapping[str, float], first: Sequence[str], last: Sequence[str]) -> Names:
        """Return the names of a table of surnames and their shares."""
        return Names(tuple(surnames), tuple(accumulate(surnames.values())), tuple(first), tuple(last))


def mayor_of(place: str) -> str:
    """Return who heads a place: of a city 시장, of a county 군수, of a district 구청장.

    >>> mayor_of("함평군"), mayor_of("전주시")
    ('함평군수', '전주시장')
    """
    return place[:-1] + {"군": "군수", "구": "구청장"}.get(place[-1], f"{place[-1]}장")


def any_day(stream: Stream) -> date:
    """Return a valid day of the calendar from 1988 to 2029."""
    return date.fromordinal(stream.integer(_FIRST_DAY, _LAST_DAY + 1))


def magnitude(stream: Stream, low: int, high: int) -> int:
    """Return a whole number whose size in digits is as likely as any other: small ones as often as large."""
    return int(low * (high / low) ** stream.random())


def _digits(stream: Stream, n: int) -> str:
    return f"{stream.integer(0, 10**n):0{n}d}"


def korean_day(day: date) -> str:
    """Return a day in full: ``2024년 3월 15일``."""
    return f"{day.year}년 {day.month}월 {day.day}일"


def korean_short_day(day: date) -> str:
    """Return a day as schedules have it: ``3/15(금)``."""
    return f"{day.month}/{day.day}({WEEKDAYS[day.weekday()]})"


def _date(stream: Stream) -> str:
    return korean_day(any_day(stream))


def _date_weekday(stream: Stream) -> str:
    day = any_day(stream)
    return f"{day.month}월 {day.day}일({WEEKDAYS[day.weekday()]})"


def _date_dot(stream: Stream) -> str:
    day = any_day(stream)
    return f"{day.year}. {day.month}. {day.day}."


def _month_day(stream: Stream) -> str:
    day = any_day(stream)
    return f"{day.month}월 {day.day}일"


def _time(stream: Stream) -> str:
    hour, minute = stream.integer(1, 13), 10 * stream.integer(0, 6)
    half = "오전" if stream.chance(0.45) else "오후"
    return f"{half} {hour}시" if minute == 0 or stream.chance(0.3) else f"{half} {hour}시 {minute}분"


def _time_colon(stream: Stream) -> str:
    return f"{stream.integer(0, 24):02d}:{stream.integer(0, 60):02d}"


def _duration(stream: Stream) -> str:
    kind = stream.integer(0, 5)
    if kind == 0:
        return f"{stream.integer(1, 13)}시간 {stream.integer(1, 12) * 5}분"
    if kind == 1:
        return f"{stream.integer(1, 60)}분"
    return f"{stream.integer(2, 13)}{('시간', '개월', '주', '년')[stream.integer(0, 4)]}"


def _phone(stream: Stream) -> str:
    if stream.chance(0.15):
        return f"1580-{_digits(stream, 4)}"
    return f"{stream.pick(_AREA_CODES)}-0{_digits(stream, 2 + stream.integer(0, 2))}-{_digits(stream, 4)}"


def _mobile(stream: Stream) -> str:
    return f"010-0{_digits(stream, 3)}-{_digits(stream, 4)}"


def _price(stream: Stream) -> int:
    value = magnitude(stream, 500, 2_000_000)
    step = 10 if value < 3_000 else 100 if value < 50_000 else 1_000
    return value // step * step


def _won(stream: Stream) -> str:
    return f"{_price(stream):,}원"


def _won_sign(stream: Stream) -> str:
    return f"₩{_price(stream):,}"


def _won_large(stream: Stream) -> str:
    kind = stream.integer(0, 5)
    if kind == 0:
        return f"{stream.integer(1, 10)}조 {stream.integer(1, 100) * 100:,}억원"
    if kind == 1:
        return f"{stream.integer(1, 30)}조원"
    if kind == 2:
        return f"{stream.integer(10, 100)}억 {stream.integer(1, 10) * 1_000:,}만원"
    return f"{magnitude(stream, 20, 9_900):,}억원"


def _percent(stream: Stream) -> str:
    if stream.chance(0.35):
        return f"{stream.integer(1, 100)}%"
    return f"{magnitude(stream, 2, 900) / 10:.1f}%"


def _percent_point(stream: Stream) -> str:
    return f"{stream.integer(1, 40) * 5 / 100:g}%p"


def _count(stream: Stream) -> str:
    return f"{magnitude(stream, 3, 90_000):,}"


def _fee(stream: Stream) -> str:
    """A charge that a person pays at once: 3,000 to 95,000 won."""
    return f"{magnitude(stream, 6, 191) * 500:,}원"


def _donation(stream: Stream) -> str:
    """What people collect or give: a million to some hundred million won."""
    man = magnitude(stream, 100, 30_000)
    if man >= 10_000:
        rest = man % 10_000 // 1_000 * 1_000
        return f"{man // 10_000}억 {rest:,}만원" if rest else f"{man // 10_000}억원"
    step = 10 if man < 1_000 else 100
    return f"{man // step * step:,}만원"


def _revenue(stream: Stream) -> str:
    """A company's sales of a year: some thousand million to some million million won."""
    eok = magnitude(stream, 80, 90_000)
    if eok >= 10_000:
        return f"{eok // 10_000}조 {eok % 10_000 // 100 * 100 or 100:,}억원"
    return f"{eok // 10 * 10:,}억원"


def _share_of(low: int, high: int) -> Field:
    """Return shares in percent from ``low`` to ``high``, half of them with a decimal."""

    def drawn(stream: Stream) -> str:
        value = stream.integer(low, high)
        return f"{value}%" if stream.chance(0.5) else f"{value}.{stream.integer(1, 10)}%"

    return drawn


def _count_man(stream: Stream) -> str:
    head = magnitude(stream, 1, 3_000)
    if head < 100 and stream.chance(0.6):
        return f"{head}만 {stream.integer(1, 100) * 100:,}"
    return f"{head:,}만"


def _business_number(stream: Stream) -> str:
    body = [stream.integer(0, 10) for _ in range(9)]
    total = sum(digit * weight for digit, weight in zip(body, _CHECK_WEIGHTS, strict=True)) + body[8] * 5 // 10
    # One more than the true check digit: no business has this number.
    text = "".join(map(str, body)) + str((11 - total % 10) % 10)
    return f"{text[:3]}-{text[3:5]}-{text[5:]}"


def _quantity(stream: Stream) -> str:
    unit = stream.pick(_UNITS)
    value = magnitude(stream, 1, 3_000)
    if unit in ("㎝", "㎜", "㎏", "㎞", "kg", "km", "m", "L") and value < 200 and stream.chance(0.3):
        return f"{value}.{stream.integer(1, 10)}{unit}"
    return f"{value:,}{unit}"


def _plate(stream: Stream) -> str:
    return f"{_digits(stream, 2 + stream.integer(0, 2))}{stream.pick(_PLATE_SYLLABLES)} {_digits(stream, 4)}"


def _account(stream: Stream) -> str:
    return f"000-{_digits(stream, 2 + stream.integer(0, 3))}-{_digits(stream, 6)}"


def _card_masked(stream: Stream) -> str:
    first, last = f"{stream.pick('4559')}{_digits(stream, 3)}", _digits(stream, 4)
    kind = stream.integer(0, 4)
    if kind == 0:
        return f"{first}-****-****-{last}"
    if kind == 1:
        return f"{first}-{_digits(stream, 2)}**-****-{last}"
    return f"****-****-****-{last}" if kind == 2 else f"{first}{_digits(stream, 2)}******{last}"


def _email(stream: Stream) -> str:
    number = str(stream.integer(1, 1000)) if stream.chance(0.4) else ""
    return f"{stream.pick(_MAIL_NAMES)}{number}@example.org"


def _url(stream: Stream) -> str:
    start = ("www.", "https://", "https://www.", "")[stream.integer(0, 4)]
    return f"{start}example.org" + (f"/{stream.pick(_PATHS)}" if stream.chance(0.6) else "")


def _temperature(stream: Stream) -> str:
    value = stream.integer(-18, 39)
    return f"{value}℃" if stream.chance(0.5) else f"{value}.{stream.integer(1, 10)}℃"


def _stock_index(stream: Stream) -> str:
    return f"{stream.integer(400, 3_400):,}.{_digits(stream, 2)}"


def _version(stream: Stream) -> str:
    tail = f".{stream.integer(0, 30)}" if stream.chance(0.5) else ""
    return f"{stream.integer(1, 20)}.{stream.integer(0, 12)}{tail}"


def numeric_fields() -> dict[str, Field]:
    """Return the fields that are the same in every language."""
    return {
        "account": _account,
        "age": lambda stream: str(stream.integer(4, 96)),
        "business_number": _business_number,
        "count": _count,
        "day": lambda stream: str(stream.integer(1, 29)),
        "email": _email,
        "few_score": lambda stream: f"{stream.integer(3, 5)}.{stream.integer(1, 10)}",
        "founded": lambda stream: str(stream.integer(1951, 2016)),
        "head_count": lambda stream: f"{magnitude(stream, 24, 1_900):,}",
        "high_percent": _share_of(61, 97),
        "lab_temperature": lambda stream: f"{5 * stream.integer(1, 19)}℃",
        "low_share": _share_of(6, 29),
        "mid_percent": _share_of(34, 69),
        "mobile": _mobile,
        "month": lambda stream: str(stream.integer(1, 13)),
        "percent": _percent,
        "percent_point": _percent_point,
        "phone": _phone,
        "postcode": lambda stream: f"{stream.integer(1_000, 64_000):05d}",
        "score": lambda stream: f"{stream.integer(0, 12)}-{stream.integer(0, 8)}",
        "sunrise": lambda stream: f"{stream.integer(5, 8)}:{stream.integer(0, 60):02d}",
        "stock_index": _stock_index,
        "temperature": _temperature,
        "time_colon": _time_colon,
        "url": _url,
        "approval": lambda stream: _digits(stream, 8),
        "card_masked": _card_masked,
        "clock12": lambda stream: f"{stream.integer(1, 13)}:{stream.integer(0, 60):02d}",
        "code12": lambda stream: _digits(stream, 12),
        # An article's number (EAN-13) as it stands under its bars; GS1 gave 880 to Korea. Layouts mend the check digit.
        "code_korean": lambda stream: f"8 80{_digits(stream, 4)} {_digits(stream, 6)}",
        "version": _version,
        "won_sign": _won_sign,
        "year": lambda stream: str(stream.integer(1988, 2030)),
    }


def korean_fields(places: Places, names: Names) -> dict[str, Field]:
    """Return every field of Korean templates by its slot's name."""

    def surname(stream: Stream) -> str:
        return names.surnames[stream.weighted(names.shares)]

    def person(stream: Stream) -> str:
        return surname(stream) + stream.pick(names.first) + stream.pick(names.last)

    def address(stream: Stream) -> str:
        province, cities = stream.pick(places.regions)
        number = str(magnitude(stream, 1, 400))
        if stream.chance(0.2):
            number += f"-{stream.integer(1, 40)}"
        return f"{province} {stream.pick(cities)} {stream.pick(places.roads)} {number}"

    def mayor(stream: Stream) -> str:
        return mayor_of(stream.pick(stream.pick(places.regions)[1]))

    return numeric_fields() | {
        "address": address,
        "count_man": _count_man,
        "date": _date,
        "date_dot": _date_dot,
        "date_weekday": _date_weekday,
        "donation": _donation,
        "duration": _duration,
        "fee": _fee,
        "given": lambda stream: stream.pick(names.first) + stream.pick(names.last),
        "mayor": mayor,
        "month_day": _month_day,
        "ordinal_small": lambda stream: f"제{stream.integer(1, 60)}차",
        "ordinal": lambda stream: f"제{magnitude(stream, 1, 200)}{'차차회'[stream.integer(0, 3)]}",
        "person": person,
        "person_masked": lambda stream: f"{surname(stream)}모",
        "plate": _plate,
        "quantity": _quantity,
        "revenue": _revenue,
        "surname": surname,
        "time": _time,
        "weekday": lambda stream: stream.pick(WEEKDAYS),
        "won": _won,
        "won_large": _won_large,
    }


_MONTHS = _list("January February March April May June July August September October November December")
_DAYS = _list("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")


def english_day(day: date) -> str:
    """Return a day in full: ``March 15, 2024``."""
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"


def english_short_day(day: date) -> str:
    """Return a day as schedules have it: ``Fri, Mar 15``."""
    return f"{_DAYS[day.weekday()][:3]}, {_MONTHS[day.month - 1][:3]} {day.day}"


def english_fields(
    first: Sequence[str], last: Sequence[str], streets: Sequence[str], towns: Sequence[str]
) -> dict[str, Field]:
    """Return every field of English templates by its slot's name; telephone numbers are of those kept for fiction."""
    units = ("minutes", "hours", "days", "weeks", "months")

    def weekday_date(stream: Stream) -> str:
        when = any_day(stream)
        return f"{_DAYS[when.weekday()]}, {_MONTHS[when.month - 1]} {when.day}"

    def time(stream: Stream) -> str:
        return f"{stream.integer(1, 13)}:{stream.integer(0, 12) * 5:02d} {('a.m.', 'p.m.')[stream.integer(0, 2)]}"

    def telephone(stream: Stream) -> str:
        return f"({stream.integer(201, 990)}) 555-01{_digits(stream, 2)}"

    return numeric_fields() | {
        "address": lambda stream: f"{magnitude(stream, 2, 999)} {stream.pick(streets)}, {stream.pick(towns)}",
        "date": lambda stream: english_day(any_day(stream)),
        "date_dot": lambda stream: any_day(stream).strftime("%d.%m.%Y"),
        "date_weekday": weekday_date,
        "duration": lambda stream: f"{stream.integer(2, 25)} {stream.pick(units)}",
        "first_name": lambda stream: stream.pick(first),
        "last_name": lambda stream: stream.pick(last),
        "mobile": telephone,
        "month_day": lambda stream: f"{stream.pick(_MONTHS)} {stream.integer(1, 29)}",
        "person": lambda stream: f"{stream.pick(first)} {stream.pick(last)}",
        "phone": telephone,
        "price": lambda stream: f"${magnitude(stream, 1, 3_000):,}.{stream.pick(('00', '50', '95', '99'))}",
        "street": lambda stream: f"{magnitude(stream, 2, 999)} {stream.pick(streets)}",
        "time": time,
        "time_end": lambda stream: time(stream)[:-1],
        "town": lambda stream: stream.pick(towns),
        "weekday": lambda stream: stream.pick(_DAYS),
    }
