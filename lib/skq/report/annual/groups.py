"""Groups of pupils in the municipality: their results, and the gaps between them with certainty."""

from __future__ import annotations

from dataclasses import dataclass

from skq.report.annual.context import AnnualAnalysis
from skq.report.annual.measures import MAIN
from skq.report.apart import apart
from skq.report.numbers import Difference, Point
from skq.terms import CATEGORIES, Breakdown

LONGEST, SHORTEST = "post_secondary", "compulsory"


@dataclass(frozen=True)
class GroupRow:
    """One measure for the categories of a breakdown, and the gap between two of them."""

    metric: str
    grade_year: int
    points: tuple[Point, ...]
    gap: Difference | None


def by_sex(analysis: AnnualAnalysis) -> tuple[GroupRow, ...]:
    """Return each main measure for girls and boys, with the gap girls − boys that the comparisons hold."""
    return tuple(
        GroupRow(row.metric, row.grade_year, row.points, _gap_of_sexes(analysis, row))
        for row in _rows(analysis, Breakdown.SEX)
    )


def by_education(analysis: AnnualAnalysis) -> tuple[GroupRow, ...]:
    """Return each main measure by the parents' education, with the gap post-secondary − compulsory."""
    places = CATEGORIES[Breakdown.PARENTAL_EDUCATION].index
    return tuple(
        GroupRow(
            row.metric,
            row.grade_year,
            row.points,
            apart(row.points[places(SHORTEST)], row.points[places(LONGEST)], kind="gap_education"),
        )
        for row in _rows(analysis, Breakdown.PARENTAL_EDUCATION)
    )


def _rows(analysis: AnnualAnalysis, breakdown: Breakdown) -> list[GroupRow]:
    found = [
        GroupRow(metric, grade_year, _points(analysis, metric, grade_year, breakdown), None)
        for metric, grade_year in MAIN
    ]
    return [row for row in found if any(point.shown for point in row.points)]


def _points(analysis: AnnualAnalysis, metric: str, grade_year: int, breakdown: Breakdown) -> tuple[Point, ...]:
    series = [
        analysis.series(metric, grade_year=grade_year, breakdown=breakdown, category=category)
        for category in CATEGORIES[breakdown]
    ]
    year = max(one.current.school_year for one in series if one) if any(series) else analysis.school_year
    return tuple(one.at(year) for one in series)


def _gap_of_sexes(analysis: AnnualAnalysis, row: GroupRow) -> Difference | None:
    whole = analysis.series(row.metric, grade_year=row.grade_year).at(row.points[0].school_year)
    gap = analysis.difference("gap_sex", whole)
    if gap is not None and gap.shown:
        return gap
    girls, boys = row.points
    return apart(boys, girls, kind="gap_sex")
