"""What a command prints for programs."""

from __future__ import annotations

from typing import Any

import click


def print_json(value: Any, *, wanted: bool) -> None:
    """Print a value as JSON where ``--json`` was given."""
    if wanted:
        from synthgen.report.tables import as_json

        click.echo(as_json(value))
