"""Locks that end with the process that holds them, however it ends: a crash leaves none behind.

All are flock, which Linux carries over NFS as well; a mount without locks is refused, because two writers would then
not see each other. Handles are not inherited by worker processes.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from synthgen.errors import OutputError

_POLL_S = 0.05
# What flock answers for a folder on network file systems that lock files only.
_NO_FOLDER_LOCK = (errno.EBADF, errno.EINVAL, errno.ENOLCK, errno.EOPNOTSUPP)


@contextmanager
def shared_folder(folder: Path, instead: Path) -> Iterator[bool]:
    """Hold a folder's lock together with others of this kind; yield False when somebody has it alone.

    ``instead`` is the file that is locked where folders cannot be.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in _NO_FOLDER_LOCK:
                raise
            os.close(handle)
            handle = os.open(instead, os.O_RDWR | os.O_CREAT, 0o666)
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        held = True
    except BlockingIOError:
        held = False
    try:
        yield held
    finally:
        os.close(handle)


@contextmanager
def file_lock(path: Path, *, alone: bool = True, wait_s: float = 0.0) -> Iterator[bool]:
    """Hold the lock of a file, made where it is missing; yield False when others held it for longer than ``wait_s``."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        yield _taken_of_file(handle, fcntl.LOCK_EX if alone else fcntl.LOCK_SH, wait_s)
    finally:
        os.close(handle)


def _taken_of_file(handle: int, kind: int, wait_s: float) -> bool:
    try:
        return taken(handle, kind, wait_s)
    except OSError as error:
        if error.errno in (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP):
            raise OutputError(
                "the file system has no file locks; mount it with them (flock), or write to another one."
            ) from None
        raise


def taken(handle: int, kind: int, wait_s: float) -> bool:
    """Take the lock of an open file or folder; return False when others held it for longer than ``wait_s``."""
    deadline = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(_POLL_S)
        else:
            return True
