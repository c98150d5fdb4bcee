"""Texts by code instead of letter by letter: millions of rows are chosen, joined and grouped by a few hundred texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from skq.columns import alike, as_texts

CODED = {
    "pupils": ("school_unit_code", "school_year", "sex"),
    "grades": ("school_year", "term", "kind", "subject", "grade"),
    "national_tests": ("school_year", "subject", "part", "result"),
    "forecasts": ("school_year", "subject", "forecast", "predicted_grade"),
    "attendance": ("school_year", "term"),
}
"""The tables about pupils, and those of their columns that hold the same few texts again and again."""

AS_READ = ("survey", "survey_answers")
"""The tables whose texts are written out when their turn comes (`surveys.described`)."""


def coded(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return *tables* with the columns `CODED` as categories: sorted, and the same ones wherever a column occurs.

    All other texts are written out, but in the tables `AS_READ`.
    """
    new: dict[str, dict[str, pd.Series]] = {name: {} for name in tables}
    for column in dict.fromkeys(column for columns in CODED.values() for column in columns):
        places = [name for name in CODED if column in CODED[name] and column in tables.get(name, ())]
        codes, dtype = alike([tables[name][column] for name in places])
        for name, own in zip(places, codes, strict=True):
            new[name][column] = pd.Series(pd.Categorical.from_codes(own, dtype=dtype), tables[name].index)
    for name, frame in tables.items():
        if name in AS_READ:
            continue
        others = frame.columns[frame.dtypes.eq("category")].difference(list(new[name]))
        new[name] |= {column: as_texts(frame[column]) for column in others}
    return {name: frame.assign(**new[name]) for name, frame in tables.items()}


def stacked(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of *frames* as one, as `pandas.concat` does, with one set of sorted categories in each column.

    A column that is categories in any frame is so in all; where a frame has not got it, it is missing.
    """
    sizes, made = [len(frame) for frame in frames], {}
    for column in dict.fromkeys(name for frame in frames for name in frame.columns):
        parts = [frame.get(column) for frame in frames]
        there = [part for part in parts if part is not None]
        if not any(isinstance(part.dtype, pd.CategoricalDtype) for part in there):
            made[column] = _joined(there)
            continue
        found, dtype = alike(there)
        codes = iter(found)
        beside = zip(parts, sizes, strict=True)
        every = [np.full(size, -1, dtype=np.int8) if part is None else next(codes) for part, size in beside]
        made[column] = pd.Series(pd.Categorical.from_codes(np.concatenate(every), dtype=dtype))
    return pd.DataFrame(made)


def _joined(columns: Sequence[pd.Series]) -> pd.Series:
    """Return *columns* as one, as `pandas.concat` does, which is slow where there are hundreds of few numbers."""
    if all(column.dtype == np.float64 for column in columns):
        return pd.Series(np.concatenate([column.to_numpy() for column in columns]))
    return pd.concat(columns, ignore_index=True)
