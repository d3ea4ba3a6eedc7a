"""Pictograms of screens, made of areas and lines: a house, a person, a lens, a list."""

from __future__ import annotations

from collections.abc import Callable

from synthgen.typeset.ruling import Box, Ruling

Parts = list[tuple[Ruling, Box]]
_LEAST_SIDE_PX = 6


def icon(name: str, box: Box, ink: str) -> Parts:
    """Return one of :data:`ICONS` in a square box, brought to whole px: rows that share a px do not add up."""
    x0, y0, side = round(box[0]), round(box[1]), max(round(box[2] - box[0]), _LEAST_SIDE_PX)
    return [
        (ruling, (x0 + a * side, y0 + b * side, x0 + c * side, y0 + d * side))
        for ruling, (a, b, c, d) in ICONS[name](side, ink)
    ]


def _fill(ink: str, round_px: float = 0.0) -> Ruling:
    return Ruling("fill", ink=ink, round_px=round_px)


def _rows(side: float, ink: str, top: float, foot: float, edges: Callable[[float], tuple[float, float]]) -> Parts:
    """Return an area as rows of a px, whose left and right edges ``edges`` tells for shares of its height."""
    top, foot = round(top * side) / side, round(foot * side) / side
    count = round((foot - top) * side)
    found = []
    for at in range(count):
        left, right = edges((at + 0.5) / count)
        box = (left, top + (foot - top) * at / count, right, top + (foot - top) * (at + 1) / count)
        found.append((_fill(ink), box))
    return found


def _house(side: float, ink: str) -> Parts:
    roof = _rows(side, ink, 0.06, 0.5, lambda share: (0.5 - 0.5 * share, 0.5 + 0.5 * share))
    return [*roof, (_fill(ink), (0.16, 0.5, 0.4, 0.96)), (_fill(ink), (0.4, 0.5, 0.6, 0.62)),
            (_fill(ink), (0.6, 0.5, 0.84, 0.96))]  # fmt: skip


def _person(side: float, ink: str) -> Parts:
    return [(_fill(ink, 0.23 * side), (0.27, 0.04, 0.73, 0.5)), (_fill(ink, 0.2 * side), (0.08, 0.58, 0.92, 0.98))]


def _lens(side: float, ink: str) -> Parts:
    thick = max(0.11, 1.2 / side)
    steps = [0.66 + 0.045 * at for at in range(7)]
    handle = [(_fill(ink), (at - thick / 2, at - thick / 2, at + thick / 2, at + thick / 2)) for at in steps]
    return [(Ruling("ring", thick * side, ink), (0.04, 0.04, 0.74, 0.74)), *handle]


def _list(side: float, ink: str) -> Parts:  # noqa: ARG001 - every icon is called alike
    rows = (0.14, 0.43, 0.72)
    lines = [(_fill(ink), (0.3, y, 1.0, y + 0.13)) for y in rows]
    return [*lines, *((_fill(ink), (0.02, y, 0.16, y + 0.13)) for y in rows)]


def _squares(side: float, ink: str) -> Parts:
    return [(_fill(ink, 0.08 * side), (x, y, x + 0.42, y + 0.42)) for y in (0.04, 0.54) for x in (0.04, 0.54)]


def _bubble(side: float, ink: str) -> Parts:
    tail = _rows(side, ink, 0.74, 0.98, lambda share: (0.24, 0.5 - 0.24 * share))
    return [(_fill(ink, 0.2 * side), (0.02, 0.1, 0.98, 0.76)), *tail]


def _clock(side: float, ink: str) -> Parts:
    thick = max(0.1, 1.2 / side)
    return [
        (Ruling("ring", thick * side, ink), (0.03, 0.03, 0.97, 0.97)),
        (_fill(ink), (0.5 - thick / 2, 0.22, 0.5 + thick / 2, 0.55)),
        (_fill(ink), (0.5 - thick / 2, 0.5, 0.74, 0.5 + thick)),
    ]


def _play(side: float, ink: str) -> Parts:
    upper = _rows(side, ink, 0.1, 0.5, lambda share: (0.2, 0.2 + 0.7 * share))
    return [*upper, *_rows(side, ink, 0.5, 0.9, lambda share: (0.2, 0.9 - 0.7 * share))]


def _letter(side: float, ink: str) -> Parts:
    thick = max(0.1, 1.2 / side)
    flap = [0.1 + 0.05 * at for at in range(17)]
    strokes = [
        (_fill(ink), (x - thick / 2, 0.14 + 0.8 * near, x + thick / 2, 0.14 + 0.8 * near + thick))
        for x, near in ((at, min(at, 1 - at)) for at in flap)
    ]
    return [(Ruling("frame", thick * side, ink, round_px=0.08 * side), (0.05, 0.18, 0.95, 0.84)), *strokes]


ICONS: dict[str, Callable[[float, str], Parts]] = {
    "house": _house, "person": _person, "lens": _lens, "list": _list, "squares": _squares, "bubble": _bubble,
    "clock": _clock, "play": _play, "letter": _letter,
}  # fmt: skip
NAMES = tuple(ICONS)
