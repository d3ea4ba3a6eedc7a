"""Plain text in columns, and JSON."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from typing import Any


def table(header: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> str:
    """Return rows in columns, two spaces apart; the columns numbered in ``right`` are aligned to the right.

    >>> print(table(["face", "syllables"], [["A", "2,350"], ["Long", "9"]], right=[1]))
    face  syllables
    A         2,350
    Long          9
    """
    cells = [list(header), *(list(row) for row in rows)]
    widths = [max(columns_of(row[at]) for row in cells) for at in range(len(header))]
    lines = []
    for row in cells:
        blanks = [" " * (width - columns_of(cell)) for width, cell in zip(widths, row, strict=True)]
        padded = [blanks[at] + cell if at in right else cell + blanks[at] for at, cell in enumerate(row)]
        lines.append("  ".join(padded).rstrip())
    return "\n".join(lines)


def columns_of(text: str) -> int:
    """Return how many columns of a terminal the text takes: Hangul and hanja take two each.

    >>> columns_of("가a")
    3
    """
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def shortened(text: str, limit: int = 60) -> str:
    """Return the text, cut to ``limit`` characters with an ellipsis when it is longer."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def as_json(value: Any) -> str:
    """Return plain values as JSON for people and programs, keys in their order."""
    return json.dumps(value, ensure_ascii=False, indent=1)
