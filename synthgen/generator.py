"""Samples by number: ``Generator(...)[i]`` is sample i, in any process and any order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from synthgen import assets
from synthgen.crops import Crop
from synthgen.errors import AssetError, Rejected, SynthgenError
from synthgen.press.grounds import Grounds
from synthgen.randomness import Stream, Streams
from synthgen.recipe import ABREAST, Recipe, load
from synthgen.scene import Scene
from synthgen.text.charset import Charset, load_charset, with_portable_charset
from synthgen.text.corpus import corpus_files, read_corpus
from synthgen.typeset.faces import FaceSet, load_faces
from synthgen.typeset.shape import Shaper
from synthgen.walk import Walk

ATTEMPTS = 12

# A scene, its word pictures, the encoder's quality.
_Take = tuple[Scene, tuple[Crop, ...], int]


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
        # A file of characters is read here and named no more: the recipe means the same on every machine.
        self.recipe = with_portable_charset(self.recipe)
        self.digest = self.recipe.digest()
        Streams(seed, 0)("check").random()
        font_paths = tuple(Path(path) for path in fonts)
        self.faces = FaceSet(load_faces(font_paths))
        self.charset: Charset = load_charset(self.recipe.text.charset)
        self._check_drawable()
        self.corpora = tuple(read_corpus(path, self.charset) for path in corpus_files(corpus))
        self.grounds = Grounds.of_paths([Path(path) for path in backgrounds])
        self.shaper = Shaper(self.faces)
        parts = self.recipe.mixed() if self.recipe.mix else {self.recipe.name: self.recipe}
        self.walks = tuple(self._walk(part, theirs=bool(font_paths)) for part in parts.values())
        self._rolls: dict[int, list[_Take | Rejected]] = {}
        self._weights = tuple(accumulate(self.recipe.mix[name] for name in parts)) if self.recipe.mix else (1.0,)

    def _walk(self, recipe: Recipe, *, theirs: bool) -> Walk:
        """Return the walk of a recipe, set in the faces it names, else in the user's where there are any."""
        users = tuple(face.id for face in self.faces.faces if face.user) if theirs else ()
        faces = self.faces.choosing(recipe.type.faces or users)
        return Walk(recipe, faces, self.shaper, self.charset, self.corpora, self.grounds)

    def walk_of(self, index: int) -> Walk:
        """Return the walk that sample ``index`` takes: of a mix, one drawn by weight for this index alone."""
        if len(self.walks) == 1:
            return self.walks[0]
        return self.walks[Stream(self.seed, index, "mix").weighted(self._weights)]

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
        walk = self.walk_of(index)
        rejections: list[str] = []
        for attempt in range(ATTEMPTS):
            try:
                # What a roll lacks is made alone: another roll for one sample would cost many.
                if walk.together > 1 and not attempt:
                    scene, cut, quality = self._of_roll(walk, index)
                else:
                    streams = Streams(self.seed, index, attempt)
                    scene = walk.scene(streams)
                    cut = walk.crops(scene, streams("crops")) if crops else ()
                    quality = self._quality(streams("encode"))
            except Rejected as reason:
                rejections.append(reason.reason)
                continue
            return Sample(index, scene, cut, quality, tuple(rejections))
        return Sample(index, None, (), 0, tuple(rejections))

    def _quality(self, stream: Stream) -> int:
        low, high = self.recipe.output.quality_range
        return stream.integer(low, high + 1)

    def _of_roll(self, walk: Walk, index: int) -> _Take:
        """Return what the first attempt yields of a sample that is made together with others; raises Rejected.

        The rolls made last are kept: whoever asks for samples in order has each roll made once.
        """
        first, at = walk.recipe.page.roll_of(index)
        roll = self._rolls.get(first)
        if roll is None:
            roll = self._roll_of(walk, Streams(self.seed, first))
            self._rolls = {**dict(list(self._rolls.items())[1 - ABREAST :]), first: roll}
        found = roll[at]
        if isinstance(found, Rejected):
            raise Rejected(found.reason)
        return found

    def _roll_of(self, walk: Walk, streams: Streams) -> list[_Take | Rejected]:
        """Return what the first attempt yields of all samples that are made together."""
        try:
            takes = walk.takes(streams)
        except Rejected as reason:
            return [reason] * walk.together
        scenes = takes.scenes()
        cut = walk.crops_together(takes, scenes, streams("crops"))
        encoding, rejected = streams("encode"), Rejected("pose")
        return [
            rejected if scene is None else (scene, crops, self._quality(encoding))
            for scene, crops in zip(scenes, cut, strict=True)
        ]

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
