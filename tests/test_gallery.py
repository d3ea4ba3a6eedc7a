"""The gallery: everything registered is in it, the page stands alone, and its commands say how to make it again."""

from __future__ import annotations

import re
import shlex
from html.parser import HTMLParser

import numpy as np
import pytest
from click.testing import CliRunner

from synthgen.camera.bend import BENDS
from synthgen.camera.optics import effects
from synthgen.cli import main
from synthgen.formats.pictures import picture_size
from synthgen.generator import Generator
from synthgen.press.colours import FAMILIES
from synthgen.press.effects import DRESSES, HANDLINGS, WEARS
from synthgen.press.paper import PAPERS
from synthgen.recipe import Recipe, presets
from synthgen.report import gallery
from synthgen.report.exhibits import DOSES, Exhibit, Row, Section, preset_section, recipe_of, sections, standards
from synthgen.typeset.registry import layout_names


def rows() -> dict[str, list[Row]]:
    return {section.title: list(section.rows) for section in sections()}


def test_everything_that_is_registered_has_its_row():
    named = {title: [row.name for row in found] for title, found in rows().items()}
    assert named["Layouts"] == layout_names()
    assert named["Papers and grounds"] == sorted(PAPERS)
    assert named["Colours"] == sorted(FAMILIES)
    assert set(named["Ink"]) >= set(WEARS)
    assert named["Signs"] == sorted(DRESSES)
    assert named["Handling"] == sorted(HANDLINGS)
    assert set(named["Pose and bends"]) >= set(BENDS)
    assert named["Optics"] == [effect.name for effect in effects()]
    assert [row.name for row in preset_section(tuple(presets()), 1).rows] == list(presets())


def test_effects_stand_before_and_after_at_several_doses():
    for title in ("Signs", "Handling", "Optics"):
        for row in rows()[title]:
            assert row.exhibits[0].label == "before", row.name
            assert len(row.exhibits) == 1 + len(DOSES), row.name
            assert len({one.label for one in row.exhibits}) == len(row.exhibits)


def test_every_exhibit_is_a_recipe():
    for found in rows().values():
        for row in found:
            assert bool(row.exhibits) != bool(row.missing), row.name
            for one in row.exhibits:
                recipe_of(one)


def test_a_standard_page_saved_from_the_page_is_the_same_recipe():
    for recipe in standards().values():
        assert Recipe.from_toml(recipe.to_toml()).digest() == recipe.digest()


def test_an_effects_picture_differs_from_the_one_before_in_nothing_but_the_effect():
    row = next(row for row in rows()["Optics"] if row.name == "vignette")
    before, *dosed = (Generator(recipe_of(one))[one.index] for one in row.exhibits)
    assert before.provenance["optics"] == {}
    for scene, dose in zip(dosed, DOSES, strict=True):
        assert scene.provenance["optics"]["vignette"]["dose"] == pytest.approx(dose)
        assert scene.words.text == before.words.text
        assert np.array_equal(scene.characters.ink, before.characters.ink)
        assert not np.array_equal(scene.image, before.image)


def test_a_dose_of_zero_is_nothing():
    for title in ("Signs", "Handling"):
        one = next(row for row in rows()[title]).exhibits[0]
        field = next(iter(one.changes)).partition(".")[0]
        name = next(iter(one.changes[f"{field}.effects"]))
        unnamed = Exhibit(one.source, {f"{field}.effects": {name: 0.0}}, one.index, "")
        with_it, without = (Generator(recipe_of(which))[which.index] for which in (one, unnamed))
        assert np.abs(with_it.image.astype(int) - without.image).max() <= 1, name


# --- the page ------------------------------------------------------------------------------------------------------


class Reader(HTMLParser):
    """Collects tags and attributes, and holds that every tag is closed in its place."""

    VOID = ("meta", "input", "img")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def page() -> gallery.Page:
    shared = Exhibit("standard-page", {}, 0, "before")
    dosed = Exhibit("standard-page", {"paper.effects": {"folds": 1.0}}, 0, "folds <1>")
    word = Exhibit("word", {}, 0, "sample 0")
    none = Row("user", "your own", (), "needs pictures")
    impossible = Exhibit("word", {"ink.min_contrast": 255.0}, 0, "never")
    first = Section("One", "of two", (Row("folds", "a & b", (shared, dosed)), Row("words", "", (word, impossible))))
    return gallery.page_of([first, Section("Two", "", (Row("again", "", (shared,)), none))], seed=0)


def test_the_page_is_sound_html_without_references_to_anything_outside(page):
    reader = Reader()
    reader.feed(page.text)
    assert not reader.open
    for tag, attributes in reader.tags:
        assert tag not in ("script", "link", "iframe")
        assert (attributes.get("src") or "data:").startswith("data:")
        assert (attributes.get("href") or "#").startswith("#")
    assert not re.search(r"https?://|url\((?!data:)|@import", page.text)
    assert 'name="viewport"' in page.text
    assert "folds &lt;1&gt;" in page.text
    assert "a &amp; b" in page.text


def test_a_picture_that_stands_twice_is_stored_once(page):
    assert page.pictures == 3
    assert page.text.count("data:image/webp") == 3
    assert page.text.count('class="picture p0"') == 2


def test_what_cannot_be_shown_is_said(page):
    assert len(page.left_out) == 2
    assert any("needs pictures" in one for one in page.left_out)
    assert any("low-contrast" in one for one in page.left_out)
    assert "Not shown: needs pictures" in page.text


def test_captions_hold_the_command_that_makes_the_sample_again(page):
    commands = [shlex.split(one) for one in re.findall(r"<code>(.*?)</code>", page.text.replace("&#x27;", "'")
                                                       .replace("&quot;", '"'))]  # fmt: skip
    assert ["synthgen", "show", "word", "0", "--out", "sample.png"] in commands
    assert any('paper.effects={ "folds" = 1.0 }' in one for one in commands)


def test_pictures_keep_their_size_and_quads_lie_in_them():
    found = gallery.show(Exhibit("word", {}, 3, ""), seed=5)
    assert isinstance(found, gallery.Shown)
    assert picture_size(found.webp) == found.size == Generator("word", seed=5)[3].size
    assert "--seed 5" in found.command
    starts = [tuple(map(float, one)) for one in re.findall(r"M(\S+) ([^lz]+)l", found.characters)]
    assert all(-20 < x < found.size[0] + 20 and -20 < y < found.size[1] + 20 for x, y in starts)


def test_path_data_returns_to_the_polygons_corners():
    polygon = np.array([[1.04, 2.0], [10.0, 2.5], [9.96, 8.0], [0.0, 7.0]])
    first, *steps = re.findall(r"[Ml](\S+) ([^lz]+)", gallery.path_data([polygon]))
    corners = np.cumsum([[float(x), float(y)] for x, y in (first, *steps)], axis=0)
    assert np.abs(corners - polygon).max() <= 0.05 + 1e-9


def test_the_command_writes_the_page(tmp_path):
    result = CliRunner().invoke(
        main, ["gallery", "--out", str(tmp_path / "g.html"), "--n", "1", "--presets", "word,line", "--seed", "2"]
    )
    assert result.exit_code == 0, result.output
    text = (tmp_path / "g.html").read_text(encoding="utf-8")
    assert f"{text.count('data:image/webp')} pictures" in result.stdout
    assert "synthgen show line 0 --seed 2" in text
    again = gallery.gallery(n=1, seed=2, names=("word", "line"))
    assert again.text == text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--presets", "wrod"], "Did you mean word?"),
        (["--n", "2000"], "must be at most"),
        (["--n", "1", "--presets", "word", "--out", "no/such/folder.html"], "cannot be written"),
    ],
)
def test_what_is_wrong_is_said(arguments, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["gallery", *arguments])
    assert result.exit_code
    assert message in result.stderr
