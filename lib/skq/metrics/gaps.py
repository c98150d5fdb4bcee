"""Gaps between groups of pupils and the lowest quarter (domain §10), for many units at once.

Pure. A gap is the first group less the second (girls less boys; post-secondary less the others; the quarter with the
least favourable background less the one with the most), never told without the number of pupils on both sides.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from skq.metrics.intervals import mean_difference, mean_interval, share_difference, share_interval
from skq.metrics.measure import Answer

QUARTER = 4


def gaps(
    values: pd.Series,
    category: pd.Series,
    unit: pd.Series,
    *,
    first: str | int,
    second: str | int,
    kind: Literal["mean", "share"] = "mean",
) -> pd.DataFrame:
    """Return per unit the mean (or share) of category *first* less that of *second*, with n on both sides.

    One row a pupil in all three; for a share the values are 0 and 1. Columns n_first, n_second, first, second, value,
    lower, upper, status (index: unit). Limits: Welch for means, Newcombe for shares; missing where a mean rests on one
    pupil or on values without variation.
    """
    known = values.notna() & category.notna() & unit.notna()
    units = pd.Index(unit[unit.notna()].unique(), name="unit").sort_values()
    sides = [_side(values, unit, known & category.eq(wanted), units, kind) for wanted in (first, second)]
    difference = (share_difference if kind == "share" else mean_difference)(*sides)
    someone = (sides[0]["n"] > 0) & (sides[1]["n"] > 0)
    return pd.DataFrame(
        {
            "n_first": sides[0]["n"].astype("int64"),
            "n_second": sides[1]["n"].astype("int64"),
            "first": sides[0]["value"],
            "second": sides[1]["value"],
            **{column: difference[column] for column in ("value", "lower", "upper")},
            "status": np.where(someone, str(Answer.OBSERVED), str(Answer.NOBODY)),
        }
    )


def lowest_quarter_mean(values: pd.Series, unit: pd.Series) -> pd.DataFrame:
    """Return per unit the mean of the quarter of pupils with the lowest values (columns n, value, status).

    n / 4 pupils exactly: where that is no whole number the last one counts by the fraction, so equal values and the
    order of rows make no difference. *n* is all pupils with a known value; fewer than four make no quarter.
    """
    known = values.notna() & unit.notna()
    rows = pd.DataFrame({"unit": unit[known], "value": values[known].astype("float64")})
    rows = rows.sort_values(["unit", "value"], kind="stable")
    own = rows.groupby("unit")["value"]
    size = own.transform("size") / QUARTER
    weight = (size - own.cumcount()).clip(0, 1)
    n = own.size()
    low = (rows["value"] * weight).groupby(rows["unit"]).sum() / (n / QUARTER)
    enough = n >= QUARTER
    status = np.where(enough, str(Answer.OBSERVED), str(Answer.TOO_FEW))
    return pd.DataFrame({"n": n, "value": low.where(enough), "status": status})


def _side(values: pd.Series, unit: pd.Series, chosen: pd.Series, units: pd.Index, kind: str) -> pd.DataFrame:
    """Return value, lower, upper and n of the chosen pupils of every unit."""
    found = values[chosen].astype("float64").groupby(unit[chosen])
    n = found.size().reindex(units, fill_value=0).astype("float64")
    total = found.sum().reindex(units, fill_value=0.0)
    value = found.mean().reindex(units)
    if kind == "share":
        return share_interval(total, n).assign(value=value, n=n)
    return mean_interval(value, found.std().reindex(units), n).assign(value=value, n=n)
