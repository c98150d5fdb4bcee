"""Expected results: which model, whether there is one, the mean of published years, a local model."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skq.metrics.expected import (
    PREDICTORS,
    ModelStatus,
    Outcome,
    expected_value,
    has_expected_value,
    local_model,
    mean_of_years,
    model_of,
    rounding_bound,
)
from skq.metrics.measure import Answer
from skq.metrics.salsa import national_models
from skq.terms import SchoolYear, round_half_up

MERIT_2015 = model_of(Outcome.MERIT, SchoolYear(2015), national_models())


@pytest.mark.parametrize(
    ("outcome", "start", "model"),
    [
        ("merit", 2015, "2015/16"),
        ("merit", 2018, "2015/16"),
        ("merit", 2023, "2019/20"),
        ("merit", 2025, "2024/25"),
        ("passed", 2015, "2014/15"),
        ("merit", 2013, None),
    ],
)
def test_nearest_earlier_model(outcome, start, model):
    """A school year without a model of its own gets that of the nearest year before; before the first there is none."""
    found = model_of(Outcome(outcome), SchoolYear(start), national_models())
    assert (found and str(found.school_year)) == model


def test_models_say_what_they_rest_on():
    """One model is the agency's own; six recovered from rounded figures err about as much as rounding makes them."""
    official = [model for model in national_models() if model.status is ModelStatus.OFFICIAL]
    recovered = [model for model in national_models() if model.status is ModelStatus.RECOVERED]
    assert [(model.outcome, str(model.school_year)) for model in official] == [("merit", "2015/16")]
    assert len(recovered) == 6
    assert all(0.8 < model.error / rounding_bound(model) < 1.1 for model in recovered)


def test_rounding_bound_of_the_domain():
    """The bound for 2024/25: 0.05·78.1 + 0.005·16 + 0.005·33.1 + 0.5, about 4.6 points."""
    newest = model_of(Outcome.MERIT, SchoolYear(2024), national_models())
    assert rounding_bound(newest) == pytest.approx(4.6505)


BACKGROUND = st.tuples(st.floats(1, 3), st.floats(0, 1), st.floats(0, 1))


@settings(max_examples=100, deadline=None)
@given(BACKGROUND, st.sampled_from(national_models()))
def test_rounded_background_stays_within_the_bound(exact, model):
    """Whatever the school, its published value is no farther than the bound from the model at rounded background."""
    rounded = (round_half_up(exact[0], 1), round_half_up(exact[1], 2), round_half_up(exact[2], 2))
    rows = pd.DataFrame([exact, rounded], columns=list(PREDICTORS))
    true, from_rounded = expected_value(rows, model)
    published = round_half_up(true, 0 if model.outcome is Outcome.MERIT else 2)
    assert abs(published - from_rounded) <= rounding_bound(model) + 1e-9


@settings(max_examples=200, deadline=None)
@given(st.floats(0, 340), st.floats(0, 340))
def test_whole_numbers_add_up_within_one(actual, expected):
    """Result, model value and deviation, each rounded by itself, differ by at most one, as published."""
    found = [round_half_up(value, 0) for value in (actual, expected, actual - expected)]
    assert abs(found[0] - found[1] - found[2]) <= 1


def test_fifteen_pupils_of_known_background():
    """14 pupils are too few, 15 enough; of 16 the background of 12 has to be known, 11 are too few."""
    pupils, known = pd.Series([14, 15, 16, 16, 0]), pd.Series([14, 15, 12, 11, 0])
    assert has_expected_value(pupils, known).tolist() == [False, True, True, False, False]


def test_mean_of_three_published_years():
    """3, 7 and 8 have the mean 6 and SD √7: ± 4.3027·√7/√3 with two degrees of freedom."""
    found = mean_of_years(pd.DataFrame([[3.0, 7.0, 8.0]])).iloc[0]
    half = 4.302653 * (7 / 3) ** 0.5
    assert found.tolist() == [pytest.approx(6), pytest.approx(6 - half), pytest.approx(6 + half)]


def test_mean_of_years_that_tell_nothing_of_chance():
    """Three equal years have a mean and no interval; with a year missing there is no mean."""
    found = mean_of_years(pd.DataFrame([[4.0, 4.0, 4.0], [4.0, None, 5.0]]))
    assert found.loc[0, "value"] == 4
    assert found.loc[0, ["lower", "upper"]].isna().all()
    assert found.loc[1].isna().all()


def schools(n: int, noise: float) -> pd.DataFrame:
    rng = np.random.default_rng(20241122)
    rows = pd.DataFrame(
        {
            "education": rng.uniform(1.6, 2.8, n),
            "boys": rng.uniform(0.4, 0.6, n),
            "newly_arrived": rng.uniform(0, 0.2, n),
        }
    )
    return rows.assign(actual=expected_value(rows, MERIT_2015) + noise * rng.normal(size=n))


def fitted(rows: pd.DataFrame):
    return local_model(rows, outcome=Outcome.MERIT, school_year=SchoolYear(2024))


def test_local_model_by_a_second_way():
    """The coefficients are those of numpy's least squares on the same schools, with its residual spread and R²."""
    rows = schools(40, 17.0)
    found = fitted(rows)
    design = np.column_stack([np.ones(40), rows[list(PREDICTORS)]])
    beta, rss = np.linalg.lstsq(design, rows["actual"], rcond=None)[:2]
    model = found.model
    assert [model.constant, model.education, model.boys, model.newly_arrived] == pytest.approx(beta.tolist())
    assert found.sd == pytest.approx((rss[0] / 36) ** 0.5)
    assert found.r_squared == pytest.approx(1 - rss[0] / ((rows["actual"] - rows["actual"].mean()) ** 2).sum())
    assert (found.status, found.n, model.status) == (Answer.OBSERVED, 40, "local")


def test_local_model_is_unweighted():
    """A school is a school: its residuals are uncorrelated with its expected values, whatever the pupils."""
    rows = schools(35, 17.0)
    model = fitted(rows).model
    expected = expected_value(rows, model)
    assert np.corrcoef(expected, rows["actual"] - expected)[0, 1] == pytest.approx(0, abs=1e-9)


def test_local_model_needs_thirty_schools():
    """With 29 schools there is no model, with 30 there is; a school with anything unknown is not counted."""
    assert fitted(schools(29, 17.0)).status is Answer.TOO_FEW
    assert fitted(schools(30, 17.0)).status is Answer.OBSERVED
    rows = schools(30, 17.0)
    rows.loc[3, "boys"] = np.nan
    assert (fitted(rows).status, fitted(rows).n, fitted(rows).model) == (Answer.TOO_FEW, 29, None)


def test_local_model_of_hopeless_schools():
    """All results alike, a predictor that follows from another or never varies: a name, no model."""
    rows = schools(30, 17.0)
    assert fitted(rows.assign(actual=210.0)).status is Answer.ALL_EQUAL
    assert fitted(rows.assign(boys=rows["education"] / 4)).status is Answer.COLLINEAR
    assert fitted(rows.assign(newly_arrived=0.0)).status is Answer.COLLINEAR


def test_local_model_that_tells_everything():
    """Results that follow from the background exactly: the coefficients themselves, spread 0, named a perfect fit."""
    found = fitted(schools(30, 0.0))
    assert (found.status, found.sd, found.r_squared) == (Answer.PERFECT_FIT, 0.0, 1.0)
    told = replace(found.model, school_year=SchoolYear(2015))
    assert [getattr(told, name) for name in PREDICTORS] == pytest.approx([69.846, -35.271, -83.641])
