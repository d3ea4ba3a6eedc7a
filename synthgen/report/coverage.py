"""Whether every character of the charset appeared often enough, and plainly which did not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from synthgen.errors import UsageError
from synthgen.formats.dataset import Dataset
from synthgen.formats.filing import read_stored
from synthgen.recipe import Recipe
from synthgen.run.usage import COVERAGE_NAME, read_coverage
from synthgen.text.charset import load_charset
from synthgen.text.floor import per_sample_for

SHOWN = 20
# Layouts whose samples hold a few words at most.
_SMALL_LAYOUTS = ("word", "line")


def with_floor(recipe: Recipe, floor: int, n: int) -> Recipe:
    """Return the recipe that deals every character ``floor`` times at least in ``n`` samples; UsageError if it cannot.

    The recipe then depends on n: a longer run of the same dataset needs the same ``text.floor_per_sample``.
    """
    if recipe.mix:
        raise UsageError("--coverage-floor: a mix has no text of its own; set text.floor_per_sample in one recipe.")
    charset = load_charset(recipe.text.charset)
    dealt = per_sample_for(floor, n, charset, page=recipe.page.layout not in _SMALL_LAYOUTS)
    return recipe.with_values({"text.floor_per_sample": dealt})


def below_floor(dataset: Dataset, floor: int) -> dict[str, int]:
    """Return the count of each character that was drawn fewer than ``floor`` times, least first."""
    path = dataset.folder / COVERAGE_NAME
    counts = read_coverage(read_stored(path), str(path))
    return dict(
        sorted(((one, count) for one, count in counts.items() if count < floor), key=lambda row: (row[1], row[0]))
    )


def floor_text(dataset: Dataset, floor: int, recipe: Recipe) -> str:
    """Return whether all characters reached the floor, or which did not and why."""
    manifest = dataset.manifest
    below, charset = below_floor(dataset, floor), manifest["characters"]["charset"]
    if not below:
        least = f"the least was drawn {_least(manifest):,} times"
        return f"coverage floor {floor}: reached by all {charset:,} characters ({least})"
    shown = " ".join(f"{one} ({count:,})" for one, count in list(below.items())[:SHOWN])
    more = f" and {len(below) - SHOWN:,} more" if len(below) > SHOWN else ""
    dealt = manifest["n_done"] * recipe.text.floor_per_sample // charset
    return (
        f"coverage floor {floor}: NOT reached by {len(below):,} of {charset:,} characters: {shown}{more}\n"
        f"  why: each was dealt {dealt:,} times at least to the {manifest['n_done']:,} samples made; "
        f"{manifest['skipped']:,} samples were skipped, and characters that the picture's edge cuts or that stand in "
        "ignored words do not count; make more samples, or lower the floor."
    )


def floor_mapping(dataset: Dataset, floor: int) -> dict[str, Any]:
    """Return the same as plain values for ``--json``."""
    below = below_floor(dataset, floor)
    return {"floor": floor, "reached": not below, "least": _least(dataset.manifest), "below": below}


def _least(manifest: Mapping[str, Any]) -> int:
    return int(manifest["usage"]["least"])
