"""The run of all checks over a folder: form, content, and how the tables fit together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from skq.errors import Problem, ValidationError
from skq.sources import RawTables, Tables, read_tables, typed
from skq.sources.findings import Finding, problems_of
from skq.validate.content import content_findings
from skq.validate.cross import cross_findings


def check(folder: Path) -> list[Problem]:
    """Return every problem of every table in *folder*, sorted by file, row and column; writes nothing.

    SourceError when there is no such folder.
    """
    return _checked(folder)[0]


def validated(folder: Path) -> Tables:
    """Return the typed tables of *folder*; ValidationError with every problem when there is any."""
    problems, tables = _checked(folder)
    if problems:
        raise ValidationError(problems)
    return tables


def _checked(folder: Path) -> tuple[list[Problem], Tables]:
    raw = read_tables(folder)
    frames: dict[str, pd.DataFrame] = {}
    form: dict[str, list[Finding]] = {}
    for name, table in raw.tables.items():
        frames[name], form[name] = typed(table)
    tables = Tables(frames, raw.files)
    findings = [*(finding for found in form.values() for finding in found), *_judged(raw, tables, form)]
    problems = [problem for finding in findings for problem in problems_of(finding, raw.tables[finding.table].origins)]
    return sorted({*raw.problems, *problems}, key=_order), tables


def _judged(raw: RawTables, tables: Tables, form: dict[str, list[Finding]]) -> Iterator[Finding]:
    for name, table in raw.tables.items():
        yield from content_findings(table.spec, tables[name], form[name], present=tuple(table.texts.columns))
    yield from cross_findings(raw, tables)


def _order(problem: Problem) -> tuple[str, int, str, str, str]:
    return (problem.file, problem.row or 0, problem.column or "", problem.code, problem.found)
