"""The commands that make datasets: all of one, its tasks' parts together, or what is there of one."""

from __future__ import annotations

import re
from pathlib import Path

import click

from synthgen.cli.arguments import (
    JSON,
    PATH,
    RECIPE,
    Inputs,
    Size,
    Whole,
    cores,
    refuse,
    takes_inputs,
)
from synthgen.cli.printing import print_json
from synthgen.errors import UsageError


@click.command()
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
        print_json({"plan": planned}, wanted=in_json)
        return
    with runs.Bar(quiet=in_json, unit="pages" if recipe.output.scenes else "samples") as bar:
        if part is not None:
            made = render_part(plan, target, part, jobs=workers, progress=bar)
            print_json({"plan": planned, "part": {"part": str(part), "shards": made.shards}}, wanted=in_json)
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
    print_json(told, wanted=in_json)
    if not in_json:
        click.echo(runs.summary_text(dataset, summary.seconds, summary.rendered))
        if coverage_floor is not None:
            click.echo(f"\n{coverage.floor_text(dataset, coverage_floor, recipe)}")


@click.command()
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
    print_json({"made": runs.summary_mapping(summary)}, wanted=in_json)
    if not in_json:
        click.echo(runs.summary_text(open_dataset(summary.folder), summary.seconds))


@click.command()
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
    print_json({"made": runs.summary_mapping(summary)}, wanted=in_json)
    if not in_json:
        click.echo(runs.summary_text(open_dataset(summary.folder), summary.seconds))
