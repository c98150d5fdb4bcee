"""Shrinkage against published examples and a second implementation.

Eight schools: Rubin (1981), Journal of Educational Statistics 6:377-401; Gelman et al. (2013), Bayesian Data Analysis,
3rd ed., section 5.5: pooled effect 7.7 with standard error 4.1, variance between schools estimated as 0.
BCG vaccine: Colditz et al. (1994), JAMA 271:698-702, thirteen trials, as in the R package metafor (dat.bcg), whose
Paule-Mandel estimate of τ² is 0.3181 and mean log relative risk -0.7150.
"""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom
from skq.metrics.funnel import share_funnel
from skq.metrics.multiple import holm, mean_p, share_p
from skq.metrics.shrinkage import between_variance, shrunken
from statsmodels.stats.meta_analysis import combine_effects
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep

EFFECT = [28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0]
ERROR = [15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0]

# ill and well among the vaccinated, ill and well among the others
BCG = np.array([
    (4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619), (33, 5036, 47, 5761),
    (180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892), (29, 7470, 45, 7232), (17, 1699, 65, 1600),
    (186, 50448, 141, 27197), (5, 2493, 3, 2338), (27, 16886, 29, 17825),
], dtype="float64")  # fmt: skip


def bcg() -> tuple[pd.Series, pd.Series]:
    """The log relative risks and their standard errors."""
    ill, well, ill_other, well_other = BCG.T
    risk = np.log(ill / (ill + well)) - np.log(ill_other / (ill_other + well_other))
    variance = 1 / ill - 1 / (ill + well) + 1 / ill_other - 1 / (ill_other + well_other)
    return pd.Series(risk), pd.Series(variance**0.5)


def one(values: pd.Series) -> pd.Series:
    """A single series for all values."""
    return pd.Series("all", index=values.index)


def test_eight_schools():
    """The eight schools vary no more than chance makes them: all are shrunken to the published mean."""
    effect = pd.Series(EFFECT)
    found = shrunken(effect, pd.Series(ERROR), one(effect))
    assert found["between"].eq(0).all()
    assert found["weight"].eq(0).all()
    assert found["target"].round(1).eq(7.7).all()
    assert found["shrunken"].round(1).eq(7.7).all()


def test_eight_schools_error_of_the_mean():
    """A school whose own effect is the pooled one keeps the pooled error alone: 4.1, so 7.7 - 8.0 to 7.7 + 8.0."""
    effect = pd.Series([*EFFECT, 7.6856])
    found = shrunken(effect, pd.Series([*ERROR, 1e6]), one(effect)).iloc[-1]
    assert (found["shrunken_upper"] - found["shrunken_lower"]) / 2 / 1.959964 == pytest.approx(4.07, abs=0.005)


def test_bcg_variance_between_trials():
    """τ² and mean are those that metafor gives."""
    risk, error = bcg()
    found = shrunken(risk, error, one(risk))
    assert round(found["between"].iloc[0], 4) == 0.3181
    assert round(found["target"].iloc[0], 3) == -0.715


def test_bcg_by_statsmodels():
    """statsmodels' own iteration finds the same τ² and the same mean, to nine digits."""
    risk, error = bcg()
    expected = combine_effects(risk.to_numpy(), error.to_numpy() ** 2, method_re="iterated", atol=1e-14)
    found = shrunken(risk, error, one(risk)).iloc[0]
    assert found["between"] == pytest.approx(expected.tau2, rel=1e-9)
    assert found["target"] == pytest.approx(expected.mean_effect_re, rel=1e-9)


def test_many_series_as_one_by_one():
    """Series that are worked out together are what they are alone."""
    risk, error = bcg()
    effect = pd.Series(EFFECT)
    both = shrunken(
        pd.concat([risk, effect], ignore_index=True),
        pd.concat([error, pd.Series(ERROR)], ignore_index=True),
        pd.Series(["bcg"] * 13 + ["schools"] * 8),
    )
    alone = pd.concat([shrunken(risk, error, one(risk)), shrunken(effect, pd.Series(ERROR), one(effect))])
    pd.testing.assert_frame_equal(both, alone.reset_index(drop=True))


def test_between_variance_of_equal_errors():
    """With equal errors τ² is the sample variance less the error's square: 250 - 100."""
    y, v = np.array([180.0, 190.0, 200.0, 210.0, 220.0]), np.full(5, 100.0)
    assert between_variance(y, v, np.zeros(5, dtype=np.intp))[0] == pytest.approx(150.0)


@pytest.mark.parametrize("n", [15, 40, 100, 400])
@pytest.mark.parametrize("p", [0.3, 0.5, 0.75, 0.9])
def test_share_limits_beside_the_exact_ones(n, p):
    """The 95 % limits of a share lie within one pupil of the binomial distribution's own."""
    schools = pd.DataFrame({"n": [float(n), 1e9], "value": [p, p]})
    found = share_funnel(schools["value"], schools["n"], one(schools["n"])).iloc[0]
    for side, level in (("limit_lower", 0.025), ("limit_upper", 0.975)):
        r = binom.ppf(level, n, p)
        between = (binom.cdf(r, n, p) - level) / (binom.cdf(r, n, p) - binom.cdf(r - 1, n, p))
        assert found[side] * n == pytest.approx(r - between, abs=1.0), "Spiegelhalter (2005), appendix A.1"


PAIRS = [(56, 70, 48, 80), (9, 10, 3, 10), (6, 7, 2, 7), (5, 56, 0, 29), (10, 10, 0, 20), (30, 40, 30, 60)]


@pytest.mark.parametrize(("r1", "n1", "r2", "n2"), PAIRS)
def test_p_of_shares_inverts_newcombe(r1, n1, r2, n2):
    """At the level that p says, statsmodels' Newcombe interval just touches zero."""
    first, second = (pd.DataFrame({"value": [r / n], "n": [float(n)]}) for r, n in ((r1, n1), (r2, n2)))
    p = share_p(first, second).iloc[0]
    limits = confint_proportions_2indep(r1, n1, r2, n2, compare="diff", method="newcomb", alpha=p)
    assert limits[0] == pytest.approx(0, abs=1e-9)
    assert share_p(second, first).iloc[0] == pytest.approx(p)


def test_p_of_means_is_welch():
    """p of two means is that of scipy's test on the raw values."""
    from scipy import stats

    from tests.reference.test_intervals import FIRST, SECOND, mean

    expected = stats.ttest_ind(FIRST, SECOND, equal_var=False).pvalue
    assert mean_p(mean(FIRST), mean(SECOND)).iloc[0] == pytest.approx(expected)


def test_holm_as_statsmodels():
    """Holm within families is that of statsmodels on each family alone; what has no p is left out."""
    p = pd.Series([0.01, 0.04, 0.03, None, 0.2, 0.001, 0.5], dtype="float64")
    family = pd.Series(["A", "A", "A", "A", "B", "B", "B"])
    expected = [*multipletests(p[:3], method="holm")[1], None, *multipletests(p[4:], method="holm")[1]]
    assert holm(p, family).tolist() == pytest.approx(pd.Series(expected, dtype="float64").tolist(), nan_ok=True)
