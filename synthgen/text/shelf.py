"""What is read or made only when it is first asked for: the bundled texts are large, and a sample needs little of them.

Threads may share what is kept here: two may both make a thing, but all are given the one that was kept first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Generic, TypeVar, overload

T = TypeVar("T")


class Shelf(Mapping[str, T]):
    """Files by name, each read by ``read(name, path)`` when it is first asked for; what cannot be read is not kept."""

    __slots__ = ("_files", "_held", "_read")

    def __init__(self, files: Mapping[str, Path], read: Callable[[str, Path], T]) -> None:
        self._files = files
        self._read = read
        self._held: dict[str, T] = {}

    def __getitem__(self, name: str) -> T:
        if name not in self._held:
            self._held.setdefault(name, self._read(name, self._files[name]))
        return self._held[name]

    def __contains__(self, name: object) -> bool:
        return name in self._files

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


class Late(Sequence[T], Generic[T]):
    """A tuple that is made by ``make()`` when it is first asked for."""

    __slots__ = ("_held", "_make")

    def __init__(self, make: Callable[[], tuple[T, ...]]) -> None:
        self._make = make
        self._held: list[tuple[T, ...]] = []

    def all(self) -> tuple[T, ...]:
        """Return the tuple, the same one each time."""
        if not self._held:
            self._held.append(self._make())
        return self._held[0]

    def __len__(self) -> int:
        return len(self.all())

    def __iter__(self) -> Iterator[T]:
        return iter(self.all())

    @overload
    def __getitem__(self, at: int) -> T: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[T, ...]: ...

    def __getitem__(self, at: int | slice) -> T | tuple[T, ...]:
        return self.all()[at]
