"""Targets (domain §19): whether a number has reached what was aimed at, and where it is going."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache

from scipy.stats import t as student

from skq.metrics.intervals import LEVEL
from skq.metrics.measure import Answer, Measure, no_measure

Interval = tuple[float, float] | None

FEWEST_POINTS = 3
"""A trend through fewer points is a guess."""

_ROUNDING = 1e-9


class Status(StrEnum):
    """How a number stands against its target."""

    REACHED = "reached"
    PARTLY = "partly"
    NOT_REACHED = "not_reached"
    CANNOT_BE_JUDGED = "cannot_be_judged"


def status(
    value: float | None, interval: Interval, target: float | None, *, tolerance: float = 0.0, direction: str = "higher"
) -> Status:
    """Return how *value* stands against *target*: reached, partly, not reached, or that it cannot be judged.

    `reached`: the value is the target or better (*direction* `higher` or `lower`); of a metric without direction
    (`none`): it lies within the tolerance of the target. `partly`: the target is missed, but by no more than
    *tolerance* (in the metric's own unit), or by no more than chance can do: the interval holds the target.
    `not_reached`: neither. `cannot_be_judged`: there is no value (hidden, or not measured) or no target.

    ValueError for a tolerance below 0, an interval upside down, or another word for the direction.

    >>> status(0.84, (0.80, 0.88), 0.85).value, status(0.70, (0.60, 0.79), 0.85, tolerance=0.02).value
    ('partly', 'not_reached')
    """
    if tolerance < 0 or (interval is not None and interval[0] > interval[1]) or direction not in _SIGNS:
        raise ValueError(f"tolerance {tolerance}, interval {interval} or direction {direction!r} cannot be")
    if value is None or target is None or value != value or target != target:
        return Status.CANNOT_BE_JUDGED
    missed = _missed(value, target, direction)
    slack = _ROUNDING * max(abs(value), abs(target), tolerance)
    if missed <= slack or (direction == "none" and missed <= tolerance + slack):
        return Status.REACHED
    by_chance = interval is not None and interval[0] <= target <= interval[1]
    return Status.PARTLY if by_chance or missed <= tolerance + slack else Status.NOT_REACHED


_SIGNS = {"higher": 1, "lower": -1, "none": 0}


def _missed(value: float, target: float, direction: str) -> float:
    """Return by how much the target is missed: 0 or less where it is not."""
    sign = _SIGNS[direction]
    return sign * (target - value) if sign else abs(target - value)


def trend(points: Mapping[int, tuple[float, float | None]]) -> Measure:
    """Return the slope per year through *points* (year: value and the n that it rests on), with its 95 % interval.

    Least squares weighted by n, since the variance of a mean or share goes as 1/n; where some n is unknown all weigh
    the same. The interval is Student's with points - 2 degrees of freedom. The measure's n is the number of points;
    fewer than three are too few, points in a straight line have no interval.
    Draper & Smith (1998), Applied Regression Analysis, ch. 9.

    >>> trend({2022: (0.70, 50), 2023: (0.72, 50), 2024: (0.74, 50)}).value
    0.02
    """
    if len(points) < FEWEST_POINTS:
        return no_measure(Answer.TOO_FEW, len(points))
    years = [float(year) for year in points]
    values = [value for value, _ in points.values()]
    weights = _weights([n for _, n in points.values()])
    all_weights = sum(weights)
    middle = _weighted(weights, years) / all_weights
    level = _weighted(weights, values) / all_weights
    spread = _weighted(weights, [(year - middle) ** 2 for year in years])
    slope = _weighted(weights, [(x - middle) * (y - level) for x, y in zip(years, values, strict=True)]) / spread
    left = [y - level - slope * (x - middle) for x, y in zip(years, values, strict=True)]
    squares = _weighted(weights, [one**2 for one in left])
    if squares <= (_ROUNDING**2) * _weighted(weights, [y**2 for y in values]):
        return Measure(value=round(slope, 12), n=len(points), status=Answer.PERFECT_FIT)
    freedom = len(points) - 2
    half = _quantile(freedom) * (squares / freedom / spread) ** 0.5
    return Measure(value=slope, n=len(points), lower=slope - half, upper=slope + half)


@cache
def _quantile(freedom: int) -> float:
    return float(student.ppf((1 + LEVEL) / 2, freedom))


def _weights(counts: list[float | None]) -> list[float]:
    """Return the counts, or 1 for all where one is unknown or not above 0."""
    known = [n for n in counts if n is not None and n > 0]
    return known if len(known) == len(counts) else [1.0] * len(counts)


def _weighted(weights: list[float], numbers: list[float]) -> float:
    return sum(weight * number for weight, number in zip(weights, numbers, strict=True))
