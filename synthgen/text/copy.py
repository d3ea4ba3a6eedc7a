"""What a writer is asked for and what it hands over: blocks of text with their roles, no geometry."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ask:
    """One block that a layout wants: its role and about how many words (eojeol) it can take.

    Roles that every writer knows: ``headline``, ``subhead``, ``kicker``, ``byline``, ``body``, ``caption``,
    ``folio``, ``word`` (exactly one word without spaces) and ``line`` (one line of a few words).
    A writer may hand over more ``body`` than asked; the layout sets what fits, in whole words.
    """

    role: str
    words: int


@dataclass(frozen=True, slots=True)
class Block:
    """A block of text: its role and its paragraphs (NFC, words separated by single spaces, never empty)."""

    role: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Copy:
    """Everything that one sample says, one block for each :class:`Ask`, in the same order."""

    genre: str
    blocks: tuple[Block, ...]
