"""From a mask over a table to a finding, and other small steps that all checks share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from skq.sources.findings import Fault, Finding

Codes = npt.NDArray[np.integer]
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
    return pd.Series(asked, index=left.index).isin(known)


def numbered(frames: Sequence[pd.DataFrame], columns: Sequence[str]) -> list[npt.NDArray[np.int64]]:
    """Return a whole number for each row of each of *frames*: the same for rows with the same *columns*.

    Missing values are the same as each other. Numbers are compared much faster than rows of texts.
    """
    ends = np.cumsum([len(frame) for frame in frames])
    numbers, room = np.zeros(ends[-1], dtype="int64"), 1
    for column in columns if len(numbers) else ():
        codes, size = _alike([frame[column] for frame in frames])
        if room * (size + 1) > LARGEST:
            numbers, seen = pd.factorize(numbers)
            room = len(seen)
        numbers *= size + 1
        for own, code in zip(np.split(numbers, ends[:-1]), codes, strict=True):
            own += code
            own += 1  # a missing value has the code -1
        room *= size + 1
    return np.split(numbers, ends[:-1])


def _alike(columns: Sequence[pd.Series]) -> tuple[list[Codes], int]:
    """Return codes for the values of each of *columns*, the same for the same value, missing -1; and how many."""
    coded = [_coded(column) for column in columns]
    first = coded[0][1]
    if all(values is first for _, values in coded):
        return [codes for codes, _ in coded], len(first)
    several = [pd.Series(values) for _, values in coded if len(values)]
    numbers, different = pd.factorize(pd.concat(several)) if several else (np.array([], dtype="int64"), first)
    at = np.split(numbers, np.cumsum([len(values) for _, values in coded])[:-1])
    return [np.append(own, -1)[codes] for own, (codes, _) in zip(at, coded, strict=True)], len(different)


def _coded(column: pd.Series) -> tuple[Codes, pd.Index]:
    """Return the code of each value of *column*, missing -1, and the values that they stand for."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.codes.to_numpy(), column.cat.categories
    codes, different = pd.factorize(column)
    return codes, pd.Index(different)


def complete(frame: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    """Return whether none of *columns* is missing in each row."""
    whole = np.ones(len(frame), dtype=bool)
    for column in columns:
        whole &= frame[column].notna().to_numpy()
    return pd.Series(whole, index=frame.index)


def in_school_years(years: pd.Series) -> pd.Series:
    """Return the calendar year in which each school year begins, missing where the school year is."""
    return years.str.slice(0, 4).astype("Int64")
