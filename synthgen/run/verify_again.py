"""Samples made again from recipe, seed and index: each must give the bytes that are stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from synthgen.errors import FormatError, SynthgenError
from synthgen.formats.filing import read_stored
from synthgen.formats.metadata import METADATA_NAME
from synthgen.formats.mjsynth import MjsynthReader
from synthgen.formats.pictures import SUFFIXES
from synthgen.formats.scene_tar import read_member
from synthgen.formats.word_parts import WordParts, open_words
from synthgen.run.assemble import WINDOW, window_order
from synthgen.run.faults import Faults
from synthgen.run.folder import WORD_KINDS, Folder
from synthgen.run.plan import Maker, Plan, differences, library_versions
from synthgen.run.shard import Encoded, encode_sample, read_sidecar

Windows = Mapping[tuple[str, str, int], int]


def chosen_samples(plan: Plan, done: bytearray, count: int) -> list[int]:
    """Return at most ``count`` sample indices, spread evenly over the finished shards, the first and last included."""
    shards = [shard for shard, finished in enumerate(done) if finished]
    samples = sum(stop - start for start, stop in map(plan.bounds, shards))
    count = min(count, samples)
    places = {round(at * (samples - 1) / max(count - 1, 1)) for at in range(count)}
    found = []
    for place in sorted(places):
        # All finished shards but the plan's last are full.
        shard = shards[min(place // plan.shard_size, len(shards) - 1)]
        found.append(plan.bounds(shard)[0] + place % plan.shard_size)
    return [index for index in found if index < plan.n]


def refusal(plan: Plan, maker: Maker) -> str:
    """Return why samples cannot be expected to come out the same here, empty when they can."""
    found = differences(maker.asset_digests(), plan.digests)
    if found:
        return f"other assets here ({found[0]}); give the same with --fonts, --corpus and --backgrounds"
    found = differences(library_versions(), plan.libraries)
    return f"other library versions here ({found[0]}); verify where the dataset was made" if found else ""


@dataclass(slots=True)
class Again:
    """The comparison of samples made again with those stored; ``faults`` found and samples ``compared``.

    ``windows`` counts the dataset's word pictures by (kind, split, window), which says where a sample's records are.
    """

    folder: Folder
    plan: Plan
    windows: Windows
    words_sound: bool
    faults: Faults = field(default_factory=Faults)
    compared: int = 0
    _places: dict[tuple[str, str, int], dict[tuple[int, int], int]] = field(default_factory=dict)
    _readers: dict[tuple[str, str], MjsynthReader | WordParts] = field(default_factory=dict)

    def compare(self, maker: Maker, index: int) -> None:
        """Make one sample again and note where it differs from what is stored."""
        where = f"sample {index}"
        try:
            sample, encoded = encode_sample(self.plan, maker, index)
            skipped = index in read_sidecar(self.plan, self.folder, index // self.plan.shard_size).skipped
            if (sample.scene is None) != skipped:
                self.faults.add(where, "is skipped here but not when made again, or the other way round")
            elif sample.scene is not None:
                self._scene(index, encoded)
                self._words(index, encoded)
        except SynthgenError as error:
            reason = str(error).replace(f"{self.folder.root}/", "").partition("; ")[0]
            self.faults.add(where, f"cannot be compared ({reason})")
        self.compared += 1

    def _scene(self, index: int, encoded: Encoded) -> None:
        if not self.plan.recipe.output.scenes:
            return
        shard, split = index // self.plan.shard_size, self.plan.split(index)
        name = f"{index:09d}{SUFFIXES[self.plan.recipe.output.image_format]}"
        place = self.folder.scenes(split, shard)
        if read_stored(place / name) != encoded.picture:
            self.faults.add(f"{self.folder.name_of(place)}/{name}", f"sample {index} made again gives another picture")
        if self.plan.scene_store == "tar":
            line = read_member(self.folder.tar(split, shard), f"{index:09d}.json") + b"\n"
        else:
            line = self._line(index, name)
        if line != encoded.line:
            self.faults.add(
                f"{self.folder.name_of(place)}/{name}", f"sample {index} made again gives other labels or quads"
            )

    def _line(self, index: int, name: str) -> bytes:
        path = self.folder.scenes(self.plan.split(index), index // self.plan.shard_size) / METADATA_NAME
        beginning = b'{"file_name":"%s",' % name.encode()
        try:
            with open(path, "rb") as file:
                return next((line for line in file if line.startswith(beginning)), b"")
        except OSError as error:
            raise FormatError(f"{path}: {error.strerror}; make the dataset again.") from error

    def _words(self, index: int, encoded: Encoded) -> None:
        split = self.plan.split(index)
        numbers: Counter[int] = Counter()
        for crop in encoded.words if self.words_sound else ():
            kind, number = WORD_KINDS[crop.direction], numbers[crop.direction]
            numbers[crop.direction] += 1
            place = self._place(kind, split, index, number)
            if (kind, split) not in self._readers:
                self._readers[kind, split] = open_words(self.folder.root / kind / split)
            stored = self._readers[kind, split][place] if place >= 0 else None
            if stored != (crop.image, crop.label.decode()):
                self.faults.add(
                    f"{kind}/{split}: record {place + 1}", f"sample {index} made again gives another picture or label"
                )

    def _place(self, kind: str, split: str, index: int, number: int) -> int:
        """Return the record's place in its LMDBs, counted from 0; -1 where it should not exist."""
        window = index // WINDOW
        key = kind, split, window
        if key not in self._places:
            before = sum(
                count for (one, of, at), count in self.windows.items() if (one, of) == (kind, split) and at < window
            )
            records = list(self._records(kind, split, window))
            samples, numbers = np.array(records, np.int64).reshape(-1, 2).T
            order = window_order(self.plan.seed, window, samples - window * WINDOW, numbers)
            self._places[key] = {records[one]: before + at for at, one in enumerate(order.tolist())}
        return self._places[key].get((index, number), -1)

    def _records(self, kind: str, split: str, window: int) -> Iterator[tuple[int, int]]:
        """Yield (sample, number) of a window's records, rising."""
        plan = self.plan
        first, last = window * WINDOW, min((window + 1) * WINDOW, plan.n)
        for shard in range(first // plan.shard_size, (last - 1) // plan.shard_size + 1):
            if not self.folder.sidecar(shard).exists():
                continue
            counts = read_sidecar(plan, self.folder, shard).per_sample[kind]
            start, stop = plan.bounds(shard)
            for index in range(max(start, first), min(stop, last) if counts else 0):
                if plan.split(index) == split:
                    for number in range(counts[index - start]):
                        yield index, number
