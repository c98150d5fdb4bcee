"""Which two results a comparison stands between: known to `compare`, which makes it, and to `protect`, which hides it.

Below both, because a report may know of protection but not of what lies before it.
"""

from __future__ import annotations

import pandas as pd

from skq.terms import RESULT_KEY, Level

CHANGE, GAP_SEX, VS_MUNICIPALITY, VS_EXPECTED = "change", "gap_sex", "vs_municipality", "vs_expected"
KINDS = (CHANGE, GAP_SEX, VS_MUNICIPALITY, VS_EXPECTED)

GIRLS, BOYS = "girls", "boys"
MERIT, EXPECTED = "merit_rating_17", "salsa_expected"


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
