from __future__ import annotations

import json

import pytest

from synthgen.errors import FormatError, UsageError
from synthgen.formats.dataset import open_dataset
from tests.formats_samples import WORDS, make_dataset


def test_a_dataset_is_read(tmp_path):
    dataset = open_dataset(make_dataset(tmp_path / "ds"))
    records = list(dataset.records("train"))
    assert [one.index for one in records] == [0, 1, 2, 3, 4]
    assert all((tmp_path / "ds" / one.file_name).is_file() for one in records)
    assert len(list(dataset.records("val"))) == 1
    assert tuple(label for _, label in dataset.words("train")) == WORDS["ltr"]
    assert tuple(label for _, label in dataset.words("train", "ttb")) == WORDS["ttb"]
    assert set(dataset.charset()) == set("".join(WORDS["ltr"] + WORDS["ttb"]))


def test_what_is_not_there(tmp_path):
    dataset = open_dataset(make_dataset(tmp_path / "ds"))
    with pytest.raises(UsageError, match="Did you mean train"):
        next(dataset.records("trains"))
    with pytest.raises(UsageError, match="no words-vertical"):
        dataset.words("val", "ttb")
    with pytest.raises(FormatError, match="is not a dataset"):
        open_dataset(tmp_path)


@pytest.mark.parametrize(
    "manifest",
    [
        "", "[]", "[" * 100_000, "{}", '{"format_version": true}', '{"format_version": 2, "splits": {}}',
        '{"format_version": 0, "splits": {"a": {"scenes": 0, "words": 0, "words_vertical": 0}}}',
        '{"format_version": 3, "splits": {"a": {"scenes": 0, "words": 0, "words_vertical": 0}}}',
        '{"format_version": 1, "splits": {}}', '{"format_version": 1, "splits": {"a-b": {}}}',
        '{"format_version": 1, "splits": {"../x": {"scenes": 1, "words": 1, "words_vertical": 0}}}',
        '{"format_version": 1, "splits": {"a": {"scenes": -1, "words": 1, "words_vertical": 0}}}',
    ],
)  # fmt: skip
def test_malformed_manifests(tmp_path, manifest):
    (tmp_path / "manifest.json").write_text(manifest)
    with pytest.raises(FormatError):
        open_dataset(tmp_path)


def test_an_unknown_version_is_told_in_one_line(tmp_path):
    folder = make_dataset(tmp_path / "ds")
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "format_version": 3}))
    with pytest.raises(FormatError, match=r"format_version '3': this synthgen reads 1 and 2; use the synthgen that"):
        open_dataset(folder)


def test_counts_and_order_are_held(tmp_path):
    folder = make_dataset(tmp_path / "ds")
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["splits"]["train"]["scenes"] = 6
    path.write_text(json.dumps(manifest))
    with pytest.raises(FormatError, match="5 scenes in train, the manifest says 6"):
        list(open_dataset(folder).records("train"))
    first = folder / "scenes" / "train" / "000000" / "metadata.jsonl"
    lines = first.read_text().splitlines()
    first.write_text("\n".join(reversed(lines)) + "\n")
    with pytest.raises(FormatError, match="must rise"):
        list(open_dataset(folder).records("train"))
