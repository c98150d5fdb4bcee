"""What a notebook was started with: refused before anything is read when empty, malformed or of another report."""

from __future__ import annotations

from skq.errors import ParameterError, ProtectionError
from skq.terms import SchoolYear


def refuse_faulty(*, school_year: str, **others: str) -> None:
    """Raise ParameterError when a parameter is empty, or *school_year* is not written as one."""
    parameters = {**others, "school_year": school_year}
    if empty := [name for name, value in parameters.items() if not str(value).strip()]:
        raise ParameterError(
            f"the notebook was started without {', '.join(empty)}\n"
            f"  expected: {', '.join(parameters)}, all filled in\n"
            "  next:     run it through 'skq build', or fill in the cell tagged 'parameters'"
        )
    try:
        SchoolYear.parse(school_year)
    except ValueError as error:
        raise ParameterError(f"school_year: {error}") from error


def refuse_other(what: str, *, asked: str, found: str) -> None:
    """Raise ProtectionError when the slice that was *found* is not the one that was *asked* for."""
    if asked != found:
        raise ProtectionError(
            f"the slice belongs to another {what} than the report\n"
            f"  expected: {asked}\n"
            f"  found:    {found}\n"
            "  next:     give the folder that 'skq build' made for this report"
        )
