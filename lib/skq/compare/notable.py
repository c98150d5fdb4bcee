"""What stands out among many comparisons, and how many would by chance alone."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from scipy.stats import norm

_HALF_WIDTHS = float(norm.ppf(0.975))
CHANCE = 0.05


@dataclass(frozen=True)
class Notable:
    """Comparisons that chance hardly explains, the weightiest first; `tested` were looked at.

    `expected_by_chance` of the tested would stand out even if nothing differed anywhere.
    """

    rows: pd.DataFrame
    tested: int
    expected_by_chance: float


def notable(comparisons: pd.DataFrame) -> Notable:
    """Return the comparisons whose interval excludes zero, by size in standard errors times the root of pupils.

    A difference weighs more when it is far outside chance and when it concerns many pupils. Columns as given, plus
    `standard_errors` (signed).
    """
    tested = comparisons[comparisons["certain"].notna()]
    half = (tested["upper"] - tested["lower"]) / 2
    sizes = (tested["value"] / (half / _HALF_WIDTHS)).astype("float64")
    rows = tested.assign(standard_errors=sizes)[tested["certain"].astype("bool")]
    weight = rows["standard_errors"].abs() * rows["n"].astype("float64").fillna(0) ** 0.5
    ordered = rows.loc[weight.sort_values(ascending=False, kind="stable").index]
    return Notable(ordered.reset_index(drop=True), len(tested), CHANCE * len(tested))
