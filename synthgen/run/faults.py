"""What is wrong with a dataset: one line for each fault, and a bound on how many are kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

# More of them say nothing new, and a foreign folder may have millions.
MOST_KEPT = 1_000
AGAIN = "copy the dataset again, or make it again with --overwrite"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: ``where`` (a path from the dataset's folder, with line or record), ``rule`` broken, ``remedy``."""

    where: str
    rule: str
    remedy: str = AGAIN

    def __str__(self) -> str:
        return f"{self.where}: {self.rule}; {self.remedy}."


@dataclass(slots=True)
class Faults:
    """Faults found: ``count`` of all, of which the first :data:`MOST_KEPT` are in ``kept``."""

    kept: list[Fault] = field(default_factory=list)
    count: int = 0

    def add(self, where: str, rule: str, remedy: str = AGAIN) -> None:
        """Note a fault; texts from files are cut and made one line."""
        self.count += 1
        if len(self.kept) < MOST_KEPT:
            self.kept.append(Fault(_line(where), _line(rule), remedy))

    def extend(self, other: Faults) -> None:
        """Note another's faults."""
        self.count += other.count
        self.kept += other.kept[: MOST_KEPT - len(self.kept)]

    def add_all(self, where: str, rules: Iterable[str]) -> None:
        """Note several faults of one thing."""
        for rule in rules:
            self.add(where, rule)


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 300 else f"{line[:297]}..."
