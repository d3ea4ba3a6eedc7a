"""The command line: parse, call, print. What a command needs is imported when it runs, so that help is quick.

Exit codes: 0 done; 1 something outside the command line is wrong (a file, the disk); 2 a value on it breaks a rule;
3 interrupted, what is done is kept. Every error is one line on stderr that begins with ``synthgen:``.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from synthgen.cli.arguments import FONTS, JSON, PATH
from synthgen.cli.checking import verify
from synthgen.cli.looking import gallery, preview, show, stats
from synthgen.cli.making import assemble, merge, render
from synthgen.cli.printing import print_json
from synthgen.errors import SynthgenError, UsageError


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


for _command in (render, assemble, merge, verify, preview, show, gallery, stats):
    main.add_command(_command)


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
    print_json([one.to_mapping() for one in found], wanted=in_json)
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
        print_json(presets.described(), wanted=in_json)
        if not in_json:
            click.echo(presets.presets_table())
        return
    recipe = load(name)
    print_json(recipe.to_mapping(), wanted=in_json)
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
        print_json(exports.described(registry.exporters()), wanted=in_json)
        if not in_json:
            click.echo(exports.formats_table(registry.exporters()))
        return
    if folder is None or to is None:
        raise UsageError("export: name a dataset's folder and a format; such as synthgen export pages --to synthtext.")
    target = out or folder.resolve().with_name(f"{folder.resolve().name}-{to}")
    chosen = exports.parse_options((*options, f"kind={kind}") if kind else options)
    reports = registry.export(folder, to=to, out=target, options=chosen)
    print_json(exports.reports_mapping(reports, target), wanted=in_json)
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
    print_json(costs.measured_mapping(measured), wanted=in_json)
    if not in_json:
        click.echo(costs.measured_text(measured))
