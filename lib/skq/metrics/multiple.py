"""How surprising a difference is, and what is left of it when many are looked at.

Pure. p is two-sided and fits the interval: it is below 5 % exactly where the 95 % interval excludes zero. Holm (1979),
Scandinavian Journal of Statistics 6:65-70, holds whatever the dependence among the comparisons.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import norm
from scipy.stats import t as student

from skq.metrics.intervals import welch

CHANCE = 0.05
"""The part of true nothings whose 95 % interval excludes zero."""
FURTHEST = 40.0
"""No normal quantile beyond this has a probability that a double can tell from nought."""
HALVINGS = 60


def share_p(first: pd.DataFrame, second: pd.DataFrame) -> pd.Series:
    """Return p of first - second, shares with columns value and n: Newcombe's interval (method 10) inverted.

    It is the level at which one limit just touches zero. Missing where either side is.
    """
    p, m = first["value"].to_numpy("float64"), first["n"].to_numpy("float64")
    q, n = second["value"].to_numpy("float64"), second["n"].to_numpy("float64")
    upper, lower, high, low = np.where(p >= q, p, q), np.where(p >= q, q, p), np.where(p >= q, m, n), np.where(
        p >= q, n, m
    )  # fmt: skip
    near, far = np.zeros_like(p), np.full_like(p, FURTHEST)
    for _ in range(HALVINGS):
        z = (near + far) / 2
        reach = np.hypot(upper - _wilson(upper, high, z, -1), _wilson(lower, low, z, 1) - lower)
        apart = upper - lower > reach
        near, far = np.where(apart, z, near), np.where(apart, far, z)
    found = np.where(upper > lower, 2 * norm.sf(near), 1.0)
    return pd.Series(np.where(np.isfinite(p * q * m * n) & (m > 0) & (n > 0), found, np.nan), index=first.index)


def mean_p(first: pd.DataFrame, second: pd.DataFrame) -> pd.Series:
    """Return p of first - second, means with columns value, lower, upper, n: Welch's test. Missing where either is."""
    told = welch(first, second)
    t = told["value"].abs() / told["error"].where(told["error"] > 0)
    return pd.Series(2 * student.sf(t, told["freedom"]), index=first.index)


def holm(p: pd.Series, family: pd.Series) -> pd.Series:
    """Return p adjusted by Holm within each *family*, at least p itself and at most 1; missing stays missing.

    >>> holm(pd.Series([0.01, 0.04, 0.03]), pd.Series(["A", "A", "A"])).round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    known = p[p.notna()].sort_values(kind="stable")
    within = family[known.index]
    left = known.groupby(within).transform("size") - known.groupby(within).cumcount()
    return (known * left).groupby(within).cummax().clip(upper=1.0).reindex(p.index)


def expected_by_chance(tested: int) -> float:
    """Return how many of *tested* comparisons look certain although nothing differs."""
    return CHANCE * tested


def _wilson(p: np.ndarray, n: np.ndarray, z: np.ndarray, side: int) -> np.ndarray:
    """Return Wilson's limit of shares at the normal quantile z."""
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = p + z**2 / (2 * n)
        half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
        return np.asarray((middle + side * half) / (1 + z**2 / n))
