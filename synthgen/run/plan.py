"""What a run is to make: recipe, seed, n and splits, and the identity that decides whether two runs may be joined.

A plan never lists its samples: shards and splits are functions of a number, so that a plan for a hundred million
samples is as small as one for ten.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from synthgen.errors import FormatError, UsageError
from synthgen.formats import dataset
from synthgen.randomness import SEED_LIMIT, digest_fraction
from synthgen.recipe import Recipe
from synthgen.text.charset import with_portable_charset

if TYPE_CHECKING:
    from synthgen.generator import Sample

FORMAT_VERSION = dataset.FORMAT_VERSION
DEFAULT_SPLITS = (("train", 0.98), ("val", 0.01), ("test", 0.01))
N_LIMIT = 1_000_000_000
PLAN_MAX_CHARACTERS = 64_000_000

# Pictures in folders, or with their metadata in one WebDataset tar for each shard and split.
SCENE_STORES = ("files", "tar")
# Below this an LMDB would be mostly its own tables.
MIN_LMDB_BYTES = 1 << 20

_SPLIT_NAME = re.compile(r"[A-Za-z0-9_]{1,100}")
_SHARE_TOLERANCE = 1e-6


class Charset(Protocol):
    """What a plan asks of a charset."""

    @property
    def characters(self) -> tuple[str, ...]:
        """The characters, sorted."""


class Maker(Protocol):
    """What a run asks of a generator; :class:`synthgen.generator.Generator` is one."""

    @property
    def charset(self) -> Charset:
        """The characters that labels are made of."""

    def sample(self, index: int, *, crops: bool = True) -> Sample:
        """Return sample ``index``, a function of the index alone."""

    def asset_digests(self) -> dict[str, str]:
        """Return the sha256 of everything that samples depend on, by kind and id."""

    def assets(self) -> list[dict[str, str]]:
        """Return id, kind, licence and sha256 of everything that samples depend on."""


@dataclass(frozen=True)
class Plan:
    """One run, resolved: the same plan gives the same bytes wherever and by however many workers it is done.

    ``splits`` are (name, share) with shares that sum to 1; ``assets`` are the rows of the manifest, ``characters`` the
    charset. ``scene_store`` is one of :data:`SCENE_STORES`; with ``max_lmdb_bytes`` above 0 word pictures are kept as
    several LMDBs of at most that size. Neither changes a sample. ``fonts``, ``corpus`` and ``backgrounds`` are the
    user's own files; they are named by digest in ``assets``. Their paths, and ``out``, where the dataset is made, serve
    messages and workers and are never written.
    """

    recipe: Recipe
    seed: int
    n: int
    splits: tuple[tuple[str, float], ...]
    assets: tuple[Mapping[str, str], ...]
    digests: Mapping[str, str]
    characters: str
    libraries: Mapping[str, str]
    scene_store: str = "files"
    max_lmdb_bytes: int = 0
    fonts: tuple[Path, ...] = ()
    corpus: tuple[Path, ...] = ()
    backgrounds: tuple[Path, ...] = ()
    out: Path | None = None

    @property
    def shard_size(self) -> int:
        """Samples in a shard; the last shard may have fewer."""
        return self.recipe.output.shard_size

    @property
    def shards(self) -> int:
        """The number of shards."""
        return -(-self.n // self.shard_size)

    def bounds(self, shard: int) -> tuple[int, int]:
        """Return the indices [start, stop) of a shard."""
        start = shard * self.shard_size
        return start, min(start + self.shard_size, self.n)

    def split(self, index: int) -> str:
        """Return the split of a sample: a function of seed and index alone, so that a longer run moves nothing.

        Samples that are made together go together: what was printed on one sheet is not to test what learned from it.
        """
        place = digest_fraction(self.seed, self.recipe.page.roll_of(index)[0])
        for name, upper in self._cumulative:
            if place < upper:
                return name
        return self._cumulative[-1][0]

    @cached_property
    def _cumulative(self) -> tuple[tuple[str, float], ...]:
        total, sums = 0.0, []
        for name, share in self.splits:
            total += share
            # A share of 0 gets nothing, the last split above 0 gets what rounding leaves.
            if share:
                sums.append((name, total))
        return tuple(sums)

    def identity(self) -> dict[str, Any]:
        """Return what decides the samples: plain values; ``n``, worker counts and paths are no part of it."""
        recipe = self.recipe.to_mapping()
        del recipe["name"]
        return {
            "recipe": recipe,
            "seed": self.seed,
            "splits": [list(split) for split in self.splits],
            "assets": dict(sorted(self.digests.items())),
            "characters": _digest(self.characters),
            "storage": {"scenes": self.scene_store, "max_lmdb_bytes": self.max_lmdb_bytes},
            "synthgen": self.libraries["synthgen"],
        }

    @cached_property
    def fingerprint(self) -> str:
        """The sha256 (hex) of the identity and the format's version."""
        return _digest(json.dumps([FORMAT_VERSION, self.identity()], sort_keys=True, separators=(",", ":")))

    def reproduce(self, index: int) -> str:
        """Return the words that name one sample, and the command that makes it again, for messages."""
        name = self.recipe.name
        recipe = "<recipe.toml of the dataset>" if self.out is None else shlex.quote(str(self.out / "recipe.toml"))
        own = [("--fonts", self.fonts), ("--corpus", self.corpus), ("--backgrounds", self.backgrounds)]
        given = "".join(f" {option} {shlex.quote(str(path))}" for option, paths in own for path in paths)
        return (
            f"sample {index} (recipe {name}, digest {self.recipe.digest()[:12]}, seed {self.seed}); "
            f"to look at it: synthgen show {recipe} {index} --seed {self.seed}{given}"
        )

    def to_json(self) -> str:
        """Return the text of ``plan.json``."""
        table = {
            "format_version": FORMAT_VERSION,
            "fingerprint": self.fingerprint,
            "n": self.n,
            "name": self.recipe.name,
            "identity": self.identity(),
            "characters": self.characters,
            "libraries": dict(sorted(self.libraries.items())),
            "assets": [dict(row) for row in self.assets],
        }
        return json.dumps(table, ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str, where: str) -> Plan:
        """Return the plan of a ``plan.json``; FormatError when it is damaged or of another version."""
        try:
            table = _checked(text, where)
            identity = table["identity"]
            plan = cls(
                recipe=Recipe.from_mapping({**identity["recipe"], "name": table["name"]}, where),
                seed=identity["seed"],
                n=table["n"],
                splits=tuple((name, float(share)) for name, share in identity["splits"]),
                assets=tuple(table["assets"]),
                digests=identity["assets"],
                characters=table["characters"],
                libraries=table["libraries"],
                **_storage(identity["storage"]["scenes"], identity["storage"]["max_lmdb_bytes"]),
            )
            intact = plan.fingerprint == table["fingerprint"]
        except (UsageError, ValueError, KeyError, TypeError, RecursionError):
            intact = False
        if not intact:
            raise FormatError(f"{where}: damaged; it must be as the run wrote it; make the dataset in a new folder.")
        return plan


def _checked(text: str, where: str) -> dict[str, Any]:
    """Return the table of a ``plan.json``; ValueError, KeyError or TypeError when a value has another form.

    A fingerprint is no seal: whoever can change the file can make it anew. Split names become folders and numbers
    become loops, so each is held to its rule here.
    """
    if len(text) > PLAN_MAX_CHARACTERS:
        raise ValueError("too long")
    table: dict[str, Any] = json.loads(text)
    version = table["format_version"]
    if type(version) is not int or version != FORMAT_VERSION:
        raise FormatError(
            f"{where}: format version {str(version)[:20]!a}: this synthgen goes on with {FORMAT_VERSION} alone; use "
            "the synthgen that began it, or make the dataset in a new folder."
        )
    # A lone surrogate can be written in JSON and nowhere else.
    json.dumps(table, ensure_ascii=False, allow_nan=False).encode()
    identity = table["identity"]
    splits = identity["splits"]
    names = [name for name, _ in splits]
    tables = (identity["assets"], table["libraries"], *table["assets"])
    if not (
        _is_whole(table["n"], 1, N_LIMIT)
        and _is_whole(identity["seed"], 0, SEED_LIMIT - 1)
        and names
        and len(set(names)) == len(names)
        and all(isinstance(name, str) and _SPLIT_NAME.fullmatch(name) for name in names)
        and all(isinstance(share, (int, float)) and 0 <= share <= 1 for _, share in splits)
        and any(share for _, share in splits)
        and isinstance(table["name"], str)
        and isinstance(table["characters"], str)
        and isinstance(identity["recipe"], dict)
        and isinstance(table["assets"], list)
        and all(isinstance(one, dict) for one in tables)
        and all(isinstance(value, str) for one in tables for value in one.values())
    ):
        raise ValueError("a value breaks its rule")
    return table


def _is_whole(value: Any, low: int, high: int) -> bool:
    return type(value) is int and low <= value <= high


def make_plan(
    recipe: Recipe,
    maker: Maker,
    *,
    seed: int,
    n: int,
    splits: tuple[tuple[str, float], ...] = DEFAULT_SPLITS,
    fonts: Iterable[Path] = (),
    corpus: Iterable[Path] = (),
    backgrounds: Iterable[Path] = (),
    scene_store: str = "files",
    max_lmdb_bytes: int = 0,
) -> Plan:
    """Return the plan of ``n`` samples of ``maker``, which was made from the same recipe, seed and files.

    UsageError when n is not from 1 to :data:`N_LIMIT`, the store unknown or the LMDBs' size too small.
    """
    if not 1 <= n <= N_LIMIT:
        raise UsageError(f"n {n}: must be a whole number from 1 to {N_LIMIT}; choose one of those.")
    if not (recipe.output.scenes or recipe.output.words):
        raise UsageError("output.scenes and output.words are both false: nothing would be written; set one to true.")
    return Plan(
        recipe=with_portable_charset(recipe),
        seed=seed,
        n=n,
        splits=splits,
        assets=tuple(maker.assets()),
        digests=maker.asset_digests(),
        characters="".join(maker.charset.characters),
        libraries=library_versions(),
        fonts=tuple(fonts),
        corpus=tuple(corpus),
        backgrounds=tuple(backgrounds),
        **_storage(scene_store, max_lmdb_bytes),
    )


def _storage(scene_store: str, max_lmdb_bytes: int) -> dict[str, Any]:
    """Return how a dataset is stored as arguments of :class:`Plan`; UsageError when a rule is broken."""
    if scene_store not in SCENE_STORES:
        raise UsageError(f"scenes {scene_store!r}: must be one of {', '.join(SCENE_STORES)}.")
    if type(max_lmdb_bytes) is not int or (max_lmdb_bytes and max_lmdb_bytes < MIN_LMDB_BYTES):
        raise UsageError(f"max LMDB bytes {max_lmdb_bytes}: must be at least {MIN_LMDB_BYTES}, or 0 for no limit.")
    return {"scene_store": scene_store, "max_lmdb_bytes": max_lmdb_bytes}


def parse_splits(text: str) -> tuple[tuple[str, float], ...]:
    """Return the (name, share) pairs of ``train=0.98,val=0.01,test=0.01``; UsageError when a rule is broken.

    >>> parse_splits("train=0.9,val=0.1")
    (('train', 0.9), ('val', 0.1))
    """
    splits: dict[str, float] = {}
    for part in text.split(","):
        name, equals, raw = (piece.strip() for piece in part.partition("="))
        # '-' separates names in the benchmark's --select_data; the rest keeps names safe as folders.
        if not equals or not _SPLIT_NAME.fullmatch(name):
            raise UsageError(f"split {part!r}: must be name=share with letters, digits and '_'; such as train=0.98.")
        if name in splits:
            raise UsageError(f"split {name!r}: named twice; name each split once.")
        try:
            splits[name] = float(raw)
        except ValueError:
            raise UsageError(f"split {part!r}: the share must be a number from 0 to 1; such as train=0.98.") from None
        if not 0 <= splits[name] <= 1:
            raise UsageError(f"split {part!r}: the share must be a number from 0 to 1; such as train=0.98.")
    total = sum(splits.values())
    if abs(total - 1) > _SHARE_TOLERANCE:
        raise UsageError(f"splits {text!r}: the shares sum to {total:g}; they must sum to 1; change one.")
    return tuple(splits.items())


@lru_cache(maxsize=1)
def library_versions() -> dict[str, str]:
    """Return the versions that pixels or files depend on, sorted by name."""
    import cv2
    import lmdb
    import numpy
    import PIL
    import uharfbuzz
    from PIL import features

    try:
        own = metadata.version("synthgen")
    except metadata.PackageNotFoundError:
        own = "source"
    versions = {
        "freetype": str(features.version("freetype2")),
        "harfbuzz": str(uharfbuzz.version_string()),
        "lmdb": str(lmdb.__version__),
        "machine": platform.machine(),
        "numpy": numpy.__version__,
        "opencv": cv2.__version__,
        "pillow": PIL.__version__,
        "synthgen": own,
    }
    return dict(sorted(versions.items()))


def differences(mine: Mapping[str, Any], theirs: Mapping[str, Any], prefix: str = "") -> list[str]:
    """Return ``key: theirs there, mine here`` for every plain value in which two nested tables differ, sorted."""
    found = []
    for key in sorted({*mine, *theirs}):
        here, there = mine.get(key), theirs.get(key)
        dotted = f"{prefix}{key}"
        if isinstance(here, Mapping) and isinstance(there, Mapping):
            found += differences(here, there, f"{dotted}." if key != "recipe" else "")
        elif here != there:
            found.append(f"{dotted}: {_short(there)} there, {_short(here)} here")
    return found


def _short(value: Any) -> str:
    text = "nothing" if value is None else str(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
