"""WebDataset: tars of ``<key>.jpg`` and ``<key>.json``, equal from run to run."""

from __future__ import annotations

import tarfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from synthgen.errors import FormatError
from synthgen.formats.filing import new_binary, read_stored
from synthgen.formats.metadata import SceneRecord, dump_record, parse_scene
from synthgen.formats.registry import Entry, ExportReport, Option, register_exporter
from synthgen.formats.scene_tar import TAR_END, tar_member


def read_webdataset(folder: Path) -> Iterator[Entry]:
    """Yield the words of every scene in the tars of ``folder``; the picture's name is ``<tar>/<key>.jpg``."""
    for path in sorted(folder.glob("scenes-*.tar")):
        try:
            with tarfile.open(path, "r:") as tar:
                for member in tar:
                    if not member.name.endswith(".json"):
                        continue
                    file = tar.extractfile(member)
                    if file is None:
                        raise FormatError(f"{path}: {member.name}: not a file; export it again.")
                    record = parse_scene(file.read(), f"{path}:{member.name}")
                    words = record.words
                    picture = f"{path.name}/{record.file_name}"
                    yield Entry(picture, words.text, words.quad, tuple(words.ignored.tolist()))
        except (tarfile.TarError, OSError, EOFError) as error:
            raise FormatError(f"{path}: not a whole tar ({type(error).__name__}); export it again.") from error


@register_exporter(
    "webdataset",
    "tars of pictures and their metadata, for streaming",
    source="scenes",
    read=read_webdataset,
    options=(Option("shard_scenes", "1000", (), "scenes in one tar"),),
)
def export_webdataset(
    records: Iterable[SceneRecord], dataset_dir: Path, out_dir: Path, options: Mapping[str, str]
) -> ExportReport:
    """Write ``scenes-000000.tar`` and so on, with everything the scenes' own metadata holds."""
    limit = int(options["shard_scenes"])
    names: list[str] = []
    total = 0
    waiting: list[SceneRecord] = []

    def flush() -> None:
        names.append(f"scenes-{len(names):06d}.tar")
        with new_binary(out_dir / names[-1]) as file:
            for record in waiting:
                key, suffix = f"{record.index:09d}", Path(record.file_name).suffix
                line = dump_record(replace(record, file_name=key + suffix))
                file.write(tar_member(key + suffix, read_stored(dataset_dir / record.file_name)))
                file.write(tar_member(key + ".json", line.encode()))
            file.write(TAR_END)
        waiting.clear()

    for record in records:
        waiting.append(record)
        total += 1
        if len(waiting) == limit:
            flush()
    if waiting:
        flush()
    return ExportReport({"scenes": total}, {}, tuple(names))
