"""Make the bundled paper textures: periodic 512x512 grey PNGs, and their manifest.

Run ``python backgrounds/build.py`` from a checkout to write them again, or with ``--check`` to compare what is there
with what would be written. Each texture is a function of its name: filtered noise, fibres and weaves, none taken from a
photograph. Fourier transforms differ in the last bit between machines, so the check allows one level.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from synthgen.assets import file_digest
from synthgen.randomness import Stream

Real = npt.NDArray[np.float64]

SIDE_PX = 512
REACH_PX = 96
FOLDER = Path(__file__).resolve().parent
TEXTURES: dict[str, tuple[Callable[[Stream], Real], tuple[str, ...]]] = {}


def texture(name: str, *tags: str) -> Callable[[Callable[[Stream], Real]], Callable[[Stream], Real]]:
    """Return the decorator that lists a maker of a texture, (SIDE_PX, SIDE_PX) levels, under ``name``."""

    def add(make: Callable[[Stream], Real]) -> Callable[[Stream], Real]:
        TEXTURES[name] = (make, tags)
        return make

    return add


def cloud(stream: Stream, longest_px: float, shortest_px: float, slope: float = 1.0, across: float = 1.0) -> Real:
    """Return periodic noise of standard deviation 1 between two wavelengths, stretched sideways by ``across``."""
    white = stream.generator.standard_normal((SIDE_PX, SIDE_PX))
    f = np.hypot(np.fft.rfftfreq(SIDE_PX)[None, :] * across, np.fft.fftfreq(SIDE_PX)[:, None]) + 1e-9
    gain = f**-slope * np.exp(-((f * shortest_px) ** 2)) * (1 - np.exp(-((f * longest_px) ** 2)))
    gain[0, 0] = 0
    field: Real = np.fft.irfft2(np.fft.rfft2(white) * gain, s=white.shape)
    scaled: Real = field / field.std()
    return scaled


def relief(height: Real, depth: float) -> Real:
    """Return how a surface of this height looks in light that falls from the top left."""
    lit: Real = (height - np.roll(height, (1, 1), axis=(0, 1))) * depth
    return lit


def fibres(stream: Stream, n: int, lengths_px: tuple[float, float], spread_deg: float) -> Real:
    """Return n curved hairs, 1 px thick and 0 to 1 deep, that lie within ``spread_deg`` of level, wrapped around."""
    sheet = np.zeros((SIDE_PX, SIDE_PX))
    for _ in range(n):
        canvas = np.zeros((2 * REACH_PX, 2 * REACH_PX), dtype=np.uint8)
        length, bend = stream.between(lengths_px), np.radians(stream.uniform(-60.0, 60.0))
        start = np.radians(stream.uniform(-spread_deg, spread_deg))
        angles = start + np.linspace(-0.5, 0.5, 9) * bend
        steps = np.stack([np.cos(angles), np.sin(angles)], axis=1) * length / 9
        points = np.cumsum(steps, axis=0)
        points += REACH_PX - points.mean(axis=0)
        cv2.polylines(canvas, [np.rint(points * 16).astype(np.int32)[:, None]], False, 255, 1, cv2.LINE_AA, 4)
        rows = (np.arange(2 * REACH_PX) + stream.integer(0, SIDE_PX)) % SIDE_PX
        columns = (np.arange(2 * REACH_PX) + stream.integer(0, SIDE_PX)) % SIDE_PX
        sheet[np.ix_(rows, columns)] += canvas / 255.0 * stream.uniform(0.3, 1.0)
    return sheet


def specks(stream: Stream, size_px: float, share: float) -> Real:
    """Return blots of about ``size_px`` that cover the given share, 0 outside and up to about 1 inside."""
    field = cloud(stream, 4 * size_px, size_px, 0.0)
    edge = float(np.quantile(field, 1 - share))
    blots: Real = np.clip((field - edge) / max(float(field.max()) - edge, 1e-6) * 2.0, 0, 1)
    return blots


@texture("newsprint", "paper", "fibrous")
def newsprint(stream: Stream) -> Real:
    """Grey uncoated stock with short fibres along the machine's direction."""
    hairs = fibres(stream, 900, (8.0, 40.0), 50.0)
    pale = fibres(stream, 700, (8.0, 36.0), 60.0)
    ground = 208 + 2.2 * cloud(stream, 120.0, 5.0, 1.2, 1.5) + 2.0 * cloud(stream, 6.0, 1.0, 0.2)
    return ground - 7.0 * hairs + 5.0 * pale


@texture("newsprint-old", "paper", "fibrous", "aged")
def newsprint_old(stream: Stream) -> Real:
    """Newsprint that has lain about: cloudy, with dark fibres and a few spots."""
    hairs = fibres(stream, 700, (10.0, 48.0), 45.0)
    ground = 200 + 4.0 * cloud(stream, 300.0, 12.0, 1.4) + 2.4 * cloud(stream, 7.0, 1.0, 0.3, 1.6)
    return ground - 8.0 * hairs - 26.0 * specks(stream, 2.0, 0.0012)


@texture("recycled", "paper", "fibrous")
def recycled(stream: Stream) -> Real:
    """Recycled stock: soft ground, flecks of old print and threads of every shade."""
    dark, pale = fibres(stream, 160, (6.0, 44.0), 180.0), fibres(stream, 260, (6.0, 40.0), 180.0)
    ground = 216 + 2.0 * cloud(stream, 80.0, 6.0, 1.0) + 1.8 * cloud(stream, 5.0, 1.0, 0.0)
    return ground - 24.0 * dark + 8.0 * pale - 42.0 * specks(stream, 1.6, 0.004) - 14.0 * specks(stream, 3.0, 0.006)


@texture("coarse", "paper", "relief")
def coarse(stream: Stream) -> Real:
    """Rough drawing paper seen in slanting light."""
    height = cloud(stream, 14.0, 3.0, 0.4) + 0.4 * cloud(stream, 5.0, 1.2, 0.2)
    return 224 + relief(height, 6.5) + 1.2 * cloud(stream, 200.0, 30.0, 1.0)


@texture("laid", "paper", "relief")
def laid(stream: Stream) -> Real:
    """Laid paper: close lines of the mould and its wider chain lines."""
    x, y = np.arange(SIDE_PX)[None, :], np.arange(SIDE_PX)[:, None]
    waver = 0.9 * cloud(stream, 200.0, 40.0, 1.0)
    lines = np.sin(2 * np.pi * (y / 8 + 0.06 * waver))
    chains = np.exp(-((((x + waver) % 128 - 64) / 2.2) ** 2))
    ground: Real = 226 + 1.8 * cloud(stream, 60.0, 4.0, 0.8) + 1.5 * cloud(stream, 5.0, 1.0, 0.0)
    return ground + 2.6 * lines * (1 + 0.3 * cloud(stream, 40.0, 10.0, 1.0)) - 5.0 * chains


@texture("office", "paper", "smooth")
def office(stream: Stream) -> Real:
    """Copier paper: bright, its formation hardly seen."""
    levels: Real = (
        242
        + 1.3 * cloud(stream, 50.0, 6.0, 0.8)
        + 0.9 * cloud(stream, 5.0, 1.2, 0.2)
        - 3.0 * fibres(stream, 120, (6.0, 26.0), 180.0)
    )
    return levels


@texture("cardboard", "board", "fibrous")
def cardboard(stream: Stream) -> Real:
    """Corrugated board's liner: long fibres one way, the flutes showing through."""
    x = np.arange(SIDE_PX)[None, :]
    waver = cloud(stream, 300.0, 60.0, 1.0)
    flutes = np.sin(2 * np.pi * (x / 32 + 0.03 * waver))
    hairs, pale = fibres(stream, 700, (14.0, 60.0), 25.0), fibres(stream, 600, (14.0, 60.0), 25.0)
    ground = 196 + 3.0 * cloud(stream, 100.0, 4.0, 0.8, 3.0) + 1.8 * cloud(stream, 5.0, 1.0, 0.0)
    return ground + 2.4 * flutes - 9.0 * hairs + 6.0 * pale - 20.0 * specks(stream, 1.8, 0.0015)


@texture("cloth", "cloth", "relief")
def cloth(stream: Stream) -> Real:
    """Plain weave: threads over and under one another, no two equally thick."""
    x, y = np.arange(SIDE_PX)[None, :] + 0.5, np.arange(SIDE_PX)[:, None] + 0.5
    x, y = x + 0.5 * cloud(stream, 90.0, 12.0, 0.8), y + 0.5 * cloud(stream, 90.0, 12.0, 0.8)
    pitch = 8
    warp, weft = np.abs(np.sin(np.pi * x / pitch)), np.abs(np.sin(np.pi * y / pitch))
    over = np.sin(np.pi * x / pitch) * np.sin(np.pi * y / pitch)
    thread = np.where(over > 0, warp * (0.7 + 0.3 * weft), weft * (0.7 + 0.3 * warp))
    shade: Real = cloud(stream, 400.0, 3.0, 0.5, 12.0) + cloud(stream, 400.0, 3.0, 0.5, 12.0).T
    woven: Real = 204 + 15.0 * (thread - thread.mean()) + 2.4 * shade + 1.8 * cloud(stream, 4.0, 1.0, 0.0)
    return woven


@texture("concrete", "wall", "relief")
def concrete(stream: Stream) -> Real:
    """A smoothed concrete wall: clouds, sand, and pores left by air."""
    pores = specks(stream, 2.2, 0.0025)
    ground: Real = 203 + 4.5 * cloud(stream, 400.0, 8.0, 1.5) + 2.6 * cloud(stream, 10.0, 1.0, 0.5)
    return ground + relief(cloud(stream, 20.0, 2.0, 0.6), 2.2) - 46.0 * pores + 12.0 * np.roll(pores, (1, 1), (0, 1))


def picture(name: str) -> npt.NDArray[np.uint8]:
    """Return the texture as uint8 (SIDE_PX, SIDE_PX)."""
    levels = TEXTURES[name][0](Stream(0, 0, f"texture:{name}"))
    return np.clip(np.rint(levels), 0, 255).astype(np.uint8)


def write() -> None:
    """Write every texture and the manifest beside this file."""
    rows = [
        "# Periodic grey textures, made by build.py from noise, fibres and weaves; the project's licence (LICENSE).\n"
    ]
    for name in sorted(TEXTURES):
        path = FOLDER / f"{name}.png"
        Image.fromarray(picture(name)).save(path, optimize=True)
        tags = ", ".join(f'"{tag}"' for tag in TEXTURES[name][1])
        rows.append(
            f'[[asset]]\nid = "{name}"\nfile = "{path.name}"\nsha256 = "{file_digest(path)}"\n'
            f'licence = "MIT"\nsource = "backgrounds/build.py"\ntags = [{tags}]\n'
        )
    (FOLDER / "manifest.toml").write_text("\n".join(rows), encoding="utf-8")


def differing() -> list[str]:
    """Return the names of the textures whose files differ by more than a level from what would be written."""
    names = []
    for name in sorted(TEXTURES):
        there = np.asarray(Image.open(FOLDER / f"{name}.png"), dtype=np.int16)
        if np.abs(there - picture(name)).max() > 1:
            names.append(name)
    return names


if __name__ == "__main__":
    if "--check" in sys.argv[1:]:
        wrong = differing()
        sys.exit(f"backgrounds: {', '.join(wrong)} differ from build.py; run it again." if wrong else 0)
    write()
