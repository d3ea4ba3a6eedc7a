"""Superscripts and subscripts: note marks and powers of units stand high and small, the figures of formulae low."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from synthgen.typeset.shape import Shaped

# How far raised figures move, in em of the text, y down; and their size.
RAISED_EM = {"super": -0.36, "sub": 0.12}
RAISED_SCALE = 0.6
# Which letters a word's figures follow as powers, and as numbers of atoms.
UNITS = frozenset({"m", "km", "cm", "mm", "s"})
ELEMENTS = frozenset({"CO", "H", "O", "N", "NO", "SO", "CH", "NH"})
# Up to two figures behind something else, and a bracket, that end a word.
_FIGURES = re.compile(r"(?<=[^ 0-9])[0-9]{1,2}\)?(?= |\Z)")
# Marks after which a figure alone refers to a note.
_CLOSERS = '.”’)"'


def raised_characters(shaped: Shaped) -> npt.NDArray[np.bool_]:
    """Return which characters (N,) are moved off the line: up to two figures, and a bracket, that end a word.

    Note marks follow a letter and are closed by a bracket, or follow the end of a sentence (했다.1) and 했다.1);
    figures may also follow a unit (m2) or the elements of a formula (CO2). Those of 1,250 and A4 stay.
    """
    way = _moved(shaped)
    return np.zeros(len(shaped), dtype=np.bool_) if way is None else way != 0


def _moved(shaped: Shaped) -> npt.NDArray[np.int8] | None:
    """Return how characters (N,) are moved: 1 high, -1 low, 0 not at all; None where none is."""
    text, way = shaped.text, None
    for found in _FIGURES.finditer(text):
        first, end = found.span()
        moved = _way(text[text.rfind(" ", 0, first) + 1 : first], text[end - 1] == ")")
        if moved:
            if way is None:
                way = np.zeros(len(shaped), dtype=np.int8)
            spaces = text.count(" ", 0, first)
            way[first - spaces : end - spaces] = moved
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
    if way is None:
        return shaped
    chosen = way != 0
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
        plain=False,
    )
