"""The annual slice of protected tables -> the annual analysis of a municipality: its schools, levels and numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from skq import catalog
from skq.errors import ParameterError, ProtectionError
from skq.protect import ProtectedTable
from skq.report import sv
from skq.report.context import AUTUMN_FAMILIES
from skq.report.numbers import Difference, Numbers, Point, Series
from skq.store import Slice, read_slice
from skq.terms import Level, SchoolYear

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

    `numbers` holds the measures that the analysis speaks of, `results` every number of the slice.
    """

    municipality_code: str
    municipality_name: str
    school_year: str
    school_years: tuple[str, ...]
    autumn_years: tuple[str, ...]
    units: tuple[Unit, ...]
    numbers: Numbers
    results: ProtectedTable
    meta: Mapping[str, Any]

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
        return self.autumn_years if catalog.metric(metric).family in AUTUMN_FAMILIES else self.school_years

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

    def difference(self, kind: str, point: Point) -> Difference | None:
        """Return the change or the distance that belongs to *point*, None where none was computed."""
        return self.numbers.difference(kind, point)


def known_in(series: Series, school_year: str) -> bool:
    """Whether a source says something about *school_year*: a number, or that it is hidden."""
    point = series.at(school_year)
    return point.shown or point.hidden


def open_annual_analysis(municipality_code: str, school_year: str, protected_folder: str) -> AnnualAnalysis:
    """Return the annual analysis of the municipality for the school year, read from the slice of all its units.

    Raises ParameterError when a parameter is empty or malformed, ProtectionError when the slice belongs to another
    municipality, year or publication, SourceError when it cannot be read.
    """
    _refuse_empty(municipality_code=municipality_code, school_year=school_year, protected_folder=protected_folder)
    part = read_slice(Path(protected_folder))
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
        autumn_years=_autumn_years(years, part.results.frame),
        units=tuple(_unit(row, municipality_name) for row in part.units.to_dict("records")),
        numbers=_numbers(part),
        results=part.results,
        meta=part.meta,
    )


def _refuse_empty(**parameters: str) -> None:
    if empty := [name for name, value in parameters.items() if not str(value).strip()]:
        raise ParameterError(
            f"the notebook was started without {', '.join(empty)}\n"
            "  expected: municipality_code, school_year and protected_folder, all filled in\n"
            "  next:     run it through 'skq build', or fill in the cell tagged 'parameters'"
        )
    try:
        SchoolYear.parse(parameters["school_year"])
    except ValueError as error:
        raise ParameterError(f"school_year: {error}") from error


OF_SCHOOLS = (
    "merit_rating_17", "all_subjects_passed_share", "eligible_vocational_share", "pupil_count",
    "certified_teacher_share", "salsa_expected", "salsa_residual", "merit_icc", "merit_sd",
)  # fmt: skip
OF_SUBJECTS = ("subject_passed_share", "subject_points_mean", "test_points_mean", "grade_test_net_pp")
"""Measures that the analysis speaks of: at every level, and of the municipality alone."""


def _numbers(part: Slice) -> Numbers:
    """Return the numbers that the analysis speaks of; the slice holds ten times as many, which only take time."""
    everywhere = Numbers.of(
        part.results.select(metric=list(OF_SCHOOLS)), part.comparisons.select(metric=list(OF_SCHOOLS))
    )
    of_subjects = {"metric": list(OF_SUBJECTS), "level": str(Level.MUNICIPALITY)}
    subjects = Numbers.of(part.results.select(**of_subjects), part.comparisons.select(**of_subjects))
    return Numbers({**everywhere.points, **subjects.points}, {**everywhere.differences, **subjects.differences})


def _five_years(school_year: str, told: Sequence[str]) -> tuple[str, ...]:
    return tuple(year for year in told if year <= school_year)


def _autumn_years(years: tuple[str, ...], results: pd.DataFrame) -> tuple[str, ...]:
    """Return as many years as *years*, ending with the newest in which the schools' pupils are known."""
    of_schools = results["level"].eq(Level.SCHOOL) & results["metric"].eq("pupil_count") & results["value"].notna()
    newest = SchoolYear.parse(max([years[-1], *results.loc[of_schools, "school_year"]]))
    return tuple(str(SchoolYear(newest.start - back)) for back in reversed(range(len(years))))


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
