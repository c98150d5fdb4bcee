"""The same pupils over time, and results beside what was expected: of own registers, and of official figures."""

from __future__ import annotations

from typing import Any

import pandas as pd

from skq.aggregate.attainment import Roll
from skq.aggregate.expected import expected_rows, official_periods
from skq.aggregate.members import spring_members
from skq.aggregate.places import table
from skq.aggregate.progress import STEPS, cohort_rows, pseudo_cohort_rows
from skq.aggregate.value_added import value_added_rows
from skq.terms import RESULT_KEY, SchoolYear


def over_time_rows(
    tables: Any, actual: pd.DataFrame, where: pd.DataFrame, *, whole_nation: bool = False
) -> list[pd.DataFrame]:
    """Return the rows of cohorts, value added and expected results that the own *tables* carry.

    *actual* are the rolled-up results of the same tables, *where* tells where each unit code belongs (`places`). Nothing
    where there is no register of pupils.
    """
    pupils, grades, tests = (table(tables, name) for name in ("pupils", "grades", "national_tests"))
    if pupils is None:
        return []
    spring = spring_members(pupils)
    found = [expected_rows(pupils, spring, actual, where)]
    if followed(pupils):
        roll = Roll.of(spring)
        found += [
            cohort_rows(roll, grades, where, whole_nation=whole_nation),
            value_added_rows(roll, grades, tests, where),
        ]
    return found


def followed(pupils: pd.DataFrame) -> bool:
    """Return whether any grade year of the register is beside one that its pupils can come from."""
    seen = pupils[["school_year", "grade_year"]].drop_duplicates().dropna()
    starts = [SchoolYear.parse(text).start for text in seen["school_year"]]
    known = {(start, int(grade_year)) for start, grade_year in zip(starts, seen["grade_year"], strict=True)}
    return any((start - years, grade_year - years) in known for start, grade_year in known for years in STEPS)


def with_derived(official: pd.DataFrame) -> pd.DataFrame:
    """Return *official* results with what follows from them: pseudo-cohorts and three-year means of SALSA residuals."""
    together = pd.concat([official, pseudo_cohort_rows(official), official_periods(official)], ignore_index=True)
    return together.drop_duplicates(list(RESULT_KEY), keep="first").astype(official.dtypes.to_dict())
