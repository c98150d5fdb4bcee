"""What SALSA expects of the schools, and by how much they differ from it."""

from __future__ import annotations

from skq.report.annual.context import AnnualAnalysis
from skq.report.numbers import Difference, Point


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
