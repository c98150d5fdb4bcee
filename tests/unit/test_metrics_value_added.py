"""Conditional value added: groups of prior attainment, expected outcomes, units' means."""

import numpy as np
import pandas as pd
import pytest
from skq.metrics.measure import Answer
from skq.metrics.value_added import (
    conditional_value_added,
    expected_outcome,
    quantile_groups,
    reference_sd,
    unit_value_added,
)


def test_deciles_of_a_hundred():
    """A hundred different priors make ten groups of ten, lowest first."""
    groups = quantile_groups(pd.Series(range(100), dtype=float).sample(frac=1, random_state=1)).sort_index()
    assert groups.tolist() == [place // 10 + 1 for place in range(100)]


def test_equal_priors_share_a_group():
    """Nine pupils who all passed everything are one group, whatever the number of groups asked for."""
    assert quantile_groups(pd.Series([0.5] + [1.0] * 9), groups=4).tolist() == [1] + [3] * 9
    assert quantile_groups(pd.Series([0.0] * 9 + [1.0]), groups=4).tolist() == [2] * 9 + [4]


def test_unknown_prior_has_no_group():
    """Without prior attainment there is no group; without any known prior there are none."""
    assert quantile_groups(pd.Series([1.0, None, 3.0])).isna().tolist() == [False, True, False]
    assert quantile_groups(pd.Series([None, None], dtype=float)).isna().all()
    assert quantile_groups(pd.Series([], dtype=float)).empty


def test_limits_of_another_reference():
    """The nation's quartiles may place a municipality's pupils at the ends, also where they are beyond the nation's."""
    groups = quantile_groups(pd.Series([90.0, 150.0, 10.0, -5.0]), groups=4, reference=pd.Series(range(100)))
    assert groups.tolist() == [4, 4, 1, 1]


def test_expected_outcome_is_the_mean_of_the_group():
    """Everybody is expected to reach the mean of the own group; nobody is expected anything without a group."""
    outcome = pd.Series([10.0, 20.0, 40.0, 60.0, 99.0])
    group = pd.Series([1, 1, 2, 2, None], dtype="Int64")
    assert expected_outcome(outcome, group).tolist()[:4] == [15.0, 15.0, 50.0, 50.0]
    assert pd.isna(expected_outcome(outcome, group)[4])


def test_unknown_outcome_counts_nowhere():
    """A pupil without outcome is expected one, but moves nobody's expectation."""
    found = expected_outcome(pd.Series([10.0, None, 30.0]), pd.Series([1, 1, 1]), leave_out=pd.Series(["a", "b", "b"]))
    assert found.tolist() == [30.0, 10.0, 10.0]


def test_own_unit_left_out():
    """With the own unit left out a pupil is compared with the other units' pupils of the group alone."""
    outcome, group = pd.Series([10.0, 20.0, 60.0, 90.0]), pd.Series([1, 1, 1, 1])
    found = expected_outcome(outcome, group, leave_out=pd.Series(["a", "a", "b", "c"]))
    assert found.tolist() == [75.0, 75.0, 40.0, 30.0]


def test_unit_alone_in_its_group():
    """A unit whose pupils nobody else resembles is told to have no reference, not to be average."""
    rows = pd.DataFrame({"unit": ["a", "a", "b", "b"], "outcome": [10.0, 20.0, 60.0, 90.0]})
    found = conditional_value_added(rows, pd.Series([1, 1, 2, 2]))
    assert found["status"].unique().tolist() == [Answer.NO_REFERENCE]
    assert found[["n", "n_missing"]].to_numpy().tolist() == [[0, 2], [0, 2]]
    assert found[["value", "lower", "upper"]].isna().all(axis=None)


def test_matched_rate():
    """Pupils without a prior are counted beside those who have one."""
    found = unit_value_added(pd.Series([5.0, None, 7.0, 6.0]), pd.Series(["a"] * 4), sd=10.0)
    assert found.loc["a", ["n", "n_missing", "matched_rate", "value"]].tolist() == [3, 1, 0.75, 6.0]


@pytest.mark.parametrize("sd", [None, 0.0])
def test_no_interval_without_chance(sd):
    """A reference without any variation tells nothing of chance: value without limits."""
    found = unit_value_added(pd.Series([5.0, 5.0]), pd.Series(["a", "a"]), sd=sd)
    assert found.loc["a", "value"] == 5.0
    assert found[["lower", "upper"]].isna().all(axis=None)
    assert found.loc["a", "status"] == "observed"


def test_reference_sd_needs_two():
    """The spread of fewer than two pupils cannot be told; of 1, 3 it is √2, of 1, 2, 3 it is 1."""
    assert reference_sd(pd.Series([1.0, 3.0])) == pytest.approx(2**0.5)
    assert reference_sd(pd.Series([1.0])) is None
    assert reference_sd(pd.Series([], dtype=float)) is None
    assert reference_sd(pd.Series([1.0, 2.0, 3.0, np.nan])) == 1.0


def test_leaving_out_matters_and_both_are_told():
    """Two units, one group: each beside the other is twice as far away as beside both together.

    Both intervals rest on the spread about the full reference: pupils are −15, −5, 5 and 15 from their mean.
    """
    rows = pd.DataFrame({"unit": ["a", "a", "b", "b"], "outcome": [10.0, 20.0, 30.0, 40.0]})
    group = pd.Series([1, 1, 1, 1])
    apart, together = (conditional_value_added(rows, group, leave_one_out=choice) for choice in (True, False))
    assert apart["value"].tolist() == [-20.0, 20.0]
    assert together["value"].tolist() == [-10.0, 10.0]
    widths = [(found["upper"] - found["lower"]).tolist() for found in (apart, together)]
    assert widths == [[pytest.approx(2 * 1.959964 * (500 / 3 / 2) ** 0.5)] * 2] * 2


def test_nobody():
    """Without pupils there is an empty table with the same columns."""
    rows = pd.DataFrame({"unit": pd.Series(dtype="str"), "outcome": pd.Series(dtype=float)})
    found = conditional_value_added(rows, pd.Series(dtype="Int64"))
    assert found.empty
    assert list(found.columns) == ["n", "n_missing", "matched_rate", "value", "lower", "upper", "status"]
