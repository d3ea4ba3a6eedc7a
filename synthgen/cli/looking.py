"""The commands that look at what is made: contact sheets, one sample, the gallery, a dataset in figures."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from synthgen.cli.arguments import (
    INPUT_NAMES,
    JSON,
    PATH,
    QUADS,
    SEED,
    SPLIT,
    Inputs,
    Whole,
    at_most,
    refuse,
    takes_inputs,
)
from synthgen.cli.printing import print_json

MOST_SAMPLES = 20
SIZE_LIMIT_PX = 8192
SHEET_LIMIT = 500


@click.command()
@click.argument("source", default="newspaper", metavar="[RECIPE|DATASET]")
@click.option("--out", type=PATH, default=Path("preview.png"), show_default=True, help="The PNG file.")
@click.option("--n", type=Whole(1), help="How many. [default: 6 scenes or 60 word pictures]")
@click.option("--index", type=Whole(0), default=0, show_default=True, help="The first sample, or record of a split.")
@click.option("--crops/--scenes", "crops", default=None, help="Word pictures, or scenes. [default: what there is]")
@QUADS
@click.option("--size", "size_px", type=Whole(16), help="Px of a scene's longer side, or of a word picture's height.")
@SPLIT
@takes_inputs
def preview(
    source: str,
    out: Path,
    n: int | None,
    index: int,
    crops: bool | None,
    quads: bool,
    size_px: int | None,
    split: str | None,
    inputs: Inputs,
) -> None:
    """Draw a contact sheet of scenes with their quads, or of word pictures with their labels.

    Example: synthgen preview newspaper --n 4 --out sheet.png
    """
    from synthgen import preview as drawing

    drawing.check_png(out)
    at_most("--size", size_px, SIZE_LIMIT_PX)
    at_most("--n", n, SHEET_LIMIT)
    if Path(source).is_dir():
        from synthgen.formats.dataset import open_dataset

        refuse(INPUT_NAMES, "a dataset has its own")
        sheet = drawing.sheet_of_dataset(open_dataset(Path(source)), index, n, split,
                                         crops=crops, quads=quads, size_px=size_px)  # fmt: skip
    else:
        refuse(["split"], "only datasets have splits")
        generator = inputs.generator(inputs.recipe(source))
        sheet = drawing.sheet_of_recipe(generator, index, n, crops=crops, quads=quads, size_px=size_px)
    drawing.write_png(out, sheet)
    click.echo(f"{out}: {sheet.shape[1]}x{sheet.shape[0]} px")


@click.command()
@click.argument("source", metavar="RECIPE|DATASET")
@click.argument("index", type=Whole(0))
@click.option("--out", type=PATH, help="Also write the picture, twice as large, as this PNG file.")
@QUADS
@JSON
@takes_inputs
def show(
    source: str,
    index: int,
    out: Path | None,
    quads: bool,
    inputs: Inputs,
    in_json: bool,
) -> None:
    """Explain one sample: its words, its faces, every parameter drawn, and the command that makes it again.

    Example: synthgen show newspaper 42 --seed 7 --out sample.png
    """
    from synthgen import preview as drawing
    from synthgen.report import samples

    if out is not None:
        drawing.check_png(out)
    scene: samples.Told
    if Path(source).is_dir():
        from synthgen.formats.dataset import open_dataset

        refuse(INPUT_NAMES, "a dataset has its own")
        dataset = open_dataset(Path(source))
        _, scene = dataset.scene(index)
        view = drawing.view_of(scene, drawing.picture_of(dataset, scene)) if out else None
        again = ["show", str(Path(source, "recipe.toml")), str(index), "--seed", str(scene.provenance["seed"])]
    else:
        generator = inputs.generator(inputs.recipe(source))
        sample = generator.sample(index, crops=False)
        scene = sample.scene or generator[index]  # which says why there is none
        view = drawing.view_of(scene, drawing.filed(generator, sample)) if out else None
        again = ["show", source, str(index), *inputs.arguments()]
    command = shlex.join(["synthgen", *again])
    if out is not None and view is not None:
        drawing.write_png(out, drawing.draw_scene(view, drawing.SCENE_SCALE, quads=quads))
    print_json(samples.story_mapping(scene, source=source, again=command), wanted=in_json)
    if not in_json:
        click.echo(samples.story(scene, source=source, again=command))


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
