"""What a writer is asked for and what it hands over: blocks of text with their roles, no geometry."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ask:
    """One block that a layout wants: its role and about how many words (eojeol) it can take.

    Roles that every writer knows: ``headline``, ``subhead``, ``kicker``, ``byline``, ``body``, ``caption``,
    ``folio``, ``word`` (exactly one word without spaces) and ``line`` (one line of a few words).
    A writer may hand over more ``body`` than asked; the layout sets what fits, in whole words.

    ``genre`` names where the text must come from (a receipt's items); empty leaves that to the writer. ``lead`` is a
    number or mark that the layout wants before the text, as a word of its own: ``1.``, ``가.``, ``○``. A block of
    ``cells`` has one paragraph for each cell of a table's row.
    """

    role: str
    words: int
    genre: str = ""
    lead: str = ""
    cells: bool = False


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
