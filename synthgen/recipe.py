"""What a dataset is made from: frozen sections with every default, read from and written to TOML.

A recipe never holds code or paths that leave it: plain numbers, strings and lists. Keys are strict; a wrong one is
answered with the nearest known one. Two recipes that mean the same have the same :meth:`Recipe.digest`.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import tomllib
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from synthgen.errors import RecipeError, did_you_mean
from synthgen.schema import build, chances, choice, is_weights, number, parse_setting, plain, toml_value

LANGS = ("ko", "en", "ko+en")
RECIPE_MAX_BYTES = 1_000_000
# How many rolls of samples that are made together advance in turn.
ABREAST = 8

__all__ = ["Recipe", "load", "parse_setting", "presets"]

Range = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What is written. ``*_frac`` are shares of the words.

    ``floor_per_sample`` characters of the charset are dealt to every sample in turn, so that all appear equally often
    at least.
    """

    charset: str = "ks1001"
    coverage_frac: float = number(0.05, 0, 1)
    latin_frac: float = number(0.03, 0, 1)
    hanja_frac: float = number(0.0, 0, 1)
    genres: tuple[str, ...] = ()
    corpus_frac: float = number(0.5, 0, 1)
    floor_per_sample: int = number(0, 0, 60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The sheet and what stands on it. ``layout`` names a registered layout; sizes are px of the finished picture.

    ``picture_probability`` is how likely an article has a halftone picture, ``pen_probability`` that a form is filled
    in by hand.
    """

    layout: str = "newspaper"
    width_px: int = number(768, 16, 8192)
    height_px: int = number(768, 16, 8192)
    margin_frac_range: Range = number((0.03, 0.07), 0, 0.4)
    words_range: tuple[int, int] = number((80, 150), 1, 100_000)
    columns_range: tuple[int, int] = number((2, 4), 1, 12)
    gutter_em_range: Range = number((1.0, 1.8), 0.2, 10)
    rule_probability: float = number(0.6, 0, 1)
    picture_probability: float = number(0.0, 0, 1)
    pen_probability: float = number(0.5, 0, 1)
    together: int = number(1, 1, 64)

    def roll_of(self, index: int) -> tuple[int, int]:
        """Return the first sample of the roll in which a sample is made, and the sample's place in it.

        Rolls go on :data:`ABREAST`, sample by sample in turn, so that neighbours share neither paper nor light.
        """
        first, within = index - index % self.roll_block, index % self.roll_block
        return first + within % ABREAST, within // ABREAST

    @property
    def roll_block(self) -> int:
        """How many samples the rolls that go on abreast hold."""
        return ABREAST * self.together


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """Faces and their setting. Sizes are em sizes in px of the finished picture; ``faces`` empty means all.

    ``kinds`` weighs the classes of faces; one that no face belongs to is passed over. ``slant_range`` is the tangent of
    a synthetic italic's lean; ``underline_`` to ``box_probability`` how likely a block has words so marked, and
    ``raised_probability`` that figures at the ends of words are superscripts or subscripts.
    """

    faces: tuple[str, ...] = ()
    kinds: Mapping[str, float] = field(
        default_factory=lambda: {"hand": 0.1, "mono": 0.2, "round": 0.4, "sans": 2.0, "serif": 3.0}
    )
    fallback: str = choice("fallback", "fallback", "reject")
    body_px_range: Range = number((16.0, 27.0), 6, 512)
    headline_ratio_range: Range = number((1.7, 2.8), 1, 12)
    line_spacing_range: Range = number((1.35, 1.65), 0.9, 4)
    tracking_em_range: Range = number((-0.04, 0.04), -0.3, 2)
    word_space_em_range: Range = number((0.26, 0.4), 0.05, 3)
    stretch_range: Range = number((0.94, 1.04), 0.3, 3)
    justify_probability: float = number(0.75, 0, 1)
    syllable_break_probability: float = number(0.0, 0, 1)
    slant_range: Range = number((0.0, 0.0), -0.5, 0.5)
    jitter_em_range: Range = number((0.0, 0.0), 0, 0.2)
    underline_probability: float = number(0.0, 0, 1)
    strike_probability: float = number(0.0, 0, 1)
    overline_probability: float = number(0.0, 0, 1)
    box_probability: float = number(0.0, 0, 1)
    raised_probability: float = number(0.0, 0, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """The ground under the ink. ``kinds`` weighs the registered papers; levels are grey values 0-255.

    ``textures`` are ids or tags of bundled textures, empty for all. Pictures are grey unless ``colour`` is ``rgb`` or
    ``colour_probability`` makes them so; ``warmth`` is then the share of blue that the paper swallows. ``effects`` are
    what happens to a printed sheet; doses of 1 are as strong as they come.
    """

    kinds: Mapping[str, float] = field(default_factory=lambda: {"newsprint": 2.0, "noise": 1.0, "texture": 1.0})
    level_range: Range = number((205.0, 245.0), 0, 255)
    noise_sd_range: Range = number((3.0, 12.0), 0, 64, clean=0)
    gradient_range: Range = number((0.0, 14.0), 0, 128, clean=0)
    textures: tuple[str, ...] = ("paper",)
    colour: str = choice("grey", "grey", "rgb")
    colour_probability: float = number(0.0, 0, 1)
    warmth_range: Range = number((0.0, 0.1), 0, 0.5)
    effects: Mapping[str, float] = chances()
    effect_dose_range: Range = number((0.2, 0.7), 0, 1, clean=0)
    most_effects: int = number(2, 0, 20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ink:
    """The ink.

    ``contrast_range`` is the grey distance of ink and paper; below ``min_contrast`` a sample is rejected.
    ``colours`` weighs the families of colour pairs of ink and ground; empty is a dark ink on the paper as it is.
    """

    contrast_range: Range = number((110.0, 220.0), 1, 255, clean=255)
    min_contrast: float = number(60.0, 0, 255)
    uneven_range: Range = number((0.0, 0.25), 0, 1, clean=0)
    spread_px_range: Range = number((0.0, 0.5), 0, 8, clean=0)
    colours: Mapping[str, float] = field(default_factory=dict, metadata={"low": 0.0, "high": 1e9, "empty": True})
    effects: Mapping[str, float] = chances()
    effect_dose_range: Range = number((0.2, 0.7), 0, 1, clean=0)
    most_effects: int = number(2, 0, 20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """Where the picture is taken from. Angles are degrees, counter-clockwise as seen; ``frame`` says what it shows.

    ``frame = "page"`` takes a picture of the page's size with all text inside; ``"content"`` frames the text alone,
    ``content_height_px_range`` high, with ``content_margin_frac`` of the height around it. ``bends`` are the ones to
    draw from (``curl``, ``fold``, ``lens``, ``spine``, ``wave``); a dose of 1 bends as far as a sheet with text is ever
    bent. A level picture is a scan or a screenshot: turned within ``level_rotation_deg_range``, nothing else. A cut one
    shows a part of the page, so that text goes over its border.
    """

    frame: str = choice("page", "page", "content")
    rotation_deg_range: Range = number((-2.5, 2.5), -180, 180, clean=0)
    tilt_deg_range: Range = number((0.0, 14.0), 0, 60, clean=0)
    focal_range: Range = number((1.2, 3.0), 0.5, 100)
    shear_range: Range = number((0.0, 0.0), -1, 1, clean=0)
    content_height_px_range: tuple[int, int] = number((48, 48), 8, 1024)
    content_margin_frac_range: Range = number((0.04, 0.18), 0, 2)
    bends: tuple[str, ...] = ()
    bend_probability: float = number(0.5, 0, 1, clean=0)
    bend_dose_range: Range = number((0.2, 0.8), 0, 1, clean=0)
    level_probability: float = number(0.0, 0, 1)
    level_rotation_deg_range: Range = number((-1.2, 1.2), -180, 180, clean=0)
    cut_probability: float = number(0.0, 0, 1, clean=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Optics:
    """Light, lens and sensor. Probabilities are per sample; doses are drawn from the ranges.

    ``effects`` are further ones by name, a dose of 1 as strong as it comes; at most ``most_effects`` of all are kept.
    """

    light_probability: float = number(0.6, 0, 1, clean=0)
    light_range: Range = number((0.03, 0.2), 0, 0.9, clean=0)
    defocus_probability: float = number(0.35, 0, 1, clean=0)
    defocus_px_range: Range = number((0.3, 0.9), 0, 10, clean=0)
    motion_probability: float = number(0.15, 0, 1, clean=0)
    motion_px_range: Range = number((1.5, 3.5), 0, 40, clean=0)
    noise_probability: float = number(0.7, 0, 1, clean=0)
    noise_sd_range: Range = number((1.0, 6.0), 0, 64, clean=0)
    effects: Mapping[str, float] = chances()
    effect_dose_range: Range = number((0.2, 0.7), 0, 1, clean=0)
    most_effects: int = number(3, 0, 20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crops:
    """Word pictures cut from the scene, upright. Heights follow the text within ``height_px_range``.

    ``unit = "word"`` cuts out each word; ``"scene"`` takes the whole picture, which then holds one line of text.
    """

    unit: str = choice("word", "word", "scene")
    height_px_range: tuple[int, int] = number((32, 64), 8, 512)
    margin_frac_range: Range = number((0.04, 0.2), 0, 1)
    jitter_frac: float = number(0.03, 0, 0.3)
    max_aspect: float = number(30.0, 1, 200)
    image_format: str = choice("jpg", "jpg", "png", "webp")
    quality_range: tuple[int, int] = number((60, 95), 1, 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What is filed: page pictures (``scenes``), word crops (``words``), how encoded, and how large a shard is."""

    scenes: bool = True
    words: bool = True
    image_format: str = choice("jpg", "jpg", "png", "webp")
    quality_range: tuple[int, int] = number((65, 95), 1, 100)
    shard_size: int = number(25, 1, 100_000)
    min_visible: float = number(0.99, 0, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything that decides what samples look like, except the seed and the index.

    ``difficulty`` scales all doses: see :meth:`dosed`. ``mix`` weighs presets: each sample is then one of theirs, and
    of this recipe only the name, the language, the difficulty, the charset and the output are used.
    """

    name: str = "newspaper"
    lang: str = choice("ko", *LANGS)
    difficulty: float = number(0.5, 0, 1)
    text: Text = field(default_factory=Text)
    page: Page = field(default_factory=Page)
    type: Type = field(default_factory=Type)
    paper: Paper = field(default_factory=Paper)
    ink: Ink = field(default_factory=Ink)
    camera: Camera = field(default_factory=Camera)
    optics: Optics = field(default_factory=Optics)
    crops: Crops = field(default_factory=Crops)
    output: Output = field(default_factory=Output)
    mix: Mapping[str, float] = field(default_factory=dict, metadata={"low": 0.0, "high": 1e9, "empty": True})

    @classmethod
    def from_mapping(cls, table: Mapping[str, Any], where: str = "recipe") -> Recipe:
        """Return the recipe of a nested table; RecipeError names the first key or value that breaks a rule."""
        return typing.cast(Recipe, build(cls, table, where, ""))

    @classmethod
    def from_toml(cls, text: str, where: str = "recipe") -> Recipe:
        """Return the recipe of a TOML text; RecipeError when it is no TOML, too large or breaks a rule."""
        if len(text) > RECIPE_MAX_BYTES:
            raise RecipeError(f"{where}: {len(text)} characters; a recipe has at most {RECIPE_MAX_BYTES}. Shorten it.")
        try:
            table = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
            raise RecipeError(f"{where}: not TOML ({reason}); correct that line.") from None
        return cls.from_mapping(table, where)

    def mixed(self) -> dict[str, Recipe]:
        """Return the recipes that a mix is made of, by name, sorted; those without weight are left out.

        Each is the preset of that name in this recipe's language, difficulty and charset, filed as this recipe says.
        """
        parts = {}
        for name in sorted(name for name, weight in self.mix.items() if weight > 0):
            part = load(name)
            if part.mix:
                raise RecipeError(f"mix.{name}: is a mix itself; name the presets it is made of.")
            text = dataclasses.replace(part.text, charset=self.text.charset)
            parts[name] = dataclasses.replace(
                part,
                lang=self.lang,
                difficulty=self.difficulty,
                text=text,
                output=self.output,
                # Neighbours of a sample are mostly of other presets.
                page=dataclasses.replace(part.page, together=1),
            )
        return parts

    def dosed(self) -> Recipe:
        """Return the recipe whose ranges of doses have the difficulty in them, for the rooms to draw from.

        At 0.5 they are as written. Below, doses and probabilities shrink in proportion, to clean print at 0. Above, a
        range's milder end moves to its harder one, met at 1; a range to both sides of clean stays.
        """
        if self.difficulty == 0.5:
            return self
        sections = ("paper", "ink", "camera", "optics")
        return dataclasses.replace(self, **{name: _dosed(getattr(self, name), self.difficulty) for name in sections})

    def to_mapping(self) -> dict[str, Any]:
        """Return the nested table of plain values, every field included."""
        return typing.cast(dict[str, Any], plain(self))

    def to_toml(self) -> str:
        """Return the recipe as TOML, every field included, so that later defaults cannot change it."""
        table = self.to_mapping()
        out = [f"{key} = {toml_value(value)}" for key, value in table.items() if not isinstance(value, dict)]
        for key, section in table.items():
            if isinstance(section, dict):
                out += ["", f"[{key}]", *(f"{name} = {toml_value(value)}" for name, value in section.items())]
        return "\n".join(out) + "\n"

    def digest(self) -> str:
        """Return the sha256 of the canonical JSON of all fields but the name."""
        table = self.to_mapping()
        del table["name"]
        if self.mix:
            # What the presets of a mix hold decides samples as much as their names.
            table["parts"] = {name: part.digest() for name, part in self.mixed().items()}
        return hashlib.sha256(json.dumps(table, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    def with_values(self, changes: Mapping[str, Any]) -> Recipe:
        """Return the recipe with some fields replaced, named by dotted keys such as ``page.width_px``."""
        table = self.to_mapping()
        for dotted, value in changes.items():
            place = table
            *sections, last = dotted.split(".")
            for depth, section in enumerate(sections):
                if section not in place or not isinstance(place[section], dict):
                    known = [name for name, inner in place.items() if isinstance(inner, dict)]
                    prefix = ".".join(sections[: depth + 1])
                    raise RecipeError(f"{prefix}: no such section.{did_you_mean(section, known)}")
                place = place[section]
            if last not in place and not is_weights(Recipe, sections):
                raise RecipeError(f"{dotted}: no such field.{did_you_mean(last, place)}")
            if isinstance(place.get(last), dict) and not isinstance(value, Mapping):
                raise RecipeError(
                    f"{dotted}: is a section; name a field of it, such as {dotted}.{next(iter(place[last]), 'NAME')}."
                )
            place[last] = value
        return Recipe.from_mapping(table)


def _dosed(section: Any, difficulty: float) -> Any:
    doses = {one.name: one.metadata["clean"] for one in dataclasses.fields(section) if "clean" in one.metadata}
    changes = {name: _scaled(getattr(section, name), clean, difficulty) for name, clean in doses.items()}
    return dataclasses.replace(section, **changes)


def _scaled(value: Any, clean: float, difficulty: float) -> Any:
    if isinstance(value, Mapping):
        return {name: _scaled(one, clean, difficulty) for name, one in value.items()}
    low, high = value if isinstance(value, tuple) else (value, value)
    if difficulty < 0.5:
        low, high = (clean + 2 * difficulty * (one - clean) for one in (low, high))
    elif low >= clean:
        low += (2 * difficulty - 1) * (high - low)
    elif high <= clean:
        high -= (2 * difficulty - 1) * (high - low)
    return (low, high) if isinstance(value, tuple) else low


@cache
def presets() -> dict[str, str]:
    """Return the TOML text of every preset that travels with the package, by name, sorted."""
    folder = Path(__file__).resolve().parent / "recipes"
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.toml"))}


def load(name_or_path: str) -> Recipe:
    """Return a preset by name or a recipe file by path; RecipeError when there is neither."""
    known = presets()
    if name_or_path in known:
        return Recipe.from_toml(known[name_or_path], name_or_path)
    path = Path(name_or_path)
    if path.suffix != ".toml" and not path.exists():
        raise RecipeError(
            f"recipe {name_or_path!r}: no preset or file has this name.{did_you_mean(name_or_path, known)}"
        )
    try:
        if path.stat().st_size > RECIPE_MAX_BYTES:
            raise RecipeError(f"{name_or_path}: larger than {RECIPE_MAX_BYTES} bytes; a recipe is a short text file.")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise RecipeError(f"{name_or_path}: cannot be read ({error.strerror}); name a preset or a TOML file.") from None
    except UnicodeDecodeError:
        raise RecipeError(f"{name_or_path}: not UTF-8 text; name a preset or a TOML file.") from None
    return Recipe.from_toml(text, name_or_path)
