"""The floor beneath the walk: the calls that the same pictures cannot do without, made again with nothing between."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any

import cv2
import uharfbuzz

from synthgen.bench.rates import make_plan_of, one_thread
from synthgen.bench.stopwatch import CROP_ENCODE, PAGE_ENCODE, replaced, watched
from synthgen.generator import Generator
from synthgen.press.atlas import Kept, Lettering
from synthgen.press.raster import OF_THREAD
from synthgen.run.plan import Plan
from synthgen.run.shard import encode_sample
from synthgen.typeset.faces import FaceSet

# The bare calls of the floor, by the stage in which they are made; glyphs are drawn in "coverage".
FLOOR_STAGES = {"coverage": "glyphs", "warp": "page warp", "crops": "crop warps", PAGE_ENCODE: "page JPEG",
                CROP_ENCODE: "crop JPEGs"}  # fmt: skip
# Pictures in RGB are warped with a fourth channel, which they are given and rid of again.
FLOOR_CALLS = ("warpPerspective", "warpAffine", "remap", "cvtColor", "imencode")
# Beside the floor stand the effects' own bare calls: pixels that paper, ink, lens and sensor make of pixels.
EFFECT_STAGES = ("paper", "ink", "optics")
EFFECT_CALLS = (
    "GaussianBlur", "LUT", "add", "addWeighted", "blur", "convertScaleAbs", "copyMakeBorder", "cvtColor", "erode",
    "filter2D", "flip", "imdecode", "imencode", "medianBlur", "merge", "multiply", "resize", "sepFilter2D", "split",
    "subtract", "transform", "warpAffine",
)  # fmt: skip
EFFECTS = "effects"

FLOOR_GOAL = 0.5


@dataclass(frozen=True, slots=True)
class Floor:
    """Per sample, in ms: the bare calls by ``parts``, and ``walk_ms``, the walk and the encoding around them.

    ``effects_ms`` are the effects' own OpenCV calls. A plain picture could do without them, so they are no part of the
    floor; one with its recipe's effects cannot, so :attr:`share_with_effects` counts them.
    """

    samples: int
    parts_ms: Mapping[str, float]
    effects_ms: float
    walk_ms: float

    @property
    def floor_ms(self) -> float:
        """All bare calls."""
        return sum(self.parts_ms.values())

    @property
    def share(self) -> float:
        """The floor's share of the walk; 1 would be nothing but bare calls."""
        return self.floor_ms / self.walk_ms

    @property
    def share_with_effects(self) -> float:
        """The share of the floor and the effects' own calls together."""
        return (self.floor_ms + self.effects_ms) / self.walk_ms


class _RecordedDraw:
    """HarfBuzz's rasteriser with a second one beside it, for which every call is noted with its arguments."""

    def __init__(self, calls: list[Callable[[], Any]]) -> None:
        own = {"_real": uharfbuzz.RasterDraw(), "_double": uharfbuzz.RasterDraw(), "_calls": calls}
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


class _NoAtlas:
    """An atlas that keeps nothing: every glyph of the pictures is drawn."""

    def kept(self, letters: Lettering, _: FaceSet) -> tuple[list[Kept], Lettering]:
        return [], letters


def bare_calls(plan: Plan, generator: Generator, index: int) -> dict[str, list[Callable[[], Any]]]:
    """Return the calls that the sample's pictures cannot do without, ready to be made again.

    They are told by part of the floor, those of the effects under :data:`EFFECTS`. All glyphs are drawn, whatever the
    walk's atlas keeps of others.
    """
    calls: dict[str, list[Callable[[], Any]]] = {part: [] for part in (*FLOOR_STAGES.values(), EFFECTS)}
    with watched(generator) as watch:

        def part_of(name: str) -> str | None:
            if watch.stage in EFFECT_STAGES:
                return EFFECTS if name in EFFECT_CALLS else None
            return FLOOR_STAGES.get(watch.stage) if name in FLOOR_CALLS else None

        def recorded(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
            def noted(*args: Any, **kwargs: Any) -> Any:
                part = part_of(name)
                if part is not None:
                    calls[part].append(functools.partial(function, *args, **kwargs))
                return function(*args, **kwargs)

            return noted

        doubles = [(cv2, name, recorded(name, getattr(cv2, name))) for name in sorted({*FLOOR_CALLS, *EFFECT_CALLS})]
        draw = [(OF_THREAD, "draw", _RecordedDraw(calls["glyphs"])), (OF_THREAD, "atlas", _NoAtlas())]
        with replaced([*doubles, *draw]):
            encode_sample(plan, generator, index)
    return calls


def measure_floor(generator: Generator, n: int) -> Floor:
    """Return walk and floor of the first ``n`` samples, taken turn about, so that both see the same machine."""
    plan = make_plan_of(generator, n)
    # A generator keeps the roll that it made last: what is recorded must be made anew.
    second = copy(generator)
    walk, parts = 0.0, dict.fromkeys((*FLOOR_STAGES.values(), EFFECTS), 0.0)
    with one_thread():
        for index in range(n):
            began = time.process_time()
            encode_sample(plan, generator, index)
            walk += time.process_time() - began
            for part, calls in bare_calls(plan, second, index).items():
                parts[part] += _time_of(calls)
    parts_ms = {part: 1000 * seconds / n for part, seconds in parts.items()}
    return Floor(n, effects_ms=parts_ms.pop(EFFECTS), parts_ms=parts_ms, walk_ms=1000 * walk / n)


def _time_of(calls: list[Callable[[], Any]]) -> float:
    """Return the CPU seconds of some calls; none for none, or reading the clock would count."""
    if not calls:
        return 0.0
    began = time.process_time()
    for call in calls:
        call()
    return time.process_time() - began
