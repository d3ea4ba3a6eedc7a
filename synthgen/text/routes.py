"""Slots of one road's signs: the places that lie along it, in their order, with the kilometres to go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from synthgen.randomness import Stream
from synthgen.text.ledger import BookedField, Ledger

KINDS = ("road", "express", "rail")
# A sign stands where so many places lie ahead of it, and one behind.
AHEAD = 4
# How often a place is passed over while others are left: small ones are not on every sign.
PASSED_OVER = 0.3


@dataclass(frozen=True, slots=True)
class Route:
    """A road or a railway: its kind, its name, and its places with their kilometres from the first, in order."""

    kind: str
    name: str
    stops: tuple[tuple[str, int], ...]

    @staticmethod
    def of(line: str) -> Route:
        """Return the route of a line ``kind<TAB>name<TAB>place km, place km``; ValueError for any other.

        >>> Route.of("road\\t국도 44호선\\t양평 0, 홍천 46").stops
        (('양평', 0), ('홍천', 46))
        """
        kind, name, places = line.split("\t")
        pairs = [place.rsplit(" ", 1) for place in places.split(", ")]
        return Route(kind, name, tuple((place, int(km)) for place, km in pairs))


def route_fields(routes: Sequence[Route]) -> dict[str, BookedField]:
    """Return the slots of a sign that stands somewhere along a road, an expressway or a railway.

    Of each kind ``_name`` is the route's, ``_here`` the nearest place behind, ``_ahead`` a place ahead, farther each
    time, and ``_km`` how far the one named last is.
    """
    made: dict[str, BookedField] = {}
    for kind in KINDS:
        made |= _fields_of(kind, tuple(route for route in routes if route.kind == kind))
    return made


def _fields_of(kind: str, routes: tuple[Route, ...]) -> dict[str, BookedField]:
    if not routes:
        return {}

    def stand(stream: Stream, ledger: Ledger) -> None:
        """Choose the route and where on it the sign stands, once in a document."""
        if ledger.route:
            return
        route = stream.pick(routes)
        stops = list(route.stops)
        if stream.chance(0.5):
            stops = [(place, stops[-1][1] - km) for place, km in reversed(stops)]
        at = stream.integer(0, max(len(stops) - AHEAD, 1))
        behind, here = stops[at], stops[at][1] + stream.integer(0, stops[at + 1][1] - stops[at][1])
        ledger.route, ledger.behind = route.name, behind[0]
        ledger.ahead = [(place, km - here) for place, km in stops[at + 1 :]]

    def ahead(stream: Stream, ledger: Ledger) -> str:
        stand(stream, ledger)
        if len(ledger.ahead) > 1 and ledger.passed:
            ledger.ahead.pop(0)
            if len(ledger.ahead) > 2 and stream.chance(PASSED_OVER):
                ledger.ahead.pop(0)
        ledger.passed = True
        return ledger.ahead[0][0]

    def kilometres(stream: Stream, ledger: Ledger) -> str:
        stand(stream, ledger)
        return f"{ledger.ahead[0][1]}km"

    def name(stream: Stream, ledger: Ledger) -> str:
        stand(stream, ledger)
        return ledger.route

    def here(stream: Stream, ledger: Ledger) -> str:
        stand(stream, ledger)
        return ledger.behind

    found: dict[str, BookedField] = {f"{kind}_name": name, f"{kind}_here": here, f"{kind}_ahead": ahead}
    # Of a line in a town no one tells how long it is.
    return found if kind == "rail" else found | {f"{kind}_km": kilometres}
