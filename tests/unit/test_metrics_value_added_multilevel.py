"""Multilevel value added where the data are hard: an answer or a name for why there is none."""

import numpy as np
import pandas as pd
import pytest
from skq.metrics import random_intercept
from skq.metrics.measure import Answer
from skq.metrics.multilevel import multilevel, shrinkage, unit_effects
from skq.metrics.random_intercept import Estimation


def drawn(sizes: list[int], *, between: float = 1.0, seed: int = 7) -> pd.DataFrame:
    """Pupils of units of the given sizes, outcome = 2 + 0.5·prior + unit + chance."""
    rng = np.random.default_rng(seed)
    unit = np.repeat(np.arange(len(sizes)), sizes)
    prior = rng.normal(size=len(unit))
    outcome = 2 + 0.5 * prior + rng.normal(size=len(sizes))[unit] * between**0.5 + rng.normal(size=len(unit))
    return pd.DataFrame({"unit": unit, "prior": prior, "outcome": outcome})


def fit(rows: pd.DataFrame, **options):
    return multilevel(rows["outcome"], rows["unit"], predictors=rows[["prior"]], **options)


HARD = [
    ([], [], [], Answer.NOBODY),
    ([1], [1.0], [2.0], Answer.ONE_UNIT),
    ([1, 1, 1], [1.0, 2.0, 4.0], [2.0, 1.0, 5.0], Answer.ONE_UNIT),
    ([1, 2], [1.0, 2.0], [2.0, 1.0], Answer.ONE_EACH),
    ([1, 2, 3, 4], [1.0, 2.0, 4.0, 3.0], [2.0, 1.0, 5.0, 4.0], Answer.ONE_EACH),
    ([1, 1, 2], [1.0, 2.0, 4.0], [2.0, 1.0, 5.0], Answer.TOO_FEW),
    ([1, 1, 2, 2, 3], [1.0, 2.0, 4.0, 1.0, 2.0], [224.3] * 5, Answer.ALL_EQUAL),
    ([1, 1, 2, 2, 3], [0.1] * 5, [2.0, 1.0, 5.0, 4.0, 1.0], Answer.COLLINEAR),
    ([1, 1, 2, 2, 3], [1.0, 2.0, 4.0, 1.0, 2.0], [5.0, 7.0, 11.0, 5.0, 7.0], Answer.PERFECT_FIT),
    ([1, 1, 2, 2, 3, 3], [1.0, 2.0, 4.0, 1.0, 2.0, 7.0], [5.0, 5.0, 11.0, 11.0, 7.0, 7.0], Answer.NO_VARIATION_WITHIN),
    ([1, 1, 2, 2], [1.0, 2.0, 4.0, 3.0], [5.0, 7.0, 7.0, 5.0], Answer.NO_VARIATION_WITHIN),
    ([None, None], [1.0, 2.0], [5.0, 7.0], Answer.NOBODY),
    ([1, 1, 2, 2], [np.inf, 2.0, np.nan, 4.0], [5.0, 7.0, 11.0, np.nan], Answer.ONE_UNIT),
]


@pytest.mark.parametrize("estimation", list(Estimation))
@pytest.mark.parametrize(("unit", "prior", "outcome", "status"), HARD)
def test_named_instead_of_fitted(unit, prior, outcome, status, estimation):
    """What cannot be fitted has a named status and no number that is not one."""
    rows = pd.DataFrame({"unit": unit, "prior": prior, "outcome": outcome}, dtype=None)
    rows = rows.astype({"prior": float, "outcome": float})
    if status is Answer.NO_VARIATION_WITHIN and outcome[0] == outcome[1] and outcome[-1] == outcome[-2]:
        found = multilevel(rows["outcome"], rows["unit"], estimation=estimation)
    else:
        found = fit(rows, estimation=estimation)
    assert found.status == status
    assert found.coefficients.notna().all(axis=None)
    assert (found.between is None) == (status is not Answer.PERFECT_FIT)
    assert found.n + found.n_missing == len(rows)


def test_perfect_predictor_leaves_nothing():
    """outcome = 3 + 2·prior: the coefficients are told, no unit has any value added, and there is no interval."""
    unit, prior, outcome, _ = next(case for case in HARD if case[3] is Answer.PERFECT_FIT)
    found = fit(pd.DataFrame({"unit": unit, "prior": prior, "outcome": outcome}))
    assert found.coefficients["value"].round(9).to_dict() == {"intercept": 3.0, "prior": 2.0}
    assert found.effects["value"].tolist() == [0.0, 0.0, 0.0]
    assert found.effects["lower"].isna().all()
    assert found.between_share is None


@pytest.mark.parametrize("estimation", list(Estimation))
def test_units_more_alike_than_chance(estimation):
    """Where units do not differ beyond chance σ²u is 0 by name, everything shrinks to 0, and β is least squares'."""
    rows = drawn([10] * 6)
    rows["outcome"] -= rows.groupby("unit")["outcome"].transform("mean")
    rows["prior"] -= rows.groupby("unit")["prior"].transform("mean")
    found = fit(rows, estimation=estimation)
    assert (found.status, found.between, found.between_share) == (Answer.NO_VARIATION_BETWEEN, 0.0, 0.0)
    assert found.effects["value"].abs().max() == 0
    assert found.effects["status"].unique().tolist() == [Answer.NO_VARIATION_BETWEEN]
    assert found.coefficients.loc["prior", "value"] == pytest.approx(np.polyfit(rows["prior"], rows["outcome"], 1)[0])


@pytest.mark.parametrize("estimation", list(Estimation))
@pytest.mark.parametrize("sizes", [[8000, 3, 1, 2, 1], [2, 2], [1, 1, 1, 2, 2, 2], [3, 3, 3], [1] * 200 + [2, 2, 2]])
def test_uneven_units(sizes, estimation):
    """One giant unit, two units of two, nearly all alone: a model or a name, finite wherever there is a value."""
    found = fit(drawn(sizes), estimation=estimation)
    assert found.status in (Answer.OBSERVED, Answer.NO_VARIATION_BETWEEN)
    assert np.isfinite(found.effects[["raw", "shrinkage", "value"]]).all(axis=None)
    assert found.effects["shrinkage"].between(0, 1).all()
    assert np.isfinite([found.between, found.within]).all()


@pytest.mark.parametrize(("scale", "shift"), [(1e-6, 0), (1e6, 0), (1, 1e7), (1e-3, -50)])
def test_scale_of_points_does_not_matter(scale, shift):
    """Points in another unit, or from another zero, give the same shrinkage and effects in that unit."""
    rows = drawn([5, 9, 14, 3, 20, 8])
    plain, moved = fit(rows), fit(rows.assign(outcome=rows["outcome"] * scale + shift, prior=rows["prior"] * 7 + 1000))
    np.testing.assert_allclose(moved.effects["shrinkage"], plain.effects["shrinkage"], rtol=1e-4)
    np.testing.assert_allclose(moved.effects["value"] / scale, plain.effects["value"], atol=1e-5)
    np.testing.assert_allclose(
        moved.coefficients["se"].iloc[1] * 7 / scale, plain.coefficients["se"].iloc[1], rtol=1e-4
    )


def test_intercept_is_told_for_prior_zero():
    """Coefficients and standard errors are those of ordinary generalised least squares on the points as given."""
    rows = drawn([5, 9, 14, 3, 20, 8]).assign(prior=lambda given: given["prior"] * 3 + 50)
    found = fit(rows)
    design = np.column_stack([np.ones(len(rows)), rows["prior"]])
    same = (rows["unit"].to_numpy()[:, None] == rows["unit"].to_numpy()[None, :]).astype(float)
    inverse = np.linalg.inv(found.between * same + found.within * np.eye(len(rows)))
    covariance = np.linalg.inv(design.T @ inverse @ design)
    beta = covariance @ design.T @ inverse @ rows["outcome"].to_numpy()
    np.testing.assert_allclose(found.coefficients["value"], beta, rtol=1e-8)
    np.testing.assert_allclose(found.coefficients["se"], np.sqrt(np.diag(covariance)), rtol=1e-8)


def test_order_of_rows_does_not_matter():
    """The same pupils in another order give the very same numbers."""
    rows = drawn([5, 9, 14, 3])
    pd.testing.assert_frame_equal(fit(rows).effects, fit(rows.sample(frac=1, random_state=3)).effects)


def test_optimiser_that_finds_nothing(monkeypatch):
    """Where no optimiser finds a maximum the answer says so and gives no numbers."""
    for wrong in (None, 1e-3, 1e4):
        monkeypatch.setattr(random_intercept, "_by_statsmodels", lambda *_, found=wrong: found)
        found = fit(drawn([10] * 8))
        assert found.status == Answer.NOT_CONVERGED
        assert found.effects.empty
        assert found.between is None


def test_unknown_left_out_and_counted():
    """Pupils without prior, outcome or unit are left out and counted; the others are as if those were not there."""
    rows = drawn([5, 9, 14])
    more = pd.concat(
        [rows, pd.DataFrame({"unit": [0, 1, None], "prior": [None, 1.0, 1.0], "outcome": [1.0, None, 1.0]})]
    )
    found = fit(more.reset_index(drop=True))
    assert (found.n, found.n_missing) == (28, 3)
    assert found.between == pytest.approx(fit(rows).between)


def test_effects_side_by_side():
    """8 pupils, raw 5, σ²u 100, σ²e 2500: λ 8/33, value 40/33, se √(λ·312.5) = 8.704; nobody has no number."""
    found = unit_effects(pd.Series([5.0, np.nan]), pd.Series([8, 0]), between=100, within=2500)
    first = found.iloc[0]
    assert (first["raw"], round(first["shrinkage"], 4), round(first["value"], 3)) == (5.0, 0.2424, 1.212)
    assert first["se"] == pytest.approx(8.7039, abs=1e-4)
    assert first["upper"] - first["value"] == pytest.approx(1.96 * 8.7039, abs=1e-3)
    assert first["value"] - first["pair_lower"] == pytest.approx(1.4 * 8.7039, abs=1e-3)
    assert found["status"].tolist() == [Answer.OBSERVED, Answer.NOBODY]
    assert pd.isna(found.loc[1, "value"])


def test_shrinkage_at_its_ends():
    """Nothing is kept without variation between units, all without variation within."""
    n = pd.Series([1, 1000])
    assert shrinkage(n, between=0, within=5).tolist() == [0, 0]
    assert shrinkage(n, between=0, within=0).tolist() == [0, 0]
    assert shrinkage(n, between=5, within=0).tolist() == [1, 1]


def test_optimiser_that_gives_up_is_named(monkeypatch):
    """When the library's optimiser fails in every way there is an answer that says so, not an exception."""

    class GivesUp:
        def __init__(self, *arguments: object, **options: object) -> None:
            raise np.linalg.LinAlgError("singular matrix")

    monkeypatch.setattr(random_intercept, "MixedLM", GivesUp)
    assert fit(drawn([20, 25, 30, 15])).status is Answer.NOT_CONVERGED
