"""Beside two other generators, on the same words and faces: Tesseract's text2image (C++) and TRDG (Python).

text2image draws pages of the same size, with its own specks and turns, in black and white, and says where each
character is; it has no perspective, paper or word pictures. TRDG draws single words 48 px high with skew, blur and
noise. Start-up is left out on all sides: text2image by the difference of two runs, TRDG by words that are drawn before
its clock starts. The words are those that our pages show. Ratios are of CPU-seconds and from one run.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont

from benchmarks.processes import Took, took
from synthgen import assets
from synthgen.bench import Case, measure_rate, warmed
from synthgen.generator import Generator
from synthgen.report.tables import table

FACES = ("NanumGothic", "NanumMyeongjo-YetHangul")
SIZE_PX = (1024, 768)
WORDS = 140
HEIGHT_PX = 48
# At this size its pages hold about as many words as ours.
_T2I_OPTIONS = ("--resolution=110", "--ptsize=18", "--margin=40")
_TRDG_REQUIREMENTS = ("trdg==1.8.0", "pillow<10")
_TRDG_SCRIPT = """
import io, json, sys, time
from trdg.generators import GeneratorFromStrings
given = json.load(open(sys.argv[1], encoding="utf-8"))
made = GeneratorFromStrings(given["words"], count=len(given["words"]), fonts=given["fonts"], size=given["height"],
                            skewing_angle=3, random_skew=True, blur=1, random_blur=True, background_type=0, fit=True)
count = 0
for picture, _ in made:
    if count == given["warm"]:
        began = time.process_time()
    picture.convert("L").save(io.BytesIO(), "JPEG", quality=80)
    count += 1
print(json.dumps({"words": count - given["warm"], "cpu_s": time.process_time() - began}))
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seconds", type=float, default=6.0, help="CPU seconds for each of ours; default: 6")
    parser.add_argument("--install", action="store_true", help="install TRDG from PyPI into a throw-away environment")
    parser.add_argument("--trdg", metavar="PYTHON", type=Path, help="the Python of an environment that has TRDG")


def measure(given: argparse.Namespace) -> list[dict[str, Any]]:
    """Return a row for each tool: words and pages per CPU-second, or why it was skipped."""
    width, height = SIZE_PX
    size = {"page.width_px": width, "page.height_px": height, "page.words_range": [WORDS, WORDS]}
    faces = {"type.faces": list(FACES)}
    pages = Case("pages", "newspaper", {**size, **faces}).generator()
    rows = [_ours("newspaper", pages, given.seconds)]
    crops = Case("words", "word", {"camera.content_height_px_range": [HEIGHT_PX, HEIGHT_PX], **faces}).generator()
    rows.append(_ours("word", crops, given.seconds))
    texts = [" ".join(pages[index].words.text) for index in range(max(20, round(given.seconds * 10)))]
    with tempfile.TemporaryDirectory(prefix="synthgen-bench-") as folder:
        rows.append(_text2image(texts, Path(folder)))
        rows.append(_trdg(texts, Path(folder), given))
    for row in rows[2:]:
        ours = rows[0] if row["work"] == "pages" else rows[1]
        if "skipped" not in row:
            row["ours_over_it"] = ours["words_per_cpu_s"] / row["words_per_cpu_s"]
            if row["pages_per_cpu_s"]:
                row["ours_over_it_pages"] = ours["pages_per_cpu_s"] / row["pages_per_cpu_s"]
    return rows


def _ours(preset: str, generator: Generator, cpu_s: float) -> dict[str, Any]:
    cost = warmed(generator, cpu_s / 4)
    rate = measure_rate(generator, max(4, round(0.75 * cpu_s / cost)))
    work = "pages" if rate.pages else "words"
    return {"tool": f"synthgen {preset}", "work": work, "words": rate.crops, "pages": rate.pages,
            "words_per_cpu_s": rate.crops / rate.cpu_s, "pages_per_cpu_s": rate.pages / rate.cpu_s}  # fmt: skip


def _paths() -> list[Path]:
    own = {asset.id: asset.path for asset in assets.manifest("fonts")}
    return [own[face] for face in FACES]


def _text2image(texts: list[str], folder: Path) -> dict[str, Any]:
    tool = {"tool": "text2image", "work": "pages"}
    if shutil.which("text2image") is None:
        return {**tool, "skipped": "not installed; on Debian: apt-get install tesseract-ocr"}
    cpu_s = words = pages = 0.0
    for path in _paths():
        few, many = (_draw(texts[:count], path, folder) for count in (len(texts) // 10, len(texts)))
        cpu_s += many[0].cpu_s - few[0].cpu_s
        words += many[1] - few[1]
        pages += many[2] - few[2]
    return {**tool, "words": int(words), "pages": int(pages), "words_per_cpu_s": words / cpu_s,
            "pages_per_cpu_s": pages / cpu_s}  # fmt: skip


def _draw(texts: list[str], font: Path, folder: Path) -> tuple[Took, int, int]:
    """Draw texts in one face; return what it took, the words and the pages."""
    (folder / "text").write_text("\n".join(texts) + "\n", encoding="utf-8")
    with TTFont(font, lazy=True) as opened:
        family = opened["name"].getBestFamilyName()
    command = [
        "text2image", f"--text={folder / 'text'}", f"--outputbase={folder / 'pages'}",
        f"--font={family}", f"--fonts_dir={font.parent}", f"--fontconfig_tmpdir={folder}",
        f"--xsize={SIZE_PX[0]}", f"--ysize={SIZE_PX[1]}", *_T2I_OPTIONS,
    ]  # fmt: skip
    done = took(command)
    # A row of the box file ends with the number of its page.
    last = (folder / "pages.box").read_text(encoding="utf-8").rstrip().rpartition("\n")[2]
    return done, sum(len(text.split()) for text in texts), int(last.split()[-1]) + 1


def _trdg(texts: list[str], folder: Path, given: argparse.Namespace) -> dict[str, Any]:
    tool = {"tool": "TRDG", "work": "words"}
    python = given.trdg
    if python is None and given.install:
        python = folder / "env" / "bin" / "python"
        took([sys.executable, "-m", "venv", folder / "env"])
        took([python, "-m", "pip", "install", "-q", *_TRDG_REQUIREMENTS])
    if python is None:
        return {**tool, "skipped": "not asked for; add --install (from PyPI, thrown away) or --trdg PYTHON"}
    words = " ".join(texts).split()[:1000]
    told = {"words": words, "fonts": [str(path) for path in _paths()], "height": HEIGHT_PX, "warm": len(words) // 10}
    (folder / "given.json").write_text(json.dumps(told), encoding="utf-8")
    # What this process can import is not what the other environment has.
    done = took([python, "-c", _TRDG_SCRIPT, folder / "given.json"], cwd=folder, environment={"PYTHONPATH": ""})
    made = json.loads(done.output.splitlines()[-1])
    return {**tool, "words": made["words"], "pages": 0, "words_per_cpu_s": made["words"] / made["cpu_s"],
            "pages_per_cpu_s": 0.0}  # fmt: skip


def text(result: list[dict[str, Any]]) -> str:
    cells = []
    for row in result:
        if "skipped" in row:
            cells.append([row["tool"], row["skipped"]])
            continue
        per_page = f"{row['words'] / row['pages']:.0f}" if row["pages"] else "-"
        pages = f"{row['pages_per_cpu_s']:.1f}" if row["pages"] else "-"
        ours = [f"{row[key]:.1f}" if key in row else "" for key in ("ours_over_it", "ours_over_it_pages")]
        cells.append([row["tool"], str(row["words"]), per_page, f"{row['words_per_cpu_s']:,.0f}", pages, *ours])
    header = ["tool", "words", "words/page", "words/CPU-s", "pages/CPU-s", "ours over it: words", "pages"]
    skipped = [f"{row[0]}: {row[1]}." for row in cells if len(row) == 2]
    drawn = table(header, [row for row in cells if len(row) > 2], right=range(1, len(header)))
    return "\n".join([drawn, *skipped])
