"""Cost against page size, words on the page, faces, the sample's number, and records in an LMDB.

Only one thing changes in each table. Cost per sample must not grow with n: samples near number n cost the same, so
does a record in an LMDB of n records, and a plan of n samples is as quickly made.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

from synthgen.assets import manifest
from synthgen.bench import Case, Rate, make_plan_of, measure_rate, one_thread, warmed
from synthgen.formats.mjsynth import write_lmdb
from synthgen.report.tables import table
from synthgen.run.shard import encode_sample

SIDES_PX = (384, 768, 1536)
WORDS = (25, 100, 400)
NUMBERS = (0, 10_000, 1_000_000, 100_000_000)
_RECORD_BYTES = 1_200
_WORDS_PER_PIXEL = 115 / 768**2


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seconds", type=float, default=3.0, help="CPU seconds a row; default: 3")
    parser.add_argument("--most", type=int, default=100_000, help="records of the largest LMDB; 1e6 takes 2 GB")


def measure(given: argparse.Namespace) -> dict[str, list[dict[str, Any]]]:
    faces = sorted(asset.id for asset in manifest("fonts"))
    return {
        "page": [_page(f"{side}x{side} px", _sized(side), given.seconds) for side in SIDES_PX],
        "words": [_page(f"{words} words", _filled(words), given.seconds) for words in WORDS],
        "faces": [
            _page(f"{count} faces", {"type.faces": faces[:: len(faces) // count][:count]}, given.seconds)
            for count in (1, 4, len(faces))
        ],
        "number": _numbers(given.seconds),
        "records": [_records(count) for count in (1_000, 10_000, 100_000, 1_000_000) if count <= given.most],
    }


def _sized(side: int) -> dict[str, Any]:
    """Return a square page with as many words to the area as the preset's."""
    words = round(side**2 * _WORDS_PER_PIXEL)
    return {"page.width_px": side, "page.height_px": side, "page.words_range": [words, words]}


def _filled(words: int) -> dict[str, Any]:
    """Return a page of one size with more or fewer words, in type that lets them fit."""
    return {"page.width_px": 1024, "page.height_px": 1024, "page.words_range": [words, words],
            "type.body_px_range": [12.0, 40.0]}  # fmt: skip


def _page(name: str, changes: dict[str, Any], cpu_s: float) -> dict[str, Any]:
    generator = Case(name, "newspaper", changes).generator()
    cost = warmed(generator, cpu_s / 3)
    rate: Rate = measure_rate(generator, max(4, round(cpu_s * 2 / 3 / cost)))
    pixels = generator.recipe.page.width_px * generator.recipe.page.height_px
    return {"case": name, "samples": rate.samples, "words": rate.crops / rate.samples,
            "ms_per_page": 1000 * rate.cpu_s / rate.samples, "us_per_word": 1e6 * rate.cpu_s / max(rate.crops, 1),
            "ns_per_px": 1e9 * rate.cpu_s / rate.samples / pixels}  # fmt: skip


def _numbers(cpu_s: float) -> list[dict[str, Any]]:
    """Return plan and sample costs by number; the numbers take turns, so that all see the same machine."""
    generator = Case("word", "word").generator()
    warmed(generator, cpu_s)
    plans = {number: make_plan_of(generator, max(number, 1)) for number in NUMBERS}
    seconds = dict.fromkeys(NUMBERS, 0.0)
    planning = {}
    for number in NUMBERS:
        began = time.process_time()
        plan = make_plan_of(generator, max(number, 1))
        plan.to_json()
        planning[number] = time.process_time() - began
    samples = 0
    began = time.process_time()
    with one_thread():
        while time.process_time() - began < cpu_s:
            for number in NUMBERS:
                before = time.process_time()
                encode_sample(plans[number], generator, number + samples)
                seconds[number] += time.process_time() - before
            samples += 1
    return [{"case": f"n = {number:,}", "samples": samples, "plan_ms": 1000 * planning[number],
             "ms_per_sample": 1000 * seconds[number] / samples} for number in NUMBERS]  # fmt: skip


def _records(count: int) -> dict[str, Any]:
    """Return the cost of a record in an LMDB of ``count`` records of the size of word pictures."""
    filler = bytes(range(256)) * 8

    def images() -> Any:
        return (filler[at % 256 :][: _RECORD_BYTES - at % 512] for at in range(count))

    def labels() -> Any:
        return (f"{at:x}" for at in range(count))

    total = sum(map(len, images())) + sum(map(len, labels()))
    with tempfile.TemporaryDirectory(prefix="synthgen-bench-") as folder:
        began = time.process_time()
        made = write_lmdb(Path(folder) / "records", count, images, labels, total)
        cpu_s = time.process_time() - began
    return {"case": f"{count:,} records", "us_per_record": 1e6 * cpu_s / count,
            "file_over_values": made.file_bytes / made.value_bytes}  # fmt: skip


def text(result: dict[str, list[dict[str, Any]]]) -> str:
    parts = []
    for rows in result.values():
        keys = [key for key in rows[0] if key != "case"]
        cells = [[row["case"], *(_shown(row[key]) for key in keys)] for row in rows]
        header = ["", *(key.replace("_per_", "/").replace("_", " ") for key in keys)]
        parts.append(table(header, cells, right=range(1, len(header))))
    return "\n\n".join(parts)


def _shown(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:,.2f}"
