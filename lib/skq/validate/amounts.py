"""Checks of numbers that bound each other: hours, answers, full-time equivalents, dates."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from skq.sources import Tables
from skq.sources.findings import Finding, Origins
from skq.validate.marks import found_where

TOLERANCE = 1e-6
GUARDIANS_PER_PUPIL = 2


def check_absence(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield every pupil and term with more hours of absence than of teaching."""
    hours = tables["attendance"]
    absent = hours["valid_absence_hours"] + hours["invalid_absence_hours"]
    yield from found_where(
        absent > hours["offered_hours"] + TOLERANCE,
        "attendance",
        "offered_hours",
        code="absence-above-offered",
        found=lambda position: (
            f"{absent.iloc[position]:g} hours of absence of {hours['offered_hours'].iloc[position]:g} offered"
        ),
        expected="valid and invalid absence together at most the hours offered",
        next_step="check whether one column counts minutes or lessons instead of hours",
    )


def check_answers(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield every item with more answers than persons invited (for guardians: two for each pupil), on its last row."""
    survey = tables["survey"]
    item = ["school_unit_code", "school_year", "respondent_group", "area", "item"]
    answers = survey.groupby(item, dropna=False)["count"].transform("sum").astype("Int64")
    room = survey["invited_count"] * 1
    room = room.mask(survey["respondent_group"] == "guardians", room * GUARDIANS_PER_PUPIL)
    yield from found_where(
        (answers > room) & ~survey.duplicated(item, keep="last"),
        "survey",
        "count",
        code="answers-above-invited",
        found=lambda position: (
            f"{answers.iloc[position]} answers to the item of {survey['invited_count'].iloc[position]} invited"
        ),
        expected="at most one answer for each person invited (guardians: two for each pupil)",
        next_step="check the counts and the number invited",
    )


def check_invited(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield every group of respondents at a unit for which two numbers of invited are given."""
    survey = tables["survey"]
    group = ["school_unit_code", "school_year", "respondent_group"]
    first = survey.groupby(group, dropna=False)["invited_count"].transform("first")
    yield from found_where(
        survey["invited_count"] != first,
        "survey",
        "invited_count",
        code="invited-differs",
        found=lambda position: (
            f"{survey['invited_count'].iloc[position]} invited, and {first.iloc[position]} in an earlier row"
        ),
        expected="one number of invited for each unit, school year and group",
        next_step="correct the number invited",
    )


def check_reversed(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield every item that is reversed in one row and not in another of the same group and school year."""
    survey = tables["survey"]
    item = ["school_year", "respondent_group", "area", "item"]
    marked = survey["reversed"].fillna(False)
    first = marked.groupby([survey[column] for column in item], dropna=False).transform("first")
    yield from found_where(
        marked != first,
        "survey",
        "reversed",
        code="reversed-differs",
        found="an item that is reversed in one row and not in another",
        expected="the same mark in all rows of an item",
        next_step="decide whether agreeing with the item is negative, and mark every row so",
    )


def check_certified(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield every teacher with more certified than worked time, or with certified time but without any certificate."""
    staff = tables["staff"]
    above = staff["certified_fte"] > staff["fte"] + TOLERANCE
    yield from found_where(
        above,
        "staff",
        "certified_fte",
        code="certified-above-fte",
        found=lambda position: (
            f"{staff['certified_fte'].iloc[position]:g} certified of {staff['fte'].iloc[position]:g}"
        ),
        expected="certified full-time equivalents at most all full-time equivalents",
        next_step="correct one of the two numbers",
    )
    yield from found_where(
        ~above & (staff["certified_fte"] > 0) & ~staff["certified_any"].fillna(True),
        "staff",
        "certified_any",
        code="certified-contradicts",
        found=lambda position: f"nej, with {staff['certified_fte'].iloc[position]:g} certified full-time equivalents",
        expected="ja for everyone with certified time",
        next_step="correct one of the two columns",
    )


def check_sick_hours(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield every group with more sick hours than available hours."""
    leave = tables["sick_leave"]
    yield from found_where(
        leave["sick_hours"] > leave["available_hours"] + TOLERANCE,
        "sick_leave",
        "sick_hours",
        code="sick-above-available",
        found=lambda position: (
            f"{leave['sick_hours'].iloc[position]:g} of {leave['available_hours'].iloc[position]:g} hours"
        ),
        expected="sick hours at most the ordinary available hours",
        next_step="correct one of the two numbers",
    )


def check_commitment_dates(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield every commitment that ends before it begins."""
    commitments = tables["commitments"]
    begins, ends = commitments["start_date"], commitments["end_date"]
    yield from found_where(
        pd.Series(ends < begins),
        "commitments",
        "end_date",
        code="end-before-start",
        found=lambda position: f"{begins.iloc[position].date()} to {ends.iloc[position].date()}",
        expected="a last day on or after the first",
        next_step="swap or correct the two dates",
    )
