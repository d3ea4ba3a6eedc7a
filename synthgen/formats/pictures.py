"""Pictures to bytes and back; pictures of users are looked at with suspicion."""

from __future__ import annotations

import io
import struct
import warnings
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from synthgen.errors import AssetError, FormatError, SynthgenError

Picture = npt.NDArray[np.uint8]

_UINT8 = np.dtype(np.uint8)

SUFFIXES = {"jpg": ".jpg", "png": ".png", "webp": ".webp"}
PILLOW_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF")
ENCODED_FORMATS = ("JPEG", "PNG", "WEBP")
MAX_PIXELS = 50_000_000
MAX_SIDE_PX = 20_000
MAX_FILE_BYTES = 200_000_000

# PNG is written fast: level 6 costs three times as much for a few per cent.
_PNG_LEVEL = 3
# What Pillow's parsers are known to raise for damaged files, beside OSError.
_DAMAGED = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    struct.error,
    KeyError,
    IndexError,
    TypeError,
    OverflowError,
    ZeroDivisionError,
    AttributeError,
    RuntimeError,
    MemoryError,
)


def encode(image: Picture, fmt: str, quality: int) -> bytes:
    """Return the bytes of a picture file.

    ``image`` is uint8 (H, W) grey or (H, W, 3) RGB; ``fmt`` one of ``jpg``, ``png``, ``webp``; ``quality`` 1-100 (png
    has none and ignores it). Grey stays one channel where the format has it (webp has not). ValueError for another
    image or format.
    """
    grey = image.ndim == 2
    if image.dtype != _UINT8 or not image.size or not (grey or image.shape[2:] == (3,)):
        raise ValueError(f"image {image.dtype} {image.shape}: must be uint8 (H, W) or (H, W, 3) and not empty.")
    if fmt == "jpg":
        flags = (cv2.IMWRITE_JPEG_QUALITY, quality)
    elif fmt == "webp":
        flags = (cv2.IMWRITE_WEBP_QUALITY, quality)
    elif fmt == "png":
        flags = (cv2.IMWRITE_PNG_COMPRESSION, _PNG_LEVEL)
    else:
        raise ValueError(f"picture format {fmt!r}: must be one of {', '.join(SUFFIXES)}.")
    stored = image if grey else cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(SUFFIXES[fmt], stored, flags)
    if not done:
        raise FormatError(f"a picture of {image.shape[1]}x{image.shape[0]} px cannot be stored as {fmt}; use png.")
    return data.tobytes()


def decode(data: bytes, *, grey: bool = False) -> Picture:
    """Return the picture in ``data`` (jpg, png, webp): uint8 (H, W) for one channel or ``grey``, else (H, W, 3) RGB.

    The header is read first. FormatError when it is none of these, too large, or damaged.
    """
    picture_size(data)
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE if grey else cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        raise FormatError(f"a picture of {len(data)} bytes is damaged ({error.err}); make it again.") from error
    if image is None:
        raise FormatError(f"a picture of {len(data)} bytes is damaged or cut short; make it again.")
    if image.dtype != np.uint8 or (image.ndim == 3 and image.shape[2] != 3):
        raise FormatError(f"a picture {image.dtype} {image.shape}: must be 8-bit grey or RGB; convert it.")
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB) if image.ndim == 3 else image  # type: ignore[return-value]


def picture_size(data: bytes) -> tuple[int, int]:
    """Return (width, height) px from the header of a jpg, png or webp; FormatError when it has none or is too large."""
    with _open_header(io.BytesIO(data), ENCODED_FORMATS, f"a picture of {len(data)} bytes", FormatError) as header:
        return header.size


def picture_suffix(data: bytes) -> str:
    """Return ``.jpg``, ``.png`` or ``.webp`` by the first bytes; FormatError for anything else."""
    for start, suffix in ((b"\xff\xd8\xff", ".jpg"), (b"\x89PNG\r\n\x1a\n", ".png"), (b"RIFF", ".webp")):
        if data.startswith(start):
            return suffix
    raise FormatError(f"a picture of {len(data)} bytes: must be one of jpg, png, webp; make it again.")


def read_picture(path: Path, *, grey: bool = False) -> Picture:
    """Return a user's picture file as uint8 (H, W) when ``grey``, else (H, W, 3) RGB, turned as its camera says.

    AssetError when it is missing, none of jpg, png, webp, bmp and tiff, larger than 50 Mpx or 20,000 px a side,
    deeper than 8 bits, damaged or cut short.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise AssetError(f"{path}: {error.strerror}; give a picture file that can be read.") from error
    if size > MAX_FILE_BYTES:
        raise AssetError(f"{path}: {size} bytes; a picture file may hold {MAX_FILE_BYTES}; make it smaller.")
    with _open_header(path, PILLOW_FORMATS, str(path), AssetError) as header:
        if header.mode.startswith(("I", "F")):
            raise AssetError(f"{path}: pixels of kind {header.mode}; must be 8 bits a channel; convert it.")
        try:
            header.load()
            turned = ImageOps.exif_transpose(header)
            return np.array(turned.convert("L" if grey else "RGB"), dtype=np.uint8)
        except _DAMAGED as error:
            raise AssetError(f"{path}: damaged or cut short ({_one_line(error)}); replace it.") from error


def _open_header(
    source: Path | io.BytesIO, formats: tuple[str, ...], name: str, kind: type[SynthgenError]
) -> Image.Image:
    """Return the picture with its header read and its size within bounds, pixels not yet loaded."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the size is judged below; the rest is noise about odd metadata
            header = Image.open(source, formats=formats)
    except Image.DecompressionBombError:
        raise kind(f"{name}: too large; at most {MAX_PIXELS} px in all; make it smaller.") from None
    except _DAMAGED as error:
        allowed = ", ".join(one.lower() for one in formats)
        raise kind(f"{name}: not a picture that can be read; must be one of {allowed}; convert it.") from error
    width, height = header.size
    if max(width, height) > MAX_SIDE_PX or width * height > MAX_PIXELS or min(width, height) < 1:
        header.close()
        raise kind(
            f"{name}: {width}x{height} px; at most {MAX_PIXELS} px and {MAX_SIDE_PX} px a side; make it smaller."
        )
    return header


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
