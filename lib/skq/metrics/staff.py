"""Teachers, certification and cost (domain §12)."""

from __future__ import annotations

import pandas as pd


def share(part: pd.Series, whole: pd.Series) -> pd.Series:
    """Return part / whole, missing where there is no whole."""
    return part.astype("float64") / whole.astype("float64").where(whole > 0)


def certified_any_fte(fte: pd.Series, certified_any: pd.Series) -> pd.Series:
    """Return the FTE of teachers who are certified in at least one of their subjects."""
    return fte.where(certified_any.fillna(False).astype(bool), 0.0)


def cost_per_pupil(amount_tkr: pd.Series, pupils: pd.Series, pupils_before: pd.Series) -> pd.Series:
    """Return kronor per pupil: cost in thousands over the mean of this autumn's and the autumn before's pupils.

    SIRIS 32, Kolada N15008.
    """
    return share(amount_tkr * 1000, (pupils + pupils_before) / 2)
