"""Intervals against numbers from the literature, or a second way to the same number.

Newcombe (1998a), Statistics in Medicine 17:857-872, table I (one share, method 3: Wilson).
Newcombe (1998b), Statistics in Medicine 17:873-890, table II (difference of two shares, method 10).
"""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from skq.compare.part_of_whole import distance_to_whole
from skq.metrics.intervals import (
    mean_difference,
    mean_interval,
    sd_from_interval,
    sd_from_sums,
    share_difference,
    share_interval,
)

# r, n, lower, upper
WILSON = [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611), (1, 29, 0.0061, 0.1718)]

# r1, n1, r2, n2, lower, upper of p1 - p2
NEWCOMBE = [
    (56, 70, 48, 80, 0.0524, 0.3339),
    (9, 10, 3, 10, 0.1705, 0.8090),
    (6, 7, 2, 7, 0.0582, 0.8062),
    (5, 56, 0, 29, -0.0381, 0.1926),
    (0, 10, 0, 20, -0.1611, 0.2775),
    (0, 10, 0, 10, -0.2775, 0.2775),
    (10, 10, 0, 20, 0.6791, 1.0000),
    (10, 10, 0, 10, 0.6075, 1.0000),
]


@pytest.mark.parametrize(("part", "whole", "lower", "upper"), WILSON)
def test_share_interval(part, whole, lower, upper):
    """Wilson's interval is the published one."""
    found = share_interval(pd.Series([part]), pd.Series([whole])).iloc[0]
    assert (round(found["lower"], 4), round(found["upper"], 4)) == (lower, upper)


def test_share_of_nobody_has_no_interval():
    """Where nobody was counted there is no interval."""
    assert share_interval(pd.Series([0]), pd.Series([0])).isna().all(axis=None)


def share(part: int, whole: int) -> pd.DataFrame:
    limits = share_interval(pd.Series([part]), pd.Series([whole]))
    return limits.assign(value=part / whole, n=float(whole))


@pytest.mark.parametrize(("r1", "n1", "r2", "n2", "lower", "upper"), NEWCOMBE)
def test_difference_of_shares(r1, n1, r2, n2, lower, upper):
    """Newcombe's interval of a difference is the published one."""
    found = share_difference(share(r1, n1), share(r2, n2)).iloc[0]
    assert (round(found["lower"], 4), round(found["upper"], 4)) == (lower, upper)


FIRST = [240.0, 255.0, 190.0, 262.5, 300.0, 227.5, 245.0, 180.0]
SECOND = [200.0, 210.0, 232.5, 150.0, 187.5]


def mean(values: list[float]) -> pd.DataFrame:
    numbers = pd.Series(values)
    value, n = pd.Series([numbers.mean()]), pd.Series([float(len(values))])
    return mean_interval(value, pd.Series([numbers.std()]), n).assign(value=value, n=n)


def test_mean_interval():
    """Student's interval is that of scipy's own one-sample test."""
    expected = stats.ttest_1samp(FIRST, 0).confidence_interval(0.95)
    assert tuple(mean(FIRST)[["lower", "upper"]].iloc[0]) == pytest.approx(tuple(expected))


@pytest.mark.parametrize("values", [[], [200.0], [200.0, 200.0, 200.0]], ids=["n=0", "n=1", "all equal"])
def test_mean_without_spread_has_no_interval(values):
    """With nobody, one pupil, or pupils all alike, nothing is known of chance: no interval."""
    numbers = pd.Series(values, dtype="float64")
    n = pd.Series([float(len(values))])
    sd = sd_from_sums(pd.Series([numbers.sum()]), pd.Series([(numbers**2).sum()]), n)
    assert mean_interval(pd.Series([numbers.mean()]), sd, n).isna().all(axis=None)


def test_mean_of_two_has_an_interval():
    """n = 2 is the least: 200 and 220 give 210 plus or minus 12.706 times 10."""
    found = mean([200.0, 220.0]).iloc[0]
    assert found["upper"] - found["value"] == pytest.approx(12.7062 * 10, rel=1e-5)


def test_difference_of_means():
    """Welch's interval, from published limits alone, is that of scipy on the raw values."""
    expected = stats.ttest_ind(FIRST, SECOND, equal_var=False).confidence_interval(0.95)
    found = mean_difference(mean(FIRST), mean(SECOND)).iloc[0]
    assert (found["lower"], found["upper"]) == pytest.approx(tuple(expected))


def test_spread_from_sums_and_from_limits():
    """Sum and sum of squares, or the interval's width, tell the same standard deviation as the values."""
    numbers = pd.Series(FIRST)
    n = pd.Series([float(len(FIRST))])
    from_sums = sd_from_sums(pd.Series([numbers.sum()]), pd.Series([(numbers**2).sum()]), n)
    assert from_sums.iloc[0] == pytest.approx(numbers.std())
    assert sd_from_interval(mean(FIRST)).iloc[0] == pytest.approx(numbers.std())


def test_part_beside_whole_of_means():
    """Unit minus whole excludes zero exactly as unit against rest does, scaled by the rest's weight."""
    whole, rest = mean(FIRST + SECOND), mean(SECOND)
    expected = mean_difference(mean(FIRST), rest).iloc[0] * len(SECOND) / len(FIRST + SECOND)
    found = distance_to_whole(mean(FIRST), whole, kind="mean").iloc[0]
    assert tuple(found) == pytest.approx(tuple(expected))
    assert found["value"] == pytest.approx(np.mean(FIRST) - np.mean(FIRST + SECOND))


def test_part_beside_whole_of_shares():
    """30 of 40 beside 60 of 100: the rest is 30 of 60, and carries 60 % of the weight."""
    expected = share_difference(share(30, 40), share(30, 60)).iloc[0] * 0.6
    found = distance_to_whole(share(30, 40), share(60, 100), kind="share").iloc[0]
    assert tuple(found) == pytest.approx(tuple(expected))


def test_whole_that_is_the_unit_has_no_interval():
    """A municipality with a single school: the difference is zero and says nothing."""
    found = distance_to_whole(share(30, 40), share(30, 40), kind="share").iloc[0]
    assert found["value"] == 0
    assert math.isnan(found["lower"])
