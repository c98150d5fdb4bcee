"""Teachers' forecasts: what they tell of each pupil, and how they stand to the outcome (domain §5)."""

from __future__ import annotations

import pandas as pd

from skq.metrics.rules import GradeScale

NOT_REACH = "not_reach"
NEAR_LIMIT = (1, 2)
"""Fewest and most subjects that a pupil near the limit is forecast not to reach."""


def subjects_not_reached(forecasts: pd.DataFrame, by: list[str]) -> pd.Series:
    """Return how many subjects are forecast as not reached, per combination of *by*; at risk is not enough."""
    return forecasts["forecast"].eq(NOT_REACH).groupby([forecasts[column] for column in by], sort=True).sum()


def near_limit(not_reached: pd.Series) -> pd.Series:
    """Return whether each pupil is near the limit: one or two subjects forecast as not reached."""
    return not_reached.between(*NEAR_LIMIT)


def expected_grade(forecast: pd.Series, predicted: pd.Series, *, scale: GradeScale) -> pd.Series:
    """Return the grade that eligibility is reckoned with: the predicted one, where there is none what forecast says.

    Without a predicted grade a subject not reached is a fail, any other the lowest pass. ValueError for a scale
    without pass limit.
    """
    if scale.passed is None:
        raise ValueError(f"the grade scale {scale.id} has no pass limit")
    passed = min(scale.passed, key=lambda grade: scale.points[grade])
    failed = min(scale.points, key=lambda grade: scale.points[grade])
    said = forecast.eq(NOT_REACH).map({True: failed, False: passed})
    return predicted.where(predicted.notna() & predicted.ne(""), said)


def foreseen(forecast_fails: pd.Series, fails: pd.Series) -> pd.Series:
    """Return for who failed whether it was forecast, 1 or 0; missing for the others. Its mean is the sensitivity."""
    return forecast_fails.astype("float64").where(fails)


def came_true(forecast_fails: pd.Series, fails: pd.Series) -> pd.Series:
    """Return for who was forecast to fail whether it came true, 1 or 0; missing for the others: the precision."""
    return fails.astype("float64").where(forecast_fails)


def over_hopeful(forecast_fails: pd.Series, fails: pd.Series) -> pd.Series:
    """Return 1 for who failed against the forecast, -1 for who passed against it, else 0. Its mean is the bias."""
    return fails.astype("float64") - forecast_fails.astype("float64")
