"""Writes docs/recipes.md from synthgen/recipe.py and the presets: ``python docs/build_recipes.py``.

Defaults, limits and presets are read from the code; only what a field means is said here. A field without a meaning, or
a meaning without its field, stops the build, and a test compares the page with what this makes.
"""

from __future__ import annotations

import dataclasses
import typing
from pathlib import Path
from typing import Any

from synthgen.recipe import Recipe, presets

PAGE = Path(__file__).resolve().with_name("recipes.md")

UNITS = {
    "_px": "px", "_em": "em", "_deg": "degrees", "_frac": "share", "_probability": "per sample", "_sd": "grey levels",
    "level": "grey levels", "gradient": "grey levels", "contrast": "grey levels",
}  # fmt: skip

HEAD = """\
# Recipes

<!-- Written by docs/build_recipes.py from synthgen/recipe.py: change those, not this page. -->

A recipe says what samples look like; with the seed and a sample's index it decides every byte of that sample. It is a
TOML file, or the name of a preset. What it leaves out has the default below. Change single fields on the command line:

    synthgen render --n 1000 --set page.width_px=1024 --set "type.kinds={serif=1.0}"

or write a file of your own, starting from a preset (`synthgen recipes newspaper > mine.toml`), and use it with
`--recipe mine.toml`. Keys are strict: a misspelt field, a wrong type, a value outside its limits or an inverted range
is refused with one line. Fields named `*_range` are `[low, high]`; a value is drawn evenly from them for each sample.
Weights such as `kinds` need not add up to one. Every dataset keeps its complete recipe in `recipe.toml`.
"""

MEANINGS = {
    "difficulty": "scales every dose of paper, ink, camera and optics: 0 is clean print, 0.5 the ranges as "
    "written, 1 their upper ends",
    "text.floor_per_sample": "characters of the charset dealt to every sample in turn; `--coverage-floor` works it out",
    "page.picture_probability": "whether an article has a halftone photograph",
    "page.pen_probability": "whether a form's values are written with a pen",
    "page.together": "how many samples of one line are printed on a sheet and developed together: several times faster",
    "type.slant_range": "tangent of a synthetic italic's lean to the right",
    "type.jitter_em_range": "standard deviation of each character's height on its line",
    "type.underline_probability": "whether a block has underlined words",
    "type.strike_probability": "whether a block has words struck through",
    "type.overline_probability": "whether a block has words with a line above",
    "type.box_probability": "whether a block has boxed words",
    "type.raised_probability": "whether figures at the ends of a block's words stand above or below the line",
    "paper.effects": "probabilities of what happened to the sheet: `show_through`, `folds`, `creases`, `stains`, "
    "`punch_holes`, `staples`",
    "paper.effect_dose_range": "how strong those are, of the strongest",
    "paper.most_effects": "how many of them at once, at most",
    "ink.colours": "weights of families of real-world colour pairs; a sign has those of its kind; empty prints grey",
    "ink.effects": "probabilities of worn or dressed type: `broken`, `squeeze`, `dot_matrix`, `thermal`, `outline`, "
    "`shadow`, `extrusion`, `glow`",
    "ink.effect_dose_range": "how strong those are, of the strongest",
    "ink.most_effects": "how many of them at once, at most",
    "camera.bends": "bends of the sheet or the lens, one of which is drawn: `curl`, `fold`, `lens`, `wave`, and "
    "`spine`, an open book's fold with its shadow",
    "camera.bend_probability": "whether there is one",
    "camera.bend_dose_range": "how strong it is, of the strongest",
    "camera.level_probability": "whether the picture is a scan or a screenshot: no tilt, no shear, no bend but a "
    "`spine`, and none of the effects of a hand-held camera and of the light in a room",
    "camera.level_rotation_deg_range": "turn of such a picture in its plane",
    "camera.cut_probability": "with `page`, whether the picture shows only a part, so that text is cut at its border; "
    "words that are cut are ignored",
    "optics.effects": "probabilities of further effects of light, lens, scanner and copier, by name",
    "optics.effect_dose_range": "how strong those are, of the strongest",
    "optics.most_effects": "how many effects at once, at most",
    "mix": "weights of presets: each sample is then one of theirs",
    "name": "what the recipe is called; it decides nothing",
    "lang": "language of the text; `ko+en` writes a quarter of it in English",
    "text.charset": "characters that may occur: `ks1001` (2,350 syllables, ASCII, marks), `hangul` (all 11,172), "
    "either with `+hanja`, or a file of characters (kept in the dataset as `chars:` and the characters themselves)",
    "text.coverage_frac": "words replaced by pseudo-words, so that rare syllables occur too",
    "text.latin_frac": "Latin words mixed into Korean text",
    "text.hanja_frac": "words glossed or abbreviated in hanja; needs a charset with `+hanja`",
    "text.genres": "genres of the built-in texts, such as `economy`; empty means all",
    "text.corpus_frac": "sentences taken from `--corpus` files, when there are any",
    "page.layout": "`newspaper`, `paragraph`, `line`, `word`, or one that a package registers",
    "page.width_px": 'width of the page and, with `camera.frame = "page"`, of its picture',
    "page.height_px": "height, likewise",
    "page.margin_frac_range": "blank margin on each side, of the page's shorter side",
    "page.words_range": "words on the page, about",
    "page.columns_range": "columns of a newspaper page",
    "page.gutter_em_range": "space between columns",
    "page.rule_probability": "whether rules stand between the columns",
    "type.faces": "ids of faces to use (`synthgen fonts`); empty means all",
    "type.kinds": "weights of the classes of faces; a class without a face is passed over",
    "type.fallback": "a character that the chosen face cannot draw: set it in another face (`fallback`), or try the "
    "sample again (`reject`)",
    "type.body_px_range": "em size of body text",
    "type.headline_ratio_range": "headline size in body sizes",
    "type.line_spacing_range": "line pitch in em sizes",
    "type.tracking_em_range": "space added between letters",
    "type.word_space_em_range": "width of the space between words",
    "type.stretch_range": "horizontal stretch of the letters",
    "type.justify_probability": "whether a page is justified; else flush left",
    "type.syllable_break_probability": "whether a page's lines may break inside an eojeol, as newspapers break them",
    "paper.kinds": "weights of `newsprint`, `noise`, `texture`, `user` (`--backgrounds`) and registered papers",
    "paper.level_range": "mean grey of the paper",
    "paper.noise_sd_range": "spread of the paper's grain",
    "paper.gradient_range": "how much darker the paper is at its far side",
    "paper.textures": "ids or tags of bundled textures; empty means all",
    "paper.colour": "`grey` pictures have one channel, `rgb` three",
    "paper.colour_probability": "with `grey`, whether a picture has three channels all the same",
    "paper.warmth_range": "with `rgb`, share of blue that the paper swallows",
    "ink.contrast_range": "grey distance between paper and ink",
    "ink.min_contrast": "below this anywhere, the sample is thrown away and tried again",
    "ink.uneven_range": "how unevenly the ink covers",
    "ink.spread_px_range": "how far the ink creeps into the paper",
    "camera.frame": "`page`: a picture of the page's size; `content`: of the text alone",
    "camera.rotation_deg_range": "turn in the picture's plane, counter-clockwise as seen",
    "camera.tilt_deg_range": "tilt about a random axis in the sheet: perspective",
    "camera.focal_range": "focal length in lengths of the page's longer side; short means strong perspective",
    "camera.shear_range": "slant, x per y",
    "camera.content_height_px_range": "with `content`, height of the picture; long text is taken in one of the higher",
    "camera.content_margin_frac_range": "with `content`, margin on each side, of the height",
    "optics.light_probability": "whether light falls unevenly",
    "optics.light_range": "share of light lost in the darkest place",
    "optics.defocus_probability": "whether the lens is out of focus",
    "optics.defocus_px_range": "standard deviation of that blur",
    "optics.motion_probability": "whether the camera moved",
    "optics.motion_px_range": "length of that motion",
    "optics.noise_probability": "whether the sensor is noisy",
    "optics.noise_sd_range": "spread of that noise",
    "crops.unit": "`word`: cut out each word; `scene`: the whole picture is one crop",
    "crops.height_px_range": "height of a word picture (width of a vertical one)",
    "crops.margin_frac_range": "margin on each side, drawn for each, of the word's height",
    "crops.jitter_frac": "how far corners move at random, of the word's height",
    "crops.max_aspect": "words longer than this, in heights, are left out",
    "crops.image_format": "encoding of word pictures",
    "crops.quality_range": "quality of JPEG and WebP",
    "output.scenes": "whether page pictures are written",
    "output.words": "whether word pictures are written",
    "output.image_format": "encoding of page pictures",
    "output.quality_range": "quality of JPEG and WebP",
    "output.shard_size": "samples in a shard, the unit of work and of resuming; where samples are made together, "
    "multiples of 8 times `page.together` make no roll twice",
    "output.min_visible": "characters must be visible to this share for their word to be cut out",
}


def recipes_page() -> str:
    """Return the page as Markdown."""
    top = [one for one in dataclasses.fields(Recipe) if not dataclasses.is_dataclass(_hints(Recipe)[one.name])]
    described = {one.name for one in top}
    parts = [HEAD, "## Presets\n"]
    parts += [f"- `{name}`: {text.splitlines()[0].removeprefix('# ')}" for name, text in presets().items()]
    parts += ["\n## Top level\n", _table([_row(one, _hints(Recipe), "") for one in top])]
    for section, kind in _hints(Recipe).items():
        if dataclasses.is_dataclass(kind):
            parts += [f"\n## [{section}]\n", _prose(kind), ""]
            parts.append(_table([_row(one, _hints(kind), section) for one in dataclasses.fields(kind)]))
            described |= {f"{section}.{one.name}" for one in dataclasses.fields(kind)}
    stale = sorted(set(MEANINGS) - described)
    if stale:
        raise SystemExit(f"docs/build_recipes.py: {', '.join(stale)}: no such field; take it out of MEANINGS.")
    parts += ["\n## Changes that presets make\n", *(_preset(name, text) for name, text in presets().items())]
    return "\n".join(parts).rstrip() + "\n"


def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _prose(kind: Any) -> str:
    return " ".join((kind.__doc__ or "").split()).replace("``", "`")


def _row(field: Any, hints: dict[str, Any], section: str) -> str:
    dotted = f"{section}.{field.name}" if section else field.name
    if dotted not in MEANINGS:
        raise SystemExit(f"docs/build_recipes.py: {dotted}: say in MEANINGS what it means.")
    default = field.default if field.default is not dataclasses.MISSING else field.default_factory()
    names, low = field.metadata.get("names"), field.metadata.get("low")
    kind = hints[field.name]
    if names:
        allowed = ", ".join(f"`{name}`" for name in names)
    elif low is not None:
        allowed = f"{low:g} to {field.metadata['high']:g}"
    else:
        allowed = "true, false" if kind is bool else "weights" if isinstance(default, dict) else "text"
    return f"| `{field.name}` | `{_plain(default)}` | {allowed} | {_unit(field.name)} | {MEANINGS[dotted]} |"


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {one}" for key, one in sorted(value.items())) + " }"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(_plain(one) for one in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _unit(name: str) -> str:
    stem = name.removesuffix("_range")
    return next((unit for ending, unit in UNITS.items() if stem.endswith(ending)), "")


def _table(rows: list[str]) -> str:
    return "\n".join(["| field | default | allowed | unit | meaning |", "|---|---|---|---|---|", *rows])


def _preset(name: str, text: str) -> str:
    body = "\n".join(f"    {line}".rstrip() for line in text.strip().splitlines())
    return f"### {name}\n\n{body}\n"


if __name__ == "__main__":
    PAGE.write_text(recipes_page(), encoding="utf-8")
