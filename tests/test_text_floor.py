"""Every character appears as often as promised, whatever the order of the samples."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen.errors import UsageError
from synthgen.generator import Generator
from synthgen.recipe import load
from synthgen.text.charset import load_charset
from synthgen.text.copy import Block, Copy
from synthgen.text.floor import dealt, per_sample_for, with_characters

CHARSET = load_charset("ks1001")


@given(seed=st.integers(0, 2**64 - 1), per_sample=st.integers(1, 60), samples=st.integers(1, 300))
def test_dealing_reaches_the_floor(seed: int, per_sample: int, samples: int) -> None:
    counts = Counter("".join(dealt(seed, index, per_sample, CHARSET) for index in range(samples)))
    floor = samples * per_sample // len(CHARSET)
    assert min(counts[char] for char in CHARSET.characters) >= floor
    assert max(counts.values()) <= floor + 1


def test_pages_and_words_hold_what_they_were_dealt() -> None:
    """200 pages with 60 characters each and 3,000 words of two: each of 2,569 characters at least 4, and 2 times."""
    for name, per_sample, samples in (("newspaper", 60, 172), ("word", 2, 2570)):
        recipe = load(name).with_values({"text.floor_per_sample": per_sample, "text.coverage_frac": 0.0})
        generator = Generator(recipe, seed=3)
        counts: Counter[str] = Counter()
        for index in range(samples):
            scene = generator.sample(index, crops=False).scene
            assert scene is not None
            missing = Counter(dealt(3, index, per_sample, CHARSET)) - Counter(scene.characters.text)
            assert not missing, f"{name} {index}: {missing}"
            counts.update(scene.characters.text)
        assert min(counts[char] for char in CHARSET.characters) >= samples * per_sample // len(CHARSET)


def test_the_needed_number_is_worked_out_or_refused() -> None:
    assert per_sample_for(100, 100_000, CHARSET, page=False) == 3
    with pytest.raises(UsageError, match="at least 4,282 samples"):
        per_sample_for(10, 1000, CHARSET, page=False)


def test_writing_in_keeps_paragraphs() -> None:
    copy = Copy("x", (Block("headline", ("가 나",)), Block("body", ("가 나 다 라", "마"))))
    changed = with_characters(copy, "뷁쉛갉괆넓닮")
    assert changed.blocks[0] == copy.blocks[0]
    assert changed.blocks[1].paragraphs == ("가 뷁쉛갉 다 괆넓닮", "마")
    assert with_characters(Copy("x", (Block("line", ("가",)),)), "뷁쉛갉괆").blocks[0].paragraphs == ("가 뷁쉛갉 괆",)
