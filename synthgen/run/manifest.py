"""The manifest: sums over the finished shards, told with everything that a dataset vouches for."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from synthgen.errors import FormatError
from synthgen.formats.mjsynth import LmdbSummary
from synthgen.run.folder import Folder
from synthgen.run.plan import FORMAT_VERSION, Plan
from synthgen.run.shard import COUNTS, Sidecar, read_sidecar
from synthgen.run.usage import COVERAGE_NAME, UsageTotals

# What the manifest vouches for beside the shards and the LMDBs.
_VOUCHED = ("charset.txt", COVERAGE_NAME, "plan.json", "recipe.toml")


@dataclass(slots=True)
class Totals:
    """Sums over the finished shards: ``counts`` and ``size_bytes`` by split and kind, samples done and skipped.

    ``digest`` is the sha256 (hex) over the sidecars, one after the other.
    """

    counts: dict[str, dict[str, int]]
    size_bytes: dict[str, dict[str, int]]
    usage: UsageTotals
    shards: int = 0
    digest: str = ""
    n_done: int = 0
    skipped: int = 0
    rejections: Counter[str] = field(default_factory=Counter)

    def count(self, kind: str) -> int:
        """Return the number of scenes, words or vertical words of all splits."""
        return sum(counts[kind] for counts in self.counts.values())


def survey(plan: Plan, folder: Folder, done: bytearray) -> Totals:
    """Return the sums over all sidecars; FormatError when one is damaged or belongs to another plan."""
    zero = {name: dict.fromkeys(COUNTS, 0) for name, _ in plan.splits}
    usage = UsageTotals((row["id"] for row in plan.assets if row["kind"] == "font"), plan.characters)
    totals = Totals(zero, {name: dict(kinds) for name, kinds in zero.items()}, usage)
    digest = hashlib.sha256()
    for shard in _ones(done):
        sidecar = read_sidecar(plan, folder, shard)
        digest.update(folder.sidecar(shard).read_bytes())
        _add_usage(usage, sidecar, folder.sidecar(shard))
        totals.shards += 1
        start, stop = plan.bounds(shard)
        totals.n_done += stop - start
        totals.skipped += len(sidecar.skipped)
        totals.rejections.update(sidecar.rejections)
        for name, _ in plan.splits:
            for kind in COUNTS:
                totals.counts[name][kind] += sidecar.counts[name][kind]
                totals.size_bytes[name][kind] += sidecar.size_bytes[name][kind]
    totals.digest = digest.hexdigest()
    return totals


def _add_usage(usage: UsageTotals, sidecar: Sidecar, path: Path) -> None:
    try:
        usage.add(sidecar.usage)
    except (ValueError, KeyError) as error:
        raise FormatError(
            f"{path}: usage of faces or characters that are not the plan's ({str(error)[:60]}); remove this file and "
            "repeat the command: it is made again."
        ) from None


def vouched_files(folder: Folder) -> dict[str, dict[str, Any]]:
    """Return size and sha256 of the root's files that follow from plan and shards, by name."""
    contents = {name: (folder.root / name).read_bytes() for name in _VOUCHED}
    return {
        name: {"size_bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in contents.items()
    }


def manifest(
    plan: Plan, totals: Totals, lmdbs: Mapping[str, LmdbSummary], files: Mapping[str, Mapping[str, Any]]
) -> str:
    """Return the text of ``manifest.json``: it follows from the plan and the finished shards alone."""
    table = {
        "format_version": FORMAT_VERSION,
        "recipe": plan.recipe.name,
        "recipe_digest": plan.recipe.digest(),
        "fingerprint": plan.fingerprint,
        "lang": plan.recipe.lang,
        "seed": plan.seed,
        "n": plan.n,
        "n_done": totals.n_done,
        "shard_size": plan.shard_size,
        "scene_store": plan.scene_store,
        "max_lmdb_bytes": plan.max_lmdb_bytes,
        "splits": {
            name: {
                "share": share,
                **{kind.replace("-", "_"): totals.counts[name][kind] for kind in COUNTS},
            }
            for name, share in plan.splits
        },
        "counts": {kind.replace("-", "_"): totals.count(kind) for kind in COUNTS},
        "size_bytes": {
            kind.replace("-", "_"): sum(sizes[kind] for sizes in totals.size_bytes.values()) for kind in COUNTS
        },
        "skipped": totals.skipped,
        "rejections": dict(sorted(totals.rejections.items())),
        "characters": {
            "charset": len(plan.characters),
            "appeared": int((totals.usage.per_character() > 0).sum()),
        },
        "usage": totals.usage.summary(),
        "shards": {"count": totals.shards, "sha256_of_sidecars": totals.digest},
        "files": {name: dict(entry) for name, entry in sorted(files.items())},
        "lmdb": {
            name: {
                "records": summary.records,
                "value_bytes": summary.value_bytes,
                "file_bytes": summary.file_bytes,
                "sha256_of_records": summary.digest,
            }
            for name, summary in sorted(lmdbs.items())
        },
        "libraries": dict(sorted(plan.libraries.items())),
        "assets": [dict(row) for row in plan.assets],
    }
    return json.dumps(table, ensure_ascii=False, indent=1) + "\n"


def _ones(done: bytearray) -> Iterator[int]:
    at = done.find(1)
    while at >= 0:
        yield at
        at = done.find(1, at + 1)
