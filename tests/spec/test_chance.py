"""Chance and certainty: worked by hand, each number to be followed with pencil and paper (§9.5, §19)."""

import pandas as pd
import pytest
from skq.metrics.funnel import common_mean, dispersion, mean_funnel, pooled_sd, share_funnel
from skq.metrics.multiple import expected_by_chance, holm
from skq.metrics.peers import distances, nearest, neighbours
from skq.metrics.shrinkage import shrunken

from tests.spec.text_tables import text_table

FIVE = """
    school  value  n   sd
    A       180    25  50
    B       190    25  50
    C       200    25  50
    D       210    25  50
    E       220    25  50
"""


def numbers(text: str) -> pd.DataFrame:
    """The text table with numbers, all schools in one series."""
    rows = text_table(text).set_index("school").astype("float64")
    return rows.assign(series=1)


def funnel_of(rows: pd.DataFrame) -> pd.DataFrame:
    """The funnel of means."""
    return mean_funnel(rows["value"], rows["n"], rows["sd"], rows["series"])


def test_funnel_of_means():
    """Five schools around 200; a mean of 25 pupils has error 50/5 = 10, so limits 200 ± 19.6 and ± 30.9."""
    found = funnel_of(numbers(FIVE))
    assert found["target"].tolist() == [200.0] * 5
    assert found["limit_lower"].round(1).tolist() == [180.4] * 5
    assert found["limit_upper"].round(1).tolist() == [219.6] * 5
    assert found["outer_upper"].round(1).tolist() == [230.9] * 5
    assert found["outside"].tolist() == ["95", "no", "no", "no", "95"]


def test_wider_apart_than_chance_is_not_yet_over_dispersion():
    """z = -2, -1, 0, 1, 2, winsorised to ±1.6: φ = (2.56 + 1 + 0 + 1 + 2.56)/5 = 1.42, sum 7.1 below 9.5: φ stays 1."""
    assert dispersion(pd.Series([-2.0, -1.0, 0.0, 1.0, 2.0]), pd.Series([1] * 5)).tolist() == [1.0] * 5


def test_over_dispersion_widens_the_funnel():
    """Twice as far apart: z winsorised to ±3.2, ±2: φ = 28.48/5 = 5.696, error 10·√5.696 = 23.87, limits 200 ± 46.8."""
    rows = numbers(FIVE)
    found = funnel_of(rows.assign(value=200 + 2 * (rows["value"] - 200)))
    assert found["dispersion"].tolist() == pytest.approx([5.696] * 5)
    assert found["limit_upper"].round(1).tolist() == [246.8] * 5
    assert found["outside"].eq("no").all()


@pytest.mark.parametrize("sd", [0.0, float("nan")], ids=["all-alike", "not-known"])
def test_no_limits_without_spread(sd):
    """Where pupils are all alike within every school, or their spread is not known, chance has no measure."""
    found = funnel_of(numbers(FIVE).assign(sd=sd))
    assert found[["limit_lower", "limit_upper", "outer_lower", "outer_upper"]].isna().all(axis=None)
    assert found["outside"].eq("").all()
    assert found["dispersion"].eq(1).all()


def test_one_school_alone():
    """A single school is its own common mean, within its own limits, and has no estimate: nothing to borrow from."""
    rows = numbers(FIVE).head(1)
    assert funnel_of(rows)["outside"].tolist() == ["no"]
    assert shrunken(rows["value"], pd.Series(10.0, index=rows.index), rows["series"])["shrunken"].isna().all()


def test_nobody():
    """No schools, no funnel, no estimate, no p."""
    rows = numbers(FIVE).head(0)
    assert funnel_of(rows).empty
    assert shrunken(rows["value"], rows["sd"], rows["series"]).empty
    assert holm(rows["value"], rows["series"]).empty


def test_funnel_of_shares():
    """A share of 0.5 in 100: arcsine 45° ± 1.96/(2·10) radians = 0.6874 … 0.8834, squared sines 0.4026 … 0.5974."""
    rows = pd.DataFrame({"value": [0.5, 0.5], "n": [100.0, 400.0]})
    found = share_funnel(rows["value"], rows["n"], pd.Series([1, 1])).iloc[0]
    assert (round(found["limit_lower"], 4), round(found["limit_upper"], 4)) == (0.4026, 0.5974)


def test_common_mean_is_weighted_by_pupils():
    """T-05's schools: 250 on 24 pupils and 200 on 58 make 214.63 together."""
    mean = common_mean(pd.Series([250.0, 200.0]), pd.Series([24.0, 58.0]), pd.Series([1, 1]))
    assert mean.round(2).tolist() == [214.63, 214.63]


def test_pooled_spread():
    """Variances 100 on 4 and 400 on 2 degrees of freedom: (400 + 800)/6 = 200."""
    pooled = pooled_sd(pd.Series([10.0, 20.0]), pd.Series([5.0, 3.0]), pd.Series([1, 1]))
    assert (pooled**2).tolist() == pytest.approx([200.0, 200.0])


def test_shrunken_means():
    """V = 100, squared distances 1000; 1000/(V + τ²) = 4 gives τ² = 150: six tenths are kept, so 220 becomes 212.

    Its variance after Morris: 0.6·100 + 0.4²·250/5 + (2/2)·0.4²·20² = 60 + 8 + 64 = 132, so limits 212 ± 22.5.
    """
    rows = numbers(FIVE)
    target = pd.Series(200.0, index=rows.index)
    found = shrunken(rows["value"], pd.Series(10.0, index=rows.index), rows["series"], target=target)
    assert found["weight"].tolist() == pytest.approx([0.6] * 5)
    assert found["shrunken"].tolist() == pytest.approx([188, 194, 200, 206, 212])
    limits = (found.loc["E", "shrunken_lower"], found.loc["E", "shrunken_upper"])
    assert limits == pytest.approx((189.48, 234.52), abs=0.01)


def test_holm_of_three():
    """0.01·3 = 0.03; 0.03·2 = 0.06; 0.04·1 = 0.04, but never below the one before: 0.06."""
    adjusted = holm(pd.Series([0.01, 0.04, 0.03]), pd.Series(["A"] * 3))
    assert adjusted.round(3).tolist() == [0.03, 0.06, 0.06]


def test_forty_comparisons_give_two_flags_by_chance():
    """Of 40 comparisons where nothing differs, 2 look certain."""
    assert expected_by_chance(40) == 2.0


INTAKE = """
    school  educated  foreign
    E       0.60      0.40
    D       0.80      0.60
    C       0.80      0.20
    B       0.40      0.60
    A       0.40      0.20
"""


def test_nearest_in_intake():
    """Both measures have the same spread, so A lies √(½·(0.2² + 0.2²)) spreads from E, and twice as far from D."""
    intake = text_table(INTAKE).set_index("school").astype("float64")
    apart = pd.DataFrame(distances(intake), index=intake.index, columns=intake.index)
    spread = (4 * 0.2**2 / 5) ** 0.5
    assert apart.loc["A", "E"] == pytest.approx(0.2 / spread)
    assert apart.loc["A", "D"] == pytest.approx(2 * apart.loc["A", "E"])


def test_equally_near_are_taken_by_code():
    """To E all four are as near: of them the first two codes. A has E nearest, then B before C, which is as near."""
    intake = text_table(INTAKE).set_index("school").astype("float64")
    among = nearest(neighbours(intake), intake["educated"].notna().to_numpy(), 2)
    chosen = {code: "".join(sorted(intake.index[row])) for code, row in zip(intake.index, among, strict=True)}
    assert chosen["E"] == "AB"
    assert chosen["A"] == "BE"
