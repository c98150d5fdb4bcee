"""Numbers as a report writes them, and nothing more of them: whole columns at once, or one by one.

Most are rounded in whole numbers; the few that are too large, or too near the middle of two, are rounded as decimals.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from skq.catalog.forms import form, rounded
from skq.keys import Positions

NUDGE = 3
"""The decimal, after those that are written, in which a number tells to which side it is rounded."""

LARGEST, NEAR = 1e9, 1e-6
"""Numbers of less than `LARGEST` last decimals, further than `NEAR` from the middle of two, round alike in any way."""

_TENS = 10.0 ** np.arange(10)
Booleans = npt.NDArray[np.bool_]


def forms(metrics: pd.Series, decimals: str) -> tuple[npt.NDArray[np.float64], Positions]:
    """Return scale and *decimals* (which of `Form`) of each of *metrics*."""
    codes, names = pd.factorize(metrics)
    shapes = [form(str(name)) for name in names]
    scale = np.array([one.scale for one in shapes], dtype="float64")
    places = np.array([getattr(one, decimals) for one in shapes], dtype=np.int64)
    return scale[codes], places[codes]


def all_written(
    value: npt.NDArray[np.float64],
    scale: npt.NDArray[np.float64],
    decimals: Positions,
    finer: Booleans,
    *,
    where: Booleans,
) -> npt.NDArray[np.float64]:
    """Return what `written` returns of each number *where* it is asked for, 0 elsewhere.

    Rounded in whole numbers; the few that are too large, or too near the middle of two, are left to `written`.
    """
    scaled = value * scale
    coarse, sure = _nearest(scaled, decimals)
    told, as_sure = _nearest(scaled, decimals + finer)
    sign = (scaled > 0).astype(np.int64) - (scaled < 0)
    again = np.where(finer, np.sign(told) * ((np.abs(told) + 5) // 10), told)
    nudges = told * np.where(finer, 10 ** (NUDGE - 1), 10**NUDGE)
    nudges = np.where(told == 0, sign, nudges - sign * (again != coarse))
    found = np.asarray(nudges / (_TENS[decimals + NUDGE] * scale))
    found[~where] = 0.0
    for at in np.flatnonzero(where & ~(sure & as_sure)):
        found[at] = written(float(value[at]), float(scale[at]), int(decimals[at]), finer=bool(finer[at]))
    return found


def all_limits(
    metrics: pd.Series,
    lower: npt.NDArray[np.float64],
    upper: npt.NDArray[np.float64],
    certain: Booleans,
    *,
    where: Booleans,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return what `written_limits` returns of each pair of limits *where* it is asked for, 0 elsewhere."""
    scale, decimals = forms(metrics, "interval_decimals")
    (low, sure), (high, as_sure) = (_nearest(limits * scale, decimals) for limits in (lower, upper))
    finer = (certain & ((low == 0) | (high == 0))) | ((low == high) & (lower != upper))
    easy = where & sure & as_sure
    ends = [all_written(limits, scale, decimals, finer, where=easy) for limits in (lower, upper)]
    for at in np.flatnonzero(where & ~easy):
        pair = float(lower[at]), float(upper[at])
        ends[0][at], ends[1][at] = written_limits(str(metrics.iloc[at]), *pair, certain=bool(certain[at]))
    return ends[0], ends[1]


def _nearest(scaled: npt.NDArray[np.float64], decimals: Positions) -> tuple[Positions, Booleans]:
    """Return *scaled* as whole numbers of its last decimal, and whether that is sure."""
    size = np.abs(scaled) * _TENS[decimals]
    sure = (size < LARGEST) & (np.abs(size - np.floor(size) - 0.5) > NEAR)
    whole = np.floor(np.where(sure, size, 0.0) + 0.5).astype(np.int64)
    return np.where(scaled < 0, -whole, whole), sure


@lru_cache(maxsize=1 << 18)
def written_limits(metric: str, lower: float, upper: float, *, certain: bool) -> tuple[float, float]:
    """Return two limits of *metric* that are written as *lower* and *upper* are (`report.wording.signed_limits`).

    Those of a *certain* difference have a decimal more where one would be written as zero; so have two that would be
    written alike.

    >>> written_limits("merit_rating_17", 2.61, 14.27, certain=True)
    (3.0, 14.0)
    >>> written_limits("merit_rating_17", 0.31, 14.27, certain=True)
    (0.3, 14.3)
    """
    shape = form(metric)
    ends = [rounded(limit * shape.scale, shape.interval_decimals) for limit in (lower, upper)]
    finer = (certain and 0 in ends) or (ends[0] == ends[1] and lower != upper)
    low, high = (written(limit, shape.scale, shape.interval_decimals, finer=finer) for limit in (lower, upper))
    return low, high


@lru_cache(maxsize=1 << 18)
def written(value: float, scale: float, decimals: int, *, finer: bool = False) -> float:
    """Return a number that is written as *value* is, times *scale*, and tells nothing else of it.

    Written with *decimals*, and if *finer* also with one more, both times as *value* would be. A number that is not
    zero keeps its sign although it is written as zero.

    >>> written(221.4321, 1.0, 1), written(0.0321, 1.0, 1), written(0.81449, 100.0, 0)
    (221.4, 0.0001, 0.81)
    >>> written(0.31, 1.0, 0, finer=True), written(2.4499, 1.0, 1, finer=True)
    (0.3, 2.4499)
    """
    scaled = value * scale
    told = rounded(scaled, decimals + finer)
    nudge = Decimal(1).scaleb(-decimals - NUDGE).copy_sign(Decimal(repr(scaled)))
    if told == 0 and scaled:
        told = nudge
    elif rounded(float(told), decimals) != rounded(scaled, decimals):
        told -= nudge
    return float(told / Decimal(repr(scale)))
