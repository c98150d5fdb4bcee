"""Forecasts (T-10, §5) and equity between schools (T-18, §10)."""

import pandas as pd
import pytest
from skq.metrics.equity import variation
from skq.metrics.forecasts import forecast_quality, forecast_to_fail

from tests.spec.text_tables import text_table


def test_quality_of_forecasts():
    """T-10: 12 of 60 forecast to fail, 9 of them do, 6 others too: sensitivity 60, precision 75, bias +5 points."""
    forecast = pd.Series([True] * 12 + [False] * 48)
    outcome = pd.Series([True] * 9 + [False] * 3 + [True] * 6 + [False] * 42)
    found = forecast_quality(forecast, outcome)
    assert (found.sensitivity, found.precision) == (0.6, 0.75)
    assert (found.forecast_passed, found.outcome_passed) == (0.8, 0.75)
    assert found.bias == pytest.approx(0.05)


def test_forecasts_of_nobody():
    """Without pupils, and without any forecast to fail, the shares cannot be told."""
    empty = pd.Series([], dtype="bool")
    assert forecast_quality(empty, empty).forecast_passed is None
    assert forecast_quality(pd.Series([False]), pd.Series([False])).precision is None


def test_one_subject_not_reached_is_a_forecast_to_fail():
    """A pupil is forecast to fail as soon as one subject is forecast as not reached; at risk is not enough."""
    rows = text_table(
        """
        pupil_id subject forecast
        1        MA      reaches
        1        SV      not_reach
        2        MA      at_risk
        """
    )
    assert forecast_to_fail(rows).to_dict() == {"1": True, "2": False}


MERITS = {"A": [200, 220, 240], "B": [180, 190, 200, 230], "C": [250, 260, 270]}


def test_variation_between_schools():
    """T-18: mean 224, SSB 6240, SSW 2400, between-school share 0.7222, intraclass correlation 0.7105."""
    values = [pd.Series(own, dtype=float) for own in MERITS.values()]
    n = pd.Series([len(own) for own in values])
    found = variation(n, pd.Series([own.sum() for own in values]), pd.Series([(own**2).sum() for own in values]))
    assert (found.mean, found.between, found.within) == (224, pytest.approx(6240), pytest.approx(2400))
    assert (round(found.between_share, 4), round(found.icc, 4)) == (0.7222, 0.7105)
    assert found.sd == pytest.approx(pd.concat(values).std())


def test_negative_correlation_is_reported_as_none():
    """Schools more alike than chance makes them have a raw correlation below zero, reported as 0."""
    found = variation(pd.Series([2, 2]), pd.Series([10.0, 10.0]), pd.Series([82.0, 82.0]))
    assert found.icc_raw < 0
    assert found.icc == 0


@pytest.mark.parametrize(
    ("n", "total", "squares"),
    [
        pytest.param([3], [660.0], [146000.0], id="one school"),
        pytest.param([1, 1], [200.0, 220.0], [40000.0, 48400.0], id="one pupil each"),
        pytest.param([2, 2], [400.0, 400.0], [80000.0, 80000.0], id="all alike"),
        pytest.param([0], [0.0], [0.0], id="nobody"),
    ],
)
def test_correlation_that_cannot_be_told(n, total, squares):
    """One school, one pupil per school, no variation or no pupils: the correlation is missing."""
    found = variation(pd.Series(n), pd.Series(total), pd.Series(squares))
    assert pd.isna(found.icc)
    assert pd.isna(found.between_share)
