"""What makes each kind of page look like itself: seals at signatures, columns of amounts, bubbles about their words."""

from __future__ import annotations

import re

import cv2
import numpy as np
import pytest

from synthgen.press.raster import coverage
from synthgen.randomness import Stream
from synthgen.recipe import load
from synthgen.text.charset import load_charset
from synthgen.text.copy import Ask, Block, Copy
from synthgen.typeset.design import REGULAR
from synthgen.typeset.faces import FaceSet, load_faces
from synthgen.typeset.flow import Cell, Fixed, Flow, Item
from synthgen.typeset.galley import Galley
from synthgen.typeset.layout import Layout
from synthgen.typeset.layouts.barcodes import coded
from synthgen.typeset.layouts.composed import Composition, can_say, can_write
from synthgen.typeset.layouts.entries import EMPTY_BOX, FILLED_BOX, entered
from synthgen.typeset.layouts.form import Form
from synthgen.typeset.layouts.seal import SHAPES, Seal, name_in, set_seal
from synthgen.typeset.layouts.table import GROUPS
from synthgen.typeset.registry import layout_kind
from synthgen.typeset.ruling import Ruling, barcode, check_digit, draw_ruling
from synthgen.typeset.shape import Shaper
from synthgen.typeset.slugs import Casting, Slug
from synthgen.typeset.text import Style
from tests.test_layouts_sweep import laid, recipe_of

FACES = FaceSet(load_faces())
SHAPER = Shaper(FACES)


def boxes(quads: np.ndarray) -> np.ndarray:
    return np.concatenate([quads.min(axis=1), quads.max(axis=1)], axis=1)


def with_role(layout: Layout, role: str) -> np.ndarray:
    """The lines (L,) of blocks of a role."""
    return np.flatnonzero([layout.roles[block] == role for block in layout.lines.block])


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("신청인 조상해 (인)", "조상해"), ("신청인: 남궁민수 (서명 또는 인)", "남궁민수"),
        ("대표자 이수 (직인)", "이수"), ("(인)", ""), ("Applicant John Smith (seal)", ""), ("신청인", ""),
    ],
)  # fmt: skip
def test_the_name_of_a_signature(line: str, name: str) -> None:
    assert name_in(line) == name


@pytest.mark.parametrize("shape", sorted(set(SHAPES)))
@pytest.mark.parametrize("name", ["이수", "조상해", "남궁민수"])
def test_seals_hold_their_name_inside_their_edge(shape: str, name: str) -> None:
    """The name in reading order, columns from the right, all ink within the edge and in the seal's ink."""
    galley = Galley(SHAPER)
    seal = Seal(100.0, 100.0, 60.0, 2.0, shape, 3, "인")
    set_seal(galley, seal, name, SHAPER, 24.0)
    layout = galley.finish((300, 300), {})
    text = "".join(layout.characters.text)
    assert text in (name, name + "인") and (len(text) in (2, 4) or shape == "oval")
    assert set(layout.words.direction) == {"ttb"} and layout.inks == ("seal",)
    ink = boxes(layout.characters.ink)
    edge = np.concatenate([layout.rules[:, :2].min(axis=0), layout.rules[:, 2:].max(axis=0)])
    assert (ink[:, :2] > edge[:2]).all() and (ink[:, 2:] < edge[2:]).all()
    assert edge[0] == pytest.approx(124, abs=1.5) and (edge[1] + edge[3]) / 2 == pytest.approx(124, abs=1.5)
    if len(layout.words) == 2:
        first, second = boxes(layout.words.ink)
        assert first[0] > second[2] - 1
    if shape != "square":
        # Every corner of the ink lies inside the ellipse.
        middle, half = (edge[:2] + edge[2:]) / 2, (edge[2:] - edge[:2]) / 2
        away = (layout.characters.ink.reshape(-1, 2) - middle) / half
        assert (np.hypot(*away.T) < 1.0).all()


def test_forms_are_sealed_where_they_ask_for_it() -> None:
    """A seal follows a signature that ends in (인), stands at its end, and bears the signer's name."""
    sealed = 0
    for index in range(30):
        layout, _, copy = laid(recipe_of("form"), FACES, index)
        signature = next(block.paragraphs[0] for block in copy.blocks if block.role == "seal")
        lines = with_role(layout, "seal")
        if not len(lines):
            continue
        sealed += 1
        assert signature.endswith("인)")
        said = "".join(layout.lines.text[line] for line in lines)
        assert said.removesuffix("인") in (name_in(signature), name_in(signature).removesuffix("인"))
        end = boxes(layout.lines.quad[with_role(layout, "signature")])[0]
        seal = boxes(layout.lines.quad[lines])
        assert -2 <= seal[:, 0].min() - end[2] < 40 and abs(seal[:, [1, 3]].mean() - end[[1, 3]].mean()) < 20
    assert 8 <= sealed <= 26


def test_layouts_speak_only_what_the_charset_holds() -> None:
    assert can_say("결재", "ko", "ks1001") and not can_say("결재", "en", "ks1001")
    assert not can_say("印", "ko", "ks1001") and can_say("印", "ko", "ks1001+hanja")
    spoken = dict.fromkeys(("ko", "en"), 0)
    for lang in spoken:
        for name in ("form", "table"):
            for index in range(40):
                brief = layout_kind(name).brief(recipe_of(name, lang=lang), FACES, Stream(0, index, "layout"))
                items = [item for flow in brief.plan.flows for item in flow.items if isinstance(item, Fixed)]
                spoken[lang] += len(items)
                assert not load_charset("ks1001").missing("".join(text for item in items for text in item.said))
    assert spoken["ko"] > 10 and not spoken["en"]


def test_amounts_of_a_receipt_end_at_one_edge_and_the_barcode_follows_the_thanks() -> None:
    barcodes = 0
    for index in range(20):
        recipe = recipe_of("receipt", **{"type.slant_range": [0.0, 0.0]})
        layout, *_ = laid(recipe, FACES, index)
        size = float(layout.parameters["size_px"])  # type: ignore[arg-type]
        cells = boxes(layout.lines.quad)
        values = with_role(layout, "value")
        assert np.ptp(cells[values, 2]) < 0.02 * size
        code = with_role(layout, "code")
        if len(code):
            barcodes += 1
            thanks = with_role(layout, "line")[-1]
            bars = layout.rules[np.isclose(layout.rules[:, 3], cells[code[0], 1], atol=0.4 * size)]
            bars = bars[bars[:, 3] - bars[:, 1] > size]
            assert len(bars) == 30
            assert bars[0, 1] - cells[thanks, 3] < 1.5 * size
    assert 5 <= barcodes <= 18


def read_back(modules: tuple[int, ...]) -> str:
    """The number that cv2's reader of barcodes finds in these stripes, two px a module."""
    stripes = np.concatenate([np.full(2 * wide, 255 * (at % 2), np.uint8) for at, wide in enumerate(modules)])
    picture = np.full((300, len(stripes) + 200), 255, np.uint8)
    picture[60:240, 100:-100] = stripes
    # It leaves out a leading 0, as UPC-A has none.
    return str(cv2.barcode.BarcodeDetector().detectAndDecode(cv2.GaussianBlur(picture, (3, 3), 0.7))[0]).zfill(13)


@pytest.mark.parametrize("first", range(10))
def test_barcodes_say_their_number(first: int) -> None:
    """EAN-13: 95 modules, 30 bars, guards; a reader that knows nothing of us reads the figures back."""
    stream = Stream(0, first, "bars")
    figures = str(first) + "".join(str(stream.integer(0, 10)) for _ in range(11))
    figures += check_digit(figures)
    modules = barcode(figures)
    assert sum(modules) == 95 and len(modules) == 59
    assert modules[:3] == modules[-3:] == (1, 1, 1) and modules[27:32] == (1,) * 5
    assert read_back(modules) == figures


def test_a_barcode_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="12 figures; EAN-13 has 13"):
        barcode("400638133393")


@pytest.mark.parametrize(
    ("written", "printed"),
    [("621980837520", "621980837525"), ("8 80123 45678 9", "8 80123 45678 2"), ("5678 뷁", ""), ("1234", "")],
)
def test_the_number_below_a_barcode_is_what_its_bars_say(written: str, printed: str) -> None:
    plan = Composition((), ((Ruling("bars"), (0.0, 0.0, 9.0, 9.0)), (Ruling("frame"), (0.0, 0.0, 9.0, 9.0))))
    coded_plan, copy = coded(plan, Copy("receipt", (Block("line", ("가",)), Block("code", (written,)))))
    assert copy.blocks[0].paragraphs == ("가",) and copy.blocks[1].paragraphs == ((printed,) if printed else ())
    (bars, _), (frame, _) = coded_plan.rulings
    assert not frame.modules and sum(bars.modules) == 95
    if printed:
        assert bars.modules == barcode(printed.replace(" ", "").zfill(13))


@pytest.mark.parametrize("name", ["receipt", "label"])
def test_pages_print_the_number_of_their_barcode(name: str) -> None:
    found = 0
    for index in range(20):
        layout, *_ = laid(recipe_of(name), FACES, index)
        for line in with_role(layout, "code"):
            found += 1
            figures = layout.lines.text[line].replace(" ", "").zfill(13)
            assert check_digit(figures[:-1]) == figures[-1]
            # An article sold in Korea has a number of Korea's.
            assert name != "label" or figures.startswith("880")
            wide = np.diff([edge for box in bars_above(layout, line) for edge in box[[0, 2]]])
            np.testing.assert_allclose(wide / wide.sum() * 95, barcode(figures), atol=1e-6)
    assert found > 5


def bars_above(layout: Layout, line: int) -> np.ndarray:
    """The bars (30, 4) of the barcode over a line."""
    top = layout.lines.quad[line, 0, 1]
    rules = layout.rules[np.argsort(layout.rules[:, 0], kind="stable")]
    high, away = rules[:, 3] - rules[:, 1], np.abs(rules[:, 3] - top)
    bars = rules[(high > 12) & (away < 20) & (rules[:, 2] - rules[:, 0] < 30)]
    assert len(bars) == 30
    return np.asarray(bars)


@pytest.mark.parametrize(
    ("ruling", "inked"),
    [
        (Ruling("ring", 4.0), np.pi * (50 * 30 - 46 * 26)),
        (Ruling("ring", 60.0), np.pi * 50 * 30),
        (Ruling("frame", 4.0, round_px=20.0), 2 * 4 * (60 + 20) + np.pi * (22**2 - 18**2)),
        (Ruling("bars", modules=(2, 3, 5)), 0.7 * 100 * 60),
        (Ruling("columns", 2.0), 2 * 60),
    ],
)  # fmt: skip
def test_rulings_ink_what_their_shape_has(ruling: Ruling, inked: float) -> None:
    galley = Galley(SHAPER)
    set_seal(galley, Seal(0.0, 20.0, 30.0, 1.0, "square", 3, "인"), "이수", SHAPER, 0.0)
    before = len(galley.finish((300, 300), {}).rules)
    draw_ruling(galley, ruling, (120.0, 130.0, 220.0, 190.0), (160.0,))
    layout = galley.finish((300, 300), {})
    covered = coverage(layout.glyphs.printed_with(99), layout.rules[before:], FACES, (300, 300))
    assert covered.sum() / 255 == pytest.approx(inked, rel=0.03)


def test_pages_of_a_spread_follow_one_another() -> None:
    """The left page's number is even, the right one's the next; heads stand at the outer edges."""
    pairs = 0
    for index in range(30):
        layout, *_ = laid(recipe_of("book"), FACES, index)
        pages = with_role(layout, "page")
        if len(pages) < 2:
            continue
        pairs += 1
        texts = [layout.lines.text[page] for page in pages]
        numbers = [int(re.sub(r"\D", "", text)) for text in texts]
        # Both are written in one way.
        assert len({re.sub(r"\d+", "", text) for text in texts}) == 1
        assert numbers[0] % 2 == 0 and numbers[1] == numbers[0] + 1
        middles = boxes(layout.lines.quad[pages])[:, [0, 2]].mean(axis=1)
        assert middles[0] < layout.size[0] / 2 < middles[1]
    assert pairs > 10


def test_bubbles_enclose_what_is_said_and_time_goes_on() -> None:
    talks = 0
    for index in range(40):
        layout, *_ = laid(recipe_of("screen"), FACES, index)
        if layout.parameters["kind"] != "chat":
            continue
        talks += 1
        says, cells = with_role(layout, "say"), boxes(layout.lines.quad)
        areas = layout.rules[(layout.rules[:, 3] - layout.rules[:, 1] > 10)]
        for line in says:
            x0, y0, x1, y1 = cells[line]
            middle = (y0 + y1) / 2
            around = (areas[:, 0] < x0) & (areas[:, 2] > x1) & (areas[:, 1] < middle) & (areas[:, 3] > middle)
            assert (around & (areas[:, 2] - areas[:, 0] < 0.75 * layout.size[0])).any()
        times = [layout.lines.text[line] for line in with_role(layout, "time")]
        assert times == sorted(times)
        assert (np.diff(cells[says, 1]) > 0).all()
    assert talks >= 4


def test_numbers_to_call_are_small_beside_a_sign_s_name() -> None:
    checked = 0
    for index in range(60):
        layout, *_ = laid(recipe_of("sign"), FACES, index)
        em = np.hypot(layout.glyphs.linear[:, 0, 0], layout.glyphs.linear[:, 1, 0])
        size = {int(line): float(em[layout.characters.line == line].max()) for line in range(len(layout.lines))}
        heads = with_role(layout, "headline")
        for line in (*with_role(layout, "tail"), *with_role(layout, "contact")):
            if len(heads) and sum(char.isdigit() for char in layout.lines.text[line]) >= 6:
                checked += 1
                # A board's name goes before what stands beside and below it.
                own = max((head for head in heads.tolist() if head < line), default=int(heads[0]))
                assert size[int(line)] < 0.55 * size[own]
    assert checked > 5


def test_a_sign_s_second_lines_speak_of_no_other_trade() -> None:
    """Where templates have no neutral lines, those with figures are kept: numbers, hours, floors."""
    tails = 0
    for index in range(60):
        layout, *_ = laid(recipe_of("sign"), FACES, index)
        for line in with_role(layout, "tail"):
            tails += 1
            assert any(char.isdigit() for char in layout.lines.text[line])
        if layout.parameters["shape"] != "floors":
            x0, y0, x1, y1 = layout.content
            ink = boxes(layout.characters.ink)
            room = min(ink[:, 0].min() - x0, ink[:, 1].min() - y0, x1 - ink[:, 2].max(), y1 - ink[:, 3].max())
            assert room >= 0.05 * 480
    assert tails + sum(can_write("contact", "sign_shop", lang) for lang in ("ko",)) * 99 > 5


def test_subtitles_are_centred_low_and_balanced() -> None:
    two = 0
    for index in range(100):
        layout, *_ = laid(recipe_of("subtitle", **{"type.slant_range": [0.0, 0.0]}), FACES, index)
        lines = with_role(layout, "subtitle")
        cells = boxes(layout.lines.quad[lines])
        assert 1 <= len(lines) <= 2
        assert cells[:, 1].min() > 0.6 * layout.size[1]
        if layout.parameters["ground"] == "bar":
            continue
        np.testing.assert_allclose(cells[:, [0, 2]].mean(axis=1), layout.size[0] / 2, atol=3)
        if len(lines) == 2 and not layout.lines.text[lines[0]].startswith("- "):
            two += 1
            wide = cells[:, 2] - cells[:, 0]
            longest = max(cell[2] - cell[0] for cell in boxes(layout.words.quad))
            assert np.ptp(wide) <= longest + 0.1 * wide.max()
    assert two > 8


def test_newspaper_headlines_have_no_widows() -> None:
    checked = 0
    for index in range(40):
        layout, *_ = laid(recipe_of("newspaper"), FACES, index)
        cells = boxes(layout.lines.quad)
        for block in {int(layout.lines.block[line]) for line in with_role(layout, "headline")}:
            mine = np.flatnonzero(layout.lines.block == block)
            assert len(mine) <= 2 or layout.roles[block] != "headline"
            if len(mine) == 2:
                checked += 1
                wide = cells[mine, 2] - cells[mine, 0]
                words = [cell[2] - cell[0] for cell in boxes(layout.words.quad[np.isin(layout.words.line, mine)])]
                assert wide[1] > 0.5 * wide[0] or max(words) > 0.3 * wide[0]
    assert checked > 10


def test_a_letter_closes_below_its_text() -> None:
    for index in range(20):
        layout, *_ = laid(recipe_of("letter"), FACES, index)
        cells = boxes(layout.lines.quad)
        body, date = with_role(layout, "body"), with_role(layout, "date")
        pitch = float(np.median(np.diff(cells[body, 1])))
        assert -0.5 * pitch < cells[date[0], 1] - cells[body, 3].max() < 4.5 * pitch


def form_with(pairs: list[tuple[str, str]], *, pen: bool) -> tuple[Composition, Copy]:
    """A row of these labels and values in cells of equal width, 600 px in all."""
    printed = Style(face=2, size_px=20.0, line_px=26.0)
    value = printed._replace(face=4, ink="pen") if pen else printed
    each = 600.0 / len(pairs)
    cells = []
    for left in (at * each for at in range(len(pairs))):
        cells += [Cell(left, left + 90, printed, "label"), Cell(left + 90, left + each, value, "value")]
    asks = (Ask("pair", 3, "form", cells=True),) * len(pairs)
    flow = Flow(((0.0, 0.0, 600.0, 100.0),), (Item("row", printed, asks, cells=tuple(cells)),))
    return Composition((flow,)), Copy("form", tuple(Block("pair", pair) for pair in pairs))


@pytest.mark.parametrize(
    ("pairs", "labels"),
    [
        ([("성명", "조상해"), ("성별", "남")], ["성명", "성별"]),
        ([("성명", "조상해"), ("주소", "강원도 원주시 양지길 10")], ["성명", "주소"]),
        (
            [("성명", "조상해"), ("주소", "강원특별자치도 원주시 양지길 101-14 (개운동) 103동 1204호")],
            ["주소"],
        ),
    ],
)
def test_long_entries_take_room_from_short_ones(pairs: list[tuple[str, str]], labels: list[str]) -> None:
    plan, copy = entered(*form_with(pairs, pen=False), recipe_of("form"), SHAPER, Stream(0, 0, "entries"))
    (item,) = plan.flows[0].items
    assert [block.paragraphs[0] for block in copy.blocks][: len(item.cells) // 2] == labels
    edges = [edge for cell in item.cells for edge in (cell.left_px, cell.right_px)]
    assert edges[0] == 0 and edges[-1] == pytest.approx(600) and edges[1:-1:2] == pytest.approx(edges[2::2])
    texts = [text for block in copy.blocks for text in block.paragraphs]
    slugs = [
        Slug(text, cell.style, cell.left_px, cell.right_px, cell.role)
        for cell, text in zip(item.cells, texts, strict=False)
    ]
    assert Casting(slugs, SHAPER).ratio.min() > 0.8


def test_machines_fill_boxes_and_pens_tick_them() -> None:
    """A filled box is a character of the label; a pen's mark is ink on an empty one, which stays printed."""
    ticked = 0
    for index in range(20):
        pairs = [("성별", "□ 남 □ 여")]
        stream = Stream(0, index, "entries")
        plan, copy = entered(*form_with(pairs, pen=False), recipe_of("form"), SHAPER, stream)
        value = copy.blocks[0].paragraphs[1]
        ticked += value.count(FILLED_BOX)
        assert value.replace(FILLED_BOX, EMPTY_BOX) == "□ 남 □ 여" and value.count(FILLED_BOX) <= 1
        plan, copy = entered(*form_with(pairs, pen=True), recipe_of("form"), SHAPER, stream)
        assert copy.blocks[0].paragraphs[1] == "□ 남 □ 여"
        assert plan.flows[0].items[0].cells[1].style.ink == "text"
    assert 10 < ticked < 20


def test_pen_marks_lie_at_the_boxes_of_forms() -> None:
    marked = 0
    for index in range(40):
        layout, *_ = laid(recipe_of("form", **{"page.pen_probability": 1.0}), FACES, index)
        boxes_at = boxes(layout.words.quad)[[word == EMPTY_BOX for word in layout.words.text]]
        pen = layout.rules[layout.rule_ink == layout.inks.index("pen")]
        marked += len(pen) > 0
        assert bool(len(pen)) <= bool(len(boxes_at))
        middles = (pen[:, :2] + pen[:, 2:]) / 2
        for x, y in middles:
            reach = 1.2 * (boxes_at[:, 2] - boxes_at[:, 0])
            away = np.abs(boxes_at[:, [0, 1]] + boxes_at[:, [2, 3]] - 2 * np.array((x, y))).max(axis=1) / 2
            assert (away < reach).any()
    assert marked > 10


def test_directories_list_every_floor_once() -> None:
    boards = 0
    for index in range(120):
        layout, *_ = laid(recipe_of("sign"), FACES, index)
        if layout.parameters["shape"] != "floors":
            continue
        boards += 1
        floors = [layout.lines.text[line] for line in with_role(layout, "floor")]
        assert 2 <= len(floors) == len(set(floors))
        numbers = [-int(floor[1:]) if floor.startswith("B") else int(floor[:-1]) for floor in floors]
        assert numbers == sorted(numbers, reverse=True)
        tops = boxes(layout.lines.quad)
        names = tops[with_role(layout, "name")]
        for line in with_role(layout, "floor"):
            drop = np.abs(names[:, [1, 3]].mean(axis=1) - tops[line, [1, 3]].mean())
            beside = drop < 0.3 * (tops[line, 3] - tops[line, 1])
            assert 1 <= beside.sum() <= 2 and (names[beside, 0] > tops[line, 2]).all()
            # Neighbours stand apart as no two words of a name do.
            x0, _, x1, y1 = names[beside][np.argsort(names[beside, 0])].T
            assert (x0[1:] - x1[:-1] > 0.5 * (y1 - names[beside, 1]).min()).all()
    assert boards >= 5


def test_tables_have_merged_heads_and_parts() -> None:
    """A shared head stands over its columns and under nothing; parts divide the rows; no rule crosses a merged cell."""
    grouped = parted = 0
    for index in range(60):
        layout, *_ = laid(recipe_of("table"), FACES, index)
        cells = boxes(layout.lines.quad)
        for line in [at for at, text in enumerate(layout.lines.text) if text in GROUPS]:
            grouped += 1
            middle = cells[line, [0, 2]].mean()
            below = cells[(cells[:, 1] > cells[line, 3] - 2) & (cells[:, 1] < cells[line, 3] + 40)]
            assert (below[:, 0] < middle).any() and (below[:, 2] > middle).any()
            # Heads beside it stand in the middle of both rows.
            middles = (cells[:, 1] + cells[:, 3]) / 2
            assert any((np.abs(middles - (cells[line, 1] + foot) / 2) < 2).any() for foot in below[:, 3])
        parted += len(with_role(layout, "subhead")) > 0
    assert grouped >= 5 and parted >= 3


def test_backs_of_cards_name_the_company_alone() -> None:
    backs = 0
    for index in range(100):
        layout, *_ = laid(recipe_of("card"), FACES, index)
        if layout.parameters["shape"] == "back":
            backs += 1
            assert layout.roles[0] == "company" and "name" not in layout.roles
            middle = boxes(layout.lines.quad[:1])[0, [0, 2]].mean()
            assert middle == pytest.approx(layout.size[0] / 2, abs=12)
    assert backs >= 5


def test_subtitles_are_never_set_in_a_light_face() -> None:
    for index in range(60):
        layout, *_ = laid(recipe_of("subtitle"), FACES, index)
        subtitle = np.isin(layout.characters.line, with_role(layout, "subtitle"))
        hangul = np.array([0xAC00 <= ord(char) <= 0xD7A3 for char in layout.characters.text])
        assert min(FACES.faces[face].weight for face in layout.characters.face[subtitle & hangul].tolist()) >= REGULAR


def test_screens_have_pictures_and_no_empty_boxes() -> None:
    pictures = 0
    for index in range(40):
        layout, *_ = laid(recipe_of("screen"), FACES, index)
        if layout.parameters["kind"] == "shop":
            cards = len(with_role(layout, "label"))
            assert len(layout.pictures) == cards or not cards
            pictures += len(layout.pictures)
    assert pictures > 4


def test_odd_copy_presses_no_seal() -> None:
    recipe = recipe_of("form")
    kind = layout_kind("form")
    assert isinstance(kind, Form)
    brief = kind.brief(recipe, FACES, Stream(0, 1, "layout"))
    copy = Copy("form", tuple(Block(ask.role, ("A (seal)",) * (2 if ask.cells else 1)) for ask in brief.asks))
    layout = kind.set(brief, copy, recipe, SHAPER, 10, Stream(0, 1, "setting"))
    assert not len(with_role(layout, "seal"))
    assert load("form").page.layout == "form"


def test_boxes_that_a_pen_has_ticked_are_ignored() -> None:
    """Their label says an empty box, the picture does not."""
    recipe = recipe_of("form", **{"page.pen_probability": 1.0})
    ticked = 0
    for index in range(12):
        layout, *_ = laid(recipe, FACES, index)
        ignored = [text for text, skipped in zip(layout.words.text, layout.words.ignored, strict=True) if skipped]
        assert set(ignored) <= {"□"}
        ticked += len(ignored)
        if ignored:
            assert "pen" in layout.inks
    assert ticked > 5
