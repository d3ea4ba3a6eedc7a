"""Slots of one document's place: its address, its telephone and the name of a branch are all of one region."""

from __future__ import annotations

from synthgen.randomness import Stream
from synthgen.text.fields import Places, magnitude, mayor_of
from synthgen.text.ledger import BookedField, Ledger

AREA_CODES = {
    "서울특별시": "02",
    "부산광역시": "051",
    "대구광역시": "053",
    "인천광역시": "032",
    "광주광역시": "062",
    "대전광역시": "042",
    "울산광역시": "052",
    "세종특별자치시": "044",
    "경기도": "031",
    "강원특별자치도": "033",
    "충청북도": "043",
    "충청남도": "041",
    "전북특별자치도": "063",
    "전라남도": "061",
    "경상북도": "054",
    "경상남도": "055",
    "제주특별자치도": "064",
}
"""The first digits of a province's telephone numbers, as the Ministry of Science and ICT allots them."""
_WITH_OFFICES = "시군구"
_RANKS = f"{_WITH_OFFICES}동읍"


def bare_town(town: str) -> str:
    """Return a town's name as shops and branches have it, without its rank where two syllables are left.

    >>> bare_town("함평군"), bare_town("중구")
    ('함평', '중구')
    """
    return town[:-1] if len(town) > 2 and town[-1] in _RANKS else town


def region_fields(places: Places) -> dict[str, BookedField]:
    """Return the slots of the document's region; the numbers begin with 0 after the area code: no one has them."""

    def here(stream: Stream, ledger: Ledger) -> tuple[str, str]:
        if ledger.region is None:
            province, towns = stream.pick(places.regions)
            ledger.region = province, stream.pick(towns)
        return ledger.region

    def address(stream: Stream, ledger: Ledger) -> str:
        province, town = here(stream, ledger)
        number = str(magnitude(stream, 1, 400))
        if stream.chance(0.2):
            number += f"-{stream.integer(1, 40)}"
        return f"{province} {town} {stream.pick(places.roads)} {number}"

    def phone(stream: Stream, ledger: Ledger) -> str:
        code = AREA_CODES.get(here(stream, ledger)[0], "070")
        return f"{code}-0{stream.integer(0, 100):02d}-{stream.integer(0, 10_000):04d}"

    def office(stream: Stream, ledger: Ledger) -> str:
        province, town = here(stream, ledger)
        return f"{town if town[-1] in _WITH_OFFICES else province}청"

    return {
        "here_office": office,
        "here_address": address,
        "here_branch": lambda stream, ledger: bare_town(here(stream, ledger)[1]),
        "here_mayor": lambda stream, ledger: mayor_of(here(stream, ledger)[1]),
        "here_phone": phone,
        "here_province": lambda stream, ledger: here(stream, ledger)[0],
        "here_town": lambda stream, ledger: here(stream, ledger)[1],
    }
