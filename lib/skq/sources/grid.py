"""The cells of one file before anybody knows what they mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from skq.errors import Problem


@dataclass(frozen=True)
class Grid:
    """The first rows as they stand, and the cells below the header.

    *body*: one column of categories (text) per place of the header, index = row number as a spreadsheet counts.
    """

    head: list[list[str]]
    body: pd.DataFrame
    problems: tuple[Problem, ...]


def texts_of(column: pd.Series) -> list[str]:
    """Return the different texts of a column of categories, in the order of its codes."""
    texts: list[str] = column.cat.categories.to_numpy(dtype=object).tolist()
    return texts


def blank(column: pd.Series) -> npt.NDArray[np.bool_]:
    """Return whether each cell of a column of categories is missing or blank."""
    without = np.array([not text.strip() for text in texts_of(column)] + [True])
    return without[column.cat.codes.to_numpy()]
