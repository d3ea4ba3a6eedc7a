"""The formats a dataset can be exported to, and what an export did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from synthgen.errors import UsageError
from synthgen.formats.registry import Exporter, ExportReport
from synthgen.report.tables import table


def parse_options(settings: Iterable[str]) -> dict[str, str]:
    """Return the options of ``name=value`` settings; UsageError for one that is not of this form or comes twice.

    >>> parse_options(["kind=ink"])
    {'kind': 'ink'}
    """
    options: dict[str, str] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or not name or name in options:
            raise UsageError(f"--option {setting!r}: must be name=value, each name once; such as kind=ink.")
        options[name] = value
    return options


def described(exporters: Mapping[str, Exporter]) -> dict[str, Any]:
    """Return every format with its options as plain values."""
    return {
        name: {
            "description": one.description,
            "of": one.source,
            "options": {
                option.name: {
                    "default": option.default,
                    "choices": list(option.choices),
                    "description": option.description,
                }
                for option in one.options
            },
        }
        for name, one in exporters.items()
    }


def formats_table(exporters: Mapping[str, Exporter]) -> str:
    """Return the table that ``synthgen export --list`` prints."""
    rows = []
    for name, one in exporters.items():
        rows.append([name, one.source, one.description])
        for option in one.options:
            choices = "|".join(option.choices) or "number"
            rows.append(["", "", f"{option.name}={choices}: {option.description} (default {option.default})"])
    return table(["format", "of", "what it is"], rows)


def reports_mapping(reports: Mapping[str, ExportReport], out: Path) -> dict[str, Any]:
    """Return what an export did as plain values."""
    splits = {
        split: {"counts": dict(one.counts), "dropped": dict(one.dropped), "files": list(one.files)}
        for split, one in reports.items()
    }
    return {"out": str(out), "splits": splits}


def reports_text(reports: Mapping[str, ExportReport], out: Path) -> str:
    """Return what an export did: a line for each split, with what was left out by reason."""
    rows = [[split, _counts(one.counts), _counts(one.dropped)] for split, one in reports.items()]
    return table([str(out), "written", "left out"], rows)


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items() if count) or "nothing"
