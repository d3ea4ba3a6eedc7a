"""Barcodes that say what is printed under them."""

from __future__ import annotations

from dataclasses import replace

from synthgen.text.copy import Block, Copy
from synthgen.typeset.flow import Item
from synthgen.typeset.layouts.composed import Composition
from synthgen.typeset.ruling import EAN_LENGTH, Ruling, barcode, check_digit

# What bars say that stand for no printed number.
_SILENT = "880123456789"


def coded(plan: Composition, copy: Copy) -> tuple[Composition, Copy]:
    """Return a page whose barcode has the bars of the number written for it, and the copy with that number mended.

    A number of twelve figures (UPC-A) or thirteen gets its check digit in place of its last figure, its groups kept;
    what is no such number is not printed.
    """
    number, blocks = "", []
    for block in copy.blocks:
        if block.role == "code":
            number, block = _mended(block)
        blocks.append(block)
    modules = barcode(number or _SILENT + check_digit(_SILENT))
    flows = tuple(replace(flow, items=tuple(_striped(item, modules) for item in flow.items)) for flow in plan.flows)
    rulings = tuple((_filled(ruling, modules), box) for ruling, box in plan.rulings)
    return replace(plan, flows=flows, rulings=rulings), replace(copy, blocks=tuple(blocks))


def _mended(block: Block) -> tuple[str, Block]:
    """Return the thirteen figures that a block's number stands for, and the block with that number; or none."""
    text = block.paragraphs[0]
    figures = text.replace(" ", "").replace("-", "")
    if not (figures.isascii() and figures.isdecimal()) or len(figures) not in (EAN_LENGTH - 1, EAN_LENGTH):
        return "", replace(block, paragraphs=())
    most = figures.zfill(EAN_LENGTH)[:-1]
    last = check_digit(most)
    return most + last, replace(block, paragraphs=(text[:-1] + last,))


def _striped(item: Item, modules: tuple[int, ...]) -> Item:
    if not any(ruling.where == "bars" for ruling in item.rulings):
        return item
    return replace(item, rulings=tuple(_filled(ruling, modules) for ruling in item.rulings))


def _filled(ruling: Ruling, modules: tuple[int, ...]) -> Ruling:
    return replace(ruling, modules=modules) if ruling.where == "bars" else ruling
