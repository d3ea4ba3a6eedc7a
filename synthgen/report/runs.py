"""A run as its user sees it: the plan before it starts, the bar while it goes on, the summary and what to do next."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

from tqdm import tqdm

from synthgen.formats.dataset import Dataset
from synthgen.report.tables import table
from synthgen.run.estimate import Estimate
from synthgen.run.folder import Folder
from synthgen.run.log import Note, RunLog, unheard
from synthgen.run.plan import Plan, library_versions
from synthgen.run.render import Summary

# The usual recognisers drop or cut longer labels.
LABEL_LIMIT = 25


def size_text(size_bytes: float) -> str:
    """Return a size in decimal units.

    >>> size_text(1_234_567)
    '1.2 MB'
    """
    for unit in ("B", "kB", "MB", "GB"):
        if size_bytes < 1000:
            return f"{size_bytes:.0f} {unit}" if unit == "B" else f"{size_bytes:.1f} {unit}"
        size_bytes /= 1000
    return f"{size_bytes:.1f} TB"


def time_text(seconds: float) -> str:
    """Return a duration for people.

    >>> time_text(8_000)
    '2 h 13 min'
    """
    if seconds < 90:
        return f"{max(seconds, 1):.0f} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h {minutes % 60} min" if hours < 48 else f"{hours // 24} days {hours % 24} h"


def plan_text(plan: Plan, cost: Estimate, out: Path, jobs: int) -> str:
    """Return what is about to be made, printed before a run starts."""
    splits = ", ".join(f"{name} {share:.0%}" if share >= 0.01 else f"{name} {share:.2%}" for name, share in plan.splits)
    rows = [
        ["recipe", f"{plan.recipe.name} ({plan.recipe.lang}), seed {plan.seed}"],
        ["into", str(out)],
        ["samples", f"{plan.n:,} in {plan.shards:,} shard{'s' * (plan.shards > 1)} ({splits})"],
        ["pages", f"{cost.pages:,}" if cost.pages else "none"],
        ["words", f"about {cost.words:,}" if cost.words else "none"],
        ["disk", f"about {size_text(cost.disk_bytes)} (at most {size_text(cost.peak_bytes)} while it is assembled)"],
        ["time", f"about {time_text(cost.seconds)} with {jobs} job{'s' * (jobs > 1)}"],
    ]
    return table(["plan", ""], rows)


def summary_text(dataset: Dataset, seconds: float, rendered: int = 0) -> str:
    """Return what a finished run has made, and the arguments that train on it.

    ``rendered`` is how many samples this run has made itself, in ``seconds``.
    """
    manifest = dataset.manifest
    counts, seen = manifest["counts"], manifest["characters"]
    rows = [
        ["samples", f"{manifest['n_done']:,} of {manifest['n']:,} in {time_text(seconds)}"],
        ["rate", f"{rendered / max(seconds, 1e-9):,.1f} samples/s" if rendered else "nothing was left to render"],
        ["pages", f"{counts['scenes']:,}"],
        ["words", f"{counts['words']:,}"],
        ["vertical words", f"{counts['words_vertical']:,}"],
        ["size", size_text(stored_bytes(manifest))],
        ["skipped", f"{manifest['skipped']:,}"],
        ["rejected attempts", rejected_text(manifest["rejections"])],
        ["characters seen", f"{seen['appeared']:,} of the {seen['charset']:,} in charset.txt"],
    ]
    return "\n".join([table(["made", str(dataset.folder)], rows), *training_lines(dataset)])


def stored_bytes(manifest: Mapping[str, Any]) -> int:
    """Return the size of a dataset's pages with their metadata, and of its LMDBs."""
    lmdbs = manifest["lmdb"].values()
    return int(manifest["size_bytes"]["scenes"] + sum(entry["file_bytes"] for entry in lmdbs))


def rejected_text(rejections: dict[str, int]) -> str:
    """Return rejected attempts by reason in one line.

    >>> rejected_text({"uncovered": 2, "low-contrast": 1})
    '3 (low-contrast 1, uncovered 2)'
    """
    if not rejections:
        return "none"
    reasons = ", ".join(f"{reason} {count:,}" for reason, count in sorted(rejections.items()))
    return f"{sum(rejections.values()):,} ({reasons})"


def training_lines(dataset: Dataset) -> list[str]:
    """Return the commands and arguments that known trainers need for this dataset; none where it holds nothing."""
    folder = dataset.folder.resolve()
    splits = [name for name, counts in dataset.splits.items() if counts["words"]]
    lines: list[str] = []
    if splits:
        train, check = splits[0], splits[1] if len(splits) > 1 else splits[0]
        words, charset = folder / "words", shlex.quote(str(folder / "charset.txt"))
        lines += [
            "",
            "deep-text-recognition-benchmark (it lower-cases labels):",
            f"  --train_data {shlex.quote(str(words / train))} --select_data / --batch_ratio 1 \\",
            f"  --valid_data {shlex.quote(str(words / check))} \\",
            f'  --character "$(cat {charset})" --batch_max_length {LABEL_LIMIT}',
            "PARSeq (without the first argument it folds labels to ASCII, and all Hangul is lost):",
            f"  data.normalize_unicode=false data.root_dir={shlex.quote(str(words))} data.train_dir=. \\",
            f"  model.max_label_length={LABEL_LIMIT} charset=synthgen, made of charset.txt (docs/training.md)",
        ]
    if any(counts["scenes"] for counts in dataset.splits.values()):
        target = shlex.quote(str(folder.with_name(f"{folder.name}-synthtext")))
        lines += [
            "",
            "CRAFT and EasyOCR's detector trainer (gt.mat):",
            f"  synthgen export {shlex.quote(str(folder))} --to synthtext --out {target}",
        ]
    return lines


def plan_mapping(plan: Plan, cost: Estimate, out: Path, jobs: int) -> dict[str, Any]:
    """Return the plan as plain values for ``--json``."""
    return {
        "out": str(out),
        "recipe": plan.recipe.name,
        "lang": plan.recipe.lang,
        "seed": plan.seed,
        "n": plan.n,
        "shards": plan.shards,
        "splits": dict(plan.splits),
        "jobs": jobs,
        "fingerprint": plan.fingerprint,
        "expected": {
            "pages": cost.pages,
            "words": cost.words,
            "disk_bytes": cost.disk_bytes,
            "peak_bytes": cost.peak_bytes,
            "seconds": round(cost.seconds, 1),
        },
    }


def summary_mapping(summary: Summary) -> dict[str, Any]:
    """Return a finished run as plain values for ``--json``."""
    keys = ("n", "n_done", "splits", "counts", "skipped", "rejections", "characters")
    return {
        "folder": str(summary.folder),
        "rendered": summary.rendered,
        "seconds": round(summary.seconds, 3),
        **{key: summary.manifest[key] for key in keys},
    }


def remaining(cost: Estimate, plan: Plan, out: Path) -> Estimate:
    """Return the cost with the room that the shards finished in ``out`` no longer need; assembly checks its own."""
    done = Folder(out).finished(plan).count(1) if out.is_dir() else 0
    return replace(cost, peak_bytes=round(cost.peak_bytes * (1 - done / plan.shards)))


@contextmanager
def logged(path: Path | None, out: Path, planned: Mapping[str, Any]) -> Iterator[Note]:
    """Yield what hears of a run's events: the log in ``path``, begun with the plan, or nobody."""
    if path is None:
        yield unheard
        return
    with RunLog(path, out) as log:
        log("start", synthgen=library_versions()["synthgen"])
        log("plan", **planned)
        yield log


class Bar:
    """A run's progress on stderr: samples with rate and time left, words per second beside; silent off a terminal."""

    def __init__(self, *, quiet: bool, unit: str = "samples") -> None:
        self._disabled = quiet or not sys.stderr.isatty()
        self._unit = unit
        self._bar: Any = None
        self._samples_step = True
        self._words = 0

    def __enter__(self) -> Bar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()

    def begin(self, step: str, total: int, done: int) -> None:
        """Begin a step; ``render`` counts samples, ``assemble`` words."""
        self.__exit__(None, None, None)
        self._samples_step, self._words = step == "render", 0
        unit = f" {self._unit}" if self._samples_step else " words"
        self._bar = tqdm(
            total=total,
            initial=done,
            desc=step,
            unit=unit,
            unit_scale=total > 99_999,
            dynamic_ncols=True,
            smoothing=0.1,
            disable=self._disabled,
        )

    def advance(self, samples: int, words: int, size_bytes: int) -> None:
        """Move the bar."""
        del size_bytes
        if self._bar is None or self._disabled:
            return
        self._words += words
        if self._samples_step:
            elapsed = self._bar.format_dict["elapsed"]
            if elapsed > 0:
                self._bar.set_postfix_str(f"{self._words / elapsed:,.0f} words/s", refresh=False)
        self._bar.update(samples if self._samples_step else words)
