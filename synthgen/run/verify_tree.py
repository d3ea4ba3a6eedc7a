"""Files that should not be in a dataset, found by their names and places."""

from __future__ import annotations

import os
import re

from synthgen.run.faults import Faults
from synthgen.run.folder import WORD_KINDS, Folder, listing
from synthgen.run.plan import Plan

_ROOT_FILES = frozenset(
    {"charset.txt", "coverage.json", "manifest.json", "plan.json", "recipe.toml", "times.json"}
)  # fmt: skip
_ROOT_FOLDERS = frozenset({"scenes", "shards", *WORD_KINDS})
_NUMBER = re.compile(r"[0-9]{6,10}")
_PART = re.compile(r"[0-9]{3,9}")
_STRANGER = "is not of this dataset"


def check_tree(folder: Folder, plan: Plan, done: bytearray, faults: Faults) -> None:
    """Note what lies where a dataset has nothing, and links; files inside shards are compared with their sidecars."""
    splits = {name for name, _ in plan.splits}
    parts = {folder.parts.name} if not all(done) else set()
    _check(folder, "", _ROOT_FILES, _ROOT_FOLDERS | parts, faults)
    _check(folder, "shards", {f"{shard:06d}.json" for shard in _ones(done)}, set(), faults)
    _check(folder, "scenes", set(), splits, faults)
    tar = plan.scene_store == "tar"
    shards = {f"{shard:06d}" for shard in _ones(done)} if plan.recipe.output.scenes else set()
    for split in sorted(splits):
        files = {f"{shard}.tar" for shard in shards} if tar else set()
        _check(folder, f"scenes/{split}", files, set() if tar else shards, faults)
    for kind in WORD_KINDS:
        _check(folder, kind, set(), splits, faults)
        for split in sorted(splits):
            names = listing(folder.root / kind / split)
            numbered = {name for name in names if _PART.fullmatch(name)} if plan.max_lmdb_bytes else set()
            _check(folder, f"{kind}/{split}", set() if plan.max_lmdb_bytes else {"data.mdb"}, numbered, faults)
            for name in sorted(numbered):
                _check(folder, f"{kind}/{split}/{name}", {"data.mdb"}, set(), faults)


def _check(
    folder: Folder, below: str, files: set[str] | frozenset[str], folders: set[str] | frozenset[str], faults: Faults
) -> None:
    """Note every entry of one folder that is neither one of its files nor one of its folders."""
    path = folder.root / below
    if not path.is_dir():
        return
    with os.scandir(path) as entries:
        found = [(entry.name, entry.is_symlink(), entry.is_dir(follow_symlinks=False)) for entry in entries]
    for name, link, is_folder in sorted(found):
        where = f"{below}/{name}".lstrip("/")
        if link:
            faults.add(where, "is a link", "replace it by what it points to")
        elif name not in (folders if is_folder else files):
            faults.add(where, _STRANGER, "remove it")


def _ones(done: bytearray) -> list[int]:
    return [shard for shard, finished in enumerate(done) if finished]
