"""The presets in a list."""

from __future__ import annotations

from synthgen.recipe import presets
from synthgen.report.tables import table


def described() -> dict[str, str]:
    """Return the description of every preset, the first comment line of its file, by name, sorted."""
    return {name: _first_comment(text) for name, text in presets().items()}


def _first_comment(text: str) -> str:
    first = text.partition("\n")[0]
    return first.lstrip("# ") if first.startswith("#") else ""


def presets_table() -> str:
    """Return the table that ``synthgen recipes`` prints."""
    return table(["recipe", "what it makes"], [[name, text] for name, text in described().items()])
