"""The room itself: protected numbers in, what chance and company say of them out."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from skq.columns import taken, typed
from skq.give_back import give_back_freed
from skq.judge.chance import chance
from skq.judge.goals import goal_rows
from skq.judge.municipality import DISTANCE, after_holm, distances, main_comparison
from skq.judge.peers import Intake, PeerRule, beside_peers, intakes
from skq.judge.rows import NUMBERS, Lookup, judged_rows, shown_rows
from skq.judge.sensitivity import sensitivity
from skq.judgements import ESTIMATE_DTYPES, Judgements, typed_estimates, typed_goals
from skq.protect import Protected
from skq.sides import VS_MUNICIPALITY
from skq.terms import RESULT_KEY, Breakdown

_USUAL = PeerRule()


def judged(
    protected: Protected,
    *,
    units: pd.DataFrame,
    goals: Mapping[str, pd.DataFrame] | None = None,
    peers: PeerRule = _USUAL,
) -> Judgements:
    """Return what chance and company say of the numbers that *protected* shows.

    *goals* are the own tables `targets` and `commitments`, either may be absent; *peers* is how peers are found.
    """
    whole, compared = protected.results.frame, protected.comparisons.frame
    results = whole[[*RESULT_KEY, *NUMBERS, "status"]][whole["breakdown"].eq(str(Breakdown.ALL))]
    shown = shown_rows(results)
    told = _alone(typed_goals(goal_rows(goals or {}, results, shown)))
    del results
    of_all = compared["breakdown"].isin([str(Breakdown.ALL), str(Breakdown.PERIOD)])
    known = distances(compared[[*DISTANCE]][compared["kind"].eq(VS_MUNICIPALITY) & of_all])
    return Judgements(_estimates(shown, known, units, peers), told)


def _estimates(shown: pd.DataFrame, known: Lookup, units: pd.DataFrame, rule: PeerRule) -> pd.DataFrame:
    """Return the estimates of *shown* numbers, some metrics at a time; what is between them is given back."""
    intake, numbers = intakes(shown, rule), Lookup(shown, NUMBERS)
    parts = [_alone(_said(rows, intake, rule, known, numbers, units)) for rows in judged_rows(shown)]
    said = pd.DataFrame({name: taken(parts, name, dtype) for name, dtype in ESTIMATE_DTYPES.items()}, copy=False)
    return said.assign(holm=after_holm(said))


def _said(
    rows: pd.DataFrame,
    intake: Mapping[str, Intake],
    rule: PeerRule,
    known: Lookup,
    shown: Lookup,
    units: pd.DataFrame,
) -> pd.DataFrame:
    """Return the estimates of the judged *rows*, all but `holm`, for which all metrics are needed."""
    made = [rows, chance(rows), beside_peers(rows, intake, rule), main_comparison(rows, known, shown)]
    said = pd.concat(made, axis="columns")
    said = pd.concat([said, sensitivity(said, known, shown, units)], axis="columns")
    return typed(typed_estimates(said), ESTIMATE_DTYPES)


def _alone(made: pd.DataFrame) -> pd.DataFrame:
    """Return *made*, with nothing left in memory of how it was made."""
    give_back_freed()
    return made
