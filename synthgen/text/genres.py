"""Which genre serves an article: those whose templates have most of the roles asked for."""

from __future__ import annotations

from dataclasses import replace

from synthgen.randomness import Stream
from synthgen.text.library import Genre

# How much it matters that a genre has templates of its own for a role; single words come from anywhere.
_ROLE_WEIGHTS = {"headline": 10, "body": 10, "line": 10, "word": 0, "issue": 0, "nameplate": 0}


def best_genres(genres: tuple[Genre, ...], wanted: tuple[str, ...]) -> tuple[Genre, ...]:
    """Return those of some genres that serve the roles wanted best, all alike; of single words that is every one."""
    scores = [sum(_ROLE_WEIGHTS.get(role, 1) for role in wanted if _serves(genre, role)) for genre in genres]
    best = max(scores)
    return tuple(genre for genre, score in zip(genres, scores, strict=True) if score == best)


def told(genre: Genre, stream: Stream) -> Genre:
    """Return what an article of the genre is made of: one kind with what serves all, where each kind has headlines."""
    if not _of_kinds(genre):
        return genre
    kind = stream.pick(genre.kinds)
    return replace(genre, templates={**genre.templates, **kind.templates}, kinds=())


def _serves(genre: Genre, role: str) -> bool:
    if role in genre.templates:
        return True
    return _of_kinds(genre) and all(role in kind.templates for kind in genre.kinds)


def _of_kinds(genre: Genre) -> bool:
    return "headline" not in genre.templates and any("headline" in kind.templates for kind in genre.kinds)
