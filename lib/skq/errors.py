"""The errors of skq, apart so that nothing has to import in a circle.

    SkqError                what an analyst can mend; shown without a traceback, exit code 2
    ├── SourceError         a file cannot be read as what it should be
    ├── ValidationError     files were read, their content is wrong; carries every problem
    ├── SettingsError       skq.toml or an option of the command line is wrong
    ├── ParameterError      a notebook was handed other parameters than it declares
    ├── NotebookError       a cell of a report failed, or showed something else than Markdown
    ├── ProtectionError     something would have left the protected room without protection
    ├── ReleaseError        a release could not be put in place; readers have the old one
    ├── StorageError        a folder cannot be written: full, read-only, not ours; exit code 2, nothing half-written
    ├── ClusterError        the machines of a cluster cannot be used; what they made is kept
    ├── RenderError         a page or PDF could not be made (or would not be accessible)
    └── BuildError          some reports failed while others were finished; exit code 1
"""

from __future__ import annotations

import errno
from dataclasses import dataclass
from pathlib import Path


class SkqError(Exception):
    """The base of everything that skq refuses on purpose."""

    exit_code = 2


class SourceError(SkqError):
    """A file cannot be read as what it should be."""


class SettingsError(SkqError):
    """A setting or an option is wrong."""


class ParameterError(SkqError):
    """A notebook was handed other parameters than it declares."""


class NotebookError(SkqError):
    """A cell of a report failed, or showed something else than Markdown; `cell` counts as the template does."""

    def __init__(self, message: str, cell: int | None = None) -> None:
        super().__init__(message, cell)
        self.cell = cell

    def __str__(self) -> str:
        return str(self.args[0])


class ProtectionError(SkqError):
    """A number would have left the protected room without protection."""


class RenderError(SkqError):
    """A page or a PDF could not be made, or would not be accessible."""


class StorageError(SkqError):
    """A file or folder cannot be written, which is nobody's report's fault: the disk is full, or not ours to write."""


class ClusterError(SkqError):
    """The machines of a cluster cannot be used, or not any more."""


class ReleaseError(SkqError):
    """A release could not be put in place; readers have the old one, whole."""


class BuildError(SkqError):
    """Some reports failed while the others were finished."""

    exit_code = 1


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong in one file: where, what was found, what is expected, what to do.

    `row` counts as a spreadsheet does (header = row 1), None where the whole file is meant.
    """

    file: str
    row: int | None
    column: str | None
    code: str
    found: str
    expected: str
    next_step: str

    def __str__(self) -> str:
        place = self.file
        if self.row is not None:
            place += f", row {self.row}"
        if self.column:
            place += f", column '{self.column}'"
        return (
            f"{place}  [{self.code}]\n"
            f"  found:    {self.found}\n"
            f"  expected: {self.expected}\n"
            f"  next:     {self.next_step}"
        )


def counted(number: int, one: str, many: str = "") -> str:
    """Return *number* with its noun in English: `many` where it does not end in s.

    >>> counted(1, "report"), counted(2, "report"), counted(0, "analysis", "analyses")
    ('1 report', '2 reports', '0 analyses')
    """
    return f"{number} {one if number == 1 else many or one + 's'}"


class ValidationError(SkqError):
    """The content of one or more files is wrong; `problems` holds every one of them."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        files = len({problem.file for problem in problems})
        found = f"{counted(len(problems), 'problem')} in {counted(files, 'file')}"
        head = f"{found}; nothing was built and nothing was changed"
        super().__init__("\n\n".join([head, *map(str, problems)]))


def no_folder(path: Path, *, expected: str) -> SourceError:
    """Return the error that tells that *path* is no folder, but a file or nothing; *expected* belongs there."""
    is_there = path.exists()
    next_step = f"give the folder in which the file lies: {path.parent}" if is_there else "check the path"
    found = "a file, not a folder" if is_there else "no such folder"
    return SourceError(str(Problem(str(path), None, None, "no-folder", found, expected, next_step)))


def refuse_no_folder(path: Path) -> None:
    """Raise StorageError where *path* is a file, or lies below one, so that there can be no folder; writes nothing."""
    nearest = next(place for place in (path, *path.parents) if place.exists() or place == place.parent)
    if not nearest.is_dir():
        raise unmade_folder(path, "a file, not a folder" if nearest == path else f"a file above it, {nearest}")


def unmade_folder(path: Path, found: str) -> StorageError:
    """Return the error that tells why there can be no folder *path*: what was *found*."""
    return StorageError(
        f"{path}: no folder can be made there\n  found:    {found}\n"
        "  expected: a folder, or a place where one can be made\n"
        "  next:     give another folder, for a build with --out"
    )


_FULL = {errno.ENOSPC: "the disk is full", getattr(errno, "EDQUOT", -1): "the quota of this user is used up"}
_REFUSED = {errno.EROFS: "the disk is read-only", errno.EACCES: "writing there is not allowed",
            errno.EPERM: "writing there is not allowed"}  # fmt: skip


def storage_error(error: OSError, place: str = "the folder of the build") -> StorageError | None:
    """Return what *error* says of a disk that cannot be written, and what to do; None when it is of another kind.

    *place* is named where the error names no file.
    """
    what = {**_FULL, **_REFUSED}.get(error.errno or 0)
    if what is None:
        return None
    next_step = (
        "make room on that disk" if error.errno in _FULL else "make the folder writable, or give another one with --out"
    )
    return StorageError(
        f"{error.filename2 or error.filename or place}: {what}\n  found:    {error.strerror}\n"
        f"  next:     {next_step}, then run the same command again: what is finished is kept, nothing is half-written"
    )
