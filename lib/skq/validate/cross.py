"""All checks of how rows and tables fit together, in the order in which a person would look."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from skq.errors import Problem
from skq.schema import TABLES
from skq.sources import RawTables, Tables
from skq.sources.findings import Finding, Origins
from skq.validate import amounts, register, results, rows

Check = Callable[[Tables, dict[str, Origins]], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    rows.check_keys,
    rows.check_unit_names,
    rows.check_units_known,
    rows.check_pupils_known,
    register.check_unit_grade_years,
    register.check_successors,
    register.check_enrolment_dates,
    register.check_one_school,
    register.check_grade_year_of_unit,
    results.check_scale,
    results.check_graded_years,
    results.check_language_choice,
    results.check_swedish_once,
    results.check_blocks,
    results.check_test_years,
    results.check_tested_subjects,
    results.check_result_kinds,
    amounts.check_absence,
    amounts.check_answers,
    amounts.check_invited,
    amounts.check_reversed,
    amounts.check_certified,
    amounts.check_sick_hours,
    amounts.check_commitment_dates,
)

NEEDED = {
    "school_units": "every other table names units",
    "pupils": "grades, tests, forecasts and attendance are about pupils",
}


def cross_findings(raw: RawTables, tables: Tables) -> Iterator[Finding]:
    """Yield every finding of every check; each leaves alone what is missing or already refused."""
    origins = {name: table.origins for name, table in raw.tables.items()}
    for check in CHECKS:
        yield from check(tables, origins)


def trusted(tables: Tables, findings: Iterable[Finding]) -> Tables:
    """Return *tables* with every value that a finding refuses made missing, so that one fault is not told twice."""
    frames = {name: tables[name].copy() for name in tables}
    for finding in findings:
        if finding.column is not None:
            column = frames[finding.table].columns.get_loc(finding.column)
            frames[finding.table].iloc[np.asarray(finding.positions), column] = None
    return Tables(frames, tables.files)


def missing_tables(raw: RawTables) -> list[Problem]:
    """Return a problem for each table without which the ones that are there cannot be used."""
    needs = {"school_units"} if set(raw.named) - {"school_units"} else set()
    needs |= {"pupils"} if set(raw.named) & set(rows.OF_PUPILS) else set()
    return [
        Problem(
            TABLES[name].file_name,
            None,
            None,
            "missing-table",
            f"no file for the table {name}",
            f"a file {TABLES[name].file_name}.csv, .xlsx or .parquet: {NEEDED[name]}",
            "export the table and put it in the folder",
        )
        for name in sorted(needs - set(raw.named))
    ]
