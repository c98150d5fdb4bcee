"""Which two results a comparison stands between: known to `compare`, which makes it, and to `protect`, which hides it.

Below both, because a report may know of protection but not of what lies before it.
"""

from __future__ import annotations

import pandas as pd

from skq.columns import either, replaced
from skq.terms import RESULT_KEY, Level

CHANGE, GAP_SEX, VS_MUNICIPALITY, VS_EXPECTED = "change", "gap_sex", "vs_municipality", "vs_expected"
KINDS = (CHANGE, GAP_SEX, VS_MUNICIPALITY, VS_EXPECTED)

GIRLS, BOYS = "girls", "boys"
MERIT, EXPECTED = "merit_rating_17", "salsa_expected"


def result_keys(comparisons: pd.DataFrame) -> pd.DataFrame:
    """Return the key of the first side of each comparison (index as in *comparisons*)."""
    keys = comparisons[list(RESULT_KEY)]
    return keys.assign(category=replaced(keys["category"], comparisons["kind"].eq(GAP_SEX), GIRLS))


def reference_keys(comparisons: pd.DataFrame) -> pd.DataFrame:
    """Return the key of the second side of each comparison (index as in *comparisons*)."""
    keys, kind, named = comparisons[list(RESULT_KEY)], comparisons["kind"], comparisons["reference"]
    above = kind.eq(VS_MUNICIPALITY)
    return keys.assign(
        metric=replaced(keys["metric"], kind.eq(VS_EXPECTED), EXPECTED),
        level=replaced(keys["level"], above, str(Level.MUNICIPALITY)),
        unit=either(named, above, keys["unit"]),
        school_year=either(named, kind.eq(CHANGE), keys["school_year"]),
        category=replaced(keys["category"], kind.eq(GAP_SEX), BOYS),
    )
