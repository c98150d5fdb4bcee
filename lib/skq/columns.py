"""Columns of texts of which there are few different ones: as categories, written out, changed in some rows.

The tables of all numbers have millions of rows that name a few hundred things. As categories each name lies in memory
once, and rows are chosen and put in order by numbers. Whatever is handed one of these tables takes both: categories, as
the chain makes them, and texts, as a slice holds them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import pandas_dtype

Flags = npt.NDArray[np.bool_] | pd.Series


def as_categories(column: pd.Series) -> pd.Series:
    """Return the texts of *column* as sorted categories; as it is where it is categories."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column
    codes, values = pd.factorize(column.astype("str"), sort=True)
    return named(codes, pd.Index(values, dtype="str"), column.index)


def as_texts(column: pd.Series) -> pd.Series:
    """Return *column* with its texts written out where it is categories, else as it is."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return column
    texts = column.cat.categories.array.take(column.cat.codes.to_numpy(), allow_fill=True)
    return pd.Series(texts, index=column.index, name=column.name)


def written_out(rows: pd.DataFrame) -> pd.DataFrame:
    """Return *rows* with texts where they have categories."""
    coded = rows.columns[[isinstance(dtype, pd.CategoricalDtype) for dtype in rows.dtypes]]
    return rows.assign(**{column: as_texts(rows[column]) for column in coded})


def typed(rows: pd.DataFrame, dtypes: Mapping[str, str]) -> pd.DataFrame:
    """Return the columns of *rows* that *dtypes* names, with these dtypes; texts (`str`) as categories."""
    made = {
        name: as_categories(rows[name]) if dtype == "str" else rows[name].astype(pandas_dtype(dtype))
        for name, dtype in dtypes.items()
    }
    return pd.DataFrame(made, index=rows.index, copy=False)


def joined(columns: Sequence[pd.Series]) -> pd.Series:
    """Return *columns* of texts or categories one after the other, as sorted categories."""
    codes, dtype = alike(columns)
    return pd.Series(pd.Categorical.from_codes(np.concatenate([np.zeros(0, dtype=np.int8), *codes]), dtype=dtype))


def taken(parts: Sequence[pd.DataFrame], column: str, dtype: str) -> pd.Series:
    """Return *column* of *parts*, one after the other, as *dtype*; texts (`str`) as categories.

    Missing where a part has not got it. The parts lose the column, so that a table can be made of them without being in
    memory twice.
    """
    own = pandas_dtype(dtype)
    found = [part.pop(column) if column in part else pd.Series(index=part.index, dtype=own) for part in parts]
    if dtype == "str":
        return joined(found)
    return pd.concat([one.astype(own) for one in found], ignore_index=True)


def alike(columns: Sequence[pd.Series]) -> tuple[list[npt.NDArray[np.integer]], pd.CategoricalDtype]:
    """Return the codes of each of *columns* of texts, missing -1, and the sorted categories that they all stand for."""
    arrays = [column.array for column in columns]
    own = [
        (array.codes, array.categories) if isinstance(array, pd.Categorical) else pd.factorize(column)
        for array, column in zip(arrays, columns, strict=True)
    ]
    different = {id(texts): texts for _, texts in own}  # many columns have the very same categories
    words = {known: list(map(str, texts.tolist())) for known, texts in different.items()}
    every = sorted({text for texts in words.values() for text in texts})
    place = {text: number for number, text in enumerate(every)}
    at = {
        known: np.array([*map(place.__getitem__, texts), -1], dtype=smallest(len(every)))
        for known, texts in words.items()
    }
    return [at[id(texts)][codes] for codes, texts in own], pd.CategoricalDtype(pd.Index(every, dtype="str"))


def replaced(column: pd.Series, where: Flags, text: str) -> pd.Series:
    """Return *column* with *text* in the rows *where*."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return column.mask(where, text)
    return either(named(np.zeros(1, dtype=np.int8), pd.Index([text], dtype="str")), where, column)


def either(first: pd.Series, where: Flags, second: pd.Series) -> pd.Series:
    """Return *first* in the rows *where*, elsewhere *second*, with the index of the latter; categories if one is."""
    if not any(isinstance(column.dtype, pd.CategoricalDtype) for column in (first, second)):
        return first.set_axis(second.index).where(where, second)
    (one, other), dtype = alike([first, second])
    return named(np.where(np.asarray(where, dtype=bool), one, other), dtype.categories, second.index)


def named(codes: npt.NDArray[np.integer], texts: pd.Index, index: pd.Index | None = None) -> pd.Series:
    """Return the column whose rows (called as *index*, else 0…) have the *texts*, sorted, at these places; -1: none."""
    return pd.Series(pd.Categorical.from_codes(codes, categories=texts), index=index)


def smallest(values: int) -> np.dtype[np.signedinteger]:
    """Return the type of the codes of so many *values*, of the one after the last, and of -1: there are millions."""
    return np.min_scalar_type(-values - 1)
