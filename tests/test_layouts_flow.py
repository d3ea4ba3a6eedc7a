"""Flows: items stand below one another, keep what belongs together, and run on from box to box."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from synthgen.randomness import Stream
from synthgen.recipe import load
from synthgen.text.copy import Ask, Block
from synthgen.typeset.faces import FaceSet, load_faces
from synthgen.typeset.flow import Cell, Fixed, Flow, Flows, Item, set_flow
from synthgen.typeset.galley import Galley
from synthgen.typeset.layout import Layout
from synthgen.typeset.ruling import Ruling
from synthgen.typeset.shape import Shaper
from synthgen.typeset.text import Style
from tests.test_layouts_sweep import laid, recipe_of

FACES = FaceSet(load_faces())
SHAPER = Shaper(FACES)
STYLE = Style(face=2, size_px=20.0, line_px=30.0)
KIND = load("newspaper").type
LONG = "국회는 어제 본회의를 열고 새해 예산안을 처리했다"


def heading(keep_px: float = 1.0, **changes: object) -> Item:
    return Item("heading", STYLE, (Ask("heading", 2),), keep_px=keep_px, **changes)  # type: ignore[arg-type]


BODY = Item("body", STYLE, (Ask("body", 9),), 0, gap_px=10.0)
LIST = Item("list", STYLE, (Ask("point", 9),), 2, gap_px=10.0)
ROW = Item(
    "row", STYLE, (Ask("row", 2, cells=True),), cells=(Cell(0.0, 100.0, STYLE), Cell(100.0, 200.0, STYLE)), gap_px=10.0
)
LINE = Item("line", STYLE, (Ask("line", 1),), most_fit=1.0, gap_px=10.0)


def written(flow: Flow) -> list[Block]:
    """Two-line paragraphs for running text and points, one word for all else."""
    said = {"body": (LONG,), "list": (LONG,), "row": ("하나", "둘")}
    return [Block(item.role, said.get(item.role, ("제목",))) for item in flow.items for _ in item.asks]


def set_out(*items: Item, boxes: tuple[tuple[float, float, float, float], ...]) -> tuple[Layout, float]:
    flow, galley = Flow(boxes, items), Galley(SHAPER)
    foot = set_flow(galley, flow, written(flow), SHAPER, 10.0, KIND, Stream(0, 0, "flow"))
    return galley.finish((900, 900), {}), foot


@pytest.mark.parametrize("below", [BODY, LIST, ROW, LINE], ids=lambda item: item.role)
@pytest.mark.parametrize("boxes", [1, 2])
def test_a_heading_never_ends_a_box(below: Item, boxes: int) -> None:
    """Whatever is below: in the last box too, the heading stands with its first line or not at all."""
    least = 60.0 if below is LIST else 30.0
    for high in np.arange(102.0, 150.0, 4.0).tolist():
        rooms = ((0.0, 0.0, 200.0, high), (300.0, 0.0, 500.0, high))[:boxes]
        layout, _ = set_out(LINE, heading(), below, boxes=rooms)
        heads = [
            layout.lines.quad[at] for at, block in enumerate(layout.lines.block) if layout.roles[block] == "heading"
        ]
        fits = high >= 30 + 30 + 10 + least - 0.01
        assert bool(heads) == (fits or boxes == 2)
        if heads:
            followed = [role for role in layout.roles if role in (below.role, "cell")]
            assert followed
            assert (heads[0][:, 0].min() > 290) == (not fits)


def test_headings_that_follow_one_another_are_kept_together() -> None:
    """A title over a section's over text: all three, or none of them."""
    for high, roles in ((145.0, ["line"]), (151.0, ["line", "heading", "heading", "body"])):
        layout, _ = set_out(LINE, heading(gap_px=10.0), heading(gap_px=10.0), BODY, boxes=((0.0, 0.0, 200.0, high),))
        assert list(layout.roles) == roles


def test_a_heading_keeps_no_less_than_it_was_told() -> None:
    room = ((0.0, 0.0, 200.0, 125.0),)
    assert "heading" in set_out(LINE, heading(60.0), BODY, boxes=room)[0].roles
    assert "heading" not in set_out(LINE, heading(70.0), BODY, boxes=room)[0].roles


def test_items_of_all_kinds_stand_below_one_another() -> None:
    """Gaps, padding, least heights and rows; what is cast stands between what is broken, in the order of reading."""
    items = (
        LINE, BODY, ROW, Item("rule", STYLE, height_px=20.0, rulings=(Ruling("below", 2.0),)), ROW, BODY,
        Fixed("label", STYLE, most_fit=1.0, height_px=50.0, said=("사진",)),
    )  # fmt: skip
    layout, foot = set_out(*items, boxes=((0.0, 5.0, 200.0, 800.0),))
    assert list(layout.roles) == ["line", "body", "cell", "cell", "cell", "cell", "body", "label"]
    tops = layout.lines.quad[:, 0, 1]
    assert (np.diff(tops) > -1e-6).all()
    bodies = sum(layout.roles[block] == "body" for block in layout.lines.block)
    assert foot == pytest.approx(15.0 + 30 + 10 + 40 + 20 + 40 + 10 + bodies * 30 + 50)
    rule = layout.rules[0]
    assert (rule[1] + rule[3]) / 2 == pytest.approx(15 + 30 + 10 + bodies / 2 * 30 + 40 + 20)
    middle = layout.lines.quad[-1, :, 1].mean()
    assert middle == pytest.approx(foot - 25, abs=3)


def test_flows_cast_together_are_what_they_are_alone() -> None:
    flows = [
        Flow(((0.0, 0.0, 200.0, 300.0),), (LINE, BODY, ROW)),
        Flow(((250.0, 0.0, 450.0, 100.0),), (ROW, LINE), "middle"),
        Flow(((500.0, 0.0, 700.0, 300.0),), (LIST, ROW), "bottom"),
    ]
    together, alone = Galley(SHAPER), Galley(SHAPER)
    both = Flows(SHAPER, [(flow, written(flow)) for flow in flows], 10.0, Stream(0, 0, "flow"))
    for number, flow in enumerate(flows):
        both.set(together, number, KIND)
        assert set_flow(alone, flow, written(flow), SHAPER, 10.0, KIND, Stream(0, 0, "flow")) == both.feet[number]
    one, other = (galley.finish((900, 400), {}) for galley in (together, alone))
    assert one.lines.text == other.lines.text and one.roles == other.roles
    np.testing.assert_allclose(one.characters.ink, other.characters.ink)


@pytest.mark.parametrize("name", ["document", "book", "letter"])
def test_pages_do_not_end_in_headings(name: str) -> None:
    checked = 0
    for index in range(40):
        layout, brief, _ = laid(recipe_of(name), FACES, index)
        roles = [layout.roles[block] for block in layout.lines.block]
        for role, after in pairwise([*roles, "page"]):
            if role in ("heading", "subhead"):
                checked += 1
                assert after not in ("page", "footnote", "running")
        assert brief.plan.flows
    assert checked > {"document": 40, "book": 5, "letter": -1}[name]
