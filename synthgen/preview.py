"""Contact sheets: scenes with their quads, or word pictures with their labels under them; and single pictures.

Quads are drawn on an enlarged picture, so that thin ones show where they truly lie. Nothing here changes a label.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from synthgen.assets import manifest
from synthgen.errors import OutputError, UsageError
from synthgen.formats.dataset import Dataset
from synthgen.formats.metadata import SceneRecord
from synthgen.formats.pictures import decode, encode
from synthgen.generator import Generator, Sample
from synthgen.scene import Scene

Float = npt.NDArray[np.float64]
Picture = npt.NDArray[np.uint8]

# Neighbouring characters alternate in colour, so that touching quads can be told apart.
INK_COLOURS = ((214, 40, 40), (0, 130, 60))
WORD_COLOUR = (30, 90, 220)
LABEL_FACE = "NanumGothic"
SHEET_MAX_PX = 40_000_000
SCENE_SCALE = 2.0
GAP_PX = 12
LABEL_PX = 17
CAPTION_PX = 20
GROUND = 255
SKIPS_MAX = 50
SHOWN_SCENES, SHOWN_CROPS = 6, 60
# OpenCV takes coordinates in 16ths of a pixel with this shift.
SHIFT = 4


@dataclass(frozen=True, slots=True)
class View:
    """One scene to be drawn: its picture, ``ink`` (N, 4, 2) and ``words`` (M, 4, 2) quads in px, and a caption."""

    image: Picture
    ink: Float
    words: Float
    caption: str


def sheet_of_recipe(
    generator: Generator, index: int, n: int | None, *, crops: bool | None, quads: bool, size_px: int | None
) -> Picture:
    """Return the contact sheet of a recipe's samples from ``index`` on; ``crops`` None shows what the recipe writes."""
    if crops if crops is not None else not generator.recipe.output.scenes:
        return crop_sheet(crops_of_recipe(generator, index, n or SHOWN_CROPS), height_px=size_px)
    return scene_sheet(views_of_recipe(generator, index, n or SHOWN_SCENES), quads=quads, size_px=size_px)


def sheet_of_dataset(
    dataset: Dataset,
    index: int,
    n: int | None,
    split: str | None,
    *,
    crops: bool | None,
    quads: bool,
    size_px: int | None,
) -> Picture:
    """Return the contact sheet of a dataset from ``index`` on; ``crops`` None shows scenes where it has any."""
    has_scenes = any(counts["scenes"] for counts in dataset.splits.values())
    if crops if crops is not None else not has_scenes:
        return crop_sheet(crops_of_dataset(dataset, index, n or SHOWN_CROPS, split), height_px=size_px)
    return scene_sheet(views_of_dataset(dataset, index, n or SHOWN_SCENES, split), quads=quads, size_px=size_px)


def views_of_recipe(generator: Generator, index: int, n: int) -> list[View]:
    """Return the next ``n`` scenes from sample ``index`` on as they would be filed; skipped samples are passed over."""
    return [view_of(sample.scene, filed(generator, sample)) for sample in _samples(generator, index, n) if sample.scene]


def crops_of_recipe(generator: Generator, index: int, n: int) -> list[tuple[Picture, str]]:
    """Return the next ``n`` word pictures with their labels, as they would be filed, from sample ``index`` on."""
    fmt = generator.recipe.crops.image_format
    crops = (crop for sample in _samples(generator, index, n) for crop in sample.crops)
    return [(decode(encode(crop.image, fmt, crop.quality)), crop.text) for crop in islice(crops, n)]


def _samples(generator: Generator, index: int, n: int) -> Iterator[Sample]:
    """Yield up to ``n`` samples with a scene; a recipe that rejects nearly everything ends the search."""
    found = (generator.sample(at) for at in range(index, index + n + SKIPS_MAX))
    return islice((sample for sample in found if sample.scene is not None), n)


def filed(generator: Generator, sample: Sample) -> Picture:
    """Return a sample's picture after its encoder: what a trainer will read."""
    if sample.scene is None:
        raise ValueError(f"sample {sample.index}: has no scene; it was rejected.")
    return decode(encode(sample.scene.image, generator.recipe.output.image_format, sample.quality))


def views_of_dataset(dataset: Dataset, index: int, n: int, split: str | None = None) -> list[View]:
    """Return the next ``n`` scenes of a dataset from sample ``index`` on, of its first split that has any."""
    chosen = _split_with(dataset, ("scenes",), split)
    records = (record for record in dataset.records(chosen) if record.index >= index)
    return [view_of(record, picture_of(dataset, record)) for record in islice(records, n)]


def picture_of(dataset: Dataset, record: SceneRecord) -> Picture:
    """Return the picture of a dataset's scene; FormatError when it is missing or damaged."""
    return decode(dataset.picture(record))


def crops_of_dataset(dataset: Dataset, index: int, n: int, split: str | None = None) -> list[tuple[Picture, str]]:
    """Return ``n`` word pictures with labels from record ``index`` on, of the first split that has any."""
    chosen = _split_with(dataset, ("words", "words_vertical"), split)
    direction = "ltr" if dataset.splits[chosen]["words"] else "ttb"
    with dataset.words(chosen, direction) as reader:
        if index >= len(reader):
            raise UsageError(f"index {index}: {chosen} has {len(reader)} word pictures, counted from 0; ask for less.")
        pairs = (reader[at] for at in range(index, min(index + n, len(reader))))
        return [(decode(image), label) for image, label in pairs]


def _split_with(dataset: Dataset, kinds: tuple[str, ...], split: str | None) -> str:
    for name, counts in dataset.splits.items():
        if split in (None, name) and any(counts[kind] for kind in kinds):
            return name
    where = f"split {split!r} of {dataset.folder}" if split else str(dataset.folder)
    names = ", ".join(dataset.splits)
    raise UsageError(f"{where}: holds no {kinds[0]}; its splits are {names}; choose another.")


def view_of(scene: Scene | SceneRecord, image: Picture) -> View:
    """Return the view of a scene and its picture."""
    told = scene.provenance
    caption = f"{told['index']}  seed {told['seed']}  {len(scene.words)} words  {', '.join(told['faces'])}"
    return View(image, scene.characters.ink, scene.words.quad, caption)


def rgb(image: Picture) -> Picture:
    """Return the picture as a new uint8 (H, W, 3) array."""
    return np.repeat(image[:, :, None], 3, axis=2) if image.ndim == 2 else image.copy()


def resized(image: Picture, scale: float) -> Picture:
    """Return the picture enlarged or reduced; enlarged by a whole number, its pixels stay visible as squares."""
    if scale == 1:
        return image
    size = (max(round(image.shape[1] * scale), 1), max(round(image.shape[0] * scale), 1))
    whole = cv2.INTER_NEAREST if float(scale).is_integer() else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, size, interpolation=whole if scale > 1 else cv2.INTER_AREA), dtype=np.uint8)


def draw_quads(image: Picture, quads: Float, colours: Sequence[tuple[int, int, int]], thickness: int = 1) -> None:
    """Draw the outlines of quads (N, 4, 2), px in pixel-edge coordinates, into an RGB picture, anti-aliased.

    Quad i has the colour ``colours[i % len(colours)]``. OpenCV puts pixel centres at whole numbers: half a pixel is
    taken off.
    """
    # Beyond this, OpenCV's fixed-point coordinates overflow; such a quad lies far outside any picture.
    limit = 2.0**26
    points = np.rint(np.clip((quads - 0.5) * (1 << SHIFT), -limit, limit)).astype(np.int32)
    for at, colour in enumerate(colours):
        chosen = list(points[at :: len(colours)])
        cv2.polylines(image, chosen, True, colour, thickness, cv2.LINE_AA, SHIFT)


def draw_scene(view: View, scale: float, *, quads: bool) -> Picture:
    """Return the scene as uint8 (H, W, 3), ``scale`` times as large, with word and character quads when asked for."""
    image = rgb(resized(view.image, scale))
    if quads:
        # The scale as rounded to whole pixels, or quads drift from their letters across a large picture.
        true_scale = np.array([image.shape[1] / view.image.shape[1], image.shape[0] / view.image.shape[0]])
        draw_quads(image, view.words * true_scale, (WORD_COLOUR,))
        draw_quads(image, view.ink * true_scale, INK_COLOURS)
    return image


def scene_sheet(views: Sequence[View], *, quads: bool, size_px: int | None = None) -> Picture:
    """Return a contact sheet of scenes, each ``size_px`` on its longer side (twice its own size by default).

    The sheet stays under :data:`SHEET_MAX_PX`; UsageError when there is nothing to show.
    """
    if not views:
        raise UsageError("preview: no scene to show; ask for another index or another recipe.")
    scales = [size_px / max(view.image.shape[:2]) if size_px else SCENE_SCALE for view in views]
    area = sum(
        (view.image.shape[0] * scale + CAPTION_PX) * (view.image.shape[1] * scale)
        for view, scale in zip(views, scales, strict=True)
    )
    shrink = min(1.0, math.sqrt(SHEET_MAX_PX / area))
    tiles = [
        captioned(draw_scene(view, scale * shrink, quads=quads), view.caption)
        for view, scale in zip(views, scales, strict=True)
    ]
    columns = math.ceil(math.sqrt(len(tiles)))
    return _stacked([_beside(tiles[at : at + columns]) for at in range(0, len(tiles), columns)])


def crop_sheet(crops: Sequence[tuple[Picture, str]], *, height_px: int | None = None, width_px: int = 1280) -> Picture:
    """Return word pictures with their labels under them, in rows about ``width_px`` wide.

    Each is drawn ``height_px`` high, or in its own size. UsageError when there is none.
    """
    if not crops:
        raise UsageError("preview: no word picture to show; ask for another index, split or recipe.")
    rows: list[list[Picture]] = [[]]
    used = 0
    for image, label in crops:
        scale = height_px / image.shape[0] if height_px else 1.0
        tile = labelled(rgb(resized(image, scale)), label)
        if rows[-1] and used + tile.shape[1] + GAP_PX > width_px:
            rows.append([])
            used = 0
        rows[-1].append(tile)
        used += tile.shape[1] + GAP_PX
    return _stacked([_beside(row) for row in rows])


def labelled(image: Picture, label: str) -> Picture:
    """Return the picture with its label under it, wider where the label is."""
    font = label_font(LABEL_PX)
    width = max(image.shape[1], math.ceil(font.getlength(label)) + 2)
    tile = _blank(image.shape[0] + LABEL_PX + 8, width)
    tile[: image.shape[0], : image.shape[1]] = image
    return _write(tile, label, (0, image.shape[0] + 2), LABEL_PX)


def captioned(image: Picture, caption: str) -> Picture:
    """Return the picture with a line of text above it."""
    tile = np.concatenate([_blank(CAPTION_PX, image.shape[1]), image])
    return _write(tile, caption, (2, 2), CAPTION_PX - 6)


def check_png(path: Path) -> Path:
    """Return the path of a picture to be written; refused when it is no PNG or has no folder, before any work."""
    if path.suffix.lower() != ".png":
        raise UsageError(f"{path}: pictures are written as PNG; give a name that ends in .png.")
    if not path.parent.is_dir() or path.is_dir():
        raise OutputError(f"{path}: must be a file in a folder that exists; name another file with --out.")
    return path


def write_png(path: Path, image: Picture) -> None:
    """Write a picture as PNG, whole or not at all; OutputError when the file cannot be written."""
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        try:
            temporary.write_bytes(encode(image, "png", 100))
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror}); name another file with --out.") from None


@lru_cache(maxsize=4)
def label_font(size_px: int) -> ImageFont.FreeTypeFont:
    """Return the bundled face that labels are written in."""
    path = next(asset.path for asset in manifest("fonts") if asset.id == LABEL_FACE)
    return ImageFont.truetype(path, size_px)


def _write(tile: Picture, text: str, at: tuple[int, int], size_px: int) -> Picture:
    page = Image.fromarray(tile)
    ImageDraw.Draw(page).text(at, text, fill=(0, 0, 0), font=label_font(size_px))
    return np.asarray(page, dtype=np.uint8)


def _blank(height: int, width: int) -> Picture:
    return np.full((height, width, 3), GROUND, dtype=np.uint8)


def _beside(tiles: Sequence[Picture]) -> Picture:
    height = max(tile.shape[0] for tile in tiles)
    return _joined([_padded(tile, height, tile.shape[1]) for tile in tiles], axis=1)


def _stacked(rows: Sequence[Picture]) -> Picture:
    width = max(row.shape[1] for row in rows)
    return _joined([_padded(row, row.shape[0], width) for row in rows], axis=0)


def _padded(tile: Picture, height: int, width: int) -> Picture:
    blank = _blank(height, width)
    blank[: tile.shape[0], : tile.shape[1]] = tile
    return blank


def _joined(tiles: Sequence[Picture], axis: int) -> Picture:
    parts: list[Picture] = []
    for tile in tiles:
        parts += [_blank(GAP_PX, tile.shape[1]) if axis == 0 else _blank(tile.shape[0], GAP_PX), tile]
    return np.concatenate(parts[1:], axis=axis)
