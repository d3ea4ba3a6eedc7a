"""Superscripts and subscripts: the figures at the ends of words, made smaller and moved off the line."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from synthgen.typeset.shape import Shaped

# How far raised figures move, in em of the text, y down; and their size.
RAISED_EM = {"super": -0.36, "sub": 0.12}
RAISED_SCALE = 0.6
MOST_RAISED = 3


def raised_characters(shaped: Shaped) -> npt.NDArray[np.bool_]:
    """Return which characters (N,) are raised: up to two figures, and a closing bracket, that end a word.

    Something else must stand before them: 1,250 is no note mark, the 2 of CO2 and the 1) of 했다.1) are.
    """
    codes, ends = shaped.codes.tolist(), np.diff(shaped.word, append=-1) != 0
    chosen = np.zeros(len(codes), dtype=bool)
    for end in np.flatnonzero(ends).tolist():
        at = end - 1 if codes[end] == ord(")") else end
        first = at
        while first > 0 and shaped.word[first - 1] == shaped.word[end] and _is_figure(codes[first]):
            first -= 1
        figures = at - first
        inside = shaped.word[first] == shaped.word[end] and not _is_figure(codes[first])
        before = chr(codes[first])
        joined = before in ",-/:(+~" or (before == "." and first > 0 and _is_figure(codes[first - 1]))
        if inside and 0 < figures < MOST_RAISED and not joined:
            chosen[first + 1 : end + 1] = True
    return chosen


def raised(shaped: Shaped, rise_em: float) -> Shaped:
    """Return the shaped text whose note figures are scaled about their origins and moved by ``rise_em`` (y down)."""
    chosen = raised_characters(shaped)
    if not chosen.any():
        return shaped
    factor = np.where(chosen, RAISED_SCALE, 1.0)
    extras = tuple(
        replace(
            one,
            scale=one.scale * RAISED_SCALE,
            dx_em=one.dx_em * RAISED_SCALE,
            dy_em=one.dy_em * RAISED_SCALE + rise_em,
        )
        if chosen[one.char]
        else one
        for one in shaped.extras
    )
    return replace(
        shaped,
        scale=shaped.scale * factor,
        dx_em=shaped.dx_em * factor,
        dy_em=shaped.dy_em * factor + np.where(chosen, rise_em, 0.0),
        advance_em=shaped.advance_em * factor,
        extras=extras,
    )


def _is_figure(code: int) -> bool:
    return 0x30 <= code <= 0x39
