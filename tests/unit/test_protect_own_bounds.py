"""What a principal sees more of the own school beside other metrics that bound it: what tells a secret is locked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from skq.protect import protect
from skq.protect.own_school import for_principals
from skq.protect.principals import principals_rule
from skq.protect.rule import OFFICIAL
from skq.terms import COMPARISON_DTYPES

from tests.results_by_hand import results, share, units_of

EVERYONE = replace(OFFICIAL, principals_know_own=False)
NO_COMPARISONS = pd.DataFrame(columns=list(COMPARISON_DTYPES)).astype(COMPARISON_DTYPES)
BIAS = {"metric": "forecast_bias_pp", "subject": "follow_up_1", "n": 9.0, "numerator": 1.0, "value": 11.1}
SHARE, SUBJECT = "all_subjects_passed_share", "subject_passed_share"
ALL = ("A", SHARE, "")


def subject(passed: int, name: str = "MA", n: int = 9, **key: Any) -> dict[str, Any]:
    """Return how many of *n* pupils passed in a subject."""
    return share(n, passed, metric=SUBJECT, subject=name, **key)


def opened(*rows: dict[str, Any], jobs: int = 1, seen: dict[str, Any] | None = None) -> set[tuple[str, str, str]]:
    """Return unit, metric and subject of what principals see though everyone does not; *seen* they have once seen."""
    schools = {row.get("unit", "A"): "" for row in rows if row.get("level", "school") == "school"}
    table, known = results(rows), units_of(schools).assign(predecessor_code=None)
    everyone = protect(table, NO_COMPARISONS, EVERYONE, units=known)
    earlier = None if seen is None else results([seen]).assign(audience="principal")
    rules = (EVERYONE, principals_rule(EVERYONE))
    own = for_principals(table, NO_COMPARISONS, everyone, rules, units=known, earlier=earlier, jobs=jobs)
    before, after = (one.results.frame for one in (everyone, own))
    more = after[before["status"].ne("observed") & after["status"].eq("observed")]
    return set(more[["unit", "metric", "subject"]].itertuples(index=False, name=None))


@pytest.mark.parametrize("jobs", [1, 2])
def test_number_that_tells_of_another_metric_is_locked_again(jobs):
    """Of nine, eight passed in all subjects: at most one failed mathematics, and as that is hidden, not nobody.

    Where it is only five of nine, as at another school, that leaves room.
    """
    assert opened(share(9, 8), subject(8), jobs=jobs) == set()
    assert opened(share(9, 8), subject(8), subject(8, unit="B"), share(9, 5, unit="B"), jobs=jobs) == {("B", SHARE, "")}


def test_number_that_leaves_room_stays_opened():
    """Where four of nine failed in some subject, one to four may have failed in mathematics."""
    assert opened(share(9, 5), subject(8)) == {ALL}


def test_number_that_bounds_no_secret_stays_opened():
    """That nobody failed in mathematics is no secret, however little room it has; the subject of another year, grade
    year or school is not bounded at all."""
    assert opened(share(9, 8), subject(9)) >= {ALL}
    assert opened(share(9, 8), subject(8, school_year="2023/24")) == {ALL}
    assert opened(share(9, 8), subject(8, grade_year=6)) == {ALL}
    assert opened(share(9, 8), subject(8, unit="B")) == {ALL}


def test_what_tells_of_the_locked_is_locked_with_it():
    """How far the forecast was from the share tells the share."""
    assert opened(share(9, 5), subject(8), BIAS) == {ALL, ("A", "forecast_bias_pp", "follow_up_1")}
    assert opened(share(9, 8), subject(8), BIAS) == set()


def test_what_the_principal_has_seen_is_not_locked():
    """It would tell as much when it is hidden again: what is locked instead is nothing."""
    assert opened(share(9, 8), subject(8), seen=share(9, 8)) == {ALL}
