"""Slots of tables: figures that add up, shares of a whole, ranks; the same in every language."""

from __future__ import annotations

from synthgen.randomness import Stream
from synthgen.text.ledger import BookedField, Ledger

_PERCENT = 100.0
_TABLE_MARKS = ("〈표 {}〉", "[표 {}]", "표 {}.", "{}.", "□", "○", "(표 {})")


def figure_fields() -> dict[str, BookedField]:
    """Return the slots of tables: figures, shares, ranks; they are the same in every language."""

    def number(_stream: Stream, ledger: Ledger) -> str:
        ledger.number += 1
        return str(ledger.number)

    def year(stream: Stream, ledger: Ledger) -> str:
        ledger.first_year = ledger.first_year or stream.integer(2004, 2024)
        ledger.year = ledger.year + 1 if ledger.year else ledger.first_year
        return str(ledger.year)

    def table_number(stream: Stream, ledger: Ledger) -> str:
        """What stands before a table's title: its number among the document's, always written alike."""
        if ledger.table_style < 0:
            ledger.table_style = stream.integer(0, len(_TABLE_MARKS))
            ledger.table = stream.pick((0, 0, 0, stream.integer(1, 9)))
        ledger.table += 1
        return _TABLE_MARKS[ledger.table_style].format(ledger.table)

    def scale(stream: Stream, ledger: Ledger) -> float:
        if not ledger.scale:
            ledger.scale = 60.0 * 400.0 ** stream.random()
        return ledger.scale

    def first(stream: Stream, ledger: Ledger) -> str:
        return f"{ledger.cell(int(scale(stream, ledger) * stream.uniform(0.4, 1.8)), True):,}"

    def following(stream: Stream, ledger: Ledger) -> str:
        before = ledger.cells[-1] if ledger.cells else int(scale(stream, ledger))
        return f"{ledger.cell(max(round(before * stream.uniform(0.86, 1.2)), 1), False):,}"

    def growth(_stream: Stream, ledger: Ledger) -> str:
        if len(ledger.cells) < 2 or not ledger.cells[-2]:
            return "0.0"
        change = _PERCENT * (ledger.cells[-1] - ledger.cells[-2]) / ledger.cells[-2]
        return f"{change:.1f}" if abs(change) >= 0.05 else "0.0"

    def added(_stream: Stream, ledger: Ledger) -> str:
        """The sum of the figures in this row so far; it is a figure of the row too."""
        return f"{ledger.cell(sum(ledger.cells), False):,}"

    def whole(stream: Stream, ledger: Ledger) -> str:
        total = max(int(scale(stream, ledger) * stream.uniform(0.5, 1.8)), 4)
        second = int(total * stream.uniform(0.42, 0.57))
        ledger.cell(total, True)
        ledger.cell(total - second, False)
        ledger.cell(second, False)
        return f"{total:,}"

    def part(at: int) -> BookedField:
        return lambda _stream, ledger: f"{ledger.cells[at] if at < len(ledger.cells) else 0:,}"

    def part_share(_stream: Stream, ledger: Ledger) -> str:
        if len(ledger.cells) < 3 or not ledger.cells[0]:
            return "0.0"
        return f"{_PERCENT * ledger.cells[2] / ledger.cells[0]:.1f}"

    def all_parts(_stream: Stream, ledger: Ledger) -> str:
        total = ledger.total(True)
        ledger.total(False)
        ledger.total(False)
        return f"{total:,}"

    def deal(stream: Stream, ledger: Ledger) -> int:
        if not ledger.whole:
            ledger.whole = round(scale(stream, ledger) * 20)
        return ledger.cell(ledger.deal(stream, ledger.whole, ledger.left), True)

    def deal_share(_stream: Stream, ledger: Ledger) -> str:
        dealt = ledger.cells[0] if ledger.cells else 0
        return f"{_PERCENT * dealt / max(ledger.whole, 1):.1f}"

    def half(stream: Stream, ledger: Ledger) -> str:
        """The first part of a dealt share; its second part and the share itself are the row's other figures."""
        dealt = deal(stream, ledger)
        first_part = int(dealt * stream.uniform(0.4, 0.6))
        ledger.cell(first_part, False)
        ledger.cell(dealt - first_part, False)
        return f"{first_part:,}"

    def all_halves(stream: Stream, ledger: Ledger) -> str:
        all_parts(stream, ledger)
        return f"{ledger.cells[1]:,}"

    def games(stream: Stream, ledger: Ledger) -> int:
        if not ledger.games:
            ledger.games = stream.pick((18, 22, 30, 36, 38, 54, 72, 144))
        return ledger.games

    def wins(stream: Stream, ledger: Ledger) -> int:
        played = games(stream, ledger)
        if ledger.wins < 0:
            ledger.wins = int(played * stream.uniform(0.62, 0.75))
        else:
            fall = max(int(2 * (ledger.wins - 0.2 * played) / max(ledger.left, 1)), 0)
            ledger.wins = max(ledger.wins - stream.integer(0, fall + 1), 0)
        # Who wins four games in ten has scored about as often as others have against them.
        ledger.goals = round(1.6 * (ledger.wins - 0.4 * played)) + stream.integer(-3, 4)
        return ledger.wins

    def rate(stream: Stream, ledger: Ledger) -> str:
        return f"{max(ledger.wins, 0) / games(stream, ledger):.3f}"

    return {
        "row_no": number,
        "table_no": table_number,
        "year_next": year,
        "cell_first": first,
        "cell_next": following,
        "cell_sum": added,
        "growth": growth,
        "sum_first": lambda _stream, ledger: f"{ledger.total(True):,}",
        "sum_next": lambda _stream, ledger: f"{ledger.total(False):,}",
        "whole": whole,
        "part_a": part(1),
        "part_b": part(2),
        "part_share": part_share,
        "whole_sum": all_parts,
        "deal_share": deal_share,
        "half_a": half,
        "half_a_sum": all_halves,
        "part_all": part(0),
        "rank_wins": lambda stream, ledger: str(wins(stream, ledger)),
        "rank_losses": lambda stream, ledger: str(games(stream, ledger) - max(ledger.wins, 0)),
        "rank_games": lambda stream, ledger: str(games(stream, ledger)),
        "rank_rate": rate,
        "rank_points": lambda stream, ledger: str(3 * wins(stream, ledger)),
        "rank_goals": lambda _stream, ledger: f"{ledger.goals:+d}",
    }
