"""Cells: what the pupils of one school, one kind and one school year add up to.

A cell has the keys of `CELL_KEY` and four sums: `n` (what the value rests on), `part` and `whole` (the value is their
ratio) and `squares` (for the spread of means). Cells of one metric can be added in any grouping.
"""

from __future__ import annotations

import pandas as pd

PUPIL_KEY = ["school_unit_code", "school_year", "grade_year", "subject", "sex", "parental_education"]
CELL_KEY = ["metric", *PUPIL_KEY, "item"]
CLASS_GROUP = "class_group"
"""The key that cells have besides where class groups are asked for: pupils have it then, blank where in no class."""

SUMS = ["n", "part", "whole", "squares"]


def pupil_cells(members: pd.DataFrame, value: pd.Series, *, metric: str) -> pd.DataFrame:
    """Return the cells of a metric whose value per pupil (or pupil and subject) is *value*, missing = not counted.

    *members* has the columns of `PUPIL_KEY`, and `CLASS_GROUP` where that is asked for, and the same index as *value*.
    """
    counted = value.notna()
    numbers = value[counted].astype("float64")
    key = [*PUPIL_KEY, *_class_group(members)]
    keyed = members.loc[counted, key].assign(n=1.0, part=numbers, whole=1.0, squares=numbers**2)
    return _completed(keyed.groupby(key, observed=True, dropna=False, as_index=False)[SUMS].sum(), metric)


def unit_cells(rows: pd.DataFrame, *, metric: str) -> pd.DataFrame:
    """Return the cells of a metric that is known per unit: school_unit_code, school_year, any other keys, any sums."""
    return _completed(rows, metric)


def no_grade_year(index: pd.Index) -> pd.Series:
    """Return missing grade years: all of them are meant, or none."""
    return pd.Series(pd.NA, index=index, dtype="Int64")


def _completed(rows: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Return *rows* with every key and sum; keys that do not apply are blank (`grade_year` missing), sums 0."""
    filled = rows.assign(metric=metric)
    if "grade_year" not in rows:
        filled["grade_year"] = no_grade_year(rows.index)
    for column in ("subject", "sex", "parental_education", "item"):
        filled[column] = rows.get(column, "")
    for column in SUMS:
        filled[column] = rows.get(column, 0.0)
    text = ["metric", "school_unit_code", "school_year", "subject", "sex", "parental_education", "item"]
    text += _class_group(rows)
    dtypes = {**dict.fromkeys(text, "str"), "grade_year": "Int64", **dict.fromkeys(SUMS, "float64")}
    return filled[[*CELL_KEY, *_class_group(rows), *SUMS]].astype(dtypes)


def _class_group(rows: pd.DataFrame) -> list[str]:
    return [CLASS_GROUP] if CLASS_GROUP in rows else []
