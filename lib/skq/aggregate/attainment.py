"""What each pupil had attained at the end of a spring: mean grade points, mean test points, share of parts reached.

Rows are those of a roll: one per pupil and school year, numbered, so that millions of grades are joined by numbers
instead of text.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from skq.columns import joined
from skq.keys import ranks
from skq.metrics.compulsory_school import compulsory_school
from skq.metrics.gradebook import counted_subject, given_grade, grade_points
from skq.metrics.national_tests import NOT_REACHED, REACHED, TOTAL
from skq.metrics.rules import grade_scale
from skq.terms import SchoolYear

Positions = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]

TEST_SUBJECTS = ("EN", "MA", "SV")
FEWEST_TESTS = 2
"""Of the three subjects' tests so many have to be known for a pupil to have a mean of them."""

PARTS_KNOWN = 0.5
"""Of the parts given in year 3 a pupil has to have taken so large a share."""

_SPAN = 1 << 12  # school years start before the year 4096


@dataclass(frozen=True)
class Roll:
    """Who was where at the end of each spring: parallel arrays, one place a pupil and school year.

    `frame` has pupil_id, school_unit_code and school_year; `pupil` numbers the pupils, `start` is the calendar year of
    the school year's autumn.
    """

    frame: pd.DataFrame
    pupil: Positions
    start: Positions
    grade_year: Positions

    @classmethod
    def of(cls, members: pd.DataFrame) -> Roll:
        """Return the roll of *members* (as `spring_members`: one row per pupil and school year)."""
        rows = members.loc[members["grade_year"].notna(), ["pupil_id", "school_unit_code", "school_year", "grade_year"]]
        frame = rows.reset_index(drop=True)
        return cls(
            frame.drop(columns="grade_year"),
            pd.factorize(frame["pupil_id"])[0].astype(np.intp),
            starts(frame["school_year"]),
            frame["grade_year"].to_numpy(dtype=np.intp),
        )

    @property
    def final(self) -> Booleans:
        """Which rows are of the last grade year, which has final grades."""
        last = {start: compulsory_school(SchoolYear(int(start))).last_grade_year for start in np.unique(self.start)}
        return np.asarray(self.grade_year == pd.Series(self.start).map(last).to_numpy(dtype=np.intp), dtype=np.bool_)

    def __len__(self) -> int:
        return len(self.pupil)

    def earlier(self, years: int) -> Positions:
        """Return where each row's pupil stood so many school years before, in the grade year that many lower.

        -1 where the pupil is not on the roll then, or was in another grade year.
        """
        index = pd.Index(self.pupil * _SPAN + self.start)
        found = np.asarray(index.get_indexer(pd.Index(index - years)), dtype=np.intp)
        fits = (found >= 0) & (self.grade_year[found] == self.grade_year - years)
        return np.where(fits, found, -1)

    def rows_of(self, records: pd.DataFrame) -> Positions:
        """Return the row that each record (pupil_id, school_year) belongs to, -1 where there is none."""
        names = pd.Index(self.frame["pupil_id"].unique())
        pupil = names.get_indexer(pd.Index(records["pupil_id"]))
        key = np.where(pupil >= 0, pupil * _SPAN + starts(records["school_year"]), -1)
        return np.asarray(pd.Index(self.pupil * _SPAN + self.start).get_indexer(pd.Index(key)), dtype=np.intp)


@dataclass(frozen=True)
class Marks:
    """Grade points: parallel arrays, one place a pupil, school year and subject (`row` is that of the roll).

    A dash counts 0, as in the merit rating: without it, who goes from a grade to no grade would seem to have done
    better. Both Swedish subjects are one, of two the better counts.
    """

    row: Positions
    subject: Positions
    points: Floats

    def mean(self, rows: int, chosen: Booleans | None = None) -> Floats:
        """Return the mean points of each of the roll's *rows* over its (*chosen*) subjects, missing without any."""
        used = slice(None) if chosen is None else chosen
        return means(self.row[used], self.points[used], rows)


def starts(school_year: pd.Series) -> Positions:
    """Return the calendar year in which each school year starts."""
    codes, texts = pd.factorize(school_year)
    years = np.array([SchoolYear.parse(text).start for text in texts], dtype=np.intp)
    return years[codes]


def means(row: Positions, values: Floats, rows: int, *, fewest: int = 1) -> Floats:
    """Return the mean of the *values* of each row 0 … *rows* - 1, missing for fewer than *fewest* of them."""
    n = np.bincount(row, minlength=rows)
    total = np.bincount(row, weights=values, minlength=rows)
    return np.asarray(np.divide(total, n, out=np.full(rows, np.nan), where=n >= max(fewest, 1)), dtype=np.float64)


def marks(roll: Roll, grades: pd.DataFrame) -> Marks:
    """Return the grade points of the roll's pupils: final grades in the last grade year, else the spring term's.

    Grades of other terms and of pupils who are not on the roll are left out.
    """
    kind, spring = grades["kind"], grades["term"].eq("VT")
    rows = grades[given_grade(grades["grade"]) & (kind.eq("final") | (kind.eq("term") & spring))]
    year, final = rows["school_year"], roll.final
    parts = [_best(roll, rows[year.eq(text)], final) for text in year.unique()] or [_best(roll, rows, final)]
    row, points = (np.concatenate([part.pop(name) for part in parts]) for name in ("row", "points"))
    subject = ranks(joined([part.pop("subject") for part in parts]))[0].astype(np.intp)
    if (row[1:] >= row[:-1]).all():
        return Marks(row, subject, points)
    order = np.lexsort((subject, row))
    return Marks(row[order], subject[order], points[order])


def _best(roll: Roll, grades: pd.DataFrame, final: Booleans) -> pd.DataFrame:
    """Return the best points of each row of the roll and subject (`row`, `subject`, `points`) in a year's *grades*."""
    place = roll.rows_of(grades)
    kept = (place >= 0) & _counted(grades, final[place])
    rows = grades[kept]
    points = np.nan_to_num(_points(rows["grade"], rows["school_year"]))
    every = pd.DataFrame({"row": place[kept], "subject": counted_subject(rows).array, "points": points})
    return every.groupby(["row", "subject"], observed=True)["points"].max().reset_index()


def national_test_means(roll: Roll, tests: pd.DataFrame) -> Floats:
    """Return each row's mean points in the tests of English, mathematics and Swedish, missing below `FEWEST_TESTS`."""
    rows = tests[tests["part"].eq(TOTAL)]
    subject = counted_subject(rows)
    rows = rows[subject.isin(TEST_SUBJECTS)]
    points = _points(rows["result"], rows["school_year"])
    place = roll.rows_of(rows)
    kept = (place >= 0) & ~np.isnan(points) & (roll.grade_year[place] == rows["grade_year"].to_numpy(dtype=np.intp))
    return means(place[kept], points[kept], len(roll), fewest=FEWEST_TESTS)


def parts_reached(roll: Roll, tests: pd.DataFrame) -> Floats:
    """Return the share of the taken parts of tests without grades (year 3) that each row's pupil reached.

    Missing for a pupil who took less than `PARTS_KNOWN` of the parts that the school year's tests have.
    """
    rows = tests[tests["part"].ne(TOTAL) & tests["result"].isin([REACHED, NOT_REACHED])]
    place = roll.rows_of(rows)
    kept = (place >= 0) & (roll.grade_year[place] == rows["grade_year"].to_numpy(dtype=np.intp))
    given = counted_subject(rows).astype("str") + "/" + rows["part"].astype("str")
    parts = given.groupby([rows["school_year"], rows["grade_year"]]).transform("nunique").to_numpy(dtype="float64")
    reached = means(place[kept], rows["result"].eq(REACHED).to_numpy(dtype="float64")[kept], len(roll))
    known = np.bincount(place[kept], weights=1 / parts[kept], minlength=len(roll)) >= PARTS_KNOWN - 1e-9
    return np.where(known, reached, np.nan)


def _counted(grades: pd.DataFrame, final: Booleans) -> Booleans:
    """Return which grades count: final ones of pupils in the last grade year, the spring's term grades of others."""
    kind, spring = grades["kind"], grades["term"].eq("VT").to_numpy(dtype=bool)
    return np.where(final, kind.eq("final").to_numpy(dtype=bool), kind.eq("term").to_numpy(dtype=bool) & spring)


def _points(grade: pd.Series, school_year: pd.Series) -> Floats:
    """Return the points of each grade by the scale of its school year, missing for what is no grade."""
    points = np.full(len(grade), np.nan)
    for text in school_year.unique():
        own = school_year.eq(text).to_numpy(dtype=bool)
        points[own] = grade_points(grade[own], scale=grade_scale(SchoolYear.parse(text))).to_numpy()
    return points
