"""The same pupils over time, and results beside what was expected: everything of it that own registers tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from skq.aggregate.attainment import Roll, marks
from skq.aggregate.expected import ACTUAL, described, expected_rows
from skq.aggregate.members import spring_members
from skq.aggregate.places import table
from skq.aggregate.progress import STEPS, cohort_rows
from skq.aggregate.rollup import one_table
from skq.aggregate.value_added import value_added_rows
from skq.terms import SchoolYear


def over_time_rows(tables: Any, where: pd.DataFrame, *, whole_nation: bool = False) -> list[pd.DataFrame]:
    """Return the rows of cohorts and value added that the own *tables* carry.

    *where* tells where each unit code belongs (`places`). Nothing where there is no register of pupils.
    """
    pupils, grades, tests = (table(tables, name) for name in ("pupils", "grades", "national_tests"))
    if pupils is None or not followed(pupils):
        return []
    roll = Roll.of(spring_members(pupils))
    graded = None if grades is None else marks(roll, grades)
    return [
        cohort_rows(roll, graded, where, whole_nation=whole_nation),
        value_added_rows(roll, graded, tests, where),
    ]


def beside_expected(
    pupils: pd.DataFrame | None, actual: Sequence[pd.DataFrame], where: pd.DataFrame
) -> list[pd.DataFrame]:
    """Return the rows of expected results of the *pupils*' schools, and how far from them the *actual* ones are.

    *actual* are the rolled-up results of the same tables, in parts, *where* as in `over_time_rows`. Nothing where there
    is no register of pupils, or not all of the background that is needed.
    """
    if pupils is None or not described(pupils):
        return []
    expected = one_table([rows[rows["metric"].isin(list(ACTUAL.values()))] for rows in actual])
    return [expected_rows(pupils, spring_members(pupils), expected, where)]


def followed(pupils: pd.DataFrame) -> bool:
    """Return whether any grade year of the register is beside one that its pupils can come from."""
    seen = pupils[["school_year", "grade_year"]].drop_duplicates().dropna()
    starts = [SchoolYear.parse(text).start for text in seen["school_year"]]
    known = {(start, int(grade_year)) for start, grade_year in zip(starts, seen["grade_year"], strict=True)}
    return any((start - years, grade_year - years) in known for start, grade_year in known for years in STEPS)
