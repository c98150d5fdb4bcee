"""Autumn term grades -> cells: subjects, and all of them, in every graded year; at the school of the end of autumn."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from skq.aggregate.cells import constant, pupil_cells
from skq.aggregate.grades import graded, passed_everything, subject_cells
from skq.aggregate.members import autumn_members
from skq.metrics.compulsory_school import compulsory_school
from skq.metrics.gradebook import gradebook
from skq.metrics.rules import grade_scale
from skq.terms import SchoolYear

_METRICS = ("autumn_points_mean", "autumn_subject_passed_share")


def autumn_cells(grades: pd.DataFrame, pupils: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield the cells of the autumn's term grades (domain §5); *pupils* is the register of pupils.

    Who counts is as in the spring: everyone in the last grade year, before it who has a grade, a dash or adapted
    studies; from schools that gave that grade year any grade that autumn. Single subjects are not split by the
    parents' education: a number of the autumn is looked at in autumn, in groups that are large enough to be told.
    """
    autumn = grades[grades["kind"].eq("term") & grades["term"].eq("HT")]
    for text in sorted(autumn["school_year"].unique()):
        year = SchoolYear.parse(text)
        school, scale = compulsory_school(year), grade_scale(year)
        members = autumn_members(pupils[pupils["school_year"].eq(text)])
        of_year = autumn[autumn["school_year"].eq(text)]
        for grade_year in school.graded_years:
            rows, cohort = graded(of_year, members[members["grade_year"].eq(grade_year)])
            if len(rows):
                book = gradebook(rows, scale=scale)
                everything = passed_everything(book, cohort, last=grade_year == school.last_grade_year)
                yield pupil_cells(cohort, everything, metric="autumn_all_subjects_passed_share")
                unsplit = cohort.assign(parental_education=constant("", len(cohort)))
                yield from subject_cells(rows, unsplit, scale=scale, metrics=_METRICS)
