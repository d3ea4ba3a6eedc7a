"""Pictures to print on: the bundled textures and the user's own files, read when first needed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from synthgen import assets
from synthgen.errors import AssetError, RecipeError, did_you_mean
from synthgen.geometry import Picture
from synthgen.press.bank import cut, levelled
from synthgen.randomness import Stream

if TYPE_CHECKING:
    from PIL import Image

SUFFIXES = (".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
PICTURE_MAX_PX = 100_000_000
KEPT_SIDE_PX = 2048
KEPT_PICTURES = 16
VETTED_PX = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Grounds:
    """The user's pictures: ``files`` and their ``names``, in a fixed order. Empty when the user gave none.

    At most :data:`KEPT_PICTURES` are held, reduced to :data:`KEPT_SIDE_PX` on the longer side: each process of a run
    keeps its own. What is held never changes what is returned.
    """

    files: tuple[Path, ...] = ()
    names: tuple[str, ...] = ()
    _held: OrderedDict[tuple[int, bool], Picture] = field(default_factory=OrderedDict, compare=False, repr=False)

    @classmethod
    def of_paths(cls, paths: Sequence[Path]) -> Grounds:
        """Return the pictures named and below named folders, in the order given, folders sorted by path.

        Headers of all are read, and pixels as well where they are not too many, so that a damaged file is found before
        a run starts. Raises AssetError for a folder without pictures and for a file that is none, damaged or too large.
        """
        found: list[tuple[Path, str]] = []
        for number, path in enumerate(paths):
            prefix = f"{number}/" if len(paths) > 1 else ""
            if path.is_dir():
                inside = [one for one in path.rglob("*") if one.suffix.lower() in SUFFIXES and one.is_file()]
                if not inside:
                    kinds = " ".join(SUFFIXES)
                    raise AssetError(f"backgrounds {path}: holds no picture; put some there ({kinds}) or leave it out.")
                rows = [(one, prefix + one.relative_to(path).as_posix()) for one in inside]
                found += sorted(rows, key=lambda row: row[1])
            elif path.is_file():
                found.append((path, prefix + path.name))
            else:
                raise AssetError(f"backgrounds {path}: no such file or folder; name a picture or a folder of pictures.")
        pixels = sum(_size(file)[0] * _size(file)[1] for file, _ in found)
        if pixels <= VETTED_PX:
            for file, _ in found:
                _read(file, "L")
        return cls(tuple(file for file, _ in found), tuple(name for _, name in found))

    def digests(self) -> dict[str, str]:
        """Return the sha256 of each file by name: what a run's fingerprint needs."""
        return {name: assets.file_digest(path) for name, path in zip(self.names, self.files, strict=True)}

    def picture(self, at: int, colour: str) -> Picture:
        """Return file ``at`` as uint8 (H, W), or (H, W, 3) RGB for colour ``rgb``; AssetError when unreadable."""
        key = (at, colour == "rgb")
        if key in self._held:
            self._held.move_to_end(key)
            return self._held[key]
        picture = _read(self.files[at], "RGB" if key[1] else "L")
        self._held[key] = picture
        while len(self._held) > KEPT_PICTURES:
            self._held.popitem(last=False)
        return picture


def _opened(path: Path) -> Image.Image:
    """Return a picture whose header was read and found sane; its pixels are not decoded yet."""
    # Where no picture is printed on, none is read.
    from PIL import Image, UnidentifiedImageError

    try:
        file = Image.open(path)
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise AssetError(f"{path.name}: not a readable picture ({_reason(error, path)}); remove it.") from None
    width, height = file.size
    # A small file can claim a huge picture.
    if width * height > PICTURE_MAX_PX:
        file.close()
        raise AssetError(f"{path.name}: {width}x{height} px; at most {PICTURE_MAX_PX} px. Make it smaller.")
    return file


def _size(path: Path) -> tuple[int, int]:
    with _opened(path) as file:
        return file.size


def _reason(error: Exception, path: Path) -> str:
    return str(error).partition("\n")[0].replace(str(path), path.name)


def _read(path: Path, mode: str) -> Picture:
    from PIL.Image import DecompressionBombError

    with _opened(path) as file:
        try:
            file.draft(mode, (KEPT_SIDE_PX, KEPT_SIDE_PX))
            picture = np.asarray(file.convert(mode), dtype=np.uint8)
        except (OSError, ValueError, SyntaxError, DecompressionBombError) as error:
            raise AssetError(f"{path.name}: not a readable picture ({_reason(error, path)}); remove it.") from None
    scale = KEPT_SIDE_PX / max(picture.shape[:2])
    if scale < 1:
        size = (max(round(picture.shape[1] * scale), 1), max(round(picture.shape[0] * scale), 1))
        picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return picture


@dataclass(frozen=True, slots=True)
class Texture:
    """A bundled periodic picture: its manifest ``id`` and ``tags``, uint8 (H, W), ``mean`` and ``sd`` of its levels.

    ``turned`` is the picture with rows for columns, ``lowest`` its darkest level.
    """

    id: str
    tags: tuple[str, ...]
    picture: Picture
    turned: Picture
    mean: float
    sd: float
    lowest: int

    @classmethod
    def of(cls, asset_id: str, tags: tuple[str, ...], picture: Picture) -> Texture:
        """Return the texture of a picture, which is read-only from now on."""
        turned = np.ascontiguousarray(picture.T)
        picture.flags.writeable = turned.flags.writeable = False
        sd = max(float(picture.std()), 1.0)
        return cls(asset_id, tags, picture, turned, float(picture.mean()), sd, int(picture.min()))

    def laid(self, size: tuple[int, int], level: float, sd: float, stream: Stream, *, turned: bool = False) -> Picture:
        """Return a sheet of ``size``: the texture laid on endlessly from a random place, at this mean level and sd."""
        piece = cut(self.turned if turned else self.picture, size, stream)
        return levelled(piece, level, sd, self.mean, self.sd, self.lowest)


@cache
def textures() -> tuple[Texture, ...]:
    """Return the bundled textures, sorted by id; AssetError when a file is missing or unreadable."""
    return tuple(Texture.of(one.id, one.tags, _read(one.path, "L")) for one in assets.manifest("backgrounds"))


@cache
def textures_named(names: tuple[str, ...]) -> tuple[Texture, ...]:
    """Return the textures with one of these ids or tags, all for no names; RecipeError for a name without any."""
    known = {name for one in textures() for name in (one.id, *one.tags)}
    for name in names:
        if name not in known:
            raise RecipeError(f"paper.textures: {name!r}: no texture has this id or tag.{did_you_mean(name, known)}")
    return tuple(one for one in textures() if not names or {one.id, *one.tags} & set(names))
