"""A floor under how often each character appears: a fixed few in every sample, by the sample's index alone.

The charset is dealt out in rounds, each a permutation of its own; sample i holds the next ``per_sample`` characters.
After n samples every character has been dealt at least ``n * per_sample // len(charset)`` times, whoever made which
sample in which order. What a layout then leaves out, or a skipped sample, is missing: a run's report counts what was
really filed.
"""

from __future__ import annotations

from functools import lru_cache

from synthgen.errors import UsageError
from synthgen.randomness import Stream
from synthgen.text.charset import Charset
from synthgen.text.copy import Block, Copy

WORD_LENGTH = 3
MOST_IN_WORD = 6
MOST_IN_PAGE = 60


def per_sample_for(floor: int, samples: int, charset: Charset, *, page: bool) -> int:
    """Return how many characters each sample must hold so that all appear ``floor`` times; UsageError when too many."""
    needed = -(-floor * len(charset) // samples)
    most = MOST_IN_PAGE if page else MOST_IN_WORD
    if needed > most:
        least = -(-floor * len(charset) // most)
        raise UsageError(
            f"coverage floor {floor}: {len(charset):,} characters in {samples:,} samples need {needed:,} in each, "
            f"and at most {most} fit; make at least {least:,} samples or lower the floor."
        )
    return needed


def dealt(seed: int, index: int, per_sample: int, charset: Charset) -> str:
    """Return the characters that sample ``index`` must hold, in the order dealt."""
    size = len(charset)
    places = range(index * per_sample, (index + 1) * per_sample)
    return "".join(charset.characters[_round(seed, place // size, size)[place % size]] for place in places)


@lru_cache(maxsize=4)
def _round(seed: int, number: int, size: int) -> tuple[int, ...]:
    return tuple(Stream(seed, number, "coverage-floor").order(size))


def with_characters(copy: Copy, characters: str) -> Copy:
    """Return the copy with the characters written in, as words that take the place of words near its beginning.

    They go where layouts never cut: into the first block of running text, from its second word on, or instead of a
    single word.
    """
    at = next((at for at, block in enumerate(copy.blocks) if block.role == "body"), 0)
    block = copy.blocks[at]
    if block.role == "word":
        changed: tuple[str, ...] = (characters,)
    else:
        words = [characters[start : start + WORD_LENGTH] for start in range(0, len(characters), WORD_LENGTH)]
        changed = _written_in(block.paragraphs, words)
    blocks = (*copy.blocks[:at], Block(block.role, changed), *copy.blocks[at + 1 :])
    return Copy(copy.genre, blocks)


def _written_in(paragraphs: tuple[str, ...], words: list[str]) -> tuple[str, ...]:
    """Return the paragraphs with every other word, from the second on, replaced until all ``words`` are in."""
    left = list(reversed(words))
    changed = []
    for paragraph in paragraphs:
        old = paragraph.split(" ")
        for place in range(1, len(old), 2):
            if not left:
                break
            old[place] = left.pop()
        changed.append(" ".join(old))
    if left:
        changed[-1] = " ".join([changed[-1], *reversed(left)])
    return tuple(changed)
