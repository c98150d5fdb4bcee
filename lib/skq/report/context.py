"""The report of one school: who it is about, its numbers, what is said of them, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from skq import catalog
from skq.report.judged import Estimate, Goal, key_of
from skq.report.numbers import (
    BREAKDOWN,
    GRADE_YEAR,
    LEVEL,
    METRIC,
    SCHOOL_YEAR,
    SUBJECT,
    Difference,
    Numbers,
    Point,
    Series,
)
from skq.report.rows import Key
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
        return self._newest

    @cached_property
    def _newest(self) -> tuple[Point, ...]:
        found: dict[tuple[Any, ...], Key] = {}
        for key in self._in_years(tuple(self._of_school)):
            if key[BREAKDOWN] == "all":
                measure = (key[METRIC], *key[SCHOOL_YEAR + 1 : BREAKDOWN])
                if measure not in found or found[measure][SCHOOL_YEAR] < key[SCHOOL_YEAR]:
                    found[measure] = key
        return tuple(self.numbers.points[key] for key in found.values())

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

    def every(self) -> Iterator[Point]:
        """Return every number of the school itself, in the order of the slice."""
        return (self.numbers.points[key] for keys in self._of_school.values() for key in keys)

    @cached_property
    def measured(self) -> frozenset[str]:
        """The metrics of which the school has any number, shown or hidden."""
        points = self.numbers.points
        return frozenset(metric for metric, keys in self._of_school.items() if any(_known(points[key]) for key in keys))

    def has(self, *metrics: str, grade_year: int | None = None) -> bool:
        """Return whether the school has any recorded number of any of *metrics* within the report's years."""
        asked = (key for key in self._in_years(metrics) if grade_year is None or key[GRADE_YEAR] == grade_year)
        return any(point.recorded and _known(point) for point in map(self.numbers.points.__getitem__, asked))

    def subjects(self, *metrics: str, grade_year: int | None = None) -> tuple[str, ...]:
        """Return the subjects, sorted by code, in which the school has a recorded number of any of *metrics*."""
        found = {
            key[SUBJECT]
            for key in self._in_years(metrics)
            if key[GRADE_YEAR] == grade_year and _known(self.numbers.points[key])
        }
        return tuple(sorted(found))

    def _in_years(self, metrics: Sequence[str]) -> Iterator[Key]:
        """Return the keys of the school's points of *metrics* that lie within the report's years."""
        for metric in metrics:
            if keys := self._of_school.get(metric):
                years = self.years_of(metric)
                yield from (key for key in keys if key[SCHOOL_YEAR] in years)

    @cached_property
    def _of_school(self) -> Mapping[str, list[Key]]:
        """The keys of the school's own points by metric, in the order of the slice."""
        found: dict[str, list[Key]] = {}
        for key in self.numbers.points:
            if key[LEVEL] == Level.SCHOOL:
                found.setdefault(key[METRIC], []).append(key)
        return found

    @property
    def published_alone(self) -> bool:
        """Whether the report rests on official statistics alone: then there is room for all of them in print."""
        return self.meta.get("origin") == "official"

    @property
    def min_pupils(self) -> int:
        """The lowest number of pupils on which a number of this report may rest."""
        return int(self.meta["rule"]["min_pupils"])


def _known(point: Point) -> bool:
    return point.shown or point.hidden
