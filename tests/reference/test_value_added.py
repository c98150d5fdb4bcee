"""Value added and variance between units against published data sets.

Exam: Rasbash et al., A User's Guide to MLwiN, ch. 2 (normexam on standLRT, 65 London schools, 4 059 pupils):
slope 0.563, variance between schools 0.092, within 0.566. Hsb82: Raudenbush & Bryk (2002), Hierarchical Linear Models,
table 4.2 (mathematics achievement, 160 schools, null model): 12.64, 8.61, 39.15. Both as in R's package mlmRev.
statsmodels' default stopping rule ends at 8.615 between schools; the maximum itself, which stands here, is 8.614.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize_scalar
from skq.metrics.equity import variation
from skq.metrics.multilevel import Multilevel, multilevel
from skq.metrics.random_intercept import Estimation


@pytest.fixture(scope="module")
def exam(shared_data: Path) -> pd.DataFrame:
    """The pupils of the London schools."""
    return pd.read_csv(shared_data / "reference" / "mlmRev_Exam.csv")


@pytest.fixture(scope="module")
def fitted(exam: pd.DataFrame) -> Multilevel:
    """The model of the users' guide."""
    return multilevel(exam["normexam"], exam["school"], predictors=exam[["standLRT"]])


def test_exam_estimates(fitted):
    """Coefficients and variances are those published, to the digits printed."""
    assert (fitted.status, fitted.n, fitted.units, fitted.n_missing) == ("observed", 4059, 65, 0)
    assert fitted.coefficients["value"].round(4).to_dict() == {"intercept": 0.0024, "standLRT": 0.5634}
    assert (round(fitted.between, 4), round(fitted.within, 4)) == (0.0921, 0.5657)
    assert round(fitted.between_share, 3) == 0.140
    assert fitted.coefficients["se"].round(3).to_dict() == {"intercept": 0.040, "standLRT": 0.012}


def test_exam_extremes(fitted):
    """School 59 stands lowest (−0.66) and school 53 highest (+0.72), after shrinkage."""
    value = fitted.effects["value"]
    assert (value.idxmin(), value.idxmax()) == (59, 53)
    assert (round(value.min(), 2), round(value.max(), 2)) == (-0.66, 0.72)


def test_exam_shrinks_the_small_most(fitted):
    """Every estimate lies between 0 and its raw mean; school 48 with two pupils keeps least of it."""
    effects = fitted.effects
    assert (effects["value"].abs() <= effects["raw"].abs()).all()
    assert (effects["shrinkage"].idxmin(), effects.loc[48, "n"]) == (48, 2)
    assert effects.loc[48, "shrinkage"] == pytest.approx(2 * 0.09213 / (2 * 0.09213 + 0.56573), abs=1e-4)


def test_exam_pairs(fitted):
    """The extremes can be told apart by the limits made for pairs, neighbours in the middle cannot."""
    effects = fitted.effects.sort_values("value")
    assert effects.loc[59, "pair_upper"] < effects.loc[53, "pair_lower"]
    assert effects["pair_upper"].iloc[31] > effects["pair_lower"].iloc[32]


def dense_likelihood(ratio: float, rows: pd.DataFrame) -> float:
    """The profiled log-likelihood with every school's covariance matrix inverted as it stands."""
    left, right, spread, determinant = np.zeros((2, 2)), np.zeros(2), 0.0, 0.0
    for _, school in rows.groupby("school"):
        size = len(school)
        inverse = np.linalg.inv(np.eye(size) + ratio * np.ones((size, size)))
        x = np.column_stack([np.ones(size), school["standLRT"]])
        y = school["normexam"].to_numpy()
        left, right, spread = left + x.T @ inverse @ x, right + x.T @ inverse @ y, spread + y @ inverse @ y
        determinant -= np.linalg.slogdet(inverse)[1]
    distance = spread - right @ np.linalg.solve(left, right)
    return -(len(rows) * np.log(distance) + determinant) / 2


def test_exam_by_a_second_way(exam):
    """A likelihood with dense matrices has its maximum at the same ratio of variances (first ten schools)."""
    rows = exam[exam["school"] <= 10]
    best = minimize_scalar(lambda log: -dense_likelihood(np.exp(log), rows), bounds=(-6, 2), options={"xatol": 1e-8})
    found = multilevel(rows["normexam"], rows["school"], predictors=rows[["standLRT"]])
    assert found.between / found.within == pytest.approx(np.exp(best.x), rel=1e-3)


def test_exam_variation(exam):
    """A one-way analysis of variance gives η² 0.1639 and intraclass correlation 0.1529."""
    rows = exam.groupby("school")["normexam"]
    found = variation(rows.size(), rows.sum(), rows.agg(lambda values: (values**2).sum()))
    assert (round(found.between_share, 4), round(found.icc, 4)) == (0.1639, 0.1529)


def test_hsb_null_model(shared_data):
    """The null model by restricted likelihood: 12.637, between 8.614, within 39.148, correlation 0.180."""
    rows = pd.read_csv(shared_data / "reference" / "mlmRev_Hsb82.csv")
    found = multilevel(rows["mAch"], rows["school"], estimation=Estimation.REML)
    assert round(found.coefficients.loc["intercept", "value"], 3) == 12.637
    assert (round(found.between, 3), round(found.within, 3)) == (8.614, 39.148)
    assert round(found.between_share, 3) == 0.180
