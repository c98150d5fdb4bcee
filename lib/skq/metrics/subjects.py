"""Grades in one subject (domain §2, §5): what each pupil's grade adds to a unit's sums."""

from __future__ import annotations

import pandas as pd

from skq.metrics.gradebook import given_grade, grade_points, passed_grade
from skq.metrics.rules import GradeScale


def subject_points(grade: pd.Series, *, scale: GradeScale) -> pd.Series:
    """Return the points that count in a subject's mean: missing for a dash or a blank, 0 for a failed grade."""
    return grade_points(grade, scale=scale)


def subject_passed(grade: pd.Series, *, scale: GradeScale) -> pd.Series:
    """Return 1 for a pass, 0 for a fail or a dash, missing for a blank (has not had the subject)."""
    return passed_grade(grade, scale=scale).astype("float64").where(given_grade(grade))
