"""The cells of one file before anybody knows what they mean."""

from __future__ import annotations

from dataclasses import dataclass

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
