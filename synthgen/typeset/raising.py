"""Superscripts and subscripts: note marks and powers of units stand high and small, the figures of formulae low."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from synthgen.typeset.shape import Shaped

# How far raised figures move, in em of the text, y down; and their size.
RAISED_EM = {"super": -0.36, "sub": 0.12}
RAISED_SCALE = 0.6
MOST_RAISED = 3
# Which letters a word's figures follow as powers, and as numbers of atoms.
UNITS = frozenset({"m", "km", "cm", "mm", "s"})
ELEMENTS = frozenset({"CO", "H", "O", "N", "NO", "SO", "CH", "NH"})
# Marks after which a figure alone refers to a note.
_CLOSERS = '.”’)"'


def raised_characters(shaped: Shaped) -> npt.NDArray[np.bool_]:
    """Return which characters (N,) are moved off the line: up to two figures, and a bracket, that end a word.

    Note marks follow a letter and are closed by a bracket, or follow the end of a sentence (했다.1) and 했다.1);
    figures may also follow a unit (m2) or the elements of a formula (CO2). Those of 1,250 and A4 stay.
    """
    chosen: npt.NDArray[np.bool_] = _moved(shaped) != 0
    return chosen


def _moved(shaped: Shaped) -> npt.NDArray[np.int8]:
    """Return how characters (N,) are moved: 1 high, -1 low, 0 not at all."""
    way = np.zeros(len(shaped), dtype=np.int8)
    ends = np.append(shaped.word[1:] != shaped.word[:-1], True)
    ends &= (shaped.codes == ord(")")) | ((shaped.codes >= ord("0")) & (shaped.codes <= ord("9")))
    if not ends.any():
        return way
    codes, word = shaped.codes.tolist(), shaped.word.tolist()
    for end in np.flatnonzero(ends).tolist():
        bracket = codes[end] == ord(")")
        at = end - 1 if bracket else end
        first = at
        while first > 0 and word[first - 1] == word[end] and _is_figure(codes[first]):
            first -= 1
        inside = word[first] == word[end] and not _is_figure(codes[first])
        if inside and 0 < at - first < MOST_RAISED:
            begin = first
            while begin > 0 and word[begin - 1] == word[end]:
                begin -= 1
            way[first + 1 : end + 1] = _way("".join(map(chr, codes[begin : first + 1])), bracket)
    return way


def _way(before: str, bracket: bool) -> int:
    """Return how figures that follow ``before`` in their word are moved, by whether a bracket closes them."""
    mark, letters = before[-1], before.lstrip("0123456789.,")
    if bracket:
        return 0 if mark in ",-/:(+~" or (mark == "." and before[-2:-1].isdigit()) else 1
    if letters in UNITS:
        return 1
    if before in ELEMENTS:
        return -1
    return 1 if mark in _CLOSERS and not before[-2:-1].isdigit() and len(before) > 1 else 0


def raised(shaped: Shaped, rise_em: float) -> Shaped:
    """Return the shaped text whose note figures are scaled about their origins and moved by ``rise_em`` (y down).

    The figures of formulae are lowered, whatever notes are.
    """
    way = _moved(shaped)
    chosen = way != 0
    if not chosen.any():
        return shaped
    rise = np.where(way > 0, rise_em, np.where(way < 0, RAISED_EM["sub"], 0.0))
    factor = np.where(chosen, RAISED_SCALE, 1.0)
    extras = tuple(
        replace(
            one,
            scale=one.scale * RAISED_SCALE,
            dx_em=one.dx_em * RAISED_SCALE,
            dy_em=one.dy_em * RAISED_SCALE + float(rise[one.char]),
        )
        if chosen[one.char]
        else one
        for one in shaped.extras
    )
    return replace(
        shaped,
        scale=shaped.scale * factor,
        dx_em=shaped.dx_em * factor,
        dy_em=shaped.dy_em * factor + rise,
        advance_em=shaped.advance_em * factor,
        extras=extras,
    )


def _is_figure(code: int) -> bool:
    return 0x30 <= code <= 0x39
