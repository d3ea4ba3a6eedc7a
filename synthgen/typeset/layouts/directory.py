"""Directories of buildings: a board that lists floor by floor who is there."""

from __future__ import annotations

from synthgen.randomness import Stream
from synthgen.recipe import Recipe
from synthgen.text.copy import Ask
from synthgen.typeset.design import REGULAR, pick_face, text_style
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.flow import Cell, Fixed, Flow, Item
from synthgen.typeset.layouts.composed import Composed, Composition, can_say, can_write
from synthgen.typeset.layouts.frontage import printed
from synthgen.typeset.ruling import Box, Ruling
from synthgen.typeset.text import Style

TITLES = ("층별 안내", "층별안내", "입주 업체", "안내", "FLOOR GUIDE")
# How many floors a board lists at most, and its rows' height of the sign's.
MOST_FLOORS = 8
ROW_FRAC = (0.1, 0.16)
# What keeps neighbouring names apart: the room at a name's ends, of its row's height.
NAME_PAD = 0.3


class Directory(Composed):
    """A board at a building's door: a title, and for each floor its number and one or two shops."""

    def compose(self, recipe: Recipe, faces: FaceSet, stream: Stream) -> Composition:
        """Draw the board and its rows, the top floor first."""
        wide, high = float(recipe.page.width_px), float(recipe.page.height_px)
        edge = min(wide, high) * max(stream.between(recipe.page.margin_frac_range), 0.04)
        row = stream.uniform(*ROW_FRAC) * (high - 2 * edge)
        filled = stream.chance(0.6)
        ink = "reverse" if filled else "text"
        recipe = printed(recipe)
        style = text_style(recipe, pick_face(recipe, faces, stream, least_weight=REGULAR), 0.62 * row, stream)
        style = style._replace(align="left", by_syllable=False, raised="", line_px=0.8 * row, ink=ink, jitter_em=0.0)
        bold = style._replace(face=pick_face(recipe, faces, stream, heavy=True), align="center")
        said = stream.pick(TITLES)
        titled = can_say(said, recipe.lang, recipe.text.charset) and stream.chance(0.75)
        head = 1.6 * row if titled else 0.3 * row
        below = stream.pick((0, 0, 1, 2))
        floors = max(2, min(int((high - 2 * edge - head - 0.3 * row) / row), stream.integer(3, MOST_FLOORS + 1)))
        board = (edge, (high - head - floors * row - 0.3 * row) / 2, wide - edge, 0.0)
        board = (*board[:3], high - board[1])
        rulings = [
            (Ruling("fill", ink="accent", round_px=stream.pick((0.0, 0.0, 0.3)) * row), board)
            if filled
            else (Ruling("frame", max(0.04 * row, 1.5), "accent"), board)
        ]
        flows: list[Flow] = []
        x0, x1, y = board[0] + 0.5 * row, board[2] - 0.5 * row, board[1] + head
        if titled:
            title = bold._replace(size_px=0.85 * row, line_px=1.1 * row)
            place = (x0, board[1] + 0.25 * row, x1, y - 0.15 * row)
            flows.append(Flow((place,), (Fixed("headline", title, most_fit=1.0, said=(said,)),), "middle"))
            rulings.append((Ruling("below", max(0.05 * row, 1.5), ink), (x0, y, x1, y)))
        marks = self._marks(floors, below, recipe, stream)
        ruled = stream.chance(0.6)
        two = stream.chance(0.4)
        # Names of signs are slogans now and then; Korean short ones are shops alone.
        plain = "short" if recipe.lang == "ko" else "name"
        tenant = "tenant" if can_write("tenant", "sign_shop", recipe.lang) else plain
        for number, mark in enumerate(marks):
            box = (x0, y + number * row, x1, y + (number + 1) * row)
            flows += self._floor(box, mark, bold, style, Ask(tenant, 1, "sign_shop"), two and stream.chance(0.6))
            if ruled and number < floors - 1:
                rulings.append((Ruling("below", 1.0, ink), box))
        inks = {"accent", ink}
        return Composition(tuple(flows), tuple(rulings), inks=frozenset(inks), drawn={"shape": "floors"})

    def _marks(self, floors: int, below: int, recipe: Recipe, stream: Stream) -> list[str]:
        """Return the floors' names from the top, some of them below ground; none where the charset lacks them."""
        below = min(below, floors - 1)
        unit = stream.pick(("층", "F"))
        marks = [f"{floor}{unit}" for floor in range(floors - below, 0, -1)]
        marks += [f"B{floor}" for floor in range(1, below + 1)]
        return marks if can_say("".join(marks), recipe.lang, recipe.text.charset) else [""] * floors

    def _floor(self, box: Box, mark: str, bold: Style, style: Style, ask: Ask, two: bool) -> list[Flow]:
        """Return a floor's number and its one or two names."""
        x0, y0, x1, y1 = box
        left, high = x0, y1 - y0
        flows = []
        if mark:
            left += 2.0 * high
            flows.append(
                Flow(((x0, y0, x0 + 1.5 * high, y1),), (Fixed("floor", bold, most_fit=1.0, said=(mark,)),), "middle")
            )
        width = x1 - left
        asks = (ask,) * (2 if two else 1)
        each = width / len(asks)
        pad = NAME_PAD * high
        cells = tuple(Cell(at * each, (at + 1) * each, style, "name", pad_px=pad) for at in range(len(asks)))
        return [*flows, Flow(((left, y0, x1, y1),), (Item("name", style, asks, cells=cells),), "middle")]
