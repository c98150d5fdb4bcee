"""Grades beside tests at the same test grades: sums, ends of the scale, and what is missing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skq.metrics.test_relation import ENOUGH, reference, standardised

BY = pd.DataFrame({"unit": ["A"]})


def counts(*strata: tuple[float, float, float]) -> pd.DataFrame:
    return pd.DataFrame(strata, columns=["n", "total", "squares"], dtype="float64")


@pytest.mark.parametrize(
    ("others", "mean"),
    [
        pytest.param(ENOUGH - 1, 4 / (4 + ENOUGH - 1), id="too few: the unit's own are among them"),
        pytest.param(ENOUGH, 0.0, id="enough: the others alone"),
    ],
)
def test_who_the_unit_is_held_beside(others, mean):
    """Four of the unit's own pupils went up, none of the others: that counts only while the others are too few."""
    found = reference(counts((4, 4, 4)), counts((4 + others, 4, 4)))
    assert found["mean"].tolist() == pytest.approx([mean])


def test_error_of_the_reference():
    """Twenty others with 5 up: mean 0.25, squares 5 - 20/16 = 3.75, error 3.75 / (20 * 19)."""
    found = reference(counts((2, 0, 0)), counts((22, 5, 5)))
    assert found.loc[0].tolist() == pytest.approx([0.25, 3.75 / 380])


def test_reference_without_variation_has_no_error():
    """All others alike, and a rest of nobody beside a whole of one pupil: error 0, never a division by zero."""
    alike = reference(counts((5, 5, 5)), counts((35, 5, 5)))
    single = reference(counts((1, 1, 1)), counts((1, 1, 1)))
    assert (alike["error"].tolist(), single.loc[0].tolist()) == ([0.0], [1.0, 0.0])


def test_one_pupil_has_a_deviation_and_no_spread():
    """n = 1: the deviation is told, how far chance moves it is not."""
    found = standardised(counts((1, 1, 1)), pd.DataFrame({"mean": [0.25], "error": [0.01]}), BY)
    assert (found.loc[0, "n"], found.loc[0, "deviation"], pd.isna(found.loc[0, "sd"])) == (1, 0.75, True)


def test_nobody_is_no_row():
    """Without strata there is no unit to tell of."""
    none = pd.DataFrame({"mean": [], "error": []}, dtype="float64")
    assert standardised(counts(), none, BY.iloc[:0]).empty


UNIT = st.lists(st.lists(st.sampled_from([-1.0, 0.0, 1.0]), min_size=1, max_size=30), min_size=3, max_size=3)


@given(st.lists(UNIT, min_size=2, max_size=5))
def test_deviations_from_the_whole_sum_to_zero(units):
    """Held beside the whole itself, the units' deviations, weighted by their pupils, sum to zero in every municipality.

    And the expected means are the whole's: what one unit has above, others have below.
    """
    rows = [
        (unit, stratum, len(values), sum(values), sum(value**2 for value in values))
        for unit, strata in enumerate(units)
        for stratum, values in enumerate(strata)
    ]
    own = pd.DataFrame(rows, columns=["unit", "stratum", "n", "total", "squares"]).astype({"n": "float64"})
    whole = own.groupby("stratum")[["n", "total", "squares"]].transform("sum")
    expected = reference(own, whole, enough=10**9)
    found = standardised(own, expected, own[["unit"]])
    assert float((found["n"] * found["deviation"]).sum()) == pytest.approx(0, abs=1e-9)
    assert float((found["n"] * found["expected"]).sum()) == pytest.approx(own["total"].sum())
    assert not np.isinf(found[["deviation", "sd"]].to_numpy()).any()


@given(UNIT, st.integers(0, 2**31))
def test_expected_does_not_know_the_unit(strata, seed):
    """With enough others, what is expected does not change when the unit's own grades do."""
    rng = np.random.default_rng(seed)
    others = counts((20, 5, 7), (40, -3, 9), (15, 0, 4))
    given_ = counts(*((len(v), sum(v), sum(x**2 for x in v)) for v in strata))
    drawn = [rng.choice([-1.0, 0.0, 1.0], len(v)) for v in strata]
    changed = counts(*((len(v), v.sum(), (v**2).sum()) for v in drawn))
    by = pd.DataFrame({"unit": ["A"] * 3})
    found = [standardised(own, reference(own, others + own), by)["expected"].iloc[0] for own in (given_, changed)]
    assert found[0] == pytest.approx(found[1])
