"""How grades stand to tests, given the test grades: what would be expected of pupils with the same test results.

Few of those with the highest test grade can get a higher grade, and few of those who failed a lower one. So a school is
held beside other pupils with the same test grades (domain §7): expected is the mean of the pupils outside the school
for each test grade, weighted by the school's own pupils; the deviation is observed minus expected. This is indirect
standardisation: Breslow & Day (1987), Statistical Methods in Cancer Research II, ch. 2.
"""

from __future__ import annotations

import pandas as pd

ENOUGH = 10
"""Pupils of the same test grade who are enough to be compared with without the unit's own; with fewer, all count."""

COUNTS = ["n", "total", "squares"]


def reference(own: pd.DataFrame, whole: pd.DataFrame, *, enough: int = ENOUGH) -> pd.DataFrame:
    """Return the `mean` that is expected in each stratum (unit and test grade) and its squared standard `error`.

    *own* and *whole* have the same index and the columns `n`, `total`, `squares` (count, sum and sum of squares of what
    is compared) of the unit's pupils and of all pupils with that test grade. The rest (whole less own) is what the
    unit is held beside where it has at least *enough* pupils, else the whole. `error` is 0 for a rest without
    variation.
    """
    rest = whole[COUNTS] - own[COUNTS]
    beside = rest.where(rest["n"].ge(enough), whole[COUNTS])
    mean = beside["total"] / beside["n"]
    spread = (beside["squares"] - beside["n"] * mean**2).clip(lower=0.0)
    return pd.DataFrame({"mean": mean, "error": spread / (beside["n"] * (beside["n"] - 1).clip(lower=1))})


def standardised(own: pd.DataFrame, expected: pd.DataFrame, by: pd.DataFrame) -> pd.DataFrame:
    """Return per unit the `n`, the `expected` mean, the `deviation` of the observed one and its `sd`.

    *own* and *expected* as of `reference`; *by* has the unit's keys, the same index. `sd` is that of a mean over n
    pupils whose standard error holds both the pupils' own variation around what is expected and the reference's; it
    is missing for n below 2.
    """
    n, mean = own["n"], expected["mean"]
    parts = pd.DataFrame(
        {
            "n": n,
            "expected": n * mean,
            "deviation": own["total"] - n * mean,
            "squares": own["squares"] - 2 * mean * own["total"] + n * mean**2,
            "error": n**2 * expected["error"],
        }
    )
    keys = list(by.columns)
    sums = by.join(parts).groupby(keys, dropna=False, observed=True, as_index=False)[list(parts.columns)].sum()
    count = sums["n"]
    deviation = sums["deviation"] / count
    variance = (sums["squares"] - count * deviation**2).clip(lower=0.0) / (count - 1).where(count > 1)
    whole = variance + sums["error"] / count
    return sums[[*keys, "n"]].assign(expected=sums["expected"] / count, deviation=deviation, sd=whole**0.5)
