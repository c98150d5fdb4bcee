"""What each section of a report shows: measures, rows and trends picked from a school's numbers.

Figures draw them, alt texts tell them, tables list them, so that all three always speak of the same numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

from skq.report import sv
from skq.report.context import SchoolReport
from skq.report.lists import AREAS, BOTH_GRADE_YEARS, EXPECTED, LAST_GRADE_YEAR, SURVEYED, TESTED, Measure
from skq.report.numbers import Difference, Point, Series
from skq.report.texts import metric_word, subject
from skq.terms import Level


@dataclass(frozen=True)
class Trend:
    """One measure over the school years: the school, what lies beside it, and what SALSA expects of it."""

    title: str
    school: Series
    municipality: Series
    nation: Series
    expected: Series | None = None

    @property
    def points(self) -> tuple[Point, ...]:
        """Every number of it, the school's first."""
        every = (self.school, self.municipality, self.nation, self.expected)
        return tuple(point for series in every if series is not None for point in series.points)

    @property
    def known(self) -> bool:
        """Whether the school has a number, shown or hidden, in some year."""
        return any(point.shown or point.hidden for point in self.school.points)


@dataclass(frozen=True)
class SubjectRow:
    """One subject: the school's grade points and passes, the municipality's points, and girls − boys."""

    name: str
    point: Point
    passed: Point
    municipality: Point
    gap: Difference | None


@dataclass(frozen=True)
class TestRow:
    """One subject of a grade year: the points of the test and of the grade, and the municipality's test."""

    name: str
    test: Point
    grade: Point
    municipality: Point

    __test__ = False  # its name would make pytest collect it


@dataclass(frozen=True)
class AreaRow:
    """One survey area of a grade year: the index over the years, and the municipality's newest."""

    name: str
    series: Series
    municipality: Point


@dataclass(frozen=True)
class Bar:
    """One bar of pupils, named by its grade year or school year."""

    name: str
    point: Point


def trends(report: SchoolReport, measures: tuple[Measure, ...]) -> list[Trend]:
    """Return a trend for each measure of which the school has a number, shown or hidden, in some year."""
    there = [measure for measure in measures if measure[0] in report.measured]
    return [trend for measure in there if (trend := _trend(report, *measure)).known]


def over_years(found: list[Trend]) -> bool:
    """Return whether any of *found* has at least two years to show: one year alone is no trend."""
    return any(len(trend.school.shown) > 1 for trend in found)


def _trend(report: SchoolReport, metric: str, grade_year: int | None, *, code: str = "", title: str = "") -> Trend:
    name = metric_word(metric, "short")
    title = title or (f"{name}, åk{sv.NBSP}{grade_year}" if metric in BOTH_GRADE_YEARS else name)
    own, municipality, nation = (
        report.series(metric, grade_year=grade_year, subject=code, level=level)
        for level in (Level.SCHOOL, Level.MUNICIPALITY, Level.NATION)
    )
    return Trend(title, own, municipality, nation, _expected(report, metric, grade_year))


def _expected(report: SchoolReport, metric: str, grade_year: int | None) -> Series | None:
    model = EXPECTED.get(metric, "")
    if model not in report.measured or grade_year != LAST_GRADE_YEAR:
        return None
    series = [report.series(model, grade_year=grade) for grade in (grade_year, None)]
    return next((one for one in series if one.shown), None)


def salsa(report: SchoolReport) -> tuple[Series, Series]:
    """Return SALSA's expected merit rating and the actual one, over the school years."""
    expected = _expected(report, "merit_rating_17", 9)
    return expected or report.series("salsa_expected"), report.series("merit_rating_17", grade_year=9)


def salsa_pairs(expected: Series, actual: Series) -> list[tuple[Point, Point]]:
    """Return expected and actual merit rating of the school years that show both."""
    both = zip(expected.points, actual.points, strict=True)
    return [(model, real) for model, real in both if model.shown and real.shown]


def subject_rows(report: SchoolReport) -> list[SubjectRow]:
    """Return the subjects of grade year 9, or 6 where there is no 9, in the newest year, highest first, hidden last."""
    for grade_year in (9, 6):
        codes = report.subjects("subject_points_mean", grade_year=grade_year)
        rows = [_subject_row(report, code, grade_year) for code in codes]
        if rows:
            newest = max(row.point.school_year for row in rows)
            current = [row for row in rows if row.point.school_year == newest]
            return sorted(current, key=lambda row: (-(row.point.value or -1.0), sv.order(row.name)))
    return []


def shown_and_hidden(rows: list[SubjectRow]) -> tuple[list[SubjectRow], list[SubjectRow]]:
    """Return the subjects that have a number to show, and those whose number is hidden."""
    return [row for row in rows if row.point.shown], [row for row in rows if not row.point.shown]


def _subject_row(report: SchoolReport, code: str, grade_year: int) -> SubjectRow:
    point = report.point("subject_points_mean", subject=code, grade_year=grade_year)
    passed = report.series("subject_passed_share", subject=code, grade_year=grade_year).at(point.school_year)
    municipality = report.beside(point, Level.MUNICIPALITY)
    return SubjectRow(subject(code), point, passed, municipality, report.difference("gap_sex", point))


def test_trends(report: SchoolReport) -> list[Trend]:
    """Return the test points of each subject of grade years 6 and 9 that are shown in some school year."""
    found = [
        _trend(report, "test_points_mean", grade_year, code=code, title=f"{subject(code)}, åk{sv.NBSP}{grade_year}")
        for grade_year in TESTED
        for code in sorted(report.subjects("test_points_mean", grade_year=grade_year), key=_name_order)
    ]
    return [trend for trend in found if trend.school.shown]


def _name_order(code: str) -> tuple[tuple[int, ...], str]:
    return sv.order(subject(code))


def tests(report: SchoolReport) -> dict[int, list[TestRow]]:
    """Return the subjects with a shown test in its newest year, for grade years 6 and 9, in Swedish order."""
    groups = {grade_year: _test_rows(report, grade_year) for grade_year in TESTED}
    return {grade_year: rows for grade_year, rows in groups.items() if rows}


def _test_rows(report: SchoolReport, grade_year: int) -> list[TestRow]:
    codes = report.subjects("test_points_mean", grade_year=grade_year)
    rows = [_test_row(report, code, grade_year) for code in codes]
    newest = max((row.test.school_year for row in rows if row.test.shown), default="")
    current = [row for row in rows if row.test.shown and row.test.school_year == newest]
    return sorted(current, key=lambda row: sv.order(row.name))


def _test_row(report: SchoolReport, code: str, grade_year: int) -> TestRow:
    test = report.point("test_points_mean", subject=code, grade_year=grade_year)
    grade = report.series("subject_points_mean", subject=code, grade_year=grade_year).at(test.school_year)
    return TestRow(subject(code), test, grade, report.beside(test, Level.MUNICIPALITY))


def areas(report: SchoolReport) -> dict[int, list[AreaRow]]:
    """Return the survey's areas for grade years 5 and 8, safety and calm first, grade years without any left out."""
    groups = {grade_year: _area_rows(report, grade_year) for grade_year in SURVEYED}
    return {grade: rows for grade, rows in groups.items() if any(row.series.shown for row in rows)}


def _area_rows(report: SchoolReport, grade_year: int) -> list[AreaRow]:
    found = report.subjects("survey_index", grade_year=grade_year)
    return [_area_row(report, code, grade_year) for code in AREAS if code in found]


def _area_row(report: SchoolReport, code: str, grade_year: int) -> AreaRow:
    series = report.series("survey_index", subject=code, grade_year=grade_year)
    return AreaRow(subject(code), series, report.beside(series.current, Level.MUNICIPALITY))


def pupil_bars(report: SchoolReport) -> list[Bar]:
    """Return pupils per grade year in the newest school year that has any, else the total per school year."""
    by_grade = [report.series("pupil_count", grade_year=grade_year) for grade_year in range(10)]
    newest = max((series.shown[-1].school_year for series in by_grade if series.shown), default="")
    points = [series.at(newest) for series in by_grade] if newest else []
    there = [point for point in points if point.shown or point.hidden]
    grades = [Bar("F" if point.grade_year == 0 else str(point.grade_year), point) for point in there]
    if grades:
        return grades
    total = report.series("pupil_count")
    return [Bar(sv.short_year(point.school_year), point) for point in total.points] if total.shown else []
