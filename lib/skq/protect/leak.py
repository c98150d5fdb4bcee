"""Which range of a hidden number is too narrow: what an attacker may be left knowing of it.

Numbers are counts: how many of n have a property, or the sum behind a mean. n itself is taken to be known to everybody:
teachers know how many are in their groups. Three things may be known of a hidden number: that it is one of several
(`DisclosureRule.least_width`), a sum to within some percent of itself (`closest`), and that perhaps nobody is on the
unfavourable side: a goal that all may have reached tells of nobody who has not. What is hidden for the sake of others
is no secret of its own.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from skq import catalog
from skq.protect.rule import OFFICIAL, DisclosureRule
from skq.terms import CellStatus

Booleans = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

TOLERANCE = 1e-6
SECRET = (str(CellStatus.TOO_FEW), str(CellStatus.NEARLY_ALL))
"""The statuses of numbers that are secret themselves."""

COUNTED = ("share", "count")
OF_TIME = ("attendance", "staff", "sick_leave")
"""Of metrics of these units persons are counted, but for shares of these families: parts of time, or of posts."""


def is_secret(rows: pd.DataFrame) -> Booleans:
    """Return which of *rows* (with `status`) are hidden for their own sake, not for that of others."""
    return rows["status"].isin(SECRET).to_numpy(dtype=bool)


def harmless(rows: pd.DataFrame) -> Floats:
    """Return the count that may be known of each row (with `metric`, `n`): nobody on the unfavourable side.

    Not a number where there is no favourable side or nothing is counted.
    """
    n = rows["n"].to_numpy("float64", na_value=np.nan)
    direction = rows["metric"].map({name: _favourable(name) for name in rows["metric"].unique()}).to_numpy(dtype="str")
    return np.where(direction == "higher", n, np.where(direction == "lower", 0.0, np.nan))


def is_counted(rows: pd.DataFrame) -> Booleans:
    """Return of which of *rows* (with `metric`) pupils are counted, so that their numbers are whole."""
    return rows["metric"].map({name: _is_counted(name) for name in rows["metric"].unique()}).to_numpy(dtype=bool)


def least_width(rows: pd.DataFrame, size: Floats, rule: DisclosureRule = OFFICIAL) -> Floats:
    """Return how wide the range of each row (with `metric`, `n`) must be: in persons, or a part of the sum's *size*."""
    n = rows["n"].to_numpy("float64", na_value=np.nan)
    shares = rows["metric"].map({name: catalog.metric(name).unit == "share" for name in rows["metric"].unique()})
    # absence is as telling as attendance
    beside = np.where(shares.to_numpy(dtype=bool), np.fmax(n - size, 0.0), np.inf)
    return np.where(is_counted(rows), float(rule.least_width), rule.closest * np.fmin(np.abs(size), beside))


def too_narrow(rows: pd.DataFrame, low: Floats, high: Floats, rule: DisclosureRule = OFFICIAL) -> Booleans:
    """Return which of *rows* (with `metric`, `status`, `n`) are betrayed when they are known to lie in *low* … *high*.

    *low* and *high* are counts or sums, parallel to the rows.
    """
    width = least_width(rows, np.maximum(np.abs(low), np.abs(high)), rule)
    known = harmless(rows)
    nobody = (low - TOLERANCE <= known) & (known <= high + TOLERANCE)
    return np.asarray(is_secret(rows) & (high - low < width - TOLERANCE) & ~nobody, dtype=np.bool_)


@cache
def _favourable(metric: str) -> str:
    entry = catalog.metric(metric)
    return str(entry.direction) if entry.unit == "share" else ""


@cache
def _is_counted(metric: str) -> bool:
    entry = catalog.metric(metric)
    return entry.unit in COUNTED and entry.family not in OF_TIME
