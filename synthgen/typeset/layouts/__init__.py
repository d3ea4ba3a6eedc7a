"""The built-in layouts; importing this package registers them."""

from synthgen.typeset.layouts import (
    book,
    card,
    column,
    document,
    form,
    label,
    newspaper,
    newspaper_old,
    paragraph,
    receipt,
    screen,
    sign,
    single,
    subtitle,
    table,
)

__all__ = [
    "book",
    "card",
    "column",
    "document",
    "form",
    "label",
    "newspaper",
    "newspaper_old",
    "paragraph",
    "receipt",
    "screen",
    "sign",
    "single",
    "subtitle",
    "table",
]
