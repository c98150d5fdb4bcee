"""The switch: copy beside what readers have, check, and turn the link in one step.

    releases/.<id>.part/    being copied; after an interruption the same command goes on with it
    releases/<id>/          whole, and checked against its manifest; `.pending` in it until the log tells of it
    current                 a symbolic link to one of them, replaced by `os.replace`, which is all or nothing

Each file and folder is on the disk before the step that relies on it. Whoever is interrupted leaves readers with the
release that they had, whole.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from skq.errors import ReleaseError
from skq.files import checksum, json_text
from skq.release.changes import CHANGES
from skq.release.manifest import faults
from skq.release.target import SITE, Target
from skq.released import CURRENT, MANIFEST, NUMBERS, PENDING, RELEASES

CAN_SYNC_FOLDERS = os.name != "nt"
"""Windows has no handle for a folder that could be flushed; it writes the names of files through by itself."""


def put(folder: Path, site: Path, told: Path, manifest: Mapping[str, Any]) -> None:
    """Make *folder* a whole release: *site*, the numbers and changes in *told*, and the *manifest*.

    What a `.part` of an interruption, or a damaged *folder*, has right is kept; every other file is copied anew, each
    through a file beside it. ReleaseError when the copy is not what the manifest says.
    """
    part = folder if folder.is_dir() else folder.with_name(f".{folder.name}.part")
    part.mkdir(parents=True, exist_ok=True)
    if part != folder:
        (part / PENDING).touch()
    wanted = manifest["content"]["site"]
    for name, digest in wanted.items():
        _copy(site / name, part / SITE / name, digest)
    _drop_others(part / SITE, set(wanted))
    _copy(told / NUMBERS, part / NUMBERS, manifest["content"]["published"])
    _copy(told / CHANGES, part / CHANGES, checksum(told / CHANGES))
    write_synced(part / MANIFEST, json_text(manifest).encode())
    for path in [*(path for path in part.rglob("*") if path.is_dir()), part]:
        _sync(path)
    if wrong := faults(part, manifest):
        raise ReleaseError(
            f"{part}: the copy is not what was checked\n"
            f"  expected: the files of the build, byte for byte\n  found:    others, the first {wrong[0]}\n"
            "  next:     run the same command again; if it fails again, look at the disk"
        )
    if part != folder:
        move(part, folder)


def move(source: Path, folder: Path) -> None:
    """Give the whole folder *source* the name *folder*, on the disk before this returns; both on the same disk."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    os.replace(source, folder)
    for parent in {source.parent, folder.parent}:
        _sync(parent)


def turn(target: Target, name: str) -> None:
    """Give readers the release *name* of *target* in one step; it must be whole already."""
    target.current_id()  # refuses what is no link
    fresh = target.folder / f"{CURRENT}.new"
    _link(fresh, f"{RELEASES}/{name}")
    os.replace(fresh, target.current)
    _sync(target.folder)


def settle(folder: Path) -> None:
    """Note that the release in *folder* has been given to readers, and that the log tells of it."""
    (folder / PENDING).unlink(missing_ok=True)
    _sync(folder)


def check_links_possible(target: Target) -> None:
    """Raise ReleaseError, before anything is copied, where *target* lies on a disk without symbolic links."""
    target.folder.mkdir(parents=True, exist_ok=True)
    target.current_id()
    trial = target.folder / f"{CURRENT}.new"
    _link(trial, RELEASES)
    trial.unlink()


def tidy(target: Target, *, keep: str) -> None:
    """Remove what interruptions left in *target* and nobody ever saw, but what release *keep* can go on with."""
    for folder in sorted([*target.releases.glob(".*.part"), *target.prepared.glob(".*.part")]):
        if folder.name != f".{keep}.part":
            shutil.rmtree(folder)
    for folder in sorted(path.parent for path in target.releases.glob(f"[!.]*/{PENDING}")):
        if folder.name not in {keep, target.current_id()}:
            shutil.rmtree(folder)
    (target.folder / f"{CURRENT}.new").unlink(missing_ok=True)


def write_synced(path: Path, content: bytes) -> None:
    """Write *content* to *path* through a file beside it, on the disk before it takes its place."""
    with _beside(path) as fresh, fresh.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _copy(source: Path, path: Path, digest: str) -> None:
    """Make *path* a copy of *source*; leave it alone where its checksum is *digest* already."""
    if path.is_file() and not path.is_symlink() and checksum(path) == digest:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with _beside(path) as fresh, source.open("rb") as read, fresh.open("wb") as written:
        shutil.copyfileobj(read, written, 1 << 20)
        written.flush()
        os.fsync(written.fileno())


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """Give a file beside *path* that takes its place when the block ends well, and vanishes when not."""
    fresh = path.with_name(f".{path.name}.part")
    try:
        yield fresh
        os.replace(fresh, path)
    except BaseException:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise


def _drop_others(site: Path, wanted: set[str]) -> None:
    for path in sorted(site.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink():
            with suppress(OSError):
                path.rmdir()  # only where it is empty
        elif path.relative_to(site).as_posix() not in wanted:
            path.unlink()


def _link(path: Path, to: str) -> None:
    path.unlink(missing_ok=True)
    try:
        path.symlink_to(to, target_is_directory=True)
    except (OSError, NotImplementedError) as error:
        raise ReleaseError(
            f"{path.parent}: no symbolic link can be made here, and a release is switched by one\n"
            f"  expected: a disk with symbolic links, and the right to make them\n"
            f"  found:    {type(error).__name__}: {error}\n"
            "  next:     release to a folder on the web server's own disk; on Windows turn on Developer Mode, or run as"
            " administrator"
        ) from error


def _sync(folder: Path) -> None:
    """Have the names in *folder* on the disk."""
    if not CAN_SYNC_FOLDERS:
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
