"""One recipe's way from words to a picture: written, set, printed, photographed, cut out.

A sample walks through the rooms once, in that order, never back. A :class:`Walk` holds what the rooms need and no
state.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from synthgen.camera.bend import bend_of
from synthgen.camera.bleed import bleed_px
from synthgen.camera.framing import within_picture
from synthgen.camera.legibility import legible
from synthgen.camera.optics import Exposure
from synthgen.camera.pose import Pose, draw_pose
from synthgen.crops import Crop, cut_words
from synthgen.errors import Rejected
from synthgen.geometry import Picture
from synthgen.press.grounds import Grounds
from synthgen.press.halftone import print_pictures
from synthgen.press.handling import check_handling, handle_sheet
from synthgen.press.ink import check_ink, covered_by, print_layers
from synthgen.press.painters import painter_of, tinted
from synthgen.press.paper import draw_paper
from synthgen.press.raster import coverage
from synthgen.randomness import Streams
from synthgen.recipe import Recipe
from synthgen.scene import Scene, seen_through
from synthgen.text.charset import Charset
from synthgen.text.copy import Copy
from synthgen.text.corpus import Corpus
from synthgen.text.floor import dealt, with_characters
from synthgen.text.writer import Writer
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.layout import Layout
from synthgen.typeset.registry import layout_kind
from synthgen.typeset.shape import Shaper

Int = npt.NDArray[np.int32]

# Areas that text stands on are printed before it, whenever a layout thought of them.
UNDER_TEXT = ("tint", "marker")
# What is black, or paper, where no pair of colours was drawn.
COLOURLESS = frozenset({"text", "reverse"})


class Walk:
    """Makes scenes and crops of one recipe; the same in every process.

    ``faces`` are those the recipe sets its text in, ``shaper`` may be shared with other walks over the same faces.
    Raises RecipeError for a name in the recipe that no layout, paper, ink, bend or effect has.
    """

    def __init__(
        self,
        recipe: Recipe,
        faces: FaceSet,
        shaper: Shaper,
        charset: Charset,
        corpora: Sequence[Corpus],
        grounds: Grounds,
    ) -> None:
        self.recipe = recipe
        self.digest = recipe.digest()
        self.faces = faces
        self.shaper = shaper
        self.charset = charset
        self.grounds = grounds
        self.writer = Writer(recipe.text, recipe.lang, corpora)
        self.layout = layout_kind(recipe.page.layout)
        # What the rooms draw from has the difficulty in it already.
        self._dosed = recipe.dosed()
        if recipe.text.floor_per_sample:
            # What a sample was dealt must be seen in it.
            self._dosed = replace(self._dosed, camera=replace(self._dosed.camera, cut_probability=0.0))
        self._exposure = Exposure(self._dosed.optics)
        for kind in recipe.paper.kinds:
            painter_of(kind)
        check_handling(recipe.paper)
        check_ink(recipe.ink)
        for name in recipe.camera.bends:
            bend_of(name)
        self._page_size = (recipe.page.width_px, recipe.page.height_px)
        self._bleed_px = bleed_px(self._dosed.camera, self._page_size)

    def scene(self, streams: Streams) -> Scene:
        """Return the scene of one attempt at one sample; raises Rejected where the recipe's rules throw it away."""
        copy, layout = self._set(streams)
        dosed = self._dosed
        pose = draw_pose(dosed.camera, layout.content, self._page_size, layout.size, streams("pose"))
        sheet, corner, printed = self._print(layout, pose, streams)
        # Print in black on paper of one tone is grey until the camera's sensor: a third of the work.
        warmth = printed["paper"].get("warmth") if sheet.ndim == 2 else None
        image, optics = self._exposure.expose(
            pose.photograph(sheet, corner),
            streams("optics"),
            level=pose.parameters["level"],
            colour=None if warmth is None else partial(tinted, warmth=warmth),
        )
        drawn = {
            "genre": copy.genre,
            "layout": layout.parameters,
            **printed,
            "pose": pose.parameters,
            "optics": optics,
            "map": pose.plain_map,
        }
        return self._labelled(image, layout, pose, drawn, streams)

    def crops(self, scene: Scene, streams: Streams) -> tuple[Crop, ...]:
        """Return the word pictures of a scene."""
        return cut_words(scene, self.recipe.crops, self.recipe.output.min_visible, streams("crops"))

    def _set(self, streams: Streams) -> tuple[Copy, Layout]:
        """Write and set one sample, with the characters that it was dealt."""
        brief = self.layout.brief(self.recipe, self.faces, streams("layout"))
        copy = self.writer.write(brief.asks, streams("copy"))
        owed = ""
        if self.recipe.text.floor_per_sample:
            owed = dealt(streams.seed, streams.index, self.recipe.text.floor_per_sample, self.charset)
            copy = with_characters(copy, owed)
        layout = self.layout.set(brief, copy, self.recipe, self.shaper, self._bleed_px, streams("setting"))
        if owed and Counter(owed) - Counter(layout.characters.text):
            raise Rejected("coverage-floor")
        return copy, layout

    def _print(self, layout: Layout, pose: Pose, streams: Streams) -> tuple[Picture, tuple[int, int], dict[str, Any]]:
        """Return the printed part of the sheet that the camera sees, its top-left on the sheet, and what was drawn."""
        x0, y0, x1, y1 = pose.seen_box(layout.size)
        size, corner = (x1 - x0, y1 - y0), (x0, y0)
        dosed = self._dosed
        black = not dosed.ink.colours and COLOURLESS.issuperset(layout.inks)
        ground, paper = draw_paper(size, dosed.paper, streams("paper"), self.grounds, tint=not black)
        layers, boxes = [], {}
        for number in sorted(range(len(layout.inks)), key=lambda one: layout.inks[one] not in UNDER_TEXT):
            alone, name = len(layout.inks) == 1, layout.inks[number]
            glyphs = layout.glyphs if alone else layout.glyphs.printed_with(number)
            rules = layout.rules if alone else layout.rules[layout.rule_ink == number]
            layers.append((name, coverage(glyphs, rules, self.faces, size, corner)))
            if len(rules):
                boxes[name] = rules - (*corner, *corner)
        if len(layout.pictures):
            text = next(covered for name, covered in layers if name == "text")
            print_pictures(
                text, layout.pictures, corner, streams("pictures"), continuous=layout.continuous_pictures
            )
        sheet, ink = print_layers(ground, layers, dosed.ink, streams("ink"), boxes, natural=paper.get("natural", False))
        drawn = {"paper": paper, "ink": ink}
        if dosed.paper.effects:
            warmth = paper.get("warmth") if sheet.ndim == 2 else None
            sheet, drawn["handling"] = handle_sheet(sheet, covered_by(layers), dosed.paper, streams("sheet"), warmth)
        return sheet, corner, drawn

    def _labelled(self, image: Picture, layout: Layout, pose: Pose, drawn: dict[str, Any], streams: Streams) -> Scene:
        """Return the picture with its labels, mapped by the map that the pixels went through."""
        size = (image.shape[1], image.shape[0])
        used, face = _renumbered(layout.characters.face)
        characters, words, lines = seen_through(pose.map, size, layout.characters, face, layout.words, layout.lines)
        cut = "cut" in pose.parameters
        if cut:
            characters, words, lines = within_picture(characters, words, lines)
        ignored = words.ignored | ~legible(words, image, drawn["optics"])
        # A word of which a part is cut off by the picture's edge cannot be read for what it says.
        ignored[characters.word[characters.visible < self.recipe.output.min_visible]] = True
        if cut and ignored.all():
            raise Rejected("cut")
        if ignored.any():
            words = replace(words, ignored=ignored)
        provenance = {
            "recipe": self.digest,
            "preset": self.recipe.name,
            "seed": streams.seed,
            "index": streams.index,
            "attempt": streams.attempt,
            "faces": [self.faces.faces[at].id for at in used],
            **drawn,
        }
        return Scene(image, characters, words, lines, layout.roles, provenance)


def _renumbered(face: Int) -> tuple[list[int], Int]:
    """Return the faces that occur, rising, and for each character (N,) the place of its face among them."""
    first = int(face[0])
    if (face == first).all():
        return [first], np.zeros(len(face), dtype=np.int32)
    used, places = np.unique(face, return_inverse=True)
    return used.tolist(), places.astype(np.int32)
