"""Which two results a comparison stands between.

`protect` asks the same, so that a hidden side hides the comparison.
"""

from __future__ import annotations

import pandas as pd

from skq.terms import RESULT_KEY, Breakdown, Level, SchoolYear

CHANGE, GAP_SEX, VS_MUNICIPALITY, VS_EXPECTED = "change", "gap_sex", "vs_municipality", "vs_expected"
KINDS = (CHANGE, GAP_SEX, VS_MUNICIPALITY, VS_EXPECTED)

GIRLS, BOYS = "girls", "boys"
MERIT, EXPECTED = "merit_rating_17", "salsa_expected"


def previous_years(school_year: pd.Series) -> pd.Series:
    """Return the school year before each one, as text."""
    return school_year.map({text: str(SchoolYear.parse(text).previous) for text in school_year.unique()}).astype("str")


def result_keys(comparisons: pd.DataFrame) -> pd.DataFrame:
    """Return the key of the first side of each comparison (index as in *comparisons*)."""
    keys = comparisons[list(RESULT_KEY)].copy()
    keys.loc[comparisons["kind"].eq(GAP_SEX), "category"] = GIRLS
    return keys


def reference_keys(comparisons: pd.DataFrame) -> pd.DataFrame:
    """Return the key of the second side of each comparison (index as in *comparisons*)."""
    keys, kind = comparisons[list(RESULT_KEY)].copy(), comparisons["kind"]
    keys["school_year"] = keys["school_year"].mask(kind.eq(CHANGE), comparisons["reference"])
    keys.loc[kind.eq(GAP_SEX), "category"] = BOYS
    above = kind.eq(VS_MUNICIPALITY)
    keys.loc[above, "level"] = str(Level.MUNICIPALITY)
    keys["unit"] = keys["unit"].mask(above, comparisons["reference"])
    keys.loc[kind.eq(VS_EXPECTED), "metric"] = EXPECTED
    return keys


def pairs(results: pd.DataFrame, municipality: pd.Series) -> pd.DataFrame:
    """Return the comparisons that *results* allow, as kind, key and reference, without values.

    *municipality* is the municipality code of each row (missing where unknown, and for rows above a unit).
    A pair whose second side does not exist is left out later.
    """
    keyed = results[list(RESULT_KEY)]
    all_pupils = keyed["breakdown"].eq(str(Breakdown.ALL))
    below = municipality.notna() & all_pupils
    girls = keyed["breakdown"].eq(str(Breakdown.SEX)) & keyed["category"].eq(GIRLS)
    expected = keyed["metric"].eq(MERIT) & all_pupils & keyed["level"].eq(str(Level.SCHOOL))
    found = [
        keyed.assign(kind=CHANGE, reference=previous_years(keyed["school_year"])),
        keyed[girls].assign(kind=GAP_SEX, category="all", reference=BOYS),
        keyed[below].assign(kind=VS_MUNICIPALITY, reference=municipality[below]),
        keyed[expected].assign(kind=VS_EXPECTED, reference="salsa"),
    ]
    return pd.concat(found, ignore_index=True)
