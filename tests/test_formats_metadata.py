from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.errors import FormatError
from synthgen.formats.json_columns import json_ids, json_rows, quad_rows
from synthgen.formats.metadata import SceneRecord, dump_record, dump_scene, encode_scene, parse_scene, read_metadata
from synthgen.scene import Characters, Lines, Shared, Words
from tests.formats_samples import make_scene

LINE = dump_scene(make_scene(7), "000000007.jpg")


def test_a_scene_comes_back():
    scene = make_scene(7)
    record = parse_scene(LINE.encode(), "here:1")
    assert (record.file_name, record.size, record.index) == ("000000007.jpg", scene.size, 7)
    assert record.characters.text == scene.characters.text and record.words.text == scene.words.text
    assert record.lines.text == scene.lines.text and record.roles == scene.roles
    assert record.words.direction == scene.words.direction and record.provenance == dict(scene.provenance)
    for part in ("characters", "words", "lines"):
        was, now = getattr(scene, part), getattr(record, part)
        for name in was.__slots__:
            a, b = getattr(was, name), getattr(now, name)
            if isinstance(a, np.ndarray):
                assert a.dtype == b.dtype
                assert np.abs(a.astype(float) - b.astype(float)).max() <= 0.0005 + 1e-6, name
    assert dump_record(record) == LINE


def test_what_scenes_share_is_told_in_each():
    told = {"paper": {"kind": "가", "level": 0.5}, "optics": {}}
    shared = {name: Shared(values) for name, values in told.items()}
    for index in (7, 8):
        scene = replace(make_scene(7), provenance={"index": index, **shared, "map": [[1.0]]})
        back = parse_scene(encode_scene(scene, "a.jpg"), "here:1")
        assert (back.index, back.provenance) == (index, {"index": index, **told, "map": [[1.0]]})
    assert all(json.loads(values.encoded) == values for values in shared.values())


def test_outlines_of_bent_words_come_back():
    scene = make_scene()
    outline = tuple(np.linspace(i, i + 9, 2 * (3 + i)).reshape(-1, 2) for i in range(len(scene.words)))
    line = dump_scene(replace(scene, words=replace(scene.words, outline=outline)), "a.jpg")
    back = parse_scene(line, "x:1").words.outline
    assert all(np.abs(a - b).max() <= 0.0005 for a, b in zip(outline, back, strict=True))
    for broken in ([1, 2, 3, 4], [1, 2, 3, 4, 5, 6, 7], "x", [1, 2, 3, 4, 5, "6"]):
        top = json.loads(line)
        top["words"]["outline"][0] = broken
        with pytest.raises(FormatError, match=r"^x:1: words\.outline"):
            parse_scene(json.dumps(top), "x:1")


def test_the_line_is_plain():
    plain = json.loads(LINE)
    assert next(iter(plain)) == "file_name" and "\n" not in LINE and "가나다" in LINE
    assert len(plain["words"]["quad"][0]) == 8
    assert all(len(repr(x).split(".")[1]) <= 3 for quad in plain["characters"]["cell"] for x in quad)


@given(
    st.lists(st.floats(-9000, 9000) | st.sampled_from([-0.0, -0.0004, 0.9996, -1.0, 8191.9996]), min_size=8, max_size=8)
)
def test_coordinates_are_rounded_to_thousandths(values):
    quads = np.array(values).reshape(1, 4, 2)
    (row,) = json.loads(json_rows([quad_rows(quads)])[0])
    assert row == (np.round(np.array(values), 3) + 0.0).tolist() and "-0.0" not in map(str, row)


@given(
    st.lists(st.lists(st.integers(0, 9000), max_size=3), min_size=1, max_size=4),
    st.lists(st.integers(0, 3), min_size=1, max_size=4),
)
def test_columns_and_groups_keep_apart(columns, counts):
    assert [json.loads(one) for one in json_ids([np.array(ids, np.int32) for ids in columns])] == columns
    quads = [np.arange(8 * n).reshape(n, 4, 2) * -0.25 for n in counts]
    rows = [json.loads(one) for one in json_rows([quad_rows(one) for one in quads])]
    assert rows == [one.reshape(-1, 8).tolist() for one in quads]


@pytest.mark.parametrize("text", ['"', "\\", "\n", "\0", "\u2028", "가", '\\"', "\u200b", "'"])
def test_texts_are_escaped_as_json_asks(text):
    record = parse_scene(LINE, "here:1")
    lines = replace(record.lines, text=(text,) * len(record.lines.text))
    stored = json.loads(dump_record(replace(record, lines=lines)))
    assert stored["lines"]["text"] == [text] * len(record.lines.text)
    assert "\n" not in dump_record(replace(record, lines=lines))


def test_shares_are_rounded_and_text_and_bytes_agree():
    record = parse_scene(LINE, "here:1")
    visible = np.linspace(0, 1, len(record.characters), dtype=np.float32)
    stored = json.loads(dump_record(replace(record, characters=replace(record.characters, visible=visible))))
    assert stored["characters"]["visible"] == np.round(visible.astype(float), 3).tolist()
    assert encode_scene(make_scene(7), "000000007.jpg") == LINE.encode()


def test_an_empty_scene():
    none = np.zeros((0, 4, 2))
    ids = np.zeros(0, np.int32)
    record = SceneRecord(
        "a.png", 10, 10, 0,
        Characters((), none, none, ids, ids, ids, ids, np.zeros(0, np.float32)),
        Words((), none, none, ids, (), np.zeros(0, bool)),
        Lines((), none, ids, ()), (), {},
    )  # fmt: skip
    assert parse_scene(dump_record(record), "x:1").size == (10, 10)


@pytest.mark.parametrize("name", ["../a.jpg", "/a.jpg", "a/b.jpg", ".hidden", "", "a\nb", "가.jpg"])
def test_file_names_stay_beside(name):
    with pytest.raises(ValueError, match="file name"):
        dump_scene(make_scene(), name)
    broken = json.loads(LINE) | {"file_name": name}
    with pytest.raises(FormatError, match=r"^here:3: file_name"):
        parse_scene(json.dumps(broken), "here:3")


def test_numbers_must_be_finite():
    scene = make_scene()
    bad = scene.words.quad.copy()
    bad[0, 0, 0] = np.nan
    with pytest.raises(ValueError):
        dump_scene(replace(scene, words=replace(scene.words, quad=bad)), "a.jpg")


def edit(path: list, value):
    top = json.loads(LINE)
    at = top
    for key in path[:-1]:
        at = at[key]
    if value is KeyError:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return json.dumps(top)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["width"], 0), (["width"], 1e3), (["width"], True), (["height"], 10**6), (["index"], -1), (["index"], "7"),
        (["words"], []), (["words", "quad"], KeyError), (["words", "extra"], 1), (["words", "text", 0], 5),
        (["words", "text", 0], "\ud800"), (["words", "text", 0], "other"), (["words", "line", 0], 99),
        (["words", "line", 0], 1.0), (["words", "line", 0], -1), (["words", "ignored", 0], 0),
        (["words", "direction", 0], "rtl"), (["words", "quad", 0], [1, 2]), (["words", "quad", 0, 0], "1"),
        (["words", "quad", 0, 0], 1e9), (["words", "quad", 0, 0], None), (["words", "quad", 0, 0], [1]),
        (["words", "quad", 0, 0], 10**400), (["characters", "visible", 0], 1.5), (["characters", "face", 0], 2**31),
        (["characters", "word", 0], 3), (["lines", "text", 0], "가나다"), (["roles"], "body"), (["roles"], []),
        (["provenance"], []), (["file_name"], 3), (["characters", "block", 0], True), (["lines", "block"], [0]),
        (["words", "quad"], {"a": 1}), (["words", "quad"], []), (["extra"], 1),
    ],
)  # fmt: skip
def test_malformed_lines_are_named(path, value):
    with pytest.raises(FormatError, match=r"^here:9: ") as caught:
        parse_scene(edit(path, value), "here:9")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "line", [b"", b"\xff", b"[]", b"null", b"{", b"[" * 100_000, b'{"a":NaN}', b"1" * 5000,
             LINE.replace("40.0", "NaN").encode(),
             LINE.replace('"seed":0', '"seed":1e999').encode()]
)  # fmt: skip
def test_hostile_lines(line):
    with pytest.raises(FormatError, match=r"^here:9: "):
        parse_scene(line, "here:9")


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_fuzzed_values_raise_nothing_else(data):
    top = json.loads(LINE)
    at, key = top, data.draw(st.sampled_from(sorted(top)))
    while data.draw(st.booleans()) and isinstance(at[key], dict | list) and at[key]:
        at = at[key]
        key = data.draw(st.sampled_from(sorted(at)) if isinstance(at, dict) else st.integers(0, len(at) - 1))
    at[key] = data.draw(plain)
    try:
        parse_scene(json.dumps(top), "f:1")
    except FormatError as error:
        assert str(error).startswith("f:1: ")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.integers(0, len(LINE)))
def test_fuzzed_bytes_raise_nothing_else(noise, at):
    for line in (noise, LINE.encode()[:at] + noise, LINE.encode()[:at] + noise + LINE.encode()[at:]):
        with suppress(FormatError):
            parse_scene(line, "f:1")


def test_files_name_their_line(tmp_path):
    path = tmp_path / "metadata.jsonl"
    path.write_text(LINE + "\n" + LINE + "\nbroken\n", encoding="utf-8")
    records = read_metadata(path)
    next(records), next(records)
    with pytest.raises(FormatError, match=r"metadata.jsonl:3: "):
        next(records)
    with pytest.raises(FormatError, match="absent"):
        next(read_metadata(tmp_path / "absent"))
