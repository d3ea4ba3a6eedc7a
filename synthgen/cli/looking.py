"""The commands that look at what is made: the gallery of everything there is, and a dataset in figures."""

from __future__ import annotations

from pathlib import Path

import click

from synthgen.cli.arguments import JSON, PATH, SEED, Whole, at_most

MOST_SAMPLES = 20


@click.command()
@click.option("--out", type=PATH, default=Path("gallery.html"), show_default=True, help="The page, one HTML file.")
@click.option("--n", type=Whole(1), default=3, show_default=True, help="Samples of each preset.")
@click.option("--presets", "names", metavar="A,B", help="These presets alone, without layouts and effects.")
@SEED
def gallery(out: Path, n: int, names: str | None, seed: int) -> None:
    """Write one HTML page with every preset, layout, paper, ink and effect, with quads on a switch.

    It opens offline and on a telephone. Example: synthgen gallery --out gallery.html --n 4
    """
    from synthgen.report import gallery as making

    at_most("--n", n, MOST_SAMPLES)
    shown = tuple(name.strip() for name in names.split(",") if name.strip()) if names else ()
    page = making.gallery(n=n, seed=seed, names=shown)
    size_bytes = making.write_page(out, page)
    click.echo(f"{out}: {page.pictures} pictures, {size_bytes / 1e6:.1f} MB")
    for left_out in page.left_out:
        click.echo(f"  not shown: {left_out}")


@click.command()
@click.argument("folder", type=PATH, metavar="DATASET")
@click.option("--out", type=PATH, help="Also draw the plots into this PNG file.")
@JSON
def stats(folder: Path, out: Path | None, in_json: bool) -> None:
    """Count what a dataset holds: characters, eojeol, marks, faces, sizes, contrast, angles.

    Shares that real Korean print is known to have stand beside ours. Example: synthgen stats pages --out stats.png
    """
    from synthgen.formats.dataset import open_dataset
    from synthgen.report import plots, statistics
    from synthgen.report.tables import as_json

    if out is not None:
        plots.check_png(out)
    found = statistics.of_dataset(open_dataset(folder))
    if out is not None:
        plots.write_plots(out, found)
    click.echo(as_json(statistics.to_mapping(found)) if in_json else statistics.to_text(found))
    if out is not None and not in_json:
        click.echo(f"\n{out}: the plots")
