from __future__ import annotations

import io
import struct
import zlib
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from synthgen.errors import AssetError, FormatError
from synthgen.formats import pictures


def ramp(channels: int) -> np.ndarray:
    rows, columns = np.mgrid[0:40, 0:60]
    grey = (rows * 3 + columns * 2).astype(np.uint8)
    return grey if channels == 1 else np.stack([grey, grey // 2, 255 - grey], axis=-1)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("fmt", ["jpg", "png", "webp"])
def test_a_picture_comes_back(fmt, channels):
    image = ramp(channels)
    before = image.copy()
    back = pictures.decode(pictures.encode(image, fmt, 95), grey=channels == 1)
    assert (image == before).all()
    assert back.shape == image.shape and back.dtype == np.uint8
    limit = 0 if fmt == "png" else 6
    assert np.abs(back.astype(int) - image.astype(int)).mean() <= limit


@pytest.mark.parametrize("fmt", ["jpg", "png"])
def test_grey_stays_one_channel(fmt):
    assert pictures.decode(pictures.encode(ramp(1), fmt, 90)).ndim == 2


def test_red_is_red():
    red = np.zeros((16, 16, 3), np.uint8)
    red[..., 0] = 255
    with Image.open(io.BytesIO(pictures.encode(red, "png", 90))) as seen:
        assert seen.getpixel((3, 3)) == (255, 0, 0)


@pytest.mark.parametrize(
    "image",
    [np.zeros((4, 4), np.float32), np.zeros((4, 4, 4), np.uint8), np.zeros((0, 4), np.uint8), np.zeros(4, np.uint8)],
)
def test_other_images_are_refused(image):
    with pytest.raises(ValueError, match="must be uint8"):
        pictures.encode(image, "jpg", 90)


def test_unknown_format_is_refused():
    with pytest.raises(ValueError, match="jpg, png, webp"):
        pictures.encode(ramp(1), "gif", 90)


def bomb(width: int, height: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 999)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(60_000, 60_000), (30_000, 2), (9_000, 9_000), (2_000_000_000, 2_000_000_000)])
def test_bombs_are_refused_by_their_header(tmp_path, size):
    path = tmp_path / "bomb.png"
    path.write_bytes(bomb(*size))
    with pytest.raises(AssetError, match="make it smaller"):
        pictures.read_picture(path)
    with pytest.raises(FormatError, match="make it smaller"):
        pictures.decode(bomb(*size))


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "bmp", "tiff"])
def test_pictures_of_users(tmp_path, suffix):
    path = tmp_path / f"one.{suffix}"
    Image.fromarray(ramp(3)).save(path, quality=95) if suffix in ("jpg", "webp") else Image.fromarray(ramp(3)).save(
        path
    )
    assert pictures.read_picture(path).shape == (40, 60, 3)
    assert pictures.read_picture(path, grey=True).shape == (40, 60)
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 256, (40, 60, 3), np.uint8))
    noise.save(path)
    whole = path.read_bytes()
    for share in (0.3, 0.6, 0.9):
        path.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(AssetError) as caught:
            pictures.read_picture(path)
        assert "\n" not in str(caught.value)


def test_a_gif_a_text_a_folder_and_nothing(tmp_path):
    Image.fromarray(ramp(1)).save(tmp_path / "one.gif")
    (tmp_path / "text.jpg").write_text("no picture")
    (tmp_path / "empty.png").write_bytes(b"")
    for name in ("one.gif", "text.jpg", "empty.png", "absent.png", "."):
        with pytest.raises(AssetError):
            pictures.read_picture(tmp_path / name)


def test_deep_pictures_are_refused(tmp_path):
    Image.fromarray(np.zeros((8, 8), np.uint16)).save(tmp_path / "deep.png")
    with pytest.raises(AssetError, match="8 bits"):
        pictures.read_picture(tmp_path / "deep.png")


def test_turned_as_the_camera_says(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(ramp(1)).save(tmp_path / "turned.jpg", exif=exif)
    assert pictures.read_picture(tmp_path / "turned.jpg", grey=True).shape == (60, 40)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["jpg", "png", "webp"]), st.data())
def test_damage_never_raises_anything_else(fmt, data):
    good = bytearray(pictures.encode(ramp(3), fmt, 80))
    for _ in range(data.draw(st.integers(1, 8))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(good[: data.draw(st.integers(0, len(good)))])
    with suppress(FormatError):
        assert pictures.decode(cut).dtype == np.uint8
