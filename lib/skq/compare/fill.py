"""Intervals of official shares, whose n is published but whose uncertainty is not."""

from __future__ import annotations

import pandas as pd

from skq import catalog
from skq.metrics.intervals import share_interval
from skq.terms import CellStatus


def interval_kind(metric: pd.Series) -> pd.Series:
    """Return the catalogue's kind of interval (share, mean, none) for each metric id."""
    return metric.map({name: catalog.metric(name).interval for name in metric.unique()})


def with_intervals(results: pd.DataFrame) -> pd.DataFrame:
    """Return *results* with Wilson intervals for shares that have value and n but no interval.

    The count behind a published, rounded share is the nearest whole number to n times the share. Means stay without:
    nobody publishes the spread.
    """
    shares = [name for name in results["metric"].unique() if catalog.metric(name).interval == "share"]
    lacking = (
        results["metric"].isin(shares)
        & results["status"].eq(str(CellStatus.OBSERVED))
        & results[["value", "n"]].notna().all(axis="columns")
        & results["n"].gt(0).fillna(False)
        & results["lower"].isna()
    )
    filled = results.copy(deep=False)
    if not lacking.any():  # no number of an own register does
        return filled
    n = results.loc[lacking, "n"].astype("float64")
    part = (n * results.loc[lacking, "value"].astype("float64")).round().clip(upper=n)
    filled.loc[lacking, ["lower", "upper"]] = share_interval(part, n).astype("Float64")
    return filled
