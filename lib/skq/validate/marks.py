"""From a mask over a table to a finding, and other small steps that all checks share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from skq.sources.findings import Fault, Finding

Told = str | Callable[[int], str]

LARGEST = 2**62
"""Numbers of rows stay below."""


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
    asked, known = numbered([left, right], columns)
    return pd.Series(np.isin(asked, known), index=left.index)


def numbered(frames: Sequence[pd.DataFrame], columns: Sequence[str]) -> list[npt.NDArray[np.int64]]:
    """Return a whole number for each row of each of *frames*: the same for rows with the same *columns*.

    Missing values are the same as each other. Numbers are compared much faster than rows of texts.
    """
    ends = np.cumsum([len(frame) for frame in frames])
    numbers, room = np.zeros(ends[-1], dtype="int64"), 1
    for column in columns if len(numbers) else ():
        parts = [frame[column] for frame in frames if len(frame)]
        codes, different = pd.factorize(parts[0] if len(parts) == 1 else pd.concat(parts))
        if room * (len(different) + 1) > LARGEST:
            numbers, seen = pd.factorize(numbers)
            room = len(seen)
        numbers = numbers * (len(different) + 1) + (codes + 1)  # a missing value has the code -1
        room *= len(different) + 1
    return np.split(numbers, ends[:-1])


def complete(frame: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    """Return whether none of *columns* is missing in each row."""
    whole = np.ones(len(frame), dtype=bool)
    for column in columns:
        whole &= frame[column].notna().to_numpy()
    return pd.Series(whole, index=frame.index)


def in_school_years(years: pd.Series) -> pd.Series:
    """Return the calendar year in which each school year begins, missing where the school year is."""
    return years.str.slice(0, 4).astype("Int64")
