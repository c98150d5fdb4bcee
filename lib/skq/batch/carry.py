"""A report's inputs and outputs as bytes: what travels between machines that share no disk.

Only protected slices, templates and the frame of the site are packed; nothing here can reach a register.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path, PurePosixPath

from skq.batch.fingerprint import is_current, read_seal
from skq.batch.task import Done, ReportTask
from skq.errors import ClusterError
from skq.files import new_folder

SLICE = "protected_folder"
"""The parameter that names the slice, from the folder of the report."""

FRAME = ("_brand.yml", "_quarto.yml", "theme")
"""What of a staged project every page is made with."""

NOTEBOOK, PAGE = "notebook", "page"
"""Under which names the folders of a finished report come back."""


@dataclass(frozen=True)
class Parcel:
    """Files by relative name, compressed one by one, and a checksum of all of them."""

    files: Mapping[str, bytes]
    checksum: str

    @classmethod
    def of(cls, files: Mapping[str, bytes]) -> Parcel:
        """Return *files* packed."""
        return cls({name: zlib.compress(content, 1) for name, content in files.items()}, _checksum(files))

    def opened(self) -> dict[str, bytes]:
        """Return the files; ClusterError when they are not what was packed, or would lie outside a folder."""
        for name in self.files:
            if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts or "\\" in name:
                raise ClusterError(f"a parcel of files names a place outside its folder: {name!r}")
        try:
            found = {name: zlib.decompress(content) for name, content in self.files.items()}
        except zlib.error as error:
            raise ClusterError(f"a parcel of files was damaged on its way ({error})") from error
        if _checksum(found) != self.checksum:
            raise ClusterError("a parcel of files was damaged on its way: another checksum than where it was packed")
        return found


def packed(task: ReportTask) -> tuple[ReportTask, Parcel]:
    """Return *task* with places below a folder that does not exist yet, and all that it reads, to be laid out there.

    That is the template, the slice, the frame of the site, and the executed notebook where it is current: then only
    the page is made.
    """
    folder = task.target.parent
    source = Path(os.path.normpath(folder / task.parameters[SLICE]))
    base = Path(os.path.commonpath([folder, source, *([task.page.project, task.page.shelf] if task.page else [])]))
    files = {f"house/{task.template.name}": task.template.read_bytes()}

    def place(path: Path) -> Path:
        return Path("house", path.name) if path == task.template else Path("out") / path.relative_to(base)

    taken = [source, *(task.page.project / name for name in FRAME if task.page)] if task.page else [source]
    if task.page and is_current(folder, task.made_of):
        taken.append(folder)
    for path in taken:
        files |= {f"{place(path).as_posix()}{rest}": content for rest, content in _read(path)}
    return moved(task, place), Parcel.of(files)


def laid_out(task: ReportTask, parcel: Parcel, folder: Path) -> ReportTask:
    """Write the files of *parcel* below *folder* and return *task* with its places there."""
    for name, content in parcel.opened().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return moved(task, lambda path: folder / path)


def moved(task: ReportTask, place: Callable[[Path], Path]) -> ReportTask:
    """Return *task* with each of its paths where *place* puts it."""
    page = task.page and replace(task.page, project=place(task.page.project), shelf=place(task.page.shelf))
    return replace(task, template=place(task.template), target=place(task.target), page=page)


def brought(done: Done) -> Parcel:
    """Return the folders that were made whole on the way to *done*, also when it failed after the first of them."""
    files: dict[str, bytes] = {}
    for name, folder in _folders(done.task).items():
        if read_seal(folder).is_whole:
            files |= {f"{name}{rest}": content for rest, content in _read(folder)}
    return Parcel.of(files)


def put_in_place(task: ReportTask, parcel: Parcel) -> None:
    """Put what came back for *task* where it would have been made here, each folder whole or not at all."""
    files = parcel.opened()
    for name, folder in _folders(task).items():
        own = {key.removeprefix(f"{name}/"): content for key, content in files.items() if key.startswith(f"{name}/")}
        if own:
            with new_folder(folder) as fresh:
                for key, content in own.items():
                    (fresh / key).parent.mkdir(parents=True, exist_ok=True)
                    (fresh / key).write_bytes(content)


def _folders(task: ReportTask) -> dict[str, Path]:
    return {NOTEBOOK: task.target.parent, **({PAGE: task.page.kept} if task.page else {})}


def _read(path: Path) -> Iterable[tuple[str, bytes]]:
    """Give the rest of the name and the content of every file at or below *path*."""
    if path.is_file():
        yield "", path.read_bytes()
    for each in sorted(path.rglob("*")):
        if each.is_file():
            yield f"/{each.relative_to(path).as_posix()}", each.read_bytes()


def _checksum(files: Mapping[str, bytes]) -> str:
    """Return the sha256 of names, lengths and contents, whatever their order."""
    digest = sha256()
    for name in sorted(files):
        digest.update(f"{len(name.encode())} {len(files[name])} {name}".encode())
        digest.update(files[name])
    return digest.hexdigest()
