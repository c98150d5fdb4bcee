"""Spring grades -> cells: merit rating, eligibility (last grade year), all subjects and their companions, subjects."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from skq.aggregate.cells import CLASS_GROUP, PUPIL_KEY, Kinds, constant, kinds
from skq.aggregate.equity import merit_pupils
from skq.metrics.compulsory_school import compulsory_school
from skq.metrics.eligibility import eligible
from skq.metrics.gradebook import GradeBook, given_grade, gradebook
from skq.metrics.merit import merit_rating
from skq.metrics.passing import all_subjects_passed, failed_subjects, subjects_had, subjects_passed
from skq.metrics.rules import GradeScale, eligibility_rules, grade_scale, merit_rules
from skq.metrics.subjects import subject_passed, subject_points
from skq.terms import SchoolYear

_CATEGORIES = ["school_unit_code", "school_year", "sex", "parental_education"]
LEADING = "merit_rating_17"
"""The merit rating whose spread is told."""

_SUBJECT_METRICS = ("subject_points_mean", "subject_passed_share")


def counted_grades(grades: pd.DataFrame, grade_year: int, school_year: SchoolYear) -> pd.DataFrame:
    """Return the grades that count in the spring of *grade_year*: final grades in the last one, else the term's.

    *grades* are those of *school_year*.
    """
    if grade_year == compulsory_school(school_year).last_grade_year:
        return grades[grades["kind"].eq("final")]
    return grades[grades["kind"].eq("term") & grades["term"].eq("VT")]


def grade_cells(grades: pd.DataFrame, members: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield the cells of every metric of spring grades; *members* are the pupils of the springs.

    Everyone enrolled counts, with or without grades, as soon as the school gave that grade year any grade that spring;
    before the last grade year only who has a grade, a dash or adapted studies (domain §3). The grade years between
    the first graded and the last one have grades in single subjects alone.
    """
    for text in sorted(grades["school_year"].unique()):
        year = SchoolYear.parse(text)
        of_year, pupils = grades[grades["school_year"].eq(text)], members[members["school_year"].eq(text)]
        for grade_year in compulsory_school(year).graded_years:
            cohort = pupils[pupils["grade_year"].eq(grade_year)]
            if len(cohort):
                spring = counted_grades(of_year, grade_year, year)
                yield from _cohort_cells(spring, cohort, year=year, grade_year=grade_year)


def graded(grades: pd.DataFrame, cohort: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the cohort's own grades and dashes among *grades*, and the pupils of the schools that gave any.

    The pupils are indexed by pupil, their keys as categories.
    """
    rows = grades[grades["pupil_id"].isin(cohort["pupil_id"])]
    rows = rows[given_grade(rows["grade"])]
    giving = cohort.loc[cohort["pupil_id"].isin(rows["pupil_id"].unique()), "school_unit_code"].unique()
    kept = cohort[cohort["school_unit_code"].isin(giving)].set_index("pupil_id")
    return rows, kept.astype(dict.fromkeys(_CATEGORIES, "category")).assign(subject=constant("", len(kept)))


def passed_everything(book: GradeBook, cohort: pd.DataFrame, *, last: bool) -> pd.Series:
    """Return 1 for each pupil of the cohort who passed all subjects, 0 for who did not, missing for who is not counted.

    An adapted course of studies is not all subjects. In the last grade year everyone counts, else who has any mark.
    """
    adapted = is_adapted(cohort)
    passed = all_subjects_passed(book).reindex(cohort.index, fill_value=False) & ~adapted
    return passed.astype("float64").where(adapted | cohort.index.isin(book.pupils) | last)


def is_adapted(cohort: pd.DataFrame) -> pd.Series:
    """Return whether each pupil has an adapted course of studies; unknown counts as not."""
    return cohort["adapted_studies"].fillna(False).astype(bool)


def subject_cells(
    rows: pd.DataFrame, cohort: pd.DataFrame, *, scale: GradeScale, metrics: tuple[str, str]
) -> Iterator[pd.DataFrame]:
    """Yield the cells of single subjects: mean points, then share passed, under the two ids of *metrics*."""
    keys = [column for column in (*PUPIL_KEY, CLASS_GROUP) if column in cohort and column != "subject"]
    keyed = cohort[keys].iloc[cohort.index.get_indexer(pd.Index(rows["pupil_id"]))]
    keyed = keyed.reset_index(drop=True).assign(subject=rows["subject"].astype("category").array)
    grade = rows["grade"].reset_index(drop=True)
    marked = kinds(keyed)
    yield marked.cells(subject_points(grade, scale=scale), metric=metrics[0])
    yield marked.cells(subject_passed(grade, scale=scale), metric=metrics[1])


def _cohort_cells(
    grades: pd.DataFrame, members: pd.DataFrame, *, year: SchoolYear, grade_year: int
) -> Iterator[pd.DataFrame]:
    school, scale = compulsory_school(year), grade_scale(year)
    rows, cohort = graded(grades, members)
    if rows.empty:
        return
    if grade_year in school.official_years:
        book = gradebook(rows, scale=scale)
        everything = passed_everything(book, cohort, last=grade_year == school.last_grade_year)
        pupils = kinds(cohort)
        yield pupils.cells(everything, metric="all_subjects_passed_share")
        if grade_year == school.last_grade_year:
            yield from _final_cells(book, cohort, pupils, year=year)
        else:
            yield from _companion_cells(book, cohort, pupils, grades, counted=everything.notna())
    yield from subject_cells(rows, cohort, scale=scale, metrics=_SUBJECT_METRICS)


def _final_cells(book: GradeBook, cohort: pd.DataFrame, pupils: Kinds, *, year: SchoolYear) -> Iterator[pd.DataFrame]:
    for merit in merit_rules(year):
        value = merit_rating(book, rule=merit).reindex(cohort.index)
        yield pupils.cells(value, metric=merit.metric)
        if merit.metric == LEADING:
            yield merit_pupils(cohort, value)
    for rule in eligibility_rules(year):
        may = eligible(book, rule=rule).reindex(cohort.index, fill_value=False)
        yield pupils.cells(may.astype("float64"), metric=rule.metric)


def _companion_cells(
    book: GradeBook, cohort: pd.DataFrame, pupils: Kinds, grades: pd.DataFrame, *, counted: pd.Series
) -> Iterator[pd.DataFrame]:
    """Yield what stands beside all subjects in the first graded year: failed in one, in several, number of subjects.

    A blank of a pupil with adapted studies is a subject that the pupil should have had.
    """
    adapted = is_adapted(cohort)
    blank = grades[grades["pupil_id"].isin(cohort.index[adapted]) & ~given_grade(grades["grade"])]
    withdrawn = blank.groupby("pupil_id").size()
    passed = subjects_passed(book).reindex(cohort.index, fill_value=0)
    had = subjects_had(book).reindex(cohort.index, fill_value=0) + withdrawn.reindex(cohort.index, fill_value=0)
    failed = failed_subjects(had, passed, adapted=adapted).astype("float64").where(counted)
    yield pupils.cells(failed["one"], metric="failed_one_subject_share")
    yield pupils.cells(failed["several"], metric="failed_several_subjects_share")
    yield pupils.cells(had.astype("float64").where(counted & had.gt(0)), metric="subject_grades_mean")
