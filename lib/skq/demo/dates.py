"""Who comes, goes or changes school in the middle of a school year, and on which day.

Pure. Most pupils are at one school the whole year and carry no dates.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from skq.demo.plan import Plan

MID_YEAR = 0.2
"""The share of those who move, leave or join that do so in the middle of the school year."""

# Last day at the old school, first day at the new one; whether in the calendar year after the autumn.
DAYS = (("10-30", "11-03", 0), ("11-27", "11-30", 0), ("02-13", "02-23", 1), ("03-27", "03-30", 1))


def dated(enrolment: pd.DataFrame, plan: Plan, rng: np.random.Generator) -> pd.DataFrame:
    """Return the enrolment with `next_school` (-1: stays the year), `leaves`, `joins` and `day`, a position in `DAYS`.

    A pupil who goes to another school next year may have gone there already; one who is not here next year may have
    left before the grades; one who is new may have come after 15 October.
    """
    rows = enrolment.sort_values(["pupil", "year"], kind="stable").reset_index(drop=True)
    draws = rng.random((3, len(rows))) < MID_YEAR
    day = rng.integers(0, len(DAYS), len(rows))
    same_after = rows["pupil"].eq(rows["pupil"].shift(-1))
    same_before = rows["pupil"].eq(rows["pupil"].shift(1))
    after = rows["school"].shift(-1, fill_value=-1).to_numpy()
    moves = same_after & (rows["school"] != after) & _could_go(rows, after, plan) & draws[0]
    last_year = rows["year"] == len(plan.years) - 1
    leaves = ~same_after & (rows["grade_year"] < 9) & ~last_year & draws[1]
    joins = ~same_before & (rows["year"] > 0) & (rows["grade_year"] > 0) & ~_opens(rows, plan) & ~leaves & draws[2]
    return rows.assign(next_school=np.where(moves, after, -1), leaves=leaves, joins=joins & ~moves, day=day)


def _could_go(rows: pd.DataFrame, school: np.ndarray, plan: Plan) -> np.ndarray:
    """Return whether *school* was open that year and has the pupil's grade year of that year."""
    known = np.maximum(school, 0)
    grade_year = rows["grade_year"].to_numpy()
    fits = (plan.column("first")[known] <= grade_year) & (grade_year <= plan.column("last")[known])
    could: np.ndarray = fits & (plan.column("opens")[known] <= rows["year"].to_numpy())
    return could


def _opens(rows: pd.DataFrame, plan: Plan) -> np.ndarray:
    opens: np.ndarray = plan.column("opens")[rows["school"]] == rows["year"].to_numpy()
    return opens


def spells(rows: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Return one row per pupil, year and school with `enrolled_from` and `enrolled_to`, blank for the whole year."""
    autumn = np.array(plan.years)[rows["year"]]
    ends = pd.Series([f"{year + DAYS[day][2]}-{DAYS[day][0]}" for year, day in zip(autumn, rows["day"], strict=True)])
    starts = pd.Series([f"{year + DAYS[day][2]}-{DAYS[day][1]}" for year, day in zip(autumn, rows["day"], strict=True)])
    moves = rows["next_school"] >= 0
    first = rows.assign(
        enrolled_from=starts.where(rows["joins"], None), enrolled_to=ends.where(moves | rows["leaves"], None)
    )
    second = rows.assign(school=rows["next_school"], enrolled_from=starts, enrolled_to=None)[moves]
    return pd.concat([first, second.astype({"enrolled_to": object})], ignore_index=True)
