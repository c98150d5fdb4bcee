"""Checks of surveys: which answers and groups belong to which areas, and that nothing is handed in twice."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pandas as pd

from skq.schema.parts import HME_AREAS, HME_ITEMS_PER_AREA
from skq.sources import Tables
from skq.sources.findings import Finding, Origins
from skq.validate.amounts import GUARDIANS_PER_PUPIL
from skq.validate.marks import complete, found_where, same_as_in

COUNTS, ANSWERS = "survey", "survey_answers"
GROUP = ["school_year", "respondent_group"]
MANY_FOURS = 20
"""So many answers 4 about HME without a single 5 are no chance: words were read as those of four steps."""


def check_five_steps(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield every answer 5 to an item of another area than those of HME, whose items alone have five steps."""
    for name in _given(tables):
        rows = tables[name]
        yield from found_where(
            rows["answer"].eq("5") & rows["area"].notna() & ~rows["area"].isin(HME_AREAS),
            name,
            "answer",
            code="answer-5-outside-hme",
            found="the answer 5 to an item with four steps",
            expected="an answer from 1 to 4, or vet ej; only the items of HME have five steps",
            next_step="correct the answer, or the area",
        )


def check_hme_of_staff(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield every answer in an area of HME that is not the staff's."""
    for name in _given(tables):
        rows = tables[name]
        yield from found_where(
            rows["area"].isin(HME_AREAS) & rows["respondent_group"].notna() & rows["respondent_group"].ne("staff"),
            name,
            "respondent_group",
            code="hme-of-others",
            found="others than the staff answering about HME",
            expected="only personal in the three areas of HME",
            next_step="correct the group, or the area",
        )


def check_hme_items(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield, on its first row, every area of HME that has not got its three items in a school year."""
    for name in _given(tables):
        rows = tables[name]
        area = ["school_year", "area"]
        told = rows["area"].isin(HME_AREAS) & complete(rows, [*area, "item"])
        items = rows["item"].groupby([rows[column] for column in area]).transform("nunique")
        yield from found_where(
            told & items.ne(HME_ITEMS_PER_AREA) & ~rows.duplicated(area),
            name,
            "item",
            code="hme-items",
            found=partial(_so_many, items=items),
            expected=f"{HME_ITEMS_PER_AREA} items in each area of HME, worded alike for all units",
            next_step="give each statement one wording, and leave out items that do not belong to HME",
        )


def check_hme_in_digits(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield, on its first row about HME, every school year in which many answered 4 and nobody 5.

    Words such as *stämmer mycket bra* mean 4, the highest of four steps; in HME they would be 5.
    """
    for name in _given(tables):
        rows = tables[name]
        hme = rows["area"].isin(HME_AREAS) & rows["school_year"].notna()
        persons = rows["count"].astype("Float64") if "count" in rows else pd.Series(1.0, rows.index)
        fours, fives = (
            persons.where(hme & rows["answer"].eq(step), 0).groupby(rows["school_year"], dropna=False).transform("sum")
            for step in ("4", "5")
        )
        first = ~rows.assign(hme=hme).duplicated(["school_year", "hme"])
        yield from found_where(
            hme & first & fives.eq(0) & fours.ge(MANY_FOURS),
            name,
            "answer",
            code="hme-in-words",
            found=partial(_fours_alone, fours=fours),
            expected="answers 1 to 5 in digits; words are those of the other areas, where 4 is the highest",
            next_step="write the answers about HME as digits, 5 for those who agree most",
        )


def check_handed_in_once(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield, on its first row, every group and school year with answers one by one that is counted in `survey` too."""
    if set(_given(tables)) != {COUNTS, ANSWERS}:
        return
    answers, counts = tables[ANSWERS], tables[COUNTS]
    known = complete(answers, GROUP)
    yield from found_where(
        known & same_as_in(answers, counts, GROUP) & ~answers.duplicated(GROUP),
        ANSWERS,
        "respondent_group",
        code="counted-too",
        found=lambda position: (
            f"answers of a group that survey (enkät) counts in {answers['school_year'].iloc[position]}"
        ),
        expected="a group's answers of one school year in one of the two tables, for all units",
        next_step="remove the group's rows of that school year from one of them",
    )


def check_answers_alike(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield rows of `survey_answers` whose number invited, or whose mark of a reversed item, contradicts another's."""
    rows = tables[ANSWERS]
    unit, item = ["school_unit_code", *GROUP], [*GROUP, "area", "item"]
    invited = rows.groupby(unit, dropna=False)["invited_count"].transform("first")
    yield from found_where(
        (rows["invited_count"] != invited) & rows["invited_count"].notna(),
        ANSWERS,
        "invited_count",
        code="invited-differs",
        found=lambda position: (
            f"{rows['invited_count'].iloc[position]} invited, and {invited.iloc[position]} elsewhere"
        ),
        expected="one number of invited for each unit, school year and group",
        next_step="correct the number invited",
    )
    people = rows.groupby(unit, dropna=False)["respondent"].transform("nunique")
    room = invited.mask(rows["respondent_group"] == "guardians", invited * GUARDIANS_PER_PUPIL)
    yield from found_where(
        (people > room) & ~rows.duplicated(unit),
        ANSWERS,
        "respondent",
        code="answers-above-invited",
        found=lambda position: f"{int(people.iloc[position])} respondents of {invited.iloc[position]} invited",
        expected="at most one respondent for each person invited (guardians: two for each pupil)",
        next_step="check the respondents and the number invited",
    )
    marked = rows["reversed"].fillna(False)
    first = marked.groupby([rows[column] for column in item], dropna=False).transform("first")
    yield from found_where(
        marked != first,
        ANSWERS,
        "reversed",
        code="reversed-differs",
        found="an item that another row marks the other way",
        expected="the same mark in all rows of an item",
        next_step="decide whether agreeing with the item is negative, and mark every row so",
    )


def _so_many(position: int, *, items: pd.Series) -> str:
    return f"{int(items.iloc[position])} different items in the area that year"


def _fours_alone(position: int, *, fours: pd.Series) -> str:
    return f"{fours.iloc[position]:.0f} answers 4 about HME that year, and none 5"


def _given(tables: Tables) -> list[str]:
    return [name for name in (COUNTS, ANSWERS) if name in tables]
