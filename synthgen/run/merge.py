"""Parts become one dataset: finished shards of several folders are gathered in the first, checked and assembled.

Every file of a shard is read and held against its sidecar before it is named here, and the sidecar comes last, as when
a shard is rendered: a merge that was killed is continued by the same command. The other folders are only read.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import Any

from synthgen.errors import FormatError, OutputError
from synthgen.formats.filing import place_file, read_stored, sync_folder
from synthgen.run.assemble import assemble
from synthgen.run.durable import make_folder, place_folder, refuse_links, sync_tree, write_file
from synthgen.run.folder import Folder, claim
from synthgen.run.plan import Plan, differences
from synthgen.run.progress import Progress, Silent
from synthgen.run.render import Summary, ready, samples_in, summary, zeros
from synthgen.run.shard import read_sidecar

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,120}")
_BLOCK_BYTES = 1 << 20
_SHOWN = 5


def merge(folders: Sequence[Path], *, progress: Progress | None = None) -> Summary:
    """Make the dataset of all parts in the first folder and return its summary; its bytes are those of one run.

    OutputError when a folder is in use, holds another plan, or when shards are missing in all of them; FormatError
    when a file of a part is not what its sidecar tells.
    """
    began = time.perf_counter()
    # A folder that is named twice is one folder: it could not be locked twice.
    first, *others = {Path(folder).resolve(): Path(folder) for folder in folders}.values()
    for path in (first, *others):
        if not Folder(path).plan_file.is_file():
            raise OutputError(f"{path}: not a dataset of ours; name the folders that render --shards has written.")
        refuse_links(path)
    with ExitStack() as held:
        target = held.enter_context(claim(first))
        sources = [held.enter_context(claim(path)) for path in others]
        plan = target.read_plan()
        if plan is None:
            raise OutputError(f"{first}: not a dataset of ours; name the folders that render --shards has written.")
        for source in sources:
            _refuse_other(plan, source)
        if not target.complete(plan):
            _refuse_incomplete(plan, [target, *sources])
        if not ready(target, plan, other_versions=True):
            _gather(plan, target, sources)
            assemble(plan, target, target.finished(plan), progress or Silent())
            if target.complete(plan):
                target.clear_parts()
        return summary(target, 0, began)


def _refuse_other(plan: Plan, source: Folder) -> None:
    theirs = source.read_plan()
    if theirs is None:
        raise OutputError(f"{source.root}: not a dataset of ours; name the folders that render --shards has written.")
    found = differences({**plan.identity(), "n": plan.n}, {**theirs.identity(), "n": theirs.n})
    found += differences(plan.libraries, theirs.libraries)
    if found:
        raise OutputError(f"{source.root}: part of another dataset ({'; '.join(found[:3])}); render it like the first.")


def _refuse_incomplete(plan: Plan, folders: Sequence[Folder]) -> None:
    done = bytearray(plan.shards)
    for folder in folders:
        for shard in _ones(folder.finished(plan)):
            done[shard] = 1
    missing = list(zeros(done))
    if missing:
        shown = ", ".join(map(str, missing[:_SHOWN])) + (" and more" if len(missing) > _SHOWN else "")
        raise OutputError(
            f"{folders[0].root}: {len(missing)} of {plan.shards} shards are in no folder (numbers {shown}), "
            f"{samples_in(plan, done)} of {plan.n} samples are; repeat render --shards for their parts, or make a "
            "dataset of what is there with synthgen assemble."
        )


def _gather(plan: Plan, target: Folder, sources: Sequence[Folder]) -> None:
    for source in sources:
        done = target.finished(plan)
        for shard in _ones(source.finished(plan)):
            if not done[shard]:
                try:
                    _take(plan, source, target, shard)
                except OSError as error:
                    raise OutputError(
                        f"{target.root}: {error.strerror or error} while taking shard {shard} from {source.root}; free "
                        "space or restore access, then repeat the command: it goes on."
                    ) from error


def _take(plan: Plan, source: Folder, target: Folder, shard: int) -> None:
    """Bring one finished shard over, commit it and leave the source as it is."""
    read_sidecar(plan, source, shard)  # refuses one that is damaged or of another plan
    text = read_stored(source.sidecar(shard))
    temporary = target.open_shard(shard)
    if temporary.exists():
        shutil.rmtree(temporary)
    names = dict(_names(plan, source, shard, json.loads(text)))
    for name, stamp in names.items():
        _check(source.root / name, stamp)
        place_file(source.root / name, temporary / name)
    sync_tree(temporary)
    # Folders of a shard take their names whole; a tar is a file and takes its own.
    for name in sorted({_unit(name) for name in names}):
        _place(temporary / name, target.root / name)
    make_folder(target.sidecar(shard).parent)
    write_file(target.sidecar(shard), text, temporary / "sidecar")
    shutil.rmtree(temporary)


def _place(unit: Path, final: Path) -> None:
    if unit.is_dir():
        place_folder(unit, final)
    else:
        make_folder(final.parent)
        unit.replace(final)
        sync_folder(final.parent)


def _names(plan: Plan, source: Folder, shard: int, table: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield (name below the root, stamp) of a shard's files; FormatError for a name that is not of this shard.

    Names come from a file that anybody may have written: only those of the layout are followed.
    """
    number, splits = f"{shard:06d}", {name for name, _ in plan.splits}
    for name, stamp in table["files"].items():
        parts = PurePosixPath(name).parts
        if not (
            len(parts) in (3, 4)
            and "/".join(parts) == name
            and parts[0] == "scenes"
            and parts[1] in splits
            and parts[2].partition(".")[0] == number
            and all(_NAME.fullmatch(part) for part in parts)
        ):
            raise FormatError(f"{source.sidecar(shard)}: names {name[:60]!a}, which is not of this shard; render it.")
        yield name, stamp
    staged = source.staged(shard).relative_to(source.root).as_posix()
    for name, stamp in table["staged"].items():
        if name not in ("index", "values"):
            raise FormatError(f"{source.sidecar(shard)}: names {name[:60]!a}, which is not of this shard; render it.")
        yield f"{staged}/{name}", stamp


def _unit(name: str) -> str:
    """Return what of a name is renamed: ``scenes/train/000000`` of a picture's, a tar's own."""
    return "/".join(name.split("/")[:3])


def _check(path: Path, stamp: Any) -> None:
    """Raise FormatError unless a file, which may be no link, has the size and digest that its sidecar tells."""
    digest, size = hashlib.sha256(), 0
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
            while block := file.read(_BLOCK_BYTES):
                digest.update(block)
                size += len(block)
    except OSError as error:
        raise FormatError(f"{path}: {error.strerror}; render this part again.") from None
    if stamp != [size, digest.hexdigest()]:
        raise FormatError(f"{path}: not as it was written; copy or render this part again.")


def _ones(done: bytearray) -> Iterator[int]:
    at = done.find(1)
    while at >= 0:
        yield at
        at = done.find(1, at + 1)
