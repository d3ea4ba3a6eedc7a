"""A stopwatch around the functions that the walk calls; the walk itself knows nothing of it."""

from __future__ import annotations

import functools
import importlib
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from synthgen.errors import SynthgenError
from synthgen.generator import Generator

REST = "everything else"
PAGE_ENCODE, CROP_ENCODE = "page encode", "crop encode"

# Each stage with the functions whose own time it is; what they call of another stage counts there.
STAGES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("writing", ("synthgen.text.writer:Writer.write", "synthgen.text.writer:Writer.write_together")),
    ("pose", ("synthgen.camera.pose:draw_pose", "synthgen.camera.pose:draw_poses")),
    ("paper", ("synthgen.press.paper:draw_paper",)),
    ("coverage", ("synthgen.press.raster:coverage",)),
    (
        "ink",
        (
            "synthgen.press.ink:print_layers",
            "synthgen.press.halftone:print_pictures",
            "synthgen.press.handling:handle_sheet",
        ),
    ),
    (
        "warp",
        tuple(f"synthgen.geometry:{name}" for name in ("Homography.warp", "Field.warp", "Composed.warp", "warp_each")),
    ),
    ("optics", ("synthgen.camera.optics:Exposure.expose",)),
    (
        "labels",
        (
            "synthgen.walk:Walk._labelled",
            "synthgen.scene:seen_each",
            "synthgen.camera.takes:Takes.scene",
            "synthgen.camera.legibility:legible",
        ),
    ),
    ("crops", tuple(f"synthgen.crops:{name}" for name in ("cut_words", "cut_together", "whole_together"))),
    (PAGE_ENCODE, ("synthgen.formats.pictures:encode",)),
    ("metadata", ("synthgen.formats.metadata:encode_scene",)),
    ("files", ("synthgen.run.shard:_Writer.add", "synthgen.run.shard:_commit")),
    ("LMDB", ("synthgen.run.assemble:assemble",)),
)
# The layout's own methods: brief and set.
LAYOUT_STAGES = (
    ("layout brief", "brief"), ("layout brief", "brief_together"), ("setting", "set"), ("setting", "set_together"),
)  # fmt: skip
# In the order of the walk.
STAGE_NAMES = (
    "layout brief", "writing", "setting", "pose", "paper", "coverage", "ink", "warp", "optics", "labels", "crops",
    PAGE_ENCODE, CROP_ENCODE, "metadata", "files", "LMDB",
)  # fmt: skip


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
        raise SynthgenError(
            f"bench: {target}: no such function; correct STAGES in synthgen/bench/stopwatch.py."
        ) from None
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
    targets += [(stage, layout, name) for stage, name in LAYOUT_STAGES for layout in sorted(layouts, key=str)
                if hasattr(layout, name)]  # fmt: skip
    swaps = [(holder, name, watch.around(stage, getattr(holder, name))) for stage, holder, name in targets]
    noted = watch.watching_pages(Generator.sample, scenes=generator.recipe.output.scenes)
    with replaced([*swaps, (Generator, "sample", noted)]):
        yield watch
