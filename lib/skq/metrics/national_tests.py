"""National tests, and final grades beside them (domain §6, §7)."""

from __future__ import annotations

import pandas as pd

from skq.metrics.gradebook import grade_points
from skq.metrics.rules import GradeScale

REACHED, NOT_REACHED = "reached", "not_reached"
TOTAL = "total"


def all_parts(tests: pd.DataFrame) -> pd.DataFrame:
    """Return one row per pupil, school year and subject of tests that end in levels: `took_all` and `reached_all`.

    A pupil took all parts when there is a result in every part that the subject's test had that school year. The
    agency's share is reached_all of those who took_all. Kolada N15452, N15454.
    """
    parts = tests[tests["part"].ne(TOTAL)]
    key = ["school_year", "subject"]
    marked = parts.assign(
        took=parts["result"].isin([REACHED, NOT_REACHED]).astype("int64"),
        reached=parts["result"].eq(REACHED).astype("int64"),
    )
    counted = marked.groupby(["pupil_id", *key], as_index=False)[["took", "reached"]].sum()
    given = parts.groupby(key)["part"].nunique().rename("parts").reset_index()
    counted = counted.merge(given, on=key, how="left", validate="many_to_one")
    took_all = counted["took"].ge(counted["parts"])
    reached_all = took_all & counted["reached"].ge(counted["parts"])
    return counted[["pupil_id", *key]].assign(took_all=took_all, reached_all=reached_all)


def level_reached(result: pd.Series) -> pd.Series:
    """Return 1 where the level of a part was reached, 0 where not, missing for who did not take the part.

    SIRIS counts part by part those who took it, from school year 2015/16 (domain §6).
    """
    return result.eq(REACHED).astype("float64").where(result.isin([REACHED, NOT_REACHED]))


def steps_above_test(grade: pd.Series, test: pd.Series, *, scale: GradeScale) -> pd.Series:
    """Return how many steps of the scale the grade is above the test grade; missing where either is no grade.

    A fail is step 0, the lowest pass step 1, and so on (domain §7).
    """
    steps = {symbol: float(step) for step, symbol in enumerate(sorted(scale.points, key=lambda g: scale.points[g]))}
    return grade.map(steps).astype("float64") - test.map(steps).astype("float64")


def points_above_test(grade: pd.Series, test: pd.Series, *, scale: GradeScale) -> pd.Series:
    """Return how many grade points the grade is above the test grade; missing where either is no grade."""
    return grade_points(grade, scale=scale) - grade_points(test, scale=scale)


def grade_against_test(grade: pd.Series, test: pd.Series, *, scale: GradeScale) -> pd.Series:
    """Return 1 where the grade is above the test, 0 where equal, -1 where below; missing where either is no grade.

    One or more steps count alike. SIRIS 1, 11, 171.
    """
    return steps_above_test(grade, test, scale=scale).clip(-1, 1)


def points_on_test(result: pd.Series, *, scale: GradeScale) -> pd.Series:
    """Return the points of each test grade, missing where the pupil has none."""
    return grade_points(result, scale=scale)
