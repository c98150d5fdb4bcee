"""Grades of one school year as a pupils × subjects matrix, on which merit, passing and eligibility are counted.

Pure. One row a pupil, one column a subject; Swedish and Swedish as a second language share a column.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from skq.metrics.rules import LANGUAGE_CHOICE, SWEDISH, GradeScale

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class GradeBook:
    """What every pupil got in every subject.

    `points` is missing where there is no grade (a dash is none); `given` is true where the subject was part of the
    pupil's education (a grade or a dash), `passed` where the grade is a pass. Rows follow `pupils`, columns `subjects`.
    """

    pupils: pd.Index
    subjects: tuple[str, ...]
    points: Floats
    given: Booleans
    passed: Booleans

    def column(self, subject: str) -> int | None:
        """Return the position of *subject*, None where nobody has it."""
        return self.subjects.index(subject) if subject in self.subjects else None

    def passed_in(self, subject: str) -> Booleans:
        """Return whether each pupil passed *subject* (Swedish: either of the two)."""
        place = self.column(subject)
        return np.zeros(len(self.pupils), dtype=bool) if place is None else self.passed[:, place]

    def per_pupil(self, values: npt.NDArray[np.generic]) -> pd.Series:
        """Return *values* as a Series indexed by pupil."""
        return pd.Series(values, index=self.pupils)


def gradebook(grades: pd.DataFrame, *, scale: GradeScale) -> GradeBook:
    """Return the grade book of *grades*: one school year, one kind of grade, one row per pupil and subject.

    Columns pupil_id, subject, grade and perhaps is_language_choice. A blank grade means that the pupil has not had the
    subject. Where a pupil has two grades that share a column (both Swedish subjects), the better one counts.
    """
    rows = grades[given_grade(grades["grade"])]
    codes, pupils = pd.factorize(rows["pupil_id"], sort=True)
    columns, subjects = pd.factorize(counted_subject(rows), sort=True)
    shape = (len(pupils), len(subjects))
    points, given, passed = np.full(shape, np.nan), np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    np.fmax.at(points, (codes, columns), grade_points(rows["grade"], scale=scale).to_numpy())
    given[codes, columns] = True
    np.logical_or.at(passed, (codes, columns), passed_grade(rows["grade"], scale=scale).to_numpy())
    return GradeBook(pd.Index(pupils, name="pupil_id"), tuple(map(str, subjects)), points, given, passed)


def given_grade(grade: pd.Series) -> pd.Series:
    """Return whether the subject was part of the education: a grade or a dash, not a blank."""
    return grade.notna() & grade.ne("")


def grade_points(grade: pd.Series, *, scale: GradeScale) -> pd.Series:
    """Return the points of each grade, missing for a dash or a blank."""
    return grade.map(dict(scale.points)).astype("float64")


def passed_grade(grade: pd.Series, *, scale: GradeScale) -> pd.Series:
    """Return whether each grade is a pass; ValueError for a scale without pass limit."""
    if scale.passed is None:
        raise ValueError(f"the grade scale {scale.id} has no pass limit")
    return grade.isin(sorted(scale.passed))


def counted_subject(rows: pd.DataFrame) -> pd.Series:
    """Return the subject that each row counts as: both Swedish subjects are one, a language choice is its own.

    *rows* have the column subject and perhaps is_language_choice; a missing subject stays missing.
    """
    codes, texts = pd.factorize(rows["subject"])
    every = sorted({SWEDISH[0], LANGUAGE_CHOICE, *map(str, texts)} - {SWEDISH[1]})
    place = {text: number for number, text in enumerate(every)}
    counted = np.array([*(place[SWEDISH[0] if text == SWEDISH[1] else str(text)] for text in texts), -1])[codes]
    if "is_language_choice" in rows:
        chosen = rows["is_language_choice"].fillna(False).to_numpy(dtype=bool)
        counted = np.where(chosen, place[LANGUAGE_CHOICE], counted)
    return pd.Series(pd.Categorical.from_codes(counted, categories=pd.Index(every, dtype="str")), rows.index)
