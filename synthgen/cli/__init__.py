"""The command line: parse, call, print. What a command needs is imported when it runs, so that help is quick.

Exit codes: 0 done; 1 something outside the command line is wrong (a file, the disk); 2 a value on it breaks a rule;
3 interrupted, what is done is kept. Every error is one line on stderr that begins with ``synthgen:``.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from synthgen.cli.arguments import (
    FONTS,
    INPUT_NAMES,
    JSON,
    PATH,
    QUADS,
    RECIPE,
    SPLIT,
    Inputs,
    Size,
    Whole,
    at_most,
    cores,
    refuse,
    takes_inputs,
)
from synthgen.cli.checking import verify
from synthgen.cli.looking import gallery, stats
from synthgen.errors import SynthgenError, UsageError

SIZE_LIMIT_PX = 8192
SHEET_LIMIT = 500


class _Commands(click.Group):
    """The group; its :meth:`main` is the one place where errors become a line and an exit code."""

    def main(  # type: ignore[override]  # the parent's overloads tell apart what is one case here
        self, args: Sequence[str] | None = None, prog_name: str = "synthgen", **_: Any
    ) -> NoReturn:
        """Run the command line and leave the process with its exit code."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        sys.exit(self._exit_code(args, prog_name))

    def _exit_code(self, args: Sequence[str] | None, prog_name: str) -> int:
        try:
            code = super().main(args, prog_name=prog_name, standalone_mode=False)
            sys.stdout.flush()
            return code if isinstance(code, int) else 0
        except SynthgenError as error:
            return _complain(str(error), error.exit_code)
        except click.ClickException as error:
            context = getattr(error, "ctx", None)
            command = context.command_path if context is not None else "synthgen"
            return _complain(f"{error.format_message().rstrip('.')}; see {command} --help.", error.exit_code)
        except (KeyboardInterrupt, click.Abort):
            return _complain("interrupted.", 3)
        except BrokenPipeError:
            # The reader has left, such as head: nothing more can be said, and Python must not try at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            return 1


def _complain(message: str, code: int) -> int:
    click.echo(f"synthgen: {' '.join(message.split())}", err=True)
    return code


def _version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    del param
    if value and not ctx.resilient_parsing:
        from synthgen import __version__

        click.echo(f"synthgen {__version__}")
        ctx.exit()


@click.group("synthgen", cls=_Commands, invoke_without_command=True,
             context_settings={"help_option_names": ["-h", "--help"]})  # fmt: skip
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Print it.")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Make synthetic text pictures for OCR, Korean first: pages with exact character quads, and word crops.

    Begin with: synthgen render --n 100
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


@main.command()
@click.option("--n", type=Whole(1), required=True, help="How many samples: 1000, 1e6, 10k, 2M.")
@RECIPE
@click.option("--out", type=PATH, help="The dataset's folder. [default: ./synthgen-<recipe>-<lang>-<n>]")
@click.option("--jobs", type=Whole(1), help="Processes. [default: all cores]")
@click.option("--split", "splits", default="train=0.98,val=0.01,test=0.01", show_default=True, help="Shares of n.")
@click.option("--image-format", metavar="jpg|png|webp", help="The format of page pictures; the recipe's by default.")
@click.option("--shards", metavar="I/K", help="Every k-th shard from the i-th on: a task of an array; see merge.")
@click.option("--engine", type=click.Choice(["local", "dask"]), default="local", show_default=True, help="Who renders.")
@click.option("--scheduler", metavar="ADDRESS", help="The dask scheduler, such as tcp://10.0.0.1:8786.")
@click.option("--scenes", "scene_store", default="files", show_default=True, metavar="files|tar",
              help="Pages as files, or one WebDataset tar for each shard and split.")  # fmt: skip
@click.option("--max-lmdb-bytes", type=Size(), default=0, metavar="SIZE", help="Several LMDBs of at most 10GB, say.")
@click.option("--coverage-floor", type=Whole(1), metavar="K", help="Show every character of the charset K times.")
@click.option("--log-file", type=PATH, help="Append what happens to this file, as JSON lines.")
@click.option("--overwrite", is_flag=True, help="Remove the dataset of ours that is in the folder first.")
@click.option("--plan-only", is_flag=True, help="Print the plan and stop.")
@JSON
@takes_inputs
def render(
    n: int,
    recipe_name: str,
    out: Path | None,
    jobs: int | None,
    inputs: Inputs,
    splits: str,
    image_format: str | None,
    shards: str | None,
    engine: str,
    scheduler: str | None,
    scene_store: str,
    max_lmdb_bytes: int,
    coverage_floor: int | None,
    log_file: Path | None,
    overwrite: bool,
    plan_only: bool,
    in_json: bool,
) -> None:
    """Render a dataset of N samples. Repeating the command goes on where it stopped; a larger N extends it.

    Example: synthgen render --n 1e6 --lang ko --recipe newspaper --out pages
    """
    from synthgen.formats.dataset import open_dataset
    from synthgen.report import coverage, runs
    from synthgen.run.cluster import parse_part, render_part
    from synthgen.run.estimate import check_disk, estimate
    from synthgen.run.plan import make_plan, parse_splits
    from synthgen.run.render import render as run

    shares = parse_splits(splits)
    part = parse_part(shards) if shards is not None else None
    if (engine == "dask") != (scheduler is not None):
        raise UsageError("--engine dask and --scheduler ADDRESS: belong together; give both or neither.")
    if part is not None:
        whole = ["engine", "scheduler", "log_file", "overwrite"]
        refuse(whole, "a task of an array renders its shards itself, into what is there")
    recipe = inputs.recipe(recipe_name, image_format)
    if coverage_floor is not None:
        recipe = coverage.with_floor(recipe, coverage_floor, n)
    generator = inputs.generator(recipe)
    plan = make_plan(recipe, generator, seed=inputs.seed, n=n, splits=shares,
                     fonts=inputs.fonts, corpus=inputs.corpus, backgrounds=inputs.backgrounds,
                     scene_store=scene_store, max_lmdb_bytes=max_lmdb_bytes)  # fmt: skip
    target = out or Path(f"synthgen-{re.sub(r'[^A-Za-z0-9_.]+', '-', recipe.name)}-{recipe.lang}-{n}")
    workers = jobs or cores()
    cost = estimate(plan, generator, jobs=workers)
    if not in_json:
        click.echo(runs.plan_text(plan, cost, target, workers), err=not plan_only)
    check_disk(runs.remaining(cost, plan, target), target)
    planned = runs.plan_mapping(plan, cost, target, workers)
    if plan_only:
        _print_json({"plan": planned}, wanted=in_json)
        return
    with runs.Bar(quiet=in_json, unit="pages" if recipe.output.scenes else "samples") as bar:
        if part is not None:
            made = render_part(plan, target, part, jobs=workers, progress=bar)
            _print_json({"plan": planned, "part": {"part": str(part), "shards": made.shards}}, wanted=in_json)
            if not in_json:
                click.echo(f"{target}: part {part} is done ({made.shards} shards); after all: synthgen merge {target}")
            return
        with runs.logged(log_file, target, planned) as note:
            summary = run(plan, target, jobs=workers, scheduler=scheduler, progress=bar, note=note, overwrite=overwrite)
            note("made", **runs.summary_mapping(summary))
    dataset = open_dataset(summary.folder)
    told = {"plan": planned, "made": runs.summary_mapping(summary)}
    if coverage_floor is not None:
        told["coverage"] = coverage.floor_mapping(dataset, coverage_floor)
    _print_json(told, wanted=in_json)
    if not in_json:
        click.echo(runs.summary_text(dataset, summary.seconds, summary.rendered))
        if coverage_floor is not None:
            click.echo(f"\n{coverage.floor_text(dataset, coverage_floor, recipe)}")


@main.command()
@click.argument("folder", type=PATH)
@JSON
def assemble(folder: Path, in_json: bool) -> None:
    """Make a valid dataset of the shards that are finished in FOLDER, without rendering.

    Example: synthgen assemble pages
    """
    from synthgen.formats.dataset import open_dataset
    from synthgen.report import runs
    from synthgen.run.render import assemble_dataset

    with runs.Bar(quiet=in_json) as bar:
        summary = assemble_dataset(folder, progress=bar)
    _print_json({"made": runs.summary_mapping(summary)}, wanted=in_json)
    if not in_json:
        click.echo(runs.summary_text(open_dataset(summary.folder), summary.seconds))


main.add_command(verify)
main.add_command(gallery)
main.add_command(stats)


@main.command()
@click.argument("folders", type=PATH, nargs=-1, required=True, metavar="FOLDER...")
@JSON
def merge(folders: tuple[Path, ...], in_json: bool) -> None:
    """Make one dataset, in the first FOLDER, of what tasks with --shards have rendered there and into others.

    Example: synthgen merge pages
    """
    from synthgen.formats.dataset import open_dataset
    from synthgen.report import runs
    from synthgen.run.merge import merge as run

    with runs.Bar(quiet=in_json) as bar:
        summary = run(folders, progress=bar)
    _print_json({"made": runs.summary_mapping(summary)}, wanted=in_json)
    if not in_json:
        click.echo(runs.summary_text(open_dataset(summary.folder), summary.seconds))


@main.command()
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


@main.command()
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
    _print_json(samples.story_mapping(scene, source=source, again=command), wanted=in_json)
    if not in_json:
        click.echo(samples.story(scene, source=source, again=command))


@main.command()
@FONTS
@click.option("--charset", "charset_name", default="ks1001", show_default=True, help="A charset's name, or its file.")
@click.option("--sheet", type=PATH, metavar="DIR", help="Write PNG pages of every character in every face there.")
@JSON
def fonts(fonts: tuple[Path, ...], charset_name: str, sheet: Path | None, in_json: bool) -> None:
    """List every face with the characters that it truly draws: those whose glyphs have ink.

    Example: synthgen fonts --fonts ~/fonts --charset ks1001+hanja
    """
    from synthgen.report import faces
    from synthgen.text.charset import load_charset
    from synthgen.typeset.faces import FaceSet, load_faces

    charset = load_charset(charset_name)
    loaded = load_faces(fonts)
    found = faces.coverages(loaded, charset)
    _print_json([one.to_mapping() for one in found], wanted=in_json)
    if not in_json:
        click.echo(f"{faces.faces_table(found, charset)}\n\n{faces.faults_text(found)}")
    if sheet is not None:
        pages = faces.write_sheets(sheet, FaceSet(loaded), charset)
        if not in_json:
            click.echo(f"\n{sheet}: {pages} pages; on a tinted ground what another face draws")


@main.command()
@click.argument("name", required=False)
@JSON
def recipes(name: str | None, in_json: bool) -> None:
    """List the presets, or print one (or a recipe file) as TOML with every default.

    Example: synthgen recipes newspaper > mine.toml
    """
    from synthgen.recipe import load
    from synthgen.report import presets

    if name is None:
        _print_json(presets.described(), wanted=in_json)
        if not in_json:
            click.echo(presets.presets_table())
        return
    recipe = load(name)
    _print_json(recipe.to_mapping(), wanted=in_json)
    if not in_json:
        click.echo(recipe.to_toml(), nl=False)


@main.command()
@click.argument("folder", type=PATH, required=False)
@click.option("--to", "to", metavar="FORMAT", help="The format, such as synthtext.")
@click.option("--out", type=PATH, help="A new folder outside the dataset. [default: FOLDER-FORMAT]")
@click.option("--kind", metavar="cell|ink", help="Which character quads to write; cell by default.")
@click.option("--option", "options", multiple=True, metavar="NAME=VALUE", help="Another option of the format.")
@click.option("--list", "listing", is_flag=True, help="List the formats and their options.")
@JSON
def export(
    folder: Path | None,
    to: str | None,
    out: Path | None,
    kind: str | None,
    options: tuple[str, ...],
    listing: bool,
    in_json: bool,
) -> None:
    """Write a dataset's scenes or words in the form that another program reads.

    Example: synthgen export pages --to synthtext --out craft
    """
    from synthgen.formats import registry
    from synthgen.report import exports

    if listing:
        _print_json(exports.described(registry.exporters()), wanted=in_json)
        if not in_json:
            click.echo(exports.formats_table(registry.exporters()))
        return
    if folder is None or to is None:
        raise UsageError("export: name a dataset's folder and a format; such as synthgen export pages --to synthtext.")
    target = out or folder.resolve().with_name(f"{folder.resolve().name}-{to}")
    chosen = exports.parse_options((*options, f"kind={kind}") if kind else options)
    reports = registry.export(folder, to=to, out=target, options=chosen)
    _print_json(exports.reports_mapping(reports, target), wanted=in_json)
    if not in_json:
        click.echo(exports.reports_text(reports, target))


@main.command()
@click.option("--seconds", type=click.FloatRange(0.1, 3600), default=40.0, show_default=True, help="CPU time in all.")
@JSON
def bench(seconds: float, in_json: bool) -> None:
    """Measure this machine: words and pages per CPU-second, the dearest stages, and the floor beneath them.

    Example: synthgen bench --seconds 20
    """
    from synthgen import bench as measuring
    from synthgen.report import costs

    measured = measuring.bench(seconds)
    _print_json(costs.measured_mapping(measured), wanted=in_json)
    if not in_json:
        click.echo(costs.measured_text(measured))


def _print_json(value: Any, *, wanted: bool) -> None:
    if wanted:
        from synthgen.report.tables import as_json

        click.echo(as_json(value))
