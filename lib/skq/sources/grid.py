"""The cells of one file before anybody knows what they mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from skq.errors import Problem


@dataclass(frozen=True)
class Grid:
    """The first rows as they stand, and the cells below the header.

    *body*: one column of categories (text) per place of the header, index = row number as a spreadsheet counts.
    """

    head: list[list[str]]
    body: pd.DataFrame
    problems: tuple[Problem, ...]


def categories(texts: pa.Array) -> pd.Categorical:
    """Return a plain or dictionary array of *texts*, which has each word once, as categories of text."""
    coded = texts if pa.types.is_dictionary(texts.type) else texts.dictionary_encode()
    codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return pd.Categorical.from_codes(codes, pd.Index(coded.dictionary.to_pandas(), dtype="str"))


def texts_of(column: pd.Series) -> list[str]:
    """Return the different texts of a column of categories, in the order of its codes."""
    texts: list[str] = column.cat.categories.to_numpy(dtype=object).tolist()
    return texts


def blank(column: pd.Series) -> npt.NDArray[np.bool_]:
    """Return whether each cell of a column of categories is missing or blank."""
    codes = column.cat.codes.to_numpy()
    without = [number for number, text in enumerate(texts_of(column)) if not text.strip()]
    return np.isin(codes, [*without, -1]) if without else codes < 0
