"""A slice of protected tables -> the report of one school.

`open_report` is the first line of every template notebook and refuses everything that could put one school's numbers
into another school's report.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import pandas as pd

from skq.errors import ProtectionError
from skq.report.context import SchoolReport
from skq.report.judged import estimates_of, goals_of
from skq.report.numbers import Numbers
from skq.report.parameters import refuse_faulty, refuse_other
from skq.report.years import autumn_metrics, autumn_years, years_to
from skq.store import Slice, read_slice
from skq.terms import Breakdown, Level


def open_report(
    school_unit_code: str, school_year: str, protected_folder: str, *, only: Collection[str] = ()
) -> SchoolReport:
    """Return the report of the school unit for the school year, read from its slice of protected tables.

    With *only*, one that knows the numbers of these metrics and no others.

    Raises ParameterError when a parameter is empty or malformed, ProtectionError when the slice belongs to another
    school or school year, SourceError when it cannot be read.
    """
    refuse_faulty(school_unit_code=school_unit_code, school_year=school_year, protected_folder=protected_folder)
    part = read_slice(Path(protected_folder), only=only)
    refuse_other("school unit", asked=school_unit_code, found=str(part.meta.get("school_unit_code")))
    refuse_other("school year", asked=school_year, found=str(part.meta.get("school_year")))
    years = years_to(school_year, part.meta["school_years"])
    own = _own_row(part.units, school_unit_code)
    _refuse_other_schools(part.results.frame, allowed=(school_unit_code, *_former_codes(own)))
    return SchoolReport(
        school_unit_code=school_unit_code,
        school_year=school_year,
        school_years=years,
        autumn_years=autumn_years(part.results.frame, years, autumn_metrics()),
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
        estimates=estimates_of(part.estimates),
        goals=goals_of(part.goals),
        peers=dict(part.meta.get("judgement", {}).get("peers", {}).get("names", {})),
        meta=part.meta,
    )


BEHIND_GAPS = "subject_points_mean"
"""The metric whose gap between the sexes is told; girls and boys behind it stand in its download."""


def _numbers(part: Slice) -> Numbers:
    """Return what a report speaks of: the school's numbers of all pupils, the gaps, and what lies above; no more."""
    results, comparisons = part.results.frame, part.comparisons.frame
    level, split = results["level"], results["breakdown"]
    above = level.isin([Level.MUNICIPALITY, Level.NATION]) & split.eq(Breakdown.ALL)
    whole = split.isin([Breakdown.ALL, Breakdown.PERIOD, Breakdown.RATER])
    sexes = split.eq(Breakdown.SEX) & results["metric"].eq(BEHIND_GAPS)
    own = level.eq(Level.SCHOOL) & (whole | sexes)
    differences = comparisons["level"].eq(Level.SCHOOL) & comparisons["breakdown"].isin([Breakdown.ALL, Breakdown.SEX])
    kept = (own | above).to_numpy(dtype=bool), differences.to_numpy(dtype=bool)
    return Numbers.of(part.results.only(kept[0]), part.comparisons.only(kept[1]))


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
