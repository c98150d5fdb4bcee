"""The pandera schema of each own table: what its typed values may be.

A failure case carries the code of its check; `explain` tells what such a value most likely is instead. Identifiers of
persons are pseudonyms here: what they were is looked at where those are made (`sources.pseudonyms`).
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pandera.pandas as pa

from skq.schema.columns import ColumnSpec, Kind, TableSpec
from skq.schema.tables import TABLES
from skq.terms import SCHOOL_YEAR_TEXT

NOT_ALLOWED = "not-allowed"
OUT_OF_RANGE = "out-of-range"
PATTERN = "code-form"
SCHOOL_YEAR = "school-year"
FIRST_YEAR, LAST_YEAR = 1990, 2099


@cache
def frame_schema(table: str) -> pa.DataFrameSchema:
    """Return the pandera schema of the table named *table*; validate lazily, so that all failures come at once."""
    spec: TableSpec = TABLES[table]
    return pa.DataFrameSchema(
        {column.name: _column(column, spec.dtypes[column.name]) for column in spec.columns},
        strict=True,
        ordered=True,
        name=table,
    )


def _column(column: ColumnSpec, dtype: str) -> pa.Column:
    return pa.Column(dtype, checks=_checks(column), nullable=column.nullable, name=column.name)


def _checks(column: ColumnSpec) -> list[pa.Check]:
    checks: list[pa.Check] = []
    if column.kind is Kind.CHOICE:
        checks.append(pa.Check.isin(list(column.allowed), error=NOT_ALLOWED))
    if column.kind is Kind.SCHOOL_YEAR:
        checks.append(pa.Check(is_school_year, error=SCHOOL_YEAR))
    if column.pattern is not None:
        checks.append(pa.Check.str_matches(f"^(?:{column.pattern})$", error=PATTERN))
    if column.minimum is not None:
        checks.append(pa.Check.ge(column.minimum, error=OUT_OF_RANGE))
    if column.maximum is not None:
        checks.append(pa.Check.le(column.maximum, error=OUT_OF_RANGE))
    return checks


def is_school_year(texts: pd.Series) -> pd.Series:
    """Return whether each text is a school year such as 2024/25: from 1990/91 to 2099/00, the second year following."""
    codes, different = pd.factorize(texts)  # few are different, and taking texts apart is slow
    parts = pd.Series(different, dtype="str").str.extract(f"^{SCHOOL_YEAR_TEXT.pattern}$").astype("Float64")
    follows = (parts[0] + 1) % 100 == parts[1]
    good = (follows & parts[0].between(FIRST_YEAR, LAST_YEAR)).fillna(False).to_numpy(dtype=bool)
    return pd.Series(np.append(good, False)[codes], index=texts.index)  # a missing text has the code -1
