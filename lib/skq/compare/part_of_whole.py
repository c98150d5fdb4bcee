"""A unit beside the whole that it is part of.

With w the unit's share of the whole's pupils, unit - whole = (1 - w) (unit - rest). Unit and rest are different pupils,
so the interval of their difference is the ordinary one; scaled by 1 - w it belongs to the difference that is printed,
and it excludes zero exactly when the unit differs from the rest.
"""

from __future__ import annotations

import pandas as pd

from skq.metrics.intervals import (
    mean_difference,
    mean_interval,
    sd_from_interval,
    sd_from_sums,
    share_difference,
    share_interval,
)


def distance_to_whole(unit: pd.DataFrame, whole: pd.DataFrame, *, kind: str) -> pd.DataFrame:
    """Return unit - whole with its interval; both frames have columns value, lower, upper, n and the same index.

    *kind* is `share` or `mean`. No interval where n or an interval of either side is missing, or where the whole is not
    larger than the unit.
    """
    rest = rest_of_whole(unit, whole, kind=kind)
    against = share_difference(unit, rest) if kind == "share" else mean_difference(unit, rest)
    weight = rest["n"] / whole["n"]
    return pd.DataFrame(
        {
            "value": unit["value"] - whole["value"],
            "lower": against["lower"] * weight,
            "upper": against["upper"] * weight,
        }
    )


def rest_of_whole(unit: pd.DataFrame, whole: pd.DataFrame, *, kind: str) -> pd.DataFrame:
    """Return value, lower, upper, n of the whole without the unit; missing where a side has no interval."""
    known = unit["lower"].notna() & whole["lower"].notna() & whole["n"].gt(unit["n"])
    n = (whole["n"] - unit["n"]).where(known)
    return _rest_of_share(unit, whole, n) if kind == "share" else _rest_of_mean(unit, whole, n)


def _rest_of_share(unit: pd.DataFrame, whole: pd.DataFrame, n: pd.Series) -> pd.DataFrame:
    """Return the share of the rest; published shares are rounded, so the counts are the nearest whole numbers."""
    part = (whole["n"] * whole["value"]).round() - (unit["n"] * unit["value"]).round()
    part = part.clip(lower=0).clip(upper=n)
    return share_interval(part, n).assign(value=part / n, n=n)


def _rest_of_mean(unit: pd.DataFrame, whole: pd.DataFrame, n: pd.Series) -> pd.DataFrame:
    total = whole["n"] * whole["value"] - unit["n"] * unit["value"]
    squares = _squares(whole) - _squares(unit)
    mean = total / n
    return mean_interval(mean, sd_from_sums(total, squares, n), n).assign(value=mean, n=n)


def _squares(side: pd.DataFrame) -> pd.Series:
    """Return the sum of squares that value, interval and n tell of."""
    return sd_from_interval(side) ** 2 * (side["n"] - 1) + side["n"] * side["value"] ** 2
