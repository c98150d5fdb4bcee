"""Teachers' forecasts against the outcome (domain §5)."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

NOT_REACH = "not_reach"


@dataclass(frozen=True)
class ForecastQuality:
    """How well forecasts told which pupils end without all passes; shares 0-1, `bias` in the same unit.

    `sensitivity`: of those who ended without, the share that was forecast; `precision`: of those forecast, the share
    that ended so; `bias`: forecast share passing minus outcome share passing.
    """

    n: int
    sensitivity: float | None
    precision: float | None
    forecast_passed: float | None
    outcome_passed: float | None
    bias: float | None


def forecast_quality(forecast_fails: pd.Series, fails: pd.Series) -> ForecastQuality:
    """Return the quality of forecasts: one row a pupil, whether the pupil was forecast to fail and whether it did."""
    n = len(fails)
    hits = int((forecast_fails & fails).sum())
    forecast, outcome = int(forecast_fails.sum()), int(fails.sum())
    return ForecastQuality(
        n=n,
        sensitivity=_ratio(hits, outcome),
        precision=_ratio(hits, forecast),
        forecast_passed=_ratio(n - forecast, n),
        outcome_passed=_ratio(n - outcome, n),
        bias=_ratio(outcome - forecast, n),
    )


def forecast_to_fail(forecasts: pd.DataFrame) -> pd.Series:
    """Return per pupil whether any subject is forecast as not reached (columns pupil_id, forecast)."""
    return forecasts["forecast"].eq(NOT_REACH).groupby(forecasts["pupil_id"]).any()


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
