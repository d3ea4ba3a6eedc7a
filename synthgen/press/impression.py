"""One ink on one sheet: the sums that lay a colour on paper.

They are done only in the bands of the sheet that hold ink.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from synthgen.geometry import Picture
from synthgen.press.bank import in_channels
from synthgen.press.colours import grey_of
from synthgen.press.effects import Colour

# Rows and columns of a box.
Rows = tuple[slice, slice]

# Bare rows between two lines of text that are cheaper to print over than to step over.
_BRIDGED_PX = 24


def composite(ground: Picture, coverage: Picture, level: int, corner: tuple[int, int] = (0, 0)) -> Picture:
    """Return ``ground + (level - ground) * coverage / 255`` rounded to the nearest level; ground may have channels.

    Of the ground only the part that begins at the ``corner`` (x, y) and is as large as the coverage is printed on.

    >>> composite(np.array([[200]], np.uint8), np.array([[51]], np.uint8), 100).tolist()
    [[180]]
    """
    sheet, (x, y), (height, width) = np.empty_like(ground), corner, coverage.shape
    rows, columns = slice(y, y + height), slice(x, x + width)
    # What is printed on is not copied first.
    sheet[:y], sheet[y + height :] = ground[:y], ground[y + height :]
    sheet[rows, :x], sheet[rows, x + width :] = ground[rows, :x], ground[rows, x + width :]
    if coverage.size:
        lay(ground[rows, columns], in_channels(coverage, ground), (level, level, level), sheet[rows, columns])
    return sheet


def _kept(part: Picture, mask: Picture, into: Picture | None = None) -> Picture:
    return np.asarray(cv2.multiply(part, mask, dst=into, scale=1 / 255), dtype=np.uint8).reshape(part.shape)


def lay(part: Picture, cover: Picture, colour: Colour, into: Picture | None = None) -> None:
    """Bring a part of a sheet to a colour where it is covered; a grey part has the colour's first level.

    ``cover`` has the part's shape, at least one px. It is done in place, or ``into`` another picture of that shape,
    whatever that held.
    """
    into = part if into is None else into
    levels = np.array((*colour, 0), dtype=np.float64)
    if part.shape == (4, 1):
        # OpenCV could not tell such a column of pixels from four levels.
        for half in (slice(2), slice(2, 4)):
            lay(part[half], cover[half], colour, into[half])
        return
    # Only one product is rounded, so the sum is exact; 255 is odd, so there are no halves to round either way. Dark ink
    # mostly has nothing darker below it, light ink nothing lighter: it costs less to look than to add nothing.
    lowest, highest, _, _ = cv2.minMaxLoc(part.reshape(len(part), -1))
    above: cv2.typing.MatLike | None
    if lowest >= max(colour):
        # Where the result lies elsewhere there is room for what it is made of.
        above = cv2.subtract(part, levels, dst=None if into is part else into)
    else:
        above = cv2.subtract(part, levels) if highest > min(colour) else None
        below = np.asarray(cv2.subtract(levels, part), dtype=np.uint8).reshape(part.shape)
        cv2.add(part, _kept(below, cover, into=below), dst=into)
        part = into
    if above is not None:
        kept = np.asarray(above, dtype=np.uint8).reshape(part.shape)
        # On rows that lie apart NumPy takes twice as long.
        cv2.subtract(part, _kept(kept, cover, into=kept), dst=into)


def thinned(coverage: Picture, share: float) -> Picture:
    """Return that share of a coverage, itself for all of it."""
    if share == 1:
        return coverage
    # A product takes a third of a table's time.
    return np.asarray(cv2.convertScaleAbs(coverage, alpha=share), dtype=np.uint8).reshape(coverage.shape)


def inked_box(coverage: Picture) -> Rows:
    """Return the rows and columns that hold all ink; empty ones where there is none."""
    x, y, width, height = cv2.boundingRect(coverage)
    return slice(y, y + height), slice(x, x + width)


def inked_bands(coverage: Picture) -> Iterator[Rows]:
    """Yield boxes of rows and columns, one below the other, that hold all ink between them."""
    if not coverage.size:
        return
    # OpenCV adds along rows four times faster than NumPy finds their most.
    sums = np.asarray(cv2.reduce(coverage, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S))
    rows = sums.ravel().nonzero()[0]
    if not len(rows):
        return
    last = (rows[1:] - rows[:-1] > _BRIDGED_PX).nonzero()[0]
    tops, ends = rows[[0, *(last + 1)]], rows[[*last, -1]] + 1
    for top, end in zip(tops.tolist(), ends.tolist(), strict=True):
        _, columns = inked_box(coverage[top:end])
        yield slice(top, end), columns


def impress(sheet: Picture, coverage: Picture, colour: Colour, bands: Sequence[Rows] | None = None) -> None:
    """Lay a colour on a sheet where it is covered, in place; a grey sheet takes the colour's grey.

    ``bands`` are the coverage's :func:`inked_bands` where these are known.
    """
    if sheet.ndim == 2:
        level = round(grey_of(colour))
        colour = (level, level, level)
    for box in inked_bands(coverage) if bands is None else bands:
        lay(sheet[box], in_channels(coverage[box], sheet), colour)


def impress_through(sheet: Picture, coverage: Picture, colour: Colour, bands: Sequence[Rows] | None = None) -> None:
    """Lay a transparent colour on a sheet where it is covered, in place: black stays black."""
    channels = 1 if sheet.ndim == 2 else sheet.shape[2]
    levels = (grey_of(colour),) if channels == 1 else colour
    table = np.rint(255 - np.arange(256)[:, None] * (255 - np.array(levels)) / 255).astype(np.uint8)
    for box in inked_bands(coverage) if bands is None else bands:
        part = sheet[box]
        kept = cv2.LUT(in_channels(coverage[box], sheet), table.reshape(1, 256, channels))
        sheet[box] = _kept(part, np.asarray(kept, dtype=np.uint8).reshape(part.shape))


def uncover(sheet: Picture, coverage: Picture, ground: Picture, bands: Sequence[Rows] | None = None) -> None:
    """Show the ground again where it is covered, in place: type left out of a printed area."""
    for box in inked_bands(coverage) if bands is None else bands:
        part, cover = sheet[box], in_channels(coverage[box], sheet)
        kept = _kept(part, np.bitwise_not(cover))
        # Of two rounded halves the sum may be a level too high, and white must not turn over into black.
        sheet[box] = np.asarray(cv2.add(kept, _kept(ground[box], cover)), dtype=np.uint8).reshape(part.shape)
