"""``synthgen fonts``: what faces draw and fail to draw, in words, in JSON and in pictures."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from synthgen.cli import main
from synthgen.errors import AssetError
from synthgen.report.faces import TINT, coverages, faults_text, sheet_picture, write_sheets
from synthgen.text.charset import load_charset
from synthgen.typeset.faces import FaceSet, load_faces
from synthgen.typeset.shape import Shaper
from synthgen.typeset.specimen import CELL_PX, COLUMNS, HEADER_PX, MARGIN_PX, ROWS, specimens
from tests.oracle import oracle_font

FACES = FaceSet(load_faces())
AT = {face.id: at for at, face in enumerate(FACES.faces)}
KS1001 = load_charset("ks1001")


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """The user's cache is left alone."""
    monkeypatch.setenv("SYNTHGEN_CACHE", str(tmp_path / "cache"))


def cell_of(number: int) -> tuple[slice, slice]:
    x, y = MARGIN_PX + number % COLUMNS * CELL_PX[0], HEADER_PX + number // COLUMNS * CELL_PX[1]
    return slice(y, y + CELL_PX[1]), slice(x, x + CELL_PX[0])


def test_every_character_stands_on_a_page_above_its_code_point():
    """In every face: each cell has ink above and a label below, and is tinted where another face draws."""
    for at, face in enumerate(FACES.faces):
        pages = list(specimens(Shaper(FACES), at, KS1001.characters))
        assert [char for page in pages for char in page.characters] == list(KS1001.characters)
        page = pages[0]
        assert len(page.characters) == COLUMNS * ROWS
        picture = sheet_picture(page, FACES)
        assert picture.shape == (page.size[1], page.size[0], 3)
        for number, char in enumerate(page.characters):
            cell = picture[cell_of(number)].astype(int)
            ground = TINT if not face.covers(char) else (255, 255, 255)
            assert tuple(cell[2, 2]) == ground or (cell[2, 2] <= ground).all(), char
            assert (tuple(cell[38, 2]) == TINT) == (not face.covers(char)), char
            dark = cell[:, :, 0] < 225  # both grounds are 255 red
            assert dark[1:38].any(), f"{char} is not seen"
            assert dark[39:].any(), f"{char} has no label"


def test_the_command_writes_pages(tmp_path):
    (tmp_path / "few.txt").write_text("가나展\\ABC\n", encoding="utf-8")
    oracle_font(tmp_path / "boxes.ttf", "가나다")
    folder = tmp_path / "new" / "sheets"
    arguments = ["fonts", "--charset", str(tmp_path / "few.txt"), "--fonts", str(tmp_path / "boxes.ttf")]
    result = CliRunner().invoke(main, [*arguments, "--sheet", str(folder)])
    assert result.exit_code == 0, result.output
    assert "14 pages" in result.output
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == 14 and "boxes-01.png" in names and "NanumPen-01.png" in names
    for name in names:
        picture = cv2.imdecode(np.frombuffer((folder / name).read_bytes(), np.uint8), cv2.IMREAD_COLOR)
        assert picture is not None and picture.shape[1] == 2 * MARGIN_PX + COLUMNS * CELL_PX[0]
    blocked = tmp_path / "few.txt" / "sheets"
    result = CliRunner().invoke(main, ["fonts", "--charset", str(tmp_path / "few.txt"), "--sheet", str(blocked)])
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr and result.stderr.count("\n") == 1


def test_faults_are_told_by_reason():
    result = CliRunner().invoke(main, ["fonts", "--json"])
    rows = {row["face"]: row["faults"] for row in json.loads(result.stdout)}
    assert rows["NanumPen"]["draws the won sign"] == "\\"
    assert len(rows["NanumPen"]["blank"]) == 5044
    assert len([char for char in rows["NanumSquareR"]["blank"] if "가" <= char <= "힣"]) == 11172 - 2479
    text = CliRunner().invoke(main, ["fonts"]).stdout
    assert "13,949 blank" in text and "draws the won sign: \\ U+005C" in text
    assert max(map(len, text.splitlines())) < 200


def test_sheets_need_a_face_for_every_character(tmp_path):
    (tmp_path / "thai.txt").write_text("가ก\n", encoding="utf-8")
    with pytest.raises(AssetError, match=r"U\+0E01"):
        write_sheets(tmp_path / "sheets", FACES, load_charset(str(tmp_path / "thai.txt")))
    assert not (tmp_path / "sheets").exists()


def test_faces_without_faults_are_said_to_have_none(tmp_path):
    oracle_font(tmp_path / "boxes.ttf", "가나다")
    (face,) = [face for face in load_faces((tmp_path / "boxes.ttf",)) if face.user]
    assert faults_text(coverages([face], KS1001)) == "Every character in the fonts' maps is drawn."
