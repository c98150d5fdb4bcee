"""Persons by number instead of by pseudonym, so that the order in which they are summed depends on no key."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from skq.aggregate.places import table
from skq.columns import as_categories
from skq.schema import TABLES

PUPIL, RESPONDENT = "pupil_id", "respondent"
OF_PERSONS = {
    "pupils": PUPIL,
    "grades": PUPIL,
    "national_tests": PUPIL,
    "forecasts": PUPIL,
    "attendance": PUPIL,
    "survey_answers": RESPONDENT,
}
"""The tables whose rows are grouped by person, and the column that names the person."""


def numbered(tables: Any) -> dict[str, pd.DataFrame]:
    """Return the *tables* that have rows, with each person as a number: the order in which their rows come first.

    A pseudonym sorts as its key happens to have it, and the last digit of a sum depends on the order of what is summed;
    the order of the rows of a file does not change with the key. A missing person stays missing.
    """
    found = {name: frame for name in TABLES if (frame := table(tables, name)) is not None}
    orders: dict[str, dict[str, int]] = {PUPIL: {}, RESPONDENT: {}}
    for name, column in OF_PERSONS.items():
        if name in found:
            found[name] = found[name].assign(**{column: _numbers(found[name][column], orders[column])})
    return found


def _numbers(persons: pd.Series, order: dict[str, int]) -> npt.NDArray[np.int32] | pd.api.extensions.ExtensionArray:
    """Return the number of each row's person, missing where there is none; *order* has those met so far."""
    of_texts = as_categories(persons).array
    codes, texts = of_texts.codes, of_texts.categories
    met = pd.unique(codes[codes >= 0])
    number = np.full(len(texts) + 1, -1, dtype=np.int32)
    number[met] = [order.setdefault(str(person), len(order)) for person in texts.take(met)]
    numbers: npt.NDArray[np.int32] = number[codes]
    return numbers if (numbers >= 0).all() else pd.arrays.IntegerArray(numbers.astype(np.int64), numbers < 0)
