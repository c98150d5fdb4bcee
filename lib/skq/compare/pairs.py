"""Which comparisons a results table allows, before anything is subtracted."""

from __future__ import annotations

import pandas as pd

from skq import catalog
from skq.sides import BOYS, CHANGE, GAP_SEX, GIRLS, MERIT, VS_EXPECTED, VS_MUNICIPALITY
from skq.terms import RESULT_KEY, Breakdown, Level, SchoolYear


def pairs(results: pd.DataFrame, municipality: pd.Series) -> pd.DataFrame:
    """Return the comparisons that *results* allow, as kind, key and reference, without values.

    *municipality* is the municipality code of each row (missing where unknown, and for rows above a unit). Periods are
    compared with their municipality's alone: two that follow each other share most of their pupils.
    A pair whose second side does not exist is left out later.
    """
    keyed = results.loc[_compared(results["metric"]), list(RESULT_KEY)]
    municipality = municipality[keyed.index]
    all_pupils = keyed["breakdown"].eq(str(Breakdown.ALL))
    period = keyed["breakdown"].eq(str(Breakdown.PERIOD))
    below = municipality.notna() & (all_pupils | period)
    girls = keyed["breakdown"].eq(str(Breakdown.SEX)) & keyed["category"].eq(GIRLS)
    expected = keyed["metric"].eq(MERIT) & all_pupils & keyed["level"].eq(str(Level.SCHOOL))
    found = [
        keyed[~period].assign(kind=CHANGE, reference=previous_years(keyed.loc[~period, "school_year"])),
        keyed[girls].assign(kind=GAP_SEX, category="all", reference=BOYS),
        keyed[below].assign(kind=VS_MUNICIPALITY, reference=municipality[below]),
        keyed[expected].assign(kind=VS_EXPECTED, reference="salsa"),
    ]
    return pd.concat(found, ignore_index=True)


def _compared(metric: pd.Series) -> pd.Series:
    return metric.map({name: catalog.metric(name).compared for name in metric.unique()}).astype(bool)


def previous_years(school_year: pd.Series) -> pd.Series:
    """Return the school year before each one, as text."""
    return school_year.map({text: str(SchoolYear.parse(text).previous) for text in school_year.unique()}).astype("str")
