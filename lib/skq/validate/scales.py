"""Checks that every grade is on the scale of its school year: in grades, results of national tests, forecasts.

Sources: domain.md §1 (A-F from 2012/13, IG-MVG before), §18 (1-10 from 2028/29).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pandas as pd

from skq.schema import GRADES, REGISTER_SCALES, RegisterScale
from skq.sources import Tables
from skq.sources.findings import Finding, Origins
from skq.terms import SchoolYear
from skq.validate.marks import found_where

GRADED = {"grades": "grade", "national_tests": "result", "forecasts": "predicted_grade"}
"""The column of each table that holds grades, perhaps among other results."""

NO_BASIS = "-"


def check_scales(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield every grade of another scale than its school year has, for each table and scale that held apart."""
    for table, column in GRADED.items():
        if table not in tables:
            continue
        values, years = tables[table][column], tables[table]["school_year"]
        given = [text for text in years.unique() if pd.notna(text)]
        for scale in REGISTER_SCALES:
            theirs = [text for text in given if scale.holds(SchoolYear.parse(text))]
            others = [grade for grade in GRADES if grade not in (*scale.grades, NO_BASIS)]
            if theirs:
                yield from found_where(
                    values.isin(others) & years.isin(theirs),
                    table,
                    column,
                    code="grade-of-other-scale",
                    found=partial(_grade_in, values=values, years=years),
                    expected=_expected(scale),
                    next_step="correct the grade or the school year: grades are never converted between scales",
                )


def _expected(scale: RegisterScale) -> str:
    """Return in words which scale held and what it has."""
    held = f"the scale {scale.name}, which holds {scale.years}"
    return f"{held}: {', '.join(scale.grades)}" if scale.grades else f"{held} and cannot be read yet"


def _grade_in(position: int, *, values: pd.Series, years: pd.Series) -> str:
    return f"{values.iloc[position]!r} in {years.iloc[position]}"
