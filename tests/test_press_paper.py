"""Papers: pure, level, periodic where they must be; the user's pictures read within bounds."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from synthgen.errors import AssetError, RecipeError
from synthgen.press.bank import (
    BANK_MEAN,
    BANK_SD,
    _band,
    _shaped_across,
    _spectrum,
    bank,
    cut,
    filtered,
    levels,
    look_up,
)
from synthgen.press.grounds import KEPT_PICTURES, KEPT_SIDE_PX, Grounds, textures, textures_named
from synthgen.press.painters import tinted
from synthgen.press.paper import PAPERS, USER_MAX_SD, draw_paper, register_paper
from synthgen.randomness import Stream
from synthgen.recipe import Paper

SIZES = [(1, 1), (17, 3), (1, 40), (300, 200), (1300, 60)]
ALL = Paper(textures=())


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Grounds:
    """Three pictures of the user's: a dark ramp, a colour one in a subfolder, one of a single px."""
    folder = tmp_path_factory.mktemp("pictures")
    (folder / "b").mkdir()
    ramp = np.tile(np.linspace(0, 120, 400).astype(np.uint8), (90, 1))
    Image.fromarray(ramp).save(folder / "a.png")
    colours = np.random.Generator(np.random.Philox(1)).integers(0, 255, (64, 80, 3), dtype=np.uint8)
    Image.fromarray(colours).save(folder / "b" / "c.png")
    Image.fromarray(np.full((1, 1), 77, np.uint8)).save(folder / "d.png")
    (folder / "notes.txt").write_text("not a picture")
    return Grounds.of_paths([folder])


@pytest.mark.parametrize("colour", ["grey", "rgb"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", sorted(PAPERS))
def test_papers_are_pure_and_plain(kind: str, size: tuple[int, int], colour: str, pictures: Grounds) -> None:
    paper = replace(ALL, kinds={"user": 0.0} | {kind: 1.0}, colour=colour)
    for index in range(3):
        image, parameters = draw_paper(size, paper, Stream(0, index, "paper"), pictures)
        again, same = draw_paper(size, paper, Stream(0, index, "paper"), Grounds(pictures.files, pictures.names))
        assert image.dtype == np.uint8
        # Paper without hues of its own is grey until it is tinted.
        shown = tinted(image, parameters["warmth"]) if colour == "rgb" and image.ndim == 2 else image
        assert shown.shape == ((size[1], size[0]) if colour == "grey" else (size[1], size[0], 3))
        assert image.flags.c_contiguous
        assert np.array_equal(image, again)
        assert parameters == same == json.loads(json.dumps(parameters))
        assert parameters["kind"] == kind


@pytest.mark.parametrize("kind", ["newsprint", "noise", "texture", "user"])
def test_paper_has_the_level_drawn_for_it(kind: str, pictures: Grounds) -> None:
    paper = replace(ALL, kinds={"user": 0.0} | {kind: 1.0}, level_range=(180.0, 220.0), noise_sd_range=(2.0, 8.0))
    for index in range(12):
        image, parameters = draw_paper((400, 300), paper, Stream(3, index, "paper"), pictures)
        assert 180 <= parameters["level"] <= 220
        assert image.mean() == pytest.approx(parameters["level"] - parameters["gradient"] / 2, abs=2.5)


def test_flat_paper_is_flat() -> None:
    paper = Paper(kinds={"noise": 1.0}, level_range=(255, 255), noise_sd_range=(0, 0), gradient_range=(0, 0))
    image, parameters = draw_paper((40, 30), paper, Stream(0, 0, "paper"), Grounds())
    assert (image == 255).all()
    assert parameters == {"kind": "noise", "level": 255.0, "noise_sd": 0.0, "gradient": 0.0}


def test_gradient_darkens_one_side_by_its_dose() -> None:
    paper = Paper(kinds={"noise": 1.0}, level_range=(200, 200), noise_sd_range=(0, 0), gradient_range=(40, 40))
    for index in range(8):
        image, _ = draw_paper((500, 400), paper, Stream(0, index, "paper"), Grounds())
        assert image.max() >= 197
        assert 160 <= image.min() <= 163


def test_user_pictures_take_the_place_of_the_kinds(pictures: Grounds) -> None:
    _, parameters = draw_paper((50, 40), Paper(), Stream(0, 0, "paper"), pictures)
    assert parameters["kind"] == "user"
    assert parameters["picture"] in ("a.png", "b/c.png", "d.png")
    only = replace(ALL, kinds={"noise": 1.0, "user": 0.0})
    assert draw_paper((50, 40), only, Stream(0, 0, "paper"), pictures)[1]["kind"] == "noise"


def test_user_pictures_are_made_readable(pictures: Grounds) -> None:
    for index in range(10):
        image, _ = draw_paper((200, 100), Paper(gradient_range=(0, 0)), Stream(0, index, "paper"), pictures)
        assert image.std() < USER_MAX_SD + 2


def test_user_folder_is_sorted_bounded_and_digested(tmp_path: Path) -> None:
    for n in range(KEPT_PICTURES + 3):
        Image.fromarray(np.full((4, 4), n, np.uint8)).save(tmp_path / f"{n:02}.png")
    Image.fromarray(np.zeros((8, KEPT_SIDE_PX + 100), np.uint8)).save(tmp_path / "wide.PNG")
    grounds = Grounds.of_paths([tmp_path])
    assert list(grounds.names) == sorted(grounds.names)
    for at in range(len(grounds.files)):
        grounds.picture(at, "grey")
    assert len(grounds._held) == KEPT_PICTURES
    assert grounds.picture(len(grounds.files) - 1, "grey").shape[1] == KEPT_SIDE_PX
    assert [len(digest) for digest in grounds.digests().values()] == [64] * len(grounds.files)


def test_bad_grounds_say_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match="holds no picture"):
        Grounds.of_paths([tmp_path])
    with pytest.raises(AssetError, match="no such file or folder"):
        Grounds.of_paths([tmp_path / "absent"])
    (tmp_path / "x.png").write_bytes(b"\x89PNG broken")
    with pytest.raises(AssetError, match=r"^x\.png: not a readable picture") as caught:
        Grounds.of_paths([tmp_path]).picture(0, "grey")
    assert str(tmp_path) not in str(caught.value)
    with pytest.raises(AssetError, match="--backgrounds DIR"):
        draw_paper((4, 4), Paper(kinds={"user": 1.0}), Stream(0, 0, "paper"), Grounds())


def test_unknown_kinds_and_textures_are_answered() -> None:
    with pytest.raises(RecipeError, match="Did you mean newsprint"):
        draw_paper((4, 4), Paper(kinds={"newsprin": 1.0}), Stream(0, 0, "paper"), Grounds())
    with pytest.raises(RecipeError, match="Did you mean cloth"):
        textures_named(("clot",))
    with pytest.raises(ValueError, match="registered twice"):
        register_paper("noise")(PAPERS["noise"])


def test_textures_tile_without_a_seam() -> None:
    assert len(textures()) >= 6
    for texture in textures():
        picture = texture.picture.astype(np.float64)
        for axis in (0, 1):
            steps = np.abs(np.diff(picture, axis=axis)).mean(axis=1 - axis)
            seam = np.abs(np.take(picture, 0, axis) - np.take(picture, -1, axis)).mean()
            assert seam <= steps.max() * 1.05, texture.id


def test_textures_are_laid_at_their_level_to_the_nearest() -> None:
    for index, texture in enumerate(textures()):
        assert np.array_equal(texture.turned, texture.picture.T) and texture.lowest == texture.picture.min()
        for turned in (False, True):
            tile = texture.turned if turned else texture.picture
            for level, sd in ((120.0, 12.0), (230.0, 2 * texture.sd), (205.0, 0.5)):
                laid = texture.laid((700, 90), level, sd, Stream(0, index, "paper"), turned=turned)
                piece = cut(tile, (700, 90), Stream(0, index, "paper"))
                plain = look_up(piece, levels(level, sd, texture.mean, texture.sd))
                assert np.abs(laid.astype(int) - plain).max() <= 1


def test_bundled_textures_are_small_and_chosen_by_tag() -> None:
    folder = Path(__file__).resolve().parent.parent / "backgrounds"
    assert sum(path.stat().st_size for path in folder.glob("*.png")) < 2_000_000
    assert {one.id for one in textures_named(("cloth",))} == {"cloth"}
    assert textures_named(()) == textures()


@pytest.mark.parametrize("flatness", [1.0, 2.5])
def test_fields_are_filtered_as_their_definition_says(flatness: float) -> None:
    white = Stream(0, 0, "white").generator.standard_normal((64, 64)).astype(np.float32)
    gain = _band(20.0, 1.5, 0.7, flatness=flatness)

    def plain(noise: np.ndarray) -> np.ndarray:
        across, down = np.abs(np.fft.fftfreq(64))[None, :], np.abs(np.fft.fftfreq(64))[:, None]
        field = np.fft.ifft2(np.fft.fft2(noise.astype(np.float64) - noise.mean()) * gain(across, down)).real
        return field / field.std()

    assert filtered(white, gain) == pytest.approx(plain(white), abs=2e-5)
    assert _shaped_across(_spectrum(white), gain) == pytest.approx(plain(white.T), abs=2e-5)
    assert _shaped_across(_spectrum(white), gain)[:, ::-1] == pytest.approx(plain(white[::-1].T), abs=2e-5)


@pytest.mark.parametrize("name", ["noise", "grain", "fibre", "mottle", "crumple"])
def test_banks_are_standardised_and_read_only(name: str) -> None:
    picture = bank(name)
    assert picture.mean() == pytest.approx(BANK_MEAN, abs=0.5)
    assert picture.std() == pytest.approx(BANK_SD, abs=1.0)
    assert not picture.flags.writeable


def test_cut_continues_across_the_edges() -> None:
    source = np.arange(35, dtype=np.uint8).reshape(5, 7)
    wide = np.tile(source, (9, 9))
    for index in range(40):
        piece = cut(source, (16, 11), Stream(0, index, "cut"))
        unflipped = [piece, piece[::-1], piece[:, ::-1], piece[::-1, ::-1]]
        found = any(
            np.array_equal(one, wide[top : top + 11, left : left + 16])
            for one in unflipped
            for top in range(5)
            for left in range(7)
        )
        assert found


@pytest.mark.parametrize("size", [(16, 11), (3, 2), (40, 1)])
def test_a_part_of_a_cut_is_that_part_of_the_whole(size: tuple[int, int]) -> None:
    source = np.arange(35, dtype=np.uint8).reshape(5, 7)
    for index in range(40):
        piece = cut(source, size, Stream(0, index, "cut"))
        x0, y0, x1, y1 = size[0] // 3, size[1] // 2, size[0], max(size[1] - 2, size[1] // 2 + 1)
        part = cut(source, size, Stream(0, index, "cut"), (x0, y0, x1, y1))
        assert np.array_equal(part, piece[y0:y1, x0:x1])
        assert not np.may_share_memory(part, source)


def test_levels_have_the_mean_and_spread_asked_for() -> None:
    image = look_up(bank("noise"), levels(180.0, 9.0))
    assert image.mean() == pytest.approx(180, abs=0.2)
    assert image.std() == pytest.approx(9, abs=0.2)
