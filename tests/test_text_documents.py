"""Documents: receipts add up, forms name no field twice, tables fit their heads, times rise."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from functools import lru_cache

import pytest

from synthgen.assets import corpora_dir
from synthgen.randomness import Stream
from synthgen.recipe import Text, load, presets
from synthgen.text.charset import load_charset
from synthgen.text.copy import Ask, Copy
from synthgen.text.documents import in_order, places
from synthgen.text.ledger import BookedField, Ledger
from synthgen.text.library import read_booked, read_genres, read_lines, read_places
from synthgen.text.money import hangul_number
from synthgen.text.regions import AREA_CODES, bare_town
from synthgen.text.template import parse
from synthgen.text.writer import Writer, english_lead
from synthgen.typeset.faces import FaceSet, load_faces
from synthgen.typeset.registry import layout_kind

PLAIN = Text(coverage_frac=0.0, latin_frac=0.0)
WRITERS = {lang: Writer(PLAIN, lang) for lang in ("ko", "en")}
SAMPLES = 60


def receipt(goods: int = 6, before: int = 3, after: int = 5) -> list[Ask]:
    row = Ask("sum", 2, "receipt", cells=True)
    return [
        Ask("shop", 1, "receipt"),
        *[Ask("about", 3, "receipt")] * 6,
        Ask("heads", 4, "receipt", cells=True),
        *[Ask("goods", 4, "receipt", cells=True)] * goods,
        *[row] * before,
        Ask("total", 2, "receipt", cells=True),
        *[row] * after,
        *[Ask("thanks", 3, "receipt")] * 3,
    ]


def table(family: str, rows: int) -> list[Ask]:
    cells = [Ask(f"heads_{family}", 5, "table", cells=True), *[Ask(f"row_{family}", 5, "table", cells=True)] * rows]
    return [Ask("title", 3, "table"), Ask("title", 4, "table"), *cells, Ask("note", 3, "table")]


def said(lang: str, asks: list[Ask], index: int) -> Copy:
    return WRITERS[lang].write(asks, Stream(0, index, "copy"))


def rows(copy: Copy, role: str) -> list[tuple[str, ...]]:
    return [block.paragraphs for block in copy.blocks if block.role == role]


def fields(copy: Copy) -> dict[str, str]:
    """Return a form's values by their labels."""
    return {label: value for label, value, *_ in rows(copy, "pair")}


def amount(text: str) -> int:
    """Return money in its smallest unit: won, or cents where there are two decimals."""
    return int(re.sub(r"[^\d-]", "", text))


# --- receipts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_receipts_add_up(lang: str) -> None:
    seen: Counter[str] = Counter()
    for index in range(SAMPLES):
        copy = said(lang, receipt(), index)
        goods = rows(copy, "goods")
        assert all(len(row) == 4 for row in goods)
        assert all(amount(price) * int(count) == amount(paid) for _, price, count, paid in goods)
        assert len({row[0] for row in goods}) == len(goods)
        bought = sum(amount(row[3]) for row in goods)
        total = amount(rows(copy, "total")[0][1])
        sums = dict(rows(copy, "sum"))
        assert len(sums) == 8, "no line comes twice"
        off = amount(sums.get("할인", sums.get("할인 금액", sums.get("Discount", "0"))))
        tax = amount(next((text for name, text in sums.items() if name in ("Tax", "Sales tax 8%")), "0"))
        assert total == bought + off + tax
        if cash := [text for name, text in sums.items() if name in ("받은 금액", "Cash")]:
            change = next(text for name, text in sums.items() if name in ("거스름돈", "Change due"))
            assert amount(cash[0]) - amount(change) == total >= 0
            seen["cash"] += 1
        if any(name in sums for name in ("카드 번호", "Card no.")):
            assert "***" in sums.get("카드 번호", sums.get("Card no.", ""))
            assert not cash
            seen["card"] += 1
        if "과세 물품" in sums and "면세 물품" in sums:
            parts = (amount(sums[name]) for name in ("과세 물품", "부가세", "면세 물품"))
            assert sum(parts) == bought
            seen["tax"] += 1
    assert seen["cash"] > 5
    assert seen["card"] > 5
    assert lang == "en" or seen["tax"] > 1


def test_the_tax_of_a_receipt_is_a_tenth_of_what_is_taxed() -> None:
    for index in range(SAMPLES):
        sums = dict(rows(said("ko", receipt(before=4), index), "sum"))
        base = next((sums[name] for name in ("공급가액", "공급가", "과세 물품") if name in sums), None)
        if base is not None:
            tax = next(text for name, text in sums.items() if name in ("부가세", "세액"))
            assert abs(amount(tax) - amount(base) / 10) <= 1


def test_receipts_of_a_shop_sell_what_it_sells() -> None:
    lists = {path.stem: path.read_text(encoding="utf-8") for path in (corpora_dir() / "ko" / "goods").glob("*.tsv")}
    for index in range(SAMPLES):
        copy = said("ko", receipt(), index)
        shop = rows(copy, "shop")[0][0]
        if "약국" in shop:
            assert all(f"{row[0]}\t" in lists["pharmacy"] for row in rows(copy, "goods"))


def test_a_sum_without_rows_is_drawn() -> None:
    copy = said("ko", [Ask("total", 2, "receipt", cells=True)], 0)
    assert amount(copy.blocks[0].paragraphs[1]) > 0


# --- forms ---------------------------------------------------------------------------------------------------------

FORM = [
    Ask("mark", 4, "form"),
    Ask("title", 3, "form"),
    *[Ask("pair", 3, "form", cells=True)] * 26,
    Ask("body", 8, "form"),
    Ask("day", 2, "form"),
    Ask("seal", 3, "form"),
    Ask("receiver", 2, "form"),
    Ask("day", 2, "form"),
]


def dates(text: str) -> list[date]:
    return [
        date(*map(int, found)) for found in re.findall(r"(\d{4}) ?(?:년|\.) (\d+) ?(?:월|\.) (\d+) ?(?:일|\.)", text)
    ]


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_forms_name_each_field_once(lang: str) -> None:
    titles = set()
    for index in range(SAMPLES):
        copy = said(lang, FORM, index)
        pairs = rows(copy, "pair")
        labels = [label for label, *_ in pairs]
        assert len(set(labels)) == len(labels), labels
        titles.add(rows(copy, "title")[0])
    assert len(titles) >= 15


def test_fills_belong_to_their_labels_and_to_the_day() -> None:
    forms = {
        "생년월일": r"\d{4}\. \d+\. \d+\.",
        "휴대전화": r"010-\d{4}-\d{4}",
        "나이": r"만 \d+세",
        "성별": "□ 남 □ 여",
    }
    seen: Counter[str] = Counter()
    for index in range(SAMPLES):
        copy = said("ko", FORM, index)
        pairs = fields(copy)
        for label, form in forms.items():
            if label in pairs:
                assert re.fullmatch(form, pairs[label]), (label, pairs[label])
                seen[label] += 1
        days = [dates(text) for (text,) in rows(copy, "day")]
        assert len({day for found in days for day in found}) == 1, "a document has one day"
        today = days[0][0]
        if "생년월일" in pairs:
            born = dates(pairs["생년월일"])[0]
            years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
            assert 3 <= years <= 76
            if "나이" in pairs:
                assert pairs["나이"] == f"만 {years}세"
            if "주민번호" in pairs:
                assert pairs["주민번호"].startswith(f"{born:%y%m%d}-")
        if "성명" in pairs and "신청인" in (seal := rows(copy, "seal")[0][0]):
            assert pairs["성명"] in seal
            seen["seal"] += 1
    assert len(seen) == 5, seen


# --- tables and timetables -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_price_tables_end_in_their_sum(lang: str) -> None:
    for index in range(SAMPLES // 2):
        found = rows(said(lang, table("price", 8), index), "row_price")
        assert all(amount(price) * int(count) == amount(paid) for *_, price, count, paid in found[:-1])
        assert amount(found[-1][-1]) == sum(amount(row[-1]) for row in found[:-1])


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_figures_add_up_as_their_heads_say(lang: str) -> None:
    seen: Counter[str] = Counter()
    totals = ("합계", "계", "전국", "전체", "누계", "총계", "Total", "All sectors", "All ages")
    for index in range(2 * SAMPLES):
        copy = said(lang, table("stat", 7), index)
        heads = rows(copy, "heads_stat")[0]
        found = rows(copy, "row_stat")
        years = [int(year) for head in heads for year in re.findall(r"\b(?:19|20)\d\d", head)]
        assert years == list(range(years[0], years[0] + len(years))) if years else True
        summed = found[-1][0] in totals
        body = found[:-1] if summed else found
        assert len({row[0] for row in body}) == len(body)
        if summed:
            for column in (1, 2, 3):
                assert amount(found[-1][column]) == sum(amount(row[column]) for row in body), (heads, found)
            seen["sum"] += 1
        if re.search("비중|Share", heads[-1]):
            assert sum(float(row[-1]) for row in body) == pytest.approx(100, abs=0.5)
            seen["share"] += 1
        if re.search(r"증감|전년|Change", heads[-1]):
            for row in found:
                change = 100 * (amount(row[3]) - amount(row[2])) / amount(row[2])
                assert float(row[4]) == pytest.approx(change, abs=0.06)
            seen["change"] += 1
        if re.search("여성|여자|Women %", heads[-1]):
            for row in found:
                assert amount(row[1]) == amount(row[2]) + amount(row[3])
                assert float(row[4]) == pytest.approx(100 * amount(row[3]) / amount(row[1]), abs=0.06)
            seen["share of women"] += 1
    assert len(seen) == 4
    assert min(seen.values()) >= 3, seen


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_leagues_fall_and_times_rise(lang: str) -> None:
    for index in range(SAMPLES // 2):
        league = rows(said(lang, table("league", 10), index), "row_league")
        assert [row[0] for row in league] == [str(rank) for rank in range(1, 11)]
        assert len({row[1] for row in league}) == 10
        last = [float(row[-1] if "." in row[-1] else row[3]) for row in league]
        assert last == sorted(last, reverse=True)
        for family in ("bus", "day", "class"):
            found = rows(said(lang, table(family, 12), index), f"row_{family}")
            clocks = [[cell for cell in row if re.fullmatch(r"\d\d:\d\d", cell)] for row in found]
            if all(len(one) == 2 and one[0] > "04" for one in clocks) and "시간표" not in found[0][0]:
                assert all(start < end or end < "03" for start, end in clocks)
            if all(len(one) == 1 for one in clocks):
                assert clocks == sorted(clocks)


def test_departures_arrive_after_the_time_they_take() -> None:
    seen = 0
    for index in range(2 * SAMPLES):
        found = rows(said("ko", table("bus", 9), index), "row_bus")
        if not re.fullmatch(r"(\d+시간 )?\d+분", found[0][3]) or "시간" not in "".join(row[3] for row in found):
            continue
        starts = [row[1] for row in found]
        assert starts == sorted(set(starts))
        for _, start, end, took, _ in found:
            first, last = (int(text[:2]) * 60 + int(text[3:]) for text in (start, end))
            hours, minutes = re.fullmatch(r"(?:(\d+)시간 )?(\d+)분", took).groups()
            assert (last - first) % 1440 == int(hours or 0) * 60 + int(minutes)
        seen += 1
    assert seen > 5


# --- the mechanism -------------------------------------------------------------------------------------------------


def test_asks_fall_into_documents_and_runs() -> None:
    asks = [*table("bus", 3), Ask("line", 2), *table("day", 2)[1:]]
    found = places(asks)
    assert [place.document for place in found] == [0, 0, 0, 0, 0, 0, 0, -1, 1, 1, 1, 1, 1]
    assert [(place.rows, place.left) for place in found[3:6]] == [(3, 3), (3, 2), (3, 1)]
    sums = [place for ask, place in zip(receipt(), places(receipt()), strict=True) if ask.role == "sum"]
    assert [(place.run, place.left, place.all_rows) for place in sums[2:5]] == [(1, 1, 8), (2, 5, 8), (2, 4, 8)]


def test_a_series_keeps_its_order_and_takes_first_what_must_be() -> None:
    lines = [parse(line, {}, {}, "x") for line in ("가 | 1", "나 | 2", "+ 다 | 3", "라 | 4", "가 | 5")]
    templates = [line for line in lines if line is not None]
    for index in range(40):
        chosen = in_order(templates, 3, (), Stream(0, index, "x"))
        labels = [one.fill(Stream(0, 0, "x"), {}, Ledger())[0] for one in chosen]
        assert "다" in labels
        assert len(set(labels)) == 3
        assert [templates.index(one) for one in chosen] == sorted(templates.index(one) for one in chosen)
    more = in_order(templates[:2], 9, templates, Stream(0, 0, "x"))
    assert len(more) == 4


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("family", ["stat", "class", "day"])
def test_long_tables_do_not_begin_again(lang: str, family: str) -> None:
    for index in range(SAMPLES // 2):
        found = rows(said(lang, table(family, 15), index), f"row_{family}")
        assert len({row[0] for row in found}) == 15


def test_a_copied_ledger_goes_its_own_way() -> None:
    ledger = Ledger(left=3, fare=1200, route="7", amounts=[5], said={"a"}, ahead=[("b", 2)], region=("c", "d"))
    other = ledger.copy()
    assert other == ledger
    for own in (other.amounts, other.columns, other.cells, other.ahead):
        own.clear()
        own.append("x")  # type: ignore[arg-type]
    other.said.add("x")
    other.left, other.fare = 1, 0
    assert ledger == Ledger(left=3, fare=1200, route="7", amounts=[5], said={"a"}, ahead=[("b", 2)], region=("c", "d"))


def test_pieces_are_the_sum_of_the_counts() -> None:
    """What was bought is counted piece by piece; articles are counted row by row."""
    booked = read_booked(corpora_dir(), "ko", load_charset("ks1001"))
    for index in range(20):
        ledger, stream = Ledger(), Stream(0, index, "receipt")
        counts = []
        for _ in range(5):
            booked["goods_mart"](stream, ledger)
            counts.append(int(booked["qty"](stream, ledger)))
            booked["amount"](stream, ledger)
        assert booked["pieces"](stream, ledger) == str(sum(counts))
        assert booked["articles"](stream, ledger) == "5"


def test_labels_are_of_one_kind_of_product() -> None:
    """The maker makes such goods, the article has one name, and no ingredient comes twice."""
    makers = {
        name: read_lines(corpora_dir() / f"ko/vocabulary/{name}.txt") for name in ("maker_food", "maker_electric")
    }
    cells = [Ask("fact", 3, "product", cells=True)] * 8
    asks = [Ask("claim", 2, "product"), Ask("name", 1, "product"), *cells, Ask("stuff", 8, "product")]
    asks.append(Ask("body", 20, "product"))
    names = set()
    for index in range(2 * SAMPLES):
        copy = said("ko", asks, index)
        facts, name = dict(rows(copy, "fact")), rows(copy, "name")[0][0]
        assert len(facts) == len(cells)
        assert facts.get("제품명", facts.get("상품명")) == name
        maker = facts.get("제조원", facts.get("제조자"))
        assert ("식품 유형" not in facts or maker in makers["maker_food"]) or facts["식품 유형"] == "건강기능식품"
        assert ("모델명" in facts) == (maker in makers["maker_electric"])
        for sentence in re.sub(r"\([^)]*\)", "", rows(copy, "stuff")[0][0]).rstrip(".").split(". "):
            stuff = [re.sub(r" [\d.]+%", "", one) for one in sentence.rpartition(": ")[2].split(", ")]
            assert len(set(stuff)) == len(stuff), sentence
        assert all(text.endswith(".") for text in rows(copy, "body")[0])
        names.add(name)
    assert len(names) > SAMPLES


def test_cards_and_receipts_are_of_one_region() -> None:
    regions = dict(read_places(corpora_dir()).regions)
    codes = {code: province for province, code in AREA_CODES.items()}
    contacts = [Ask("contact", 2, "card")] * 4
    seen = 0
    for index in range(SAMPLES):
        copy = said("ko", [Ask("company", 2, "card"), Ask("address", 4, "card"), *contacts], index)
        province, town = rows(copy, "address")[0][0].split()[:2]
        assert town in regions[province]
        for (contact,) in rows(copy, "contact"):
            if found := re.search(r"\b(0\d{1,2})-0\d{2}-\d{4}", contact):
                assert codes[found[1]] == province
                seen += 1
        if branch := re.search(r" (\S+?)(?:지점|점)$", rows(copy, "company")[0][0]):
            assert branch[1] == bare_town(town)
    assert seen > SAMPLES // 2


def test_area_codes_are_known_of_all_provinces() -> None:
    assert {province for province, _ in read_places(corpora_dir()).regions} == set(AREA_CODES)


def test_better_coaches_cost_more_and_night_coaches_leave_at_night() -> None:
    fares: Counter[str] = Counter()
    for index in range(200):
        ledger, stream, prices = Ledger(left=14), Stream(0, index, "coach"), dict[str, int]()
        booked = read_booked_of_korean()
        for left in range(14, 0, -1):
            ledger.left = left
            kind, hour = booked["run_class"](stream, ledger), int(booked["clock"](stream, ledger)[:2])
            price = amount(booked["run_fare"](stream, ledger))
            assert prices.setdefault(kind, price) == price
            assert (kind == "심야") == (hour >= 22)
            fares[kind] += 1
        order = [prices[kind] for kind in ("일반", "우등", "심야") if kind in prices]
        assert order == sorted(set(order))
    assert set(fares) == {"일반", "우등", "심야"}


@lru_cache(maxsize=1)
def read_booked_of_korean() -> dict[str, BookedField]:
    return read_booked(corpora_dir(), "ko", load_charset("ks1001"))


@pytest.mark.parametrize("count", [1, 7, 15, 40])
def test_planned_days_rise_on_working_days_of_the_documents_month(count: int) -> None:
    for index in range(40):
        ledger, stream = Ledger(), Stream(0, index, "plan")
        month = ledger.today(stream).replace(day=1)
        days = []
        for left in range(count, 0, -1):
            ledger.left = left
            days.append(ledger.next_day_of_month(stream))
        assert all(day.replace(day=1) == month and day.weekday() < 5 for day in days)
        assert days == sorted(days)
        assert count > 20 or len(set(days)) == count


def test_what_was_said_is_not_said_again() -> None:
    template = parse("{word!} {word!} {word!}", {"word": ["가", "나", "다"]}, {}, "x")
    assert template is not None
    for index in range(30):
        assert set(template.fill(Stream(0, index, "x"), {}, Ledger()).split()) == {"가", "나", "다"}


def test_numbers_are_spoken_as_on_deeds() -> None:
    cases = {0: "영", 10: "일십", 110: "일백십", 21_000: "이만일천", 303_027: "삼십만삼천이십칠", 10_000: "일만"}
    assert {value: hangul_number(value) for value in cases} == cases


def test_documents_of_two_languages_are_written_in_one() -> None:
    writer = Writer(PLAIN, "ko+en")
    languages = set()
    for index in range(40):
        labels = [row[0] for row in rows(writer.write(FORM, Stream(0, index, "copy")), "pair")]
        hangul = {bool(re.search("[가-힣]", label)) for label in labels}
        assert len(hangul) == 1
        languages |= hangul
    assert languages == {True, False}


def test_headings_are_numbered_in_their_language() -> None:
    assert [english_lead(lead) for lead in ("제3조", "라.", "1)", "□")] == ["Article 3.", "d.", "1)", "□"]
    copy = said("en", [Ask("heading", 3, "report", "제1장")], 0)
    assert copy.blocks[0].paragraphs[0].startswith("Chapter 1. ")


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_every_booked_slot_is_used(lang: str) -> None:
    """What no template names would be dead."""
    texts = [
        path.read_text(encoding="utf-8")
        for language in ("ko", "en")
        for path in (corpora_dir() / language / "templates").glob("*.txt")
    ]
    names = {found for text in texts for found in re.findall(r"\{([a-z0-9_]+)[}#!]", text)}
    assert not set(read_booked(corpora_dir(), lang, load_charset("ks1001"))) - names


def test_invoices_add_their_tax() -> None:
    seen = 0
    for index in range(4 * SAMPLES):
        pairs = fields(said("ko", FORM, index))
        if "공급가액" in pairs:
            supply, tax, total = (amount(pairs[name]) for name in ("공급가액", "세액", "합계 금액"))
            assert supply + tax == total
            assert abs(tax - supply / 10) <= 1
            if "금액(한글)" in pairs:
                assert pairs["금액(한글)"] == f"일금 {hangul_number(total)}원정"
            seen += 1
    assert seen > 2


def asked_roles() -> dict[str, set[str]]:
    """Return the roles that the layouts ask for, by genre, from the genres of Korean."""
    korean = read_genres(corpora_dir(), "ko", load_charset("ks1001"))
    return {
        name: set(genre.templates).union(*(kind.templates for kind in genre.kinds)) for name, genre in korean.items()
    }


def test_english_has_the_genres_and_roles_of_korean() -> None:
    english = read_genres(corpora_dir(), "en", load_charset("ks1001"))
    several = "screen product chat sign_shop sign_road subtitle letter report book menu timetable delivery classified"
    wanted = ["receipt", "form", "table", "card", *several.split(), "weather", "sports", "obituary", "contract"]
    for name in wanted:
        genre = english[name]
        own = set(genre.templates).union(*(kind.templates for kind in genre.kinds))
        assert asked_roles()[name] <= own, name
    lines = sum(len(t) for genre in english.values() for one in (genre, *genre.kinds) for t in one.templates.values())
    assert lines > 1_000


@pytest.mark.parametrize("name", sorted(read_booked(corpora_dir(), "ko", load_charset("ks1001"))))
def test_every_booked_slot_writes_something_anywhere(name: str) -> None:
    field: Callable[[Stream, Ledger], str] = read_booked(corpora_dir(), "ko", load_charset("ks1001"))[name]
    for index in range(20):
        text = field(Stream(0, index, name), Ledger())
        assert text
        assert text == " ".join(text.split())


@pytest.fixture(scope="module")
def faces() -> FaceSet:
    return FaceSet(load_faces())


@pytest.mark.parametrize("name", sorted(name for name in presets() if not load(name).mix))
def test_what_layouts_ask_of_a_genre_is_written_in_both_languages(name: str, faces: FaceSet) -> None:
    """No role of a named genre is left to another one's templates."""
    recipe = load(name)
    layout = layout_kind(recipe.page.layout)
    asked = {
        (ask.genre, ask.role)
        for index in range(25)
        for ask in layout.brief(recipe, faces, Stream(0, index, "layout")).asks
        if ask.genre
    }
    for lang in ("ko", "en"):
        genres = read_genres(corpora_dir(), lang, load_charset("ks1001"))
        for genre, role in sorted(asked):
            parts = (genres[genre], *genres[genre].kinds)
            assert any(role in part.templates for part in parts), (lang, genre, role)
