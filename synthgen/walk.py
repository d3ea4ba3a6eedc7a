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
from synthgen.camera.pose import Pose, draw_pose, draw_poses, drawn_level
from synthgen.camera.poses import Poses
from synthgen.camera.roll import Roll
from synthgen.camera.takes import Takes
from synthgen.crops import Crop, cut_together, cut_words, whole_together
from synthgen.errors import RecipeError, Rejected
from synthgen.geometry import Picture
from synthgen.press.grounds import Grounds
from synthgen.press.halftone import print_pictures
from synthgen.press.handling import check_handling, handle_sheet
from synthgen.press.ink import check_ink, covered_by, print_layers
from synthgen.press.painters import painter_of, tinted
from synthgen.press.paper import draw_paper
from synthgen.press.raster import Columns, coverage
from synthgen.randomness import Stream, Streams
from synthgen.recipe import ABREAST, Recipe
from synthgen.scene import Labels, Parts, Scene, Shared, renumbered, seen_each, seen_through, standing_on
from synthgen.text.charset import Charset
from synthgen.text.copy import Copy
from synthgen.text.corpus import Corpus
from synthgen.text.floor import dealt, with_characters
from synthgen.text.writer import Writer
from synthgen.typeset.faces import FaceSet
from synthgen.typeset.layout import Layout, LoneLines
from synthgen.typeset.registry import SetsTogether, layout_kind
from synthgen.typeset.shape import Shaper

Int = npt.NDArray[np.int32]
Box = tuple[int, int, int, int]

# Areas that text stands on are printed before it, whenever a layout thought of them.
UNDER_TEXT = ("tint", "marker")
# Where no sheet is: what stands there is not printed.
_AWAY_PX = -1e6


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
        self._face_ids = tuple(face.id for face in faces.faces)
        self.shaper = shaper
        self.charset = charset
        self.grounds = grounds
        self.writer = Writer(recipe.text, recipe.lang, corpora)
        self.layout = layout_kind(recipe.page.layout)
        # Where a character that a face lacks throws a line away, it must not throw away others with it.
        self.together = recipe.page.together if recipe.type.fallback != "reject" else 1
        self._lone = self.layout if isinstance(self.layout, SetsTogether) else None
        if self.together > 1 and (self._lone is None or recipe.camera.frame != "content"):
            raise RecipeError(
                f'page.together = {self.together}: only layouts of one line, under camera.frame = "content", are set '
                "together; set it to 1."
            )
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
        box = pose.seen_box(layout.size)
        sheet, printed = self._print(layout, box, streams)
        picture = pose.photograph(sheet, box[:2])
        image, optics = self._developed(picture, printed, streams, level=pose.parameters["level"])
        drawn = {
            "genre": copy.genre,
            "layout": layout.parameters,
            **printed,
            "pose": pose.parameters,
            "optics": optics,
            "map": pose.plain_map,
        }
        return self._labelled(image, layout, pose, drawn, streams)

    def takes(self, streams: Streams) -> Takes:
        """Return the scenes of a roll's samples, the first of them that of ``streams``.

        Their lines are set together, printed with one ink on one paper, photographed one after another and developed
        together. Raises Rejected where the recipe's rules throw all of them away.
        """
        copies, lines = self._set_together(streams)
        poses = self._poses(lines, streams)
        roll = Roll(poses)
        shifts = np.full((len(lines), 2), _AWAY_PX)
        shifts[roll.taken] = roll.shifts
        layout = lines.layout
        moved = layout.glyphs.origin + shifts[layout.characters.line[layout.glyphs.char]]
        layout = replace(layout, glyphs=replace(layout.glyphs, origin=moved))
        columns = None
        if len(roll.lefts) > 1:
            of_lines = np.zeros(len(lines), dtype=np.int32)
            of_lines[roll.taken] = roll.columns
            columns = Columns(roll.lefts, of_lines[layout.characters.line])
        sheet, printed = self._print(layout, (0, 0, *roll.size), streams, columns)
        strip, optics = self._developed(roll.photographed(sheet), printed, streams, level=poses.level)
        bent = {at: pose.map for at, pose in poses.bent.items()}
        labels = seen_each(poses.views, bent, poses.sizes, layout.characters, layout.words, layout.lines)
        frames = [(0, 0)] * len(lines)
        pictures: list[Picture | None] = [None] * len(lines)
        for at, frame, image in zip(roll.taken, roll.frames, roll.apart(strip), strict=True):
            frames[at], pictures[at] = frame, image
        readable = legible(standing_on(labels[1], frames), strip, optics)
        shared = {name: Shared(told) for name, told in printed.items()}
        several = {"genre": "", "layout": {}, **shared, "pose": {}, "optics": Shared(optics), "map": []}
        return Takes(
            pictures=pictures,
            parts=Parts(self._learned(labels, readable)),
            roles=layout.roles,
            faces=self._face_ids,
            common=self._provenance(streams, [], several),
            genres=[copy.genre for copy in copies],
            layouts=lines.parameters,
            poses=poses,
            shifts_px=shifts,
        )

    def crops(self, scene: Scene, stream: Stream) -> tuple[Crop, ...]:
        """Return the word pictures of a scene."""
        return cut_words(scene, self.recipe.crops, self.recipe.output.min_visible, stream)

    def crops_together(self, takes: Takes, scenes: Sequence[Scene | None], stream: Stream) -> list[tuple[Crop, ...]]:
        """Return the word pictures of each of the ``scenes`` of a roll; none where there is no scene."""
        crops, least = self.recipe.crops, self.recipe.output.min_visible
        if crops.unit == "scene":
            return whole_together(takes.pictures, takes.parts, crops, least, stream)
        taken = [scene for scene in scenes if scene is not None]
        cut = iter(cut_together(taken, crops, least, stream))
        return [() if scene is None else next(cut) for scene in scenes]

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

    def _set_together(self, streams: Streams) -> tuple[list[Copy], LoneLines]:
        """Write and set the lines of a roll's samples, each with the characters that it was dealt."""
        if self._lone is None:
            raise RuntimeError("lines are set together by a layout of one line")
        briefing, writing = streams("layout"), streams("copy")
        briefs = self._lone.brief_together(self.recipe, self.faces, self.together, briefing)
        copies = self.writer.write_together([brief.asks for brief in briefs], writing)
        if per_sample := self.recipe.text.floor_per_sample:
            copies = [
                with_characters(copy, dealt(streams.seed, streams.index + ABREAST * at, per_sample, self.charset))
                for at, copy in enumerate(copies)
            ]
        return copies, self._lone.set_together(briefs, copies, self.shaper, streams("setting"))

    def _poses(self, lines: LoneLines, streams: Streams) -> Poses:
        """Return the poses of lines set together, each of which is taken level or none."""
        camera, stream = self._dosed.camera, streams("pose")
        level = drawn_level(camera, stream)
        poses = draw_poses(camera, lines.contents, lines.sizes, stream, level=level)
        if not poses.taken:
            raise Rejected("pose")
        return poses

    def _print(
        self, layout: Layout, box: Box, streams: Streams, columns: Columns | None = None
    ) -> tuple[Picture, dict[str, Any]]:
        """Return the printed part of the sheet in a box (x0, y0, x1, y1) of whole px, and what was drawn for it."""
        x0, y0, x1, y1 = box
        size, corner = (x1 - x0, y1 - y0), (x0, y0)
        dosed = self._dosed
        layers, boxes = [], {}
        for number in sorted(range(len(layout.inks)), key=lambda one: layout.inks[one] not in UNDER_TEXT):
            alone, name = len(layout.inks) == 1, layout.inks[number]
            glyphs = layout.glyphs if alone else layout.glyphs.printed_with(number)
            rules = layout.rules if alone else layout.rules[layout.rule_ink == number]
            layers.append((name, coverage(glyphs, rules, self.faces, size, corner, columns)))
            if len(rules):
                boxes[name] = rules - (*corner, *corner)
        if len(layout.pictures):
            text = next(covered for name, covered in layers if name == "text")
            print_pictures(text, layout.pictures, corner, streams("pictures"), continuous=layout.continuous_pictures)
        # A sheet is grey as long as nothing on it has a hue: a third of the work. It is made last of all, so that it is
        # still in the processor's cache when it is printed on.
        ground, paper = draw_paper(size, dosed.paper, streams("paper"), self.grounds)
        warmth = None if ground.ndim == 3 else paper.get("warmth")
        natural = paper.get("natural", False)
        sheet, ink = print_layers(
            ground, layers, dosed.ink, streams("ink"), boxes, families=layout.colours, natural=natural, warmth=warmth
        )
        drawn = {"paper": paper, "ink": ink}
        if dosed.paper.effects:
            warmth = warmth if sheet.ndim == 2 else None
            sheet, drawn["handling"] = handle_sheet(sheet, covered_by(layers), dosed.paper, streams("sheet"), warmth)
        return sheet, drawn

    def _developed(
        self, picture: Picture, printed: dict[str, Any], streams: Streams, *, level: bool
    ) -> tuple[Picture, dict[str, Any]]:
        """Return a picture as light, lens and sensor make it, and what was drawn for it."""
        # Print in black on paper of one tone is grey until the camera's sensor: a third of the work.
        warmth = printed["paper"].get("warmth") if picture.ndim == 2 else None
        colour = None if warmth is None else partial(tinted, warmth=warmth)
        return self._exposure.expose(picture, streams("optics"), level=level, colour=colour)

    def _labelled(self, image: Picture, layout: Layout, pose: Pose, drawn: dict[str, Any], streams: Streams) -> Scene:
        """Return the picture with its labels, mapped by the map that the pixels went through."""
        size = (image.shape[1], image.shape[0])
        used, face = renumbered(layout.characters.face)
        labels = seen_through(pose.map, size, layout.characters, face, layout.words, layout.lines)
        cut = "cut" in pose.parameters
        if cut:
            labels = within_picture(*labels)
        characters, words, lines = self._learned(labels, legible(labels[1], image, drawn["optics"]))
        if cut and words.ignored.all():
            raise Rejected("cut")
        provenance = self._provenance(streams, used, drawn)
        return Scene(image, characters, words, lines, layout.roles, provenance)

    def _learned(self, labels: Labels, readable: npt.NDArray[np.bool_]) -> Labels:
        """Return labels of which words that cannot be read are ignored."""
        characters, words, lines = labels
        ignored = words.ignored | ~readable
        # A word of which a part is cut off by the picture's edge cannot be read for what it says.
        ignored[characters.word[characters.visible < self.recipe.output.min_visible]] = True
        return characters, replace(words, ignored=ignored) if ignored.any() else words, lines

    def _provenance(self, streams: Streams, faces: list[int], drawn: dict[str, Any]) -> dict[str, Any]:
        """Return where a scene comes from, as plain values."""
        return {
            "recipe": self.digest,
            "preset": self.recipe.name,
            "seed": streams.seed,
            "index": streams.index,
            "attempt": streams.attempt,
            "faces": [self._face_ids[at] for at in faces],
            **drawn,
        }
