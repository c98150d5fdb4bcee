"""RKA's normalisation: an indicator of many units as 0 to 100, and the index of several (domain §11.3).

RKA, the index of pupils' views U15402 and its kin: values below percentile 2.5 are 0, above percentile 97.5 are 100,
linear between, so that 100 is best; the index is the unweighted mean, normalised once more. RKA does not tell how the
percentiles are interpolated: type 7 of Hyndman and Fan (1996), American Statistician 50:361-365, is our choice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from skq.metrics.measure import Answer

LOWER_TAIL, UPPER_TAIL = 0.025, 0.975
BEST = 100.0
QUESTIONS_NEEDED = 6
"""How many of the eleven questions of U15402 a unit must have an answer to."""


@dataclass(frozen=True)
class Normalised:
    """The values of the units as 0 to 100, all missing where `status` is not observed."""

    values: pd.Series
    status: Answer


def normalised(values: pd.Series, *, higher_is_better: bool) -> Normalised:
    """Return the values of one indicator, one per unit, as 0 (worst) to 100 (best); missing ones stay missing.

    Status `nobody` without any value, `one_unit` with one, `all_equal` where the two percentiles coincide.
    """
    known = values.astype("float64").dropna()
    nothing = pd.Series(np.nan, index=values.index, dtype="float64")
    if known.empty:
        return Normalised(nothing, Answer.NOBODY)
    if len(known) == 1:
        return Normalised(nothing, Answer.ONE_UNIT)
    low, high = known.quantile([LOWER_TAIL, UPPER_TAIL], interpolation="linear")
    if not high > low:
        return Normalised(nothing, Answer.ALL_EQUAL)
    risen = ((values.astype("float64").clip(low, high) - low) / (high - low) * BEST).clip(0.0, BEST)
    return Normalised(risen if higher_is_better else BEST - risen, Answer.OBSERVED)


def normalised_index(
    indicators: pd.DataFrame, *, higher_is_better: Mapping[str, bool], needed: int = QUESTIONS_NEEDED
) -> Normalised:
    """Return the index of each unit (row) over the indicators (columns): normalised, averaged, normalised again.

    *higher_is_better* names the columns and tells the direction of each. A unit with fewer than *needed* indicators
    has none; an indicator that does not vary adds nothing.
    """
    columns = {name: normalised(indicators[name], higher_is_better=up).values for name, up in higher_is_better.items()}
    table = pd.DataFrame(columns, index=indicators.index)
    mean = table.mean(axis="columns").where(table.notna().sum(axis="columns") >= needed)
    return normalised(mean, higher_is_better=True)
