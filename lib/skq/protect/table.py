"""The protected tables: the only form in which numbers reach a report.

A `ProtectedTable` is made by `protect` and by nothing else; reading one back from the store checks that nothing hidden
came along. This is a gate against mistakes, not against malice: whoever wants to get round it in Python can.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from skq import columns
from skq.errors import ProtectionError
from skq.terms import COMPARISON_DTYPES, RESULT_DTYPES, WITH_VALUE

Kind = Literal["results", "comparisons"]

NUMBERS = ("value", "lower", "upper")
"""The columns that are blank wherever the status has no value."""

COLUMN_DTYPES: dict[Kind, dict[str, str]] = {
    "results": {**{column: dtype for column, dtype in RESULT_DTYPES.items() if column != "numerator"}, "reason": "str"},
    "comparisons": {**COMPARISON_DTYPES, "reason": "str"},
}
"""Columns and dtypes of the two kinds of protected table: no numerators, and a reason for what is hidden."""

_MADE_BY_PROTECT = object()


@dataclass(frozen=True, eq=False)
class ProtectedTable:
    """Numbers that may be shown, and for each number that may not: its status and the reason.

    `frame` has the columns of `COLUMN_DTYPES[kind]`; changing it changes nothing here.
    """

    _frame: pd.DataFrame
    kind: Kind
    _token: object = None

    def __post_init__(self) -> None:
        if self._token is not _MADE_BY_PROTECT:
            raise ProtectionError(
                "a ProtectedTable was made outside the protected room\n"
                "  expected: skq.protect.protect(results, comparisons, rule), or a slice read by skq.store\n"
                "  next:     hand the results through protect"
            )

    @property
    def frame(self) -> pd.DataFrame:
        """The rows; they lie in memory once for all who ask (pandas copies what one of them changes)."""
        return self._frame.copy(deep=False)

    def to_frame(self) -> pd.DataFrame:
        """Return what the store saves; `from_protected_store` reads it back."""
        return self.frame

    def select(self, **criteria: Any) -> ProtectedTable:
        """Return the rows whose columns equal the given values, or are among the given collections.

        `select(level="school", school_year=["2023/24", "2024/25"])`; a missing value is asked for with None.
        Unknown columns are an error.
        """
        if unknown := sorted(set(criteria) - set(self._frame.columns)):
            known = ", ".join(COLUMN_DTYPES[self.kind])
            raise ProtectionError(f"a {self.kind} table has no column {', '.join(unknown)}; it has {known}")
        places = np.arange(len(self._frame))
        for column, wanted in criteria.items():
            places = places[_among(self._frame[column].iloc[places], wanted).to_numpy(dtype=bool)]
        return ProtectedTable(self._frame.iloc[places].reset_index(drop=True), self.kind, _MADE_BY_PROTECT)

    def only(self, kept: npt.NDArray[np.bool_]) -> ProtectedTable:
        """Return the rows for which *kept* (rows,) is true: leaving out tells nothing."""
        return ProtectedTable(self._frame[kept].reset_index(drop=True), self.kind, _MADE_BY_PROTECT)

    def __len__(self) -> int:
        return len(self._frame)

    @classmethod
    def from_protected_store(cls, frame: pd.DataFrame) -> Self:
        """Return the table that `to_frame` gave, read back from disk.

        Refused (ProtectionError) when columns differ from those of a protected table or a hidden number is there after
        all. Only `store` has a reason to call this.
        """
        kind: Kind = "comparisons" if "kind" in frame.columns else "results"
        expected = COLUMN_DTYPES[kind]
        if set(frame.columns) != set(expected):
            raise ProtectionError(
                f"a stored {kind} table has other columns than a protected one\n"
                f"  expected: {', '.join(expected)}\n"
                f"  found:    {', '.join(map(str, frame.columns))}\n"
                "  next:     build again; stored tables of another version of skq cannot be read"
            )
        typed = frame[list(expected)].astype(expected).reset_index(drop=True)
        _refuse_hidden_numbers(typed)
        return cls(typed, kind, _MADE_BY_PROTECT)


def sealed(frame: pd.DataFrame, kind: Kind) -> ProtectedTable:
    """Return *frame* as a protected table; for `protect` alone (it must have hidden everything already)."""
    expected = COLUMN_DTYPES[kind]
    typed = columns.typed(frame, expected).reset_index(drop=True)
    _refuse_hidden_numbers(typed)
    return ProtectedTable(typed, kind, _MADE_BY_PROTECT)


def _among(column: pd.Series, wanted: Any) -> pd.Series:
    options = list(wanted) if isinstance(wanted, Iterable) and not isinstance(wanted, str) else [wanted]
    found = column.isin([option for option in options if option is not None])
    return found | column.isna() if None in options else found


def _refuse_hidden_numbers(frame: pd.DataFrame) -> None:
    hidden = ~frame["status"].isin(WITH_VALUE)
    leaking = hidden & frame[list(NUMBERS)].notna().any(axis="columns")
    if leaking.any():
        row = frame[leaking].iloc[0]
        raise ProtectionError(
            f"{int(leaking.sum())} hidden number(s) still stand in a protected table\n"
            f"  first:    {row['metric']}, {row['unit']}, {row['school_year']} (status {row['status']})\n"
            "  next:     this is a fault of skq or a damaged store; build again from the start"
        )


@dataclass(frozen=True)
class Protected:
    """What leaves the protected room: results, comparisons, and how much was hidden and why.

    `hidden` has columns status, reason, count: one row per status and reason that occurs among own results.
    """

    results: ProtectedTable
    comparisons: ProtectedTable
    hidden: pd.DataFrame
