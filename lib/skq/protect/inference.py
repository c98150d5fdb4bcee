"""What two shown numbers of one unit would tell of a third: the few between two thresholds, a count behind a ratio."""

from __future__ import annotations

import numpy as np
import pandas as pd

from skq.keys import NOWHERE, Keys, Positions, places
from skq.protect.standing import Booleans
from skq.terms import RESULT_KEY, CellStatus

THRESHOLDS = ("absence_over_15_share", "absence_over_20_share", "absence_over_50_share")
"""Whoever is over a later one is over the earlier ones too."""

TELLS_OF = {
    "leisure_children_per_fte": "leisure_children_count",
    "adapted_pupil_share": "adapted_pupil_count",
    "salsa_residual": "merit_rating_17",
    "salsa_passed_residual": "all_subjects_passed_share",
    "cohort_change_stayers": "cohort_stayers_count",
    "cohort_change_leavers": "cohort_leavers_count",
    "cohort_change_joiners": "cohort_joiners_count",
}
"""What tells another number: a ratio, shown with the full-time equivalents or pupils that it rests on, the count that
it is made of; the distance from an expected value the result; a part of a change, by its n, who stayed, left, joined.
"""

TELLS_OF_OUTCOME = {
    "forecast_bias_pp": "all_subjects_passed_share",
    "forecast_sensitivity_share": "all_subjects_passed_share",
}
TELLS_OF_FORECAST = {
    "forecast_bias_pp": "forecast_all_passed_share",
    "forecast_precision_share": "forecast_all_passed_share",
}
"""Forecast less outcome tells either beside the other; the others rest on just those who failed, or were told to."""

FORECAST, NEAR = "forecast_all_passed_share", "forecast_near_limit_share"
"""Who is forecast to pass all subjects, who to lack one or two: together they tell who lacks more."""

_PLACE = [column for column in RESULT_KEY if column != "metric"]


def between_too_few(judged: pd.DataFrame) -> Booleans:
    """Return the shares over a threshold that tell, beside the wider one that is shown, of too few pupils between.

    *judged* are results with numerator, status and `minimum`. The narrower one is hidden, against the next wider that
    stays.
    """
    chosen = np.zeros(len(judged), dtype=bool)
    own = judged[judged["metric"].isin(THRESHOLDS) & judged["status"].eq(str(CellStatus.OBSERVED))]
    if own.empty:
        return chosen
    numbered = own.assign(place=own.groupby(_PLACE, dropna=False, sort=True).ngroup(), at=own.index)
    wider: pd.Series = pd.Series(dtype="float64")
    for metric in THRESHOLDS:
        rows = numbered[numbered["metric"].eq(metric)].set_index("place")
        between = wider.reindex(rows.index) - rows["numerator"].astype("float64")
        near = between.between(0, rows["minimum"], inclusive="neither")
        chosen[rows.loc[near, "at"]] = True
        wider = rows.loc[~near, "numerator"].astype("float64").combine_first(wider)
    return chosen


def few_beyond_limit(judged: pd.DataFrame) -> Booleans:
    """Return the shares near the limit that tell, beside those forecast to pass, of too few pupils who lack more.

    *judged* as of `between_too_few`.
    """
    chosen = np.zeros(len(judged), dtype=bool)
    shown = judged[judged["metric"].isin([FORECAST, NEAR]) & judged["status"].eq(str(CellStatus.OBSERVED))]
    near, passing = (shown[shown["metric"].eq(metric)] for metric in (NEAR, FORECAST))
    beside = near[_PLACE].merge(passing[[*_PLACE, "numerator"]], on=_PLACE, how="left", validate="one_to_one")
    others = (near["n"] - near["numerator"]).to_numpy("float64")
    more = others - beside["numerator"].to_numpy("float64", na_value=np.nan)
    chosen[near.index[(more > 0) & (more < near["minimum"].to_numpy("float64"))]] = True
    return chosen


def telling(judged: pd.DataFrame, hidden: Booleans) -> Booleans:
    """Return the rows whose other number, which they would tell (`TELLS_OF`), is among the *hidden* rows."""
    return Telltales(judged).of(hidden)


class Telltales:
    """Which rows of *judged* would tell which others: found once, asked as often as others are hidden."""

    def __init__(self, judged: pd.DataFrame) -> None:
        self._rows = len(judged)
        numbers, metrics = pd.factorize(judged["metric"])
        at = {metric: np.flatnonzero(numbers == number) for number, metric in enumerate(metrics)}
        self._pairs = [
            _beside(judged, at[ratio], at[count], same_subject)
            for pairs, same_subject in ((TELLS_OF | TELLS_OF_FORECAST, True), (TELLS_OF_OUTCOME, False))
            for ratio, count in pairs.items()
            if ratio in at and count in at
        ]

    def of(self, hidden: Booleans) -> Booleans:
        """Return the rows that would tell one of the *hidden* rows."""
        chosen = np.zeros(self._rows, dtype=bool)
        for telltale, told in self._pairs:
            chosen[telltale[hidden[told]]] = True
        return chosen


def _beside(
    judged: pd.DataFrame, rows: Positions, others: Positions, same_subject: bool
) -> tuple[Positions, Positions]:
    """Return those of *rows* that have one of *others* in the same place, and these, parallel."""
    asked = judged.iloc[rows] if same_subject else judged.iloc[rows].assign(subject="")  # an outcome has no follow-up
    keys = Keys(judged.iloc[others], _PLACE)
    found = places(keys.own, keys.of(asked))
    return rows[found != NOWHERE], others[found[found != NOWHERE]]
