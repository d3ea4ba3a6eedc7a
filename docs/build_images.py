"""Draw the README's pictures anew: docs/images/*.png, from the presets, with the seeds below.

python docs/build_images.py
"""

from __future__ import annotations

import cv2
import numpy as np

from synthgen.assets import fonts_dir
from synthgen.generator import Generator
from synthgen.preview import Picture, crop_sheet, crops_of_recipe, draw_scene, resized, rgb, view_of, write_png
from synthgen.recipe import ABREAST

FOLDER = fonts_dir().parent / "docs" / "images"
# (preset, index) of what is shown of other kinds than newspapers, in two rows.
KINDS = (
    (("receipt", 2), ("form", 3), ("book", 3), ("newspaper-old", 0)),
    (("sign", 4), ("screen", 3), ("label", 1), ("subtitle", 4)),
)
ROW_PX = 420
GAP_PX = 8
SEED = 7


def picture(preset: str, index: int) -> Picture:
    """Return sample ``index`` of a preset in RGB."""
    return rgb(Generator(preset, seed=SEED)[index].image)


def row_of(pictures: list[Picture]) -> Picture:
    """Return pictures side by side, all ROW_PX high."""
    tiles = [resized(one, ROW_PX / one.shape[0]) for one in pictures]
    gap = np.full((ROW_PX, GAP_PX, 3), 255, np.uint8)
    parts = [part for tile in tiles for part in (tile[:ROW_PX], gap)]
    return np.concatenate(parts[:-1], axis=1)


def main() -> None:
    """Write the four pictures."""
    newspaper = Generator("newspaper", seed=SEED)
    scene = newspaper[1]
    write_png(FOLDER / "newspaper.png", scene.image)
    drawn = draw_scene(view_of(newspaper[2], newspaper[2].image), 2.0, quads=True)
    write_png(FOLDER / "quads.png", drawn[60:680, 40:800])
    word = Generator("word", seed=SEED)
    # One of each roll: words that were printed together look alike.
    firsts = [ABREAST * (roll // ABREAST) * word.recipe.page.together + roll % ABREAST for roll in range(40)]
    shown = [pair for first in firsts for pair in crops_of_recipe(word, first, 1)]
    words = crop_sheet(shown, width_px=760)
    write_png(FOLDER / "words.png", words[:620])
    rows = [row_of([picture(*one) for one in kinds]) for kinds in KINDS]
    width = min(row.shape[1] for row in rows)
    scaled = [cv2.resize(row, (width, round(row.shape[0] * width / row.shape[1])), interpolation=cv2.INTER_AREA)
              for row in rows]  # fmt: skip
    gap = np.full((GAP_PX, width, 3), 255, np.uint8)
    write_png(FOLDER / "kinds.png", np.concatenate([scaled[0], gap, scaled[1]]))


if __name__ == "__main__":
    main()
