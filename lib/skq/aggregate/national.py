"""National tests -> cells: results, participation, all parts (grade year 3), and grades beside tests."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from skq.aggregate.cells import pupil_cells
from skq.aggregate.grades import FINAL, SIXTH, counted_grades
from skq.metrics.gradebook import passed_grade
from skq.metrics.national_tests import TOTAL, all_parts, grade_against_test, points_on_test
from skq.metrics.rules import grade_scale
from skq.terms import SchoolYear

THIRD = 3
_RELATIONS = {"grade_above_test_share": 1.0, "grade_equal_test_share": 0.0, "grade_below_test_share": -1.0}


def national_test_cells(
    tests: pd.DataFrame, members: pd.DataFrame, grades: pd.DataFrame | None
) -> Iterator[pd.DataFrame]:
    """Yield the cells of every test metric; *members* are the pupils of the springs, *grades* all grades or None."""
    yield from _third_year_cells(tests[tests["grade_year"].eq(THIRD)], members)
    graded = tests[tests["grade_year"].isin([SIXTH, FINAL]) & tests["part"].eq(TOTAL)]
    for text in sorted(graded["school_year"].unique()):
        for grade_year in (SIXTH, FINAL):
            chosen = graded[graded["school_year"].eq(text) & graded["grade_year"].eq(grade_year)]
            year = SchoolYear.parse(text)
            yield from _graded_cells(chosen, members, grades, year=year, grade_year=grade_year)


def _third_year_cells(tests: pd.DataFrame, members: pd.DataFrame) -> Iterator[pd.DataFrame]:
    if len(tests):
        rows = _joined(all_parts(tests), members, grade_year=THIRD)
        reached = rows["reached_all"].astype("float64").where(rows["took_all"])
        yield pupil_cells(rows, reached, metric="test_all_parts_share")


def _graded_cells(
    tests: pd.DataFrame, members: pd.DataFrame, grades: pd.DataFrame | None, *, year: SchoolYear, grade_year: int
) -> Iterator[pd.DataFrame]:
    scale = grade_scale(year)
    rows = _joined(tests.drop(columns="grade_year"), members, grade_year=grade_year)
    points = points_on_test(rows["result"], scale=scale)
    passed = passed_grade(rows["result"], scale=scale).astype("float64").where(points.notna())
    yield pupil_cells(rows, points, metric="test_points_mean")
    yield pupil_cells(rows, passed, metric="test_passed_share")
    yield pupil_cells(rows, points.notna().astype("float64"), metric="test_participation_share")
    if grades is None:
        return
    key = ["pupil_id", "school_year", "subject"]
    given = counted_grades(grades[grades["school_year"].eq(str(year))], grade_year)[[*key, "grade"]]
    both = rows.merge(given, on=key, how="inner", validate="one_to_one")
    step = grade_against_test(both["grade"], both["result"], scale=scale)
    for metric, wanted in _RELATIONS.items():
        yield pupil_cells(both, step.eq(wanted).astype("float64").where(step.notna()), metric=metric)
    yield pupil_cells(both, step, metric="grade_test_net_pp")


def _joined(tests: pd.DataFrame, members: pd.DataFrame, *, grade_year: int) -> pd.DataFrame:
    """Return test rows with the keys of the pupil, for pupils of *grade_year* enrolled that spring."""
    cohort = members[members["grade_year"].eq(grade_year)]
    return tests.merge(cohort, on=["pupil_id", "school_year"], how="inner", validate="many_to_one")
