"""The command line of the benchmarks: one by name, as tables or as JSON, or all as the page in docs."""

from __future__ import annotations

import argparse
import importlib
import sys

from synthgen.bench import machine
from synthgen.errors import SynthgenError
from synthgen.report.costs import machine_text
from synthgen.report.tables import as_json

# Each is a module of this package with the functions ``arguments``, ``measure`` and ``text``.
NAMES = {
    "rates": "pages and words per CPU-second of every preset, through the real writers",
    "stages": "the share of each stage of the walk",
    "floor": "the bare OpenCV, JPEG and HarfBuzz calls of the same pictures, and the ratio",
    "profile": "the dearest functions of a recipe",
    "memory": "resident memory over samples",
    "scaling": "two jobs over one",
    "size": "cost against page size, words, faces, n and records",
    "peers": "beside Tesseract's text2image and TRDG, on the same words and faces",
    "legibility": "Tesseract's character error rate as difficulty rises",
    "import": "import, help and the first sample, each in a process of its own",
    "page": "all of them as docs/benchmarks.md, on stdout",
}
# ``import`` is no name for a module.
MODULES = {name: "startup" if name == "import" else name for name in NAMES}


def parser() -> argparse.ArgumentParser:
    """Return the parser of all benchmarks."""
    whole = argparse.ArgumentParser(prog="python -m benchmarks", description="Rates, shares and ratios.")
    commands = whole.add_subparsers(dest="name", required=True, metavar="NAME")
    for name, told in NAMES.items():
        one = commands.add_parser(name, help=told, description=told)
        one.add_argument("--json", action="store_true", help="print JSON and nothing else")
        importlib.import_module(f"benchmarks.{MODULES[name]}").arguments(one)
    return whole


def main(arguments: list[str]) -> int:
    """Run one benchmark; return the exit code."""
    given = parser().parse_args(arguments)
    module = importlib.import_module(f"benchmarks.{MODULES[given.name]}")
    try:
        result = module.measure(given)
    except SynthgenError as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return error.exit_code
    if given.json:
        print(as_json({"benchmark": given.name, "machine": machine(), "result": result}))
    elif given.name == "page":
        print(module.text(result))
    else:
        print(f"{machine_text()}\n\n{module.text(result)}")
    return 0
