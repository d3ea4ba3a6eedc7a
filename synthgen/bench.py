"""What samples cost on this machine: rates, the share of each stage, and the floor beneath them. It never judges.

All times are CPU seconds of this process, OpenCV on one thread, caches warm: they mean the same on a busy machine. A
rate is that of a whole run into a temporary folder, through the writers that every run uses. Stages are timed by
putting a stopwatch around the functions that the walk calls; the walk itself knows nothing of it. The floor is what
the same pictures cannot do without: their glyphs drawn, the page warped and encoded, the words cut out and encoded, by
the same calls with the same arguments and nothing between them.
"""

from __future__ import annotations

import functools
import importlib
import os
import platform
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import uharfbuzz

from synthgen.errors import SynthgenError
from synthgen.generator import Generator
from synthgen.recipe import load, presets
from synthgen.run.plan import Plan, library_versions, make_plan
from synthgen.run.render import render
from synthgen.run.shard import encode_sample

REST = "everything else"
PAGE_ENCODE, CROP_ENCODE = "page encode", "crop encode"

# Each stage with the functions whose own time it is; what they call of another stage counts there.
STAGES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("writing", ("synthgen.text.writer:Writer.write",)),
    ("pose", ("synthgen.camera.pose:draw_pose",)),
    ("paper", ("synthgen.press.paper:draw_paper",)),
    ("coverage", ("synthgen.press.raster:coverage",)),
    ("ink", ("synthgen.press.ink:print_layers",)),
    ("warp", tuple(f"synthgen.geometry:{name}.warp" for name in ("Homography", "Field", "Composed"))),
    ("optics", ("synthgen.camera.optics:Exposure.expose",)),
    ("labels", ("synthgen.walk:Walk._labelled",)),
    ("crops", ("synthgen.crops:cut_words",)),
    (PAGE_ENCODE, ("synthgen.formats.pictures:encode",)),
    ("metadata", ("synthgen.formats.metadata:encode_scene",)),
    ("files", ("synthgen.run.shard:_Writer.add", "synthgen.run.shard:_commit")),
    ("LMDB", ("synthgen.run.assemble:assemble",)),
)
# The layout's own methods: brief and set.
LAYOUT_STAGES = (("layout brief", "brief"), ("setting", "set"))
# In the order of the walk.
STAGE_NAMES = (
    "layout brief", "writing", "setting", "pose", "paper", "coverage", "ink", "warp", "optics", "labels", "crops",
    PAGE_ENCODE, CROP_ENCODE, "metadata", "files", "LMDB",
)  # fmt: skip

# The bare calls of the floor, by the stage in which they are made; glyphs are drawn in "coverage".
FLOOR_STAGES = {"coverage": "glyphs", "warp": "page warp", "crops": "crop warps", PAGE_ENCODE: "page JPEG",
                CROP_ENCODE: "crop JPEGs"}  # fmt: skip
FLOOR_CALLS = ("warpPerspective", "warpAffine", "remap", "imencode")

FLOOR_GOAL = 0.5


@dataclass(frozen=True, slots=True)
class Case:
    """A recipe to measure: a preset, what is changed in it, and rates per CPU-second that were set as ``goals``.

    ``goals`` are by unit (``words``, ``pages``, ``crops``): the least that is asked, and what is aimed at (0 if none).
    """

    name: str
    preset: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    goals: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def generator(self, seed: int = 0) -> Generator:
        """Return the case's generator."""
        return Generator(load(self.preset).with_values(self.changes), seed=seed)


MAIN_CASES = (
    Case("newspaper", "newspaper", goals={"words": (1000, 0), "pages": (15, 0)}),
    Case(
        "newspaper-1024x768",
        "newspaper",
        {"page.width_px": 1024, "page.height_px": 768, "page.words_range": [140, 140]},
        {"words": (0, 8000), "pages": (0, 57)},
    ),
    Case("word", "word", goals={"crops": (1000, 4000)}),
)


def cases() -> tuple[Case, ...]:
    """Return the main cases and every other preset as it is."""
    named = {case.name for case in MAIN_CASES}
    return MAIN_CASES + tuple(Case(name, name) for name in presets() if name not in named)


@dataclass(frozen=True, slots=True)
class Rate:
    """A whole run: ``samples`` and what was written of them in ``cpu_s``; ``skipped`` samples were rejected."""

    samples: int
    pages: int
    crops: int
    skipped: int
    size_bytes: int
    cpu_s: float

    def per_s(self) -> dict[str, float]:
        """Return samples, pages and crops per CPU-second; a crop is a word picture, so words are crops."""
        return {"samples": self.samples / self.cpu_s, "pages": self.pages / self.cpu_s,
                "crops": self.crops / self.cpu_s, "words": self.crops / self.cpu_s}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Floor:
    """Per sample, in ms: the bare calls by ``parts``, and ``walk_ms``, the walk and the encoding around them."""

    samples: int
    parts_ms: Mapping[str, float]
    walk_ms: float

    @property
    def floor_ms(self) -> float:
        """All bare calls."""
        return sum(self.parts_ms.values())

    @property
    def share(self) -> float:
        """The floor's share of the walk; 1 would be nothing but bare calls."""
        return self.floor_ms / self.walk_ms


def machine() -> dict[str, str]:
    """Return what figures depend on: processor, cores, system, Python and the versions of the libraries."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    own = {"processor": _processor(), "cores": str(cores), "system": f"{platform.system()} {platform.machine()}",
           "python": platform.python_version()}  # fmt: skip
    return own | {name: version for name, version in library_versions().items() if name != "machine"}


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or "unknown"


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep OpenCV on one thread until the block ends, as every worker does."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(threads)


def make_plan_of(generator: Generator, n: int) -> Plan:
    """Return the plan of ``n`` samples of a generator without files of the user's."""
    return make_plan(generator.recipe, generator, seed=generator.seed, n=n)


def warmed(generator: Generator, cpu_s: float, least: int = 8) -> float:
    """Fill the caches for about ``cpu_s``; return the CPU seconds per sample of the second half.

    The samples' indices lie far above those that are measured.
    """
    plan = make_plan_of(generator, 1)
    costs: list[float] = []
    index, began = 1_000_000, time.process_time()
    with one_thread():
        while len(costs) < least or time.process_time() - began < cpu_s:
            before = time.process_time()
            encode_sample(plan, generator, index)
            costs.append(time.process_time() - before)
            index += 1
    late = costs[len(costs) // 2 :]
    return sum(late) / len(late)


def measure_rate(generator: Generator, n: int) -> Rate:
    """Return the rate of a whole run of ``n`` samples by a warmed generator, one job, into a temporary folder."""
    plan = make_plan_of(generator, n)
    with tempfile.TemporaryDirectory(prefix="synthgen-bench-") as folder:
        began = time.process_time()
        made = render(plan, Path(folder) / "dataset", make=lambda _: generator).manifest
        cpu_s = time.process_time() - began
    counts, sizes = made["counts"], made["size_bytes"]
    crops = counts["words"] + counts["words_vertical"]
    return Rate(made["n_done"], counts["scenes"], crops, made["skipped"], sum(sizes.values()), cpu_s)


class Stopwatch:
    """CPU seconds and calls by stage. Of nested stages each has its own time only; ``stage`` is the one that runs."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.calls: dict[str, int] = defaultdict(int)
        self.page: Any = None
        self._running: list[tuple[str, list[float]]] = []

    @property
    def stage(self) -> str:
        """The innermost stage that runs now."""
        return self._running[-1][0] if self._running else REST

    def around(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function with the watch around it."""

        @functools.wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            # One function encodes both; only the scene's own picture is a page.
            name = CROP_ENCODE if stage == PAGE_ENCODE and args[0] is not self.page else stage
            inner: list[float] = []
            self._running.append((name, inner))
            began = time.process_time()
            try:
                return function(*args, **kwargs)
            finally:
                took = time.process_time() - began
                self._running.pop()
                self.seconds[name] += took - sum(inner)
                self.calls[name] += 1
                if self._running:
                    self._running[-1][1].append(took)

        return timed

    def watching_pages(self, sample: Callable[..., Any], *, scenes: bool) -> Callable[..., Any]:
        """Return ``Generator.sample`` with a note of the last picture, where pages are filed."""

        @functools.wraps(sample)
        def noted(*args: Any, **kwargs: Any) -> Any:
            found = sample(*args, **kwargs)
            self.page = found.scene.image if scenes and found.scene is not None else None
            return found

        return noted


def places_of(target: str) -> list[tuple[Any, str]]:
    """Return each (holder, name) at which loaded modules of ours hold ``module:function`` or ``module:Class.method``.

    SynthgenError when there is none: the code has moved on and the stages must follow.
    """
    module, _, path = target.partition(":")
    *outer, name = path.split(".")
    try:
        holder = functools.reduce(getattr, outer, importlib.import_module(module))
        found = getattr(holder, name)
    except (ImportError, AttributeError):
        raise SynthgenError(f"bench: {target}: no such function; correct STAGES in synthgen/bench.py.") from None
    if outer:
        return [(holder, name)]
    ours = [one for key, one in sorted(sys.modules.items()) if key.split(".")[0] == "synthgen"]
    return [(one, key) for one in ours for key, value in list(vars(one).items()) if value is found]


@contextmanager
def replaced(places: list[tuple[Any, str, Any]]) -> Iterator[None]:
    """Put each value under its name into its module or class until the block ends."""
    missing = object()
    before = [(holder, name, vars(holder).get(name, missing)) for holder, name, _ in places]
    try:
        for holder, name, value in places:
            setattr(holder, name, value)
        yield
    finally:
        for holder, name, value in before:
            if value is missing:
                delattr(holder, name)  # it was inherited
            else:
                setattr(holder, name, value)


@contextmanager
def watched(generator: Generator) -> Iterator[Stopwatch]:
    """Yield a stopwatch around every stage of the generator's walk and of the writers."""
    watch = Stopwatch()
    targets = [(stage, *place) for stage, names in STAGES for target in names for place in places_of(target)]
    layouts = {type(walk.layout) for walk in generator.walks}
    targets += [(stage, layout, name) for stage, name in LAYOUT_STAGES for layout in sorted(layouts, key=str)]
    swaps = [(holder, name, watch.around(stage, getattr(holder, name))) for stage, holder, name in targets]
    noted = watch.watching_pages(Generator.sample, scenes=generator.recipe.output.scenes)
    with replaced([*swaps, (Generator, "sample", noted)]):
        yield watch


def measure_stages(generator: Generator, n: int) -> dict[str, float]:
    """Return the CPU seconds of each stage in a whole run of ``n`` samples, in the walk's order, and of the rest."""
    with watched(generator) as watch:
        whole = measure_rate(generator, n).cpu_s
    seconds = {name: watch.seconds.get(name, 0.0) for name in STAGE_NAMES}
    return seconds | {REST: whole - sum(seconds.values())}


class _RecordedDraw:
    """HarfBuzz's rasteriser with a second one beside it, for which every call is noted with its arguments."""

    def __init__(self, kind: Callable[[], Any], calls: list[Callable[[], Any]]) -> None:
        own = {"_real": kind(), "_double": kind(), "_calls": calls}
        for name, value in own.items():
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: Any) -> None:
        self._calls.append(functools.partial(setattr, self._double, name, value))
        setattr(self._real, name, value)

    def __getattr__(self, name: str) -> Any:
        real, double = getattr(self._real, name), getattr(self._double, name)
        if not callable(real):
            return real

        def noted(*args: Any) -> Any:
            self._calls.append(functools.partial(double, *args))
            return real(*args)

        return noted


def bare_calls(plan: Plan, generator: Generator, index: int) -> dict[str, list[Callable[[], Any]]]:
    """Return the calls that the sample's pictures cannot do without, by part of the floor, ready to be made again."""
    calls: dict[str, list[Callable[[], Any]]] = {part: [] for part in FLOOR_STAGES.values()}
    rasteriser = uharfbuzz.RasterDraw
    with watched(generator) as watch:

        def recorded(function: Callable[..., Any]) -> Callable[..., Any]:
            def noted(*args: Any, **kwargs: Any) -> Any:
                part = FLOOR_STAGES.get(watch.stage)
                if part is not None:
                    calls[part].append(functools.partial(function, *args, **kwargs))
                return function(*args, **kwargs)

            return noted

        doubles = [(cv2, name, recorded(getattr(cv2, name))) for name in FLOOR_CALLS]
        draw = (uharfbuzz, "RasterDraw", lambda: _RecordedDraw(rasteriser, calls["glyphs"]))
        with replaced([*doubles, draw]):
            encode_sample(plan, generator, index)
    return calls


def measure_floor(generator: Generator, n: int) -> Floor:
    """Return walk and floor of the first ``n`` samples, taken turn about, so that both see the same machine."""
    plan = make_plan_of(generator, n)
    walk, parts = 0.0, dict.fromkeys(FLOOR_STAGES.values(), 0.0)
    with one_thread():
        for index in range(n):
            began = time.process_time()
            encode_sample(plan, generator, index)
            walk += time.process_time() - began
            for part, calls in bare_calls(plan, generator, index).items():
                parts[part] += _time_of(calls)
    return Floor(n, {part: 1000 * seconds / n for part, seconds in parts.items()}, 1000 * walk / n)


def _time_of(calls: list[Callable[[], Any]]) -> float:
    """Return the CPU seconds of some calls; none for none, or reading the clock would count."""
    if not calls:
        return 0.0
    began = time.process_time()
    for call in calls:
        call()
    return time.process_time() - began


@dataclass(frozen=True, slots=True)
class Measured:
    """A case with what was measured of it; ``stages`` are CPU seconds by name."""

    case: Case
    rate: Rate
    stages: Mapping[str, float]
    floor: Floor

    def to_mapping(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        whole, run_ms = sum(self.stages.values()), 1000 * self.rate.cpu_s / self.rate.samples
        return {
            "case": self.case.name,
            "samples": self.rate.samples,
            "per_cpu_s": {unit: round(value, 1) for unit, value in self.rate.per_s().items()},
            "goals_per_cpu_s": {unit: {"least": one[0], "goal": one[1]} for unit, one in self.case.goals.items()},
            "stages_share": {name: round(seconds / whole, 4) for name, seconds in self.stages.items()},
            "run_ms": round(run_ms, 3),
            "walk_ms": round(self.floor.walk_ms, 3),
            "floor_ms": {part: round(value, 3) for part, value in self.floor.parts_ms.items()},
            "floor_share_of_walk": round(self.floor.share, 3),
            "floor_share_of_run": round(self.floor.floor_ms / run_ms, 3),
            "floor_share_goal": FLOOR_GOAL,
        }


def measure(case: Case, cpu_s: float) -> Measured:
    """Return rate, stages and floor of one case, measured for about ``cpu_s`` CPU seconds."""
    generator = case.generator()
    cost = warmed(generator, cpu_s / 4)
    n = max(4, round(cpu_s / 4 / cost))
    # A recorded sample costs some three plain ones.
    return Measured(
        case, measure_rate(generator, n), measure_stages(generator, n), measure_floor(generator, max(2, n // 4))
    )


def bench(cpu_s: float = 40.0) -> list[Measured]:
    """Measure the main cases for about ``cpu_s`` CPU seconds in all."""
    return [measure(case, cpu_s / len(MAIN_CASES)) for case in MAIN_CASES]
