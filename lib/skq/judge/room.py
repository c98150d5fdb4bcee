"""The room itself: protected numbers in, what chance and company say of them out."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from skq.columns import typed
from skq.give_back import give_back_freed
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
    shown = shown_rows(results)
    told = typed_goals(goal_rows(goals or {}, results, shown))
    del results
    of_all = compared["breakdown"].isin([str(Breakdown.ALL), str(Breakdown.PERIOD)])
    known = distances(compared[[*DISTANCE]][compared["kind"].eq(VS_MUNICIPALITY) & of_all])
    return Judgements(_estimates(shown, known, units, peers), told)


def _estimates(shown: pd.DataFrame, known: pd.DataFrame, units: pd.DataFrame, rule: PeerRule) -> pd.DataFrame:
    """Return the estimates of *shown* numbers; what each step needed besides is given back before the next."""
    rows = _alone(judged_rows(shown))
    of_chance = _alone(chance(rows))
    with_peers = _alone(beside_peers(rows, intakes(shown, rule), rule))
    said = pd.concat([rows, of_chance, with_peers, _alone(main_comparison(rows, known, shown))], axis="columns")
    del rows, of_chance, with_peers
    said = pd.concat([said, _alone(sensitivity(said, known, shown, units))], axis="columns")
    return typed(_alone(typed_estimates(said)), ESTIMATE_DTYPES)


def _alone(made: pd.DataFrame) -> pd.DataFrame:
    """Return *made*, with nothing left in memory of how it was made."""
    give_back_freed()
    return made
