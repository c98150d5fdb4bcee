"""What is told of forecasts betrays neither a hidden forecast nor a hidden outcome, nor the few who lack most."""

from __future__ import annotations

import pytest
from skq.compare import comparisons
from skq.protect import protect

from tests.results_by_hand import OUTSIDERS, results, share, units_of

QUALITY = ("forecast_bias_pp", "forecast_sensitivity_share", "forecast_precision_share")


def shown(*, passing: int, forecast: int, hits: int, near: int = 0, grade_year: int = 9) -> set[str]:
    """Return which numbers are shown of 60 pupils of whom so many passed, were forecast to pass, failed as foreseen."""
    told = {"subject": "follow_up_1", "grade_year": grade_year}
    rows = [
        share(60, passing, metric="all_subjects_passed_share", grade_year=grade_year),
        share(60, forecast, metric="forecast_all_passed_share", **told),
        share(60, near, metric="forecast_near_limit_share", **told),
        share(60 - passing, hits, metric=QUALITY[1], **told),
        share(60 - forecast, hits, metric=QUALITY[2], **told),
        {"metric": QUALITY[0], "n": 60, "numerator": forecast - passing, "value": (forecast - passing) / 60, **told},
    ]
    table, units = results(rows), units_of({"A": ""})
    frame = protect(table, comparisons(table, units=units), OUTSIDERS, units=units).results.to_frame()
    return set(frame.loc[frame["status"].eq("observed"), "metric"])


def test_all_of_it_is_told_where_nothing_is_hidden():
    """Of 60 pupils 40 pass, 35 were forecast to, 15 failed as foreseen, 12 near the limit: all six are shown."""
    found = shown(passing=40, forecast=35, hits=15, near=12)
    assert found == {"all_subjects_passed_share", "forecast_all_passed_share", "forecast_near_limit_share", *QUALITY}


def test_hidden_forecast_hides_what_tells_it():
    """All but two forecast to pass is not told exactly: neither is the bias nor, by its n, the precision."""
    found = shown(passing=40, forecast=58, hits=2)
    assert found == {"all_subjects_passed_share"}
    assert "forecast_bias_pp" not in shown(passing=58, forecast=58, hits=1)


def test_hidden_outcome_hides_what_tells_it():
    """In grade year 6 all but three passed is not told exactly: neither is the bias, though the forecast is shown."""
    found = shown(passing=57, forecast=40, hits=3, grade_year=6)
    assert found == {"forecast_all_passed_share"}


@pytest.mark.parametrize(("near", "is_shown"), [(10, True), (15, True), (16, False), (24, False), (25, True)])
def test_few_who_lack_more_than_two(near, is_shown):
    """Of 25 not forecast to pass, those who lack more than two subjects are none, or at least ten, or not told."""
    found = shown(passing=40, forecast=35, hits=15, near=near)
    assert ("forecast_near_limit_share" in found) is is_shown
    assert "forecast_all_passed_share" in found
