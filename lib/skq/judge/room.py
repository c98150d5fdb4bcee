"""The room itself: protected numbers in, what chance and company say of them out."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from skq.columns import typed
from skq.judge.chance import chance
from skq.judge.goals import goal_rows
from skq.judge.municipality import DISTANCE, distances, main_comparison
from skq.judge.peers import PeerRule, beside_peers, intakes
from skq.judge.rows import NUMBERS, judged_rows, shown_rows
from skq.judge.sensitivity import sensitivity
from skq.judgements import Judgements, typed_estimates, typed_goals
from skq.protect import Protected
from skq.sides import VS_MUNICIPALITY
from skq.terms import ESTIMATE_DTYPES, RESULT_KEY, Breakdown

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
    of_all = compared["breakdown"].isin([str(Breakdown.ALL), str(Breakdown.PERIOD)])
    beside = compared[[*DISTANCE]][compared["kind"].eq(VS_MUNICIPALITY) & of_all]
    shown = shown_rows(results)
    return Judgements(
        estimates=_estimates(shown, beside, units, peers),
        goals=typed_goals(goal_rows(goals or {}, results, shown)),
    )


def _estimates(shown: pd.DataFrame, comparisons: pd.DataFrame, units: pd.DataFrame, rule: PeerRule) -> pd.DataFrame:
    rows, known = judged_rows(shown), distances(comparisons)
    with_peers = beside_peers(rows, intakes(shown, rule), rule)
    said = pd.concat([rows, chance(rows), with_peers, main_comparison(rows, known, shown)], axis="columns")
    told = typed_estimates(pd.concat([said, sensitivity(said, known, shown, units)], axis="columns"))
    return typed(told, ESTIMATE_DTYPES)
