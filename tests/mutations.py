"""Documents as hostile hands leave them: one or a few values of a good one replaced, removed, doubled or cut."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

# What breaks readers: other types, numbers at and beyond every border, names that climb, texts that cannot be written.
NASTY = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.sampled_from([0, -1, 1, 2**31, 2**63, 2**64, 1e308, float("inf"), float("-inf"), float("nan"), 0.5]),
    st.sampled_from(["", ".", "..", "../x", "/etc/passwd", "a/b", "train\0", "\ud800", "x" * 10_000, "\u1100\u1161"]),
    st.text(max_size=5),
    st.sampled_from([[], {}, [[]], [None], {"": None}, [1, 2, 3], {"a": {"b": []}}]).map(copy.deepcopy),
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        found += _places(child, (*path, key))
    return found


@st.composite
def mutated(draw: st.DrawFn, document: Any) -> Any:
    """The document with one to three of its values changed."""
    changed = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 3))):
        places = _places(changed)
        if not places:
            return draw(NASTY)
        # Sorted by depth, so that the few values at the top are met as often as the many below.
        depth = draw(st.sampled_from(sorted({len(path) for path in places})))
        path = draw(st.sampled_from([path for path in places if len(path) == depth]))
        holder = changed
        for key in path[:-1]:
            holder = holder[key]
        action = draw(st.sampled_from(["replace", "replace", "remove", "add"]))
        if action == "replace":
            holder[path[-1]] = draw(NASTY)
        elif action == "remove":
            del holder[path[-1]]
        elif isinstance(holder, dict):
            holder[draw(st.text(max_size=5))] = draw(NASTY)
        else:
            holder.insert(path[-1], draw(NASTY))
    return changed


@st.composite
def damaged(draw: st.DrawFn, data: bytes) -> bytes:
    """The bytes with some cut away, doubled, flipped or put in."""
    start = draw(st.integers(0, len(data)))
    stop = draw(st.integers(start, min(len(data), start + 200)))
    put = draw(st.one_of(st.just(b""), st.binary(max_size=20), st.just(data[start:stop] * 2)))
    return data[:start] + put + data[stop:]
