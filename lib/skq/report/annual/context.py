"""The annual slice of protected tables -> the annual analysis of a municipality: its schools, levels and numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from skq import catalog
from skq.errors import ProtectionError
from skq.protect import ProtectedTable
from skq.report import sv
from skq.report.annual.contents import ROWS, numbers, wholes
from skq.report.numbers import METRIC, Difference, Numbers, Point, Series
from skq.report.parameters import refuse_faulty
from skq.report.rows import Key
from skq.report.years import AUTUMN_FAMILIES, autumn_years
from skq.store import read_slice
from skq.terms import Breakdown, Level, SchoolYear

PUBLICATION = "annual-analysis"
NATION = "SE"


@dataclass(frozen=True)
class Unit:
    """One school, area or organizer: its code, its name and where it belongs."""

    level: str
    code: str
    name: str
    area: str
    organizer: str
    grade_years: tuple[int | None, int | None] = (None, None)
    former_code: str = ""


@dataclass(frozen=True)
class AnnualAnalysis:
    """What the annual analysis may know; frozen, made by `open_annual_analysis`.

    `numbers` holds the measures that the analysis speaks of, `wholes` the municipality's numbers of all pupils, of
    which any may have a goal; `estimates` and `goals` are what is said of them, in the form of docs/architecture.md.
    `results` is every number of the slice in `folder`, for seminars: it is read when it is asked for.
    """

    municipality_code: str
    municipality_name: str
    school_year: str
    school_years: tuple[str, ...]
    autumn_years: tuple[str, ...]
    units: tuple[Unit, ...]
    numbers: Numbers
    wholes: Mapping[Key, Point]
    folder: Path
    estimates: pd.DataFrame
    goals: pd.DataFrame
    meta: Mapping[str, Any]

    @cached_property
    def results(self) -> ProtectedTable:
        """Every number of the slice."""
        return read_slice(self.folder, rows={"comparisons": (), "estimates": ()}).results

    def at(self, level: str) -> tuple[Unit, ...]:
        """Return the units of *level*, by name in Swedish order."""
        return tuple(sorted((u for u in self.units if u.level == level), key=lambda unit: sv.order(unit.name)))

    @property
    def schools(self) -> tuple[Unit, ...]:
        """The school units, by name."""
        return self.at(Level.SCHOOL)

    def years_of(self, metric: str) -> tuple[str, ...]:
        """Return the school years over which *metric* is shown, oldest first.

        Pupils and staff are counted in the autumn, so their newest year may be the one after that of the analysis.
        """
        known = catalog.metrics().get(metric)
        return self.autumn_years if known and known.family in AUTUMN_FAMILIES else self.school_years

    def series(self, metric: str, unit: Unit | None = None, **which: Any) -> Series:
        """Return *metric* over the years of the analysis, for *unit* (default: the municipality)."""
        level, codes = Level.MUNICIPALITY, (self.municipality_code,)
        if unit is not None:
            level = Level(unit.level)
            codes = (unit.code, *((unit.former_code,) if unit.former_code else ()))
        return self.numbers.series(metric, level=level, units=codes, school_years=self.years_of(metric), **which)

    def nation(self, metric: str, **which: Any) -> Series:
        """Return *metric* of the nation over the years of the analysis."""
        years = self.years_of(metric)
        return self.numbers.series(metric, level=Level.NATION, units=(NATION,), school_years=years, **which)

    def spread(self, metric: str, level: str = Level.SCHOOL, **which: Any) -> list[tuple[Unit, Point]]:
        """Return each unit of *level* with its number of the newest year in which any of them has one.

        Units for which no source has the number in that year are left out; hidden numbers are kept as such.
        """
        found = [(unit, self.series(metric, unit, **which)) for unit in self.at(level)]
        known = self.years_of(metric)
        years = [year for year in known if any(known_in(series, year) for _, series in found)]
        if not years:
            return []
        return [(unit, series.at(years[-1])) for unit, series in found if series.at(years[-1]).recorded]

    def previous(self, point: Point) -> Point:
        """Return the municipality's number of the school year before that of *point*."""
        year = str(SchoolYear.parse(point.school_year).previous)
        known = self.years_of(point.metric)
        years = known if year in known else (year, *known)
        series = self.numbers.series(
            point.metric, level=point.level, units=(point.unit,), school_years=years, grade_year=point.grade_year,
            subject=point.subject, breakdown=point.breakdown, category=point.category,
        )  # fmt: skip
        return series.at(year)

    def points(self, metric: str, level: str = Level.MUNICIPALITY, **which: Any) -> tuple[Point, ...]:
        """Return every number of *metric* at *level* that a source has in the years of the analysis, oldest first.

        *which* names fields that must be equal: `points("cohort_change", subject="3")`.
        """
        years = self.years_of(metric) if metric in self._by_metric else ()
        found = [
            point
            for point in map(self.numbers.points.__getitem__, self._by_metric.get(metric, ()))
            if point.level == level and point.school_year in years
            and all(getattr(point, field) == wanted for field, wanted in which.items())
        ]  # fmt: skip
        return tuple(sorted(found, key=_in_order))

    @cached_property
    def _by_metric(self) -> Mapping[str, list[Key]]:
        found: dict[str, list[Key]] = {}
        for key in self.numbers.points:
            found.setdefault(key[METRIC], []).append(key)
        return found

    def whole(self, metric: str, school_year: str, *, grade_year: int | None, subject: str) -> Point | None:
        """Return the municipality's number of all pupils of any *metric*, None where no source has it."""
        every = str(Breakdown.ALL)
        key = (metric, str(Level.MUNICIPALITY), self.municipality_code, school_year, grade_year, subject, every, every)
        return self.wholes.get(key)

    def named(self, code: str) -> Unit | None:
        """Return the school with the unit code *code*, by its former code too; None where it is not known."""
        return self._by_code.get(code)

    @cached_property
    def _by_code(self) -> Mapping[str, Unit]:
        former = {unit.former_code: unit for unit in self.schools if unit.former_code}
        return {**former, **{unit.code: unit for unit in self.schools}}

    def difference(self, kind: str, point: Point) -> Difference | None:
        """Return the change or the distance that belongs to *point*, None where none was computed."""
        return self.numbers.difference(kind, point)


def _in_order(point: Point) -> tuple[Any, ...]:
    grade_year = -1 if point.grade_year is None else point.grade_year
    return (point.school_year, grade_year, point.subject, point.unit, point.breakdown, point.category)


def known_in(series: Series, school_year: str) -> bool:
    """Whether a source says something about *school_year*: a number, or that it is hidden."""
    point = series.at(school_year)
    return point.shown or point.hidden


def open_annual_analysis(municipality_code: str, school_year: str, protected_folder: str) -> AnnualAnalysis:
    """Return the annual analysis of the municipality for the school year, read from the slice of all its units.

    Raises ParameterError when a parameter is empty or malformed, ProtectionError when the slice belongs to another
    municipality, year or publication, SourceError when it cannot be read.
    """
    refuse_faulty(municipality_code=municipality_code, school_year=school_year, protected_folder=protected_folder)
    part = read_slice(Path(protected_folder), rows=ROWS)
    asked = {"publication": PUBLICATION, "municipality_code": municipality_code, "school_year": school_year}
    for field, value in asked.items():
        if str(part.meta.get(field)) != str(value):
            raise ProtectionError(
                f"the slice is not the one of the annual analysis that was asked for: its {field} differs\n"
                f"  expected: {value}\n  found:    {part.meta.get(field)}\n"
                "  next:     give the folder that 'skq build' made for the annual analysis"
            )
    municipality_name = str(part.meta["municipality_name"])
    years = _five_years(school_year, part.meta["school_years"])
    return AnnualAnalysis(
        municipality_code=municipality_code,
        municipality_name=municipality_name,
        school_year=school_year,
        school_years=years,
        autumn_years=autumn_years(part.results.frame, years, ("pupil_count",)),
        units=tuple(_unit(row, municipality_name) for row in part.units.to_dict("records")),
        numbers=numbers(part),
        wholes=wholes(part),
        folder=Path(protected_folder).resolve(),
        estimates=part.estimates,
        goals=part.goals,
        meta=part.meta,
    )


def _five_years(school_year: str, told: Sequence[str]) -> tuple[str, ...]:
    return tuple(year for year in told if year <= school_year)


def _unit(row: Mapping[Any, Any], municipality_name: str) -> Unit:
    whole = row["level"] == Level.MUNICIPALITY
    return Unit(
        level=str(row["level"]),
        code=str(row["unit"]),
        name=municipality_name if whole else _text(row["name"]) or str(row["unit"]),
        area=_text(row["area"]),
        organizer=_text(row["organizer"]),
        grade_years=(_grade_year(row["first_grade_year"]), _grade_year(row["last_grade_year"])),
        former_code=_text(row["predecessor_code"]),
    )


def _grade_year(value: Any) -> int | None:
    return None if value is None or pd.isna(value) else int(value)


def _text(value: Any) -> str:
    return "" if value is None or pd.isna(value) else str(value)
