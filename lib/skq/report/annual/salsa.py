"""What SALSA expects of the schools, and by how much they differ from it."""

from __future__ import annotations

from dataclasses import dataclass

from skq.report import sv
from skq.report.annual.context import AnnualAnalysis, Unit
from skq.report.numbers import Difference, Point
from skq.terms import Breakdown, Level


@dataclass(frozen=True)
class Pooled:
    """A school's mean residual over three school years, beside the value expected of it in the last of them."""

    unit: Unit
    expected: Point
    residual: Point

    @property
    def side(self) -> int:
        """1 where the interval lies above zero, -1 below, 0 where it holds zero or is not known."""
        if self.residual.lower is None or self.residual.upper is None:
            return 0
        return int(self.residual.lower > 0) - int(self.residual.upper < 0)


def three_years(analysis: AnnualAnalysis) -> list[Pooled]:
    """Return the schools' mean residuals over three years, by name, of the newest year that has any with an interval.

    A single year's residual says little of a small school (domain §8), so three are taken together where known.
    """
    found = analysis.points("salsa_residual", Level.SCHOOL, breakdown=str(Breakdown.PERIOD), grade_year=9)
    known = [point for point in found if point.has_interval]
    newest = known[-1].school_year if known else ""
    schools = []
    for point in known:
        unit = analysis.named(point.unit)
        if unit is None or point.school_year != newest:
            continue
        expected = analysis.series("salsa_expected", unit, grade_year=9).at(newest)
        if expected.shown:
            schools.append(Pooled(unit, expected, point))
    return sorted(schools, key=lambda one: (sv.order(one.unit.name), one.unit.code))


def pairs(analysis: AnnualAnalysis) -> list[tuple[Point, Point]]:
    """Return expected merit rating and published residual of each school that has both, in the newest such year."""
    models = {unit.code: point for unit, point in analysis.spread("salsa_expected", grade_year=9)}
    residuals = {unit.code: point for unit, point in analysis.spread("salsa_residual", grade_year=9)}
    both = [(models[code], residuals[code]) for code in sorted(models) if code in residuals]
    return [
        (model, residual)
        for model, residual in both
        if model.shown and residual.shown and model.school_year == residual.school_year
    ]


def judged(analysis: AnnualAnalysis) -> list[Difference]:
    """Return the schools' distances to the expected value for which chance could be judged, in that year."""
    year = {model.school_year for model, _ in pairs(analysis)}
    found = [
        analysis.difference("vs_expected", analysis.series("merit_rating_17", unit, grade_year=9).at(one))
        for unit in analysis.schools
        for one in sorted(year)
    ]
    return [difference for difference in found if difference is not None and difference.certain is not None]
