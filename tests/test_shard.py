"""Shards' files and their assembly: blocks, orders and damages."""

from __future__ import annotations

import hashlib
import shutil
from contextlib import ExitStack

import numpy as np
import pytest

from synthgen.errors import FormatError
from synthgen.formats.mjsynth import LmdbSummary, MjsynthReader
from synthgen.run import assemble as assembling
from synthgen.run import shard as sharding
from synthgen.run.assemble import WINDOW, assemble, window_order
from synthgen.run.folder import Folder
from synthgen.run.progress import Silent
from synthgen.run.render import render
from synthgen.run.shard import _File, read_index, render_shard
from tests.run_standin import Painter, make_painter, plan_of, tree


def window_records(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Samples of a window, each with ``count`` records."""
    return np.repeat(np.arange(WINDOW), count), np.tile(np.arange(count), WINDOW)


def test_the_order_of_two_records_depends_on_nothing_beside_them():
    at, number = window_records(3)
    order = window_order(5, 2, at, number)
    assert sorted(order.tolist()) == list(range(len(at)))
    some = np.flatnonzero((at % 7 != 3) & (number != 1) & (at < 700))
    fewer = window_order(5, 2, at[some], number[some])
    assert some[fewer].tolist() == [one for one in order.tolist() if one in set(some.tolist())]
    assert not len(window_order(5, 2, at[:0], number[:0]))


def test_orders_differ_between_windows_seeds_and_numbers_and_are_even():
    at, number = window_records(2)
    orders = [window_order(seed, window, at, number).tolist() for seed, window in ((0, 0), (0, 1), (1, 0))]
    assert len({*map(tuple, orders)}) == 3
    first, second = (window_order(0, 0, at[number == one], np.full(WINDOW, one)) for one in (0, 1))
    assert (first != second).mean() > 0.9
    # A prefix of a tenth holds samples and numbers from everywhere: means of 200 draws, to four deviations.
    prefix = np.array(orders[0][: len(at) // 10])
    assert abs(at[prefix].mean() / WINDOW - 0.5) < 4 * 0.29 / np.sqrt(len(prefix))
    assert abs(number[prefix].mean() - 0.5) < 4 * 0.5 / np.sqrt(len(prefix))


def test_a_file_written_in_blocks_knows_its_size_and_digest(tmp_path, monkeypatch):
    monkeypatch.setattr(sharding, "_BLOCK_BYTES", 100)
    parts = [bytes([i]) * (i % 60) for i in range(200)]
    with ExitStack() as stack:
        file = _File(tmp_path / "a", stack)
        for i in range(0, 200, 2):
            file.write(*parts[i : i + 2])
            # No more than a block waits.
            assert file._waiting_bytes < 100
        file.flush()
    data = b"".join(parts)
    assert (tmp_path / "a").read_bytes() == data
    assert file.stamp == [len(data), hashlib.sha256(data).hexdigest()]


def staged_shard(tmp_path, shard: int, n: int = 40):
    plan, folder = plan_of(n), Folder(tmp_path / "data")
    folder.parts.mkdir(parents=True)
    done = render_shard(plan, make_painter(plan), folder, shard, lambda *_: None)
    return plan, folder, done


def test_the_staged_index_tells_sample_direction_split_and_sizes(tmp_path):
    plan, folder, done = staged_shard(tmp_path, 1)
    index = read_index(folder.staged(1))
    splits = [name for name, _ in plan.splits]
    expected = [
        (
            sample - 10,
            ("ltr", "ttb").index(crop.direction) + 2 * splits.index(plan.split(sample)),
            len(crop.text.encode()),
        )
        for sample in range(10, 20)
        for crop in Painter().sample(sample).crops
    ]
    assert [(row[0], row[1], row[3]) for row in index.tolist()] == expected
    assert {row[1] for row in index.tolist()} >= {0, 2} and done.words == len(index)
    assert (folder.staged(1) / "values").stat().st_size == int(index[:, 2:].sum())


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    out = tmp_path_factory.mktemp("whole") / "data"
    render(plan_of(60), out, make=make_painter)
    return tree(out)


@pytest.mark.parametrize(
    ("module", "name", "value"),
    [
        (assembling, "_BLOCKS_BYTES", 0),
        (assembling, "_BLOCKS_BYTES", 700),
        (assembling, "_MAX_OPEN_SHARDS", 1),
        (sharding, "_BLOCK_BYTES", 64),
    ],
)
def test_no_size_of_a_block_changes_a_byte(whole, tmp_path, monkeypatch, module, name, value):
    monkeypatch.setattr(module, name, value)
    render(plan_of(60), tmp_path / "data", make=make_painter)
    assert tree(tmp_path / "data") == whole


def prepared(tmp_path):
    """A folder whose shards are all in, to be assembled."""
    plan, folder = plan_of(20), Folder(tmp_path / "data")
    folder.parts.mkdir(parents=True)
    for name, data in (("charset.txt", "x"), ("plan.json", plan.to_json()), ("recipe.toml", "x")):
        folder.write(name, data)
    for shard in range(plan.shards):
        render_shard(plan, make_painter(plan), folder, shard, lambda *_: None)
    return plan, folder


def unordered(rows):
    rows[[0, -1]] = rows[[-1, 0]]
    return rows


def without_labels(rows):
    rows[:, 3] = 0
    return rows


def of_another_shard(rows):
    rows[:, 0] += 10
    return rows


@pytest.mark.parametrize("damage", [unordered, without_labels, of_another_shard])
def test_a_damaged_index_is_refused(tmp_path, damage):
    plan, folder = prepared(tmp_path)
    path = folder.staged(0) / "index"
    path.write_bytes(damage(read_index(path.parent).copy()).tobytes())
    with pytest.raises(FormatError, match=r"staged/000000: damaged"):
        assemble(plan, folder, bytearray([1, 1]), Silent())
    assert not folder.manifest_file.exists()


@pytest.mark.parametrize("blocks_bytes", [0, 1 << 20])
def test_values_cut_short_are_refused(tmp_path, monkeypatch, blocks_bytes):
    monkeypatch.setattr(assembling, "_BLOCKS_BYTES", blocks_bytes)
    plan, folder = prepared(tmp_path)
    path = folder.staged(1) / "values"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(FormatError, match=r"values: cut short"):
        assemble(plan, folder, bytearray([1, 1]), Silent())


def test_an_lmdb_that_reads_back_otherwise_is_refused(tmp_path, monkeypatch):
    plan, folder = prepared(tmp_path)
    write = assembling.write_values

    def flipped(path, *args) -> LmdbSummary:
        summary = write(path, *args)
        data = bytearray((path / "data.mdb").read_bytes())
        image, _ = MjsynthReader(path)[0]
        at = data.rindex(image) + len(image) // 2
        data[at] ^= 1
        shutil.rmtree(path)
        path.mkdir()
        (path / "data.mdb").write_bytes(data)
        return summary

    monkeypatch.setattr(assembling, "write_values", flipped)
    with pytest.raises(FormatError, match="does not read back as written"):
        assemble(plan, folder, bytearray([1, 1]), Silent())
    assert not folder.manifest_file.exists()
