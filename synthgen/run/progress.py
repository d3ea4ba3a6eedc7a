"""Who hears how far a run is: the command line draws a bar from it, tests count, the library is silent."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told in the parent process only; its methods must be quick."""

    def begin(self, step: str, total: int, done: int) -> None:
        """Begin a step: ``render`` counts samples, ``assemble`` words; ``done`` of ``total`` are done already."""

    def advance(self, samples: int, words: int, size_bytes: int) -> None:
        """Hear that this much more is done."""


class Silent:
    """A progress that nobody hears."""

    def begin(self, step: str, total: int, done: int) -> None:
        """Do nothing."""

    def advance(self, samples: int, words: int, size_bytes: int) -> None:
        """Do nothing."""
