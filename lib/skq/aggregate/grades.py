"""Grades -> cells: merit rating, all subjects, eligibility (grade year 9), subjects (grade years 6 and 9)."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from skq.aggregate.cells import pupil_cells
from skq.metrics.eligibility import eligible
from skq.metrics.gradebook import given_grade, gradebook
from skq.metrics.merit import merit_rating
from skq.metrics.passing import all_subjects_passed
from skq.metrics.rules import GradeScale, eligibility_rules, grade_scale, merit_rules
from skq.metrics.subjects import subject_passed, subject_points
from skq.terms import SchoolYear

FINAL, SIXTH = 9, 6
"""The grade years whose spring grades are official statistics."""

_CATEGORIES = ["school_unit_code", "school_year", "sex", "parental_education"]


def counted_grades(grades: pd.DataFrame, grade_year: int) -> pd.DataFrame:
    """Return the grades that count in *grade_year*: final grades in the last one, else the spring term's."""
    if grade_year == FINAL:
        return grades[grades["kind"].eq("final")]
    return grades[grades["kind"].eq("term") & grades["term"].eq("VT")]


def grade_cells(grades: pd.DataFrame, members: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield the cells of every grade metric; *members* are the pupils of the springs.

    Everyone enrolled counts, with or without grades, as soon as the school gave that grade year any grade that spring;
    in grade year 6 only who has a grade, a dash or adapted studies (domain §3).
    """
    for text in sorted(grades["school_year"].unique()):
        year = SchoolYear.parse(text)
        of_year, pupils = grades[grades["school_year"].eq(text)], members[members["school_year"].eq(text)]
        for grade_year in (SIXTH, FINAL):
            cohort = pupils[pupils["grade_year"].eq(grade_year)]
            rows = counted_grades(of_year, grade_year)
            rows = rows[rows["pupil_id"].isin(cohort["pupil_id"]) & given_grade(rows["grade"])]
            if len(rows):
                yield from _cohort_cells(rows, _graded_schools(cohort, rows), year=year, grade_year=grade_year)


def _graded_schools(cohort: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the pupils of schools that gave grades, indexed by pupil, their keys as categories."""
    graded = cohort.loc[cohort["pupil_id"].isin(rows["pupil_id"].unique()), "school_unit_code"].unique()
    kept = cohort[cohort["school_unit_code"].isin(graded)].set_index("pupil_id")
    return kept.astype(dict.fromkeys(_CATEGORIES, "category")).assign(subject="")


def _cohort_cells(
    rows: pd.DataFrame, cohort: pd.DataFrame, *, year: SchoolYear, grade_year: int
) -> Iterator[pd.DataFrame]:
    scale = grade_scale(year)
    book = gradebook(rows, scale=scale)
    adapted = cohort["adapted_studies"].fillna(False).astype(bool)
    passed = all_subjects_passed(book).reindex(cohort.index, fill_value=False) & ~adapted
    counted = adapted | cohort.index.isin(book.pupils) | (grade_year == FINAL)
    yield pupil_cells(cohort, passed.astype("float64").where(counted), metric="all_subjects_passed_share")
    if grade_year == FINAL:
        for merit in merit_rules(year):
            yield pupil_cells(cohort, merit_rating(book, rule=merit).reindex(cohort.index), metric=merit.metric)
        for rule in eligibility_rules(year):
            may = eligible(book, rule=rule).reindex(cohort.index, fill_value=False)
            yield pupil_cells(cohort, may.astype("float64"), metric=rule.metric)
    yield from _subject_cells(rows, cohort, scale=scale)


def _subject_cells(rows: pd.DataFrame, cohort: pd.DataFrame, *, scale: GradeScale) -> Iterator[pd.DataFrame]:
    keyed = cohort.drop(columns="subject").iloc[cohort.index.get_indexer(pd.Index(rows["pupil_id"]))]
    keyed = keyed.reset_index(drop=True).assign(subject=rows["subject"].astype("category").to_numpy())
    grade = rows["grade"].reset_index(drop=True)
    yield pupil_cells(keyed, subject_points(grade, scale=scale), metric="subject_points_mean")
    yield pupil_cells(keyed, subject_passed(grade, scale=scale), metric="subject_passed_share")
