"""Copying: what photocopiers, fax machines, scanners and photographed screens make of a picture."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from synthgen.camera.effects import Parameters, register_effect
from synthgen.geometry import Picture
from synthgen.press.bank import BANK_MEAN, BANK_SD, bank, cut, in_channels, look_up
from synthgen.press.blur import blurred
from synthgen.randomness import Stream

Real = npt.NDArray[np.float32]
Counts = npt.NDArray[np.int64]

_STREAKS_MOST = 46.0
_MOIRE_MOST = 26.0
_MOST_GENERATIONS = 4
_FAX_SHARE = 0.58
# A copier's blur, in widths of a stroke; a fax machine's lines across one; its noise, in distances of ink and paper.
_BLUR_OF_STROKE = 0.6
_LEAST_STROKE_LINES = 0.95
_ROUGH_OF_CONTRAST = 0.1
# Nobody prints fainter than this.
_LEAST_CONTRAST = 24
# What is fainter than this share of the ink's distance from its ground is paper.
_LEAST_PRINTED = 0.25
# The limit between ink and ground lies between these shares of the way from one to the other.
_LIMITS = (0.3, 0.82)
_BAND_PX = 48
_BANDS = 5
# Copiers and scanners are set so that the thinnest strokes come out, as much darker as this at most.
_LEAST_COPIED_PX = 1.25
_MOST_DARKENED = 2.6
# Shading is judged over areas larger than letters.
_AREA_PX = 40
# From this dose on a two-level picture has no other levels left.
_HARD_DOSE = 0.6


def tones(image: Picture) -> tuple[float, float]:
    """Return the levels of the ground and of what is printed on it, light or dark: the median and the farther end.

    Of an empty sheet, what print on it would have at least.
    """
    return _tones(_histogram(image))


def _histogram(image: Picture) -> Counts:
    """Return how many of some of the image's rows' px have each level (256,); green stands for grey."""
    grey = image if image.ndim == 2 else image[..., 1]
    step = max(grey.shape[0] // 256, 1)
    # Whole numbers below 2**24, which float32 holds; NumPy would turn every px into eight bytes first.
    counts = cv2.calcHist([np.ascontiguousarray(grey[::step])], [0], None, [256], [0, 256])
    return counts.ravel().astype(np.int64)


def _tones(counts: Counts) -> tuple[float, float]:
    shares = np.cumsum(counts)
    low, middle, high = (int(np.searchsorted(shares, share * shares[-1])) for share in (0.01, 0.5, 0.99))
    ink = low if middle - low >= high - middle else high
    if abs(ink - middle) < _LEAST_CONTRAST:
        ink = middle - _LEAST_CONTRAST if middle > _LEAST_CONTRAST else middle + _LEAST_CONTRAST
    return float(middle), float(ink)


def ink_share(image: Picture) -> float:
    """Return about which share of the image is printed on, pale edges counted as pale; specks of paper are not."""
    counts = _histogram(image)
    return float((counts * _printed(*_tones(counts))).sum() / counts.sum())


def _printed(ground: float, ink: float) -> npt.NDArray[np.float64]:
    """Return how much ink each level (256,) stands for, 0 to 1."""
    printed = np.clip((np.arange(256) - ground) / (ink - ground), 0, 1)
    return np.where(printed > _LEAST_PRINTED, printed, 0.0)


def stroke_width_px(image: Picture) -> float:
    """Return about how thick the thinner strokes of the text are, px, infinite for an empty picture.

    The inked area over the number of runs of ink in rows and columns: a stroke makes one in each row that it runs down,
    or in each column that it runs across. The least of some bands that hold text.
    """
    grey = image if image.ndim == 2 else image[..., 1]
    # In 255ths of ink.
    table = np.rint(255 * _printed(*tones(image))).astype(np.uint8)
    apart = max(grey.shape[0] // _BANDS, _BAND_PX)
    bands: list[tuple[int, float]] = []
    for at in range(0, grey.shape[0], apart):
        inked = look_up(np.ascontiguousarray(grey[at : at + _BAND_PX]), table)
        there = inked > 0
        runs = np.count_nonzero(there[:, 1:] & ~there[:, :-1]) + np.count_nonzero(there[1:] & ~there[:-1])
        bands.append((int(runs), float(cv2.sumElems(inked)[0]) / 255))
    least = max(max(runs for runs, _ in bands) // 4, 1)
    return min((area / runs for runs, area in bands if runs >= least), default=math.inf)


def _copied_share(image: Picture, gain: float) -> tuple[float, float]:
    """Return the share of an image that a copy has as ink, where strokes gain that share, and their width in px."""
    stroke = stroke_width_px(image)
    thin = min(max(_LEAST_COPIED_PX / max(stroke, 0.1), 1.0), _MOST_DARKENED)
    return ink_share(image) * thin * (1 + gain), max(stroke, _LEAST_COPIED_PX)


def _hardened(image: Picture, dose: float, share: float) -> Picture:
    """Return the image driven towards two levels; wholly from a dose of 0.6 on.

    The limit is set so that ``share`` of the image comes out as ink: a limit half-way between the tones would lose what
    blur has made pale and fill what it has made grey.
    """
    counts = _histogram(image)
    ground, ink = _tones(counts)
    order = counts if ink < ground else counts[::-1]
    limit = float(np.searchsorted(np.cumsum(order), share * counts.sum())) + 0.5
    limit = limit if ink < ground else 255 - limit
    low, high = sorted(ink + (ground - ink) * part for part in _LIMITS)
    limit = min(max(limit, low), high)
    share = min(dose / _HARD_DOSE, 1.0)
    values = np.arange(256, dtype=np.float64)
    steep = 255 / (1 + np.exp(-np.clip((values - limit) / (2 + 30 * (1 - share)), -40, 40)))
    table = np.clip(np.rint(values + share * (steep - values)), 0, 255).astype(np.uint8)
    return look_up(image, table).reshape(image.shape)


def _evenly_lit(image: Picture, dose: float) -> Picture:
    """Return the image as a copier's own lamp lights it: what shades it over large areas is taken out,
    wholly from a dose of 0.5 on.

    Without this a page in a shadow would be copied black, with its text.
    """
    height, width = image.shape[:2]
    size = (max(round(width / _AREA_PX), 1), max(round(height / _AREA_PX), 1))
    grey = np.ascontiguousarray(image if image.ndim == 2 else image[..., 1])
    grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.uint8).reshape(size[::-1])
    ground = cv2.medianBlur(cv2.copyMakeBorder(grey, 3, 3, 3, 3, cv2.BORDER_REPLICATE), 5)[3:-3, 3:-3]
    level = float(np.percentile(ground, 80))
    gain = np.clip(level / np.maximum(ground.astype(np.float32), 1.0), 0.8, 2.4)
    gain = 64 * (1 + min(2 * dose, 1.0) * (gain - 1))
    lamp = cv2.resize(gain, (width, height), interpolation=cv2.INTER_LINEAR)
    mask = np.asarray(cv2.convertScaleAbs(lamp), dtype=np.uint8).reshape(height, width)
    lit = cv2.multiply(image, in_channels(mask, image), scale=1 / 64)
    return np.asarray(lit, dtype=np.uint8).reshape(image.shape)


def _greyed(image: Picture, share: float) -> Picture:
    """Return the image with that share of its colours lost; a grey one is returned as it is."""
    if image.ndim == 2:
        return image
    grey = in_channels(np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), dtype=np.uint8), image)
    return np.asarray(cv2.addWeighted(image, 1 - share, grey, share, 0), dtype=np.uint8).reshape(image.shape)


def _specked(image: Picture, limit: int, stream: Stream) -> Picture:
    """Return the image with toner dust where a cut of smoothed noise passes ``limit``."""
    dust = cut(bank("grain"), (image.shape[1], image.shape[0]), stream)
    table = np.clip((np.arange(256) - limit) * 24, 0, 255).astype(np.uint8)
    spotted = cv2.subtract(image, in_channels(look_up(dust, table), image))
    return np.asarray(spotted, dtype=np.uint8).reshape(image.shape)


@register_effect("photocopy", 4, group="two levels")
def photocopy(image: Picture, dose: float, stream: Stream) -> tuple[Picture, Parameters]:
    """Return the image as a copy of a copy: softer, harder in tone, spotted with toner; up to four generations.

    Copiers are set dark: strokes gain up to a quarter of their width. What a copier blurs goes by the width of strokes,
    so that the text can still be read.
    """
    generations = 1 + min(int(dose * _MOST_GENERATIONS), _MOST_GENERATIONS - 1)
    image = _evenly_lit(_greyed(image, min(2 * dose, 1.0)), dose)
    gain = stream.uniform(0.05, 0.25) * dose
    share, stroke_px = _copied_share(image, 0.0)
    sigma = min(0.3 + 0.3 * dose, _BLUR_OF_STROKE * stroke_px / math.sqrt(generations))
    for number in range(generations):
        darker = share * (1 + gain * (number + 1) / generations)
        image = _hardened(blurred(image, sigma), 0.33 * dose, darker)
    image = _specked(image, round(255 - 20 * dose), stream)
    return image, {"generations": generations, "sigma_px": sigma, "gain": gain}


@register_effect("fax", 6, group="two levels")
def fax(image: Picture, dose: float, stream: Stream) -> tuple[Picture, Parameters]:
    """Return the image as a fax machine prints it: few lines, two levels, ragged edges.

    About one of its lines at least falls on each stroke of the text.
    """
    height, width = image.shape[:2]
    image = _evenly_lit(image, dose)
    inked, stroke_px = _copied_share(image, stream.uniform(0.0, 0.2) * dose)
    share = max(1 - (1 - _FAX_SHARE) * dose, min(_LEAST_STROKE_LINES / stroke_px, 1.0))
    size = (max(round(width * share), 1), max(round(height * share), 1))
    small = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    small = _greyed(small.reshape(size[1], size[0], *image.shape[2:]), min(2 * dose, 1.0))
    ground, ink = tones(small)
    ragged = cut(bank("noise"), size, stream)
    # More noise than this would print specks all over the ground.
    rough = min(0.45 * dose, _ROUGH_OF_CONTRAST * abs(ground - ink) / BANK_SD)
    noisy = cv2.addWeighted(small, 1.0, in_channels(ragged, small), rough, -BANK_MEAN * rough)
    hard = _hardened(np.asarray(noisy, dtype=np.uint8).reshape(small.shape), dose, inked)
    large = cv2.resize(hard, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large, dtype=np.uint8).reshape(image.shape), {"share": share, "roughness": rough}


@register_effect("threshold", 86, group="two levels")
def threshold(image: Picture, dose: float, stream: Stream) -> tuple[Picture, Parameters]:
    """Return the image as a scanner set to line art keeps it: black and white, the limit not always well chosen."""
    gain = stream.uniform(-0.1, 0.3) * dose
    image = _evenly_lit(_greyed(image, min(2 * dose, 1.0)), dose)
    return _hardened(image, dose, _copied_share(image, gain)[0]), {"gain": gain}


@register_effect("streaks", 84)
def streaks(image: Picture, dose: float, stream: Stream) -> tuple[Picture, Parameters]:
    """Return the image with the thin straight lines that dust on a scanner's glass or drum draws, down or across."""
    down, n = stream.chance(0.8), 1 + stream.integer(0, 5)
    length = image.shape[1] if down else image.shape[0]
    at = np.arange(length) + 0.5
    profile = np.zeros(length)
    for _ in range(n):
        middle, half = stream.uniform(0.0, 1.0) * length, stream.uniform(0.3, 1.2)
        depth = _STREAKS_MOST * dose * stream.uniform(0.3, 1.0) * (1 if stream.chance(0.5) else -1)
        profile += depth * np.clip(half + 0.5 - np.abs(at - middle), 0, 1)
    lighter, darker = (np.rint(np.clip(part, 0, 255)).astype(np.uint8) for part in (profile, -profile))
    for line, change in ((lighter, cv2.add), (darker, cv2.subtract)):
        field = np.broadcast_to(line[None, :] if down else line[:, None], image.shape[:2])
        image = np.asarray(change(image, in_channels(np.ascontiguousarray(field), image)), dtype=np.uint8).reshape(
            image.shape
        )
    return image, {"lines": n, "down": down}


@register_effect("moire", 82, in_room=True)
def moire(image: Picture, dose: float, stream: Stream) -> tuple[Picture, Parameters]:
    """Return the image with the curved bands of a photographed screen; in RGB each channel has its own."""
    height, width = image.shape[:2]
    angle_deg, period_px = stream.uniform(0.0, 180.0), stream.uniform(7.0, 26.0)
    bend, phase = stream.uniform(-0.5, 0.5), stream.uniform(0.0, 2 * math.pi)
    size = (max(width // 2, 1), max(height // 2, 1))
    turns = 4 * math.pi / period_px
    x, y = np.arange(size[0]) - size[0] / 2, np.arange(size[1]) - size[1] / 2
    # The phase is a sum of one part by column and one by row, so the waves are products of vectors.
    across = turns * math.cos(math.radians(angle_deg)) * x * (1 + bend * x / max(size[0], 1)) + phase
    down = turns * math.sin(math.radians(angle_deg)) * y * (1 + bend * y / max(size[1], 1))
    fields, most = [], 0.5 * _MOIRE_MOST * dose
    left: Real = np.array([most * np.cos(down), most * np.sin(down), np.full(len(down), 128.5)], dtype=np.float32).T
    for channel in range(1 if image.ndim == 2 else 3):
        a = (across + 0.9 * channel).astype(np.float32)
        levels = (left @ np.array([np.sin(a), np.cos(a), np.ones_like(a)])).astype(np.uint8)
        fields.append(np.asarray(cv2.resize(levels, (width, height)), dtype=np.uint8).reshape(height, width))
    field = fields[0] if image.ndim == 2 else np.asarray(cv2.merge(fields), dtype=np.uint8)
    waved = cv2.addWeighted(image, 1.0, field.reshape(image.shape), 1.0, -128)
    return np.asarray(waved, dtype=np.uint8).reshape(image.shape), {
        "angle_deg": angle_deg,
        "period_px": period_px,
        "bend": bend,
    }
