"""The user's fonts, vetted before they are trusted: measured once in a process of its own, with bounds on time and
memory.

A 2 kB font can hang a parser and a 3 MB one can ask for gigabytes, so a strange file's outlines are walked in a child
process that may be killed, and never in this one. What the child measured is kept by the file's digest; a file that was
vetted before is only read. Where the cache cannot be written, what is measured is handed over in a temporary folder.
"""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import uharfbuzz as hb

from synthgen.assets import file_digest
from synthgen.errors import AssetError
from synthgen.typeset.face import Face, load_face
from synthgen.typeset.tables import cache_folder, keep_file, keep_tables, kept_tables, measure, open_font

FONT_SUFFIXES = (".ttf", ".otf", ".ttc", ".otc")
FONT_MAX_BYTES = 100_000_000
SIGNATURES = (b"\0\1\0\0", b"OTTO", b"true", b"ttcf")
VETTING_SECONDS = 20
VETTING_BYTES = 2_000_000_000
MOST_FACES = 64
MOST_CHILDREN = 4
MOST_TABLES = 256
UPEM_RANGE = (16, 16_384)
HEAD_MAGIC = b"\x5f\x0f\x3c\xf5"
# Names the cache folder: see synthgen.typeset.tables.
CACHE_VARIABLE = "SYNTHGEN_CACHE"
# The child's answer to a font that it refuses; an uncaught fault would end it with 1.
REFUSED = 3


def user_font_files(folders: tuple[Path, ...]) -> list[Path]:
    """Return the font files named or in the named folders, sorted; AssetError when a folder holds none."""
    found: list[Path] = []
    for folder in folders:
        if folder.is_dir():
            inside = sorted(
                path for path in folder.rglob("*") if path.suffix.lower() in FONT_SUFFIXES and path.is_file()
            )
            if not inside:
                raise AssetError(f"{folder}: no .ttf or .otf file in it; name a folder of fonts.")
            found += inside
        else:
            found.append(folder)
    return found


def load_user_faces(paths: list[Path], taken: set[str]) -> list[Face]:
    """Return every face of the user's files: each of a collection, and each named instance of a variable font.

    Names are the files' stems, with a number or the instance's name where a file holds several, made different from
    ``taken``. Raises AssetError that names a file which is missing, no font, damaged or too costly to read.
    """
    with _cache_for(paths):
        return _faces(paths, _vet_all(paths), set(taken))


def _faces(paths: list[Path], listings: list[list[tuple[int, int, str]]], used: set[str]) -> list[Face]:
    faces: list[Face] = []
    for path, listed in zip(paths, listings, strict=True):
        for index, instance, suffix in listed:
            name = path.stem + suffix
            while name in used:
                name += "+"
            used.add(name)
            try:
                faces.append(load_face(path, name=name, index=index, instance=instance))
            except OSError as error:
                raise AssetError(f"{path}: cannot be read ({error.strerror}); give a TTF or OTF file.") from None
    return faces


@contextmanager
def _cache_for(paths: list[Path]) -> Iterator[None]:
    """Lend this process and its children a temporary cache where some file is still to be vetted and ours is closed.

    The tables are arrays in memory when the block ends. AssetError when there is no temporary folder either.
    """
    if not paths or _can_be_written(cache_folder()) or all(map(_was_vetted, paths)):
        yield
        return
    before = os.environ.get(CACHE_VARIABLE)
    try:
        lent = tempfile.TemporaryDirectory(prefix="synthgen-fonts-")
    except OSError:
        raise AssetError(
            f"{cache_folder()}: cannot be written, and no temporary folder can, so that fonts cannot be vetted; name a "
            f"folder with {CACHE_VARIABLE}."
        ) from None
    with lent as folder:
        os.environ[CACHE_VARIABLE] = folder
        try:
            yield
        finally:
            del os.environ[CACHE_VARIABLE]
            if before is not None:
                os.environ[CACHE_VARIABLE] = before


def _can_be_written(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _was_vetted(path: Path) -> bool:
    try:
        return (cache_folder() / f"{file_digest(path)}.vetted").is_file()
    except OSError:  # a file that cannot be read is named when it is vetted
        return False


def _vet_all(paths: list[Path]) -> list[list[tuple[int, int, str]]]:
    """Vet files, a few at a time: threads only wait for their children. The first fault in the files' order counts."""
    with ThreadPoolExecutor(max_workers=min(os.cpu_count() or 1, MOST_CHILDREN)) as pool:
        waiting = [pool.submit(vet, path) for path in paths]
        try:
            return [one.result() for one in waiting]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def vet(path: Path) -> list[tuple[int, int, str]]:
    """Return (index, instance, name suffix) of each face of a file, measured in a bounded child process."""
    try:
        size = path.stat().st_size
        if not 12 <= size <= FONT_MAX_BYTES:
            raise AssetError(f"{path}: {size} bytes; a font file has 12 to {FONT_MAX_BYTES}. Leave it out.")
        with open(path, "rb") as file:
            signature = file.read(4)
    except OSError as error:
        raise AssetError(f"{path}: cannot be read ({error.strerror}); give a TTF or OTF file.") from None
    if signature not in SIGNATURES:
        raise AssetError(f"{path}: not a TrueType or OpenType font; give a TTF or OTF file.")
    marker = cache_folder() / f"{file_digest(path)}.vetted"
    with suppress(OSError, ValueError):
        return _parse(marker.read_text(encoding="utf-8"))
    return _parse(_vet_in_child(path))


def _vet_in_child(path: Path) -> str:
    command = [sys.executable, "-m", "synthgen.typeset.vetting", str(path.resolve())]
    # The package that runs, wherever it was found; and no threads, whose stacks would count as memory.
    found = os.pathsep.join(filter(None, (str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH"))))
    environment = os.environ | {"PYTHONPATH": found, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    try:
        child = subprocess.run(
            command, capture_output=True, text=True, timeout=VETTING_SECONDS, check=False, env=environment
        )
    except subprocess.TimeoutExpired:
        raise AssetError(f"{path}: takes more than {VETTING_SECONDS} s to read; leave it out.") from None
    if child.returncode == REFUSED:
        raise AssetError(f"{path}: {child.stderr.strip()}")
    if child.returncode:
        raise AssetError(f"{path}: damaged font (reading it ended with status {child.returncode}); leave it out.")
    return child.stdout


def _parse(listing: str) -> list[tuple[int, int, str]]:
    rows = []
    for line in listing.splitlines():
        index, instance, suffix = line.split("\t")
        rows.append((int(index), int(instance), suffix))
    if not rows:
        raise ValueError("no face listed")
    return rows


def _list_faces(data: bytes) -> list[tuple[int, int, str]]:
    """Return (index, instance, suffix) of each face; AssetError when a size it declares is absurd."""
    count = int.from_bytes(data[8:12], "big") if data[:4] == b"ttcf" else 1
    if not 1 <= count <= MOST_FACES:
        raise AssetError(f"declares {count} faces; at most {MOST_FACES} are read. Leave it out.")
    rows = []
    for index in range(count):
        start = int.from_bytes(data[12 + 4 * index : 16 + 4 * index], "big") if data[:4] == b"ttcf" else 0
        _check_directory(data, start)
        face, _ = open_font(hb.Blob(data), index, -1)
        if not face.glyph_count:
            raise AssetError("damaged font (0 glyphs); leave it out.")
        place = f"#{index}" if count > 1 else ""
        instances = face.named_instances if face.has_var_data else []
        if instances:
            names = [face.get_name(one.subfamily_name_id) or str(at) for at, one in enumerate(instances[:MOST_FACES])]
            rows += [(index, at, f"{place}-{_plain(name)}") for at, name in enumerate(names)]
        else:
            rows.append((index, -1, place))
    if len(rows) > MOST_FACES:
        raise AssetError(f"declares {len(rows)} faces and instances; at most {MOST_FACES} are read. Leave it out.")
    return rows


def _check_directory(data: bytes, start: int) -> None:
    """Refuse a face whose tables do not lie within the file, or whose head says nothing sensible.

    HarfBuzz takes what it finds in silence: a file that was cut off would be a face with some characters less.
    """
    head = b""
    try:
        (count,) = struct.unpack_from(">H", data, start + 4)
        if not 1 <= count <= MOST_TABLES:
            raise AssetError(f"damaged font ({count} tables); leave it out.")
        for at in range(count):
            tag, _, offset, length = struct.unpack_from(">4s3I", data, start + 12 + 16 * at)
            if offset + length > len(data):
                name = tag.decode("ascii", "replace") if tag.isalnum() else tag.hex()
                raise AssetError(f"damaged font (table {name} ends beyond the file, which is cut off); leave it out.")
            head = data[offset : offset + length] if tag == b"head" else head
    except struct.error:
        raise AssetError("damaged font (its directory of tables is cut off); leave it out.") from None
    if len(head) < 54 or head[12:16] != HEAD_MAGIC:
        raise AssetError("damaged font (no valid head table); leave it out.")
    upem = int.from_bytes(head[18:20], "big")
    if not UPEM_RANGE[0] <= upem <= UPEM_RANGE[1]:
        raise AssetError(f"damaged font ({upem} units per em, of {UPEM_RANGE[0]} to {UPEM_RANGE[1]}); leave it out.")


def _plain(name: str) -> str:
    return "".join(char for char in name if char.isalnum()) or "instance"


def main(path: Path) -> None:
    """Measure every face of a file, keep the tables, and print its faces; run in a child with bounded memory."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (VETTING_BYTES, VETTING_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (VETTING_SECONDS, VETTING_SECONDS))
    data = path.read_bytes()
    digest = file_digest(path)
    rows = _list_faces(data)
    for index, instance, _ in rows:
        if kept_tables(digest, index, instance) is None:
            tables = measure(data, index, instance)
            if not tables.inked.any():
                raise AssetError("draws no character; the file is damaged or a subset without outlines. Leave it out.")
            # The caller reads them there: it measures no file that has not been vetted.
            try:
                keep_tables(tables, cache_folder(), digest, index, instance)
            except OSError as error:
                raise AssetError(
                    f"what it draws cannot be kept in {cache_folder()} ({error.strerror}); free space there, or name "
                    f"another folder with {CACHE_VARIABLE}."
                ) from None
    listing = "".join(f"{index}\t{instance}\t{suffix}\n" for index, instance, suffix in rows)
    with suppress(OSError):
        keep_file(cache_folder() / f"{digest}.vetted", listing.encode())
    sys.stdout.write(listing)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except AssetError as fault:
        sys.stderr.write(f"{fault}\n")
        sys.exit(REFUSED)
    except (MemoryError, hb.HarfBuzzError) as fault:
        sys.stderr.write(f"damaged font ({type(fault).__name__}); leave it out.\n")
        sys.exit(REFUSED)
