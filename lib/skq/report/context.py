"""The report of one school: who it is about, its numbers, what is said of them, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from skq import catalog
from skq.report.judged import Estimate, Goal, key_of
from skq.report.numbers import Difference, Key, Numbers, Point, Series
from skq.report.years import AUTUMN_FAMILIES
from skq.terms import Breakdown, Level, SchoolYear


@dataclass(frozen=True)
class SchoolReport:
    """What the report of one school may know; frozen, made by `open_report`.

    `peers` are the names of schools by unit code, for those that this one is set beside.
    """

    school_unit_code: str
    school_year: str
    school_years: tuple[str, ...]
    autumn_years: tuple[str, ...]
    name: str
    municipality_code: str
    municipality_name: str
    area: str
    organizer: str
    organizer_type: str
    grade_years: tuple[int | None, int | None]
    former_codes: tuple[str, ...]
    units: Mapping[str, tuple[str, ...]]
    numbers: Numbers
    estimates: Mapping[Key, Estimate]
    goals: tuple[Goal, ...]
    peers: Mapping[str, str]
    meta: Mapping[str, Any]

    def series(
        self,
        metric: str,
        *,
        grade_year: int | None = None,
        subject: str = "",
        level: str = Level.SCHOOL,
        breakdown: str = "all",
        category: str = "all",
    ) -> Series:
        """Return *metric* over exactly the five school years of its kind, years without a number kept."""
        return self.numbers.series(
            metric, level=level, units=self.units.get(level, ()), school_years=self.years_of(metric),
            grade_year=grade_year, subject=subject, breakdown=breakdown, category=category,
        )  # fmt: skip

    def years_of(self, metric: str) -> tuple[str, ...]:
        """Return the five school years over which *metric* is shown, oldest first.

        Pupils and staff are counted in October and published half a year before the grades of the same school year,
        so in official statistics their newest year may be the one after that of the report.
        """
        return self.autumn_years if catalog.metric(metric).family in AUTUMN_FAMILIES else self.school_years

    def point(self, metric: str, **which: Any) -> Point:
        """Return the newest recorded point of `series(metric, ...)`."""
        return self.series(metric, **which).current

    def difference(self, kind: str, point: Point) -> Difference | None:
        """Return the change, the gap or the distance that belongs to *point*, None where none was computed."""
        return self.numbers.difference(kind, point)

    def estimate(self, point: Point) -> Estimate | None:
        """Return what is said of *point* beside other schools, None where nothing is."""
        return self.estimates.get(key_of(point))

    def pooled(self, point: Point) -> Point:
        """Return the number of the three school years that end with that of *point*, taken together."""
        return self.numbers.series(
            point.metric, level=point.level, units=self.units.get(point.level, ()), school_years=(point.school_year,),
            grade_year=point.grade_year, subject=point.subject, breakdown=Breakdown.PERIOD, category="three_years",
        ).current  # fmt: skip

    def newest(self) -> tuple[Point, ...]:
        """Return the school's newest recorded point of every measure of all pupils, in the order of the tables."""
        found: dict[tuple[Any, ...], Point] = {}
        for point in self._in_years(tuple(self._of_school)):
            if point.breakdown == "all":
                key = (point.metric, point.grade_year, point.subject)
                if key not in found or found[key].school_year < point.school_year:
                    found[key] = point
        return tuple(found.values())

    def previous(self, point: Point) -> Point:
        """Return the point of the school year before *point*."""
        return self._same(point, point.level, str(SchoolYear.parse(point.school_year).previous))

    def beside(self, point: Point, level: str) -> Point:
        """Return the point of the same measure and school year at another level."""
        return self._same(point, level, point.school_year)

    def expected(self, point: Point) -> Point:
        """Return the merit rating that SALSA expects, for the school year of the merit rating *point*."""
        years = (point.school_year,)
        for grade_year in (point.grade_year, None):
            series = self.numbers.series(
                "salsa_expected", level=point.level, units=self.units[point.level], school_years=years,
                grade_year=grade_year,
            )  # fmt: skip
            if series:
                break
        return series.current

    def _same(self, point: Point, level: str, school_year: str) -> Point:
        return self.numbers.series(
            point.metric, level=level, units=self.units.get(level, ()), school_years=(school_year,),
            grade_year=point.grade_year, subject=point.subject, breakdown=point.breakdown, category=point.category,
        ).current  # fmt: skip

    @cached_property
    def measured(self) -> frozenset[str]:
        """The metrics of which the school has any number, shown or hidden."""
        return frozenset(
            metric for metric, points in self._of_school.items() if any(point.shown or point.hidden for point in points)
        )

    def has(self, *metrics: str, grade_year: int | None = None) -> bool:
        """Return whether the school has any recorded number of any of *metrics* within the report's years."""
        return any(
            (grade_year is None or point.grade_year == grade_year) and point.recorded and (point.shown or point.hidden)
            for point in self._in_years(metrics)
        )

    def subjects(self, *metrics: str, grade_year: int | None = None) -> tuple[str, ...]:
        """Return the subjects, sorted by code, in which the school has a recorded number of any of *metrics*."""
        found = {
            point.subject
            for point in self._in_years(metrics)
            if point.grade_year == grade_year and (point.shown or point.hidden)
        }
        return tuple(sorted(found))

    def _in_years(self, metrics: Sequence[str]) -> Iterator[Point]:
        """Return the school's points of *metrics* that lie within the report's years."""
        for metric in metrics:
            if points := self._of_school.get(metric):
                years = self.years_of(metric)
                yield from (point for point in points if point.school_year in years)

    @cached_property
    def _of_school(self) -> Mapping[str, list[Point]]:
        """The school's own points by metric, in the order of the slice."""
        found: dict[str, list[Point]] = {}
        for point in self.numbers.points.values():
            if point.level == Level.SCHOOL:
                found.setdefault(point.metric, []).append(point)
        return found

    @property
    def published_alone(self) -> bool:
        """Whether the report rests on official statistics alone: then there is room for all of them in print."""
        return self.meta.get("origin") == "official"

    @property
    def min_pupils(self) -> int:
        """The lowest number of pupils on which a number of this report may rest."""
        return int(self.meta["rule"]["min_pupils"])
