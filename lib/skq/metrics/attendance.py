"""Attendance (domain §13): hours of a pupil or a unit, as a ratio of sums, and pupils over a threshold of absence."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

_ROUNDING = 1e-9


@dataclass(frozen=True)
class Threshold:
    """How much absence is too much: *percent* of the hours offered or more, of all absence or of invalid absence."""

    percent: int
    only_invalid: bool = False


THRESHOLDS = {
    "invalid_absence_over_5_share": Threshold(5, only_invalid=True),
    "absence_over_15_share": Threshold(15),
    "absence_over_20_share": Threshold(20),
    "absence_over_50_share": Threshold(50),
}
"""The thresholds in use; practice, not law (domain §13: worrying, problematic, extensive)."""


def attended_hours(offered: pd.Series, valid: pd.Series, invalid: pd.Series) -> pd.Series:
    """Return the hours attended: offered less valid and invalid absence."""
    return offered - valid - invalid


def over_threshold(offered: pd.Series, valid: pd.Series, invalid: pd.Series, *, threshold: Threshold) -> pd.Series:
    """Return 1.0 for pupils whose absence is the threshold or more, 0.0 for others, missing without hours offered.

    Hours may be decimal; what differs from the threshold by rounding only has reached it.
    """
    absent = invalid if threshold.only_invalid else valid + invalid
    reached = 100 * absent >= threshold.percent * offered * (1 - _ROUNDING)
    return reached.astype("float64").where(offered > 0)


def attendance_of_pupils(offered: pd.Series, valid: pd.Series, invalid: pd.Series) -> pd.Series:
    """Return the attendance of each pupil (0-1), missing without hours offered."""
    return attended_hours(offered, valid, invalid) / offered.where(offered > 0)
