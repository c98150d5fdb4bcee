"""The run of all checks over a folder: form, content, and how the tables fit together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from skq.errors import Problem, ValidationError
from skq.sources import RawTable, Tables, read_tables, typed
from skq.sources.findings import Finding, Remark, problems_of
from skq.sources.folder import OFFICIAL_FOLDER
from skq.validate.content import content_findings
from skq.validate.cross import cross_findings, missing_tables, trusted
from skq.validate.personal import surplus_rows, without_names


@dataclass(frozen=True)
class Checked:
    """What a folder holds: every problem, what is personal and not needed, and the tables as far as they are whole."""

    problems: list[Problem]
    remarks: tuple[Remark, ...]
    tables: Tables


def check(folder: Path) -> list[Problem]:
    """Return every problem of every table in *folder*, sorted by file, row and column; writes nothing.

    SourceError when there is no such folder.
    """
    return checked(folder).problems


def validated(folder: Path, *, key: bytes | None = None, class_groups: bool = False) -> Tables:
    """Return the typed tables of *folder*; ValidationError with every problem when there is any.

    Persons have pseudonyms by *key*, without one other pseudonyms each time; no number depends on it.
    """
    found = checked(folder, key=key, class_groups=class_groups)
    if found.problems:
        raise ValidationError(found.problems)
    return found.tables


def checked(folder: Path, *, key: bytes | None = None, class_groups: bool = False) -> Checked:
    """Return what `check` and `validated` tell, in one reading, and what is more personal than any number needs.

    *class_groups*: whether classes are numbered; else the column with the class is not needed.
    """
    raw = read_tables(folder, key=key)
    origins = {name: table.origins for name, table in raw.tables.items()}
    frames, findings = {}, []
    for name in origins:  # texts are let go of as soon as they have been typed
        frames[name], found = _of_one_table(raw.tables.pop(name))
        findings += found
    tables = Tables(frames, raw.files, (), raw.personal, raw.unkeyed)
    findings += list(_not_told(cross_findings(trusted(tables, findings), origins), findings))
    problems = [problem for finding in findings for problem in problems_of(finding, origins[finding.table])]
    missing = missing_tables(raw, official=(folder / OFFICIAL_FOLDER).is_dir())
    told = sorted({*raw.problems, *missing, *problems}, key=_order)
    remarks = tuple(sorted({*raw.remarks, *surplus_rows(tables, origins, class_groups=class_groups)}, key=_order))
    return Checked(without_names(told, raw.personal), remarks, replace(tables, remarks=remarks))


def _of_one_table(table: RawTable) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the typed table, and every fault of its form and of its values."""
    frame, form = typed(table)
    return frame, [*form, *content_findings(table.spec, frame, form, texts=table.texts)]


def _not_told(found: Iterable[Finding], told: Sequence[Finding]) -> Iterator[Finding]:
    """Yield what is *found* without the cells that *told* refuses: what was refused only looks blank to a check."""
    for finding in found:
        refused = [one.positions for one in told if (one.table, one.column) == (finding.table, finding.column)]
        positions = np.setdiff1d(finding.positions, np.concatenate(refused)) if refused else finding.positions
        if len(positions):
            yield replace(finding, positions=positions)


def _order(problem: Problem | Remark) -> tuple[str, int, str, str, str]:
    return (problem.file, problem.row or 0, problem.column or "", problem.code, problem.found)
