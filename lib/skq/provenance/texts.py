"""Columns as codes of the texts by which their rows are told: sorted, so that rows are ordered without any text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt
import pandas as pd

CELL, ROW = "\x1f", "\x1e"
"""What separates cells and rows in the canonical text; neither occurs in a register."""

PERSONS = ("pupil_id", "teacher_id", "respondent")
"""The columns with pseudonyms."""

MOST_TEXTS = 4096
"""So many texts at most are made of those of several columns."""

Codes = npt.NDArray[np.integer]
"""Numbers of texts, in four bytes at most: there are millions of them."""


@dataclass(frozen=True)
class Found:
    """The different values of a column, and which of them each row has; -1 where it is missing."""

    codes: Codes
    values: pd.Index

    @classmethod
    def of(cls, column: pd.Series) -> Found:
        """Return them; numbers that are equal and written differently (0.0 and -0.0) are different values."""
        if isinstance(column.dtype, pd.CategoricalDtype):
            return cls(column.cat.codes.to_numpy(), column.cat.categories)
        if not pd.api.types.is_float_dtype(column.dtype):
            codes, values = pd.factorize(column)
            return cls(codes.astype(np.int32), pd.Index(values))
        codes, bits = pd.factorize(column.to_numpy("float64", na_value=np.nan).view("int64"))
        numbers = pd.Series(bits.view("float64")).astype(column.dtype)
        return cls(np.where(column.isna().to_numpy(dtype=bool), -1, codes).astype(np.int32), pd.Index(numbers))


@dataclass(frozen=True)
class Coded:
    """A column, or several side by side, as codes of its different *texts*, which are sorted."""

    codes: Codes
    texts: list[str]

    def beside(self, other: Coded) -> Coded:
        """Return this one and *other* as one; its texts are sorted too: none here begins another, `CELL` ends it."""
        texts = [text + more for text in self.texts for more in other.texts]
        return Coded(self.codes * np.int32(len(other.texts)) + other.codes, texts)


def canonical_lines(rows: pd.DataFrame) -> pd.Series:
    """Return each row as one line of text: column names with their values, in the order of the columns' names."""
    cells = [name + "=" + _text(rows[name]) for name in sorted(rows.columns)]
    return reduce(lambda line, cell: line + CELL + cell, cells)


def alike(column: pd.Series, name: str) -> pd.Series:
    """Return *column*, or its texts where values that are equal may be written differently."""
    kind, types = column.dtype, pd.api.types
    told = isinstance(kind, (pd.StringDtype, pd.CategoricalDtype)) or types.is_datetime64_any_dtype(kind)
    return column if told or types.is_numeric_dtype(kind) or name in PERSONS else _text(column)


def joined(found: Mapping[str, Found], told: Told) -> list[Coded]:
    """Return the columns of *found* in order, neighbours with few texts put together; the last text ends a row."""
    last = list(found)[-1]
    columns: list[Coded] = []
    for name, values in found.items():
        column = told.coded(name, values, is_last=name == last)
        if columns and len(columns[-1].texts) * len(column.texts) <= MOST_TEXTS:
            columns[-1] = columns[-1].beside(column)
        else:
            columns.append(column)
    return columns


class Told:
    """Columns as codes of their texts; of pseudonyms the texts that *persons* has, which many tables share."""

    def __init__(self, persons: Mapping[str, str]) -> None:
        self._persons = persons
        self._last: tuple[str, bool, pd.Index, Coded] | None = None

    def coded(self, name: str, found: Found, *, is_last: bool) -> Coded:
        """Return a column as codes of its texts, with its *name* and their end."""
        if name not in PERSONS:
            ranked = _ranked(name, pd.Series(found.values), is_last=is_last)
        elif self._last is not None and self._last[:2] == (name, is_last) and self._last[2] is found.values:
            ranked = self._last[3]
        else:
            ranked = _ranked(name, pd.Series(found.values).map(self._persons), is_last=is_last)
            self._last = (name, is_last, found.values, ranked)
        return Coded(ranked.codes[found.codes], ranked.texts)


def _ranked(name: str, values: pd.Series, *, is_last: bool) -> Coded:
    """Return the rank of the text of each of *values*, and last that of a missing one, among these."""
    plain = [*_text(values), ""]
    ended = plain if is_last else [text + CELL for text in plain]
    texts, ranks = np.unique(np.array(ended, dtype=object), return_inverse=True)
    return Coded(ranks.astype(np.int32), [f"{name}={text}{ROW if is_last else ''}" for text in texts])


def _text(column: pd.Series) -> pd.Series:
    return column.astype("str").where(column.notna(), "")
