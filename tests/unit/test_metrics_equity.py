"""Equity between schools: variation, spread, gaps, the lowest quarter; also where data are hard."""

from math import isnan

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from skq.metrics.equity import Spread, spread, variation, variation_of
from skq.metrics.gaps import gaps, lowest_quarter_mean
from skq.metrics.measure import Answer, Measure, no_measure
from skq.metrics.value_added import quantile_groups

MERITS = {"A": [200, 220, 240], "B": [180, 190, 200, 230], "C": [250, 260, 270]}
VALUES = pd.Series([value for own in MERITS.values() for value in own], dtype=float)
SCHOOLS = pd.Series([school for school, own in MERITS.items() for _ in own])


def test_variation_from_pupils_is_that_from_sums():
    """One row a pupil and one row a school tell the same; n0 is 3.3 (domain T-18)."""
    own = VALUES.groupby(SCHOOLS)
    sums = variation(own.size(), own.sum(), (VALUES**2).groupby(SCHOOLS).sum())
    pupils = variation_of(VALUES, SCHOOLS)
    assert (pupils.mean, pupils.pupils, pupils.schools) == (224, 10, 3)
    assert pupils.typical == pytest.approx(3.3)
    for name in ("between", "within", "sd", "between_share", "icc_raw", "lower_raw", "upper_raw"):
        assert getattr(pupils, name) == pytest.approx(getattr(sums, name)), name


def test_limits_hold_the_correlation():
    """The interval lies around the raw correlation, and the reported one never goes below zero."""
    found = variation_of(VALUES, SCHOOLS)
    assert found.lower_raw < found.icc_raw < found.upper_raw < 1
    alike = variation_of(pd.Series([1.0, 9.0, 1.0, 9.0, 2.0, 8.0]), pd.Series(list("aabbcc")))
    assert alike.icc_raw < 0
    assert alike.lower_raw < 0
    assert (alike.icc, alike.lower) == (0, 0)


@pytest.mark.parametrize("size", [2, 9])
def test_limits_by_a_second_way(size):
    """Pupils with the correlation of a limit vary between schools just as the 97.5 or 2.5 % point of F says.

    Generalised least squares with the whole covariance matrix, of four schools of unequal size.
    """
    values = pd.concat([VALUES, pd.Series([195.0, 215.0] * size)], ignore_index=True).to_numpy()
    school = np.array([*SCHOOLS, *["D"] * 2 * size])
    found = variation_of(pd.Series(values), pd.Series(school))
    within = sum(((values[school == own] - values[school == own].mean()) ** 2).sum() for own in "ABCD")
    for end, chance in ((found.lower_raw, 0.975), (found.upper_raw, 0.025)):
        same = (school[:, None] == school[None, :]).astype(float)
        inverse = np.linalg.inv(np.eye(len(values)) + end / (1 - end) * same)
        centre = inverse.sum(axis=0) @ values / inverse.sum()
        between = (values - centre) @ inverse @ (values - centre) - within
        ratio = between / 3 / (within / (len(values) - 4))
        assert stats.f.cdf(ratio, 3, len(values) - 4) == pytest.approx(chance, abs=1e-6)


def test_limits_end_where_no_correlation_is_lower():
    """Means exactly alike: both limits are the lowest correlation that the largest school allows, reported as 0."""
    found = variation_of(pd.Series([1.0, 9.0, 1.0, 9.0, 1.0, 5.0, 9.0]), pd.Series(list("aabbccc")))
    assert (found.lower_raw, found.upper_raw) == (pytest.approx(-1 / 2), pytest.approx(-1 / 2))
    assert (found.lower, found.upper) == (0, 0)


HARD = [
    ([], [], Answer.NOBODY),
    ([200.0], ["A"], Answer.ONE_UNIT),
    ([200.0, 210.0], ["A", "A"], Answer.ONE_UNIT),
    ([200.0, 210.0], ["A", "B"], Answer.ONE_EACH),
    ([224.3] * 7, list("AABBBCC"), Answer.ALL_EQUAL),
    ([0.1 + 0.2, 0.3, 0.3, 0.1 + 0.2], list("AABB"), Answer.ALL_EQUAL),
    ([None, None], ["A", "B"], Answer.NOBODY),
    ([200.0, 210.0], [None, None], Answer.NOBODY),
]


@pytest.mark.parametrize(("values", "schools", "status"), HARD)
def test_correlation_untold_has_a_name(values, schools, status):
    """Nobody, one school, one pupil each and no variation each have a name and no correlation."""
    found = variation_of(pd.Series(values, dtype=float), pd.Series(schools, dtype="str"))
    assert found.status == status
    assert all(isnan(number) for number in (found.icc_raw, found.icc, found.lower, found.upper, found.between_share))


def test_sums_that_differ_by_rounding_only():
    """Seven pupils of 224.3 have no variation, though their sum of squares is not quite the squared sum over n."""
    n = pd.Series([2, 3, 2])
    found = variation(n, n * 224.3 + [0, 1e-13, 0], n * 224.3**2 + [3e-11, 0, 0])
    assert (found.status, found.between, found.within, found.sd) == (Answer.ALL_EQUAL, 0.0, 0.0, 0.0)


def test_schools_without_pupils_count_nowhere():
    """A school that has nobody in the year changes nothing."""
    n, total, squares = pd.Series([3, 4, 3]), pd.Series([660.0, 800, 780]), pd.Series([146000.0, 161400, 203000])
    more = [pd.concat([column, pd.Series([0.0])]) for column in (n, total, squares)]
    assert variation(*more) == variation(n, total, squares)


def test_all_variation_between():
    """Pupils of a school alike, schools not: correlation 1 and no limits, for there is no chance to measure by."""
    found = variation_of(pd.Series([200.0, 200.0, 250.1, 250.1]), pd.Series(list("AABB")))
    assert (found.status, found.icc_raw, found.between_share, found.within) == (Answer.OBSERVED, 1.0, 1.0, 0.0)
    assert isnan(found.upper)


def test_one_giant_school():
    """Ten thousand pupils beside three schools of one or two: all is finite, the correlation may be anything."""
    values = pd.Series(np.random.default_rng(5).normal(200, 60, 10_004))
    found = variation_of(values, pd.Series(["giant"] * 10_000 + ["a", "b", "b", "c"]))
    assert np.isfinite([found.icc_raw, found.lower_raw, found.upper_raw, found.between_share]).all()
    assert found.lower <= found.icc <= found.upper
    assert found.upper > 0.5


def test_large_numbers_close_together():
    """Ten million more on every value changes nothing but the mean."""
    near, far = variation_of(VALUES, SCHOOLS), variation_of(VALUES + 1e7, SCHOOLS)
    assert far.mean - near.mean == 1e7
    assert (far.between_share, far.icc_raw) == (pytest.approx(near.between_share), pytest.approx(near.icc_raw))


def test_spread():
    """Of 0 … 100: SD √(101·102/12) = 29.30, P90 − P10 80, P75 − P25 50."""
    found = spread(pd.Series(range(101), dtype=float))
    assert found.sd == pytest.approx((101 * 102 / 12) ** 0.5)
    assert (found.p90_p10, found.p75_p25, found.sd_of_means) == (80, 50, None)


def test_spread_of_school_means():
    """Means 220, 200 and 260 with 3, 4 and 3 pupils about 224: √(6240 / 10)."""
    assert spread(VALUES, SCHOOLS).sd_of_means == pytest.approx(624**0.5)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], Spread(0, Answer.NOBODY)),
        ([5.0], Spread(1, Answer.TOO_FEW)),
        ([5.0, None], Spread(1, Answer.TOO_FEW)),
        ([5.0, 5.0], Spread(2, Answer.OBSERVED, 0.0, 0.0, 0.0)),
    ],
)
def test_spread_of_hardly_any(values, expected):
    """Nobody and one pupil have no spread; two alike have none to speak of, which is a number: 0."""
    assert spread(pd.Series(values, dtype=float)) == expected


PUPILS = pd.DataFrame(
    {
        "unit": list("AAAAAAABBBCD"),
        "sex": ["girls"] * 4 + ["boys"] * 3 + ["girls", "boys", "boys", "girls", None],
        "merit": [250.0, 230.0, 270.0, 240.0, 200.0, 220.0, 230.0, 300.0, 180.0, 200.0, 240.0, 100.0],
    }
)


def test_gap_of_means():
    """Girls less boys with Welch's interval, as scipy tells it."""
    found = gaps(PUPILS["merit"], PUPILS["sex"], PUPILS["unit"], first="girls", second="boys").loc["A"]
    welch = stats.ttest_ind([250, 230, 270, 240], [200, 220, 230], equal_var=False).confidence_interval()
    assert (found["n_first"], found["n_second"]) == (4, 3)
    assert found["value"] == pytest.approx(247.5 - 650 / 3)
    assert (found["lower"], found["upper"]) == (pytest.approx(welch.low), pytest.approx(welch.high))


def test_gap_of_too_few():
    """One girl: a gap without interval. No boys, or nobody of known sex: no gap, and a name for it."""
    found = gaps(PUPILS["merit"], PUPILS["sex"], PUPILS["unit"], first="girls", second="boys")
    assert found.loc["B", "value"] == 110
    assert found.loc[["B", "C", "D"], ["lower", "upper"]].isna().all(axis=None)
    assert found["status"].tolist() == ["observed", "observed", "nobody", "nobody"]
    assert found.loc[["C", "D"], "value"].isna().all()


def test_gap_of_shares_between_quarters():
    """56 of 70 against 48 of 80: 0.2000 with Newcombe's limits 0.0524 and 0.3339 (his table II)."""
    first, second = [1] * 56 + [0] * 14, [1] * 48 + [0] * 32
    eligible = pd.Series(first + second)
    group = pd.Series([1] * 70 + [4] * 80)
    found = gaps(eligible, group, pd.Series("all", index=eligible.index), first=1, second=4, kind="share").loc["all"]
    assert [round(found[name], 4) for name in ("value", "lower", "upper")] == [0.2, 0.0524, 0.3339]


def test_quarters_of_background_are_quarters():
    """Eight pupils make four quarters of two."""
    assert quantile_groups(pd.Series([8.0, 1, 7, 2, 6, 3, 5, 4]), groups=4).tolist() == [4, 1, 4, 1, 3, 2, 3, 2]


def test_lowest_quarter():
    """Of eight the two lowest; of six one and a half: (100 + ½·200) / 1.5; of four the lowest; three make none."""
    values = [800.0, 100, 200, 300, 400, 500, 600, 700, 600, 100, 200, 300, 400, 500, 1, 2, 3, 9, 8, 7, 9]
    found = lowest_quarter_mean(pd.Series(values), pd.Series([*"AAAAAAAA", *"BBBBBB", *"CCC", *"DDDD"]))
    assert found.loc[["A", "B", "D"], "value"].tolist() == [150.0, pytest.approx(200 / 1.5), 7.0]
    assert found["n"].tolist() == [8, 6, 3, 4]
    assert found["status"].tolist() == ["observed", "observed", "too_few", "observed"]
    assert pd.isna(found.loc["C", "value"])


def test_gaps_and_quarters_of_nobody():
    """Without pupils there are empty tables."""
    none = pd.Series(dtype=float)
    text = pd.Series(dtype="str")
    assert gaps(none, text, text, first="girls", second="boys").empty
    assert lowest_quarter_mean(none, text).empty


def test_measure_is_a_number_or_a_reason():
    """A value without a status that allows one, a status without value, and NaN are refused."""
    assert no_measure(Answer.NOBODY, 0).value is None
    with pytest.raises(ValueError, match="contradicts"):
        Measure(value=None, n=3)
    with pytest.raises(ValueError, match="contradicts"):
        Measure(value=1.0, n=0, status=Answer.NOBODY)
    with pytest.raises(ValueError, match="never NaN"):
        Measure(value=float("nan"), n=3)
