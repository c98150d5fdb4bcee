"""Equity between schools (domain §10): variance of pupils' values between and within schools, from sums per school."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan, sqrt

import pandas as pd


@dataclass(frozen=True)
class Variation:
    """How pupils' values vary: over all (`sd`), and how much of it lies between schools.

    `between_share` is SSB / SST; `icc` the intraclass correlation, 0 where the raw one is negative; missing (nan)
    where it cannot be told.
    """

    mean: float
    between: float
    within: float
    sd: float
    between_share: float
    icc_raw: float

    @property
    def icc(self) -> float:
        """The intraclass correlation as reported, never below zero."""
        return self.icc_raw if self.icc_raw != self.icc_raw else max(0.0, self.icc_raw)


def variation(n: pd.Series, total: pd.Series, squares: pd.Series) -> Variation:
    """Return the one-way analysis of variance of schools with *n* pupils, sums and sums of squares of their values.

    Schools without pupils are left out. Fewer than two schools, or no pupils beyond one per school: no correlation.
    """
    counted = n > 0
    n, total, squares = n[counted], total[counted], squares[counted]
    pupils, schools = float(n.sum()), len(n)
    mean = float(total.sum()) / pupils if pupils else nan
    between = float((total**2 / n).sum()) - pupils * mean**2
    within = float((squares - total**2 / n).sum())
    whole = between + within
    sd = sqrt(whole / (pupils - 1)) if pupils > 1 else nan
    if schools < 2 or pupils <= schools or whole <= 0:
        return Variation(mean, between, within, sd, nan, nan)
    typical = (pupils - float((n**2).sum()) / pupils) / (schools - 1)
    mean_between, mean_within = between / (schools - 1), within / (pupils - schools)
    icc = (mean_between - mean_within) / (mean_between + (typical - 1) * mean_within)
    return Variation(mean, between, within, sd, between / whole, icc)
