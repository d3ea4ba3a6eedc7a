"""Templates and fields: slots, memory, errors that name the line, values that are valid."""

import re
from datetime import date

import pytest

from synthgen.assets import corpora_dir
from synthgen.errors import AssetError
from synthgen.randomness import Stream
from synthgen.text.charset import load_charset
from synthgen.text.ledger import Ledger
from synthgen.text.library import genre_files, read_booked, read_fields, read_genres, read_vocabularies, read_words
from synthgen.text.template import MUST, Made, Section, parse, sections, slots

VOCABULARIES = {"city": ["서울"], "firm": ["가나", "다람"], "none": []}
FIELDS = {"year": lambda stream: str(stream.integer(2000, 2030))}


def fill(line: str, index: int = 0) -> str:
    template = parse(line, VOCABULARIES, FIELDS, "x.txt, line 1")
    assert template is not None
    return template.fill(Stream(0, index, "text"), {}, Ledger())


def test_slots_and_josa() -> None:
    assert fill("{city}{은/는} 크다.") == "서울은 크다."
    assert fill("‘{city}’{으로/로} 간다.") == "‘서울’로 간다."
    assert fill("물{을/를} 준다.") == "물을 준다."
    assert fill("{city}({city}){이/가} 있다.") == "서울(서울)이 있다."


def test_numbered_slots_keep_their_value() -> None:
    for index in range(50):
        a, b = fill("{firm#1} {firm#1}", index).split()
        assert a == b
        a, b = fill("{year#1} {year#1}", index).split()
        assert a == b
    assert len({fill("{firm} {firm}", index) for index in range(50)}) == 4


def test_numbered_slots_of_one_name_differ() -> None:
    for index in range(50):
        assert {*fill("{firm#1} {firm#2}", index).split()} == {"가나", "다람"}
        a, b, c = fill("{year#1} {year#2} {year#3}", index).split()
        assert len({a, b, c}) == 3
        # Where there is nothing else to say, the same is said.
        assert fill("{city#1} {city#2}", index) == "서울 서울"


def test_a_template_without_entries_is_left_out() -> None:
    assert parse("{none}이 있다.", VOCABULARIES, FIELDS, "x") is None


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{citi}에", r"line 1: unknown slot \{citi\}. Did you mean city"),
        ("{City}", "neither a slot nor a josa"),
        ("{city", "brace without its partner"),
        ("city}", "brace without its partner"),
        ("{city}{은/을}", "unknown josa"),
        ("{은/는} 있다", "nothing before it"),
        ("{}", "neither a slot nor a josa"),
    ],
)
def test_bad_templates_name_the_line(line: str, message: str) -> None:
    with pytest.raises(AssetError, match=message):
        parse(line, VOCABULARIES, FIELDS, "x.txt, line 1")


def test_sections() -> None:
    found = sections("# c\n[body]\n가\n\n[line]\n나\n[body]\n다\n=== 서식\n[pair*]\n+ 라\n", "x")
    assert {role: section.lines for role, section in found[""].items()} == {
        "body": [(3, "가"), (8, "다")],
        "line": [(6, "나")],
    }
    assert found["서식"] == {"pair": Section(series=True, lines=[(11, "+ 라")])}
    for text in ("=== \n", "=== a\n=== a\n"):
        with pytest.raises(AssetError, match="names no new kind"):
            sections(text, "x.txt")
    with pytest.raises(AssetError, match="line 2"):
        sections("# c\n가\n", "x.txt")
    with pytest.raises(AssetError, match="line 1: no === \\*b stands above"):
        sections("=== a < b\n[body]\n가\n", "x.txt")


def test_kinds_have_the_lines_of_their_base_behind_their_own() -> None:
    found = sections("=== *밑\n[body]\n나\n[pair*]\n다 | 1\n=== 위 < 밑\n[body]\n가\n=== 옆\n[body]\n라\n", "x")
    assert set(found) == {"", "위", "옆"}
    assert found["위"]["body"].lines == [(8, "가"), (3, "나")]
    assert found["위"]["pair"] == Section(series=True, lines=[(5, "다 | 1")])
    assert found["옆"] == {"body": Section(lines=[(11, "라")])}


def test_lines_under_a_heading_name_it_in_a_last_cell() -> None:
    found = sections("[pair*]\n가 | 1\n-- 신청인\n나 | 2\n-- 신청 내용\n+ 다 | 3\n[line]\n라\n", "x")[""]
    assert [line for _, line in found["pair"].lines] == ["가 | 1", "나 | 2 | @신청인", "+ 다 | 3 | @신청_내용"]
    assert [line for _, line in found["line"].lines] == ["라"]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_fields_are_writable_and_vary(language: str) -> None:
    charset = load_charset("ks1001")
    for name, field in read_fields(corpora_dir(), language).items():
        stream = Stream(0, 0, name)
        values = [field(stream) for _ in range(300)]
        assert all(value and value == " ".join(value.split()) and charset.covers(value) for value in values), name
        assert len(set(values)) >= 7, name


def test_fields_keep_their_form() -> None:
    fields = read_fields(corpora_dir(), "ko")
    forms = {
        "won": r"[\d,]+원",
        "won_sign": r"₩[\d,]+",
        "won_large": r"[\d,]+(조|억|만)( [\d,]+(억|만))?원|[\d,]+조원",
        "percent": r"\d+(\.\d)?%",
        "percent_point": r"\d+(\.\d+)?%p",
        "mobile": r"010-0\d{3}-\d{4}",
        "phone": r"0\d{1,2}-0\d{2,3}-\d{4}|1580-\d{4}",
        "business_number": r"\d{3}-\d{2}-\d{5}",
        "postcode": r"\d{5}",
        "email": r"[a-z]+\d*@example\.org",
        "url": r"(https://)?(www\.)?example\.org(/\w+)?",
        "plate": r"\d{2,3}[차카타파] \d{4}",
        "ordinal": r"제\d+[차회]",
        "age": r"\d+",
        "count": r"\d{1,3}(,\d{3})*",
        "time_colon": r"\d\d:\d\d",
        "weekday": "[월화수목금토일]",
        "person_masked": "[가-힣]{1,2}모",
        "stock_index": r"[\d,]+\.\d\d",
    }
    for name, form in forms.items():
        stream = Stream(1, 0, name)
        for _ in range(300):
            value = fields[name](stream)
            assert re.fullmatch(form, value), (name, value)


def test_dates_are_in_the_calendar_and_business_numbers_are_nobodys() -> None:
    fields = read_fields(corpora_dir(), "ko")
    stream = Stream(0, 0, "x")
    for _ in range(500):
        date(*map(int, re.fullmatch(r"(\d+)년 (\d+)월 (\d+)일", fields["date"](stream)).groups()))
        date(*map(int, re.fullmatch(r"(\d+)\. (\d+)\. (\d+)\.", fields["date_dot"](stream)).groups()))
        month, day, weekday = re.fullmatch(r"(\d+)월 (\d+)일\((.)\)", fields["date_weekday"](stream)).groups()
        days = [date(y, int(month), int(day)) for y in range(1988, 2030) if (month, day) != ("2", "29") or y % 4 == 0]
        assert weekday in {"월화수목금토일"[d.weekday()] for d in days}
        digits = [int(c) for c in fields["business_number"](stream).replace("-", "")]
        check = sum(d * w for d, w in zip(digits, (1, 3, 7, 1, 3, 7, 1, 3, 5), strict=False)) + digits[8] * 5 // 10
        assert (check + digits[9]) % 10 != 0


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_bundled_template_and_entry_is_in_the_charset(language: str) -> None:
    """Nothing is lost to the default charset, and every slot is known."""
    root = corpora_dir()
    charset = load_charset("ks1001")
    lines = {
        f"{name}:{role}:{number}": line.removeprefix(MUST)
        for name, path in genre_files(root, language).items()
        for by_role in sections(path.read_text(encoding="utf-8"), path.name).values()
        for role, section in by_role.items()
        for number, line in section.lines
    }
    bad = {where: charset.missing(re.sub(r"\{[^}]*\}", "", line)) for where, line in lines.items()}
    assert {where: missing for where, missing in bad.items() if missing} == {}
    vocabularies = read_vocabularies(root, language)
    entries = {f"{name}: {e}": charset.missing(e) for name, values in vocabularies.items() for e in values}
    assert {where: missing for where, missing in entries.items() if missing} == {}
    assert not [e for values in vocabularies.values() for e in values if "{" in e]
    used = {slot for line in lines.values() for slot in slots(line)}
    assert used <= set(vocabularies) | set(read_fields(root, language)) | set(read_booked(root, language, charset))
    genres = [kind for genre in read_genres(root, language, charset).values() for kind in (genre, *genre.kinds)]
    # Lines that kinds have in common stand in the file once.
    every = [
        len(section.lines)
        for name, path in genre_files(root, language).items()
        for by_role in sections(path.read_text(encoding="utf-8"), path.name).values()
        for section in by_role.values()
    ]
    assert sum(len(t) for genre in genres for t in genre.templates.values()) == sum(every)
    assert not charset.missing("".join(read_words(root, language, charset)))


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_bundled_template_fills(language: str) -> None:
    charset = load_charset("ks1001")
    stream = Stream(0, 0, "text")
    genres = [kind for one in read_genres(corpora_dir(), language, charset).values() for kind in (one, *one.kinds)]
    for genre in genres:
        for role, templates in genre.templates.items():
            for template in templates:
                for _ in range(5):
                    text = template.fill(stream, {}, Ledger())
                    where = (genre.name, role, text)
                    assert text and text == " ".join(text.split()), where
                    assert charset.covers(text), where
                    assert "{" not in text and "}" not in text, where
                assert all(part.field is not None for part in template.parts if isinstance(part, Made))
