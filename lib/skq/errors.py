"""The errors of skq, apart so that nothing has to import in a circle.

    SkqError                what an analyst can mend; shown without a traceback, exit code 2
    ├── SourceError         a file cannot be read as what it should be
    ├── ValidationError     files were read, their content is wrong; carries every problem
    ├── SettingsError       skq.toml or an option of the command line is wrong
    ├── ParameterError      a notebook was handed other parameters than it declares
    ├── NotebookError       a cell of a report failed, or showed something else than Markdown
    ├── ProtectionError     something would have left the protected room without protection
    ├── ReleaseError        a release could not be put in place; readers have the old one
    ├── RenderError         a page or PDF could not be made (or would not be accessible)
    └── BuildError          some reports failed while others were finished; exit code 1
"""

from __future__ import annotations

from dataclasses import dataclass


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
    """A cell of a report failed, or showed something else than Markdown."""


class ProtectionError(SkqError):
    """A number would have left the protected room without protection."""


class RenderError(SkqError):
    """A page or a PDF could not be made, or would not be accessible."""


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


class ValidationError(SkqError):
    """The content of one or more files is wrong; `problems` holds every one of them."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        files = len({problem.file for problem in problems})
        head = f"{len(problems)} problem(s) in {files} file(s); nothing was built and nothing was changed"
        super().__init__("\n\n".join([head, *map(str, problems)]))
