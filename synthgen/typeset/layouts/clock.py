"""The clock of a screen: what it shows beside messages is never later than what it shows in its status bar."""

from __future__ import annotations

import re
from dataclasses import replace

from synthgen.text.charset import Charset
from synthgen.text.copy import Block, Copy

_TIME = re.compile(r"(\d{1,2}):(\d{2})(?!\d)")
_DAY_MIN = 24 * 60
# All that a screen shows was sent within so many minutes, and on one day.
SPAN_MIN = 200


def told_by_the_clock(copy: Copy, charset: Charset, *, newest_first: bool) -> Copy:
    """Return the copy with the times of its ``when`` blocks made to precede that of its ``status``, in their order.

    A copy without a clock, and times that the charset could not write, stay as they are.
    """
    now = next((_minute(block) for block in copy.blocks if block.role == "status"), None)
    whens = [_minute(block) for block in copy.blocks if block.role == "when"]
    found = [minute for minute in whens if minute is not None]
    if now is None or len(found) < len(whens):
        return copy
    span = min(SPAN_MIN, now)
    ages = iter(sorted(((now - minute) % _DAY_MIN * span // _DAY_MIN for minute in found), reverse=not newest_first))
    blocks = tuple(_at(block, now - next(ages)) if block.role == "when" else block for block in copy.blocks)
    return replace(copy, blocks=blocks) if all(charset.covers(block.paragraphs[0]) for block in blocks) else copy


def _minute(block: Block) -> int | None:
    """Return the minute of the day that a block tells, None where it tells none."""
    found = _TIME.search(block.paragraphs[0])
    return int(found[1]) * 60 + int(found[2]) if found else None


def _at(block: Block, minute: int) -> Block:
    """Return a block that tells another time in its own way."""
    hour, rest = divmod(minute, 60)

    def told(found: re.Match[str]) -> str:
        return f"{hour:02d}:{rest:02d}" if len(found[1]) == 2 else f"{hour}:{rest:02d}"

    first, *others = block.paragraphs
    return replace(block, paragraphs=(_TIME.sub(told, first, count=1), *others))
