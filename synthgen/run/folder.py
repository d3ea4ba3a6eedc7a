"""A dataset folder while it is being made: whose it is, what is done, and how a longer run takes it over.

::

    plan.json                       what is being made; written first
    scenes/<split>/<shard>/         pictures and metadata.jsonl; or scenes/<split>/<shard>.tar
    shards/NNNNNN.json              the sidecar of a finished shard: its existence is the commit
    words/<split>/data.mdb          assembled; words-vertical/ likewise; or words/<split>/000/data.mdb, 001/ ...
    charset.txt recipe.toml coverage.json manifest.json times.json
    .parts/open-NNNNNN/             a shard being written
    .parts/staged/NNNNNN/           a finished shard's word pictures, until the dataset is complete
    .parts/previous/                the LMDBs of the complete dataset that this run extends, and previous.json

A complete dataset that is extended keeps its word pictures in its old LMDBs: nothing is kept twice, and nothing that
is finished is rendered again, but for the last shard when it was not full.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from synthgen.errors import FormatError, OutputError
from synthgen.formats.filing import sync_folder
from synthgen.run.durable import make_folder, write_file
from synthgen.run.locks import file_lock, taken
from synthgen.run.plan import Plan, differences

WORD_KINDS = ("words", "words-vertical")
_FILES = ("manifest.json", "plan.json", "charset.txt", "coverage.json", "recipe.toml", "times.json")
_PICTURE = re.compile(r"[0-9]{9,10}\.(jpg|png|webp)|metadata\.jsonl")
_SHARD = re.compile(r"[0-9]{6,10}")
_TAR = re.compile(r"[0-9]{6,10}\.tar")
_LMDB = re.compile(r"data\.mdb")
_LMDB_PART = re.compile(r"[0-9]{3,9}")
_PARTS = ".parts"
_WORKERS_WAIT_S = 30.0
# A run that was killed while it started a process holds its lock until the system has ended that one too.
_DYING_WAIT_S = 2.0
# What flock answers for a folder on network file systems that lock files only.
_NO_FOLDER_LOCK = (errno.EBADF, errno.EINVAL, errno.ENOLCK, errno.EOPNOTSUPP)


@dataclass(frozen=True, slots=True)
class Folder:
    """The names inside one dataset folder; all are made from whole numbers and split names."""

    root: Path

    @property
    def parts(self) -> Path:
        """What is removed when the dataset is complete."""
        return self.root / _PARTS

    @property
    def plan_file(self) -> Path:
        """The plan; a folder without it is not ours."""
        return self.root / "plan.json"

    @property
    def manifest_file(self) -> Path:
        """The manifest; a folder without it is not a dataset."""
        return self.root / "manifest.json"

    @property
    def previous(self) -> Path:
        """The word pictures of the complete dataset that is being extended."""
        return self.parts / "previous"

    @property
    def previous_file(self) -> Path:
        """What :func:`_take_over` must know after a crash."""
        return self.parts / "previous.json"

    @property
    def workers_file(self) -> Path:
        """Locked shared by every living worker, so that a new run can wait for a dead run's last ones."""
        return self.parts / "workers"

    def open_shard(self, shard: int) -> Path:
        """Return the temporary folder of a shard; where it exists, the shard was begun and not finished."""
        return self.parts / f"open-{shard:06d}"

    def staged(self, shard: int) -> Path:
        """Return the folder of a finished shard's word pictures."""
        return self.parts / "staged" / f"{shard:06d}"

    def sidecar(self, shard: int) -> Path:
        """Return the sidecar of a shard."""
        return self.root / "shards" / f"{shard:06d}.json"

    def scenes(self, split: str, shard: int) -> Path:
        """Return the folder of a shard's pictures of one split."""
        return self.root / "scenes" / split / f"{shard:06d}"

    def tar(self, split: str, shard: int) -> Path:
        """Return the tar of a shard's scenes of one split."""
        return self.root / "scenes" / split / f"{shard:06d}.tar"

    def name_of(self, path: Path) -> str:
        """Return a path below the root as sidecars name it."""
        return path.relative_to(self.root).as_posix()

    def write(self, name: str, data: str) -> None:
        """Write a file of the root, whole or not at all."""
        write_file(self.root / name, data, self.parts / f"{name}.tmp")

    def read_plan(self) -> Plan | None:
        """Return the stored plan, None where there is none; FormatError when it is damaged."""
        try:
            text = self.plan_file.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise FormatError(
                f"{self.plan_file}: cannot be read ({error}); make the dataset in a new folder."
            ) from None
        return Plan.from_json(text, str(self.plan_file))

    def finished(self, plan: Plan) -> bytearray:
        """Return one byte for each shard of the plan, 1 where it is finished; only names are looked at."""
        done = bytearray(plan.shards)
        if not (self.root / "shards").is_dir():
            return done
        # Not sorted: there may be a million names, and their order says nothing.
        with os.scandir(self.root / "shards") as entries:
            for entry in entries:
                stem, _, suffix = entry.name.partition(".")
                if suffix == "json" and stem.isdecimal() and int(stem) < plan.shards:
                    done[int(stem)] = 1
        return done

    def complete(self, plan: Plan) -> bool:
        """Return whether the folder holds the whole dataset of this plan."""
        try:
            manifest = json.loads(self.manifest_file.read_bytes())
        except (OSError, ValueError, RecursionError):
            return False
        if not isinstance(manifest, dict):
            return False
        return bool(manifest.get("fingerprint") == plan.fingerprint and manifest.get("n_done") == plan.n)

    def clear_open(self) -> None:
        """Remove what shards that were not finished have written."""
        for name in listing(self.parts):
            if name.startswith("open-"):
                shutil.rmtree(self.parts / name)

    def clear_parts(self) -> None:
        """Remove all that is needed only until the dataset is complete."""
        if self.parts.exists():
            shutil.rmtree(self.parts)


@contextmanager
def claim(out: Path) -> Iterator[Folder]:
    """Yield the folder, made where it was missing, and keep every other run out of it until the block ends.

    OutputError when it is a file, not ours, not writable, or in use.
    """
    if out.exists() and not out.is_dir():
        raise OutputError(f"{out}: is a file; a dataset is a folder; name another folder.")
    folder = Folder(out)
    try:
        make_folder(out)
        refuse_foreign(folder)
        make_folder(folder.parts)
        handle = _locked(folder)
    except OSError as error:
        raise OutputError(f"{out}: {error.strerror or error}; name a folder that can be written.") from None
    # Handles are not inherited by workers, so the lock ends with this process, however it ends.
    with closing(handle):
        try:
            _await_workers(folder)
            yield folder
        finally:
            _tidy(folder)


def _tidy(folder: Folder) -> None:
    """Leave no trace of a run that was refused or had nothing to do."""
    if listing(folder.parts) == [folder.workers_file.name]:
        folder.workers_file.unlink()
        folder.parts.rmdir()


class _Handle:
    """An open file number that :func:`contextlib.closing` closes."""

    def __init__(self, number: int) -> None:
        self.number = number

    def close(self) -> None:
        os.close(self.number)


def _locked(folder: Folder) -> _Handle:
    handle = _Handle(os.open(folder.root, os.O_RDONLY))
    try:
        mine = taken(handle.number, fcntl.LOCK_EX, _DYING_WAIT_S)
    except OSError as error:
        handle.close()
        if error.errno not in _NO_FOLDER_LOCK:
            raise
        handle = _Handle(os.open(folder.parts / "lock", os.O_RDWR | os.O_CREAT, 0o666))
        mine = taken(handle.number, fcntl.LOCK_EX, _DYING_WAIT_S)
    if not mine:
        handle.close()
        raise OutputError(f"{folder.root}: another run is writing here; wait until it ends, or name another folder.")
    return handle


def _await_workers(folder: Folder) -> None:
    """Wait until the workers of a run that was killed are gone; they notice within a second or two."""
    with file_lock(folder.workers_file, wait_s=_WORKERS_WAIT_S) as mine:
        if not mine:
            raise OutputError(
                f"{folder.root}: workers of an earlier run are still alive; end them and repeat the command."
            )


def refuse_foreign(folder: Folder) -> None:
    """Raise OutputError when the folder holds anything and was not begun by a run."""
    if folder.plan_file.is_file():
        return
    strangers = [name for name in listing(folder.root) if name != _PARTS]
    if strangers:
        raise OutputError(
            f"{folder.root}: not empty (it holds {strangers[0]}) and not a dataset of ours; name a new folder."
        )


def prepare(folder: Folder, plan: Plan, *, other_versions: bool) -> bool:
    """Make the folder ready for the plan; return True when it holds the whole dataset already.

    A stored plan that differs in anything but a smaller ``n`` is refused by OutputError with what differs; library
    versions count unless ``other_versions``. What this does is safe to repeat after a crash at any point.
    """
    stored = folder.read_plan()
    if stored is not None:
        _refuse_difference(folder, stored, plan, other_versions)
        if folder.complete(stored):
            folder.clear_parts()
            if plan.n == stored.n:
                return True
            make_folder(folder.parts)
            _begin_take_over(folder, stored)
        folder.manifest_file.unlink(missing_ok=True)
        sync_folder(folder.root)
        _take_over(folder)
        # What an unfinished dataset had assembled is assembled anew: it must not take the room of that.
        for kind in WORD_KINDS:
            if (folder.root / kind).exists():
                shutil.rmtree(folder.root / kind)
        if plan.n > stored.n and stored.n % plan.shard_size:
            _reopen_last(folder, stored)
    folder.clear_open()
    if stored is None or stored.n != plan.n:
        folder.write("plan.json", plan.to_json())
    folder.write("recipe.toml", plan.recipe.to_toml())
    folder.write("charset.txt", plan.characters + "\n")
    return False


def _refuse_difference(folder: Folder, stored: Plan, plan: Plan, other_versions: bool) -> None:
    found = differences(plan.identity(), stored.identity())
    if not other_versions:
        found += differences(plan.libraries, stored.libraries)
    if found:
        shown = "; ".join(found[:3]) + (f"; and {len(found) - 3} more" if len(found) > 3 else "")
        raise OutputError(f"{folder.root}: holds another dataset ({shown}); name another folder or use its settings.")
    if plan.n < stored.n:
        raise OutputError(
            f"{folder.root}: n is {stored.n} there, {plan.n} here; a dataset can grow but not shrink; "
            "name another folder."
        )


def _begin_take_over(folder: Folder, stored: Plan) -> None:
    """Note what the complete dataset holds before anything of it is moved."""
    tail = {}
    if stored.n % stored.shard_size:
        sidecar = json.loads(folder.sidecar(stored.shards - 1).read_bytes())
        tail = {"words": sidecar["words"], "words-vertical": sidecar["words-vertical"]}
    names = [name for name in WORD_KINDS if (folder.root / name).is_dir()]
    note = json.dumps({"n": stored.n, "names": names, "tail": tail})
    write_file(folder.previous_file, note, folder.parts / "previous.tmp")


def _take_over(folder: Folder) -> None:
    """Move the old LMDBs aside; those that have been moved before a crash are left where they are."""
    try:
        note = json.loads(folder.previous_file.read_bytes())
    except FileNotFoundError:
        return
    make_folder(folder.previous)
    for name in note["names"]:
        if not (folder.previous / name).exists():
            (folder.root / name).rename(folder.previous / name)
    sync_folder(folder.previous)
    sync_folder(folder.root)


def _reopen_last(folder: Folder, stored: Plan) -> None:
    """Forget the last shard, which was not full, so that it is rendered again at its full length."""
    last = stored.shards - 1
    make_folder(folder.sidecar(last).parent)
    folder.sidecar(last).unlink(missing_ok=True)
    sync_folder(folder.sidecar(last).parent)
    if folder.staged(last).is_dir():
        shutil.rmtree(folder.staged(last))


def remove_dataset(folder: Folder) -> None:
    """Remove a dataset's own files and what folders that leaves empty; every other file stays.

    Paths come from the layout, never from what a file of the dataset says.
    """
    if folder.read_plan() is None:
        return
    folder.manifest_file.unlink(missing_ok=True)
    for split in _folders(folder.root / "scenes"):
        for shard in _folders(split):
            if _SHARD.fullmatch(shard.name):
                _remove_files(shard, _PICTURE)
        _remove_files(split, _TAR)
    _remove_if_empty(folder.root / "scenes")
    for kind in WORD_KINDS:
        for split in _folders(folder.root / kind):
            for part in _folders(split):
                if _LMDB_PART.fullmatch(part.name):
                    _remove_files(part, _LMDB)
            _remove_files(split, _LMDB)
        _remove_if_empty(folder.root / kind)
    _remove_files(folder.root / "shards", re.compile(r"[0-9]{6,10}\.json"))
    folder.clear_parts()
    # The plan goes last: while it stands, the folder is known as ours and this can be repeated.
    for name in sorted(_FILES, key=lambda one: one == "plan.json"):
        (folder.root / name).unlink(missing_ok=True)


def _remove_files(folder: Path, pattern: re.Pattern[str]) -> None:
    for name in listing(folder):
        if pattern.fullmatch(name):
            (folder / name).unlink()
    _remove_if_empty(folder)


def _remove_if_empty(folder: Path) -> None:
    if folder.is_dir() and not listing(folder):
        folder.rmdir()


def _folders(parent: Path) -> list[Path]:
    return [parent / name for name in listing(parent) if (parent / name).is_dir() and not (parent / name).is_symlink()]


def listing(folder: Path) -> list[str]:
    """Return the names in a folder, sorted; none where it does not exist."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries)
    except FileNotFoundError:
        return []
