"""One shard held against its sidecar: its files, their digests, every line of metadata and every picture.

Called in a process of its own, because pictures and metadata may come from anywhere.
"""

from __future__ import annotations

import hashlib
import os
from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from synthgen.errors import FormatError
from synthgen.formats.metadata import MAX_LINE_BYTES, METADATA_NAME, SceneRecord, parse_scene
from synthgen.formats.pictures import MAX_FILE_BYTES, SUFFIXES, Picture, decode
from synthgen.formats.scene_tar import Member, scan_tar
from synthgen.run.assemble import WINDOW
from synthgen.run.duplicates import fingerprint
from synthgen.run.faults import Faults
from synthgen.run.folder import WORD_KINDS, Folder, listing
from synthgen.run.plan import Plan
from synthgen.run.shard import Sidecar, read_sidecar
from synthgen.run.usage import Usage
from synthgen.run.verify_record import blank_faults, record_faults

_CHUNK_BYTES = 1 << 20


@dataclass(slots=True)
class ShardFound:
    """What was found in a shard.

    ``fingerprints`` of its pictures by sample; ``records`` counts word pictures by (kind, split, window).
    """

    shard: int
    faults: Faults = field(default_factory=Faults)
    pictures: int = 0
    size_bytes: int = 0
    samples: array[int] = field(default_factory=lambda: array("q"))
    fingerprints: array[int] = field(default_factory=lambda: array("Q"))
    records: Counter[tuple[str, str, int]] = field(default_factory=Counter)


def check_shard(folder: Folder, plan: Plan, shard: int) -> ShardFound:
    """Return what is found in a finished shard."""
    found = ShardFound(shard)
    try:
        sidecar = read_sidecar(plan, folder, shard)
    except FormatError:
        found.faults.add(folder.name_of(folder.sidecar(shard)), "damaged or of another run")
        return found
    _Check(folder, plan, sidecar, found).run()
    return found


class _Check:
    """The work on one shard."""

    def __init__(self, folder: Folder, plan: Plan, sidecar: Sidecar, found: ShardFound) -> None:
        self.folder, self.plan, self.sidecar, self.found, self.faults = folder, plan, sidecar, found, found.faults
        self.where = folder.name_of(folder.sidecar(found.shard))
        self.start, self.stop = plan.bounds(found.shard)
        self.charset = frozenset(plan.characters)
        self.suffix = SUFFIXES[plan.recipe.output.image_format]
        self.usage = Usage()
        self.split_of = [plan.split(index) for index in range(self.start, self.stop)]

    def run(self) -> None:
        """Check everything of the shard."""
        named = set(self.sidecar.files)
        for split, _ in self.plan.splits:
            before = self.found.pictures
            present = self._tar(split) if self.plan.scene_store == "tar" else self._loose(split)
            named -= present
            expected = self._expected(split)
            if not self.found.faults.count and self.found.pictures - before != len(expected):
                self.faults.add(self.where, f"{len(expected)} scenes in {split}, {self.found.pictures - before} found")
        for name in sorted(named):
            self.faults.add(name, "listed in the sidecar and missing")
        self._counts()

    def _expected(self, split: str) -> list[int]:
        """Return the indices of the split's scenes."""
        if not self.plan.recipe.output.scenes:
            return []
        skipped = set(self.sidecar.skipped)
        return [
            self.start + at for at, one in enumerate(self.split_of) if one == split and self.start + at not in skipped
        ]

    def _loose(self, split: str) -> set[str]:
        """Check a split's folder of pictures; return the names that are there, as sidecars give them."""
        place = self.folder.scenes(split, self.found.shard)
        base = self.folder.name_of(place)
        left = {name for name in listing(place) if f"{base}/{name}" in self.sidecar.files}
        present = {f"{base}/{name}" for name in left}
        for name in listing(place):
            if name not in left:
                self.faults.add(f"{base}/{name}", "is not of this dataset", "remove it")
        expected = {f"{index:09d}{self.suffix}" for index in self._expected(split)}
        if METADATA_NAME in left:
            left.remove(METADATA_NAME)
            self._digest(place / METADATA_NAME, f"{base}/{METADATA_NAME}")
            for index, record in self._lines(place / METADATA_NAME, f"{base}/{METADATA_NAME}"):
                name = f"{index:09d}{self.suffix}"
                if name not in left or name not in expected:
                    self.faults.add(f"{base}/{METADATA_NAME}", f"has scene {index}, which has no picture here")
                    continue
                left.remove(name)
                data = self._read(place / name, f"{base}/{name}")
                if data is not None:
                    self._scene(index, data, record, f"{base}/{name}")
        for name in sorted(left):
            data = self._read(place / name, f"{base}/{name}")
            if name not in expected:
                self.faults.add(f"{base}/{name}", "is no sample of this split")
            elif data is not None:
                self._scene(int(name.partition(".")[0]), data, None, f"{base}/{name}")
        return present

    def _lines(self, path: Path, where: str) -> Iterator[tuple[int, SceneRecord]]:
        """Yield the sound scenes of a shard's metadata with their index, which must rise."""
        last = -1
        try:
            with open(path, "rb") as file:
                number = 0
                while line := file.readline(MAX_LINE_BYTES + 1):
                    number += 1
                    record = self._parsed(line, f"{where}:{number}")
                    if record is not None and record.index <= last:
                        self.faults.add(f"{where}:{number}", f"scene {record.index} follows {last}; must rise")
                    elif record is not None:
                        last = record.index
                        yield record.index, record
        except OSError as error:
            self.faults.add(where, f"cannot be read ({error.strerror})")

    def _parsed(self, line: bytes, where: str) -> SceneRecord | None:
        try:
            return parse_scene(line, where)
        except FormatError as error:
            self.faults.add(where, str(error).removeprefix(f"{where}: ").partition("; ")[0])
            return None

    def _tar(self, split: str) -> set[str]:
        """Check a split's tar; return its name where it is there."""
        path = self.folder.tar(split, self.found.shard)
        where = self.folder.name_of(path)
        if not path.is_file():
            return set()
        if where not in self.sidecar.files:
            self.faults.add(where, "is not of this dataset", "remove it")
            return set()
        self._digest(path, where)
        expected = {f"{index:09d}": index for index in self._expected(split)}
        picture: Member | None = None
        try:
            with open(path, "rb") as file:
                for member in scan_tar(path):
                    stem, _, suffix = member.name.partition(".")
                    if suffix == "json" and picture is not None and picture.name == stem + self.suffix:
                        index, (image, line) = (
                            expected.pop(stem, -1),
                            (_part(file.fileno(), one) for one in (picture, member)),
                        )
                        if index < 0:
                            self.faults.add(f"{where}:{member.name}", "is no sample of this split")
                        else:
                            record = self._parsed(line, f"{where}:{member.name}")
                            self._scene(index, image, record, f"{where}:{picture.name}")
                        picture = None
                    elif f".{suffix}" == self.suffix and picture is None:
                        picture = member
                    else:
                        self.faults.add(f"{where}:{member.name}", "must be a picture and then its metadata, in pairs")
        except FormatError as error:
            self.faults.add(where, str(error).removeprefix(f"{path}: ").partition("; ")[0])
        except OSError as error:
            self.faults.add(where, f"cannot be read ({error.strerror})")
        return {where}

    def _scene(self, index: int, data: bytes, record: SceneRecord | None, where: str) -> None:
        """Check one scene's picture and labels."""
        self.found.pictures += 1
        self.found.samples.append(index)
        self.found.fingerprints.append(fingerprint(data))
        if record is None:
            self.faults.add(where, f"sample {index} has no sound line of metadata")
        image = self._decoded(data, where)
        if record is None or image is None:
            return
        name = f"{index:09d}{self.suffix}"
        told = record.provenance
        if (record.index, record.file_name, told.get("index")) != (index, name, index):
            self.faults.add(where, f"its metadata is of scene {record.index}, {record.file_name}")
        if told.get("seed", self.plan.seed) != self.plan.seed:
            self.faults.add(where, f"its metadata is of seed {str(told['seed'])[:30]}")
        if record.size != (image.shape[1], image.shape[0]):
            self.faults.add(
                where, f"is {image.shape[1]}x{image.shape[0]} px, its metadata says {record.width}x{record.height}"
            )
        self.faults.add_all(where, record_faults(record, self.charset))
        self.faults.add_all(where, blank_faults(record, image))
        faces = told.get("faces")
        if not isinstance(faces, list) or (record.characters.face >= len(faces)).any():
            self.faults.add(where, "characters.face points beyond provenance.faces")
        else:
            self.usage.add(record, self.plan.recipe.output.min_visible)

    def _decoded(self, data: bytes, where: str) -> Picture | None:
        try:
            return decode(data)
        except FormatError as error:
            self.faults.add(where, str(error).partition("; ")[0])
            return None

    def _read(self, path: Path, where: str) -> bytes | None:
        """Return a file's content, held against its size and digest."""
        try:
            if path.is_symlink():
                self.faults.add(where, "is a link", "replace it by the file")
                return None
            with open(path, "rb") as file:
                data = file.read(MAX_FILE_BYTES)
        except OSError as error:
            self.faults.add(where, f"cannot be read ({error.strerror})")
            return None
        self._compare(where, len(data), hashlib.sha256(data).hexdigest())
        return data

    def _digest(self, path: Path, where: str) -> None:
        digest, size_bytes = hashlib.sha256(), 0
        try:
            with open(path, "rb") as file:
                while data := file.read(_CHUNK_BYTES):
                    digest.update(data)
                    size_bytes += len(data)
        except OSError as error:
            self.faults.add(where, f"cannot be read ({error.strerror})")
            return
        self._compare(where, size_bytes, digest.hexdigest())

    def _compare(self, where: str, size_bytes: int, digest: str) -> None:
        self.found.size_bytes += size_bytes
        size, expected = self.sidecar.files[where]
        if size_bytes != size:
            self.faults.add(where, f"has {size_bytes} bytes, the sidecar says {size}")
        elif digest != expected:
            self.faults.add(where, "its sha256 is not the one in the sidecar")

    def _counts(self) -> None:
        """Hold the sidecar against itself and against what was found."""
        for split, _ in self.plan.splits:
            counts = self.sidecar.counts[split]
            scenes = len(self._expected(split))
            if counts["scenes"] != scenes:
                self.faults.add(self.where, f"counts {counts['scenes']} scenes in {split}, its samples are {scenes}")
            for kind in WORD_KINDS:
                rows = zip(self.split_of, self.sidecar.per_sample[kind], strict=False)
                words = sum(count for one, count in rows if one == split)
                if counts[kind] != words:
                    self.faults.add(self.where, f"counts {counts[kind]} {kind} in {split}, its samples have {words}")
        for kind in WORD_KINDS:
            for at, count in enumerate(self.sidecar.per_sample[kind]):
                self.found.records[kind, self.split_of[at], (self.start + at) // WINDOW] += count
        if self.plan.recipe.output.scenes and not self.faults.count and self.usage.to_table() != self.sidecar.usage:
            self.faults.add(self.where, "its usage of faces is not that of its scenes")


def _part(handle: int, member: Member) -> bytes:
    return os.pread(handle, min(member.size_bytes, MAX_FILE_BYTES), member.offset)
