"""synthgen: synthetic text pictures for OCR, Korean first, with exact character quads.

The public names are imported when they are first used: ``import synthgen`` itself loads nothing heavy.

>>> from synthgen import load_recipe
>>> load_recipe("word").page.layout
'word'
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from synthgen.crops import Crop
    from synthgen.errors import SynthgenError
    from synthgen.formats.dataset import Dataset, open_dataset
    from synthgen.formats.registry import export
    from synthgen.generator import Generator, Sample
    from synthgen.recipe import Recipe
    from synthgen.recipe import load as load_recipe
    from synthgen.run.plan import make_plan
    from synthgen.run.render import render
    from synthgen.scene import Characters, Lines, Scene, Words

    __version__: str

__all__ = [
    "Characters",
    "Crop",
    "Dataset",
    "Generator",
    "Lines",
    "Recipe",
    "Sample",
    "Scene",
    "SynthgenError",
    "Words",
    "__version__",
    "export",
    "load_recipe",
    "make_plan",
    "open_dataset",
    "render",
]

_HOMES = {
    "Characters": ("synthgen.scene", "Characters"),
    "Crop": ("synthgen.crops", "Crop"),
    "Dataset": ("synthgen.formats.dataset", "Dataset"),
    "Generator": ("synthgen.generator", "Generator"),
    "Lines": ("synthgen.scene", "Lines"),
    "Recipe": ("synthgen.recipe", "Recipe"),
    "Sample": ("synthgen.generator", "Sample"),
    "Scene": ("synthgen.scene", "Scene"),
    "SynthgenError": ("synthgen.errors", "SynthgenError"),
    "Words": ("synthgen.scene", "Words"),
    "export": ("synthgen.formats.registry", "export"),
    "load_recipe": ("synthgen.recipe", "load"),
    "make_plan": ("synthgen.run.plan", "make_plan"),
    "open_dataset": ("synthgen.formats.dataset", "open_dataset"),
    "render": ("synthgen.run.render", "render"),
}


def __getattr__(name: str) -> Any:
    """Return a public name, imported now and kept."""
    if name == "__version__":
        value: Any = _version()
    elif name in _HOMES:
        module, attribute = _HOMES[name]
        value = getattr(importlib.import_module(module), attribute)
    else:
        raise AttributeError(f"module 'synthgen' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _version() -> str:
    from importlib import metadata

    try:
        return metadata.version("synthgen")
    except metadata.PackageNotFoundError:
        return "source"
