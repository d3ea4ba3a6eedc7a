"""Where fonts/, backgrounds/ and corpora/ lie: in a checkout, an editable install and a wheel alike.

In a wheel the three folders travel inside the package as ``synthgen/_assets``. In a checkout they stand beside the
package; a neighbouring folder counts only when ``pyproject.toml`` stands there too, so that a stranger's ``fonts/``
next to an installed package is never taken for ours.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from synthgen.errors import AssetError

KINDS = ("fonts", "backgrounds", "corpora")


@dataclass(frozen=True, slots=True)
class Asset:
    """One entry of a manifest: its id, files' path, sha256 of the file, licence and source."""

    id: str
    path: Path
    sha256: str
    licence: str
    source: str
    tags: tuple[str, ...] = ()


@cache
def asset_dir(kind: str) -> Path:
    """Return the folder of ``fonts``, ``backgrounds`` or ``corpora``; AssetError when the installation lacks it."""
    package = Path(__file__).resolve().parent
    packed = package / "_assets" / kind
    if packed.is_dir():
        return packed
    beside = package.parent / kind
    if beside.is_dir() and (package.parent / "pyproject.toml").is_file():
        return beside
    raise AssetError(
        f"{kind}: the folder is not in this installation; install synthgen again from a wheel or checkout."
    )


def fonts_dir() -> Path:
    """Return the folder of the bundled fonts."""
    return asset_dir("fonts")


def backgrounds_dir() -> Path:
    """Return the folder of the bundled paper textures."""
    return asset_dir("backgrounds")


def corpora_dir() -> Path:
    """Return the folder of the bundled texts."""
    return asset_dir("corpora")


@cache
def manifest(kind: str) -> tuple[Asset, ...]:
    """Return the entries of a bundled folder's manifest.toml, sorted by id."""
    folder = asset_dir(kind)
    with open(folder / "manifest.toml", "rb") as file:
        table = tomllib.load(file)
    entries = [
        Asset(
            id=row["id"],
            path=folder / row["file"],
            sha256=row["sha256"],
            licence=row["licence"],
            source=row["source"],
            tags=tuple(row.get("tags", ())),
        )
        for row in table["asset"]
    ]
    return tuple(sorted(entries, key=lambda asset: asset.id))


def file_digest(path: Path) -> str:
    """Return the sha256 of a file's bytes, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
