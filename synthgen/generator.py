"""The walk: written, set, printed, photographed. ``Generator(...)[i]`` is sample i, in any process and any order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from synthgen import assets
from synthgen.camera.bleed import bleed_px
from synthgen.camera.optics import expose
from synthgen.camera.pose import Pose, draw_pose
from synthgen.crops import Crop, cut_words
from synthgen.errors import AssetError, Rejected, SynthgenError
from synthgen.geometry import Picture
from synthgen.press.grounds import Grounds
from synthgen.press.ink import print_ink
from synthgen.press.paper import draw_paper, painter_of
from synthgen.press.raster import coverage
from synthgen.randomness import Streams
from synthgen.recipe import Recipe, load
from synthgen.scene import Scene
from synthgen.text.charset import Charset, load_charset
from synthgen.text.corpus import corpus_files, read_corpus
from synthgen.text.floor import dealt, with_characters
from synthgen.text.writer import Writer
from synthgen.typeset.faces import FaceSet, load_faces
from synthgen.typeset.layout import Layout
from synthgen.typeset.registry import layout_kind
from synthgen.typeset.shape import Shaper

ATTEMPTS = 12


@dataclass(frozen=True, slots=True)
class Sample:
    """Everything that one index yields: the scene, its word pictures, the encoder's quality, and what was thrown away.

    ``scene`` is None when every attempt was rejected; ``rejections`` holds one reason for each rejected attempt.
    """

    index: int
    scene: Scene | None
    crops: tuple[Crop, ...]
    quality: int
    rejections: tuple[str, ...]


class Generator:
    """Makes samples of one recipe and seed; a sample is a pure function of (recipe, seed, index).

    ``recipe`` is a preset's name, a path of a TOML file or a :class:`~synthgen.recipe.Recipe`; ``lang`` overrides its
    language; ``fonts``, ``corpus`` and ``backgrounds`` are the user's own files or folders.

    >>> scene = Generator("word", seed=0)[0]
    >>> scene.image.dtype
    dtype('uint8')
    """

    def __init__(
        self,
        recipe: str | Recipe = "newspaper",
        *,
        lang: str | None = None,
        seed: int = 0,
        fonts: Iterable[str | Path] = (),
        corpus: Iterable[str | Path] = (),
        backgrounds: Iterable[str | Path] = (),
    ) -> None:
        self.recipe = load(recipe) if isinstance(recipe, str) else recipe
        if lang is not None:
            self.recipe = self.recipe.with_values({"lang": lang})
        self.seed = seed
        self.digest = self.recipe.digest()
        Streams(seed, 0)("check").random()
        font_paths = tuple(Path(path) for path in fonts)
        faces = load_faces(font_paths)
        names = self.recipe.type.faces or (tuple(face.id for face in faces if face.user) if font_paths else ())
        self.faces = FaceSet(faces, names)
        self.charset: Charset = load_charset(self.recipe.text.charset)
        self.corpora = tuple(read_corpus(path, self.charset) for path in corpus_files(corpus))
        self._check_drawable()
        self.writer = Writer(self.recipe.text, self.recipe.lang, self.corpora)
        self.grounds = Grounds.of_paths([Path(path) for path in backgrounds])
        for kind in self.recipe.paper.kinds:
            painter_of(kind)
        self.layout = layout_kind(self.recipe.page.layout)
        self.shaper = Shaper(self.faces)
        page = self.recipe.page
        self._page_size = (page.width_px, page.height_px)
        self._bleed_px = bleed_px(self.recipe.camera, self._page_size)

    def _check_drawable(self) -> None:
        """Refuse a charset that the faces cannot draw: no label may name what no picture can show."""
        undrawable = self.faces.undrawable(self.charset.characters)
        if undrawable:
            shown = " ".join(f"{char} (U+{ord(char):04X})" for char in undrawable[:5])
            raise AssetError(
                f"charset {self.charset.name}: {len(undrawable)} of {len(self.charset)} characters are drawn by no "
                f"face, such as {shown}; add a font with --fonts or take them out of the charset."
            )

    def __getitem__(self, index: int) -> Scene:
        """Return scene ``index`` (0, 1, 2, ...); raises SynthgenError when the recipe's rules reject every attempt."""
        sample = self.sample(index, crops=False)
        if sample.scene is None:
            reasons = ", ".join(sorted(set(sample.rejections)))
            raise SynthgenError(
                f"sample {index}: rejected {len(sample.rejections)} times ({reasons}); widen the recipe's ranges."
            )
        return sample.scene

    def scenes(self, start: int = 0, stop: int | None = None) -> Iterator[Scene]:
        """Yield the scenes from index ``start`` to ``stop`` (without end by default), passing over skipped ones."""
        index = start
        while stop is None or index < stop:
            scene = self.sample(index, crops=False).scene
            if scene is not None:
                yield scene
            index += 1

    def sample(self, index: int, *, crops: bool = True) -> Sample:
        """Return sample ``index`` with its word pictures; at most :data:`ATTEMPTS` attempts are made."""
        rejections: list[str] = []
        for attempt in range(ATTEMPTS):
            streams = Streams(self.seed, index, attempt)
            try:
                scene = self._walk(streams)
                cut = self._cut(scene, streams) if crops else ()
            except Rejected as reason:
                rejections.append(reason.reason)
                continue
            low, high = self.recipe.output.quality_range
            quality = streams("encode").integer(low, high + 1)
            return Sample(index, scene, cut, quality, tuple(rejections))
        return Sample(index, None, (), 0, tuple(rejections))

    def _cut(self, scene: Scene, streams: Streams) -> tuple[Crop, ...]:
        return cut_words(scene, self.recipe.crops, self.recipe.output.min_visible, streams("crops"))

    def _walk(self, streams: Streams) -> Scene:
        """Write, set, print and photograph one sample."""
        brief = self.layout.brief(self.recipe, self.faces, streams("layout"))
        copy = self.writer.write(brief.asks, streams("copy"))
        if self.recipe.text.floor_per_sample:
            owed = dealt(self.seed, streams.index, self.recipe.text.floor_per_sample, self.charset)
            copy = with_characters(copy, owed)
        else:
            owed = ""
        layout = self.layout.set(brief, copy, self.recipe, self.shaper, self._bleed_px, streams("setting"))
        if owed and Counter(owed) - Counter(layout.characters.text):
            raise Rejected("coverage-floor")
        pose = draw_pose(self.recipe.camera, layout.content, self._page_size, layout.size, streams("pose"))
        # Only the part of the sheet that the camera sees is printed.
        x0, y0, x1, y1 = pose.seen_box(layout.size)
        size = (x1 - x0, y1 - y0)
        ground, paper = draw_paper(size, self.recipe.paper, streams("paper"), self.grounds)
        covered = coverage(layout.glyphs, layout.rules, self.faces.faces, size, (x0, y0))
        sheet, ink = print_ink(ground, covered, self.recipe.ink, streams("ink"))
        seen = pose.photograph(sheet, (x0, y0))
        image, optics = expose(seen, self.recipe.optics, streams("optics"))
        drawn = {"genre": copy.genre, "layout": layout.parameters, "paper": paper, "ink": ink, "pose": pose.parameters}
        return self._scene(image, layout, pose, {**drawn, "optics": optics}, streams)

    def _scene(self, image: Picture, layout: Layout, pose: Pose, drawn: dict[str, Any], streams: Streams) -> Scene:
        size = (image.shape[1], image.shape[0])
        used, face = np.unique(layout.characters.face, return_inverse=True)
        characters = replace(layout.characters.mapped(pose.map, size), face=face.astype(np.int32))
        provenance = {
            "recipe": self.digest,
            "seed": self.seed,
            "index": streams.index,
            "attempt": streams.attempt,
            "faces": [self.faces.faces[at].id for at in used.tolist()],
            **drawn,
            "map": pose.plain_map,
        }
        return Scene(
            image=image,
            characters=characters,
            words=layout.words.mapped(pose.map),
            lines=layout.lines.mapped(pose.map),
            roles=layout.roles,
            provenance=provenance,
        )

    def asset_digests(self) -> dict[str, str]:
        """Return the sha256 of every font, text and picture that samples depend on, by kind and id, sorted."""
        return {f"{row['kind']}/{row['id']}": row["sha256"] for row in self.assets()}

    def assets(self) -> list[dict[str, str]]:
        """Return id, kind, licence and sha256 of every font, text and picture that samples depend on, sorted."""
        own = {asset.id: asset.licence for asset in assets.manifest("fonts")}
        rows = [
            {
                "id": face.id,
                "kind": "font",
                "licence": "the user's own" if face.user else own[face.id],
                "sha256": face.digest,
            }
            for face in self.faces.faces
        ]
        for kind, folder in (("background", "backgrounds"), ("corpus", "corpora")):
            rows += [
                {"id": asset.id, "kind": kind, "licence": asset.licence, "sha256": asset.sha256}
                for asset in assets.manifest(folder)
            ]
        theirs = [("corpus", corpus.name, corpus.digest) for corpus in self.corpora]
        theirs += [("background", name, digest) for name, digest in self.grounds.digests().items()]
        rows += [
            {"id": f"user/{name}", "kind": kind, "licence": "the user's own", "sha256": digest}
            for kind, name, digest in theirs
        ]
        return sorted(rows, key=lambda row: (row["kind"], row["id"]))
