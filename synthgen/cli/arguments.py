"""What can be given on the command line: numbers, and the options that mean the same in every command."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from synthgen.errors import UsageError

if TYPE_CHECKING:
    from synthgen.generator import Generator
    from synthgen.recipe import Recipe

_NUMBER = re.compile(r"[0-9]{1,20}(\.[0-9]{1,6})?(e[0-9]{1,2})?([kM])?")
_FACTORS = {"k": 1_000, "M": 1_000_000}


class Whole(click.ParamType):  # type: ignore[type-arg]  # generic only in new versions of click
    """A whole number of at least ``low``, written plainly or as 1e6, 10k or 2M."""

    name = "number"

    def __init__(self, low: int) -> None:
        self.low = low

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number; UsageError when it is none."""
        del ctx
        if isinstance(value, int):
            return value
        found = _NUMBER.fullmatch(value)
        number = Decimal(value.rstrip("kM")) * _FACTORS.get(found[3], 1) if found else Decimal("NaN")
        if found is None or number != number.to_integral_value() or number < self.low:
            name = param.opts[0] if param is not None else "number"
            raise UsageError(
                f"{name} {value[:40]}: must be a whole number from {self.low}; write it like 1000, 1e6, 10k or 2M."
            )
        return int(number)


_SIZE = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,3})?) ?(B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)?")
_UNITS = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
_UNITS |= {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}


class Size(click.ParamType):  # type: ignore[type-arg]  # generic only in new versions of click
    """A number of bytes, written plainly or as 500MB, 10GB or 2GiB."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the bytes; UsageError when it is no size."""
        del ctx
        if isinstance(value, int):
            return value
        found = _SIZE.fullmatch(value)
        if found is None:
            name = param.opts[0] if param is not None else "size"
            raise UsageError(f"{name} {value[:40]}: must be a number of bytes; write it like 500MB, 10GB or 2GiB.")
        return int(Decimal(found[1]) * _UNITS[found[2] or "B"])


PATH = click.Path(path_type=Path)
RECIPE = click.option("--recipe", "recipe_name", default="newspaper", show_default=True, metavar="NAME|FILE",
                      help="A preset (see synthgen recipes) or a TOML file.")  # fmt: skip
LANG = click.option("--lang", metavar="ko|en|ko+en", help="The language; the recipe's own by default.")
SEED = click.option("--seed", type=Whole(0), default=0, show_default=True, help="Another seed, other samples.")
SET = click.option("--set", "settings", multiple=True, metavar="KEY=VALUE",
                   help="Change a recipe's field, such as page.width_px=512; repeat for more.")  # fmt: skip
FONTS = click.option("--fonts", multiple=True, type=PATH, help="A font file or a folder of them; repeat for more.")
CORPUS = click.option("--corpus", multiple=True, type=PATH, help="A UTF-8 text file; repeat for more.")
BACKGROUNDS = click.option("--backgrounds", multiple=True, type=PATH, help="A folder of pictures of paper.")
JSON = click.option("--json", "in_json", is_flag=True, help="Print JSON on stdout and nothing else.")
SPLIT = click.option("--split", metavar="NAME", help="The split of a dataset; its first by default.")
QUADS = click.option("--quads/--no-quads", default=True, show_default=True, help="Draw the quads.")


@dataclass(frozen=True, slots=True)
class Inputs:
    """What samples are made from beside the recipe's name, as given on the command line."""

    lang: str | None
    seed: int
    settings: tuple[str, ...]
    fonts: tuple[Path, ...]
    corpus: tuple[Path, ...]
    backgrounds: tuple[Path, ...]

    def recipe(self, name: str, image_format: str | None = None) -> Recipe:
        """Return the recipe with what the command line changes in it."""
        from synthgen.recipe import load, parse_setting

        changes = dict(parse_setting(setting) for setting in self.settings)
        if self.lang is not None:
            changes["lang"] = self.lang
        if image_format is not None:
            changes["output.image_format"] = image_format
        return load(name).with_values(changes)

    def generator(self, recipe: Recipe) -> Generator:
        """Return the generator of the recipe with these inputs."""
        from synthgen.generator import Generator

        return Generator(recipe, seed=self.seed, fonts=self.fonts, corpus=self.corpus, backgrounds=self.backgrounds)

    def arguments(self) -> list[str]:
        """Return the arguments that say the same again."""
        given = [("--seed", str(self.seed))] + ([("--lang", self.lang)] if self.lang else [])
        given += [("--set", setting) for setting in self.settings]
        for option, paths in (("fonts", self.fonts), ("corpus", self.corpus), ("backgrounds", self.backgrounds)):
            given += [(f"--{option}", str(path)) for path in paths]
        return [part for pair in given for part in pair]


INPUT_NAMES = tuple(field.name for field in fields(Inputs))


def takes_inputs(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of :class:`Inputs`, which it gets as one argument ``inputs``."""

    @functools.wraps(command)
    def gathered(**values: Any) -> None:
        own = {name: values.pop(name) for name in INPUT_NAMES}
        command(inputs=Inputs(**own), **values)

    for option in (BACKGROUNDS, CORPUS, FONTS, SET, SEED, LANG):
        gathered = option(gathered)
    return gathered


def cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def at_most(option: str, value: int | None, limit: int) -> None:
    """Raise UsageError when a number was given that is larger than the limit."""
    if value is not None and value > limit:
        raise UsageError(f"{option} {value}: must be at most {limit}; choose a smaller number.")


def refuse(names: Iterable[str], reason: str) -> None:
    """Raise UsageError for options that were given and would be without effect."""
    ctx, given = click.get_current_context(), set(names)
    for parameter in ctx.command.params:
        if parameter.name in given and ctx.get_parameter_source(parameter.name) is ParameterSource.COMMANDLINE:
            raise UsageError(f"{parameter.opts[0]}: {reason}; leave it out.")
