"""Results by number: texts are compared once for each different one, not once for each row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from skq.terms import RESULT_KEY

Integers = npt.NDArray[np.int64]
NONE = -1
"""The code of a value, or the place of a row, that is not there."""


@dataclass(frozen=True)
class Numbered:
    """The keys of results: `codes` gives each row's place among the sorted `values` of a column, missing ones last."""

    codes: Mapping[str, Integers]
    values: Mapping[str, pd.Index]

    @classmethod
    def of(cls, results: pd.DataFrame) -> Numbered:
        """Return the keys of *results*."""
        codes, values = {}, {}
        for column in RESULT_KEY:
            own, values[column] = pd.factorize(results[column], sort=True)
            codes[column] = np.where(own < 0, len(values[column]), own).astype(np.int64)
        return cls(codes, values)

    def code(self, column: str, value: str) -> int:
        """Return the code of *value* in *column*, `NONE` where no row has it."""
        return int(self.values[column].get_indexer(pd.Index([value], dtype="str"))[0])

    def number(self, codes: Mapping[str, Integers]) -> Integers:
        """Return one number for each key of *codes*, in the order of the keys; negative where a code is `NONE`."""
        total = np.zeros(len(codes[RESULT_KEY[0]]), dtype=np.int64)
        lacking = np.zeros(len(total), dtype=bool)
        for column in RESULT_KEY:
            total = total * (len(self.values[column]) + 1) + codes[column]
            lacking |= codes[column] == NONE
        return np.where(lacking, NONE, total)

    def rows(self, number: Integers) -> Integers:
        """Return the row with each key (by `number`), `NONE` where there is none; ValueError when two rows have one."""
        return np.asarray(self._index.get_indexer(pd.Index(number)), dtype=np.int64)

    @cached_property
    def _index(self) -> pd.Index:
        index = pd.Index(self.number(self.codes))
        if not index.is_unique:
            raise ValueError("two results have the same key")
        return index
