"""Lines, segregation and compensation: against second ways to the same number, and where data are hard."""

from itertools import combinations
from math import comb, log

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats
from skq.metrics.compensation import compensation
from skq.metrics.lines import line
from skq.metrics.measure import Answer
from skq.metrics.segregation import dissimilarity, information_index


@pytest.fixture
def points() -> pd.DataFrame:
    """Sixty pupils in six schools."""
    rng = np.random.default_rng(3)
    cluster = np.repeat(np.arange(6), [4, 16, 10, 10, 5, 15])
    x = rng.normal(2, 0.5, 60)
    y = 100 + 40 * x + rng.normal(0, 15, 6)[cluster] + rng.normal(0, 30, 60)
    return pd.DataFrame({"x": x, "y": y, "weight": rng.integers(5, 80, 60).astype(float), "cluster": cluster})


def test_line_by_scipy(points):
    """Slope, intercept, correlation and their intervals are scipy's."""
    found, other = line(points["x"], points["y"]), stats.linregress(points["x"], points["y"])
    half = stats.t.ppf(0.975, 58) * other.stderr
    limits = stats.pearsonr(points["x"], points["y"]).confidence_interval()
    assert (found.slope, found.intercept) == (pytest.approx(other.slope), pytest.approx(other.intercept))
    assert (found.lower, found.upper) == (pytest.approx(other.slope - half), pytest.approx(other.slope + half))
    assert (found.correlation, found.r_squared) == (pytest.approx(other.rvalue), pytest.approx(other.rvalue**2))
    assert (found.correlation_lower, found.correlation_upper) == (pytest.approx(limits.low), pytest.approx(limits.high))


def test_weighed_line_by_statsmodels(points):
    """With weights it is weighted least squares."""
    found = line(points["x"], points["y"], weight=points["weight"])
    other = sm.WLS(points["y"], sm.add_constant(points["x"]), weights=points["weight"]).fit()
    assert found.slope == pytest.approx(other.params["x"])
    assert [found.lower, found.upper] == pytest.approx(other.conf_int().loc["x"].tolist())
    assert found.r_squared == pytest.approx(other.rsquared)
    assert found.correlation_lower is None


def test_clustered_line_by_statsmodels(points):
    """With schools as clusters the interval is that of the sandwich with t(k − 1)."""
    found = line(points["x"], points["y"], cluster=points["cluster"])
    other = sm.OLS(points["y"], sm.add_constant(points["x"])).fit(
        cov_type="cluster", cov_kwds={"groups": points["cluster"]}, use_t=True
    )
    assert (found.n, found.units) == (60, 6)
    assert [found.lower, found.upper] == pytest.approx(other.conf_int().loc["x"].tolist())


HARD = [
    ([], [], Answer.NOBODY, None),
    ([1.0], [2.0], Answer.TOO_FEW, None),
    ([1.0, 2.0], [2.0, 5.0], Answer.TOO_FEW, None),
    ([0.1, 0.1, 0.1], [2.0, 5.0, 1.0], Answer.ALL_EQUAL, None),
    ([0.1 + 0.2, 0.3, 0.3], [2.0, 5.0, 1.0], Answer.ALL_EQUAL, None),
    ([1.0, 2.0, 3.0], [224.3, 224.3, 224.3], Answer.OBSERVED, 0.0),
    ([1.0, 2.0, 4.0], [3.0, 5.0, 9.0], Answer.PERFECT_FIT, 2.0),
    ([1.0, 2.0, 4.0], [-3.0, -5.0, -9.0], Answer.PERFECT_FIT, -2.0),
    ([1.0, None, np.inf, 4.0], [3.0, 5.0, 9.0, None], Answer.TOO_FEW, None),
]


@pytest.mark.parametrize(("x", "y", "status", "slope"), HARD)
def test_hard_lines(x, y, status, slope):
    """Each has a slope or a name for why there is none, and no interval without chance."""
    found = line(pd.Series(x, dtype=float), pd.Series(y, dtype=float))
    assert found.status == status
    assert found.slope == (slope if slope is None else pytest.approx(slope))
    assert (found.lower, found.upper, found.correlation_lower) == (None, None, None)
    assert found.correlation in (None, 1.0, -1.0)


def test_line_within_one_school(points):
    """Pupils of a single school tell a slope, but nothing of how schools differ."""
    found = line(points["x"], points["y"], cluster=pd.Series("A", index=points.index))
    assert found.slope is not None
    assert (found.lower, found.units) == (None, 1)


def test_points_without_weight_or_school_are_left_out(points):
    """A school without pupils, and a pupil without school, count nowhere."""
    more = pd.concat([points, pd.DataFrame({"x": [9.0], "y": [0.0], "weight": [0.0], "cluster": [None]})])
    more = more.reset_index(drop=True)
    assert line(more["x"], more["y"], weight=more["weight"]) == line(points["x"], points["y"], weight=points["weight"])
    assert line(more["x"], more["y"], cluster=more["cluster"]).n == 60


def test_dissimilarity_at_its_ends():
    """Proportional groups give 0, groups that never meet 1."""
    assert dissimilarity(pd.Series([1, 2, 3]), pd.Series([10, 20, 30])).value == pytest.approx(0, abs=1e-12)
    assert dissimilarity(pd.Series([5, 5, 0]), pd.Series([0, 0, 7])).value == 1.0


def test_dissimilarity_by_chance():
    """Dealing three of seven pupils to places in schools of 2, 2 and 3 in all 35 ways gives the mean D."""
    places = [0, 0, 1, 1, 2, 2, 2]
    total = 0.0
    for dealt in combinations(range(7), 3):
        a = [sum(places[place] == school for place in dealt) for school in range(3)]
        b = [places.count(school) - a[school] for school in range(3)]
        total += sum(abs(one / 3 - two / 4) for one, two in zip(a, b, strict=True)) / 2
    found = dissimilarity(pd.Series([2, 1, 0]), pd.Series([0, 1, 3]))
    assert found.by_chance == pytest.approx(total / comb(7, 3))
    assert found.adjusted == pytest.approx((found.value - total / 35) / (1 - total / 35))


@pytest.mark.parametrize(
    ("first", "second", "status"),
    [
        ([], [], Answer.NOBODY),
        ([0, 0], [3, 4], Answer.NOBODY),
        ([3, 4], [0, 0], Answer.NOBODY),
        ([3, None], [4, 9], Answer.ONE_UNIT),
        ([3, 0], [4, 0], Answer.ONE_UNIT),
    ],
)
def test_no_segregation_to_tell(first, second, status):
    """Without a group, or with one school, neither index can be told."""
    first, second = pd.Series(first, dtype=float), pd.Series(second, dtype=float)
    assert dissimilarity(first, second).status == status
    assert dissimilarity(first, second).value is None
    assert information_index(first, second).status == status


def test_one_pupil_in_each_school():
    """Where every school is one pupil chance alone gives 1, and there is nothing to adjust to."""
    found = dissimilarity(pd.Series([1, 0, 1]), pd.Series([0, 1, 0]))
    assert (found.value, found.by_chance, found.adjusted) == (1.0, pytest.approx(1.0), None)


def test_information_index():
    """Ten and ten, 8+2 and 2+8: 1 less the entropy of a fifth over that of a half."""
    entropy = -(0.2 * log(0.2) + 0.8 * log(0.8)) / log(2)
    found = information_index(pd.Series([8, 2]), pd.Series([2, 8]))
    assert (found.value, found.n) == (pytest.approx(1 - entropy), 20)
    assert information_index(pd.Series([5, 0]), pd.Series([0, 7])).value == 1.0


SCHOOLS = pd.DataFrame(
    {
        "resources": [90.0, 92.0, 96.0, 100.0, 102.0, 106.0, 110.0, 112.0],
        "need": [40.0, 50.0, 70.0, 90.0, 110.0, 130.0, 150.0, 160.0],
        "pupils": [100.0, 300.0, 100.0, 200.0, 200.0, 100.0, 300.0, 100.0],
    }
)


def test_compensation():
    """The neediest quarter has 111 against 91; weighed by pupils 110.5 against 91.5."""
    plain = compensation(SCHOOLS["resources"], SCHOOLS["need"])
    weighed = compensation(SCHOOLS["resources"], SCHOOLS["need"], pupils=SCHOOLS["pupils"])
    assert (plain.mean, plain.quarter_difference) == (101.0, 20.0)
    assert weighed.quarter_difference == pytest.approx(110.5 - 91.5)
    slope = stats.linregress(SCHOOLS["need"], SCHOOLS["resources"]).slope
    assert plain.line.slope == pytest.approx(slope)
    heavy = np.polyfit(SCHOOLS["need"], SCHOOLS["resources"], 1, w=SCHOOLS["pupils"] ** 0.5)[0]
    assert weighed.line.slope == pytest.approx(heavy)
    assert plain.line.correlation == pytest.approx(np.corrcoef(SCHOOLS["need"], SCHOOLS["resources"])[0, 1])


@pytest.mark.parametrize(("schools", "status"), [(0, Answer.NOBODY), (1, Answer.TOO_FEW), (2, Answer.TOO_FEW)])
def test_compensation_of_few_schools(schools, status):
    """Fewer than three schools make no line."""
    few = SCHOOLS.head(schools)
    found = compensation(few["resources"], few["need"], pupils=few["pupils"])
    assert found.line.status == status


def test_equal_money_and_equal_needs():
    """Everybody the same money: slope 0 without interval. Everybody the same need: no slope, no neediest quarter."""
    money = compensation(SCHOOLS["resources"] * 0 + 95.5, SCHOOLS["need"])
    assert (money.line.slope, money.line.lower, money.quarter_difference) == (0.0, None, 0.0)
    needs = compensation(SCHOOLS["resources"], SCHOOLS["need"] * 0 + 100)
    assert (needs.line.status, needs.quarter_difference) == (Answer.ALL_EQUAL, None)


def test_correlation_of_three_points_has_no_limits():
    """Fisher's interval divides by the square root of n − 3, so three points have a correlation and no limits."""
    found = line(pd.Series([1.0, 2.0, 3.0]), pd.Series([1.0, 3.0, 2.0]))
    assert found.correlation == pytest.approx(0.5)
    assert (found.correlation_lower, found.correlation_upper) == (None, None)


def test_broken_numbers_of_pupils_have_no_index_by_chance():
    """What chance alone gives is counted in whole pupils; full-time equivalents have an index and nothing beside it."""
    found = dissimilarity(pd.Series([30.5, 10.0, 5.0]), pd.Series([20.0, 40.0, 45.0]))
    assert found.value is not None
    assert (found.by_chance, found.adjusted) == (None, None)
