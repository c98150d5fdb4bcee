"""What readers know already from earlier releases: a number once shown stays known, whatever is hidden now."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from skq import catalog
from skq.terms import RESULT_KEY, WITH_VALUE

Booleans = npt.NDArray[np.bool_]

HALF_A_STEP = {"share": 0.0005, "count": 0.5, "sek": 0.5}
"""By how much a printed number may differ from the number itself, by unit; others are printed with a decimal: 0.05."""


@dataclass(frozen=True, eq=False)
class Remembered:
    """Of each row: whether readers have seen that very number (`known`), and whether it has always been hidden."""

    known: Booleans
    hidden: Booleans


def remembered(rows: pd.DataFrame, earlier: pd.DataFrame | None) -> Remembered:
    """Return what readers of *earlier* (columns RESULT_KEY, value, status; any number of releases) know of *rows*.

    A number that has changed since is not known: what was seen was another one.
    """
    nothing = np.zeros(len(rows), dtype=bool)
    if earlier is None or earlier.empty:
        return Remembered(nothing, nothing)
    key = list(RESULT_KEY)
    typed = earlier[[*key, "value", "status"]].astype({name: rows[name].dtype for name in key})
    own = rows[key].assign(place=np.arange(len(rows)), now=rows["value"].to_numpy("float64", na_value=np.nan))
    seen = own.merge(typed.assign(told=typed["status"].isin(WITH_VALUE)), on=key, how="inner")
    step = seen["metric"].map({name: _half_a_step(name) for name in seen["metric"].unique()}).astype("float64")
    then = seen["value"].to_numpy("float64", na_value=np.nan)
    same = seen["told"].to_numpy(dtype=bool) & (np.abs(then - seen["now"].to_numpy()) <= step.to_numpy() * 1.02)
    known, told, met = nothing.copy(), nothing.copy(), nothing.copy()
    known[seen["place"].to_numpy()[same]] = True
    told[seen["place"].to_numpy()[seen["told"].to_numpy(dtype=bool)]] = True
    met[seen["place"].to_numpy()] = True
    return Remembered(known, met & ~told)


@cache
def _half_a_step(metric: str) -> float:
    return HALF_A_STEP.get(catalog.metric(metric).unit, 0.05)
