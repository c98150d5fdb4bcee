"""From a mask over a table to a finding, and other small steps that all checks share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from skq.sources.findings import Fault, Finding

Told = str | Callable[[int], str]


def found_where(
    mask: pd.Series, table: str, column: str | None, *, code: str, found: Told, expected: str, next_step: str
) -> list[Finding]:
    """Return one finding with every row where *mask* is true (missing counts as false), or none."""
    positions = np.flatnonzero(mask.fillna(False).to_numpy(dtype=bool))
    if not len(positions):
        return []
    told = found if callable(found) else lambda position: found
    return [Finding(table, column, Fault(code, expected, next_step), positions, told)]


def same_as_in(left: pd.DataFrame, right: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    """Return, for each row of *left*, whether *right* has a row with the same *columns*."""
    known = right[list(columns)].drop_duplicates().assign(known=True)
    joined = left[list(columns)].merge(known, on=list(columns), how="left", validate="many_to_one")
    return joined["known"].notna().set_axis(left.index)


def complete(frame: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    """Return whether none of *columns* is missing in each row."""
    return frame[list(columns)].notna().all(axis=1)


def in_school_years(years: pd.Series) -> pd.Series:
    """Return the calendar year in which each school year begins, missing where the school year is."""
    return years.str.slice(0, 4).astype("Int64")
