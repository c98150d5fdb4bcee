"""One build at a time in a folder; the lock goes with the process, however it ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from skq.errors import SkqError, storage_error, unmade_folder

BUSY = (
    "another build is running in this folder\n"
    "  next:     wait until it has ended, or give another folder with --out"
)


@contextmanager
def folder_lock(path: Path, *, busy: str = BUSY) -> Iterator[None]:
    """Hold the lock file *path* during the block; SkqError, told by *busy*, when another process does.

    StorageError where there can be no folder for it. A block that fails before it has written anything leaves no lock
    file and no folder that were not there before.
    """
    made = [folder for folder in (path.parent, *path.parent.parents) if not folder.exists()]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise storage_error(error) or unmade_folder(path.parent, error.strerror or str(error)) from error
    is_new = not path.exists()
    with path.open("a+b") as stream:
        if not (_acquired(stream.fileno()) and _is_at(path, stream.fileno())):
            raise SkqError(f"{path.parent}: {busy}")
        try:
            yield
        except BaseException:
            if is_new:
                _leave_nothing(path, made)
            raise


def _is_at(path: Path, handle: int) -> bool:
    """Whether the open file is still the one at *path*: whoever held it before may have removed it."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except OSError:
        return False


def _leave_nothing(path: Path, made: Sequence[Path]) -> None:
    """Remove the lock file and the folders *made* for it, innermost first, where nothing else has come into them."""
    with suppress(OSError):
        if [entry.name for entry in path.parent.iterdir()] == [path.name]:
            path.unlink()
            for folder in made:
                folder.rmdir()


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
