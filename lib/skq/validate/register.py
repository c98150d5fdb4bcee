"""Checks of the unit register and the pupil register: order of grade years, successors, enrolments."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from skq.sources import Tables
from skq.sources.findings import Finding, Origins
from skq.validate.marks import complete, found_where, in_school_years


def check_unit_grade_years(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield every unit whose lowest grade year is above its highest."""
    units = tables["school_units"]
    yield from found_where(
        units["first_grade_year"] > units["last_grade_year"],
        "school_units",
        "first_grade_year",
        code="first-after-last",
        found=lambda position: (
            f"{units['first_grade_year'].iloc[position]} to {units['last_grade_year'].iloc[position]}"
        ),
        expected="the lowest grade year not above the highest",
        next_step="swap or correct the two grade years",
    )


def check_successors(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield every successor that the register does not have, and every unit that succeeds itself."""
    units = tables["school_units"]
    successor = units["successor_code"]
    itself = successor == units["school_unit_code"]
    yield from found_where(
        successor.notna() & ~successor.isin(units["school_unit_code"]),
        "school_units",
        "successor_code",
        code="unknown-successor",
        found=lambda position: repr(successor.iloc[position]),
        expected="the code of a unit in the same register",
        next_step="add the successor's own rows, or correct the code",
    )
    yield from found_where(
        itself & successor.notna(),
        "school_units",
        "successor_code",
        code="own-successor",
        found=lambda position: f"{successor.iloc[position]!r}, the unit itself",
        expected="the code of another unit, or a blank cell",
        next_step="clear the cell, or name the unit that continues this one",
    )


def check_enrolment_dates(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield every enrolment that ends before it begins, or lies outside the school year of its row."""
    pupils = tables["pupils"]
    begins, ends = pupils["enrolled_from"], pupils["enrolled_to"]
    autumn = in_school_years(pupils["school_year"])
    first = pd.to_datetime(autumn.astype("str") + "-07-01", errors="coerce")
    last = pd.to_datetime((autumn + 1).astype("str") + "-07-31", errors="coerce")
    backwards = ends < begins
    yield from found_where(
        backwards,
        "pupils",
        "enrolled_to",
        code="end-before-start",
        found=lambda position: f"{begins.iloc[position].date()} to {ends.iloc[position].date()}",
        expected="a last day on or after the first",
        next_step="swap or correct the two dates",
    )
    yield from found_where(
        ~backwards & ((begins > last) | (ends < first)),
        "pupils",
        "enrolled_from",
        code="date-outside-year",
        found=lambda position: f"an enrolment that does not meet {pupils['school_year'].iloc[position]}",
        expected="an enrolment with at least one day between 1 July and 31 July of the school year",
        next_step="correct the dates or the school year",
    )


def check_one_school(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield every enrolment that begins before an earlier one of the same pupil and school year has ended.

    A missing first day stands for the start of the school year, a missing last day for its end.
    """
    pupils = tables["pupils"]
    told = pupils[complete(pupils, ["pupil_id", "school_unit_code", "school_year"])]
    several = told[told.duplicated(["pupil_id", "school_year"], keep=False)]
    several = several[several["enrolled_to"].isna() | ~(several["enrolled_to"] < several["enrolled_from"])]
    if several.empty:
        return
    spans = several.assign(
        begins=several["enrolled_from"].fillna(pd.Timestamp("1900-01-01")),
        ends=several["enrolled_to"].fillna(pd.Timestamp("2200-01-01")),
    ).sort_values(["pupil_id", "school_year", "begins", "ends"], kind="stable")
    same = spans.groupby(["pupil_id", "school_year"], sort=False)
    latest_end = same["ends"].transform("cummax")
    before = latest_end.groupby([spans["pupil_id"], spans["school_year"]], sort=False).shift()
    previous_unit = same["school_unit_code"].shift()
    overlaps = (spans["begins"] <= before) & (previous_unit != spans["school_unit_code"])
    mask = pd.Series(False, index=pupils.index)
    mask.loc[overlaps[overlaps].index] = True
    earlier = pd.Series(spans.index, index=spans.index).groupby([spans["pupil_id"], spans["school_year"]]).shift()
    dated = pupils["enrolled_from"].notna() | pupils["enrolled_to"].notna()
    place = origins["pupils"].place if "pupils" in origins else str
    yield from found_where(
        mask,
        "pupils",
        "school_unit_code",
        code="two-schools",
        found=lambda position: (
            "a pupil who at the same time is enrolled at another unit "
            f"({place(int(earlier[position]))}{'' if dated[position] else '; without dates'})"
        ),
        expected="one unit at a time for each pupil",
        next_step="fill in the first and last day of both enrolments, or remove one of the rows",
    )


def check_grade_year_of_unit(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield every pupil whose grade year the unit does not have that school year."""
    pupils = tables["pupils"]
    key = ["school_unit_code", "school_year"]
    limits = tables["school_units"][[*key, "first_grade_year", "last_grade_year"]].drop_duplicates(key)
    joined = pupils[[*key, "grade_year"]].merge(limits, on=key, how="left", validate="many_to_one")
    outside = (joined["grade_year"] < joined["first_grade_year"]) | (joined["grade_year"] > joined["last_grade_year"])
    yield from found_where(
        outside,
        "pupils",
        "grade_year",
        code="grade-year-not-at-unit",
        found=lambda position: (
            f"grade year {joined['grade_year'][position]} at a unit with grade years "
            f"{joined['first_grade_year'][position]} to {joined['last_grade_year'][position]}"
        ),
        expected="a grade year that the unit has that school year",
        next_step="correct the grade year or unit of the pupil, or the grade years of the unit",
    )
