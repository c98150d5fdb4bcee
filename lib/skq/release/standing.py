"""The folder of releases while somebody works in it: locked, complete, and with its log brought up to date."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from skq.build.lock import folder_lock
from skq.errors import ReleaseError
from skq.release import log
from skq.release.manifest import read_manifest
from skq.release.switch import settle
from skq.release.target import LOCK, Target, audiences
from skq.released import NUMBERS

BUSY = "another release is running in this folder\n  next:     wait until it has ended, then run the same command again"


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Hold the folder *root* during the block, after finishing in the log what an interruption left untold."""
    root.mkdir(parents=True, exist_ok=True)
    with folder_lock(root / LOCK, busy=BUSY):
        history = log.entries(root)
        check_remembered(root, history)
        for audience in audiences(root):
            recover(Target(root, audience), history)
        yield


def check_remembered(root: Path, history: Sequence[Mapping[str, Any]]) -> None:
    """Raise ReleaseError where the numbers of a release that the log tells of are gone: readers still know them."""
    told = {(entry["audience"], entry["id"]) for entry in history if entry["what"] == log.RELEASED}
    gone = sorted(f"{audience}/{name}" for audience, name in told if not _numbers(root, audience, name).is_file())
    if gone:
        raise ReleaseError(
            f"{root}: {len(gone)} release(s) that the log tells of are gone, so nobody can tell what readers know\n"
            f"  expected: {_numbers(root, *gone[0].split('/'))}\n  found:    no such file\n"
            "  next:     restore it from a backup; without one only a new, empty folder of releases is left,"
            " which remembers nothing"
        )


def _numbers(root: Path, audience: str, name: str) -> Path:
    return Target(root, audience).releases / name / NUMBERS


def recover(target: Target, history: Sequence[Mapping[str, Any]]) -> None:
    """Tell in the log which release readers have, where an interruption came between the switch and the log."""
    name, stack = target.current_id(), log.served(history, target.audience)
    if not name:
        return
    if stack[-1:] != [name]:
        manifest = read_manifest(target.releases / name)
        what = log.ROLLED_BACK if name in stack else log.RELEASED
        by = manifest["approved_by"] or manifest["prepared_by"]
        entry = {"what": what, "audience": target.audience, "id": name, "by": by, "at": manifest["prepared_at"]}
        log.append(target.root, {**entry, "note": "written after an interruption"})
    settle(target.releases / name)


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn what the disk refuses into an error that says what to do; readers have what they had."""
    try:
        yield
    except OSError as error:
        where = error.filename or "the disk"
        what, then = {
            errno.ENOSPC: ("the disk is full", "make room there"),
            getattr(errno, "EDQUOT", -1): ("the quota of the disk is used up", "make room there"),
            errno.EROFS: ("the disk can only be read", "release to a folder that can be written to"),
            errno.EACCES: ("no right to write there", "ask whoever owns the folder for the right to write"),
            errno.EPERM: ("no right to do that there", "ask whoever owns the folder for the right to write"),
        }.get(error.errno or 0, (str(error), "see to the folder"))
        raise ReleaseError(
            f"{where}: {what}\n  expected: a folder that can be written to, with room for the site\n"
            f"  found:    {type(error).__name__}: {error.strerror or error}\n"
            f"  next:     {then} and run the same command again; readers have the release that they had, whole"
        ) from error
