"""A slice of protected tables -> the report of one school: who it is about, its numbers, and nothing else.

`open_report` is the first line of every template notebook and refuses everything that could put one school's numbers
into another school's report.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from skq import catalog
from skq.errors import ParameterError, ProtectionError
from skq.report.numbers import Difference, Numbers, Point, Series
from skq.store import Slice, read_slice
from skq.terms import Breakdown, Level, SchoolYear

AUTUMN_FAMILIES = ("pupils", "pupil_shares", "staff", "economy", "attendance")
"""Families that are counted in the autumn, or shown in the same table as those."""

YEARS_SHOWN = 5


@dataclass(frozen=True)
class SchoolReport:
    """What the report of one school may know; frozen, made by `open_report`."""

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

    def newest(self) -> tuple[Point, ...]:
        """Return the school's newest recorded point of every measure of all pupils, in the order of the tables."""
        found: dict[tuple[Any, ...], Point] = {}
        for point in self.numbers.points.values():
            if (
                point.level == Level.SCHOOL
                and point.breakdown == "all"
                and point.school_year in self.years_of(point.metric)
            ):
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

    def has(self, *metrics: str, grade_year: int | None = None) -> bool:
        """Return whether the school has any recorded number of any of *metrics* within the report's years."""
        return any(
            point.metric in metrics
            and point.level == Level.SCHOOL
            and (grade_year is None or point.grade_year == grade_year)
            and point.school_year in self.years_of(point.metric)
            and point.recorded
            and (point.shown or point.hidden)
            for point in self.numbers.points.values()
        )

    def subjects(self, *metrics: str, grade_year: int | None = None) -> tuple[str, ...]:
        """Return the subjects, sorted by code, in which the school has a recorded number of any of *metrics*."""
        found = {
            point.subject
            for point in self.numbers.points.values()
            if point.metric in metrics
            and point.level == Level.SCHOOL
            and point.grade_year == grade_year
            and point.school_year in self.years_of(point.metric)
            and (point.shown or point.hidden)
        }
        return tuple(sorted(found))

    @property
    def min_pupils(self) -> int:
        """The lowest number of pupils on which a number of this report may rest."""
        return int(self.meta["rule"]["min_pupils"])


def open_report(school_unit_code: str, school_year: str, protected_folder: str) -> SchoolReport:
    """Return the report of the school unit for the school year, read from its slice of protected tables.

    Raises ParameterError when a parameter is empty or malformed, ProtectionError when the slice belongs to another
    school or school year, SourceError when it cannot be read.
    """
    _refuse_empty(school_unit_code=school_unit_code, school_year=school_year, protected_folder=protected_folder)
    _refuse_malformed(school_year)
    part = read_slice(Path(protected_folder))
    _refuse_other("school unit", asked=school_unit_code, found=str(part.meta.get("school_unit_code")))
    _refuse_other("school year", asked=school_year, found=str(part.meta.get("school_year")))
    years = _years_to(school_year, part.meta["school_years"])
    own = _own_row(part.units, school_unit_code)
    _refuse_other_schools(part.results.frame, allowed=(school_unit_code, *_former_codes(own)))
    return SchoolReport(
        school_unit_code=school_unit_code,
        school_year=school_year,
        school_years=years,
        autumn_years=_autumn_years(part.results.frame, years),
        name=str(own["name"]),
        municipality_code=str(part.meta["municipality_code"]),
        municipality_name=str(part.meta["municipality_name"]),
        area=str(own["area"]) if isinstance(own["area"], str) else "",
        organizer=_organizer_name(part.units, own),
        organizer_type=str(own["organizer_type"] or ""),
        grade_years=(_whole(own["first_grade_year"]), _whole(own["last_grade_year"])),
        former_codes=_former_codes(own),
        units=_units_by_level(part.units, (school_unit_code, *_former_codes(own))),
        numbers=_numbers(part),
        meta=part.meta,
    )


def _numbers(part: Slice) -> Numbers:
    """Return what a report speaks of: the school's own numbers and, above it, those of all pupils; no more is read."""
    school, everyone = str(Level.SCHOOL), str(Breakdown.ALL)
    above = part.results.select(level=[str(Level.MUNICIPALITY), str(Level.NATION)], breakdown=everyone)
    differences = part.comparisons.select(level=school, breakdown=[everyone, str(Breakdown.SEX)])
    own = Numbers.of(part.results.select(level=school), differences)
    beside = Numbers.of(above, part.comparisons.select(level=[]))
    return Numbers({**own.points, **beside.points}, own.differences)


def _years_to(school_year: str, known: Sequence[str]) -> tuple[str, ...]:
    """Return at most five of the *known* school years, the last being *school_year*.

    A slice may hold one year more: the autumn after the grades, of which only pupils and staff are published.
    """
    return tuple(year for year in known if year <= school_year)[-YEARS_SHOWN:]


def _autumn_years(results: pd.DataFrame, school_years: tuple[str, ...]) -> tuple[str, ...]:
    """Return as many years as *school_years*, ending with the newest in which pupils or staff are known."""
    autumn = [metric.id for metric in catalog.metrics().values() if metric.family in AUTUMN_FAMILIES]
    known = results[(results["level"] == Level.SCHOOL) & results["metric"].isin(autumn) & results["value"].notna()]
    newest = SchoolYear.parse(max([school_years[-1], *known["school_year"]]))
    return tuple(str(SchoolYear(newest.start - back)) for back in reversed(range(len(school_years))))


def _refuse_empty(**parameters: str) -> None:
    if empty := [name for name, value in parameters.items() if not str(value).strip()]:
        raise ParameterError(
            f"the notebook was started without {', '.join(empty)}\n"
            "  expected: school_unit_code, school_year and protected_folder, all filled in\n"
            "  next:     run it through 'skq build', or fill in the cell tagged 'parameters'"
        )


def _refuse_malformed(school_year: str) -> None:
    try:
        SchoolYear.parse(school_year)
    except ValueError as error:
        raise ParameterError(f"school_year: {error}") from error


def _refuse_other(what: str, *, asked: str, found: str) -> None:
    if asked != found:
        raise ProtectionError(
            f"the slice belongs to another {what} than the report\n"
            f"  expected: {asked}\n"
            f"  found:    {found}\n"
            "  next:     give the folder that 'skq build' made for this report"
        )


def _refuse_other_schools(results: pd.DataFrame, *, allowed: tuple[str, ...]) -> None:
    schools = results.loc[results["level"] == Level.SCHOOL, "unit"].unique()
    if others := sorted(set(schools) - set(allowed)):
        raise ProtectionError(
            f"the slice of school unit {allowed[0]} holds numbers of other schools: {', '.join(others)}\n"
            "  next:     build again; this is a fault of skq, not of the input"
        )


def _own_row(units: pd.DataFrame, code: str) -> pd.Series:
    rows = units[(units["level"] == Level.SCHOOL) & (units["unit"] == code)]
    if len(rows) != 1:
        raise ProtectionError(
            f"the slice of school unit {code} has {len(rows)} rows for it in its list of units, expected one"
        )
    return rows.iloc[0]


def _former_codes(own: pd.Series) -> tuple[str, ...]:
    code = own["predecessor_code"]
    return (str(code),) if isinstance(code, str) and code else ()


def _organizer_name(units: pd.DataFrame, own: pd.Series) -> str:
    rows = units[(units["level"] == Level.ORGANIZER) & (units["unit"] == own["organizer"])]
    name = rows["name"].iloc[0] if len(rows) else own["organizer"]
    return str(name) if isinstance(name, str) else ""


def _units_by_level(units: pd.DataFrame, school_codes: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    above = units[units["level"] != Level.SCHOOL]
    found = {str(level): tuple(sorted(above.loc[above["level"] == level, "unit"])) for level in Level}
    return {**found, str(Level.SCHOOL): school_codes, str(Level.NATION): ("SE",)}


def _whole(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)
