"""One build at a time in a folder; the lock goes with the process, however it ends."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from skq.errors import SkqError

BUSY = (
    "another build is running in this folder\n"
    "  next:     wait until it has ended, or give another folder with --out"
)


@contextmanager
def folder_lock(path: Path, *, busy: str = BUSY) -> Iterator[None]:
    """Hold the lock file *path* during the block; SkqError, told by *busy*, when another process does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as stream:
        if not _acquired(stream.fileno()):
            raise SkqError(f"{path.parent}: {busy}")
        yield


def _acquired(handle: int) -> bool:
    """Lock the open file for this process alone, without waiting; the system unlocks it when the process ends."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
