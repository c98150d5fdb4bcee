"""The chain of levels: what the schools sum to, what the level above says, and why the two may differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from skq.report.annual.context import AnnualAnalysis, Unit
from skq.report.numbers import Point
from skq.terms import CellStatus, Level

LEVELS = (Level.AREA, Level.ORGANIZER, Level.MUNICIPALITY)
PASSED = "all_subjects_passed_share"
PUBLISHED_STEP = 0.001
"""Published shares have one decimal of a per cent, so a count worked out from one is off by half of this at most."""

Count = Callable[[Point], float | None]


@dataclass(frozen=True)
class Total:
    """One unit's number of pupils beside the sum of its schools' shown numbers."""

    stated: float | None
    summed: float
    shown: int
    withheld: int
    lacking: int
    rounded: int
    slack: float = 0.5

    @property
    def secret(self) -> bool:
        """Whether the sum would tell the number of the only school that is not shown."""
        return self.withheld == 1 and self.stated is not None

    @property
    def difference(self) -> float | None:
        """What the schools lack to the stated total; None where the total itself is not shown."""
        return None if self.stated is None else self.stated - self.summed

    @property
    def adds_up(self) -> bool:
        """Whether the shown schools sum to the stated total, as exactly as its source allows."""
        return self.difference is not None and abs(self.difference) <= self.slack and not self.withheld


@dataclass(frozen=True)
class Link:
    """One unit above the schools: how many schools it has, and its totals."""

    unit: Unit
    schools: int
    pupils: Total
    last_grade: Total
    graded: Total
    passed: Total

    @property
    def totals(self) -> tuple[Total, ...]:
        """The four totals, in the order of the table."""
        return (self.pupils, self.last_grade, self.graded, self.passed)


@dataclass(frozen=True)
class Chain:
    """The units above the schools, the municipality last, and the school years that their totals belong to."""

    links: tuple[Link, ...]
    pupils_year: str
    results_year: str
    alone: int

    @property
    def municipality(self) -> Link:
        """The municipality's link."""
        return self.links[-1]


def chain(analysis: AnnualAnalysis) -> Chain | None:
    """Return the chain of levels; None where no school's pupils are known.

    An organizer with a single school, whose totals are that school's, is only counted (`alone`).
    """
    counted = [(unit, point.school_year) for unit, point in analysis.spread("pupil_count")]
    if not counted:
        return None
    graded = analysis.spread(PASSED, grade_year=9)
    years = (counted[0][1], graded[0][1].school_year if graded else analysis.school_year)
    units = [unit for level in LEVELS for unit in analysis.at(level) if members(analysis, unit)]
    kept = [unit for unit in units if unit.level != Level.ORGANIZER or len(members(analysis, unit)) > 1]
    return Chain(tuple(_link(analysis, unit, *years) for unit in kept), *years, alone=len(units) - len(kept))


def members(analysis: AnnualAnalysis, unit: Unit) -> tuple[Unit, ...]:
    """Return the schools that belong to *unit*, by name."""
    if unit.level == Level.AREA:
        return tuple(school for school in analysis.schools if school.area == unit.area)
    if unit.level == Level.ORGANIZER:
        return tuple(school for school in analysis.schools if school.organizer == unit.code)
    return analysis.schools


def passed(point: Point) -> float | None:
    """Return how many pupils have the property, worked out from the shown share and the pupils it rests on."""
    if point.value is None or point.n is None:
        return None
    return float(round(point.value * point.n))


def _link(analysis: AnnualAnalysis, unit: Unit, pupils_year: str, results_year: str) -> Link:
    schools = members(analysis, unit)

    def total(metric: str, grade_year: int | None, year: str, count: Count) -> Total:
        stated = analysis.series(metric, unit, grade_year=grade_year).at(year)
        parts = [analysis.series(metric, school, grade_year=grade_year).at(year) for school in schools]
        return _total(stated, parts, count)

    return Link(
        unit=unit,
        schools=len(schools),
        pupils=total("pupil_count", None, pupils_year, lambda point: point.value),
        last_grade=total("pupil_count", 9, pupils_year, lambda point: point.value),
        graded=total(PASSED, 9, results_year, lambda point: point.n if point.shown else None),
        passed=total(PASSED, 9, results_year, passed),
    )


def _total(stated: Point, parts: Sequence[Point], count: Count) -> Total:
    counts = [count(point) for point in parts]
    known = [number for number in counts if number is not None]
    unknown = [point for point, number in zip(parts, counts, strict=True) if number is None]
    return Total(
        stated=count(stated),
        summed=sum(known),
        shown=len(known),
        withheld=sum(point.hidden or point.shown for point in unknown),
        lacking=sum(not point.hidden and not point.shown and bool(point.n) for point in unknown),
        rounded=sum(point.status is CellStatus.ROUNDED for point in parts),
        slack=_slack(stated) if count is passed else 0.5,
    )


def _slack(stated: Point) -> float:
    """Return by how much a count worked out from a published share can be off; our own shares are not rounded."""
    return 0.5 if stated.source == "register" else 0.5 + PUBLISHED_STEP / 2 * (stated.n or 0.0)
