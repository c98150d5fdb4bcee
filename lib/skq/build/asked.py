"""What is asked for, held against what was read: school year and schools, before anything is computed or written."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from skq.build.combine import all_units
from skq.build.raw import Raw
from skq.build.reports import Report, present_schools
from skq.build.request import Request
from skq.build.unknown import refuse_unknown
from skq.errors import SettingsError
from skq.terms import ANNUAL, Level

NEWEST = "leave out --school-year (and school_year in skq.toml) for the newest"


def refuse_unread(request: Request, raw: Raw) -> None:
    """Raise SettingsError for a school year without any school to report on, or a school that nothing read knows.

    Only where they were asked for: without, the school year is the newest with results, which are not known yet.
    """
    year, units = request.settings.school_year, all_units(raw, request.settings)
    if year and year not in (years := school_years(raw, units)):
        raise _no_school(year, "the school year that was asked for", years, f"correct the school year, or {NEWEST}")
    schools = units[units["level"].eq(str(Level.SCHOOL))]
    if year:
        schools = schools[schools["unit"].isin(present_schools(units, raw, year))]
    known = dict(zip(schools["unit"], schools["name"].fillna(""), strict=True))
    refuse_unknown(request.schools, known, where=f"in {year}" if year else "in the data")


def refuse_no_school(year: str, reports: Sequence[Report], raw: Raw, units: pd.DataFrame) -> None:
    """Raise SettingsError where own registers have no school in *year*, found to be the newest: *reports* has none.

    So it is where official statistics are newer than the registers beside them.
    """
    if raw.own is None or any(unit.key != ANNUAL for _, unit in reports):
        return
    years = school_years(raw, units)
    next_step = f"add the schools of {year} to the table school_units" + (
        f", or give --school-year {years[-1]}" if years else ""
    )
    raise _no_school(year, "the newest school year with results", years, next_step)


def school_years(raw: Raw, units: pd.DataFrame) -> list[str]:
    """Return the school years in which there is a school to report on, oldest first.

    That is by own registers if there are any, otherwise by any figure of a school (of anything where none is of one).
    """
    if raw.own is not None:
        years = sorted(set(raw.own["school_units"]["school_year"]))
        return [year for year in years if present_schools(units, raw, year)]
    if raw.official is None:
        return []
    results = raw.official.results
    of_schools = results[results["level"].eq(str(Level.SCHOOL))]
    return sorted(set((of_schools if len(of_schools) else results)["school_year"]))


def _no_school(year: str, what: str, years: Sequence[str], next_step: str) -> SettingsError:
    return SettingsError(
        f"no school has anything to report of {year}; nothing was built and nothing was changed\n"
        f"  expected: a school year of the data: {', '.join(years) or 'there is none'}\n"
        f"  found:    {year}, {what}\n"
        f"  next:     {next_step}"
    )
