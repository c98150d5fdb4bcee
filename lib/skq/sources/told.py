"""A refused file as one of the problems of a run."""

from __future__ import annotations

from dataclasses import replace

from skq.errors import Problem, SourceError
from skq.sources.reading import RefusedFile


def problem_of(error: SourceError, *, file: str) -> Problem:
    """Return the refusal *error* of one file as a problem, so that the other files are still read."""
    if isinstance(error, RefusedFile):
        return replace(error.problem, file=file)
    return Problem(file, None, None, "unreadable-file", str(error), "a file that can be read", "export the table again")
