"""Worked examples as text tables: what a reader sees is what is computed.

Columns are separated by blanks; `.` is a blank cell.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from skq.schema import TABLES

YEAR = "2024/25"


def text_table(text: str) -> pd.DataFrame:
    """Return the text table as a frame of text, blank cells missing."""
    header, *rows = (line.split() for line in text.strip().splitlines() if line.strip())
    wrong = [row for row in rows if len(row) != len(header)]
    if wrong:
        raise ValueError(f"a row has other columns than the header {header}: {wrong[0]}")
    return pd.DataFrame([[None if cell == "." else cell for cell in row] for row in rows], columns=header, dtype="str")


def typed(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return *rows* with the dtypes that the table *name* has after reading."""
    spec = TABLES[name]
    plain = rows.copy()
    for column in spec.columns:
        if column.dtype == "boolean" and column.name in plain:
            plain[column.name] = plain[column.name].map({"yes": True, "no": False, True: True, False: False})
    return plain.astype({column: dtype for column, dtype in spec.dtypes.items() if column in plain})


def grade_sheet(text: str, *, school_year: str = YEAR, kind: str = "final", term: str = "VT") -> pd.DataFrame:
    """Return the grades of a sheet with one row per pupil and one column per subject (first column: pupil)."""
    long = text_table(text).melt(id_vars="pupil", var_name="subject", value_name="grade")
    long = long.rename(columns={"pupil": "pupil_id"}).assign(school_year=school_year, kind=kind, term=term)
    return typed("grades", long)


def counted_grades(text: str, *, school_year: str = YEAR) -> pd.DataFrame:
    """Return final grades from rows `pupil  grades`, such as `p1  12A+1E`: so many grades, in subjects X1, X2, …"""
    rows = []
    for pupil, written in text_table(text).itertuples(index=False):
        letters = [part[-1] for part in written.split("+") for _ in range(int(part[:-1]))]
        rows += [(pupil, f"X{place}", letter) for place, letter in enumerate(letters, start=1)]
    frame = pd.DataFrame(rows, columns=["pupil_id", "subject", "grade"])
    return typed("grades", frame.assign(school_year=school_year, kind="final", term="VT"))


def pupils(text: str, *, school_year: str = YEAR) -> pd.DataFrame:
    """Return pupils from a text table; grade year 9, girls, school A unless it says otherwise."""
    usual = {"school_unit_code": "A", "grade_year": "9", "sex": "girls", "school_year": school_year}
    rows = text_table(text)
    return typed("pupils", rows.assign(**{name: value for name, value in usual.items() if name not in rows}))


def schools(*codes: str, school_years: tuple[str, ...] = (YEAR,), area: str = "North") -> pd.DataFrame:
    """Return the register of units: one row per code and school year, all of one organizer in municipality 9999."""
    rows = [
        {
            "school_unit_code": code,
            "school_year": school_year,
            "name": f"School {code}",
            "municipality_code": "9999",
            "organizer": "Town",
            "organizer_type": "municipal",
            "first_grade_year": 0,
            "last_grade_year": 9,
            "area": area,
        }
        for code in codes
        for school_year in school_years
    ]
    return typed("school_units", pd.DataFrame(rows))


def one(results: pd.DataFrame, metric: str, **key: object) -> Mapping[str, object]:
    """Return the one row of *metric* with the given key; all pupils, school A and no subject unless said otherwise."""
    wanted = {"level": "school", "unit": "A", "breakdown": "all", "category": "all", "subject": "", **key}
    chosen = results[results["metric"].eq(metric)]
    for column, value in wanted.items():
        chosen = chosen[chosen[column].isna() if value is None else chosen[column].eq(value).fillna(False)]
    if len(chosen) != 1:
        raise AssertionError(f"{len(chosen)} rows of {metric} with {wanted}")
    return chosen.iloc[0].to_dict()
