"""The chain of levels: what the schools sum to, what the level above says, and why the two may differ."""

from __future__ import annotations

from dataclasses import dataclass

from skq.report.annual.context import AnnualAnalysis, Unit
from skq.report.numbers import Point
from skq.terms import Level

LEVELS = (Level.AREA, Level.ORGANIZER, Level.MUNICIPALITY)


@dataclass(frozen=True)
class Total:
    """One unit's total beside the sum of its schools."""

    unit: Unit
    stated: Point
    summed: float
    shown: int
    hidden: int
    rounded: int

    @property
    def difference(self) -> float | None:
        """What the schools lack to the stated total; None where the total itself is hidden."""
        return None if self.stated.value is None else self.stated.value - self.summed

    @property
    def adds_up(self) -> bool:
        """Whether the shown schools sum exactly to the stated total."""
        return self.difference is not None and abs(self.difference) < 0.5


def totals(analysis: AnnualAnalysis, metric: str = "pupil_count", grade_year: int | None = None) -> list[Total]:
    """Return each area, organizer and the municipality with its total and the sum of its schools' shown numbers."""
    schools = analysis.spread(metric, Level.SCHOOL, grade_year=grade_year)
    if not schools:
        return []
    year = schools[0][1].school_year
    rows = []
    for level in LEVELS:
        for unit in analysis.at(level):
            stated = analysis.series(metric, unit, grade_year=grade_year).at(year)
            parts = [point for school, point in schools if _belongs(school, unit)]
            if stated.recorded and parts:
                rows.append(_total(unit, stated, parts))
    return rows


def _belongs(school: Unit, unit: Unit) -> bool:
    if unit.level == Level.AREA:
        return school.area == unit.area
    if unit.level == Level.ORGANIZER:
        return school.organizer == unit.code
    return True


def _total(unit: Unit, stated: Point, parts: list[Point]) -> Total:
    shown = [point for point in parts if point.value is not None]
    return Total(
        unit=unit,
        stated=stated,
        summed=sum(point.value or 0 for point in shown),
        shown=len(shown),
        hidden=sum(point.hidden for point in parts),
        rounded=sum(point.status == "rounded" for point in shown),
    )
