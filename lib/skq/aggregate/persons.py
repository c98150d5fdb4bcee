"""Persons by number instead of by pseudonym, so that the order in which they are summed depends on no key."""

from __future__ import annotations

from typing import Any

import pandas as pd

from skq.aggregate.places import table
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
            codes, persons = pd.factorize(found[name][column])
            order = orders[column]
            numbers = [order.setdefault(str(person), len(order)) for person in persons]
            of_rows = pd.array([*numbers, None], dtype="Int64").take(codes)
            kept = of_rows if of_rows.isna().any() else of_rows.to_numpy(dtype="int64")
            found[name] = found[name].assign(**{column: kept})
    return found
