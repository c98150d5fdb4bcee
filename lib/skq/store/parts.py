"""What a slice consists of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from skq.errors import SkqError
from skq.terms import UNIT_DTYPES

Places = npt.NDArray[np.int32]
"""Places of rows in a whole table: there are millions of them, so in half of numpy's own bytes."""

Wanted = Sequence[Mapping[str, Collection[str]]]
"""The rows of a table that meet any of these: each column that is named has one of its values."""

PARTS = ("results", "comparisons", "estimates", "goals", "units")
"""The tables of a slice, a Parquet file each."""

META = "meta.json"


def in_few_bytes(numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.unsignedinteger]:
    """Return *numbers*, none below zero, in as few bytes as the greatest needs."""
    return numbers.astype(np.min_scalar_type(numbers.max(initial=0)))


def typed_units(units: pd.DataFrame) -> pd.DataFrame:
    """Return *units* with exactly the columns and types of `UNIT_DTYPES`; SkqError where one is lacking."""
    if missing := [column for column in UNIT_DTYPES if column not in units.columns]:
        raise SkqError(f"the list of units lacks the column(s) {', '.join(missing)}")
    return units[list(UNIT_DTYPES)].astype(UNIT_DTYPES).reset_index(drop=True)
