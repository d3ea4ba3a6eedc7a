"""The only source of chance: a stream of numbers for each (seed, index, stage).

A sample is a pure function of (recipe, seed, index). Each room asks for the stream of its own stage, so that
one more draw in one room changes nothing in another. The streams are Philox-4x64 (Salmon et al. 2011,
"Parallel random numbers: as easy as 1, 2, 3") keyed by (seed, index), with the stage, the attempt and the lane
in the upper words of the counter: two different streams never share a number, and no state is kept anywhere.

The walk's own stages are drawn together: the first numbers of each are dealt from one stretch of the sample's stage
``walk``, because to set the generator to a place costs more than the few numbers that most stages need.
"""

from __future__ import annotations

import hashlib
import threading
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, chain, islice, tee
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from numpy.random.bit_generator import ISeedSequence

from synthgen.errors import UsageError

T = TypeVar("T")

SEED_LIMIT = 2**64
# Most streams give a few numbers, some give thousands: the first block is short, later ones are ever longer.
_FIRST_BLOCK, _BLOCK, _LONGEST_BLOCK = 16, 128, 1024
# How many numbers of each stage are drawn together, about as many as it mostly needs, all whole counters. New stages
# are added at the end: a stage's place decides its numbers.
_TOGETHER = {
    "layout": 16, "copy": 16, "setting": 4, "pose": 16, "paper": 16, "ink": 32, "optics": 48, "encode": 4, "crops": 4,
    "sheet": 8, "pictures": 4,
}  # fmt: skip
_SPANS = {
    stage: slice(end - size, end)
    for (stage, size), end in zip(_TOGETHER.items(), accumulate(_TOGETHER.values()), strict=True)
}
# Philox makes four 64-bit numbers, and so four doubles, of each counter value.
_PER_COUNTER = 4


class _Shared(threading.local):
    """One bit generator per thread, set to a place and read at once: ten times cheaper than making one."""

    def __init__(self) -> None:
        self.bits = np.random.Philox(0)
        self.numbers = np.random.Generator(self.bits)
        self.state = self.bits.state


_shared = _Shared()


@lru_cache(maxsize=1024)
def _stage_word(stage: str) -> int:
    """Return the 64-bit counter word of a stage's name; names are never renumbered."""
    return int.from_bytes(hashlib.sha256(stage.encode()).digest()[:8], "little")


def _drawn_at(key: tuple[int, int], counter: tuple[int, int, int, int], size: int) -> list[float]:
    """Return ``size`` numbers in [0, 1) from a place of the generator."""
    shared = _shared
    place = shared.state["state"]
    place["key"][:] = key
    place["counter"][:] = counter
    shared.state["buffer_pos"] = 4
    shared.bits.state = shared.state
    numbers: list[float] = shared.numbers.random(size).tolist()
    return numbers


def _blocks(key: tuple[int, int], upper: tuple[int, int], first: Sequence[float]) -> Iterator[Sequence[float]]:
    """Yield the numbers of a stream's scalars, block by block; ``first``, dealt ahead, stands for the first ones."""
    yield first
    drawn = len(first)
    while True:
        size = min(max(drawn // _BLOCK, 1) * _BLOCK, _LONGEST_BLOCK) if drawn else _FIRST_BLOCK
        yield _drawn_at(key, (drawn // _PER_COUNTER, 0, *upper), size)
        drawn += size


class _Key(ISeedSequence):
    """A Philox's key in place of a seed: an argument ``key`` makes NumPy ask the system for entropy that none uses."""

    def __init__(self, *words: int) -> None:
        self._words = np.array(words, dtype=np.uint64)

    def generate_state(self, n_words: int, dtype: npt.DTypeLike = np.uint32) -> npt.NDArray[Any]:
        """Return the key, two uint64: what Philox asks for."""
        if (n_words, dtype) != (len(self._words), np.uint64):
            raise ValueError(f"{n_words} words of {dtype}: a Philox's key is 2 of uint64.")
        return self._words


class Stream:
    """Numbers of one (seed, index, stage, attempt), in the order in which they are asked for.

    Scalars come from blocks drawn ahead, because a scalar call into NumPy costs ten times a list look-up;
    arrays come from :attr:`generator`, a lane of its own, so that neither disturbs the other.
    Seed 0 is a seed like any other.

    >>> Stream(0, 7, "ink").random() == Stream(0, 7, "ink").random()
    True
    """

    __slots__ = ("_generator", "_key", "_numbers", "_upper", "random")

    #: Return a number in [0, 1). No method: it is called more often than anything else, and this way it is one step of
    #: an iterator.
    random: Callable[[], float]

    def __init__(self, seed: int, index: int, stage: str, attempt: int = 0, first: Sequence[float] = ()) -> None:
        if not 0 <= seed < SEED_LIMIT:
            raise UsageError(f"seed {seed}: seeds are whole numbers from 0 to 2**64 - 1; choose one of those.")
        if not 0 <= index < SEED_LIMIT:
            raise UsageError(f"index {index}: sample indices are whole numbers from 0 up; choose one of those.")
        self._key = (seed, index)
        # The lane sits in the low bit of the third word: the attempt is shifted over it.
        self._upper = (attempt << 1, _stage_word(stage))
        self._generator: np.random.Generator | None = None
        self._count_from(chain.from_iterable(_blocks(self._key, self._upper, first)))

    def _count_from(self, numbers: Iterator[float]) -> None:
        self._numbers = numbers
        self.random = numbers.__next__

    def __copy__(self) -> Stream:
        """Return a stream that goes on with the same numbers as this one."""
        same = Stream.__new__(Stream)
        same._key, same._upper, same._generator = self._key, self._upper, self._generator
        mine, its = tee(self._numbers)
        self._count_from(mine)
        same._count_from(its)
        return same

    @property
    def generator(self) -> np.random.Generator:
        """The NumPy generator for arrays; its draws do not move the scalars'."""
        if self._generator is None:
            low, high = self._upper
            counter = np.array([0, 0, low | 1, high], dtype=np.uint64)
            bits = np.random.Philox(_Key(*self._key), counter=counter)  # type: ignore[arg-type]  # stubs lack the ABC
            self._generator = np.random.Generator(bits)
        return self._generator

    def uniform(self, low: float, high: float) -> float:
        """Return a number in [low, high), or ``low`` where both are equal."""
        return low + (high - low) * self.random()

    def between(self, interval: tuple[float, float]) -> float:
        """Return a number in the interval ``(low, high)`` of a recipe's ``*_range``."""
        return interval[0] + (interval[1] - interval[0]) * self.random()

    def between_each(self, intervals: Sequence[tuple[float, float]]) -> list[float]:
        """Return a number in each of some intervals, the same as :meth:`between` for one after another."""
        random = self.random
        return [low + (high - low) * random() for low, high in intervals]

    def several(self, count: int) -> list[float]:
        """Return numbers in [0, 1), the same as :attr:`random` for one after another."""
        return list(islice(self._numbers, count))

    def integer(self, low: int, high: int) -> int:
        """Return a whole number in [low, high), high exclusive."""
        return low + int((high - low) * self.random())

    def chance(self, probability: float) -> bool:
        """Return True with the given probability; 0 is never and 1 is always."""
        return self.random() < probability

    def pick(self, items: Sequence[T]) -> T:
        """Return one item, all equally likely; the sequence must not be empty."""
        return items[int(len(items) * self.random())]

    def weighted(self, cumulative: Sequence[float]) -> int:
        """Return an index drawn by the running sums of the weights (the last is their total)."""
        at = bisect_right(cumulative, self.random() * cumulative[-1])
        return min(at, len(cumulative) - 1)

    def normal(self, mean: float = 0.0, sd: float = 1.0) -> float:
        """Return a Gaussian number (from the array lane)."""
        return mean + sd * float(self.generator.standard_normal())

    def order(self, n: int) -> list[int]:
        """Return 0..n-1 in random order."""
        order: list[int] = self.generator.permutation(n).tolist()
        return order


class Streams:
    """The streams of one attempt at one sample: ``streams("paper")`` is that stage's."""

    __slots__ = ("_first", "attempt", "index", "seed")

    def __init__(self, seed: int, index: int, attempt: int = 0) -> None:
        self.seed = seed
        self.index = index
        self.attempt = attempt
        self._first: list[float] = []

    def __call__(self, stage: str) -> Stream:
        """Return the stage's stream, from its beginning."""
        span = _SPANS.get(stage)
        if span is None:
            return Stream(self.seed, self.index, stage, self.attempt)
        if not self._first:
            Stream(self.seed, self.index, "walk")  # checks both
            counter = (0, 0, self.attempt << 1, _stage_word("walk"))
            self._first = _drawn_at((self.seed, self.index), counter, sum(_TOGETHER.values()))
        return Stream(self.seed, self.index, stage, self.attempt, self._first[span])


@lru_cache(maxsize=64)
def digest_fraction(*words: int) -> float:
    """Return a fixed number in [0, 1) for some whole numbers: for choices that must not depend on any stream.

    Used where a choice is a property of the dataset's place, such as a sample's split or a record's place in a
    shuffled window, and must be the same whatever rooms draw.
    """
    text = ",".join(str(word) for word in words)
    value = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")
    return (value >> 11) / float(1 << 53)
