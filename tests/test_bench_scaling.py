"""The arithmetic of two jobs over one; how long anything takes, no test asks."""

from __future__ import annotations

import pytest

from benchmarks.scaling import Run, rows_of, text


def test_start_up_cancels_out_and_the_middle_round_counts():
    """One job: 10 s in 10 s for the difference; two: 5.2 s of the clock, 10.3 s of both; a round that was disturbed."""
    one = [(Run(3, 2.5), Run(13, 12.5)), (Run(4, 2.5), Run(14, 12.5)), (Run(3, 2.5), Run(33, 12.5))]
    two = [(Run(5, 6), Run(10.2, 16.3)), (Run(6, 7), Run(11.2, 17.3)), (Run(5, 6), Run(30, 16.3))]
    first, second = rows_of({1: one, 2: two}, 500)
    assert (first["clock_ratio"], first["cpu_ratio"], first["busy"]) == (1, 1, pytest.approx(1))
    assert first["samples_per_wall_s"] == pytest.approx(50)
    assert second["samples_per_wall_s"] == pytest.approx(500 / 5.2)
    assert second["cpu_ms_per_sample"] == pytest.approx(20.6)
    assert second["clock_ratio"] == pytest.approx(10 / 5.2)
    assert second["cpu_ratio"] == pytest.approx(1.03)
    assert second["busy"] == pytest.approx(10.3 / 10.4)
    told = text([{"case": "word", "n": 640, "goal": 1.9, "rows": [first, second]}])
    assert "1.92" in told and "1.03" in told and "busy" in told
