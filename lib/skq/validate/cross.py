"""All checks of how rows and tables fit together, in the order in which a person would look."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from skq.errors import Problem
from skq.schema import TABLES
from skq.sources import RawTables, Tables
from skq.sources.findings import Finding, Origins
from skq.validate import amounts, register, results, rows, scales, steering, surveys

Check = Callable[[Tables, dict[str, Origins]], Iterator[Finding]]

CHECKS: tuple[tuple[Check, str], ...] = (
    (rows.check_keys, ""),
    (rows.check_unit_names, "school_units"),
    (rows.check_units_known, "school_units"),
    (rows.check_pupils_known, "pupils"),
    (register.check_unit_grade_years, "school_units"),
    (register.check_successors, "school_units"),
    (register.check_enrolment_dates, "pupils"),
    (register.check_one_school, "pupils"),
    (register.check_grade_year_of_unit, "pupils"),
    (scales.check_scales, ""),
    (results.check_graded_years, "grades"),
    (results.check_language_choice, "grades"),
    (results.check_swedish_once, "grades"),
    (results.check_blocks, "grades"),
    (results.check_test_years, "national_tests"),
    (results.check_tested_subjects, "national_tests"),
    (results.check_result_kinds, "national_tests"),
    (amounts.check_absence, "attendance"),
    (amounts.check_answers, "survey"),
    (amounts.check_invited, "survey"),
    (amounts.check_reversed, "survey"),
    (surveys.check_five_steps, ""),
    (surveys.check_hme_of_staff, ""),
    (surveys.check_hme_items, ""),
    (surveys.check_hme_in_digits, ""),
    (surveys.check_handed_in_once, ""),
    (surveys.check_answers_alike, "survey_answers"),
    (amounts.check_certified, "staff"),
    (amounts.check_sick_hours, "sick_leave"),
    (amounts.check_commitment_dates, "commitments"),
    (steering.check_commitment_metrics, "commitments"),
    (steering.check_commitment_values, "commitments"),
    (steering.check_target_metrics, "targets"),
    (steering.check_target_values, "targets"),
    (steering.check_target_level, "targets"),
    (steering.check_target_once, "targets"),
    (steering.check_leisure_parts, "leisure_centres"),
    (steering.check_risk_of_all, "risk"),
)
"""Every check with the table that it is about; without that table there is nothing to check."""

NEEDED = {
    "school_units": "every other table names units",
    "pupils": "grades, tests, forecasts and attendance are about pupils",
}


def cross_findings(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield every finding of every check; each leaves alone what is missing or already refused."""
    for check, table in CHECKS:
        if not table or table in tables:
            yield from check(tables, origins)


def trusted(tables: Tables, findings: Iterable[Finding]) -> Tables:
    """Return *tables* with every value that a finding refuses made missing, so that one fault is not told twice."""
    frames = dict(tables.frames)
    for finding in findings:
        if finding.column is not None:
            column = frames[finding.table][finding.column].copy()
            column.iloc[finding.positions] = None
            frames[finding.table] = frames[finding.table].assign(**{finding.column: column})
    return replace(tables, frames=frames)


def missing_tables(raw: RawTables, *, official: bool = False) -> list[Problem]:
    """Return a problem for each table without which the ones that are there cannot be used.

    Where there is none at all that is the register of units, unless there are *official* statistics in their place.
    """
    if not raw.named:
        return [] if official else [_no_table_at_all()]
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


def _no_table_at_all() -> Problem:
    name = "school_units"
    return Problem(
        TABLES[name].file_name,
        None,
        None,
        "missing-table",
        f"no file for the table {name}, nor for any other: the folder holds no table",
        f"a file {TABLES[name].file_name}.csv, .xlsx or .parquet, and the other tables beside it",
        "check that this is the folder with the tables itself, not one above or below it",
    )
