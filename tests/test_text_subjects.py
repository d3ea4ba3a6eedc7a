"""What one document says is of one subject: signs of one road, receipts of one way to pay, tables of one page."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from synthgen.assets import corpora_dir
from synthgen.errors import AssetError
from synthgen.randomness import Stream
from synthgen.recipe import Text, load
from synthgen.text.charset import load_charset
from synthgen.text.copy import Ask, Block
from synthgen.text.documents import places
from synthgen.text.ledger import Ledger
from synthgen.text.library import genre_files, read_booked, read_places
from synthgen.text.money import WON
from synthgen.text.routes import Route, route_fields
from synthgen.text.template import sections, slots
from synthgen.text.writer import Writer
from synthgen.typeset.faces import FaceSet, load_faces
from synthgen.typeset.layouts.form import Form
from synthgen.typeset.layouts.pairs import COMMON, OFFICE, PHOTO, arranged, heading_of
from synthgen.typeset.registry import layout_kind

WRITER = Writer(Text(coverage_frac=0.0, latin_frac=0.0), "ko")
SAMPLES = 120


def said(asks: list[Ask], index: int) -> tuple[Block, ...]:
    return WRITER.write(asks, Stream(3, index, "copy")).blocks


def rows(blocks: tuple[Block, ...], role: str) -> list[tuple[str, ...]]:
    return [block.paragraphs for block in blocks if block.role == role]


# --- signs ---------------------------------------------------------------------------------------------------------


def test_routes_rise_and_name_each_place_once() -> None:
    routes = read_places(corpora_dir()).routes
    assert Counter(route.kind for route in routes) == {"road": 20, "express": 11, "rail": 11}
    for route in routes:
        names, kilometres = zip(*route.stops, strict=True)
        assert len(route.stops) >= 5, route.name
        assert len(set(names)) == len(names), route.name
        assert kilometres[0] == 0 and list(kilometres) == sorted(set(kilometres)), route.name


def test_a_bad_road_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "ko" / "places"
    shutil.copytree(corpora_dir() / "ko" / "places", folder)
    (folder / "routes.tsv").write_text("road\t국도 1호선\t목포, 무안 24\n", encoding="utf-8")
    with pytest.raises(AssetError, match="is no road; write kind"):
        read_places(tmp_path)


def test_places_ahead_are_farther_each_time() -> None:
    route = Route("road", "국도", (("가", 0), ("나", 10), ("다", 30), ("라", 60), ("마", 100), ("바", 150)))
    fields = route_fields([route])
    assert set(fields) == {"road_name", "road_here", "road_ahead", "road_km"}
    names = [name for name, _ in route.stops]
    for index in range(40):
        stream, ledger = Stream(0, index, "sign"), Ledger()
        behind = fields["road_here"](stream, ledger)
        ahead = [(fields["road_ahead"](stream, ledger), fields["road_km"](stream, ledger)) for _ in range(3)]
        assert all(re.fullmatch(r"\d+km", km) for _, km in ahead)
        far = [int(km[:-2]) for _, km in ahead]
        assert far == sorted(set(far)) and far[0] > 0
        at = [names.index(behind), *(names.index(name) for name, _ in ahead)]
        assert at in (sorted(at), sorted(at, reverse=True))
        # The road is as long between two places as the signs say.
        there = dict(route.stops)
        assert abs(there[ahead[1][0]] - there[ahead[0][0]]) == far[1] - far[0]


def test_a_sign_s_places_lie_on_one_road_or_in_one_town() -> None:
    """What the sign of a road names: places of one route, or one town and its province."""
    found = read_places(corpora_dir())
    stops = {route.name: {name for name, _ in route.stops} for route in found.routes}
    towns = {town: province for province, cities in found.regions for town in cities}
    several = 0
    for index in range(4 * SAMPLES):
        blocks = said([Ask("headline", 2, "sign_road"), *[Ask("line", 2, "sign_road")] * 2], index)
        texts = [block.paragraphs[0] for block in blocks]
        named = {name for name in towns if any(re.search(rf"(?<![가-힣]){name}(?![가-힣])", text) for text in texts)}
        assert len(named) <= 1, texts
        if any(text.endswith("km") and " " in text and text.split(" ")[0].isalpha() for text in texts[:2]):
            words = {text.split(" ")[0] for text in texts if re.fullmatch(r"\S+ \d+km", text)} - {"휴게소", "다음"}
            if len(words) > 1:
                several += 1
                assert any(words <= of for of in stops.values()), texts
    assert several > 15


# --- forms ---------------------------------------------------------------------------------------------------------


def test_headings_of_forms_are_those_of_their_fields() -> None:
    """Every kind's fields stand under headings, each heading once; photographs are of forms that have one."""
    kinds = sections(genre_files(corpora_dir(), "ko")["form"].read_text(encoding="utf-8"), "form")
    with_photo = set()
    for kind, by_role in kinds.items():
        headings = [line.rpartition(" | @")[2] if " | @" in line else "" for _, line in by_role["pair"].lines]
        assert "" not in headings, kind
        assert len([one for one, before in zip(headings, ["", *headings], strict=False) if one != before]) == len(
            set(headings)
        ), kind
        if PHOTO in headings:
            with_photo.add(kind)
    assert with_photo == {"입학원서", "이력서", "여권"}


def test_rows_of_a_form_keep_their_groups_and_leave_room_for_the_photograph() -> None:
    recipe, faces = load("form"), FaceSet(load_faces())
    seen: Counter[str] = Counter()
    for index in range(60):
        brief = layout_kind("form").brief(recipe, faces, Stream(0, index, "layout"))
        assert isinstance(layout_kind("form"), Form)
        own = brief.plan.own
        blocks = [block for block in said(list(brief.asks), index) if block.role == "pair"]
        named = {block.paragraphs[0]: heading_of(block) for block in blocks}
        flows, rulings, set_ = arranged(own.grid, blocks)
        groups = [named[block.paragraphs[0]] for block in set_]
        assert all(len(block.paragraphs) == 2 for block in set_)
        assert COMMON not in groups and PHOTO not in groups
        assert OFFICE not in groups[groups.count(OFFICE) :], "the office's entries stand first"
        x0, _, x1, y1 = own.grid.box
        assert all(flow.boxes[0][3] <= y1 + 2 for flow in flows)
        if PHOTO in named.values():
            seen["photo"] += 1
            place = rulings[-1][1]
            assert place[0] in (x0, pytest.approx(place[0])) and (place[0] == x0 or place[2] == pytest.approx(x1))
            # No row beside it runs into it.
            for flow in flows[:-1]:
                y = flow.boxes[0][1]
                for item in flow.items:
                    left, right = x0 + item.left_px, x1 - item.right_px
                    if item.cells and y < place[3] - 1 and y + item.height_px > place[1] + 1:
                        assert right <= place[0] + 1 or left >= place[2] - 1
                    y += item.height_px
        else:
            seen["none"] += 1
    assert seen["photo"] >= 3 and seen["none"] >= 20, seen


# --- receipts ------------------------------------------------------------------------------------------------------


def test_heads_and_tails_of_receipts_agree_with_the_way_of_payment() -> None:
    row = Ask("sum", 2, "receipt", cells=True)
    asks = [
        Ask("headline", 2, "receipt"),
        Ask("shop", 1, "receipt"),
        *[Ask("goods", 4, "receipt", cells=True)] * 3,
        row,
        Ask("total", 2, "receipt", cells=True),
        *[row] * 6,
    ]
    seen: Counter[str] = Counter()
    for index in range(SAMPLES):
        blocks = said(asks, index)
        head, labels = rows(blocks, "headline")[0][0], {label for label, _ in rows(blocks, "sum")}
        card, cash = "카드 번호" in labels, "받은 금액" in labels
        assert card != cash
        assert not (card and "현금" in head), head
        assert not (cash and ("카드" in head or "신용" in head)), head
        assert not (card and labels & {"현금영수증", "거스름돈", "현금 승인"})
        assert not (cash and labels & {"카드사", "할부", "승인 번호", "신용 카드", "체크 카드"})
        seen["card" if card else "cash"] += 1
        seen[head] += 1
    assert seen["card"] > 20 and seen["cash"] > 20
    assert len(seen) > 8


def test_meals_cost_round_sums() -> None:
    booked = read_booked(corpora_dir(), "ko", load_charset("ks1001"))
    for index in range(80):
        stream, ledger = Stream(0, index, "price"), Ledger()
        booked["goods_meal"](stream, ledger)
        assert ledger.price % (500 if ledger.price >= 3_000 else 100) == 0
    assert not WON.even_prices & {"mart", "corner"}


# --- tables --------------------------------------------------------------------------------------------------------


def tables(family: str, *counts: int) -> list[Ask]:
    head, row = (Ask(f"{part}_{family}", 5, "table", cells=True) for part in ("heads", "row"))
    asks = [Ask("title", 3, "table")]
    for count in counts:
        asks += [Ask("title", 4, "table"), head, *[row] * count, Ask("note", 3, "table")]
    return asks


def test_tables_of_one_family_are_one_document() -> None:
    asks = [*tables("stat", 4, 3), *tables("day", 3)[1:]]
    found = places(asks)
    assert {place.document for place in found[:14]} == {0} and {place.document for place in found[14:]} == {1}
    assert [(place.run, place.rows, place.all_rows) for place in found[10:12]] == [(2, 3, 4), (2, 3, 4)]


@pytest.mark.parametrize("family", ["stat", "league", "class", "bus", "staff", "price", "day"])
def test_tables_of_a_page_are_of_one_subject(family: str) -> None:
    """Two tables have heads of one kind and titles of their own; figures, ranks and times begin anew."""
    for index in range(SAMPLES // 3):
        blocks = said(tables(family, 5, 5), index)
        heads = rows(blocks, f"heads_{family}")
        titles = [title for (title,) in rows(blocks, "title")]
        assert len(set(titles)) == 3, titles
        assert len(heads[0]) == len(heads[1])
        years = [re.findall(r"\d{4}", " ".join(head)) for head in heads]
        assert years[0] == years[1]
        body = rows(blocks, f"row_{family}")
        first, second = body[:5], body[5:]
        if first[0][0] == "1":
            assert second[0][0] == "1"
        if re.fullmatch(r"\d\d:\d\d", first[0][0]):
            assert [row[0] for row in second] == sorted(row[0] for row in second)
            assert second[0][0] < "12"
        if family == "price":
            for part in (first, second):
                paid = [int(row[-1].replace(",", "")) for row in part]
                assert paid[-1] == sum(paid[:-1])


def test_numbers_of_tables_follow_each_other() -> None:
    numbered = 0
    for index in range(SAMPLES):
        first, second = (title for (title,) in rows(said(tables("stat", 4, 4), index), "title")[1:])
        found = [re.match(r"(\D*?)(\d+)", title) for title in (first, second)]
        if found[0] and found[1] and first[0] in "〈[(표123456789" and "년" not in first[:5]:
            numbered += 1
            assert found[0][1] == found[1][1]
            assert int(found[1][2]) == int(found[0][2]) + 1
    assert numbered > 30


# --- old newspapers ------------------------------------------------------------------------------------------------

# Stems of what had no name then.
MODERN = re.compile(
    "OTT|ETF|AI|KTX|SNS|인터넷|온라인|스마트|휴대전화|휴대폰|누리집|홈페이지|이메일|전자우편|디지털|반도체|배터리|전기차|컴퓨터|플랫폼|콘텐츠"
    "|유튜브|블로그|드론|로봇|편의점|아파트값|지하철|고속열차|미세먼지|저출산|탄소|기후변화|반려|게임|특별자치|초등학교|폐쇄회로"
    "|신용카드|코스피|코스닥|가상자산|택배|펀드|20[012][0-9]년"
)


def test_old_newspapers_speak_of_their_time() -> None:
    recipe = load("newspaper-old").with_values({"text.coverage_frac": 0.0})
    writer = Writer(recipe.text, "ko")
    asks = [Ask("headline", 4), Ask("subhead", 4), Ask("body", 60)] * 3
    words: Counter[str] = Counter()
    for index in range(60):
        for block in writer.write(asks, Stream(1, index, "copy")).blocks:
            words.update(" ".join(block.paragraphs).split())
    assert not list(filter(MODERN.search, words))
    assert words.total() > 5_000


def test_templates_of_old_news_take_words_of_their_time_alone() -> None:
    """Vocabularies of today's news stay out."""
    neutral = {"day", "degree", "elder_age", "few", "month_num", "person", "small_number"}
    kinds = sections(genre_files(corpora_dir(), "ko")["old_news"].read_text(encoding="utf-8"), "old_news")
    assert len(kinds) > 15
    for by_role in kinds.values():
        for section in by_role.values():
            for _, line in section.lines:
                assert {name for name in slots(line) if not name.startswith("old_")} <= neutral, line
