"""Teachers and certification (domain §12)."""

from __future__ import annotations

import pandas as pd


def share(part: pd.Series, whole: pd.Series) -> pd.Series:
    """Return part / whole, missing where there is no whole."""
    return part.astype("float64") / whole.astype("float64").where(whole > 0)


def certified_any_fte(fte: pd.Series, certified_any: pd.Series) -> pd.Series:
    """Return the FTE of teachers who are certified in at least one of their subjects."""
    return fte.where(certified_any.fillna(False).astype(bool), 0.0)
