"""Funnel limits and empirical-Bayes estimates of the judged numbers."""

from __future__ import annotations

import pandas as pd

from skq.metrics.funnel import mean_error, mean_funnel, pooled_sd, share_error, share_funnel
from skq.metrics.intervals import sd_from_interval
from skq.metrics.shrinkage import shrunken

MIN_UNITS = 4
"""With fewer schools beside it a school's common mean and spread say too little to be a measure of anything."""

FUNNEL = ["target", "limit_lower", "limit_upper", "outer_lower", "outer_upper", "dispersion", "outside"]
SHRUNKEN = ["shrunken", "shrunken_lower", "shrunken_upper", "weight"]


def chance(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the columns `FUNNEL` and `SHRUNKEN` of the judged *rows* (index kept), missing in too small series.

    The estimate is shrunken towards the funnel's target; what is chance is told by the pupils of all schools pooled.
    """
    enough = rows.groupby("series")["n"].transform("size").gt(MIN_UNITS)
    found = [_of_kind(rows[enough & rows["kind"].eq(kind)], kind) for kind in ("share", "mean")]
    told = pd.concat(found).reindex(rows.index)
    return told.assign(outside=told["outside"].fillna(""))


def _of_kind(rows: pd.DataFrame, kind: str) -> pd.DataFrame:
    series, n, value = rows["series"], rows["n"], rows["value"]
    if kind == "share":
        funnel = share_funnel(value, n, series)
        error = share_error(funnel["target"], n)
    else:
        sd = sd_from_interval(rows)
        funnel = mean_funnel(value, n, sd, series)
        error = mean_error(pooled_sd(sd, n, series), n)
    own = shrunken(value, error, series, target=funnel["target"])
    return pd.concat([funnel[FUNNEL], own[SHRUNKEN]], axis="columns")
