"""Characters counted many at a time against one by one."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from synthgen.randomness import Stream
from synthgen.run import usage as counting
from synthgen.run.usage import Usage, UsageTotals
from synthgen.scene import Scene
from tests.run_standin import tiny_scene

FACES = ("serif", "sans", "mono")


def drawn_scene(index: int, faces: int) -> Scene:
    """A scene whose characters are of several faces, some of them hidden, some of its words ignored."""
    draws = Stream(8, index, "usage").generator
    scene = tiny_scene(index, ["가각간", "a", "갇갈bc", "각"][: 1 + index % 4])
    n, m = len(scene.characters), len(scene.words)
    visible = np.where(draws.random(n) < 0.3 * (index % 3 > 0), draws.random(n), 1.0).astype(np.float32)
    face = draws.integers(0, faces, n).astype(np.int32)
    return replace(
        scene,
        characters=replace(scene.characters, visible=visible, face=face),
        words=replace(scene.words, ignored=draws.random(m) < 0.2 * (index % 2)),
        provenance={"index": index, "faces": list(FACES[:faces])},
    )


@pytest.mark.parametrize("waiting", [1, 20, 100_000])
def test_counts_are_those_of_one_character_after_another(monkeypatch, waiting):
    monkeypatch.setattr(counting, "_WAITING_CHARACTERS", waiting)
    usage, plain = Usage(), {face: Counter[str]() for face in FACES}
    for index in range(200):
        scene = drawn_scene(index, 1 + index % len(FACES))
        usage.add(scene, 0.6)
        seen = scene.characters
        for text, word, face, share in zip(seen.text, seen.word, seen.face, seen.visible, strict=True):
            if round(float(share), 3) >= 0.6 and not scene.words.ignored[word]:
                plain[scene.provenance["faces"][face]][text] += 1
    rows = {face: sorted(counts.items()) for face, counts in sorted(plain.items())}
    assert usage.to_table() == {
        face: ["".join(text for text, _ in row), [count for _, count in row]] for face, row in rows.items()
    }
    assert min(map(len, rows.values())) > 3


def test_coverage_is_written_as_json_writes_it():
    totals = UsageTotals(["serif"], '"\\가a')
    totals.add({"serif": ["가a", [3, 1]]})
    counts = {'"': 0, "\\": 0, "가": 3, "a": 1}
    assert totals.coverage() == json.dumps({"counts": counts}, ensure_ascii=False, indent=0) + "\n"
