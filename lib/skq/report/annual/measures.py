"""The measures that the annual analysis follows, and what is known of each of them at all schools."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from skq.report import sv
from skq.report.annual.context import AnnualAnalysis, Unit
from skq.report.numbers import Difference, Point
from skq.report.texts import metric_word, subject, texts
from skq.report.wording import form
from skq.terms import CellStatus, Level

Measure = tuple[str, int]

MAIN: tuple[Measure, ...] = (
    ("merit_rating_17", 9),
    ("all_subjects_passed_share", 9),
    ("eligible_vocational_share", 9),
    ("all_subjects_passed_share", 6),
)
"""Metric and grade year of what is weighed against each other; few, so that the analysis stays readable."""

VS_MUNICIPALITY = "vs_municipality"


def title(metric: str, grade_year: int | None) -> str:
    """Name a measure in a heading of a column or a panel: `Minst E i alla ämnen, åk 9 (%)`."""
    entry = texts()["metric"][metric]
    name = str(entry.get("label", entry["short"])).format(subject=subject(""))
    grade = "" if grade_year is None else f", åk{sv.NBSP}{grade_year}"
    sign = " (%)" if form(metric).suffix.endswith("%") else ""
    return f"{name}{grade}{sign}"


@dataclass(frozen=True)
class SchoolPoint:
    """One school's number, and its distance to the municipality where one was computed."""

    unit: Unit
    point: Point
    distance: Difference | None

    @property
    def side(self) -> int:
        """1 where the school certainly lies above its municipality, -1 below, 0 where chance can explain it."""
        if self.distance is None or not self.distance.certain:
            return 0
        return 1 if (self.distance.value or 0.0) > 0 else -1

    @property
    def judged(self) -> bool:
        """Whether it is known if chance can explain the distance."""
        return self.distance is not None and self.distance.certain is not None


@dataclass(frozen=True)
class Spread:
    """One measure at all schools that have it in the same school year, with the municipality and the nation."""

    metric: str
    grade_year: int
    schools: tuple[SchoolPoint, ...]
    municipality: Point
    nation: Point

    @property
    def shown(self) -> tuple[SchoolPoint, ...]:
        """The schools with a number, from the highest to the lowest; equal ones by name."""
        shown = [school for school in self.schools if school.point.shown]
        return tuple(sorted(shown, key=lambda one: (-(one.point.value or 0.0), sv.order(one.unit.name), one.unit.code)))

    @property
    def judged(self) -> tuple[SchoolPoint, ...]:
        """The shown schools whose distance to the municipality could be judged."""
        return tuple(school for school in self.shown if school.judged)

    @property
    def hidden(self) -> tuple[Unit, ...]:
        """The schools whose number is not shown because it rests on too few, or protects another one."""
        return tuple(one.unit for one in self.schools if one.point.hidden and not _nearly(one.point))

    @property
    def nearly_all(self) -> tuple[Unit, ...]:
        """The schools where all but one to four pupils have the property."""
        return tuple(one.unit for one in self.schools if _nearly(one.point))

    def at_side(self, side: int) -> int:
        """Return how many judged schools lie certainly above (1), certainly below (-1) or neither (0)."""
        return sum(school.side == side for school in self.judged)


def spread(analysis: AnnualAnalysis, metric: str, grade_year: int, **which: Any) -> Spread:
    """Return *metric* at all schools in the newest school year in which any of them has it."""
    rows = analysis.spread(metric, Level.SCHOOL, grade_year=grade_year, **which)
    schools = tuple(
        SchoolPoint(unit, point, analysis.difference(VS_MUNICIPALITY, point))
        for unit, point in rows
        if point.shown or point.hidden
    )
    own = analysis.series(metric, grade_year=grade_year, **which)
    nation = analysis.nation(metric, grade_year=grade_year, **which)
    year = schools[0].point.school_year if schools else own.years[-1]
    return Spread(metric, grade_year, schools, own.at(year), nation.at(year))


def unit_of(metric: str) -> str:
    """Return the unit of *metric* in words: `poäng`."""
    return metric_word(metric, "unit")


def _nearly(point: Point) -> bool:
    return point.status is CellStatus.NEARLY_ALL
