"""Cohorts (domain §9.1-9.2): who belongs together, and who stayed, left or joined between two points.

Pure. A frame of pupils has one row per pupil and enrolment at one point: columns `pupil_id` and the unit's column,
which may name a school, an area or a municipality. Whoever moves within the municipality is a leaver and a joiner at
the two schools and a stayer of the municipality: the same functions tell both, called with another unit column.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import pandas as pd

from skq.metrics.measure import Answer
from skq.terms import SchoolYear

PUPIL = "pupil_id"
LOW_MATCH = 0.7
"""Below this share of stayers among those there now, a change is mostly about other pupils."""


class HeldBack(StrEnum):
    """To which cohort a pupil belongs who takes a grade year again, or skips one."""

    CURRENT = "current"  # the cohort whose grade year it now attends
    ORIGINAL = "original"  # the cohort it was first seen in


class Membership(StrEnum):
    """What became of a pupil at a unit between two points."""

    STAYER = "stayer"
    LEAVER = "leaver"
    JOINER = "joiner"


def cohort(
    school_year: pd.Series,
    grade_year: pd.Series,
    *,
    pupil: pd.Series | None = None,
    held_back: HeldBack = HeldBack.CURRENT,
) -> pd.Series:
    """Return each row's cohort: the calendar year in whose autumn its pupils start (or would have started) year 1.

    start of the school year − (grade year − 1); förskoleklass is grade year 0. With `ORIGINAL` all rows of a *pupil*
    get the cohort of its earliest school year (of two enrolments that year: the earlier cohort). Missing where the
    grade year is unknown.

    >>> cohort(pd.Series(["2024/25"]), pd.Series([9])).tolist()
    [2016]
    """
    starts = {text: SchoolYear.parse(text).start for text in sorted(school_year.dropna().unique())}
    start = school_year.map(starts).astype("Int64")
    current = start - grade_year.astype("Int64") + 1
    if held_back is HeldBack.CURRENT:
        return current
    if pupil is None:
        raise ValueError("the original cohort needs to know which rows are the same pupil: give pupil=")
    rows = pd.DataFrame({PUPIL: pupil, "start": start, "cohort": current}).dropna(subset=["cohort"])
    first = rows.sort_values(["start", "cohort"], kind="stable").groupby(PUPIL)["cohort"].first()
    return pupil.map(first).astype("Int64").where(current.notna())


def memberships(before: pd.DataFrame, after: pd.DataFrame, *, unit: str = "school_unit_code") -> pd.DataFrame:
    """Return what became of each pupil at each unit: columns *unit*, pupil_id, membership, elsewhere.

    `elsewhere` tells that a leaver is now at another unit of these data, or that a joiner comes from one. A pupil
    listed twice at a unit counts once; rows without pupil or unit are left out. Sorted by unit and pupil.
    """
    keys = [unit, PUPIL]
    then, now = before[keys].dropna(), after[keys].dropna()
    sides = pd.concat([then.assign(was=True, now=False), now.assign(was=False, now=True)])
    found = sides.groupby(keys)[["was", "now"]].any().reset_index()
    was, still = found["was"].astype("bool"), found["now"].astype("bool")
    stayer, leaver, joiner = (str(name) for name in Membership)
    membership = pd.Series(np.select([was & still, was], [stayer, leaver], joiner), index=found.index, dtype="str")
    elsewhere = (was & ~still & found[PUPIL].isin(now[PUPIL])) | (still & ~was & found[PUPIL].isin(then[PUPIL]))
    return found[keys].assign(membership=membership, elsewhere=elsewhere)


def membership_counts(found: pd.DataFrame, *, unit: str = "school_unit_code") -> pd.DataFrame:
    """Return per unit how many were there before and after, stayed, left and joined (index: unit).

    `moved_out` and `moved_in` are the leavers and joiners who are at another unit of these data; `matched_rate` =
    stayers / after, missing where nobody is left; `low_match` where it is below `LOW_MATCH`.
    """
    rows = found[[unit]].assign(
        **{f"{name}s": found["membership"].eq(name) for name in Membership},
        moved_out=found["elsewhere"] & found["membership"].eq(Membership.LEAVER),
        moved_in=found["elsewhere"] & found["membership"].eq(Membership.JOINER),
    )
    counts = rows.groupby(unit).sum().astype("int64").sort_index()
    return with_rates(counts)


def with_rates(counts: pd.DataFrame) -> pd.DataFrame:
    """Return *counts* (columns stayers, leavers, joiners) with before, after, matched_rate, low_match and status."""
    before, after = counts["stayers"] + counts["leavers"], counts["stayers"] + counts["joiners"]
    rate = counts["stayers"] / after.where(after > 0)
    status = np.select(
        [before == 0, after == 0], [str(Answer.NOBODY_BEFORE), str(Answer.NOBODY_AFTER)], str(Answer.OBSERVED)
    )
    return counts.assign(before=before, after=after, matched_rate=rate, low_match=rate < LOW_MATCH, status=status)
