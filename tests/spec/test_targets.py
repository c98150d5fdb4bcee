"""Targets (§19): reached, partly, not reached, not to be judged, by hand; and the trend through three years or more."""

import pytest
from skq.metrics.measure import Answer
from skq.metrics.targets import Status, status, trend

REACHED, PARTLY, MISSED, UNKNOWN = Status.REACHED, Status.PARTLY, Status.NOT_REACHED, Status.CANNOT_BE_JUDGED


@pytest.mark.parametrize(
    ("value", "interval", "target", "tolerance", "expected"),
    [
        pytest.param(0.86, (0.80, 0.91), 0.85, 0.0, REACHED, id="above"),
        pytest.param(0.85, None, 0.85, 0.0, REACHED, id="exactly"),
        pytest.param(0.1 + 0.2, None, 0.3, 0.0, REACHED, id="exactly, but for binary rounding"),
        pytest.param(0.3, None, 0.1 + 0.2, 0.0, REACHED, id="the target rounded instead"),
        pytest.param(0.83, None, 0.85, 0.02, PARTLY, id="two points below, two tolerated"),
        pytest.param(0.829, None, 0.85, 0.02, MISSED, id="a little more than tolerated"),
        pytest.param(0.80, (0.74, 0.85), 0.85, 0.0, PARTLY, id="the interval reaches the target"),
        pytest.param(0.80, (0.74, 0.849), 0.85, 0.02, MISSED, id="neither"),
        pytest.param(None, None, 0.85, 0.02, UNKNOWN, id="hidden"),
        pytest.param(float("nan"), None, 0.85, 0.02, UNKNOWN, id="not measured"),
        pytest.param(0.9, None, None, 0.02, UNKNOWN, id="no target"),
        pytest.param(0.0, None, 0.0, 0.0, REACHED, id="nothing of nothing"),
    ],
)
def test_more_is_better(value, interval, target, tolerance, expected):
    """Of a metric that should be high: at the target or above, nearly, below, or no number."""
    assert status(value, interval, target, tolerance=tolerance) is expected


@pytest.mark.parametrize(("value", "expected"), [(0.009, REACHED), (0.010, REACHED), (0.012, PARTLY), (0.0121, MISSED)])
def test_less_is_better(value, expected):
    """Invalid absence of at most one percent, two tenths tolerated."""
    assert status(value, None, 0.010, tolerance=0.002, direction="lower") is expected


@pytest.mark.parametrize(
    ("value", "interval", "expected"),
    [
        (20.4, None, REACHED),
        (19.6, None, REACHED),
        (20.6, None, MISSED),
        (21.0, (19.9, 22.1), PARTLY),
        (21.0, (20.1, 21.9), MISSED),
    ],
)
def test_as_it_should_be(value, interval, expected):
    """Of a metric without direction the target is to be met within the tolerance, on either side."""
    assert status(value, interval, 20.0, tolerance=0.5, direction="none") is expected


@pytest.mark.parametrize(
    ("given", "options"),
    [
        pytest.param((0.5, None, 0.5), {"tolerance": -0.1}, id="negative tolerance"),
        pytest.param((0.5, (0.6, 0.4), 0.5), {}, id="interval upside down"),
        pytest.param((0.5, None, 0.5), {"direction": "up"}, id="unknown direction"),
    ],
)
def test_impossible_question(given, options):
    """What cannot be is refused."""
    with pytest.raises(ValueError, match="cannot be"):
        status(*given, **options)


def test_trend_of_three_years():
    """70, 74 and 72 with equal n: slope 1.0; residuals -1, 2, -1: s² 6 over spread 2, half width 12.706 times 1.732."""
    found = trend({2022: (70.0, 40), 2023: (74.0, 40), 2024: (72.0, 40)})
    assert (found.value, found.n) == (pytest.approx(1.0), 3)
    assert found.upper - found.value == pytest.approx(12.7062 * 3**0.5, rel=1e-4)
    assert found.value - found.lower == pytest.approx(found.upper - found.value)


def test_trend_weighs_by_n():
    """Weights 1, 2, 1 at 0, 1, 3: mean 1.25, spread 4.75; values 0, 2, 3 have the mean 1.75.

    By hand: 1.25 x 1.75 + 2 x (-0.25) x 0.25 + 1.75 x 1.25 = 2.1875 - 0.125 + 2.1875 = 4.25; slope 4.25 / 4.75.
    """
    found = trend({2020: (0.0, 10), 2021: (2.0, 20), 2023: (3.0, 10)})
    assert found.value == pytest.approx(4.25 / 4.75)


def test_trend_without_n():
    """Where some n is unknown or 0 all years weigh the same: 0, 2 and 3 at 0, 1, 3 give 19 / 3 over 14 / 3."""
    for unknown in (None, 0):
        found = trend({2020: (0.0, 10), 2021: (2.0, unknown), 2023: (3.0, 10)})
        assert found.value == pytest.approx((4 / 3 * 5 / 3 - 1 / 3 * 1 / 3 + 5 / 3 * 4 / 3) / (14 / 3))


@pytest.mark.parametrize(
    ("points", "slope"),
    [
        pytest.param({2022: (0.1, 9), 2023: (0.3, 9), 2024: (0.5, 9)}, 0.2, id="straight"),
        pytest.param({2022: (0.7, 9), 2023: (0.7, 1), 2024: (0.7, 2)}, 0.0, id="all equal"),
        pytest.param({2022: (0.0, 9), 2023: (0.0, 9), 2024: (0.0, 9)}, 0.0, id="all nothing"),
    ],
)
def test_straight_line_has_no_interval(points, slope):
    """Points in a line tell nothing of chance: a slope, named a perfect fit, without interval."""
    found = trend(points)
    assert (found.value, found.status, found.lower) == (pytest.approx(slope), Answer.PERFECT_FIT, None)


@pytest.mark.parametrize("years", [(), (2024,), (2023, 2024)])
def test_fewer_than_three_years(years):
    """Two points are no trend."""
    found = trend(dict.fromkeys(years, (0.5, 10)))
    assert (found.value, found.n, found.status) == (None, len(years), Answer.TOO_FEW)
