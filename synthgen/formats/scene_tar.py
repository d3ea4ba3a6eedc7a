"""A shard's scenes in one tar, in WebDataset's form: ``<key>.<format>``, then ``<key>.json``, its line of metadata.

Written here byte for byte, so that equal scenes give equal tars: USTAR headers without time, owner or extensions. The
reader takes nothing else, so a tar from elsewhere can neither name a place outside nor claim to be larger than it is.
"""

from __future__ import annotations

import os
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from synthgen.errors import FormatError
from synthgen.formats.metadata import MAX_LINE_BYTES, SceneRecord, parse_scene

TAR_SUFFIX = ".tar"
TAR_END = bytes(2 * tarfile.BLOCKSIZE)

_BLOCK = tarfile.BLOCKSIZE
_MEMBER = re.compile(r"[0-9A-Za-z_][0-9A-Za-z_.-]{0,99}")


@dataclass(frozen=True, slots=True)
class Member:
    """Where a file lies in a tar: its ``name``, the ``offset`` of its first byte and its size."""

    name: str
    offset: int
    size_bytes: int


def tar_member(name: str, data: bytes) -> bytes:
    """Return a file's header and content as they stand in a tar; :data:`TAR_END` follows the last one."""
    return _header(name, len(data)) + data + bytes(-len(data) % _BLOCK)


def _header(name: str, size_bytes: int) -> bytes:
    # A TarInfo of one's own carries no time, owner or mode of any file.
    entry = tarfile.TarInfo(name)
    entry.size = size_bytes
    return entry.tobuf(tarfile.USTAR_FORMAT)


def scan_tar(path: Path) -> Iterator[Member]:
    """Yield the members of a tar written here, in order; FormatError where it is anything else or cut short."""
    try:
        with open(path, "rb") as file:
            whole = os.fstat(file.fileno()).st_size
            at = 0
            while (header := file.read(_BLOCK)) != bytes(_BLOCK):
                member = _member(header, at + _BLOCK, path)
                at = member.offset + member.size_bytes + -member.size_bytes % _BLOCK
                if at > whole:
                    raise FormatError(f"{path}: cut short in {member.name}; copy it again or make the dataset again.")
                yield member
                file.seek(at)
            if header + file.read() != TAR_END:
                raise FormatError(f"{path}: has no proper end; copy it again or make the dataset again.")
    except OSError as error:
        raise FormatError(f"{path}: {error.strerror}; the dataset is incomplete; make it again.") from error


def _member(header: bytes, offset: int, path: Path) -> Member:
    name = header[:100].rstrip(b"\0").decode("ascii", "replace")
    digits = header[124:135]
    size_bytes = int(digits, 8) if re.fullmatch(rb"[0-7]{11}", digits) else -1
    # Made again and compared, a header can hold nothing that ours do not, such as a link, and no damage either.
    if size_bytes < 0 or not _MEMBER.fullmatch(name) or header != _header(name, size_bytes):
        raise FormatError(f"{path}: no member of ours at byte {offset - _BLOCK}; copy it or make the dataset again.")
    return Member(name, offset, size_bytes)


def read_scene_tar(path: Path) -> Iterator[SceneRecord]:
    """Yield the scenes of a tar in its order; FormatError for anything malformed."""
    with open(path, "rb") as file:
        for member in scan_tar(path):
            if member.name.endswith(".json"):
                if member.size_bytes > MAX_LINE_BYTES:
                    raise FormatError(f"{path}: {member.name} has more than {MAX_LINE_BYTES} bytes; make it again.")
                yield parse_scene(os.pread(file.fileno(), member.size_bytes, member.offset), f"{path}:{member.name}")


def stored_tar(path: Path) -> Path | None:
    """Return the tar that holds the picture which would lie at ``path`` in a folder, None where there is none."""
    tar = path.parent.with_name(path.parent.name + TAR_SUFFIX)
    return tar if tar.is_file() else None


def read_member(tar: Path, name: str) -> bytes:
    """Return a file's content out of a tar; FormatError when the tar is damaged or has no such file."""
    state = tar.stat()
    member = _members(tar, state.st_ino, state.st_size, state.st_mtime_ns).get(name)
    if member is None:
        raise FormatError(f"{tar}: has no {name}; the dataset is damaged; copy it again or make it again.")
    with open(tar, "rb") as file:
        return os.pread(file.fileno(), member.size_bytes, member.offset)


@lru_cache(maxsize=8)
def _members(tar: Path, *state: int) -> dict[str, Member]:
    """Return the members by name; ``state`` changes with the file."""
    del state
    return {member.name: member for member in scan_tar(tar)}
