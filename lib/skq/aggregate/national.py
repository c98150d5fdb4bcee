"""National tests -> cells: results, participation, parts (tests that end in levels), and grades beside tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from skq.aggregate.cells import kinds, pupil_cells
from skq.aggregate.grades import counted_grades
from skq.metrics.gradebook import passed_grade
from skq.metrics.national_tests import (
    TOTAL,
    all_parts,
    grade_against_test,
    level_reached,
    points_above_test,
    points_on_test,
    steps_above_test,
)
from skq.metrics.rules import grade_scale
from skq.metrics.test_plan import TestKind, national_test_plan
from skq.terms import SchoolYear

_RELATIONS = {"grade_above_test_share": 1.0, "grade_equal_test_share": 0.0, "grade_below_test_share": -1.0}


@dataclass(frozen=True)
class TestRound:
    """The tests of one spring and grade year: a row per pupil, subject and part, with the keys of the pupil."""

    __test__ = False  # no test of ours

    year: SchoolYear
    grade_year: int
    rows: pd.DataFrame

    def beside_grades(self, grades: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of pupils who have a grade (or a dash) in the test's subject, with the column `grade`."""
        key = ["pupil_id", "school_year", "subject"]
        of_year = grades[grades["school_year"].eq(str(self.year))]
        given = counted_grades(of_year, self.grade_year, self.year)[[*key, "grade"]]
        return self.rows.merge(given, on=key, how="inner", validate="one_to_one")


def test_rounds(tests: pd.DataFrame, members: pd.DataFrame, kind: TestKind) -> Iterator[TestRound]:
    """Yield the rounds whose tests end in *kind*, in the grade years and subjects of each year's plan.

    *members* are the pupils of the springs; only tests of a pupil's own grade year count.
    """
    for text in sorted(tests["school_year"].unique()):
        year = SchoolYear.parse(text)
        plan, of_year = national_test_plan(year), tests[tests["school_year"].eq(text)]
        for grade_year in plan.grade_years(kind):
            planned = of_year["grade_year"].eq(grade_year) & of_year["subject"].isin(plan.tests[grade_year].subjects)
            chosen = of_year[planned & of_year["part"].eq(TOTAL).eq(kind is TestKind.GRADES)]
            cohort = members[members["grade_year"].eq(grade_year)]
            rows = chosen.drop(columns="grade_year").merge(
                cohort, on=["pupil_id", "school_year"], how="inner", validate="many_to_one"
            )
            if len(rows):
                yield TestRound(year, grade_year, rows)


def national_test_cells(
    tests: pd.DataFrame, members: pd.DataFrame, grades: pd.DataFrame | None
) -> Iterator[pd.DataFrame]:
    """Yield the cells of every test metric; *members* are the pupils of the springs, *grades* all grades or None."""
    for tested in test_rounds(tests, members, TestKind.LEVELS):
        yield from _level_cells(tested)
    for tested in test_rounds(tests, members, TestKind.GRADES):
        yield from _graded_cells(tested)
        if grades is not None:
            yield from _relation_cells(tested, grades)


def _level_cells(tested: TestRound) -> Iterator[pd.DataFrame]:
    parts = tested.rows
    yield pupil_cells(
        parts.assign(subject=parts["subject"].astype("str") + "/" + parts["part"].astype("str")),
        level_reached(parts["result"]),
        metric="test_part_reached_share",
    )
    key = ["pupil_id", "school_year", "subject"]
    pupils = parts.drop_duplicates(key).drop(columns=["part", "result"])
    whole = pupils.merge(all_parts(parts), on=key, how="inner", validate="one_to_one")
    reached = whole["reached_all"].astype("float64").where(whole["took_all"])
    yield pupil_cells(whole, reached, metric="test_all_parts_share")


def _graded_cells(tested: TestRound) -> Iterator[pd.DataFrame]:
    rows, scale = tested.rows, grade_scale(tested.year)
    points = points_on_test(rows["result"], scale=scale)
    passed = passed_grade(rows["result"], scale=scale).astype("float64").where(points.notna())
    pupils = kinds(rows)
    yield pupils.cells(points, metric="test_points_mean")
    yield pupils.cells(passed, metric="test_passed_share")
    yield pupils.cells(points.notna().astype("float64"), metric="test_participation_share")


def _relation_cells(tested: TestRound, grades: pd.DataFrame) -> Iterator[pd.DataFrame]:
    both, scale = tested.beside_grades(grades), grade_scale(tested.year)
    direction = grade_against_test(both["grade"], both["result"], scale=scale)
    pupils = kinds(both)
    for metric, wanted in _RELATIONS.items():
        yield pupils.cells(direction.eq(wanted).astype("float64").where(direction.notna()), metric=metric)
    yield pupils.cells(direction, metric="grade_test_net_pp")
    steps = steps_above_test(both["grade"], both["result"], scale=scale)
    yield pupils.cells(steps, metric="grade_test_steps")
    points = points_above_test(both["grade"], both["result"], scale=scale)
    yield pupils.cells(points, metric="grade_test_points")
