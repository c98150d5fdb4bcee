"""Rows that are no sums of cells: the middle of all pupils' attendance, and the share in the adapted form."""

from __future__ import annotations

import pandas as pd

from skq.aggregate.places import placed
from skq.aggregate.rollup import GROUP_BREAKDOWNS, one_table, stated
from skq.metrics.attendance import attendance_of_pupils
from skq.terms import CATEGORIES, PUPIL_BREAKDOWNS, Breakdown, Level

_UPPER = (Level.ORGANIZER, Level.MUNICIPALITY, Level.NATION)
"""The levels at which the adapted form is told as a share; its groups are too small below."""


def attendance_median_rows(hours: pd.DataFrame, where: pd.DataFrame, *, whole_nation: bool = False) -> pd.DataFrame:
    """Return the median attendance of pupils at every level and breakdown; *hours* as from `people.hours_of_pupils`.

    *where* is where units belong (`places`).
    """
    share = attendance_of_pupils(hours["offered"], hours["valid"], hours["invalid"])
    pupils = placed(hours.assign(share=share)[share.notna()], where, whole_nation=whole_nation)
    rows = [
        _medians(pupils, level, breakdown)
        for level in Level
        if level.value in pupils
        for breakdown in (GROUP_BREAKDOWNS if level is Level.GROUP else PUPIL_BREAKDOWNS)
    ]
    return one_table([stated(pd.concat(rows, ignore_index=True))])


def _medians(pupils: pd.DataFrame, level: Level, breakdown: Breakdown) -> pd.DataFrame:
    by, own = [level.value, "school_year"], pupils[pupils[level.value].notna()]
    if breakdown is not Breakdown.ALL:
        by, own = [*by, breakdown.value], own[own[breakdown.value].isin(CATEGORIES[breakdown])]
    found = own.groupby(by, as_index=False, observed=True)["share"].agg(["median", "size"])
    return pd.DataFrame(
        {
            "metric": "attendance_median_share",
            "level": str(level),
            "unit": found[level.value].astype("str"),
            "school_year": found["school_year"],
            "subject": "",
            "breakdown": str(breakdown),
            "category": found[breakdown.value] if breakdown is not Breakdown.ALL else "all",
            "n": found["size"].astype("float64"),
            "value": found["median"],
        }
    )


def adapted_share_rows(cells: pd.DataFrame) -> pd.DataFrame:
    """Return the share of pupils in the adapted form, of all in grade years 1 to 9, of organizers and municipalities.

    *cells* are placed. `n` is the pupils in the adapted form: they, not all pupils, must be enough to be told of.
    """
    counted = cells[cells["metric"].isin(["adapted_pupil_count", "pupil_count"]) & cells["grade_year"].isna()]
    adapted = counted["part"].where(counted["metric"].eq("adapted_pupil_count"), 0.0)
    rows = []
    for level in (level for level in _UPPER if level.value in counted):
        own = counted.assign(adapted=adapted).groupby([level.value, "school_year"], as_index=False, observed=True)
        sums = own[["adapted", "part"]].sum().rename(columns={level.value: "unit"})
        sums = sums[sums["adapted"].gt(0)]
        rows.append(sums.assign(level=str(level), value=sums["adapted"] / sums["part"], n=sums["adapted"]))
    blank = {"metric": "adapted_pupil_share", "subject": "", "breakdown": "all", "category": "all"}
    shares = pd.concat(rows, ignore_index=True).drop(columns="part").rename(columns={"adapted": "part"})
    return one_table([stated(shares.assign(**blank))])
