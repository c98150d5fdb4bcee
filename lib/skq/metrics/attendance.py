"""Attendance (domain §13): hours of a pupil or a unit, as a ratio of sums."""

from __future__ import annotations

import pandas as pd


def attended_hours(offered: pd.Series, valid: pd.Series, invalid: pd.Series) -> pd.Series:
    """Return the hours attended: offered less valid and invalid absence."""
    return offered - valid - invalid
