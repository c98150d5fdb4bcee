"""Checks that hold for every table alike: no two rows for one key, and codes that their register knows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
import pandas as pd

from skq.schema import TABLES
from skq.sources import Tables
from skq.sources.findings import Finding, Origins
from skq.validate.marks import complete, found_where, in_school_years, numbered, same_as_in

OF_PUPILS = ("grades", "national_tests", "forecasts", "attendance")
PUPIL_IN_YEAR = ("pupil_id", "school_year")
CALENDAR_YEARS = {"economy": "fiscal_year", "sick_leave": "year"}


def check_keys(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield every row that has the key of an earlier row of its table."""
    for name in tables:
        frame, key = tables[name], list(TABLES[name].key)
        told = [column for column in key if not TABLES[name][column].nullable]
        numbers = pd.Series(numbered([frame], key)[0], index=frame.index)
        if not (np.diff(np.sort(numbers)) == 0).any():
            continue
        mask = numbers.duplicated() & complete(frame, told)
        first = _first_of(numbers, mask)
        if name == "school_units":
            mask &= ~_names_differ(frame)
        headers = ", ".join(TABLES[name][column].header for column in key)
        yield from found_where(
            mask,
            name,
            None,
            code="double-row",
            found=partial(_same_key, first=first, origins=origins[name]),
            expected=f"one row for each {headers}",
            next_step="remove one of the rows, or correct what tells them apart",
        )


def _same_key(position: int, *, first: dict[int, int], origins: Origins) -> str:
    return f"a second row for the key of {origins.place(first[position])}"


def _quoted(position: int, *, code: pd.Series) -> str:
    return repr(code.iloc[position])


def _quoted_with_year(position: int, *, code: pd.Series, year: pd.Series) -> str:
    return f"{code.iloc[position]!r} in {year.iloc[position]}"


def _pupil_in(position: int, *, year: pd.Series) -> str:
    return f"a pupil that pupils (elever) does not have in {year.iloc[position]}"


def _first_of(numbers: pd.Series, again: pd.Series) -> dict[int, int]:
    """Return, for each repeated row, the first row that has its number."""
    alike = numbers[numbers.isin(numbers[again])]
    head = alike.index.to_series().groupby(alike).transform("first")
    return {int(position): int(head[position]) for position in again.index[again]}


def _names_differ(units: pd.DataFrame) -> pd.Series:
    return units.groupby(["school_unit_code", "school_year"], dropna=False)["name"].transform("nunique") > 1


def check_unit_names(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield every later row of a unit that has two names in one school year."""
    units = tables["school_units"]
    if units.empty:
        return
    mask = _names_differ(units) & units.duplicated(["school_unit_code", "school_year"])
    yield from found_where(
        mask & complete(units, ["school_unit_code", "school_year"]),
        "school_units",
        "name",
        code="two-names",
        found="another name for a unit that has a row in this school year",
        expected="one row and one name for each unit and school year",
        next_step="keep the row with the right name",
    )


def check_units_known(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield every row about a unit that the register of units does not have, or not in that year."""
    units = tables["school_units"]
    for name in tables:
        frame = tables[name]
        if name == "school_units" or "school_unit_code" not in frame:
            continue
        given = frame["school_unit_code"].notna()
        known = frame["school_unit_code"].isin(units["school_unit_code"])
        code, year = frame["school_unit_code"], frame[CALENDAR_YEARS.get(name, "school_year")]
        yield from found_where(
            given & ~known,
            name,
            "school_unit_code",
            code="unknown-unit",
            found=partial(_quoted, code=code),
            expected="a unit that school_units (skolenheter) has",
            next_step="add the unit to the register, or correct the code",
        )
        yield from found_where(
            given & known & ~_in_register_that_year(name, frame, units),
            name,
            "school_unit_code",
            code="unit-not-that-year",
            found=partial(_quoted_with_year, code=code, year=year),
            expected="a unit that school_units (skolenheter) has in the year of the row",
            next_step="add the unit's row for that year, or use the code that was valid then",
        )


def _in_register_that_year(name: str, frame: pd.DataFrame, units: pd.DataFrame) -> pd.Series:
    """Return whether the unit has a row for the year; a calendar year is met by either school year in it."""
    year = CALENDAR_YEARS.get(name)
    if year is None:
        return same_as_in(frame, units, ["school_unit_code", "school_year"]) | frame["school_year"].isna()
    autumn = in_school_years(units["school_year"])
    codes = units["school_unit_code"]
    met = pd.concat([pd.DataFrame({"school_unit_code": codes, year: autumn + step}) for step in (0, 1)])
    return same_as_in(frame, met, ["school_unit_code", year]) | frame[year].isna()


def check_pupils_known(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield every row about a pupil that the pupil register does not have, or not in that school year."""
    pupils = tables["pupils"]
    for name in OF_PUPILS:
        frame = tables[name]
        if frame.empty:
            continue
        strange = complete(frame, PUPIL_IN_YEAR) & ~same_as_in(frame, pupils, PUPIL_IN_YEAR)
        if not strange.any():
            continue
        known = same_as_in(frame, pupils, ["pupil_id"])
        unsure = same_as_in(frame, pupils[pupils["school_year"].isna()], ["pupil_id"])
        yield from found_where(
            strange & ~known,
            name,
            "pupil_id",
            code="unknown-pupil",
            found="a pupil that pupils (elever) does not have in any school year",
            expected="the pseudonym of a pupil in pupils (elever)",
            next_step="check that both tables were pseudonymised with the same key",
        )
        yield from found_where(
            strange & known & ~unsure,
            name,
            "pupil_id",
            code="pupil-not-that-year",
            found=partial(_pupil_in, year=frame["school_year"]),
            expected="a row in pupils (elever) for the pupil in that school year",
            next_step="add the pupil's row for that school year, or correct the school year",
        )
