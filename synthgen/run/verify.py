"""Is a dataset what it says it is? Every file, digest, count, label, quad and key is held against the others.

The sidecars say what each shard holds, the manifest what all of it sums to. Pictures, metadata and LMDBs are read in
processes of their own unless the caller vouches for the folder. Memory holds a shard's file names, not the dataset.
"""

from __future__ import annotations

import dataclasses
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from synthgen.errors import FormatError, SynthgenError, UsageError
from synthgen.formats.dataset import open_dataset
from synthgen.formats.mjsynth import LmdbSummary
from synthgen.formats.word_parts import part_folders
from synthgen.run.duplicates import Duplicates
from synthgen.run.faults import MOST_KEPT, Fault, Faults
from synthgen.run.folder import WORD_KINDS, Folder
from synthgen.run.manifest import Totals, manifest, survey, vouched_files
from synthgen.run.plan import FORMAT_VERSION, N_LIMIT, Plan, differences
from synthgen.run.verify_again import Again, chosen_samples, refusal
from synthgen.run.verify_pool import run_guarded, run_here
from synthgen.run.verify_scenes import ShardFound, check_shard
from synthgen.run.verify_tree import check_tree
from synthgen.run.verify_words import RANGE_RECORDS, KeysFound, PicturesFound, check_keys, check_pictures
from synthgen.run.workers import Make, make_generator

SAMPLES = 20
# What may differ between two manifests of equal datasets: an extension may go on under other versions.
_FREE = ("libraries",)

Found = ShardFound | KeysFound | PicturesFound
Task = tuple[Any, ...]


@dataclass(slots=True)
class Report:
    """What verification found: ``faults``; how much was looked at; ``notes`` on what could not be checked here."""

    folder: Path
    faults: Faults = field(default_factory=Faults)
    notes: list[str] = field(default_factory=list)
    samples: int = 0
    scenes: int = 0
    words: int = 0
    size_bytes: int = 0
    compared: int = 0
    seconds: float = 0.0

    @property
    def sound(self) -> bool:
        """Whether no fault was found."""
        return not self.faults.count

    @property
    def found(self) -> list[Fault]:
        """The faults that were kept, in order of their place."""
        return sorted(self.faults.kept, key=lambda fault: (fault.where, fault.rule))


def verify(
    out: Path,
    *,
    sample: int = SAMPLES,
    jobs: int = 1,
    trusted: bool = False,
    make: Make = make_generator,
    fonts: Iterable[Path] = (),
    corpus: Iterable[Path] = (),
    backgrounds: Iterable[Path] = (),
    advance: Callable[[int], None] | None = None,
) -> Report:
    """Return what is wrong with the dataset in ``out``; nothing is written there.

    ``sample`` samples are made again and compared byte for byte, with the user's own ``fonts``, ``corpus`` and
    ``backgrounds``. ``trusted`` reads everything in this process. ``advance`` hears of pictures looked at.

    FormatError when the folder is no dataset at all, or one of another version, of which only what is finished can be
    read; UsageError for a bad number.
    """
    if jobs < 1 or sample < 0:
        raise UsageError(f"jobs {jobs}, sample {sample}: must be whole numbers from 1 and 0; choose such.")
    began = time.perf_counter()
    work = _Verification(Folder(Path(out)), jobs, trusted, advance)
    plan = work.begin()
    if plan is not None:
        work.run(plan)
        own = dataclasses.replace(plan, fonts=tuple(fonts), corpus=tuple(corpus), backgrounds=tuple(backgrounds))
        work.compare(own, make, sample)
    work.report.seconds = time.perf_counter() - began
    return work.report


class _Verification:
    """The steps of one verification; each adds to the report."""

    def __init__(self, folder: Folder, jobs: int, trusted: bool, advance: Callable[[int], None] | None) -> None:
        self.folder, self.jobs, self.trusted, self.advance = folder, jobs, trusted, advance
        self.report = Report(folder.root)
        self.faults = self.report.faults
        self.windows: Counter[tuple[str, str, int]] = Counter()
        self.lmdbs: dict[str, LmdbSummary] = {}
        self.words_sound = True
        self.stored: Mapping[str, Any] = {}
        self.done = bytearray()

    def begin(self) -> Plan | None:
        """Read manifest and plan; without a sound plan there is nothing to hold the rest against."""
        self.stored = open_dataset(self.folder.root).manifest
        version = self.stored["format_version"]
        if version != FORMAT_VERSION:
            raise FormatError(
                f"{self.folder.manifest_file}: format_version {version}: only {FORMAT_VERSION} can be verified here; "
                "use the synthgen that made it, or make the dataset again."
            )
        try:
            plan = self.folder.read_plan()
            if plan is not None and not 1 <= plan.n <= N_LIMIT:
                raise FormatError(f"{self.folder.plan_file}: n {plan.n} is out of bounds; ")
        except FormatError as error:
            plan = None
            self.faults.add("plan.json", str(error).partition(": ")[2].partition("; ")[0])
        else:
            if plan is None:
                self.faults.add("plan.json", "missing")
        return plan

    def run(self, plan: Plan) -> None:
        """Check everything that is stored."""
        self.done = self.folder.finished(plan)
        check_tree(self.folder, plan, self.done, self.faults)
        # A dataset may be unfinished; one that says it is whole has every sidecar.
        missing = self.done.find(0) if self.stored.get("n_done") == plan.n else -1
        while missing >= 0 and self.faults.count < MOST_KEPT:
            self.faults.add(self.folder.name_of(self.folder.sidecar(missing)), "missing")
            missing = self.done.find(0, missing + 1)
        self._root_files(plan)
        totals = self._totals(plan)
        with Duplicates() as duplicates:
            self._look(plan, self._scene_tasks(), duplicates)
            self._duplicates(duplicates, lambda at: f"sample {at}")
        names = self._lmdb_names(plan, totals)
        with Duplicates() as duplicates:
            self._look(plan, self._word_tasks(names), duplicates)
            self._duplicates(duplicates, lambda at: _record_name(at, names))
        if totals is not None:
            self._manifest(plan, totals)

    def _totals(self, plan: Plan) -> Totals | None:
        try:
            return survey(plan, self.folder, self.done)
        except FormatError:
            return None  # the shard itself is told of as a fault

    def _root_files(self, plan: Plan) -> None:
        expected = {
            "charset.txt": plan.characters + "\n", "recipe.toml": plan.recipe.to_toml(), "plan.json": plan.to_json(),
        }  # fmt: skip
        for name, text in expected.items():
            try:
                if (self.folder.root / name).read_bytes() != text.encode():
                    self.faults.add(name, "is not what plan.json says")
            except OSError as error:
                self.faults.add(name, f"cannot be read ({error.strerror})")

    def _scene_tasks(self) -> Iterator[Task]:
        return (("shard", shard) for shard, finished in enumerate(self.done) if finished)

    def _lmdb_names(self, plan: Plan, totals: Totals | None) -> dict[str, int]:
        """Return the number of records by LMDB as the manifest has it; what is on disk must agree."""
        told = self.stored.get("lmdb")
        names = {}
        for name, entry in sorted(told.items()) if isinstance(told, dict) else ():
            records = entry.get("records") if isinstance(entry, dict) else None
            if type(records) is not int or not 0 < records < 10**9:
                self.faults.add("manifest.json", f"lmdb: {name[:60]} has no number of records")
            else:
                names[name] = records
        present = []
        for kind in WORD_KINDS:
            for split, _ in plan.splits:
                try:
                    folders = part_folders(self.folder.root / kind / split)
                except FormatError:
                    self.faults.add(f"{kind}/{split}", "its LMDBs do not count from 000 without gaps")
                    continue
                here = [self.folder.name_of(one) for one in folders if (one / "data.mdb").is_file()]
                present += here
                records = sum(names.get(one, 0) for one in here)
                if totals is not None and records != totals.counts[split][kind]:
                    count = totals.counts[split][kind]
                    self.faults.add(f"{kind}/{split}", f"its LMDBs have {records} records, the sidecars count {count}")
        for name in sorted({*names} - {*present}):
            self.faults.add(name, "listed in the manifest and missing")
        for name in sorted({*present} - {*names}):
            self.faults.add(name, "is not in the manifest")
        self.words_sound = {*names} == {*present}
        return {name: names[name] for name in present if name in names}

    def _word_tasks(self, names: Mapping[str, int]) -> Iterator[Task]:
        offset = 0
        for name, records in names.items():
            yield "keys", name, records
            for start in range(0, records, RANGE_RECORDS):
                yield "pictures", name, start, min(start + RANGE_RECORDS, records), offset
            offset += records

    def _look(self, plan: Plan, tasks: Iterator[Task], duplicates: Duplicates) -> None:
        work = partial(_do, self.folder, plan)
        results = run_here(tasks, work) if self.trusted else run_guarded(tasks, work, self.jobs)
        for task, found in results:
            if found is None:
                what = self.folder.name_of(self.folder.sidecar(task[1])) if task[0] == "shard" else task[1]
                self.faults.add(what, "what it holds ends the process that reads it")
                self.words_sound = self.words_sound and task[0] == "shard"
            else:
                self._hear(found, duplicates)

    def _hear(self, found: Found, duplicates: Duplicates) -> None:
        self.faults.extend(found.faults)
        if isinstance(found, KeysFound):
            self.words_sound = self.words_sound and found.summary is not None and not found.faults.count
            if found.summary is not None:
                self.lmdbs[found.name] = found.summary
            return
        self.report.size_bytes += found.size_bytes
        if isinstance(found, ShardFound):
            self.report.scenes += found.pictures
            self.windows.update(found.records)
            duplicates.add(found.fingerprints, found.samples)
        else:
            self.report.words += found.pictures
            duplicates.add(found.fingerprints, found.places)
        if self.advance is not None:
            self.advance(found.pictures)

    def _duplicates(self, duplicates: Duplicates, name: Callable[[int], str]) -> None:
        for first, second in duplicates.pairs():
            self.faults.add(name(second), f"is the same as {name(first)}")

    def _manifest(self, plan: Plan, totals: Totals) -> None:
        """Make the manifest again from what is there and compare."""
        self.report.samples = totals.n_done
        try:
            files = vouched_files(self.folder)
        except OSError as error:
            self.faults.add(Path(str(error.filename)).name, f"cannot be read ({error.strerror})")
            return
        if (self.folder.root / "coverage.json").read_bytes() != totals.usage.coverage().encode():
            self.faults.add("coverage.json", "is not the sum of the sidecars")
        lmdbs = {name: self.lmdbs[name] for name in sorted(self.lmdbs)}
        made = json.loads(manifest(plan, totals, lmdbs, files))
        stored = dict(self.stored)
        for name in _FREE:
            made.pop(name), stored.pop(name, None)
        for line in differences(made, stored):
            key, _, values = line.partition(": ")
            there, _, here = values.partition(" there, ")
            self.faults.add("manifest.json", f"{key} is {there}, the files say {here.removesuffix(' here')}")

    def compare(self, plan: Plan, make: Make, sample: int) -> None:
        """Make some samples again and compare them with what is stored."""
        if not sample or not any(self.done):
            return
        try:
            maker = make(plan)
            reason = refusal(plan, maker)
        except SynthgenError as error:
            reason = str(error)
        if reason:
            self.report.notes.append(f"no sample was made again: {reason.rstrip('.')}.")
            return
        if not self.words_sound:
            self.report.notes.append("word pictures were not compared with samples made again: the LMDBs are damaged.")
        again = Again(self.folder, plan, self.windows, self.words_sound)
        for index in chosen_samples(plan, self.done, sample):
            again.compare(maker, index)
        self.faults.extend(again.faults)
        self.report.compared = again.compared


def _record_name(place: int, names: Mapping[str, int]) -> str:
    for name, records in names.items():
        if place < records:
            return f"{name}: record {place + 1}"
        place -= records
    raise ValueError(f"record {place}: beyond the last LMDB.")


def _do(folder: Folder, plan: Plan, task: Task) -> Found:
    """Do one task; called in a process of its own."""
    if task[0] == "shard":
        return check_shard(folder, plan, task[1])
    if task[0] == "keys":
        return check_keys(folder, task[1], task[2], plan.characters)
    return check_pictures(folder, *task[1:])
