"""How files leave: into a temporary folder beside the target, which is renamed when everything is written.

Nothing that exists is ever overwritten, and a folder that carries its final name is complete.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from synthgen.errors import FormatError, OutputError
from synthgen.formats.scene_tar import read_member, stored_tar

# What os.link answers where a hard link cannot be made: other file system, unsupported, not allowed, too many links.
_NO_LINK = (errno.EXDEV, errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES)


def refuse_existing(path: Path) -> None:
    """Raise OutputError when ``path`` exists as a file or as a folder that holds anything."""
    if path.is_symlink() or path.is_file() or (path.is_dir() and any(path.iterdir())):
        raise OutputError(f"{path}: exists already and is never overwritten; name a new folder or remove it.")


def sync_folder(path: Path) -> None:
    """Flush the names in a folder to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Yield a temporary folder beside ``path``; it takes that name when the block ends well, else it is removed.

    OutputError when ``path`` exists, when its parent cannot be written, or when the disk is full.
    """
    refuse_existing(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}.tmp.", dir=path.parent))
    except OSError as error:
        raise OutputError(f"{path}: {error.strerror or error}; choose a folder that can be written.") from error
    done = False
    try:
        temporary.chmod(0o777 & ~_umask())
        yield temporary
        sync_folder(temporary)
        refuse_existing(path)
        temporary.rename(path)
        sync_folder(path.parent)
        done = True
    except OSError as error:
        raise OutputError(
            f"{error.filename or path}: {error.strerror or error}; free space or choose another folder."
        ) from error
    finally:
        if not done:
            shutil.rmtree(temporary, ignore_errors=True)


def _umask() -> int:
    # Python offers no way to read the mask without setting it.
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


@contextmanager
def new_text(path: Path) -> Iterator[IO[str]]:
    """Yield a new UTF-8 text file with plain newlines, flushed to disk at the end; OutputError when it exists."""
    try:
        file = path.open("x", encoding="utf-8", newline="\n")
    except FileExistsError:
        raise OutputError(f"{path}: exists already and is never overwritten; remove it first.") from None
    with file:
        yield file
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def new_binary(path: Path) -> Iterator[IO[bytes]]:
    """Yield a new binary file, flushed to disk at the end; OutputError when it exists."""
    try:
        file = path.open("xb")
    except FileExistsError:
        raise OutputError(f"{path}: exists already and is never overwritten; remove it first.") from None
    with file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def place_file(source: Path, target: Path) -> None:
    """Put a dataset's file at the new name ``target``: a hard link, or a copy where the file system has none.

    A picture that is kept in its shard's tar is copied out of it.
    A link is the same file under a second name: programs that change it in place change the dataset too.
    OutputError when ``target`` exists; FormatError when ``source`` is missing.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except FileExistsError:
        raise OutputError(f"{target}: exists already and is never overwritten; remove it first.") from None
    except FileNotFoundError:
        with new_binary(target) as write:
            write.write(_out_of_tar(source))
    except OSError as error:
        if error.errno not in _NO_LINK:
            raise
        with source.open("rb") as read, new_binary(target) as write:
            shutil.copyfileobj(read, write)


def read_stored(path: Path) -> bytes:
    """Return the bytes of a dataset's file or of a picture in a shard's tar; FormatError when it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return _out_of_tar(path)
    except OSError as error:
        raise FormatError(f"{path}: {error.strerror}; the dataset is incomplete; make it again.") from error


def _out_of_tar(path: Path) -> bytes:
    tar = stored_tar(path)
    if tar is None:
        raise FormatError(f"{path}: missing; the dataset is incomplete; make it again.")
    return read_member(tar, path.name)
