"""Font files that lie, loop, bloat or break off: refused within bounds, in one line that names them, or harmless."""

from __future__ import annotations

import hashlib
import os
import struct
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from synthgen.errors import AssetError
from synthgen.typeset import vetting
from synthgen.typeset.vetting import load_user_faces, user_font_files
from tests.oracle import oracle_font

FAR_EM = 4


@pytest.fixture(autouse=True)
def cache(tmp_path_factory, monkeypatch):
    """Each test has a cache folder of its own; at its end nothing half-written may lie there."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("SYNTHGEN_CACHE", str(folder))
    yield folder
    assert not [path.name for path in folder.rglob(".*")]


def refusal(path: Path, seconds: float = 10) -> str:
    """The one line that refuses a file, within the time."""
    before = time.monotonic()
    with pytest.raises(AssetError) as caught:
        load_user_faces([path], set())
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message and "Traceback" not in message and len(message) < len(str(path)) + 140
    assert time.monotonic() - before < seconds
    return message


def sfnt(tables: dict[str, bytes]) -> bytes:
    """A TrueType file of these tables, in their order."""
    offset = 12 + 16 * len(tables)
    directory, body = b"\0\1\0\0" + struct.pack(">4H", len(tables), 16, 0, 0), b""
    for tag, data in tables.items():
        directory += tag.encode() + struct.pack(">3I", 0, offset + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    return directory + body


def box(x0: int, y0: int, x1: int, y1: int, contours: int = 1) -> bytes:
    """A glyph of so many equal boxes."""
    ends = struct.pack(f">{contours}H", *(4 * at + 3 for at in range(contours)))
    xs, ys = [0, x1 - x0, 0, x0 - x1] * contours, [y1 - y0, 0, y0 - y1, 0] * contours
    xs[0], ys[0] = x0, y1
    ys[1::4], ys[2::4], ys[3::4] = [0] * contours, [y0 - y1] * contours, [0] * contours
    ys[4::4] = [y1 - y0] * (contours - 1)
    outline = bytes([1]) * (4 * contours) + struct.pack(f">{4 * contours}h{4 * contours}h", *xs, *ys)
    return struct.pack(">5h", contours, x0, y0, x1, y1) + ends + bytes(2) + outline


def composite(parts: list[int]) -> bytes:
    """A glyph made of other glyphs, one upon the other."""
    more = [0x23] * (len(parts) - 1) + [0x03]
    return struct.pack(">5h", -1, 0, 0, 700, 700) + b"".join(
        struct.pack(">HHhh", flags, part, 0, 0) for flags, part in zip(more, parts, strict=True)
    )


def font(
    glyphs: list[bytes], codes: dict[int, int], *, upem: int = 1000, declared: int | None = None, advance: int = 500,
    without: tuple[str, ...] = (),
) -> bytes:  # fmt: skip
    """A TrueType font of raw glyphs (the first is .notdef) with a cmap of these code points."""
    padded = [glyph + bytes(-len(glyph) % 4) for glyph in glyphs]
    starts = np.cumsum([0, *map(len, padded)])
    count = len(glyphs) if declared is None else declared
    # The left bearing must be the outline's left edge, or rasterisers shift the glyph.
    bearings = [int.from_bytes(glyph[2:4], "big", signed=True) for glyph in glyphs]
    groups = b"".join(struct.pack(">3I", code, code, glyph) for code, glyph in sorted(codes.items()))
    tables = {
        "cmap": struct.pack(">HHHHI", 0, 1, 3, 10, 12)
        + struct.pack(">HHIII", 12, 0, 16 + len(groups), 0, len(codes)) + groups,
        "glyf": b"".join(padded),
        "head": struct.pack(">4I2H2Q4h2H3h", 0x10000, 0, 0, 0x5F0F3CF5, 0, upem, 0, 0, 0, 0, 700, 700, 0, 8, 2, 1, 0),
        "hhea": struct.pack(">IhhhH11hH", 0x10000, 800, -200, 0, advance, *[0] * 11, 1),
        "hmtx": struct.pack(f">H{len(glyphs)}h", advance, *bearings),
        "loca": struct.pack(f">{len(starts)}I", *starts),
        "maxp": struct.pack(">IH", 0x10000, count) + struct.pack(">13H", *[0xFFFF] * 13),
    }  # fmt: skip
    return sfnt({tag: data for tag, data in tables.items() if tag not in without})


GOOD = [box(50, 0, 450, 700), box(20, -100, 480, 700), box(60, -20, 440, 600)]
GA, NA = 0xAC00, 0xB098
CODES = {GA: 1, NA: 2}


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_the_builder_makes_a_font_that_is_accepted(tmp_path):
    (face,) = load_user_faces([write(tmp_path / "good.ttf", font(GOOD, CODES))], set())
    assert np.flatnonzero(face.covered).tolist() == [GA, NA]
    assert face.bounds_em[face.glyph_of[GA]].tolist() == [0.02, -0.7, 0.48, 0.1]


def test_what_is_no_font_at_all(tmp_path):
    contents = {
        "0 bytes": b"",
        "4 bytes": b"\0\1\0\0",
        "not a TrueType": ("한국어 " * 100).encode(),
        "OpenType font": b"wOFF" + bytes(100),
        "give a TTF or OTF": b"wOF2" + bytes(100),
        "directory of tables is cut off": b"\0\1\0\0" + struct.pack(">4H", 9, 0, 0, 0),
        "0 tables": b"OTTO" + bytes(100),
        "(65535 tables)": b"\0\1\0\0" + b"\xff" * 100,
        "declares 4294967295 faces": b"ttcf\0\1\0\0" + b"\xff" * 100,
        "declares 0 faces": b"ttcf\0\1\0\0" + bytes(100),
    }
    for words, data in contents.items():
        assert words in refusal(write(tmp_path / "strange.ttf", data))
    assert "cannot be read" in refusal(tmp_path / "missing.ttf")
    (tmp_path / "folder.ttf").mkdir()
    with pytest.raises(AssetError, match=r"no \.ttf or \.otf file in it"):
        user_font_files((tmp_path / "folder.ttf",))


DAMAGED = {
    "empty cmap": (font(GOOD, {}), "draws no character"),
    "only blank glyphs": (font([GOOD[0], b"", b""], CODES), "draws no character"),
    "no outlines": (font(GOOD, CODES, without=("glyf", "loca")), "draws no character"),
    "no loca": (font(GOOD, CODES, without=("loca",)), "draws no character"),
    "no cmap": (font(GOOD, CODES, without=("cmap",)), "draws no character"),
    "no head": (font(GOOD, CODES, without=("head",)), "no valid head"),
    "no maxp": (font(GOOD, CODES, without=("maxp",)), "0 glyphs"),
    "no glyphs": (font(GOOD, CODES, declared=0), "0 glyphs"),
    "0 units per em": (font(GOOD, CODES, upem=0), "0 units per em"),
    "65,535 units per em": (font(GOOD, CODES, upem=65_535), "65535 units per em"),
    "16 units per em": (font(GOOD, CODES, upem=16), "draws no character"),
    "no width": (font(GOOD, CODES, advance=0), "draws no character"),
    "absurd width": (font(GOOD, CODES, advance=65_535), "draws no character"),
    "itself in itself": (font([GOOD[0], composite([1])], {GA: 1}), "draws no character"),
    "each in the other": (font([GOOD[0], composite([2, 2]), composite([1, 1])], CODES), "draws no character"),
    "endless chain": (
        font([*GOOD[:2], *(composite([1 + at]) for at in range(500))], {GA: 501}), "draws no character",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_fonts_are_refused(name, tmp_path):
    data, words = DAMAGED[name]
    assert words in refusal(write(tmp_path / "damaged.ttf", data))


def test_composites_that_multiply_are_refused_within_the_bounds(tmp_path, monkeypatch, cache):
    """2 kB that stand for 400 million contours draw nothing; 0.4 MB that stay below every limit are stopped."""
    multiplied = font(
        [GOOD[0], box(0, 0, 700, 700, 40), *(composite([1 + at] * 10) for at in range(7))], {GA: 8}
    )  # fmt: skip
    assert len(multiplied) < 2048
    refusal(write(tmp_path / "multiplied.ttf", multiplied))
    many = font(
        [GOOD[0], box(0, 0, 700, 700, 400), composite([1] * 120), *([composite([2])] * 11_000)],
        {GA + at: 3 + at for at in range(11_000)},
    )
    monkeypatch.setattr(vetting, "VETTING_SECONDS", 2)
    assert "more than 2 s" in refusal(write(tmp_path / "many.ttf", many), 6)
    assert not list(cache.iterdir())


def test_a_child_that_dies_is_a_damaged_font(tmp_path, monkeypatch):
    """Whatever ends the child, a crash or too little memory, the parent goes on and names the file."""
    path = write(tmp_path / "good.ttf", font(GOOD, CODES))
    dying = tmp_path / "dying"
    dying.write_text("#!/bin/sh\nkill -SEGV $$\n", encoding="utf-8")
    dying.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(dying))
    assert "ended with status -11" in refusal(path)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is bounded where the system allows it")
def test_memory_is_bounded(tmp_path):
    """Outlines of 370 MB in all are measured with 320 MB of address space."""
    glyphs = [GOOD[0], box(0, 0, 700, 700, 400), composite([1] * 120), *([composite([2])] * 30)]
    path = write(tmp_path / "greedy.ttf", font(glyphs, {GA + at: 3 + at for at in range(30)}))
    program = (
        "import sys; from pathlib import Path; from synthgen.typeset import vetting; "
        "vetting.VETTING_BYTES = 320_000_000; vetting.main(Path(sys.argv[1]))"
    )
    command, environment = [sys.executable, "-c", program, str(path)], os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    child = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert (child.returncode, child.stderr) == (0, "")


def test_a_font_cut_off_anywhere_is_refused(tmp_path):
    """At 25 lengths, dense in the directory: never a face with some characters less."""
    whole = tmp_path / "whole.ttf"
    oracle_font(whole, "가나다라마ABC")
    data = whole.read_bytes()
    lengths = [*range(13, 240, 24), *range(240, len(data) - 4, len(data) // 14)]
    for length in lengths:
        refusal(write(tmp_path / "cut.ttf", data[:length]))


def test_a_font_of_random_bytes_is_refused(tmp_path):
    noise = b"".join(hashlib.sha256(bytes([at])).digest() for at in range(256))
    for signature in vetting.SIGNATURES:
        refusal(write(tmp_path / "noise.ttf", signature + noise))


def test_random_damage_is_refused_or_harmless(tmp_path):
    """Bytes overwritten here and there: the file is refused in one line, or its faces have only sane numbers."""
    whole = tmp_path / "whole.ttf"
    oracle_font(whole, "가나다라마ABC")
    data = whole.read_bytes()
    for at in range(30):
        noise = hashlib.sha256(f"damage {at}".encode()).digest()
        place = int.from_bytes(noise[:4], "big") % len(data)
        length = 1 + noise[4] % 16
        path = write(
            tmp_path / f"{at}.ttf", (data[:place] + noise[8 : 8 + length] + data[place + length :])[: len(data)]
        )
        try:
            faces = load_user_faces([path], set())
        except AssetError as error:
            assert str(error).startswith(f"{path}: ") and "\n" not in str(error)
            continue
        for face in faces:
            glyphs = face.glyph_of[face.covered]
            assert (glyphs > 0).all() and (glyphs < len(face.advance_em)).all()
            assert (np.abs(face.bounds_em[glyphs]) <= FAR_EM).all()
            assert ((face.advance_em[glyphs] > 0) & (face.advance_em[glyphs] <= FAR_EM)).all()


def test_lies_that_do_no_harm(tmp_path):
    """Glyphs that are not there, code points beyond Unicode, a glyph far away: only what is drawn counts."""
    (face,) = load_user_faces([write(tmp_path / "count.ttf", font(GOOD, CODES, declared=65_535))], set())
    assert np.flatnonzero(face.covered).tolist() == [GA, NA]
    far = font([GOOD[0], box(-9000, -9000, 9000, 9000), GOOD[2]], CODES)
    (face,) = load_user_faces([write(tmp_path / "far.ttf", far)], set())
    assert np.flatnonzero(face.covered).tolist() == [NA]
    assert "far away" in face.faulty[GA]
    data = font(GOOD, {GA: 1})
    group = struct.pack(">3I", GA, GA, 1)
    everything = data.replace(group, struct.pack(">3I", 0, 0xFFFFFFFF, 0))
    (face,) = load_user_faces([write(tmp_path / "all.ttf", everything)], set())
    assert face.covered.sum() == 2


def test_characters_that_look_like_notdef_or_each_other_are_not_covered(tmp_path):
    """Three syllables on .notdef's outline, two on one outline, one of its own; the geometric shape may be a box."""
    glyphs = [GOOD[0], GOOD[0], GOOD[1], GOOD[1], GOOD[2]]
    codes = {0x25A1: 1, 0x5C55: 1, GA: 1, 0xAC02: 2, 0xAC03: 3, NA: 4}
    (face,) = load_user_faces([write(tmp_path / "boxes.ttf", font(glyphs, codes))], set())
    assert np.flatnonzero(face.covered).tolist() == [0x25A1, NA]
    assert set(face.faulty) == {0x5C55, GA, 0xAC02, 0xAC03}
