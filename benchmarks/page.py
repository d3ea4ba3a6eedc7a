"""All benchmarks as one page for docs, some six minutes: ``python -m benchmarks page > docs/benchmarks.md``."""

from __future__ import annotations

import argparse
import importlib
import textwrap
from pathlib import Path
from typing import Any

from synthgen.report.costs import machine_text

HEAD = """# What samples cost

Made by `python -m benchmarks page > docs/benchmarks.md`; each table alone by the command above it, in a checkout with
synthgen installed. `synthgen bench` prints the first three for the main recipes in a minute, on any machine.

All times are CPU seconds, one thread, caches warm, every effect of the recipe on; pictures are encoded and written by
the writers that every run uses, LMDB, labels and checksums included. Ratios are of figures from the same run. Goals
stand beside the figures: what a release must reach, then what is aimed at. Nothing here is a test: machines differ.
"""

# Title and what a reader must know to read the table.
SECTIONS = {
    "rates": ("Rates", "A whole run: words are word pictures in the LMDB. The first goal is the least that is asked."),
    "stages": ("Stages", "Each stage's own time in such a run, as a share."),
    "floor": (
        "The floor",
        "The calls that the same pictures, made alone, cannot do without (all glyphs drawn, page warped and encoded, "
        "words cut out and encoded), made again with the same arguments and nothing between them; the walk is drawing "
        "and encoding, the run is writing too. Effects are the OpenCV calls that paper, ink, lens and sensor make: a "
        "picture with its recipe's effects cannot do without them either, so the share of both is told too.",
    ),
    "profile": (
        "The dearest functions",
        "By their own time under cProfile, which slows small functions most; a function in C stands for itself.",
    ),
    "memory": (
        "Memory",
        "One process for each recipe. Growth is the slope over the second half: on pages that of the atlas of small "
        "type, which fills to its bound of 96 MB within some 5,000 samples.",
    ),
    "scaling": (
        "Jobs",
        "Start-up cancels out. The ratio by the clock needs two idle cores; that of CPU times does not.",
    ),
    "size": (
        "Size",
        "One thing changes in each table; cost must grow with no more than that. Words are those written.",
    ),
    "peers": (
        "Beside other generators",
        "The same words and faces in one run, start-up left out. Tesseract's text2image (C++) draws pages in black "
        "and white with specks and a turn, without perspective, paper or word pictures; TRDG (Python) draws words "
        "48 px high with skew, blur and noise. TRDG is installed for the comparison by `--install`.",
    ),
    "legibility": (
        "Legibility",
        "Tesseract's character error rate over lines of book and document pages, cut out and brought to one height.",
    ),
    "import": ("Start", "Each in a process of its own, the least of several turns."),
}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seconds", type=float, help="CPU seconds a case, instead of each benchmark's default")
    parser.add_argument("--samples", type=int, help="samples for memory, instead of its default")
    parser.add_argument("--install", action="store_true", help="install TRDG from PyPI into a throw-away environment")
    parser.add_argument("--trdg", metavar="PYTHON", type=Path, help="the Python of an environment that has TRDG")


def measure(given: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.command import MODULES, parser

    found = {}
    for name in SECTIONS:
        own = parser().parse_args([name])
        for option in ("seconds", "samples", "install", "trdg"):
            if hasattr(own, option) and getattr(given, option):
                setattr(own, option, getattr(given, option))
        module = importlib.import_module(f"benchmarks.{MODULES[name]}")
        found[name] = module.text(module.measure(own))
    return found


def text(result: dict[str, Any]) -> str:
    parts = [HEAD, f"```\n{machine_text()}\n```"]
    for name, (title, told) in SECTIONS.items():
        lead = textwrap.fill(f"`python -m benchmarks {name}`. {told}", 120, break_on_hyphens=False)
        parts.append(f"## {title}\n\n{lead}\n\n```\n{result[name]}\n```")
    return "\n".join([parts[0], "\n\n".join(parts[1:])])
