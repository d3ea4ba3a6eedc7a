"""The figures of a dataset as one picture of bars, drawn without a plotting library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from synthgen.assets import manifest
from synthgen.errors import OutputError, UsageError
from synthgen.formats.pictures import encode
from synthgen.report.statistics import LENGTH_TARGETS, MARK_TARGETS, Histogram, Statistics

Picture = npt.NDArray[np.uint8]
Colour = tuple[int, int, int]

LABEL_FACE = "NanumGothic"
PANEL_PX, COLUMNS = (620, 340), 2
TITLE_PX, TEXT_PX = 19, 14
_LEFT, _TOP, _RIGHT, _BOTTOM = 64, 40, 18, 44
INK, FAINT, BAR, SECOND, TARGET = (34, 34, 40), (214, 214, 218), (52, 104, 176), (130, 172, 222), (214, 74, 44)
MOST_BARS, MOST_BINS = 14, 60
# Room for names that are written upwards.
_UPRIGHT_PX = 120


@dataclass(frozen=True, slots=True)
class Series:
    """Values drawn as bars of one colour, named in the legend."""

    name: str
    values: Sequence[float]
    colour: Colour


@dataclass(frozen=True, slots=True)
class Panel:
    """One plot: ``labels`` stand under groups of bars, one bar from each of ``series``; an empty label is left out."""

    title: str
    labels: Sequence[str]
    series: Sequence[Series]
    percent: bool = False


def check_png(path: Path) -> None:
    """Raise UsageError for a file that does not end in .png."""
    if path.suffix.lower() != ".png":
        raise UsageError(f"--out {path.name}: must end in .png; name it so.")


def write_plots(path: Path, found: Statistics) -> None:
    """Write the plots as a PNG file; OutputError when it cannot be written."""
    try:
        path.write_bytes(encode(draw(panels(found)), "png", 100))
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror}); name another file.") from None


def panels(found: Statistics) -> list[Panel]:
    """Return the plots of a dataset's figures; what is not stored in it is left out."""
    every = [("all", found.every, BAR), ("running text", found.running, SECOND)]
    shown = [one for one in every if one[1].n]
    lengths = [Series(name, eojeol.length_shares(), colour) for name, eojeol, colour in shown]
    marks = [Series(name, list(eojeol.mark_shares().values()), colour) for name, eojeol, colour in shown]
    middle = [(low + high) / 2 for low, high in MARK_TARGETS.values()]
    labels = [*map(str, range(1, len(LENGTH_TARGETS))), f"{len(LENGTH_TARGETS)}+"]
    plots = [
        Panel("Syllables in an eojeol", labels, [*lengths, Series("real print", LENGTH_TARGETS, TARGET)], percent=True),
        Panel("Eojeol with marks", list(MARK_TARGETS), [*marks, Series("real print", middle, TARGET)], percent=True),
        _ranks(found),
    ]
    size = "Em in the picture, px" if found.source == "scenes" else "Height of the crops, px"
    for title, histogram in ((size, found.sizes), ("Least contrast of ink and ground, levels", found.contrast),
                             ("Angle of words, degrees", found.angles), ("Words in a scene", found.words)):  # fmt: skip
        if histogram.n:
            plots.append(_of_histogram(title, histogram))
    for title, counts in (("Characters by face", found.faces), ("Scenes by preset", found.presets),
                          ("Words by role", found.roles)):  # fmt: skip
        if counts:
            plots.append(_of_counts(title, counts))
    return plots


def _ranks(found: Statistics) -> Panel:
    """Return how often characters appear: on the charset's ranks, from the most frequent on, in powers of ten."""
    counts = np.sort(np.array([found.characters[char] for char in found.charset], dtype=np.float64))[::-1]
    groups = np.array_split(np.log10(counts + 1), min(60, max(len(counts), 1)))
    ends = np.cumsum([len(group) for group in groups]).tolist()
    labels = [f"{end:,}" if at % 15 == 14 else "" for at, end in enumerate(ends)]
    values = [float(group.mean()) if len(group) else 0.0 for group in groups]
    return Panel("Characters by rank, log10(count + 1)", labels, [Series("", values, BAR)])


def _of_histogram(title: str, histogram: Histogram) -> Panel:
    """Return all but the outermost values in at most 60 bars, what lies outside in the first and the last."""
    summed = np.cumsum(histogram.bins)
    first, last = (int(np.searchsorted(summed, share * histogram.n)) for share in (0.001, 0.999))
    joined = -(-(last - first + 1) // MOST_BINS)
    starts = range(first, last + 1, joined)
    sums = [int(histogram.bins[at : at + joined].sum()) for at in starts]
    sums[0] += int(histogram.bins[:first].sum())
    sums[-1] += int(histogram.bins[starts[-1] + joined :].sum())
    every = max(len(sums) // 8, 1)
    middles = [histogram.low + (at + joined / 2) * histogram.step for at in starts]
    labels = [f"{middle:g}" if number % every == 0 else "" for number, middle in enumerate(middles)]
    return Panel(title, labels, [Series("", [one / histogram.n for one in sums], BAR)], percent=True)


def _of_counts(title: str, counts: Mapping[str, int]) -> Panel:
    ranked = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    total = sum(counts.values())
    kept, rest = ranked[:MOST_BARS], sum(count for _, count in ranked[MOST_BARS:])
    if rest:
        kept.append(("others", rest))
    return Panel(title, [name for name, _ in kept], [Series("", [n / total for _, n in kept], BAR)], percent=True)


def draw(plots: Sequence[Panel]) -> Picture:
    """Return the plots in rows of two, uint8 (H, W, 3) RGB."""
    width, height = PANEL_PX
    rows = -(-len(plots) // COLUMNS)
    page = Image.new("RGB", (width * COLUMNS, height * rows), (255, 255, 255))
    for at, plot in enumerate(plots):
        page.paste(_drawn(plot), (width * (at % COLUMNS), height * (at // COLUMNS)))
    return np.asarray(page, dtype=np.uint8)


def _drawn(plot: Panel) -> Image.Image:
    image = Image.new("RGB", PANEL_PX, (255, 255, 255))
    pen = ImageDraw.Draw(image)
    pen.text((_LEFT, 10), plot.title, fill=INK, font=_font(TITLE_PX))
    _draw_legend(pen, plot)
    right, base = PANEL_PX[0] - _RIGHT, PANEL_PX[1] - _BOTTOM
    # Long names need room: they are written upwards, and the plot is lower for it.
    upright = max((len(label) for label in plot.labels), default=0) * 8 > (right - _LEFT) / max(_named(plot), 1)
    base -= _UPRIGHT_PX - TITLE_PX if upright else 0
    top = max((max(one.values, default=0.0) for one in plot.series), default=0.0) or 1.0
    for share in (0.0, 0.5, 1.0):
        y = round(base - share * (base - _TOP - 12))
        pen.line((_LEFT, y, right, y), fill=FAINT)
        text = f"{100 * share * top:.1f} %" if plot.percent else f"{share * top:.1f}"
        pen.text((_LEFT - 6, y), text, fill=INK, font=_font(TEXT_PX), anchor="rm")
    pitch = (right - _LEFT) / max(len(plot.labels), 1)
    for at, label in enumerate(plot.labels):
        x = _LEFT + at * pitch
        _draw_bars(pen, plot.series, at, (x, pitch, base, (base - _TOP - 12) / top))
        if upright:
            _write_upwards(image, label, (round(x + pitch / 2), base + 6))
        elif label:
            pen.text((x + pitch / 2, base + 6), label, fill=INK, font=_font(TEXT_PX), anchor="ma")
    return image


def _named(plot: Panel) -> int:
    return sum(1 for label in plot.labels if label)


def _draw_bars(
    pen: ImageDraw.ImageDraw, series: Sequence[Series], at: int, place: tuple[float, float, int, float]
) -> None:
    """Draw one group of bars; ``place`` is its left end, its pitch, the base line's y, and px for a value of 1."""
    x, pitch, base, scale = place
    gap = 0.1 * pitch if pitch > 6 else 0.0
    wide = (pitch - 2 * gap) / len(series)
    for number, one in enumerate(series):
        height = one.values[at] * scale
        left = x + gap + number * wide
        if height >= 0.5:
            pen.rectangle((left, base - max(height, 1), max(left + wide - 1, left), base - 1), fill=one.colour)


def _draw_legend(pen: ImageDraw.ImageDraw, plot: Panel) -> None:
    x = PANEL_PX[0] - _RIGHT
    for one in reversed([one for one in plot.series if one.name]):
        x -= round(pen.textlength(one.name, font=_font(TEXT_PX)))
        pen.text((x, 14), one.name, fill=INK, font=_font(TEXT_PX))
        x -= 16
        pen.rectangle((x, 17, x + 10, 27), fill=one.colour)
        x -= 12


def _write_upwards(image: Image.Image, text: str, at: tuple[int, int]) -> None:
    """Write a name that ends at ``at``, read upwards, cut to the room there is."""
    font = _font(TEXT_PX)
    kept = len(text)
    shown = text
    while font.getlength(shown) > _UPRIGHT_PX + 8:
        # Names of faces differ at their ends.
        kept -= 1
        shown = f"{text[: kept - 8]}…{text[-8:]}"
    box = Image.new("RGB", (max(int(font.getlength(shown)) + 2, 1), TEXT_PX + 6), (255, 255, 255))
    ImageDraw.Draw(box).text((0, 0), shown, fill=INK, font=font)
    turned = box.rotate(90, expand=True)
    image.paste(turned, (at[0] - turned.width // 2, at[1]))


@lru_cache(maxsize=4)
def _font(size_px: int) -> ImageFont.FreeTypeFont:
    path = next(asset.path for asset in manifest("fonts") if asset.id == LABEL_FACE)
    return ImageFont.truetype(path, size_px)
