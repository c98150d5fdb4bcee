"""What a slice consists of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from skq.errors import SkqError
from skq.terms import UNIT_DTYPES

Wanted = Sequence[Mapping[str, Collection[str]]]
"""The rows of a table that meet any of these: each column that is named has one of its values."""

PARTS = ("results", "comparisons", "estimates", "goals", "units")
"""The tables of a slice, a Parquet file each."""

META = "meta.json"


def typed_units(units: pd.DataFrame) -> pd.DataFrame:
    """Return *units* with exactly the columns and types of `UNIT_DTYPES`; SkqError where one is lacking."""
    if missing := [column for column in UNIT_DTYPES if column not in units.columns]:
        raise SkqError(f"the list of units lacks the column(s) {', '.join(missing)}")
    return units[list(UNIT_DTYPES)].astype(UNIT_DTYPES).reset_index(drop=True)
