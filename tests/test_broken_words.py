"""Words that the end of a line breaks: told apart from whole ones, all the way to the statistics."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from synthgen.camera.framing import within_picture
from synthgen.errors import FormatError
from synthgen.formats.metadata import dump_scene, parse_scene
from synthgen.generator import Generator
from synthgen.randomness import Streams
from synthgen.recipe import load
from synthgen.report.statistics import Statistics
from synthgen.scene import Words

BROKEN = load("newspaper").with_values({"type.syllable_break_probability": 1.0, "camera.cut_probability": 0.0})
OLD = load("newspaper-old").with_values({"camera.cut_probability": 0.0})


def joined(words: Words) -> list[str]:
    texts, begun = [], ""
    for at, text in enumerate(words.text):
        begun += text
        if at not in words.broken:
            texts.append(begun)
            begun = ""
    return texts


@pytest.mark.parametrize("recipe", [BROKEN, OLD], ids=["ltr", "ttb"])
def test_broken_words_are_the_copys_when_joined(recipe):
    walk = Generator(recipe, seed=6).walks[0]
    found = 0
    for index in range(4):
        copy, layout = walk._set(Streams(6, index))
        written = {word for block in copy.blocks for text in block.paragraphs for word in text.split()}
        running = [
            text for text in joined(layout.words)
            if len(text) > 1  # a column's end may leave a word's beginning without its rest, which then stands alone
        ]  # fmt: skip
        whole = sum(text in written for text in running)
        assert whole >= len(running) - 8, [text for text in running if text not in written]
        found += len(layout.words.broken)
        for at in layout.words.broken:
            assert layout.words.line[at + 1] == layout.words.line[at] + 1
    assert found > 20


def test_broken_words_come_back_from_metadata():
    scene = Generator(BROKEN, seed=6)[0]
    assert scene.words.broken
    line = dump_scene(scene, "a.jpg")
    assert parse_scene(line, "x:1").words.broken == scene.words.broken
    plain = replace(scene, words=replace(scene.words, broken=()))
    assert '"broken"' not in dump_scene(plain, "a.jpg")
    told = f'"broken":[{",".join(map(str, scene.words.broken))}]'
    for wrong in ("[2,2]", "[5,1]", f"[{len(scene.words) - 1}]", "[-1]", "[0.5]", '"1"', "null"):
        with pytest.raises(FormatError, match=r"^x:1: words\.broken"):
            parse_scene(line.replace(told, f'"broken":{wrong}'), "x:1")
    with pytest.raises(ValueError, match=r"words\.broken"):
        replace(scene.words, broken=(3, 1))


def test_a_rest_that_is_cut_off_leaves_a_word_of_its_own():
    scene = Generator(BROKEN, seed=6)[0]
    words, characters = scene.words, scene.characters
    at = words.broken[0]
    gone = np.where(np.isin(characters.word, [0, at + 1]), np.float32(0), characters.visible).astype(np.float32)
    _, left, _ = within_picture(replace(characters, visible=gone), words, scene.lines)
    # Word 0 and the rest are gone: numbers below the rest fall by one, those above it by two.
    assert left.broken == tuple(other - 2 for other in words.broken if other not in (at, at + 1))


def test_statistics_count_a_broken_word_once():
    scene = Generator(BROKEN, seed=6)[0]
    record = parse_scene(dump_scene(scene, "a.jpg"), "x:1")
    found = Statistics("scenes", ("가",))
    found.add_scene(record)
    ignored = set(np.flatnonzero(record.words.ignored).tolist())
    assert not ignored
    assert found.every.n == len(record.words) - len(record.words.broken)
