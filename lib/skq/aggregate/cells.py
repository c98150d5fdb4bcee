"""Cells: what the pupils of one school, one kind and one school year add up to.

A cell has the keys of `CELL_KEY` and four sums: `n` (what the value rests on), `part` and `whole` (the value is their
ratio) and `squares` (for the spread of means). Cells of one metric can be added in any grouping. Texts are categories,
each frame's own; `coded.stacked` puts frames of cells together.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from skq.columns import as_categories

PUPIL_KEY = ["school_unit_code", "school_year", "grade_year", "subject", "sex", "parental_education"]
CELL_KEY = ["metric", *PUPIL_KEY, "item"]
CLASS_GROUP = "class_group"
"""The key that cells have besides where class groups are asked for: pupils have it then, blank where in no class."""

SUMS = ["n", "part", "whole", "squares"]
CELL_COLUMNS = [*CELL_KEY, *SUMS]


@dataclass(frozen=True)
class Kinds:
    """Pupils (or pupils and subjects) told apart by school, year and kind, once for all metrics that count them.

    `code` gives each of them the row of `keys` that it belongs to; `keys` has the columns of `CELL_KEY` but metric.
    """

    keys: pd.DataFrame
    code: npt.NDArray[np.intp]

    def cells(self, value: pd.Series, *, metric: str) -> pd.DataFrame:
        """Return the cells of a metric of which *value* tells each pupil's, in order; missing = not counted."""
        numbers = value.to_numpy("float64", na_value=np.nan)
        counted = ~np.isnan(numbers)
        code, numbers = self.code[counted], numbers[counted]
        n, part, squares = (
            np.bincount(code, weights=weights, minlength=len(self.keys)) for weights in (None, numbers, numbers**2)
        )
        occurs = np.flatnonzero(n)
        size = n[occurs] * 1.0
        keys: dict[Any, object] = {column: texts.array.take(occurs) for column, texts in self.keys.items()}
        sums = {"n": size, "part": part[occurs], "whole": size, "squares": squares[occurs]}
        return pd.DataFrame({"metric": constant(metric, len(occurs)), **keys, **sums})


def kinds(members: pd.DataFrame) -> Kinds:
    """Return the kinds of pupils in *members* (columns of `PUPIL_KEY`, and `CLASS_GROUP` where that is asked for)."""
    key = [*PUPIL_KEY, *_class_group(members)]
    together = np.zeros(len(members), dtype=np.int64)
    for column in key:
        codes, different = _codes(members[column])
        together = together * (different + 1) + codes + 1
    code, numbers = pd.factorize(together)
    first = np.zeros(len(numbers), dtype=np.intp)
    first[code[::-1]] = np.arange(len(code))[::-1]
    return Kinds(_with_keys(pd.DataFrame({name: members[name].array.take(first) for name in key})), code)


def pupil_cells(members: pd.DataFrame, value: pd.Series, *, metric: str) -> pd.DataFrame:
    """Return the cells of a metric whose value per pupil (or pupil and subject) is *value*, missing = not counted.

    *members* has the columns of `PUPIL_KEY`, and `CLASS_GROUP` where that is asked for, and the same index as *value*.
    Where several metrics count the same pupils, `kinds` tells them apart once.
    """
    in_order = value if value.index.equals(members.index) else value.reindex(members.index)
    return kinds(members).cells(in_order, metric=metric)


def unit_cells(rows: pd.DataFrame, *, metric: str) -> pd.DataFrame:
    """Return the cells of a metric that is known per unit: school_unit_code, school_year, any other keys, any sums."""
    return _completed(rows, metric)


def no_grade_year(index: pd.Index) -> pd.Series:
    """Return missing grade years: all of them are meant, or none."""
    return pd.Series(pd.NA, index=index, dtype="Int64")


def constant(text: str, size: int) -> pd.Categorical:
    """Return *size* times the same text, as categories."""
    return pd.Categorical.from_codes(np.zeros(size, dtype=np.int8), dtype=_only(text), validate=False)


def _completed(rows: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Return *rows* with every key and sum; keys that do not apply are blank (`grade_year` missing), sums 0."""
    sums = {column: rows[column].astype("float64") if column in rows else 0.0 for column in SUMS}
    return _with_keys(rows).assign(metric=constant(metric, len(rows)), **sums)[[*CELL_KEY, *_class_group(rows), *SUMS]]


def _with_keys(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the keys of *rows* but metric; those that do not apply are blank (`grade_year` missing)."""
    filled: dict[str, object] = {}
    for column in (*PUPIL_KEY, "item", *_class_group(rows)):
        if column == "grade_year":
            filled[column] = rows[column].astype("Int64") if column in rows else no_grade_year(rows.index)
        else:
            filled[column] = as_categories(rows[column]) if column in rows else constant("", len(rows))
    return pd.DataFrame(filled, index=rows.index)


def _codes(column: pd.Series) -> tuple[npt.NDArray[Any], int]:
    """Return a number for each value of *column*, -1 where it is missing, and how many numbers there are."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.codes.to_numpy(), len(column.cat.categories)
    codes, values = pd.factorize(column)
    return codes, len(values)


@cache
def _only(text: str) -> pd.CategoricalDtype:
    return pd.CategoricalDtype(pd.Index([text], dtype="str"))


def _class_group(rows: pd.DataFrame) -> list[str]:
    return [CLASS_GROUP] if CLASS_GROUP in rows else []
