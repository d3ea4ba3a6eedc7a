"""The command that checks a dataset."""

from __future__ import annotations

from pathlib import Path

import click

from synthgen.cli.arguments import BACKGROUNDS, CORPUS, FONTS, JSON, PATH, Whole, cores


@click.command()
@click.argument("folder", type=PATH)
@click.option("--sample", type=Whole(0), default=20, show_default=True, help="Samples to make again and compare.")
@click.option("--jobs", type=Whole(1), help="Processes. [default: all cores]")
@FONTS
@CORPUS
@BACKGROUNDS
@JSON
def verify(
    folder: Path,
    sample: int,
    jobs: int | None,
    fonts: tuple[Path, ...],
    corpus: tuple[Path, ...],
    backgrounds: tuple[Path, ...],
    in_json: bool,
) -> int:
    """Hold a dataset against itself: every file, count, label, quad and key, and some samples made again.

    One line for each fault, and exit code 1 where there is any. Example: synthgen verify pages --sample 100
    """
    from synthgen.report import verification
    from synthgen.report.tables import as_json
    from synthgen.run.verify import verify as run

    report = run(folder, sample=sample, jobs=jobs or cores(), fonts=fonts, corpus=corpus, backgrounds=backgrounds)
    if in_json:
        click.echo(as_json(verification.verification_mapping(report)))
    else:
        click.echo(verification.verification_text(report))
    return 0 if report.sound else 1
