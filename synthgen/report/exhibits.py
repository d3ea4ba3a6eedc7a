"""What the gallery shows, as plain lists: which recipe, which setting, which doses. No picture is made here.

Effects are shown on a standard page, papers and inks too: one short document in clean print, photographed straight
from above, so that what is different in a picture is what the caption says. What is printed under letters is shown on a
standard sign.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from synthgen.camera.bend import BENDS
from synthgen.camera.optics import effects
from synthgen.press.colours import FAMILIES
from synthgen.press.effects import DRESSES, HANDLINGS, WEARS
from synthgen.press.paper import PAPERS
from synthgen.recipe import Recipe, load, presets
from synthgen.schema import toml_value
from synthgen.typeset.registry import layout_names

DOSES = (0.3, 0.6, 1.0)
DIFFICULTIES = (0.0, 0.5, 1.0)
# Doses of the effects that have fields of their own are in px, grey levels or shares: the last is far beyond use.
OWN_DOSES: dict[str, tuple[float, ...]] = {
    "defocus": (0.8, 1.6, 3.0),
    "light": (0.2, 0.4, 0.8),
    "motion": (2.0, 4.0, 8.0),
    "noise": (6.0, 14.0, 28.0),
}
_OWN_RANGES = {
    "defocus": "defocus_px_range",
    "light": "light_range",
    "motion": "motion_px_range",
    "noise": "noise_sd_range",
}
POSES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("rotation", {"camera.rotation_deg_range": [5.0, 5.0]}),
    ("rotation", {"camera.rotation_deg_range": [-12.0, -12.0]}),
    ("tilt", {"camera.tilt_deg_range": [15.0, 15.0], "camera.focal_range": [3.0, 3.0]}),
    ("tilt", {"camera.tilt_deg_range": [30.0, 30.0], "camera.focal_range": [3.0, 3.0]}),
    ("tilt", {"camera.tilt_deg_range": [20.0, 20.0], "camera.focal_range": [1.5, 1.5]}),
    ("shear", {"camera.shear_range": [0.2, 0.2]}),
)
# The sample of the standard page on which effects are shown: a headline over running text.
PAGE = 1
PAPER_SAMPLES, COLOUR_SAMPLES = 3, 4

_CLEAN: dict[str, Any] = {
    "paper": {"colour": "rgb", "kinds": {"noise": 1.0}, "level_range": [240.0, 240.0], "noise_sd_range": [1.0, 1.0],
              "gradient_range": [0.0, 0.0], "warmth_range": [0.06, 0.06], "textures": [], "most_effects": 1},
    "ink": {"contrast_range": [210.0, 210.0], "min_contrast": 20.0,
            "uneven_range": [0.0, 0.0], "spread_px_range": [0.0, 0.0], "most_effects": 1},
    "camera": {"rotation_deg_range": [0.0, 0.0], "tilt_deg_range": [0.0, 0.0], "bend_probability": 0.0},
    "optics": {"light_probability": 0.0, "defocus_probability": 0.0, "motion_probability": 0.0,
               "noise_probability": 0.0, "most_effects": 1},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One picture to make: sample ``index`` of ``source`` with ``changes``, and what stands under it.

    ``source`` is a preset's name, or that of one of :func:`standards`. With ``needs`` it is the first sample from
    ``index`` on that is printed with the ink of that name.
    """

    source: str
    changes: Mapping[str, Any]
    index: int
    label: str
    needs: str = ""

    def settings(self) -> list[str]:
        """Return the changes as the command line takes them after ``--set``."""
        return [f"{key}={toml_value(value)}" for key, value in self.changes.items()]


@dataclass(frozen=True, slots=True)
class Row:
    """Exhibits side by side under a name and a line of what it is; ``missing`` says why there are none."""

    name: str
    about: str
    exhibits: tuple[Exhibit, ...]
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Rows under a heading."""

    title: str
    about: str
    rows: tuple[Row, ...]


@cache
def standards() -> dict[str, Recipe]:
    """Return the recipes of the standard page and the standard sign, by name."""
    page = {
        "text": {"coverage_frac": 0.0},
        "page": {"layout": "paragraph", "width_px": 480, "height_px": 360, "words_range": [36, 36]},
        "type": {"kinds": {"serif": 1.0, "sans": 1.0}, "body_px_range": [18.0, 21.0]},
        **_CLEAN,
    }
    sign = {
        **_CLEAN,
        "text": {"genres": ["sign_shop"], "coverage_frac": 0.0},
        "page": {"layout": "sign", "width_px": 480, "height_px": 300},
        "type": {"kinds": {"sans": 1.0}},
        "ink": {**_CLEAN["ink"], "colours": {"shop": 1.0}},
    }
    return {
        name: Recipe.from_mapping({"name": name, **table}, name)
        for name, table in (("standard-page", page), ("standard-sign", sign))
    }


def recipe_of(exhibit: Exhibit) -> Recipe:
    """Return the recipe that an exhibit is a sample of."""
    base = standards()[exhibit.source] if exhibit.source in standards() else load(exhibit.source)
    return base.with_values(exhibit.changes)


def preset_section(names: tuple[str, ...], n: int) -> Section:
    """Return ``n`` samples of each preset, and one at each difficulty."""
    rows = []
    for name, text in presets().items():
        if name in names:
            about = text.partition("\n")[0].lstrip("# ")
            samples = tuple(Exhibit(name, {}, at, f"sample {at}") for at in range(n))
            graded = tuple(Exhibit(name, {"difficulty": one}, 0, f"difficulty {one:g}") for one in DIFFICULTIES)
            rows.append(Row(name, about, samples + tuple(one for one in graded if one.changes["difficulty"] != 0.5)))
    return Section("Presets", "Samples as they are drawn, then the first at difficulty 0 and 1.", tuple(rows))


def sections() -> Iterator[Section]:
    """Yield everything beside the presets: layouts, papers, inks, and every effect at its doses."""
    yield Section("Layouts", "Each in clean print: difficulty 0.", tuple(_layout_rows()))
    papers = tuple(_paper_row(name) for name in sorted(PAPERS))
    yield Section("Papers and grounds", "Under the standard page; the recipe's ranges at their defaults.", papers)
    colours = tuple(
        Row(
            name,
            ", ".join(pair.name for pair in FAMILIES[name]),
            _samples({"ink.colours": {name: 1.0}}, COLOUR_SAMPLES),
        )
        for name in sorted(FAMILIES)
    )
    yield Section("Colours", "Families of pairs of ink and ground.", colours)
    yield Section("Ink", "How ink covers.", (_INK, *_effect_rows(WEARS, "ink.effects", "ink.effect_dose_range")))
    dresses = _effect_rows(DRESSES, "ink.effects", "ink.effect_dose_range", source="standard-sign", needs="text")
    yield Section("Signs", "What is printed under their letters.", tuple(dresses))
    handled = _effect_rows(HANDLINGS, "paper.effects", "paper.effect_dose_range")
    yield Section("Handling", "What happens to a printed sheet.", tuple(handled))
    yield Section("Pose and bends", "Where the camera stands, how the sheet lies.", tuple(_geometry_rows()))
    optics = tuple(_optics_rows())
    yield Section("Optics", "Light, lens, sensor, copier and coder, in the order in which they are applied.", optics)


_INK = Row(
    "ink's own fields",
    "spread and unevenness, which are drawn for every sample",
    (
        Exhibit("standard-page", {}, PAGE, "clean"),
        Exhibit("standard-page", {"ink.spread_px_range": [0.5, 0.5]}, PAGE, "spread 0.5 px"),
        Exhibit("standard-page", {"ink.spread_px_range": [1.2, 1.2]}, PAGE, "spread 1.2 px"),
        Exhibit("standard-page", {"ink.uneven_range": [0.6, 0.6]}, PAGE, "uneven 0.6"),
    ),
)


def _layout_rows() -> Iterator[Row]:
    """Yield each layout, as the first preset made for it sets it; those of no preset on the standard page."""
    made_for: dict[str, str] = {}
    clean: dict[str, Any] = {"difficulty": 0.0}
    for name in presets():
        recipe = load(name)
        if not recipe.mix:
            made_for.setdefault(recipe.page.layout, name)
    for layout in layout_names():
        if layout in made_for:
            source, changes = made_for[layout], clean
        else:
            source, changes = "standard-page", {"page.layout": layout}
        exhibits = tuple(Exhibit(source, changes, at, f"sample {at}") for at in (10, 11))
        yield Row(layout, f"of the recipe {source}", exhibits)


def _paper_row(name: str) -> Row:
    if name == "user":
        return Row(name, "your own pictures", (), "needs pictures: synthgen render --backgrounds DIR")
    changes = {"paper.kinds": {name: 1.0}, "paper.noise_sd_range": [3.0, 12.0], "paper.level_range": [205.0, 245.0]}
    return Row(name, _first_line(PAPERS[name]), _samples(changes, PAPER_SAMPLES))


def _samples(changes: Mapping[str, Any], n: int) -> tuple[Exhibit, ...]:
    return tuple(Exhibit("standard-page", changes, at, f"sample {at}") for at in range(n))


def _effect_rows(
    table: Mapping[str, Any], chances: str, doses: str, *, source: str = "standard-page", needs: str = ""
) -> Iterator[Row]:
    """Yield each effect of a table before and after, at :data:`DOSES`."""
    for name in sorted(table):
        # A colour pair's draw may come after the effects': nothing of this effect is the sheet before it, not none.
        dosed = [
            Exhibit(
                source,
                {chances: {name: 1.0}, doses: [dose, dose]},
                PAGE,
                f"{name} {dose:g}" if dose else "before",
                needs,
            )
            for dose in (0.0, *DOSES)
        ]
        yield Row(name, _first_line(table[name]), tuple(dosed))


def _geometry_rows() -> Iterator[Row]:
    before = Exhibit("standard-page", {}, PAGE, "before")
    for name in sorted({name for name, _ in POSES}):
        turned = [Exhibit("standard-page", changes, PAGE, _named(changes)) for kind, changes in POSES if kind == name]
        yield Row(name, "", (before, *turned))
    for name in sorted(BENDS):
        always: dict[str, Any] = {"camera.bends": [name], "camera.bend_probability": 1.0}
        bent = (
            Exhibit("standard-page", {**always, "camera.bend_dose_range": [dose, dose]}, PAGE, f"{name} {dose:g}")
            for dose in DOSES
        )
        yield Row(name, _first_line(BENDS[name].displace), (before, *bent))


def _named(changes: Mapping[str, Any]) -> str:
    key, value = next(iter(changes.items()))
    return f"{key.partition('.')[2].removesuffix('_range').replace('_', ' ')} {value[0]:g}"


def _optics_rows() -> Iterator[Row]:
    for effect in effects():
        about = _first_line(effect.apply)
        before = Exhibit("standard-page", {}, PAGE, "before")
        if effect.name in OWN_DOSES:
            fields = f"optics.{effect.name}_probability", f"optics.{_OWN_RANGES[effect.name]}"
            doses = OWN_DOSES[effect.name]
        elif not effect.always:
            fields, doses = ("optics.effects", "optics.effect_dose_range"), DOSES
        else:
            yield Row(effect.name, about, (), "drawn for every sample with numbers of its own, which no recipe sets")
            continue
        sure: Any = 1.0 if effect.name in OWN_DOSES else {effect.name: 1.0}
        dosed = (
            Exhibit("standard-page", {fields[0]: sure, fields[1]: [dose, dose]}, PAGE, f"{effect.name} {dose:g}")
            for dose in doses
        )
        yield Row(effect.name, about, (before, *dosed))


def _first_line(thing: Any) -> str:
    """Return the first sentence of a docstring, which says what comes back."""
    line = (thing.__doc__ or "").strip().partition("\n")[0]
    line = line.replace("`", "").removeprefix("Return ")
    return line[:1].upper() + line[1:]
