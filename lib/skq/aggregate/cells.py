"""Cells: what the pupils of one school, one kind and one school year add up to.

A cell has the keys of `CELL_KEY` and four sums: `n` (what the value rests on), `part` and `whole` (the value is their
ratio) and `squares` (for the spread of means). Cells of one metric can be added in any grouping. Texts are categories,
each frame's own; `coded.stacked` puts frames of cells together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from skq.aggregate.coded import categories

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
        occurs = n > 0
        sums = {"n": n[occurs] * 1.0, "part": part[occurs], "whole": n[occurs] * 1.0, "squares": squares[occurs]}
        found = self.keys[occurs].assign(metric=_same(metric, int(occurs.sum())), **sums)
        return found[[*CELL_KEY, *_class_group(found), *SUMS]]


def kinds(members: pd.DataFrame) -> Kinds:
    """Return the kinds of pupils in *members* (columns of `PUPIL_KEY`, and `CLASS_GROUP` where that is asked for)."""
    key = [*PUPIL_KEY, *_class_group(members)]
    together = np.zeros(len(members), dtype=np.int64)
    for column in key:
        codes, values = pd.factorize(members[column])
        together = together * (len(values) + 1) + codes + 1
    code, numbers = pd.factorize(together)
    first = np.zeros(len(numbers), dtype=np.intp)
    first[code[::-1]] = np.arange(len(code))[::-1]
    keys = _completed(members[key].iloc[first].reset_index(drop=True), "").drop(columns=["metric", *SUMS])
    return Kinds(keys, code)


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


def _completed(rows: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Return *rows* with every key and sum; keys that do not apply are blank (`grade_year` missing), sums 0."""
    filled: dict[str, object] = {"metric": _same(metric, len(rows))}
    for column in (*PUPIL_KEY, "item", *_class_group(rows)):
        if column == "grade_year":
            filled[column] = rows[column].astype("Int64") if column in rows else no_grade_year(rows.index)
        else:
            filled[column] = categories(rows[column]) if column in rows else _same("", len(rows))
    for column in SUMS:
        filled[column] = rows[column].astype("float64") if column in rows else 0.0
    return pd.DataFrame(filled, index=rows.index)


def _same(text: str, size: int) -> pd.Categorical:
    one = pd.CategoricalDtype(pd.Index([text], dtype="str"))
    return pd.Categorical.from_codes(np.zeros(size, dtype=np.int8), dtype=one, validate=False)


def _class_group(rows: pd.DataFrame) -> list[str]:
    return [CLASS_GROUP] if CLASS_GROUP in rows else []
